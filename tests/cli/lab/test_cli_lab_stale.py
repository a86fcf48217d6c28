"""A list that carries a certificate which its server does not use any more (rule 4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.lab.conftest import Lab
    from tests.conftest import Result, RunCtlkit

NODE = "cucm-1051-a-sub1"


@pytest.fixture
def old(lab: Lab, run_ctlkit: RunCtlkit, tmp_path: Path) -> Path:
    """A cluster whose subscriber has a new certificate, and its list of before."""
    lab.answer("up", "--phones", "1", "--mode", "mixed")
    path = tmp_path / "old.tlv"
    assert 0 == run_ctlkit("place", "fetch", f"lab:{lab.folder}", "-o", path).status
    lab.answer("cert", "regen", "CallManager", "--node", NODE)
    lab.answer("admin", "--yes", "utils", "ctl", "update", "CTLFile")
    lab.answer("admin", "--yes", "--node", NODE, "utils", "service", "restart", "Cisco CallManager")
    return path


def _said(result: Result, code: str) -> list[str]:
    warnings = result.json().get("warnings", [])
    return [item["severity"] for item in warnings if item["code"] == code]


def test_publishing_it_has_a_confirmation_of_its_own(
    old: Path, lab: Lab, run_ctlkit: RunCtlkit
) -> None:
    """Both serials are named; with the old one confirmed it is published."""
    words = ("place", "publish", f"lab:{lab.folder}", old)
    refused = run_ctlkit(*words, "--json")
    assert (3, "stale-in-list") == (refused.status, refused.json()["error"]["code"])
    assert NODE in refused.stderr
    serial = refused.json()["error"]["advice"].rpartition("--confirm-stale ")[2].strip(".")
    assert 0 == run_ctlkit(*words, "--dry-run", "--confirm-stale", serial).status
    assert 0 == run_ctlkit(*words, "--confirm-stale", serial).status


def test_it_is_told_beforehand(old: Path, lab: Lab, run_ctlkit: RunCtlkit) -> None:
    """Preflight warns of it, though phones accept the list; so does restoring it."""
    place = f"lab:{lab.folder}"
    foreseen = run_ctlkit("preflight", place, old, "--json")
    assert ["red"] == _said(foreseen, "stale-in-list")
    for folder in (lab.folder / "cluster" / "nodes").iterdir():
        (folder / "tftp" / "CTLFile_old.tlv").write_bytes(old.read_bytes())
    restored = run_ctlkit("place", "restore", place)
    assert 3 == restored.status
    assert f"{NODE}: the list carries certificate" in restored.stderr


def test_a_list_of_the_certificates_in_use(lab: Lab, run_ctlkit: RunCtlkit, tmp_path: Path) -> None:
    """Nothing of the kind is said of it."""
    lab.answer("up", "--phones", "0", "--mode", "mixed")
    place, path = f"lab:{lab.folder}", tmp_path / "new.tlv"
    assert 0 == run_ctlkit("place", "fetch", place, "-o", path).status
    foreseen = run_ctlkit("preflight", place, path, "--json")
    assert [] == _said(foreseen, "stale-in-list")
