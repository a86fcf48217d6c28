"""Make the pictures of docs/pictures from the real program.

Rules:

* A picture is what the program itself draws: its windows, walked through a practice cluster.
* Everything is pictured in every *variant*: language, scheme, scale, size of the screen.
* An act of a variant is a process of its own, with a home of its own: Qt reads language and scale
  once, and what one remembers the other must not see.
* Qt's offscreen platform draws them, so that no frame, no pointer and no desktop gets into them.

Usage: ``make pictures`` makes those of the documents.
``.venv/bin/python -m tools.pictures --into DIR`` makes all that there are, also at 200 % and on a
small screen, to be looked at; ``--help`` says more.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_ROOT = Path(__file__).parents[2]
FOLDER = _ROOT / "docs" / "pictures"
_ACT, _VARIANT, _INTO = "CTLKIT_PICTURES_ACT", "CTLKIT_PICTURES_VARIANT", "CTLKIT_PICTURES_INTO"
_ROOM = (1280, 800)
_USUAL = ("propagateSizeHints", "not accepted by receiving widget")


@dataclass(frozen=True, slots=True)
class Variant:
    """How the window is shown.

    Attributes:
        language: ``en`` or ``zh_CN``.
        scheme: ``light`` or ``dark``.
        percent: the scale of the screen.
        size: width and height of a small screen, which the window fills; None for the program's
            own choice on a usual one.
    """

    language: str
    scheme: str
    percent: int = 100
    size: tuple[int, int] | None = None

    @property
    def name(self) -> str:
        """The folder of its pictures."""
        if self.size is not None:
            return f"{self.language}-{self.scheme}-{self.size[0]}x{self.size[1]}"
        return f"{self.language}-{self.scheme}" + (f"-{self.percent}" if self.percent > 100 else "")


_BOTH = [(language, scheme) for language in ("en", "zh_CN") for scheme in ("light", "dark")]
DOCUMENTED = tuple(Variant(language, scheme) for language, scheme in _BOTH)
"""Those whose pictures stand in the documents."""

LOOKED_AT = (
    *(Variant(language, scheme, 200) for language, scheme in _BOTH),
    *(Variant(language, "light", size=(1024, 600)) for language in ("en", "zh_CN")),
)
"""Those that are made to be looked at."""


def make(act: str, variant: Variant, into: Path) -> None:
    """Make the pictures of an act in this process, which serves no other."""
    from PyQt6.QtCore import Qt, qInstallMessageHandler
    from tools.pictures.scenes import ACTS
    from tools.pictures.stage import Stage

    from ctlkit_gui.qt import app, theme
    from ctlkit_gui.qt.window import Window

    qInstallMessageHandler(_complain)
    application = app.make_application()
    schemes = {"light": Qt.ColorScheme.Light, "dark": Qt.ColorScheme.Dark}
    theme.use(application, schemes[variant.scheme])

    def open_window() -> Window:
        window = app.make_window()
        if variant.size is not None:
            window.resize(*variant.size)
        window.show()
        return window

    stage = Stage(application, open_window, into, Path.home(), not into.is_relative_to(FOLDER))
    try:
        ACTS[act](stage)
    finally:
        stage.window.finish()


def _complain(_kind: object, _context: object, text: str | None) -> None:
    """Pass on what Qt complains of, but for what it always does offscreen and of typed keys."""
    if text and not any(part in text for part in _USUAL):
        print(text, file=sys.stderr)


@contextmanager
def _home() -> Iterator[Path]:
    """Make a home folder whose path says nothing, and remove it.

    Raises:
        SystemExit: it is there already.
    """
    home = Path(tempfile.gettempdir()) / "ctlkit-pictures"
    try:
        home.mkdir(mode=0o700)
    except FileExistsError:
        sys.exit(f"{home} is there: pictures are being made, or were broken off; then remove it")
    try:
        yield home
    finally:
        shutil.rmtree(home)


def make_elsewhere(act: str, variant: Variant, into: Path) -> None:
    """Make the pictures of an act in a process of its own."""
    with _home() as home:
        (home / "tokens").mkdir()
        (home / "softhsm2.conf").write_text(f"directories.tokendir = {home / 'tokens'}\n")
        (home / "screen.json").write_text(_screen(variant))
        environ = {
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "TMPDIR": str(home),
            "TZ": "UTC",
            "SOFTHSM2_CONF": str(home / "softhsm2.conf"),
            "LANG": f"{variant.language}.UTF-8".replace("en.", "C."),
            "LANGUAGE": variant.language,
            "QT_QPA_PLATFORM": f"offscreen:configfile={home / 'screen.json'}",
            "QT_SCALE_FACTOR": str(variant.percent / 100),
            "PYTHONPATH": str(_ROOT),
            _ACT: act,
            _VARIANT: variant.name,
            _INTO: str(into),
        }
        command = [sys.executable, "-m", "tools.pictures"]
        # In its home paths are short, and say nothing of this computer.
        subprocess.run(command, env=environ, cwd=home, check=True)


def _screen(variant: Variant) -> str:
    """Return the screen, as Qt's offscreen platform reads it."""
    width, height = variant.size or _ROOM
    screen = {"name": "screen", "x": 0, "y": 0, "width": width, "height": height}
    return json.dumps({"screens": [screen | {"logicalDpi": 96, "logicalBaseDpi": 96, "dpr": 1}]})


def main() -> None:
    """Make the pictures of the variants that are named, of all where none is."""
    variants = {variant.name: variant for variant in (*DOCUMENTED, *LOOKED_AT)}
    if _ACT in os.environ:
        make(os.environ[_ACT], variants[os.environ[_VARIANT]], Path(os.environ[_INTO]))
        return
    parser = argparse.ArgumentParser(description="Make pictures of the wizard.")
    parser.add_argument("--into", type=Path, metavar="DIR", help="another folder; made if missing")
    parser.add_argument("--act", action="append", help="one walk alone; repeatable")
    parser.add_argument("variant", nargs="*", metavar="VARIANT", help=", ".join(variants))
    asked = parser.parse_args()
    unknown = set(asked.variant) - set(variants)
    if unknown:
        parser.error(f"no such variant: {', '.join(sorted(unknown))}")
    usual = variants if asked.into else [variant.name for variant in DOCUMENTED]
    from tools.pictures.scenes import ACTS

    for name in asked.variant or usual:
        print(name, flush=True)
        folder = ((asked.into or FOLDER) / name).absolute()
        folder.mkdir(parents=True, exist_ok=True)
        for act in asked.act or ACTS:
            make_elsewhere(act, variants[name], folder)


if __name__ == "__main__":
    main()
