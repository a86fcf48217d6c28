"""Logging in to nodes: passwords, keys, the agent, and what is never sent twice."""

from __future__ import annotations

import pickle
import subprocess
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import asyncssh
import pytest

from ctlkit.errors import CtlkitError
from ctlkit.messages import Message
from ctlkit.pins import Pin, PinOptions
from ctlkit.place import Access, LoginMemory, Refusals

if TYPE_CHECKING:
    from ctlkit.place.sftp import SftpPlace
    from tests.places.sftp.conftest import MakeNode, MakePlace, Person

RIGHT, WRONG = "right-Password1", "wrong-Password2"


def error_of(place: SftpPlace) -> CtlkitError | None:
    """The error of the first node's state."""
    return place.state()[0].error


def code_of(place: SftpPlace) -> str | None:
    """The code of that error."""
    error = error_of(place)
    return error.code if error else None


@pytest.fixture
def authorised(home: Path) -> Path:
    """Give a user's key in its usual place, and the file that lets it in."""
    folder = home / ".ssh"
    folder.mkdir(mode=0o700)
    key = asyncssh.generate_private_key("ssh-ed25519")
    key.write_private_key(str(folder / "id_ed25519"))
    (folder / "id_ed25519").chmod(0o600)
    allowed = home / "authorized_keys"
    key.write_public_key(str(allowed))
    return allowed


@pytest.mark.parametrize("way", ["password", "kbdint"])
def test_a_password_is_asked_for_once(
    make_node: MakeNode, make_place: MakePlace, person: Person, way: str
) -> None:
    """One question for the user serves every node, by either way of asking."""
    nodes = [make_node(logins=frozenset({way})) for _ in range(3)]
    place = make_place(*nodes)
    assert [None] * 3 == [state.error for state in place.state()]
    assert 1 == len(person.asked)
    assert [[RIGHT]] * 3 == [node.passwords for node in nodes]


def test_one_question_serves_several_places(
    make_node: MakeNode, make_place: MakePlace, person: Person, known_hosts: Path
) -> None:
    """Places that are reached with the same value share what was typed."""
    access = Access(prompt=person, known_hosts=known_hosts)
    for _ in range(2):
        assert code_of(make_place(make_node(), access=access)) is None
    assert 1 == len(person.asked)


def test_a_wrong_password_is_sent_once(
    make_node: MakeNode, make_place: MakePlace, person: Person
) -> None:
    """Of three nodes one refuses it; it goes to no other, and to none a second time."""
    person.password = WRONG
    nodes = [make_node() for _ in range(3)]
    place = make_place(*nodes)
    codes = sorted(str(state.error and state.error.code) for state in place.state())
    assert ["password-refused", "password-refused-before", "password-refused-before"] == codes
    assert [WRONG] == [password for node in nodes for password in node.passwords]
    assert {"password-refused-before"} == {
        state.error.code for state in place.state() if state.error
    }
    assert [WRONG] == [password for node in nodes for password in node.passwords]
    assert 1 == len(person.asked)


def test_a_later_refusal_stops_the_password_too(
    make_node: MakeNode, make_place: MakePlace, person: Person, known_hosts: Path
) -> None:
    """A password that one node took and another refused goes to no third."""
    access = Access(prompt=person, known_hosts=known_hosts)
    good, other, third = make_node(), make_node(password=WRONG), make_node()
    codes = [code_of(make_place(node, access=access)) for node in (good, other, third)]
    assert [None, "password-refused", "password-refused-before"] == codes
    assert [] == third.passwords


@pytest.mark.parametrize(
    "prompts",
    [
        (("Password: ", True),),
        (("One-time code: ", False),),
        (("Password: ", False), ("Code: ", False)),
    ],
    ids=["shown", "another", "two"],
)
def test_other_questions_are_not_answered(
    make_node: MakeNode,
    make_place: MakePlace,
    person: Person,
    prompts: tuple[tuple[str, bool], ...],
) -> None:
    """Only one hidden prompt that asks for a password gets it."""
    node = make_node(logins=frozenset({"kbdint"}), prompts=prompts)
    error = error_of(make_place(node))
    assert error is not None
    assert ("login-refused", 8) == (error.code, error.status)
    assert ([], []) == (node.passwords, person.asked)


def test_a_key_needs_no_password(
    make_node: MakeNode, make_place: MakePlace, person: Person, authorised: Path
) -> None:
    """A key in its usual place is tried before anybody is asked."""
    node = make_node(server={"authorized_client_keys": str(authorised)})
    assert code_of(make_place(node)) is None
    assert ([], []) == (node.passwords, person.asked)


@pytest.fixture
def agent(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Run OpenSSH's agent."""
    socket = home / "agent"
    started = subprocess.Popen(
        ["ssh-agent", "-D", "-a", str(socket)], stdout=subprocess.PIPE, text=True
    )
    with started:
        assert started.stdout is not None
        started.stdout.readline()
        monkeypatch.setenv("SSH_AUTH_SOCK", str(socket))
        yield
        started.terminate()


def test_the_agent_is_asked(
    make_node: MakeNode, make_place: MakePlace, person: Person, authorised: Path, agent: None
) -> None:
    """A key that only the agent holds logs in."""
    key = authorised.parent / ".ssh" / "id_ed25519"
    subprocess.run(["ssh-add", "-q", key], check=True, capture_output=True)
    key.unlink()
    node = make_node(server={"authorized_client_keys": str(authorised)})
    assert code_of(make_place(node)) is None
    assert [] == person.asked


def test_a_user_who_is_not_let_in(make_node: MakeNode, make_place: MakePlace) -> None:
    """A server that takes keys only, and not ours, is one clear error; nothing is asked."""
    node = make_node(logins=frozenset())
    error = error_of(make_place(node))
    assert error is not None
    assert "login-refused" == error.code
    assert "tftp" in str(error)


def test_the_person_gives_up(make_node: MakeNode, make_place: MakePlace, person: Person) -> None:
    """No answer is a cancellation, and nothing is sent."""
    person.password = None
    node = make_node()
    error = error_of(make_place(node))
    assert error is not None
    assert (130, []) == (error.status, node.passwords)


def test_nobody_can_be_asked(make_node: MakeNode, make_place: MakePlace) -> None:
    """Without a prompt and without a source the ways to give a password are named."""
    node = make_node()
    error = error_of(make_place(node, prompt=None, host_keys=(node.fingerprint,)))
    assert error is not None
    assert ("password-none", 8) == (error.code, error.status)
    for way in ("--password-file", "--password-fd", "--password-env", "CTLKIT_PASSWORD"):
        assert way in error.advice


def test_a_password_from_a_file(
    make_node: MakeNode,
    make_place: MakePlace,
    person: Person,
    tmp_path: Path,
    notices: list[Message],
) -> None:
    """What was named is used instead of a person, and what is odd about it is told."""
    path = tmp_path / "password"
    path.write_text(f"{RIGHT}\n")
    path.chmod(0o644)
    place = make_place(make_node(), make_node(), passwords=PinOptions(file=path))
    assert [None, None] == [state.error for state in place.state()]
    assert ["password-file-open"] == [notice.code for notice in notices]
    assert [] == person.asked


def test_an_untyped_password_is_for_one_user(
    make_node: MakeNode, make_place: MakePlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A password that nobody typed does not go to a second user."""
    monkeypatch.setenv("CTLKIT_PASSWORD", RIGHT)
    one, two = make_node(), make_node()
    place = make_place(one.url_of("/tftp", "first"), two.url_of("/tftp", "second"))
    codes = sorted(str(state.error and state.error.code) for state in place.state())
    assert ["None", "password-for-one-user"] == codes
    assert 1 == len(one.passwords + two.passwords)


def test_a_password_that_is_wrong_in_form_is_not_sent(
    make_node: MakeNode, make_place: MakePlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two lines are no password; two sources are a mistake of the call."""
    monkeypatch.setenv("CTLKIT_PASSWORD", "one\ntwo")
    node = make_node()
    assert "password-source-lines" == code_of(make_place(node))
    options = PinOptions(descriptor=0, variable="X")
    assert "password-several-options" == code_of(make_place(node, passwords=options))
    assert [] == node.passwords


def test_a_server_that_closes_after_the_password(
    make_node: MakeNode, make_place: MakePlace, person: Person
) -> None:
    """Nobody knows whether it was right, so it is not sent again."""
    seen: list[str] = []

    class Closing(asyncssh.SSHServer):
        def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
            self.connection = conn

        def password_auth_supported(self) -> bool:
            return True

        def validate_password(self, _username: str, password: str) -> bool:
            seen.append(password)
            self.connection.abort()
            return False

    node = make_node(server={"server_factory": Closing})
    place = make_place(node)
    assert "ssh-closed" == code_of(place)
    assert "password-unanswered" == code_of(place)
    assert [RIGHT] == seen


@pytest.fixture
def next_run(person: Person, known_hosts: Path) -> Callable[[], Access]:
    """Give the access of one run after the other: what was refused is all that outlives a run."""
    refusals = Refusals()
    return lambda: Access(
        prompt=person, known_hosts=known_hosts, logins=LoginMemory(refusals=refusals)
    )


def test_what_a_host_refused_is_not_sent_there_in_a_later_run(
    make_node: MakeNode, make_place: MakePlace, next_run: Callable[[], Access]
) -> None:
    """It is not taken from the host that accepts it, nor sent to the one that does not."""
    good, other = make_node(), make_node(password=WRONG)
    access = next_run()
    assert [None, "password-refused"] == [
        code_of(make_place(node, access=access)) for node in (good, other)
    ]
    assert code_of(make_place(good, access=next_run())) is None
    assert "password-refused-before" == code_of(make_place(other, access=next_run()))
    assert ([RIGHT, RIGHT], [RIGHT]) == (good.passwords, other.passwords)


def test_what_was_refused_before_goes_to_no_other_host(
    make_node: MakeNode, make_place: MakePlace, next_run: Callable[[], Access]
) -> None:
    """A host that refused it in an earlier run is as good a reason as one that does so now."""
    other, third = make_node(password=WRONG), make_node()
    assert "password-refused" == code_of(make_place(other, access=next_run()))
    access = next_run()
    codes = [code_of(make_place(node, access=access)) for node in (other, third)]
    assert ["password-refused-before"] * 2 == codes
    assert [] == third.passwords


def test_a_key_serves_where_the_password_was_refused(
    make_node: MakeNode, make_place: MakePlace, next_run: Callable[[], Access], authorised: Path
) -> None:
    """Who has found the right key meanwhile gets in with it, and no password is sent."""
    other = make_node(password=WRONG, server={"authorized_client_keys": str(authorised)})
    key = authorised.parent / ".ssh" / "id_ed25519"
    key.rename(key.with_name("hidden"))
    assert "password-refused" == code_of(make_place(other, access=next_run()))
    key.with_name("hidden").rename(key)
    access = next_run()
    codes = [code_of(make_place(node, access=access)) for node in (make_node(), other)]
    assert ([None, None], [RIGHT]) == (codes, other.passwords)


def test_a_goodbye_to_a_password_refuses_it(
    make_node: MakeNode, make_place: MakePlace, next_run: Callable[[], Access]
) -> None:
    """Servers that count their tries say goodbye instead of no: a later run does not try again."""
    seen: list[str] = []

    class Goodbye(asyncssh.SSHServer):
        def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
            self.connection = conn

        def password_auth_supported(self) -> bool:
            return True

        def validate_password(self, _username: str, password: str) -> bool:
            seen.append(password)
            self.connection.disconnect(
                asyncssh.DISC_PROTOCOL_ERROR, "Too many authentication failures"
            )
            return False

    node = make_node(server={"server_factory": Goodbye})
    assert "ssh-failed" == code_of(make_place(node, access=next_run()))
    assert "password-refused-before" == code_of(make_place(node, access=next_run()))
    assert [RIGHT] == seen


def test_refusals_are_written_nowhere() -> None:
    """They show no password and cannot be saved, and their hashes mean nothing to another."""
    refusals, password = Refusals(), Pin(RIGHT)
    refusals.add("tftp", "host", password)
    assert RIGHT not in repr(refusals)
    with pytest.raises(TypeError):
        pickle.dumps(refusals)
    asked = [("tftp", "host"), ("other", "host"), ("tftp", "another")]
    assert [True, False, False] == [refusals.has(*each, password) for each in asked]
    assert not refusals.has("tftp", "host", Pin(WRONG))


def test_no_error_holds_the_password(
    make_node: MakeNode, make_place: MakePlace, person: Person, known_hosts: Path
) -> None:
    """Neither a text nor a traceback with the locals of every frame shows it."""
    person.password = WRONG
    access = Access(prompt=person, known_hosts=known_hosts)
    error = error_of(make_place(make_node(), access=access))
    assert error is not None
    told = traceback.TracebackException.from_exception(error, capture_locals=True)
    assert WRONG not in "".join(told.format())
    assert WRONG not in repr(access) + repr(error) + repr(error.values)


def test_the_user_is_that_of_this_computer(
    make_node: MakeNode, make_place: MakePlace, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An address without a user means whoever is logged in here."""
    monkeypatch.setenv("LOGNAME", "somebody")
    node = make_node()
    assert code_of(make_place(node.url.replace("tftp@", ""))) is None
    assert ["somebody"] == [user for user, _ in person.asked]
