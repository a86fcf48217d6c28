"""Certificates for tests and practice, made to exact sizes and with old algorithms.

Rules:

- Everything but the keys is fixed: the same spec with the same RSA key gives the same bytes.
- A certificate is made with asn1crypto, because cryptography refuses to make SHA-1 ones, and an RSA
  key signs a DigestInfo that is made here: some systems' policies forbid OpenSSL to sign SHA-1.
- `size` asks for an exact DER length. It is reached with one unknown extension of zero bytes.
  DER skips some lengths where a length field grows: a unique identifier of the issuer fills those
  gaps. Names and serial stay as asked for.
- Names are written in certificate order, as PrintableString where the text allows it.
- Nothing here is for real use: the keys are made for the purpose and guarded by nobody.
"""

from __future__ import annotations

import dataclasses
import hashlib
import re
from datetime import UTC, datetime
from typing import Literal, TypeAlias

from asn1crypto import algos, core, keys, pem, x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import NoDigestInfo

__all__ = [
    "CertificateSpec",
    "Credential",
    "DigestName",
    "KeyKind",
    "Name",
    "PrivateKey",
    "SizeError",
    "make_certificate",
    "make_key",
    "name",
    "named_key",
]

Name: TypeAlias = tuple[tuple[str, str], ...]
DigestName: TypeAlias = Literal["sha1", "sha256", "sha512"]
KeyKind: TypeAlias = int | Literal["p256", "p384", "p521"]
PrivateKey: TypeAlias = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey

_NAME_TYPES = {
    "CN": "common_name",
    "OU": "organizational_unit_name",
    "O": "organization_name",
    "L": "locality_name",
    "ST": "state_or_province_name",
    "C": "country_name",
}
_PRINTABLE = re.compile(r"[A-Za-z0-9 '()+,./:=?-]*")
_CURVES: dict[str, type[ec.EllipticCurve]] = {
    "p256": ec.SECP256R1,
    "p384": ec.SECP384R1,
    "p521": ec.SECP521R1,
}
_DIGESTS: dict[str, type[hashes.HashAlgorithm]] = {
    "sha1": hashes.SHA1,
    "sha256": hashes.SHA256,
    "sha512": hashes.SHA512,
}
_named_keys: dict[tuple[str, KeyKind], PrivateKey] = {}
# Under the enterprise number that RFC 5612 keeps for examples, so that no reader knows it.
_PADDING_NUMBER = "1.3.6.1.4.1.32473"
_BASIC_CONSTRAINTS: dict[str, object] = {
    "extn_id": "basic_constraints",
    "critical": True,
    "extn_value": {"ca": True},
}
# The version field of a certificate with extensions, an INTEGER in an explicit tag.
_VERSION_SIZE = 5


class SizeError(ValueError):
    """A certificate of this spec cannot have the DER length that was asked for."""


@dataclasses.dataclass(frozen=True, slots=True)
class CertificateSpec:
    """What a certificate says, apart from its keys.

    `subject` and `issuer` are names in certificate order, or text for `name`. Without an issuer
    the name of the issuing credential is taken, and without one of those the subject. `size` is
    the exact length of the DER in bytes, or None for the length that comes out.
    """

    subject: Name | str
    issuer: Name | str | None = None
    serial: int = 1
    digest: DigestName = "sha1"
    not_before: datetime = datetime(2010, 1, 1, tzinfo=UTC)
    not_after: datetime = datetime(2049, 12, 31, 23, 59, 59, tzinfo=UTC)
    size: int | None = None
    ca: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class Credential:
    """A certificate in DER with the private key that belongs to it."""

    der: bytes = dataclasses.field(repr=False)
    key: PrivateKey = dataclasses.field(repr=False)

    @property
    def certificate_pem(self) -> bytes:
        """The certificate as PEM."""
        return bytes(pem.armor("CERTIFICATE", self.der))

    @property
    def key_pem(self) -> bytes:
        """The private key as unencrypted PKCS#8 PEM."""
        return self.key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )

    @property
    def pem(self) -> bytes:
        """Certificate and key in one PEM file, as a signer's file holds them."""
        return self.certificate_pem + self.key_pem

    @property
    def serial(self) -> int:
        """The certificate's serial number."""
        return int(_load(self.der).serial_number)

    @property
    def common_name(self) -> str:
        """The subject's common name with its blanks."""
        return str(_load(self.der).subject.native["common_name"])


def name(text: str) -> Name:
    """Read `CN=a,OU=b`, six attribute types, in the order written; values hold no comma.

    Raises ValueError for anything else.
    """
    return tuple(_pair(piece) for piece in text.split(","))


def make_key(kind: KeyKind = 1024) -> PrivateKey:
    """Make a fresh key: RSA of so many bits with exponent 65537, or on a named curve."""
    if isinstance(kind, int):
        return rsa.generate_private_key(public_exponent=65537, key_size=kind)
    return ec.generate_private_key(_CURVES[kind]())


def named_key(label: str, kind: KeyKind = 1024) -> PrivateKey:
    """Give the key of this label and kind, made at the first call in this process."""
    if (label, kind) not in _named_keys:
        _named_keys[label, kind] = make_key(kind)
    return _named_keys[label, kind]


def make_certificate(
    spec: CertificateSpec, *, key: PrivateKey | None = None, issuer: Credential | None = None
) -> Credential:
    """Make the certificate of `spec`, signed by `issuer` or else by its own key.

    Without `key` it is the RSA-1024 `named_key` of the subject's text. Raises SizeError when
    `spec.size` cannot be reached, ValueError for names or serials that cannot be written.
    """
    if key is None:
        key = named_key(repr(spec.subject))
    signing_key = key if issuer is None else issuer.key
    # An ECDSA signature has no fixed length: take that of one, and later repeat until it fits.
    length = len(_sign(signing_key, spec.digest, b""))
    certificate = _fit(_body(spec, key, issuer), spec, signing_key, length)
    message = certificate["tbs_certificate"].dump()
    signature = _sign(signing_key, spec.digest, message)
    while len(signature) != length:
        signature = _sign(signing_key, spec.digest, message)
    certificate["signature_value"] = core.OctetBitString(signature)
    return Credential(der=certificate.dump(), key=key)


def _pair(piece: str) -> tuple[str, str]:
    kind, equals, value = piece.partition("=")
    if not equals or kind not in _NAME_TYPES:
        raise ValueError(f"{piece!r} is not one of {', '.join(_NAME_TYPES)} with '=' and a value")
    return kind, value


def _name(value: Name | str) -> x509.Name:
    pairs = name(value) if isinstance(value, str) else value
    sets = [x509.RelativeDistinguishedName([_attribute(kind, text)]) for kind, text in pairs]
    return x509.Name(name="", value=x509.RDNSequence(sets))


def _attribute(kind: str, text: str) -> x509.NameTypeAndValue:
    if kind not in _NAME_TYPES:
        raise ValueError(f"{kind!r} is not one of {', '.join(_NAME_TYPES)}")
    form = "printable_string" if _PRINTABLE.fullmatch(text) else "utf8_string"
    return x509.NameTypeAndValue(
        {"type": _NAME_TYPES[kind], "value": x509.DirectoryString(name=form, value=text)}
    )


def _body(spec: CertificateSpec, key: PrivateKey, issuer: Credential | None) -> dict[str, object]:
    if spec.issuer is not None:
        issuer_name = _name(spec.issuer)
    elif issuer is not None:
        issuer_name = _load(issuer.der).subject
    else:
        issuer_name = _name(spec.subject)
    public = key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return {
        "serial_number": spec.serial,
        "issuer": issuer_name,
        "validity": {
            "not_before": x509.Time(name="utc_time", value=spec.not_before),
            "not_after": x509.Time(name="utc_time", value=spec.not_after),
        },
        "subject": _name(spec.subject),
        "subject_public_key_info": keys.PublicKeyInfo.load(public),
    }


def _fit(
    body: dict[str, object], spec: CertificateSpec, signing_key: PrivateKey, length: int
) -> x509.Certificate:
    """Assemble the certificate with a signature still to be filled in, at the size wanted."""
    family = "rsa" if isinstance(signing_key, rsa.RSAPrivateKey) else "ecdsa"
    algorithm = algos.SignedDigestAlgorithm({"algorithm": f"{spec.digest}_{family}"})
    body = {**body, "signature": algorithm}
    bare = _assemble(body, spec, length, None)
    size = len(bare.dump())
    if spec.size is None or spec.size == size:
        return bare
    plain = x509.TbsCertificate({**body, "version": "v1"})
    tail = len(algorithm.dump()) + len(core.OctetBitString(bytes(length)).dump())
    choices = _paddings(len(plain.contents), tail, spec)
    if spec.size not in choices:
        raise SizeError(
            f"a certificate of this spec has {size} bytes, or {min(choices)} and more, "
            f"not {spec.size}"
        )
    return _assemble(body, spec, length, choices[spec.size])


@dataclasses.dataclass(frozen=True, slots=True)
class _Padding:
    """How many bytes the padding extension has, and a unique identifier if there is one."""

    count: int
    unique: bytes | None


def _paddings(plain: int, tail: int, spec: CertificateSpec) -> dict[int, _Padding]:
    """Map each DER length near the one wanted to a padding that gives it.

    `plain` is the length of all fields but version and extensions, `tail` that of what follows
    the signed part. Where the outer length fields grow, no extension gives the length between:
    a unique identifier of the issuer, which lies outside them, does.
    """
    wanted = spec.size or 0
    other = len(x509.Extension(_BASIC_CONSTRAINTS).dump()) if spec.ca else 0
    lowest = max(0, wanted - plain - tail - other - 100)
    identifier = len(core.ObjectIdentifier(_PADDING_NUMBER).dump())
    found: dict[int, _Padding] = {}
    for unique in (None, b"", b"\0", b"\0\0", b"\0\0\0"):
        outside = 0 if unique is None else _element(1 + len(unique))
        for count in range(lowest, lowest + 101):
            extension = _element(identifier + _element(count))
            signed = plain + _VERSION_SIZE + outside + _element(_element(other + extension))
            found.setdefault(_element(_element(signed) + tail), _Padding(count, unique))
    return found


def _element(content: int) -> int:
    """Give the DER length of an element whose content has this length."""
    octets = 0 if content < 0x80 else (content.bit_length() + 7) // 8
    return 2 + octets + content


def _assemble(
    body: dict[str, object], spec: CertificateSpec, length: int, fill: _Padding | None
) -> x509.Certificate:
    extensions = [_BASIC_CONSTRAINTS] if spec.ca else []
    fields = dict(body)
    if fill is not None:
        extensions.append({"extn_id": _PADDING_NUMBER, "extn_value": bytes(fill.count)})
        if fill.unique is not None:
            fields["issuer_unique_id"] = core.OctetBitString(fill.unique)
    fields |= {"version": "v3", "extensions": extensions} if extensions else {"version": "v1"}
    return x509.Certificate(
        {
            "tbs_certificate": x509.TbsCertificate(fields),
            "signature_algorithm": body["signature"],
            "signature_value": core.OctetBitString(bytes(length)),
        }
    )


def _sign(key: PrivateKey, digest: DigestName, message: bytes) -> bytes:
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(_digest_info(digest, message), padding.PKCS1v15(), NoDigestInfo())
    return key.sign(message, ec.ECDSA(_DIGESTS[digest]()))


def _digest_info(digest: DigestName, message: bytes) -> bytes:
    algorithm = algos.DigestAlgorithm({"algorithm": digest, "parameters": core.Null()})
    hashed = hashlib.new(digest, message, usedforsecurity=False).digest()
    return bytes(algos.DigestInfo({"digest_algorithm": algorithm, "digest": hashed}).dump())


def _load(der: bytes) -> x509.Certificate:
    return x509.Certificate.load(der)
