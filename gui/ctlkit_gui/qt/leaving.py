"""The questions before something is lost or left half done: leaving, another place, a restart."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtWidgets import QWidget

from ctlkit_gui.flow.events import Dismissed
from ctlkit_gui.flow.state import ForgetDialog, LeaveDialog, RestartDialog
from ctlkit_gui.qt.language import locale, sentence, worded
from ctlkit_gui.qt.question import Question
from ctlkit_gui.qt.theme import Sign

__all__ = ["ForgetQuestion", "LeaveQuestion", "RestartQuestion"]


class LeaveQuestion(Question):
    """Leaving would lose what was entered, or leave a cluster half done."""

    def __init__(self, dialog: LeaveDialog, parent: QWidget | None = None) -> None:
        super().__init__(dialog, Dismissed(accepted=False), parent)
        self.setWindowTitle(self.tr("Leave"))
        undone = dialog.switched is not None or bool(dialog.nodes)
        head = self.tr("Leave before the list is finished?")
        if undone:
            head = self.tr("Leave the cluster as it is now?")
        self.show_head(Sign.RED if undone else Sign.AMBER, head)
        if dialog.switched is not None:
            self.add_text(sentence(dialog.switched))
            self.add_text(worded(dialog.switched)[1])
        if dialog.nodes:
            differ = self.tr("Not every node holds the same list: not {0}.")
            self.add_text(differ.format(_listed(dialog.nodes)))
        if dialog.entered:
            self.add_text(self.tr("The tokens and servers that were added are forgotten."))
        self.add_button(self.tr("&Leave"), Dismissed)
        self.add_button(self.tr("&Stay"), lambda: Dismissed(accepted=False), usual=True)


class ForgetQuestion(Question):
    """Another place begins anew."""

    def __init__(self, dialog: ForgetDialog, parent: QWidget | None = None) -> None:
        super().__init__(dialog, Dismissed(accepted=False), parent)
        self.setWindowTitle(self.tr("Another place"))
        self.show_head(Sign.AMBER, self.tr("Begin anew with another place?"))
        self.add_text(self.tr("The tokens and servers that were added are forgotten."))
        self.add_button(self.tr("&Begin anew"), Dismissed)
        self.add_button(self.tr("&Stay"), lambda: Dismissed(accepted=False), usual=True)


class RestartQuestion(Question):
    """Restarting the services interrupts calls; not every trust service may vouch yet."""

    def __init__(self, dialog: RestartDialog, parent: QWidget | None = None) -> None:
        super().__init__(dialog, Dismissed(accepted=False), parent)
        self.setWindowTitle(self.tr("Restart Services"))
        grave = dialog.unasked or bool(dialog.silent)
        head = self.tr("Restart TFTP and CallManager now?")
        if grave:
            head = self.tr("Restart before the trust service vouches?")
        self.show_head(Sign.RED if grave else Sign.AMBER, head)
        if dialog.silent:
            silent = self.tr("The trust service does not vouch for the new list's signer on {0}.")
            self.add_text(silent.format(_listed(dialog.silent)))
        if dialog.unasked:
            self.add_text(
                self.tr("The trust service was not asked yet. Ask Trust Service asks it.")
            )
        if grave:
            self.add_text(
                self.tr(
                    "Phones that do not know the signer refuse the list then, and keep the old one "
                    "until somebody deletes it on each."
                )
            )
        told = self.tr("One node after the other: {0}. Phones there register again; calls may end.")
        self.add_text(told.format(_listed(dialog.nodes)))
        self.add_button(self.tr("&Restart"), Dismissed)
        self.add_button(self.tr("&Do not restart"), lambda: Dismissed(accepted=False), usual=True)


def _listed(nodes: Sequence[str]) -> str:
    return locale().createSeparatedList(list(nodes))
