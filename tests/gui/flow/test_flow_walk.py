"""Laws of the wizard that hold on every way through it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from ctlkit.edit import RowState, unconfirmed
from ctlkit.errors import (
    CancelledError,
    CtlkitError,
    PinBlockedError,
    PinState,
    PlaceError,
    TokenRemovedError,
    WrongPinError,
)
from ctlkit.messages import Message, Severity
from ctlkit.place import HostKey
from ctlkit_gui import flow
from ctlkit_gui.flow import (
    Action,
    Brought,
    Effect,
    Event,
    Failed,
    Prepare,
    PublishRest,
    Restart,
    Restore,
    RestoreDialog,
    RestoreRest,
    ReviewView,
    Screen,
    Sign,
    State,
    TokensLooked,
    Work,
    advance,
    view,
)

if TYPE_CHECKING:
    from tests.gui.flow.conftest import MakeWorld, World

_PLAIN: tuple[Event, ...] = (
    *(flow.Next(), flow.Next(), flow.Next(), flow.Back(), flow.Cancel(), flow.Close()),
    *(flow.Dismissed(), flow.Dismissed(accepted=False), flow.Rescan(), flow.AddTokens()),
    *(flow.ActionChosen(Action.UPDATE), flow.ActionChosen(Action.MIXED)),
    *(flow.AddServer(2, Path("x.pem")), flow.LastTryConfirmed(), flow.RetryNodes()),
    *(flow.RestoreWanted(), flow.RestoreAgreed(), flow.RestartWanted()),
    *(flow.Confirmed(flow.RESTORE_KEY), flow.WordTyped("word:5", "5")),
    *(flow.PhonesNamed(Path("phones.csv")), flow.PhonesNamed(None)),
    *(flow.HostKeyAnswered(trusted=True), flow.PasswordGiven(), flow.PasswordDeclined()),
    flow.FormChanged(flow.ServerForm(flow.PlaceKind.LAB)),
    flow.FormChanged(flow.ServerForm(flow.PlaceKind.FOLDER, folder="x")),
)
_AFTERWARDS: tuple[Event, ...] = (
    *(flow.RetryNodes(), flow.RestoreWanted(), flow.RestoreAgreed(), flow.RestartWanted()),
    flow.VouchingWanted(),
)
_ERRORS: tuple[CtlkitError, ...] = (
    PlaceError("place-no-nodes", place="x"),
    CancelledError("interrupted"),
    TokenRemovedError("token-removed", label="SAST-1", serial="0001"),
    WrongPinError("pin-last-try", pin_state=PinState.FINAL_TRY, label="SAST-1", serial="0001"),
    PinBlockedError("pin-last-try", pin_state=PinState.LOCKED, label="SAST-1", serial="0001"),
)
_WRITES = (Sign, PublishRest, Restore, RestoreRest)


class Walk(RuleBasedStateMachine):
    """A person who presses anything at any time, in a world where anything fails."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self.world = world
        self.state: State = flow.initial()
        self.awaited: list[Effect] = []
        self.late: list[Brought] = []

    @initialize(
        creating=st.booleans(),
        red=st.booleans(),
        absent=st.booleans(),
        failing=st.booleans(),
        warned=st.booleans(),
    )
    def begin(
        self, *, creating: bool, red: bool, absent: bool, failing: bool, warned: bool
    ) -> None:
        """Make the world."""
        self.world.creating = creating
        values = {"word": "5", "phones": "p", "reason": "r", "rule": 9}
        self.world.red = (Message("phones-refuse", values, Severity.RED),) if red else ()
        values = {**values, "word": "7"}
        self.world.restore_red = (Message("restore-phones", values, Severity.RED),) if red else ()
        self.world.absent = ("sub",) if absent else ()
        self.world.failing = ("sub",) if failing else ()
        self.world.warnings = (Message("mixed-without-list"),) if warned else ()

    @rule(steps=st.integers(1, 12))
    def go_on(self, steps: int) -> None:
        """Do what leads on: put dialogs away, answer, plug in what is missing, confirm, Next."""
        for _ in range(steps):
            if self.state.screen in (Screen.SERVERS, Screen.REMAINS):
                return
            if self.state.dialogs:
                self._happens(flow.Dismissed(accepted=False))
            elif self.state.busy is not None:
                self.answer(None)
            elif self.state.screen is Screen.SERVER:
                self._happens(flow.FormChanged(flow.ServerForm(flow.PlaceKind.LAB)))
                self._happens(flow.Next())
            elif self.state.screen is Screen.INSERT_TOKEN:
                self.plug({len(self.state.choice.tokens) % 4})
                self._happens(flow.Next())
            elif self.state.screen is Screen.ENTRIES and len(self.state.choice.tokens) < 2:
                self._happens(flow.AddTokens())
            else:
                self.confirm(right=True)
                self._happens(flow.Next())

    @rule(event=st.sampled_from(_PLAIN))
    def press(self, event: Event) -> None:
        """Press something."""
        self._happens(event)

    @rule(event=st.sampled_from(_AFTERWARDS))
    def press_afterwards(self, event: Event) -> None:
        """Press something that belongs to the last pages."""
        self._happens(event)

    @rule(number=st.integers(0, 3), gone=st.booleans())
    def touch_row(self, *, number: int, gone: bool) -> None:
        """Delete a row, or take it back; choose a token, or a signer."""
        uri = self.world.tokens[number].uri
        entries = self.state.assembly.entries if self.state.assembly else ()
        keys = tuple(item.key for item in entries if item.serial == f"{number:04}")
        self._happens(flow.Deleted(keys) if gone else flow.Undeleted(keys))
        self._happens(flow.SignerChosen(uri) if gone else flow.TokenSelected(uri))

    @rule(right=st.booleans())
    def confirm(self, *, right: bool) -> None:
        """Confirm what Review, or Restore, asks for, or something else."""
        shown = view(self.state)
        asking = shown if isinstance(shown, ReviewView) else shown.frame.asked
        for item in asking.confirmations if asking else ():
            if item.word:
                self._happens(flow.WordTyped(item.key, item.word if right else "no"))
            else:
                self._happens(flow.Confirmed(item.key, ticked=right))

    @rule(right=st.none() | st.booleans())
    def restore(self, *, right: bool | None) -> None:
        """Have the kept list judged, confirm it well, badly or not at all, and agree."""
        self._happens(flow.RestoreWanted())
        self.answer(None)
        if right is not None:
            self.confirm(right=right)
        self._happens(flow.RestoreAgreed())

    @rule(numbers=st.sets(st.integers(0, 3), max_size=3))
    def plug(self, numbers: set[int]) -> None:
        """Change which tokens are plugged in."""
        before = self.state
        if before.watch is None:
            return
        self._happens(TokensLooked(before.watch, self.world.look(*numbers)))
        gone = before.signer not in {self.world.tokens[number].uri for number in numbers}
        if before.busy is None and before.screen in (Screen.REVIEW, Screen.PASSWORD) and gone:
            assert (Screen.INSERT_TOKEN, before.choice) == (self.state.screen, self.state.choice)

    @rule(error=st.none() | st.sampled_from(_ERRORS))
    def answer(self, error: CtlkitError | None) -> None:
        """Let the awaited effect end, well or badly: then it is not awaited any more."""
        busy = self.state.busy
        if busy is None:
            return
        effect = next(item for item in self.awaited if item.request == busy.request)
        answer = self.world.answer(effect) if error is None else Failed(effect.request, error)
        assert isinstance(answer, Brought)
        self.late.append(answer)
        self._happens(answer)
        assert self.state.busy is None or self.state.busy.request != busy.request

    @rule()
    def ask(self) -> None:
        """Let the awaited effect ask something."""
        if self.state.busy is not None:
            key = HostKey("pub", 22, "ssh-rsa", "SHA256:x")
            self._happens(flow.HostKeyMet(self.state.busy.request, key))

    @rule()
    def come_late(self) -> None:
        """Let every answer of before come once more: nothing comes of it."""
        for answer in self.late:
            assert (self.state, ()) == advance(self.state, answer)

    @invariant()
    def every_state_is_shown(self) -> None:
        """There is a view of every state."""
        assert self.state.screen is view(self.state).frame.screen

    @invariant()
    def questions_belong_to_what_runs(self) -> None:
        """No question outlives the effect that asked it."""
        running = self.state.busy.request if self.state.busy else None
        for dialog in self.state.dialogs:
            assert getattr(dialog, "request", running) == running

    def _happens(self, event: Event) -> None:
        before = self.state
        self.state, effects = advance(before, event)
        self.awaited += effects
        for effect in effects:
            self._allowed(before, event, effect)
        if isinstance(event, flow.Back):
            kept = ("choice", "form", "action", "ticked", "words")
            for name in kept:
                assert getattr(before, name) == getattr(self.state, name)
        if self.state.closed and not before.closed:
            assert before.busy is None or not before.busy.work.writes
            self.state, self.awaited, self.late = flow.initial(), [], []

    def _allowed(self, before: State, event: Event, effect: Effect) -> None:
        """Check what may come before anything is signed or written."""
        if isinstance(effect, _WRITES):
            assert before.busy is None
        if isinstance(effect, Sign):
            assert (Screen.PASSWORD, flow.Next()) == (before.screen, event)
            assert [] == unconfirmed(self.world.red, effect.consent)
            assert effect.without == frozenset(self.world.absent)
            assert before.prepared is not None
            assert before.prepared.number == effect.prepared
            asked_of = getattr(view(before), "token", None)
            assert before.prepared.signer == getattr(asked_of, "uri", None)
        if isinstance(effect, PublishRest):
            assert before.published is not None
        if isinstance(effect, Restore):
            assert isinstance(event, flow.RestoreAgreed)
            assert isinstance(before.dialogs[0], RestoreDialog)
            assert [] == unconfirmed(self.world.restore_red, effect.consent)
            assert effect.without == frozenset(self.world.absent)
            asked = view(before).frame.asked
            assert asked is not None
            assert () == tuple(item for item in asked.confirmations if not item.done)
            assert asked.confirmations
        if isinstance(effect, RestoreRest):
            assert before.restored is not None
        if isinstance(effect, Restart):
            assert before.published is not None
            assert () == self.world.failing or before.restored is not None
        if isinstance(effect, Prepare):
            assert before.assembly is not None
            left = [row for row in before.assembly.entries if row.state is not RowState.REMOVED]
            assert len(left) >= 2


def test_the_laws_hold_on_every_way(make_world: MakeWorld) -> None:
    """Nothing is signed before it was confirmed; waiting ends; Back loses nothing."""

    class Here(Walk):
        def __init__(self) -> None:
            super().__init__(make_world())

    run_state_machine_as_test(Here, settings=settings(max_examples=150, stateful_step_count=60))


@pytest.mark.parametrize("work", list(Work), ids=lambda work: work.name)
def test_what_writes_is_known(work: Work) -> None:
    """Only signing, publishing, restoring and restarting change something."""
    writing = {"SIGNING", "PUBLISHING", "RESTORING", "RESTARTING"}
    assert work.writes is (work.name in writing)
