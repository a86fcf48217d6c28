"""A node of the practice cluster: its name, its folder, and the certificates it has."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from ctlkit.place.base import ITL_NAME, LIST_NAME
from ctlkit_lab.certificates import CertificateStores
from ctlkit_lab.stores import StoredCertificate
from softhsm_fixtures.certificates import Credential

__all__ = ["Node"]


@dataclass(frozen=True, slots=True)
class Node:
    """A publisher or subscriber.

    Attributes:
        name: its host name.
        address: its IPv4 address, as records name it; nothing listens there.
        publisher: whether it is the publisher.
        folder: what SFTP and the logs show; keys lie elsewhere.
    """

    name: str
    address: str
    publisher: bool
    folder: Path
    _stores: CertificateStores = field(repr=False, compare=False)

    @property
    def tftp_root(self) -> Path:
        """The folder that TFTP and HTTP serve."""
        return self.folder / "tftp"

    @property
    def list_path(self) -> Path:
        """Its ``CTLFile.tlv``, which may be missing."""
        return self.tftp_root / LIST_NAME

    @property
    def itl_path(self) -> Path:
        """Its own ``ITLFile.tlv``."""
        return self.tftp_root / ITL_NAME

    def log_path(self, service: str) -> Path:
        """Return the file of a service's log, ``tvs`` for instance."""
        return self.folder / "log" / f"{service}.log"

    def credential(self, store: str) -> Credential:
        """Return its own certificate of a store, with the key.

        Raises:
            KeyError: it has none, which is a mistake in the program.
        """
        found = self._stores.own(self.name, store)
        if found is None:
            raise KeyError(f"{self.name} has no {store}")
        return found

    def stored(self) -> tuple[StoredCertificate, ...]:
        """Return what its stores hold: its own certificates, then the trust stores."""
        return self._stores.stored(self.name)
