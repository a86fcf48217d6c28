"""What phones will do with a list, class by class, and the ways to have it accepted."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import QCoreApplication
from PyQt6.QtWidgets import QVBoxLayout, QWidget

from ctlkit.acceptance import Answer, ClassVerdict, Remedy
from ctlkit_gui.qt.language import sentence, worded
from ctlkit_gui.qt.theme import Sign, em
from ctlkit_gui.qt.widgets import MessageList, MessageRow, Text, whole

__all__ = ["PhoneAnswers", "RemedyList", "answer_word"]

_SIGNS = {Answer.ACCEPTS: Sign.DONE, Answer.CANNOT_TELL: Sign.UNKNOWN, Answer.REFUSES: Sign.ERROR}


def answer_word(answer: Answer) -> str:
    """Return what phones do, in words."""
    words = {
        Answer.ACCEPTS: QCoreApplication.translate("PhoneAnswers", "Accepts"),
        Answer.CANNOT_TELL: QCoreApplication.translate("PhoneAnswers", "Cannot tell"),
        Answer.REFUSES: QCoreApplication.translate("PhoneAnswers", "Refuses"),
    }
    return words[answer]


class PhoneAnswers(QWidget):
    """One row a class of phones: what it does, and why."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: list[MessageRow] = []
        self._lines = QVBoxLayout(self)
        self._lines.setContentsMargins(0, 0, 0, 0)
        self._lines.setSpacing(em(self, 0.6))
        self.hide()

    @property
    def text(self) -> str:
        """Every row in words."""
        return "\n".join(row.text for row in self._rows if not row.isHidden())

    def set_verdicts(self, verdicts: Sequence[ClassVerdict]) -> None:
        """Show other verdicts."""
        while len(self._rows) < len(verdicts):
            self._rows.append(MessageRow(self))
            self._lines.addWidget(self._rows[-1])
        for number, row in enumerate(self._rows):
            row.setVisible(number < len(verdicts))
        for row, verdict in zip(self._rows, verdicts, strict=False):
            why = whole(verdict.worst.reason)
            word = answer_word(verdict.answer)
            row.show_text(_SIGNS[verdict.answer], word, _class_line(verdict, word), why)
        self.setVisible(bool(verdicts))


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
