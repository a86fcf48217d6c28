"""Page 2: what is to be done, and what the cluster and its nodes hold now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QDateTime, Qt
from PyQt6.QtGui import QKeySequence, QShortcut
from PyQt6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QPushButton,
    QRadioButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from ctlkit.edit import Mode
from ctlkit_gui.flow.events import ActionChosen, Rescan
from ctlkit_gui.flow.values import Action, NodeShown
from ctlkit_gui.flow.views import ActionView, Button
from ctlkit_gui.qt.language import sentence
from ctlkit_gui.qt.page import Page
from ctlkit_gui.qt.tables import Cell, Table
from ctlkit_gui.qt.theme import QuietLabel, Sign, em
from ctlkit_gui.qt.widgets import FieldGrid, Heading, MessageList, whole

if TYPE_CHECKING:
    from ctlkit_gui.work import SecretBox

__all__ = ["ActionPage"]


class ActionPage(Page[ActionView]):
    """The Action page: the old client's three radio buttons, and the present state."""

    def __init__(self, box: SecretBox, parent: QWidget | None = None) -> None:
        super().__init__(box, parent)
        self._group = QButtonGroup(self)
        self._radios = {
            Action.MIXED: QRadioButton(self.tr("Set Cluster to &Mixed Mode")),
            Action.NON_SECURE: QRadioButton(self.tr("Set Cluster to Non-&Secure Mode")),
            Action.UPDATE: QRadioButton(self.tr("&Update CTL File")),
        }
        self._whys = {action: QuietLabel() for action in self._radios}
        self._facts = FieldGrid()
        self._place, self._mode = self.tr("Place"), self.tr("Mode of the cluster")
        self._says, self._release = self.tr("Mode of the list"), self.tr("Release")
        for name in (self._place, self._mode, self._says, self._release):
            self._facts.add(name)
        self._nodes = self._table()
        self._errors = MessageList()
        self.again = QPushButton(self.tr("Look A&gain (F5)"))
        self.again.setAutoDefault(False)
        self.again.setAccessibleDescription(self.tr("Asks every node anew; what was added stays"))
        self.again.clicked.connect(lambda: self.send(Rescan()))
        key = QShortcut(QKeySequence(Qt.Key.Key_F5), self)
        key.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        key.activated.connect(self.again.click)
        self._group.idClicked.connect(self._chosen)
        self._lay_out()

    def _table(self) -> Table[NodeShown]:
        table: Table[NodeShown] = Table(
            (
                (self.tr("Node"), self._node),
                (self.tr("Present list"), self._state),
                (self.tr("Signed"), _signed),
                (self.tr("Signer"), lambda node: Cell(node.signer)),
                ("MD5", lambda node: Cell(node.md5, fixed=True)),
                ("SHA-1", lambda node: Cell(node.sha1, fixed=True)),
            ),
            lambda node: node.node,
            self.tr("The present list on every node"),
        )
        table.show_at_least(1, 8)
        table.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        return table

    def _lay_out(self) -> None:
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(em(self, 0.5))
        for number, (action, radio) in enumerate(self._radios.items()):
            self._group.addButton(radio, number)
            whole.addWidget(radio)
            why = self._whys[action]
            why.setIndent(em(self, 2.1))
            whole.addWidget(why)
        whole.addSpacing(em(self, 1))
        head = QHBoxLayout()
        head.addWidget(Heading(self.tr("As it is now")), 1)
        head.addWidget(self.again)
        whole.addLayout(head)
        whole.addWidget(self._facts)
        whole.addSpacing(em(self, 0.5))
        whole.addWidget(self._nodes)
        whole.addWidget(self._errors)
        whole.addStretch()

    def title(self) -> str:
        """Return the title."""
        return self.tr("Action")

    def explanation(self) -> str:
        """Return what the page is for."""
        return self.tr("What is to be done with the trust list.")

    def first_focus(self) -> QWidget | None:
        """Return the chosen action, else the first that can be chosen."""
        checked = self._group.checkedButton()
        if checked is not None:
            return checked
        return next((radio for radio in self._radios.values() if radio.isEnabled()), None)

    def show_view(self, view: ActionView) -> None:
        """Show a view."""
        whys = [_why(view.actions[action]) for action in self._radios]
        for (action, radio), text, below in zip(
            self._radios.items(), whys, (*whys[1:], ""), strict=True
        ):
            self._show_action(radio, view.actions[action], text or self._does(action))
            # What keeps several from being chosen is said once, below the last of them.
            self._whys[action].setText(text or self._does(action))
            self._whys[action].setVisible(not text or text != below)
        # An exclusive group does not let go of its last one.
        self._group.setExclusive(False)
        for action, radio in self._radios.items():
            radio.setChecked(action is view.action)
        self._group.setExclusive(True)
        self._facts.set_value(self._place, self.tr("Practice") if view.practice else view.place)
        self._facts.set_value(self._mode, self._mode_word(view.mode))
        self._facts.set_value(self._says, self._mode_word(view.says))
        self._facts.set_value(self._release, view.release or "")
        self._nodes.set_rows(view.nodes)
        self._errors.set_messages(node.error for node in view.nodes if node.error is not None)

    def _show_action(self, radio: QRadioButton, button: Button, text: str) -> None:
        radio.setVisible(button.shown)
        radio.setEnabled(button.enabled)
        radio.setAccessibleDescription(text)

    def _does(self, action: Action) -> str:
        """Return in words what an action leads to."""
        texts = {
            Action.MIXED: self.tr("Phones may encrypt. Your tokens sign the list."),
            Action.NON_SECURE: self.tr("Phones no longer encrypt. The list stays, and says so."),
            Action.UPDATE: self.tr("Tokens and servers are added or removed; the mode stays."),
        }
        return texts[action]

    def _mode_word(self, mode: Mode | None) -> str:
        if mode is None:
            return ""
        return self.tr("mixed") if mode is Mode.MIXED else self.tr("non-secure")

    def _node(self, node: NodeShown) -> Cell:
        if node.error is None:
            return Cell(node.node, Sign.DONE if node.file else Sign.QUIET)
        return Cell(node.node, Sign.ERROR if not node.answers else Sign.AMBER)

    def _state(self, node: NodeShown) -> Cell:
        if node.error is not None:
            return Cell(sentence(node.error))
        if not node.file:
            return Cell(self.tr("none"))
        return Cell(node.file)

    def _chosen(self, number: int) -> None:
        self.send(ActionChosen(list(self._radios)[number]))


def _signed(node: NodeShown) -> Cell:
    if node.signed is None:
        return Cell("")
    when = QDateTime.fromSecsSinceEpoch(node.signed)
    return Cell(when.toString("yyyy-MM-dd HH:mm"))


def _why(button: Button) -> str:
    """Return in words why an action cannot be chosen, empty where it can."""
    return "" if button.why is None else whole(button.why)
