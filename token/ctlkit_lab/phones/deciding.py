"""When a phone accepts a list: the phones' own rules, no I/O.

Rules:

1. A phone that holds neither a CTL nor an ITL takes what its first restart brings on trust, as
   far as it is signed by an entry of its own.
2. Else the signer must be a SAST entry of the list *the phone has*, by issuer and serial, and the
   signature is checked with the key of the entry **there**: the same issuer and serial with
   another key is refused, and nobody else is asked.
3. Else it is checked with the key of the certificate by which the trust service vouched.
4. Of that entry the certificate's key counts. A PUBLICKEY beside it that differs makes it
   worthless; without a certificate PUBLICKEY serves.
5. Whether phones can check anything but SHA-1, or a key over 2,048 bits, is not published: these
   phones do not. A list over 64 KB is refused.

Nothing of :mod:`ctlkit.verify` is used: what these phones do is a proof only because it was
written a second time.

Source: docs/cluster.md, when a phone accepts a new list, phone models; docs/format.md, signature.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

from ctlkit.certificate import Certificate, PublicKey, RsaKey, rsa_key
from ctlkit.codec import PHONE_LIMIT, decode
from ctlkit.errors import CtlkitError, InputError, SignatureError, UntrustedError
from ctlkit.messages import printable, wording
from ctlkit.signing import check_rsa, digest_info, signed_bytes
from ctlkit.trustlist import Digest, Function, Record, TrustList, text_of

__all__ = [
    "FIRST_ITL_ON_TRUST",
    "LARGEST_PROVEN_KEY",
    "PROVEN_DIGESTS",
    "Signer",
    "Verdict",
    "check_with_certificate",
    "check_with_entry",
    "entry_of",
    "read_offer",
    "signer_of",
    "trust_service_certificates",
]

PROVEN_DIGESTS = frozenset({Digest.SHA1})
"""The digests that phones are known to check (rule 5)."""

LARGEST_PROVEN_KEY = 2048
"""Bits of the longest key that phones are known to check (rule 5)."""

FIRST_ITL_ON_TRUST = True
"""Whether a phone that holds nothing takes its first ITL on trust too, where its first CTL does
not know the ITL's signer. Published for "the first file"; an inference for the second one."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a phone decided about a list, and why.

    Attributes:
        accepted: None where there was nothing to decide.
        code: the stable key of the text.
        values: the facts that the text names: texts and numbers.
    """

    accepted: bool | None
    code: str
    values: Mapping[str, str | int] = field(default_factory=dict)

    @classmethod
    def of(cls, accepted: bool | None, error: CtlkitError) -> Self:
        """Return the verdict that an error stands for."""
        return cls(accepted, error.code, {name: _plain(of) for name, of in error.values.items()})

    @property
    def text(self) -> str:
        """Why, in English."""
        return wording(self.code, self.values)[0]

    @property
    def advice(self) -> str:
        """What to do about it, in English; empty where nothing is to be done."""
        return wording(self.code, self.values)[1]


def _plain(value: object) -> str | int:
    return int(value) if isinstance(value, int) else printable(value)


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signed a list, with the bytes of its header, NULs included."""

    subject: bytes
    issuer: bytes
    serial: bytes

    @property
    def text(self) -> str:
        """Subject and serial for messages."""
        return f"{text_of(self.subject)} ({self.serial.hex(':').upper()})"


def read_offer(data: bytes, name: str) -> TrustList:
    """Read a file that a server offers.

    Args:
        data: its bytes.
        name: the name under which it was asked for.

    Raises:
        FormatError: it is no list.
        UntrustedError: ``phone-list-too-long`` or ``phone-list-other-kind``.
    """
    if len(data) > PHONE_LIMIT:
        raise UntrustedError("phone-list-too-long", size=len(data), limit=PHONE_LIMIT)
    value = decode(data)
    if not isinstance(value, TrustList):
        raise UntrustedError("phone-list-other-kind", name=name)
    return value


def signer_of(value: TrustList) -> Signer:
    """Return who the header says has signed.

    Raises:
        UntrustedError: ``phone-signer-unnamed``.
    """
    header = value.header
    if not header.signer_serial or header.signer_issuer is None:
        raise UntrustedError("phone-signer-unnamed")
    return Signer(header.signer_name or b"\0", header.signer_issuer, header.signer_serial)


def entry_of(value: TrustList, signer: Signer) -> Record | None:
    """Return the SAST entry of a list that has a signer's issuer and serial (rule 2)."""
    for record in value.records:
        if record.function != Function.SAST or record.serial != signer.serial:
            continue
        if text_of(record.issuer) == text_of(signer.issuer):
            return record
    return None


def check_with_entry(offer: TrustList, entry: Record, signer: Signer) -> None:
    """Check the signature of a list with the key of an entry (rules 2 and 4).

    Raises:
        SignatureError: the entry's key did not make it, or the entry is worthless.
        UntrustedError: the key is none that phones are known to check.
    """
    key: PublicKey
    try:
        if entry.certificate:
            certificate = Certificate.from_der(entry.certificate)
            key = certificate.public_key
            if entry.public_key is not None and entry.public_key != certificate.key_bytes:
                raise SignatureError("phone-key-doubtful", signer=signer.text)
        else:
            key = rsa_key(entry.public_key or b"")
    except InputError as error:
        raise UntrustedError("phone-key-unusable", signer=signer.text, reason=error) from error
    _check(offer, key, signer)


def check_with_certificate(offer: TrustList, der: bytes, signer: Signer) -> None:
    """Check the signature of a list with the certificate that the trust service sent (rule 3).

    Raises:
        SignatureError: the certificate's key did not make it.
        UntrustedError: the key is none that phones are known to check.
    """
    try:
        key = Certificate.from_der(der).public_key
    except InputError as error:
        raise UntrustedError("phone-key-unusable", signer=signer.text, reason=error) from error
    _check(offer, key, signer)


def _check(offer: TrustList, key: PublicKey, signer: Signer) -> None:
    if not isinstance(key, RsaKey):
        kind = type(key).__name__.removesuffix("Key").upper()
        raise UntrustedError("phone-key-unusable", signer=signer.text, reason=kind)
    if key.bits > LARGEST_PROVEN_KEY:
        raise UntrustedError("phone-key-unproven", bits=key.bits)
    number = offer.header.digest
    if number not in PROVEN_DIGESTS:
        raise UntrustedError("phone-digest-unproven", number=number)
    signature = offer.header.signature
    if not signature:
        raise UntrustedError("phone-signature-absent")
    info = digest_info(Digest(number), signed_bytes(offer))
    if not check_rsa(key, signature, info):
        raise SignatureError("phone-signature-wrong", signer=signer.text)


def trust_service_certificates(itl: TrustList) -> tuple[bytes, ...]:
    """Return the certificates with which trust services may answer: the TVS records of an ITL."""
    return tuple(
        record.certificate
        for record in itl.records
        if record.function == Function.TVS and record.certificate
    )
