"""The program itself, its window, flow and work together, with a SoftHSM token and a folder."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QApplication, QLineEdit, QWidget

from ctlkit.errors import ConfigurationError
from ctlkit_gui.qt import app
from ctlkit_gui.qt.dialogs import NoticeQuestion
from ctlkit_gui.qt.leaving import LeaveQuestion
from ctlkit_gui.qt.pages.action import ActionPage
from ctlkit_gui.qt.pages.entries import EntriesPage
from ctlkit_gui.qt.pages.insert_token import InsertTokenPage
from ctlkit_gui.qt.pages.server import ServerPage
from ctlkit_gui.qt.pages.token_information import TokenPage
from softhsm_fixtures import etoken

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from ctlkit_gui.qt.window import Window
    from softhsm_fixtures.plugin import MakeStore, SoftHsmStore

PATIENCE = 10_000


class Desk:
    """The window that a person sits before, with a keyboard."""

    def __init__(self, window: Window, qtbot: QtBot) -> None:
        self.window = window
        self._qtbot = qtbot

    def until(self, happens: Callable[[], bool]) -> None:
        """Let the program go on until something is so."""
        self._qtbot.waitUntil(happens, timeout=PATIENCE)

    def press(self, key: Qt.Key, alt: bool = False) -> None:
        """Press a key where the program listens."""
        modifier = Qt.KeyboardModifier.AltModifier if alt else Qt.KeyboardModifier.NoModifier
        self._qtbot.keyClick(self._listening(), key, modifier)  # type: ignore[no-untyped-call]

    def write(self, text: str) -> None:
        """Type a text where the program listens."""
        self._qtbot.keyClicks(self._listening(), text)  # type: ignore[no-untyped-call]

    def _listening(self) -> QWidget:
        return QApplication.focusWidget() or QApplication.activeWindow() or self.window

    def turned_to(self, kind: type[QWidget]) -> None:
        """Wait for a page that can be worked on, without a question over it."""
        self.until(
            lambda: (
                isinstance(self.window.page, kind)
                and self.window.page.isEnabled()
                and QApplication.activeWindow() is self.window
            )
        )

    def asked(self, kind: type[QWidget]) -> None:
        """Wait for a question."""
        self.until(lambda: isinstance(QApplication.activeWindow(), kind))

    def leave(self) -> None:
        """Close the window, and let it go."""
        self.window.close()
        if self.window.isVisible():
            self.asked(LeaveQuestion)
            self.press(Qt.Key.Key_L, alt=True)
            self.until(lambda: not self.window.isVisible())


class OpenDesk(Protocol):
    """Opens the program's window."""

    def __call__(self) -> Desk:
        """Return it once it is the active one."""
        ...


@pytest.fixture
def open_desk(qtbot: QtBot) -> Iterator[OpenDesk]:
    """Open windows as the program does; what still is open at the end is closed."""
    desks: list[Desk] = []

    def make() -> Desk:
        window = app.make_window()
        desk = Desk(window, qtbot)
        desks.append(desk)
        with qtbot.waitActive(window):
            window.show()
        return desk

    yield make
    for desk in desks:
        desk.leave()
        desk.window.deleteLater()


@pytest.fixture(autouse=True)
def _closed_modules() -> Iterator[None]:
    """Leave every module finalised."""
    from ctlkit.pkcs11 import module

    yield
    module.close_all()


@pytest.fixture
def store(make_softhsm_store: MakeStore, own_settings: Path) -> SoftHsmStore:
    """A store with one eToken, which the configuration file names."""
    store = make_softhsm_store(etoken())
    folder = own_settings / "config_home" / "ctlkit"
    folder.mkdir(parents=True)
    module = store.private_module()
    (folder / "config.toml").write_text(f'[pkcs11]\nmodules = ["{module}"]\n', encoding="utf-8")
    return store


def _to_folder(desk: Desk, folder: Path) -> None:
    """Choose the folder on the Server page, by keyboard alone."""
    desk.press(Qt.Key.Key_A, alt=True)
    desk.write("A")
    desk.press(Qt.Key.Key_F, alt=True)
    desk.write(str(folder))


def test_from_server_to_entries_by_keyboard(
    open_desk: OpenDesk, store: SoftHsmStore, tmp_path: Path
) -> None:
    """W1 for an empty folder, Update CTL File, the token, Add, and its entry."""
    desk = open_desk()
    _to_folder(desk, tmp_path)
    desk.press(Qt.Key.Key_Return)
    desk.asked(NoticeQuestion)
    desk.press(Qt.Key.Key_Return)
    desk.turned_to(ActionPage)
    desk.press(Qt.Key.Key_U, alt=True)
    desk.press(Qt.Key.Key_Return)
    desk.turned_to(TokenPage)
    desk.press(Qt.Key.Key_Return)
    desk.turned_to(EntriesPage)
    desk.press(Qt.Key.Key_Escape)
    desk.asked(LeaveQuestion)
    desk.press(Qt.Key.Key_S, alt=True)
    desk.turned_to(EntriesPage)
    assert desk.window.isVisible()


def test_the_window_ends_with_everything(
    open_desk: OpenDesk, store: SoftHsmStore, tmp_path: Path
) -> None:
    """Closed while tokens are watched, no thread of the wizard is left."""
    before = set(threading.enumerate())
    desk = open_desk()
    _to_folder(desk, tmp_path)
    desk.press(Qt.Key.Key_Return)
    desk.asked(NoticeQuestion)
    desk.press(Qt.Key.Key_Return)
    desk.turned_to(ActionPage)
    desk.press(Qt.Key.Key_Return)
    desk.until(lambda: isinstance(desk.window.page, InsertTokenPage | TokenPage))
    desk.window.close()
    assert not desk.window.isVisible()
    left = set(threading.enumerate()) - before
    assert not [each.name for each in left if not each.name.startswith("pkcs11")]


def test_the_folder_is_there_the_next_time(
    open_desk: OpenDesk, store: SoftHsmStore, tmp_path: Path
) -> None:
    """The next window begins with what was typed in the last."""
    desk = open_desk()
    _to_folder(desk, tmp_path)
    desk.press(Qt.Key.Key_Return)
    desk.asked(NoticeQuestion)
    desk.press(Qt.Key.Key_Return)
    desk.window.close()
    again = open_desk()
    page = again.window.page
    assert isinstance(page, ServerPage)
    assert str(tmp_path) in [field.text() for field in page.findChildren(QLineEdit)]


def test_a_broken_configuration_keeps_the_window_closed(
    qapp: QApplication, own_settings: Path
) -> None:
    """The error comes before anything is shown."""
    folder = own_settings / "config_home" / "ctlkit"
    folder.mkdir(parents=True)
    (folder / "config.toml").write_text("nonsense = 1\n", encoding="utf-8")
    with pytest.raises(ConfigurationError):
        app.make_window()
