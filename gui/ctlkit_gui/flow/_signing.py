"""Pages 8 and 9, Password and Progress: signing, and writing on every node.

Rules:

* Nothing is signed before Review was confirmed and the PIN lies in the box; a token that needs
  none is signed with at once. The state knows that it was given, not what.
* A refused PIN is never tried again: each signature that a person begins takes a new one. The last
  try is confirmed expressly each time; a locked PIN is not tried.
* While it signs nobody looks for tokens: the module belongs to the signature.
* What went wrong before anything was written leads back to where it can be put right: the PIN to
  Password, a pulled token to Insert token, anything else to Review.
* Once the cluster's mode was set, the list that phones hold is the saved one, and what was
  reviewed does not hold any more.
* There is no way back once it is signed; nodes that failed are tried again.
"""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from ctlkit.edit import Consent
from ctlkit.errors import (
    CancelledError,
    CtlkitError,
    PinBlockedError,
    PinState,
    TokenRemovedError,
    WrongPinError,
)
from ctlkit.messages import Message
from ctlkit_gui.flow._moves import Moved, begin, go, stay, stop_watching, watch_tokens
from ctlkit_gui.flow._tokens import ask_for_token
from ctlkit_gui.flow.brought import Failed, ListPublished, ModeSwitched, NodeStepped
from ctlkit_gui.flow.effects import PublishRest, RestoreRest, Sign
from ctlkit_gui.flow.events import Back, Event, LastTryConfirmed, Next, RetryNodes
from ctlkit_gui.flow.state import Purpose, State, Work
from ctlkit_gui.flow.token_values import TokenShown
from ctlkit_gui.flow.values import Screen, SigningStep

if TYPE_CHECKING:
    from ctlkit.place import Progress

__all__ = [
    "ask_for_pin",
    "can_retry",
    "node_stepped",
    "on_password",
    "on_progress",
    "pin_refusal",
    "pin_state",
    "published",
    "retry_nodes",
    "signer_of",
    "signing_failed",
    "switched",
]

_NO_TRY = {
    PinState.LOCKED: "wizard-pin-locked",
    PinState.TO_BE_CHANGED: "wizard-pin-to-be-changed",
    PinState.NOT_SET: "wizard-pin-not-set",
}
_NOT_THERE = ("token-none", "token-none-broken", "token-no-match", "token-no-match-broken")


def signer_of(state: State) -> TokenShown | None:
    """Return the token that signs, as it was seen last."""
    now = state.tokens.find(state.signer) if state.tokens else None
    if now is not None:
        return now
    return next((item for item in state.choice.tokens if item.uri == state.signer), None)


def pin_state(state: State) -> PinState:
    """Return what is known of the PIN of the token that signs."""
    token = signer_of(state)
    return state.pin_state or (token.pin_state if token else PinState.OK)


def pin_refusal(state: State) -> Message | None:
    """Return why the PIN must not be sent now, None where it may be."""
    token, known = signer_of(state), pin_state(state)
    if token is None or not token.login_required:
        return None
    values = {"label": token.label, "serial": token.serial}
    if known in _NO_TRY:
        return Message(_NO_TRY[known], values)
    if known is PinState.FINAL_TRY and not state.last_try:
        return Message("wizard-last-try", values)
    return None


def ask_for_pin(state: State, given: Consent) -> Moved:
    """Go from a confirmed Review to the password, or on where the token needs none."""
    token = signer_of(state)
    state = replace(state, consent=given, last_try=False)
    if token is not None and not token.login_required:
        return _sign(state)
    return stay(go(state, Screen.PASSWORD))


def on_password(state: State, event: Event) -> Moved:
    """Return what comes of an event on the Password page."""
    match event:
        case Back():
            return stay(go(state, Screen.REVIEW))
        case LastTryConfirmed(ticked) if pin_state(state) is PinState.FINAL_TRY:
            return stay(replace(state, last_try=ticked))
        case Next() if pin_refusal(state) is None:
            return _sign(state)
    return stay(state)


def _sign(state: State) -> Moved:
    prepared, given = state.prepared, state.consent
    if prepared is None or given is None:
        return stay(state)
    without, last_try = frozenset(prepared.absent), state.last_try
    state, stopped = stop_watching(state)
    state = replace(
        go(state, Screen.PROGRESS),
        step=None,
        nodes=MappingProxyType({}),
        reader=False,
        last_try=False,
        switched=None,
    )
    number = prepared.number
    state, effects = begin(
        state, Work.SIGNING, lambda request: Sign(request, number, given, without, last_try)
    )
    return state, (*stopped, *effects)


def node_stepped(state: State, event: NodeStepped) -> State:
    """Return how far the work is."""
    progress: Progress = event.progress
    nodes = MappingProxyType({**state.nodes, progress.node: progress})
    step = _signing_step(progress)
    if step is None or (state.busy and state.busy.work is not Work.SIGNING):
        return replace(state, nodes=nodes)
    return replace(state, nodes=nodes, step=step)


def _signing_step(progress: Progress) -> SigningStep | None:
    """Return what a node's step is a part of; None where it changes nothing there."""
    from ctlkit.place import Step

    match progress.step:
        case Step.KEEPING:
            return SigningStep.KEEP
        case Step.WRITING | Step.REPLACING | Step.READING_BACK:
            return SigningStep.WRITE
        case _:
            return None


def switched(state: State, event: ModeSwitched) -> State:
    """Return what follows from a mode that was set: the saved list is the one phones hold."""
    choice = replace(state.choice, mode=None, present=event.saved)
    return replace(state, switched=event, mode_set=event.message, choice=choice)


def signing_failed(state: State, event: Failed) -> Moved:
    """Return what comes of a list that was not signed; nothing was written."""
    error = event.error
    state = replace(state, busy=None, reader=False, step=None)
    if _is_gone(error):
        return ask_for_token(state, Purpose.SIGN, _removed(state, error))
    about_pin = isinstance(error, WrongPinError | PinBlockedError | CancelledError)
    if state.switched is not None:
        state = replace(go(state, Screen.ENTRIES), prepared=None)
    elif about_pin:
        refused = not isinstance(error, CancelledError)
        state = replace(go(state, Screen.PASSWORD), refused=refused)
        known = getattr(error, "pin_state", None)
        state = replace(state, pin_state=known if isinstance(known, PinState) else None)
    else:
        state = go(state, Screen.REVIEW)
    return watch_tokens(replace(state, problem=error))


def _is_gone(error: CtlkitError) -> bool:
    return isinstance(error, TokenRemovedError) or error.code in _NOT_THERE


def _removed(state: State, error: CtlkitError) -> CtlkitError:
    """Return the error of a token that is gone, by its label and serial."""
    token = signer_of(state)
    if token is None or isinstance(error, TokenRemovedError):
        return error
    return TokenRemovedError("token-removed", label=token.label, serial=token.serial)


def published(state: State, event: ListPublished) -> Moved:
    """Return what comes of a list that was written, everywhere or not."""
    state = replace(
        state, busy=None, published=event, mode_set=None, problem=event.error, reader=False
    )
    return stay(state if event.error else go(state, Screen.SERVERS))


def can_retry(state: State) -> bool:
    """Whether nodes are left that the new list, or the restored one, can be written to."""
    done = state.restored or state.published
    return done is not None and any(item.error is not None for item in done.published)


def retry_nodes(state: State) -> Moved:
    """Write to the nodes that failed; once a list was restored, that one."""
    if not can_retry(state) or state.prepared is None:
        return stay(state)
    number = state.prepared.number
    if state.restored is not None:
        state = replace(state, nodes=MappingProxyType({}))
        return begin(state, Work.RESTORING, RestoreRest)
    state = replace(state, screen=Screen.PROGRESS, step=SigningStep.WRITE)
    return begin(state, Work.PUBLISHING, lambda request: PublishRest(request, number))


def on_progress(state: State, event: Event) -> Moved:
    """Return what comes of an event on the Progress page."""
    match event:
        case RetryNodes():
            return retry_nodes(state)
        case Next() if state.published is not None:
            return stay(go(state, Screen.SERVERS))
    return stay(state)
