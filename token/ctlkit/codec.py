"""Bytes <-> trust lists and signed files.

Rules:

* ``encode(decode(data)) == data`` for everything that decodes. Unknown tags, unknown functions,
  fields in another order, repeated and missing ones are kept, byte for byte.
* encode works from the fields alone and never reads ``raw``.
* Refused is only what cannot be read: a length that runs past its container, a cut file, a
  HeaderLength or RECORDLENGTH that disagrees with the fields, another version, a file longer
  than any list can sensibly be. One error type, with the offset and the path of the field.
* Time and memory are bounded by the size of the file, whatever its lengths claim.

Source: docs/format.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from ctlkit.errors import FormatError
from ctlkit.tlv import Field, pack_field, read_field, read_fields
from ctlkit.trustlist import (
    CONFIG_VERSION,
    HEADER_NAMES,
    LIST_VERSION,
    RECORD_NAMES,
    Container,
    Draft,
    Element,
    Header,
    HeaderTag,
    Record,
    RecordTag,
    SignedFile,
    TrustList,
)

__all__ = [
    "MAX_FILE",
    "MAX_LIST",
    "PHONE_LIMIT",
    "Partial",
    "decode",
    "decode_partly",
    "element_size",
    "encode",
    "encode_record",
]

PHONE_LIMIT = 64 * 1024
"""Bytes; phones refuse a longer list."""

MAX_LIST = 4 * PHONE_LIMIT
"""Bytes; a longer list is not read at all."""

MAX_FILE = 16 * 1024 * 1024
"""Bytes; a longer signed file is not read at all."""

_CONTAINERS = frozenset((3, 7, 9))  # SIGNERID, SIGNATUREINFO, SIGNATUREALGOINFO
# Plain numbers: reading a member of an enumeration costs more than the field that it is for.
_VERSION = int(HeaderTag.VERSION)
_HEADERLENGTH = int(HeaderTag.HEADERLENGTH)
_PADDING = int(HeaderTag.PADDING)
_RECORDLENGTH = int(RecordTag.RECORDLENGTH)
_RECORD_START = bytes((_RECORDLENGTH, 0, 2))
"""Tag and length of RECORDLENGTH, with which every record seen so far begins."""

_DEEPEST = 4
_MAX_HEADER = 0xFFFF
_FIRST_FIELD = b"\x01\x00\x02"
"""Tag and length of the VERSION field, with which every file seen so far begins."""


def encode(value: TrustList | SignedFile | Draft) -> bytes:
    """Return the file; of a draft the bytes to sign.

    The bytes to sign are the whole file with the complete SIGNATURE field cut out, which is
    what a draft has. The lengths are those in the fields: nothing is computed here.

    Raises:
        FormatError: a value is longer than its length can say.
    """
    head = b"".join(map(_pack_header_field, value.header.fields))
    content = value.records if isinstance(value, TrustList) else value.content
    if isinstance(content, bytes):
        return head + content
    return head + b"".join(map(encode_record, content))


def encode_record(record: Record) -> bytes:
    """Return the bytes of one record."""
    return b"".join(pack_field(item.tag, item.value) for item in record.fields)


def element_size(element: Element) -> int:
    """Return the bytes that an element of a header takes in the file."""
    if isinstance(element, Container):
        return 3 + sum(map(element_size, element.children))
    return 1 if element.tag == _PADDING else 3 + len(element.value)


def _pack_header_field(element: Element) -> bytes:
    if element.tag == _PADDING:
        return bytes((element.tag,))
    return _pack_element(element)


def _pack_element(element: Element) -> bytes:
    if isinstance(element, Container):
        return pack_field(element.tag, b"".join(map(_pack_element, element.children)))
    return pack_field(element.tag, element.value)


def decode(data: bytes) -> TrustList | SignedFile:
    """Read a trust list (version 1.2) or a signed file (version 1.0).

    Raises:
        FormatError: the bytes are neither, with the offset and the path of the field.
    """
    partial = decode_partly(data)
    if partial.error is not None:
        raise partial.error
    if partial.header.version == CONFIG_VERSION:
        return SignedFile(partial.header, partial.content, partial.raw)
    return TrustList(partial.header, partial.records, partial.raw)


@dataclass(frozen=True, slots=True)
class Partial:
    """As much of a file as could be read.

    Attributes:
        header: the fields of the header that were read, all of them unless ``error`` says no.
        records: the records that were read; the last one may be cut.
        content: the plain file of a signed file.
        raw: the bytes of the file.
        error: why reading stopped, None at the end of the file.
    """

    header: Header
    records: tuple[Record, ...]
    content: bytes
    raw: bytes
    error: FormatError | None


def decode_partly(data: bytes) -> Partial:
    """Read a file as far as it goes; what :func:`decode` would raise is in ``error``."""
    data = bytes(data)
    fields: list[Element] = []
    records: list[Record] = []
    try:
        position = _read_header(data, fields)
    except FormatError as error:
        return Partial(Header(tuple(fields)), (), b"", data, error)
    header = Header(tuple(fields))
    try:
        content = _read_content(header, data, position, records)
    except FormatError as error:
        return Partial(header, tuple(records), b"", data, error)
    return Partial(header, tuple(records), content, data, None)


def _read_content(header: Header, data: bytes, position: int, records: list[Record]) -> bytes:
    """Read what follows the header: records into ``records``, or the plain file."""
    version = header.version
    if version is None:
        raise FormatError("version-missing", offset=0, path="header / VERSION")
    if version == CONFIG_VERSION:
        _check_size(data, MAX_FILE)
        return data[position:]
    _check_size(data, MAX_LIST)
    while position < len(data):
        position = _add_record(data, position, records)
    return b""


def _check_size(data: bytes, limit: int) -> None:
    if len(data) > limit:
        raise FormatError("too-large", offset=limit, path="file", limit=limit)


def _read_header(data: bytes, fields: list[Element]) -> int:
    """Read the header's fields into ``fields`` and return the position behind them."""
    if not data:
        raise FormatError("file-empty", offset=0, path="header")
    try:
        return _read_header_fields(data, fields)
    except FormatError as error:
        if data[:3] == _FIRST_FIELD:
            raise
        fields.clear()
        raise FormatError("not-a-list", offset=error.offset, path=error.path) from None


def _read_header_fields(data: bytes, fields: list[Element]) -> int:
    position, end = 0, None
    while end is None or position < end:
        start, limit = position, min(len(data), _MAX_HEADER) if end is None else end
        if start >= limit:
            raise FormatError("header-cut", offset=start, path="header / HEADERLENGTH")
        element, position = _read_element(data, start, limit, "header", 0)
        if isinstance(element, Field):
            if element.tag == _VERSION:
                _check_version(element, start)
            elif element.tag == _HEADERLENGTH:
                end = _header_end(element, start, position, len(data), end)
        fields.append(element)
    return position


def _check_version(element: Field, start: int) -> None:
    if element.value not in (LIST_VERSION, CONFIG_VERSION):
        shown = ".".join(str(byte) for byte in element.value[:4])
        raise FormatError(
            "version-unknown", offset=start + 3, path="header / VERSION", version=shown
        )


def _header_end(element: Field, start: int, position: int, size: int, known: int | None) -> int:
    path = "header / HEADERLENGTH"
    end = _length(element, start, path)
    if end < position or known not in (None, end):
        raise FormatError("header-length", offset=start + 3, path=path, length=end)
    if end > size:
        raise FormatError("header-past-end", offset=start + 3, path=path, length=end, size=size)
    return end


def _length(field: Field, start: int, path: str) -> int:
    if len(field.value) != 2:
        raise FormatError("length-field", offset=start, path=path, have=len(field.value))
    return int.from_bytes(field.value, "big")


def _read_element(
    data: bytes, position: int, end: int, where: str, depth: int
) -> tuple[Element, int]:
    tag = data[position]
    if depth == 0 and tag == _PADDING:
        return Field(tag, b""), position + 1
    field, stop = read_field(data, position, end, where, HEADER_NAMES)
    if tag not in _CONTAINERS:
        return field, stop
    where = f"{where} / {HEADER_NAMES[tag]}"
    if depth == _DEEPEST:
        raise FormatError("nested-too-deep", offset=position, path=where)
    children: list[Element] = []
    inner = stop - len(field.value)
    while inner < stop:
        child, inner = _read_element(data, inner, stop, where, depth + 1)
        children.append(child)
    return Container(tag, tuple(children)), stop


def _add_record(data: bytes, start: int, records: list[Record]) -> int:
    """Read the record at ``start`` into ``records`` and return the position behind it.

    A record that is cut is added as far as it goes before its error is raised.
    """
    if data[start : start + 3] == _RECORD_START:
        end = start + (data[start + 3] << 8 | data[start + 4] if start + 5 <= len(data) else 0)
        known = _whole_record(data[start:end]) if start < end <= len(data) else None
        if known is not None:
            records.append(known)
            return end
    fields: list[Field] = []
    try:
        return _read_record(data, start, f"record {len(records) + 1}", fields)
    finally:
        if fields:
            records.append(Record(tuple(fields)))


@lru_cache(maxsize=256)  # the lists of one cluster hold the same records again and again
def _whole_record(data: bytes) -> Record | None:
    """Return the record that these bytes are; None where they are anything else."""
    fields: list[Field] = []
    try:
        end = _read_record(data, 0, "record", fields)
    except FormatError:
        return None
    return Record(tuple(fields)) if end == len(data) else None


def _read_record(data: bytes, start: int, where: str, fields: list[Field]) -> int:
    """Read the fields of the record at ``start`` and return the position behind it."""
    end: int | None = None
    limit = min(len(data), start + 0xFFFF)
    position = start
    while end is None:
        if position >= limit:
            raise FormatError("record-length-missing", offset=start, path=where)
        began = position
        field, position = read_field(data, position, limit, where, RECORD_NAMES)
        fields.append(field)
        if field.tag == _RECORDLENGTH:
            end = _record_end(field, start, began, position, len(data), where)
    read_fields(data, position, end, where, RECORD_NAMES, fields)
    _check_repeated(fields, start, end - start, where)
    return end


def _check_repeated(fields: list[Field], start: int, length: int, where: str) -> None:
    """Refuse a second RECORDLENGTH that says something else than the first."""
    if sum(field.tag == _RECORDLENGTH for field in fields) < 2:
        return
    began, path = start, f"{where} / RECORDLENGTH"
    for field in fields:
        if field.tag == _RECORDLENGTH and (found := _length(field, began, path)) != length:
            raise FormatError("record-length-differs", offset=began + 3, path=path, length=found)
        began += 3 + len(field.value)


def _record_end(field: Field, start: int, began: int, position: int, size: int, where: str) -> int:
    path = f"{where} / RECORDLENGTH"
    length = _length(field, began, path)
    end = start + length
    if end < position:
        raise FormatError("record-length-short", offset=began + 3, path=path, length=length)
    if end > size:
        raise FormatError(
            "record-past-end", offset=began + 3, path=path, length=length, have=size - start
        )
    return end
