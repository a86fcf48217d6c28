"""``ctlkit demo``: the main job, run for real on tokens of its own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from softhsm_fixtures.plugin import SoftHsmStore
    from tests.conftest import RunCtlkit

STEPS = ["tokens", "export", "update", "verify", "show"]


@pytest.fixture(autouse=True)
def _softhsm(softhsm_module: Path) -> None:
    """Leave these tests out where there is no SoftHSM."""


def test_the_main_job(run_ctlkit: RunCtlkit, tmp_path: Path) -> None:
    """Two tokens, their certificates, a list of 5728 bytes, signed, verified and shown.

    --keep leaves all of it in a new folder; a folder that is there is not touched.
    """
    result = run_ctlkit("demo", "--keep", "kept")
    assert 0 == result.status
    commands = [line for line in result.stdout.splitlines() if line.startswith("$ ctlkit ")]
    assert STEPS == [line.split()[2] for line in commands]
    assert "certificates/SAST-ADN0054f509.cer" in result.stdout
    assert "written, 5728 bytes, read back" in result.stdout
    assert "tftp/CTLFile.tlv: valid, signed by" in result.stdout
    assert result.stdout.endswith("The CTL file was verified successfully.\n")
    assert 0 == run_ctlkit("verify", tmp_path / "kept" / "tftp" / "CTLFile.tlv").status
    before = sorted(tmp_path.rglob("*"))
    again = run_ctlkit("demo", "--keep", "kept")
    assert 1 == again.status
    assert "kept: File exists" in again.stderr
    assert before == sorted(tmp_path.rglob("*"))


def test_as_json_beside_other_tokens(run_ctlkit: RunCtlkit, etokens: SoftHsmStore) -> None:
    """With --json the answer is one object with each command, its status and output.

    The store of the caller, his PIN and his configuration have no part in it.
    """
    before = {path: path.stat().st_mtime_ns for path in etokens.folder.rglob("*")}
    result = run_ctlkit("demo", "--json", env={"CTLKIT_PIN": "not-the-pin"})
    steps = result.json()["steps"]
    assert STEPS == [step["command"].split()[1] for step in steps]
    assert {0} == {step["status"] for step in steps}
    assert not [token for token in etokens.tokens if token.serial in result.stdout]
    assert before == {path: path.stat().st_mtime_ns for path in etokens.folder.rglob("*")}


def test_without_softhsm(run_ctlkit: RunCtlkit) -> None:
    """Where SoftHSM is missing the demonstration says what to install."""
    result = run_ctlkit("demo", env={"CTLKIT_SOFTHSM_MODULE": "/nonexistent/libsofthsm2.so"})
    assert 5 == result.status
    assert "the demonstration cannot run" in result.stderr
