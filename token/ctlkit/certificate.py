"""X.509 certificates as trust lists need them: names, serial, key, dates; never a chain.

Rules:

* A certificate is what its bytes say. SHA-1, MD5, 1024 bits, dates long past are facts to report,
  not reasons to refuse reading: phones have such certificates and lists must be checked.
* Names keep the order of the certificate; the texts of the three dialects are made in
  :mod:`ctlkit.names`.
* The serial is the content of the DER INTEGER, big-endian.

Sources: RFC 5280; docs/format.md, record and profiles.
"""

from __future__ import annotations

import binascii
import datetime as dt
import hashlib
from dataclasses import dataclass, field
from functools import lru_cache

from ctlkit.der import DerError, Value, children, integer, only, read
from ctlkit.errors import InputError

__all__ = [
    "Attribute",
    "Certificate",
    "EcKey",
    "Name",
    "OtherKey",
    "PublicKey",
    "RsaKey",
    "rsa_key",
]

_MAX_CERTIFICATE = 0xFFFF
"""Bytes; a record cannot hold a longer one."""

_SEQUENCE, _OID, _BITS, _BOOLEAN = 0x30, 0x06, 0x03, 0x01
_RSA_OIDS = frozenset({"1.2.840.113549.1.1.1", "1.2.840.113549.1.1.10"})
_EC_OID = "1.2.840.10045.2.1"
_BASIC_CONSTRAINTS = "2.5.29.19"
_LONGEST_OID = 128
_STRINGS = {0x0C: "utf-8", 0x1E: "utf-16-be", 0x1C: "utf-32-be", 0x14: "latin-1"}


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute of a name: its object identifier, its value, and the value's DER."""

    oid: str
    value: str
    der: bytes = field(repr=False)


Name = tuple[tuple[Attribute, ...], ...]
"""The relative distinguished names in the order of the certificate."""


@dataclass(frozen=True, slots=True)
class RsaKey:
    """An RSA public key."""

    modulus: int
    exponent: int

    @property
    def size(self) -> int:
        """Bytes of the modulus, and so of a signature."""
        return (self.modulus.bit_length() + 7) // 8

    @property
    def bits(self) -> int:
        """Bits of the modulus."""
        return self.modulus.bit_length()


@dataclass(frozen=True, slots=True)
class EcKey:
    """An elliptic-curve public key: the curve's object identifier and the X9.62 point."""

    curve: str
    point: bytes

    @property
    def bits(self) -> int:
        """Bits of a coordinate, which names the usual curves."""
        return (len(self.point) - 1) // 2 * 8


@dataclass(frozen=True, slots=True)
class OtherKey:
    """A key of a kind that no list is known to use."""

    algorithm: str

    @property
    def bits(self) -> int:
        """Not known."""
        return 0


PublicKey = RsaKey | EcKey | OtherKey


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate that was read.

    Attributes:
        der: all its bytes.
        serial: content bytes of the serial's INTEGER, big-endian.
        issuer, subject: names in the order of the certificate.
        not_before, not_after: seconds since 1970, UTC.
        public_key: the key as numbers.
        key_bytes: the key as a PUBLICKEY field has it: RSAPublicKey in DER, or an EC point.
        signature: the certificate's own signature value.
        is_ca: whether basic constraints say that it is a CA.
    """

    der: bytes = field(repr=False)
    serial: bytes
    issuer: Name
    subject: Name
    not_before: int
    not_after: int
    public_key: PublicKey
    key_bytes: bytes = field(repr=False)
    signature: bytes = field(repr=False)
    is_ca: bool

    @classmethod
    def from_der(cls, data: bytes) -> Certificate:
        """Read a certificate.

        Raises:
            InputError: the bytes are no X.509 certificate.
        """
        try:
            return _parse(data)
        except (DerError, ValueError, OverflowError) as error:
            raise InputError("certificate-unreadable", reason=error) from None

    @classmethod
    def load(cls, data: bytes) -> Certificate:
        """Read a certificate in DER or PEM; of a PEM file the first certificate counts.

        Raises:
            InputError: there is no X.509 certificate in the bytes.
        """
        begin, end = b"-----BEGIN CERTIFICATE-----", b"-----END CERTIFICATE-----"
        start = data.find(begin)
        if start < 0:
            return cls.from_der(data)
        stop = data.find(end, start)
        try:
            if stop < 0:
                raise ValueError("PEM block without an end")
            der = binascii.a2b_base64(b"".join(data[start + len(begin) : stop].split()))
        except ValueError as error:
            raise InputError("certificate-unreadable", reason=error) from None
        return cls.from_der(der)

    @property
    def common_name(self) -> str:
        """The subject's last common name with its blanks, empty where there is none."""
        names = [item.value for part in self.subject for item in part if item.oid == "2.5.4.3"]
        return names[-1] if names else ""

    @property
    def serial_number(self) -> int:
        """The serial as a number."""
        return int.from_bytes(self.serial, "big", signed=True)

    def fingerprint(self, hash_name: str = "sha256") -> bytes:
        """Return the hash of the whole certificate."""
        return hashlib.new(hash_name, self.der, usedforsecurity=False).digest()


@lru_cache(maxsize=256)
def _parse(data: bytes) -> Certificate:
    if len(data) > _MAX_CERTIFICATE:
        raise DerError("longer than a record can hold")
    outer = list(children(only(data, _SEQUENCE)))
    if len(outer) != 3 or outer[0].tag != _SEQUENCE:
        raise DerError("not a certificate")
    inside = list(children(outer[0]))
    if inside and inside[0].tag == 0xA0:
        del inside[0]
    if len(inside) < 6:
        raise DerError("not a certificate")
    serial, _algorithm, issuer, validity, subject, key_info = inside[:6]
    integer(serial)
    begins, ends = _exactly(validity, 2)
    public_key, key_bytes = _key(key_info)
    return Certificate(
        der=data,
        serial=serial.content,
        issuer=_name(issuer),
        subject=_name(subject),
        not_before=_time(begins),
        not_after=_time(ends),
        public_key=public_key,
        key_bytes=key_bytes,
        signature=_bit_string(outer[2]),
        is_ca=_is_ca(inside[6:]),
    )


def _exactly(value: Value, count: int) -> list[Value]:
    found = list(children(value))
    if len(found) != count:
        raise DerError("unexpected number of parts")
    return found


def _bit_string(value: Value) -> bytes:
    if value.tag != _BITS or not value.content or value.content[0] != 0:
        raise DerError("not a BIT STRING of whole bytes")
    return value.content[1:]


@lru_cache(maxsize=256)
def _oid(content: bytes) -> str:
    if not content or len(content) > _LONGEST_OID or content[-1] & 0x80:
        raise DerError("not an OBJECT IDENTIFIER")
    arcs, arc = [], 0
    for byte in content:
        arc = arc << 7 | byte & 0x7F
        if not byte & 0x80:
            arcs.append(arc)
            arc = 0
    first = min(arcs[0] // 40, 2)
    return ".".join(map(str, [first, arcs[0] - 40 * first, *arcs[1:]]))


def _name(value: Value) -> Name:
    parts = []
    for part in children(value):
        attributes = []
        for item in children(part):
            kind, text = _exactly(item, 2)
            codec = _STRINGS.get(text.tag, "latin-1")
            shown = text.content.decode(codec, "backslashreplace")
            attributes.append(Attribute(_oid(kind.content), shown, text.whole))
        parts.append(tuple(attributes))
    return tuple(parts)


def _time(value: Value) -> int:
    text = value.content.decode("ascii")
    if value.tag == 0x17:
        text = ("19" if text[:2] >= "50" else "20") + text
    elif value.tag != 0x18:
        raise DerError("not a time")
    if len(text) == 13:  # older encoders left the seconds out
        text = f"{text[:12]}00Z"
    if len(text) != 15 or text[-1] != "Z" or not text[:14].isdigit():
        raise DerError("not a time in UTC")
    moment = dt.datetime.fromisoformat(f"{text[:8]}T{text[8:]}")
    return int(moment.timestamp())


def _key(info: Value) -> tuple[PublicKey, bytes]:
    algorithm, bits = _exactly(info, 2)
    key_bytes = _bit_string(bits)
    parts = list(children(algorithm))
    if not parts or parts[0].tag != _OID:
        raise DerError("not an algorithm")
    oid = _oid(parts[0].content)
    if oid in _RSA_OIDS:
        return _rsa_key(key_bytes), key_bytes
    if oid == _EC_OID:
        curve = _oid(parts[1].content) if len(parts) > 1 and parts[1].tag == _OID else ""
        return EcKey(curve, key_bytes), key_bytes
    return OtherKey(oid), key_bytes


def _rsa_key(data: bytes) -> RsaKey:
    modulus, exponent = (integer(part) for part in _exactly(only(data, _SEQUENCE), 2))
    if modulus <= 0 or exponent <= 0:
        raise DerError("not an RSA key")
    return RsaKey(modulus, exponent)


@lru_cache(maxsize=256)
def rsa_key(data: bytes) -> RsaKey:
    """Read an RSAPublicKey (PKCS#1, DER), the value of a PUBLICKEY field.

    Raises:
        InputError: the bytes are none.
    """
    try:
        return _rsa_key(data)
    except (DerError, ValueError) as error:
        raise InputError("key-unreadable", reason=error) from None


def _is_ca(rest: list[Value]) -> bool:
    for part in rest:
        if part.tag != 0xA3:
            continue
        for extension in children(only(part.content, _SEQUENCE)):
            items = list(children(extension))
            if len(items) < 2 or _oid(items[0].content) != _BASIC_CONSTRAINTS:
                continue
            constraints, _ = read(items[-1].content)
            flags = [item for item in children(constraints) if item.tag == _BOOLEAN]
            return bool(flags and flags[0].content != b"\0")
    return False
