"""The file of known host keys: how hosts are named in it, and how it is read and added to."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from ctlkit.errors import CtlkitError
from ctlkit.place.known_hosts import KnownHosts, host_name

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAGzUPCasiwbPsgAglNDNKKMM++0YlzpvsZDipspdIJ0"


@pytest.mark.parametrize(
    ("host", "port", "name"),
    [
        ("node", 22, "node"),
        ("Node.Example", 22, "node.example"),
        ("10.0.0.1", 2222, "[10.0.0.1]:2222"),
        ("::1", 22, "::1"),
        ("::1", 2222, "[::1]:2222"),
    ],
)
def test_the_name_of_a_host(host: str, port: int, name: str) -> None:
    """In lower case; in brackets with the port where that is not 22."""
    assert name == host_name(host, port)


def test_the_file_need_not_be_there(tmp_path: Path) -> None:
    """Nothing is known then, and nothing is made by reading."""
    path = tmp_path / "folder" / "known_hosts"
    assert "" == KnownHosts(path).text()
    assert not path.parent.exists()


def test_the_usual_file_lies_beside_the_configuration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without another name it is the program's own, not the user's for ssh."""
    monkeypatch.setattr("ctlkit.place.known_hosts.configuration_folder", lambda: tmp_path)
    assert tmp_path / "known_hosts" == KnownHosts().path


def test_keys_are_added(tmp_path: Path) -> None:
    """Each is a line of its own, even behind a cut one, in a file for its owner alone."""
    path = tmp_path / "folder" / "known_hosts"
    known = KnownHosts(path)
    known.add("node", 22, f"{KEY} a comment\n")
    assert f"node {KEY} a comment\n" == path.read_text()
    assert 0o600 == stat.S_IMODE(path.stat().st_mode)
    path.write_text("# somebody's own line")
    known.add("::1", 2222, KEY)
    assert f"# somebody's own line\n[::1]:2222 {KEY}\n" == known.text()


@pytest.mark.parametrize(
    ("data", "code"),
    [(b"\xff\xfe", "known-hosts-damaged"), (b"#" * (4 << 20) + b"#", "file-too-large")],
)
def test_what_is_no_such_file(tmp_path: Path, data: bytes, code: str) -> None:
    """What is no text and what is far too large are one clear error, and are left alone."""
    path = tmp_path / "known_hosts"
    path.write_bytes(data)
    for use in (KnownHosts(path).text, lambda: KnownHosts(path).add("node", 22, KEY)):
        with pytest.raises(CtlkitError) as caught:
            use()
        assert code == caught.value.code
    assert data == path.read_bytes()


def test_a_file_that_cannot_be_made(tmp_path: Path) -> None:
    """A folder that cannot be made is told with the file's name."""
    (tmp_path / "file").write_text("")
    path = tmp_path / "file" / "known_hosts"
    known = KnownHosts(path)
    with pytest.raises(CtlkitError) as caught:
        known.add("node", 22, KEY)
    assert str(path) in str(caught.value)
