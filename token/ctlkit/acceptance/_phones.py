"""Reading the table of a person's phones: CSV, written by hand, by a server or a spreadsheet.

Rules:

* With a header line the columns are found by their names, and others are ignored; without one a
  line is ``model``, ``model,count`` or ``model,count,registered``.
* Nothing is guessed: what cannot be read is an error that names file and line. A phone whose
  cell in the column ``registered`` is empty counts as not registered.
* Without a column of counts a line is one phone; a column without a known name that holds
  numbers may be those counts, so that is an error, unless each line names one phone.
* Lines of the same model and registration add up, in the order of their first appearance.

Source: docs/phones.md, a file of your phones.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ctlkit.acceptance._cells import Row, rows_of, text_of_file
from ctlkit.acceptance._models import Model, Models
from ctlkit.acceptance._values import PhoneClass
from ctlkit.errors import InputError

__all__ = ["MAX_PHONES_FILE", "read_phones"]

MAX_PHONES_FILE = 64 * 1024 * 1024
"""The most bytes of a file that a caller should read."""

_MOST_ROWS = 1_000_000
_MOST_MODELS = 2000
_MOST_PHONES = 10_000_000
# Where a header has several of them, the first one here is the column.
_MODEL_COLUMNS = (
    "model",
    "phone model",
    "device model",
    "device type",
    "phone type",
    "product",
    "type",
    "型号",
    "电话型号",
    "设备型号",
    "设备类型",
)
_COUNT_COLUMNS = (
    "count",
    "quantity",
    "qty",
    "phones",
    "number of phones",
    "phone count",
    "number",
    "total",
    "数量",
    "电话数量",
)
_REGISTERED_COLUMNS = ("registered", "registration", "status", "已注册", "注册状态")
# "registered" may stand in a line without header as well.
_ONLY_IN_HEADERS = frozenset({*_COUNT_COLUMNS, "registration", "status"})
_REGISTERED = (
    *("yes", "true", "1", "registered", "partially registered", "partiallyregistered"),
    *("是", "已注册"),
)
_NOT_REGISTERED = (
    *("no", "false", "0", "unregistered", "rejected", "unknown", "none", ""),
    *("否", "未注册"),
)
# An administration page writes the server's name behind it.
_REGISTERED_WITH = "registered with "
_SEPARATORS = re.compile(r"[\W_]+")
_NUMBER = re.compile(r"[0-9]+|[0-9]{1,3}(?:[.,' ][0-9]{3})+")
# What a cell of one phone says: its name in the cluster, its MAC address, its IP address.
_ONE_PHONE = re.compile(
    r"(?:SEP)?(?:[0-9A-F]{2}[:-]?){5}[0-9A-F]{2}|(?:[0-9A-F]{4}\.){2}[0-9A-F]{4}"
    r"|(?:[0-9]{1,3}\.){3}[0-9]{1,3}",
    re.IGNORECASE,
)
_DEVICE_NAME = re.compile(r"SEP[0-9A-F]{12}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Columns:
    """Where a row has what; a column that is None is left out in all of them."""

    model: int
    count: int | None
    registered: int | None


def read_phones(data: bytes, file: str, models: Models) -> tuple[PhoneClass, ...]:
    """Return the classes of the phones that a file lists.

    Args:
        data: CSV; the caller bounds its size (``MAX_PHONES_FILE``).
        file: its name, for errors.
        models: the table that the models are looked up in.

    Raises:
        InputError: it is no such table; file, line and what would be right are named.
    """
    rows = rows_of(text_of_file(data, file), file)
    first = next(rows, None)
    if first is None:
        raise InputError("phones-none", file=file)
    columns = _header(first)
    phones = _Phones(models)
    if columns is None:
        phones.add(first, None)
    unnamed = _Unnamed(first, columns)
    for number, row in enumerate(rows, 2 if columns is None else 1):
        if number > _MOST_ROWS:
            raise row.wrong("phones-too-many-lines", most=_MOST_ROWS)
        phones.add(row, columns)
        unnamed.look(row)
    unnamed.refuse()
    classes = phones.classes()
    if not classes:
        raise InputError("phones-none", file=file)
    return classes


class _Unnamed:
    """Columns that may be the numbers of phones, though their names are not known for that.

    Where a header names no column of counts each line is one phone. That a column holds nothing
    but whole numbers, and one of them is more than 1, says otherwise; that each line names one
    phone says so.
    """

    def __init__(self, header: Row, columns: _Columns | None) -> None:
        self._header = header
        known = {*_MODEL_COLUMNS, *_REGISTERED_COLUMNS}
        self._known = {at for at, name in enumerate(_names(header)) if name in known}
        self._settled = columns is None or columns.count is not None
        self._single = True
        self._others: set[int] = set()
        self._several: set[int] = set()

    def look(self, row: Row) -> None:
        """See what a row has in them."""
        if self._settled:
            return
        if not any(_ONE_PHONE.fullmatch(cell) for cell in row.cells):
            self._single = False
        for at, cell in enumerate(row.cells):
            if cell and at not in self._known and at not in self._others:
                if not _NUMBER.fullmatch(cell):
                    self._others.add(at)
                elif cell.lstrip("0") not in ("", "1"):
                    self._several.add(at)

    def refuse(self) -> None:
        """Raise an error where there is such a column.

        Raises:
            InputError: the column is named.
        """
        found = sorted(self._several - self._others)
        if self._settled or self._single or not found:
            return
        names = self._header.cells
        name = names[found[0]] if found[0] < len(names) else ""
        raise self._header.wrong("phones-count-unnamed", column=name or f"{found[0] + 1}")


class _Phones:
    """Phones by model and registration, as they are read."""

    def __init__(self, models: Models) -> None:
        self._models = models
        self._named: dict[str, Model] = {}
        self._counts: dict[tuple[str, bool], int] = {}
        self._first: dict[str, Model] = {}

    def add(self, row: Row, columns: _Columns | None) -> None:
        """Count the phones of a row."""
        name, count, registered = _read(row, columns)
        model = self._named.get(name)
        if model is None:
            model = self._named[name] = self._models.named(name)
        if count == 0:
            return
        # One unknown model may be written in several cases.
        key = model.name.casefold()
        self._first.setdefault(key, model)
        if len(self._first) > _MOST_MODELS:
            raise row.wrong("phones-too-many-models", most=_MOST_MODELS)
        self._counts[key, registered] = self._counts.get((key, registered), 0) + count

    def classes(self) -> tuple[PhoneClass, ...]:
        """Return what was counted, in the order of first appearance."""
        return tuple(
            PhoneClass(self._first[key], count, registered)
            for (key, registered), count in self._counts.items()
        )


def _read(row: Row, columns: _Columns | None) -> tuple[str, int, bool]:
    """Return model, count and registration of a row."""
    name, count, registered = _by_place(row) if columns is None else _by_name(row, columns)
    if not any(character.isalnum() for character in name):
        raise row.wrong("phones-without-model")
    if _DEVICE_NAME.fullmatch(name):
        raise row.wrong("phones-device-name", name=name)
    return name, _count(row, count), _is_registered(row, registered)


def _by_place(row: Row) -> tuple[str, str | None, str | None]:
    cells = list(row.cells)
    while not cells[-1]:  # a spreadsheet pads short rows
        cells.pop()
    if len(cells) > 3:
        raise row.wrong("phones-no-model-column")
    name, count, registered, *_ = [*cells, None, None]
    return name or "", count, registered


def _by_name(row: Row, columns: _Columns) -> tuple[str, str | None, str | None]:
    def cell(index: int | None) -> str | None:
        if index is None:
            return None
        return row.cells[index] if index < len(row.cells) else ""

    return cell(columns.model) or "", cell(columns.count), cell(columns.registered)


def _count(row: Row, text: str | None) -> int:
    if text is None:
        return 1
    digits = text.isascii() and text.isdecimal() and len(text) <= len(str(_MOST_PHONES))
    if not digits or int(text) > _MOST_PHONES:
        raise row.wrong("phones-count", text=text, most=_MOST_PHONES)
    return int(text)


def _is_registered(row: Row, text: str | None) -> bool:
    word = "yes" if text is None else text.casefold()
    if word in _REGISTERED or word.startswith(_REGISTERED_WITH):
        return True
    if word in _NOT_REGISTERED:
        return False
    raise row.wrong("phones-registered", text=text)


def _names(row: Row) -> list[str]:
    """Return the cells of a row as names of columns are compared."""
    return [_SEPARATORS.sub(" ", cell.casefold()).strip() for cell in row.cells]


def _header(row: Row) -> _Columns | None:
    """Return where the columns are, None where the row is none of a header.

    Raises:
        InputError: it is a header, but no column is the model.
    """
    names = _names(row)

    def column(known: Sequence[str]) -> int | None:
        return next((names.index(name) for name in known if name in names), None)

    model = column(_MODEL_COLUMNS)
    if model is not None:
        return _Columns(model, column(_COUNT_COLUMNS), column(_REGISTERED_COLUMNS))
    if not _ONLY_IN_HEADERS.isdisjoint(names):
        raise row.wrong("phones-no-model-column")
    return None
