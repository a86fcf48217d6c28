"""What differs between two lists, as lines and as a JSON object."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ctlkit.certificate import Certificate
from ctlkit.difference import Difference, Entry, FieldChange, RecordChange, Side, Value
from ctlkit.errors import CtlkitError, InputError
from ctlkit.messages import printable
from ctlkit.report.values import error_value, message_objects, rfc3339
from ctlkit.trustlist import HeaderTag, RecordTag
from ctlkit.workflows.comparing import Comparison

__all__ = ["Line", "difference_lines", "difference_object"]

_MOST_LINES = 500
"""No phone takes a list with a tenth of the records; a hostile one has fifty thousand."""

_LONGEST_TEXT = 80
_LONGEST_HEX = 20
_EXCERPT = 8
_CERTIFICATE = RecordTag.CERTIFICATE.name
_SERIAL = RecordTag.SERIALNUMBER.name
_TIMESTAMP = HeaderTag.TIMESTAMP.name
_TEXTS = {
    *(tag.name for tag in (RecordTag.DNSNAME, RecordTag.SUBJECTNAME, RecordTag.ISSUERNAME)),
    *(tag.name for tag in (HeaderTag.SIGNERNAME, HeaderTag.CANAME, HeaderTag.FILENAME)),
}
_NUMBERS = {
    *(HeaderTag.HEADERLENGTH.name, HeaderTag.SIGNATUREALGORTITHM.name, HeaderTag.PADDING.name),
    *(HeaderTag.SIGNATUREMODULUS.name, RecordTag.RECORDLENGTH.name, "length"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text, with its colour on a terminal."""

    text: str
    style: str | None = None


def difference_lines(found: Comparison) -> Iterator[Line]:
    """Yield what differs, for a person; no more lines than one reads."""
    lines = list(_lines(found))
    yield from lines[:_MOST_LINES]
    if len(lines) > _MOST_LINES:
        left = len(lines) - _MOST_LINES
        yield Line(f"{left} more lines are not shown; --json has them all")


def _lines(found: Comparison) -> Iterator[Line]:
    difference = found.difference
    if difference.same:
        texts = found.old.is_text or found.new.is_text
        how = "the same in all that both tell" if texts else "the same, byte for byte"
        about = difference.new_about
        yield Line(f"{how}: {about['length'].text} bytes, SHA-1 {about['sha1'].text}")
        return
    yield Line(f"--- {_title(found.old)}", "red")
    yield Line(f"+++ {_title(found.new)}", "green")
    yield from _header_lines(difference)
    yield from _record_lines(difference)


def _title(side: Side) -> str:
    return printable(side.title) + (" (text of show ctl)" if side.is_text else "")


def _header_lines(difference: Difference) -> Iterator[Line]:
    if difference.header:
        yield Line("~ file", "yellow")
    yield from _field_lines(difference.header, "    ")
    told = {change.field for change in difference.header} - {"md5", "sha1"}
    records = (difference.added, difference.removed, difference.changed, difference.moved)
    if difference.first_byte is not None and (not (told or any(records)) or "content" in told):
        yield Line(
            f"  the first byte that differs has the offset {difference.first_byte}", "yellow"
        )


def _field_lines(changes: Sequence[FieldChange], indent: str) -> Iterator[Line]:
    width = max((len(change.field) for change in changes), default=0)
    for change in changes:
        old, new = _words(change)
        yield Line(f"{indent}{change.field:<{width}}  {old} -> {new}", "yellow")


def _record_lines(difference: Difference) -> Iterator[Line]:
    changed, moved = difference.changed, difference.moved
    entries = (
        *(("-", entry, f"record {entry.number}", ()) for entry in difference.removed),
        *(("+", entry, f"record {entry.number}", ()) for entry in difference.added),
        *(("~", each.new, _numbers(each.old, each.new), each.fields) for each in changed),
        *((">", each.new, _numbers(each.old, each.new), ()) for each in moved),
    )
    numbers = max((len(number) for _, _, number, _ in entries), default=0)
    functions = max((len(_function(entry)) for _, entry, _, _ in entries), default=0)
    for mark, entry, number, fields in entries:
        line = f"{mark} {number:<{numbers}}  {_function(entry):<{functions}}  {_who(entry)}"
        yield Line(line.rstrip(), _STYLES[mark])
        yield from _field_lines(fields, "    ")


_STYLES = {"-": "red", "+": "green", "~": "yellow", ">": "cyan"}


def _numbers(old: Entry, new: Entry) -> str:
    same = old.number == new.number
    return f"record {old.number}" if same else f"record {old.number} -> {new.number}"


def _function(entry: Entry) -> str:
    return printable(entry.text(RecordTag.FUNCTION.name) or "")


def _who(entry: Entry) -> str:
    names = [entry.text(tag.name) for tag in (RecordTag.DNSNAME, RecordTag.SUBJECTNAME)]
    parts = [_shortened(printable(name)) for name in names if name]
    serial = entry.text(_SERIAL)
    if serial:
        parts.append(f"serial {_shortened(_pairs(serial))}")
    return "  ".join(parts)


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST_TEXT else f"{text[: _LONGEST_TEXT - 3]}..."


def _pairs(digits: str) -> str:
    """Return hexadecimal as ``show ctl`` prints serials."""
    return ":".join(digits[at : at + 2] for at in range(0, len(digits), 2)).upper()


def _words(change: FieldChange) -> tuple[str, str]:
    """Return both values for a person; values that look alike are told apart by their bytes."""
    old, new = (_value_words(change.field, value) for value in (change.old, change.new))
    if old != new or change.old is None or change.new is None:
        return old, new
    at = _first_difference(change.old.data or b"", change.new.data or b"")
    return _excerpt(change.old, at), _excerpt(change.new, at)


def _first_difference(old: bytes, new: bytes) -> int:
    pairs = enumerate(zip(old, new, strict=False))
    return next((at for at, (one, other) in pairs if one != other), min(len(old), len(new)))


def _excerpt(value: Value, at: int) -> str:
    if value.data is None:
        return f"{value.length} bytes"
    piece = value.data[at : at + _EXCERPT].hex() or "the end"
    return f"{len(value.data)} bytes, at offset {at} {piece}"


def _value_words(name: str, value: Value | None) -> str:
    if value is None:
        return "absent"
    name = name.partition("#")[0]
    if value.text is None:
        return f"{value.length} bytes"
    if name == _CERTIFICATE:
        return f"SHA-1 {value.text}{_dates(value)}"
    if name == _SERIAL:
        return _shortened(_pairs(value.text)) or "empty"
    if name == _TIMESTAMP:
        return str(_scalar(name, value))
    if name in _TEXTS:
        return _shortened(printable(value.text)) or "empty"
    if value.data is not None and len(value.data) > _LONGEST_HEX and name != "content":
        return f"{len(value.data)} bytes {value.data[:_EXCERPT].hex()}..."
    return _shortened(printable(value.text)) or "empty"


def _dates(value: Value) -> str:
    begins, ends = _validity(value)
    if begins is None or ends is None:
        return ""
    return f" ({begins[:10]} to {ends[:10]})"


def _validity(value: Value) -> tuple[str | None, str | None]:
    """Return from when to when a certificate is valid, where it can be read."""
    try:
        certificate = Certificate.from_der(value.data or b"")
    except InputError:
        return None, None
    return rfc3339(certificate.not_before), rfc3339(certificate.not_after)


def difference_object(found: Comparison) -> dict[str, object]:
    """Return all that differs."""
    difference = found.difference
    return {
        "old": _side_object(found.old, difference.old_about, found.old_error),
        "new": _side_object(found.new, difference.new_about, found.new_error),
        "same": difference.same,
        "header": [_field_object(change) for change in difference.header],
        "added": [_entry_object(entry) for entry in difference.added],
        "removed": [_entry_object(entry) for entry in difference.removed],
        "changed": [_changed_object(change) for change in difference.changed],
        "moved": [
            {**_entry_object(move.new), "old_number": move.old.number} for move in difference.moved
        ],
        "first_byte": difference.first_byte,
        "notes": message_objects(found.notes),
    }


def _side_object(
    side: Side, about: Mapping[str, Value], error: CtlkitError | None
) -> dict[str, object]:
    return {
        "side": side.title,
        "source": side.source.value,
        "text": side.is_text,
        "kind": (about["kind"].text or "").lower(),
        "mode": about["mode"].text if "mode" in about else None,
        "length": int(about["length"].text or 0),
        "md5": about["md5"].text,
        "sha1": about["sha1"].text,
        "verified": None if side.is_text else error is None,
        "error": error_value(error),
    }


def _entry_object(entry: Entry) -> dict[str, object]:
    return {
        "number": entry.number,
        "function": entry.text(RecordTag.FUNCTION.name),
        "dns_name": entry.text(RecordTag.DNSNAME.name),
        "ip_address": entry.text(RecordTag.IPADDRESS.name),
        "subject": entry.text(RecordTag.SUBJECTNAME.name),
        "issuer": entry.text(RecordTag.ISSUERNAME.name),
        "serial": entry.text(_SERIAL),
        "certificate_sha1": entry.text(_CERTIFICATE),
    }


def _changed_object(change: RecordChange) -> dict[str, object]:
    return {
        **_entry_object(change.new),
        "old_number": change.old.number,
        "fields": [_field_object(each) for each in change.fields],
    }


def _field_object(change: FieldChange) -> dict[str, object]:
    name = change.field.partition("#")[0]
    return {
        "field": change.field,
        "old": _scalar(name, change.old),
        "new": _scalar(name, change.new),
        "old_detail": _detail(name, change.old),
        "new_detail": _detail(name, change.new),
    }


def _scalar(name: str, value: Value | None) -> str | int | None:
    if value is None or value.text is None:
        return None
    if name == _TIMESTAMP:
        return rfc3339(int(value.text)) or value.text
    return int(value.text) if name in _NUMBERS else value.text


def _detail(name: str, value: Value | None) -> dict[str, object] | None:
    """Return what is behind a value; None where the field is absent."""
    if value is None:
        return None
    whole = value.data is not None and name != "content"
    detail: dict[str, object] = {
        "length": value.length,
        "bytes": value.data.hex() if whole and value.data is not None else None,
    }
    if name == _CERTIFICATE:
        detail["not_before"], detail["not_after"] = _validity(value)
    return detail
