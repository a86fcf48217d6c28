"""Certificates like those of Cisco's eTokens (docs/tokens.md).

The token's subject is a common name padded with blanks to 24 characters, OU IPCBU and O
`Cisco Systems, Inc.`; its issuer is CN Cisco Manufacturing CA, O Cisco Systems; SHA-1, a serial
of 10 bytes, and 902 bytes of DER for a key of 1024 bits. The issuer's key is made for the
purpose: nothing here is signed by Cisco.
"""

from __future__ import annotations

import functools
import hashlib

from softhsm_fixtures.certificates import (
    CertificateSpec,
    Credential,
    DigestName,
    KeyKind,
    PrivateKey,
    make_certificate,
    named_key,
)

__all__ = [
    "COMMON_NAME_LENGTH",
    "DEFAULT_PIN",
    "ETOKEN_SIZE",
    "FIRST_NAME",
    "SECOND_NAME",
    "etoken_certificate",
    "etoken_issuer",
    "etoken_serial",
]

FIRST_NAME = "SAST-ADN0054f509"
SECOND_NAME = "SAST-ADN008580ef"
COMMON_NAME_LENGTH = 24
ETOKEN_SIZE = 902
#: The PIN that Cisco prints for new eTokens; these tokens are throw-away ones.
DEFAULT_PIN = "Cisco123"

# The serials of the published list with these two tokens, which shows them in the reverse order.
_PUBLISHED_SERIALS = {
    FIRST_NAME: 0x45DAA2AF00000027F93C,
    SECOND_NAME: 0x31AF455500000008E983,
}
_ISSUER_NAME = (("CN", "Cisco Manufacturing CA"), ("O", "Cisco Systems"))


def etoken_serial(common_name: str) -> int:
    """Give the serial of 10 bytes for this common name: the published one, or one made of it."""
    published = _PUBLISHED_SERIALS.get(common_name)
    if published is not None:
        return published
    # The first byte keeps the number at 10 bytes: neither zero nor with the sign bit set.
    digest = hashlib.sha256(common_name.encode()).digest()
    return int.from_bytes(bytes([0x40 | digest[0] & 0x3F]) + digest[1:10])


@functools.cache
def etoken_issuer() -> Credential:
    """Give the stand-in for the Cisco Manufacturing CA, made at the first call in this process."""
    spec = CertificateSpec(_ISSUER_NAME, serial=0x6A6967B3, ca=True)
    return make_certificate(spec, key=named_key("Cisco Manufacturing CA", 2048))


def etoken_certificate(
    common_name: str = FIRST_NAME,
    *,
    bits: KeyKind = 1024,
    serial: int | None = None,
    size: int | None = None,
    digest: DigestName = "sha1",
    key: PrivateKey | None = None,
) -> Credential:
    """Make an eToken's certificate and key.

    `size` is the exact DER length; without it the certificate of a 1024-bit key has 902 bytes and
    any other the length that comes out. Raises SizeError when the size cannot be reached.
    """
    if size is None and bits == 1024:
        size = ETOKEN_SIZE
    spec = CertificateSpec(
        subject=(
            ("CN", common_name.ljust(COMMON_NAME_LENGTH)),
            ("OU", "IPCBU"),
            ("O", "Cisco Systems, Inc."),
        ),
        serial=etoken_serial(common_name) if serial is None else serial,
        digest=digest,
        size=size,
    )
    if key is None:
        key = named_key(common_name, bits)
    return make_certificate(spec, key=key, issuer=etoken_issuer())
