"""``ctlkit demo``: the main job, run for real on tokens of its own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from softhsm_fixtures.plugin import SoftHsmStore
    from tests.conftest import RunCtlkit


@pytest.fixture(autouse=True)
def _softhsm(softhsm_module: Path) -> None:
    """Leave these tests out where there is no SoftHSM."""


@pytest.mark.timeout(400)
def test_the_migrations(run_ctlkit: RunCtlkit, etokens: SoftHsmStore, tmp_path: Path) -> None:
    """Moves 1, 3, 2 and 4 end as published, the lock-out too, and nothing runs afterwards.

    With --json each command comes with its status and output. The caller's store, PIN and
    configuration have no part in it. --keep leaves the folder; one that is there is not touched.
    """
    before = {path: path.stat().st_mtime_ns for path in etokens.folder.rglob("*")}
    env = {"CTLKIT_PIN": "not-the-pin", "CTLKIT_LAB": "nowhere"}
    result = run_ctlkit("demo", "--keep", "kept", "--json", env=env, timeout=360)
    assert 0 == result.status, result.stderr
    steps = result.json()["steps"]
    outputs = {step["command"].partition(" --module")[0]: step["output"] for step in steps}
    refused = [step["command"] for step in steps if step["status"] != 0]
    assert ["ctlkit update lab:", "ctlkit preflight lab:", "ctlkit place publish"] == [
        " ".join(words.split()[:3]) for words in refused
    ]
    beforehand = outputs["ctlkit preflight lab: strangers.tlv --phones phones.csv"]
    assert "All phones refuse." in beforehand
    verdicts = [
        [line.split(": ")[1] for line in step["output"].splitlines() if line[:3] == "SEP"]
        for step in steps
        if step["command"] == "ctlkit lab phone restart"
    ]
    yes, no = "accepted", "refused"
    assert [
        [yes, yes, yes, yes],
        [yes, yes, no, yes],
        [yes, yes, yes, yes],
        [yes, yes, no, yes],
        [no, no, no, no],
        [yes, yes, no, yes],
    ] == verdicts
    lengths = [
        line.rpartition(" ")[2]
        for step in steps
        if step["command"] == "ctlkit lab admin show ctl"
        for line in step["output"].splitlines()
        if line.startswith("Length of CTL file")
    ]
    assert ["0", "4947", "4947", "6113"] == [lengths[at] for at in (0, 1, 3, 4)]
    assert "the list before" in outputs["ctlkit place delete lab: --confirm-delete-in-mixed-mode"]
    assert not [token for token in etokens.tokens if token.serial in result.stdout]
    assert before == {path: path.stat().st_mtime_ns for path in etokens.folder.rglob("*")}
    assert not (tmp_path / "kept" / "lab" / "lab.json").exists()
    again = run_ctlkit("demo", "--keep", "kept")
    assert (1, True) == (again.status, "kept: File exists" in again.stderr)


def test_without_softhsm(run_ctlkit: RunCtlkit) -> None:
    """Where SoftHSM is missing the demonstration says what to install."""
    result = run_ctlkit("demo", env={"CTLKIT_SOFTHSM_MODULE": "/nonexistent/libsofthsm2.so"})
    assert 5 == result.status
    assert "the demonstration cannot run" in result.stderr
