"""What is weak or odd about a list whose signature is right; no I/O.

Rules:

* Nothing here refuses anything: a list of tokens sold in 2005, SHA-1 and 1024 bits throughout, is
  right and is reported.
* Reported are: SHA-1, a digest never seen in use, keys under 2048 bits, certificates that ran out
  or are not readable, fewer than two SAST records, a size that phones refuse, records whose
  PUBLICKEY or serial is not their certificate's, a SIGNATUREMODULUS that is not the key's.
* Removing an ITLRecovery or CallManager record is never advised.

Source: docs/format.md, signature and limits.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import lru_cache
from typing import NamedTuple

from ctlkit.certificate import Certificate, OtherKey, RsaKey
from ctlkit.codec import PHONE_LIMIT
from ctlkit.errors import InputError
from ctlkit.messages import Message, Severity
from ctlkit.trustlist import SIGNER_LENGTHS, Digest, Record, SignedFile, TrustList, text_of

__all__ = ["weak_points"]

_SHORT_KEY = 2048
_ENOUGH_SAST = 2


def weak_points(
    value: TrustList | SignedFile, key: RsaKey, digest: Digest, now: int | None = None
) -> tuple[Message, ...]:
    """Return the warnings about a file.

    Args:
        value: the file.
        key: the signer's key.
        digest: the hash that was signed.
        now: seconds since 1970, UTC; None leaves dates unjudged.
    """
    found = []
    if digest is Digest.SHA1:
        found.append(Message("weak-sha1", severity=Severity.NOTE))
    elif digest is Digest.SHA256:
        found.append(Message("digest-unseen", {"digest": "SHA-256"}))
    if key.bits < _SHORT_KEY:
        found.append(Message("weak-signer-key", {"bits": key.bits}, Severity.NOTE))
    if key.size not in SIGNER_LENGTHS or key.bits != key.size * 8:
        found.append(Message("signer-key-size", {"bits": key.bits}))
    index = value.header.modulus_index
    if index is None or index > 15 or 64 << index != key.size:
        found.append(Message("modulus-index", {"index": index, "length": key.size}))
    if isinstance(value, TrustList):
        found += _list_points(value, now)
    return tuple(found)


def _list_points(value: TrustList, now: int | None) -> list[Message]:
    found = []
    if len(value.raw) > PHONE_LIMIT:
        found.append(Message("over-phone-limit", {"size": len(value.raw), "limit": PHONE_LIMIT}))
    sast = [record for record in value.records if record.is_sast]
    different = len({record.certificate or record.public_key for record in sast})
    if different < _ENOUGH_SAST:
        found.append(Message("few-sast", {"count": different}))
    short = []
    for number, record in enumerate(value.records, 1):
        facts = _facts(record.certificate, record.public_key, record.serial)
        if facts.has_short_key:
            short.append(str(number))
        expired = now is not None and facts.not_after is not None and facts.not_after < now
        if facts.codes or expired:
            found += _record_points(number, record, facts, expired=expired)
    if short:
        found.append(Message("weak-record-keys", {"records": ", ".join(short)}, Severity.NOTE))
    return found


class _Facts(NamedTuple):
    """What is odd about a certificate and the fields beside it."""

    codes: tuple[str, ...] = ()
    reason: str = ""
    has_short_key: bool = False
    not_after: int | None = None


@lru_cache(maxsize=256)  # the lists of one cluster hold the same certificates again and again
def _facts(der: bytes | None, key_field: bytes | None, serial_field: bytes | None) -> _Facts:
    if not der:
        return _Facts()
    try:
        certificate = Certificate.from_der(der)
    except InputError as error:
        return _Facts(("record-certificate-unreadable",), str(error))
    codes = []
    if key_field is not None and key_field != certificate.key_bytes:
        codes.append("record-key-differs")
    serial, own = (serial_field or b"").strip(b"\0"), certificate.serial.strip(b"\0")
    if serial not in (own, own[::-1]):
        codes.append("record-serial-differs")
    key = certificate.public_key
    if isinstance(key, OtherKey):
        codes.append("record-key-unknown")
    short = isinstance(key, RsaKey) and key.bits < _SHORT_KEY
    return _Facts(tuple(codes), "", short, certificate.not_after)


def _record_points(
    number: int, record: Record, facts: _Facts, *, expired: bool
) -> Iterator[Message]:
    values = {"record": number, "subject": text_of(record.subject), "reason": facts.reason}
    for code in facts.codes:
        yield Message(code, values)
    if expired and facts.not_after is not None:
        yield Message("expired", {**values, "date": _date(facts.not_after)})


def _date(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d")
