"""Page 7, Review: what is said before anything is signed, and what of it is confirmed."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from PyQt6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFormLayout,
    QLabel,
    QVBoxLayout,
    QWidget,
)

from ctlkit.edit import Mode, RowState
from ctlkit.messages import Severity
from ctlkit_gui.flow.events import PhonesNamed, SignerChosen
from ctlkit_gui.flow.token_values import TokenShown
from ctlkit_gui.flow.values import EntryShown
from ctlkit_gui.flow.views import ReviewView
from ctlkit_gui.qt.confirming import ConfirmedLines
from ctlkit_gui.qt.entry_table import EntryTable, counted
from ctlkit_gui.qt.language import joined
from ctlkit_gui.qt.page import Page
from ctlkit_gui.qt.phones import PhoneAnswers, PhoneFile, RemedyList
from ctlkit_gui.qt.theme import QuietLabel, em
from ctlkit_gui.qt.widgets import Heading, MessageList, Text

if TYPE_CHECKING:
    from ctlkit_gui.work import SecretBox

__all__ = ["ReviewPage"]


class ReviewPage(Page[ReviewView]):
    """The difference, what phones will do, the warnings and their confirmations."""

    def __init__(self, box: SecretBox, parent: QWidget | None = None) -> None:
        super().__init__(box, parent)
        self.signer = QComboBox(self)
        self.signer.setAccessibleName(self.tr("Token that signs"))
        self.signer.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.signer.setMinimumContentsLength(20)
        self.signer.activated.connect(self._signer_chosen)
        self._signers: tuple[TokenShown, ...] = ()
        self._facts = Text(parent=self)
        self._facts.setAccessibleName(self.tr("What is signed"))
        self.dangers = ConfirmedLines(self)
        self.dangers.answered.connect(self.send)
        self.ambers, self.notes = MessageList(self), MessageList(self)
        self.phones, self.remedies = PhoneAnswers(self), RemedyList(self)
        self.phone_file = PhoneFile(self)
        self.phone_file.named.connect(lambda file: self.send(PhonesNamed(file)))
        self.table = EntryTable(self.tr("Difference between the present and the new list"), self)
        self.table.show_at_least(2, 10)
        self._counts = QuietLabel(parent=self)
        self._all = QCheckBox(self.tr("Show &kept entries too"), self)
        self._all.toggled.connect(self._show_entries)
        self._entries: tuple[EntryShown, ...] = ()
        self._lay_out()

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        form.setHorizontalSpacing(em(self))
        signs = QLabel(self.tr("Si&gned by:"), self)
        signs.setBuddy(self.signer)
        form.addRow(signs, self.signer)
        self._no_phones = QuietLabel(
            self.tr("Which phones will accept the list was not checked."), self
        )
        self._warnings_heading = Heading(self.tr("Before you go on"), self)
        self._remedies_heading = Heading(self.tr("How to have it accepted"), self)
        self._notes_heading = Heading(self.tr("Afterwards"), self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(em(self, 0.6))
        layout.addLayout(form)
        layout.addWidget(self._facts)
        for widgets in (
            (self._warnings_heading, self.dangers, self.ambers),
            (
                Heading(self.tr("What phones will do"), self),
                self._no_phones,
                self.phone_file,
                self.phones,
            ),
            (self._remedies_heading, self.remedies),
            (Heading(self.tr("What changes"), self), self._counts, self.table, self._all),
            (self._notes_heading, self.notes),
        ):
            layout.addSpacing(em(self, 0.7))
            for widget in widgets:
                layout.addWidget(widget)
        layout.addStretch(1)

    def title(self) -> str:
        """Return the step's title."""
        return self.tr("Review")

    def explanation(self) -> str:
        """Return that nothing was done yet."""
        return self.tr("Nothing is signed or written yet.")

    def first_focus(self) -> QWidget | None:
        """Return what is to be confirmed first; None: the main button."""
        return self.dangers.first_open()

    def show_view(self, view: ReviewView, /) -> None:
        """Show what would be signed."""
        self._show_signers(view)
        self._facts.set_text(self._fact_lines(view))
        self._show_lines(view)
        self.phone_file.show_file(view.phones)
        self.phones.set_verdicts(view.verdicts)
        self._no_phones.setVisible(not view.verdicts)
        self.remedies.set_remedies(view.remedies)
        self._remedies_heading.setVisible(bool(view.remedies))
        self._entries = view.entries
        self._counts.setText(counted(view.entries))
        self._show_entries()

    def _show_signers(self, view: ReviewView) -> None:
        signers = view.signers or ((view.signer,) if view.signer else ())
        if signers != self._signers:
            self._signers = signers
            self.signer.clear()
            for token in signers:
                label = self.tr("{0} (serial {1})").format(token.label, token.serial)
                self.signer.addItem(label, token.uri)
        if view.signer is not None:
            self.signer.setCurrentIndex(self.signer.findData(view.signer.uri))
        self.signer.setEnabled(len(signers) > 1 and view.frame.busy is None)

    def _signer_chosen(self, number: int) -> None:
        self.send(SignerChosen(self.signer.itemData(number)))

    def _fact_lines(self, view: ReviewView) -> str:
        says = {
            Mode.MIXED: self.tr("The list says that the cluster is in mixed mode."),
            Mode.NON_SECURE: self.tr("The list says that the cluster is non-secure."),
        }
        first = {
            None: "",
            Mode.MIXED: self.tr("The cluster is set to mixed mode first."),
            Mode.NON_SECURE: self.tr("The cluster is set to non-secure mode first."),
        }
        digest = self.tr("Hash that is signed: {0}.").format(view.digest) if view.digest else ""
        return joined((says[view.mode], first[view.switch], digest))

    def _show_lines(self, view: ReviewView) -> None:
        severities = (Severity.ERROR, Severity.RED)
        red = [line for line in view.lines if line.message.severity in severities]
        asking = [line for line in view.lines if line.confirmation and line not in red]
        self.dangers.show_all((*red, *asking), view.absent, view.confirmations)
        self._order_tabs()
        rest = [line for line in view.lines if line not in red and line not in asking]
        notes = [item.message for item in rest if item.message.severity is Severity.NOTE]
        ambers = [item.message for item in rest if item.message.severity is not Severity.NOTE]
        self.ambers.set_messages(ambers)
        self.notes.set_messages(notes)
        self._notes_heading.setVisible(bool(notes))
        self._warnings_heading.setVisible(bool(red or asking or ambers or view.absent))

    def _order_tabs(self) -> None:
        """Let Tab go down the page: what was made last would come last."""
        fields = (field.entry for field in self.dangers.fields.values())
        file = (self.phone_file.choose, self.phone_file.drop)
        for before, after in pairwise((self.signer, *fields, *file, self.table, self._all)):
            self.setTabOrder(before, after)

    def _show_entries(self) -> None:
        """Show what changes, and on demand what stays."""
        kept = self._all.isChecked()
        shown = [item for item in self._entries if kept or item.state is not RowState.KEPT]
        self.table.set_rows(shown)
        self._all.setVisible(any(item.state is RowState.KEPT for item in self._entries))
