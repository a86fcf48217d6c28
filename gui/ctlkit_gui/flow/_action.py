"""Page 2, Action.

Rules:

* An action that the place refuses cannot be chosen, and says why.
* Looking again opens the place anew; what was entered stays.
* Changing the action keeps the tokens and servers that were added; the list is put together anew.
"""

from __future__ import annotations

from dataclasses import replace

from ctlkit_gui.flow._moves import Moved, assemble, go, stay
from ctlkit_gui.flow._server import open_place
from ctlkit_gui.flow._tokens import ask_for_token
from ctlkit_gui.flow.events import ActionChosen, Back, Event, Next, Rescan
from ctlkit_gui.flow.state import Purpose, State
from ctlkit_gui.flow.values import Action, Screen

__all__ = ["action_open", "on_action"]


def action_open(state: State, action: Action | None) -> bool:
    """Whether an action can be gone on with."""
    return action is not None and state.place is not None and action not in state.place.refusals


def on_action(state: State, event: Event) -> Moved:
    """Return what comes of an event on the Action page."""
    match event:
        case Back():
            return stay(go(state, Screen.SERVER))
        case Rescan() if state.opened == state.form:
            return open_place(state)
        case ActionChosen(action) if action_open(state, action):
            return stay(replace(state, action=action, problem=None))
        case Next() if state.action is not None and action_open(state, state.action):
            choice = replace(state.choice, mode=state.action.mode)
            if choice.tokens:
                return assemble(state, choice)
            state = replace(state, choice=choice, assembly=None)
            return ask_for_token(state, Purpose.ADD)
    return stay(state)
