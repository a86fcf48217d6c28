"""Page 11, What remains: a checklist to be copied, and buttons for what the place can do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from ctlkit_gui.flow.events import RestartWanted, RestoreWanted, VouchingWanted
from ctlkit_gui.flow.views import RemainsView
from ctlkit_gui.qt.node_table import NodeErrors, Vouching, WorkTable, rows_of
from ctlkit_gui.qt.page import Page
from ctlkit_gui.qt.theme import em
from ctlkit_gui.qt.widgets import Heading, MessageList, Text, copy, set_button, whole

if TYPE_CHECKING:
    from ctlkit_gui.work import SecretBox

__all__ = ["RemainsPage"]


class RemainsPage(Page[RemainsView]):
    """What is left to be done."""

    def __init__(self, box: SecretBox, parent: QWidget | None = None) -> None:
        super().__init__(box, parent)
        self.items = MessageList(self, numbered=True)
        self._view: RemainsView | None = None
        self.copy_list = QPushButton(self.tr("Cop&y Checklist"), self)
        self.ask = QPushButton(self.tr("Ask &Trust Service"), self)
        self.restart = QPushButton(self.tr("Re&start Services"), self)
        self.restore = QPushButton(self.tr("Rest&ore..."), self)
        self._why = Text(parent=self)
        self._why.setAccessibleName(self.tr("Why the services cannot be restarted"))
        self._heading = Heading(self.tr("Restarting the services"), self)
        self.table = WorkTable(self.tr("Servers and how far each is"), self)
        self.errors = NodeErrors(self)
        self._asked = Heading(self.tr("What the trust service says"), self)
        self.vouching = Vouching(self)
        self._connect()
        self._lay_out()

    def _connect(self) -> None:
        for button in (self.copy_list, self.restart, self.ask, self.restore):
            button.setAutoDefault(False)
        self.copy_list.clicked.connect(lambda: copy(self.as_text()))
        self.restart.clicked.connect(lambda: self.send(RestartWanted()))
        self.ask.clicked.connect(lambda: self.send(VouchingWanted()))
        self.restore.clicked.connect(lambda: self.send(RestoreWanted()))

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        buttons.addWidget(self.copy_list)
        buttons.addWidget(self.ask)
        buttons.addWidget(self.restart)
        buttons.addStretch(1)
        buttons.addWidget(self.restore)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(em(self, 0.8))
        layout.addWidget(self.items)
        layout.addLayout(buttons)
        for widget in (
            *(self._why, self._heading, self.table, self.errors),
            *(self._asked, self.vouching),
        ):
            layout.addWidget(widget)
        layout.addStretch(1)

    def title(self) -> str:
        """Return the step's title."""
        return self.tr("What remains")

    def explanation(self) -> str:
        """Return what the list is for."""
        return self.tr("Phones take the new list when they restart. In this order:")

    def next_text(self) -> str:
        """Return what the main button does."""
        return self.tr("&Close")

    def show_view(self, view: RemainsView, /) -> None:
        """Show the checklist and how far restarting is."""
        self._view = view
        self.items.set_messages(view.items)
        set_button(self.restart, view.restart)
        set_button(self.ask, view.ask)
        set_button(self.restore, view.restore)
        why = whole(view.restart.why) if view.restart.shown and view.restart.why else ""
        self._why.set_text(why)
        self._why.setVisible(bool(why) and view.frame.busy is None)
        rows = rows_of(view.nodes, () if view.frame.busy else view.restarted)
        self.table.set_rows(rows)
        self.table.setVisible(bool(rows))
        self._heading.setVisible(bool(rows))
        self.errors.set_published(view.restarted)
        self.vouching.set_vouched(view.vouched)
        self._asked.setVisible(bool(view.vouched))

    def as_text(self) -> str:
        """Return the checklist with a box before each item."""
        items = self._view.items if self._view else ()
        return "\n".join(f"[ ] {whole(item)}" for item in items)
