"""The text of ``show ctl`` and ``show itl``, as the server prints it.

Rules:

* BYTEPOS is the number of the tag. A container shows LENGTH 2 and its own length as VALUE; the
  LENGTH of a text counts its NUL.
* What is text in the file is escaped where it is not printable: a list must not write to the
  terminal that shows it. Names of days and months are English whatever the locale.
* A file that cannot be read to its end is printed as far as it goes, with the reason.

Source: docs/format.md, show ctl. What has no published text (rows of other tags, failures,
signed files) is marked [I] there.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator

from ctlkit.codec import Partial
from ctlkit.messages import printable
from ctlkit.trustlist import (
    CONFIG_VERSION,
    HEADER_NAMES,
    RECORD_NAMES,
    Container,
    Element,
    Field,
    Function,
    Header,
    HeaderTag,
    Record,
    RecordTag,
    function_name,
    text_of,
)
from ctlkit.verify import names_signer

__all__ = ["kind_of", "missing_text", "modified_text", "show_text"]

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_COLUMNS = ("BYTEPOS\tTAG\t\tLENGTH\tVALUE", "-------\t---\t\t------\t-----")
_HEADER_TEXTS = (HeaderTag.SIGNERNAME, HeaderTag.CANAME)
_HEADER_SILENT = (
    HeaderTag.DIGESTALGORTITHM,
    HeaderTag.SIGNATUREALGORTITHM,
    HeaderTag.SIGNATUREMODULUS,
    HeaderTag.SIGNATURE,
    HeaderTag.FILENAME,
    HeaderTag.TIMESTAMP,
)
_NOT_ROWS = (HeaderTag.VERSION, HeaderTag.HEADERLENGTH, HeaderTag.PADDING)
_RECORD_TEXTS = (RecordTag.DNSNAME, RecordTag.SUBJECTNAME, RecordTag.ISSUERNAME)
_RECORD_SILENT = (RecordTag.PUBLICKEY, RecordTag.SIGNATURE, RecordTag.IPADDRESS)
_LONGEST_HEX = 64


def kind_of(partial: Partial | None, name: str = "") -> str:
    """Return what a file calls itself: CTL, ITL, or signed for a configuration file.

    Args:
        partial: what was read; None where there is no file.
        name: the file's name, which decides where there is no file.
    """
    if partial is None or not partial.raw:
        return "ITL" if name.upper().startswith("ITL") else "CTL"
    if partial.header.version == CONFIG_VERSION:
        return "signed"
    inside = partial.header.filename.upper()
    if inside:
        return "ITL" if inside.startswith("ITL") else "CTL"
    return "ITL" if any(item.function == Function.TVS for item in partial.records) else "CTL"


def missing_text(kind: str) -> str:
    """Return what is printed for a file that is missing or empty."""
    return (
        f"Length of {kind} file: 0\n\n"
        f"{kind} File not found. Please run CTLClient plugin or run the CLI - utils ctl.. "
        f"to generate the {kind} file.\nError parsing the {kind} File.\n"
    )


def modified_text(seconds: float) -> str:
    """Return a time as the server prints it, in the local time zone.

    A time that no calendar of the system reaches is given in seconds since 1970.
    """
    try:
        when = time.localtime(seconds)
    except (OverflowError, OSError, ValueError):
        return f"{seconds:.0f}"
    return (
        f"{_DAYS[when.tm_wday]} {_MONTHS[when.tm_mon - 1]} {when.tm_mday:02d} "
        f"{when.tm_hour:02d}:{when.tm_min:02d}:{when.tm_sec:02d} "
        f"{printable(when.tm_zone)} {when.tm_year:04d}"
    )


def show_text(partial: Partial, modified: float, verdict: str) -> str:
    """Return the whole text for a file.

    Args:
        partial: the file as far as it could be read.
        modified: the file's modification time, seconds since 1970, UTC.
        verdict: the last line for a file that was read to its end: what verifying it gave.
    """
    kind = kind_of(partial)
    lines = [
        f"The checksum value of the {kind} file:",
        f"{hashlib.md5(partial.raw, usedforsecurity=False).hexdigest()}(MD5)",
        f"{hashlib.sha1(partial.raw, usedforsecurity=False).hexdigest()}(SHA1)",
        "",
        f"Length of {kind} file: {len(partial.raw)}",
        f"The {kind} File was last modified on {modified_text(modified)}",
        "",
        f"Parse {kind} File",
        "----------------",
        "",
        *_header_lines(partial.header),
    ]
    for number, record in enumerate(partial.records, 1):
        lines += _record_lines(kind, number, record, partial.header)
    if partial.error is not None:
        lines += ["", f"Error parsing the {kind} File.", str(partial.error)]
    elif kind == "signed":
        lines += ["", f"Content:\t{len(partial.content)} (BYTES)", "", verdict]
    else:
        lines += ["", verdict]
    return "\n".join(lines) + "\n"


def _header_lines(header: Header) -> Iterator[str]:
    if header.version is not None:
        yield f"Version:\t{_dotted(header.version)}"
    if header.length is not None:
        yield f"HeaderLength:\t{header.length} (BYTES)"
    yield ""
    yield from _COLUMNS
    yield from _element_lines(header.fields)


def _element_lines(elements: tuple[Element, ...]) -> Iterator[str]:
    for element in elements:
        name = HEADER_NAMES.get(element.tag) or f"TAG{element.tag}"
        if isinstance(element, Container):
            yield f"{element.tag}\t{name}\t2\t{_inner_length(element)}"
            yield from _element_lines(element.children)
        elif element.tag not in _NOT_ROWS:
            yield f"{element.tag}\t{name}\t{len(element.value)}\t{_header_value(element)}"
            if element.tag == HeaderTag.SIGNATURE:
                yield from _signature_lines(element.value)


def _inner_length(container: Container) -> int:
    return sum(
        3 + (_inner_length(child) if isinstance(child, Container) else len(child.value))
        for child in container.children
    )


def _header_value(field: Field) -> str:
    if field.tag in _HEADER_TEXTS:
        return printable(text_of(field.value))
    if field.tag in _HEADER_SILENT:
        return ""
    if field.tag == HeaderTag.SERIALNUMBER:
        return _pairs(field.value, ":")
    if field.tag == HeaderTag.SIGNERVERSION:
        return _dotted(field.value)
    return _pairs(field.value[:_LONGEST_HEX], " ")


def _signature_lines(signature: bytes) -> Iterator[str]:
    for start in range(0, len(signature), 8):
        yield "".join(f"{byte:<4x}" for byte in signature[start : start + 8])


def _record_lines(kind: str, number: int, record: Record, header: Header) -> Iterator[str]:
    yield ""
    yield f"\t{kind} Record #:{number}"
    yield "\t\t  ----"
    yield from _COLUMNS
    for field in record.fields:
        name = RECORD_NAMES.get(field.tag) or f"TAG{field.tag}"
        yield f"{field.tag}\t{name}\t{len(field.value)}\t{_record_value(field)}"
    if record.is_sast:
        signed = names_signer(record, header)
        yield ""
        yield f"This etoken was {'' if signed else 'not '}used to sign the {kind} file."


def _record_value(field: Field) -> str:
    if field.tag in _RECORD_TEXTS:
        return printable(text_of(field.value))
    if field.tag in _RECORD_SILENT:
        return ""
    if field.tag == RecordTag.RECORDLENGTH:
        return str(int.from_bytes(field.value[:4], "big"))
    if field.tag == RecordTag.FUNCTION:
        number = int.from_bytes(field.value[:4], "big")
        return "System Administrator Security Token" if number == 0 else function_name(number)
    if field.tag == RecordTag.SERIALNUMBER:
        return _pairs(field.value, ":")
    if field.tag == RecordTag.CERTIFICATE:
        digest = hashlib.sha1(field.value, usedforsecurity=False).digest()
        return f"{_pairs(digest, ' ')} (SHA1 Hash HEX)"
    return _pairs(field.value[:_LONGEST_HEX], " ")


def _pairs(value: bytes, separator: str) -> str:
    return value.hex(separator).upper() if value else ""


def _dotted(value: bytes) -> str:
    return ".".join(str(byte) for byte in value)
