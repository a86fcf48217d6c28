"""Lists, verdicts, plans and places as JSON objects."""

from __future__ import annotations

import hashlib
import ipaddress
from collections.abc import Sequence

from ctlkit.codec import Partial
from ctlkit.edit import Plan, Row
from ctlkit.errors import CannotTellError, InputError
from ctlkit.place import NodeFile, Published
from ctlkit.report.values import error_value, hexadecimal, message_objects, rfc3339
from ctlkit.showctl import kind_of
from ctlkit.trustlist import (
    HEADER_NAMES,
    RECORD_NAMES,
    Container,
    Digest,
    Element,
    Header,
    Record,
    function_name,
    text_of,
)
from ctlkit.workflows.places import FileState, Status
from ctlkit.workflows.reading import Shown, Verdict

__all__ = [
    "file_state_object",
    "node_file_object",
    "plan_object",
    "published_objects",
    "record_object",
    "shown_object",
    "status_object",
    "verdict_object",
    "verdict_word",
]


def shown_object(shown: Shown) -> dict[str, object]:
    """Return every field of a file that is shown."""
    partial = shown.partial
    return {
        "file": shown.file,
        "kind": kind_of(partial).lower(),
        "length": len(partial.raw),
        "modified": rfc3339(shown.modified),
        "md5": hashlib.md5(partial.raw, usedforsecurity=False).hexdigest(),
        "sha1": hashlib.sha1(partial.raw, usedforsecurity=False).hexdigest(),
        "header": _header_object(partial.header),
        "records": _records(partial),
        "content_length": len(partial.content),
        "verified": shown.error is None,
        "warnings": message_objects(shown.verified.warnings if shown.verified else ()),
        "error": error_value(shown.error),
    }


def _records(partial: Partial) -> list[dict[str, object]]:
    return [record_object(number, record) for number, record in enumerate(partial.records, 1)]


def _header_object(header: Header) -> dict[str, object]:
    digest = header.digest
    known = digest in tuple(Digest)
    return {
        "version": _dotted(header.version),
        "length": header.length,
        "signer_version": _dotted(header.signer_version),
        "signer_name": text_of(header.signer_name),
        "signer_issuer": text_of(header.signer_issuer),
        "signer_serial": hexadecimal(header.signer_serial),
        "digest": Digest(digest).name if known and digest is not None else digest,
        "modulus_index": header.modulus_index,
        "signature": hexadecimal(header.signature),
        "filename": header.filename,
        "timestamp": rfc3339(header.timestamp),
        "fields": [_element_object(element) for element in header.fields],
    }


def _dotted(value: bytes | None) -> str | None:
    return None if value is None else ".".join(map(str, value))


def _element_object(element: Element) -> dict[str, object]:
    name = HEADER_NAMES.get(element.tag) or f"TAG{element.tag}"
    if isinstance(element, Container):
        children = [_element_object(child) for child in element.children]
        return {"tag": element.tag, "name": name, "children": children}
    return {"tag": element.tag, "name": name, "value": element.value.hex()}


def record_object(number: int, record: Record) -> dict[str, object]:
    """Return every field of a record, as views and as they stand in the file."""
    certificate = record.certificate
    return {
        "number": number,
        "length": record.length,
        "dns_name": record.dns_name,
        "subject": text_of(record.subject),
        "function": record.function,
        "function_name": function_name(record.function),
        "issuer": text_of(record.issuer),
        "serial": hexadecimal(record.serial),
        "public_key": hexadecimal(record.public_key),
        "certificate": hexadecimal(certificate),
        "certificate_sha1": _sha1(certificate),
        "ip_address": _address(record.ip_address),
        "fields": [
            {
                "tag": field.tag,
                "name": RECORD_NAMES.get(field.tag) or f"TAG{field.tag}",
                "value": field.value.hex(),
            }
            for field in record.fields
        ],
    }


def _sha1(certificate: bytes | None) -> str | None:
    if not certificate:
        return None
    return hashlib.sha1(certificate, usedforsecurity=False).hexdigest()


def _address(packed: bytes | None) -> str | None:
    if packed is None or len(packed) not in (4, 16):
        return None
    return str(ipaddress.ip_address(packed))


def verdict_word(verdict: Verdict) -> str:
    """Return the one word for what verifying gave."""
    if verdict.error is None:
        return "valid"
    if isinstance(verdict.error, InputError):
        return "unreadable"
    return "cannot-tell" if isinstance(verdict.error, CannotTellError) else "invalid"


def verdict_object(verdict: Verdict) -> dict[str, object]:
    """Return the verdict on one file."""
    valid = verdict.error is None
    return {
        "file": verdict.file,
        "verdict": verdict_word(verdict),
        "signer_name": verdict.signer if valid else None,
        "signer_serial": verdict.serial if valid else None,
        "digest": verdict.digest if valid else None,
        "key_bits": verdict.key_bits if valid else None,
        "timestamp": rfc3339(verdict.timestamp),
        "warnings": message_objects(verdict.warnings),
        "error": error_value(verdict.error),
    }


def plan_object(plan: Plan) -> dict[str, object]:
    """Return what an update leads to."""
    return {
        "mode": plan.mode.value,
        "creating": plan.creating,
        "unchanged": plan.unchanged,
        "rows": [_row_object(row) for row in plan.rows],
        "messages": message_objects(plan.messages),
    }


def _row_object(row: Row) -> dict[str, object]:
    record = row.record
    return {
        "state": row.state.value,
        "function": function_name(record.function),
        "dns_name": record.dns_name,
        "ip_address": _address(record.ip_address),
        "subject": text_of(record.subject),
        "issuer": text_of(record.issuer),
        "serial": hexadecimal(record.serial),
        "old_serial": hexadecimal(row.old.serial) if row.old else None,
    }


def published_objects(published: Sequence[Published]) -> list[dict[str, object]]:
    """Return what each node holds now."""
    return [
        {
            "node": item.node,
            "changed": item.changed,
            "kept": item.kept,
            **_present_object(item.present),
            "error": error_value(item.error),
        }
        for item in published
    ]


def _present_object(file: NodeFile | None) -> dict[str, object]:
    if file is not None:
        return node_file_object(file)
    return dict.fromkeys(("file", "length", "modified", "md5", "sha1"))


def node_file_object(file: NodeFile) -> dict[str, object]:
    """Return a file on a node."""
    return {
        "file": file.name,
        "length": len(file.data),
        "modified": rfc3339(file.modified),
        "md5": file.md5,
        "sha1": file.sha1,
    }


def file_state_object(state: FileState | None) -> dict[str, object] | None:
    """Return a file on a node and what verifying it gave."""
    if state is None:
        return None
    header = state.verified.list.header if state.verified else None
    return {
        **node_file_object(state.file),
        "verified": state.verified is not None,
        "signer_name": text_of(header.signer_name) if header else None,
        "signer_serial": hexadecimal(header.signer_serial) if header else None,
        "timestamp": rfc3339(header.timestamp) if header else None,
        "error": error_value(state.error),
    }


def status_object(status: Status) -> dict[str, object]:
    """Return what a node holds."""
    return {
        "node": status.node,
        "mode": status.mode,
        "present": file_state_object(status.present),
        "kept": file_state_object(status.kept),
        "error": error_value(status.error),
    }
