"""What phones will do with a list, class by class, and the ways to have it accepted."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PyQt6.QtCore import QCoreApplication, Qt, pyqtSignal
from PyQt6.QtWidgets import QFileDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from ctlkit.acceptance import Answer, ClassVerdict, Remedy
from ctlkit.messages import printable
from ctlkit_gui.qt.language import sentence, worded
from ctlkit_gui.qt.row_list import RowList, Said
from ctlkit_gui.qt.theme import QuietLabel, Sign, em
from ctlkit_gui.qt.widgets import MessageList, Text, whole

__all__ = ["PhoneAnswers", "PhoneFile", "RemedyList", "answer_word"]

_SIGNS = {Answer.ACCEPTS: Sign.DONE, Answer.CANNOT_TELL: Sign.UNKNOWN, Answer.REFUSES: Sign.ERROR}


def answer_word(answer: Answer) -> str:
    """Return what phones do, in words."""
    words = {
        Answer.ACCEPTS: QCoreApplication.translate("PhoneAnswers", "Accepts"),
        Answer.CANNOT_TELL: QCoreApplication.translate("PhoneAnswers", "Cannot tell"),
        Answer.REFUSES: QCoreApplication.translate("PhoneAnswers", "Refuses"),
    }
    return words[answer]


class PhoneFile(QWidget):
    """Which list of phones they are judged by, and the buttons that name one, or none.

    Attributes:
        named: the path of a CSV, None for no list any more.
    """

    named = pyqtSignal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._said = QuietLabel(parent=self)
        self.choose = QPushButton(self.tr("&List of phones..."), self)
        self.choose.setAccessibleDescription(
            self.tr("A CSV with the model and the number of the phones, a line each")
        )
        self.choose.clicked.connect(self._ask)
        self.drop = QPushButton(self.tr("Witho&ut list"), self)
        self.drop.clicked.connect(lambda: self.named.emit(None))
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(em(self, 0.6))
        line.addWidget(self._said, 1)
        line.addWidget(self.choose)
        line.addWidget(self.drop)

    @property
    def text(self) -> str:
        """What is said."""
        return self._said.text()

    def show_file(self, file: Path | None) -> None:
        """Show by which list they were judged."""
        if file is None:
            self._said.setText(self.tr("Judged by kind: which phones there are is not known."))
        else:
            self._said.setText(self.tr("Judged by {0}.").format(printable(file.name)))
        self._said.setToolTip("" if file is None else printable(file))
        self.drop.setVisible(file is not None)

    def _ask(self) -> None:
        dialog = QFileDialog(self, self.tr("List of phones"))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters([self.tr("Lists (*.csv *.txt)"), self.tr("All files (*)")])
        dialog.fileSelected.connect(lambda name: self.named.emit(Path(name)))
        dialog.open()


class PhoneAnswers(RowList):
    """One row a class of phones: what it does, and why."""

    def set_verdicts(self, verdicts: Sequence[ClassVerdict]) -> None:
        """Show other verdicts."""
        self.show_rows([_verdict_row(verdict) for verdict in verdicts])


def _verdict_row(verdict: ClassVerdict) -> Said:
    word = answer_word(verdict.answer)
    why = whole(verdict.worst.reason)
    return _SIGNS[verdict.answer], word, _class_line(verdict, word), why


def _class_line(verdict: ClassVerdict, word: str) -> str:
    name = worded(verdict.phones.title)[0]
    if verdict.phones.count is None:
        return QCoreApplication.translate("PhoneAnswers", "{0}: {1}").format(word, name)
    return QCoreApplication.translate("PhoneAnswers", "{0}: {1} (phones: {2})").format(
        word, name, verdict.phones.count
    )


class RemedyList(QWidget):
    """Ways to have a list accepted, the safest first, each with its steps."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ways: list[tuple[Text, MessageList]] = []
        self._lines = QVBoxLayout(self)
        self._lines.setContentsMargins(0, 0, 0, 0)
        self._lines.setSpacing(em(self, 0.4))
        self.hide()

    @property
    def text(self) -> str:
        """Every way in words."""
        shown = (item for item in self._ways if not item[0].isHidden())
        return "\n".join(f"{title.text}\n{steps.text}" for title, steps in shown)

    def set_remedies(self, remedies: Sequence[Remedy]) -> None:
        """Show other ways."""
        while len(self._ways) < len(remedies):
            title, steps = Text(parent=self), MessageList(self, numbered=True)
            steps.setContentsMargins(em(self, 1.2), 0, 0, em(self, 0.4))
            self._ways.append((title, steps))
            self._lines.addWidget(title)
            self._lines.addWidget(steps)
        for title, steps in self._ways[len(remedies) :]:
            title.hide()
            steps.set_messages([])
        for (title, steps), remedy in zip(self._ways, remedies, strict=False):
            title.set_text(sentence(remedy.title))
            title.setVisible(True)
            steps.set_messages(remedy.steps)
        self.setVisible(bool(remedies))
