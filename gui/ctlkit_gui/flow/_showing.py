"""From the state to what a page shows; pure, and total as ``advance`` is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from ctlkit.errors import CtlkitError, PinState
from ctlkit.messages import Message
from ctlkit_gui.flow._action import action_open
from ctlkit_gui.flow._done import (
    asked_of,
    can_restore,
    held_now,
    needs_vouching,
    nodes_agree,
    remaining,
)
from ctlkit_gui.flow._entries import wanted_signers
from ctlkit_gui.flow._review import all_confirmed, confirmations, lines_of
from ctlkit_gui.flow._server import form_refusal
from ctlkit_gui.flow._signing import can_retry, pin_refusal, pin_state, signer_of
from ctlkit_gui.flow._tokens import added, may_sign, signers
from ctlkit_gui.flow.state import Purpose, State, Work
from ctlkit_gui.flow.token_values import TokenShown, TokensShown
from ctlkit_gui.flow.values import Action, PlaceKind, Screen
from ctlkit_gui.flow.views import (
    ActionView,
    Button,
    EntriesView,
    Frame,
    InsertTokenView,
    PasswordView,
    ProgressView,
    RemainsView,
    ReviewView,
    ServersView,
    ServerView,
    TokenView,
    View,
)

if TYPE_CHECKING:
    from ctlkit.place import Progress

__all__ = ["view"]

_HIDDEN = Button(shown=False)
_NO_TOKEN = TokenShown("", "", "")


def view(state: State) -> View:
    """Return what the page of a state shows."""
    return _VIEWS[state.screen](state)


def _frame(state: State, why: Message | CtlkitError | None, *, back: bool = True) -> Frame:
    """Return what is around a page; ``why`` its main button cannot be pressed."""
    busy = state.busy
    waiting = Message("wizard-busy") if busy else None
    refusal = waiting or why
    return Frame(
        screen=state.screen,
        next=Button(refusal),
        back=Button(waiting) if back else _HIDDEN,
        cancel=Button(Message("wizard-stopping") if busy and busy.stopping else None),
        dialog=state.dialogs[0] if state.dialogs else None,
        asked=asked_of(state),
        busy=busy,
        problem=state.problem,
    )


def _server(state: State) -> ServerView:
    remembered = state.remembered
    kinds = [
        kind
        for kind in PlaceKind
        if (kind is not PlaceKind.PRACTICE or remembered.practice)
        and (kind is not PlaceKind.NAMED or remembered.places)
    ]
    frame = _frame(state, form_refusal(state.form), back=False)
    return ServerView(frame, tuple(kinds), remembered.places, state.form, state.refused)


def _action(state: State) -> ActionView:
    place = state.place
    refusals = place.refusals if place else {}
    why: Message | CtlkitError | None = None
    if not action_open(state, state.action):
        why = Message("wizard-action-missing")
        if len(refusals) == len(Action):
            why = refusals[Action.UPDATE]
    return ActionView(
        frame=_frame(state, why),
        place=place.url if place else "",
        mode=place.mode if place else None,
        says=place.says if place else None,
        release=place.release if place else None,
        nodes=place.nodes if place else (),
        action=state.action,
        actions=MappingProxyType({item: Button(refusals.get(item)) for item in Action}),
        practice=state.opened is not None and state.opened.kind is PlaceKind.PRACTICE,
    )


def _insert_token(state: State) -> InsertTokenView:
    tokens = state.tokens or TokensShown()
    wanted = wanted_signers(state) if state.purpose is Purpose.SIGN else ()
    why: Message | None = None
    if tokens.find(state.selected) is None:
        why = Message("wizard-token-missing")
    elif state.purpose is Purpose.SIGN and not may_sign(state, state.selected or ""):
        why = Message("wizard-signer-wanted", {"titles": ", ".join(wanted)})
    return InsertTokenView(
        frame=_frame(state, why),
        purpose=state.purpose,
        wanted=wanted,
        looking=state.tokens is None,
        tokens=tokens.tokens,
        selected=state.selected,
        added=added(state),
        modules=tokens.modules,
        causes=tokens.causes,
    )


def _token(state: State) -> TokenView:
    token = state.token or _NO_TOKEN
    why: Message | CtlkitError | None = None
    if token.uri in added(state):
        why = Message("wizard-token-added", {"label": token.label, "serial": token.serial})
    elif token.certificate is None:
        why = token.problem or Message("wizard-token-missing")
    return TokenView(_frame(state, why), token, token.certificate)


def _entries(state: State) -> EntriesView:
    assembly = state.assembly
    waiting = Message("wizard-busy") if state.busy else None
    return EntriesView(
        frame=_frame(state, assembly.refusal if assembly else Message("wizard-token-missing")),
        entries=assembly.entries if assembly else (),
        creating=assembly.creating if assembly else True,
        add_tokens=Button(waiting),
        add_server=Button(waiting),
    )


def _review(state: State) -> ReviewView:
    prepared = state.prepared
    done = all_confirmed(state)
    frame = _frame(state, None if done else Message("wizard-unconfirmed"))
    if prepared is None:
        return ReviewView(frame)
    return ReviewView(
        frame=frame,
        entries=prepared.entries,
        lines=lines_of(prepared.messages),
        confirmations=confirmations(state),
        absent=prepared.absent,
        verdicts=prepared.verdicts,
        remedies=prepared.remedies,
        signer=signer_of(state),
        signers=signers(state),
        mode=prepared.mode,
        switch=prepared.switch,
        digest=prepared.digest,
        phones=state.choice.phones,
    )


def _password(state: State) -> PasswordView:
    token, known = signer_of(state), pin_state(state)
    needed = token is not None and token.login_required
    pad = token is not None and token.pin_pad
    return PasswordView(
        frame=_frame(state, pin_refusal(state)),
        token=token,
        pin_state=known,
        field=needed and not pad,
        pin_pad=needed and pad,
        last_try=known is PinState.FINAL_TRY,
        last_try_ticked=state.last_try,
        refused=state.refused,
    )


def _steps(state: State) -> tuple[tuple[str, Progress | None], ...]:
    """Return one row a node, those of the place first and in its order."""
    names = [item.node for item in state.place.nodes] if state.place else []
    return tuple((node, state.nodes.get(node)) for node in dict.fromkeys((*names, *state.nodes)))


def _progress(state: State) -> ProgressView:
    ended = state.published is not None
    return ProgressView(
        frame=_frame(state, None if ended else Message("wizard-busy"), back=False),
        step=state.step,
        nodes=_steps(state),
        reader=state.reader,
        published=state.published.published if state.published else (),
        retry=_retry(state),
        switched=state.switched.message if state.switched else None,
    )


def _retry(state: State) -> Button:
    return Button(_waiting(state), shown=can_retry(state))


def _restore(state: State) -> Button:
    return Button(_waiting(state), shown=can_restore(state))


def _waiting(state: State) -> Message | None:
    return Message("wizard-busy") if state.busy else None


def _last_frame(state: State, *, back: bool) -> Frame:
    """Return what is around the last pages: there is nothing to cancel but what is being done."""
    frame = _frame(state, None, back=back)
    return frame if state.busy else replace(frame, cancel=_HIDDEN)


def _servers(state: State) -> ServersView:
    made = state.published
    if state.restored is not None and state.restored.signer_serial:
        signer, serial = state.restored.signer, state.restored.signer_serial
    elif made is not None and any(item.error is None for item in made.published):
        signer, serial = made.signer, made.signer_serial
    else:
        signer, serial = "", ""
    return ServersView(
        frame=_last_frame(state, back=False),
        published=held_now(state),
        signer=signer,
        signer_serial=serial,
        restored=state.restored is not None and nodes_agree(state.restored.published),
        restore=_restore(state),
        retry=_retry(state),
    )


def _remains(state: State) -> RemainsView:
    why = None if nodes_agree(held_now(state)) else Message("wizard-nodes-differ")
    cluster = state.place is not None and state.place.is_cluster
    restarting = state.busy is not None and state.busy.work is Work.RESTARTING
    begun = restarting or state.restarted is not None
    return RemainsView(
        frame=_last_frame(state, back=True),
        items=remaining(state),
        restart=Button(_waiting(state) or why, shown=cluster),
        restarted=state.restarted.published if state.restarted else (),
        nodes=_steps(state) if begun else (),
        restore=_restore(state),
        ask=Button(_waiting(state), shown=needs_vouching(state)),
        vouched=state.vouched,
    )


_VIEWS: dict[Screen, Callable[[State], View]] = {
    Screen.SERVER: _server,
    Screen.ACTION: _action,
    Screen.INSERT_TOKEN: _insert_token,
    Screen.TOKEN: _token,
    Screen.ENTRIES: _entries,
    Screen.REVIEW: _review,
    Screen.PASSWORD: _password,
    Screen.PROGRESS: _progress,
    Screen.SERVERS: _servers,
    Screen.REMAINS: _remains,
}
