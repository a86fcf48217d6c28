"""What several pages use: texts that are never cut, fields to be copied, messages, buttons.

Rules:

* What comes from outside is shown as plain text, made printable, and wrapped anywhere: no text is
  cut, however long a word in it is.
* A value that somebody has to compare or pass on has a Copy button, whose accessible description
  is the value.
* Setting what is shown already changes nothing, so that focus and selection stay.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from PyQt6.QtCore import QCoreApplication, QDateTime, QEvent, QLocale, QSize, Qt
from PyQt6.QtGui import (
    QFont,
    QFontDatabase,
    QGuiApplication,
    QResizeEvent,
    QTextOption,
    QWheelEvent,
)
from PyQt6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QTextEdit,
    QVBoxLayout,
    QWidget,
)

from ctlkit.errors import CtlkitError
from ctlkit.messages import Message, Severity, printable
from ctlkit_gui.flow.views import Button
from ctlkit_gui.qt.language import joined, locale, sentence, worded
from ctlkit_gui.qt.theme import Sign, SignLabel, em, enlarged, sign_of

__all__ = [
    "CopyButton",
    "FieldGrid",
    "Heading",
    "MessageList",
    "MessageRow",
    "Text",
    "copy",
    "fixed_font",
    "moment",
    "set_button",
    "severity_word",
    "there",
    "whole",
]

_T = TypeVar("_T")

_WIDE = 68
"""Characters in a line of text that is read with ease."""

_NARROW = 14
"""Characters below which a text is not squeezed."""


def there(item: _T | None) -> _T:
    """Return what Qt's declarations call optional and what is always there.

    Raises:
        LookupError: it is not, which is a mistake in the program.
    """
    if item is None:
        raise LookupError("Qt has no such object")
    return item


def copy(text: str) -> None:
    """Put a text on the clipboard."""
    there(QGuiApplication.clipboard()).setText(text)


def fixed_font(font: QFont) -> QFont:
    """Return the font of checksums and serials, as large as another."""
    fixed = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    if font.pointSizeF() > 0:
        fixed.setPointSizeF(font.pointSizeF())
    else:
        fixed.setPixelSize(font.pixelSize())
    return fixed


def moment(seconds: float) -> str:
    """Return a time (seconds since 1970) as this person writes it, in this computer's zone."""
    when = QDateTime.fromMSecsSinceEpoch(round(seconds * 1000))
    written = locale()
    day = written.toString(when.date(), QLocale.FormatType.LongFormat)
    return f"{day} {written.toString(when.time(), 'HH:mm:ss')} {when.timeZoneAbbreviation()}"


def whole(text: Message | CtlkitError) -> str:
    """Return both halves of a text in the window's language, in one line."""
    return joined((sentence(text), worded(text)[1]))


def set_button(widget: QPushButton, button: Button) -> None:
    """Show a button as a view wants it; where it cannot be pressed it says why."""
    why = "" if button.why is None else whole(button.why)
    widget.setVisible(button.shown)
    widget.setEnabled(button.enabled)
    widget.setToolTip(why)
    widget.setAccessibleDescription(why)


class Text(QTextEdit):
    """Plain text to be read and copied: as high as it needs, wrapped anywhere."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setReadOnly(True)
        self.setAcceptRichText(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        there(self.document()).setDocumentMargin(0)
        there(self.viewport()).setAutoFillBackground(False)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self._given = ""
        self._heights: dict[int, int] = {}
        self.set_text(text)

    @property
    def text(self) -> str:
        """What was given to be shown."""
        return self._given

    def set_text(self, text: str) -> None:
        """Show a text; its line ends stay, other control characters are made visible."""
        if text == self._given:
            return
        self._given = text
        self._heights.clear()
        self.setPlainText("\n".join(map(printable, text.split("\n"))))
        self.updateGeometry()

    def hug(self) -> None:
        """Take no more room than a text that is read with ease, so that a button stands near."""
        policy = self.sizePolicy()
        policy.setHorizontalPolicy(QSizePolicy.Policy.Preferred)
        self.setSizePolicy(policy)

    def hasHeightForWidth(self) -> bool:
        """Its height follows from its width."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Return the height that the text takes."""
        if width not in self._heights:
            document = there(there(self.document()).clone())
            document.setDefaultFont(self.font())
            document.setTextWidth(max(1, width))
            self._heights[width] = round(document.size().height() + 0.5)
        return self._heights[width]

    def sizeHint(self) -> QSize:
        """Return the size of a text that is read with ease."""
        metrics = self.fontMetrics()
        lines = self.toPlainText().split("\n")
        longest = max(metrics.horizontalAdvance(line) for line in lines) + 2
        width = min(longest, metrics.averageCharWidth() * _WIDE)
        return QSize(width, self.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:
        """Return the size below which the page scrolls."""
        width = min(self.fontMetrics().averageCharWidth() * _NARROW, self.sizeHint().width())
        return QSize(width, self.fontMetrics().height())

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Lay the text out anew."""
        super().resizeEvent(event)
        there(self.verticalScrollBar()).setValue(0)

    def changeEvent(self, event: QEvent | None) -> None:
        """Follow the font and the palette."""
        super().changeEvent(event)
        if event is not None and event.type() == QEvent.Type.FontChange:
            self._heights.clear()
            self.updateGeometry()

    def wheelEvent(self, event: QWheelEvent | None) -> None:
        """Let the page scroll."""
        if event is not None:
            event.ignore()


class Heading(QLabel):
    """The heading of a part of a page."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setFont(enlarged(self.font(), 1.05, bold=True))
        self.setWordWrap(True)
        self.setTextFormat(Qt.TextFormat.PlainText)


class CopyButton(QPushButton):
    """Copies one value."""

    def __init__(self, what: str, value: str = "", parent: QWidget | None = None) -> None:
        """Make one.

        Args:
            what: the value's name, for who cannot see where the button stands.
            value: the value.
            parent: its widget.
        """
        super().__init__(QCoreApplication.translate("Widgets", "Copy"), parent)
        self._what = what
        self._value = ""
        self.setAutoDefault(False)
        self.setAccessibleName(QCoreApplication.translate("Widgets", "Copy {0}").format(what))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.clicked.connect(lambda: copy(self._value))
        self.set_value(value)

    def set_value(self, value: str) -> None:
        """Copy another value from now on."""
        self._value = value
        self.setEnabled(bool(value))
        self.setAccessibleDescription(printable(value))
        self.setToolTip(self.accessibleName())


class FieldGrid(QWidget):
    """Rows of a name, a value, and where it is wanted a Copy button."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(em(self, 1.2))
        self._grid.setVerticalSpacing(max(4, em(self, 0.4)))
        self._grid.setColumnStretch(3, 1)
        self._rows: dict[str, tuple[QLabel, Text, CopyButton | None]] = {}

    def add(
        self, name: str, value: str = "", *, copied: str | None = None, fixed: bool = False
    ) -> None:
        """Add a row.

        Args:
            name: the field's name, translated.
            value: what is shown.
            copied: what the Copy button copies, None for no button.
            fixed: whether characters are equally wide.
        """
        row = self._grid.rowCount()
        label, text = QLabel(name, self), Text(value, self)
        text.setAccessibleName(name)
        text.hug()
        if fixed:
            text.setFont(fixed_font(self.font()))
        middle = Qt.AlignmentFlag.AlignVCenter
        self._grid.addWidget(label, row, 0, middle | Qt.AlignmentFlag.AlignLeft)
        self._grid.addWidget(text, row, 1, middle)
        button = None
        if copied is not None:
            button = CopyButton(name, copied, self)
            self._grid.addWidget(button, row, 2, middle)
        self._rows[name] = (label, text, button)

    def set_value(self, name: str, value: str, copied: str | None = None) -> None:
        """Show another value in a row; an empty one hides the row."""
        label, text, button = self._rows[name]
        text.set_text(value)
        for widget in (label, text, button):
            if widget is not None:
                widget.setVisible(bool(value))
        if button is not None:
            button.set_value(value if copied is None else copied)

    def value(self, name: str) -> str:
        """Return what a row shows."""
        return self._rows[name][1].text


class MessageRow(QWidget):
    """One message: its sign, what happened, what to do, and room for what it needs below."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sign, self._number = SignLabel(Sign.NOTE, self), QLabel(self)
        self._number.hide()
        self._happened, self._advice = Text(parent=self), Text(parent=self)
        self.below = QVBoxLayout()
        lines = QVBoxLayout()
        lines.setSpacing(2)
        lines.addWidget(self._happened)
        lines.addWidget(self._advice)
        lines.addLayout(self.below)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(em(self, 0.7))
        row.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._number, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(lines, 1)

    @property
    def text(self) -> str:
        """What it says, in lines."""
        return "\n".join(filter(None, (self._happened.text, self._advice.text)))

    def show_text(self, sign: Sign, word: str, happened: str, advice: str = "") -> None:
        """Show a text; ``word`` says what the sign shows."""
        self._sign.show_sign(sign)
        self._sign.setAccessibleName(word)
        self._sign.setToolTip(word)
        self._happened.set_text(happened)
        self._happened.setAccessibleName(word)
        self._advice.set_text(advice)
        self._advice.setAccessibleName(QCoreApplication.translate("Widgets", "What to do"))
        self._advice.setVisible(bool(advice))

    def show_message(self, message: Message | CtlkitError, number: int | None = None) -> None:
        """Show a message or an error; a note has its number in place of a sign, if one is given."""
        severity = message.severity if isinstance(message, Message) else Severity.ERROR
        happened, advice = sentence(message), worded(message)[1]
        self.show_text(sign_of(severity), severity_word(severity), happened, advice)
        is_step = number is not None and severity is Severity.NOTE
        self._number.setText(f"{number}." if is_step else "")
        self._number.setVisible(is_step)
        self._sign.setVisible(not is_step)


class MessageList(QWidget):
    """Messages one below the other; of very many the first are shown, and all can be copied."""

    SHOWN = 50

    def __init__(self, parent: QWidget | None = None, *, numbered: bool = False) -> None:
        super().__init__(parent)
        self._numbered = numbered
        self._messages: tuple[Message | CtlkitError, ...] = ()
        self._rows: list[MessageRow] = []
        self._more = QLabel(self)
        self._more.setWordWrap(True)
        self._more.hide()
        self._lines = QVBoxLayout(self)
        self._lines.setContentsMargins(0, 0, 0, 0)
        self._lines.setSpacing(em(self, 0.6))
        self._lines.addWidget(self._more)
        self.hide()

    @property
    def text(self) -> str:
        """Every message in words, one below the other."""
        return "\n".join(map(whole, self._messages))

    def set_messages(self, messages: Iterable[Message | CtlkitError]) -> None:
        """Show other messages; the list hides where there is none."""
        new = tuple(messages)
        if [(item.code, item.values) for item in new] == [
            (item.code, item.values) for item in self._messages
        ]:
            return
        self._messages = new
        shown = new[: self.SHOWN]
        while len(self._rows) < len(shown):
            self._rows.append(MessageRow(self))
            self._lines.insertWidget(len(self._rows) - 1, self._rows[-1])
        for number, row in enumerate(self._rows):
            row.setVisible(number < len(shown))
            if number < len(shown):
                row.show_message(shown[number], number + 1 if self._numbered else None)
        self._more.setText(
            QCoreApplication.translate("Widgets", "... and {0} more").format(len(new) - len(shown))
        )
        self._more.setVisible(len(new) > len(shown))
        self.setVisible(bool(new))


def severity_word(severity: Severity) -> str:
    """Return what a sign says, in a word."""
    words = {
        Severity.ERROR: QCoreApplication.translate("Widgets", "Error"),
        Severity.RED: QCoreApplication.translate("Widgets", "Danger"),
        Severity.AMBER: QCoreApplication.translate("Widgets", "Warning"),
        Severity.NOTE: QCoreApplication.translate("Widgets", "Note"),
    }
    return words[severity]
