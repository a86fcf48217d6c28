"""Real SSH servers on loopback, which can be told to fail, and persons who answer for them."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import asyncssh
import pytest

from ctlkit.messages import Message
from ctlkit.pins import Pin
from ctlkit.place import Access, HandOver, HostKey
from ctlkit.place._loop import LoopThread
from ctlkit.place.sftp import SftpPlace

USER, PASSWORD = "tftp", "right-Password1"
HOST = "127.0.0.1"
PATIENCE = 20.0


@dataclass
class Person:
    """Somebody at a prompt: what is answered, and what was asked."""

    password: str | None = field(default=PASSWORD, repr=False)
    trusts: bool = True
    asked: list[tuple[str, str]] = field(default_factory=list)
    keys: list[HostKey] = field(default_factory=list)

    def ask_password(self, user: str, host: str) -> Pin | None:
        """Type the password."""
        self.asked.append((user, host))
        return None if self.password is None else Pin(self.password)

    def confirm_host_key(self, key: HostKey) -> bool:
        """Compare a fingerprint."""
        self.keys.append(key)
        return self.trusts

    def hand_over(self, request: HandOver) -> bool:
        """Nothing is handed over here."""
        raise AssertionError(request)


@dataclass
class Node:
    """An SSH server with a folder.

    Attributes:
        folder: its root; lists lie in ``tftp`` under it.
        passwords: those that it was sent, in their order.
        calls: what its SFTP service was asked to do.
        before: called before each of these; may raise.
        logins: the ways in that it offers: ``password``, ``kbdint``.
        prompts: what it asks in a keyboard-interactive login.
        stuck: requests that are not answered, and what is waited for instead.
        endless, stranger: whether its files never end, and whether they are another user's.
        service: what speaks in the place of the SFTP service.
    """

    folder: Path
    password: str = PASSWORD
    logins: frozenset[str] = frozenset({"password", "kbdint"})
    prompts: tuple[tuple[str, bool], ...] = (("Password: ", False),)
    before: Callable[[str], None] = lambda _call: None
    stuck: dict[str, Callable[[], Awaitable[None]]] = field(default_factory=dict)
    endless: bool = False
    stranger: bool = False
    service: Callable[[asyncssh.SSHServerChannel[bytes]], Awaitable[None]] | None = None
    keys: list[asyncssh.SSHKey] = field(default_factory=list)
    passwords: list[str] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    connections: list[asyncssh.SSHServerConnection] = field(default_factory=list)
    files: list[Any] = field(default_factory=list)
    port: int = 0

    @property
    def lists(self) -> Path:
        """The folder of the lists."""
        return self.folder / "tftp"

    @property
    def name(self) -> str:
        """What the place calls it."""
        return f"sftp://{HOST}:{self.port}/tftp"

    @property
    def url(self) -> str:
        """Its address."""
        return self.url_of("/tftp")

    def url_of(self, folder: str, user: str = USER) -> str:
        """The address of another folder, or of another user's."""
        return f"sftp://{user}@{HOST}:{self.port}{folder}"

    @property
    def fingerprint(self) -> str:
        """The fingerprint of its first key."""
        return self.keys[0].get_fingerprint()

    def content(self) -> dict[str, bytes]:
        """Each file of the folder with its bytes, those that a cut left without a name not."""
        return {
            path.name: path.read_bytes()
            for path in self.lists.iterdir()
            if not path.name.startswith(".")
        }

    def hidden(self) -> list[str]:
        """The names of what a cut left."""
        return [path.name for path in self.lists.iterdir() if path.name.startswith(".")]

    def called(self, call: str) -> None:
        """Take note of what was asked, and fail if it is to fail."""
        self.calls.append(call)
        self.before(call)

    def cut(self) -> None:
        """Close every connection, as a cable that is pulled out would."""
        for connection in self.connections:
            connection.abort()


class _Guard(asyncssh.SSHServer):
    """Lets users in by their password."""

    def __init__(self, node: Node) -> None:
        self._node = node

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self._node.connections.append(conn)

    def session_requested(self) -> Any:
        return self._node.service is not None and _Service(self._node.service)

    def password_auth_supported(self) -> bool:
        return "password" in self._node.logins

    def validate_password(self, _username: str, password: str) -> bool:
        self._node.passwords.append(password)
        return password == self._node.password

    def kbdint_auth_supported(self) -> bool:
        return "kbdint" in self._node.logins

    def get_kbdint_challenge(
        self, _username: str, _lang: str, _submethods: str
    ) -> tuple[str, str, str, list[tuple[str, bool]]]:
        return "", "", "en", list(self._node.prompts)

    def validate_kbdint_response(self, _username: str, responses: Any) -> bool:
        self._node.passwords.extend(responses)
        return list(responses) == [self._node.password]


class _Service(asyncssh.SSHServerSession[bytes]):
    """Speaks in the place of the SFTP service."""

    def __init__(
        self, serve: Callable[[asyncssh.SSHServerChannel[bytes]], Awaitable[None]]
    ) -> None:
        self._serve = serve

    def connection_made(self, chan: asyncssh.SSHServerChannel[bytes]) -> None:
        self._channel = chan

    def subsystem_requested(self, _subsystem: str) -> bool:
        return True

    def session_started(self) -> None:
        async def serve() -> None:
            with contextlib.suppress(OSError):
                await self._serve(self._channel)

        self._task = asyncio.create_task(serve())

    def connection_lost(self, _exc: Exception | None) -> None:
        self._task.cancel()


class _Files(asyncssh.SFTPServer):
    """The folder, chrooted; every request is noted, and may be made to fail."""

    def __init__(self, channel: asyncssh.SSHServerChannel[bytes], node: Node) -> None:
        super().__init__(channel, chroot=bytes(node.folder))
        self._node = node

    async def _asked(self, call: str) -> None:
        self._node.called(call)
        if call in self._node.stuck:
            await self._node.stuck[call]()

    async def open(self, path: bytes, pflags: int, attrs: asyncssh.SFTPAttrs) -> object:
        await self._asked("open")
        opened = super().open(path, pflags, attrs)
        self._node.files.append(opened)
        return opened

    async def read(self, file_obj: object, offset: int, size: int) -> Any:
        await self._asked("read")
        return bytes(size) if self._node.endless else super().read(file_obj, offset, size)

    async def write(self, file_obj: object, offset: int, data: bytes) -> Any:
        await self._asked("write")
        return super().write(file_obj, offset, data)

    async def close(self, file_obj: object) -> Any:
        super().close(file_obj)
        await self._asked("close")

    async def fsetstat(self, file_obj: object, attrs: asyncssh.SFTPAttrs) -> Any:
        await self._asked("chown" if attrs.uid is not None else "chmod")
        return super().fsetstat(file_obj, attrs)

    async def fsync(self, file_obj: object) -> Any:
        await self._asked("fsync")
        return super().fsync(file_obj)

    async def lstat(self, path: bytes) -> Any:
        await self._asked("lstat")
        about: Any = super().lstat(path)
        about = asyncssh.SFTPAttrs.from_local(about)
        about.uid += self._node.stranger
        return about

    async def remove(self, path: bytes) -> Any:
        await self._asked("remove")
        return super().remove(path)

    async def rename(self, oldpath: bytes, newpath: bytes) -> Any:
        await self._asked("rename")
        return super().rename(oldpath, newpath)

    async def posix_rename(self, oldpath: bytes, newpath: bytes) -> Any:
        await self._asked("posix_rename")
        return super().posix_rename(oldpath, newpath)


class MakeNode(Protocol):
    """Starts a server."""

    def __call__(self, **options: Any) -> Node:
        """Start one; attributes of :class:`Node`, and ``server`` for asyncssh's own options."""
        ...


class MakePlace(Protocol):
    """Opens a place, which is closed after the test."""

    def __call__(
        self, *nodes: Node | str, person: Person | None = ..., old: bool = ..., **access: Any
    ) -> SftpPlace:
        """Open one with the given nodes' folders; further options are those of ``Access``."""
        ...


class Listen(Protocol):
    """Starts a server that speaks no SSH, or not for long."""

    def __call__(
        self, serve: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
    ) -> str:
        """Serve each connection with a coroutine; return the address of a folder there."""
        ...


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a home without keys, and an environment without an agent and without a password."""
    folder = tmp_path / "home"
    folder.mkdir()
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(folder / "config"))
    for name in ("SSH_AUTH_SOCK", "CTLKIT_PASSWORD"):
        monkeypatch.delenv(name, raising=False)
    return folder


@pytest.fixture
def servers() -> Iterator[LoopThread]:
    """Give the thread that the servers of a test run in."""
    thread = LoopThread()
    yield thread
    thread.close()


@pytest.fixture
def make_node(servers: LoopThread, tmp_path: Path) -> Iterator[MakeNode]:
    """Start SSH servers; all are closed after the test."""
    with contextlib.ExitStack() as cleanup:

        def make(**options: Any) -> Node:
            server = options.pop("server", {})
            folder = Path(options.pop("folder", tmp_path / f"node-{len(list(tmp_path.iterdir()))}"))
            (folder / "tftp").mkdir(parents=True, exist_ok=True)
            node = Node(folder, **options)
            node.keys = node.keys or [asyncssh.generate_private_key("ssh-ed25519")]
            acceptor = servers.run(_serve(node, server))
            node.port = acceptor.get_port()
            cleanup.callback(lambda: servers.run(_stop(acceptor, node)))
            return node

        yield make


async def _serve(node: Node, options: dict[str, Any]) -> asyncssh.SSHAcceptor:
    usual = {
        "sftp_factory": None if node.service else lambda channel: _Files(channel, node),
        "server_factory": lambda: _Guard(node),
        "server_host_keys": node.keys,
        "encoding": None,
    }
    return await asyncssh.listen(HOST, 0, **{**usual, **options})


async def _stop(acceptor: asyncssh.SSHAcceptor, node: Node) -> None:
    acceptor.close()
    node.cut()
    await acceptor.wait_closed()
    for connection in node.connections:
        await connection.wait_closed()
    for file in node.files:  # those of a session that was cut stay open
        file.close()


@pytest.fixture
def listen(servers: LoopThread) -> Iterator[Listen]:
    """Start plain TCP servers; all are closed after the test."""
    with contextlib.ExitStack() as cleanup:

        def start(
            serve: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]],
        ) -> str:
            async def each(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
                try:
                    with contextlib.suppress(OSError):
                        await serve(reader, writer)
                    await asyncio.wait_for(writer.drain(), PATIENCE)
                except (OSError, asyncio.CancelledError):
                    pass
                finally:
                    writer.close()

            async def begin() -> asyncio.Server:
                return await asyncio.start_server(each, HOST, 0)

            async def end() -> None:
                server.close()
                await server.wait_closed()

            server = servers.run(begin())
            cleanup.callback(lambda: servers.run(end()))
            port = server.sockets[0].getsockname()[1]
            return f"sftp://{USER}@{HOST}:{port}/tftp"

        yield start


@pytest.fixture
def person() -> Person:
    """Give a person who trusts every key and knows the password."""
    return Person()


@pytest.fixture
def notices() -> list[Message]:
    """Give what places told on the way."""
    return []


@pytest.fixture
def known_hosts(tmp_path: Path) -> Path:
    """Give the file of known keys, which is not there yet."""
    return tmp_path / "known" / "known_hosts"


@pytest.fixture
def make_place(person: Person, notices: list[Message], known_hosts: Path) -> Iterator[MakePlace]:
    """Open places with a person at the prompt; all are closed after the test."""
    with contextlib.ExitStack() as cleanup:
        usual: Any = {
            "prompt": person,
            "known_hosts": known_hosts,
            "notice": notices.append,
            "timeout": PATIENCE,
        }

        def make(*nodes: Node | str, old: bool = False, **access: Any) -> SftpPlace:
            urls = [node if isinstance(node, str) else node.url for node in nodes]
            reached = access.pop("access", None) or Access(**{**usual, **access})
            place = SftpPlace(urls[0], reached, nodes=urls[1:], old_key_exchange=old)
            return cleanup.enter_context(place)

        yield make
