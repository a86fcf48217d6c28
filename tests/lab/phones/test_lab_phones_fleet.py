"""A fleet: many phones, their folders, their reports, and restarts at once."""

from __future__ import annotations

import asyncio
import hashlib
import json
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ctlkit.errors import CancelledError, InputError, PlaceError, UsageError
from ctlkit_lab.phones import Directory, Fleet, Patience, Server, boot, model_named

if TYPE_CHECKING:
    from tests.lab.phones.conftest import Desk, Lists, PracticeNode

NOWHERE = Directory((Server("cucm", "127.0.0.1", 1, 1, 1),))


@pytest.fixture
def fleet(tmp_path: Path, node: PracticeNode) -> Fleet:
    """Give four phones of the default mix at a node."""
    made = Fleet(tmp_path / "phones", node.directory, patience=Patience(60, 60))
    made.create(4)
    return made


def test_phones_come_in_the_default_mix(fleet: Fleet) -> None:
    """With and without Security by Default, showing MD5 and SHA-1; addresses that none has."""
    reports = fleet.reports()
    assert ["7975", "8861", "7960", "7965"] == [report.model for report in reports]
    assert [True, True, False, True] == [report.sbd for report in reports]
    assert ["MD5", "SHA1", "MD5", "MD5"] == [report.checksum_kind.value for report in reports]
    assert [f"02000000000{number}" for number in range(1, 5)] == [item.mac for item in reports]
    assert {(True, None, "the phone was not restarted yet")} == {
        (report.new, report.accepted, report.why) for report in reports
    }


def test_checksums_are_those_of_the_list(fleet: Fleet, node: PracticeNode, lists: Lists) -> None:
    """Each phone shows the checksum of its model, equal to the server's."""
    offered = lists.ctl("etoken-1", "etoken-2")
    node.offer(offered, lists.itl())
    boots = asyncio.run(fleet.restart())
    md5, sha1 = hashlib.md5(offered).hexdigest(), hashlib.sha1(offered).hexdigest()
    assert [md5, sha1, md5, md5] == [item.checksum for item in boots]
    reports = fleet.reports()
    assert [md5, sha1, md5, md5] == [report.checksum for report in reports]
    assert {True} == {report.accepted for report in reports}
    assert all("SAST-ADN0054f509" in (report.signer or "") for report in reports)
    assert [True, True, False, True] == [report.itl for report in reports]


def test_a_fleet_survives_its_process(
    tmp_path: Path, fleet: Fleet, node: PracticeNode, lists: Lists
) -> None:
    """Another fleet over the same folder finds phones, lists and verdicts, and adds to them."""
    node.offer(lists.ctl("etoken-1"), lists.itl())
    asyncio.run(fleet.restart())
    again = Fleet(tmp_path / "phones", NOWHERE)
    assert fleet.reports() == again.reports()
    (added,) = again.create([model_named("8861")])
    assert "020000000005" == added.mac
    assert 5 == len(Fleet(tmp_path / "phones", NOWHERE).phones)


@pytest.mark.parametrize(
    "written", ["020000000002", "SEP020000000002", "02:00:00:00:00:02", "0200.0000.0002"]
)
def test_a_phone_is_named_as_people_write_addresses(
    written: str, fleet: Fleet, node: PracticeNode, lists: Lists
) -> None:
    """With and without SEP and separators; the others are left alone."""
    node.offer(lists.ctl("etoken-1"))
    (result,) = asyncio.run(fleet.restart([written]))
    assert "020000000002" == result.mac
    assert [True, False, True, True] == [report.new for report in fleet.reports()]
    assert "TL file updated." in fleet.log(written)


def test_an_unknown_phone_is_an_error(fleet: Fleet) -> None:
    """Nothing is done for the known ones named beside it."""
    macs = [fleet.phones[0].mac, "FFFFFFFFFFFF"]
    for act in (
        lambda: asyncio.run(fleet.restart(macs)),
        lambda: fleet.erase(macs),
        lambda: fleet.point(macs, NOWHERE),
        lambda: fleet.log("FFFFFFFFFFFF"),
    ):
        with pytest.raises(UsageError, match="FFFFFFFFFFFF") as error:
            act()
        assert "phone-unknown" == error.value.code
    assert fleet.phones[0].state().directory is None


def test_an_erased_phone_takes_a_list_on_trust_again(
    fleet: Fleet, node: PracticeNode, lists: Lists
) -> None:
    """Deleting by hand is the way out of a lock-out."""
    node.offer(lists.ctl("etoken-1"), lists.itl("etoken-1"))
    asyncio.run(fleet.restart())
    node.offer(lists.ctl("etoken-2"), lists.itl("etoken-2"))
    assert {False} == {item.accepted for item in asyncio.run(fleet.restart())}
    fleet.erase([fleet.phones[1].mac, fleet.phones[2].mac])
    assert [False, True, True, False] == [item.accepted for item in asyncio.run(fleet.restart())]


def test_erasing_forgets_what_was_vouched_for(
    desk: Callable[[str], Desk], node: PracticeNode, lists: Lists
) -> None:
    """Both lists and the kept answers go; the log stays."""
    phone = desk("8861").has(lists.ctl("etoken-1"), lists.itl())
    node.upload("etoken-2")
    node.offer(lists.ctl("etoken-2"))
    phone.boot(node.directory)
    assert 1 == len(phone.phone.state().answers)
    phone.phone.erase()
    assert ((None, None), ()) == (phone.held, phone.phone.state().answers)
    assert "TL file updated." in phone.phone.log()


def test_an_unknown_model_is_an_error() -> None:
    """Models of which nothing is published are not there to be had."""
    with pytest.raises(UsageError, match="9999") as error:
        model_named("9999")
    assert "8861" in error.value.advice


DAMAGED_STATES = [
    b"",
    b"{",
    b"[]",
    b"[" * 100_000,
    b'{"schema": 2}',
    b'{"schema": 1, "model": "1"}',
    b'{"schema": 1, "model": []}',
    b"\xff",
]


@pytest.mark.parametrize("content", DAMAGED_STATES)
def test_a_damaged_state_is_one_clear_error(fleet: Fleet, content: bytes) -> None:
    """Opening the fleet names the file; a restart of the open one goes on with the others."""
    path = fleet.phones[1].folder / "state.json"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"state\.json") as error:
        _ = Fleet(fleet.folder, NOWHERE).phones
    assert "phone-state-damaged" == error.value.code
    codes = [item.code for item in asyncio.run(fleet.restart())]
    assert ["phone-nothing-offered", "phone-state-damaged"] == codes[:2]
    assert ["phone-nothing-offered"] * 2 == codes[2:]


CHANGED_FIELDS = [
    ("decided", "now"),
    ("decided", float("nan")),
    ("lines", None),
    ("answers", {}),
    ("answers", [{}]),
    ("answers", [{"issuer": "zz", "serial": "", "certificate": "", "expires": 0}]),
    ("directory", 3),
    ("directory", [{"name": "n", "host": "h", "http": 0, "tftp": 1, "tvs": 1}]),
    ("group", [7]),
    ("ctl", None),
    ("ctl", {"accepted": 1, "code": "phone-same", "values": {}}),
    ("ctl", {"accepted": True, "code": "no-such-code", "values": {}}),
    ("ctl", {"accepted": True, "code": "phone-vouched", "values": {}}),
    ("itl", {"accepted": True, "code": "phone-same", "values": {"a": []}}),
]


@pytest.mark.parametrize(("name", "value"), CHANGED_FIELDS)
def test_every_field_of_a_state_is_checked(fleet: Fleet, name: str, value: object) -> None:
    """A value of another kind is found when it is read, not when it is used."""
    phone = fleet.phones[0]
    path = phone.folder / "state.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), name: value}))
    with pytest.raises(InputError) as error:
        phone.state()
    assert "phone-state-damaged" == error.value.code


def test_a_folder_of_another_name_is_no_phone(fleet: Fleet) -> None:
    """What else is called SEP... is an error that names it."""
    (fleet.folder / "SEPnothing").mkdir()
    with pytest.raises(InputError, match="SEPnothing"):
        _ = Fleet(fleet.folder, NOWHERE).phones


def test_a_fleet_without_a_folder_has_no_phones(tmp_path: Path) -> None:
    """Before the first phone is made there is nothing to read."""
    fleet = Fleet(tmp_path / "phones", NOWHERE)
    assert () == fleet.phones
    assert () == asyncio.run(fleet.restart())


@pytest.mark.parametrize("name", ["CTLFile.tlv", "ITLFile.tlv"])
@pytest.mark.parametrize("content", [b"garbage", b"\x01\x00\x02\x01\x00\x02\x00\x02\x00\x0a"])
def test_a_damaged_list_of_a_phone_is_said(
    name: str, content: bytes, fleet: Fleet, node: PracticeNode, lists: Lists
) -> None:
    """It decides nothing by a list it cannot read; erasing it is the remedy."""
    phone = fleet.phones[1]
    (phone.folder / name).write_bytes(content)
    node.offer(lists.ctl("etoken-1"))
    (result,) = asyncio.run(fleet.restart([phone.mac]))
    assert (None, "phone-list-damaged") == (result.accepted, result.code)
    assert name in phone.log()
    fleet.erase([phone.mac])
    (result,) = asyncio.run(fleet.restart([phone.mac]))
    assert result.accepted


def test_a_folder_in_place_of_a_list_is_said(
    fleet: Fleet, node: PracticeNode, lists: Lists
) -> None:
    """What is no file is neither read nor deleted."""
    phone = fleet.phones[1]
    (phone.folder / "CTLFile.tlv").mkdir()
    node.offer(lists.ctl("etoken-1"))
    (result,) = asyncio.run(fleet.restart([phone.mac]))
    assert (None, "file-not-regular") == (result.accepted, result.code)
    with pytest.raises(PlaceError, match=r"CTLFile\.tlv"):
        fleet.erase([phone.mac])


def test_a_phone_that_cannot_keep_a_list_says_so(
    fleet: Fleet, node: PracticeNode, lists: Lists, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk is no verdict; the list before stays in force."""
    phone = fleet.phones[0]

    def full(_data: bytes) -> None:
        raise PlaceError("file-unwritable", file="CTLFile.tlv", reason="No space left on device")

    monkeypatch.setattr(phone, "take_ctl", full)
    node.offer(lists.ctl("etoken-1"))
    (result,) = asyncio.run(fleet.restart([phone.mac]))
    assert (None, "file-unwritable", True) == (result.accepted, result.code, result.kept)
    assert "TL file updated." not in phone.log()
    assert "No space left" in fleet.reports()[0].why


def test_a_phone_is_made_once(fleet: Fleet) -> None:
    """A folder that is there already belongs to somebody else."""
    (fleet.folder / "SEP020000000005").write_text("")
    with pytest.raises(PlaceError, match="SEP020000000005"):
        fleet.create(1)


def test_pointing_during_a_restart_is_not_lost(
    desk: Callable[[str], Desk], hostile: Callable[..., int], lists: Lists
) -> None:
    """What a person changes while a phone restarts is there when it has ended."""
    phone = desk("8861").has(lists.ctl("etoken-1"))
    fleet = Fleet(phone.phone.folder.parent, NOWHERE)
    asked, pointed = threading.Event(), threading.Event()

    def wait(_connection: object, _stop: threading.Event) -> None:
        asked.set()
        pointed.wait(30)

    server = Server("cucm", "127.0.0.1", hostile(wait), 1, 1)
    thread = threading.Thread(target=phone.boot, args=(Directory((server,)),))
    thread.start()
    assert asked.wait(30)
    fleet.point(None, NOWHERE)
    pointed.set()
    thread.join()
    state = phone.phone.state()
    assert (NOWHERE, "phone-nothing-fetched") == (state.directory, state.ctl.code)


def test_a_cancelled_restart_stops_its_phones(
    tmp_path: Path, hostile: Callable[..., int], lists: Lists
) -> None:
    """A phone in the middle of its restart ends at its next step and writes nothing."""
    asked, over = threading.Event(), threading.Event()

    def wait(connection: socket.socket, _stop: threading.Event) -> None:
        connection.recv(1 << 12)
        asked.set()
        over.wait(30)
        connection.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")

    server = Server("cucm", "127.0.0.1", hostile(wait), 1, 1)
    fleet = Fleet(tmp_path / "phones", Directory((server,)), patience=Patience(60, 60))
    fleet.create([model_named("8861")])

    async def cancelled() -> None:
        task = asyncio.create_task(fleet.restart())
        assert await asyncio.to_thread(asked.wait, 30)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    try:
        asyncio.run(cancelled())
    finally:
        over.set()
    for thread in threading.enumerate():
        if thread.name.startswith("phone"):
            thread.join()
    assert (True, "") == (fleet.reports()[0].new, fleet.phones[0].log())


def test_a_phone_that_is_stopped_changes_nothing(
    desk: Callable[[str], Desk], node: PracticeNode, lists: Lists
) -> None:
    """It stays as it was, its log too."""
    phone = desk("8861").has(lists.ctl("etoken-1"))
    node.offer(lists.ctl("etoken-2", by="etoken-1"))
    stop = threading.Event()
    stop.set()
    with pytest.raises(CancelledError):
        boot(phone.phone, node.directory, stop=stop)
    assert (lists.ctl("etoken-1"), None) == phone.held
    assert "" == phone.phone.log()


def test_many_phones_restart_at_once(tmp_path: Path, node: PracticeNode, lists: Lists) -> None:
    """Two hundred phones at one node, each with its verdict, its list and its log."""
    fleet = Fleet(tmp_path / "many", node.directory, patience=Patience(60, 60))
    fleet.create(200)
    node.upload("callmanager", "CallManager")
    node.upload("renewed", "CallManager")
    node.offer(lists.ctl("callmanager"), lists.itl())
    assert {True} == {item.accepted for item in asyncio.run(fleet.restart())}
    node.offer(lists.ctl("renewed"), lists.itl("renewed"))
    boots = asyncio.run(fleet.restart(limit=50))
    assert [True, True, False, True] * 50 == [item.accepted for item in boots]
    assert {"phone-vouched", "phone-signer-unknown"} == {item.code for item in boots}
    assert [phone.mac for phone in fleet.phones] == [item.mac for item in boots]
