"""What ``ctlkit preflight`` says of a cluster itself: its mode, its release, absent nodes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import MakeList
    from tests.cli.lab.conftest import Lab
    from tests.conftest import Result, RunCtlkit

PUBLISHER, SUBSCRIBER = "cucm-1051-a-pub", "cucm-1051-a-sub1"


def said(result: Result) -> dict[str, str]:
    """The codes of the warnings, with their severities."""
    return {item["code"]: item["severity"] for item in result.json()["warnings"]}


def without(lab: Lab, *nodes: str) -> None:
    """Let nodes be where nobody answers: a place knows of them what ``lab.json`` says."""
    path = lab.folder / "lab.json"
    value = json.loads(path.read_text())
    for port, node in enumerate(value["nodes"], 1):
        if node["name"] in nodes:
            node["ports"]["ssh"] = port
    path.write_text(json.dumps(value))


@pytest.fixture
def mixed(lab: Lab) -> Lab:
    """Give a cluster in mixed mode, with its own list."""
    lab.answer("up", "--phones", "0", "--mode", "mixed", "--release", "14su3")
    return lab


def test_a_mode_that_disagrees(lab: Lab, run_ctlkit: RunCtlkit, make_list: MakeList) -> None:
    """Nobody gets past it: publishing refuses such a list, so it is told as an error, not red."""
    lab.answer("up", "--phones", "0", "--mode", "non-secure")
    place, new = f"lab:{lab.folder}", make_list("new.tlv")
    foreseen = run_ctlkit("preflight", place, new, "--json")
    assert "error" == said(foreseen)["mode-disagrees"]
    assert "mode-disagrees" == foreseen.json()["warnings"][0]["code"]
    assert "ctlkit: error: the cluster is in non-secure mode, this list says mixed" in (
        foreseen.stderr
    )
    assert "\n  Change the cluster first.\n" in foreseen.stderr
    refused = run_ctlkit("place", "publish", place, new, "--json")
    assert (3, "mode-disagrees") == (refused.status, refused.json()["error"]["code"])


def test_what_the_release_does(
    mixed: Lab, run_ctlkit: RunCtlkit, make_list: MakeList, tmp_path: Path
) -> None:
    """A list with tokens will be replaced, the server's own will not; phones may restart."""
    place, new, own = f"lab:{mixed.folder}", make_list("new.tlv"), tmp_path / "own.tlv"
    assert 0 == run_ctlkit("place", "fetch", place, "-o", own).status
    foreseen = said(run_ctlkit("preflight", place, new, "--json"))
    assert ["amber", "amber"] == [
        foreseen[code] for code in ("release-replaces", "release-restarts-phones")
    ]
    assert "release-replaces" not in said(run_ctlkit("preflight", place, own, "--json"))
    confirmed = ("--confirm-new-signer", "--confirm-lockout", "LOCKOUT")
    dry = run_ctlkit("place", "publish", place, new, *confirmed, "--dry-run")
    assert "the next utils ctl update CTLFile replaces this list" in dry.stderr
    assert "phones may restart by themselves" in dry.stderr


def test_a_node_that_does_not_answer(
    mixed: Lab, run_ctlkit: RunCtlkit, make_list: MakeList
) -> None:
    """It is named, and the others count; without the publisher no store and no mode is known."""
    place, new = f"lab:{mixed.folder}", make_list("new.tlv")
    whole = run_ctlkit("preflight", place, new, "--json").json()
    without(mixed, SUBSCRIBER)
    part = run_ctlkit("preflight", place, new, "--json")
    assert (3, "amber") == (part.status, said(part)["nodes-unreachable"])
    assert f"ctlkit: warning: {SUBSCRIBER} cannot be reached (" in part.stderr
    assert whole["olds"] == part.json()["olds"]
    assert whole["itls"][:1] == part.json()["itls"]
    assert part.json()["stores"]["complete"] is True


def test_a_publisher_that_does_not_answer(
    mixed: Lab, run_ctlkit: RunCtlkit, make_list: MakeList
) -> None:
    """The subscriber's list counts; which stores there are nobody said."""
    place, new = f"lab:{mixed.folder}", make_list("new.tlv")
    without(mixed, PUBLISHER)
    part = run_ctlkit("preflight", place, new, "--json")
    assert "amber" == said(part)["nodes-unreachable"]
    assert [SUBSCRIBER] == [item["title"].partition(":")[0] for item in part.json()["olds"]]
    assert part.json()["stores"]["complete"] is False
    without(mixed, PUBLISHER, SUBSCRIBER)
    assert 8 == run_ctlkit("preflight", place, new).status
