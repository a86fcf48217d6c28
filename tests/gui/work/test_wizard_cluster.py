"""The wizard and a cluster with a voice: the practice one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from ctlkit.edit import Mode, RowState
from ctlkit.errors import WrongPinError
from ctlkit_gui.flow import (
    Action,
    ActionChosen,
    AddTokens,
    Deleted,
    FormChanged,
    Next,
    PlaceKind,
    RemainsView,
    RestartWanted,
    ReviewView,
    Screen,
    ServerForm,
    VouchingWanted,
    WordTyped,
)
from ctlkit_lab.cluster import PracticeCluster, RunningCluster
from ctlkit_lab.model import LabOptions

if TYPE_CHECKING:
    from pathlib import Path

    from tests.gui.conftest import Desk
    from tests.gui.work.conftest import AddToken, Wizard


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[RunningCluster]:
    """A practice cluster that is not in mixed mode and has no list."""
    with PracticeCluster.running(tmp_path / "lab", LabOptions()) as made:
        yield made


def test_setting_a_cluster_to_mixed_mode(
    wizard: Wizard, desk: Desk, cluster: RunningCluster, add_token: AddToken
) -> None:
    """A wrong PIN leaves the mode as it is; the right one sets it, and services are restarted."""
    folder = cluster.place_url.removeprefix("lab:")
    wizard.do(FormChanged(ServerForm(PlaceKind.LAB, folder=folder)), Next())
    state = wizard.on(Screen.ACTION)
    assert state.place is not None
    assert (Mode.NON_SECURE, None) == (state.place.mode, state.place.says)
    wizard.do(ActionChosen(Action.MIXED), Next())
    state = add_token(wizard, desk, desk.first)
    assert state.assembly is not None
    server = next(row for row in state.assembly.entries if row.function == "CAPF")
    assert (RowState.NEW, "server-in-cluster") == (server.state, getattr(server.locked, "code", ""))
    wizard.do(Deleted((server.key,)))
    assert wizard.state.problem is server.locked
    wizard.do(AddTokens())
    add_token(wizard, desk, desk.second)
    wizard.do(Next())
    wizard.on(Screen.REVIEW)
    shown = wizard.view
    assert isinstance(shown, ReviewView)
    assert Mode.MIXED is shown.switch
    assert shown.verdicts
    wizard.do(*(WordTyped(item.key, item.word) for item in shown.confirmations), Next())

    wizard.enter(desk.wrong_pin)
    state = wizard.on(Screen.PASSWORD)
    assert isinstance(state.problem, WrongPinError)
    assert state.switched is None
    wizard.enter(desk.right_pin)
    state = wizard.on(Screen.SERVERS)
    assert state.switched is not None
    assert state.published is not None
    held = {item.present.sha1 for item in state.published.published if item.present}
    assert (2, 1) == (len(state.published.published), len(held))

    wizard.do(Next(), VouchingWanted())
    state = wizard.rests()
    codes = [item.error.code if item.error else "" for item in state.vouched]
    assert (2, {"tvs-unknown"}) == (len(codes), set(codes))
    for token in state.choice.tokens:
        assert token.certificate is not None
        cluster.practice.trust_add("Phone-SAST-trust", token.certificate.der)
    wizard.do(VouchingWanted())
    assert [None, None] == [item.error for item in wizard.rests().vouched]
    wizard.do(RestartWanted())
    wizard.rests()
    remains = wizard.view
    assert isinstance(remains, RemainsView)
    assert [None, None] == [item.error for item in remains.restarted]
