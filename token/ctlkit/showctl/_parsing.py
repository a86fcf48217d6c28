"""Reading the text of ``show ctl`` again: from a server's terminal, an e-mail or a web page.

Rules:

* Every row, record and sentence begins its line; what stands between two of them belongs to the
  first. So values may be wrapped and white space folded, but no value can pass for a row.
* What is before and after (the command's echo, the prompt) is not looked at; two listings in one
  text are refused, because nobody could say which of them was meant.
* Rows that are cut out of a text are absent. So is the row at which a text ends or is cut, unless
  its value is seen to be whole: half a name would pass for another one.
* Without length and checksums it is no listing.
* The text is hostile: its size and its number of records are bounded, and whatever it is,
  nothing but an :class:`InputError` comes out.

Source: docs/format.md, show ctl.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType

from ctlkit.errors import InputError
from ctlkit.showctl._shown import ShownList, ShownRecord
from ctlkit.trustlist import HEADER_NAMES, RECORD_NAMES, Function, HeaderTag, RecordTag

_MAX_TEXT = 1 << 20
_MAX_RECORDS = 4096
_SAST = "System Administrator Security Token"
_CUT = "[...]"
_TEXTS = frozenset(
    {
        *(HeaderTag.SIGNERNAME.name, HeaderTag.CANAME.name),
        *(RecordTag.DNSNAME.name, RecordTag.SUBJECTNAME.name, RecordTag.ISSUERNAME.name),
    }
)

_TAGS = "|".join(sorted({*HEADER_NAMES.values(), *RECORD_NAMES.values()}, key=len, reverse=True))
# Known names only: a wrapped hash may begin a line with "19 AF 72".
_HEADS = re.compile(
    rf"""^[^\S\n]*(?:
    \d{{1,3}}[^\S\n]+(?P<tag>{_TAGS}|TAG\d{{1,3}})[^\S\n]+(?P<size>\d{{1,9}})(?=\s|$)
    |(?:CTL|ITL)\s+Record\s+\#:\s*(?P<record>\d{{1,6}})
    |(?P<signing>This\s+etoken\s+was)\s+(?P<unsigned>not\s+)?used\s+to\s+sign\s+the\s+(?:CTL|ITL)\s+file
    |(?P<md5>[0-9A-Fa-f]{{32}})\s*\(MD5\)
    |(?P<sha1>[0-9A-Fa-f]{{40}})\s*\(SHA1\)
    |Length\s+of\s+(?P<kind>CTL|ITL|signed)\s+file:\s*(?P<length>\d{{1,9}})(?=\s|$)
    |The\s+(?:CTL|ITL|signed)\s+File\s+was\s+last\s+modified\s+on\b(?P<modified>)
    |Version:\s*(?P<version>\d{{1,3}}(?:\.\d{{1,3}})*)
    |HeaderLength:\s*(?P<header>\d{{1,9}})
    |The\s+(?:CTL|ITL|signed)\s+file\s+was\s+(?P<verified>verified\s+successfully)
    |(?:BYTEPOS|----|\[\.\.\.\]|Content:|Error\s+parsing\s+the|Verification\s+of\s+the
      |Parse\s+(?:CTL|ITL|signed)\s+File|The\s+checksum\s+value|admin:)
    )""",
    re.MULTILINE | re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class _Head:
    """Where a row, a record or a sentence begins: the groups that matched, and what follows.

    Attributes:
        last: whether the text ends, or is cut, before another one begins.
    """

    found: re.Match[str]
    rest: str
    last: bool

    def group(self, name: str) -> str | None:
        return self.found[name]


@dataclass(frozen=True, slots=True)
class _Row:
    """One row: its tag's name, its LENGTH, its VALUE as it is printed."""

    name: str
    size: int
    value: str

    @property
    def whole(self) -> bool:
        """Whether its value is seen to be whole, where nothing follows that says so."""
        if self.name in _TEXTS:
            return self.size in _sizes(self.value)
        if self.name == RecordTag.SERIALNUMBER.name:
            return len(_digits(self)) == 2 * self.size
        if self.name == RecordTag.CERTIFICATE.name:
            return ")" in self.value
        if self.name == RecordTag.SIGNATURE.name:
            return not self.value.split() or len(self.value.split()) == self.size
        # Of the others only the LENGTH is read.
        return self.name not in (RecordTag.FUNCTION.name, RecordTag.RECORDLENGTH.name)


def parse_shown(text: str) -> ShownList | None:
    """Read the text of ``show ctl`` or ``show itl``; None where it says that there is no file.

    Raises:
        InputError: it is no such text, more than one, or damaged.
    """
    if len(text) > _MAX_TEXT:
        raise InputError("shown-too-long", limit=_MAX_TEXT)
    heads = list(_heads(text.replace("\r\n", "\n").replace("\r", "\n")))
    length, kind = _only(heads, "length"), _only(heads, "kind")
    if int(length) == 0:
        return None
    md5, sha1 = _only(heads, "md5"), _only(heads, "sha1")
    starts = [at for at, head in enumerate(heads) if head.group("record")]
    if starts and heads[starts[-1]].last and not heads[starts[-1]].rest:
        starts.pop()  # its number may go on
    if len(starts) > _MAX_RECORDS:
        raise InputError("shown-garbled", part=f"Record #:{_MAX_RECORDS + 1}")
    parts = [heads[start:end] for start, end in pairwise([*starts, len(heads)])]
    header = _rows(heads[: starts[0]] if starts else heads)
    header_length = _first(heads, "header")
    return ShownList(
        kind=kind,
        md5=md5.lower(),
        sha1=sha1.lower(),
        length=int(length),
        modified=_modified(heads),
        version=_first(heads, "version"),
        header_length=None if header_length is None else int(header_length),
        signer_name=_text(header.get(HeaderTag.SIGNERNAME.name)),
        signer_serial=_pairs(header.get(HeaderTag.SERIALNUMBER.name)),
        signer_issuer=_text(header.get(HeaderTag.CANAME.name)),
        signature=_signature(header.get(HeaderTag.SIGNATURE.name)),
        records=_records(parts),
        verified=any(head.group("verified") for head in heads),
    )


def _heads(text: str) -> Iterator[_Head]:
    found = list(_HEADS.finditer(text))
    for at, match in enumerate(found):
        following = found[at + 1] if at + 1 < len(found) else None
        end = len(text) if following is None else following.start()
        last = following is None or following[0].lstrip() == _CUT
        yield _Head(match, text[match.end() : end], last)


def _first(heads: Sequence[_Head], name: str) -> str | None:
    return next((value for head in heads if (value := head.group(name))), None)


def _only(heads: Sequence[_Head], name: str) -> str:
    """Return the one value of a group.

    Raises:
        InputError: it is not in the text, or more than once.
    """
    values = [value for head in heads if (value := head.group(name)) is not None]
    if not values:
        raise InputError("shown-not-a-listing", part=name)
    if len(values) > 1:
        raise InputError("shown-several", part=name)
    return values[0]


def _modified(heads: Sequence[_Head]) -> str:
    found = [head for head in heads if head.group("modified") is not None]
    return " ".join(found[0].rest.split()) if found else ""


def _rows(heads: Sequence[_Head]) -> dict[str, _Row]:
    """Return the rows by the names of their tags; of one that stands twice the first counts."""
    rows: dict[str, _Row] = {}
    for head in heads:
        name, size = head.group("tag"), head.group("size")
        if name is not None and size is not None:
            row = _Row(name, int(size), head.rest)
            if not head.last or (head.rest.strip("\n") and row.whole):
                rows.setdefault(name, row)
    return rows


def _records(parts: Sequence[Sequence[_Head]]) -> tuple[ShownRecord, ...]:
    records = tuple(_record(heads) for heads in parts)
    numbers = [record.number for record in records]
    if numbers != sorted(set(numbers)):
        raise InputError("shown-garbled", part="Record #")
    return records


def _record(heads: Sequence[_Head]) -> ShownRecord:
    rows = _rows(heads)
    lengths = {name: row.size for name, row in rows.items()}
    length = rows.get(RecordTag.RECORDLENGTH.name)
    if length is not None:
        lengths[length.name] = _number(length)
    return ShownRecord(
        number=int(heads[0].found["record"]),
        dns_name=_text(rows.get(RecordTag.DNSNAME.name)),
        subject=_text(rows.get(RecordTag.SUBJECTNAME.name)),
        function=_function(rows.get(RecordTag.FUNCTION.name)),
        issuer=_text(rows.get(RecordTag.ISSUERNAME.name)),
        serial=_pairs(rows.get(RecordTag.SERIALNUMBER.name)),
        certificate_sha1=_hash(rows.get(RecordTag.CERTIFICATE.name)),
        lengths=MappingProxyType(lengths),
        signed=_signed(heads),
    )


def _signed(heads: Sequence[_Head]) -> bool | None:
    for head in heads:
        if head.group("signing") is not None:
            return head.group("unsigned") is None
    return None


def _text(row: _Row | None) -> str | None:
    """Return a text, put together again where it was wrapped: its LENGTH says how."""
    if row is None:
        return None
    as_words, *others = _spellings(row.value)
    for text in (as_words, *others):
        if _size(text) == row.size:
            return text
    return as_words


def _spellings(value: str) -> tuple[str, str, str]:
    """Return what a value may be: wrapped between words, after a blank, or within a word."""
    lines = value.partition("\n\n")[0].splitlines()
    parts = [line.strip() for line in lines if line.strip()]
    return " ".join(parts), "".join(lines).strip(), "".join(parts)


def _sizes(value: str) -> set[int]:
    return {_size(text) for text in _spellings(value)}


def _size(text: str) -> int:
    return len(text.encode(errors="replace")) + 1


def _function(row: _Row | None) -> str | None:
    if row is None:
        return None
    words = row.value.split()
    # A narrow terminal wraps within a word, and the LENGTH is not that of the text.
    return Function.SAST.short_name if "".join(words) == "".join(_SAST.split()) else " ".join(words)


def _number(row: _Row) -> int:
    digits = row.value.strip()
    if not re.fullmatch(r"\d{1,10}", digits, re.ASCII):
        raise InputError("shown-garbled", part=row.name)
    return int(digits)


def _pairs(row: _Row | None) -> bytes | None:
    return None if row is None else _hexadecimal(_digits(row), row)


def _digits(row: _Row) -> str:
    return "".join(row.value.split()).replace(":", "")


def _hash(row: _Row | None) -> str | None:
    if row is None:
        return None
    pairs, bracket, _ = row.value.partition("(")
    if not bracket:
        raise InputError("shown-garbled", part=row.name)
    return _hexadecimal("".join(pairs.split()), row).hex()


def _signature(row: _Row | None) -> bytes | None:
    """Return the bytes, each printed without a leading zero; None where they were cut out."""
    if row is None or not row.value.split():
        return None
    return _hexadecimal("".join(pair.rjust(2, "0") for pair in row.value.split()), row)


def _hexadecimal(digits: str, row: _Row) -> bytes:
    try:
        return bytes.fromhex(digits)
    except ValueError:
        raise InputError("shown-garbled", part=row.name) from None
