"""Reading the answers of the command line, and keeping files of nodes, without any node."""

from __future__ import annotations

from pathlib import Path

import pytest

from ctlkit.edit import Mode
from ctlkit.errors import InputError, PlaceError
from ctlkit.place._answers import certificates, deleted, publisher_of, release, security_mode
from ctlkit.place._answers import services as services_of
from ctlkit.place._kept import KeptFiles
from ctlkit.place._nodes import node_of, others_of, server_of
from ctlkit.place.base import ClusterCertificate

NAME = "CTLFile.tlv"
PUBLISHED = "paramname          paramvalue\n=====\nClusterSecurityMode 0\n"


def row(server: str, address: str | None, store: str = "CallManager") -> ClusterCertificate:
    """A certificate of a server."""
    return ClusterCertificate(server, store, "own-cert", address, b"0")


def test_the_published_table_of_the_mode_is_read() -> None:
    """0 is not mixed, 1 is mixed, in the columns that were published."""
    assert Mode.NON_SECURE is security_mode(PUBLISHED)
    assert Mode.MIXED is security_mode(PUBLISHED.replace(" 0", " 1"))


@pytest.mark.parametrize(
    "answer", ["", "ClusterSecurityMode 2", "ClusterSecurityMode\n", PUBLISHED * 2]
)
def test_a_mode_is_never_guessed(answer: str) -> None:
    """No mode, an unknown one and two of them are errors."""
    with pytest.raises(PlaceError) as caught:
        security_mode(answer)
    assert "cluster-answer" == caught.value.code


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("Active Master Version: 10.5.1.10000-7\n", "10.5.1.10000-7"),
        ("Active Master Version:\n14.0.1.13900-155", "14.0.1.13900-155"),
        ("Executed command unsuccessfully\n", None),
        ("Active Master Version: unknown\n", None),
    ],
)
def test_the_release_is_read_where_it_stands(answer: str, expected: str | None) -> None:
    """The whole version, or nothing."""
    assert expected == release(answer)


def test_what_was_deleted_is_counted() -> None:
    """All that was found has to be deleted; an answer without numbers is an error."""
    assert 1 == deleted("files: found = 1, deleted = 1\n")
    assert 0 == deleted("files: found = 0, deleted = 0\n")
    for answer in ("files: found = 2, deleted = 1\n", "done\n"):
        with pytest.raises(PlaceError):
            deleted(answer)


def test_the_last_state_of_a_service_counts() -> None:
    """A service is printed more than once while it restarts; those not activated are left out."""
    answer = (
        "Don't press Ctrl-c\nCisco Tftp[STOPPING]\nCisco Tftp  [STARTED]\n"
        "Cisco CTL Provider[STOPPED]  Service Not Activated\n"
    )
    assert {"Cisco Tftp": "STARTED"} == services_of(answer)
    with pytest.raises(PlaceError):
        services_of("nothing\n")


def test_a_certificate_may_have_no_address() -> None:
    """An address is empty or NULL where the database has none."""
    text = "=====\n" + "".join(
        f"a TVS own {address} -----BEGIN CERTIFICATE-----\nMA==\n-----END CERTIFICATE-----\n"
        for address in ("", "NULL", "192.0.2.1")
    )
    assert [None, None, "192.0.2.1"] == [item.address for item in certificates(text)]


def test_the_publisher_is_told_by_address_then_by_store() -> None:
    """The address it was reached at decides, else who alone has a CAPF; one server is itself."""
    rows = (row("a", "192.0.2.1"), row("b", "192.0.2.2"), row("b", "192.0.2.2", "CAPF"))
    assert "a" == publisher_of(rows, "192.0.2.1")
    assert "b" == publisher_of(rows, "203.0.113.9")
    assert "a" == publisher_of(rows[:1], "203.0.113.9")
    with pytest.raises(PlaceError):
        publisher_of(rows[:2], "203.0.113.9")


def test_nodes_are_called_by_their_hosts() -> None:
    """The port where it is not 22, brackets around IPv6, and the user decoded."""
    node = node_of("cucm://os%40admin@[2001:db8::1]:2222?http=8080&tvs=1&tls=2")
    assert ("[2001:db8::1]:2222", "2001:db8::1", "os@admin", 2222, 8080, 1, (2,)) == (
        node.name,
        node.host,
        node.user,
        node.ssh,
        node.http,
        node.tvs,
        node.tls,
    )
    assert ("pub", None, 6970, 2445, (2443, 5061)) == (
        (plain := node_of("cucm://pub")).name,
        plain.user,
        plain.http,
        plain.tvs,
        plain.tls,
    )


def test_the_other_nodes_are_those_with_an_address() -> None:
    """Each address once, the publisher's own not, reached with the same user and ports."""
    rows = (row("a", "192.0.2.1"), row("b", "192.0.2.2"), row("b", "192.0.2.2"), row("c", None))
    publisher = node_of("cucm://os@pub?http=81")
    (other,) = others_of(publisher, "a", rows)
    assert ("192.0.2.2", "192.0.2.2", "os", 81) == (other.name, other.host, other.user, other.http)
    servers = {item.server: item.address for item in rows}
    assert ("b", None) == (server_of(other, servers), server_of(publisher, servers))
    assert "a" == server_of(node_of("cucm://A"), servers)


def test_files_are_kept_by_node(tmp_path: Path) -> None:
    """Each node has a folder; a name that is no folder's name leads to none outside."""
    files = KeptFiles(tmp_path / "kept")
    assert files.read("node", NAME) is None
    for node in ("node", "[::1]:22", "../..", "a/b"):
        path = files.keep(node, NAME, node.encode())
        assert tmp_path / "kept" == path.parents[1]
        kept = files.read(node, NAME)
        assert kept is not None
        assert node.encode() == kept.data


def test_what_was_set_aside_is_kept_once_it_was_replaced(tmp_path: Path) -> None:
    """The file before becomes the kept one; a node that never changed keeps what it kept."""
    files = KeptFiles(tmp_path)
    files.keep("node", NAME, b"first")
    files.set_aside("node", NAME, b"second")
    kept = files.settle("node", NAME, b"second")
    assert kept is not None
    assert b"first" == kept.read_bytes()
    files.set_aside("node", NAME, b"second")
    assert kept == files.settle("node", NAME, b"third")
    assert b"second" == kept.read_bytes()
    assert [kept] == list(kept.parent.iterdir())
    assert files.settle("other", NAME, b"third") is None


def test_a_folder_that_cannot_be_written_is_one_error(tmp_path: Path) -> None:
    """Where something else lies in the way, nothing is kept and it is said."""
    (tmp_path / "node").write_bytes(b"a file")
    files = KeptFiles(tmp_path)
    with pytest.raises(PlaceError) as caught:
        files.keep("node", NAME, b"data")
    assert "file-unwritable" == caught.value.code
    files.set_aside("other", NAME, b"new")
    (tmp_path / "other" / "CTLFile_old.tlv").mkdir()
    with pytest.raises(PlaceError):
        files.settle("other", NAME, b"newer")
    with pytest.raises(InputError):
        files.read("other", NAME)


def test_files_are_kept_in_the_users_state(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Where no folder is named they lie among the user's own state."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert tmp_path / "ctlkit" / "kept" / "n" / "CTLFile_old.tlv" == KeptFiles(None).path("n", NAME)
