"""The window: a dialog with stacked pages, and around them what every page has.

Rules:

* It shows views and emits events; what may be done is decided elsewhere. Esc is Cancel, closing the
  window is Close, and the window stays until ``finish``.
* While something is awaited the page rests, unless it is a page that shows how far the work is;
  Cancel works all the time, and is never what Return presses unasked.
* A page that does not fit scrolls; nothing is cut.
* Its title names the step, what is being done, and that something went wrong: more of it is not
  seen in a task bar, nor heard when a screen reader comes to the window.
* Without a window manager nobody else makes it the active window: it does so itself.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PyQt6.QtCore import QSize, Qt, pyqtSignal
from PyQt6.QtGui import (
    QAction,
    QCloseEvent,
    QDragEnterEvent,
    QDropEvent,
    QKeyEvent,
    QKeySequence,
    QResizeEvent,
    QShowEvent,
)
from PyQt6.QtWidgets import (
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QScrollBar,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)
from PyQt6.sip import isdeleted

from ctlkit_gui.flow.events import Back, Cancel, Close
from ctlkit_gui.flow.values import Screen
from ctlkit_gui.flow.views import Frame, View
from ctlkit_gui.qt import settings
from ctlkit_gui.qt.activation import Returning
from ctlkit_gui.qt.banner import Banner
from ctlkit_gui.qt.dialogs import question_of
from ctlkit_gui.qt.footer import Footer, doing
from ctlkit_gui.qt.page import Page
from ctlkit_gui.qt.pages import page_of
from ctlkit_gui.qt.question import Question
from ctlkit_gui.qt.steps import StepList, step_line
from ctlkit_gui.qt.theme import QuietLabel, em, enlarged
from ctlkit_gui.qt.widgets import there

if TYPE_CHECKING:
    from ctlkit_gui.work import SecretBox

__all__ = ["Window"]

_AWAKE = frozenset({Screen.PROGRESS, Screen.SERVERS, Screen.REMAINS})
"""Pages that show how far the work is: they can be scrolled and copied from meanwhile."""

_SCROLLING: dict[int, QScrollBar.SliderAction] = {
    Qt.Key.Key_PageUp: QScrollBar.SliderAction.SliderPageStepSub,
    Qt.Key.Key_PageDown: QScrollBar.SliderAction.SliderPageStepAdd,
    Qt.Key.Key_Home: QScrollBar.SliderAction.SliderToMinimum,
    Qt.Key.Key_End: QScrollBar.SliderAction.SliderToMaximum,
}

_ROOM_FOR_STEPS = 72
_SIZE = (102, 66)
_SMALLEST = (30, 20)


class Window(Returning):
    """The wizard's window.

    Attributes:
        emitted: an :class:`~ctlkit_gui.flow.events.Event`, what a person did.
    """

    emitted = pyqtSignal(object)

    def __init__(
        self,
        box: SecretBox,
        pages: Callable[[Screen], type[Page[Any]]] = page_of,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._box = box
        self._kinds = pages
        self._pages: dict[Screen, Page[Any]] = {}
        self._screen: Screen | None = None
        self._question: Question | None = None
        self._resting = False
        self._before_rest: QWidget | None = None
        self._finished = False
        self._steps, self._banner, self._footer = StepList(), Banner(), Footer()
        self._line, self._title, self._explanation = QuietLabel(), QLabel(), QuietLabel()
        self._stack = QStackedWidget()
        self._footer.going_on.connect(self._go_on)
        self._footer.going_back.connect(lambda: self.emitted.emit(Back()))
        self._footer.cancelled.connect(lambda: self.emitted.emit(Cancel()))
        self.setWindowFlags(Qt.WindowType.Window)
        self.setAcceptDrops(True)
        self._lay_out()
        self._fill_help()
        self._size()

    @property
    def page(self) -> Page[Any]:
        """The page that is shown.

        Raises:
            KeyError: nothing was shown yet.
        """
        if self._screen is None:
            raise KeyError("page")
        return self._pages[self._screen]

    def _lay_out(self) -> None:
        self._title.setFont(enlarged(self._title.font(), 1.45, bold=True))
        self._title.setWordWrap(True)
        self._line.setVisible(False)
        head = QVBoxLayout()
        head.setContentsMargins(em(self, 1.8), em(self, 1.5), em(self, 1.8), em(self, 0.4))
        head.setSpacing(em(self, 0.5))
        for widget in (self._line, self._title, self._explanation):
            head.addWidget(widget)
        banner = QVBoxLayout()
        banner.setContentsMargins(em(self, 1.8), em(self, 0.6), em(self, 1.8), em(self, 0.4))
        banner.addWidget(self._banner)
        right = QVBoxLayout()
        right.setSpacing(0)
        right.addLayout(head)
        right.addLayout(banner)
        right.addWidget(self._stack, 1)
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self._steps)
        middle.addLayout(right, 1)
        line = QFrame()
        line.setFrameShape(QFrame.Shape.HLine)
        line.setFrameShadow(QFrame.Shadow.Plain)
        line.setForegroundRole(self.palette().ColorRole.Mid)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addLayout(middle, 1)
        whole.addWidget(line)
        whole.addWidget(self._footer)
        # Only now does the button know of which dialog it is the default.
        self._footer.next.setDefault(True)

    def _fill_help(self) -> None:
        examine = QAction(self.tr("&Examine a list or certificate..."), self)
        examine.setShortcut(QKeySequence.StandardKey.Open)
        examine.triggered.connect(self._choose_file)
        save = QAction(self.tr("&Save log..."), self)
        save.setShortcut(QKeySequence.StandardKey.Save)
        save.triggered.connect(self._save_log)
        about = QAction(self.tr("&About ctlkit"), self)
        about.triggered.connect(self._about)
        for action in (examine, save, about):
            self.addAction(action)
            self._footer.help_menu.addAction(action)

    def _size(self) -> None:
        screen = self.screen()
        room = screen.availableSize() if screen is not None else QSize(1024, 600)
        self.setMinimumSize(QSize(em(self, _SMALLEST[0]), em(self, _SMALLEST[1])).boundedTo(room))
        if not settings.restore_window(self):
            self.resize(QSize(em(self, _SIZE[0]), em(self, _SIZE[1])).boundedTo(room))

    def show_view(self, view: View) -> None:
        """Show a view: its page, and what is around it."""
        frame = view.frame
        turned = frame.screen is not self._screen
        if turned:
            self._turn_to(frame.screen)
        page = self.page
        if frame.busy is not None:
            self._rest(page, frame)
        page.show_view(view)
        self._title.setText(page.title())
        there(self._stack.currentWidget()).setAccessibleName(page.title())
        self._explanation.setText(page.explanation())
        self._explanation.setVisible(bool(page.explanation()))
        self._line.setText(step_line(frame.screen))
        self._steps.show_step(frame.screen)
        self._banner.show_text(frame.problem)
        self._footer.show_frame(frame, page.next_text(), page.cancel_text())
        if frame.busy is None:
            self._wake(page)
        if turned:
            self._focus_first(page)
        self.setWindowTitle(self._named(page.title(), frame))
        self._ask(frame)

    def _named(self, step: str, frame: Frame) -> str:
        """Return the window's title; Qt adds the program's name."""
        if frame.busy is not None:
            return self.tr("{0}: {1}").format(step, doing(frame.busy))
        return step if frame.problem is None else self.tr("Error: {0}").format(step)

    def _turn_to(self, screen: Screen) -> None:
        if self._screen is not None:
            self._pages[self._screen].left()
        if screen not in self._pages:
            page = self._kinds(screen)(self._box)
            page.emitted.connect(self.emitted)
            self._pages[screen] = page
            self._stack.addWidget(_scrolling(page))
        self._screen = screen
        self._resting, self._before_rest = False, None
        self._stack.setCurrentIndex(list(self._pages).index(screen))

    def _rest(self, page: QWidget, frame: Frame) -> None:
        """Let the page rest while something is awaited.

        The keys go to no button meanwhile: a Return that is pressed twice would press Cancel.
        """
        area, focused = there(self._stack.currentWidget()), self.focusWidget()
        if not self._resting:
            self._resting, self._before_rest = True, focused
            stays = frame.screen in _AWAKE and focused is not None and area.isAncestorOf(focused)
            if not stays:
                area.setFocus()
        page.setEnabled(frame.screen in _AWAKE)

    def _wake(self, page: Page[Any]) -> None:
        """Let the page be used again, and give back the focus that it had before it rested."""
        page.setEnabled(True)
        if not self._resting:
            return
        self._resting = False
        before, self._before_rest = self._before_rest, None
        if self.focusWidget() not in (self._stack.currentWidget(), None):
            return
        usable = before is not None and not isdeleted(before) and before.isVisibleTo(self)
        if before is not None and usable and before.isEnabled():
            before.setFocus()
        else:
            self._focus_first(page)

    def _focus_first(self, page: Page[Any]) -> None:
        widget = page.first_focus()
        if widget is not None:
            widget.setFocus(Qt.FocusReason.TabFocusReason)
        elif self._footer.next.isEnabled():
            self._footer.next.setFocus()
        else:
            # Never Cancel, which Return would press: the page itself, which the arrows scroll.
            there(self._stack.currentWidget()).setFocus()

    def _ask(self, frame: Frame) -> None:
        """Show the question that lies over the page, and take away the one before."""
        shown = self._question
        if shown is not None and shown.answers(frame.dialog):
            shown.show_asked(frame.asked)
            return
        if shown is not None:
            self._question = None
            shown.put_away()
        if frame.dialog is not None:
            self._question = question_of(frame.dialog, self._box, self)
            self._question.show_asked(frame.asked)
            self._question.emitted.connect(self.emitted)
            self._question.open()
            self._question.activateWindow()
        elif shown is not None:
            self.activateWindow()

    def _go_on(self) -> None:
        self.page.go_on()

    def finish(self) -> None:
        """Remember size and place, and close."""
        self._finished = True
        for page in self._pages.values():
            page.left()
        settings.remember_window(self)
        self.close()

    def reject(self) -> None:
        """Cancel; Esc leads here."""
        self.emitted.emit(Cancel())

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Let the keys for whole pages scroll, wherever the focus is and nobody else takes them."""
        area = self._stack.currentWidget()
        action = _SCROLLING.get(event.key()) if event is not None else None
        if action is not None and isinstance(area, QScrollArea):
            there(area.verticalScrollBar()).triggerAction(action)
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent | None) -> None:
        """Ask to be closed; ``finish`` does it."""
        if event is None:
            return
        if not self._finished:
            self.emitted.emit(Close())
        # The wizard may have ended just now: closing a second time within this would do nothing.
        event.setAccepted(self._finished)

    def showEvent(self, event: QShowEvent | None) -> None:
        """Become the active window, also where there is no window manager."""
        super().showEvent(event)
        self.activateWindow()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Show the list of steps where there is room for it, else the line."""
        super().resizeEvent(event)
        roomy = self.width() >= em(self, _ROOM_FOR_STEPS)
        self._steps.setVisible(roomy)
        self._line.setVisible(not roomy)

    def dragEnterEvent(self, event: QDragEnterEvent | None) -> None:
        """Take files of this computer."""
        if event is not None and _files(event):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent | None) -> None:
        """Examine what was dropped."""
        if event is None:
            return
        for path in _files(event):
            self.examine(path)
        event.acceptProposedAction()

    def _choose_file(self) -> None:
        dialog = QFileDialog(self, self.tr("Examine a list or certificate"))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda name: self.examine(Path(name)))
        dialog.open()

    def examine(self, path: Path) -> None:
        """Show what is in a list or a certificate, beside the flow."""
        from ctlkit_gui.qt.examine import examine

        examine(self, path)

    def _save_log(self) -> None:
        from ctlkit_gui.qt.log_saving import save_log

        save_log(self)

    def _about(self) -> None:
        from ctlkit_gui.qt.about import AboutDialog

        AboutDialog(self).open()


def _scrolling(page: QWidget) -> QScrollArea:
    """Return a page in an area that scrolls where there is too little room."""
    area = QScrollArea()
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setWidgetResizable(True)
    around = QWidget()
    layout = QVBoxLayout(around)
    layout.setContentsMargins(em(page, 1.8), em(page, 0.6), em(page, 1.8), em(page, 0.9))
    layout.addWidget(page)
    area.setWidget(around)
    return area


def _files(event: QDropEvent) -> list[Path]:
    data = event.mimeData()
    urls = data.urls() if data is not None else []
    return [Path(url.toLocalFile()) for url in urls if url.isLocalFile()]
