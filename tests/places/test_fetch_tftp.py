"""Fetching over TFTP from servers that are as they should be, and from all the others."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from queue import SimpleQueue

import pytest
import tftpy

from ctlkit.errors import NetworkError
from ctlkit.place import open_place
from ctlkit.place.fetch import fetch_tftp

HOST = "127.0.0.1"
SOON, PATIENT = 0.3, 20.0
LIMIT = 2000
FULL = bytes(512)
NOT_THERE = b"\0\5\0\1File not found\0"


class Client:
    """What a test's server sees of its client: it answers from a port of its own."""

    def __init__(self, request: bytes, address: tuple[str, int]) -> None:
        self.request = request
        self.address = address
        self.channel = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.channel.bind((HOST, 0))
        self.channel.settimeout(PATIENT)

    def send(self, packet: bytes) -> None:
        """Send a packet to the client."""
        self.channel.sendto(packet, self.address)

    def heard(self) -> bytes:
        """Return the next packet of the client."""
        return self.channel.recv(1024)

    def send_data(self, number: int, data: bytes) -> None:
        """Send a block."""
        self.send(b"\0\3" + number.to_bytes(2, "big") + data)


Talk = Callable[[Client], None]
Serve = Callable[[Talk], int]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Give what answers one request on a port of its own, as a function says."""
    with ExitStack() as stack:

        def start(talk: Talk) -> int:
            server = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
            server.bind((HOST, 0))
            thread = threading.Thread(target=_serve, args=(server, talk))
            thread.start()
            stack.callback(thread.join)
            stack.callback(server.sendto, b"enough", server.getsockname())
            return int(server.getsockname()[1])

        yield start


def _serve(server: socket.socket, talk: Talk) -> None:
    while True:
        request, address = server.recvfrom(1024)
        if request == b"enough":
            return
        client = Client(request, address)
        with closing(client.channel):
            talk(client)


def fetch(port: int, timeout: float = PATIENT) -> bytes | None:
    """Fetch the list with a small limit and return its bytes."""
    found = fetch_tftp(HOST, port, "CTLFile.tlv", timeout=timeout, limit=LIMIT)
    return None if found is None else found.data


def failure(port: int, timeout: float = PATIENT) -> NetworkError:
    """Fetch the list and return the error; it names the node."""
    with pytest.raises(NetworkError) as caught:
        fetch(port, timeout)
    assert f"{HOST}:{port}" in str(caught.value)
    return caught.value


def test_a_file_in_blocks(serve: Serve) -> None:
    """Each block is acknowledged by its number, the last too; the request has no options."""
    seen: SimpleQueue[bytes] = SimpleQueue()

    def talk(client: Client) -> None:
        seen.put(client.request)
        for number, data in enumerate((FULL, FULL, b"end"), 1):
            client.send_data(number, data)
            seen.put(client.heard())

    assert FULL + FULL + b"end" == fetch(serve(talk))
    packets = [seen.get(timeout=PATIENT) for _ in range(4)]
    assert [b"\0\1CTLFile.tlv\0octet\0", b"\0\4\0\1", b"\0\4\0\2", b"\0\4\0\3"] == packets


def test_the_last_block_may_be_empty(serve: Serve) -> None:
    """A file of whole blocks ends with an empty one; an empty file is one."""

    def talk(client: Client) -> None:
        client.send_data(1, FULL)
        client.heard()
        client.send_data(2, b"")
        client.heard()

    assert FULL == fetch(serve(talk))
    assert b"" == fetch(serve(lambda client: client.send_data(1, b"")))


def test_a_file_that_is_not_there(serve: Serve) -> None:
    """Error 1 is no error: there is no such file."""
    assert fetch(serve(lambda client: client.send(NOT_THERE))) is None


def test_a_refusal_meant_for_another(serve: Serve) -> None:
    """A late refusal of what the port's former owner asked for does not hide the file."""
    answers = iter((NOT_THERE, b"\0\3\0\1list"))
    assert b"list" == fetch(serve(lambda client: client.send(next(answers))))


@pytest.mark.parametrize(
    ("packet", "number", "reason"),
    [
        (b"\0\5\0\2Access violation\0", 2, "Access violation"),
        (b"\0\5\0\0\xff\xfe\x1b[31m", 0, "\\xff\\xfe\x1b[31m"),
        (b"\0\5\xff\xff", 0xFFFF, ""),
    ],
)
def test_a_refusal(serve: Serve, packet: bytes, number: int, reason: str) -> None:
    """Other errors are told with the server's words, made safe."""
    error = failure(serve(lambda client: client.send(packet)))
    assert ("tftp-refused", number, reason) == (
        *(error.code, error.values["number"]),
        error.values["reason"],
    )
    assert str(error).isprintable()


def test_a_file_that_vanishes_is_no_missing_file(serve: Serve) -> None:
    """Error 1 in the middle of a transfer is an error."""

    def talk(client: Client) -> None:
        client.send_data(1, FULL)
        client.heard()
        client.send(b"\0\5\0\1gone\0")

    assert "tftp-refused" == failure(serve(talk)).code


@pytest.mark.parametrize(
    "packet",
    [
        b"",
        b"\0",
        b"\0\3\0",
        b"\0\4\0\1",
        b"\0\6blksize\x001400\0",
        b"HTTP",
        b"\0\3\0\1" + bytes(513),
    ],
)
def test_what_is_no_tftp(serve: Serve, packet: bytes) -> None:
    """An acknowledgement, options nobody asked for, too long a block, garbage: one clear error."""
    assert "tftp-garbled" == failure(serve(lambda client: client.send(packet))).code


def test_an_endless_file(serve: Serve) -> None:
    """More than the limit is not taken."""

    def talk(client: Client) -> None:
        for number in range(1, 5):
            client.send_data(number, FULL)
            if number < 4:
                client.heard()

    assert "fetch-too-large" == failure(serve(talk)).code


def test_a_server_that_falls_silent(serve: Serve) -> None:
    """Nothing at all, or nothing after a block, ends when the time is over."""
    assert "node-silent" == failure(serve(lambda _client: None), SOON).code
    assert "node-silent" == failure(serve(lambda client: client.send_data(1, FULL)), SOON).code


def test_a_server_that_repeats_itself(serve: Serve) -> None:
    """The same block for ever does not prolong the time."""
    over = threading.Event()

    def talk(client: Client) -> None:
        while not over.is_set():
            client.send_data(1, FULL)

    port = serve(talk)
    error = failure(port, SOON)
    over.set()
    assert "node-silent" == error.code


def test_a_packet_that_is_lost_is_sent_again(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    """Request and acknowledgement are repeated; a block that comes twice counts once."""
    monkeypatch.setattr("ctlkit.place._tftp._PATIENCE", 0.05)
    requests: list[bytes] = []

    def talk(client: Client) -> None:
        requests.append(client.request)
        if len(requests) != 3:
            return
        client.send_data(1, FULL)
        assert b"\0\4\0\1" == client.heard()
        assert b"\0\4\0\1" == client.heard()
        client.send_data(1, bytes(range(256)) * 2)
        client.send_data(2, b"end")
        client.heard()

    assert FULL + b"end" == fetch(serve(talk))
    assert [b"\0\1CTLFile.tlv\0octet\0"] * 3 == requests[:3]


def test_strangers_are_not_heard(serve: Serve) -> None:
    """Once a server answered, packets from another port are ignored, errors too."""

    def talk(client: Client) -> None:
        client.send_data(1, FULL)
        client.heard()
        with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as stranger:
            stranger.sendto(b"\0\3\0\2forged", client.address)
            stranger.sendto(b"\0\5\0\0forged\0", client.address)
            stranger.sendto(b"garbage", client.address)
        client.send_data(2, b"end")
        client.heard()

    assert FULL + b"end" == fetch(serve(talk))


def test_another_host_is_not_heard(serve: Serve) -> None:
    """Whoever answers first from another address is not the server."""

    def talk(client: Client) -> None:
        with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as stranger:
            stranger.bind(("127.0.0.2", 0))
            stranger.sendto(b"\0\3\0\1forged", client.address)
        client.send_data(1, b"true")
        client.heard()

    assert b"true" == fetch(serve(talk))


def test_names_that_are_none() -> None:
    """A host that cannot be found is one clear error."""
    for host in ("no-such-host.invalid", "a" * 300):
        with pytest.raises(NetworkError):
            fetch_tftp(host, 69, "CTLFile.tlv", timeout=PATIENT)


def test_the_place(serve: Serve) -> None:
    """The state of a tftp: place is its file, without a time."""

    def talk(client: Client) -> None:
        client.send_data(1, b"bytes")

    (state,) = open_place(f"tftp://{HOST}:{serve(talk)}").state()
    assert state.present is not None
    assert (b"bytes", None, None) == (state.present.data, state.present.modified, state.error)


def test_another_implementation(tmp_path: Path) -> None:
    """A server that is not ours serves files of every kind of length."""
    server = tftpy.TftpServer(str(tmp_path))
    thread = threading.Thread(target=server.listen, args=(HOST, 0, 0.05))
    thread.start()
    server.is_running.wait(PATIENT)
    try:
        for size in (0, 511, 512, 1500):
            (tmp_path / "CTLFile.tlv").write_bytes(bytes(size))
            assert bytes(size) == fetch(server.listenport)
        assert fetch_tftp(HOST, server.listenport, "ITLFile.tlv", timeout=PATIENT) is None
    finally:
        server.stop(now=True)
        thread.join()
