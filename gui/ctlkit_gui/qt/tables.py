"""Tables of any length: a model that makes a cell when it is looked at, and a view for it.

Rules:

* Rows are values; a cell is made from its row when it is drawn, so that ten thousand rows cost no
  more than the ones on the screen.
* Setting the same rows again changes nothing; setting others keeps what is selected by its key.
* Columns share the room that there is: the widest are shortened first, as long as each says enough
  to be told from its neighbours. Once a person has moved one, widths are theirs.
* The keys work on rows: a frame is drawn around the current row, not around one of its cells.
* Tab leaves the table. Ctrl+C copies the selected rows as text, a tab between the cells.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from PyQt6.QtCore import (
    QAbstractTableModel,
    QItemSelection,
    QItemSelectionModel,
    QItemSelectionRange,
    QModelIndex,
    QSize,
    Qt,
    pyqtSignal,
)
from PyQt6.QtGui import (
    QFont,
    QFontMetrics,
    QGuiApplication,
    QIcon,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PyQt6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QTableView,
    QWidget,
)

from ctlkit.messages import printable
from ctlkit_gui.qt.table_rows import RowDelegate, runs, shared
from ctlkit_gui.qt.theme import Sign, is_dark, sign_icon
from ctlkit_gui.qt.widgets import copy, fixed_font, there

__all__ = ["Cell", "RowsModel", "Table"]

_Row = TypeVar("_Row")

_MEASURED_ROWS = 64
_WIDEST, _WIDEST_FIXED = 60, 80
"""Characters that a column has at most, the latter where they are equally wide; a person may make
it wider."""

_NARROWEST = 12
"""Characters that a column is never shortened below to make room for others."""

_PADDING = 8


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in a cell.

    Attributes:
        text: made printable before it is shown.
        sign: the picture before it.
        fixed: whether its characters are equally wide, as in checksums.
        struck: whether it is struck through.
    """

    text: str
    sign: Sign | None = None
    fixed: bool = False
    struck: bool = False


class RowsModel(QAbstractTableModel, Generic[_Row]):
    """Rows of one kind; each column makes its cell from the row."""

    def __init__(
        self,
        columns: Sequence[tuple[str, Callable[[_Row], Cell]]],
        key: Callable[[_Row], Hashable],
        parent: QWidget,
    ) -> None:
        """Make an empty model.

        Args:
            columns: heading and maker of each column.
            key: what a row is known by when other rows are set.
            parent: whose font and palette the cells follow.
        """
        super().__init__(parent)
        self._owner = parent
        self._columns = tuple(columns)
        self._key = key
        self._rows: tuple[_Row, ...] = ()
        self._icons: dict[tuple[Sign, int, bool], QIcon] = {}

    @property
    def rows(self) -> tuple[_Row, ...]:
        """The rows that are shown."""
        return self._rows

    def key_at(self, row: int) -> Hashable:
        """Return the key of a row."""
        return self._key(self._rows[row])

    def set_rows(self, rows: Sequence[_Row]) -> bool:
        """Show other rows; whether they are others."""
        new = tuple(rows)
        if new == self._rows:
            return False
        same_places = [self._key(row) for row in new] == [self._key(row) for row in self._rows]
        if same_places:
            self._rows = new
            self.dataChanged.emit(
                self.index(0, 0), self.index(len(new) - 1, len(self._columns) - 1)
            )
            return True
        self.beginResetModel()
        self._rows = new
        self.endResetModel()
        return True

    def rowCount(self, parent: QModelIndex = QModelIndex()) -> int:  # noqa: B008
        """Return how many rows there are."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: QModelIndex = QModelIndex()) -> int:  # noqa: B008
        """Return how many columns there are."""
        return 0 if parent.isValid() else len(self._columns)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """Return a column's heading."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._columns[section][0]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return what a cell shows."""
        if role not in _ROLES or not index.isValid():
            return None
        cell = self.cell(index.row(), index.column())
        match role:
            case Qt.ItemDataRole.DecorationRole:
                return self._icon(cell.sign)
            case Qt.ItemDataRole.FontRole:
                return self._font(cell)
            case _:
                return printable(cell.text)

    def cell(self, row: int, column: int) -> Cell:
        """Return a cell."""
        return self._columns[column][1](self._rows[row])

    def _icon(self, sign: Sign | None) -> object:
        if sign is None:
            return None
        palette, extent = self._owner.palette(), self._owner.fontMetrics().height()
        key = sign, extent, is_dark(palette)
        if key not in self._icons:
            self._icons[key] = sign_icon(sign, palette, extent)
        return self._icons[key]

    def _font(self, cell: Cell) -> object:
        if not (cell.fixed or cell.struck):
            return None
        font = QFont(self._owner.font())
        if cell.fixed:
            font = fixed_font(font)
        font.setStrikeOut(cell.struck)
        return font


_ROLES = frozenset(
    {
        Qt.ItemDataRole.DisplayRole,
        Qt.ItemDataRole.ToolTipRole,
        Qt.ItemDataRole.DecorationRole,
        Qt.ItemDataRole.FontRole,
    }
)


class Table(QTableView, Generic[_Row]):
    """A table of whole rows.

    Attributes:
        chosen: other rows are selected.
    """

    chosen = pyqtSignal()

    def __init__(
        self,
        columns: Sequence[tuple[str, Callable[[_Row], Cell]]],
        key: Callable[[_Row], Hashable],
        name: str,
        parent: QWidget | None = None,
    ) -> None:
        """Make an empty table.

        Args:
            columns: heading and maker of each column.
            key: what a row is known by when other rows are set.
            name: the accessible name.
            parent: the page.
        """
        super().__init__(parent)
        self._least, self._most = 3, 12
        self._wanted: tuple[int, ...] = ()
        self._moved = False
        self._rooms: dict[int, int] = {}
        self.rows_model: RowsModel[_Row] = RowsModel(columns, key, self)
        self.setModel(self.rows_model)
        self.setAccessibleName(name)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setTabKeyNavigation(False)
        self.setAlternatingRowColors(True)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setCornerButtonEnabled(False)
        across, down = there(self.horizontalHeader()), there(self.verticalHeader())
        across.setHighlightSections(False)
        across.setStretchLastSection(True)
        across.setResizeContentsPrecision(_MEASURED_ROWS)
        across.sectionResized.connect(self._resized)
        down.setVisible(False)
        down.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        down.setDefaultSectionSize(round(self.fontMetrics().height() * 1.7))
        self.setItemDelegate(RowDelegate(self))
        there(self.selectionModel()).selectionChanged.connect(self._changed)
        self.rows_model.dataChanged.connect(self._changed)

    def show_at_least(self, least: int, most: int) -> None:
        """Say how many rows are seen without scrolling: at least, and where there are as many."""
        self._least, self._most = least, most
        self.updateGeometry()

    def make_room(self, column: int, texts: Iterable[str], *, fixed: bool = False) -> None:
        """Keep a column wide enough for texts that will stand in it.

        Args:
            column: its number.
            texts: each behind a sign.
            fixed: whether characters are equally wide; there is no sign before them then.
        """
        metrics = QFontMetrics(fixed_font(self.font())) if fixed else self.fontMetrics()
        longest = max(map(metrics.horizontalAdvance, texts))
        self._rooms[column] = longest + (_PADDING if fixed else 2 * metrics.height())

    def set_rows(self, rows: Sequence[_Row]) -> None:
        """Show other rows; what is selected and how far it is scrolled stays."""
        keys = {self.rows_model.key_at(row) for row in self.selected_rows()}
        current = self.currentIndex().row()
        across, down = there(self.horizontalScrollBar()), there(self.verticalScrollBar())
        places = across.value(), down.value()
        if self.rows_model.set_rows(rows) or not self._wanted:
            self.measure()
        self._select(keys, current)
        across.setValue(places[0])
        down.setValue(places[1])
        self.updateGeometry()

    def selected_rows(self) -> list[int]:
        """Return the numbers of the selected rows, in order."""
        found = there(self.selectionModel()).selection()
        ranges = [found[number] for number in range(len(found))]
        return sorted({row for part in ranges for row in range(part.top(), part.bottom() + 1)})

    def selected(self) -> list[_Row]:
        """Return the selected rows, in order."""
        return [self.rows_model.rows[row] for row in self.selected_rows()]

    def as_text(self) -> str:
        """Return the selected rows, all where none is, a tab between the cells."""
        model = self.rows_model
        columns = range(model.columnCount())
        rows = self.selected_rows() or range(model.rowCount())
        return "\n".join(
            "\t".join(printable(model.cell(row, column).text) for column in columns) for row in rows
        )

    def copy(self) -> None:
        """Copy the selected rows, all where none is."""
        copy(self.as_text())

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Copy on Ctrl+C; leave Enter to the main button."""
        if event is None:
            return
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            event.ignore()
        else:
            super().keyPressEvent(event)

    def sizeHint(self) -> QSize:
        """Return the size in which all rows are seen, up to the number that was said."""
        rows = min(max(self.rows_model.rowCount(), self._least), self._most)
        return QSize(super().sizeHint().width(), self._height(rows))

    def minimumSizeHint(self) -> QSize:
        """Return the size below which the page scrolls."""
        return QSize(self.fontMetrics().averageCharWidth() * 30, self._height(self._least))

    def _changed(self) -> None:
        self.chosen.emit()

    def _height(self, rows: int) -> int:
        across, down = there(self.horizontalHeader()), there(self.verticalHeader())
        bar = there(self.horizontalScrollBar())
        inner = across.sizeHint().height() + rows * down.defaultSectionSize()
        return inner + 2 * self.frameWidth() + bar.sizeHint().height()

    def measure(self) -> None:
        """Find the width of each column in which nothing usual is shortened; they only grow.

        To be called where what a row shows hangs on more than the row.
        """
        header, letter = there(self.horizontalHeader()), self.fontMetrics().averageCharWidth()

        def width(column: int) -> int:
            is_fixed = bool(self.rows_model.rows) and self.rows_model.cell(0, column).fixed
            widest = letter * (_WIDEST_FIXED if is_fixed else _WIDEST)
            content = min(self.sizeHintForColumn(column) + _PADDING, widest)
            return max(content, header.sectionSizeHint(column), self._rooms.get(column, 0))

        found = tuple(map(width, range(self.rows_model.columnCount())))
        self._wanted = tuple(map(max, found, self._wanted or found))
        self._fit()

    def _fit(self) -> None:
        """Give each column its width; where there is too little room the widest give way."""
        if self._moved:
            return
        header = there(self.horizontalHeader())
        least = self.fontMetrics().averageCharWidth() * _NARROWEST
        floors = [
            max(least, header.sectionSizeHint(at), self._rooms.get(at, 0))
            for at in range(len(self._wanted))
        ]
        room = there(self.viewport()).width()
        for column, width in enumerate(shared(self._wanted, floors, room)):
            self.setColumnWidth(column, width)

    def _resized(self) -> None:
        """Leave the widths alone once a person makes a column wider or narrower."""
        if QGuiApplication.mouseButtons() != Qt.MouseButton.NoButton:
            self._moved = True

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Share the new room among the columns."""
        super().resizeEvent(event)
        if self._wanted:
            self._fit()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Draw a frame around the current row while the keys are here."""
        super().paintEvent(event)
        if self.hasFocus() and self.currentIndex().isValid():
            row = self.currentIndex().row()
            height = self.rowHeight(row)
            painter = QPainter(self.viewport())
            painter.setPen(self.palette().highlight().color())
            width = there(self.viewport()).width()
            painter.drawRect(0, self.rowViewportPosition(row), width - 1, height - 1)

    def _select(self, keys: set[Hashable], current: int) -> None:
        model, selection = self.rows_model, there(self.selectionModel())
        wanted = [row for row in range(model.rowCount()) if keys and model.key_at(row) in keys]
        if not model.rowCount() or wanted == self.selected_rows():
            return
        ranges = QItemSelection()
        for first, last in runs(wanted):
            ranges.append(QItemSelectionRange(model.index(first, 0), model.index(last, 0)))
        whole = QItemSelectionModel.SelectionFlag.Rows
        selection.select(ranges, QItemSelectionModel.SelectionFlag.ClearAndSelect | whole)
        place = model.index(min(max(current, 0), model.rowCount() - 1), 0)
        selection.setCurrentIndex(place, QItemSelectionModel.SelectionFlag.NoUpdate)
