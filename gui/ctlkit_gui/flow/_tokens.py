"""Pages 3 and 4: Insert token, and Security Token Information.

Rules:

* A token that is plugged in is opened by itself once it can be: also one that came on another page,
  or while E1 was being read. Of several a person chooses. One that was added already is not opened
  by itself.
* A token is added by the list's rules alone: what they refuse with E1 leads back to Insert token.
* A token that a page needs and that is pulled out leads back to Insert token, with everything
  else kept. One that was added may be pulled out: its certificate is known.
* Where a token is asked for to sign, only those that may sign will do.
"""

from __future__ import annotations

from dataclasses import replace

from ctlkit.edit import known_tokens
from ctlkit.errors import CtlkitError, TokenRemovedError
from ctlkit_gui.flow._moves import (
    Moved,
    assemble,
    begin,
    go,
    stay,
    stop_watching,
    watch_tokens,
)
from ctlkit_gui.flow.brought import Failed, TokensLooked
from ctlkit_gui.flow.effects import Prepare
from ctlkit_gui.flow.events import Back, Event, Next, Rescan, TokenSelected
from ctlkit_gui.flow.state import NoticeDialog, NoticeKind, Purpose, State, Work
from ctlkit_gui.flow.token_values import TokenShown, TokensShown
from ctlkit_gui.flow.values import Choice, Screen

__all__ = [
    "added",
    "ask_for_token",
    "looked",
    "may_sign",
    "offer",
    "on_insert_token",
    "on_token",
    "prepare_with",
    "pulled",
    "signers",
    "token_refused",
    "watch_failed",
]


def added(state: State) -> frozenset[str]:
    """Return the URIs of the tokens that were added."""
    return frozenset(token.uri for token in state.choice.tokens)


def may_sign(state: State, uri: str) -> bool:
    """Whether a token can sign without a further word: creating, any; else one phones know."""
    if state.assembly is None or uri not in added(state):
        return False
    return state.assembly.creating or uri in state.assembly.known


def signers(state: State) -> tuple[TokenShown, ...]:
    """Return the added tokens that are plugged in: those that may sign, the last added first."""
    tokens = state.tokens or TokensShown()
    found = [token for token in reversed(state.choice.tokens) if tokens.find(token.uri)]
    return tuple(sorted(found, key=lambda token: not may_sign(state, token.uri)))


def ask_for_token(state: State, purpose: Purpose, problem: CtlkitError | None = None) -> Moved:
    """Go to Insert token and look for tokens; the row of one that will not do is let go."""
    state = replace(go(state, Screen.INSERT_TOKEN), purpose=purpose, problem=problem, token=None)
    kept = state.selected if _will_do(state, state.selected or "") else None
    state = replace(state, selected=kept)
    return watch_tokens(replace(state, selected=_selected(state)))


def prepare_with(state: State, signer: str, asked: Choice | None = None) -> Moved:
    """Have it decided what a token would sign.

    Signer and choice hold once it is possible: until then what was prepared before can be signed,
    and a PIN must go to no other token than the one that Review names.
    """
    choice = asked or state.choice
    return begin(
        state, Work.PREPARING, lambda request: Prepare(request, choice, signer), asked=asked
    )


def on_insert_token(state: State, event: Event) -> Moved:
    """Return what comes of an event on the Insert token page."""
    match event:
        case Back():
            entries = state.assembly is not None and bool(state.choice.tokens)
            return stay(go(state, Screen.ENTRIES if entries else Screen.ACTION))
        case TokenSelected(uri) if state.tokens and state.tokens.find(uri):
            return stay(replace(state, selected=uri))
        case Rescan():
            anew = replace(state, problem=None, tokens=None, offered=frozenset())
            state, stopped = stop_watching(anew)
            state, begun = watch_tokens(state)
            return state, (*stopped, *begun)
        case Next():
            return _taken(state)
    return stay(state)


def _taken(state: State) -> Moved:
    token = (state.tokens or TokensShown()).find(state.selected)
    if token is None:
        return stay(state)
    if state.purpose is Purpose.ADD:
        return stay(replace(go(state, Screen.TOKEN), token=token))
    return prepare_with(state, token.uri) if may_sign(state, token.uri) else stay(state)


def on_token(state: State, event: Event) -> Moved:
    """Return what comes of an event on the Security Token Information page."""
    match event:
        case Back():
            return stay(go(state, Screen.INSERT_TOKEN))
        case Next() if state.token is not None:
            token = state.token
            if token.certificate is None or token.uri in added(state):
                return stay(state)
            choice = replace(state.choice, tokens=(*state.choice.tokens, token))
            return assemble(state, choice)
    return stay(state)


def token_refused(state: State, event: Failed) -> Moved:
    """Return what comes of a token that cannot be added: E1 leads back to Insert token."""
    error = event.error
    note = known_tokens(error)
    if note is None:
        return stay(replace(state, problem=error))
    notice = NoticeDialog(NoticeKind.UNKNOWN_TOKEN, error, note)
    state, effects = ask_for_token(state, Purpose.ADD)
    return replace(state, dialogs=(*state.dialogs, notice)), effects


def looked(state: State, event: TokensLooked) -> Moved:
    """Return what comes of a look at the tokens."""
    there = {token.uri for token in event.tokens.tokens}
    back = state.tokens is not None and state.tokens.find(state.missed) is None
    state = replace(state, tokens=event.tokens, offered=state.offered & there, pin_state=None)
    if back and isinstance(state.problem, TokenRemovedError) and state.missed in there:
        state = replace(state, problem=None, selected=state.missed)
    return stay(replace(state, selected=_selected(state)))


def offer(state: State) -> Moved:
    """Open the one token that was plugged in since the page could open one last."""
    if state.screen is not Screen.INSERT_TOKEN or state.busy or state.dialogs or not state.tokens:
        return stay(state)
    fresh = [token for token in state.tokens.tokens if token.uri not in state.offered]
    state = replace(state, offered=frozenset(token.uri for token in state.tokens.tokens))
    if state.purpose is Purpose.SIGN:
        fresh = [token for token in fresh if may_sign(state, token.uri)]
    else:
        fresh = [token for token in fresh if token.uri not in added(state)]
    if len(fresh) != 1:
        return stay(state)
    return _taken(replace(state, selected=fresh[0].uri))


def _selected(state: State) -> str | None:
    """Return the row that stays selected, or the one that will do best."""
    tokens = state.tokens or TokensShown()
    if tokens.find(state.selected):
        return state.selected
    ranked = sorted(tokens.tokens, key=lambda token: not _will_do(state, token.uri))
    return ranked[0].uri if ranked else None


def _will_do(state: State, uri: str) -> bool:
    """Whether a token is of use where one is asked for."""
    if state.purpose is Purpose.SIGN:
        return may_sign(state, uri)
    return uri not in added(state)


def watch_failed(state: State, error: CtlkitError) -> State:
    """Return what comes of a watch that ended by itself."""
    state = replace(state, watch=None, tokens=TokensShown())
    return replace(state, problem=error) if state.screen is Screen.INSERT_TOKEN else state


def pulled(state: State) -> Moved:
    """Lead back to Insert token where the token that the page needs is gone.

    Where it was to sign, no other one is gone on with unasked.
    """
    if state.busy is not None or state.tokens is None:
        return stay(state)
    if state.screen is Screen.TOKEN and state.token is not None:
        token, purpose = state.token, Purpose.ADD
    elif state.screen in (Screen.REVIEW, Screen.PASSWORD):
        needed = [item for item in state.choice.tokens if item.uri == state.signer]
        if not needed:
            return stay(state)
        token, purpose = needed[0], Purpose.SIGN
    else:
        return stay(state)
    if state.tokens.find(token.uri):
        return stay(state)
    error = TokenRemovedError("token-removed", label=token.label, serial=token.serial)
    if purpose is Purpose.SIGN:
        state = replace(state, offered=frozenset(item.uri for item in state.tokens.tokens))
    state, effects = ask_for_token(state, purpose, error)
    return replace(state, missed=token.uri), effects
