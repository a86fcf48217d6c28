"""A node's SSH service: the ``admin:`` command line and SFTP.

Rules:

* The one person's login is a user name and a password, by keyboard-interactive or password; the
  nodes themselves log in with the cluster's own key, and to SFTP only.
* A shell is interactive; a command in the request (exec) is refused, as real nodes do.
* SFTP shows the TFTP folder and nothing beside it: keys and state lie next to it. It makes no
  links, which could lead out of there.
* What a client sends is bounded: the time to log in, the tries, the length of a line.

Source: docs/cluster.md, the publisher's command line; getting and putting the file.
"""

from __future__ import annotations

import hmac
import os
import posixpath
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Protocol, cast

import asyncssh
from asyncssh.stream import SSHServerStreamSession

if TYPE_CHECKING:
    from typing import TypeAlias

    from asyncssh.misc import MaybeAwait

    _ByteChannel: TypeAlias = asyncssh.SSHServerChannel[bytes]
    _TextChannel: TypeAlias = asyncssh.SSHServerChannel[str]

__all__ = ["SFTP_FOLDER", "Logins", "Shell", "ShellReply", "SshService"]

SFTP_FOLDER = "/tftp"
"""The TFTP folder as SFTP shows it."""

_TFTP = SFTP_FOLDER.encode().lstrip(b"/")
_SFTP_VERSION = 3  # OpenSSH's
_LOGIN_SECONDS = 30
_MOST_TRIES = 6
_LONGEST_LINE = 4096
_WINDOW = 64 * 1024
_LEAVING = ("exit", "quit")


class ShellReply(Protocol):
    """What the command line answers to a line."""

    @property
    def text(self) -> str:
        """The lines to show, each ended."""

    @property
    def prompt(self) -> str:
        """What it waits with: ``admin:``, or a question."""


class Shell(Protocol):
    """One session of a command line."""

    @property
    def greeting(self) -> str:
        """What it says first."""

    @property
    def prompt(self) -> str:
        """What it waits with."""

    async def feed(self, line: str) -> ShellReply:
        """Answer a line."""


@dataclass(frozen=True, slots=True)
class Logins:
    """Who may log in.

    Attributes:
        user, password: the person.
        node_key: the public key, in OpenSSH's form, of the user ``NODE_USER``.
    """

    NODE_USER: ClassVar[str] = "ctlkit-lab"

    user: str
    password: str = field(repr=False)
    node_key: str

    def is_person(self, user: str, password: str) -> bool:
        """Whether this is the person; takes as long for one answer as for the other."""
        right = hmac.compare_digest(self.password.encode(), password.encode(errors="replace"))
        return right and user == self.user

    def is_node(self, user: str, key: str) -> bool:
        """Whether this is a node of the cluster."""
        return user == self.NODE_USER and key.split()[:2] == self.node_key.split()[:2]


class SshService:
    """The SSH service of one node."""

    def __init__(
        self,
        folder: Path,
        host_key: asyncssh.SSHKey,
        logins: Logins,
        shell: Callable[[], Shell],
    ) -> None:
        """Make it; nothing listens yet.

        Args:
            folder: the node's folder, in which the TFTP folder lies.
            host_key: its private key.
            logins: who may log in.
            shell: makes the command line of a session.
        """
        self._folder = folder
        self.host_key = host_key.convert_to_public()
        """The public half of its key."""
        self._host_key = host_key
        self._logins = logins
        self._shell = shell
        self._acceptor: asyncssh.SSHAcceptor | None = None
        self._connections: set[asyncssh.SSHServerConnection] = set()

    async def start(self, host: str, port: int = 0) -> int:
        """Listen, and return the port.

        Raises:
            OSError: the port is taken.
        """
        self._acceptor = await asyncssh.listen(
            host,
            port,
            config=None,
            server_factory=lambda: _Server(
                self._logins, self._shell, self._folder, self._connections
            ),
            server_host_keys=[self._host_key],
            login_timeout=_LOGIN_SECONDS,
            agent_forwarding=False,
            errors="replace",
            window=_WINDOW,
            max_line_length=_LONGEST_LINE,
        )
        return self._acceptor.get_port()

    async def close(self) -> None:
        """Stop listening and end all sessions; may be called twice."""
        if self._acceptor is None:
            return
        self._acceptor.close()
        await self._acceptor.wait_closed()
        for connection in tuple(self._connections):
            connection.abort()
            await connection.wait_closed()
        self._acceptor = None


class _Server(asyncssh.SSHServer):
    """One connection."""

    def __init__(
        self,
        logins: Logins,
        shell: Callable[[], Shell],
        folder: Path,
        connections: set[asyncssh.SSHServerConnection],
    ) -> None:
        self._logins = logins
        self._shell = shell
        self._folder = folder
        self._connections = connections
        self._connection: asyncssh.SSHServerConnection | None = None
        self._tries = 0

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self._connection = conn
        self._connections.add(conn)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        if self._connection is not None:
            self._connections.discard(self._connection)

    def begin_auth(self, username: str) -> bool:  # noqa: ARG002
        return True

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        self._tries += 1
        if self._tries > _MOST_TRIES:
            raise asyncssh.PermissionDenied("Too many authentication failures")
        return self._logins.is_person(username, password)

    def public_key_auth_supported(self) -> bool:
        return True

    def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        return self._logins.is_node(username, key.export_public_key().decode())

    def session_requested(self) -> asyncssh.SSHServerSession[str]:
        person = (
            self._connection is not None
            and self._connection.get_extra_info("username") == self._logins.user
        )
        return _Session(
            _Conversation(self._shell).run if person else None,
            lambda channel: _TftpFolder(cast("_ByteChannel", channel), self._folder),
            _SFTP_VERSION,
        )


class _Session(SSHServerStreamSession[str]):
    """A shell or SFTP, and nothing else."""

    def exec_requested(self, command: str) -> bool:  # noqa: ARG002
        return False

    def subsystem_requested(self, subsystem: str) -> bool:
        return subsystem == "sftp"


class _Conversation:
    """The command line of one session, line by line."""

    def __init__(self, shell: Callable[[], Shell]) -> None:
        self._make = shell

    async def run(
        self,
        stdin: asyncssh.SSHReader[str],
        stdout: asyncssh.SSHWriter[str],
        _stderr: asyncssh.SSHWriter[str],
    ) -> None:
        """Greet, then answer each line until the client has enough."""
        try:
            await self._run(_Lines(stdin), stdout)
        except (OSError, asyncssh.Error):
            stdout.channel.abort()
            return
        cast("_TextChannel", stdout.channel).exit(0)

    async def _run(self, lines: _Lines, stdout: asyncssh.SSHWriter[str]) -> None:
        shell = self._make()
        home = prompt = shell.prompt
        stdout.write(shell.greeting + prompt)
        while True:
            try:
                line = await lines.next()
            except (asyncssh.BreakReceived, asyncssh.SignalReceived):
                # Whatever was asked is not answered: a new session has no open question.
                shell = self._make()
                prompt = home
                stdout.write(f"\n{prompt}")
                continue
            except asyncssh.TerminalSizeChanged:
                continue
            if line is None or (prompt == home and line.strip() in _LEAVING):
                return
            reply = await shell.feed(line)
            prompt = reply.prompt
            stdout.write(reply.text + prompt)
            await stdout.drain()


class _Lines:
    """What a client types, in lines of bounded length."""

    def __init__(self, stdin: asyncssh.SSHReader[str]) -> None:
        self._stdin = stdin
        self._rest = ""

    async def next(self) -> str | None:
        """Return the next line without its end; None at the end, or when a line never ends."""
        while "\n" not in self._rest:
            if len(self._rest) > _LONGEST_LINE:
                return None
            piece = await self._stdin.read(_LONGEST_LINE)
            if not piece:
                return None
            self._rest += piece
        line, _, self._rest = self._rest.partition("\n")
        return line.removesuffix("\r")


class _TftpFolder(asyncssh.SFTPServer):
    """The TFTP folder as SFTP shows it: ``/tftp``, alone in its root."""

    def __init__(self, channel: asyncssh.SSHServerChannel[bytes], folder: Path) -> None:
        super().__init__(channel, chroot=os.fsencode(folder))

    def map_path(self, path: bytes) -> bytes:
        """Return the local path of what lies in the TFTP folder."""
        top = _shown(path).split(b"/")[1]
        if top not in (b"", _TFTP):
            raise asyncssh.SFTPNoSuchFile("No such file")
        return super().map_path(path)

    async def scandir(self, path: bytes) -> AsyncIterator[asyncssh.SFTPName]:
        """Return what lies in a folder; in the root only the TFTP folder."""
        async for name in super().scandir(path):
            if _shown(path) != b"/" or name.filename in (b".", b"..", _TFTP):
                yield name

    def rmdir(self, path: bytes) -> MaybeAwait[None]:
        """Take an empty folder away, but not the TFTP folder itself."""
        if _shown(path).count(b"/") == 1:
            raise asyncssh.SFTPPermissionDenied("The TFTP folder stays")
        return super().rmdir(path)

    def symlink(self, oldpath: bytes, newpath: bytes) -> None:  # noqa: ARG002
        """Refuse to make a link."""
        raise asyncssh.SFTPPermissionDenied("No links here")

    def link(self, oldpath: bytes, newpath: bytes) -> None:  # noqa: ARG002
        """Refuse to make a link."""
        raise asyncssh.SFTPPermissionDenied("No links here")


def _shown(path: bytes) -> bytes:
    """Return a path as the client means it, from the root."""
    # Two slashes at the start would stay two.
    return posixpath.normpath(b"/" + posixpath.join(b"/", path).lstrip(b"/"))
