"""Page 3: a token is asked for, and found by itself as soon as it is plugged in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QKeySequence, QShortcut
from PyQt6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from ctlkit_gui.flow.events import Next, Rescan, TokenSelected
from ctlkit_gui.flow.state import Purpose
from ctlkit_gui.flow.token_values import ModuleShown, TokenShown
from ctlkit_gui.flow.views import InsertTokenView
from ctlkit_gui.qt.language import listed, sentence, worded
from ctlkit_gui.qt.page import Page
from ctlkit_gui.qt.pins import pin_words
from ctlkit_gui.qt.tables import Cell, Table
from ctlkit_gui.qt.theme import Sign, em, enlarged
from ctlkit_gui.qt.widgets import Heading, MessageList, Text, copy, there

if TYPE_CHECKING:
    from ctlkit_gui.work import SecretBox

__all__ = ["InsertTokenPage"]


class InsertTokenPage(Page[InsertTokenView]):
    """The Insert token page: the tokens there are, or why there is none."""

    def __init__(self, box: SecretBox, parent: QWidget | None = None) -> None:
        super().__init__(box, parent)
        self._view: InsertTokenView | None = None
        self._showing = False
        self._asks, self._state = Text(), Text()
        self._asks.setFont(enlarged(self._asks.font(), 1.15, bold=True))
        self._tokens = self._token_table()
        self._modules = self._module_table()
        self._why = Heading(self.tr("Why no token may be seen"))
        self._causes = MessageList()
        self._rescan = QPushButton(self.tr("&Rescan (F5)"))
        self._rescan.setAccessibleDescription(self.tr("Looks for tokens anew"))
        self._copy = QPushButton(self.tr("&Copy"))
        self._copy.setAccessibleDescription(
            self.tr("Copies what was tried and found, to be passed on")
        )
        self._rescan.clicked.connect(lambda: self.send(Rescan()))
        self._copy.clicked.connect(lambda: copy(self._as_text()))
        self._tokens.chosen.connect(self._selected)
        self._tokens.doubleClicked.connect(lambda: self.send(Next()))
        again = QShortcut(QKeySequence(Qt.Key.Key_F5), self)
        again.activated.connect(lambda: self.send(Rescan()))
        self._lay_out()

    def _token_table(self) -> Table[TokenShown]:
        table: Table[TokenShown] = Table(
            (
                (self.tr("Label"), self._label),
                (self.tr("Serial number"), lambda token: Cell(token.serial, fixed=True)),
                (self.tr("Certificate"), self._certificate),
                (self.tr("PIN"), lambda token: Cell(pin_words(token.pin_state))),
                (self.tr("Kind"), _kind),
            ),
            lambda token: token.uri,
            self.tr("Tokens that are plugged in"),
        )
        table.setSelectionMode(table.SelectionMode.SingleSelection)
        table.show_at_least(3, 6)
        table.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        return table

    def _module_table(self) -> Table[ModuleShown]:
        table: Table[ModuleShown] = Table(
            (
                (self.tr("Library that was tried"), self._module),
                (self.tr("Named by"), lambda module: Cell(module.origin)),
                (self.tr("Slots"), lambda module: Cell(str(module.slots))),
                (self.tr("What came of it"), self._outcome),
            ),
            lambda module: module.path,
            self.tr("Libraries that were tried"),
        )
        table.show_at_least(1, 5)
        table.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        return table

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        buttons.addWidget(self._rescan)
        buttons.addWidget(self._copy)
        buttons.addStretch()
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(em(self, 0.8))
        above: list[QWidget] = [self._asks, self._state, self._tokens]
        below: list[QWidget] = [self._modules, self._why, self._causes]
        for widget in above:
            whole.addWidget(widget)
        whole.addLayout(buttons)
        for widget in below:
            whole.addWidget(widget)
        whole.addStretch()

    def title(self) -> str:
        """Return the title."""
        return self.tr("Insert Token")

    def next_text(self) -> str:
        """Return the old client's word."""
        return self.tr("O&k")

    def first_focus(self) -> QWidget | None:
        """Return the list of tokens, where there is one."""
        return self._tokens if self._view and self._view.tokens else None

    def show_view(self, view: InsertTokenView) -> None:
        """Show a view."""
        self._view = view
        self._showing = True
        self._asks.set_text(self.tr("Insert a Security Token. Click Ok when done."))
        self._state.set_text(self._said(view))
        self._tokens.set_rows(view.tokens)
        self._tokens.measure()
        self._select(view)
        self._show_tokens(bool(view.tokens))
        nothing = not view.tokens and not view.looking
        self._why.setVisible(nothing)
        self._causes.set_messages(view.causes if nothing else ())
        self._modules.set_rows(view.modules)
        self._modules.setVisible(nothing and bool(view.modules))
        self._copy.setVisible(nothing)
        self._showing = False

    def _show_tokens(self, shown: bool) -> None:
        """Show the list; the arrows move in it at once, unless something else is used."""
        appears = shown and self._tokens.isHidden()
        self._tokens.setVisible(shown)
        focused = there(self.window()).focusWidget()
        if appears and self.isVisible() and not (focused and self.isAncestorOf(focused)):
            self._tokens.setFocus()

    def _said(self, view: InsertTokenView) -> str:
        """Return what is seen, and which token is wanted."""
        lines = []
        if view.purpose is Purpose.SIGN:
            lines.append(self.tr("The token that signs the list is needed."))
        if view.wanted:
            lines.append(self.tr("One of these will do: {0}.").format(listed(view.wanted)))
        if view.looking:
            lines.append(self.tr("Looking for tokens..."))
        elif not view.tokens:
            lines.append(
                self.tr("No token is seen. One that is plugged in now appears here by itself.")
            )
        else:
            lines.append(self.tr("Choose the token; one that is plugged in appears by itself."))
        return "\n".join(lines)

    def _select(self, view: InsertTokenView) -> None:
        rows = [token.uri for token in view.tokens]
        if view.selected in rows:
            if [token.uri for token in self._tokens.selected()] != [view.selected]:
                self._tokens.selectRow(rows.index(view.selected))
        else:
            self._tokens.clearSelection()

    def _selected(self) -> None:
        chosen = self._tokens.selected()
        if not self._showing and chosen and self._view and chosen[0].uri != self._view.selected:
            self.send(TokenSelected(chosen[0].uri))

    def _label(self, token: TokenShown) -> Cell:
        if self._view and token.uri in self._view.added:
            return Cell(self.tr("{0} (added)").format(token.label), Sign.DONE)
        return Cell(token.label, Sign.AMBER if token.certificate is None else None)

    def _certificate(self, token: TokenShown) -> Cell:
        if token.certificate is not None:
            return Cell(token.certificate.title)
        return Cell(sentence(token.problem) if token.problem else self.tr("none"))

    def _module(self, module: ModuleShown) -> Cell:
        return Cell(module.path, Sign.DONE if module.loaded else Sign.ERROR)

    def _outcome(self, module: ModuleShown) -> Cell:
        if module.problem is not None:
            return Cell(worded(module.problem)[0])
        return Cell(module.description or self.tr("loaded"))

    def _as_text(self) -> str:
        parts = (self._state.text, self._causes.text, self._modules.as_text())
        return "\n\n".join(part for part in parts if part)


def _kind(token: TokenShown) -> Cell:
    return Cell(" ".join(filter(None, (token.manufacturer, token.model))))
