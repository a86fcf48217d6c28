"""Addresses of folders on nodes: what they mean, and which are refused."""

from __future__ import annotations

import sys

import pytest

from ctlkit.errors import UsageError
from ctlkit.place import open_place
from ctlkit.place.sftp._address import SftpAddress, sftp_address


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("sftp://node/tftp", SftpAddress("node", 22, None, "/tftp", "sftp://node/tftp")),
        ("sftp://a@Node:22/tftp/", SftpAddress("node", 22, "a", "/tftp", "sftp://node/tftp")),
        ("sftp://node/", SftpAddress("node", 22, None, "/", "sftp://node/")),
        (
            "sftp://a%40b@10.0.0.1:2222/srv/tftp%20root",
            SftpAddress(
                "10.0.0.1", 2222, "a@b", "/srv/tftp root", "sftp://10.0.0.1:2222/srv/tftp root"
            ),
        ),
        ("sftp://[::1]/~/lists", SftpAddress("::1", 22, None, "lists", "sftp://[::1]/~/lists")),
        ("sftp://[::1]:2222/~", SftpAddress("::1", 2222, None, ".", "sftp://[::1]:2222/~")),
        ("sftp://node/~tftp", SftpAddress("node", 22, None, "/~tftp", "sftp://node/~tftp")),
        ("sftp://node/目录", SftpAddress("node", 22, None, "/目录", "sftp://node/目录")),
    ],
)
def test_an_address(url: str, expected: SftpAddress) -> None:
    """User, host, port and folder; the name is without the user and without port 22."""
    assert expected == sftp_address(url)


@pytest.mark.parametrize(
    "url",
    [
        "sftp://",
        "sftp://node",
        "sftp:///tftp",
        "sftp://user@/tftp",
        "sftp:node/tftp",
        "sftp://node:0/tftp",
        "sftp://node:65536/tftp",
        "sftp://node:port/tftp",
        "sftp://[::1/tftp",
        "sftp://a b/tftp",
        "sftp://node/tftp?mode=1",
        "sftp://node/tftp#part",
        "sftp://node/a%00b",
        "sftp://node/a%0ab",
        "sftp://u%1b@node/tftp",
        "sftp://node/tf\ntp",
        "ssh://node/tftp",
    ],
)
def test_what_is_no_address(url: str) -> None:
    """Each is one error of the call that says what is wrong."""
    with pytest.raises(UsageError) as caught:
        sftp_address(url)
    assert ("sftp-address", 2) == (caught.value.code, caught.value.status)


@pytest.mark.parametrize(
    "url",
    ["sftp://user:hidden-1@node/tftp", "sftp://:hidden-1@node/tftp", "sftp://u:hidden-1@node:x/t"],
)
def test_a_password_in_an_address_is_refused(url: str) -> None:
    """It stands on a command line that others can read; the error does not repeat it."""
    with pytest.raises(UsageError) as caught:
        sftp_address(url)
    assert "hidden-1" not in str(caught.value) + caught.value.advice + repr(caught.value)
    assert caught.value.__cause__ is None


def test_what_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the SSH library an address ends in the name of what brings it."""
    for name in [name for name in sys.modules if name.startswith("ctlkit.place.sftp")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.delitem(sys.modules, "ctlkit.place._ssh")
    monkeypatch.setitem(sys.modules, "asyncssh", None)
    with pytest.raises(UsageError) as caught:
        open_place("sftp://node/tftp")
    assert "ctlkit[cluster]" in caught.value.advice
