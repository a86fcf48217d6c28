"""About: versions, licences, and a Copy for who asks for help."""

from __future__ import annotations

import platform

from PyQt6.QtCore import PYQT_VERSION_STR, Qt, qVersion
from PyQt6.QtGui import QGuiApplication
from PyQt6.QtWidgets import QDialog, QDialogButtonBox, QPushButton, QVBoxLayout, QWidget

from ctlkit import __version__
from ctlkit_gui.qt.theme import em, enlarged
from ctlkit_gui.qt.widgets import FieldGrid, Heading, Text, copy, there

__all__ = ["AboutDialog", "versions"]


def versions() -> dict[str, str]:
    """Return what runs here: name -> version."""
    return {
        "ctlkit": __version__,
        "Python": platform.python_version(),
        "PyQt": PYQT_VERSION_STR,
        "Qt": f"{qVersion()} ({QGuiApplication.platformName()})",
        "System": platform.platform(),
    }


class AboutDialog(QDialog):
    """Says what this is, and which versions run."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("About ctlkit"))
        heading = Heading("ctlkit", self)
        heading.setFont(enlarged(self.font(), 1.5, bold=True))
        about = Text(
            self.tr("Makes, changes and signs trust lists of phones with hardware tokens."), self
        )
        licence = Text(
            self.tr(
                "The library is under the MIT licence, this window under the GNU General Public "
                "License, version 3 or later."
            ),
            self,
        )
        self.fields = FieldGrid(self)
        system = self.tr("System")
        for name, version in versions().items():
            self.fields.add(system if name == "System" else name, version)
        self.copy_all = QPushButton(self.tr("Cop&y"), self)
        self.copy_all.clicked.connect(lambda: copy(self.as_text()))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        buttons.addButton(self.copy_all, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setSpacing(em(self))
        for widget in (heading, about, self.fields, licence):
            layout.addWidget(widget)
        layout.addStretch(1)
        layout.addWidget(buttons)
        there(buttons.button(QDialogButtonBox.StandardButton.Close)).setFocus()

    def as_text(self) -> str:
        """Return the versions in lines."""
        return "\n".join(f"{name} {version}" for name, version in versions().items())
