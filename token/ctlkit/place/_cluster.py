"""What every place with a command line does alike, on a real cluster and on the practice one.

Rules:

* Everything is asked of the nodes in one event loop, which no caller sees.
* Setting the mode and restarting services are read back: the mode by the query, the list by
  ``show ctl`` and by fetching it, a service by the state that it ends in.
* Services are restarted on one node after the other, TFTP first, and only those that a node has
  activated; the first failure ends it.

Source: docs/cluster.md, the publisher's command line.
"""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Self

from ctlkit.edit import Mode
from ctlkit.errors import CancelledError, CtlkitError, PlaceError
from ctlkit.place._answers import publisher_of
from ctlkit.place._commands import CommandLine
from ctlkit.place._console import Console, Patience
from ctlkit.place._logins import PinnedLogin
from ctlkit.place._loop import LoopThread
from ctlkit.place._nodes import ClusterNode, server_of
from ctlkit.place._ssh import FAILURES, Ssh, network_error
from ctlkit.place.access import Access
from ctlkit.place.base import (
    ITL_NAME,
    LIST_NAME,
    ClusterCertificate,
    ClusterFacts,
    NodeState,
    Progress,
    Published,
    Step,
    TrustServiceAt,
    Watch,
)
from ctlkit.place.fetch import shown_certificate

__all__ = ["ClusterPlace"]

_UNWATCHED = Watch()
# Wide enough for every command: a terminal that need not wrap keeps lines whole.
_COLUMNS, _ROWS = 1000, 1000


@dataclass(frozen=True, slots=True)
class _SshTerminal:
    """An interactive shell over SSH, by the calls that it offers."""

    pull: Callable[[int], Awaitable[str]]
    push: Callable[[str], None]
    gone: Callable[[], bool]
    end: Callable[[], None]
    failed: Callable[[Exception], CtlkitError]

    async def read(self, size: int) -> str:
        try:
            return await self.pull(size)
        except FAILURES as error:
            raise self.failed(error) from error

    def write(self, text: str) -> None:
        try:
            self.push(text)
        except FAILURES as error:
            raise self.failed(error) from error

    def is_gone(self) -> bool:
        return self.gone()

    def close(self) -> None:
        self.end()


class ClusterPlace(ABC):
    """A place whose nodes have a command line; what is put there, and how, its kinds say."""

    def __init__(
        self,
        url: str,
        access: Access,
        publisher: ClusterNode,
        *,
        old_key_exchange: bool = False,
        pinned: PinnedLogin | None = None,
        patience: Patience | None = None,
    ) -> None:
        """Make it; nothing is asked yet."""
        self._url = url
        self._access = access
        self._publisher = publisher
        self._old = old_key_exchange
        self._patience = patience or Patience(silence=access.timeout)
        self._loop = LoopThread()
        self._ssh = Ssh(access, self._loop, pinned=pinned)
        self._line = CommandLine(self._console)

    @property
    def url(self) -> str:
        """The address, as it was given."""
        return self._url

    @property
    def nodes(self) -> tuple[str, ...]:
        """The names of its nodes, the publisher first.

        Raises:
            NetworkError, PlaceError: they have to be asked for and cannot be.
        """
        return tuple(node.name for node in self._loop.run(self._all()))

    @property
    def writable(self) -> bool:
        """Files can be put there."""
        return True

    @property
    def has_hands(self) -> bool:
        """Files can be put there without anybody's help."""
        return True

    def facts(self) -> ClusterFacts:
        """Ask the publisher, and look at what CallManager shows on each node.

        Raises:
            NetworkError, PlaceError: it does not answer, or not as expected.
        """
        return self._loop.run(self._facts())

    def trust_services(self) -> tuple[TrustServiceAt, ...]:
        """Return where the trust service of each node listens.

        Raises:
            NetworkError, PlaceError: the nodes have to be asked for and cannot be.
        """
        nodes = self._loop.run(self._all())
        return tuple(TrustServiceAt(node.name, node.host, node.tvs) for node in nodes)

    def set_mode(self, mode: Mode) -> NodeState:
        """Run ``utils ctl set-cluster ...`` and return what the publisher holds then.

        Raises:
            NetworkError, PlaceError: it refused, or says otherwise afterwards.
        """
        return self._loop.run(self._set_mode(mode))

    def restart(self, *, watch: Watch = _UNWATCHED) -> tuple[Published, ...]:
        """Restart TFTP, then CallManager, on one node after the other.

        Raises:
            CancelledError: nothing was restarted yet.
            NetworkError, PlaceError: the nodes have to be asked for and cannot be.
        """
        return self._loop.run(self._restart(watch))

    def close(self) -> None:
        """Close every shell and connection; may be called twice."""
        if not self._loop.running:
            return
        try:
            self._loop.run(self._shut())
        finally:
            self._loop.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    @abstractmethod
    async def _all(self) -> tuple[ClusterNode, ...]:
        """Return the nodes, the publisher first."""

    @abstractmethod
    async def _look(self, node: ClusterNode, name: str) -> NodeState:
        """Return what a node holds; what is wrong is in its error."""

    async def _shown(self, state: NodeState, node: ClusterNode, name: str) -> NodeState:
        """Add what the node itself says of a list that was read; both must say the same.

        Raises:
            NetworkError, PlaceError, InputError: its answer is not to be had.
        """
        if name not in (LIST_NAME, ITL_NAME):
            return state
        shown = await self._line.shown(node, itl=name == ITL_NAME)
        present = state.present
        error = None
        if (shown.sha1 if shown else None) != (present.sha1 if present else None):
            error = PlaceError(
                "cluster-shown-differs",
                node=node.name,
                shown=shown.sha1 if shown else "none",
                read=present.sha1 if present else "none",
            )
        return replace(state, shown=shown, error=error)

    async def _facts(self) -> ClusterFacts:
        publisher, nodes = self._publisher, await self._all()
        rows = await self._line.certificates(publisher)
        name = await self._publisher_name(rows)
        servers = {row.server: row.address for row in rows}
        named = {node: server_of(node, servers) for node in nodes}
        named[publisher] = name
        shown = await asyncio.gather(*(self._serving(node) for node in named))
        return ClusterFacts(
            mode=await self._line.mode(publisher),
            release=await self._line.release(publisher),
            publisher=name,
            certificates=rows,
            serving={
                server: der
                for server, der in zip(named.values(), shown, strict=True)
                if server is not None and der is not None
            },
        )

    async def _publisher_name(self, rows: tuple[ClusterCertificate, ...]) -> str:
        node = self._publisher
        connection = await self._ssh.connect(node.host, node.ssh, node.user, self._old)
        reached = connection.get_extra_info("peername")
        return publisher_of(rows, str(reached[0]) if reached else "")

    async def _serving(self, node: ClusterNode) -> bytes | None:
        """Return the certificate that CallManager shows on a node, None where it is not seen."""
        for port in node.tls:
            der = await asyncio.to_thread(
                shown_certificate, node.host, port, timeout=self._access.timeout
            )
            if der is not None:
                return der
        return None

    async def _set_mode(self, mode: Mode) -> NodeState:
        await self._line.set_mode(self._publisher, mode)
        now = await self._line.mode(self._publisher)
        if now is not mode:
            raise PlaceError(
                "cluster-mode-unchanged",
                node=self._publisher.name,
                wanted=mode.value,
                mode=now.value,
            )
        return await self._look(self._publisher, LIST_NAME)

    async def _restart(self, watch: Watch) -> tuple[Published, ...]:
        if watch.cancel.is_set():
            raise CancelledError("interrupted")
        done: list[Published] = []
        stopped: CtlkitError | None = None
        for node in await self._all():
            error = stopped
            if stopped is None:
                error = await self._restart_node(node, watch)
                step = Step.DONE if error is None else Step.FAILED
                watch.progress(Progress(node.name, step))
            if error is not None and stopped is None:
                stopped = PlaceError("cluster-restart-stopped", node=node.name, reason=error)
            done.append(Published(node.name, None, changed=error is None, kept=None, error=error))
        return tuple(done)

    async def _restart_node(self, node: ClusterNode, watch: Watch) -> CtlkitError | None:
        try:
            for service in await self._line.running(node):
                if watch.cancel.is_set():
                    raise CancelledError("interrupted")
                watch.progress(Progress(node.name, Step.RESTARTING, service))
                await self._line.restart(node, service)
        except CtlkitError as error:
            return error
        return None

    async def _shut(self) -> None:
        self._line.close()
        await self._ssh.close()

    async def _console(self, node: ClusterNode) -> Console:
        name, seconds = node.name, self._access.timeout
        connection = await self._ssh.connect(node.host, node.ssh, node.user, self._old)
        try:
            async with asyncio.timeout(seconds):
                process = await connection.create_process(
                    term_type="vt100", term_size=(_COLUMNS, _ROWS), errors="replace"
                )
        except FAILURES as error:
            raise network_error(error, name, seconds) from error
        terminal = _SshTerminal(
            process.stdout.read,
            process.stdin.write,
            process.is_closing,
            process.close,
            lambda error: network_error(error, name, seconds),
        )
        return Console(terminal, name, self._patience)
