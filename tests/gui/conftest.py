"""What the tests of the window share: Qt without a screen, an X server with a keyboard, tokens.

Rules:

* Windows that a test makes itself live on Qt's offscreen platform. What Qt warns of fails the test
  (``qt_log_level_fail`` in pyproject.toml).
* The whole program runs under an X server of the test's own: its display number is one that the
  server finds free, nobody gets in without its cookie, there is no window manager, and it ends
  with the test. Keys go to the display, as from a keyboard, never to a widget.
* Nothing of the developer's settings is seen, and nothing of the test's is left. The language is
  English, whatever the developer speaks, until a test chooses another.
* Tokens are SoftHSM's behind the fault module, which takes them out and puts them in by its plan.
* Waiting is for something: a condition with a limit that only a broken program reaches.

The types are imported by tests under ``TYPE_CHECKING`` from ``tests.gui.conftest``.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import select
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TextIO

import pytest

from softhsm_fixtures import (
    DEFAULT_PIN,
    FIRST_NAME,
    SECOND_NAME,
    CertificateSpec,
    etoken,
    make_certificate,
)
from softhsm_fixtures.faults import FaultPlan

if TYPE_CHECKING:
    from PyQt6.QtGui import QWindow

    from softhsm_fixtures.faults import FaultModule
    from softhsm_fixtures.plugin import MakeFaultModule, MakeStore

# Read when the application is made, once in a process.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["LANG"] = "C.UTF-8"
for _name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES"):
    os.environ.pop(_name, None)

PROGRAM = Path(sys.executable).with_name("ctlkit-wizard")
SECONDS = 30.0
_THIRD = "SAST-ADN00c0ffee"
_STRANGER = "SAST-ADN00a00001"
_TOKENS = (FIRST_NAME, SECOND_NAME, _THIRD, _STRANGER)
_WRONG = "marker-wrong-pin-4711"
_FOLDERS = ("XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME")
_GRAB = (
    "import sys; from PyQt6.QtGui import QGuiApplication;"
    "application = QGuiApplication(sys.argv[:1]);"
    "grabbed = application.primaryScreen().grabWindow(0).save(sys.argv[1]);"
    "sys.exit(not grabbed)"
)
_PASTE = """
import sys
from PyQt6.QtGui import QGuiApplication

def paste():
    if not clipboard.ownsClipboard():
        sys.stdout.write(clipboard.text())
        application.quit()

application = QGuiApplication(sys.argv[:1])
clipboard = application.clipboard()
clipboard.setText("nothing was copied yet")
clipboard.dataChanged.connect(paste)
print("ready", flush=True)
application.exec()
"""


@pytest.fixture(autouse=True)
def own_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep what a window remembers, and where ctlkit looks for its files, under ``tmp_path``."""
    from PyQt6.QtCore import QSettings

    home = tmp_path / "home"
    for name in _FOLDERS:
        monkeypatch.setenv(name, str(home / name.removeprefix("XDG_").lower()))
    monkeypatch.setenv("HOME", str(home))
    for kind in (QSettings.Format.NativeFormat, QSettings.Format.IniFormat):
        QSettings.setPath(kind, QSettings.Scope.UserScope, str(home / "config_home"))
    return home


@pytest.fixture(autouse=True)
def _no_window_outlives_its_test() -> Iterator[None]:
    """Fail the test that leaves a window, which would take the focus from those after it."""
    before = _windows()
    yield
    left = [window for window in _windows() if window not in before]
    assert [] == [(window.title(), window.objectName(), window.isVisible()) for window in left]


def _windows() -> list[QWindow]:
    """Return the windows that there are, once what is to be deleted later is gone."""
    from PyQt6.QtCore import QCoreApplication, QEvent
    from PyQt6.QtGui import QGuiApplication

    if QCoreApplication.instance() is None:
        return []
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    QCoreApplication.processEvents()
    return QGuiApplication.topLevelWindows()


def wait_until(what: str, happens: Callable[[], bool], seconds: float = SECONDS) -> None:
    """Return once ``happens`` returns True; ``what`` names it where it never does."""
    end = time.monotonic() + seconds
    while not happens():
        assert time.monotonic() < end, f"waited in vain: {what}"
        time.sleep(0.02)


@dataclass(frozen=True, slots=True)
class Display:
    """An X server of the test's own.

    Attributes:
        name: ``:99`` for instance.
        env: what a program needs to use it.
    """

    name: str
    env: Mapping[str, str]

    def press(self, *keys: str) -> None:
        """Press keys one after the other, named as xdotool does: ``alt+n``, ``Return``."""
        self._xdotool("key", "--clearmodifiers", *keys)

    def type(self, text: str) -> None:
        """Type a text of ASCII characters."""
        assert text.isascii()
        self._xdotool("type", "--clearmodifiers", "--file", "-", given=text)

    def titles(self) -> list[str]:
        """Return the titles of the windows that are shown."""
        found = self._xdotool("search", "--onlyvisible", "--name", ".", fails=True).split()
        return [self._xdotool("getwindowname", each, fails=True).strip() for each in found]

    def active_title(self) -> str:
        """Return the title of the window that gets the keys, nothing where none does."""
        return self._xdotool("getwindowfocus", "getwindowname", fails=True).strip()

    def wait_for(self, title: str) -> None:
        """Return once a window whose title holds this text gets the keys."""
        wait_until(f"a window {title!r}", lambda: title in self.active_title())

    def screenshot(self, path: Path) -> Path:
        """Save the whole screen as PNG."""
        with self._qt(_GRAB, path) as grabbing:
            assert 0 == grabbing.wait(SECONDS)
        return path

    def copied(self, *keys: str) -> str:
        """Press keys that copy something, and return what was copied."""
        with self._qt(_PASTE) as pasting:
            try:
                assert pasting.stdout is not None
                assert "ready\n" == pasting.stdout.readline()
                self.press(*keys)
                return pasting.communicate(timeout=SECONDS)[0]
            finally:
                pasting.kill()

    def _qt(self, program: str, *words: str | Path) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-c", program, *words],
            env={**self.env, "QT_QPA_PLATFORM": "xcb"},
            stdout=subprocess.PIPE,
            text=True,
        )

    def _xdotool(self, *words: str, given: str = "", fails: bool = False) -> str:
        done = subprocess.run(
            ["xdotool", *words],
            env=dict(self.env),
            input=given,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        assert fails or not done.returncode, done.stderr
        return done.stdout


class MakeDisplay(Protocol):
    """Starts an X server with a screen of this size, in pixels."""

    def __call__(self, width: int = 1280, height: int = 800) -> Display:
        """Return it once it answers."""
        ...


@pytest.fixture
def make_display(clean_env: dict[str, str], tmp_path: Path) -> Iterator[MakeDisplay]:
    """Start X servers, each with a cookie of its own, and end them with the test."""
    with contextlib.ExitStack() as cleanup:

        def make(width: int = 1280, height: int = 800) -> Display:
            cookie = secrets.token_hex(16)
            authority = tmp_path / f"xauthority-{cookie[:8]}"
            authority.touch(mode=0o600)
            _add_cookie(authority, ":0", cookie)
            said, says = os.pipe()
            with os.fdopen(said, encoding="ascii") as answer:
                try:
                    server = subprocess.Popen(
                        [
                            *("Xvfb", "-displayfd", str(says), "-auth", authority),
                            *("-screen", "0", f"{width}x{height}x24", "-noreset"),
                            *("-nolisten", "tcp"),
                        ],
                        env=clean_env,
                        pass_fds=(says,),
                        stdout=subprocess.DEVNULL,
                        stderr=subprocess.DEVNULL,
                    )
                finally:
                    os.close(says)
                cleanup.enter_context(server)
                cleanup.callback(server.terminate)
                name = f":{_number(answer)}"
            _add_cookie(authority, name, cookie)
            env = {**clean_env, "DISPLAY": name, "XAUTHORITY": str(authority)}
            return Display(name, env)

        yield make


def _add_cookie(authority: Path, name: str, cookie: str) -> None:
    """Let in who has the cookie; it is given on standard input, where no one else reads it."""
    subprocess.run(
        ["xauth", "-q", "-f", authority, "source", "-"],
        input=f"add {name} MIT-MAGIC-COOKIE-1 {cookie}\n",
        text=True,
        check=True,
        timeout=SECONDS,
    )


def _number(answer: TextIO) -> int:
    """Read the number of the display that the server chose, which it tells once it answers.

    The whole line is read: the server dies of a pipe that is closed before it has written it.
    """
    ready, _, _ = select.select([answer], [], [], SECONDS)
    assert ready, "Xvfb does not start"
    line = answer.readline()
    assert line, "Xvfb ended at once"
    return int(line)


@pytest.fixture
def display(make_display: MakeDisplay) -> Display:
    """Start an X server with a screen of 1280 by 800."""
    return make_display()


@dataclass(frozen=True, slots=True)
class Wizard:
    """The program, running: its display and its process."""

    display: Display
    process: subprocess.Popen[str]

    def sees(self, step: str) -> None:
        """Return once a window of this name gets the keys; one that is busy has a longer name."""

        def shown() -> bool:
            assert self.process.poll() is None, "the program has ended"
            return self.display.active_title() == f"{step} \N{EM DASH} ctlkit"

        wait_until(f"the window {step!r}", shown)

    def finish(self, seconds: float = SECONDS) -> int:
        """Return the exit status once the program has ended by itself; it must not complain."""
        _, complaints = self.process.communicate(timeout=seconds)
        assert "" == complaints
        return self.process.returncode


class StartWizard(Protocol):
    """Starts the program under a display."""

    def __call__(
        self, *arguments: str, env: Mapping[str, str] | None = None, on: Display | None = None
    ) -> Wizard:
        """Return once its window gets the keys; ``env`` stands on top of the clean environment."""
        ...


@pytest.fixture
def start_wizard(make_display: MakeDisplay, clean_env: dict[str, str]) -> Iterator[StartWizard]:
    """Run ``ctlkit-wizard`` as a user does; what still runs at the end is ended.

    The tokens are those of the test's own SoftHSM store, if it has one.
    """
    with contextlib.ExitStack() as cleanup:

        def start(
            *arguments: str, env: Mapping[str, str] | None = None, on: Display | None = None
        ) -> Wizard:
            display = on or make_display()
            store = {key: os.environ[key] for key in ("SOFTHSM2_CONF",) if key in os.environ}
            process = subprocess.Popen(
                [PROGRAM, *arguments],
                env={**display.env, **store, **(env or {})},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                text=True,
            )
            cleanup.enter_context(process)
            cleanup.callback(process.kill)
            wizard = Wizard(display, process)
            wait_until("the window", lambda: _is_open(wizard))
            return wizard

        yield start


def _is_open(wizard: Wizard) -> bool:
    if wizard.process.poll() is not None:
        _, complaints = wizard.process.communicate()
        pytest.fail(f"it ended with status {wizard.process.returncode}:\n{complaints}")
    return bool(wizard.display.active_title())


@dataclass(slots=True)
class Desk:
    """Four tokens and one computer: which of them are plugged in."""

    module: FaultModule
    plugged: set[str] = field(default_factory=set)
    first: str = FIRST_NAME
    second: str = SECOND_NAME
    third: str = _THIRD
    stranger: str = _STRANGER
    right_pin: str = DEFAULT_PIN
    wrong_pin: str = _WRONG

    def plug(self, *labels: str) -> None:
        """Plug these in, and no other."""
        self.plugged = set(labels)
        self.follow(FaultPlan())

    def follow(self, plan: FaultPlan) -> None:
        """Let something else go wrong as well."""
        for label in _TOKENS:
            if label not in self.plugged:
                plan = plan.remove(label)
        self.module.set(plan)


@pytest.fixture
def desk(make_softhsm_store: MakeStore, fault_module: MakeFaultModule) -> Desk:
    """Four eTokens, none of them plugged in."""
    make_softhsm_store(*map(etoken, _TOKENS))
    made = Desk(fault_module())
    made.plug()
    return made


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty folder for lists."""
    path = tmp_path / "tftp"
    path.mkdir()
    return path


@pytest.fixture
def publisher(tmp_path: Path) -> Path:
    """The publisher's certificate as a file."""
    subject = "L=Krakow,ST=Malopolska,CN=cucm-1051-a-pub,OU=TAC,O=Cisco,C=PL"
    path = tmp_path / "publisher.pem"
    path.write_bytes(make_certificate(CertificateSpec(subject=subject)).pem)
    return path
