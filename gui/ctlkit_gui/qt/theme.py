"""Light and dark, colours that carry a meaning, and the signs that say the same without colour.

Rules:

* The window follows the palette. Where the system says dark and Qt's palette stays light (there is
  no platform theme), the palette is set here.
* A colour never stands alone: beside it there is always a sign of its own shape, or a word.
* Colours with a meaning keep a contrast of 4.5 to 1 on the window's ground, light and dark.
"""

from __future__ import annotations

from enum import Enum, auto

from PyQt6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PyQt6.QtGui import (
    QColor,
    QFont,
    QIcon,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
    QPixmap,
    QPolygonF,
)
from PyQt6.QtWidgets import QApplication, QLabel, QSizePolicy, QWidget

from ctlkit.messages import Severity

__all__ = [
    "QuietLabel",
    "Sign",
    "SignLabel",
    "colour",
    "em",
    "enlarged",
    "follow",
    "ground",
    "is_dark",
    "sign_icon",
    "sign_of",
    "use",
]


class Sign(Enum):
    """A small picture with a meaning; each has a shape of its own."""

    ERROR = auto()
    RED = auto()
    AMBER = auto()
    NOTE = auto()
    DONE = auto()
    CURRENT = auto()
    COMING = auto()
    QUIET = auto()
    UNKNOWN = auto()
    NEW = auto()
    KEPT = auto()
    CHANGED = auto()
    REMOVED = auto()


_COLOURS = {
    Sign.ERROR: ("#b3261e", "#f2958d"),
    Sign.RED: ("#b3261e", "#f2958d"),
    Sign.AMBER: ("#8a5300", "#f0b860"),
    Sign.NOTE: ("#1f5fa8", "#8ab8f0"),
    Sign.DONE: ("#1e6b34", "#7ccf8f"),
    Sign.CURRENT: ("#1f5fa8", "#8ab8f0"),
    Sign.COMING: ("#606060", "#a8a8a8"),
    Sign.QUIET: ("#5a5a5a", "#b0b0b0"),
    Sign.UNKNOWN: ("#8a5300", "#f0b860"),
    Sign.NEW: ("#1e6b34", "#7ccf8f"),
    Sign.KEPT: ("#606060", "#a8a8a8"),
    Sign.CHANGED: ("#1f5fa8", "#8ab8f0"),
    Sign.REMOVED: ("#b3261e", "#f2958d"),
}
"""Sign -> its colour on a light ground and on a dark one."""

_SEVERITIES = {
    Severity.ERROR: Sign.ERROR,
    Severity.RED: Sign.RED,
    Severity.AMBER: Sign.AMBER,
    Severity.NOTE: Sign.NOTE,
}
_DARK = {
    QPalette.ColorRole.Window: "#242424",
    QPalette.ColorRole.WindowText: "#ececec",
    QPalette.ColorRole.Base: "#404040",
    QPalette.ColorRole.AlternateBase: "#343434",
    QPalette.ColorRole.ToolTipBase: "#3a3a3a",
    QPalette.ColorRole.ToolTipText: "#ececec",
    QPalette.ColorRole.PlaceholderText: "#9a9a9a",
    QPalette.ColorRole.Text: "#ececec",
    QPalette.ColorRole.Button: "#3f3f3f",
    QPalette.ColorRole.ButtonText: "#ececec",
    QPalette.ColorRole.BrightText: "#ffffff",
    QPalette.ColorRole.Light: "#565656",
    QPalette.ColorRole.Midlight: "#4a4a4a",
    QPalette.ColorRole.Mid: "#4a4a4a",
    QPalette.ColorRole.Dark: "#1a1a1a",
    QPalette.ColorRole.Shadow: "#0d0d0d",
    QPalette.ColorRole.Highlight: "#2f6fb7",
    QPalette.ColorRole.HighlightedText: "#ffffff",
    QPalette.ColorRole.Link: "#8ab8f0",
    QPalette.ColorRole.LinkVisited: "#c3a6f0",
    QPalette.ColorRole.Accent: "#5a9bdc",
}
_MARKED = ("QCheckBox", "QRadioButton")
_DARK_MARKS = "#727272"
"""The ground of what is ticked: Qt draws no outline that could be seen on a dark window."""

_DISABLED_TEXT = "#858585"
_TEXT_ROLES = (
    QPalette.ColorRole.WindowText,
    QPalette.ColorRole.Text,
    QPalette.ColorRole.ButtonText,
)
_TINT = 0.12
_WIDE = 90
"""Characters in a line of text that is read with ease."""
_HALF = 128


def use(application: QApplication, scheme: Qt.ColorScheme) -> None:
    """Show the windows light or dark; ``Unknown`` leaves it to the system."""
    hints = application.styleHints()
    if hints is not None:
        hints.setColorScheme(scheme)
    _dress(application, scheme)


def follow(application: QApplication) -> None:
    """Follow the system's choice from now on, also where it changes."""
    hints = application.styleHints()
    if hints is not None:
        hints.colorSchemeChanged.connect(lambda scheme: _dress(application, scheme))
        _dress(application, hints.colorScheme())


def _dress(application: QApplication, scheme: Qt.ColorScheme) -> None:
    # An empty palette is the platform's own; where that is dark already it is the better one.
    application.setPalette(QPalette())
    marked = QPalette()
    if scheme is Qt.ColorScheme.Dark and not is_dark(application.palette()):
        application.setPalette(_dark_palette())
        marked = _dark_palette()
        marked.setColor(QPalette.ColorRole.Base, QColor(_DARK_MARKS))
    for kind in _MARKED:
        application.setPalette(marked, kind)


def _dark_palette() -> QPalette:
    palette = QPalette()
    for role, name in _DARK.items():
        palette.setColor(role, QColor(name))
    for role in _TEXT_ROLES:
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(_DISABLED_TEXT))
    palette.setColor(QPalette.ColorGroup.Disabled, QPalette.ColorRole.Highlight, QColor("#4a4a4a"))
    return palette


def is_dark(palette: QPalette) -> bool:
    """Whether the ground that text stands on is dark."""
    return palette.window().color().lightness() < _HALF


def colour(sign: Sign, palette: QPalette) -> QColor:
    """Return the colour of a sign, readable on the palette's ground."""
    return QColor(_COLOURS[sign][is_dark(palette)])


def ground(sign: Sign, palette: QPalette) -> QColor:
    """Return the ground of a box with a meaning: the window's, with a breath of the colour."""
    back, tone = palette.window().color(), colour(sign, palette)
    parts = (
        round(there * (1 - _TINT) + here * _TINT)
        for there, here in zip(back.getRgb()[:3], tone.getRgb()[:3], strict=True)
    )
    return QColor(*parts)


def sign_of(severity: Severity) -> Sign:
    """Return the sign of a message's severity."""
    return _SEVERITIES[severity]


def em(widget: QWidget, count: float = 1.0) -> int:
    """Return a length in pixels that grows with the widget's font: so many widths of an M."""
    return round(widget.fontMetrics().horizontalAdvance("M") * count)


def enlarged(font: QFont, factor: float, *, bold: bool = False) -> QFont:
    """Return a font that is larger by a factor."""
    larger = QFont(font)
    if font.pointSizeF() > 0:
        larger.setPointSizeF(font.pointSizeF() * factor)
    else:
        larger.setPixelSize(round(font.pixelSize() * factor))
    larger.setBold(bold)
    return larger


def sign_icon(sign: Sign, palette: QPalette, extent: int = 16) -> QIcon:
    """Return a sign for a row of a list, sharp at 100 and 200 %; on a selected row it is light."""
    icon = QIcon()
    light = palette.highlightedText().color()
    for ratio in (1, 2):
        for mode, tone in ((QIcon.Mode.Normal, None), (QIcon.Mode.Selected, light)):
            pixmap = QPixmap(QSize(extent, extent) * ratio)
            pixmap.fill(Qt.GlobalColor.transparent)
            painter = QPainter(pixmap)
            _paint(painter, QRectF(pixmap.rect()), sign, palette, tone)
            painter.end()
            pixmap.setDevicePixelRatio(ratio)
            icon.addPixmap(pixmap, mode)
    return icon


def _paint(
    painter: QPainter, area: QRectF, sign: Sign, palette: QPalette, tone: QColor | None = None
) -> None:
    """Paint a sign in its own colour, or in another one on the ground of a selected row."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    side = min(area.width(), area.height())
    ground_tone = palette.window().color() if tone is None else palette.highlight().color()
    tone = tone or colour(sign, palette)
    mark = QPen(ground_tone, 1.8)
    mark.setCapStyle(Qt.PenCapStyle.RoundCap)
    painter.translate(area.center())
    painter.scale(side / 16, side / 16)
    if sign in (Sign.COMING, Sign.QUIET):
        painter.setPen(QPen(tone, 1.3))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(QPointF(0, 0), 5, 5)
        return
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(tone)
    if sign in _OUTLINES:
        painter.drawPolygon(_polygon(_OUTLINES[sign]))
    else:
        painter.drawEllipse(QPointF(0, 0), 7, 7)
    painter.setPen(mark)
    for line in _MARKS[sign]:
        painter.drawPolyline(_polygon(line))


_Points = tuple[tuple[float, float], ...]

_SQUARE: _Points = ((-6.5, -6.5), (6.5, -6.5), (6.5, 6.5), (-6.5, 6.5))

_OUTLINES: dict[Sign, _Points] = {
    Sign.AMBER: ((0, -7), (7.5, 6.5), (-7.5, 6.5)),
    Sign.RED: ((-3, -7), (3, -7), (7, -3), (7, 3), (3, 7), (-3, 7), (-7, 3), (-7, -3)),
    Sign.ERROR: ((-3, -7), (3, -7), (7, -3), (7, 3), (3, 7), (-3, 7), (-7, 3), (-7, -3)),
    Sign.NEW: _SQUARE,
    Sign.KEPT: _SQUARE,
    Sign.CHANGED: _SQUARE,
    Sign.REMOVED: _SQUARE,
}
"""In a square from -8 to 8; a sign that is not here is round."""

_MARKS: dict[Sign, tuple[_Points, ...]] = {
    Sign.ERROR: (((-2.6, -2.6), (2.6, 2.6)), ((-2.6, 2.6), (2.6, -2.6))),
    Sign.RED: (((0, -3.8), (0, 0.8)), ((0, 3.8), (0, 3.8001))),
    Sign.AMBER: (((0, -2.4), (0, 1.6)), ((0, 4.4), (0, 4.4001))),
    Sign.NOTE: (((0, -0.6), (0, 3.6)), ((0, -3.8), (0, -3.8001))),
    Sign.DONE: (((-3.2, 0.2), (-0.9, 2.6), (3.4, -2.6)),),
    Sign.CURRENT: (((-1.4, -2.8), (1.6, 0), (-1.4, 2.8)),),
    Sign.UNKNOWN: (
        ((-2.2, -1.6), (-1.8, -3), (0, -3.8), (1.8, -3), (2.1, -1.6), (0.8, -0.2), (0, 1.2)),
        ((0, 4), (0, 4.0001)),
    ),
    Sign.NEW: (((0, -3.4), (0, 3.4)), ((-3.4, 0), (3.4, 0))),
    Sign.KEPT: (((-3, -1.7), (3, -1.7)), ((-3, 1.7), (3, 1.7))),
    Sign.CHANGED: (((-3.4, 0), (3, 0)), ((0.6, -2.8), (3.4, 0), (0.6, 2.8))),
    Sign.REMOVED: (((-3.2, 0), (3.2, 0)),),
}


def _polygon(points: _Points) -> QPolygonF:
    return QPolygonF([QPointF(x, y) for x, y in points])


class SignLabel(QWidget):
    """A sign as large as a line of text, in the palette's colours; its words stand beside it."""

    def __init__(self, sign: Sign = Sign.NOTE, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sign = sign
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_sign(self, sign: Sign) -> None:
        """Show another sign."""
        self._sign = sign
        self.update()

    def sizeHint(self) -> QSize:
        """Return a square of a line's height."""
        side = self.fontMetrics().height()
        return QSize(side, side)

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        """Paint the sign."""
        painter = QPainter(self)
        _paint(painter, QRectF(self.rect()), self._sign, self.palette())


class QuietLabel(QLabel):
    """Text of second rank: quieter than the rest, and still readable."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setWordWrap(True)
        self._quieten()

    def changeEvent(self, event: QEvent | None) -> None:
        """Follow the palette."""
        super().changeEvent(event)
        if event is not None and event.type() == QEvent.Type.PaletteChange:
            self._quieten()

    def sizeHint(self) -> QSize:
        """Return the size of a text that is read with ease; Qt's own guess is narrow and high."""
        metrics = self.fontMetrics()
        longest = max(map(metrics.horizontalAdvance, self.text().split("\n"))) + self.indent()
        width = min(longest + 4, metrics.averageCharWidth() * _WIDE)
        return QSize(width, self.heightForWidth(width))

    def _quieten(self) -> None:
        palette = self.palette()
        tone = colour(Sign.QUIET, palette)
        if palette.windowText().color() == tone:
            return
        for group in (QPalette.ColorGroup.Active, QPalette.ColorGroup.Inactive):
            palette.setColor(group, QPalette.ColorRole.WindowText, tone)
        self.setPalette(palette)
