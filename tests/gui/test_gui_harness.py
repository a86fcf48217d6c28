"""The harness of the window's tests: a display with a keyboard, the program under it, warnings."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PyQt6.QtCore import QLocale, QSettings
from PyQt6.QtGui import QGuiApplication, QImage

if TYPE_CHECKING:
    from tests.gui.conftest import Display, MakeDisplay, StartWizard

# Shows a line to type into, and prints what stands there when Return is pressed.
LINE = """
import sys
from PyQt6.QtWidgets import QApplication, QLineEdit
application = QApplication(sys.argv)
line = QLineEdit()
line.setWindowTitle("a line")
line.setStyleSheet("background: #ff0000")
line.returnPressed.connect(lambda: print(line.text()) or application.quit())
line.show()
line.activateWindow()
application.exec()
"""


def _line(display: Display) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", LINE], env=dict(display.env), stdout=subprocess.PIPE, text=True
    )


def test_keys_reach_the_window(display: Display) -> None:
    """What is typed and pressed on the display arrives in the window that is active there."""
    with _line(display) as program:
        display.wait_for("a line")
        display.type("Two eTokens, 2015: A&b")
        display.press("BackSpace", "shift+x", "Return")
        shown, _ = program.communicate(timeout=30)
    assert "Two eTokens, 2015: A&X\n" == shown


def test_what_is_copied_can_be_read(display: Display) -> None:
    """What a program copies when keys are pressed arrives, and not what was copied before."""
    with _line(display) as program:
        display.wait_for("a line")
        display.type("one")
        assert "one" == display.copied("ctrl+a", "ctrl+c")
        display.type("two")
        assert "two" == display.copied("ctrl+a", "ctrl+c")
        display.press("Return")
        program.communicate(timeout=30)


def test_each_display_is_its_own(make_display: MakeDisplay) -> None:
    """Two servers have two names, and a window of one is not on the other."""
    first, second = make_display(), make_display(1024, 600)
    assert first.name != second.name
    with _line(first) as program:
        first.wait_for("a line")
        assert (["a line"], []) == (first.titles(), second.titles())
        first.press("Return")
        program.communicate(timeout=30)


def test_a_display_lets_nobody_in_without_its_cookie(display: Display, tmp_path: Path) -> None:
    """A program that has only the display's name is refused."""
    done = subprocess.run(
        ["xdotool", "getactivewindow"],
        env={**display.env, "XAUTHORITY": str(tmp_path / "none")},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert 0 != done.returncode
    assert "open display" in done.stderr


def test_a_screenshot_is_the_whole_screen(make_display: MakeDisplay, tmp_path: Path) -> None:
    """It has the screen's size, and the window is on it."""
    display = make_display(1024, 600)
    with _line(display) as program:
        display.wait_for("a line")
        picture = QImage(str(display.screenshot(tmp_path / "screen.png")))
        display.press("Return")
        program.communicate(timeout=30)
    assert (1024, 600) == (picture.width(), picture.height())
    points = [(x, y) for x in range(0, 1024, 8) for y in range(0, 600, 8)]
    assert any("#ff0000" == picture.pixelColor(x, y).name() for x, y in points)


def test_the_program_runs_under_a_display(start_wizard: StartWizard) -> None:
    """It opens its window, takes the keys without a window manager, and ends with status 0."""
    wizard = start_wizard()
    assert 1 == len(wizard.display.titles())
    wizard.display.press("Escape")
    assert 0 == wizard.finish()


def test_windows_of_a_test_need_no_display(qapp: QGuiApplication) -> None:
    """Without a choice of the developer's they live on Qt's offscreen platform."""
    assert os.environ["QT_QPA_PLATFORM"] == qapp.platformName()


def test_the_system_speaks_english(qapp: QGuiApplication) -> None:
    """What the developer's system speaks does not reach a test."""
    assert QLocale.system().language() in {QLocale.Language.C, QLocale.Language.English}


def test_settings_are_the_tests_own(own_settings: Path) -> None:
    """What a window remembers lies under the test's own folder."""
    settings = QSettings("ctlkit", "wizard")
    settings.setValue("width", 1024)
    settings.sync()
    assert Path(settings.fileName()).is_relative_to(own_settings)
    assert Path(settings.fileName()).is_file()


FAILING = """
from PyQt6.QtCore import qWarning

def test_warning():
    qWarning(b"a warning of Qt's")
"""


def test_a_warning_of_qt_fails_a_test(tmp_path: Path, pytestconfig: pytest.Config) -> None:
    """A test in which Qt warns fails, by the project's own settings."""
    test = tmp_path / "test_it.py"
    test.write_text(FAILING)
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-c"),
            *(str(pytestconfig.inipath), "--rootdir", tmp_path, test),
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert 1 == done.returncode, done.stdout
    assert "a warning of Qt's" in done.stdout
