"""What a node serves to phones: files over HTTP and TFTP, and its certificate on a TLS port.

Rules:

* Only regular files that lie in the folder itself are served, and only to be read: no folder below
  it, no link, no name with a slash or a leading dot.
* A file is read whole when it is asked for: a list that is replaced meanwhile never mixes.

Source: docs/cluster.md, getting and putting the file.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from email.utils import formatdate
from http import HTTPStatus
from pathlib import Path
from urllib.parse import unquote

from ctlkit.codec import MAX_FILE
from ctlkit.errors import InputError
from ctlkit.files import FileContent, read_file
from ctlkit.messages import printable
from ctlkit_lab._connections import ConnectionService
from ctlkit_lab._tftp_server import TftpService
from ctlkit_lab._tls import server_context
from softhsm_fixtures.certificates import Credential

__all__ = ["FileService", "TlsFace"]

_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,199}", re.ASCII)
_METHODS = ("GET", "HEAD")


@dataclass(frozen=True, slots=True)
class _Answer:
    """What an HTTP request is answered with."""

    status: HTTPStatus
    file: FileContent | None = None
    headers: tuple[str, ...] = field(default=())


class FileService:
    """A node's HTTP and TFTP service over one folder."""

    def __init__(self, root: Path, log: Callable[[str], None]) -> None:
        """Make it; nothing listens yet.

        Args:
            root: the folder whose files are served.
            log: takes one line for each request.
        """
        self._root = root
        self._log = log
        self._http = ConnectionService(self._serve)
        self._tftp = TftpService(self._tftp_file)

    async def start(self, host: str, http_port: int = 0, tftp_port: int = 0) -> tuple[int, int]:
        """Listen and return the two ports, HTTP (TCP) and TFTP (UDP).

        Raises:
            OSError: a port is taken; close it then.
        """
        return await self._http.start(host, http_port), await self._tftp.start(host, tftp_port)

    async def close(self) -> None:
        """Drop all clients and stop listening; may be called twice."""
        await self._http.close()
        await self._tftp.close()

    def _file(self, name: str) -> FileContent | None:
        """Return a file of the folder, None where it serves none of that name."""
        path = self._root / name
        if not _NAME.fullmatch(name) or path.is_symlink():
            return None
        try:
            return read_file(path, MAX_FILE)
        except InputError:
            return None

    def _tftp_file(self, name: str) -> bytes | None:
        found = self._file(name)
        self._log(f"TFTP {printable(name)}: {'not found' if found is None else len(found.data)}")
        return None if found is None else found.data

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        line = head.partition(b"\r\n")[0].decode("latin-1")
        answer = self._answer(line)
        self._log(f"HTTP {printable(line)}: {answer.status.value}")
        writer.write(_head(answer))
        if answer.file is not None and not line.startswith("HEAD "):
            writer.write(answer.file.data)
        await writer.drain()

    def _answer(self, line: str) -> _Answer:
        """Return what a request line is answered with."""
        words = line.split(" ")
        if len(words) != 3 or not words[2].startswith("HTTP/1."):
            return _Answer(HTTPStatus.BAD_REQUEST)
        method, target, _ = words
        if method not in _METHODS:
            allowed = f"Allow: {', '.join(_METHODS)}"
            return _Answer(HTTPStatus.METHOD_NOT_ALLOWED, headers=(allowed,))
        found = self._file(unquote(target).removeprefix("/"))
        if found is None:
            return _Answer(HTTPStatus.NOT_FOUND)
        modified = f"Last-Modified: {formatdate(found.modified, usegmt=True)}"
        return _Answer(HTTPStatus.OK, found, (modified,))


def _head(answer: _Answer) -> bytes:
    lines = (
        f"HTTP/1.1 {answer.status.value} {answer.status.phrase}",
        f"Content-Length: {len(answer.file.data) if answer.file else 0}",
        "Content-Type: application/octet-stream",
        "Connection: close",
        *answer.headers,
        "\r\n",
    )
    return "\r\n".join(lines).encode("latin-1")


class TlsFace:
    """A TLS port that shows a certificate and does nothing else, as a node's 2443 does at first."""

    def __init__(self, credential: Credential) -> None:
        self._service = ConnectionService(self._serve, tls=server_context(credential))

    async def start(self, host: str, port: int = 0) -> int:
        """Listen and return the port.

        Raises:
            OSError: the port is taken.
        """
        return await self._service.start(host, port)

    async def close(self) -> None:
        """Drop all clients and stop listening; may be called twice."""
        await self._service.close()

    async def _serve(self, reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        """Wait until the client has seen enough."""
        while await reader.read(1 << 12):
            pass
