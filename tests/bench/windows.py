"""How long it takes until the wizard's window is painted, and a bare dialog of PyQt6.

Rules:

* Both are whole processes under an X server, from being started to what was painted having reached
  the server: what a person waits for. A platform without a display would leave out the half of it
  that any window costs.
* Elapsed time, because a part of it is the server's.
* Nothing is remembered from one start to the next, and no developer's settings are seen.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

__all__ = ["UNDER_X", "fresh_environment", "measure_windows"]

UNDER_X = ("xvfb-run", "--auto-servernum", "--server-args=-screen 0 1280x800x24 -nolisten tcp")
"""Runs a program under an X server of its own."""

_PROGRAM = Path(__file__).with_name("first_window.py")
_KINDS = ("ctlkit", "bare")
_FOLDERS = ("XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME")


def fresh_environment(home: Path) -> dict[str, str]:
    """Return the environment of a window that a person opens for the first time, in English."""
    given = {name: text for name, text in os.environ.items() if name not in _UNSEEN}
    folders = {name: str(home / name.lower()) for name in _FOLDERS}
    return {**given, **folders, "HOME": str(home), "LC_ALL": "C.UTF-8", "QT_QPA_PLATFORM": "xcb"}


_UNSEEN = frozenset({"PYTHONDONTWRITEBYTECODE", "LANGUAGE", "WAYLAND_DISPLAY"})
"""Installed packages come compiled; both sides are measured so."""


def measure_windows(rounds: int) -> tuple[list[float], list[float]]:
    """Return the seconds of each round until the wizard was painted, and the bare dialog."""
    with tempfile.TemporaryDirectory(prefix="ctlkit-bench-") as name:
        done = subprocess.run(
            [*UNDER_X, sys.executable, "-m", __spec__.name, str(rounds)],
            env=fresh_environment(Path(name)),
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
    ours, bare = json.loads(done.stdout)
    return ours, bare


def _until_painted(kind: str) -> float:
    """Open a window and return the seconds until it was painted."""
    begin = time.perf_counter()
    words = [sys.executable, str(_PROGRAM), kind]
    with subprocess.Popen(words, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        seconds = time.perf_counter() - begin
    if not line or process.returncode:
        raise SystemExit(f"no window was painted: {kind}")
    return seconds


def main() -> None:
    """Measure on the display that there is, in turn; the first round does not count."""
    pairs = [[_until_painted(kind) for kind in _KINDS] for _ in range(int(sys.argv[1]) + 1)]
    print(json.dumps(list(zip(*pairs[1:], strict=True))))


if __name__ == "__main__":
    main()
