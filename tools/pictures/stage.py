"""The program while its pictures are made: its windows, a keyboard, and waiting.

Rules:

* Keys go where the program listens, as from a keyboard; nothing of a window is called or set,
  except what a mouse alone could do (dropping a file).
* Waiting is for something, with a limit that only a broken program reaches.
* A picture is kept with the few colours that a window has, which makes it a third as large.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QImage, QKeySequence
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QAbstractButton

from ctlkit_gui.flow.values import Screen
from ctlkit_gui.qt.pages import page_of

if TYPE_CHECKING:
    from PyQt6.QtWidgets import QApplication, QWidget

    from ctlkit_gui.qt.tables import Table
    from ctlkit_gui.qt.window import Window

__all__ = ["Stage"]

_SECONDS = 120.0
_COLOURS, _COMMON = 256, 64
_SHADE = 0xFFE0E0E0

# PyQt's stubs take these functions for methods.
_sequence: Any = QTest.keySequence
_clicks: Any = QTest.keyClicks


@dataclass(slots=True)
class Stage:
    """What a scene works with.

    Attributes:
        application: the one of this process.
        open_window: opens a window of the program, as large as is wanted.
        folder: where pictures go.
        home: the home folder of this process, empty at first; it is its working directory too.
        looked_at: whether everything is pictured, also what the documents do not show.
        window: the window that is worked in.
    """

    application: QApplication
    open_window: Callable[[], Window]
    folder: Path
    home: Path
    looked_at: bool
    window: Window = field(init=False)

    def __post_init__(self) -> None:
        """Open the first window."""
        self.window = self.open_window()
        self.wait("the window", self.window.isActiveWindow)

    @contextmanager
    def another_window(self) -> Iterator[None]:
        """Work in a second window meanwhile; the first stays as it is."""
        first = self.window
        first.hide()
        self.window = self.open_window()
        self.wait("the window", self.window.isActiveWindow)
        try:
            yield
        finally:
            self.window.finish()
            self.window = first
            first.show()

    def wait(self, what: str, happens: Callable[[], bool]) -> None:
        """Let the program go on until something happened.

        Raises:
            TimeoutError: it did not; ``what`` says what was waited for.
        """
        end = time.monotonic() + _SECONDS
        while not happens():
            if self.application.activeWindow() is None:
                self.window.activateWindow()
            if time.monotonic() > end:
                raise TimeoutError(f"waited in vain: {what}")
            self.application.processEvents()
            time.sleep(0.002)

    def on(self, screen: Screen) -> None:
        """Wait for a page that can be worked on, without a question over it."""
        kind = page_of(screen)
        self.wait(
            f"the page {screen.value}",
            lambda: (
                isinstance(self.window.page, kind)
                and self.window.page.isEnabled()
                and self.application.activeWindow() is self.window
            ),
        )

    def asked(self, name: str) -> None:
        """Wait for a dialog of a class of this name."""
        self.wait(name, lambda: type(self.application.activeWindow()).__name__ == name)

    def press(self, *keys: str) -> None:
        """Press keys one after the other, ``Alt+N`` or ``Return``, as a person does."""
        for key in keys:
            _sequence(self._listening(), QKeySequence(key))
            self.wait("buttons to come up", self._buttons_are_up)

    def type(self, text: str) -> None:
        """Type a text."""
        _clicks(self._listening(), text)
        self.application.processEvents()

    def choose(self, table: Table[Any], wanted: Callable[[Any], bool]) -> None:
        """Go down a table to the first row that is wanted.

        Raises:
            LookupError: there is none.
        """
        rows = table.rows_model.rows
        number = next((place for place, row in enumerate(rows) if wanted(row)), None)
        if number is None:
            raise LookupError(f"not among {rows}")
        table.setFocus()
        for _ in range(len(rows)):
            away = number - table.currentIndex().row()
            if away:
                self.press("Down" if away > 0 else "Up")
        if table.selected_rows() != [number]:
            self.press("Space")
        self.wait("the row", lambda: table.selected_rows() == [number])

    def look(self, name: str) -> None:
        """Save what the documents do not show, where pictures are made to be looked at."""
        if self.looked_at:
            self.picture(name)

    def picture(self, name: str) -> None:
        """Save the window that is in front, once it has drawn itself."""
        for _ in range(3):  # what a layout asks for comes with the next round
            self.application.processEvents()
        shown = self.application.activeWindow() or self.window
        path = self.folder / f"{name}.png"
        if not _in_few_colours(shown.grab().toImage()).save(str(path), "PNG", 0):
            raise OSError(f"{path} cannot be written")

    def _buttons_are_up(self) -> bool:
        """Whether no button is down; one that a mnemonic presses acts a little later."""
        front = self.application.activeWindow() or self.window
        return not any(button.isDown() for button in front.findChildren(QAbstractButton))

    def _listening(self) -> QWidget:
        return self.application.focusWidget() or self.application.activeWindow() or self.window


def _in_few_colours(image: QImage) -> QImage:
    """Return an image in at most 256 colours; shades that nobody tells apart become one."""
    image = image.convertToFormat(QImage.Format.Format_RGB32)
    bits = image.constBits()
    if bits is None:
        raise ValueError("an empty picture")
    bits.setsize(image.sizeInBytes())
    counts = Counter(memoryview(bits.asstring()).cast("I"))
    most = dict(counts.most_common(_COMMON))
    shades = {colour & _SHADE: colour for colour in sorted(counts, key=counts.__getitem__)}
    shown = sorted(shades.values(), key=counts.__getitem__, reverse=True)
    table = list(dict.fromkeys((*most, *shown)))[:_COLOURS]
    plain = Qt.ImageConversionFlag.AvoidDither | Qt.ImageConversionFlag.ThresholdDither
    return image.convertToFormat(QImage.Format.Format_Indexed8, table, plain)
