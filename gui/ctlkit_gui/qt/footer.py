"""The row under each page: Help, what is being done or still missing, Back, Next, Cancel."""

from __future__ import annotations

from PyQt6.QtCore import QCoreApplication, Qt, pyqtSignal
from PyQt6.QtWidgets import QHBoxLayout, QMenu, QProgressBar, QPushButton, QSizePolicy, QWidget

from ctlkit_gui.flow.state import Busy, Work
from ctlkit_gui.flow.views import Button, Frame
from ctlkit_gui.qt.language import sentence
from ctlkit_gui.qt.theme import QuietLabel, em
from ctlkit_gui.qt.widgets import whole

__all__ = ["Footer", "doing"]


class Footer(QWidget):
    """The buttons that every page has.

    Attributes:
        going_on, going_back, cancelled: a button was pressed.
        help_menu: what the Help button opens.
    """

    going_on = pyqtSignal()
    going_back = pyqtSignal()
    cancelled = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.help_menu = QMenu(self)
        self._help = QPushButton(self.tr("&Help"))
        self._help.setMenu(self.help_menu)
        self._help.setAutoDefault(False)
        self._moving = QProgressBar()
        self._moving.setRange(0, 0)
        self._moving.setTextVisible(False)
        self._moving.setFixedSize(em(self, 7), em(self, 0.8))
        self._moving.setAccessibleName(self.tr("Something is being done"))
        self._said = QuietLabel()
        self._said.setTextFormat(Qt.TextFormat.PlainText)
        self._said.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.back = QPushButton()
        self.next = QPushButton()
        self.cancel = QPushButton()
        self.back.clicked.connect(self.going_back)
        self.next.clicked.connect(self.going_on)
        self.cancel.clicked.connect(self.cancelled)
        self._lay_out()

    def _lay_out(self) -> None:
        layout = QHBoxLayout(self)
        layout.setContentsMargins(em(self, 1.2), em(self, 0.9), em(self, 1.2), em(self, 0.9))
        layout.setSpacing(em(self, 0.7))
        layout.addWidget(self._help)
        layout.addSpacing(em(self, 0.8))
        layout.addWidget(self._moving)
        layout.addWidget(self._said, 1)
        layout.addSpacing(em(self, 0.8))
        for button in (self.back, self.next, self.cancel):
            button.setMinimumWidth(em(self, 8))
            layout.addWidget(button)

    def show_frame(self, frame: Frame, next_text: str, cancel_text: str) -> None:
        """Show the buttons of a page and what it is busy with."""
        self.back.setText(self.tr("&Back"))
        self.next.setText(next_text or self.tr("&Next"))
        self.cancel.setText(cancel_text or self.tr("Cancel"))
        _show_button(self.back, frame.back)
        _show_button(self.next, frame.next)
        _show_button(self.cancel, frame.cancel)
        self._moving.setVisible(frame.busy is not None)
        self._said.setText(_said(frame))
        self._said.setAccessibleName(_said(frame))


def _show_button(button: QPushButton, shown: Button) -> None:
    why = "" if shown.why is None else whole(shown.why)
    button.setVisible(shown.shown)
    button.setEnabled(shown.enabled)
    button.setToolTip(why)
    button.setAccessibleDescription(why)


def _said(frame: Frame) -> str:
    """Return what is being done; where nothing is, why the main button cannot be pressed."""
    if frame.busy is not None:
        return doing(frame.busy)
    if frame.next.shown and frame.next.why is not None:
        return sentence(frame.next.why)
    return ""


def doing(busy: Busy) -> str:
    """Return what is being done, in words."""
    translate = QCoreApplication.translate
    if busy.stopping:
        return translate("Footer", "Stopping...")
    words = {
        Work.OPENING: translate("Footer", "Opening the place and reading every node..."),
        Work.ASSEMBLING: translate("Footer", "Putting the list together..."),
        Work.READING: translate("Footer", "Reading the certificate..."),
        Work.PREPARING: translate("Footer", "Reading place and tokens again..."),
        Work.SIGNING: translate(
            "Footer", "Signing and writing; the window stays open meanwhile..."
        ),
        Work.PUBLISHING: translate("Footer", "Writing; the window stays open meanwhile..."),
        Work.VOUCHING: translate("Footer", "Asking the trust service..."),
        Work.JUDGING: translate("Footer", "Asking what phones would do..."),
        Work.RESTORING: translate("Footer", "Putting the kept list back..."),
        Work.RESTARTING: translate("Footer", "Restarting services, one node after the other..."),
    }
    return words[busy.work]
