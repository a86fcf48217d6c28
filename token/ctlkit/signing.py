"""Who signs, how, and the bare check of an RSA signature.

Rules:

* A signer is anything with a certificate, the digests it can do, and ``sign``: a token, a PEM
  file and a test double are the same to everything above.
* Signatures are RSA PKCS#1 v1.5 over a DigestInfo that is made here; a signer never hashes.
* :func:`sign` checks the signature with the certificate's key before it returns: a key that
  does not belong to the certificate is found here, not by a thousand phones.
* The check computes what the signature must be and compares all of it; nothing is parsed out of
  a signature. It needs no library, so that no system's policy can refuse SHA-1 or 1024 bits,
  which are normal in the field (docs/decisions/0003).

Source: docs/format.md, signature; RFC 8017, section 9.2.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Protocol

from ctlkit.certificate import Certificate, RsaKey
from ctlkit.codec import decode, element_size, encode
from ctlkit.errors import InputError, RuleError, SignatureError
from ctlkit.trustlist import (
    Digest,
    Draft,
    Field,
    Header,
    HeaderTag,
    SignedFile,
    TrustList,
)

__all__ = [
    "LONGEST_SIGNATURE",
    "PemSigner",
    "Signer",
    "check_rsa",
    "digest_info",
    "require_usable",
    "sign",
    "signed_bytes",
]

_ALL_DIGESTS = frozenset(Digest)

LONGEST_SIGNATURE = 512
"""Bytes; SIGNATUREMODULUS has no number for a longer one. It also bounds the time of a check."""

_LONGEST_EXPONENT = 64

_DIGEST_INFO = {
    Digest.SHA1: bytes.fromhex("3021300906052b0e03021a05000414"),
    Digest.SHA256: bytes.fromhex("3031300d060960864801650304020105000420"),
    Digest.SHA512: bytes.fromhex("3051300d060960864801650304020305000440"),
}


class Signer(Protocol):
    """Whatever can sign a list."""

    @property
    def certificate(self) -> bytes:
        """The certificate whose key signs, DER."""

    @property
    def digests(self) -> frozenset[Digest]:
        """The digests it can sign."""

    def sign(self, info: bytes, /) -> bytes:
        """Return the RSA PKCS#1 v1.5 signature of a DigestInfo (DER, under 90 bytes)."""


def digest_info(digest: Digest, data: bytes) -> bytes:
    """Return the DigestInfo (DER) of the hash of ``data``."""
    hashed = hashlib.new(digest.hash_name, data, usedforsecurity=False).digest()
    return _DIGEST_INFO[digest] + hashed


def check_rsa(key: RsaKey, signature: bytes, info: bytes) -> bool:
    """Whether a signature is the RSA PKCS#1 v1.5 signature of a DigestInfo.

    Args:
        key: the signer's public key.
        signature: big-endian, as long as the modulus.
        info: the DigestInfo, DER.
    """
    size = key.size
    padding = size - 3 - len(info)
    if len(signature) != size or padding < 8 or size > LONGEST_SIGNATURE:
        return False
    if key.exponent.bit_length() > _LONGEST_EXPONENT:
        return False
    number = int.from_bytes(signature, "big")
    if number >= key.modulus:
        return False
    expected = b"\0\1" + b"\xff" * padding + b"\0" + info
    return pow(number, key.exponent, key.modulus).to_bytes(size, "big") == expected


def require_usable(signer: Signer, digest: Digest) -> None:
    """Refuse a signer that cannot do a digest, before anything is asked of it.

    Raises:
        RuleError: it cannot.
    """
    if digest not in signer.digests:
        raise RuleError("signer-digest-unusable", rule=0, digest=digest.name)


def signed_bytes(value: TrustList | SignedFile) -> bytes:
    """Return the bytes that the signature of a file covers, cut out of the bytes that were read.

    Raises:
        SignatureError: the file was not read from bytes, or has no signature.
    """
    start = 0
    for element in value.header.fields:
        stop = start + element_size(element)
        if element.tag == HeaderTag.SIGNATURE:
            return value.raw[:start] + value.raw[stop:]
        start = stop
    raise SignatureError("signature-absent")


def sign(draft: Draft, signer: Signer) -> TrustList | SignedFile:
    """Sign a draft and return the finished file, read back from its own bytes.

    Raises:
        RuleError: the signer is not the one the draft was made for, or cannot do its digest.
        SignatureError: what the signer returned does not verify with its certificate.
        TokenError: the token said no.
    """
    if signer.certificate != draft.signer:
        raise RuleError("signer-not-of-draft", rule=0)
    digest = Digest(draft.header.digest or 0)
    require_usable(signer, digest)
    info = digest_info(digest, encode(draft))
    signature = signer.sign(info)
    key = Certificate.from_der(signer.certificate).public_key
    if not isinstance(key, RsaKey) or not check_rsa(key, signature, info):
        raise SignatureError("signature-of-other-key")
    fields = list(draft.header.fields)
    fields.insert(draft.position, Field(HeaderTag.SIGNATURE, signature))
    header = Header(tuple(fields))
    if isinstance(draft.content, bytes):
        return decode(encode(SignedFile(header, draft.content)))
    return decode(encode(TrustList(header, draft.content)))


class PemSigner:
    """A signer whose key and certificate lie in one PEM file, for servers and for tests."""

    digests = _ALL_DIGESTS

    def __init__(self, data: bytes, password: Callable[[], bytes] | None = None) -> None:
        """Read key and certificate from the bytes of a PEM file.

        Args:
            data: the file.
            password: asked once if the key is encrypted.

        Raises:
            InputError: there is no RSA key, no certificate, or they do not belong together.
        """
        from cryptography.exceptions import UnsupportedAlgorithm
        from cryptography.hazmat.primitives.asymmetric import rsa
        from cryptography.hazmat.primitives.serialization import load_pem_private_key

        self._certificate = _pem_certificate(data)
        encrypted = _is_encrypted(data)
        try:
            key = load_pem_private_key(data, password() if encrypted and password else None)
        except (ValueError, TypeError, UnsupportedAlgorithm):
            raise InputError("pem-key-encrypted" if encrypted else "pem-key-unreadable") from None
        if not isinstance(key, rsa.RSAPrivateKey):
            raise InputError("pem-key-not-rsa")
        numbers = key.public_key().public_numbers()
        own = Certificate.from_der(self._certificate)
        if own.public_key != RsaKey(numbers.n, numbers.e):
            raise InputError("pem-key-of-other-certificate")
        self._key = key

    @classmethod
    def certificate_of(cls, data: bytes) -> bytes:
        """Return the certificate (DER) of a PEM file that also holds its key, asking for nothing.

        Whether an encrypted key belongs to it shows only when it signs.

        Raises:
            InputError: as for making a signer.
        """
        return _pem_certificate(data) if _is_encrypted(data) else cls(data).certificate

    @property
    def certificate(self) -> bytes:
        """The certificate whose key signs, DER."""
        return self._certificate

    def sign(self, info: bytes, /) -> bytes:
        """Return the signature of a DigestInfo, which is passed as it is."""
        from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
        from cryptography.hazmat.primitives.asymmetric.utils import NoDigestInfo

        return self._key.sign(info, PKCS1v15(), NoDigestInfo())


def _pem_certificate(data: bytes) -> bytes:
    if b"PRIVATE KEY-----" not in data:
        raise InputError("pem-no-key")
    if b"-----BEGIN CERTIFICATE-----" not in data:
        raise InputError("pem-no-certificate")
    return Certificate.load(data).der


def _is_encrypted(data: bytes) -> bool:
    return b"ENCRYPTED" in data
