"""Lock-outs that are hard to see: what phones hold is not at hand, or only some get the list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from softhsm_fixtures import FIRST_NAME, SECOND_NAME, etoken_certificate

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import MakeList, Material
    from tests.cli.lab.conftest import Lab
    from tests.conftest import Result, RunCtlkit

CANNOT_TELL = "cannot tell"
NEW_SIGNER = "--confirm-new-signer"
MIXED = ("--phones", "4", "--mode", "mixed", "--release", "10.0")


def _codes(result: Result) -> set[str]:
    return {item["code"] for item in result.json()["phones"]}


def _accepted(result: Result) -> list[bool | None]:
    return [phone["accepted"] for phone in result.json()["boots"]]


def test_a_list_that_was_deleted_everywhere(
    lab: Lab, run_ctlkit: RunCtlkit, make_list: MakeList, material: Material
) -> None:
    """In mixed mode phones hold a list: where none is at hand nothing is known to accept."""
    lab.answer("up", "--subscribers", "0", *MIXED)
    lab.answer("phone", "restart")
    lab.answer("admin", "file", "delete", "tftp", "CTLFile.tlv", "--yes")
    place, new = f"lab:{lab.folder}", make_list("new.tlv")
    foreseen = run_ctlkit("preflight", place, new, "--json")
    assert (3, {"unsure-held"}) == (foreseen.status, _codes(foreseen))
    words = ("update", place, "--add-token", material.first, "--signer", material.second)
    refused = run_ctlkit(*words)
    assert (3, True) == (refused.status, "--confirm-lockout LOCKOUT" in refused.stderr)
    assert "no list" in run_ctlkit("place", "status", place).stdout
    assert 0 == run_ctlkit(*words, "--confirm-lockout", "LOCKOUT").status
    assert not any(_accepted(lab.run("phone", "restart", "--json")))


def test_the_list_that_is_in_force_already(lab: Lab, run_ctlkit: RunCtlkit, tmp_path: Path) -> None:
    """Phones that did not restart since hold another one, which a cluster does not tell."""
    lab.answer("up", *MIXED)
    place, new = f"lab:{lab.folder}", tmp_path / "new.tlv"
    assert 0 == run_ctlkit("place", "fetch", place, "-o", new).status
    foreseen = run_ctlkit("preflight", place, new, "--json")
    assert 3 == foreseen.status
    assert {"unsure-held", "accepts-same"} >= _codes(foreseen)


def test_a_run_that_was_cut_behind_the_publisher(
    lab: Lab, run_ctlkit: RunCtlkit, tmp_path: Path
) -> None:
    """What phones hold is what the publisher keeps and the others have: repeating finishes it."""
    lab.answer("up", *MIXED)
    place, old, new = f"lab:{lab.folder}", tmp_path / "old.tlv", tmp_path / "new.tlv"
    assert 0 == run_ctlkit("place", "fetch", place, "-o", old).status
    lab.answer("admin", "utils", "ctl", "update", "CTLFile", "--yes")
    assert 0 == run_ctlkit("place", "fetch", place, "-o", new).status
    nodes = lab.folder / "cluster" / "nodes"
    kept = nodes / "cucm-1051-a-pub" / "tftp" / "CTLFile_old.tlv"
    kept.write_bytes(old.read_bytes())
    (nodes / "cucm-1051-a-sub1" / "tftp" / "CTLFile.tlv").write_bytes(old.read_bytes())
    result = run_ctlkit("place", "publish", place, new, "--json")
    assert 0 == result.status, result.stderr
    assert [False, True] == [node["changed"] for node in result.json()["published"]]
    assert old.read_bytes() == kept.read_bytes()


def test_a_list_for_chosen_phones(
    lab: Lab, run_ctlkit: RunCtlkit, make_list: MakeList, tmp_path: Path
) -> None:
    """The trust service reads the list for all, not one for a phone, and vouches for none in it."""
    lab.answer("up", *MIXED)
    lab.answer("phone", "restart")
    stored = tmp_path / "token.cer"
    for name in (FIRST_NAME, SECOND_NAME):
        stored.write_bytes(etoken_certificate(name).der)
        lab.answer("trust", "add", "Phone-SAST-trust", stored)
    (tmp_path / "one.csv").write_text("8861,1")
    place, new = f"lab:{lab.folder}", make_list("new.tlv")
    words = ("place", "publish", place, new, "--phones", "one.csv", NEW_SIGNER)
    for_all = run_ctlkit(*words, "--confirm-lockout", "LOCKOUT", "--dry-run", "--json")
    assert {"accepts-vouched-by-list"} == _codes_of(for_all)
    one = lab.answer("phone", "list")["phones"][1]
    assert "8861" == one["model"]
    chosen = (*words, "--phone", one["mac"], "--json")
    refused = run_ctlkit(*chosen)
    assert (3, "signers-vanish") == (refused.status, refused.json()["error"]["code"])
    assert "phones refuse this list" in refused.stderr
    dry = run_ctlkit(*chosen, "--dry-run")
    assert (3, {"refuses-not-vouched"}) == (dry.status, _codes_of(dry))
    assert 0 == run_ctlkit(*chosen, "--confirm-lockout", "1").status
    assert [True, False, True, True] == _accepted(lab.run("phone", "restart", "--json"))


def _codes_of(result: Result) -> set[str]:
    return {item["code"] for each in result.json()["judged"] for item in each["phones"]}


def test_a_phone_with_a_list_of_its_own(
    run_ctlkit: RunCtlkit, make_list: MakeList, tmp_path: Path
) -> None:
    """What it may hold is judged too, though the list for all is this one already."""
    new = make_list("tftp/CTLFile.tlv")
    other = make_list(
        "tftp/CTLSEPB000B4BA0AEE.tlv", tokens=("SAST-ADN00a00001", "SAST-ADN00a00002")
    )
    before = other.read_bytes()
    result = run_ctlkit("place", "publish", "folder:tftp", new, "--phone", "B000B4BA0AEE")
    assert (3, before) == (result.status, other.read_bytes())
    assert "is not in the list the phones have (rule 2)" in result.stderr


def test_a_list_in_force_that_does_not_verify(
    run_ctlkit: RunCtlkit, make_list: MakeList, tmp_path: Path
) -> None:
    """Phones may hold it all the same: what they do cannot be told, and asks for the word."""
    present = make_list("tftp/CTLFile.tlv")
    data = present.read_bytes()
    present.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    new = make_list("new.tlv")
    result = run_ctlkit("place", "publish", "folder:tftp", new, "--dry-run")
    assert 3 == result.status
    assert "the list in force cannot be compared with" in result.stderr
    done = run_ctlkit("place", "publish", "folder:tftp", new, "--confirm-lockout", "LOCKOUT")
    assert (0, new.read_bytes()) == (done.status, present.read_bytes())
