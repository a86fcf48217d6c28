"""Watching tokens for the wizard.

Rules:

* Tokens stand in the order of their labels: slots have none that holds.
* A look is told when it differs from the one before; the first is always told.
* Where there is no token, which libraries were tried and what the usual causes are is told with it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ctlkit.errors import TokenError
from ctlkit_gui.flow.brought import TokensLooked
from ctlkit_gui.flow.effects import WatchTokens
from ctlkit_gui.flow.events import Event
from ctlkit_gui.flow.token_values import TokensShown
from ctlkit_gui.work._context import Context, Running
from ctlkit_gui.work._shown import module_shown, token_shown

if TYPE_CHECKING:
    from ctlkit.workflows.keyring import TokenAccess

__all__ = ["watch_tokens"]


def watch_tokens(effect: WatchTokens, context: Context, running: Running) -> Event | None:
    """Tell of the tokens until it is stopped.

    Raises:
        CtlkitError: no library can be looked for.
    """
    from ctlkit.workflows.keyring import Keyring

    access = context.token_access(running)
    told: TokensShown | None = None
    for look in Keyring(access).rounds(running.cancel):
        tokens = sorted(map(token_shown, look.tokens), key=lambda item: (item.label, item.serial))
        shown = TokensShown(tuple(tokens))
        if not shown.tokens:
            unchanged = told is not None and not told.tokens and not look.problems
            shown = told if told is not None and unchanged else _nothing(access)
        if shown != told and not running.cancel.is_set():
            told = shown
            running.emit(TokensLooked(effect.request, shown))
    return None


def _nothing(access: TokenAccess) -> TokensShown:
    """Return why there is no token."""
    from ctlkit.workflows.keyring import Keyring

    keyring = Keyring(access)
    try:
        modules, causes = keyring.inventory.modules, keyring.causes()
    except TokenError:
        return TokensShown()
    return TokensShown((), tuple(map(module_shown, modules)), causes)
