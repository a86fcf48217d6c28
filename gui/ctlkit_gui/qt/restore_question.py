"""The question whether the kept list is put back: a review of its own.

Rules:

* What is red, and each node that does not answer, is confirmed as on Review; where nothing is red
  one box is ticked.
* Closing it, Esc, and the button that Enter presses change nothing.
"""

from __future__ import annotations

from PyQt6.QtCore import QSignalBlocker
from PyQt6.QtWidgets import QCheckBox, QWidget

from ctlkit.messages import Severity
from ctlkit_gui.flow.events import Confirmed, Dismissed, Event, RestoreAgreed
from ctlkit_gui.flow.state import RestoreDialog
from ctlkit_gui.flow.views import RESTORE_KEY, Asked
from ctlkit_gui.qt.confirming import ConfirmedLines
from ctlkit_gui.qt.phones import PhoneAnswers
from ctlkit_gui.qt.question import Question
from ctlkit_gui.qt.scrolling import scrolling
from ctlkit_gui.qt.theme import Sign
from ctlkit_gui.qt.widgets import Heading, MessageList, set_button

__all__ = ["RestoreQuestion"]

_WIDTH = 64


class RestoreQuestion(Question):
    """Putting the kept list back is confirmed expressly."""

    def __init__(self, dialog: RestoreDialog, parent: QWidget | None = None) -> None:
        super().__init__(dialog, Dismissed(accepted=False), parent)
        self._restoring = dialog
        red = any(item.severity is Severity.RED for item in dialog.messages)
        self.setWindowTitle(self.tr("Restore"))
        self.show_head(
            Sign.RED if red else Sign.AMBER, self.tr("Put the kept list back on every node?")
        )
        self.dangers, self._rest = ConfirmedLines(self), MessageList(self)
        self._phones = PhoneAnswers(self)
        self.dangers.answered.connect(self._confirmed)
        self._agreed = QCheckBox(self.tr("I have &read this: put the kept list back"), self)
        self._agreed.hide()
        self._agreed.toggled.connect(lambda on: self._confirmed(Confirmed(RESTORE_KEY, on)))
        self._restore = self.add_button(self.tr("Re&store"), RestoreAgreed)
        self._restore.setEnabled(False)
        self.add_button(
            self.tr("&Keep the new list"), lambda: Dismissed(accepted=False), usual=True
        )
        self._is_laid_out = False

    def wanted_width(self) -> int:
        """Return a width in which what phones say can be read."""
        return _WIDTH

    def show_asked(self, asked: Asked | None) -> None:
        """Show what is said, and how far it is confirmed."""
        if asked is None:
            return
        given = {item.key: item for item in asked.confirmations}
        box = given.pop(RESTORE_KEY, None)
        lines = [line for line in asked.lines if line.confirmation]
        self.dangers.show_all(lines, self._restoring.absent, tuple(given.values()))
        if not self._is_laid_out:
            self._is_laid_out = True
            self._rest.set_messages([item.message for item in asked.lines if item not in lines])
            self._lay_out()
        with QSignalBlocker(self._agreed):
            self._agreed.setChecked(box is not None and box.done)
        self._agreed.setVisible(box is not None)
        set_button(self._restore, asked.agree)

    def _lay_out(self) -> None:
        """Put what is said one below the other, once it is known."""
        said: list[QWidget] = [self.dangers, self._rest]
        self._said += filter(None, (self.dangers.text, self._rest.text))
        if self._restoring.verdicts:
            self._phones.set_verdicts(self._restoring.verdicts)
            said += [Heading(self.tr("What phones will do"), self), self._phones]
            self._said.append(self._phones.text)
        if self._said[1:]:
            self._lines.addWidget(scrolling(*said), 1)
        self._lines.addWidget(self._agreed)

    def _confirmed(self, event: Event) -> None:
        if not self._answered:
            self.emitted.emit(event)
