"""Fetching over HTTP from servers that are as they should be, and from all the others."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from ctlkit.errors import NetworkError, UsageError
from ctlkit.place import Access, Progress, Step, Watch, open_place
from ctlkit.place.fetch import fetch_http, shown_certificate

HOST = "127.0.0.1"
SOON, PATIENT = 0.3, 20.0
LIMIT = 1000

Talk = Callable[[socket.socket], None]
Serve = Callable[[Talk], int]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Give what serves one client at a time on a port of its own, as a function says."""
    with ExitStack() as stack:

        def start(talk: Talk) -> int:
            server = stack.enter_context(socket.create_server((HOST, 0)))
            thread = threading.Thread(target=_serve, args=(server, talk))
            thread.start()
            stack.callback(thread.join)
            stack.callback(_wake, server.getsockname()[1])
            return int(server.getsockname()[1])

        yield start


def _serve(server: socket.socket, talk: Talk) -> None:
    while True:
        client, _ = server.accept()
        with client:
            client.settimeout(PATIENT)
            request = client.recv(4096)
            if request == b"enough":
                return
            try:
                talk(client)
            except ConnectionError:
                continue


def _wake(port: int) -> None:
    with socket.create_connection((HOST, port)) as client:
        client.sendall(b"enough")


def saying(answer: bytes) -> Talk:
    """Answer with these bytes and close."""
    return lambda client: client.sendall(answer)


def endless(answer: bytes, more: bytes) -> Talk:
    """Answer with these bytes and then for ever with more."""

    def talk(client: socket.socket) -> None:
        client.sendall(answer)
        while True:
            client.sendall(more)

    return talk


def silent(answer: bytes) -> Talk:
    """Answer with these bytes, and say no more until the client leaves."""

    def talk(client: socket.socket) -> None:
        client.sendall(answer)
        client.recv(1)

    return talk


def fetch(port: int, timeout: float = PATIENT) -> bytes | None:
    """Fetch the list with a small limit and return its bytes."""
    found = fetch_http(HOST, port, "CTLFile.tlv", timeout=timeout, limit=LIMIT)
    return None if found is None else found.data


def failure(port: int, timeout: float = PATIENT) -> NetworkError:
    """Fetch the list and return the error; it names the node."""
    with pytest.raises(NetworkError) as caught:
        fetch(port, timeout)
    assert f"{HOST}:{port}" in str(caught.value)
    return caught.value


OK = b"HTTP/1.1 200 OK\r\n"


@pytest.mark.parametrize(
    "answer",
    [
        OK + b"Content-Length: 5\r\n\r\nbytes",
        OK + b"Content-Length: 5\r\n\r\nbytes and more",
        OK + b"Transfer-Encoding: chunked\r\n\r\n2\r\nby\r\n3\r\ntes\r\n0\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\n" + OK + b"Content-Length: 5\r\n\r\nbytes",
        b"HTTP/1.0 200 OK\r\n\r\nbytes",
        OK + b"Content-Encoding: identity\r\nContent-Length: 5\r\n\r\nbytes",
    ],
)
def test_what_a_server_may_answer(serve: Serve, answer: bytes) -> None:
    """A length, chunks or the end of the connection say where the file ends."""
    assert b"bytes" == fetch(serve(saying(answer)))


def test_the_request_asks_for_plain_bytes() -> None:
    """One GET of the name in the root, quoted, without compression."""
    asked: list[bytes] = []
    with socket.create_server((HOST, 0)) as server:
        thread = threading.Thread(target=lambda: asked.append(_one_request(server)))
        thread.start()
        fetch_http(HOST, server.getsockname()[1], "a b/\r\n", timeout=PATIENT)
        thread.join()
    lines = asked[0].split(b"\r\n")
    assert b"GET /a%20b/%0D%0A HTTP/1.1" == lines[0]
    assert b"Accept-Encoding: identity" in lines


def _one_request(server: socket.socket) -> bytes:
    client, _ = server.accept()
    with client:
        request = client.recv(4096)
        client.sendall(OK + b"Content-Length: 0\r\n\r\n")
    return request


def test_a_file_that_is_not_there(serve: Serve) -> None:
    """404 is no error: there is no such file."""
    port = serve(saying(b"HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\nsorry"))
    assert fetch(port) is None


@pytest.mark.parametrize("status", [301, 302, 307, 401, 403, 500, 503, 204, 206])
def test_other_statuses_are_errors(serve: Serve, status: int) -> None:
    """A redirect is not followed, a login not tried; each status is told."""
    answer = f"HTTP/1.1 {status} x\r\nLocation: http://{HOST}:1/x\r\nContent-Length: 0\r\n\r\n"
    error = failure(serve(saying(answer.encode())))
    assert ("http-status", status) == (error.code, error.values["number"])


@pytest.mark.parametrize(
    "talk",
    [
        saying(OK + b"Content-Length: 1001\r\n\r\n" + bytes(1001)),
        silent(OK + b"Content-Length: 99999999999\r\n\r\n" + bytes(1001)),
        silent(OK + b"Content-Length: 1001\r\n\r\n"),
        endless(OK + b"\r\n", bytes(4096)),
        endless(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"400\r\n" + bytes(1024) + b"\r\n"),
    ],
)
def test_more_than_a_list_can_be(serve: Serve, talk: Talk) -> None:
    """Whatever the length says, or does not say, no more than the limit is taken."""
    assert "fetch-too-large" == failure(serve(talk)).code


def test_the_limit_itself_is_allowed(serve: Serve) -> None:
    """A file of exactly so many bytes is fetched."""
    assert bytes(LIMIT) == fetch(serve(saying(OK + b"Content-Length: 1000\r\n\r\n" + bytes(1000))))


@pytest.mark.parametrize(
    ("talk", "code"),
    [
        (saying(OK + b"Content-Length: 5\r\n\r\nbyt"), "fetch-cut"),
        (saying(OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nbyt"), "http-garbled"),
        (saying(OK + b"Transfer-Encoding: chunked\r\n\r\nxyz\r\nbyt"), "http-garbled"),
        (saying(OK[:8]), "http-garbled"),
        (saying(b""), "http-garbled"),
        (saying(b"\x16\x03\x01\xff\xfe\x00" * 9), "http-garbled"),
        (saying(b"SSH-2.0-OpenSSH_9.2\r\n"), "http-garbled"),
        (saying(b"HTTP/1.1 abc\r\n\r\n"), "http-garbled"),
        (saying(OK + b"X: y\r\n" * 500 + b"\r\n"), "http-garbled"),
        (saying(OK + b"X: " + b"y" * 70000 + b"\r\n\r\n"), "http-garbled"),
        (saying(OK + b"Content-Encoding: gzip\r\nContent-Length: 1\r\n\r\nx"), "http-encoded"),
        (endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n"), "http-garbled"),
        (endless(b"", b"y" * 4096), "http-garbled"),
    ],
)
def test_what_is_no_answer(serve: Serve, talk: Talk, code: str) -> None:
    """Cut, garbled, compressed, never beginning: each is one clear error, without what was sent."""
    error = failure(serve(talk))
    assert code == error.code
    assert 200 > len(str(error))
    assert "\\x" not in str(error)


@pytest.mark.parametrize("answer", [b"", OK, OK + b"Content-Length: 5\r\n\r\nby"])
def test_a_silent_server(serve: Serve, answer: bytes) -> None:
    """A server that stops talking is given up when the time is over."""
    assert "node-silent" == failure(serve(silent(answer)), SOON).code


def test_a_server_that_trickles(serve: Serve) -> None:
    """A byte now and then does not prolong the time."""

    def talk(client: socket.socket) -> None:
        client.sendall(OK + b"Content-Length: 900\r\n\r\n")
        client.settimeout(0.02)
        for _ in range(900):
            client.sendall(b"x")
            try:
                if not client.recv(1):
                    return
            except TimeoutError:
                continue

    assert "node-silent" == failure(serve(talk), SOON).code


def free_port() -> int:
    """A port where nobody listens."""
    with socket.create_server((HOST, 0)) as server:
        return int(server.getsockname()[1])


def test_nobody_listens() -> None:
    """A closed port and a name that is none are one clear error each."""
    assert "node-refused" == failure(free_port()).code
    for host in ("no-such-host.invalid", "a" * 300, "\x00", "bücher..example"):
        with pytest.raises(NetworkError):
            fetch_http(host, 80, "CTLFile.tlv", timeout=PATIENT)


def test_an_environments_proxy_is_not_asked(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    """Proxy variables change nothing."""
    monkeypatch.setenv("http_proxy", f"http://{HOST}:{free_port()}")
    assert b"" == fetch(serve(saying(OK + b"Content-Length: 0\r\n\r\n")))


@pytest.mark.parametrize(
    ("header", "modified"),
    [
        (b"Last-Modified: Fri, 06 Mar 2015 20:53:33 GMT\r\n", 1_425_675_213.0),
        (b"Last-Modified: yesterday\r\n", None),
        (b"Last-Modified: Fri, 99 Mar 99999 20:53:33 GMT\r\n", None),
        (b"", None),
    ],
)
def test_the_modification_time(serve: Serve, header: bytes, modified: float | None) -> None:
    """The server's word for it, None where it gives none that is a time."""
    port = serve(saying(OK + header + b"Content-Length: 0\r\n\r\n"))
    found = fetch_http(HOST, port, "CTLFile.tlv", timeout=PATIENT)
    assert found is not None
    assert modified == found.modified
    assert f"http://{HOST}:{port}/CTLFile.tlv" == found.name


def test_no_certificate_to_be_seen(serve: Serve) -> None:
    """A port that is closed, silent or speaks no TLS shows none."""
    assert shown_certificate(HOST, free_port(), timeout=PATIENT) is None
    assert shown_certificate(HOST, serve(saying(b"HTTP/1.1 400 x\r\n")), timeout=PATIENT) is None
    assert shown_certificate(HOST, serve(silent(b"")), timeout=SOON) is None
    assert shown_certificate("no-such-host.invalid", 1, timeout=PATIENT) is None


# The place.


def test_a_place_to_read(serve: Serve) -> None:
    """The state is the present file of the one node; progress is told."""
    port = serve(saying(OK + b"Content-Length: 5\r\n\r\nbytes"))
    told: list[Progress] = []
    with open_place(f"http://{HOST}:{port}") as place:
        (state,) = place.state("ITLFile.tlv", Watch(told.append))
        assert (state.node,) == place.nodes
        assert not place.writable
    assert state.present is not None
    assert (b"bytes", None, None) == (state.present.data, state.kept, state.error)
    assert [Step.READING, Step.DONE] == [item.step for item in told]


def test_a_node_that_fails_is_a_state() -> None:
    """What goes wrong is in the node's state, not raised."""
    url = f"http://{HOST}:{free_port()}"
    told: list[Progress] = []
    (state,) = open_place(url, Access(timeout=PATIENT)).state(watch=Watch(told.append))
    assert (url, None) == (state.node, state.present)
    assert isinstance(state.error, NetworkError)
    assert Step.FAILED is told[-1].step


@pytest.mark.parametrize("scheme", ["http", "tftp"])
def test_nothing_is_written(scheme: str) -> None:
    """Publishing, restoring and deleting are refused."""
    place = open_place(f"{scheme}://node")
    writes: list[Callable[[], object]] = [
        lambda: place.publish(b"", {}),
        lambda: place.restore({}),
        lambda: place.delete({}),
    ]
    for write in writes:
        with pytest.raises(UsageError) as caught:
            write()
        assert "place-read-only" == caught.value.code


@pytest.mark.parametrize(
    ("url", "node"),
    [
        ("http://node", "http://node"),
        ("http://node:6970/", "http://node"),
        ("http://node:80", "http://node:80"),
        ("http://[::1]", "http://[::1]"),
        ("http://[fe80::1]:6971", "http://[fe80::1]:6971"),
        ("tftp://10.0.0.1:69", "tftp://10.0.0.1"),
        ("tftp://10.0.0.1:6969", "tftp://10.0.0.1:6969"),
    ],
)
def test_addresses(url: str, node: str) -> None:
    """A node is named by its host, and by its port where that is not the usual one."""
    place = open_place(url)
    assert (url, (node,)) == (place.url, place.nodes)


@pytest.mark.parametrize(
    "url",
    [
        *("http:x", "http://", "http:///", "http://node:0", "http://node:65536", "http://node:"),
        *("http://user@node", "http://node/folder", "http://node?x=1", "http://::1"),
        *("tftp://node:99999", "tftp://no de", "http://node\n", "http://nöde", "http://node:٣"),
    ],
)
def test_addresses_that_are_none(url: str) -> None:
    """A user, a path, a port out of range: nothing is guessed."""
    with pytest.raises(UsageError) as caught:
        open_place(url)
    assert "fetch-address" == caught.value.code
