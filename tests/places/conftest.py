"""A node whose command line does what a test says, over real SSH, and a person who answers.

Rules:

* The node's command line is a script: line -> the pieces that it writes then. ``<close>`` among
  them closes the shell, ``<pause>`` lets what was written arrive by itself. It echoes as a
  terminal does, unless the test says otherwise, and remembers all that was typed.
* Its files are served over HTTP, and ``show ctl`` speaks of them.
* Everything listens on loopback, on ports that the system chose, and is closed with the test.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import asyncssh
import pytest

from ctlkit.codec import decode_partly
from ctlkit.pins import Pin
from ctlkit.place import LIST_NAME, Access, HandOver, HostKey
from ctlkit.place._console import Patience
from ctlkit.place._loop import LoopThread
from ctlkit.place.cucm import CucmPlace
from ctlkit.showctl import missing_text, show_text

MODE = (
    "run sql select paramname,paramvalue from processconfig where paramname='ClusterSecurityMode'"
)
_QUESTION = ("Delete the File CTLFile.tlv?\r\n", 'Enter "y" followed by return to continue: ')
PASSWORD = "not-the-right-one-at-all"
REPOSITORY = Path(__file__).resolve().parents[2]


CLOSE, PAUSE = "<close>", "<pause>"
Acts = tuple[str, ...]


def echo(line: str) -> str:
    """What a terminal shows of a line that is typed."""
    return f"{line}\r\n"


@dataclass
class ScriptedNode:
    """A node: its files, its script, and what was typed."""

    files: dict[str, bytes] = field(default_factory=dict)
    script: dict[str, Acts] = field(default_factory=dict)
    greeting: Acts = ("Command Line Interface is starting up\r\n", "\r\nadmin:")
    echo: Callable[[str], str] = echo
    typed: list[str] = field(default_factory=list)
    ssh_port: int = 0
    http_port: int = 0
    # What a line does to the node, before it is answered.
    effects: dict[str, Callable[[], None]] = field(default_factory=dict)
    _ended: threading.Event = field(default_factory=threading.Event)

    @property
    def address(self) -> str:
        """Its address as a place."""
        return f"cucm://admin@127.0.0.1:{self.ssh_port}?http={self.http_port}&tls=1"

    @property
    def name(self) -> str:
        """Its name as a node."""
        return f"127.0.0.1:{self.ssh_port}"

    def wait_for_end(self) -> None:
        """Wait until its last session is over, and all that was typed is known."""
        assert self._ended.wait(30)

    def answer(self, line: str) -> Acts:
        """What the command line does after a line."""
        self.effects.get(line, lambda: None)()
        if line in self.script:
            return self.script[line]
        if line in ("show ctl", "show itl"):
            return (self.shown(line[-3:].upper()), "admin:")
        return ("No valid command entered\r\n", "admin:")

    def shown(self, kind: str) -> str:
        """What it shows of a list, as a terminal gets it."""
        data = self.files.get(f"{kind}File.tlv")
        verified = f"The {kind} file was verified successfully."
        text = missing_text(kind) if data is None else show_text(decode_partly(data), 0, verified)
        return text.replace("\n", "\r\n")

    async def serve(self, process: asyncssh.SSHServerProcess[str]) -> None:
        """Be the command line of one session."""
        self._ended.clear()
        with contextlib.suppress(asyncssh.Error, ConnectionError):
            acts: Acts | None = self.greeting
            while acts is not None:
                acts = await self._play(process, acts)
        process.exit(0)
        await process.wait_closed()
        self._ended.set()

    async def _play(self, process: asyncssh.SSHServerProcess[str], acts: Acts) -> Acts | None:
        for act in acts:
            if act == CLOSE:
                return None
            if act == PAUSE:
                await asyncio.sleep(0.02)
            else:
                process.stdout.write(act)
                await process.stdout.drain()
        line = await self._line(process)
        return None if line is None else self.answer(line)

    async def _line(self, process: asyncssh.SSHServerProcess[str]) -> str | None:
        """What is typed next; None where the shell was closed instead."""
        text = await process.stdin.readline()
        if text:
            self.typed.append(text.rstrip("\n"))
        if not text.endswith("\n"):
            return None
        process.stdout.write(self.echo(self.typed[-1]))
        return self.typed[-1]


class _Login(asyncssh.SSHServer):
    """Asks for the one password by keyboard-interactive, as real nodes do."""

    def kbdint_auth_supported(self) -> bool:
        return True

    def get_kbdint_challenge(
        self, _user: str, _lang: str, _submethods: str
    ) -> tuple[str, str, str, list[tuple[str, bool]]]:
        return "", "", "", [("Password: ", False)]

    def validate_kbdint_response(self, _user: str, responses: Sequence[str]) -> bool:
        return list(responses) == [PASSWORD]


class NodeMaker:
    """Starts nodes, and closes them."""

    def __init__(self) -> None:
        self._loop = LoopThread()
        self._key = asyncssh.generate_private_key("ssh-ed25519")
        self._closing: list[Callable[[], None]] = []

    @property
    def fingerprint(self) -> str:
        """The host key of every node."""
        return self._key.get_fingerprint()

    def __call__(self, node: ScriptedNode | None = None) -> ScriptedNode:
        """Start a node."""
        node = node or ScriptedNode()
        acceptor = self._loop.run(self._listen(node))
        node.ssh_port = acceptor.get_port()
        self._closing.append(lambda: self._loop.run(self._end(acceptor)))
        self._serve_files(node)
        return node

    async def _listen(self, node: ScriptedNode) -> asyncssh.SSHAcceptor:
        return await asyncssh.listen(
            "127.0.0.1",
            0,
            server_factory=_Login,
            server_host_keys=[self._key],
            process_factory=node.serve,
            line_editor=False,
        )

    async def _end(self, acceptor: asyncssh.SSHAcceptor) -> None:
        acceptor.close()
        await acceptor.wait_closed()

    def _serve_files(self, node: ScriptedNode) -> None:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                data = node.files.get(self.path.lstrip("/"))
                self.send_response(404 if data is None else 200)
                self.send_header("Content-Length", str(len(data or b"")))
                self.end_headers()
                self.wfile.write(data or b"")

            def log_message(self, *_args: object) -> None:
                """Say nothing."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = False
        node.http_port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()

        def end() -> None:
            server.shutdown()
            thread.join()
            server.server_close()

        self._closing.append(end)

    def close(self) -> None:
        """Close every node."""
        for end in self._closing:
            end()
        self._loop.close()


@dataclass
class Person:
    """Who types the password and puts files where they are asked to."""

    hands: Callable[[HandOver], bool] = lambda _request: True
    password: str = PASSWORD
    requests: list[HandOver] = field(default_factory=list)

    def ask_password(self, user: str, host: str) -> Pin:
        """Type the password."""
        return Pin(self.password)

    def confirm_host_key(self, key: HostKey) -> bool:
        """Know nothing of keys."""
        return False

    def hand_over(self, request: HandOver) -> bool:
        """Do what the test says."""
        self.requests.append(request)
        return self.hands(request)


@pytest.fixture
def make_node() -> Iterator[NodeMaker]:
    """Give what starts nodes with scripts."""
    maker = NodeMaker()
    yield maker
    maker.close()


@pytest.fixture
def make_person() -> type[Person]:
    """Give what makes a person."""
    return Person


@pytest.fixture
def make_access(tmp_path: Path, make_node: NodeMaker) -> Callable[..., Access]:
    """Give what makes an access that knows the nodes' key."""

    def make(person: Person | None = None, timeout: float = 10.0) -> Access:
        return Access(
            prompt=person,
            host_keys=(make_node.fingerprint,),
            known_hosts=tmp_path / "known_hosts",
            keep=tmp_path / "kept",
            timeout=timeout,
        )

    return make


@pytest.fixture(scope="session")
def some_lists() -> dict[str, bytes]:
    """Give lists that are kept with the tests, by their names without suffix."""
    folder = REPOSITORY / "tests" / "data" / "lists"
    return {path.stem: path.read_bytes() for path in folder.glob("*.tlv")}


@pytest.fixture
def two(make_node: NodeMaker, old: bytes) -> list[ScriptedNode]:
    """Give a publisher and a subscriber that hold a list and delete it when told to."""
    nodes = [make_node(), make_node()]
    for node in nodes:
        node.files[LIST_NAME] = old
        node.script |= {
            MODE: ("paramname\r\n===== ===\r\nClusterSecurityMode 0\r\n", "admin:"),
            "file delete activelog cm/tftpdata/CTLFile.tlv": _QUESTION,
            "file delete tftp CTLFile.tlv": _QUESTION,
            "y": ("files: found = 1, deleted = 1\r\n", "admin:"),
        }
        node.effects["y"] = node.files.clear
    return nodes


@pytest.fixture
def old(some_lists: dict[str, bytes]) -> bytes:
    """Give the list that the nodes hold."""
    return some_lists["tokenless-4947"]


@pytest.fixture
def new(some_lists: dict[str, bytes]) -> bytes:
    """Give the list that is put there."""
    return some_lists["tokens-5728"]


@pytest.fixture
def open_two(
    two: list[ScriptedNode], make_access: Callable[..., Access], make_person: type[Person]
) -> Iterator[Callable[..., CucmPlace]]:
    """Give what opens the two nodes as a place."""
    opened = []

    def open_it(person: Person | None = None, access: Access | None = None) -> CucmPlace:
        addresses = [node.address for node in two]
        place = CucmPlace(
            addresses[0],
            access or make_access(person or make_person()),
            nodes=addresses[1:],
            patience=Patience(silence=10.0, question=0.3, proof=0.05),
        )
        opened.append(place)
        return place

    yield open_it
    for place in opened:
        place.close()
