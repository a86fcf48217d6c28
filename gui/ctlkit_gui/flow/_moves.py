"""The small moves that every page is made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from ctlkit_gui.flow.effects import (
    Abandon,
    Answer,
    Assemble,
    Effect,
    StopWatch,
    WatchTokens,
)
from ctlkit_gui.flow.state import (
    Busy,
    HandOverDialog,
    HostKeyDialog,
    PasswordDialog,
    State,
    Work,
)
from ctlkit_gui.flow.values import Choice, Screen

__all__ = [
    "Moved",
    "abandon",
    "assemble",
    "begin",
    "go",
    "stay",
    "stop_watching",
    "watch_tokens",
    "without_questions",
]

Moved = tuple[State, tuple[Effect, ...]]
"""The next state, and what has to be done elsewhere."""

_QUESTIONS = (HandOverDialog, HostKeyDialog, PasswordDialog)


def stay(state: State) -> Moved:
    """Return a state as it is, with nothing to be done."""
    return state, ()


def go(state: State, screen: Screen) -> State:
    """Return a state on another page, where nothing went wrong yet."""
    return replace(state, screen=screen, problem=None, refused=False)


def begin(
    state: State, work: Work, make: Callable[[int], Effect], *, asked: Choice | None = None
) -> Moved:
    """Begin an effect that is awaited.

    Args:
        state: not busy.
        work: what it is.
        make: makes the effect from its request.
        asked: what holds once it turns out to be possible.
    """
    request = state.last_request + 1
    busy = Busy(request, work, asked=asked)
    state = replace(state, last_request=request, busy=busy, problem=None, refused=False)
    return state, (make(request),)


def abandon(state: State) -> Moved:
    """Stop what is awaited: what only reads at once, what writes when it has answered."""
    busy = state.busy
    if busy is None or busy.stopping:
        return stay(state)
    state, answers = without_questions(state)
    left = replace(busy, stopping=True) if busy.work.writes else None
    return replace(state, busy=left), (*answers, Abandon(busy.request))


def without_questions(state: State) -> Moved:
    """Return a state without the questions that an effect waits for, each answered with no."""
    asked = [item for item in state.dialogs if isinstance(item, _QUESTIONS)]
    kept = tuple(item for item in state.dialogs if item not in asked)
    answers = tuple(Answer(item.request, accepted=False) for item in asked)
    return replace(state, dialogs=kept), answers


def watch_tokens(state: State) -> Moved:
    """Look for tokens from now on, if nobody does yet."""
    if state.watch is not None:
        return stay(state)
    request = state.last_request + 1
    return replace(state, last_request=request, watch=request), (WatchTokens(request),)


def stop_watching(state: State) -> Moved:
    """Look for tokens no more; what was seen last stays."""
    if state.watch is None:
        return stay(state)
    return replace(state, watch=None), (StopWatch(state.watch),)


def assemble(state: State, choice: Choice) -> Moved:
    """Ask what a choice leads to; it holds once it is known to be possible."""
    return begin(state, Work.ASSEMBLING, lambda request: Assemble(request, choice), asked=choice)
