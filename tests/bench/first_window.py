"""Opens a window, says on standard output when it was painted, and ends.

Which one is named by the only argument: ``ctlkit`` is the wizard as ``ctlkit-wizard`` opens it,
``bare`` a dialog with a label, a field and two buttons. It runs as a program of its own, and
imports nothing that only measuring needs.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PyQt6.QtWidgets import QApplication, QDialog


def main() -> None:
    """Open the window that is named."""
    application, window = {"ctlkit": _wizard, "bare": _bare}[sys.argv[1]]()

    from PyQt6.QtCore import QEvent, QObject, QTimer

    class Observer(QObject):
        """Sees the window's first paint, which is sent to the display before the loop goes on."""

        def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:  # noqa: N802
            if event is not None and event.type() == QEvent.Type.Paint:
                window.removeEventFilter(self)
                QTimer.singleShot(0, tell)
            return super().eventFilter(watched, event)

    def tell() -> None:
        application.sync()
        print("painted", flush=True)
        application.quit()

    observer = Observer()
    window.installEventFilter(observer)
    window.show()
    application.exec()


def _wizard() -> tuple[QApplication, QDialog]:
    from ctlkit_gui.qt import app, startup

    startup.check()
    return app.make_application(), app.make_window()


def _bare() -> tuple[QApplication, QDialog]:
    from PyQt6.QtWidgets import (
        QApplication,
        QDialog,
        QDialogButtonBox,
        QLabel,
        QLineEdit,
        QVBoxLayout,
    )

    application = QApplication(["bare"])
    dialog = QDialog()
    layout = QVBoxLayout(dialog)
    layout.addWidget(QLabel("Publisher:"))
    layout.addWidget(QLineEdit())
    buttons = QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel
    layout.addWidget(QDialogButtonBox(buttons))
    return application, dialog


if __name__ == "__main__":
    main()
