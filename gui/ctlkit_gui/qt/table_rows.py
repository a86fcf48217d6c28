"""What a table of whole rows needs beside its model: how it is drawn, how widths are shared."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from PyQt6.QtCore import QModelIndex
from PyQt6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

__all__ = ["RowDelegate", "runs", "shared"]


class RowDelegate(QStyledItemDelegate):
    """Draws cells without a frame of their own: the keys work on rows."""

    def initStyleOption(self, option: QStyleOptionViewItem | None, index: QModelIndex) -> None:
        """Take the cell's own focus away."""
        super().initStyleOption(option, index)
        if option is not None:
            option.state &= ~QStyle.StateFlag.State_HasFocus


def shared(wanted: Sequence[int], floors: Sequence[int], room: int) -> list[int]:
    """Return widths that fit into a room, as far as the floors allow: the widest give way first."""
    for most in range(max(wanted), 0, -1):
        widths = [min(width, max(most, floor)) for width, floor in zip(wanted, floors, strict=True)]
        if sum(widths) <= room:
            return widths
    return [min(width, floor) for width, floor in zip(wanted, floors, strict=True)]


def runs(rows: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield first and last of each run of numbers that follow one another."""
    for _, run in groupby(enumerate(rows), lambda item: item[1] - item[0]):
        numbers = [row for _, row in run]
        yield numbers[0], numbers[-1]
