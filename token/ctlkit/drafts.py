"""Making what is to be signed: records, and the header around them.

Rules:

* Lengths are computed here, once, for the signature that is to come; nothing changes when it is
  put in, and the header is padded to a multiple of four.
* Signers are RSA keys of 1024, 2048 or 4096 bits: the format has no number for another length.
* The header names the signer with the bytes of its record, so that the two compare equal.

Source: docs/format.md, header, record and signature.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence

from ctlkit.certificate import Certificate, RsaKey
from ctlkit.codec import encode
from ctlkit.errors import RuleError
from ctlkit.names import list_text
from ctlkit.profiles import Identity, Profile
from ctlkit.trustlist import (
    CONFIG_VERSION,
    LIST_VERSION,
    SIGNATURE_LENGTHS,
    SIGNER_LENGTHS,
    Container,
    Digest,
    Draft,
    Element,
    Field,
    Function,
    Header,
    HeaderTag,
    Record,
    RecordTag,
)

__all__ = [
    "draft",
    "identity_of",
    "make_record",
    "non_secure_record",
    "signature_length",
]

_NO_ADDRESS = bytes(4)


def signature_length(certificate: Certificate) -> int:
    """Return the bytes of the signatures that the key of a certificate makes.

    Raises:
        RuleError: the key is no RSA key of 1024, 2048 or 4096 bits.
    """
    key = certificate.public_key
    if isinstance(key, RsaKey) and key.bits == key.size * 8 and key.size in SIGNER_LENGTHS:
        return key.size
    kind = "RSA" if isinstance(key, RsaKey) else type(key).__name__.removesuffix("Key").upper()
    raise RuleError("signer-key-unusable", rule=0, kind=kind, bits=key.bits)


def make_record(
    profile: Profile,
    function: int,
    certificate: Certificate,
    *,
    dns: str = "",
    address: str | None = None,
    token: bool | None = None,
) -> Record:
    """Return a record in a dialect.

    Args:
        profile: the dialect.
        function: the role, a :class:`Function` or any other number up to 65,535.
        certificate: whose record it is.
        dns: what DNSNAME holds, where the dialect has one.
        address: IPv4 or IPv6 address for IPADDRESS, None for 0.0.0.0.
        token: whether names are those of a token; by default those of every SAST record.

    Raises:
        RuleError: the record is longer than its length can say, or ``dns`` is no text.
    """
    if token is None:
        token = function == Function.SAST
    who = profile.identity(certificate, token=token)
    values = {
        RecordTag.DNSNAME: _text(dns),
        RecordTag.SUBJECTNAME: who.subject,
        RecordTag.FUNCTION: function.to_bytes(2, "big"),
        RecordTag.ISSUERNAME: who.issuer,
        RecordTag.SERIALNUMBER: who.serial,
        RecordTag.PUBLICKEY: certificate.key_bytes,
        RecordTag.CERTIFICATE: certificate.der,
        RecordTag.IPADDRESS: ipaddress.ip_address(address).packed if address else _NO_ADDRESS,
    }
    if profile.certificate_signature:
        values[RecordTag.SIGNATURE] = certificate.signature
    return _with_length(profile, values)


def _text(text: str) -> bytes:
    """Return a name that a person gave as a field holds it."""
    try:
        if "\0" not in text:
            return list_text(text)
    except UnicodeEncodeError:
        pass
    raise RuleError("text-unwritable", rule=0, text=text)


def non_secure_record(profile: Profile, record: Record) -> Record:
    """Return the short form that a CCM+TFTP record has in a cluster that is not secure.

    DNSNAME, FUNCTION and IPADDRESS stay, 33 bytes for an address of 12 characters.
    """
    kept = (RecordTag.DNSNAME, RecordTag.FUNCTION, RecordTag.IPADDRESS)
    values = {tag: value for tag in kept if (value := record.get(tag)) is not None}
    return _with_length(profile, values)


def _with_length(profile: Profile, values: dict[RecordTag, bytes]) -> Record:
    fields = [Field(tag, values[tag]) for tag in profile.field_order if tag in values]
    length = 5 + sum(3 + len(item.value) for item in fields)
    if length > 0xFFFF:
        raise RuleError("record-too-long", rule=0, length=length)
    return Record((Field(RecordTag.RECORDLENGTH, length.to_bytes(2, "big")), *fields))


def identity_of(record: Record) -> Identity:
    """Return names and serial as a record has them, for a header or another record."""
    return Identity(record.subject or b"\0", record.issuer or b"\0", record.serial or b"")


def draft(
    profile: Profile,
    content: Sequence[Record] | bytes,
    *,
    signer: Certificate,
    identity: Identity | None = None,
    digest: Digest,
    timestamp: int,
    filename: str,
    signer_version: bytes | None = None,
) -> Draft:
    """Return a list (of records) or a signed file (of bytes) that waits for its signature.

    Args:
        profile: the dialect.
        content: the records of a list, or the plain file of a signed file.
        signer: whose key will sign.
        identity: names and serial of the signer as its record has them.
        digest: the hash to sign.
        timestamp: seconds since 1970, UTC.
        filename: the name inside the header.
        signer_version: the value of tag 28; None takes the dialect's own, if it has one.

    Raises:
        RuleError: the signer's key cannot sign lists, or the time does not fit.
    """
    length = signature_length(signer)
    if not 0 <= timestamp <= 0xFFFFFFFF:
        raise RuleError("timestamp-out-of-range", rule=0, timestamp=timestamp)
    is_list = not isinstance(content, bytes)
    version28 = (signer_version or profile.signer_version) if is_list else None
    who = identity or profile.identity(signer, token=is_list)
    names = {
        HeaderTag.SIGNERNAME: who.subject,
        HeaderTag.SERIALNUMBER: who.serial,
        HeaderTag.CANAME: who.issuer,
    }
    modulus = SIGNATURE_LENGTHS.index(length)
    fields: list[Element] = [
        *([Field(HeaderTag.SIGNERVERSION, version28)] if version28 else []),
        Container(
            HeaderTag.SIGNERID, tuple(Field(tag, names[tag]) for tag in profile.signer_order)
        ),
        Container(
            HeaderTag.SIGNATUREINFO,
            (
                Field(HeaderTag.DIGESTALGORTITHM, bytes((digest,))),
                Container(
                    HeaderTag.SIGNATUREALGOINFO,
                    (
                        Field(HeaderTag.SIGNATUREALGORTITHM, bytes((profile.algorithm,))),
                        Field(HeaderTag.SIGNATUREMODULUS, bytes((modulus,))),
                    ),
                ),
            ),
        ),
        Field(HeaderTag.FILENAME, _text(filename)),
        Field(HeaderTag.TIMESTAMP, timestamp.to_bytes(4, "big")),
    ]
    position = len(fields)  # of VERSION and HEADERLENGTH before, FILENAME and TIMESTAMP after
    version = LIST_VERSION if is_list else CONFIG_VERSION
    return Draft(
        header=_padded(version, tuple(fields), length),
        position=position,
        signature_length=length,
        content=content if isinstance(content, bytes) else tuple(content),
        signer=signer.der,
    )


def _padded(version: bytes, fields: tuple[Element, ...], signature: int) -> Header:
    """Return the header with its version, its final length and its padding."""

    def header(length: int, padding: int) -> Header:
        return Header(
            (
                Field(HeaderTag.VERSION, version),
                Field(HeaderTag.HEADERLENGTH, length.to_bytes(2, "big")),
                *fields,
                *[Field(HeaderTag.PADDING, b"")] * padding,
            )
        )

    bare = len(encode(Draft(header(0, 0), 0, 0, b"", b""))) + 3 + signature
    padding = -bare % 4
    if bare + padding > 0xFFFF:
        raise RuleError("header-too-long", rule=0, length=bare + padding)
    return header(bare + padding, padding)
