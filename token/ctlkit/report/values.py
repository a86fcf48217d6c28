"""How single values stand in JSON."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from ctlkit.certificate import Certificate
from ctlkit.errors import CtlkitError, InputError
from ctlkit.messages import Message

__all__ = [
    "certificate_object",
    "error_value",
    "hexadecimal",
    "message_objects",
    "rfc3339",
]


def hexadecimal(value: bytes | None) -> str | None:
    """Return bytes as lower-case hexadecimal."""
    return None if value is None else value.hex()


def rfc3339(seconds: float | None) -> str | None:
    """Return seconds since 1970 as RFC 3339 in UTC, None where no calendar holds them."""
    if seconds is None:
        return None
    try:
        moment = datetime.fromtimestamp(int(seconds), UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def message_objects(messages: Iterable[Message]) -> list[dict[str, object]]:
    """Return warnings and notes."""
    return [
        {
            "code": message.code,
            "severity": message.severity.value,
            "message": message.text,
            "advice": message.advice,
        }
        for message in messages
    ]


def error_value(error: CtlkitError | None) -> dict[str, object] | None:
    """Return an error, with the place in the file where it has one."""
    if error is None:
        return None
    value: dict[str, object] = {
        "code": error.code,
        "message": str(error),
        "advice": error.advice,
    }
    for name in ("offset", "path", "rule", "ckr", "function"):
        if getattr(error, name, None) is not None:
            value[name] = getattr(error, name)
    return value


def certificate_object(der: bytes) -> dict[str, object]:
    """Return what a person compares of a certificate."""
    from ctlkit.names import rfc4514_name

    try:
        certificate = Certificate.from_der(der)
    except InputError as error:
        return {"certificate": der.hex(), "unreadable": str(error)}
    return {
        "certificate": der.hex(),
        "subject": rfc4514_name(certificate.subject),
        "issuer": rfc4514_name(certificate.issuer),
        "serial": certificate.serial.hex(),
        "not_before": rfc3339(certificate.not_before),
        "not_after": rfc3339(certificate.not_after),
        "key_bits": certificate.public_key.bits,
        "sha1": certificate.fingerprint("sha1").hex(),
        "sha256": certificate.fingerprint("sha256").hex(),
    }
