"""``ctlkit place``: what a folder holds, and putting the list before in force again."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from softhsm_fixtures import FIRST_NAME, SECOND_NAME

if TYPE_CHECKING:
    from tests.cli.conftest import MakeList
    from tests.conftest import RunCtlkit


@pytest.fixture
def both(make_list: MakeList, tftp: Path) -> tuple[Path, Path]:
    """Put a present list and the one before it into the folder."""
    present = make_list("tftp/CTLFile.tlv", timestamp=1_425_675_213)
    kept = make_list(
        "tftp/CTLFile_old.tlv", tokens=[SECOND_NAME, FIRST_NAME], timestamp=1_425_000_000
    )
    return present, kept


def test_status_of_both_lists(run_ctlkit: RunCtlkit, both: tuple[Path, Path]) -> None:
    """The present and the kept list come with length, checksums, signer and date."""
    result = run_ctlkit("place", "status", "folder:tftp")
    assert (0, "") == (result.status, result.stderr)
    present, kept = both
    for word, path, date in (
        ("present", present, "2015-03-06T20:53:33Z"),
        ("kept", kept, "2015-02-27T01:20:00Z"),
    ):
        data = path.read_bytes()
        assert f"  {word}: tftp/{path.name}, {len(data)} bytes\n" in result.stdout
        assert f"    {hashlib.md5(data).hexdigest()} (MD5)\n" in result.stdout
        assert f"    {hashlib.sha1(data).hexdigest()} (SHA1)\n" in result.stdout
        assert f"    dated {date}\n" in result.stdout
    assert "serial 83:E9:08:00:00:00:55:45:AF:31" in result.stdout
    (node,) = run_ctlkit("place", "status", "folder:tftp", "--json").json()["nodes"]
    assert (True, True) == (node["present"]["verified"], node["kept"]["verified"])
    assert "83e9080000005545af31" == node["present"]["signer_serial"]


def test_status_of_an_empty_folder(run_ctlkit: RunCtlkit, tftp: Path) -> None:
    """A folder without a list is a place without a list: status 0."""
    result = run_ctlkit("place", "status", "folder:tftp")
    assert (0, "folder:tftp\n  no list\n") == (result.status, result.stdout)
    (node,) = run_ctlkit("place", "status", "folder:tftp", "--json").json()["nodes"]
    assert (None, None, None) == (node["present"], node["kept"], node["error"])


def test_one_place_does_not_hide_the_others(
    run_ctlkit: RunCtlkit, both: tuple[Path, Path], tmp_path: Path
) -> None:
    """Of several places each is shown; what cannot be read, or does not verify, decides."""
    forged = tmp_path / "forged"
    forged.mkdir()
    data = both[0].read_bytes()
    (forged / "CTLFile.tlv").write_bytes(data[:-1] + b"\x01")
    (tmp_path / "my.toml").write_text("[places.site]\nurl = 'folder:tftp'\n")
    words = ("place", "status", "folder:nowhere", "site", "folder:forged", "--config", "my.toml")
    result = run_ctlkit(*words)
    assert 4 == result.status
    assert ["folder:nowhere", "folder:tftp", "folder:forged"] == [
        line for line in result.stdout.splitlines() if not line.startswith(" ")
    ]
    assert "nowhere is no folder" in result.stderr
    assert "ctlkit: forged/CTLFile.tlv: the signature does not fit the file\n" in result.stderr
    nodes = run_ctlkit(*words, "--json").json()["nodes"]
    assert ["place-no-folder", None, None] == [
        node["error"] and node["error"]["code"] for node in nodes
    ]
    assert "signature-wrong" == nodes[2]["present"]["error"]["code"]
    assert 3 == run_ctlkit("place", "status", "folder:forged", "site", *words[-2:]).status


def test_restore_needs_its_confirmation(run_ctlkit: RunCtlkit, both: tuple[Path, Path]) -> None:
    """Without --confirm-restore nothing moves: status 3, rule 8; --yes is no confirmation."""
    before = [path.read_bytes() for path in both]
    for words in ((), ("--yes",)):
        result = run_ctlkit("place", "restore", "folder:tftp", *words)
        assert 3 == result.status
        assert "(rule 8)" in result.stderr
    assert before == [path.read_bytes() for path in both]


def test_restore_swaps_the_two(run_ctlkit: RunCtlkit, both: tuple[Path, Path]) -> None:
    """The kept list is in force again and the present one kept; twice is as before."""
    present, kept = both
    before = (present.read_bytes(), kept.read_bytes())
    words = ("place", "restore", "folder:tftp", "--confirm-restore")
    first = run_ctlkit(*words, "--json")
    assert (before[1], before[0]) == (present.read_bytes(), kept.read_bytes())
    (published,) = first.json()["published"]
    assert hashlib.md5(before[1]).hexdigest() == published["md5"]
    assert 0 == run_ctlkit(*words).status
    assert before == (present.read_bytes(), kept.read_bytes())
    assert {present, kept} == set(present.parent.iterdir())


def test_restore_without_a_present_list(run_ctlkit: RunCtlkit, both: tuple[Path, Path]) -> None:
    """Where the present list is gone the kept one is put back and stays kept."""
    present, kept = both
    present.unlink()
    assert 0 == run_ctlkit("place", "restore", "folder:tftp", "--confirm-restore").status
    assert kept.read_bytes() == present.read_bytes()


@pytest.mark.parametrize(("damage", "status"), [("missing", 4), ("cut", 4), ("forged", 3)])
def test_what_cannot_be_restored(
    run_ctlkit: RunCtlkit, both: tuple[Path, Path], damage: str, status: int
) -> None:
    """A kept list that is missing, cut or forged is not put in force."""
    present, kept = both
    data = kept.read_bytes()
    before = present.read_bytes()
    if damage == "missing":
        kept.unlink()
    else:
        kept.write_bytes(data[:900] if damage == "cut" else data[:-1] + b"\x01")
    result = run_ctlkit("place", "restore", "folder:tftp", "--confirm-restore")
    assert (status, "") == (result.status, result.stdout)
    assert before == present.read_bytes()


def test_restoring_several_places_reads_all_before_it_writes(
    run_ctlkit: RunCtlkit, both: tuple[Path, Path], tmp_path: Path
) -> None:
    """A place with nothing kept stops the command before the first place is touched."""
    (tmp_path / "empty").mkdir()
    before = [path.read_bytes() for path in both]
    result = run_ctlkit(
        "place", "restore", "folder:tftp", "folder:empty", "--confirm-restore", "--json"
    )
    assert (4, "place-nothing-kept") == (result.status, result.json()["error"]["code"])
    assert before == [path.read_bytes() for path in both]


def test_a_place_that_fails_midway_is_told(
    run_ctlkit: RunCtlkit, both: tuple[Path, Path], tmp_path: Path
) -> None:
    """Status 9 where only some were restored, and the answer says which."""
    present, kept = (path.read_bytes() for path in both)
    second = tmp_path / "second"
    second.mkdir()
    (second / "CTLFile_old.tlv").write_bytes(kept)
    (second / "CTLFile.tlv").write_bytes(present)
    (second / "CTLFile_swap.tlv").write_bytes(b"left by a restore that was cut")
    result = run_ctlkit(
        "place", "restore", "folder:tftp", "folder:second", "--confirm-restore", "--json"
    )
    answer = result.json()
    assert (9, "place-some-restored") == (result.status, answer["error"]["code"])
    assert [("folder:tftp", None), ("folder:second", "place-restore-cut")] == [
        (node["node"], node["error"] and node["error"]["code"]) for node in answer["published"]
    ]
    assert (kept, present) == tuple(path.read_bytes() for path in both)
    assert present == (second / "CTLFile.tlv").read_bytes()
