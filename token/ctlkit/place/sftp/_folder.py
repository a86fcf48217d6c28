"""A folder on a node over an open SFTP session: reading, writing and renaming, nothing more.

Rules:

* A link is never followed, a file never read beyond its bound.
* A file replaces another by posix-rename@openssh.com; where a server has none, only if the caller
  said that a moment without a list may be.
* A server that leaves something unanswered loses the connection.
* What the server refuses is an error of the file, what ends the connection one of the network.

Source: docs/cluster.md, getting and putting the file.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import stat
from collections.abc import AsyncIterator
from typing import Self

from ctlkit.errors import InputError, PlaceError
from ctlkit.place._ssh import FAILURES, network_error
from ctlkit.place.access import Access
from ctlkit.place.sftp._address import SftpAddress
from ctlkit.place.sftp._steps import OnlyCopyError, RemoteFile

import asyncssh  # isort: skip  after _ssh, which says what to do where it is not installed

__all__ = ["SftpFolder"]

_DEFAULT_MODE = 0o644
_PRIVATE_MODE = 0o600
_BLOCK = 32 * 1024
"""Bytes of one request: every server takes so many, and asyncssh asks for no second one meanwhile,
whose failure nobody would look at."""
_LOST = (asyncssh.SFTPConnectionLost, asyncssh.SFTPNoConnection)
_KINDS = {
    asyncssh.FILEXFER_TYPE_DIRECTORY: "a directory",
    asyncssh.FILEXFER_TYPE_UNKNOWN: "something whose kind the server does not tell",
}


class SftpFolder:
    """A folder on a node, over an open connection."""

    def __init__(
        self, connection: asyncssh.SSHClientConnection, address: SftpAddress, access: Access
    ) -> None:
        self._connection = connection
        self._address = address
        self._access = access
        self._client: asyncssh.SFTPClient

    @classmethod
    async def open(
        cls, connection: asyncssh.SSHClientConnection, address: SftpAddress, access: Access
    ) -> Self:
        """Begin a session of the SFTP service.

        Raises:
            PlaceError: the server has none.
            NetworkError: it closed the connection or is silent.
        """
        folder = cls(connection, address, access)
        try:
            async with folder._bounded():
                folder._client = await connection.start_sftp_client()
        except (asyncssh.ChannelOpenError, asyncssh.SFTPError) as error:
            await asyncio.sleep(0)  # a connection that is being closed says so only then
            if connection.is_closed():
                raise network_error(EOFError(), address.name, access.timeout) from error
            raise PlaceError("sftp-no-service", node=address.name) from error
        return folder

    def close(self) -> None:
        """End the session; the connection stays."""
        self._client.exit()

    def path(self, name: str) -> str:
        """Return a file's path on the node."""
        return f"{self._address.folder.rstrip('/')}/{name}"

    def shown(self, name: str) -> str:
        """Return what a file is called in a message."""
        return f"{self._address.name.rstrip('/')}/{name}"

    async def exists(self, name: str) -> bool:
        """Return whether there is a file, or a link, of that name."""
        return await self._about(name) is not None

    async def read(self, name: str, limit: int) -> RemoteFile | None:
        """Read a regular file of at most ``limit`` bytes; None where there is none."""
        about = await self._about(name)
        if about is None:
            await self._require_folder()
            return None
        self._require_regular(name, about)
        if about.size is not None and about.size > limit:
            raise InputError("file-too-large", file=self.shown(name), limit=limit)
        data = b""
        opened = self._client.open(self.path(name), "rb", block_size=_BLOCK)
        async with self._reading(name), opened as file:
            while len(data) <= limit and (more := await _block(file)):
                data += more
        if len(data) > limit:
            raise InputError("file-too-large", file=self.shown(name), limit=limit)
        mode = None if about.permissions is None else stat.S_IMODE(about.permissions)
        owner = None if about.uid is None or about.gid is None else (about.uid, about.gid)
        return RemoteFile(data, about.mtime, mode, owner)

    async def write(self, name: str, data: bytes, like: RemoteFile | None) -> str:
        """Write a file under a new name that goes with ``name``, and return that name."""
        temporary = f".{name}.{os.urandom(8).hex()}"
        private = asyncssh.SFTPAttrs(permissions=_PRIVATE_MODE)
        async with self._writing(name):
            file = await self._client.open(self.path(temporary), "xb", private, block_size=_BLOCK)
            try:
                async with file:
                    for start in range(0, len(data), _BLOCK):
                        await file.write(data[start : start + _BLOCK])
                    await self._dress(file, like)
                    with contextlib.suppress(asyncssh.SFTPOpUnsupported):
                        await file.fsync()
            except BaseException:
                with contextlib.suppress(*FAILURES):
                    await self._client.remove(self.path(temporary))
                raise
        return temporary

    async def replace(self, temporary: str, name: str) -> None:
        """Rename a file over another, which need not be there."""
        source, target = self.path(temporary), self.path(name)
        async with self._writing(name):
            try:
                await self._client.posix_rename(source, target)
            except asyncssh.SFTPOpUnsupported as error:
                if not self._access.non_atomic:
                    raise PlaceError("sftp-not-atomic", node=self._address.name) from error
                await self._replace_in_two(temporary, name)

    async def _replace_in_two(self, temporary: str, name: str) -> None:
        source, target = self.path(temporary), self.path(name)
        removed = False
        with contextlib.suppress(asyncssh.SFTPNoSuchFile):
            await self._client.remove(target)
            removed = True
        try:
            await self._client.rename(source, target)
        except asyncssh.SFTPError as error:
            if not removed or isinstance(error, _LOST):
                raise
            raise OnlyCopyError(
                "sftp-half-replaced", file=self.shown(name), left=source, reason=_reason(error)
            ) from error

    async def remove(self, name: str) -> None:
        """Remove a file."""
        async with self._writing(name):
            await self._client.remove(self.path(name))

    async def _dress(self, file: asyncssh.SFTPClientFile, like: RemoteFile | None) -> None:
        """Give a file the owner and the mode of another; both, or neither.

        The mode of a file of another owner may keep out the TFTP server, whose file it was.
        """
        mode = _DEFAULT_MODE
        if like is not None and like.owner is not None and like.mode is not None:
            with contextlib.suppress(asyncssh.SFTPPermissionDenied, asyncssh.SFTPOpUnsupported):
                await file.chown(*like.owner)
            about = await file.stat()
            if (about.uid, about.gid) == like.owner:
                mode = like.mode
        with contextlib.suppress(asyncssh.SFTPOpUnsupported):
            await file.chmod(mode)

    async def _about(self, name: str) -> asyncssh.SFTPAttrs | None:
        async with self._reading(name):
            try:
                return await self._client.lstat(self.path(name))
            except asyncssh.SFTPNoSuchFile:
                return None

    async def _require_folder(self) -> None:
        folder = self._address.folder
        async with self._reading(""):
            if not await self._client.isdir(folder):
                raise InputError("place-no-folder", folder=self._address.name)

    def _require_regular(self, name: str, about: asyncssh.SFTPAttrs) -> None:
        if about.type == asyncssh.FILEXFER_TYPE_REGULAR:
            return
        if about.type == asyncssh.FILEXFER_TYPE_SYMLINK:
            raise InputError("place-link", file=self.shown(name))
        kind = _KINDS.get(about.type, "a device")
        raise InputError("file-not-regular", file=self.shown(name), kind=kind)

    @contextlib.asynccontextmanager
    async def _reading(self, name: str) -> AsyncIterator[None]:
        try:
            async with self._bounded():
                yield
        except asyncssh.SFTPError as error:
            raise InputError(
                "file-unreadable", file=self.shown(name), reason=_reason(error)
            ) from error

    @contextlib.asynccontextmanager
    async def _writing(self, name: str) -> AsyncIterator[None]:
        try:
            async with self._bounded():
                yield
        except asyncssh.SFTPError as error:
            raise PlaceError(
                "file-unwritable", file=self.shown(name), reason=_reason(error)
            ) from error

    @contextlib.asynccontextmanager
    async def _bounded(self) -> AsyncIterator[None]:
        """Give the server a bounded time, and translate what ends the connection.

        The connection is cut rather than the request cancelled: closing a file that nobody
        answers for would wait as long as the request itself.
        """
        seconds, silent = self._access.timeout, False

        def give_up() -> None:
            nonlocal silent
            silent = True
            self._connection.abort()

        timer = asyncio.get_running_loop().call_later(seconds, give_up)
        host = self._address.name
        try:
            yield
        except FAILURES as error:
            answered = isinstance(error, asyncssh.SFTPError | asyncssh.ChannelOpenError)
            if silent:
                raise network_error(TimeoutError(), host, seconds) from error
            if isinstance(error, _LOST):
                raise network_error(EOFError(), host, seconds) from error
            if answered and not isinstance(error, asyncssh.SFTPBadMessage):
                raise
            raise network_error(error, host, seconds) from error
        finally:
            timer.cancel()


def _reason(error: asyncssh.SFTPError) -> str:
    return error.reason or type(error).__name__.removeprefix("SFTP")


async def _block(file: asyncssh.SFTPClientFile) -> bytes:
    """Read what comes next; empty at the end."""
    block: bytes = await file.read(_BLOCK)
    return block
