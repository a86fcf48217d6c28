"""What every test may ask for: the command, run as a user runs it, and a terminal.

Rules:

* A command runs in a process of its own, with an environment made from nothing: no variable of
  the developer's, no configuration and no home but those under ``tmp_path``.
* The only token store is the one that a fixture of the test made, or else an empty one.
* Nothing it prints may ever hold a traceback or the PIN of the test tokens. Both are looked for
  after every run, whatever the test itself asks.

The types are imported by tests under ``TYPE_CHECKING`` from ``tests.conftest``.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import subprocess
import sys
import termios
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import pytest
from hypothesis import settings

REPOSITORY = Path(__file__).resolve().parents[1]
COMMAND = Path(sys.executable).with_name("ctlkit")

_NEVER_PRINTED = (b"Traceback", b"Cisco123")
_WINDOW = (40, 120)
# Takes its standard input as the controlling terminal, then becomes the command.
_BECOME_TERMINAL = (
    "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0);"
    "os.execv(sys.argv[1], sys.argv[1:])"
)

# From here on a store that the environment names is a fixture's, never the developer's.
os.environ.pop("SOFTHSM2_CONF", None)

# Time limits of single examples depend on what else the machine does.
settings.register_profile("laptop", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "laptop")


@dataclass(frozen=True, slots=True)
class Result:
    """What one run of the command left: its exit status and its two outputs."""

    status: int
    stdout: str
    stderr: str

    def json(self) -> Any:
        """Return the one object that ``--json`` promises on standard output."""
        answer = json.loads(self.stdout)
        assert isinstance(answer, dict)
        return answer

    def json_lines(self) -> list[Any]:
        """Return the objects of a command that writes one a line."""
        return [json.loads(line) for line in self.stdout.splitlines()]


@dataclass(frozen=True, slots=True)
class TerminalResult:
    """What one run on a terminal left: its exit status and all that was shown."""

    status: int
    output: str


class RunCtlkit(Protocol):
    """Runs ``ctlkit ARGUMENTS`` and returns when it has ended."""

    def __call__(
        self,
        *arguments: str | Path,
        env: Mapping[str, str] | None = None,
        stdin: str | None = None,
        cwd: Path | None = None,
        pass_fds: Sequence[int] = (),
        timeout: float = 60,
    ) -> Result:
        """Run it with ``env`` on top of the clean environment; no input unless ``stdin``."""
        ...


class RunTerminal(Protocol):
    """Runs ``ctlkit ARGUMENTS`` on a terminal and answers its questions."""

    def __call__(
        self,
        *arguments: str | Path,
        answers: Sequence[tuple[str, str]] = (),
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        newline: bool = True,
        timeout: float = 60,
    ) -> TerminalResult:
        """Type the line of each (question, line) once the question was shown, in this order.

        Without ``newline`` Enter is not pressed behind what is typed.
        """
        ...


@pytest.fixture
def clean_env(tmp_path: Path) -> dict[str, str]:
    """Give a command's whole environment: a home of its own and an empty SoftHSM store."""
    home = tmp_path / "home"
    store = home / "no-tokens"
    store.mkdir(parents=True)
    configuration = home / "softhsm2.conf"
    configuration.write_text(f"directories.tokendir = {store}\nobjectstore.backend = file\n")
    measured = {name: value for name, value in os.environ.items() if name.startswith("COVERAGE_")}
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "XDG_CACHE_HOME": str(home / "cache"),
        "XDG_CONFIG_HOME": str(home / "config"),
        "XDG_DATA_HOME": str(home / "data"),
        "XDG_STATE_HOME": str(home / "state"),
        "SOFTHSM2_CONF": str(configuration),
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        **measured,
    }


@pytest.fixture
def run_ctlkit(clean_env: dict[str, str], tmp_path: Path) -> RunCtlkit:
    """Run the command with its outputs in pipes; by default in ``tmp_path``."""

    def run(
        *arguments: str | Path,
        env: Mapping[str, str] | None = None,
        stdin: str | None = None,
        cwd: Path | None = None,
        pass_fds: Sequence[int] = (),
        timeout: float = 60,
    ) -> Result:
        done = subprocess.run(
            [COMMAND, *arguments],
            env=clean_env | _store_of_the_test() | dict(env or {}),
            cwd=cwd or tmp_path,
            stdin=subprocess.DEVNULL if stdin is None else None,
            input=None if stdin is None else stdin.encode(),
            capture_output=True,
            pass_fds=pass_fds,
            timeout=timeout,
            check=False,
        )
        _refuse_what_is_never_printed(done.stdout + done.stderr)
        return Result(done.returncode, done.stdout.decode(), done.stderr.decode())

    return run


@pytest.fixture
def run_pty(clean_env: dict[str, str], tmp_path: Path) -> RunTerminal:
    """Run the command on a pseudo-terminal that is its controlling one."""

    def run(
        *arguments: str | Path,
        answers: Sequence[tuple[str, str]] = (),
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        newline: bool = True,
        timeout: float = 60,
    ) -> TerminalResult:
        end = "\n" if newline else ""
        typed = [(question, f"{line}{end}") for question, line in answers]
        terminal_env = {"TERM": "xterm-256color"}
        keyboard, terminal = os.openpty()
        with contextlib.ExitStack() as cleanup:
            cleanup.callback(os.close, keyboard)
            try:
                termios.tcsetwinsize(terminal, _WINDOW)
                process = subprocess.Popen(
                    [sys.executable, "-I", "-S", "-c", _BECOME_TERMINAL, COMMAND, *arguments],
                    env=clean_env | terminal_env | _store_of_the_test() | dict(env or {}),
                    cwd=cwd or tmp_path,
                    stdin=terminal,
                    stdout=terminal,
                    stderr=terminal,
                    start_new_session=True,
                )
            finally:
                os.close(terminal)
            cleanup.enter_context(process)
            cleanup.callback(process.kill)
            shown = _converse(keyboard, typed, time.monotonic() + timeout)
            status = process.wait(timeout)
        _refuse_what_is_never_printed(shown)
        return TerminalResult(status, shown.decode().replace("\r\n", "\n"))

    return run


def _store_of_the_test() -> dict[str, str]:
    return {name: os.environ[name] for name in ("SOFTHSM2_CONF",) if name in os.environ}


def _converse(keyboard: int, answers: Sequence[tuple[str, str]], deadline: float) -> bytes:
    """Answer each question once it is shown, and return all that was shown until the end."""
    shown = bytearray()
    seen = 0
    for question, text in answers:
        while (at := shown.find(question.encode(), seen)) < 0:
            piece = _read(keyboard, deadline, shown)
            assert piece, f"never asked {question!r}, but showed:\n{shown.decode()}"
            shown += piece
        seen = at + len(question.encode())
        os.write(keyboard, text.encode())
    while piece := _read(keyboard, deadline, shown):
        shown += piece
    return bytes(shown)


def _read(keyboard: int, deadline: float, shown: bytearray) -> bytes:
    """Return what is shown next, nothing once the other side is closed."""
    ready, _, _ = select.select([keyboard], [], [], max(0.0, deadline - time.monotonic()))
    assert ready, f"it neither ended nor went on, having shown:\n{shown.decode()}"
    try:
        return os.read(keyboard, 65536)
    except OSError:  # Linux's word for a terminal that nobody holds open
        return b""


def _refuse_what_is_never_printed(output: bytes) -> None:
    for word in _NEVER_PRINTED:
        assert word not in output, f"printed {word!r}:\n{output.decode(errors='replace')}"


class Spilled(Protocol):
    """Looks for secrets in everything that a test left: its home, its folders, what it saved."""

    def __call__(self, *secrets: str) -> list[Path]:
        """Return the files that hold one of them."""
        ...


@pytest.fixture
def spilled(tmp_path: Path) -> Spilled:
    """Look for secrets below the folder of the test."""

    def search(*secrets: str) -> list[Path]:
        wanted = [
            secret.encode(encoding) for secret in secrets for encoding in ("utf-8", "utf-16-le")
        ]
        files = [path for path in sorted(tmp_path.rglob("*")) if path.is_file()]
        assert files
        return [path for path in files if any(item in path.read_bytes() for item in wanted)]

    return search
