"""Page 5, CTL entries: the table, its buttons, and why a row cannot be deleted."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QKeySequence, QShortcut
from PyQt6.QtWidgets import (
    QComboBox,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from ctlkit.trustlist import Function
from ctlkit_gui.flow.events import AddServer, AddTokens
from ctlkit_gui.flow.selection import selection_of
from ctlkit_gui.flow.views import EntriesView
from ctlkit_gui.qt.activation import Returning
from ctlkit_gui.qt.entry_table import EntryTable, counted
from ctlkit_gui.qt.page import Page
from ctlkit_gui.qt.theme import QuietLabel, em
from ctlkit_gui.qt.viewer import CertificateViewer
from ctlkit_gui.qt.widgets import Text, set_button, there, whole

if TYPE_CHECKING:
    from ctlkit_gui.work import SecretBox

__all__ = ["AddServerDialog", "EntriesPage"]


class EntriesPage(Page[EntriesView]):
    """The list as far as it is put together."""

    def __init__(self, box: SecretBox, parent: QWidget | None = None) -> None:
        super().__init__(box, parent)
        self._busy = False
        self._creating = False
        self._typed: dict[Function, AddServer] = {}
        self.table = EntryTable(self.tr("CTL entries"), self)
        self.table.show_at_least(3, 14)
        self.add_tokens = self._button(self.tr("Add &Tokens"))
        self.add_tftp = self._button(self.tr("Add TFTP &Server"))
        self.add_firewall = self._button(self.tr("Add Fire&wall"))
        self.delete = self._button(self.tr("De&lete Selected"))
        self.certificate = self._button(self.tr("&Certificate..."))
        self._counts = QuietLabel(parent=self)
        self._reason = Text(parent=self)
        self._reason.setAccessibleName(self.tr("Why it cannot be deleted"))
        self._connect()
        self._lay_out()

    def _button(self, text: str) -> QPushButton:
        button = QPushButton(text, self)
        button.setAutoDefault(False)
        return button

    def _connect(self) -> None:
        self.add_tokens.clicked.connect(lambda: self.send(AddTokens()))
        self.add_tftp.clicked.connect(lambda: self._ask_server(Function.CCM_TFTP))
        self.add_firewall.clicked.connect(lambda: self._ask_server(Function.FIREWALL))
        self.delete.clicked.connect(self._delete)
        self.certificate.clicked.connect(self._open)
        self.table.chosen.connect(self._chosen)
        self.table.doubleClicked.connect(self._open)
        key = QShortcut(QKeySequence(Qt.Key.Key_Delete), self.table)
        key.setContext(Qt.ShortcutContext.WidgetShortcut)
        key.activated.connect(self._delete)

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(em(self, 0.6))
        for button in (self.add_tokens, self.add_tftp, self.add_firewall):
            buttons.addWidget(button)
        buttons.addStretch(1)
        for button in (self.delete, self.certificate):
            buttons.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(em(self, 0.6))
        column.addWidget(self.table, 1)
        column.addWidget(self._counts)
        column.addWidget(self._reason)
        column.addLayout(buttons)

    def title(self) -> str:
        """Return the old client's title."""
        return self.tr("CTL entries")

    def explanation(self) -> str:
        """Return what Finish does."""
        if self._creating:
            return self.tr(
                "A new list. Add at least two tokens, then press Finish: nothing is signed before "
                "you have seen the review."
            )
        return self.tr(
            "The present list with your changes. Finish leads to the review: nothing is signed "
            "before you have seen it."
        )

    def next_text(self) -> str:
        """Return the old client's word."""
        return self.tr("&Finish")

    def first_focus(self) -> QWidget | None:
        """Return the table."""
        return self.table

    def show_view(self, view: EntriesView, /) -> None:
        """Show the rows and what can be done with them."""
        self._busy = view.frame.busy is not None
        self._creating = view.creating
        if not self._busy and view.frame.problem is None:
            self._typed = {}
        self.table.set_rows(view.entries)
        self._counts.setText(counted(view.entries))
        set_button(self.add_tokens, view.add_tokens)
        set_button(self.add_tftp, view.add_server)
        set_button(self.add_firewall, view.add_server)
        self._chosen()

    def _chosen(self) -> None:
        """Follow the selection: what Delete Selected does, and why it cannot."""
        rows = self.table.selected()
        selection = selection_of(rows)
        why = whole(selection.why) if selection.why else ""
        self.delete.setText(
            self.tr("Keep Se&lected") if selection.keeps else self.tr("De&lete Selected")
        )
        self.delete.setEnabled(selection.event is not None and not why and not self._busy)
        self.delete.setToolTip(why)
        self.delete.setAccessibleDescription(why)
        self._reason.set_text(why)
        self._reason.setVisible(bool(why))
        self.certificate.setEnabled(len(rows) == 1 and rows[0].certificate is not None)

    def _delete(self) -> None:
        """Ask for it; the key, which cannot rest as the button does, is told the reason."""
        event = selection_of(self.table.selected()).event
        if event is not None and not self._busy:
            self.send(event)

    def _open(self) -> None:
        rows = self.table.selected()
        if len(rows) == 1 and rows[0].certificate is not None:
            CertificateViewer(rows[0].certificate, self).open()

    def _ask_server(self, function: Function) -> None:
        dialog = AddServerDialog(function, self)
        if function in self._typed:
            dialog.fill_in(self._typed[function])
        dialog.filled.connect(lambda event: self._add_server(function, event))
        dialog.open()

    def _add_server(self, asked: Function, event: AddServer) -> None:
        self._typed = {asked: event}
        self.send(event)


class AddServerDialog(Returning):
    """Asks for the certificate of a TFTP server or a firewall, and where it is.

    Attributes:
        filled: an :class:`~ctlkit_gui.flow.events.AddServer`, what was filled in.
    """

    filled = pyqtSignal(object)

    def __init__(self, function: Function, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        is_firewall = function is Function.FIREWALL
        self.setWindowTitle(self.tr("Add Firewall") if is_firewall else self.tr("Add TFTP Server"))
        self.function = QComboBox(self)
        for text, number in (
            (self.tr("TFTP server (CCM+TFTP)"), Function.CCM_TFTP),
            (self.tr("CAPF"), Function.CAPF),
            (self.tr("Firewall"), Function.FIREWALL),
        ):
            self.function.addItem(text, number)
        self.function.setCurrentIndex(self.function.findData(function))
        self.file, self.name, self.address = QLineEdit(self), QLineEdit(self), QLineEdit(self)
        self.file.setPlaceholderText(self.tr("DER or PEM"))
        self.name.setPlaceholderText(self.tr("tftp2.example.com"))
        self.address.setPlaceholderText(self.tr("10.0.0.20"))
        self.file.setMinimumWidth(em(self, 32))
        self._browse = QPushButton(self.tr("&Browse..."), self)
        self._browse.setAutoDefault(False)
        self._browse.clicked.connect(self._choose)
        self.buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel, self
        )
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self.file.textChanged.connect(self._typed)
        self._lay_out()
        self._typed()
        self.file.setFocus()

    def _lay_out(self) -> None:
        file = QHBoxLayout()
        file.addWidget(self.file, 1)
        file.addWidget(self._browse)
        self.file.setAccessibleName(self.tr("Certificate file"))
        form = QFormLayout()
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.addRow(self.tr("F&unction:"), self.function)
        form.addRow(self.tr("Certificate &file:"), file)
        there(form.labelForField(file)).setBuddy(self.file)  # type: ignore[attr-defined]
        form.addRow(self.tr("Host &name:"), self.name)
        form.addRow(self.tr("IP &address:"), self.address)
        hint = QuietLabel(
            self.tr(
                "A list of tokens names a server by its IP address alone; others take its name too."
            ),
            self,
        )
        layout = QVBoxLayout(self)
        layout.setSpacing(em(self))
        layout.addLayout(form)
        layout.addWidget(hint)
        layout.addStretch(1)
        layout.addWidget(self.buttons)

    def fill_in(self, event: AddServer) -> None:
        """Show what was filled in before and could not be used, to be put right."""
        self.function.setCurrentIndex(self.function.findData(Function(event.function)))
        self.file.setText(str(event.file))
        self.name.setText(event.name)
        self.address.setText(event.address)

    def accept(self) -> None:
        """Give what was filled in, then close: the page below is busy with it at once."""
        self.filled.emit(
            AddServer(
                int(self.function.currentData()),
                Path(self.file.text().strip()).expanduser(),
                self.name.text().strip(),
                self.address.text().strip(),
            )
        )
        super().accept()

    def _typed(self) -> None:
        button = there(self.buttons.button(QDialogButtonBox.StandardButton.Ok))
        button.setEnabled(bool(self.file.text().strip()))

    def _choose(self) -> None:
        dialog = QFileDialog(self, self.tr("Certificate of the server"))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters(
            [self.tr("Certificates (*.cer *.crt *.der *.pem)"), self.tr("All files (*)")]
        )
        dialog.fileSelected.connect(self.file.setText)
        dialog.open()
