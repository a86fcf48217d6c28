"""The window around the pages: buttons, keys, busy, problems, questions, sizes, colours."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from PyQt6.QtCore import QCoreApplication, QEvent, QMimeData, QPointF, Qt, QUrl
from PyQt6.QtGui import QColor, QDropEvent, QGuiApplication, QImage, QPainter, QPalette
from PyQt6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QRadioButton,
    QWidget,
)

from ctlkit.errors import CtlkitError, PlaceError, RuleError
from ctlkit.messages import Message
from ctlkit_gui.flow.events import Back, Cancel, Close, Next
from ctlkit_gui.flow.state import (
    Busy,
    Work,
)
from ctlkit_gui.flow.values import PlaceKind, Screen, ServerForm
from ctlkit_gui.flow.views import Button, Frame, ServerView
from ctlkit_gui.qt import language, theme
from ctlkit_gui.qt.page import Page
from ctlkit_gui.qt.theme import Sign, colour, sign_icon
from ctlkit_gui.qt.window import Window
from ctlkit_gui.work import SecretBox

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from tests.gui.qt.around.conftest import Shown


def _frame(**changes: Any) -> Frame:
    usual = Frame(Screen.SERVER, next=Button(), back=Button(shown=False), cancel=Button())
    return replace(usual, **changes)


def _view(kind: PlaceKind = PlaceKind.CLUSTER, **changes: Any) -> ServerView:
    form = ServerForm(kind, host="cm1", user="administrator", folder="lists")
    return ServerView(_frame(**changes), tuple(PlaceKind), ("office",), form)


def test_return_escape_and_closing_are_events(shown: Shown) -> None:
    """Return goes on, Esc cancels, closing asks; the window stays until it is told."""
    shown.show(_view())
    shown.press(shown.window.focusWidget(), Qt.Key.Key_Return)
    shown.press(shown.window.focusWidget(), Qt.Key.Key_Escape)
    shown.window.close()
    assert [Next(), Cancel(), Close()] == shown.events
    assert shown.window.isVisible()
    shown.window.finish()
    assert not shown.window.isVisible()


def test_closing_may_end_it_at_once(shown: Shown) -> None:
    """Where nothing is lost the wizard ends while it is asked, and the window is gone."""
    shown.show(_view())
    shown.window.emitted.connect(lambda _: shown.window.finish())
    shown.window.close()
    assert not shown.window.isVisible()


def test_each_button_of_the_row_is_an_event(shown: Shown) -> None:
    """Back, Next and Cancel emit what they are called."""
    shown.show(_view(back=Button()))
    for text in ("Back", "Next", "Cancel"):
        shown.button(text).click()
    assert [Back(), Next(), Cancel()] == shown.events


def test_a_button_that_cannot_be_pressed_says_why(shown: Shown) -> None:
    """The reason stands in the row, and is the button's description; Return does nothing."""
    shown.show(_view(next=Button(Message("wizard-host-missing"))))
    assert not shown.button("Next").isEnabled()
    assert "No server is named." in shown.button("Next").accessibleDescription()
    assert "No server is named." in shown.said()
    shown.press(shown.window.focusWidget(), Qt.Key.Key_Return)
    assert [] == shown.events


def test_a_button_that_is_not_there_is_hidden(shown: Shown) -> None:
    """The first page has no Back."""
    shown.show(_view())
    assert not any(
        "Back" in each.text() and each.isVisible()
        for each in shown.window.findChildren(QPushButton)
    )


def test_busy_rests_the_page_and_leaves_cancel(shown: Shown) -> None:
    """While something is awaited the fields rest, a bar moves with words, and Cancel works."""
    shown.show(_view())
    shown.show(_view(busy=Busy(1, Work.OPENING), next=Button(Message("wizard-busy"))))
    (bar,) = shown.window.findChildren(QProgressBar)
    assert bar.isVisible()
    assert "Opening the place" in shown.said()
    assert not any(
        each.isEnabled() for each in shown.window.findChildren(QLineEdit) if each.isVisible()
    )
    shown.button("Cancel").click()
    assert [Cancel()] == shown.events


def test_the_focus_comes_back_after_busy(shown: Shown) -> None:
    """Where one was typing before the page rested, one goes on."""
    shown.show(_view())
    (user,) = (
        each
        for each in shown.window.findChildren(QLineEdit)
        if each.isVisible() and "administrator" == each.text()
    )
    user.setFocus()
    shown.show(_view(busy=Busy(1, Work.OPENING)))
    shown.show(_view())
    assert user is shown.window.focusWidget()


def test_return_presses_nothing_while_something_is_awaited(shown: Shown) -> None:
    """A Return too many does not stop what the first began; afterwards it goes on again."""
    shown.show(_view())
    shown.button("Next").setFocus()
    busy = Button(Message("wizard-busy"))
    shown.show(_view(busy=Busy(1, Work.OPENING), next=busy))
    shown.press(shown.window.focusWidget(), Qt.Key.Key_Return)
    assert [] == shown.events
    shown.show(_view())
    shown.press(shown.window.focusWidget(), Qt.Key.Key_Return)
    assert [Next()] == shown.events


def test_the_title_names_the_step_and_its_state(shown: Shown) -> None:
    """The window is called by its step, what is being done there, and that something is wrong."""
    shown.show(_view())
    assert "Server" == shown.window.windowTitle()
    shown.show(_view(busy=Busy(1, Work.OPENING)))
    assert "Server: Opening the place and reading every node..." == shown.window.windowTitle()
    shown.show(_view(problem=PlaceError("place-no-folder", folder="lists")))
    assert "Error: Server" == shown.window.windowTitle()
    shown.show(_view())
    assert "Server" == shown.window.windowTitle()


def test_stopping_is_said(shown: Shown) -> None:
    """What was asked to stop and has not answered yet is shown as such."""
    shown.show(_view(busy=Busy(1, Work.OPENING, stopping=True)))
    assert "Stopping..." in shown.said()


def test_a_problem_is_a_sentence_with_advice_and_details(shown: Shown) -> None:
    """The banner says what happened and what to do; details and all go to the clipboard."""
    error = CtlkitError("wizard-internal", kind="ValueError")
    shown.show(_view(problem=error))
    assert "Something went wrong inside the program: ValueError." in shown.said()
    assert error.advice in shown.said()
    (details,) = shown.window.findChildren(QPlainTextEdit)
    assert not details.isVisible()
    shown.button("Details").click()
    assert details.isVisible()
    assert "code: wizard-internal" in details.toPlainText()
    shown.button("Copy").click()
    clipboard = QGuiApplication.clipboard()
    assert clipboard is not None
    assert details.toPlainText() == clipboard.text()
    shown.show(_view())
    assert error.advice not in shown.said()


def test_the_number_of_a_rule_stands_in_the_details_alone(shown: Shown) -> None:
    """The sentence leaves it out; whoever is asked for help sees it among the values."""
    shown.show(_view(problem=RuleError("sast-stays", rule=3, subject="A")))
    assert "A signs for the server itself and cannot be removed." in shown.said()
    (details,) = shown.window.findChildren(QPlainTextEdit)
    happened, _, _, *rest = details.toPlainText().split("\n")
    assert "A signs for the server itself and cannot be removed." == happened
    assert ["code: sast-stays", "rule: 3", "subject: A"] == rest


def test_one_sees_where_one_is(shown: Shown) -> None:
    """The list of steps is there where it has room, else a line says the same."""
    shown.window.resize(1000, 600)
    shown.show(_view())
    assert "What remains" in shown.said()
    assert "Step 1 of 9" not in shown.said()
    shown.window.resize(500, 400)
    assert "What remains" not in shown.said()
    assert "Step 1 of 9: Server" in shown.said()


def _small(font_factor: float) -> tuple[int, int]:
    return round(1024 / font_factor), round(600 / font_factor)


@pytest.mark.parametrize("kind", list(PlaceKind))
@pytest.mark.parametrize("factor", [1.0, 2.0])
def test_a_small_screen_holds_the_window(shown: Shown, kind: PlaceKind, factor: float) -> None:
    """At 1024 by 600, also at 200 %, the window fits and the page scrolls downwards at most."""
    shown.window.resize(*_small(factor))
    shown.show(_view(kind, problem=CtlkitError("wizard-internal", kind="ValueError")))
    assert _small(factor) == (shown.window.width(), shown.window.height())
    page: Page[Any] = shown.window.page
    around = page.parentWidget()
    assert around is not None
    viewport = around.parentWidget()
    assert viewport is not None
    assert around.width() <= viewport.width()
    for text in ("Next", "Cancel", "Help"):
        button = shown.button(text)
        corner = button.mapTo(shown.window, button.rect().bottomRight())
        assert shown.window.rect().contains(corner)


def test_each_item_of_help_opens_its_dialog(shown: Shown) -> None:
    """Examine and Save log ask for a file, About says what runs."""
    shown.show(_view())
    for keys, title in (
        ("Ctrl+O", "Examine a list or certificate"),
        ("Ctrl+S", "Save the log"),
        ("", "About ctlkit"),
    ):
        (item,) = (each for each in shown.window.actions() if each.shortcut().toString() == keys)
        item.trigger()
        (dialog,) = shown.window.findChildren(QDialog)
        assert title == dialog.windowTitle()
        dialog.close()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def test_size_is_remembered(shown: Shown, qtbot: QtBot) -> None:
    """The next window has the size of the last."""
    shown.show(_view())
    shown.window.resize(777, 555)
    shown.window.finish()
    again = Window(SecretBox())
    qtbot.addWidget(again)
    assert (777, 555) == (again.width(), again.height())
    again.finish()


def test_everything_has_a_name_for_who_cannot_see_it(shown: Shown) -> None:
    """Each control that can have the focus has an accessible name, a label or a text."""
    for kind in PlaceKind:
        shown.show(_view(kind, problem=CtlkitError("wizard-internal", kind="ValueError")))
        assert [] == _nameless(shown.window)


def _nameless(window: QWidget) -> list[QWidget]:
    labelled = {label.buddy() for label in window.findChildren(QLabel)}
    controls = [
        each
        for each in window.findChildren(QWidget)
        if each.isVisible() and each.focusPolicy() & Qt.FocusPolicy.TabFocus
    ]
    return [
        each
        for each in controls
        if not each.accessibleName()
        and each not in labelled
        and not (isinstance(each, QPushButton) and each.text())
    ]


def test_files_of_this_computer_can_be_dropped(
    shown: Shown, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A dropped file is examined; other things are not taken."""
    dropped: list[Path] = []
    monkeypatch.setattr(Window, "examine", lambda _self, path: dropped.append(path))
    shown.show(_view())
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path)), QUrl("https://example.com/list.tlv")])
    copying = Qt.DropAction.CopyAction
    none = Qt.KeyboardModifier.NoModifier
    drop = QDropEvent(QPointF(9, 9), copying, data, Qt.MouseButton.LeftButton, none)
    shown.window.dropEvent(drop)
    assert [tmp_path] == dropped


SIGNS = [sign for sign in Sign if sign not in (Sign.QUIET, Sign.COMING)]


def _grey(sign: Sign) -> bytes:
    """Return a sign without its colour: what somebody sees who cannot tell colours."""
    image = QImage(16, 16, QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    painter.drawPixmap(0, 0, sign_icon(sign, QPalette()).pixmap(16, 16))
    painter.end()
    ground = image.pixelColor(0, 0).lightness()
    shape = [image.pixelColor(x, y).lightness() < ground - 60 for y in range(16) for x in range(16)]
    return bytes(shape)


def test_signs_differ_without_colour(qapp: QApplication) -> None:
    """Each sign has a shape of its own."""
    assert len(SIGNS) == len({_grey(sign) for sign in SIGNS})


def _luminance(channels: tuple[float, ...]) -> float:
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: QColor, other: QColor) -> float:
    low, high = sorted(_luminance(tone.getRgbF()[:3]) for tone in (one, other))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", [Qt.ColorScheme.Light, Qt.ColorScheme.Dark])
def test_colours_are_readable_light_and_dark(
    restored: QApplication, scheme: Qt.ColorScheme
) -> None:
    """Every colour with a meaning has a contrast of 4.5 on the window's ground."""
    theme.use(restored, scheme)
    palette = restored.palette()
    assert (scheme is Qt.ColorScheme.Dark) == theme.is_dark(palette)
    for sign in Sign:
        assert 4.5 <= _contrast(palette.window().color(), colour(sign, palette)), sign


def test_boxes_are_seen_on_a_dark_ground(restored: QApplication, qtbot: QtBot) -> None:
    """What is not ticked yet stands out, and light windows have their own palette again."""

    def palettes() -> list[QPalette]:
        boxes = QCheckBox(), QRadioButton()
        for box in boxes:
            qtbot.addWidget(box)
            box.ensurePolished()
        return [box.palette() for box in boxes]

    theme.use(restored, Qt.ColorScheme.Light)
    light = [palette.base().color() for palette in palettes()]
    theme.use(restored, Qt.ColorScheme.Dark)
    for palette in palettes():
        assert 3 <= _contrast(palette.window().color(), palette.base().color())
        assert 4 <= _contrast(palette.base().color(), palette.text().color())
    theme.use(restored, Qt.ColorScheme.Light)
    assert light == [palette.base().color() for palette in palettes()]


def test_a_window_follows_a_change_of_colours(shown: Shown, restored: QApplication) -> None:
    """It is repainted dark while it is shown; quiet texts follow."""
    shown.show(_view())
    before = shown.window.grab().toImage().pixelColor(400, 4).lightness()
    theme.use(restored, Qt.ColorScheme.Dark)
    restored.processEvents()
    after = shown.window.grab().toImage().pixelColor(400, 4).lightness()
    assert after < 80 < before


def test_qt_speaks_chinese_too(restored: QApplication, qtbot: QtBot) -> None:
    """The buttons of Qt's own dialogs are translated with the window."""
    language.install(restored, "zh_CN")
    buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
    qtbot.addWidget(buttons)
    cancel = buttons.button(QDialogButtonBox.StandardButton.Cancel)
    assert cancel is not None
    assert "取消" == cancel.text()


def test_the_first_field_has_the_focus(shown: Shown) -> None:
    """A page that is turned to waits for what is to be typed first."""
    shown.show(_view(PlaceKind.PRACTICE))
    assert isinstance(shown.window.focusWidget(), QComboBox)
