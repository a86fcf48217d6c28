"""What the one button below the entries means for the rows that are selected.

Rules:

* Rows of which all were dropped by a person are kept after all; of others those are deleted that
  are not gone already.
* A row that has to stay keeps those that are selected with it from being deleted, and says why.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ctlkit.edit import RowState
from ctlkit.errors import CtlkitError
from ctlkit_gui.flow.events import Deleted, Undeleted
from ctlkit_gui.flow.values import EntryShown

__all__ = ["Selection", "is_dropped", "selection_of"]


@dataclass(frozen=True, slots=True)
class Selection:
    """What can be done with the selected rows.

    Attributes:
        event: what is asked for, None where nothing can be.
        keeps: whether that keeps what was dropped.
        why: why it is refused, None where it is not.
    """

    event: Deleted | Undeleted | None = None
    keeps: bool = False
    why: CtlkitError | None = None


def is_dropped(row: EntryShown) -> bool:
    """Whether a person dropped a row, so that it can be kept after all."""
    return row.state is RowState.REMOVED and bool(row.remove)


def selection_of(rows: Sequence[EntryShown]) -> Selection:
    """Return what can be done with rows."""
    if rows and all(map(is_dropped, rows)):
        return Selection(Undeleted(tuple(row.key for row in rows)), keeps=True)
    why = next((row.locked for row in rows if row.locked is not None), None)
    keys = tuple(row.key for row in rows if row.state is not RowState.REMOVED)
    return Selection(Deleted(keys) if keys else None, why=why)
