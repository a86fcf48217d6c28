"""The keys of every first page: none means two things."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from PyQt6.QtWidgets import QAbstractButton, QApplication, QLabel

from ctlkit.edit import Mode
from ctlkit.errors import PinState
from ctlkit.messages import Message
from ctlkit_gui import words
from ctlkit_gui.flow.state import Purpose
from ctlkit_gui.flow.token_values import TokenShown
from ctlkit_gui.flow.values import Action, PlaceKind, Screen, ServerForm
from ctlkit_gui.flow.views import (
    ActionView,
    Button,
    Frame,
    InsertTokenView,
    PasswordView,
    ServerView,
    TokenView,
)
from ctlkit_gui.qt import language
from ctlkit_gui.qt.pages.action import ActionPage
from ctlkit_gui.qt.pages.insert_token import InsertTokenPage
from ctlkit_gui.qt.pages.password import PasswordPage
from ctlkit_gui.qt.pages.server import ServerPage
from ctlkit_gui.qt.pages.token_information import TokenPage

if TYPE_CHECKING:
    from ctlkit_gui.qt.page import Page
    from tests.gui.qt.first.conftest import Play

AROUND = frozenset("hbn")
"""The keys of the window's own Help, Back and Next; a page may name its Next itself."""
PROBLEM = frozenset("ep")
"""Those of Details and Copy, while a problem is shown."""

_MNEMONIC = re.compile(r"&(\w)")


def _frame(screen: Screen) -> Frame:
    return Frame(screen, next=Button(), back=Button(), cancel=Button())


TOKEN = TokenShown("uri", "first", "0054f509")
VIEWS: list[tuple[Any, object]] = [
    *(
        (ServerPage, ServerView(_frame(Screen.SERVER), tuple(PlaceKind), ("a",), ServerForm(kind)))
        for kind in PlaceKind
    ),
    (
        ActionPage,
        ActionView(
            frame=_frame(Screen.ACTION),
            place="folder:lists",
            mode=Mode.MIXED,
            says=None,
            release=None,
            nodes=(),
            action=None,
            actions={action: Button() for action in Action},
        ),
    ),
    (
        InsertTokenPage,
        InsertTokenView(
            frame=_frame(Screen.INSERT_TOKEN),
            purpose=Purpose.ADD,
            wanted=(),
            looking=False,
            tokens=(),
            selected=None,
            added=frozenset(),
            modules=(),
            causes=(Message("wizard-token-missing"),),
        ),
    ),
    (TokenPage, TokenView(_frame(Screen.TOKEN), TOKEN, None)),
    (
        PasswordPage,
        PasswordView(
            frame=_frame(Screen.PASSWORD),
            token=TOKEN,
            pin_state=PinState.FINAL_TRY,
            field=True,
            pin_pad=False,
            last_try=True,
            last_try_ticked=False,
            refused=False,
        ),
    ),
]


def _keys(*texts: str) -> list[str]:
    return [found.group(1).lower() for text in texts for found in _MNEMONIC.finditer(text)]


@pytest.fixture(params=words.LANGUAGES)
def spoken(request: pytest.FixtureRequest, qapp: QApplication) -> Iterator[str]:
    """Let the window speak each language until the end of the test."""
    language.install(qapp, request.param)
    yield request.param
    language.install(qapp, "en")


@pytest.mark.parametrize(("kind", "view"), VIEWS, ids=lambda item: type(item).__name__)
def test_no_key_means_two_things(
    spoken: str, play: Play, kind: type[Page[Any]], view: object
) -> None:
    """The mnemonics of a page differ from each other and from those around it, in any language."""
    played = play(kind)
    played.show(view)
    labels = [each.text() for each in played.visible(QLabel)]
    buttons = [each.text() for each in played.visible(QAbstractButton)]
    own_next = _keys(played.page.next_text())
    keys = _keys(*labels, *buttons) + own_next
    assert len(keys) == len(set(keys))
    assert not set(keys) & ((AROUND | PROBLEM) - {"n"} if own_next else AROUND | PROBLEM)
