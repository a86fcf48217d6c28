"""What reaches the program from beside its window: signals, and mistakes of its own."""

from __future__ import annotations

import logging
import os
import signal
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from PyQt6.QtCore import QTimer
from PyQt6.QtGui import QCloseEvent
from PyQt6.QtWidgets import QMessageBox, QWidget

from ctlkit.log import log
from ctlkit_gui.qt.interrupts import Interrupts

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

SECRET = "what was in the variables"


class Asked(QWidget):
    """A window that counts how often it is asked to close, and stays."""

    times = 0

    def closeEvent(self, event: QCloseEvent | None) -> None:  # noqa: N802  Qt's own name
        """Count."""
        assert event is not None
        self.times += 1
        event.ignore()


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[Asked]:
    """Show a window whose interrupts are heard."""
    window = Asked()
    interrupts = Interrupts(window)
    with qtbot.waitExposed(window):
        window.show()
    interrupts.start()
    yield window
    interrupts.stop()
    window.deleteLater()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends no signals between programs")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_asks_the_window_to_close(
    window: Asked, qtbot: QtBot, number: signal.Signals
) -> None:
    """Each time it comes, also while Qt waits, and nothing else happens."""
    for times in (1, 2):
        os.kill(os.getpid(), number)
        qtbot.waitUntil(lambda times=times: times == window.times)  # type: ignore[misc]


def test_all_is_as_before_afterwards(window: Asked) -> None:
    """Who listened before listens again."""
    own = sys.excepthook
    interrupts = Interrupts(window)
    before = signal.getsignal(signal.SIGINT)
    interrupts.start()
    assert before is not signal.getsignal(signal.SIGINT)
    interrupts.stop()
    assert (before, own) == (signal.getsignal(signal.SIGINT), sys.excepthook)


def test_a_mistake_of_ours_is_logged_and_told_once(
    window: Asked,
    qtbot: QtBot,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One that comes again is logged only, until the box was read; its text is in neither."""

    def wrong() -> None:
        raise ZeroDivisionError(SECRET)

    monkeypatch.setattr(log(), "propagate", True)
    with caplog.at_level(logging.ERROR):
        for _ in range(2):
            QTimer.singleShot(0, wrong)
        qtbot.waitUntil(lambda: 2 == len(caplog.records))
    (box,) = window.findChildren(QMessageBox)
    assert "ZeroDivisionError" in box.text()
    assert SECRET not in box.text() + box.informativeText() + caplog.text
    assert "ZeroDivisionError" in caplog.text
    box.accept()
    qtbot.waitUntil(lambda: not window.findChildren(QMessageBox))
    QTimer.singleShot(0, wrong)
    qtbot.waitUntil(lambda: 1 == len(window.findChildren(QMessageBox)))
    window.findChildren(QMessageBox)[0].accept()
