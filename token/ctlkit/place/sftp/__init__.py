"""Folders on nodes, reached by SFTP, as a place: Asterisk's and other TFTP servers.

Rules:

* Nodes are worked on at once, each in the order of steps of :mod:`ctlkit.place.sftp._steps`. What
  fails on one fails there alone.
* A server without posix-rename@openssh.com is refused, unless the caller says that a moment
  without a list may be.
* Connections are kept from one call to the next, and opened again when a server closed them.

Source: docs/cluster.md, getting and putting the file.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from types import TracebackType
from typing import Any, Self, TypeVar

from ctlkit.errors import CancelledError, CtlkitError, NetworkError, UsageError
from ctlkit.place._logins import PinnedLogin
from ctlkit.place._loop import LoopThread
from ctlkit.place._ssh import Ssh
from ctlkit.place.access import Access
from ctlkit.place.base import LIST_NAME, NodeState, Progress, Published, Step, Watch
from ctlkit.place.sftp._address import SftpAddress, sftp_address
from ctlkit.place.sftp._folder import SftpFolder
from ctlkit.place.sftp._steps import NodeWork

__all__ = ["SftpPlace"]

_T = TypeVar("_T")
_UNWATCHED = Watch()


class SftpPlace:
    """Folders on one or several nodes.

    Args:
        url: ``sftp://[user@]host[:port]/path``.
        access: how nodes are reached.
        nodes: the addresses of further nodes.
        old_key_exchange: whether their servers know only group14-sha1 and ssh-rsa.
        pinned: a login that needs nobody.

    Raises:
        UsageError: an address makes no sense, or names a node twice.
    """

    writable = True

    def __init__(
        self,
        url: str,
        access: Access,
        *,
        nodes: Sequence[str] = (),
        old_key_exchange: bool = False,
        pinned: PinnedLogin | None = None,
    ) -> None:
        self.url = url
        self._access = access
        self._old_key_exchange = old_key_exchange
        self._addresses: dict[str, SftpAddress] = {}
        for each in (url, *nodes):
            address = sftp_address(each)
            if address.name in self._addresses:
                raise UsageError("sftp-node-twice", node=address.name)
            self._addresses[address.name] = address
        self._loop = LoopThread()
        self._ssh = Ssh(access, self._loop, pinned=pinned)

    @property
    def nodes(self) -> tuple[str, ...]:
        """The folders' addresses, without users."""
        return tuple(self._addresses)

    def state(self, name: str = LIST_NAME, watch: Watch = _UNWATCHED) -> tuple[NodeState, ...]:
        """Return what each folder holds."""
        return self._everywhere(
            self._addresses,
            watch,
            lambda _node, work: work.state(name),
            lambda node, error: NodeState(node, None, error=error),
        )

    def publish(
        self,
        data: bytes,
        expected: Mapping[str, bytes | None],
        *,
        name: str = LIST_NAME,
        watch: Watch = _UNWATCHED,
    ) -> tuple[Published, ...]:
        """Put a list in force, keeping the present one."""
        return self._changed(
            expected, watch, lambda node, work: work.publish(data, expected[node], name)
        )

    def restore(
        self, expected: Mapping[str, bytes], *, watch: Watch = _UNWATCHED
    ) -> tuple[Published, ...]:
        """Swap the present list and the kept one; without a present one, put the kept one back."""
        return self._changed(expected, watch, lambda node, work: work.restore(expected[node]))

    def delete(
        self, expected: Mapping[str, bytes], *, watch: Watch = _UNWATCHED
    ) -> tuple[Published, ...]:
        """Make the present list the kept one."""
        return self._changed(expected, watch, lambda node, work: work.delete(expected[node]))

    def keep(
        self, expected: Mapping[str, bytes], *, watch: Watch = _UNWATCHED
    ) -> tuple[Published, ...]:
        """Copy the present list to the kept one, for who takes the present one away by a command.

        Raises:
            CancelledError: nothing was kept yet.
        """
        return self._changed(expected, watch, lambda node, work: work.keep(expected[node]))

    def close(self) -> None:
        """Close the connections; may be called twice."""
        if not self._loop.running:
            return
        try:
            self._loop.run(self._ssh.close())
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

    def _changed(
        self,
        expected: Mapping[str, object],
        watch: Watch,
        work: Callable[[str, NodeWork], Coroutine[Any, Any, Published]],
    ) -> tuple[Published, ...]:
        if watch.cancel.is_set():
            raise CancelledError("interrupted")
        done = self._everywhere(
            (node for node in self._addresses if node in expected),
            watch,
            work,
            lambda node, error: Published(node, None, changed=False, kept=None, error=error),
        )
        if any(each.changed for each in done):
            return done
        for each in done:
            if isinstance(each.error, CancelledError):
                raise each.error
        return done

    def _everywhere(
        self,
        nodes: Iterable[str],
        watch: Watch,
        work: Callable[[str, NodeWork], Coroutine[Any, Any, _T]],
        failed: Callable[[str, CtlkitError], _T],
    ) -> tuple[_T, ...]:
        """Do the same on several nodes at once, and turn what fails on one into its value."""

        async def on(node: str) -> _T:
            try:
                watch.progress(Progress(node, Step.CONNECTING))
                with contextlib.closing(await self._folder(self._addresses[node])) as folder:
                    result = await work(node, NodeWork(node, folder, watch))
            except CtlkitError as error:
                watch.progress(Progress(node, Step.FAILED))
                return failed(node, error)
            watch.progress(Progress(node, Step.DONE))
            return result

        async def everywhere() -> tuple[_T, ...]:
            return tuple(await asyncio.gather(*(on(node) for node in nodes)))

        return self._loop.run(everywhere())

    async def _folder(self, address: SftpAddress) -> SftpFolder:
        """Open a folder; a connection that the server closed meanwhile is opened anew, once."""
        target = (address.host, address.port, address.user, self._old_key_exchange)
        connection = await self._ssh.connect(*target)
        try:
            return await SftpFolder.open(connection, address, self._access)
        except NetworkError as error:
            if error.code != "ssh-closed":
                raise
        return await SftpFolder.open(await self._ssh.connect(*target), address, self._access)
