"""The pages, one module a screen of the old client.

A page's module is loaded when it is first turned to, so that the window is there sooner.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from ctlkit_gui.flow.values import Screen

if TYPE_CHECKING:
    from ctlkit_gui.qt.page import Page

__all__ = ["page_of"]

_PAGES = {
    Screen.SERVER: ("server", "ServerPage"),
    Screen.ACTION: ("action", "ActionPage"),
    Screen.INSERT_TOKEN: ("insert_token", "InsertTokenPage"),
    Screen.TOKEN: ("token_information", "TokenPage"),
    Screen.ENTRIES: ("entries", "EntriesPage"),
    Screen.REVIEW: ("review", "ReviewPage"),
    Screen.PASSWORD: ("password", "PasswordPage"),
    Screen.PROGRESS: ("progress", "ProgressPage"),
    Screen.SERVERS: ("servers", "ServersPage"),
    Screen.REMAINS: ("remains", "RemainsPage"),
}
"""Screen -> module and class."""


def page_of(screen: Screen) -> type[Page[Any]]:
    """Return the page of a screen."""
    module, name = _PAGES[screen]
    found: type[Page[Any]] = getattr(import_module(f"{__name__}.{module}"), name)
    return found
