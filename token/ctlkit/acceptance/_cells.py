"""The cells of a table that a person, a server or a spreadsheet wrote as CSV.

Rules:

* UTF-8, UTF-16 with its mark, else what a spreadsheet of this system writes: GB18030 where most
  of what is no ASCII are its common Chinese characters and marks, else Windows-1252. Western
  letters, too, are read as Chinese characters by GB18030, but as rare ones.
* Commas, semicolons or tabs. Blank lines and lines that begin with ``#`` say nothing.
* What cannot be read is an error that names file and line.

Source: docs/phones.md, a file of your phones.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from ctlkit.errors import InputError

__all__ = ["Row", "rows_of", "text_of_file"]

_UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_WINDOWS, _CHINESE = "cp1252", "gb18030"
# A character of GB18030 that is no ASCII: four bytes, or two.
_WIDE = re.compile(rb"[\x81-\xfe][\x30-\x39][\x81-\xfe][\x30-\x39]|[\x81-\xfe][\x40-\x7e\x80-\xfe]")
# Marks, full-width letters, and the characters of the first level of GB 2312, the common ones.
_COMMON = re.compile(rb"[\xa1-\xa3\xb0-\xd7][\xa1-\xfe]")
_MOST_LOOKED_AT = 10_000
"""Characters by which an encoding is told."""

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_QUOTED = re.compile(r'"[^"]*"?')
_DELIMITERS = ",;\t"
# The first line by which a spreadsheet is told the delimiter.
_DELIMITER_LINE = re.compile(r"sep=([,;\t])\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of a row, without blanks around them, and the line that it begins on."""

    file: str
    line: int
    cells: Sequence[str]

    def wrong(self, code: str, **values: object) -> InputError:
        """Return the error for something in this row."""
        return InputError(code, file=self.file, line=self.line, **values)


def text_of_file(data: bytes, file: str) -> str:
    """Return the text of a file.

    Raises:
        InputError: it is none, or has control characters.
    """
    text, end = _decoded(data, "utf-16" if data.startswith(_UTF16_MARKS) else "utf-8")
    if end is not None and not data.startswith((*_UTF16_MARKS, codecs.BOM_UTF8)):
        text, end = _decoded(data, _CHINESE if _is_chinese(data) else _WINDOWS)
    control = _CONTROL.search(text)
    if control is not None:
        end = control.start()
    if end is not None:
        raise InputError("phones-not-text", file=file, line=text.count("\n", 0, end) + 1)
    return text.removeprefix("\ufeff")


def _is_chinese(data: bytes) -> bool:
    """Whether a file that is no UTF-8 is GB18030, and not Windows-1252."""
    if _decoded(data, _CHINESE)[1] is not None:
        return False
    wide = [found[0] for found in islice(_WIDE.finditer(data), _MOST_LOOKED_AT)]
    common = sum(_COMMON.fullmatch(each) is not None for each in wide)
    return common > len(wide) // 2 or _decoded(data, _WINDOWS)[1] is not None


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


def rows_of(text: str, file: str) -> Iterator[Row]:
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
            yield Row(file, lines.first_of_row, cells)
