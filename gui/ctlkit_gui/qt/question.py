"""What every question over a page is: answered once, and safe on Enter and Esc.

Rules:

* Closing it, or Esc, is the answer that changes nothing.
* The button that Enter presses is never the one that trusts, loses or overwrites something.
"""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import QSize, Qt, pyqtSignal
from PyQt6.QtGui import QKeyEvent, QKeySequence
from PyQt6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from ctlkit_gui.flow.events import Event
from ctlkit_gui.flow.state import Dialog
from ctlkit_gui.flow.views import Asked
from ctlkit_gui.qt.theme import Sign, SignLabel, em, enlarged
from ctlkit_gui.qt.widgets import Text, copy, there

__all__ = ["Question"]

_WIDTH = 52


class Question(QDialog):
    """A question over a page.

    Attributes:
        emitted: an :class:`~ctlkit_gui.flow.events.Event`, the answer.
    """

    emitted = pyqtSignal(object)

    def __init__(self, dialog: Dialog, no: Event, parent: QWidget | None = None) -> None:
        """Make one.

        Args:
            dialog: what is asked.
            no: the answer that changes nothing.
            parent: the window.
        """
        super().__init__(parent)
        self._dialog = dialog
        self._no = no
        self._answered = False
        self._said: list[str] = []
        self._lines = QVBoxLayout()
        self._lines.setSpacing(em(self, 0.8))
        self._head = QHBoxLayout()
        self._head.setSpacing(em(self, 1))
        self._buttons = QDialogButtonBox()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(em(self, 1.8), em(self, 1.6), em(self, 1.8), em(self, 1.2))
        layout.setSpacing(em(self, 1.2))
        layout.addLayout(self._head)
        layout.addLayout(self._lines, 1)
        layout.addWidget(self._buttons)
        layout.setSizeConstraint(QVBoxLayout.SizeConstraint.SetNoConstraint)

    def wanted_width(self) -> int:
        """Return how wide it is to be, in widths of an M."""
        return _WIDTH

    def open(self) -> None:
        """Show it over the page, as high as its texts need; Qt leaves that to the dialog."""
        layout = there(self.layout())
        room = there(self.screen()).availableSize()
        width = min(max(em(self, self.wanted_width()), layout.sizeHint().width()), room.width())
        size = QSize(width, layout.totalHeightForWidth(width)).boundedTo(room)
        self.setMinimumSize(size)
        self.resize(size)
        super().open()

    def show_head(self, sign: Sign, title: str) -> None:
        """Show the sign and the first line, which is also the dialog's name."""
        text = Text(title)
        text.setFont(enlarged(text.font(), 1.15, bold=True))
        self._head.addWidget(SignLabel(sign), 0, Qt.AlignmentFlag.AlignTop)
        self._head.addWidget(text, 1)
        self.setAccessibleName(title)
        self._said.append(title)

    def add_text(self, text: str) -> None:
        """Add a paragraph."""
        self._lines.addWidget(Text(text))
        self._said.append(text)

    def add_button(
        self, text: str, answer: Callable[[], Event], *, usual: bool = False
    ) -> QPushButton:
        """Add a button; ``usual``: Enter presses it, and it has the focus."""
        button = QPushButton(text)
        self._buttons.addButton(button, QDialogButtonBox.ButtonRole.ActionRole)
        button.clicked.connect(lambda: self._answer(answer()))
        button.setAutoDefault(True)
        if usual:
            button.setDefault(True)
            button.setFocus()
        return button

    def show_asked(self, _asked: Asked | None) -> None:
        """Show how far it is confirmed; most questions want nothing confirmed."""

    def answers(self, dialog: Dialog | None) -> bool:
        """Whether this is the question, and nobody has answered it yet."""
        return dialog == self._dialog and not self._answered

    def _answer(self, event: Event) -> None:
        if not self._answered:
            self._answered = True
            self.emitted.emit(event)

    def reject(self) -> None:
        """Answer what changes nothing; Esc and the close button lead here."""
        if self._answered:
            super().reject()
        else:
            self._answer(self._no)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Copy on Ctrl+C; nothing that was typed is among what is copied."""
        if event is not None and event.matches(QKeySequence.StandardKey.Copy):
            copy("\n".join(self._said))
        else:
            super().keyPressEvent(event)

    def put_away(self) -> None:
        """Close without an answer of its own: it was given, or is not asked for any more."""
        self._answered = True
        self.hide()
        self.deleteLater()
