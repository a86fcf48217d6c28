"""Reading the table of a person's phones: CSV, written by hand, by a server or a spreadsheet.

Rules:

* UTF-8, UTF-16 with its mark, else Windows-1252; commas, semicolons or tabs. Blank lines and
  lines that begin with ``#`` say nothing.
* With a header line the columns are found by their names, and others are ignored; without one a
  line is ``model``, ``model,count`` or ``model,count,registered``.
* Nothing is guessed: what cannot be read is an error that names file and line. A phone whose
  cell in the column ``registered`` is empty counts as not registered.
* Lines of the same model and registration add up, in the order of their first appearance.

Source: docs/phones.md, a file of your phones.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

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
)
_COUNT_COLUMNS = ("count", "quantity", "phones", "number")
_REGISTERED_COLUMNS = ("registered", "registration", "status")
# "registered" may stand in a line without header as well.
_ONLY_IN_HEADERS = frozenset({*_COUNT_COLUMNS, "registration", "status"})
_REGISTERED = ("yes", "true", "1", "registered", "partially registered", "partiallyregistered")
_NOT_REGISTERED = ("no", "false", "0", "unregistered", "rejected", "unknown", "none", "")
# An administration page writes the server's name behind it.
_REGISTERED_WITH = "registered with "
_UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_SEPARATORS = re.compile(r"[\W_]+")
_QUOTED = re.compile(r'"[^"]*"?')
_DELIMITERS = ",;\t"
# The first line by which a spreadsheet is told the delimiter.
_DELIMITER_LINE = re.compile(r"sep=([,;\t])\s*", re.IGNORECASE)
_DEVICE_NAME = re.compile(r"SEP[0-9A-F]{12}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Columns:
    """Where a row has what; a column that is None is left out in all of them."""

    model: int
    count: int | None
    registered: int | None


@dataclass(frozen=True, slots=True)
class _Row:
    """The cells of a row, without blanks around them, and the line that it begins on."""

    file: str
    line: int
    cells: Sequence[str]

    def wrong(self, code: str, **values: object) -> InputError:
        """Return the error for something in this row."""
        return InputError(code, file=self.file, line=self.line, **values)


def read_phones(data: bytes, file: str, models: Models) -> tuple[PhoneClass, ...]:
    """Return the classes of the phones that a file lists.

    Args:
        data: CSV; the caller bounds its size (``MAX_PHONES_FILE``).
        file: its name, for errors.
        models: the table that the models are looked up in.

    Raises:
        InputError: it is no such table; file, line and what would be right are named.
    """
    rows = _rows(_text(data, file), file)
    first = next(rows, None)
    if first is None:
        raise InputError("phones-none", file=file)
    columns = _header(first)
    phones = _Phones(models)
    if columns is None:
        phones.add(first, None)
    for number, row in enumerate(rows, 2 if columns is None else 1):
        if number > _MOST_ROWS:
            raise row.wrong("phones-too-many-lines", most=_MOST_ROWS)
        phones.add(row, columns)
    classes = phones.classes()
    if not classes:
        raise InputError("phones-none", file=file)
    return classes


class _Phones:
    """Phones by model and registration, as they are read."""

    def __init__(self, models: Models) -> None:
        self._models = models
        self._named: dict[str, Model] = {}
        self._counts: dict[tuple[str, bool], int] = {}
        self._first: dict[str, Model] = {}

    def add(self, row: _Row, columns: _Columns | None) -> None:
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


def _read(row: _Row, columns: _Columns | None) -> tuple[str, int, bool]:
    """Return model, count and registration of a row."""
    name, count, registered = _by_place(row) if columns is None else _by_name(row, columns)
    if not any(character.isalnum() for character in name):
        raise row.wrong("phones-without-model")
    if _DEVICE_NAME.fullmatch(name):
        raise row.wrong("phones-device-name", name=name)
    return name, _count(row, count), _is_registered(row, registered)


def _by_place(row: _Row) -> tuple[str, str | None, str | None]:
    cells = list(row.cells)
    while not cells[-1]:  # a spreadsheet pads short rows
        cells.pop()
    if len(cells) > 3:
        raise row.wrong("phones-no-model-column")
    name, count, registered, *_ = [*cells, None, None]
    return name or "", count, registered


def _by_name(row: _Row, columns: _Columns) -> tuple[str, str | None, str | None]:
    def cell(index: int | None) -> str | None:
        if index is None:
            return None
        return row.cells[index] if index < len(row.cells) else ""

    return cell(columns.model) or "", cell(columns.count), cell(columns.registered)


def _count(row: _Row, text: str | None) -> int:
    if text is None:
        return 1
    digits = text.isascii() and text.isdecimal() and len(text) <= len(str(_MOST_PHONES))
    if not digits or int(text) > _MOST_PHONES:
        raise row.wrong("phones-count", text=text, most=_MOST_PHONES)
    return int(text)


def _is_registered(row: _Row, text: str | None) -> bool:
    word = "yes" if text is None else text.casefold()
    if word in _REGISTERED or word.startswith(_REGISTERED_WITH):
        return True
    if word in _NOT_REGISTERED:
        return False
    raise row.wrong("phones-registered", text=text)


def _header(row: _Row) -> _Columns | None:
    """Return where the columns are, None where the row is none of a header.

    Raises:
        InputError: it is a header, but no column is the model.
    """
    names = [_SEPARATORS.sub(" ", cell.casefold()).strip() for cell in row.cells]

    def column(known: Sequence[str]) -> int | None:
        return next((names.index(name) for name in known if name in names), None)

    model = column(_MODEL_COLUMNS)
    if model is not None:
        return _Columns(model, column(_COUNT_COLUMNS), column(_REGISTERED_COLUMNS))
    if not _ONLY_IN_HEADERS.isdisjoint(names):
        raise row.wrong("phones-no-model-column")
    return None


def _text(data: bytes, file: str) -> str:
    """Return the text of a file.

    Raises:
        InputError: it is none, or has control characters.
    """
    text, end = _decoded(data, "utf-16" if data.startswith(_UTF16_MARKS) else "utf-8")
    if end is not None and not data.startswith((*_UTF16_MARKS, codecs.BOM_UTF8)):
        text, end = _decoded(data, "cp1252")
    control = _CONTROL.search(text)
    if control is not None:
        end = control.start()
    if end is not None:
        raise InputError("phones-not-text", file=file, line=text.count("\n", 0, end) + 1)
    return text.removeprefix("\ufeff")


def _decoded(data: bytes, encoding: str) -> tuple[str, int | None]:
    """Return the text, and where it ends too early because the encoding is another."""
    try:
        return data.decode(encoding), None
    except UnicodeDecodeError as error:
        text = data[: error.start].decode(encoding, "ignore")
        return text, len(text)


class _Lines:
    """The lines of a text for :mod:`csv`, but those between rows that say nothing."""

    def __init__(self, text: str) -> None:
        self._stream = io.StringIO(text, newline="")
        self._number = 0
        self.between_rows = True
        self.first_of_row = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        for line in self._stream:
            self._number += 1
            if not self.between_rows:
                return line
            if line.strip() and not line.lstrip().startswith("#"):
                self.between_rows = False
                self.first_of_row = self._number
                return line
        raise StopIteration


def _rows(text: str, file: str) -> Iterator[_Row]:
    """Give the rows that say something.

    Raises:
        InputError: a quotation mark has no other, or a cell is endless.
    """
    lines = _Lines(text)
    first = next(_Lines(text), "")
    stated = _DELIMITER_LINE.fullmatch(first)
    if stated:
        next(lines)
    delimiter = stated[1] if stated else max(_DELIMITERS, key=_QUOTED.sub("", first).count)
    reader = csv.reader(lines, delimiter=delimiter, strict=True, skipinitialspace=True)
    while True:
        lines.between_rows = True
        try:
            cells = [" ".join(cell.split()) for cell in next(reader)]
        except StopIteration:
            return
        except csv.Error as error:
            raise InputError(
                "phones-broken", file=file, line=lines.first_of_row, reason=error
            ) from error
        if any(cells):
            yield _Row(file, lines.first_of_row, cells)
