"""What the tests of differences share: lists made to differ, and what is told of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from ctlkit.codec import decode, decode_partly, encode
from ctlkit.difference import Difference, Entry, FieldChange, Side, compare
from ctlkit.showctl import ShownList, parse_shown, show_text
from ctlkit.tlv import Field
from ctlkit.trustlist import (
    Record,
    RecordTag,
    SignedFile,
    TrustList,
)

Value = TrustList | SignedFile | ShownList


class Differ:
    """What the tests compare with, and lists made for it."""

    @staticmethod
    def list_of(data: bytes) -> TrustList:
        """The list that these bytes are."""
        value = decode(data)
        assert isinstance(value, TrustList)
        return value

    @staticmethod
    def compare(old: Value, new: Value) -> Difference:
        """What differs between OLD and NEW."""
        return compare(Side("OLD", old), Side("NEW", new))

    @staticmethod
    def remade(value: TrustList, *records: Record) -> TrustList:
        """A list with other records, read from its bytes; its signature is not made again."""
        return Differ.list_of(encode(replace(value, records=records, raw=b"")))

    @staticmethod
    def shown(data: bytes, edit: Callable[[str], str] = str) -> ShownList:
        """The pasted text of a list, perhaps edited."""
        found = parse_shown(edit(show_text(decode_partly(data), 0, "")))
        assert found is not None
        return found

    @staticmethod
    def cut(text: str, start: str, stop: str) -> str:
        """A text without what stands from one word to another."""
        at = text.index(start)
        return f"{text[:at]}[...]\n\n{text[text.index(stop, at) :]}"

    @staticmethod
    def fields(changes: tuple[FieldChange, ...]) -> set[str]:
        """The names of the fields that differ."""
        return {change.field for change in changes}

    @staticmethod
    def numbers(entries: tuple[Entry, ...]) -> list[int]:
        """The numbers of records."""
        return [entry.number for entry in entries]

    @staticmethod
    def codes(found: Difference) -> list[str]:
        """The codes of the notes."""
        return [note.code for note in found.notes]

    @staticmethod
    def changed(record: Record, tag: int, value: bytes) -> Record:
        """A record with another value in a field, its length right."""
        rest = [
            Field(each.tag, value if each.tag == tag else each.value) for each in record.fields[1:]
        ]
        length = 5 + sum(3 + len(each.value) for each in rest)
        return Record((Field(RecordTag.RECORDLENGTH, length.to_bytes(2, "big")), *rest))

    @staticmethod
    def record_of(**values: bytes) -> Record:
        """A record of a server with these fields, its length right."""
        tags = {
            RecordTag.FUNCTION: b"\0\2",
            **{RecordTag[tag]: data for tag, data in values.items()},
        }
        return Differ.changed(
            Record((Field(0, b""), *(Field(*item) for item in sorted(tags.items())))), 0, b""
        )


@pytest.fixture(scope="session")
def differ() -> Differ:
    """Give what the tests compare with."""
    return Differ()
