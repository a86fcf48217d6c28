"""Every page by every event: which page comes of it, and what has to be done elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ctlkit.errors import PlaceError
from ctlkit.messages import Message
from ctlkit.place import HandOver, HostKey, Progress, Step
from ctlkit_gui import flow
from ctlkit_gui.flow import (
    Action,
    Assembly,
    Choice,
    Event,
    Screen,
    ServerForm,
    SigningStep,
    TokensShown,
    advance,
    view,
)
from ctlkit_gui.flow.brought import Brought

if TYPE_CHECKING:
    from tests.gui.flow.conftest import MakeFlow

_LATE = 9999
_URI = "pkcs11:token=SAST-1"
_PERSON: tuple[Event, ...] = (
    flow.Next(),
    flow.Back(),
    flow.Cancel(),
    flow.Close(),
    flow.Dismissed(),
    flow.FormChanged(ServerForm(host="other")),
    flow.ActionChosen(Action.MIXED),
    flow.Rescan(),
    flow.TokenSelected(_URI),
    flow.AddTokens(),
    flow.AddServer(2, Path("server.pem")),
    flow.Deleted((f"new:{_URI}",)),
    flow.Undeleted(("nothing",)),
    flow.SignerChosen("pkcs11:token=SAST-9"),
    flow.PhonesNamed(Path("phones.csv")),
    flow.Confirmed("no-such-key"),
    flow.WordTyped("no-such-key", "5"),
    flow.LastTryConfirmed(),
    flow.RetryNodes(),
    flow.RestoreWanted(),
    flow.RestoreAgreed(),
    flow.RestartWanted(),
    flow.VouchingWanted(),
    flow.HostKeyAnswered(trusted=True),
    flow.PasswordGiven(),
    flow.PasswordDeclined(),
    flow.HandOverAnswered(done=True),
)
_BROUGHT: tuple[Brought, ...] = (
    flow.Failed(_LATE, PlaceError("place-no-nodes", place="x")),
    flow.PlaceOpened(_LATE, flow.PlaceShown("folder:x", ())),
    flow.HostKeyMet(_LATE, HostKey("pub", 22, "ssh-rsa", "SHA256:x")),
    flow.PasswordWanted(_LATE, "admin", "pub"),
    flow.HandOverWanted(_LATE, HandOver(Path("x"), "x", (), "", {}, ())),
    flow.TokensLooked(_LATE, TokensShown()),
    flow.Assembled(_LATE, Assembly(())),
    flow.ServerRead(_LATE, None),  # type: ignore[arg-type]
    flow.ListPrepared(_LATE, flow.Prepared(1, "", (), ())),
    flow.PinPadWanted(_LATE),
    flow.SigningStepped(_LATE, SigningStep.SIGN),
    flow.NodeStepped(_LATE, Progress("pub", Step.WRITING)),
    flow.ModeSwitched(_LATE, Message("cluster-switched")),
    flow.ListPublished(_LATE, "", "", ()),
    flow.RestoreJudged(_LATE, ()),
    flow.VouchingTold(_LATE, ()),
    flow.Restored(_LATE, ()),
    flow.Restarted(_LATE, ()),
)

# page -> event -> the page that it leads to, and the effects that it begins.
_COMES: dict[Screen, dict[str, tuple[Screen, str]]] = {
    Screen.SERVER: {
        "Cancel": (Screen.SERVER, "CloseWindow"),
        "Close": (Screen.SERVER, "CloseWindow"),
    },
    Screen.ACTION: {
        "Rescan": (Screen.ACTION, "Remember OpenPlace"),
        "Next": (Screen.INSERT_TOKEN, "WatchTokens"),
        "Back": (Screen.SERVER, ""),
        "Cancel": (Screen.ACTION, "CloseWindow"),
        "Close": (Screen.ACTION, "CloseWindow"),
    },
    Screen.INSERT_TOKEN: {
        "Back": (Screen.ACTION, ""),
        "Cancel": (Screen.INSERT_TOKEN, "StopWatch CloseWindow"),
        "Close": (Screen.INSERT_TOKEN, "StopWatch CloseWindow"),
        "Rescan": (Screen.INSERT_TOKEN, "StopWatch WatchTokens"),
    },
    Screen.TOKEN: {
        "Next": (Screen.TOKEN, "Assemble"),
        "Back": (Screen.INSERT_TOKEN, ""),
        "Cancel": (Screen.TOKEN, "StopWatch CloseWindow"),
        "Close": (Screen.TOKEN, "StopWatch CloseWindow"),
    },
    Screen.ENTRIES: {
        "Next": (Screen.ENTRIES, "Prepare"),
        "Back": (Screen.ACTION, ""),
        "AddTokens": (Screen.INSERT_TOKEN, ""),
        "AddServer": (Screen.ENTRIES, "ReadServer"),
        "Deleted": (Screen.ENTRIES, "Assemble"),
    },
    Screen.REVIEW: {
        "Next": (Screen.PASSWORD, ""),
        "Back": (Screen.ENTRIES, ""),
        "PhonesNamed": (Screen.REVIEW, "Prepare"),
    },
    Screen.PASSWORD: {"Next": (Screen.PROGRESS, "StopWatch Sign"), "Back": (Screen.REVIEW, "")},
    Screen.PROGRESS: {
        "Next": (Screen.SERVERS, ""),
        "RetryNodes": (Screen.PROGRESS, "PublishRest"),
    },
    Screen.SERVERS: {
        "Next": (Screen.REMAINS, ""),
        "RestoreWanted": (Screen.SERVERS, "AskRestore"),
        "Close": (Screen.SERVERS, "CloseWindow"),
    },
    Screen.REMAINS: {
        "Next": (Screen.REMAINS, "CloseWindow"),
        "Back": (Screen.SERVERS, ""),
        "RestoreWanted": (Screen.REMAINS, "AskRestore"),
        "Close": (Screen.REMAINS, "CloseWindow"),
    },
}


def _name(value: object) -> str:
    return type(value).__name__


def test_every_event_is_in_the_table() -> None:
    """No kind of event is left out of the table."""
    assert {_name(item) for item in (*_PERSON, *_BROUGHT)} == {
        name
        for name in flow.__all__
        if isinstance(kind := getattr(flow, name), type)
        and issubclass(kind, Event)
        and kind not in (Event, Brought)
    }


@pytest.mark.parametrize("screen", list(Screen), ids=lambda screen: screen.name)
@pytest.mark.parametrize("event", _PERSON, ids=_name)
def test_what_a_person_does(make_flow: MakeFlow, screen: Screen, event: Event) -> None:
    """Each page answers what belongs to it and ignores the rest."""
    made = make_flow(screen=screen)
    state, effects = advance(made.state, event)
    led_to, begun = _COMES[screen].get(_name(event), (screen, ""))
    assert (led_to, begun) == (state.screen, " ".join(map(_name, effects)))


@pytest.mark.parametrize("screen", list(Screen), ids=lambda screen: screen.name)
@pytest.mark.parametrize("event", _BROUGHT, ids=_name)
def test_what_is_not_awaited(make_flow: MakeFlow, screen: Screen, event: Event) -> None:
    """What an effect brings that nobody awaits any more is dropped."""
    made = make_flow(screen=screen)
    before = made.state
    assert (before, ()) == advance(before, event)


@pytest.mark.parametrize("screen", list(Screen), ids=lambda screen: screen.name)
def test_every_page_has_a_view(make_flow: MakeFlow, screen: Screen) -> None:
    """A page's view names its page, and can be made while something runs as well."""
    made = make_flow(screen=screen)
    assert screen is view(made.state).frame.screen
    made.do(flow.Next())
    assert made.state.screen is view(made.state).frame.screen


def test_what_was_not_entered_is_empty() -> None:
    """A new wizard starts on Server with nothing asked for."""
    state = flow.initial()
    assert (Screen.SERVER, Choice(), None) == (state.screen, state.choice, state.busy)
