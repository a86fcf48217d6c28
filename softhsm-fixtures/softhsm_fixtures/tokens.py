"""What is on a token: frozen descriptions of eTokens as they should be, and of odd ones.

Rules:

- A TokenSpec is only a description; softhsm_fixtures.store writes it.
- An ordinary eToken is as docs/tokens.md has it: the label is the common name without blanks, one
  RSA-1024 key pair and one certificate of 902 bytes share a CKA_ID, the PIN is Cisco123.
- The same call gives the same keys within one process; no two common names share a key.
"""

from __future__ import annotations

import dataclasses
import functools
import struct
from typing import Literal, TypeAlias

from asn1crypto import core, x509
from asn1crypto import keys as asn1_keys
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from softhsm_fixtures._codes import number
from softhsm_fixtures.certificates import (
    CertificateSpec,
    Credential,
    KeyKind,
    PrivateKey,
    make_certificate,
    named_key,
)
from softhsm_fixtures.etokens import (
    DEFAULT_PIN,
    FIRST_NAME,
    SECOND_NAME,
    etoken_certificate,
    etoken_issuer,
)

__all__ = [
    "HASHLESS",
    "TokenObject",
    "TokenSpec",
    "certificate_object",
    "etoken",
    "foreign_token",
    "mismatched_key",
    "private_key_object",
    "public_key_object",
    "two_certificates",
    "with_ca_certificate",
    "with_data_object",
]

#: `mechanisms=` of a store whose tokens have no hash mechanism: the host must make the DigestInfo.
HASHLESS = "CKM_RSA_PKCS,CKM_RSA_PKCS_KEY_PAIR_GEN"

_DEFAULT_SO_PIN = "Cisco123-so"
_AUTHORITY = 2

#: The attributes of one object, each a CKA_ number and its value as PKCS#11 stores it.
TokenObject: TypeAlias = tuple[tuple[int, bytes], ...]


@dataclasses.dataclass(frozen=True, slots=True)
class TokenSpec:
    """A token to be written: its label of at most 32 bytes, its objects and its PINs.

    `credentials` are the certificates and keys that the objects were made from, for a test to
    compare with, also where the token lacks one of the two.
    """

    label: bytes
    objects: tuple[TokenObject, ...] = dataclasses.field(default=(), repr=False)
    credentials: tuple[Credential, ...] = ()
    pin: str = dataclasses.field(default=DEFAULT_PIN, repr=False)
    so_pin: str = dataclasses.field(default=_DEFAULT_SO_PIN, repr=False)


def certificate_object(
    credential: Credential,
    *,
    label: bytes,
    key_id: bytes = b"\x01",
    private: bool = False,
    authority: bool = False,
) -> TokenObject:
    """Describe a certificate object; `private` hides it before login."""
    parsed = x509.Certificate.load(credential.der)
    fields: dict[str, bytes | int | bool] = {
        "CLASS": number("CKO_CERTIFICATE"),
        "CERTIFICATE_TYPE": number("CKC_X_509"),
        "TOKEN": True,
        "PRIVATE": private,
        "LABEL": label,
        "ID": key_id,
        "SUBJECT": parsed.subject.dump(),
        "ISSUER": parsed.issuer.dump(),
        "SERIAL_NUMBER": parsed["tbs_certificate"]["serial_number"].dump(),
        "VALUE": credential.der,
    }
    if authority:
        fields["CERTIFICATE_CATEGORY"] = _AUTHORITY
    return _attributes(fields)


def private_key_object(
    key: PrivateKey, *, label: bytes, key_id: bytes = b"\x01", always_authenticate: bool = False
) -> TokenObject:
    """Describe a private key that cannot be taken out again and may sign and decrypt."""
    fields: dict[str, bytes | int | bool] = {
        "CLASS": number("CKO_PRIVATE_KEY"),
        "TOKEN": True,
        "PRIVATE": True,
        "SENSITIVE": True,
        "EXTRACTABLE": False,
        "SIGN": True,
        "LABEL": label,
        "ID": key_id,
    }
    if always_authenticate:
        fields["ALWAYS_AUTHENTICATE"] = True
    if isinstance(key, rsa.RSAPrivateKey):
        numbers = key.private_numbers()
        public = numbers.public_numbers
        fields |= {
            "KEY_TYPE": number("CKK_RSA"),
            "DECRYPT": True,
            "MODULUS": _unsigned(public.n),
            "PUBLIC_EXPONENT": _unsigned(public.e),
            "PRIVATE_EXPONENT": _unsigned(numbers.d),
            "PRIME_1": _unsigned(numbers.p),
            "PRIME_2": _unsigned(numbers.q),
            "EXPONENT_1": _unsigned(numbers.dmp1),
            "EXPONENT_2": _unsigned(numbers.dmq1),
            "COEFFICIENT": _unsigned(numbers.iqmp),
        }
    else:
        fields |= {
            "KEY_TYPE": number("CKK_EC"),
            "EC_PARAMS": _curve(key),
            "VALUE": _unsigned(key.private_numbers().private_value),
        }
    return _attributes(fields)


def public_key_object(key: PrivateKey, *, label: bytes, key_id: bytes = b"\x01") -> TokenObject:
    """Describe the public key object that belongs to `key`."""
    fields: dict[str, bytes | int | bool] = {
        "CLASS": number("CKO_PUBLIC_KEY"),
        "TOKEN": True,
        "PRIVATE": False,
        "VERIFY": True,
        "LABEL": label,
        "ID": key_id,
    }
    if isinstance(key, rsa.RSAPrivateKey):
        public = key.public_key().public_numbers()
        fields |= {
            "KEY_TYPE": number("CKK_RSA"),
            "MODULUS": _unsigned(public.n),
            "PUBLIC_EXPONENT": _unsigned(public.e),
        }
    else:
        point = key.public_key().public_bytes(
            serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        )
        fields |= {
            "KEY_TYPE": number("CKK_EC"),
            "EC_PARAMS": _curve(key),
            "EC_POINT": core.OctetString(point).dump(),
        }
    return _attributes(fields)


def etoken(
    common_name: str = FIRST_NAME,
    *,
    bits: KeyKind = 1024,
    certificate: bool = True,
    private_key: bool = True,
    public_key: bool = True,
    key_id: bytes = b"\x01",
    certificate_id: bytes = b"\x01",
    always_authenticate: bool = False,
    private_certificate: bool = False,
    label: str | None = None,
    pin: str = DEFAULT_PIN,
) -> TokenSpec:
    """Describe an eToken; the options leave things out or make them odd.

    Without `certificate` or `private_key` those objects are missing. An empty `key_id`, or one
    that differs from `certificate_id`, leaves the modulus to tell which key belongs to the
    certificate. An `always_authenticate` key asks for the PIN at each signature. The label is the
    common name unless given. A curve as `bits` gives an EC key, which cannot sign a list.
    """
    credential = _etoken(common_name, bits)
    text = (common_name if label is None else label).encode()
    objects: list[TokenObject] = []
    if certificate:
        objects.append(
            certificate_object(
                credential, label=text, key_id=certificate_id, private=private_certificate
            )
        )
    if private_key:
        objects.append(
            private_key_object(
                credential.key, label=text, key_id=key_id, always_authenticate=always_authenticate
            )
        )
    if public_key and private_key:
        objects.append(public_key_object(credential.key, label=text, key_id=key_id))
    return TokenSpec(text, tuple(objects), (credential,), pin)


def foreign_token(
    encoding: Literal["latin-1", "gb18030"] = "latin-1", *, bits: KeyKind = 2048
) -> TokenSpec:
    """Describe a token of another vendor whose labels are text in `encoding`, not UTF-8."""
    text = {"latin-1": "Schlüssel für Köln", "gb18030": "安全令牌 证书"}[encoding]
    spec = CertificateSpec(
        subject=(("CN", "Foreign token"), ("O", "Example")),
        issuer=(("CN", "Example Issuing CA"), ("O", "Example")),
        serial=0x0102030405060708,
        digest="sha256",
    )
    issuer = make_certificate(
        CertificateSpec((("CN", "Example Issuing CA"), ("O", "Example")), ca=True),
        key=named_key("Example Issuing CA", 2048),
    )
    credential = make_certificate(spec, key=named_key("Foreign token", bits), issuer=issuer)
    label = text.encode(encoding)
    return TokenSpec(label, _key_and_certificate(credential, label, b"\x01"), (credential,))


def two_certificates(*, second_key: bool = False) -> TokenSpec:
    """Describe an eToken with two certificates; the second has a key only when asked for."""
    first, second = _etoken(FIRST_NAME, 1024), _etoken(SECOND_NAME, 1024)
    label = FIRST_NAME.encode()
    other = SECOND_NAME.encode()
    objects = _key_and_certificate(first, label, b"\x01")
    if second_key:
        objects += _key_and_certificate(second, other, b"\x02")
    else:
        # Before the first, so that the order on the token does not give the answer.
        objects = (certificate_object(second, label=other, key_id=b"\x02"), *objects)
    return TokenSpec(label, objects, (first, second))


def with_ca_certificate() -> TokenSpec:
    """Describe an eToken that also holds its issuer's certificate, without a key."""
    base = etoken()
    issuer = certificate_object(
        etoken_issuer(), label=b"Cisco Manufacturing CA", key_id=b"\x09", authority=True
    )
    return dataclasses.replace(
        base,
        objects=(issuer, *base.objects),
        credentials=(*base.credentials, etoken_issuer()),
    )


def mismatched_key() -> TokenSpec:
    """Describe an eToken whose key is another's, although its CKA_ID is the certificate's."""
    base = etoken(private_key=False)
    other = named_key("mismatched key", 1024)
    key = private_key_object(other, label=base.label, key_id=b"\x01")
    return dataclasses.replace(base, objects=(*base.objects, key))


def with_data_object() -> TokenSpec:
    """Describe an eToken with a data object.

    SoftHSM takes no objects of a vendor's own class: the fault module's `attribute_value` makes
    this one look like it.
    """
    base = etoken()
    data = _attributes(
        {
            "CLASS": number("CKO_DATA"),
            "TOKEN": True,
            "PRIVATE": False,
            "LABEL": b"vendor data",
            "VALUE": b"\x01\x02\x03",
        }
    )
    return dataclasses.replace(base, objects=(data, *base.objects))


@functools.cache
def _etoken(common_name: str, bits: KeyKind) -> Credential:
    return etoken_certificate(common_name, bits=bits)


def _key_and_certificate(
    credential: Credential, label: bytes, key_id: bytes
) -> tuple[TokenObject, ...]:
    return (
        certificate_object(credential, label=label, key_id=key_id),
        private_key_object(credential.key, label=label, key_id=key_id),
        public_key_object(credential.key, label=label, key_id=key_id),
    )


def _attributes(fields: dict[str, bytes | int | bool]) -> TokenObject:
    return tuple((number(f"CKA_{kind}"), _stored(value)) for kind, value in fields.items())


def _stored(value: bytes | int | bool) -> bytes:
    """Write a value as CK_BBOOL, CK_ULONG or bytes."""
    if isinstance(value, bool):
        return bytes([value])
    return value if isinstance(value, bytes) else struct.pack("@L", value)


def _unsigned(value: int) -> bytes:
    return value.to_bytes((value.bit_length() + 7) // 8)


def _curve(key: ec.EllipticCurvePrivateKey) -> bytes:
    """Write the curve's name as EC_PARAMS has it: the DER of its object identifier."""
    parameters = asn1_keys.ECDomainParameters(name="named", value=key.curve.name)
    return bytes(parameters.dump())
