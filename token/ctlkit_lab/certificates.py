"""The certificates of a practice cluster: made once, kept in its folder, replaced on demand.

Rules:

* Names and sizes are those of the published cluster, keys and serials are fresh: two practice
  clusters never have a key or a serial in common.
* A key that is made again has 2048 bits, as in the published regeneration.
* Each change is written at once, whole or not at all. Own keys lie in files that only their owner
  may read; a trust store is one PEM file, in the order of its uploads.
* Reading is bounded; a file that is damaged is one error with its name.

Source: docs/cluster.md; docs/format.md, worked sizes.
"""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta
from pathlib import Path

from asn1crypto import pem
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from ctlkit.certificate import Certificate, RsaKey
from ctlkit.errors import InputError
from ctlkit.files import read_file, write_file
from ctlkit_lab._folders import make_folder
from ctlkit_lab.stores import (
    CAPF,
    ITL_RECOVERY,
    OWN_STORES,
    TRUST_STORES,
    StoredCertificate,
)
from softhsm_fixtures.certificates import (
    CertificateSpec,
    Credential,
    make_certificate,
    make_key,
)

__all__ = ["NEW_KEY_BITS", "CertificateStores", "make_own"]

NEW_KEY_BITS = 2048
"""The length of a key that is made again."""

_SUBJECT = "L=Krakow,ST=Malopolska,CN={name},OU=TAC,O=Cisco,C=PL"
_SIZES = {1024: 664, 2048: 925}
"""Bytes of a certificate without its two common names, by the length of its key."""

_CAPF_LESS = 10
_CAPF_NAME = "CAPF-e41e7d87"
_YEARS = timedelta(days=5 * 365)
_MOST_BYTES = 4 << 20


def make_own(store: str, node: str, bits: int) -> Credential:
    """Make a certificate of a node's own, signed by itself, valid for five years from now.

    Args:
        store: which one, of :data:`~ctlkit_lab.stores.OWN_STORES`.
        node: the node's host name.
        bits: the length of its key, 1024 (with SHA-1) or 2048 (with SHA-256).
    """
    name = {CAPF: _CAPF_NAME, ITL_RECOVERY: f"ITLRECOVERY_{node}"}.get(store, node)
    now = datetime.now(UTC).replace(microsecond=0)
    spec = CertificateSpec(
        _SUBJECT.format(name=name),
        serial=_serial(),
        digest="sha1" if bits == 1024 else "sha256",
        not_before=now,
        not_after=now + _YEARS,
        size=_SIZES[bits] + 2 * len(name) - (_CAPF_LESS if store == CAPF else 0),
    )
    return make_certificate(spec, key=make_key(bits))


def _serial() -> int:
    """Return a serial of 16 bytes, as the published ones are."""
    return 0x40 << 120 | secrets.randbits(126)


class CertificateStores:
    """The stores of all nodes of a cluster, in a folder."""

    def __init__(self, folder: Path) -> None:
        """Start with no certificates; ``load`` reads what the folder holds."""
        self._folder = folder
        self._own: dict[tuple[str, str], Credential] = {}
        self._trust: tuple[StoredCertificate, ...] = ()

    def load(self) -> None:
        """Read every certificate that the folder holds.

        Raises:
            InputError: a file is damaged or cannot be read.
        """
        for path in sorted((self._folder / "own").glob("*/*.pem")):
            if path.stem in OWN_STORES:
                self._own[path.parent.name, path.stem] = _read_credential(path)
        self._trust = tuple(
            StoredCertificate(store, der)
            for store in TRUST_STORES
            for der in _read_certificates(self._trust_path(store))
        )

    def own(self, node: str, store: str) -> Credential | None:
        """Return a node's own certificate with its key, None where it has none there."""
        return self._own.get((node, store))

    def put_own(self, node: str, store: str, credential: Credential) -> None:
        """Give a node a certificate of its own in place of the one it had.

        Raises:
            PlaceError: it cannot be written.
        """
        path = self._folder / "own" / node / f"{store}.pem"
        make_folder(path.parent, 0o700)
        write_file(path, credential.pem, replace=True, mode=0o600)
        self._own[node, store] = credential

    @property
    def trusted(self) -> tuple[StoredCertificate, ...]:
        """What lies in the trust stores, store by store, in the order of upload."""
        return self._trust

    def put_trusted(self, store: str, certificates: tuple[bytes, ...]) -> None:
        """Give a trust store these certificates in place of those it had.

        Raises:
            PlaceError: they cannot be written.
        """
        make_folder(self._folder, 0o700)
        data = b"".join(pem.armor("CERTIFICATE", der) for der in certificates)
        write_file(self._trust_path(store), data, replace=True, mode=0o600)
        changed = {item: self.trusted_in(item) for item in TRUST_STORES} | {store: certificates}
        self._trust = tuple(
            StoredCertificate(item, der) for item, ders in changed.items() for der in ders
        )

    def trusted_in(self, store: str) -> tuple[bytes, ...]:
        """Return the certificates of one trust store, DER, in the order of upload."""
        return tuple(item.der for item in self._trust if item.store == store)

    def stored(self, node: str) -> tuple[StoredCertificate, ...]:
        """Return what a node's stores hold: its own certificates, then the trust stores."""
        own = tuple(
            StoredCertificate(store, credential.der)
            for store in OWN_STORES
            if (credential := self.own(node, store)) is not None
        )
        return own + self._trust

    def _trust_path(self, store: str) -> Path:
        return self._folder / f"{store}.pem"


def _read_credential(path: Path) -> Credential:
    data = read_file(path, _MOST_BYTES).data
    try:
        certificate = Certificate.load(data)
        key = load_pem_private_key(data, None)
    except (InputError, ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise InputError("lab-file-damaged", file=path, reason=error) from error
    if isinstance(key, rsa.RSAPrivateKey):
        numbers = key.public_key().public_numbers()
        if certificate.public_key == RsaKey(numbers.n, numbers.e):
            return Credential(certificate.der, key)
    raise InputError("lab-file-damaged", file=path, reason="key and certificate differ")


def _read_certificates(path: Path) -> list[bytes]:
    try:
        data = read_file(path, _MOST_BYTES).data
    except InputError as error:
        if error.code == "file-missing":
            return []
        raise
    if not data:
        return []
    try:
        ders = [bytes(der) for _kind, _headers, der in pem.unarmor(data, multiple=True)]
        for der in ders:
            Certificate.from_der(der)
    except (InputError, ValueError, TypeError) as error:
        raise InputError("lab-file-damaged", file=path, reason=error) from error
    return ders
