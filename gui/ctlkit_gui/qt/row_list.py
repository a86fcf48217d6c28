"""Messages below each other that change with every view."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtWidgets import QVBoxLayout, QWidget

from ctlkit_gui.qt.theme import Sign, em
from ctlkit_gui.qt.widgets import MessageRow

__all__ = ["RowList", "Said"]

Said = tuple[Sign, str, str, str]
"""A sign, the word for it, what happened, what to do."""


class RowList(QWidget):
    """Rows of messages; it hides where there are none."""

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

    def show_rows(self, rows: Sequence[Said]) -> None:
        """Show other rows."""
        while len(self._rows) < len(rows):
            self._rows.append(MessageRow(self))
            self._lines.addWidget(self._rows[-1])
        for number, row in enumerate(self._rows):
            row.setVisible(number < len(rows))
        for row, said in zip(self._rows, rows, strict=False):
            row.show_text(*said)
        self.setVisible(bool(rows))
