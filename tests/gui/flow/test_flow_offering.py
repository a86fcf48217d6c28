"""Which plugged-in token is opened by itself, and when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ctlkit.errors import TokenRemovedError
from ctlkit_gui import flow
from ctlkit_gui.flow import Purpose, Screen

if TYPE_CHECKING:
    from tests.gui.flow.conftest import MakeFlow, MakeWorld


def test_one_token_for_another(make_flow: MakeFlow) -> None:
    """Where the shown token is exchanged between two looks, the new one is shown."""
    made = make_flow(screen=Screen.TOKEN)
    state = made.plug(1)
    assert (Screen.TOKEN, made.world.tokens[1], None) == (state.screen, state.token, state.problem)


def test_a_token_that_comes_while_e1_is_read(make_flow: MakeFlow, make_world: MakeWorld) -> None:
    """Exchanged before OK is clicked, as the text asks for, it is opened at OK."""
    made = make_flow(make_world(creating=False), Screen.INSERT_TOKEN)
    made.plug(3)
    made.go(flow.Next())
    made.plug(0)
    assert made.state.dialogs
    state = made.go(flow.Dismissed())
    assert (Screen.TOKEN, made.world.tokens[0]) == (state.screen, state.token)


def test_a_stranger_that_stays_plugged_in(make_flow: MakeFlow, make_world: MakeWorld) -> None:
    """After E1 it is not opened again by itself."""
    made = make_flow(make_world(creating=False), Screen.INSERT_TOKEN)
    made.plug(3)
    state = made.go(flow.Next(), flow.Dismissed())
    assert Screen.INSERT_TOKEN is state.screen
    assert Screen.INSERT_TOKEN is made.plug(3).screen


def test_a_token_that_comes_on_another_page(make_flow: MakeFlow) -> None:
    """One that is plugged in beside the entries is opened by Add Tokens."""
    made = make_flow(screen=Screen.TOKEN)
    made.go(flow.Next())
    made.plug(0, 2)
    assert Screen.ENTRIES is made.state.screen
    state = made.go(flow.AddTokens())
    assert (Screen.TOKEN, made.world.tokens[2]) == (state.screen, state.token)


def test_rescan_opens_the_only_one(make_flow: MakeFlow) -> None:
    """After Back nothing is opened until a person looks again."""
    made = make_flow(screen=Screen.TOKEN)
    made.go(flow.Back())
    assert Screen.INSERT_TOKEN is made.plug(0).screen
    made.go(flow.Rescan())
    assert Screen.TOKEN is made.plug(0).screen


def test_a_signer_that_is_pulled_out_is_missed(make_flow: MakeFlow) -> None:
    """What was reviewed is not gone on with by another token, before the loss was read."""
    made = make_flow(screen=Screen.ENTRIES)
    made.plug(0, 1)
    made.go(flow.Next())
    state = made.plug(0)
    assert (Screen.INSERT_TOKEN, Purpose.SIGN) == (state.screen, state.purpose)
    assert isinstance(state.problem, TokenRemovedError)
    state = made.plug(0, 1)
    assert (None, made.world.tokens[1].uri) == (state.problem, state.selected)
