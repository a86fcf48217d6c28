"""Whether a window can open: each thing that keeps it from opening is one sentence and a remedy."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ctlkit.errors import CtlkitError
from ctlkit_gui.qt import startup

if TYPE_CHECKING:
    from tests.gui.conftest import Display, StartWizard

TOKENS = Path(__file__).parents[1] / "data" / "lists" / "tokens-5728.tlv"
PROGRAM = Path(sys.executable).with_name("ctlkit-wizard")
# What is installed cannot be taken away, so it is hidden from the import system.
HIDE = "import sys; sys.modules[sys.argv[1]] = None"
THE_PROGRAM = f"{HIDE}; del sys.argv[1:]; from ctlkit._cli.wizard import main; main()"
THE_COMMAND = f"{HIDE}; from ctlkit._cli import main; main(['wizard'])"


def _run(*words: str | Path, env: Mapping[str, str]) -> tuple[int, list[str]]:
    """Run a program that must end by itself; its status and the lines of its complaint."""
    done = subprocess.run(
        words, env=dict(env), capture_output=True, text=True, timeout=60, check=False
    )
    assert "" == done.stdout
    return done.returncode, done.stderr.splitlines()


def _break(folder: Path, library: str) -> dict[str, str]:
    """Put a file that is no library where the loader looks first."""
    folder.mkdir()
    (folder / library).write_text("no library")
    return {"LD_LIBRARY_PATH": str(folder)}


def test_without_a_display(clean_env: dict[str, str]) -> None:
    """The program says that there is none, and what to do, and ends with status 1."""
    status, complaint = _run(PROGRAM, env=clean_env)
    assert (1, 2) == (status, len(complaint))
    assert "ctlkit: neither DISPLAY nor WAYLAND_DISPLAY is set" in complaint[0]
    assert "Start the window in a graphical session." in complaint[1]


def test_a_display_that_does_not_answer(clean_env: dict[str, str]) -> None:
    """One that is named and is not there is told with its name; Qt does not abort."""
    status, complaint = _run(PROGRAM, env={**clean_env, "DISPLAY": ":63999"})
    assert (1, 2) == (status, len(complaint))
    assert "the display :63999 cannot be used" in complaint[0]


def test_a_display_that_lets_us_not_in(display: Display, tmp_path: Path) -> None:
    """Without its cookie it cannot be used; below the server's own words xauth is named."""
    env = {**display.env, "XAUTHORITY": str(tmp_path / "none")}
    status, complaint = _run(PROGRAM, env=env)
    assert 1 == status
    assert f"the display {display.name} cannot be used" in complaint[-2]
    assert "xauth" in complaint[-1]


@pytest.mark.parametrize(
    ("library", "package"),
    [("libxcb-cursor.so.0", "libxcb-cursor0"), ("libEGL.so.1", "libegl1")],
    ids=["the plugin's", "Qt's own"],
)
def test_a_library_that_is_missing(
    display: Display, tmp_path: Path, library: str, package: str
) -> None:
    """A library that the loader cannot load is named with the Debian package that brings it."""
    env = {**display.env, **_break(tmp_path / "broken", library)}
    status, complaint = _run(PROGRAM, env=env)
    assert (1, 2) == (status, len(complaint))
    assert library in complaint[0]
    assert f"sudo apt install {package}." in complaint[1]


def test_a_part_of_qt_that_is_missing(display: Display) -> None:
    """What no package of the system brings is named, and Qt is to be installed again."""
    words = (sys.executable, "-c", THE_PROGRAM, "PyQt6.QtGui")
    status, complaint = _run(*words, env=display.env)
    assert (1, 2) == (status, len(complaint))
    assert "PyQt6.QtGui" in complaint[0]
    assert "pip install --force-reinstall 'ctlkit[gui]'" in complaint[1]


@pytest.mark.parametrize("code", [THE_PROGRAM, THE_COMMAND], ids=["program", "command"])
def test_without_qt(clean_env: dict[str, str], code: str) -> None:
    """Where PyQt6 is not installed both commands say how to install it."""
    status, complaint = _run(sys.executable, "-c", code, "PyQt6", env=clean_env)
    assert (1, 2) == (status, len(complaint))
    assert "pip install 'ctlkit[gui]'" in complaint[1]


def test_all_is_well(display: Display, monkeypatch: pytest.MonkeyPatch) -> None:
    """Under a display that lets us in nothing keeps the window from opening."""
    monkeypatch.delenv("QT_QPA_PLATFORM")
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    for name in ("DISPLAY", "XAUTHORITY"):
        monkeypatch.setenv(name, display.env[name])
    startup.check()


@pytest.mark.parametrize("system", ["win32", "darwin"])
def test_other_systems_name_no_display(system: str) -> None:
    """On Windows and macOS no variable has to name a display."""
    startup.check({}, system)


def test_a_platform_without_a_display_needs_none() -> None:
    """Who names Qt's offscreen platform is not asked for a display."""
    startup.check({"QT_QPA_PLATFORM": "offscreen"}, "linux")


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, ()),
        ({"DISPLAY": ":1"}, ("xcb",)),
        ({"WAYLAND_DISPLAY": "wayland-0"}, ("wayland",)),
        ({"DISPLAY": ":1", "WAYLAND_DISPLAY": "wayland-0"}, ("wayland", "xcb")),
        ({"DISPLAY": "", "WAYLAND_DISPLAY": ""}, ()),
        ({"QT_QPA_PLATFORM": "xcb"}, ()),
        ({"QT_QPA_PLATFORM": "xcb:name=x", "DISPLAY": ":1"}, ("xcb",)),
        ({"QT_QPA_PLATFORM": "wayland;xcb", "DISPLAY": ":1"}, ("xcb",)),
        ({"QT_QPA_PLATFORM": "offscreen:size=1x1"}, ("offscreen",)),
    ],
)
def test_platforms_that_have_a_display(environ: dict[str, str], expected: tuple[str, ...]) -> None:
    """Of Qt's platforms those count whose display is named, or that need none."""
    assert expected == startup.platforms(environ)


def test_an_error_can_be_caught() -> None:
    """What keeps the window from opening is an error with a code, for the command line."""
    with pytest.raises(CtlkitError) as caught:
        startup.check({}, "linux")
    assert ("doctor-no-display", 1) == (caught.value.code, caught.value.status)


def test_a_file_that_is_named_is_shown(start_wizard: StartWizard) -> None:
    """Beside the window stands what is in it; both end with Ctrl-C in the terminal."""
    wizard = start_wizard(str(TOKENS))
    wizard.display.wait_for(TOKENS.name)
    assert 2 == len(wizard.display.titles())
    wizard.process.send_signal(signal.SIGINT)
    assert 0 == wizard.finish()
