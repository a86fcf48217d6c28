"""A window that a test looks at and works in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import (
    QApplication,
    QLabel,
    QPushButton,
    QWidget,
)

from ctlkit_gui.flow.events import Event
from ctlkit_gui.flow.views import View
from ctlkit_gui.qt import language, theme
from ctlkit_gui.qt.question import Question
from ctlkit_gui.qt.window import Window
from ctlkit_gui.work import SecretBox

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot


class Box(SecretBox):
    """A box that remembers what was put into it."""

    def __init__(self) -> None:
        super().__init__()
        self.put_in: list[str] = []

    def put(self, text: str) -> None:
        """Take a secret."""
        self.put_in.append(text)
        super().put(text)


class Shown:
    """A window that is shown, and what it emitted."""

    def __init__(self, qtbot: QtBot) -> None:
        self.box = Box()
        self.window = Window(self.box)
        self.events: list[Event] = []
        self.window.emitted.connect(self.events.append)
        qtbot.addWidget(self.window, before_close_func=lambda _: self.window.finish())
        self._qtbot = qtbot

    def show(self, view: View) -> None:
        """Show a view, in the active window."""
        if not self.window.isVisible():
            self.window.show_view(replace(view, frame=replace(view.frame, dialog=None)))
            with self._qtbot.waitActive(self.window):
                self.window.show()
        self.window.show_view(view)
        if view.frame.dialog is not None:
            self._qtbot.waitUntil(self.question.isActiveWindow)

    def press(
        self,
        widget: QWidget | None,
        key: Qt.Key,
        modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
    ) -> None:
        """Press a key where a widget listens."""
        self._qtbot.keyClick(widget, key, modifier)  # type: ignore[no-untyped-call]

    def type(self, widget: QWidget | None, text: str) -> None:
        """Type a text where a widget listens."""
        self._qtbot.keyClicks(widget, text)  # type: ignore[no-untyped-call]

    @property
    def question(self) -> Question:
        """The question that lies over the page."""
        (question,) = (each for each in self.window.findChildren(Question) if not each.isHidden())
        return question

    def button(self, text: str, within: QWidget | None = None) -> QPushButton:
        """Return the visible button that says this."""
        buttons = (within or self.window).findChildren(QPushButton)
        (found,) = (
            each
            for each in buttons
            if each.text().replace("&", "") == text and each.isVisibleTo(self.window)
        )
        return found

    def said(self) -> str:
        """Return all visible labels of the window."""
        labels = self.window.findChildren(QLabel)
        return "\n".join(each.text() for each in labels if each.isVisible())


@pytest.fixture
def shown(qtbot: QtBot) -> Shown:
    """Make a window that is not shown yet."""
    return Shown(qtbot)


@pytest.fixture
def restored(qapp: QApplication) -> Iterator[QApplication]:
    """Give back language and colours after the test."""
    yield qapp
    language.install(qapp, "en")
    theme.use(qapp, Qt.ColorScheme.Unknown)
