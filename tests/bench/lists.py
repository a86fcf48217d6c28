"""A corpus of lists that differ in their time stamps, made through the product's own functions."""

from __future__ import annotations

from pathlib import Path

from ctlkit.certificate import Certificate, RsaKey
from ctlkit.drafts import draft, identity_of, make_record
from ctlkit.profiles import CUCM
from ctlkit.signing import PemSigner, sign
from ctlkit.trustlist import Digest, Function
from softhsm_fixtures import CertificateSpec, make_certificate, named_key

__all__ = ["CORPORA", "make_corpus"]

CORPORA = (1024, 2048)
"""Bits of the keys; the first is the hardest, since there is least to compute."""

_NAMES = ("cucm-1051-a-pub", "CAPF-e41e7d87", "cucm-1051-a-sub1")


def make_corpus(folder: Path, bits: int, count: int) -> None:
    """Write ``count`` lists with keys of ``bits`` bits, and the signer's public key as text."""
    folder.mkdir()
    made = [
        make_certificate(
            CertificateSpec(subject=f"CN={name},OU=TAC,O=Cisco,C=PL", serial=0x70CAF64E << 96),
            key=named_key(name, bits),
        )
        for name in _NAMES
    ]
    publisher, capf, subscriber = (Certificate.from_der(item.der) for item in made)
    records = (
        make_record(CUCM, Function.SAST, publisher, dns=_NAMES[0], token=False),
        make_record(CUCM, Function.CCM_TFTP, publisher, dns=_NAMES[0]),
        make_record(CUCM, Function.CAPF, capf, dns=_NAMES[0]),
        make_record(CUCM, Function.CCM_TFTP, subscriber, dns=_NAMES[2]),
    )
    signer = PemSigner(made[0].pem)
    key = publisher.public_key
    assert isinstance(key, RsaKey)
    (folder / "key.txt").write_text(f"{key.modulus:x} {key.exponent:x} {key.size}")
    for number in range(count):
        waiting = draft(
            CUCM,
            records,
            signer=publisher,
            identity=identity_of(records[0]),
            digest=Digest.SHA1,
            timestamp=1425678967 + number,
            filename="CTLFile.tlv",
        )
        (folder / f"{number:06d}.tlv").write_bytes(sign(waiting, signer).raw)
