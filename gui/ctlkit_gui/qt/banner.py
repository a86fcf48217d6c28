"""What went wrong, above the page: a sentence, what to do, and on demand the details."""

from __future__ import annotations

from PyQt6.QtCore import QRectF, Qt
from PyQt6.QtGui import QGuiApplication, QPainter, QPaintEvent
from PyQt6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from ctlkit.errors import CtlkitError
from ctlkit.messages import Message, Severity, printable
from ctlkit_gui import words
from ctlkit_gui.qt.language import sentence, worded
from ctlkit_gui.qt.theme import Sign, SignLabel, colour, em, ground, sign_of

__all__ = ["Banner", "details"]

_LINES = 7


def details(text: Message | CtlkitError) -> str:
    """Return what helps somebody else: both halves, the code, each value, the English words."""
    happened, advice = worded(text)
    lines = [sentence(text), advice, "", f"code: {text.code}"]
    lines += [f"{name}: {printable(value)}" for name, value in text.values.items()]
    english, english_advice = words.worded(text, "en")
    if english != happened:
        lines += ["", english, english_advice]
    cause = text.__cause__ if isinstance(text, CtlkitError) else None
    while cause is not None:
        lines.append(f"{type(cause).__name__}: {printable(cause)}")
        cause = cause.__cause__
    return "\n".join(lines).rstrip()


class Banner(QWidget):
    """A message or an error; hidden while there is none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text: Message | CtlkitError | None = None
        self._sign = Sign.ERROR
        self._sign_label = SignLabel(self._sign)
        self._happened, self._advice = QLabel(), QLabel()
        for label in (self._happened, self._advice):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        font = self._happened.font()
        font.setBold(True)
        self._happened.setFont(font)
        self._more = QPushButton(self.tr("D&etails"))
        self._more.setCheckable(True)
        self._more.setAccessibleDescription(self.tr("Shows the error's code and its values"))
        self._copy = QPushButton(self.tr("Co&py"))
        self._copy.setAccessibleDescription(self.tr("Copies the error with its details"))
        self._details = QPlainTextEdit()
        self._details.setReadOnly(True)
        self._details.setTabChangesFocus(True)
        self._details.setAccessibleName(self.tr("Details of the error"))
        self._details.setFixedHeight(self.fontMetrics().lineSpacing() * _LINES)
        self._details.hide()
        self._more.toggled.connect(self._details.setVisible)
        self._copy.clicked.connect(self._copied)
        self._lay_out()
        self.hide()

    def _lay_out(self) -> None:
        words = QVBoxLayout()
        words.setSpacing(em(self, 0.3))
        words.addWidget(self._happened)
        words.addWidget(self._advice)
        buttons = QHBoxLayout()
        buttons.addWidget(self._more)
        buttons.addWidget(self._copy)
        row = QHBoxLayout()
        row.setSpacing(em(self, 0.9))
        row.addWidget(self._sign_label, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        row.addLayout(buttons)
        row.setAlignment(buttons, Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(em(self, 1.2), em(self, 0.8), em(self, 0.8), em(self, 0.8))
        layout.addLayout(row)
        layout.addWidget(self._details)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)

    def show_text(self, text: Message | CtlkitError | None) -> None:
        """Show what went wrong, or nothing."""
        if text is self._text:
            return
        self._text = text
        self._more.setChecked(False)
        if text is None:
            self.hide()
            return
        severity = text.severity if isinstance(text, Message) else Severity.ERROR
        self._sign = sign_of(severity)
        self._sign_label.show_sign(self._sign)
        happened, advice = sentence(text), worded(text)[1]
        self._happened.setText(happened)
        self._advice.setText(advice)
        self._advice.setVisible(bool(advice))
        self._details.setPlainText(details(text))
        self.setAccessibleName(happened)
        self.setAccessibleDescription(advice)
        self.show()

    def _copied(self) -> None:
        clipboard = QGuiApplication.clipboard()
        if self._text is not None and clipboard is not None:
            clipboard.setText(details(self._text))

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        """Draw the tinted ground, with a bar of the colour at its left."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(self.rect())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ground(self._sign, self.palette()))
        painter.drawRoundedRect(area, 4, 4)
        painter.setBrush(colour(self._sign, self.palette()))
        painter.drawRoundedRect(QRectF(0, 0, 4, area.height()), 2, 2)
