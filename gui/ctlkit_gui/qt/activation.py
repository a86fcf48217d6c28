"""Windows that get the keys back when a dialog over them is closed."""

from __future__ import annotations

from PyQt6.QtCore import QEvent, Qt
from PyQt6.QtGui import QGuiApplication
from PyQt6.QtWidgets import QDialog

__all__ = ["Returning"]


class Returning(QDialog):
    """A window that dialogs are opened over.

    A window manager gives the keys to the window below a dialog that is closed. Without one
    nobody does, so the window takes them itself, unless a person works in another program.
    """

    def event(self, event: QEvent | None) -> bool:
        """Become the active window again."""
        here = QGuiApplication.applicationState() is Qt.ApplicationState.ApplicationActive
        if event is not None and event.type() is QEvent.Type.WindowUnblocked and here:
            self.activateWindow()
        return super().event(event)
