"""Restoring on several nodes: afterwards all hold one list, and who was left out is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.lab.conftest import Lab
    from tests.conftest import Result, RunCtlkit

CONFIRMED = "--confirm-restore"
DELETE = ("--confirm-delete-in-mixed-mode",)


def _lists(lab: Lab, name: str) -> list[bytes | None]:
    folders = sorted((lab.folder / "cluster" / "nodes").iterdir())
    files = [folder / "tftp" / name for folder in folders]
    return [file.read_bytes() if file.exists() else None for file in files]


def _changed(result: Result) -> list[bool]:
    return [node["changed"] for node in result.json()["published"]]


def _two_lists(lab: Lab, *more: str) -> tuple[bytes, bytes]:
    """Start a cluster whose nodes hold one list and keep another; return the two."""
    lab.answer("up", "--mode", "mixed", "--phones", "0", *more)
    folders = sorted((lab.folder / "cluster" / "nodes").iterdir())
    (kept, *_others) = _lists(lab, "CTLFile.tlv")
    lab.answer("admin", "--yes", "utils", "ctl", "update", "CTLFile")
    (present, *_others) = _lists(lab, "CTLFile.tlv")
    assert kept is not None
    assert present is not None
    assert kept != present
    for folder in folders:
        (folder / "tftp" / "CTLFile_old.tlv").write_bytes(kept)
    return present, kept


def test_a_deletion_in_mixed_mode_is_undone(lab: Lab, run_ctlkit: RunCtlkit) -> None:
    """The publisher alone lost its list, and alone gets it back; the others keep theirs."""
    present, kept = _two_lists(lab)
    place = f"lab:{lab.folder}"
    assert 0 == run_ctlkit("place", "delete", place, *DELETE).status
    assert [None, present] == _lists(lab, "CTLFile.tlv")
    result = run_ctlkit("place", "restore", place, CONFIRMED, "--json")
    assert (0, [True, False]) == (result.status, _changed(result))
    assert [present, present] == _lists(lab, "CTLFile.tlv")
    assert [present, kept] == _lists(lab, "CTLFile_old.tlv")


def test_nodes_of_which_half_were_restored(lab: Lab, run_ctlkit: RunCtlkit) -> None:
    """Nobody can say which list is meant, so nothing is swapped: status 3, rule 11."""
    present, kept = _two_lists(lab)
    tftp = lab.folder / "cluster" / "nodes" / "cucm-1051-a-sub1" / "tftp"
    (tftp / "CTLFile.tlv").write_bytes(kept)
    (tftp / "CTLFile_old.tlv").write_bytes(present)
    result = run_ctlkit("place", "restore", f"lab:{lab.folder}", CONFIRMED, "--json")
    assert (3, "kept-differ") == (result.status, result.json()["error"]["code"])
    assert [present, kept] == _lists(lab, "CTLFile.tlv")


@pytest.mark.parametrize(
    ("command", "confirmed", "code"),
    [
        ("restore", CONFIRMED, "place-some-restored"),
        ("delete", *DELETE, "place-some-deleted"),
    ],
)
def test_a_node_that_was_left_out_is_told(
    command: str, confirmed: str, code: str, lab: Lab, run_ctlkit: RunCtlkit, tmp_path: Path
) -> None:
    """A node that --without-node names is told as not done, status 9."""
    _two_lists(lab, "--subscribers", "0")
    found = lab.lab_file()
    (node,) = found["nodes"]
    absent = "sftp://127.0.0.1:1/tftp"
    (tmp_path / "my.toml").write_text(
        f"[places.site]\nurl = 'sftp://admin@127.0.0.1:{node['ports']['ssh']}/tftp'\n"
        f"nodes = ['{absent}']\n"
    )
    result = run_ctlkit(
        *("place", command, "site", confirmed, "--without-node", absent, "--config", "my.toml"),
        *("--host-key", node["host_key"], "--json"),
        env={"CTLKIT_PASSWORD": found["secret"]},
    )
    answer = result.json()
    assert (9, code) == (result.status, answer["error"]["code"])
    done, left_out = answer["published"]
    assert (True, None) == (done["changed"], done["error"])
    assert (absent, False) == (left_out["node"], left_out["changed"])
