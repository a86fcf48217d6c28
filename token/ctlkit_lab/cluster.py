"""A running practice cluster: its nodes' services, its phones, and the port of its commands.

Rules:

* All listens on loopback. A cluster starts with the ports, keys and password that it had.
* It starts as a whole or not at all: what was started is closed again when something fails.
* Phones that were never restarted are restarted once at the start: before the first move every
  phone has an ITL and none a CTL.
* The publisher copies a list to the subscribers over SFTP. It is noted before the list is made:
  whatever cuts the work, the publisher's list is copied at the next start.

Source: docs/cluster.md, the practice cluster.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import os
from collections.abc import Callable, Coroutine, Iterable, Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, Self, TypeVar

from ctlkit.codec import MAX_LIST
from ctlkit.errors import InputError, PlaceError
from ctlkit.files import read_file, write_file
from ctlkit.place._loop import LoopThread
from ctlkit.place.lab_file import LabFile, LabNode
from ctlkit_lab.admin import AdminSession
from ctlkit_lab.answers import (
    CALL_MANAGER_SERVICE,
    TFTP_SERVICE,
    TVS_SERVICE,
    RegisteredPhone,
)
from ctlkit_lab.control import ControlServer
from ctlkit_lab.copying import copy_to
from ctlkit_lab.creating import COPYING, PHONES_FOLDER, open_practice, refuse_strangers
from ctlkit_lab.model import LabOptions, Node, Practice
from ctlkit_lab.phones import Boot, Directory, Fleet, Server
from ctlkit_lab.questions import questions
from ctlkit_lab.services import HOST, NodeServices, key_in, listen_near
from ctlkit_lab.ssh_service import SFTP_FOLDER, Logins
from ctlkit_lab.state import (
    CLUSTER_FOLDER,
    Kept,
    forget_lab,
    hold,
    read_kept,
    write_kept,
    write_lab,
)

__all__ = ["USER", "PracticeCluster", "RunningCluster", "directory_of"]

USER = "admin"
"""Who logs in, as on a real publisher."""

_RESTARTED = (TFTP_SERVICE, CALL_MANAGER_SERVICE, TVS_SERVICE)
_FIRST_PHONE = ipaddress.IPv4Address("10.0.16.0")
_KEYS_FOLDER = "ssh"
_T = TypeVar("_T")


def directory_of(nodes: Iterable[LabNode]) -> Directory:
    """Return the nodes as the servers of phones."""
    return Directory(
        tuple(
            Server(node.name, node.host, node.ports.http, node.ports.tftp, node.ports.tvs)
            for node in nodes
        )
    )


class PracticeCluster:
    """A cluster that can be started. Its process holds the folder's lock."""

    def __init__(self, folder: Path, practice: Practice) -> None:
        """Take an open cluster; nothing listens yet."""
        self.folder = folder
        self.practice = practice
        self.fleet = Fleet(folder / CLUSTER_FOLDER / PHONES_FOLDER, Directory(()))
        self.stopping = asyncio.Event()
        """Set when somebody asked the cluster to stop."""
        self._keys = folder / CLUSTER_FOLDER / _KEYS_FOLDER
        self._copying = folder / CLUSTER_FOLDER / COPYING
        self._kept = read_kept(folder)
        self._services: tuple[NodeServices, ...] = ()
        self._control: ControlServer | None = None

    @classmethod
    def open(cls, folder: Path, named: Mapping[str, object] | None = None) -> Self:
        """Open the cluster of a folder, or make one; the caller holds the folder's lock.

        Args:
            folder: the folder, which is there.
            named: fields of :class:`LabOptions`. A new cluster is made with them; an old one must
                have been. None makes none.

        Raises:
            InputError: there is none and none was to be made, or it is damaged.
            UsageError: it was made with other options.
            PlaceError: the folder holds something else, or cannot be written.
        """
        return cls(folder, open_practice(folder, named))

    @classmethod
    @contextlib.contextmanager
    def running(cls, folder: Path, options: LabOptions | None = None) -> Iterator[RunningCluster]:
        """Run a cluster in this process, on a thread of its own, as tests do.

        Args:
            folder: made if it is missing.
            options: as in :meth:`open`; None takes a cluster as it is, or makes a default one.

        Raises:
            CtlkitError: as :meth:`open` and :meth:`start`; PlaceError too when one runs there.
        """
        named = {} if options is None else {**asdict(options)}
        refuse_strangers(folder)
        with hold(folder), contextlib.closing(LoopThread()) as thread:
            cluster = cls.open(folder, named)
            thread.run(cluster.start())
            try:
                yield RunningCluster(cluster, thread)
            finally:
                thread.run(cluster.close())

    @property
    def secret(self) -> str:
        """The password of ``admin``, which the control port asks for too."""
        return self._kept.secret

    @property
    def nodes(self) -> tuple[LabNode, ...]:
        """Its nodes, publisher first, once it is started."""
        return tuple(
            LabNode(
                name=services.node.name,
                publisher=services.node.publisher,
                address=services.node.address,
                host=HOST,
                ports=services.ports,
                host_key=services.host_key.get_fingerprint(),
                folder=SFTP_FOLDER,
            )
            for services in self._services
        )

    async def start(self) -> None:
        """Start all, and write ``lab.json`` once every port answers.

        Raises:
            CtlkitError: something cannot be started; nothing runs then.
        """
        try:
            await self._start()
        except OSError as error:
            await self.close()
            raise PlaceError("lab-port-refused", reason=error.strerror or error) from error
        except BaseException:
            await self.close()
            raise

    async def _start(self) -> None:
        self._keys.mkdir(mode=0o700, exist_ok=True)
        self._node_key = key_in(self._keys / "nodes.key")
        logins = Logins(USER, self.secret, self._node_key.export_public_key().decode())
        self._services = tuple(self._node_services(node, logins) for node in self.practice.nodes)
        for services in self._services:
            await services.start(self._kept.ports_of(services.node.name))
        await self._finish_copying()
        self.fleet.directory = directory_of(self.nodes)
        await self.fleet.restart(
            [phone.mac for phone in self.fleet.phones if phone.state().decided is None]
        )
        self._control = ControlServer(self.secret, questions(self))
        port = await listen_near(self._control.start, self._kept.control)
        self._kept = Kept(self.secret, port, {node.name: node.ports for node in self.nodes})
        write_kept(self.folder, self._kept)
        lab = LabFile(
            release=self.practice.release.value,
            pid=os.getpid(),
            user=USER,
            secret=self.secret,
            control=(HOST, port),
            nodes=self.nodes,
        )
        write_lab(self.folder, lab)

    def _node_services(self, node: Node, logins: Logins) -> NodeServices:
        return NodeServices(
            node, self._keys, logins, lambda: AdminSession(self.practice, node, self)
        )

    async def close(self) -> None:
        """Stop all; may be called twice."""
        forget_lab(self.folder)
        if self._control is not None:
            await self._control.close()
            self._control = None
        for services in self._services:
            await services.close()
        self._services = ()

    async def copy_list(self, make: Callable[[], bytes]) -> None:
        """Have the publisher's list made, and bring it to every subscriber.

        Args:
            make: writes it on the publisher, and returns it.

        Raises:
            NetworkError: a node did not take it.
            PlaceError: the cluster's folder cannot be written.
        """
        write_file(self._copying, b"", replace=True)
        await copy_to(self._services[1:], self._node_key, make())
        self._copying.unlink(missing_ok=True)

    async def _finish_copying(self) -> None:
        """Copy what the cluster was copying when it was killed."""
        if not self._copying.exists():
            return
        try:
            data = read_file(self.practice.publisher.list_path, MAX_LIST).data
        except InputError as error:
            if error.code != "file-missing":
                raise
            self._copying.unlink(missing_ok=True)  # deleted since
            return
        await self.copy_list(lambda: data)

    async def restart_service(self, node_name: str, service: str) -> None:
        """Restart a service of a node, on the port that it had where that is free.

        Raises:
            PlaceError: it did not come up again.
        """
        for services in self._services:
            if services.node.name == node_name:
                try:
                    await services.restart(service)
                except OSError as error:
                    raise PlaceError("lab-port-refused", reason=error.strerror or error) from error
        self.fleet.directory = directory_of(self.nodes)

    def phones(self) -> tuple[RegisteredPhone, ...]:
        """Return the phones as ``show risdb query phone`` lists them."""
        return tuple(
            RegisteredPhone(f"SEP{phone.mac}", str(_FIRST_PHONE + number), phone.model.number)
            for number, phone in enumerate(self.fleet.phones, 1)
        )

    async def restart_phones(self, macs: Iterable[str] | None = None) -> tuple[Boot, ...]:
        """Restart phones, all where none is named, and return what came of each.

        Raises:
            UsageError: there is no such phone.
        """
        return await self.fleet.restart(macs)


class RunningCluster:
    """A cluster that runs on a thread of this process; its methods block."""

    def __init__(self, cluster: PracticeCluster, thread: LoopThread) -> None:
        """Take a cluster that is started, and the thread that it runs on."""
        self._cluster = cluster
        self._thread = thread

    @property
    def folder(self) -> Path:
        """Its folder."""
        return self._cluster.folder

    @property
    def practice(self) -> Practice:
        """Its nodes, certificates and lists."""
        return self._cluster.practice

    @property
    def fleet(self) -> Fleet:
        """Its phones."""
        return self._cluster.fleet

    @property
    def secret(self) -> str:
        """The password of ``admin``."""
        return self._cluster.secret

    @property
    def nodes(self) -> tuple[LabNode, ...]:
        """Its nodes, publisher first."""
        return self._cluster.nodes

    @property
    def place_url(self) -> str:
        """Its address as a place."""
        return f"lab:{self.folder}"

    @property
    def directory(self) -> Directory:
        """Its nodes as the servers of phones."""
        return directory_of(self.nodes)

    def run(self, coroutine: Coroutine[Any, Any, _T]) -> _T:
        """Run a coroutine on its thread, and return or raise what it does."""
        return self._thread.run(coroutine)

    def restart_phones(self, *macs: str) -> tuple[Boot, ...]:
        """Restart phones, all where none is named, and return what came of each."""
        return self.run(self._cluster.restart_phones(macs or None))

    def point_phones(self, directory: Directory | None, *macs: str) -> None:
        """Point phones, all where none is named, to other servers; None to these again."""
        self.fleet.point(macs or None, directory)

    def erase_phones(self, *macs: str) -> None:
        """Delete the lists of phones by hand, of all where none is named."""
        self.fleet.erase(macs or None)

    def restart_services(self) -> None:
        """Restart TFTP, CallManager and the trust service on every node."""
        for node in self.nodes:
            for service in _RESTARTED:
                self.run(self._cluster.restart_service(node.name, service))

    def command(self, *lines: str, node: str | None = None) -> str:
        """Type lines into a new session of a node's command line, and return what it shows."""
        whose = self.practice.publisher if node is None else self.practice.node(node)
        session = AdminSession(self.practice, whose, self._cluster)

        async def feed() -> str:
            return "".join([(await session.feed(line)).text for line in lines])

        return self.run(feed())
