"""Tables of any length."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import (
    QDialog,
    QPushButton,
    QVBoxLayout,
)

from ctlkit_gui.qt.table_rows import shared
from ctlkit_gui.qt.tables import Cell, Table

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot


# PyQt declares these with an argument too many.
key_click: Any = QTest.keyClick
key_clicks: Any = QTest.keyClicks
mouse_press: Any = QTest.mousePress
mouse_move: Any = QTest.mouseMove
mouse_release: Any = QTest.mouseRelease


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


def test_a_column_grows_with_its_rows(qtbot: QtBot) -> None:
    """A longer text in a later row is not cut, and a heading never is."""
    table = Table([("A heading", lambda row: Cell(str(row))), ("B", _nothing)], str, "Rows")
    qtbot.addWidget(table)
    metrics = table.fontMetrics()
    table.set_rows(())
    assert table.columnWidth(0) >= metrics.horizontalAdvance("A heading")
    table.set_rows(("a",))
    narrow = table.columnWidth(0)
    table.set_rows(("a", "a longer text than before"))
    assert table.columnWidth(0) >= metrics.horizontalAdvance("a longer text than before")
    table.set_rows(("a",))
    assert table.columnWidth(0) > narrow


def test_a_column_that_a_person_narrowed_stays(qtbot: QtBot) -> None:
    """What was set by dragging a heading's edge is kept when rows change."""
    table = Table([("A heading", lambda row: Cell(str(row))), ("B", _nothing)], str, "Rows")
    qtbot.addWidget(table)
    table.set_rows(("a",))
    table.resize(600, 200)
    with qtbot.waitExposed(table):
        table.show()
    header = table.horizontalHeader()
    assert header is not None
    edge = QPoint(table.columnWidth(0) - 1, header.height() // 2)
    mouse_press(header.viewport(), Qt.MouseButton.LeftButton, pos=edge)
    mouse_move(header.viewport(), QPoint(edge.x() - 20, edge.y()))
    mouse_release(header.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(edge.x() - 20, 5))
    narrowed = table.columnWidth(0)
    assert narrowed == edge.x() + 1 - 20
    table.set_rows(("a", "a longer text than before"))
    assert narrowed == table.columnWidth(0)


def test_the_widest_columns_give_way_first() -> None:
    """Widths that fit stay; else the widest are shortened, none below its floor."""
    assert [100, 50, 300] == shared([100, 50, 300], [40, 40, 40], 450)
    assert [100, 50, 150] == shared([100, 50, 300], [40, 40, 40], 300)
    assert [75, 50, 75] == shared([100, 50, 300], [40, 40, 40], 200)
    assert [40, 40, 90] == shared([100, 50, 300], [40, 40, 90], 100)


def test_a_table_shows_every_column_at_once(qtbot: QtBot) -> None:
    """Long texts are shortened rather than scrolled away, and have room where there is some."""
    long = "a text that is longer than the half of what is seen of the table"
    columns = [(name, lambda row: Cell(str(row))) for name in ("A", "B")]
    table = Table(columns, str, "Rows")
    qtbot.addWidget(table)
    table.resize(400, 200)
    with qtbot.waitExposed(table):
        table.show()
    table.set_rows((long,))
    bar = table.horizontalScrollBar()
    assert bar is not None
    assert 0 == bar.maximum()
    narrow = table.columnWidth(0)
    table.resize(1200, 200)
    assert 0 == bar.maximum()
    assert table.columnWidth(0) > narrow


def _nothing(_row: object) -> Cell:
    return Cell("")
