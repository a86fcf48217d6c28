"""The practice cluster without any server: nodes, certificates, lists and mode in one folder.

Rules:

* Everything lies in one folder and each change is written at once, so that a cluster that was
  stopped at any moment opens again as it was.
* ``utils ctl`` (:meth:`Practice.set_mode`, ``update_list``, ``reset_local_key``) writes the
  publisher's ``CTLFile.tlv`` without tokens, except those in Phone-SAST-trust where the cluster
  was made to list them. Copying the file to the subscribers is its servers' work.
* Changing certificates changes no ``CTLFile.tlv``. Every node's own ``ITLFile.tlv`` follows at
  once, as after a restart of its TFTP service.
* A node's CallManager, CAPF and ITLRecovery certificates lie in the trust stores of all nodes; a
  new one takes the place of the one before. TVS certificates lie in none: only the ITL has them.
* The methods may be called from any thread.

Source: docs/cluster.md, the moves and getting and putting the file.
"""

from __future__ import annotations

import asyncio
import threading
import time
from pathlib import Path
from typing import Self

from ctlkit.certificate import Certificate
from ctlkit.codec import MAX_LIST, decode
from ctlkit.edit import Mode
from ctlkit.errors import InputError, PlaceError, UsageError
from ctlkit.files import read_file, write_file
from ctlkit.place.base import LIST_NAME
from ctlkit.trustlist import TrustList
from ctlkit_lab._folders import make_folder
from ctlkit_lab.certificates import NEW_KEY_BITS, CertificateStores, make_own
from ctlkit_lab.lists import ctl_file, itl_file, itl_records
from ctlkit_lab.nodes import Node
from ctlkit_lab.options import STATE_NAME, LabOptions, State, read_state, write_state
from ctlkit_lab.releases import Release
from ctlkit_lab.stores import (
    CALL_MANAGER,
    CALL_MANAGER_TRUST,
    CAPF,
    CAPF_TRUST,
    ITL_RECOVERY,
    OWN_STORES,
    PHONE_SAST_TRUST,
    TRUST_STORES,
    TVS,
    StoredCertificate,
)
from softhsm_fixtures.certificates import Credential

__all__ = ["LabOptions", "Node", "Practice"]

_NAME = "cucm-1051-a-"
_SPREAD = {
    CALL_MANAGER: CALL_MANAGER_TRUST,
    CAPF: CAPF_TRUST,
    ITL_RECOVERY: PHONE_SAST_TRUST,
}
"""Into which trust store of all nodes a node's own certificate goes."""


class Practice:
    """A practice cluster in a folder."""

    def __init__(self, folder: Path, state: State, stores: CertificateStores) -> None:
        """Take what :meth:`create` or :meth:`open` made."""
        self.folder = folder
        self.nodes = tuple(_nodes(folder, state.options.subscribers, stores))
        self.list_work = asyncio.Lock()
        """Held by whoever writes a list and copies it to the nodes."""
        self._state = state
        self._stores = stores
        self._lock = threading.RLock()

    @classmethod
    def create(cls, folder: Path, options: LabOptions) -> Self:
        """Make a cluster; in mixed mode every node has the list already.

        Raises:
            UsageError: there is one in the folder.
            PlaceError: the folder cannot be written.
        """
        if (folder / STATE_NAME).exists():
            raise UsageError("lab-exists", folder=folder)
        mode = Mode(options.mode)
        practice = cls(folder, State(options, mode), CertificateStores(folder / "keys"))
        practice._furnish()
        if mode is Mode.MIXED:
            data = practice.update_list()
            for node in practice.nodes[1:]:
                write_file(node.list_path, data, replace=True)
        write_state(folder, practice._state)
        return practice

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Open the cluster that a folder holds.

        Raises:
            InputError: there is none, or what is there is damaged.
            PlaceError: the folder cannot be written.
        """
        state = read_state(folder)
        stores = CertificateStores(folder / "keys")
        stores.load()
        practice = cls(folder, state, stores)
        for node in practice.nodes:
            for store in practice._own_stores(node):
                if stores.own(node.name, store) is None:
                    raise InputError("lab-certificate-missing", node=node.name, store=store)
        practice._spread_all()
        practice._write_itls()
        return practice

    @property
    def options(self) -> LabOptions:
        """What it was made with."""
        return self._state.options

    @property
    def release(self) -> Release:
        """The server's release."""
        return self._state.options.release

    @property
    def mode(self) -> Mode:
        """Its security mode (the enterprise parameter), whatever its list says."""
        return self._state.mode

    @property
    def publisher(self) -> Node:
        """The publisher."""
        return self.nodes[0]

    @property
    def trusted(self) -> tuple[StoredCertificate, ...]:
        """What lies in the trust stores of all nodes."""
        return self._stores.trusted

    def node(self, name: str) -> Node:
        """Return the node of this name.

        Raises:
            UsageError: there is none.
        """
        for node in self.nodes:
            if node.name == name:
                return node
        known = ", ".join(node.name for node in self.nodes)
        raise UsageError("lab-node-unknown", node=name, known=known)

    def set_mode(self, mode: Mode) -> bytes:
        """Change the mode and return the list that the publisher has now.

        Raises:
            PlaceError: list or state cannot be written.
        """
        with self._lock:
            data = self._write_list(mode)
            self._keep(self._state.with_mode(mode))
        return data

    def update_list(self) -> bytes:
        """Write the publisher's list anew for the present mode and return it.

        Raises:
            PlaceError: it cannot be written.
        """
        with self._lock:
            return self._write_list(self.mode)

    def reset_local_key(self) -> bytes:
        """Write the publisher's list anew, signed by CallManager, and return it.

        Raises:
            PlaceError: it cannot be written.
        """
        with self._lock:
            return self._write_list(self.mode, local_key=True)

    def delete_list(self, node: Node, name: str = LIST_NAME) -> int:
        """Delete a file of a node's TFTP folder and return how many there were, 0 or 1.

        Raises:
            PlaceError: it cannot be deleted.
        """
        try:
            (node.tftp_root / name).unlink()
        except FileNotFoundError:
            return 0
        except OSError as error:
            raise PlaceError(
                "lab-file-stays", file=name, node=node.name, reason=error.strerror or error
            ) from error
        return 1

    def regenerate(self, store: str, node: str | None = None) -> Credential:
        """Make a node's own certificate again, with a new key and serial.

        Args:
            store: ``CallManager``, ``TVS``, ``CAPF`` or ``ITLRecovery``.
            node: its name; None: the publisher.

        Raises:
            UsageError: there is no such node, or it has no certificate there.
            PlaceError: something cannot be written.
        """
        whose = self.publisher if node is None else self.node(node)
        if store not in self._own_stores(whose):
            known = ", ".join(self._own_stores(whose))
            raise UsageError("lab-own-store-unknown", store=store, node=whose.name, known=known)
        made = make_own(store, whose.name, NEW_KEY_BITS)
        with self._lock:
            before = whose.credential(store).der
            self._stores.put_own(whose.name, store, made)
            self._spread(store, made.der, before)
            self._write_itls()
        return made

    def trust_add(self, store: str, data: bytes) -> Certificate:
        """Upload a certificate to a trust store of all nodes; one that is there stays.

        Args:
            store: ``Phone-SAST-trust``, ``CallManager-trust`` or ``CAPF-trust``.
            data: the certificate, DER or PEM.

        Raises:
            UsageError: there is no such store.
            InputError: the bytes are no certificate.
            PlaceError: it cannot be written.
        """
        certificate = Certificate.load(data)
        with self._lock:
            present = self._trusted_in(store)
            if certificate.der not in present:
                self._stores.put_trusted(store, (*present, certificate.der))
        return certificate

    def trust_remove(self, store: str, der: bytes) -> None:
        """Take a certificate out of a trust store of all nodes.

        Raises:
            UsageError: there is no such store, or the certificate is not in it.
            PlaceError: it cannot be written.
        """
        with self._lock:
            present = self._trusted_in(store)
            if der not in present:
                raise UsageError("lab-certificate-unknown", store=store)
            self._stores.put_trusted(store, tuple(item for item in present if item != der))

    def _trusted_in(self, store: str) -> tuple[bytes, ...]:
        if store not in TRUST_STORES:
            known = ", ".join(TRUST_STORES)
            raise UsageError("lab-trust-store-unknown", store=store, known=known)
        return self._stores.trusted_in(store)

    def _own_stores(self, node: Node) -> tuple[str, ...]:
        if not node.publisher:
            return (CALL_MANAGER, TVS)
        return OWN_STORES if self.release.has_recovery else OWN_STORES[:-1]

    def _furnish(self) -> None:
        """Make folders, certificates and ITL files."""
        make_folder(self.folder, 0o700)
        for node in self.nodes:
            make_folder(node.tftp_root)
            make_folder(node.log_path("tvs").parent)
            for store in self._own_stores(node):
                made = make_own(store, node.name, self.release.key_bits)
                self._stores.put_own(node.name, store, made)
        self._spread_all()
        self._write_itls()

    def _spread_all(self) -> None:
        """See that the trust stores hold what the nodes have of their own."""
        for node in self.nodes:
            for store in self._own_stores(node):
                self._spread(store, node.credential(store).der, None)

    def _spread(self, store: str, der: bytes, before: bytes | None) -> None:
        """Put a node's own certificate into the trust stores, in place of the one before."""
        trust = _SPREAD.get(store)
        if trust is None:
            return
        present = self._stores.trusted_in(trust)
        wanted = tuple(item for item in present if item != before)
        if der not in wanted:
            wanted = (*wanted, der)
        if wanted != present:
            self._stores.put_trusted(trust, wanted)

    def _write_list(self, mode: Mode, *, local_key: bool = False) -> bytes:
        listed = self._stores.trusted_in(PHONE_SAST_TRUST) if self.options.sast_in_ctl else ()
        data = ctl_file(
            self.nodes,
            self.release,
            mode,
            int(time.time()),
            uploaded=listed,
            local_key=local_key,
        )
        write_file(self.publisher.list_path, data, replace=True)
        return data

    def _write_itls(self) -> None:
        """Write each node's ITL file that is not as its certificates want it."""
        for node in self.nodes:
            if not self._is_current(node):
                data = itl_file(node, self.nodes, self.release, int(time.time()))
                write_file(node.itl_path, data, replace=True)

    def _is_current(self, node: Node) -> bool:
        try:
            present = decode(read_file(node.itl_path, MAX_LIST).data)
        except InputError:
            return False
        wanted = itl_records(node, self.nodes, self.release)
        return isinstance(present, TrustList) and present.records == wanted

    def _keep(self, state: State) -> None:
        write_state(self.folder, state)
        self._state = state


def _nodes(folder: Path, subscribers: int, stores: CertificateStores) -> list[Node]:
    names = [f"{_NAME}pub", *(f"{_NAME}sub{number}" for number in range(1, subscribers + 1))]
    return [
        Node(name, f"10.0.0.{number}", number == 1, folder / "nodes" / name, stores)
        for number, name in enumerate(names, 1)
    ]
