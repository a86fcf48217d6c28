#!/usr/bin/env python3
"""Make the pictures of docs/pictures from the real program.

Rules:

* A picture is what the program itself draws: its window, walked through a practice cluster.
* A *scene* brings the window from where the scene before it ended to what is to be seen; they run
  in the order in which they stand here. Each is pictured in every *variant*: language, scheme,
  scale, size.
* A variant is a process of its own, with a home of its own: Qt reads language and scale once.
* Qt's offscreen platform draws them, so that no frame, no pointer and no desktop gets into them.

Usage: ``make pictures``, or ``.venv/bin/python tools/pictures.py [VARIANT...]``; pictures that are
there already are written again.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PyQt6.QtWidgets import QApplication, QDialog, QWidget

FOLDER = Path(__file__).parents[1] / "docs" / "pictures"
SECONDS = 60.0
_CHILD = "CTLKIT_PICTURES_VARIANT"


@dataclass(frozen=True, slots=True)
class Variant:
    """How the window is shown.

    Attributes:
        language: ``en`` or ``zh_CN``.
        scheme: ``light`` or ``dark``.
        percent: the scale of the screen.
        size: the window's width and height in pixels of 100 %; None for the program's own choice.
    """

    language: str
    scheme: str
    percent: int = 100
    size: tuple[int, int] | None = None

    @property
    def name(self) -> str:
        """The folder of its pictures."""
        form = f"{self.size[0]}x{self.size[1]}" if self.size else f"{self.percent}"
        return f"{self.language}-{self.scheme}-{form}"


VARIANTS = (
    *(
        Variant(language, scheme, percent)
        for language in ("en", "zh_CN")
        for scheme in ("light", "dark")
        for percent in (100, 200)
    ),
    *(Variant(language, "light", size=(1024, 600)) for language in ("en", "zh_CN")),
)


@dataclass(frozen=True, slots=True)
class Stage:
    """The program while its pictures are made: what a scene works with."""

    application: QApplication
    window: QDialog

    def wait(self, what: str, happens: Callable[[], bool]) -> None:
        """Let the program go on until something happened.

        Raises:
            TimeoutError: it did not; ``what`` says what was waited for.
        """
        end = time.monotonic() + SECONDS
        while not happens():
            if time.monotonic() > end:
                raise TimeoutError(f"waited in vain: {what}")
            self.application.processEvents()
            time.sleep(0.01)

    def press(self, key: str) -> None:
        """Press a key as a person does, ``Alt+N`` or ``Return``, where the window listens now."""
        from PyQt6.QtGui import QKeySequence
        from PyQt6.QtTest import QTest

        # PyQt6's stubs take the functions of QTest for methods.
        QTest.keySequence(self._listening(), QKeySequence(key))  # type: ignore[call-overload]

    def type(self, text: str) -> None:
        """Type a text where the window listens now."""
        from PyQt6.QtTest import QTest

        QTest.keyClicks(self._listening(), text)  # type: ignore[call-arg, arg-type]

    def picture(self, path: Path) -> None:
        """Save the window, or the dialog before it, once it has drawn itself."""
        self.application.processEvents()
        shown = self.application.activeModalWidget() or self.window
        if not shown.grab().save(str(path)):
            raise OSError(f"{path} cannot be written")

    def _listening(self) -> QWidget:
        return self.application.focusWidget() or self.window


Scene = Callable[[Stage], None]
SCENES: dict[str, Scene] = {}


def scene(name: str) -> Callable[[Scene], Scene]:
    """Enter a function as the scene of this name; the name is the picture's."""

    def enter(function: Scene) -> Scene:
        SCENES[name] = function
        return function

    return enter


@scene("01-server")
def server(_stage: Stage) -> None:
    """The window as it opens."""


def make(variant: Variant) -> None:
    """Make the pictures of a variant in this process, which serves no other."""
    from PyQt6.QtCore import Qt

    from ctlkit_gui.qt import app, theme

    application = app.make_application()
    schemes = {"light": Qt.ColorScheme.Light, "dark": Qt.ColorScheme.Dark}
    theme.use(application, schemes[variant.scheme])
    window = app.make_window()
    if variant.size is not None:
        window.resize(*variant.size)
    window.show()
    window.activateWindow()
    stage = Stage(application, window)
    folder = FOLDER / variant.name
    folder.mkdir(parents=True, exist_ok=True)
    for name, play in SCENES.items():
        play(stage)
        stage.picture(folder / f"{name}.png")
    window.close()


def make_elsewhere(variant: Variant) -> None:
    """Make the pictures of a variant in a process of its own."""
    with tempfile.TemporaryDirectory(prefix="ctlkit-pictures-") as home:
        environ = {
            "PATH": os.environ["PATH"],
            "HOME": home,
            "LANG": f"{variant.language}.UTF-8".replace("en.", "C."),
            "LANGUAGE": variant.language,
            "QT_QPA_PLATFORM": "offscreen",
            "QT_SCALE_FACTOR": str(variant.percent / 100),
            _CHILD: variant.name,
        }
        subprocess.run([sys.executable, __file__], env=environ, check=True)


def main() -> None:
    """Make the pictures of the variants that are named, of all where none is."""
    variants = {variant.name: variant for variant in VARIANTS}
    if _CHILD in os.environ:
        make(variants[os.environ[_CHILD]])
        return
    unknown = set(sys.argv[1:]) - set(variants)
    if unknown:
        sys.exit(f"no such variant: {', '.join(sorted(unknown))}; there are {', '.join(variants)}")
    for name in sys.argv[1:] or variants:
        print(name)
        make_elsewhere(variants[name])


if __name__ == "__main__":
    main()
