"""An error told in a box of its own, where no page can show it."""

from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QMessageBox, QWidget

from ctlkit.errors import CtlkitError
from ctlkit_gui.qt.language import sentence, worded

__all__ = ["tell"]


def tell(parent: QWidget | None, title: str, error: CtlkitError) -> QMessageBox:
    """Show what happened and what to do, until a person has read it.

    Returns:
        the box; it is open, and goes away by itself.
    """
    told = QMessageBox(parent)
    told.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    told.setIcon(QMessageBox.Icon.Warning)
    told.setWindowTitle(title)
    told.setTextFormat(Qt.TextFormat.PlainText)
    told.setText(sentence(error))
    told.setInformativeText(worded(error)[1])
    told.open()
    return told
