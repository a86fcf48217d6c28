"""Page 10, Servers: what each holds, as read back from it, and the signer's serial shown large."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from ctlkit.place import Published
from ctlkit_gui.flow.events import RestoreWanted, RetryNodes
from ctlkit_gui.flow.views import ServersView
from ctlkit_gui.qt.node_table import HeldTable, NodeErrors
from ctlkit_gui.qt.page import Page
from ctlkit_gui.qt.theme import QuietLabel, em, enlarged
from ctlkit_gui.qt.widgets import (
    CopyButton,
    FieldGrid,
    Text,
    copy,
    fixed_font,
    set_button,
)

if TYPE_CHECKING:
    from ctlkit_gui.work import SecretBox

__all__ = ["ServersPage"]

_LARGE = 1.7


class ServersPage(Page[ServersView]):
    """The servers, and what each holds now."""

    def __init__(self, box: SecretBox, parent: QWidget | None = None) -> None:
        super().__init__(box, parent)
        self._restored = False
        self._serial_name = QuietLabel(parent=self)
        self.serial = Text(parent=self)
        self.serial.setAccessibleName(self.tr("Serial number of the signer"))
        self.serial.setFont(enlarged(fixed_font(self.font()), _LARGE, bold=True))
        self.copy_serial = CopyButton(self.tr("the serial number of the signer"), parent=self)
        self.table = HeldTable(self.tr("Servers"), self)
        self.fields = FieldGrid(self)
        self._file, self._md5 = self.tr("File location"), self.tr("MD5")
        self._sha1, self._kept = self.tr("SHA-1"), self.tr("Kept before")
        for name in (self._file, self._md5, self._sha1, self._kept):
            is_checksum = name in (self._md5, self._sha1)
            self.fields.add(name, copied="" if is_checksum else None, fixed=is_checksum)
        self.errors = NodeErrors(self)
        self.copy_all = QPushButton(self.tr("Cop&y All"), self)
        self.retry = QPushButton(self.tr("&Retry"), self)
        self.restore = QPushButton(self.tr("Rest&ore..."), self)
        self._connect()
        self._lay_out()

    def _connect(self) -> None:
        for button in (self.copy_all, self.retry, self.restore):
            button.setAutoDefault(False)
        self.copy_all.setAccessibleDescription(
            self.tr("Copies servers, file locations, states and checksums")
        )
        self.copy_all.clicked.connect(lambda: copy(self._as_text()))
        self.retry.clicked.connect(lambda: self.send(RetryNodes()))
        self.restore.clicked.connect(lambda: self.send(RestoreWanted()))
        self.table.chosen.connect(self._chosen)

    def _lay_out(self) -> None:
        large = QHBoxLayout()
        self.serial.hug()
        large.setSpacing(em(self, 1.2))
        large.addWidget(self.serial)
        large.addWidget(self.copy_serial, 0, Qt.AlignmentFlag.AlignVCenter)
        large.addStretch(1)
        buttons = QHBoxLayout()
        buttons.addWidget(self.copy_all)
        buttons.addWidget(self.retry)
        buttons.addStretch(1)
        buttons.addWidget(self.restore)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(em(self, 0.4))
        layout.addWidget(self._serial_name)
        layout.addLayout(large)
        layout.addSpacing(em(self, 0.5))
        layout.addWidget(self.table)
        layout.addSpacing(em(self, 0.3))
        layout.addWidget(self.fields)
        layout.addWidget(self.errors)
        layout.addSpacing(em(self, 0.3))
        layout.addLayout(buttons)
        layout.addStretch(1)

    def title(self) -> str:
        """Return the step's title."""
        return self.tr("Servers")

    def explanation(self) -> str:
        """Return what is shown."""
        if self._restored:
            return self.tr("The list that was kept is in force again.")
        return self.tr("What each server holds now, as read back from it.")

    def next_text(self) -> str:
        """Return the old client's word."""
        return self.tr("&Done")

    def show_view(self, view: ServersView, /) -> None:
        """Show what each node holds."""
        self._restored = view.restored
        self._serial_name.setText(
            self.tr("Signed by {0}. Newer phones show this serial number:").format(view.signer)
        )
        self.serial.set_text(view.signer_serial)
        self.copy_serial.set_value(view.signer_serial)
        for widget in (self._serial_name, self.serial, self.copy_serial):
            widget.setVisible(bool(view.signer_serial))
        self.table.set_rows(view.published)
        if view.published and not self.table.selected_rows():
            self.table.selectRow(0)
        self._chosen()
        self.errors.set_published(view.published)
        set_button(self.retry, view.retry)
        set_button(self.restore, view.restore)

    def _chosen(self) -> None:
        """Show the selected server's file in full."""
        rows = self.table.selected()
        item = rows[0] if rows else None
        present = item.present if item else None
        self.fields.set_value(self._file, present.name if present else "")
        self.fields.set_value(self._md5, present.md5 if present else "")
        self.fields.set_value(self._sha1, present.sha1 if present else "")
        self.fields.set_value(self._kept, (item.kept or "") if item else "")

    def _as_text(self) -> str:
        rows = (_in_lines(item) for item in self.table.rows_model.rows)
        return "\n\n".join((self.serial.text, *rows)).strip()


def _in_lines(item: Published) -> str:
    if item.present is None:
        return item.node
    file = item.present
    return f"{item.node}\n{file.name}\nMD5 {file.md5}\nSHA-1 {file.sha1}"
