"""Servers that hang, close, flood, or send what is no sense: one clear error, in bounded time."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import asyncssh
import pytest

from ctlkit.errors import CtlkitError, NetworkError
from ctlkit.place import LIST_NAME

if TYPE_CHECKING:
    from ctlkit.place.sftp import SftpPlace

    Channel = asyncssh.SSHServerChannel[bytes]
    from tests.places.sftp.conftest import Listen, MakeNode, MakePlace

ONE, TWO = b"first list", b"second list"
SOON, BEHIND_A_LOGIN = 0.3, 2.0
VERSION = b"SSH-2.0-Hostile\r\n"


def error_of(place: SftpPlace) -> CtlkitError:
    """The error of the only node's state."""
    error = place.state()[0].error
    assert error is not None
    return error


async def _silent(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    await reader.read(-1)


async def _half(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(VERSION)
    await reader.read(-1)


async def _closing(_reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    pass


async def _garbage(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(VERSION + bytes(range(256)) * 300)
    await writer.drain()


async def _web(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readline()
    writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
    await writer.drain()


async def _flood(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while True:
        writer.write(b"flood\r\n" * 10_000)
        await writer.drain()


async def _one_line(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while True:
        writer.write(b"x" * 100_000)
        await writer.drain()


async def _drip(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while True:
        writer.write(b"a line that means nothing\r\n")
        await writer.drain()
        await asyncio.sleep(0.02)


Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@pytest.mark.parametrize("serve", [_silent, _half, _drip])
def test_a_server_that_is_silent_before_the_login(
    listen: Listen, make_place: MakePlace, serve: Serve
) -> None:
    """No word, no more than a version, and lines without end are waited for so long only."""
    error = error_of(make_place(listen(serve), timeout=SOON))
    assert ("ssh-silent", 8) == (error.code, error.status)


@pytest.mark.parametrize("serve", [_closing, _garbage, _web, _flood, _one_line])
def test_what_is_no_ssh_server(listen: Listen, make_place: MakePlace, serve: Serve) -> None:
    """An end, garbage, another protocol and floods before the login are told at once."""
    error = error_of(make_place(listen(serve)))
    assert isinstance(error, NetworkError)
    assert error.code in {"ssh-failed", "ssh-closed-early"}
    assert str(error).isprintable()


def test_a_name_that_does_not_exist(make_place: MakePlace) -> None:
    """A host that cannot be found is one clear error."""
    error = error_of(make_place("sftp://tftp@no-such-host.invalid/tftp"))
    assert ("ssh-unreachable", 8) == (error.code, error.status)


@pytest.mark.parametrize("call", ["lstat", "write", "posix_rename"])
def test_a_server_that_stops_answering(
    make_node: MakeNode, make_place: MakePlace, call: str
) -> None:
    """Whichever request is left without an answer: silence is told, the lists are whole."""
    node = make_node()
    (node.lists / LIST_NAME).write_bytes(ONE)
    place = make_place(node, timeout=BEHIND_A_LOGIN)
    place.state()
    hung = threading.Event()

    async def forever() -> None:
        hung.set()
        await asyncio.Event().wait()

    node.stuck[call] = forever
    (done,) = place.publish(TWO, {node.name: ONE})
    assert hung.is_set()
    assert done.error is not None
    assert ("ssh-silent", 8) == (done.error.code, done.error.status)
    assert node.content()[LIST_NAME] in {ONE, TWO}


VERSION_3 = b"\0\0\0\5\2\0\0\0\3"


async def _sftp_hangs(_channel: Channel) -> None:
    pass


async def _sftp_closes(channel: Channel) -> None:
    channel.exit(0)


async def _sftp_chats(channel: Channel) -> None:
    channel.write(b"Welcome to this server!\r\n" * 100)


async def _sftp_floods(channel: Channel) -> None:
    channel.write(VERSION_3)
    while True:
        channel.write((b"\0\0\0\x11\x65" + bytes(16)) * 1000)
        await asyncio.sleep(0)


async def _sftp_is_huge(channel: Channel) -> None:
    channel.write(VERSION_3 + b"\xff\xff\xff\xff" + bytes(4096))


async def _sftp_is_nonsense(channel: Channel) -> None:
    channel.write(VERSION_3 + b"\0\0\0\x09\x69\0\0\0\0\xff\xff\xff\xff")


@pytest.mark.parametrize(
    ("serve", "codes"),
    [
        (_sftp_hangs, {"ssh-silent"}),
        (_sftp_closes, {"ssh-closed", "sftp-no-service"}),
        (_sftp_chats, {"sftp-no-service", "ssh-failed"}),
        (_sftp_floods, {"ssh-failed", "ssh-closed", "sftp-no-service"}),
        (_sftp_is_huge, {"ssh-failed", "ssh-closed", "sftp-no-service"}),
        (_sftp_is_nonsense, {"ssh-failed", "ssh-closed", "sftp-no-service"}),
    ],
)
def test_what_is_no_sftp_service(
    make_node: MakeNode,
    make_place: MakePlace,
    serve: Callable[[Channel], Awaitable[None]],
    codes: set[str],
) -> None:
    """Silence, an end, chatter, floods, huge lengths and nonsense behind a good login."""
    error = error_of(make_place(make_node(service=serve), timeout=BEHIND_A_LOGIN))
    assert error.code in codes
    assert str(error).isprintable()


def test_a_server_without_sftp(make_node: MakeNode, make_place: MakePlace) -> None:
    """A server that offers no SFTP says so, and it is told."""
    error = error_of(make_place(make_node(server={"sftp_factory": None})))
    assert "sftp-no-service" == error.code


def test_a_file_without_end(make_node: MakeNode, make_place: MakePlace) -> None:
    """A server that says a file is short and sends it for ever is cut off at the bound."""
    node = make_node()
    (node.lists / LIST_NAME).write_bytes(ONE)
    node.endless = True
    error = error_of(make_place(node))
    assert ("file-too-large", 4) == (error.code, error.status)


def test_what_a_server_says_is_printable(make_node: MakeNode, make_place: MakePlace) -> None:
    """Control characters in a server's refusal do not reach a terminal."""
    node = make_node()

    def refuse(call: str) -> None:
        raise asyncssh.SFTPPermissionDenied(f"\x1b[2J{call}\r\nno")

    node.before = refuse
    error = error_of(make_place(node))
    assert "file-unreadable" == error.code
    assert str(error).isprintable()
