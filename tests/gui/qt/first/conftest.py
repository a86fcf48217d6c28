"""A page that is shown by itself, and what it emitted."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import (
    QAbstractButton,
    QLabel,
    QTextEdit,
    QWidget,
)

from ctlkit_gui.flow.events import Event
from ctlkit_gui.qt.page import Page
from ctlkit_gui.work import SecretBox

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

W = TypeVar("W", bound=QWidget)


class Played:
    """A page that is shown by itself, and what it emitted."""

    def __init__(self, page: Page[Any], box: SecretBox, qtbot: QtBot) -> None:
        self.page = page
        self.box = box
        self.events: list[Event] = []
        self._qtbot = qtbot
        page.emitted.connect(self.events.append)

    def show(self, view: object) -> None:
        """Show a view."""
        self.page.show_view(view)
        with self._qtbot.waitActive(self.page):
            self.page.show()

    def visible(self, kind: type[W]) -> list[W]:
        """Return the visible widgets of a kind."""
        return [each for each in self.page.findChildren(kind) if each.isVisible()]

    def named(self, kind: type[W], name: str) -> W:
        """Return the visible widget with this label, text or accessible name."""
        buddies = {
            label.buddy(): label.text().replace("&", "").rstrip(":")
            for label in self.visible(QLabel)
        }
        (found,) = (
            each
            for each in self.visible(kind)
            if name in (buddies.get(each), each.accessibleName(), _text(each))
        )
        return found

    def said(self) -> str:
        """Return all texts that are seen."""
        labels = [each.text() for each in self.visible(QLabel)]
        texts = [each.toPlainText() for each in self.visible(QTextEdit)]
        return "\n".join(labels + texts)

    def type(self, widget: QWidget, text: str) -> None:
        """Type a text."""
        self._qtbot.keyClicks(widget, text)  # type: ignore[no-untyped-call]

    def press(self, widget: QWidget, key: Qt.Key) -> None:
        """Press a key."""
        self._qtbot.keyClick(widget, key)  # type: ignore[no-untyped-call]


def _text(widget: QWidget) -> str | None:
    return widget.text().replace("&", "") if isinstance(widget, QAbstractButton) else None


Play = Callable[[type[Page[Any]]], Played]


@pytest.fixture
def play(qtbot: QtBot) -> Play:
    """Return what makes a page with a box of its own."""

    def make(kind: type[Page[Any]]) -> Played:
        box = SecretBox()
        page = kind(box)
        qtbot.addWidget(page)
        return Played(page, box, qtbot)

    return make
