"""Which page an event belongs to, and which effect an answer.

Rules:

* A dialog lies over its page: while it is there only it is answered, and Cancel puts it away.
* While an effect is awaited a person can stop it, and on Progress nothing else; its answer, good
  or bad, ends the waiting. An answer that is not awaited is dropped.
* The window does not close while something is written; what was entered is not lost unasked.
* Looks at the tokens count at any time; a token that the page needs and that is gone leads back to
  Insert token.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from ctlkit_gui.flow._action import on_action
from ctlkit_gui.flow._done import (
    close,
    judged,
    left_behind,
    on_remains,
    on_restore,
    on_servers,
    restart,
    restarted,
    restored,
    vouched,
)
from ctlkit_gui.flow._entries import assembled, on_entries, server_read
from ctlkit_gui.flow._moves import Moved, abandon, stay, without_questions
from ctlkit_gui.flow._review import on_review, prepared
from ctlkit_gui.flow._server import on_server, open_place, opened, opening_failed
from ctlkit_gui.flow._signing import (
    node_stepped,
    on_password,
    on_progress,
    published,
    signing_failed,
    switched,
)
from ctlkit_gui.flow._tokens import (
    looked,
    offer,
    on_insert_token,
    on_token,
    pulled,
    token_refused,
    watch_failed,
)
from ctlkit_gui.flow.brought import (
    Assembled,
    Brought,
    Failed,
    HandOverWanted,
    HostKeyMet,
    ListPrepared,
    ListPublished,
    ModeSwitched,
    NodeStepped,
    PasswordWanted,
    PinPadWanted,
    PlaceOpened,
    Restarted,
    Restored,
    RestoreJudged,
    ServerRead,
    SigningStepped,
    TokensLooked,
    VouchingTold,
)
from ctlkit_gui.flow.effects import Abandon, Answer, Effect, StopWatch
from ctlkit_gui.flow.events import (
    Cancel,
    Close,
    Confirmed,
    Dismissed,
    Event,
    HandOverAnswered,
    HostKeyAnswered,
    PasswordDeclined,
    PasswordGiven,
    RestoreAgreed,
    WordTyped,
)
from ctlkit_gui.flow.state import (
    Dialog,
    ForgetDialog,
    HandOverDialog,
    HostKeyDialog,
    LeaveDialog,
    PasswordDialog,
    RestartDialog,
    RestoreDialog,
    State,
    Work,
)
from ctlkit_gui.flow.values import Remembered, Screen

__all__ = ["advance", "initial"]

_PAGES: dict[Screen, Callable[[State, Event], Moved]] = {
    Screen.SERVER: on_server,
    Screen.ACTION: on_action,
    Screen.INSERT_TOKEN: on_insert_token,
    Screen.TOKEN: on_token,
    Screen.ENTRIES: on_entries,
    Screen.REVIEW: on_review,
    Screen.PASSWORD: on_password,
    Screen.PROGRESS: on_progress,
    Screen.SERVERS: on_servers,
    Screen.REMAINS: on_remains,
}

_ANSWERS: dict[Work, type[Brought]] = {
    Work.OPENING: PlaceOpened,
    Work.ASSEMBLING: Assembled,
    Work.READING: ServerRead,
    Work.PREPARING: ListPrepared,
    Work.SIGNING: ListPublished,
    Work.PUBLISHING: ListPublished,
    Work.JUDGING: RestoreJudged,
    Work.RESTORING: Restored,
    Work.RESTARTING: Restarted,
    Work.VOUCHING: VouchingTold,
}


def initial(remembered: Remembered | None = None) -> State:
    """Return the state that a wizard starts in: the Server page, with what was typed last."""
    remembered = remembered or Remembered()
    return State(remembered=remembered, form=remembered.form)


def advance(state: State, event: Event) -> Moved:
    """Return the next state, and what has to be done elsewhere.

    Total: an event that makes no sense in a state leaves it as it is.
    """
    if state.closed:
        return stay(state)
    if isinstance(event, Brought):
        moved, effects = _brought(state, event)
    elif isinstance(event, Close):
        moved, effects = _closing(state)
    elif state.dialogs:
        moved, effects = _answered(state, state.dialogs[0], event)
    elif state.busy is not None:
        moved, effects = abandon(state) if isinstance(event, Cancel) else stay(state)
    elif isinstance(event, Cancel):
        moved, effects = _closing(state) if state.published is None else stay(state)
    else:
        moved, effects = _PAGES[state.screen](state, event)
    moved, asked = pulled(moved)
    moved, taken = offer(moved)
    return moved, (*effects, *asked, *taken)


def _closing(state: State) -> Moved:
    """Leave, at once where nothing is lost by it."""
    if state.busy is not None and state.busy.work.writes:
        return stay(state)
    if any(isinstance(item, LeaveDialog) for item in state.dialogs):
        return stay(state)
    question = left_behind(state)
    if question is not None:
        return stay(replace(state, dialogs=(question, *state.dialogs)))
    return _leave(state)


def _leave(state: State) -> Moved:
    state, answers = without_questions(state)
    ended: list[Effect] = [*answers]
    if state.busy is not None:
        ended.append(Abandon(state.busy.request))
    if state.watch is not None:
        ended.append(StopWatch(state.watch))
    state, effects = close(state)
    return state, (*ended, *effects)


def _answered(state: State, dialog: Dialog, event: Event) -> Moved:
    """Return what comes of an event while a dialog lies over the page."""
    away = replace(state, dialogs=state.dialogs[1:])
    no = isinstance(event, Cancel | Dismissed)
    match dialog, event:
        case HostKeyDialog(request), HostKeyAnswered(trusted):
            return away, (Answer(request, accepted=trusted),)
        case HandOverDialog(request), HandOverAnswered(done):
            return away, (Answer(request, accepted=done),)
        case PasswordDialog(request), PasswordGiven():
            return away, (Answer(request, accepted=True),)
        case PasswordDialog(request), PasswordDeclined():
            return away, (Answer(request, accepted=False),)
        case ((HostKeyDialog() | HandOverDialog() | PasswordDialog()), _):
            return (away, (Answer(dialog.request, accepted=False),)) if no else stay(state)
        case RestoreDialog(), RestoreAgreed() | Confirmed() | WordTyped():
            return on_restore(state, dialog, event)
        case LeaveDialog(), Dismissed(accepted=True):
            return _leave(away)
        case RestartDialog(), Dismissed(accepted=True) if state.busy is None:
            return restart(away)
        case ForgetDialog(), Dismissed(accepted=True) if state.busy is None:
            return open_place(away)
    return stay(away) if no else stay(state)


def _brought(state: State, event: Brought) -> Moved:
    """Return what comes of what an effect brought, if it is awaited."""
    if event.request == state.watch:
        if isinstance(event, TokensLooked):
            return looked(state, event)
        return stay(watch_failed(state, event.error)) if isinstance(event, Failed) else stay(state)
    busy = state.busy
    if busy is None or event.request != busy.request:
        return stay(state)
    if isinstance(event, HostKeyMet | PasswordWanted | HandOverWanted):
        return _asked(state, event)
    told = _told(state, event)
    if told is not None:
        return stay(told)
    if not isinstance(event, Failed | _ANSWERS[busy.work]):
        return stay(state)
    state, answers = without_questions(state)
    if isinstance(event, Failed):
        state, effects = _failed(state, busy.work, event)
    else:
        state, effects = _ended(state, event)
    return state, (*answers, *effects)


def _asked(state: State, event: HostKeyMet | PasswordWanted | HandOverWanted) -> Moved:
    """Show a question that an effect waits for; one that is being stopped is answered with no."""
    if state.busy is not None and state.busy.stopping:
        return state, (Answer(event.request, accepted=False),)
    dialog: Dialog
    match event:
        case HostKeyMet(request, key):
            dialog = HostKeyDialog(request, key)
        case HandOverWanted(request, hand_over):
            dialog = HandOverDialog(request, hand_over)
        case PasswordWanted(request, user, host):
            dialog = PasswordDialog(request, user, host)
    return stay(replace(state, dialogs=(*state.dialogs, dialog)))


def _told(state: State, event: Brought) -> State | None:
    """Return what comes of news about the work, None for anything else."""
    signing = state.busy is not None and state.busy.work is Work.SIGNING
    match event:
        case NodeStepped():
            return node_stepped(state, event)
        case SigningStepped(step=step) if signing:
            return replace(state, step=step, reader=False)
        case PinPadWanted() if signing:
            return replace(state, reader=True)
        case ModeSwitched() if signing:
            return switched(state, event)
    return None


def _ended(state: State, event: Brought) -> Moved:
    """Return what comes of the answer that was awaited."""
    match event:
        case PlaceOpened():
            return opened(state, event)
        case Assembled():
            return assembled(state, event)
        case ServerRead():
            return server_read(state, event)
        case ListPrepared():
            return prepared(state, event)
        case ListPublished():
            return published(state, event)
        case RestoreJudged():
            return judged(state, event)
        case Restored():
            return restored(state, event)
        case Restarted():
            return restarted(state, event)
        case VouchingTold():
            return vouched(state, event)
    return stay(state)


def _failed(state: State, work: Work, event: Failed) -> Moved:
    """Return what comes of an effect that came to nothing."""
    if work is Work.OPENING:
        return opening_failed(state, event)
    if work is Work.SIGNING:
        return signing_failed(state, event)
    state = replace(state, busy=None)
    if work is Work.ASSEMBLING and state.screen is Screen.TOKEN:
        return token_refused(state, event)
    return stay(replace(state, problem=event.error))
