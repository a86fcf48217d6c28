"""Tables on standard output."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from io import StringIO
from itertools import islice

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from ctlkit.codec import Partial
from ctlkit.edit import Row, RowState
from ctlkit.messages import printable
from ctlkit.trustlist import Record, function_name, text_of

__all__ = ["print_list", "print_rows", "print_table"]

_WIDE = 10_000
"""Columns for a file or a pipe, where nothing must be broken into two lines."""

_ROOMY = 150
"""Columns of a terminal on which a row with every name mostly fits one line."""

_MOST_ROWS = 500
"""No phone takes a list with a tenth of this; a hostile one has fifty thousand."""

_SUBJECT, _ISSUER = "subject", "issuer"
_STYLES = {RowState.NEW: "green", RowState.CHANGED: "yellow", RowState.REMOVED: "red"}


def print_table(
    columns: Sequence[str],
    rows: Iterable[tuple[str | None, Sequence[str]]],
    *,
    limits: Mapping[str, int] | None = None,
) -> None:
    """Print a table; each row comes with a style, which a pipe and NO_COLOR do without.

    On a narrow terminal the issuer is left out and the subject is its first part, the common
    name: with the serial it tells entries apart. ``limits`` names columns that are no wider there.
    """
    terminal = Console(highlight=False) if sys.stdout.isatty() else None
    narrow = terminal is not None and terminal.width < _ROOMY
    shown = [at for at, column in enumerate(columns) if not (narrow and column == _ISSUER)]
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for at in shown:
        limit = limits.get(columns[at]) if limits and narrow else None
        table.add_column(columns[at], overflow="fold", max_width=limit)
    rows = iter(rows)
    for style, cells in islice(rows, _MOST_ROWS):
        texts = [
            _first_part(cells[at]) if narrow and columns[at] == _SUBJECT else cells[at]
            for at in shown
        ]
        table.add_row(*(Text(printable(text)) for text in texts), style=style)
    left = sum(1 for _ in rows)
    if left:
        table.caption = f"{left} more rows are not shown; --json has them all"
    if terminal is not None:
        terminal.print(table)
        return
    plain = Console(file=StringIO(), width=_WIDE, highlight=False)
    with plain.capture() as captured:
        plain.print(table)
    rule = "─" if (sys.stdout.encoding or "").lower().startswith("utf") else "-"
    for line in captured.get().strip("\n").splitlines():
        print(line.replace("─", rule).rstrip())


def _first_part(name: str) -> str:
    """Return the first value of a name, the common name in every dialect, without its quotes."""
    return name.partition(";")[0].partition("=")[2].strip('" ') or name


def _cells(record: Record) -> tuple[str, ...]:
    return (
        function_name(record.function),
        record.dns_name or "",
        text_of(record.subject),
        text_of(record.issuer),
        (record.serial or b"").hex(":").upper(),
    )


_COLUMNS = ("function", "DNS name / address", _SUBJECT, _ISSUER, "serial")


def print_list(partial: Partial) -> None:
    """Print one line for each record of a list."""
    header = partial.header
    print_table(
        ("#", "signs", *_COLUMNS),
        (
            (
                None,
                (
                    str(number),
                    "yes" if _signs(record, header.signer_serial, header.signer_issuer) else "",
                    *_cells(record),
                ),
            )
            for number, record in enumerate(partial.records, 1)
        ),
    )


def _signs(record: Record, serial: bytes | None, issuer: bytes | None) -> bool:
    return record.is_sast and record.serial == serial and record.issuer == issuer


def print_rows(rows: Iterable[Row]) -> None:
    """Print what becomes of each entry."""
    print_table(
        ("state", *_COLUMNS),
        ((_STYLES.get(row.state), (row.state.value, *_changed_cells(row))) for row in rows),
    )


def _changed_cells(row: Row) -> tuple[str, ...]:
    cells = _cells(row.record)
    old = (row.old.serial or b"").hex(":").upper() if row.old else ""
    if row.state is RowState.CHANGED and old and old != cells[-1]:
        return (*cells[:-1], f"{old} -> {cells[-1] or 'none'}")
    return cells
