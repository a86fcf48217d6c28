"""Page 9, Progress: the steps, a row a node, and Retry for those that failed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QGridLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from ctlkit_gui.flow.events import RetryNodes
from ctlkit_gui.flow.values import SigningStep
from ctlkit_gui.flow.views import ProgressView
from ctlkit_gui.qt.node_table import NodeErrors, WorkTable, rows_of
from ctlkit_gui.qt.page import Page
from ctlkit_gui.qt.theme import QuietLabel, Sign, SignLabel, em
from ctlkit_gui.qt.widgets import Heading, MessageList, Text, set_button

if TYPE_CHECKING:
    from ctlkit_gui.work import SecretBox

__all__ = ["ProgressPage", "StepRows"]


class ProgressPage(Page[ProgressView]):
    """Signing and writing."""

    def __init__(self, box: SecretBox, parent: QWidget | None = None) -> None:
        super().__init__(box, parent)
        self.steps = StepRows(self)
        self.reader = Text(self.tr("Type the PIN at the reader."), self)
        self.reader.hide()
        self.switched = MessageList(self)
        self.table = WorkTable(self.tr("Servers and how far each is"), self)
        self.errors = NodeErrors(self)
        self.retry = QPushButton(self.tr("&Retry"), self)
        self.retry.setAutoDefault(False)
        self.retry.clicked.connect(lambda: self.send(RetryNodes()))
        self._over = self._failed = False
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(em(self, 0.8))
        for widget in (self.switched, self.steps, self.reader):
            layout.addWidget(widget)
        layout.addSpacing(em(self, 0.5))
        layout.addWidget(Heading(self.tr("Servers"), self))
        layout.addWidget(self.table)
        layout.addWidget(self.errors)
        layout.addWidget(self.retry, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addStretch(1)

    def title(self) -> str:
        """Return the step's title."""
        return self.tr("Sign and write")

    def explanation(self) -> str:
        """Return what must not be done meanwhile."""
        if self._over:
            return ""
        return self.tr("Please leave the token in its place until all is done.")

    def first_focus(self) -> QWidget | None:
        """Return the table."""
        return self.table

    def show_view(self, view: ProgressView, /) -> None:
        """Show how far it is."""
        running = view.frame.busy is not None
        self._over = bool(view.published) and not running
        if self._over and any(item.error is not None for item in view.published):
            kept = any(item.kept or item.error is None for item in view.published)
            self.steps.set_failed(kept=kept)
        else:
            self.steps.set_step(view.step, running=running, over=bool(view.published))
        self.reader.setVisible(view.reader)
        self.switched.set_messages([view.switched] if view.switched else [])
        # What an earlier try gave says nothing of the one that runs.
        published = () if running else view.published
        self.table.set_rows(rows_of(view.nodes, published))
        self.errors.set_published(published)
        set_button(self.retry, view.retry)
        failed = self._over and view.retry.shown
        if failed and not self._failed:
            self.retry.setFocus()
        self._failed = failed


class StepRows(QWidget):
    """The four steps, each with its state as a sign and a word."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        names = {
            SigningStep.SIGN: self.tr("Sign with the token"),
            SigningStep.VERIFY: self.tr("Verify the own signature"),
            SigningStep.KEEP: self.tr("Keep the present file as CTLFile_old.tlv"),
            SigningStep.WRITE: self.tr("Write, and read back"),
        }
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(em(self, 0.7))
        grid.setColumnStretch(2, 1)
        self._rows: dict[SigningStep, tuple[SignLabel, QLabel]] = {}
        for row, (step, name) in enumerate(names.items()):
            sign, word = SignLabel(Sign.COMING, self), QuietLabel(parent=self)
            label = QLabel(name, self)
            grid.addWidget(sign, row, 0)
            grid.addWidget(label, row, 1)
            grid.addWidget(word, row, 2)
            self._rows[step] = (sign, word)

    @property
    def words(self) -> tuple[str, ...]:
        """The state of each step."""
        return tuple(word.text() for _, word in self._rows.values())

    def set_step(self, now: SigningStep | None, *, running: bool, over: bool) -> None:
        """Show which step it is at.

        Args:
            now: the step, None before the first.
            running: whether it goes on; else it stopped there.
            over: whether all came to its end.
        """
        order = list(SigningStep)
        place = -1 if now is None else order.index(now)
        for number, step in enumerate(order):
            if number < place or (over and not running):
                self._show(step, Sign.DONE, self.tr("done"))
            elif number > place:
                self._show(step, Sign.COMING, self.tr("to come"))
            elif running:
                self._show(step, Sign.CURRENT, self.tr("running"))
            else:
                self._show(step, Sign.ERROR, self.tr("stopped here"))

    def set_failed(self, *, kept: bool) -> None:
        """Show that a signed list was not written everywhere.

        Args:
            kept: whether present files were kept somewhere, as far as there were any.
        """
        self.set_step(SigningStep.WRITE, running=False, over=False)
        if not kept:
            self._show(SigningStep.KEEP, Sign.COMING, self.tr("to come"))

    def _show(self, step: SigningStep, sign: Sign, word: str) -> None:
        label, text = self._rows[step]
        label.show_sign(sign)
        label.setAccessibleName(word)
        text.setText(word)
