"""The questions that lie over a page: each shows a value of the flow and emits what was answered.

Rules:

* A question is answered once; closing it, or Esc, is the answer that changes nothing.
* The button that Enter presses is never the one that trusts, loses or overwrites something.
* Texts that the old client published are shown as they are, below a translation in English.
* Ctrl+C copies what a question says, to be passed on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import (
    QFormLayout,
    QWidget,
)

from ctlkit.errors import CtlkitError
from ctlkit.messages import Message, Severity
from ctlkit_gui.flow.events import (
    Dismissed,
    Event,
    HandOverAnswered,
    HostKeyAnswered,
    PasswordDeclined,
    PasswordGiven,
)
from ctlkit_gui.flow.state import (
    Dialog,
    ForgetDialog,
    HandOverDialog,
    HostKeyDialog,
    LeaveDialog,
    NoticeDialog,
    PasswordDialog,
    RestartDialog,
    RestoreDialog,
)
from ctlkit_gui.qt.fields import SecretField
from ctlkit_gui.qt.language import listed, original, sentence, worded
from ctlkit_gui.qt.leaving import ForgetQuestion, LeaveQuestion, RestartQuestion
from ctlkit_gui.qt.question import Question
from ctlkit_gui.qt.restore_question import RestoreQuestion
from ctlkit_gui.qt.scrolling import scrolling
from ctlkit_gui.qt.theme import QuietLabel, Sign, sign_of
from ctlkit_gui.qt.widgets import CopyButton, FieldGrid, Text
from ctlkit_gui.words import is_published

if TYPE_CHECKING:
    from ctlkit.place import HandOver
    from ctlkit_gui.work import SecretBox

__all__ = [
    "HandOverQuestion",
    "HostKeyQuestion",
    "NoticeQuestion",
    "PasswordQuestion",
    "question_of",
]

_WIDE = 72


class NoticeQuestion(Question):
    """Something to be read: W1, E1, a token that is wanted."""

    def __init__(self, dialog: NoticeDialog, parent: QWidget | None = None) -> None:
        super().__init__(dialog, Dismissed(accepted=False), parent)
        self.setWindowTitle(self.tr("Please note"))
        text = dialog.text
        happened, advice = worded(text)
        self.show_head(_sign(text), happened if is_published(text) else sentence(text))
        if advice:
            self.add_text(advice)
        if dialog.note is not None:
            self.add_text(sentence(dialog.note))
        published = original(text)
        if published is not None:
            self._lines.addWidget(QuietLabel("\n".join(published)))
        self.setAccessibleDescription(advice)
        self.add_button(self.tr("&OK"), Dismissed, usual=True)


def _sign(text: Message | CtlkitError) -> Sign:
    return sign_of(text.severity if isinstance(text, Message) else Severity.ERROR)


class HostKeyQuestion(Question):
    """A server's key that is not known; its fingerprint is to be compared."""

    def __init__(self, dialog: HostKeyDialog, parent: QWidget | None = None) -> None:
        super().__init__(dialog, HostKeyAnswered(trusted=False), parent)
        key = dialog.key
        self.setWindowTitle(self.tr("Key of the server"))
        self.show_head(Sign.AMBER, self.tr("This server is not known yet"))
        self.add_text(
            self.tr(
                "Compare the fingerprint with what the server's administrator says. "
                "It is remembered, and a change of it will be refused."
            )
        )
        grid = FieldGrid()
        grid.add(self.tr("Server"), f"{key.host}:{key.port}")
        grid.add(self.tr("Kind of key"), key.kind)
        grid.add(self.tr("Fingerprint"), key.fingerprint, copied=key.fingerprint, fixed=True)
        self._lines.addWidget(grid)
        self.setAccessibleDescription(key.fingerprint)
        self.add_button(self.tr("&Trust this server"), lambda: HostKeyAnswered(trusted=True))
        self.add_button(self.tr("&Refuse"), lambda: HostKeyAnswered(trusted=False), usual=True)


class PasswordQuestion(Question):
    """A node wants a password."""

    def __init__(
        self, dialog: PasswordDialog, box: SecretBox, parent: QWidget | None = None
    ) -> None:
        super().__init__(dialog, PasswordDeclined(), parent)
        self._box = box
        self.setWindowTitle(self.tr("Password"))
        asked = self.tr("Password of {user} on {host}")
        self.show_head(Sign.NOTE, asked.format(user=dialog.user, host=dialog.host))
        self._field = SecretField()
        self._field.setAccessibleName(self.tr("Password"))
        form = QFormLayout()
        form.addRow(self.tr("Pass&word:"), self._field)
        self._lines.addLayout(form)
        self._lines.addWidget(QuietLabel(self.tr("It is not kept.")))
        give = self.add_button(self.tr("&OK"), self._given)
        give.setDefault(True)
        give.setEnabled(False)
        self._field.textChanged.connect(lambda: give.setEnabled(bool(self._field.text())))
        self.add_button(self.tr("Cancel"), PasswordDeclined)

    def _given(self) -> Event:
        self._box.put(self._field.take())
        return PasswordGiven()

    def open(self) -> None:
        """Show it with the focus in the field."""
        super().open()
        self._field.setFocus()

    def put_away(self) -> None:
        """Close, and forget what was typed."""
        self._field.forget()
        super().put_away()


class HandOverQuestion(Question):
    """Files that a person puts on the nodes by hand."""

    def __init__(self, dialog: HandOverDialog, parent: QWidget | None = None) -> None:
        super().__init__(dialog, HandOverAnswered(done=False), parent)
        hand_over = dialog.hand_over
        self.setWindowTitle(self.tr("Put the files in place"))
        self.show_head(Sign.AMBER, self.tr("This cluster takes the list by hand"))
        steps = "\n".join(
            f"{number}. {worded(step)[0]}" for number, step in enumerate(hand_over.steps, start=1)
        )
        self._lines.addWidget(scrolling(self._fields(hand_over), Text(steps)), 1)
        copying = CopyButton(self.tr("the steps"), steps)
        copying.setText(self.tr("&Copy the steps"))
        self._lines.addWidget(copying, 0, Qt.AlignmentFlag.AlignLeft)
        self.add_button(
            self.tr("&Done, look at the nodes again"), lambda: HandOverAnswered(done=True)
        )
        self.add_button(self.tr("&Not done"), lambda: HandOverAnswered(done=False), usual=True)

    def wanted_width(self) -> int:
        """Return a width in which a path and a checksum fit."""
        return _WIDE

    def _fields(self, hand_over: HandOver) -> FieldGrid:
        grid = FieldGrid()
        file = str(hand_over.file)
        grid.add(self.tr("File on this computer"), file, copied=file)
        grid.add(self.tr("Name on the nodes"), hand_over.name)
        grid.add(self.tr("Nodes"), listed(hand_over.nodes))
        grid.add(self.tr("SHA-1 of the file"), hand_over.sha1, copied=hand_over.sha1, fixed=True)
        kept = "\n".join(f"{node}: {path}" for node, path in hand_over.kept.items())
        if kept:
            grid.add(self.tr("The lists before it"), kept)
        return grid


def question_of(dialog: Dialog, box: SecretBox, parent: QWidget | None = None) -> Question:
    """Return the question for a value of the flow."""
    match dialog:
        case NoticeDialog():
            return NoticeQuestion(dialog, parent)
        case HostKeyDialog():
            return HostKeyQuestion(dialog, parent)
        case PasswordDialog():
            return PasswordQuestion(dialog, box, parent)
        case HandOverDialog():
            return HandOverQuestion(dialog, parent)
        case LeaveDialog():
            return LeaveQuestion(dialog, parent)
        case ForgetDialog():
            return ForgetQuestion(dialog, parent)
        case RestartDialog():
            return RestartQuestion(dialog, parent)
        case RestoreDialog():
            return RestoreQuestion(dialog, parent)
