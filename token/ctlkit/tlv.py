"""Bytes <-> (tag, value) pairs, with offsets; knows no trust list.

Rules:

* A field is one byte of tag, two bytes of length (big-endian), then that many bytes of value.
* A length never runs past the end it is given; what is short says how much was needed.
* Reading allocates in proportion to the bytes that are there, never to what a length claims.

Source: docs/format.md, encoding.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ctlkit.errors import FormatError

__all__ = ["Field", "field_path", "pack_field", "read_field", "read_fields"]

_HEAD = 3
"""Bytes of tag and length before a value."""


@dataclass(frozen=True, slots=True)
class Field:
    """One tag with its value, in bytes as they stand in the file."""

    tag: int
    value: bytes


def field_path(where: str, tag: int, names: Mapping[int, str]) -> str:
    """Return the path of a field for an error, for instance ``record 3 / CERTIFICATE``."""
    return f"{where} / {names.get(tag) or f'TAG{tag}'}"


def read_field(
    data: bytes, position: int, end: int, where: str, names: Mapping[int, str]
) -> tuple[Field, int]:
    """Return the field at ``position`` and the position behind it.

    Args:
        data: the whole file.
        position: where the field begins, below ``end``.
        end: the first byte that does not belong to what holds the field.
        where: what holds the field, for an error's path.
        names: the names of the tags there, for an error's path.

    Raises:
        FormatError: tag, length or value run past ``end``.
    """
    tag = data[position]
    if end - position < _HEAD:
        raise FormatError(
            "field-head-short",
            offset=position,
            path=field_path(where, tag, names),
            have=end - position,
        )
    start = position + _HEAD
    stop = start + (data[position + 1] << 8 | data[position + 2])
    if stop > end:
        raise FormatError(
            "field-value-short",
            offset=position,
            path=field_path(where, tag, names),
            need=stop - start,
            have=end - start,
        )
    return Field(tag, data[start:stop]), stop


def read_fields(
    data: bytes, position: int, end: int, where: str, names: Mapping[int, str], into: list[Field]
) -> None:
    """Append all fields from ``position`` to ``end``, which the last one has to meet.

    The other arguments are those of :func:`read_field`, and so are the errors; most of a list is
    read here, so that the loop calls nothing until something is wrong.
    """
    while position + _HEAD <= end:
        start = position + _HEAD
        stop = start + (data[position + 1] << 8 | data[position + 2])
        if stop > end:
            break
        into.append(Field(data[position], data[start:stop]))
        position = stop
    if position < end:
        read_field(data, position, end, where, names)


def pack_field(tag: int, value: bytes) -> bytes:
    """Return tag, length and value as bytes.

    Raises:
        FormatError: the value is longer than a length can say (65,535 bytes).
    """
    if len(value) > 0xFFFF:
        raise FormatError("field-too-long", offset=0, path=f"TAG{tag}", length=len(value))
    return bytes((tag, len(value) >> 8, len(value) & 0xFF)) + value
