"""Passwords in the wizard: real servers that refuse one, and places that are opened again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import asyncssh
import pytest

from ctlkit.config import PlaceSettings
from ctlkit.place._loop import LoopThread
from ctlkit_gui.flow import (
    Answer,
    Event,
    Failed,
    HostKeyMet,
    OpenPlace,
    PlaceKind,
    Remembered,
    ServerForm,
)
from ctlkit_gui.work import Context, SecretBox, run

HOST = "127.0.0.1"
RIGHT, OTHER = "marker-right-4711", "marker-other-4712"


@dataclass(slots=True)
class Node:
    """An SFTP server that takes one password.

    Attributes:
        passwords: those that it was sent, in their order.
    """

    password: str = field(repr=False)
    passwords: list[str] = field(default_factory=list, repr=False)
    port: int = 0

    @property
    def url(self) -> str:
        """Its folder, as an address."""
        return f"sftp://tftp@{HOST}:{self.port}/"


class _Guard(asyncssh.SSHServer):
    def __init__(self, node: Node) -> None:
        self._node = node

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, _username: str, password: str) -> bool:
        self._node.passwords.append(password)
        return password == self._node.password


class MakeNode(Protocol):
    """Starts a server."""

    def __call__(self, password: str) -> Node:
        """Start one that takes this password."""
        ...


@pytest.fixture
def make_node(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MakeNode]:
    """Start SFTP servers, which end with the test; nobody's agent logs in to them."""
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    monkeypatch.delenv("CTLKIT_PASSWORD", raising=False)
    thread = LoopThread()
    key = asyncssh.generate_private_key("ssh-ed25519")
    acceptors: list[asyncssh.SSHAcceptor] = []

    async def listen(node: Node) -> asyncssh.SSHAcceptor:
        folder = bytes(tmp_path)
        return await asyncssh.listen(
            HOST,
            0,
            config=None,
            server_factory=lambda: _Guard(node),
            server_host_keys=[key],
            sftp_factory=lambda channel: asyncssh.SFTPServer(channel, chroot=folder),
        )

    async def stop(acceptor: asyncssh.SSHAcceptor) -> None:
        acceptor.close()
        await acceptor.wait_closed()

    def make(password: str) -> Node:
        node = Node(password)
        acceptors.append(thread.run(listen(node)))
        node.port = acceptors[-1].get_port()
        return node

    yield make
    for acceptor in acceptors:
        thread.run(stop(acceptor))
    thread.close()


class Desk:
    """A wizard's work, with a person who trusts every host key and types one password."""

    def __init__(self, places: dict[str, PlaceSettings], known_hosts: Path) -> None:
        self.context = Context(SecretBox(), settings=places, known_hosts=known_hosts)
        self._request = 0

    def open(self, name: str, password: str) -> str | None:
        """Open a place; return the code of what went wrong."""
        self._request += 1
        self.context.box.put(password)
        form = ServerForm(PlaceKind.NAMED, name=name)
        effect = OpenPlace(self._request, form, Remembered().default_mode)
        answer = run(effect, self.context, self._hear)
        return answer.error.code if isinstance(answer, Failed) else None

    def _hear(self, event: Event) -> None:
        if isinstance(event, HostKeyMet):
            run(Answer(event.request, accepted=True), self.context, self._hear)


class MakeDesk(Protocol):
    """Makes a wizard's work."""

    def __call__(self, **places: tuple[Node, ...]) -> Desk:
        """Make one that knows these places by name."""
        ...


@pytest.fixture
def make_desk(tmp_path: Path) -> Iterator[MakeDesk]:
    """Make a wizard's work, which ends with the test."""
    made: list[Desk] = []

    def make(**places: tuple[Node, ...]) -> Desk:
        settings = {
            name: PlaceSettings(first.url, nodes=tuple(node.url for node in further))
            for name, (first, *further) in places.items()
        }
        made.append(Desk(settings, tmp_path / "known_hosts"))
        return made[-1]

    yield make
    for desk in made:
        desk.context.close()


def test_a_password_stays_refused_where_it_was_refused(
    make_node: MakeNode, make_desk: MakeDesk
) -> None:
    """One node of two refused it: it is usable with the other alone, and never sent there again."""
    good, bad = make_node(RIGHT), make_node(OTHER)
    desk = make_desk(good=(good,), both=(good, bad), bad=(bad,))
    assert desk.open("good", RIGHT) is None
    assert desk.open("both", RIGHT) is not None
    sent = [*bad.passwords]
    assert desk.open("good", RIGHT) is None
    for place in ("bad", "both", "bad"):
        assert "password-refused-before" == desk.open(place, RIGHT)
    assert [1, sent] == [len(sent), bad.passwords]


def test_another_password_may_follow_a_refused_one(
    make_node: MakeNode, make_desk: MakeDesk
) -> None:
    """Who mistyped may type again; only what was refused is not sent a second time."""
    node = make_node(RIGHT)
    desk = make_desk(node=(node,))
    codes = [desk.open("node", password) for password in (OTHER, OTHER, RIGHT)]
    assert ["password-refused", "password-refused-before", None] == codes
    assert [OTHER, RIGHT] == node.passwords
