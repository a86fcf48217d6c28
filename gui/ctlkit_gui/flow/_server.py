"""Page 1, Server, and its warnings; the way to an open place.

Rules:

* Nothing is asked of a server before Next. The password lies in the box then, or is asked for.
* A place that is open already and was not changed is not opened again: going back and forth loses
  nothing, and neither does another user or port. Another place begins anew, because what was
  entered belongs to the one before: that is asked first.
* What a place says of its mode (W1, a list without mixed mode) is read before the Action page.
"""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import quote

from ctlkit.edit import Mode
from ctlkit.errors import LoginError
from ctlkit.messages import Message
from ctlkit_gui.flow._moves import Moved, begin, go, stay, stop_watching
from ctlkit_gui.flow.brought import Failed, PlaceOpened
from ctlkit_gui.flow.effects import OpenPlace, Remember
from ctlkit_gui.flow.events import Event, FormChanged, Next
from ctlkit_gui.flow.state import ForgetDialog, NoticeDialog, NoticeKind, Purpose, State, Work
from ctlkit_gui.flow.values import Action, Choice, PlaceKind, PlaceShown, Screen, ServerForm

__all__ = [
    "address_of",
    "form_refusal",
    "further_nodes",
    "on_server",
    "open_place",
    "opened",
    "opening_failed",
]

_USUAL_PORT = 22
_LAST_PORT = 65535
_HOST = re.compile(r"[\w.:\-\[\]]+")
_BETWEEN = re.compile(r"[,;\s\uff0c\uff1b\u3001]+")
"""What stands between two hosts; a Chinese input method types its own comma, or \u3001."""
_REMOTE = (PlaceKind.CLUSTER, PlaceKind.SFTP)


def address_of(form: ServerForm) -> str:
    """Return the address of a place, as ctlkit.place understands it.

    Args:
        form: one that :func:`form_refusal` finds nothing wrong with.
    """
    match form.kind:
        case PlaceKind.FOLDER:
            return f"folder:{form.folder}"
        case PlaceKind.LAB:
            return f"lab:{form.folder}"
        case PlaceKind.NAMED:
            return form.name
        case PlaceKind.PRACTICE:
            return "lab:"
    return _remote(form, form.host)


def further_nodes(form: ServerForm) -> tuple[str, ...]:
    """Return the addresses of the further nodes of an ``sftp:`` place."""
    if form.kind is not PlaceKind.SFTP:
        return ()
    return tuple(_remote(form, host) for host in _BETWEEN.split(form.nodes) if host)


def _remote(form: ServerForm, host: str) -> str:
    host = host.strip()
    if ":" in host and not host.startswith("["):
        host = f"[{host}]"
    user = f"{quote(form.user.strip(), safe='')}@" if form.user.strip() else ""
    port = f":{form.port.strip()}" if form.port.strip() not in ("", str(_USUAL_PORT)) else ""
    folder = f"/{quote(form.remote.strip().lstrip('/'))}" if form.kind is PlaceKind.SFTP else ""
    return f"{form.kind.value}://{user}{host}{port}{folder}"


def form_refusal(form: ServerForm) -> Message | None:
    """Return what is still missing on the page, None for nothing."""
    if form.kind is PlaceKind.NAMED and not form.name:
        return Message("wizard-place-missing")
    folders = {PlaceKind.FOLDER: form.folder, PlaceKind.SFTP: form.remote}
    if not folders.get(form.kind, "/").strip():
        return Message("wizard-folder-missing")
    if form.kind not in _REMOTE:
        return None
    hosts = [form.host.strip(), *filter(None, _BETWEEN.split(form.nodes))]
    if not hosts[0]:
        return Message("wizard-host-missing")
    for host in hosts:
        if not _HOST.fullmatch(host):
            return Message("wizard-host-wrong", {"host": host})
    port = form.port.strip()
    if port and not (port.isascii() and port.isdigit() and 0 < int(port[:6]) <= _LAST_PORT):
        return Message("wizard-port-wrong", {"port": port})
    return None


def on_server(state: State, event: Event) -> Moved:
    """Return what comes of an event on the Server page."""
    match event:
        case FormChanged(form):
            return stay(replace(state, form=form, problem=None, refused=False))
        case Next() if form_refusal(state.form) is None:
            if state.place is not None and state.opened == state.form:
                return stay(go(state, Screen.ACTION))
            if _is_another(state) and (state.choice.tokens or state.choice.servers):
                return stay(replace(state, dialogs=(ForgetDialog(),)))
            return open_place(state)
    return stay(state)


def _is_another(state: State) -> bool:
    """Whether the form names another place than the open one."""

    def place(form: ServerForm | None) -> ServerForm | None:
        return None if form is None else replace(form, user="", port="")

    return place(state.opened) != place(state.form)


def open_place(state: State) -> Moved:
    """Open the place of the form, and look at it; also one that is open already."""
    state = replace(state, last_request=state.last_request + 1)
    form, mode = state.form, state.remembered.default_mode
    remember = Remember(state.last_request, form)
    state, effects = begin(state, Work.OPENING, lambda request: OpenPlace(request, form, mode))
    return state, (remember, *effects)


def opened(state: State, event: PlaceOpened) -> Moved:
    """Return what comes of a place that is open."""
    state, effects = stop_watching(state)
    notices = tuple(NoticeDialog(NoticeKind.MODE, item) for item in event.place.warnings)
    state = replace(
        go(state, Screen.ACTION),
        busy=None,
        place=event.place,
        dialogs=(*state.dialogs, *notices),
        tokens=None,
        offered=frozenset(),
        assembly=None,
        prepared=None,
    )
    if _is_another(state):
        state = replace(
            state,
            action=_usual_action(state.form, event.place),
            mode_set=None,
            selected=None,
            purpose=Purpose.ADD,
            token=None,
            choice=Choice(),
            signer=None,
        )
    return replace(state, opened=state.form), effects


def _usual_action(form: ServerForm, place: PlaceShown) -> Action | None:
    """Return the action that is chosen beforehand: the one that changes no mode.

    Who practises on a new cluster begins with mixed mode.
    """
    if form.kind is PlaceKind.PRACTICE and place.says is None:
        return None if Action.MIXED in place.refusals else Action.MIXED
    begun = place.says is not None or place.mode is not Mode.NON_SECURE
    return Action.UPDATE if begun and Action.UPDATE not in place.refusals else None


def opening_failed(state: State, event: Failed) -> Moved:
    """Return what comes of a place that cannot be opened; the one before stays open."""
    refused = isinstance(event.error, LoginError)
    return stay(replace(state, busy=None, problem=event.error, refused=refused))
