"""What is known of a side, in the form in which two sides are compared."""

from __future__ import annotations

import hashlib
import ipaddress
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from ctlkit.codec import Partial, encode
from ctlkit.difference._values import Entry, Value
from ctlkit.edit import mode_of
from ctlkit.showctl import ShownList, ShownRecord, kind_of
from ctlkit.tlv import Field
from ctlkit.trustlist import (
    HEADER_NAMES,
    RECORD_NAMES,
    Container,
    Digest,
    Element,
    Function,
    HeaderTag,
    Record,
    RecordTag,
    SignedFile,
    TrustList,
    function_name,
    text_of,
)

PADDING = HeaderTag.PADDING.name
RECORDLENGTH = RecordTag.RECORDLENGTH.name
_FIELD_HEAD = 3
_ITL, _SIGNED = "ITL", "signed"


@dataclass(frozen=True, slots=True)
class View:
    """A side, ready to be compared.

    Attributes:
        kind: CTL, ITL or signed.
        header: the header's values by the names of their fields.
        structure: the header's fields in their order without padding, None where not known.
        about: what is known of the file as a whole.
        entries: its records.
        raw: the file, None where it is not known.
        complete: whether it has no other records than those.
    """

    kind: str
    header: Mapping[str, Value]
    structure: str | None
    about: Mapping[str, Value]
    entries: tuple[Entry, ...]
    raw: bytes | None
    complete: bool


def view_of(value: TrustList | SignedFile | ShownList) -> View:
    """Return what is known of a list, a signed file, or the text of ``show ctl``."""
    return _shown_view(value) if isinstance(value, ShownList) else _file_view(value)


def _file_view(value: TrustList | SignedFile) -> View:
    raw = value.raw or encode(value)
    records = value.records if isinstance(value, TrustList) else ()
    content = value.content if isinstance(value, SignedFile) else b""
    kind = kind_of(Partial(value.header, records, content, raw, None))
    about = {
        "kind": Value(kind),
        **_mode(kind, records),
        **_figures(
            len(raw),
            hashlib.md5(raw, usedforsecurity=False).hexdigest(),
            hashlib.sha1(raw, usedforsecurity=False).hexdigest(),
        ),
    }
    if isinstance(value, SignedFile):
        about["content"] = Value(_sha1(content), len(content), content)
    return View(
        kind=kind,
        header=_header(value.header.fields),
        structure=_structure(value.header.fields),
        about=about,
        entries=tuple(_entry(number, record) for number, record in enumerate(records, 1)),
        raw=raw,
        complete=True,
    )


def _figures(length: int, md5: str, sha1: str) -> dict[str, Value]:
    return {"length": Value(str(length)), "md5": Value(md5), "sha1": Value(sha1)}


def _mode(kind: str, records: Iterable[Record]) -> dict[str, Value]:
    """Return what a CTL says of its cluster; other files say nothing of it."""
    return {} if kind in (_ITL, _SIGNED) else {"mode": Value(mode_of(records).value)}


def _header(fields: Iterable[Element]) -> dict[str, Value]:
    padding = 0
    seen: Counter[int] = Counter()
    values: dict[str, Value] = {}
    for item in _flat(fields):
        if item.tag == HeaderTag.PADDING and not item.value:
            padding += 1
        else:
            words = _HEADER_WORDS.get(item.tag, bytes.hex)
            name = _name(item.tag, HEADER_NAMES, seen)
            values[name] = Value(words(item.value), len(item.value), item.value)
    values[PADDING] = Value(str(padding), padding)
    return values


def _flat(fields: Iterable[Element]) -> Iterator[Field]:
    for item in fields:
        if isinstance(item, Container):
            yield from _flat(item.children)
        else:
            yield item


def _structure(fields: Iterable[Element]) -> str:
    return " ".join(
        f"{item.tag} ({_structure(item.children)})"
        if isinstance(item, Container)
        else f"{item.tag}"
        for item in fields
        if item.tag != HeaderTag.PADDING
    )


def _name(tag: int, names: Mapping[int, str], seen: Counter[int]) -> str:
    """Return the name of the next field with a tag, numbered where an earlier one has it."""
    seen[tag] += 1
    name = names.get(tag) or f"TAG{tag}"
    return name if seen[tag] == 1 else f"{name}#{seen[tag]}"


def _entry(number: int, record: Record) -> Entry:
    fields: dict[str, Value] = {}
    order: list[str] = []
    seen: Counter[int] = Counter()
    for item in record.fields:
        name = _name(item.tag, RECORD_NAMES, seen)
        order.append(name)
        if item.tag != RecordTag.RECORDLENGTH:
            words = _RECORD_WORDS.get(item.tag, bytes.hex)
            fields[name] = Value(words(item.value), len(item.value), item.value)
    return Entry(number, fields, tuple(order), record.length, record)


def _shown_view(value: ShownList) -> View:
    entries = tuple(map(_shown_entry, value.records))
    numbers = [entry.number for entry in entries]
    lengths = [value.header_length, *(entry.length for entry in entries)]
    complete = numbers == list(range(1, len(entries) + 1)) and (
        value.length == sum(length or 0 for length in lengths) and None not in lengths
    )
    about = {"kind": Value(value.kind)}
    if complete and all(entry.whole for entry in entries):
        about |= _mode(value.kind, map(_outline, value.records))
    about |= _figures(value.length, value.md5, value.sha1)
    if value.kind == _SIGNED and value.header_length is not None:
        about["content"] = Value(None, value.length - value.header_length)
    return View(
        kind=value.kind,
        header=dict(_shown_header(value)),
        structure=None,
        about=about,
        entries=entries,
        raw=None,
        complete=complete or value.kind == _SIGNED,
    )


def _shown_header(value: ShownList) -> Iterator[tuple[str, Value]]:
    length = value.header_length
    texts = (
        (HeaderTag.VERSION, value.version),
        (HeaderTag.HEADERLENGTH, None if length is None else str(length)),
        (HeaderTag.SIGNERNAME, value.signer_name),
        (HeaderTag.CANAME, value.signer_issuer),
    )
    for tag, text in texts:
        if text is not None:
            yield tag.name, Value(text)
    for tag, data in (
        (HeaderTag.SERIALNUMBER, value.signer_serial),
        (HeaderTag.SIGNATURE, value.signature),
    ):
        if data is not None:
            yield tag.name, Value(data.hex(), len(data), data)


def _shown_entry(shown: ShownRecord) -> Entry:
    texts = {
        RecordTag.DNSNAME.name: shown.dns_name,
        RecordTag.SUBJECTNAME.name: shown.subject,
        RecordTag.FUNCTION.name: shown.function,
        RecordTag.ISSUERNAME.name: shown.issuer,
        RecordTag.SERIALNUMBER.name: None if shown.serial is None else shown.serial.hex(),
        RecordTag.CERTIFICATE.name: shown.certificate_sha1,
    }
    length = shown.lengths.get(RECORDLENGTH)
    fields = {
        name: Value(texts.get(name), size)
        for name, size in shown.lengths.items()
        if name != RECORDLENGTH
    }
    known = sum(_FIELD_HEAD + (value.length or 0) for value in fields.values())
    return Entry(
        number=shown.number,
        fields=fields,
        length=length,
        whole=length is not None and length == _FIELD_HEAD + 2 + known,
    )


def _outline(shown: ShownRecord) -> Record:
    """Return a record with the same fields and function, for questions about these alone."""
    tags = {name: tag for tag, name in RECORD_NAMES.items()}
    server = Function.CCM_TFTP if shown.function == Function.CCM_TFTP.short_name else Function.SAST
    return Record(
        tuple(
            Field(tags[name], bytes((0, server)) if name == RecordTag.FUNCTION.name else b"")
            for name in shown.lengths
            if name in tags
        )
    )


def _sha1(value: bytes) -> str:
    return hashlib.sha1(value, usedforsecurity=False).hexdigest()


def _dotted(value: bytes) -> str:
    return ".".join(map(str, value))


def _number(value: bytes) -> str:
    return str(int.from_bytes(value[:4], "big"))


def _function(value: bytes) -> str:
    return function_name(int.from_bytes(value[:4], "big"))


def _digest(value: bytes) -> str:
    number = int.from_bytes(value[:4], "big")
    return Digest(number).name if number in tuple(Digest) else str(number)


def _address(value: bytes) -> str:
    return str(ipaddress.ip_address(value)) if len(value) in (4, 16) else value.hex()


_Words = Mapping[int, Callable[[bytes], str]]

_HEADER_WORDS: _Words = {
    HeaderTag.VERSION: _dotted,
    HeaderTag.HEADERLENGTH: _number,
    HeaderTag.SIGNERVERSION: _dotted,
    HeaderTag.SIGNERNAME: text_of,
    HeaderTag.CANAME: text_of,
    HeaderTag.DIGESTALGORTITHM: _digest,
    HeaderTag.SIGNATUREALGORTITHM: _number,
    HeaderTag.SIGNATUREMODULUS: _number,
    HeaderTag.FILENAME: text_of,
    HeaderTag.TIMESTAMP: _number,
}
_RECORD_WORDS: _Words = {
    RecordTag.DNSNAME: text_of,
    RecordTag.SUBJECTNAME: text_of,
    RecordTag.FUNCTION: _function,
    RecordTag.ISSUERNAME: text_of,
    RecordTag.CERTIFICATE: _sha1,
    RecordTag.IPADDRESS: _address,
}
