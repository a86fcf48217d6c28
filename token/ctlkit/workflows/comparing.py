"""Comparing two lists, wherever each of them is.

Rules:

* A side is a file, a place, or ``-`` for standard input, once only. A file wins over a configured
  place of its name.
* A file and standard input may hold a list of any dialect, a signed file, or the text of
  ``show ctl`` or ``show itl``, with whatever a terminal or an editor put around it.
* Nothing has to verify. What does not, or could not be told, is a note.

Source: docs/command-line.md, diff.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from ctlkit.codec import MAX_FILE, decode
from ctlkit.difference import Difference, Side, Source, compare
from ctlkit.errors import CannotTellError, CtlkitError, InputError, TrustError, UsageError
from ctlkit.files import read_file
from ctlkit.messages import Message, Severity
from ctlkit.place import Access
from ctlkit.showctl import ShownList, parse_shown
from ctlkit.trustlist import SignedFile, TrustList
from ctlkit.verify import verify
from ctlkit.workflows.places import fetch

__all__ = ["STANDARD_INPUT", "Comparison", "compare_sides", "read_side"]

STANDARD_INPUT = "-"
_LIST_BEGINS = b"\x01"
"""The tag of VERSION, with which every list and signed file begins, and no text."""

_UTF16 = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two sides and what differs.

    Attributes:
        old_error, new_error: why a side does not verify, or why that could not be told; None
            where it does, and for the text of ``show ctl``, of which it cannot be asked.
        notes: what was not compared, and what does not verify.
    """

    old: Side
    new: Side
    difference: Difference
    old_error: CtlkitError | None
    new_error: CtlkitError | None
    notes: tuple[Message, ...]


def compare_sides(
    old: str, new: str, access: Access, *, stdin: BinaryIO | None, now: int
) -> Comparison:
    """Read two sides and compare them.

    Args:
        old, new: a file, a place, or ``-``.
        access: how places are reached.
        stdin: standard input, None where there is none.
        now: seconds since 1970, UTC.

    Raises:
        UsageError: both are standard input, or a list is compared with a signed file.
        InputError: a side cannot be read; the error names it.
        RuleError: the nodes of a place hold different lists.
        NetworkError, PlaceError: a place cannot be read.
    """
    if old == new == STANDARD_INPUT:
        raise UsageError("difference-stdin-twice")
    before, after = (read_side(text, access, stdin) for text in (old, new))
    found = compare(before, after)
    old_error, new_error = _doubt(before, now), _doubt(after, now)
    notes = (*found.notes, *_doubt_note(before, old_error), *_doubt_note(after, new_error))
    return Comparison(before, after, found, old_error, new_error, notes)


def read_side(text: str, access: Access, stdin: BinaryIO | None = None) -> Side:
    """Read a list, a signed file, or the text of ``show ctl``.

    Args:
        text: a file, a place, or ``-``.
        access: how places are reached.
        stdin: what ``-`` stands for.

    Raises:
        InputError: it cannot be read, or is nothing of that kind; the error names it.
        RuleError: the nodes of a place hold different lists.
        NetworkError, PlaceError: a place cannot be read.
    """
    if text == STANDARD_INPUT:
        return _side(_read_input(stdin), Source.STANDARD_INPUT.value, Source.STANDARD_INPUT)
    if _is_file(text, access):
        return _side(read_file(text, MAX_FILE).data, text, Source.FILE)
    try:
        data = fetch(text, access).data
    except UsageError as error:
        if error.code == "place-unknown" and text not in access.settings:
            raise InputError("difference-no-side", side=text) from None
        raise
    return Side(text, _decoded(data, text), Source.PLACE)


def _is_file(text: str, access: Access) -> bool:
    """Whether something of that name is there; a folder does not hide a configured place."""
    path = Path(text)
    return os.path.lexists(path) and not (path.is_dir() and text in access.settings)


def _read_input(stdin: BinaryIO | None) -> bytes:
    if stdin is None:
        raise InputError("difference-input-unreadable", reason="it is closed")
    try:
        data = stdin.read(MAX_FILE + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise InputError("difference-input-unreadable", reason=reason) from error
    if len(data) > MAX_FILE:
        raise InputError("file-too-large", file=Source.STANDARD_INPUT.value, limit=MAX_FILE)
    return data


def _side(data: bytes, title: str, source: Source) -> Side:
    shown = _as_text(data)
    value = _decoded(data, title) if shown is None else _parsed(shown, title)
    return Side(title, value, source)


def _as_text(data: bytes) -> str | None:
    """Return the data as text, None where it is none; editors of Windows write UTF-16."""
    if data.startswith(_UTF16):
        return data.decode("utf-16", "replace")
    if not data or data.startswith(_LIST_BEGINS) or b"\0" in data:
        return None
    return data.decode("utf-8-sig", "backslashreplace")


def _decoded(data: bytes, title: str) -> TrustList | SignedFile:
    try:
        return decode(data)
    except InputError as error:
        raise InputError(
            "difference-not-a-list", side=title, reason=error, advice=error.advice
        ) from error


def _parsed(text: str, title: str) -> ShownList:
    try:
        shown = parse_shown(text)
    except InputError as error:
        raise InputError("difference-not-a-text", side=title, reason=error) from error
    if shown is None:
        raise InputError("difference-nothing-shown", side=title)
    return shown


def _doubt(side: Side, now: int) -> CtlkitError | None:
    """Return why a side does not verify; nobody can ask that of a text."""
    if isinstance(side.value, ShownList):
        return None
    try:
        verify(side.value, now=now)
    except (TrustError, CannotTellError) as error:
        return error
    return None


def _doubt_note(side: Side, error: CtlkitError | None) -> Iterator[Message]:
    if error is not None:
        values = {"side": side.title, "reason": error}
        told = isinstance(error, TrustError)
        yield Message(
            "difference-not-verified" if told else "difference-not-told", values, Severity.NOTE
        )
