"""What tests of single pages share: a page that is shown, what it sent, and what holds of all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QGuiApplication
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QAbstractButton, QLabel, QWidget

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from ctlkit_gui.flow.events import Event
    from ctlkit_gui.qt.page import Page
    from ctlkit_gui.qt.tables import Table

# PyQt declares these with an argument too many.
_click: Any = QTest.keyClick
_clicks: Any = QTest.keyClicks


class ShownPage:
    """A page that is shown.

    Attributes:
        page: the page; what it has is known by its test.
        events: what it sent so far.
    """

    def __init__(self, page: Page[Any], view: object) -> None:
        self.page: Any = page
        self.events: list[Event] = []
        page.emitted.connect(self.events.append)
        page.show_view(view)
        page.resize(800, 500)

    def press(
        self, widget: QWidget, key: Qt.Key, modifier: Qt.KeyboardModifier | None = None
    ) -> None:
        """Press a key where a widget listens."""
        _click(widget, key, modifier or Qt.KeyboardModifier.NoModifier)

    def type(self, widget: QWidget, text: str) -> None:
        """Type a text where a widget listens."""
        _clicks(widget, text)

    def cells(self, column: int) -> list[str]:
        """Return the texts of a column of the page's table."""
        table: Table[Any] = self.page.table
        model = table.rows_model
        return [str(model.data(model.index(row, column))) for row in range(model.rowCount())]

    @property
    def clipboard(self) -> str:
        """What was copied last."""
        found = QGuiApplication.clipboard()
        return found.text() if found else ""

    def texts(self) -> list[str]:
        """Return the texts that are seen on the page."""
        from ctlkit_gui.qt.widgets import Text

        return [text.text for text in self.page.findChildren(Text) if text.isVisible()]

    def assert_named(self) -> None:
        """Check that whatever takes the focus tells its name, and that the page has a title."""
        for widget in self.page.findChildren(QWidget):
            if widget.isVisible() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
                assert self._spoken_name(widget), widget
        assert self.page.title()

    def _spoken_name(self, widget: QWidget) -> str:
        """Return what Qt tells a screen reader: the name, a button's text, or its label's."""
        text = widget.text() if isinstance(widget, QAbstractButton) else ""
        labels = (item.text() for item in self.page.findChildren(QLabel) if item.buddy() is widget)
        return widget.accessibleName() or text or next(labels, "")

    def assert_nothing_cut(self, width: int) -> None:
        """Check that each text has the height that it needs on a page so wide."""
        from ctlkit_gui.qt.widgets import Text

        height = max(self.page.heightForWidth(width), self.page.minimumSizeHint().height())
        self.page.setFixedWidth(width)
        self.page.resize(width, height)
        QGuiApplication.processEvents()
        for text in self.page.findChildren(Text):
            if text.isVisible():
                assert text.heightForWidth(text.width()) <= text.height(), text.text

    def assert_idempotent(self, view: object) -> None:
        """Check that showing the same view again sends nothing and keeps every widget."""
        before = self.page.findChildren(QWidget)
        self.events.clear()
        self.page.show_view(view)
        assert before == self.page.findChildren(QWidget)
        assert [] == self.events


class ShowPage(Protocol):
    """Shows a page of a kind with a view."""

    def __call__(self, kind: type[Page[Any]], view: object) -> ShownPage:
        """Return it once it is seen."""
        ...


@pytest.fixture
def show_page(qtbot: QtBot) -> ShowPage:
    """Show pages, and close them with the test."""

    def show(kind: type[Page[Any]], view: object) -> ShownPage:
        from ctlkit_gui.work import SecretBox

        page = kind(SecretBox())
        qtbot.addWidget(page)
        shown = ShownPage(page, view)
        with qtbot.waitExposed(page):
            page.show()
        return shown

    return show
