"""Keys that the window has wherever the focus is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QScrollArea

from ctlkit_gui.flow.values import PlaceKind, Screen, ServerForm
from ctlkit_gui.flow.views import Button, Frame, ServerView

if TYPE_CHECKING:
    from tests.gui.qt.around.conftest import Shown


def test_keys_for_whole_pages_scroll(shown: Shown) -> None:
    """Page Down, End and Home move a page that does not fit, also while a button has the focus."""
    frame = Frame(Screen.SERVER, next=Button(), back=Button(), cancel=Button())
    shown.show(ServerView(frame, tuple(PlaceKind), (), ServerForm(PlaceKind.SFTP)))
    shown.window.setMinimumSize(1, 1)
    shown.window.resize(700, 260)
    area = shown.window.page.parentWidget()
    while area is not None and not isinstance(area, QScrollArea):
        area = area.parentWidget()
    assert area is not None
    bar = area.verticalScrollBar()
    assert bar is not None
    button = shown.button("Next")
    button.setFocus()
    assert 0 < bar.maximum()
    for key, expected in ((Qt.Key.Key_End, bar.maximum()), (Qt.Key.Key_Home, 0)):
        shown.press(button, key)
        assert expected == bar.value()
    shown.press(button, Qt.Key.Key_PageDown)
    assert 0 < bar.value()
