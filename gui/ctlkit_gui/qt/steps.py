"""Where one is in the flow: a quiet list of the steps, and the same in a line."""

from __future__ import annotations

from PyQt6.QtCore import QCoreApplication
from PyQt6.QtGui import QPainter, QPaintEvent, QPalette
from PyQt6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from ctlkit_gui.flow.values import Screen
from ctlkit_gui.qt.theme import Sign, SignLabel, em

__all__ = ["StepList", "step_line"]

_STEPS = (
    (Screen.SERVER,),
    (Screen.ACTION,),
    (Screen.INSERT_TOKEN, Screen.TOKEN),
    (Screen.ENTRIES,),
    (Screen.REVIEW,),
    (Screen.PASSWORD,),
    (Screen.PROGRESS,),
    (Screen.SERVERS,),
    (Screen.REMAINS,),
)


def _names() -> tuple[str, ...]:
    translate = QCoreApplication.translate
    return (
        translate("StepList", "Server"),
        translate("StepList", "Action"),
        translate("StepList", "Tokens"),
        translate("StepList", "CTL entries"),
        translate("StepList", "Review"),
        translate("StepList", "Password"),
        translate("StepList", "Sign and write"),
        translate("StepList", "Servers"),
        translate("StepList", "What remains"),
    )


def _index(screen: Screen) -> int:
    return next(index for index, screens in enumerate(_STEPS) if screen in screens)


def step_line(screen: Screen) -> str:
    """Return the step in words, for where there is no room for the list."""
    text = QCoreApplication.translate("StepList", "Step {number} of {count}: {name}")
    index = _index(screen)
    return text.format(number=index + 1, count=len(_STEPS), name=_names()[index])


class StepList(QWidget):
    """The steps; those behind are ticked, the current one is bold and has an arrow."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._signs: list[SignLabel] = []
        self._labels: list[QLabel] = []
        self.setAccessibleName(self.tr("Steps"))
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.AlternateBase)
        grid = QGridLayout()
        grid.setHorizontalSpacing(em(self, 0.8))
        grid.setVerticalSpacing(em(self, 0.9))
        for row, name in enumerate(_names()):
            sign, label = SignLabel(Sign.COMING), QLabel(name)
            grid.addWidget(sign, row, 0)
            grid.addWidget(label, row, 1)
            self._signs.append(sign)
            self._labels.append(label)
        grid.setColumnStretch(1, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(em(self, 1.4), em(self, 1.8), em(self, 1.6), em(self, 1.2))
        layout.addLayout(grid)
        layout.addStretch()
        self._keep_width()

    def _keep_width(self) -> None:
        """Leave room for the widest name in bold, so that nothing moves from step to step."""
        for label in self._labels:
            font = label.font()
            font.setBold(True)
            label.setFont(font)
        self.setFixedWidth(self.sizeHint().width())

    def show_step(self, screen: Screen) -> None:
        """Show where one is."""
        current = _index(screen)
        for index, (sign, label) in enumerate(zip(self._signs, self._labels, strict=True)):
            font = label.font()
            font.setBold(index == current)
            label.setFont(font)
            if index == current:
                sign.show_sign(Sign.CURRENT)
            else:
                sign.show_sign(Sign.DONE if index < current else Sign.COMING)
        self.setAccessibleDescription(step_line(screen))

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Draw a thin line towards the page."""
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setPen(self.palette().mid().color())
        painter.drawLine(self.width() - 1, 0, self.width() - 1, self.height())
