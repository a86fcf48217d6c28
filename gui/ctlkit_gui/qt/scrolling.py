"""What may be higher than its dialog."""

from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from ctlkit_gui.qt.theme import em
from ctlkit_gui.qt.widgets import Text, there

__all__ = ["scrolling"]

_AREA = 46


def scrolling(*widgets: QWidget) -> QScrollArea:
    """Return widgets one below the other, in an area that scrolls where they are too high."""
    inside = QWidget()
    lines = QVBoxLayout(inside)
    lines.setContentsMargins(0, 0, em(inside, 0.8), 0)
    for widget in widgets:
        lines.addWidget(widget)
    lines.addStretch()
    return _Area(inside)


class _Area(QScrollArea):
    """Scrolls what is very high; else it is as high as what is in it."""

    def __init__(self, inside: QWidget) -> None:
        super().__init__()
        self._inside = inside
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setWidget(inside)
        for text in inside.findChildren(Text):
            # Else each has at least the height that it would have in a narrower place.
            text.setSizePolicy(_as_high_as_needed(text.sizePolicy()))
        policy = self.sizePolicy()
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def hasHeightForWidth(self) -> bool:
        """Its height follows from its width."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Return the height that everything takes, up to a number of lines."""
        inner = there(self._inside.layout()).totalHeightForWidth(width)
        return min(inner + self.fontMetrics().lineSpacing() // 2, em(self, _AREA))


def _as_high_as_needed(policy: QSizePolicy) -> QSizePolicy:
    policy.setVerticalPolicy(QSizePolicy.Policy.Preferred)
    return policy
