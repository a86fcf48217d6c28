"""The values of a comparison: its two sides, and what differs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from ctlkit.messages import Message, printable
from ctlkit.showctl import ShownList
from ctlkit.trustlist import Record, SignedFile, TrustList


class Source(Enum):
    """Where a side was read."""

    FILE = "file"
    PLACE = "place"
    STANDARD_INPUT = "standard input"


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two that are compared.

    Attributes:
        title: how messages name it: its file, its place.
        value: what was read there; a :class:`ShownList` where it is text of ``show ctl``.
        source: where it was read.
    """

    title: str
    value: TrustList | SignedFile | ShownList
    source: Source = Source.FILE

    @property
    def is_text(self) -> bool:
        """Whether only what ``show ctl`` prints is known."""
        return isinstance(self.value, ShownList)


@dataclass(frozen=True, slots=True)
class Value:
    """The value of a field, as far as it is known.

    Attributes:
        text: the value in words: a text without its NUL, the name of a function or digest, an
            address, a number; SHA-1 of a certificate; else lower-case hexadecimal. None where a
            text of ``show ctl`` gives the length only.
        length: its bytes in the file; None for what is no field.
        data: the bytes, None where they are not known.
    """

    text: str | None
    length: int | None = None
    data: bytes | None = field(default=None, repr=False)

    @property
    def folded(self) -> str | None:
        """The text as it survives a terminal and an e-mail."""
        return None if self.text is None else " ".join(printable(self.text).split())

    def differs(self, other: Value) -> bool:
        """Whether what both know is not the same."""
        if self.data is not None and other.data is not None:
            return self.data != other.data
        if None not in (self.length, other.length) and self.length != other.length:
            return True
        return None not in (self.text, other.text) and self.folded != other.folded


@dataclass(frozen=True, slots=True)
class Entry:
    """A record of one side.

    Attributes:
        number: from 1, in the order of the list.
        fields: its values by the names of their fields, all but RECORDLENGTH.
        order: the names of all its fields in their order; None where it is not known.
        length: RECORDLENGTH, bytes.
        record: the record itself, where it is known.
        whole: whether it has no other fields than those.
    """

    number: int
    fields: Mapping[str, Value] = field(repr=False)
    order: tuple[str, ...] | None = field(default=None, repr=False)
    length: int | None = None
    record: Record | None = field(default=None, repr=False)
    whole: bool = True

    def text(self, name: str) -> str | None:
        """Return the value of a field in words; None where it is absent or not known."""
        found = self.fields.get(name)
        return None if found is None else found.text


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field with another value; a value is None where the field is absent."""

    field: str
    old: Value | None
    new: Value | None


@dataclass(frozen=True, slots=True)
class RecordChange:
    """A record that both sides hold with other values."""

    old: Entry
    new: Entry
    fields: tuple[FieldChange, ...]


@dataclass(frozen=True, slots=True)
class Move:
    """A record that stands elsewhere among those that both sides hold."""

    old: Entry
    new: Entry


@dataclass(frozen=True, slots=True)
class Difference:
    """What differs between two sides.

    Attributes:
        header: what differs in the header and in the file as a whole.
        added: records of the new side alone.
        removed: records of the old side alone.
        changed: records of both with other values.
        moved: records of both in another order.
        first_byte: the offset of the first byte that differs; None where none does, and where
            a side is text.
        notes: what could not be compared.
        old_about, new_about: kind, mode, length, md5, sha1 and content of each side, as far as
            they are known.
    """

    header: tuple[FieldChange, ...]
    added: tuple[Entry, ...]
    removed: tuple[Entry, ...]
    changed: tuple[RecordChange, ...]
    moved: tuple[Move, ...]
    first_byte: int | None
    notes: tuple[Message, ...]
    old_about: Mapping[str, Value]
    new_about: Mapping[str, Value]

    @property
    def same(self) -> bool:
        """Whether nothing differs: no byte; of a text, nothing that both sides know."""
        found = (self.header, self.added, self.removed, self.changed, self.moved)
        return self.first_byte is None and not any(found)
