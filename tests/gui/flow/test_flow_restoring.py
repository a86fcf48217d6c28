"""What the wizard does when the kept list is put back, one rule each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ctlkit_gui import flow
from ctlkit_gui.flow import RemainsView, Screen, ServersView, view

if TYPE_CHECKING:
    from tests.gui.flow.conftest import MakeFlow, MakeWorld


def test_restoring(make_flow: MakeFlow) -> None:
    """Restore tells first what phones would do, and is confirmed by one tick."""
    made = make_flow(screen=Screen.SERVERS)
    made.go(flow.RestoreWanted(), flow.RestoreAgreed())
    assert [] == made.of(flow.Restore)
    made.go(flow.Confirmed(flow.RESTORE_KEY), flow.RestoreAgreed())
    assert made.state.restored is not None
    assert 1 == len(made.of(flow.Restore))


def test_a_red_restoring_takes_the_word(make_flow: MakeFlow, make_world: MakeWorld) -> None:
    """Where phones would refuse the kept list their number is typed; a tick does not do."""
    red = make_world.red("restore-phones", "7")
    made = make_flow(make_world(restore_red=(red,)), Screen.SERVERS)
    made.go(flow.RestoreWanted(), flow.Confirmed(flow.RESTORE_KEY), flow.RestoreAgreed())
    made.go(flow.WordTyped("word:7", "6"), flow.RestoreAgreed())
    shown = view(made.state).frame.asked
    assert shown is not None
    assert (flow.Confirmation("word:7", "7", "6", done=False),) == shown.confirmations
    assert "wizard-unconfirmed" == (shown.agree.why.code if shown.agree.why else "")
    assert [] == made.of(flow.Restore)
    made.go(flow.WordTyped("word:7", "7"), flow.RestoreAgreed())
    (effect,) = made.of(flow.Restore)
    assert isinstance(effect, flow.Restore)
    assert "7" == effect.consent.lockout


def test_a_missing_node_is_confirmed_before_restoring(
    make_flow: MakeFlow, make_world: MakeWorld
) -> None:
    """Each node that does not answer is confirmed by its name (rule 11)."""
    made = make_flow(screen=Screen.SERVERS)
    made.world.absent = ("sub",)
    made.go(flow.RestoreWanted(), flow.Confirmed(flow.RESTORE_KEY), flow.RestoreAgreed())
    assert [] == made.of(flow.Restore)
    made.go(flow.Confirmed("node:sub"), flow.RestoreAgreed())
    (effect,) = made.of(flow.Restore)
    assert isinstance(effect, flow.Restore)
    assert frozenset({"sub"}) == effect.without


@pytest.mark.parametrize(
    "answer", [flow.Cancel(), flow.Dismissed(), flow.Dismissed(accepted=False)]
)
def test_a_question_that_is_put_away_restores_nothing(
    make_flow: MakeFlow, answer: flow.Event
) -> None:
    """Whatever was confirmed then, and it has to be confirmed anew the next time."""
    made = make_flow(screen=Screen.SERVERS)
    made.go(flow.RestoreWanted(), flow.Confirmed(flow.RESTORE_KEY), answer)
    assert () == made.state.dialogs
    made.go(flow.RestoreWanted(), flow.RestoreAgreed())
    assert [] == made.of(flow.Restore)


def test_the_rest_is_restored_by_retry(make_flow: MakeFlow) -> None:
    """Nodes that failed are tried again as often as it takes; nothing is swapped once more."""
    made = make_flow(screen=Screen.SERVERS)
    made.world.failing = ("sub",)
    made.go(flow.RestoreWanted(), flow.Confirmed(flow.RESTORE_KEY), flow.RestoreAgreed())
    shown = view(made.state)
    assert isinstance(shown, ServersView)
    assert (True, False, False) == (shown.retry.enabled, shown.restore.shown, shown.restored)
    assert shown.frame.problem is not None
    made.go(flow.RetryNodes())
    made.world.failing = ()
    made.go(flow.RetryNodes())
    shown = view(made.state)
    assert isinstance(shown, ServersView)
    assert (False, True, None) == (shown.retry.shown, shown.restored, shown.frame.problem)
    counts = (len(made.of(kind)) for kind in (flow.Restore, flow.RestoreRest, flow.PublishRest))
    assert (1, 2, 0) == tuple(counts)


def test_what_is_kept_nowhere_is_not_restored(make_flow: MakeFlow, make_world: MakeWorld) -> None:
    """After the first list of a place there is no Restore on either page."""
    made = make_flow(make_world(kept=None), Screen.SERVERS)
    servers = view(made.state)
    made.go(flow.RestoreWanted(), flow.Next())
    remains = view(made.state)
    assert isinstance(servers, ServersView)
    assert isinstance(remains, RemainsView)
    assert (False, False) == (servers.restore.shown, remains.restore.shown)
    assert [] == made.of(flow.AskRestore)
