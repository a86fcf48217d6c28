"""Host keys: known, not known, changed, revoked, and servers that know old algorithms only."""

from __future__ import annotations

import base64
import hashlib
import hmac
import stat
from pathlib import Path
from typing import TYPE_CHECKING

import asyncssh
import pytest

from ctlkit.errors import CtlkitError, HostKeyError
from ctlkit.messages import Message
from ctlkit.pins import Pin
from ctlkit.place import Access
from ctlkit.place._logins import PinnedLogin
from ctlkit.place.sftp import SftpPlace

if TYPE_CHECKING:
    from tests.places.sftp.conftest import MakeNode, MakePlace, Node, Person

RIGHT = "right-Password1"


def error_of(place: SftpPlace) -> CtlkitError | None:
    """The error of the first node's state."""
    return place.state()[0].error


def code_of(place: SftpPlace) -> str | None:
    """The code of that error."""
    error = error_of(place)
    return error.code if error else None


def line_of(node: Node, name: str | None = None, key: asyncssh.SSHKey | None = None) -> str:
    """A line of the file of known keys."""
    public = (key or node.keys[0]).export_public_key().decode()
    return f"{name or f'[127.0.0.1]:{node.port}'} {public}"


@pytest.fixture
def node(make_node: MakeNode) -> Node:
    """Give a server."""
    return make_node()


@pytest.fixture(scope="session")
def rsa_key() -> asyncssh.SSHKey:
    """Give an RSA key."""
    return asyncssh.generate_private_key("ssh-rsa", key_size=2048)


def write(path: Path, text: str) -> None:
    """Write the file of known keys."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def test_an_unknown_key_is_shown_and_remembered(
    node: Node, make_place: MakePlace, person: Person, known_hosts: Path
) -> None:
    """A person is asked once; the key is added to a file for its owner alone."""
    for _ in range(2):
        assert code_of(make_place(node)) is None
    (shown,) = person.keys
    assert ("127.0.0.1", node.port, "ssh-ed25519", node.fingerprint) == (
        shown.host,
        shown.port,
        shown.kind,
        shown.fingerprint,
    )
    assert line_of(node) == known_hosts.read_text()
    assert 0o600 == stat.S_IMODE(known_hosts.stat().st_mode)


def test_nothing_is_sent_before_the_key_is_known(
    node: Node, make_place: MakePlace, person: Person, known_hosts: Path
) -> None:
    """A person who does not trust it ends the login; nothing is asked for, sent or written."""
    person.trusts = False
    error = error_of(make_place(node))
    assert isinstance(error, HostKeyError)
    assert ("host-key-declined", 8) == (error.code, error.status)
    assert ([], []) == (person.asked, node.passwords)
    assert not known_hosts.exists()


def test_without_a_person_the_key_must_be_named(
    node: Node, make_place: MakePlace, known_hosts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An unknown key is refused with its fingerprint unless it is the one that was named."""
    monkeypatch.setenv("CTLKIT_PASSWORD", RIGHT)
    other = asyncssh.generate_private_key("ssh-ed25519").get_fingerprint()
    for named in ((), (other,)):
        error = error_of(make_place(node, prompt=None, host_keys=named))
        assert error is not None
        assert ("host-key-unknown", 8) == (error.code, error.status)
        assert node.fingerprint in str(error)
    place = make_place(node, prompt=None, host_keys=(other, node.fingerprint))
    assert code_of(place) is None
    assert line_of(node) == known_hosts.read_text()


def test_a_changed_key_is_refused(
    node: Node, make_place: MakePlace, person: Person, known_hosts: Path
) -> None:
    """Another key than the known one is never taken: no person is asked, no name helps."""
    other = asyncssh.generate_private_key("ssh-ed25519")
    write(known_hosts, line_of(node, key=other))
    error = error_of(make_place(node, host_keys=(node.fingerprint,)))
    assert error is not None
    assert ("host-key-changed", 8) == (error.code, error.status)
    assert str(known_hosts) in error.advice
    assert ([], [], []) == (person.keys, person.asked, node.passwords)
    assert line_of(node, key=other) == known_hosts.read_text()


def test_a_key_of_another_kind_is_a_change(
    make_node: MakeNode, make_place: MakePlace, known_hosts: Path, rsa_key: asyncssh.SSHKey
) -> None:
    """Where only an RSA key is known, it is asked for; without it the server is not believed."""
    key = asyncssh.generate_private_key("ssh-ed25519")
    both, one = make_node(keys=[key, rsa_key]), make_node(keys=[key])
    write(known_hosts, line_of(both, key=rsa_key) + line_of(one, key=rsa_key))
    assert code_of(make_place(both)) is None
    assert "host-key-changed" == code_of(make_place(one))


def test_a_revoked_key_is_refused(
    node: Node, make_place: MakePlace, person: Person, known_hosts: Path
) -> None:
    """A key that is marked as revoked is refused even where it is known."""
    revoked = f"@revoked {line_of(node, '*')}"
    for text in (revoked, revoked + line_of(node)):
        write(known_hosts, text)
        assert "host-key-revoked" == code_of(make_place(node))
    assert ([], []) == (person.keys, node.passwords)


@pytest.mark.parametrize("form", ["plain", "several", "hashed"])
def test_the_names_of_a_known_host(
    node: Node, make_place: MakePlace, person: Person, known_hosts: Path, form: str
) -> None:
    """A name stands as it is, among others, or hashed, always with the port."""
    name = f"[127.0.0.1]:{node.port}"
    names = {"plain": name, "several": f"other,{name}", "hashed": _hashed(name)}
    write(known_hosts, f"# a comment\n\n{line_of(node, names[form])}")
    assert code_of(make_place(node)) is None
    assert [] == person.keys


def test_a_key_of_another_port_is_not_known(
    node: Node, make_place: MakePlace, person: Person, known_hosts: Path
) -> None:
    """What is known of port 22 says nothing of another port."""
    write(known_hosts, line_of(node, "127.0.0.1").rstrip())
    assert code_of(make_place(node)) is None
    assert 1 == len(person.keys)
    assert [line_of(node, "127.0.0.1"), line_of(node)] == known_hosts.read_text().splitlines(True)


@pytest.mark.parametrize("text", ["one-word\n", "@what {key}", "|9|a|b {key}"])
def test_a_damaged_file_is_an_error(
    node: Node, make_place: MakePlace, known_hosts: Path, text: str
) -> None:
    """A file that cannot be understood is not passed over: a line might revoke a key."""
    key = line_of(node).partition(" ")[2]
    write(known_hosts, line_of(node) + text.format(key=key))
    error = error_of(make_place(node))
    assert error is not None
    assert ("known-hosts-damaged", 4) == (error.code, error.status)
    assert [] == node.passwords


def test_a_file_that_cannot_be_written(
    node: Node,
    make_place: MakePlace,
    person: Person,
    notices: list[Message],
    tmp_path: Path,
) -> None:
    """The key holds for this run, and that it could not be kept is told."""
    folder = tmp_path / "folder"
    folder.symlink_to(tmp_path / "missing")
    place = make_place(node, known_hosts=folder / "known_hosts")
    assert code_of(place) is None
    node.cut()
    assert code_of(place) is None
    assert 1 == len(person.keys)
    assert ["known-hosts-unwritable"] == [notice.code for notice in notices]


def test_nodes_are_asked_about_one_after_the_other(
    make_node: MakeNode, make_place: MakePlace, person: Person, known_hosts: Path
) -> None:
    """Several unknown nodes are several questions; the same one by two users is one."""
    one, two = make_node(), make_node()
    place = make_place(one, two, one.url_of("/", "other"))
    assert [None] * 3 == [state.error for state in place.state()]
    assert {one.fingerprint, two.fingerprint} == {key.fingerprint for key in person.keys}
    assert 2 == len(person.keys) == len(known_hosts.read_text().splitlines())


@pytest.mark.parametrize("what", ["exchange", "signature"])
def test_an_old_server_needs_to_be_declared(
    make_node: MakeNode, make_place: MakePlace, rsa_key: asyncssh.SSHKey, what: str
) -> None:
    """Old algorithms are refused with the name of the key that allows them, and work with it."""
    if what == "exchange":
        node = make_node(server={"kex_algs": ["diffie-hellman-group14-sha1"]})
    else:
        old_key = asyncssh.import_private_key(rsa_key.export_private_key())
        old_key.sig_algorithms = (b"ssh-rsa",)
        node = make_node(keys=[old_key])
    error = error_of(make_place(node))
    assert error is not None
    assert (8, True) == (error.status, "old_key_exchange" in error.advice)
    assert [] == node.passwords
    assert code_of(make_place(node, old=True)) is None


def test_a_pinned_login_asks_nobody(
    make_node: MakeNode, make_place: MakePlace, person: Person, known_hosts: Path
) -> None:
    """The practice cluster's keys and password are given; no file, no person, no other key."""
    node, other = make_node(), make_node()
    host_keys = {("127.0.0.1", each.port): node.fingerprint for each in (node, other)}
    pinned = PinnedLogin(Pin(RIGHT), host_keys)
    access = Access(prompt=person, known_hosts=known_hosts)
    with SftpPlace(node.url, access, nodes=[other.url], pinned=pinned) as place:
        good, bad = place.state()
    assert good.error is None
    assert bad.error is not None
    assert "host-key-other" == bad.error.code
    assert ([], [], False) == (person.keys, person.asked, known_hosts.exists())


def _hashed(name: str) -> str:
    """A name as OpenSSH hashes it."""
    salt = bytes(range(20))
    digest = hmac.new(salt, name.encode(), hashlib.sha1).digest()
    return "|".join(["", "1", *(base64.b64encode(each).decode() for each in (salt, digest))])
