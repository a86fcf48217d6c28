"""Express confirmations: a number or word that is typed, or a box that is ticked, below its cause.

Rules:

* Each confirmation stands once, below the last line that needs it.
* What is being typed is never changed by a view: a field follows only while it has no focus.
* Whether it suffices is the view's to say; the sign beside the field shows it, in words too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PyQt6.QtCore import QCoreApplication, QSignalBlocker, Qt, pyqtSignal
from PyQt6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from ctlkit.errors import CtlkitError
from ctlkit.messages import printable
from ctlkit_gui.flow.events import Confirmed, WordTyped
from ctlkit_gui.flow.views import Confirmation, ReviewLine
from ctlkit_gui.qt.language import worded
from ctlkit_gui.qt.theme import Sign, SignLabel, em
from ctlkit_gui.qt.widgets import MessageRow, whole

__all__ = ["ConfirmationField", "ConfirmedLines"]

_NODE = "node:"
_LONGEST = 200


class ConfirmationField(QWidget):
    """One confirmation.

    Attributes:
        answered: the event of a tick or of a typed word.
        done: whether it is confirmed.
    """

    answered = pyqtSignal(object)

    def __init__(self, asked: Confirmation, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._key = asked.key
        self._is_word = bool(asked.word)
        self.done = asked.done
        self._sign = SignLabel(Sign.COMING, self)
        self.box = QCheckBox(_tick_text(asked.key), self)
        self.field = QLineEdit(self)
        self.field.setMaxLength(_LONGEST)
        self.field.setMaximumWidth(em(self, 14))
        self._label = QLabel(
            QCoreApplication.translate("ConfirmationField", "To confirm, &type {0}:").format(
                _word(asked.word)
            ),
            self,
        )
        self._label.setTextFormat(Qt.TextFormat.PlainText)
        self._label.setBuddy(self.field)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, em(self, 0.2), 0, 0)
        row.setSpacing(em(self, 0.6))
        for widget in (self.box, self._label, self.field, self._sign):
            row.addWidget(widget)
        row.addStretch(1)
        self.box.setVisible(not self._is_word)
        for widget in (self._label, self.field, self._sign):
            widget.setVisible(self._is_word)
        self.box.toggled.connect(lambda on: self.answered.emit(Confirmed(self._key, on)))
        self.field.textEdited.connect(lambda text: self.answered.emit(WordTyped(self._key, text)))
        self.show_state(asked)

    @property
    def entry(self) -> QWidget:
        """What takes the answer."""
        return self.field if self._is_word else self.box

    def show_state(self, asked: Confirmation) -> None:
        """Show how far it is confirmed."""
        self.done = asked.done
        with QSignalBlocker(self.box):
            self.box.setChecked(asked.done)
        if not self.field.hasFocus() and self.field.text() != asked.given:
            self.field.setText(asked.given)
        self._sign.show_sign(Sign.DONE if asked.done else Sign.COMING)
        word = (
            QCoreApplication.translate("ConfirmationField", "confirmed")
            if asked.done
            else QCoreApplication.translate("ConfirmationField", "not confirmed yet")
        )
        self._sign.setAccessibleName(word)
        self._sign.setToolTip(word)
        self.field.setAccessibleDescription(word)


class ConfirmedLines(QWidget):
    """The lines that need a confirmation, and the nodes that do not answer.

    Attributes:
        answered: the event of a tick or of a typed word.
    """

    answered = pyqtSignal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: tuple[object, ...] = ()
        self.fields: dict[str, ConfirmationField] = {}
        self._lines = QVBoxLayout(self)
        self._lines.setContentsMargins(0, 0, 0, 0)
        self._lines.setSpacing(em(self, 0.8))
        self._rows: list[MessageRow] = []
        self.hide()

    @property
    def text(self) -> str:
        """Every line in words."""
        return "\n".join(row.text for row in self._rows)

    def first_open(self) -> QWidget | None:
        """Return the first field that is not confirmed yet."""
        return next((field.entry for field in self.fields.values() if not field.done), None)

    def show_all(
        self,
        lines: Sequence[ReviewLine],
        absent: Mapping[str, CtlkitError],
        asked: Sequence[Confirmation],
    ) -> None:
        """Show lines, absent nodes and how far each is confirmed."""
        wanted = (
            tuple((line.message.code, worded(line.message), line.confirmation) for line in lines),
            tuple((node, worded(error)) for node, error in absent.items()),
            tuple((item.key, item.word) for item in asked),
        )
        if wanted != self._shown:
            self._shown = wanted
            self._build(lines, absent, {item.key: item for item in asked})
        for item in asked:
            self.fields[item.key].show_state(item)
        self.setVisible(bool(self._rows))

    def _build(
        self,
        lines: Sequence[ReviewLine],
        absent: Mapping[str, CtlkitError],
        asked: Mapping[str, Confirmation],
    ) -> None:
        for row in self._rows:
            self._lines.removeWidget(row)
            row.hide()
            row.deleteLater()
        self._rows, self.fields = [], {}
        last = {line.confirmation: number for number, line in enumerate(lines)}
        for number, line in enumerate(lines):
            row = self._row()
            row.show_message(line.message)
            if line.confirmation in asked and last[line.confirmation] == number:
                self._add_field(row, asked[line.confirmation])
        for node, error in absent.items():
            row = self._row()
            row.show_text(
                Sign.AMBER,
                QCoreApplication.translate("ConfirmationField", "Warning"),
                QCoreApplication.translate("ConfirmationField", "{0} does not answer").format(
                    printable(node)
                ),
                whole(error),
            )
            if f"{_NODE}{node}" in asked:
                self._add_field(row, asked[f"{_NODE}{node}"])
        for key in asked.keys() - self.fields.keys():
            self._add_field(self._row(), asked[key])

    def _row(self) -> MessageRow:
        row = MessageRow(self)
        self._rows.append(row)
        self._lines.addWidget(row)
        return row

    def _add_field(self, row: MessageRow, asked: Confirmation) -> None:
        field = ConfirmationField(asked, row)
        field.answered.connect(self.answered)
        field.field.setAccessibleName(row.text)
        field.box.setAccessibleDescription(row.text)
        row.below.addWidget(field)
        self.fields[asked.key] = field


def _tick_text(key: str) -> str:
    if key.startswith(_NODE):
        node = printable(key.removeprefix(_NODE)).replace("&", "&&")
        return QCoreApplication.translate("ConfirmationField", "Go on without {0}").format(node)
    return QCoreApplication.translate("ConfirmationField", "I have read this and want it")


def _word(word: str) -> str:
    return printable(word).replace("&", "&&")
