"""Servers that are silent, endless, huge or speak garbage: every phone ends, and says why."""

from __future__ import annotations

import dataclasses
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

from ctlkit.tvs import (
    MessageKind,
    TvsAnswer,
    TvsMessage,
    decode_message,
    encode_message,
    make_answer,
)
from ctlkit_lab.phones import Directory, Server

if TYPE_CHECKING:
    from tests.lab.phones.conftest import Behaviour, Desk, Lists, PracticeNode

HOST = "127.0.0.1"
SHORT = 0.5
"""Seconds that the phones of these tests wait."""


def silent(connection: socket.socket, stop: threading.Event) -> None:
    """Read and never answer."""
    stop.wait()


def closing(connection: socket.socket, stop: threading.Event) -> None:
    """Close at once."""


def garbage(connection: socket.socket, stop: threading.Event) -> None:
    """Answer something else than the protocol."""
    connection.recv(1 << 12)
    connection.sendall(b"\x00\xff\x1b[31m" * 50)


def endless(connection: socket.socket, stop: threading.Event) -> None:
    """Send a head and then bytes without end."""
    connection.recv(1 << 12)
    connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    while not stop.is_set():
        connection.sendall(bytes(1 << 16))


def dripping(connection: socket.socket, stop: threading.Event) -> None:
    """Send a byte now and then."""
    connection.recv(1 << 12)
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n")
    while not stop.wait(0.05):
        connection.sendall(b"\x01")


def boastful(connection: socket.socket, stop: threading.Event) -> None:
    """Announce more than there can be."""
    connection.recv(1 << 12)
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\nabc")
    stop.wait()


FILE_SERVERS = [silent, closing, garbage, endless, dripping, boastful]


@pytest.mark.parametrize("behaviour", FILE_SERVERS, ids=lambda item: item.__name__)
def test_a_hostile_file_server_leaves_a_phone_as_it_is(
    behaviour: Behaviour,
    desk: Callable[[str], Desk],
    hostile: Callable[..., int],
    lists: Lists,
) -> None:
    """The phone gives up in its time, keeps both lists, and its log says what happened."""
    phone = desk("8861").has(lists.ctl("etoken-1"), lists.itl())
    server = Server("cucm-hostile", HOST, hostile(behaviour), 1, 1)
    result = phone.boot(Directory((server,)), SHORT)
    assert (None, "phone-nothing-fetched", True) == (result.accepted, result.code, result.kept)
    assert (lists.ctl("etoken-1"), lists.itl()) == phone.held
    log = phone.phone.log()
    assert " LAB: cucm-hostile: " in log
    assert all(line.isprintable() for line in log.splitlines())


@pytest.mark.parametrize("behaviour", FILE_SERVERS, ids=lambda item: item.__name__)
def test_the_next_server_is_asked_when_one_is_hostile(
    behaviour: Behaviour,
    desk: Callable[[str], Desk],
    hostile: Callable[..., int],
    node: PracticeNode,
    lists: Lists,
) -> None:
    """One broken TFTP server does not keep a list from a phone."""
    phone = desk("8861").has(lists.ctl("etoken-1", "etoken-2"))
    node.offer(lists.ctl("etoken-2"))
    server = Server("cucm-hostile", HOST, hostile(behaviour), 1, 1)
    result = phone.boot(Directory((server, node.server)), 2)
    assert (True, "phone-known-by-ctl") == (result.accepted, result.code)


@pytest.fixture
def silent_udp() -> Iterator[int]:
    """Give the port of a TFTP server that never answers."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind((HOST, 0))
        yield int(server.getsockname()[1])


def test_a_silent_tftp_server_is_given_up(
    desk: Callable[[str], Desk], silent_udp: int, lists: Lists
) -> None:
    """UDP without an answer ends too."""
    phone = desk("7960").has(lists.ctl("etoken-1"))
    server = Server("cucm-silent", HOST, 1, silent_udp, 1)
    assert "phone-nothing-fetched" == phone.boot(Directory((server,)), SHORT).code
    assert "cucm-silent" in phone.phone.log()


def test_a_server_that_fails_is_not_asked_again(
    desk: Callable[[str], Desk], hostile: Callable[..., int], lists: Lists
) -> None:
    """A dead server costs a restart its patience once, not once for each file."""
    asked = []

    def count(connection: socket.socket, stop: threading.Event) -> None:
        asked.append(connection.recv(1 << 12))

    phone = desk("8861").has(lists.ctl("etoken-1"), lists.itl())
    phone.boot(Directory((Server("cucm", HOST, hostile(count), 1, 1),)), SHORT)
    assert 1 == len(asked)


def request_of(connection: socket.socket) -> TvsMessage:
    """Give the question that a phone sends."""
    return decode_message(connection.recv(1 << 16))


def half_an_answer(connection: socket.socket, stop: threading.Event) -> None:
    """Announce a body and stay silent."""
    request = request_of(connection)
    connection.sendall(encode_message(make_answer(request, TvsAnswer(False)))[:12])
    stop.wait()


def another_session(connection: socket.socket, stop: threading.Event) -> None:
    """Answer another question."""
    request = request_of(connection)
    other = dataclasses.replace(request, session=request.session ^ 1)
    connection.sendall(encode_message(make_answer(other, TvsAnswer(False))))


def no_status(connection: socket.socket, stop: threading.Event) -> None:
    """Answer without saying anything."""
    request = request_of(connection)
    answer = TvsMessage(MessageKind.QUERY_RESPONSE, request.session, ())
    connection.sendall(encode_message(answer))


TRUST_SERVICES = [silent, closing, garbage, half_an_answer, another_session, no_status]


@pytest.mark.parametrize("behaviour", TRUST_SERVICES, ids=lambda item: item.__name__)
@pytest.mark.parametrize("model", ["7975", "8861"])
def test_a_hostile_trust_service_vouches_for_nobody(
    model: str,
    behaviour: Behaviour,
    desk: Callable[[str], Desk],
    hostile: Callable[..., int],
    node: PracticeNode,
    lists: Lists,
) -> None:
    """The right certificate alone is no answer: the list is refused, and the log says why."""
    phone = desk(model).has(lists.ctl("etoken-1"), lists.itl())
    node.offer(lists.ctl("etoken-2"), lists.itl())
    server = dataclasses.replace(node.server, tvs=hostile(behaviour, "tvs"))
    result = phone.boot(Directory((server,)), 2)
    assert (False, "phone-tvs-silent", True) == (result.accepted, result.code, result.kept)
    assert "Trust List update failed" in phone.phone.log()


def test_a_trust_service_without_tls_vouches_for_nobody(
    desk: Callable[[str], Desk], hostile: Callable[..., int], node: PracticeNode, lists: Lists
) -> None:
    """A port that does not speak TLS is as good as none."""
    phone = desk("8861").has(lists.ctl("etoken-1"), lists.itl())
    node.offer(lists.ctl("etoken-2"), lists.itl())
    server = dataclasses.replace(node.server, tvs=hostile(garbage))
    assert "phone-tvs-silent" == phone.boot(Directory((server,)), 2).code


def test_the_next_trust_service_is_asked_when_one_is_hostile(
    desk: Callable[[str], Desk], hostile: Callable[..., int], node: PracticeNode, lists: Lists
) -> None:
    """The first trust service of the group that answers decides."""
    phone = desk("8861").has(lists.ctl("etoken-1"), lists.itl())
    node.upload("etoken-2")
    node.offer(lists.ctl("etoken-2"), lists.itl())
    first = dataclasses.replace(node.server, name="away", tvs=hostile(closing, "tvs"))
    result = phone.boot(Directory((first, node.server)), 5)
    assert (True, "phone-vouched") == (result.accepted, result.code)


def vouching(der: bytes | None, lifetime: int | None) -> Behaviour:
    """Give a trust service that vouches with this certificate for everybody."""

    def behave(connection: socket.socket, stop: threading.Event) -> None:
        answer = make_answer(request_of(connection), TvsAnswer(True, der, (0,), lifetime))
        connection.sendall(encode_message(answer))

    return behave


@pytest.mark.parametrize(
    ("der", "code"),
    [
        (None, "phone-tvs-no-certificate"),
        (b"", "phone-key-unusable"),
        (b"no certificate", "phone-key-unusable"),
    ],
)
def test_an_answer_without_a_certificate_is_worthless(
    der: bytes | None,
    code: str,
    desk: Callable[[str], Desk],
    hostile: Callable[..., int],
    node: PracticeNode,
    lists: Lists,
) -> None:
    """Found without a readable certificate checks nothing."""
    phone = desk("8861").has(lists.ctl("etoken-1"), lists.itl())
    node.offer(lists.ctl("etoken-2"), lists.itl())
    server = dataclasses.replace(node.server, tvs=hostile(vouching(der, None), "tvs"))
    result = phone.boot(Directory((server,)), 5)
    assert (False, code) == (result.accepted, result.code)


@pytest.mark.parametrize(
    ("lifetime", "seconds"), [(None, 86400), (60, 60), (0, 0), (0xFFFFFFFF, 86400)]
)
def test_an_answer_serves_a_day_at_most(
    lifetime: int | None,
    seconds: int,
    desk: Callable[[str], Desk],
    hostile: Callable[..., int],
    node: PracticeNode,
    lists: Lists,
) -> None:
    """A trust service can make its answer serve shorter than 24 hours, not longer."""
    phone = desk("8861").has(lists.ctl("etoken-1"), lists.itl())
    node.offer(lists.ctl("capf", by="etoken-2"), lists.itl())
    behaviour = vouching(lists.certificate("etoken-2"), lifetime)
    server = dataclasses.replace(node.server, tvs=hostile(behaviour, "tvs"))
    assert "phone-vouched" == phone.boot(Directory((server,)), 5).code
    node.offer(lists.ctl("capf", "etoken-1", by="etoken-2"), lists.itl())
    if seconds:
        phone.now += seconds - 1
        assert "phone-vouched-before" == phone.boot(node.directory).code
        node.offer(lists.ctl("capf", by="etoken-2"), lists.itl())
    phone.now += 1
    assert "phone-tvs-unknown" == phone.boot(node.directory).code


def test_a_79xx_speaks_the_oldest_tls(
    desk: Callable[[str], Desk], hostile: Callable[..., int], node: PracticeNode, lists: Lists
) -> None:
    """A 7975 asks over TLS 1.0 what an 8861 asks over the newest version."""
    versions: list[str | None] = []

    def note(connection: socket.socket, stop: threading.Event) -> None:
        assert isinstance(connection, ssl.SSLSocket)
        versions.append(connection.version())

    node.offer(lists.ctl("etoken-2"))
    server = dataclasses.replace(node.server, tvs=hostile(note, "tvs"))
    for model in ("7975", "8861"):
        desk(model).has(lists.ctl("etoken-1"), lists.itl()).boot(Directory((server,)), 5)
    assert ["TLSv1", "TLSv1.3"] == versions
