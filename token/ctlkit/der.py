"""Reading DER, as much of it as an X.509 certificate needs.

Rules:

* Definite lengths in their shortest form, no value past the end of what holds it.
* No ASN.1 types are judged here: tags are numbers, values are slices.
* Any other complaint than :class:`DerError` out of hostile bytes is a bug.

Why not a library: reading one list must not cost the start of a whole X.509 implementation,
and today's refuse certificates that phones have trusted for twenty years
(docs/decisions/0010). A test compares what this reads with what a library reads.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

__all__ = ["DerError", "Value", "children", "integer", "only", "read"]


class DerError(Exception):
    """The bytes are not DER, or not of the shape that was asked for."""


class Value(NamedTuple):
    """One DER value: its tag byte, its content, and the bytes of the whole."""

    tag: int
    content: bytes
    whole: bytes


def read(data: bytes, position: int = 0) -> tuple[Value, int]:
    """Return the value at ``position`` and the position behind it.

    Raises:
        DerError: the bytes there are not one DER value with a one-byte tag.
    """
    head = position + 2
    if head > len(data):
        raise DerError("short head")
    tag, length = data[position], data[position + 1]
    if tag & 0x1F == 0x1F:
        raise DerError("long tag")
    if length & 0x80:
        count = length & 0x7F
        if not 1 <= count <= 4 or head + count > len(data):
            raise DerError("bad length")
        length = int.from_bytes(data[head : head + count], "big")
        if length < 0x80 or length >> 8 * (count - 1) == 0:
            raise DerError("length not in its shortest form")
        head += count
    stop = head + length
    if stop > len(data):
        raise DerError("value past the end")
    return Value(tag, data[head:stop], data[position:stop]), stop


def only(data: bytes, tag: int) -> Value:
    """Return the one value that ``data`` is, with the tag that it must have.

    Raises:
        DerError: it is another one, or more follows.
    """
    value, stop = read(data)
    if value.tag != tag or stop != len(data):
        raise DerError(f"not one value of tag {tag:#x}")
    return value


def children(value: Value) -> Iterator[Value]:
    """Yield the values that a constructed value holds.

    Raises:
        DerError: its content is not a run of DER values.
    """
    position = 0
    while position < len(value.content):
        child, position = read(value.content, position)
        yield child


def integer(value: Value) -> int:
    """Return an INTEGER as a number.

    Raises:
        DerError: it is not an INTEGER, or an empty one.
    """
    if value.tag != 0x02 or not value.content:
        raise DerError("not an INTEGER")
    return int.from_bytes(value.content, "big", signed=True)
