"""``ctlkit preflight`` with the practice cluster as the old list: it tells lists and stores."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from softhsm_fixtures import SECOND_NAME, etoken_certificate

if TYPE_CHECKING:
    from tests.cli.conftest import MakeList
    from tests.cli.lab.conftest import Lab
    from tests.conftest import RunCtlkit

PUBLISHER, SUBSCRIBER = "cucm-1051-a-pub", "cucm-1051-a-sub1"
ACCEPTS, REFUSES, CANNOT_TELL = "accepts", "refuses", "cannot tell"


def test_a_cluster_as_old(
    lab: Lab, run_ctlkit: RunCtlkit, make_list: MakeList, tmp_path: Path
) -> None:
    """Its CTL, each node's ITL and all of its stores count; an upload changes the answer."""
    lab.answer("up", "--phones", "2", "--mode", "mixed")
    new = make_list("new.tlv")
    certificate = tmp_path / "second.cer"
    certificate.write_bytes(etoken_certificate(SECOND_NAME).der)
    words = ("preflight", f"lab:{lab.folder}", new, "--json")
    before = run_ctlkit(*words)
    assert 3 == before.status, before.stderr
    answer = before.json()
    assert [REFUSES] * 4 == [item["answer"] for item in answer["phones"]]
    assert "remedy-bridge" == answer["remedies"][0]["code"]
    assert answer["stores"]["complete"] is True
    assert [PUBLISHER] == [item["signer"] for item in answer["olds"]]
    assert [PUBLISHER, SUBSCRIBER] == [item["signer"] for item in answer["itls"]]
    lab.answer("trust", "add", "Phone-SAST-trust", certificate)
    after = run_ctlkit(*words)
    assert 3 == after.status, after.stderr
    assert [ACCEPTS, REFUSES, CANNOT_TELL, CANNOT_TELL] == [
        item["answer"] for item in after.json()["phones"]
    ]
    assert after.json()["stores"]["known"] == answer["stores"]["known"] + 1
    shown = run_ctlkit(*words[:-1]).stdout
    assert f"  stores of the trust service: all {after.json()['stores']['known']} certif" in shown


def test_the_list_of_a_cluster_itself(lab: Lab, run_ctlkit: RunCtlkit, tmp_path: Path) -> None:
    """A list that the cluster writes after a renewed certificate loses those that never ask."""
    lab.answer("up", "--phones", "2", "--mode", "mixed", "--release", "10.0")
    old, new = tmp_path / "old.tlv", tmp_path / "new.tlv"
    place = f"lab:{lab.folder}"
    assert 0 == run_ctlkit("place", "fetch", place, "-o", old).status
    lab.answer("cert", "regen", "CallManager")
    lab.answer("admin", "utils", "ctl", "update", "CTLFile", "--yes")
    assert 0 == run_ctlkit("place", "fetch", place, "-o", new).status
    result = run_ctlkit("preflight", place, old, new, "--json")
    assert 3 == result.status, result.stderr
    assert [ACCEPTS, REFUSES] == [item["answer"] for item in result.json()["phones"]][:2]
    lab.answer("down")
    gone = run_ctlkit("preflight", place, new, "--json")
    assert (1, "lab-not-running") == (gone.status, gone.json()["error"]["code"])
