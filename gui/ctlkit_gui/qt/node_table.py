"""Tables of nodes: how far each is while it is worked on, and what each holds afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PyQt6.QtCore import QCoreApplication
from PyQt6.QtWidgets import QWidget

from ctlkit.errors import CtlkitError
from ctlkit.place import Progress, Published, Step
from ctlkit_gui.flow.values import VouchedShown
from ctlkit_gui.qt.language import sentence, worded
from ctlkit_gui.qt.row_list import RowList
from ctlkit_gui.qt.tables import Cell, Table
from ctlkit_gui.qt.theme import Sign

__all__ = ["HeldTable", "NodeErrors", "NodeRow", "Vouching", "WorkTable", "rows_of", "step_word"]


@dataclass(frozen=True, slots=True)
class NodeRow:
    """A node that is worked on.

    Attributes:
        progress: the last step that was told, None before the first.
        published: what became of it, None while that is open.
    """

    node: str
    progress: Progress | None = None
    published: Published | None = None


def rows_of(
    nodes: Sequence[tuple[str, Progress | None]], published: Sequence[Published]
) -> list[NodeRow]:
    """Return a row a node: those that were told of first, then those with a result alone."""
    results = {item.node: item for item in published}
    rows = [NodeRow(node, progress, results.pop(node, None)) for node, progress in nodes]
    return rows + [NodeRow(node, published=item) for node, item in results.items()]


class WorkTable(Table[NodeRow]):
    """How far each node is."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        columns = [
            (QCoreApplication.translate("NodeTable", "Server"), lambda row: Cell(row.node)),
            (QCoreApplication.translate("NodeTable", "State"), _work_state),
            (QCoreApplication.translate("NodeTable", "Details"), _details),
        ]
        super().__init__(columns, lambda row: row.node, name, parent)
        self.show_at_least(2, 8)
        self.make_room(1, [step_word(step) for step in Step])


def _work_state(row: NodeRow) -> Cell:
    if row.published is not None:
        return _result(row.published)
    if row.progress is None:
        return Cell(QCoreApplication.translate("NodeTable", "waiting"), Sign.COMING)
    signs = {Step.DONE: Sign.DONE, Step.FAILED: Sign.ERROR, Step.WAITING: Sign.COMING}
    step = row.progress.step
    return Cell(step_word(step), signs.get(step, Sign.CURRENT))


def _details(row: NodeRow) -> Cell:
    return Cell(row.progress.detail if row.progress else "")


def step_word(step: Step) -> str:
    """Return where a node's work stands, in words."""
    words = {
        Step.CONNECTING: QCoreApplication.translate("NodeTable", "connecting"),
        Step.READING: QCoreApplication.translate("NodeTable", "reading"),
        Step.WRITING: QCoreApplication.translate("NodeTable", "writing"),
        Step.KEEPING: QCoreApplication.translate("NodeTable", "keeping the present file"),
        Step.REPLACING: QCoreApplication.translate("NodeTable", "putting the new file in place"),
        Step.READING_BACK: QCoreApplication.translate("NodeTable", "reading it back"),
        Step.WAITING: QCoreApplication.translate("NodeTable", "waiting"),
        Step.RESTARTING: QCoreApplication.translate("NodeTable", "restarting"),
        Step.DONE: QCoreApplication.translate("NodeTable", "done"),
        Step.FAILED: QCoreApplication.translate("NodeTable", "failed"),
    }
    return words[step]


def _result(item: Published) -> Cell:
    if item.error is not None:
        return Cell(QCoreApplication.translate("NodeTable", "failed"), Sign.ERROR)
    if item.changed:
        return Cell(QCoreApplication.translate("NodeTable", "done"), Sign.DONE)
    return Cell(QCoreApplication.translate("NodeTable", "was so already"), Sign.DONE)


class HeldTable(Table[Published]):
    """What each node holds: the old client's list of servers, and the checksums read back."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        columns = [
            (QCoreApplication.translate("NodeTable", "Server"), lambda item: Cell(item.node)),
            (
                QCoreApplication.translate("NodeTable", "File location"),
                lambda item: Cell(item.present.name if item.present else ""),
            ),
            (QCoreApplication.translate("NodeTable", "Status"), _result),
            (
                QCoreApplication.translate("NodeTable", "MD5"),
                lambda item: _checksum(item.present.md5 if item.present else ""),
            ),
            (
                QCoreApplication.translate("NodeTable", "SHA-1"),
                lambda item: _checksum(item.present.sha1 if item.present else ""),
            ),
        ]
        super().__init__(columns, lambda item: item.node, name, parent)
        self.show_at_least(2, 8)


class NodeErrors(RowList):
    """What went wrong, a row a node; it hides where nothing did."""

    def set_published(self, published: Sequence[Published]) -> None:
        """Show what went wrong on nodes."""
        failed = QCoreApplication.translate("NodeTable", "failed")
        self.show_rows(
            [
                (Sign.ERROR, failed, _line(item.node, item.error), worded(item.error)[1])
                for item in published
                if item.error is not None
            ]
        )


class Vouching(RowList):
    """What the trust service of each node says of the new list's signer."""

    def set_vouched(self, vouched: Sequence[VouchedShown]) -> None:
        """Show what nodes said."""
        yes = QCoreApplication.translate("NodeTable", "vouches")
        no = QCoreApplication.translate("NodeTable", "does not vouch")
        well = QCoreApplication.translate("NodeTable", "{0}: vouches for the list's signer.")
        self.show_rows(
            [
                (Sign.DONE, yes, well.format(item.node), "")
                if item.error is None
                else (Sign.ERROR, no, _line(item.node, item.error), worded(item.error)[1])
                for item in vouched
            ]
        )


def _line(node: str, error: CtlkitError) -> str:
    """Return what happened on a node, which is named once."""
    happened = sentence(error)
    if happened.startswith(node):
        return happened
    return QCoreApplication.translate("NodeTable", "{0}: {1}").format(node, happened)


def _checksum(text: str) -> Cell:
    return Cell(text, fixed=True)
