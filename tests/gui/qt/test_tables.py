"""Tables of any length."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import (
    QDialog,
    QPushButton,
    QVBoxLayout,
)

from ctlkit_gui.qt.tables import Cell, Table

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot


# PyQt declares these with an argument too many.
key_click: Any = QTest.keyClick
key_clicks: Any = QTest.keyClicks


def test_enter_in_a_table_is_the_main_button(qtbot: QtBot) -> None:
    """Enter goes past the table to the default button, and Tab leaves it."""
    dialog = QDialog()
    qtbot.addWidget(dialog)
    table = Table([("Name", lambda row: Cell(str(row)))], lambda row: row, "Names", dialog)
    table.set_rows(range(3))
    button = QPushButton("Finish", dialog)
    button.setDefault(True)
    layout = QVBoxLayout(dialog)
    layout.addWidget(table)
    layout.addWidget(button)
    pressed: list[bool] = []
    button.clicked.connect(pressed.append)
    dialog.show()
    dialog.activateWindow()
    table.setFocus()
    key_click(table, Qt.Key.Key_Return)
    key_click(table, Qt.Key.Key_Tab)
    assert [False] == pressed
    assert not table.hasFocus()


def test_ten_thousand_rows_cost_what_is_seen(qtbot: QtBot) -> None:
    """Cells of rows that nobody looks at are never made."""
    made: set[int] = set()

    def cell(row: int) -> Cell:
        made.add(row)
        return Cell(f"row {row}")

    table = Table([("Row", cell)], lambda row: row, "Rows")
    qtbot.addWidget(table)
    table.set_rows(range(10_000))
    table.selectRow(9_000)
    table.set_rows((-1, *range(10_000)))
    with qtbot.waitExposed(table):
        table.show()
    assert [9_000] == table.selected()
    assert len(made) < 500
