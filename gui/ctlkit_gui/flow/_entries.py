"""Page 5, CTL entries: the list as far as it is put together.

Rules:

* What a person asks for holds only once the rules of lists took it: a refusal leaves everything as
  it was.
* Deleting a row that is new takes back what made it; deleting one of the present list is asked for
  by its serial, and can be taken back until the list is signed.
* Finish asks for the token that signs: creating, the one that was added last and is plugged in;
  updating, one that the phones know. If none of these is plugged in it is asked for by name.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from ctlkit.edit import RowState
from ctlkit.messages import Message
from ctlkit_gui.flow._moves import Moved, assemble, begin, go, stay
from ctlkit_gui.flow._tokens import ask_for_token, may_sign, prepare_with, signers
from ctlkit_gui.flow.brought import Assembled, ServerRead
from ctlkit_gui.flow.effects import ReadServer
from ctlkit_gui.flow.events import AddServer, AddTokens, Back, Deleted, Event, Next, Undeleted
from ctlkit_gui.flow.selection import is_dropped, selection_of
from ctlkit_gui.flow.state import NoticeDialog, NoticeKind, Purpose, State, Work
from ctlkit_gui.flow.values import Choice, EntryShown, Screen

__all__ = ["assembled", "on_entries", "server_read", "wanted_signers"]


def assembled(state: State, event: Assembled) -> Moved:
    """Return what comes of a choice that is possible."""
    asked = state.busy.asked if state.busy else None
    state = replace(
        go(state, Screen.ENTRIES),
        busy=None,
        choice=asked or state.choice,
        assembly=event.assembly,
        token=None,
    )
    return stay(state)


def on_entries(state: State, event: Event) -> Moved:
    """Return what comes of an event on the CTL entries page."""
    match event:
        case Back():
            return stay(go(state, Screen.ACTION))
        case AddTokens():
            return ask_for_token(state, Purpose.ADD)
        case Next():
            return _finish(state)
        case AddServer(function, file, name, address):
            return begin(
                state,
                Work.READING,
                lambda request: ReadServer(request, function, file, name, address),
            )
        case Deleted(keys):
            return _delete(state, _rows(state, keys))
        case Undeleted(keys):
            back = {row.remove for row in filter(is_dropped, _rows(state, keys))}
            remove = tuple(item for item in state.choice.remove if item not in back)
            return _changed(state, replace(state.choice, remove=remove))
    return stay(state)


def server_read(state: State, event: ServerRead) -> Moved:
    """Return what comes of a server's certificate: it joins the list."""
    choice = state.choice
    asked = replace(choice, servers=(*choice.servers, event.server))
    return assemble(replace(state, busy=None), asked)


def _rows(state: State, keys: Collection[str]) -> list[EntryShown]:
    rows = state.assembly.entries if state.assembly else ()
    return [row for row in rows if row.key in keys]


def _delete(state: State, rows: list[EntryShown]) -> Moved:
    why = selection_of(rows).why
    choice = _without(state.choice, rows)
    if why is not None or choice == state.choice:
        return stay(replace(state, problem=why or state.problem))
    if choice.tokens:
        return assemble(state, choice)
    return ask_for_token(replace(state, choice=choice, assembly=None), Purpose.ADD)


def _without(choice: Choice, rows: list[EntryShown]) -> Choice:
    gone = [row for row in rows if row.state is not RowState.REMOVED]
    uris = {row.token for row in gone}
    taken_back = {row.server for row in gone}
    dropped = [row.remove for row in gone if row.remove and row.remove not in choice.remove]
    return replace(
        choice,
        tokens=tuple(token for token in choice.tokens if token.uri not in uris),
        servers=tuple(server for at, server in enumerate(choice.servers) if at not in taken_back),
        remove=(*choice.remove, *dict.fromkeys(dropped)),
    )


def _changed(state: State, choice: Choice) -> Moved:
    return stay(state) if choice == state.choice else assemble(state, choice)


def wanted_signers(state: State) -> tuple[str, ...]:
    """Return label and serial of the added tokens of which one has to be plugged in to sign."""
    return tuple(
        f"{token.label} (serial {token.serial})"
        for token in state.choice.tokens
        if may_sign(state, token.uri)
    )


def _finish(state: State) -> Moved:
    if state.assembly is None:
        return stay(state)
    if state.assembly.refusal is not None:
        return stay(replace(state, problem=state.assembly.refusal))
    for token in signers(state):
        if may_sign(state, token.uri):
            return prepare_with(state, token.uri)
    text = Message("wizard-signer-wanted", {"titles": ", ".join(wanted_signers(state))})
    notice = NoticeDialog(NoticeKind.SIGNER_WANTED, text)
    state, effects = ask_for_token(state, Purpose.SIGN)
    return replace(state, dialogs=(*state.dialogs, notice)), effects
