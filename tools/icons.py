#!/usr/bin/env python3
"""Draw the PNG files of the window's icon from its SVG.

They are kept in the repository: a window asks for them before any plugin for SVG is loaded, and a
desktop looks for the size it shows.

Usage: ``.venv/bin/python tools/icons.py``; what is there already is written again.
"""

from __future__ import annotations

import os
from pathlib import Path

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QGuiApplication, QImage, QPainter
from PyQt6.QtSvg import QSvgRenderer

FOLDER = Path(__file__).parents[1] / "gui" / "ctlkit_gui" / "icons"
SIZES = (16, 24, 32, 48, 64, 128, 256)


def draw(renderer: QSvgRenderer, size: int) -> QImage:
    """Return the icon as a square of this many pixels."""
    image = QImage(size, size, QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    renderer.render(painter)
    painter.end()
    return image


def main() -> None:
    """Write one file a size."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application = QGuiApplication([])
    renderer = QSvgRenderer(str(FOLDER / "ctlkit-wizard.svg"))
    for size in SIZES:
        draw(renderer, size).save(str(FOLDER / f"ctlkit-wizard-{size}.png"))
    application.quit()


if __name__ == "__main__":
    main()
