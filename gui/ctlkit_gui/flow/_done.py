"""Pages 10 and 11, Servers and What remains.

Rules:

* After signing there is no way back to the list, only Done or Restore. Nothing is left to cancel.
* Who leaves is asked where something entered is lost, or where a cluster or its nodes are left half
  done.
* Restoring is a publication with a review of its own: it is told first what phones would do, and
  each red warning and each missing node is confirmed as on Review; where nothing is red, one box is
  ticked. It is not offered where nothing is kept.
* What was restored on some of the nodes is put on the others by Retry, never swapped once more.
* Restarting services is confirmed. Where phones depend on the trust service it is to be asked
  before, and the question says where it does not vouch.
* Services are restarted only where the place can, and only while all nodes hold the same list.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from ctlkit.messages import Message, Severity
from ctlkit_gui.flow._moves import Moved, begin, go, stay
from ctlkit_gui.flow._review import confirm, consent, key_of, lines_of, needed, suffices
from ctlkit_gui.flow._signing import retry_nodes
from ctlkit_gui.flow.brought import Restarted, Restored, RestoreJudged, VouchingTold
from ctlkit_gui.flow.effects import AskRestore, AskVouching, CloseWindow, Restart, Restore
from ctlkit_gui.flow.events import (
    Back,
    Confirmed,
    Event,
    Next,
    RestartWanted,
    RestoreAgreed,
    RestoreWanted,
    RetryNodes,
    VouchingWanted,
    WordTyped,
)
from ctlkit_gui.flow.state import LeaveDialog, RestartDialog, RestoreDialog, State, Work
from ctlkit_gui.flow.values import Screen
from ctlkit_gui.flow.views import RESTORE_KEY, Asked, Button, Confirmation

if TYPE_CHECKING:
    from ctlkit.place import Published

__all__ = [
    "asked_of",
    "can_restore",
    "close",
    "held_now",
    "judged",
    "left_behind",
    "needs_vouching",
    "nodes_agree",
    "on_remains",
    "on_restore",
    "on_servers",
    "remaining",
    "restart",
    "restarted",
    "restored",
    "vouched",
]

_VOUCHING, _CHECKSUMS = "remains-vouching", "remains-checksums"
_UNASKED = "trust-service-unasked"
_REMAINS = (
    _VOUCHING,
    "remains-services",
    "remains-phones",
    _CHECKSUMS,
    "remains-readers",
    "remains-backup",
    "remains-other-token",
)


def held_now(state: State) -> tuple[Published, ...]:
    """Return what each node holds now, as read back from it."""
    if state.restored is not None:
        return state.restored.published
    return state.published.published if state.published else ()


def nodes_agree(published: Sequence[Published]) -> bool:
    """Whether every node answered and all hold the same list."""
    held = {item.present.sha1 if item.present else "" for item in published}
    return len(held) == 1 and all(item.error is None for item in published)


def left_behind(state: State) -> LeaveDialog | None:
    """Return what leaving would lose or leave half done, None for nothing."""
    choice = state.choice
    entered = state.published is None and bool(choice.tokens or choice.servers or choice.remove)
    nodes = tuple(item.node for item in held_now(state) if item.error is not None)
    question = LeaveDialog(entered, state.mode_set, nodes)
    return None if question == LeaveDialog() else question


def needs_vouching(state: State) -> bool:
    """Whether phones may depend on what the trust service says of the list in force.

    They do where it was to be asked, and where they did not accept the list as things were.
    """
    from ctlkit.acceptance import Answer

    if state.place is None or not state.place.is_cluster or state.published is None:
        return False
    if state.restored is not None or state.prepared is None:
        return True
    asked = any(item.code == _UNASKED for item in state.prepared.messages)
    return asked or any(item.answer is not Answer.ACCEPTS for item in state.prepared.verdicts)


def remaining(state: State) -> tuple[Message, ...]:
    """Return the checklist."""
    files = sorted({(file.sha1, file.md5) for item in held_now(state) if (file := item.present)})
    values = {
        "md5": ", ".join(md5 for _, md5 in files),
        "sha1": ", ".join(sha1 for sha1, _ in files),
    }
    left_out = {_VOUCHING} if not needs_vouching(state) else set()
    left_out |= {_CHECKSUMS} if not files else set()
    items = [Message(code, values, Severity.NOTE) for code in _REMAINS if code not in left_out]
    left = [item.node for item in held_now(state) if item.error is not None]
    if left:
        items.insert(0, Message("remains-nodes", {"nodes": ", ".join(left)}))
    return tuple(items)


def on_servers(state: State, event: Event) -> Moved:
    """Return what comes of an event on the Servers page."""
    match event:
        case Next():
            return stay(go(state, Screen.REMAINS))
        case RetryNodes():
            return retry_nodes(state)
        case RestoreWanted():
            return _ask_restore(state)
    return stay(state)


def on_remains(state: State, event: Event) -> Moved:
    """Return what comes of an event on the page of what remains."""
    match event:
        case Back():
            return stay(go(state, Screen.SERVERS))
        case Next():
            question = left_behind(state)
            return stay(replace(state, dialogs=(question,))) if question else close(state)
        case RestoreWanted():
            return _ask_restore(state)
        case RestartWanted() if state.place and state.place.is_cluster:
            if not nodes_agree(held_now(state)):
                return stay(state)
            return stay(replace(state, dialogs=(_restart_question(state),)))
        case VouchingWanted() if needs_vouching(state):
            return begin(replace(state, vouched=()), Work.VOUCHING, AskVouching)
    return stay(state)


def _restart_question(state: State) -> RestartDialog:
    nodes = tuple(item.node for item in held_now(state))
    if not needs_vouching(state):
        return RestartDialog(nodes)
    silent = tuple(item.node for item in state.vouched if item.error is not None)
    return RestartDialog(nodes, silent, unasked=not state.vouched)


def can_restore(state: State) -> bool:
    """Whether a node keeps a list that was not put back yet."""
    done = state.published.published if state.published else ()
    return state.restored is None and any(item.kept is not None for item in done)


def _ask_restore(state: State) -> Moved:
    if not can_restore(state):
        return stay(state)
    phones = state.choice.phones
    return begin(state, Work.JUDGING, lambda request: AskRestore(request, phones))


def judged(state: State, event: RestoreJudged) -> Moved:
    """Ask expressly whether the kept list is put back; nothing of it is confirmed yet."""
    asked = RestoreDialog(event.messages, event.verdicts, event.absent)
    state = replace(state, ticked=frozenset(), words=MappingProxyType({}))
    return stay(replace(state, busy=None, dialogs=(*state.dialogs, asked)))


def asked_of(state: State) -> Asked | None:
    """Return what the question over the page wants confirmed, None where it wants nothing."""
    dialog = state.dialogs[0] if state.dialogs else None
    if not isinstance(dialog, RestoreDialog):
        return None
    given = _confirmations(state, dialog)
    done = suffices(dialog.messages, given)
    why = None if done else Message("wizard-unconfirmed")
    return Asked(lines_of(dialog.messages), given, Button(why))


def _confirmations(state: State, dialog: RestoreDialog) -> tuple[Confirmation, ...]:
    """Return what is confirmed: at least that the list is put back at all."""
    red = any(map(key_of, dialog.messages))
    found = tuple(needed(state, dialog.messages, dialog.absent))
    return found if red else (*found, Confirmation(RESTORE_KEY, done=RESTORE_KEY in state.ticked))


def on_restore(
    state: State, dialog: RestoreDialog, event: RestoreAgreed | Confirmed | WordTyped
) -> Moved:
    """Return what comes of an answer to the question whether the kept list is put back."""
    given = _confirmations(state, dialog)
    if isinstance(event, Confirmed | WordTyped):
        return stay(confirm(state, given, event))
    if state.busy is not None or not suffices(dialog.messages, given):
        return stay(state)
    sure, without, phones = consent(given), frozenset(dialog.absent), state.choice.phones
    state = replace(state, dialogs=state.dialogs[1:], nodes=MappingProxyType({}))
    return begin(state, Work.RESTORING, lambda request: Restore(request, sure, without, phones))


def restored(state: State, event: Restored) -> Moved:
    """Return what comes of a restored list."""
    state = go(state, Screen.SERVERS)
    return stay(replace(state, busy=None, restored=event, vouched=(), problem=event.error))


def restart(state: State) -> Moved:
    """Restart the services."""
    state = replace(state, nodes=MappingProxyType({}), restarted=None)
    return begin(state, Work.RESTARTING, Restart)


def restarted(state: State, event: Restarted) -> Moved:
    """Return what comes of restarted services."""
    return stay(replace(state, busy=None, restarted=event, problem=event.error))


def vouched(state: State, event: VouchingTold) -> Moved:
    """Return what comes of the trust service's answers."""
    return stay(replace(state, busy=None, vouched=event.vouched))


def close(state: State) -> Moved:
    """End the wizard; nothing is awaited."""
    request = state.last_request + 1
    state = replace(state, closed=True, last_request=request, watch=None, busy=None, dialogs=())
    return state, (CloseWindow(request),)
