"""What the wizard does from Review to its end, one rule each."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from ctlkit.errors import (
    CancelledError,
    PinBlockedError,
    PinState,
    PlaceError,
    TokenRemovedError,
    WrongPinError,
)
from ctlkit.messages import Message, Severity
from ctlkit.place import Progress, Step
from ctlkit_gui import flow
from ctlkit_gui.flow import (
    Failed,
    LeaveDialog,
    ModeSwitched,
    PasswordView,
    ProgressView,
    Purpose,
    RemainsView,
    RestartDialog,
    ReviewView,
    Screen,
    ServersView,
    SigningStep,
    view,
)

if TYPE_CHECKING:
    from ctlkit_gui.flow import State
    from tests.gui.flow.conftest import MakeFlow, MakeWorld


def test_express_confirmations(make_flow: MakeFlow, make_world: MakeWorld) -> None:
    """Each red line and each absent node is confirmed by itself; only then it goes on."""
    red = (
        make_world.red(),
        make_world.red("signers-vanish"),
        Message("signer-new", {"title": "t", "known": "k", "rule": 2}, Severity.RED),
    )
    made = make_flow(make_world(red=red, absent=("sub",)), Screen.REVIEW)
    shown = view(made.state)
    assert isinstance(shown, ReviewView)
    assert ["word:5", "new-signer", "node:sub"] == [item.key for item in shown.confirmations]
    made.do(flow.Next(), flow.WordTyped("word:5", "4"), flow.Confirmed("new-signer"))
    made.do(flow.Confirmed("node:sub"), flow.Next())
    assert Screen.REVIEW is made.state.screen
    state = made.do(flow.WordTyped("word:5", "5"), flow.Next())
    assert Screen.PASSWORD is state.screen
    made.do(flow.Next())
    (sign,) = made.of(flow.Sign)
    assert isinstance(sign, flow.Sign)
    assert (True, "5", frozenset(("sub",))) == (
        sign.consent.new_signer,
        sign.consent.lockout,
        sign.without,
    )


def test_confirmations_belong_to_what_was_read(make_flow: MakeFlow, make_world: MakeWorld) -> None:
    """Back keeps what was confirmed; another red warning of the same word is confirmed anew."""
    made = make_flow(make_world(red=(make_world.red(),)), Screen.REVIEW)
    made.do(flow.WordTyped("word:5", "5"))
    made.go(flow.Back(), flow.Next())
    assert {"word:5": "5"} == dict(made.state.words)
    made.world.red = (make_world.red("signers-vanish"),)
    made.go(flow.Back(), flow.Next())
    assert {} == dict(made.state.words)


def _fails(state: State, code: str, known: PinState) -> Failed:
    assert state.busy is not None
    kind = WrongPinError if known is PinState.FINAL_TRY else PinBlockedError
    error = kind(code, pin_state=known, label="SAST-1", serial="0001")
    return Failed(state.busy.request, error)


def test_the_last_try(make_flow: MakeFlow) -> None:
    """A refused PIN is asked for again; the last try only with an express word, each time."""
    made = make_flow(screen=Screen.PASSWORD)
    made.do(flow.Next())
    made.do(_fails(made.state, "pin-last-try", PinState.FINAL_TRY))
    shown = view(made.state)
    assert isinstance(shown, PasswordView)
    assert (True, True, False) == (shown.refused, shown.last_try, shown.last_try_ticked)
    made.do(flow.Next())
    assert 1 == len(made.of(flow.Sign))
    made.do(flow.LastTryConfirmed(), flow.Next())
    sign = made.of(flow.Sign)[-1]
    assert isinstance(sign, flow.Sign)
    assert sign.last_try
    made.do(_fails(made.state, "pin-last-try", PinState.LOCKED))
    why = view(made.state).frame.next.why
    assert "wizard-pin-locked" == (why.code if why else "")


def test_a_token_without_a_pin(make_flow: MakeFlow, make_world: MakeWorld) -> None:
    """A token that needs no login is signed with at once after Review."""
    world = make_world()
    world.tokens = tuple(replace(token, login_required=False) for token in world.tokens)
    made = make_flow(world, Screen.REVIEW)
    made.do(flow.Next())
    assert (Screen.PROGRESS, 1) == (made.state.screen, len(made.of(flow.Sign)))


def test_signing_is_stopped_and_not_left(make_flow: MakeFlow) -> None:
    """While it signs the window stays; Cancel asks it to stop, and its answer is awaited."""
    made = make_flow(screen=Screen.PASSWORD)
    made.do(flow.Next())
    assert made.state.busy is not None
    request = made.state.busy.request
    made.do(flow.Close())
    assert not made.state.closed
    made.do(flow.Cancel())
    assert [flow.Abandon(request)] == made.fresh
    assert made.state.busy.stopping
    state = made.do(Failed(request, CancelledError("interrupted")))
    assert (Screen.PASSWORD, None) == (state.screen, state.busy)


def test_progress_of_each_node(make_flow: MakeFlow) -> None:
    """Every node has a row from the start; the steps follow what is told."""
    made = make_flow(screen=Screen.PASSWORD)
    made.do(flow.Next())
    assert made.state.busy is not None
    request = made.state.busy.request
    made.do(flow.SigningStepped(request, SigningStep.SIGN))
    made.do(flow.NodeStepped(request, Progress("sub", Step.KEEPING)))
    shown = view(made.state)
    assert isinstance(shown, ProgressView)
    assert SigningStep.KEEP is shown.step
    assert [("pub", None), ("sub", Progress("sub", Step.KEEPING))] == list(shown.nodes)


def test_retrying_nodes(make_flow: MakeFlow) -> None:
    """Nodes that failed are written again without a signature; then it goes on by itself."""
    made = make_flow(screen=Screen.PROGRESS)
    shown = view(made.state)
    assert isinstance(shown, ProgressView)
    assert shown.retry.enabled
    made.world.failing = ()
    made.go(flow.RetryNodes())
    assert (Screen.SERVERS, 1) == (made.state.screen, len(made.of(flow.Sign)))


def test_retrying_nodes_from_the_page_after(make_flow: MakeFlow) -> None:
    """Who went on to the servers' page has Retry there too."""
    made = make_flow(screen=Screen.PROGRESS)
    made.world.failing = ()
    made.go(flow.Next())
    assert (Screen.SERVERS, 0) == (made.state.screen, len(made.of(flow.PublishRest)))
    made.go(flow.RetryNodes())
    assert (Screen.SERVERS, 1) == (made.state.screen, len(made.of(flow.PublishRest)))


def test_a_token_that_is_pulled_out_while_it_signs(make_flow: MakeFlow) -> None:
    """It is asked for again, by the page for tokens, which says what happened."""
    made = make_flow(screen=Screen.PASSWORD)
    made.do(flow.Next())
    gone = TokenRemovedError("token-removed", label="SAST-0", serial="0000")
    state = made.do(Failed(made.state.last_request, gone))
    assert (Screen.INSERT_TOKEN, Purpose.SIGN) == (state.screen, state.purpose)
    assert "token-removed" == getattr(state.problem, "code", "")


def test_a_switched_mode(make_flow: MakeFlow, make_world: MakeWorld) -> None:
    """A failure after the mode was set leads to the entries, with the saved list as present."""
    made = make_flow(screen=Screen.PASSWORD)
    made.do(flow.Next())
    assert made.state.busy is not None
    request = made.state.busy.request
    made.do(flow.ModeSwitched(request, Message("cluster-switched", {"mode": "mixed"}), None))
    made.do(Failed(request, PlaceError("place-no-nodes", place="x")))
    assert (Screen.ENTRIES, None) == (made.state.screen, made.state.prepared)
    assert made.state.choice.mode is None


def test_restarting(make_flow: MakeFlow) -> None:
    """Restarting is confirmed, and there only where all nodes hold the same list."""
    made = make_flow(screen=Screen.REMAINS)
    made.go(flow.RestartWanted())
    assert ((RestartDialog(("pub", "sub")),), []) == (made.state.dialogs, made.of(flow.Restart))
    made.go(flow.Dismissed())
    assert made.state.restarted is not None
    differing = make_flow(screen=Screen.PROGRESS)
    differing.go(flow.Next(), flow.Next(), flow.RestartWanted())
    shown = view(differing.state)
    assert isinstance(shown, RemainsView)
    assert "wizard-nodes-differ" == (shown.restart.why.code if shown.restart.why else "")
    assert [] == differing.of(flow.Restart)


UNASKED = Message("trust-service-unasked")


@pytest.mark.parametrize(("cluster", "said"), [(True, (UNASKED,)), (True, ()), (False, (UNASKED,))])
def test_the_trust_service_is_asked_where_phones_need_it(
    make_flow: MakeFlow, make_world: MakeWorld, cluster: bool, said: tuple[Message, ...]
) -> None:
    """It stands in the checklist, before any restart, and behind a button; a folder has none."""
    made = make_flow(make_world(is_cluster=cluster, red=said), Screen.REMAINS)
    made.go(flow.VouchingWanted())
    shown = view(made.state)
    assert isinstance(shown, RemainsView)
    needed = cluster and bool(said)
    assert needed is shown.ask.shown
    codes = [item.code for item in shown.items]
    assert needed is ("remains-vouching" == codes[0])
    assert (["pub", "sub"] if needed else []) == [item.node for item in shown.vouched]
    made.go(flow.RestoreWanted(), flow.Confirmed(flow.RESTORE_KEY), flow.RestoreAgreed())
    assert () == made.state.vouched


def test_a_restart_waits_for_the_trust_service(make_flow: MakeFlow, make_world: MakeWorld) -> None:
    """Where phones need it, restarting before each node vouches is asked expressly."""
    made = make_flow(make_world(red=(UNASKED,)), Screen.REMAINS)
    made.go(flow.RestartWanted())
    nodes = ("pub", "sub")
    assert (RestartDialog(nodes, unasked=True),) == made.state.dialogs
    made.go(flow.Dismissed(accepted=False), flow.VouchingWanted(), flow.RestartWanted())
    assert (RestartDialog(nodes, ("sub",)),) == made.state.dialogs
    assert [] == made.of(flow.Restart)
    made.go(flow.Dismissed())
    assert 1 == len(made.of(flow.Restart))
    assert made.state.restarted is not None


def test_who_leaves_a_cluster_half_done_is_asked(make_flow: MakeFlow) -> None:
    """Its mode was set and no list of tokens lies there: the window says so, with what to do."""
    made = make_flow(screen=Screen.PASSWORD)
    made.do(flow.Next())
    message = Message("cluster-switched", {"mode": "mixed"})
    request = made.state.last_request
    gone = TokenRemovedError("token-removed", label="SAST-0", serial="0000")
    made.do(ModeSwitched(request, message), Failed(request, gone))
    made.do(flow.Close())
    (question,) = made.state.dialogs
    assert isinstance(question, LeaveDialog)
    assert (True, message, ()) == (question.entered, question.switched, question.nodes)


def test_who_leaves_nodes_that_differ_is_asked(make_flow: MakeFlow) -> None:
    """By closing the window, and by the last page's Close."""
    made = make_flow(screen=Screen.PROGRESS)
    question = LeaveDialog(nodes=("sub",))
    made.do(flow.Close())
    assert (question,) == made.state.dialogs
    made.do(flow.Dismissed(accepted=False), flow.Next(), flow.Next(), flow.Next())
    assert (Screen.REMAINS, (question,)) == (made.state.screen, made.state.dialogs)
    made.do(flow.Dismissed())
    assert made.state.closed


def test_nothing_is_left_to_cancel_after_the_signature(make_flow: MakeFlow) -> None:
    """Esc on the last pages ends nothing: checklist and Restore stay."""
    for screen in (Screen.SERVERS, Screen.REMAINS):
        made = make_flow(screen=screen)
        before = made.state
        assert before == made.do(flow.Cancel())


def test_the_last_try_is_confirmed_when_it_is_the_last(make_flow: MakeFlow) -> None:
    """A tick that comes before does not count."""
    made = make_flow(screen=Screen.PASSWORD)
    assert not made.do(flow.LastTryConfirmed()).last_try


def test_the_checklist_has_both_checksums(make_flow: MakeFlow) -> None:
    """Phones show MD5 or SHA-1, by model: each is there to be compared with, as read back."""
    made = make_flow(screen=Screen.REMAINS)
    published = made.state.published
    assert published is not None
    held = {item.present for item in published.published}
    shown = view(made.state)
    assert isinstance(shown, RemainsView)
    (item,) = (item for item in shown.items if item.code == "remains-checksums")
    assert [dict(item.values)] == [{"md5": file.md5, "sha1": file.sha1} for file in held if file]


def test_nothing_is_left_to_cancel_at_the_end(make_flow: MakeFlow) -> None:
    """The last pages have Done and Close; Cancel comes back for what is being done there."""
    made = make_flow(screen=Screen.SERVERS)
    assert not view(made.state).frame.cancel.shown
    made.go(flow.Next())
    assert not view(made.state).frame.cancel.shown
    made.do(flow.RestartWanted(), flow.Dismissed())
    assert view(made.state).frame.cancel.shown


def test_leaving_unasked_loses_nothing(make_flow: MakeFlow) -> None:
    """What was entered is not lost unasked."""
    made = make_flow(screen=Screen.ENTRIES)
    made.do(flow.Close(), flow.Dismissed(accepted=False))
    assert ((), False) == (made.state.dialogs, made.state.closed)
    made.do(flow.Cancel(), flow.Dismissed())
    assert made.state.closed


def test_news_of_signing_counts_while_it_signs(make_flow: MakeFlow) -> None:
    """From an effect that does something else it changes nothing."""
    made = make_flow(screen=Screen.SERVERS)
    made.go(flow.RestoreWanted())
    made.do(flow.Confirmed(flow.RESTORE_KEY), flow.RestoreAgreed())
    before, busy = made.state, made.state.busy
    assert busy is not None
    for event in (
        ModeSwitched(busy.request, Message("cluster-switched", {"mode": "mixed"})),
        flow.PinPadWanted(busy.request),
        flow.SigningStepped(busy.request, SigningStep.SIGN),
    ):
        assert before == made.do(event)


def test_a_list_that_is_nowhere(make_flow: MakeFlow) -> None:
    """No signer is shown large for phones to compare with, and no checksum that nobody has."""
    made = make_flow(screen=Screen.PASSWORD)
    made.world.failing = ("pub", "sub")
    made.go(flow.Next())
    shown = view(made.do(flow.Next()))
    assert isinstance(shown, ServersView)
    assert ("", "") == (shown.signer, shown.signer_serial)
    last = view(made.do(flow.Next()))
    assert isinstance(last, RemainsView)
    codes = [item.code for item in last.items]
    assert "remains-nodes" == codes[0]
    assert "remains-checksums" not in codes
