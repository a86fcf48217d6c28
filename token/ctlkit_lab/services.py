"""What one node of a running practice cluster listens with: SSH, HTTP, TFTP, TLS and its TVS.

Rules:

* A service has the port that it had before where that is free, else any other.
* A service that starts reads its certificate afresh: what was regenerated shows after a restart,
  as on a real node.
* Restarting one service leaves the others alone.

Source: docs/cluster.md, the publisher's command line; the practice cluster.
"""

from __future__ import annotations

import logging
import logging.handlers
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import asyncssh

from ctlkit.errors import PlaceError
from ctlkit.files import write_file
from ctlkit.place.lab_file import Ports
from ctlkit_lab.answers import CALL_MANAGER_SERVICE, TFTP_SERVICE, TVS_SERVICE
from ctlkit_lab.file_service import FileService, TlsFace
from ctlkit_lab.nodes import Node
from ctlkit_lab.ssh_service import Logins, Shell, SshService
from ctlkit_lab.stores import CALL_MANAGER, TVS
from ctlkit_lab.trust_service import TrustService

__all__ = ["HOST", "NodeServices", "key_in", "listen_near"]

HOST = "127.0.0.1"
"""Where everything listens."""

_LARGEST_LOG = 1 << 20
_KEPT_LOGS = 1


def key_in(path: Path) -> asyncssh.SSHKey:
    """Return the key pair of a file, which is made when it is missing.

    Raises:
        PlaceError: the file cannot be read or written.
    """
    if not path.exists():
        made = asyncssh.generate_private_key("ssh-ed25519")
        write_file(path, made.export_private_key(), replace=True, mode=0o600)
    try:
        return asyncssh.read_private_key(path)
    except (OSError, asyncssh.KeyImportError) as error:
        raise PlaceError("lab-key-unreadable", file=path, reason=error) from error


class NodeServices:
    """The services of one node."""

    def __init__(self, node: Node, keys: Path, logins: Logins, shell: Callable[[], Shell]) -> None:
        """Make them; nothing listens yet.

        Args:
            node: whose services they are.
            keys: the folder for its SSH host key.
            logins: who may log in.
            shell: makes the command line of a session.
        """
        self.node = node
        self.ports = Ports()
        self._ssh = SshService(node.folder, key_in(keys / f"{node.name}.key"), logins, shell)
        self._files: FileService | None = None
        self._face: TlsFace | None = None
        self._tvs: TrustService | None = None
        self._logs: dict[str, _Log] = {}

    @property
    def host_key(self) -> asyncssh.SSHKey:
        """The public half of its SSH host key."""
        return self._ssh.host_key

    async def start(self, wanted: Ports) -> None:
        """Listen on loopback; the ports are in ``ports`` then."""
        self.ports = replace(wanted, ssh=await listen_near(self._ssh.start, wanted.ssh))
        await self._start_files()
        await self._start_face()
        await self._start_tvs()

    async def restart(self, service: str) -> None:
        """Restart what a service's name stands for; a name without a service here does nothing."""
        if service == TFTP_SERVICE:
            await self._close_files()
            await self._start_files()
        elif service == CALL_MANAGER_SERVICE:
            await self._close_face()
            await self._start_face()
        elif service == TVS_SERVICE:
            await self._close_tvs()
            await self._start_tvs()

    async def close(self) -> None:
        """Close all; may be called twice."""
        await self._close_tvs()
        await self._close_face()
        await self._close_files()
        await self._ssh.close()
        for log in self._logs.values():
            log.close()
        self._logs.clear()

    async def _start_files(self) -> None:
        self._files = files = FileService(self.node.tftp_root, self._log("tftp"))
        try:
            http, tftp = await files.start(HOST, self.ports.http, self.ports.tftp)
        except OSError:
            await files.close()
            http, tftp = await files.start(HOST)
        self.ports = replace(self.ports, http=http, tftp=tftp)

    async def _close_files(self) -> None:
        if self._files is not None:
            await self._files.close()
            self._files = None

    async def _start_face(self) -> None:
        self._face = face = TlsFace(self.node.credential(CALL_MANAGER))
        self.ports = replace(self.ports, tls=await listen_near(face.start, self.ports.tls))

    async def _close_face(self) -> None:
        if self._face is not None:
            await self._face.close()
            self._face = None

    async def _start_tvs(self) -> None:
        self._tvs = service = TrustService(
            self.node.credential(TVS), self.node.stored, self.node.list_path, self._log("tvs")
        )
        self.ports = replace(self.ports, tvs=await listen_near(service.start, self.ports.tvs))

    async def _close_tvs(self) -> None:
        if self._tvs is not None:
            await self._tvs.close()
            self._tvs = None

    def _log(self, service: str) -> Callable[[str], None]:
        if service not in self._logs:
            self._logs[service] = _Log(self.node.log_path(service))
        return self._logs[service]


class _Log:
    """A service's log in the server's form: ``23:00:22.052 |   debug LINE``."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._handler = logging.handlers.RotatingFileHandler(
            path,
            maxBytes=_LARGEST_LOG,
            backupCount=_KEPT_LOGS,
            encoding="utf-8",
            errors="backslashreplace",
            delay=True,
        )
        self._handler.setFormatter(
            logging.Formatter("%(asctime)s.%(msecs)03d |   debug %(message)s", "%H:%M:%S")
        )

    def __call__(self, line: str) -> None:
        record = logging.LogRecord("ctlkit_lab", logging.DEBUG, "", 0, "%s", (line,), None)
        self._handler.handle(record)

    def close(self) -> None:
        self._handler.close()


async def listen_near(start: Callable[[str, int], Awaitable[int]], wanted: int) -> int:
    """Listen on a port, or on any when it is taken or 0, and return it.

    Raises:
        OSError: nothing can listen.
    """
    if wanted:
        try:
            return await start(HOST, wanted)
        except OSError:
            pass
    return await start(HOST, 0)
