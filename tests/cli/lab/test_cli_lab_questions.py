"""``ctlkit lab``: the commands that ask a running practice cluster, or change it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Material
    from tests.cli.lab.conftest import Lab
    from tests.conftest import RunTerminal

PUBLISHER, SUBSCRIBER = "cucm-1051-a-pub", "cucm-1051-a-sub1"
FIRST_MAC, SECOND_MAC = "020000000001", "020000000002"
SET_MIXED = ("admin", "utils", "ctl", "set-cluster", "mixed-mode")
QUESTION = "Do you want to continue? (y/n):"


def test_admin(running: Lab) -> None:
    """A command is typed at the node that was named, and its dialogue is shown."""
    shown = running.answer("admin", "--node", SUBSCRIBER, "show", "version", "active")
    assert (SUBSCRIBER, "show version active") == (shown["node"], shown["command"])
    assert shown["dialogue"].startswith("admin:show version active\n")
    absent = running.run("admin", "show", "ctl")
    assert 0 == absent.status
    assert "admin:show ctl\n" in absent.stdout
    refused = running.refusal("admin", "--node", "nobody", "show", "ctl", status=2)
    assert "nobody" in refused["message"]


def test_admin_answers_a_question(running: Lab) -> None:
    """Without anyone to ask a question is broken off; --yes answers one that wants a y."""
    for words in (SET_MIXED, (*SET_MIXED, "--no-input")):
        asked = running.run(*words)
        assert 1 == asked.status, asked.stderr
        assert QUESTION in asked.stdout
        assert "nobody answered it: " in asked.stderr
        assert QUESTION in asked.stderr
        assert "non-secure" == running.answer("status")["mode"]
    done = running.answer(*SET_MIXED, "--yes")
    assert f"{QUESTION}y\n" in done["dialogue"]
    assert "Cluster set to Mixed Mode\n" in done["dialogue"]
    status = running.answer("status")
    assert "mixed" == status["mode"]
    lists = [node["list"] for node in status["nodes"]]
    assert lists[0]["md5"] == lists[1]["md5"]
    shown = running.run("status").stdout
    assert f"  {lists[0]['md5']} (MD5)\n" in shown
    assert f"{lists[0]['length']} bytes, signed by CN={PUBLISHER};" in shown
    asked = running.run("admin", "--yes", "file", "get", "tftp", "CTLFile.tlv")
    assert (1, True) == (asked.status, "proceed [y/n]? y" in asked.stdout)
    assert "nobody answered it: SFTP server IP" in asked.stderr


def test_admin_refused(shared: Lab) -> None:
    """A command that the server does not take is status 1; the dialogue is shown all the same."""
    refused = shared.run("admin", "utils", "ctl", "nonsense")
    assert 1 == refused.status, refused.stderr
    assert "admin:utils ctl nonsense\nExecuted command unsuccessfully\n" in refused.stdout
    assert refused.stderr.startswith(f"ctlkit: {PUBLISHER}: the server did not execute the command")
    answered = shared.run("admin", "utils", "ctl", "nonsense", "--json")
    assert 1 == answered.status
    assert "No valid command entered\n" in answered.json()["dialogue"]


@pytest.mark.parametrize(("typed", "mode"), [("y", "mixed"), ("n", "non-secure")])
def test_admin_puts_a_question(running: Lab, run_pty: RunTerminal, typed: str, mode: str) -> None:
    """On a terminal a question is put, and what is typed answers it."""
    words = ("lab", *SET_MIXED, "--dir", running.folder)
    result = run_pty(*words, answers=[(QUESTION, typed)])
    assert 0 == result.status, result.output
    assert mode == running.answer("status")["mode"]


def test_admin_is_interrupted_at_a_question(running: Lab, run_pty: RunTerminal) -> None:
    """Ctrl-C at a question ends the command at once, and the server did nothing."""
    words = ("lab", *SET_MIXED, "--dir", running.folder)
    # Nothing but the interrupt itself may end it: what is typed is no whole line.
    result = run_pty(*words, answers=[(QUESTION, "\x03")], newline=False)
    assert (130, 1) == (result.status, result.output.count("ctlkit: interrupted"))
    assert "non-secure" == running.answer("status")["mode"]


def test_phones(running: Lab) -> None:
    """Phones are listed, restarted, read and erased, all or those that are named."""
    running.answer(*SET_MIXED, "--yes")
    named = running.answer("phone", "restart", f"SEP{SECOND_MAC}")
    assert [(SECOND_MAC, True)] == [(boot["mac"], boot["accepted"]) for boot in named["boots"]]
    phones = running.answer("phone", "list")["phones"]
    held = running.answer("status")["nodes"][0]["list"]
    assert [None, held["sha1"]] == [phone["checksum"] for phone in phones]
    both = running.answer("phone", "restart")["boots"]
    assert [held["md5"], held["sha1"]] == [boot["checksum"] for boot in both]
    text = running.run("phone", "restart", FIRST_MAC).stdout
    assert text.startswith(f"SEP{FIRST_MAC}: accepted: ")
    assert f"\n  shows {held['md5']}\n" in text
    assert "TL file verified successfully." in running.answer("phone", "log", FIRST_MAC)["log"]
    assert "TL file verified successfully." in running.run("phone", "log", FIRST_MAC).stdout
    erased = running.answer("phone", "erase", FIRST_MAC)["phones"]
    assert [(None, False), (held["sha1"], True)] == [
        (phone["checksum"], phone["itl"]) for phone in erased
    ]
    assert "no list" in running.run("phone", "list").stdout


def test_phones_of_another_cluster(running: Lab, make_lab: Callable[[str], Lab]) -> None:
    """Phones are pointed to another cluster that runs, and home again."""
    other = make_lab("other")
    refused = running.refusal("phone", "point", "--to", other.folder, status=1)
    assert "lab-not-running" == refused["code"]
    other.answer("up", "--phones", "0", "--subscribers", "0")
    pointed = running.answer("phone", "point", "--to", other.folder, FIRST_MAC)["phones"]
    assert [[PUBLISHER], None] == [phone["pointed_to"] for phone in pointed]
    other.answer(*SET_MIXED, "--yes")
    boots = running.answer("phone", "restart", FIRST_MAC)["boots"]
    assert [(False, None)] == [(boot["accepted"], boot["checksum"]) for boot in boots]
    home = running.answer("phone", "point")["phones"]
    assert [None, None] == [phone["pointed_to"] for phone in home]


@pytest.mark.parametrize("command", ["restart", "log", "point", "erase"])
@pytest.mark.parametrize("mac", ["0200000000FF", "none", "\x1b[2J"])
def test_no_such_phone(shared: Lab, command: str, mac: str) -> None:
    """A phone that is not there is one error, and no other phone is touched."""
    before = shared.answer("phone", "list")
    assert "phone-unknown" == shared.refusal("phone", command, mac, status=2)["code"]
    assert before == shared.answer("phone", "list")


def test_certificates(running: Lab) -> None:
    """A node's certificate is made anew; each node has its own."""
    first = running.answer("cert", "regen", "CallManager")
    again = running.answer("cert", "regen", "CallManager")
    assert (PUBLISHER, 2048) == (again["node"], again["certificate"]["key_bits"])
    assert first["certificate"]["serial"] != again["certificate"]["serial"]
    text = running.run("cert", "regen", "TVS", "--node", SUBSCRIBER).stdout
    assert text.startswith(f"{SUBSCRIBER}: TVS is new: L=Krakow,ST=Malopolska,CN={SUBSCRIBER},")


def test_trust(running: Lab, material: Material) -> None:
    """A certificate is uploaded to a trust store, which the node shows."""
    added = running.answer("trust", "add", "Phone-SAST-trust", material.stranger)
    assert "CN=stranger,O=Example" == added["certificate"]["subject"]
    again = running.run("trust", "add", "Phone-SAST-trust", material.stranger)
    assert "Phone-SAST-trust: CN=stranger,O=Example\n" == again.stdout


@pytest.mark.parametrize(
    ("words", "status", "code"),
    [
        (("cert", "regen", "Tomcat"), 2, "lab-own-store-unknown"),
        (("cert", "regen", "CAPF", "--node", SUBSCRIBER), 2, "lab-own-store-unknown"),
        (("cert", "regen", "TVS", "--node", "nobody"), 2, "lab-node-unknown"),
        (("trust", "add", "tomcat-trust", "good.pem"), 2, "lab-trust-store-unknown"),
        (("trust", "add", "CAPF-trust", "missing.pem"), 4, "file-missing"),
        (("trust", "add", "CAPF-trust", "bad.pem"), 4, "certificate-unreadable"),
        (("trust", "add", "CAPF-trust", "empty.pem"), 4, "certificate-unreadable"),
        (("trust", "add", "CAPF-trust", "large.pem"), 4, "file-too-large"),
    ],
)
def test_wrong_arguments(
    shared: Lab, material: Material, words: tuple[str, ...], status: int, code: str
) -> None:
    """A wrong store, node or certificate file is one error."""
    folder = material.stranger.parent
    (folder / "good.pem").write_bytes(material.stranger.read_bytes())
    (folder / "bad.pem").write_bytes(b"\x30\x03\x02\x01\x00")
    (folder / "empty.pem").write_bytes(b"")
    (folder / "large.pem").write_bytes(bytes(1 << 17))
    assert code == shared.refusal(*words, status=status, cwd=folder)["code"]
