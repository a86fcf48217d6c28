"""The table of entries, one row an entry, as the old client had it, and what becomes of each."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import QCoreApplication
from PyQt6.QtWidgets import QWidget

from ctlkit.edit import RowState
from ctlkit_gui.flow.values import EntryShown
from ctlkit_gui.qt.tables import Cell, Table
from ctlkit_gui.qt.theme import Sign

__all__ = ["EntryTable", "counted", "state_word"]

_TOKEN_SERIAL = "00:" * 9 + "00"
"""As long as the serial number of an eToken's certificate, which is read as a whole."""

_SIGNS = {
    RowState.NEW: Sign.NEW,
    RowState.KEPT: Sign.KEPT,
    RowState.CHANGED: Sign.CHANGED,
    RowState.REMOVED: Sign.REMOVED,
}


def state_word(state: RowState) -> str:
    """Return what becomes of an entry, in a word."""
    words = {
        RowState.NEW: QCoreApplication.translate("EntryTable", "new"),
        RowState.KEPT: QCoreApplication.translate("EntryTable", "kept"),
        RowState.CHANGED: QCoreApplication.translate("EntryTable", "changed"),
        RowState.REMOVED: QCoreApplication.translate("EntryTable", "removed"),
    }
    return words[state]


def counted(entries: Sequence[EntryShown]) -> str:
    """Return how many entries there are of each state that there is, in a line."""
    states = [entry.state for entry in entries]
    counts = ((state_word(state), states.count(state)) for state in RowState)
    text = QCoreApplication.translate("EntryTable", "{0}: {1}")
    return "   ".join(text.format(word, count) for word, count in counts if count)


class EntryTable(Table[EntryShown]):
    """Entries of a list.

    Without states it shows a list as it is.
    """

    def __init__(self, name: str, parent: QWidget | None = None, *, states: bool = True) -> None:
        state = [(QCoreApplication.translate("EntryTable", "State"), _state)] if states else []
        columns = [
            *state,
            (
                QCoreApplication.translate("EntryTable", "Function"),
                lambda entry: _text(entry, entry.function),
            ),
            (
                QCoreApplication.translate("EntryTable", "DNS name / IP address"),
                lambda entry: _text(entry, entry.address),
            ),
            (
                QCoreApplication.translate("EntryTable", "Subject"),
                lambda entry: _text(entry, entry.subject),
            ),
            (
                QCoreApplication.translate("EntryTable", "Issuer"),
                lambda entry: _text(entry, entry.issuer),
            ),
            (QCoreApplication.translate("EntryTable", "Serial number"), _serial),
        ]
        super().__init__(columns, lambda entry: entry.key, name, parent)
        if states:
            self.make_room(0, map(state_word, RowState))
        self.make_room(len(columns) - 1, [_TOKEN_SERIAL], fixed=True)


def _state(entry: EntryShown) -> Cell:
    return Cell(state_word(entry.state), _SIGNS[entry.state])


def _text(entry: EntryShown, text: str) -> Cell:
    return Cell(text, struck=entry.state is RowState.REMOVED)


def _serial(entry: EntryShown) -> Cell:
    struck = entry.state is RowState.REMOVED
    if not entry.old_serial:
        return Cell(entry.serial, fixed=True, struck=struck)
    return Cell(
        QCoreApplication.translate("EntryTable", "{0} (was {1})").format(
            entry.serial, entry.old_serial
        ),
        fixed=True,
    )
