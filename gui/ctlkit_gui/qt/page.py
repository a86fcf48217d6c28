"""What every page of the window is.

Rules:

* A page shows a view and emits events; it decides nothing.
* ``show_view`` may be called at any time with any view of its kind: it keeps focus, selection,
  what is being typed and how far one has scrolled, and emits nothing.
* The window owns what all pages have: title, problem, busy, Back, Next and Cancel. It puts the
  page into a scroll area, so a page never scrolls as a whole by itself.
* A secret goes from its field into the box and nowhere else; ``go_on`` and ``left`` clear the
  field.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QWidget

from ctlkit_gui.flow.events import Event, Next

if TYPE_CHECKING:
    from ctlkit_gui.work import SecretBox

__all__ = ["Page", "Shown"]

Shown = TypeVar("Shown")


class Page(QWidget, Generic[Shown]):
    """One page; ``Shown`` is its class of :mod:`ctlkit_gui.flow.views`.

    Attributes:
        emitted: an :class:`~ctlkit_gui.flow.events.Event`, what a person did.
        box: where a typed secret is put before the event that speaks of it.
    """

    emitted = pyqtSignal(object)

    def __init__(self, box: SecretBox, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.box = box

    def title(self) -> str:
        """Return the title of the step, translated; asked after each ``show_view``."""
        raise NotImplementedError

    def explanation(self) -> str:
        """Return the line under the title, translated; empty for none."""
        return ""

    def next_text(self) -> str:
        """Return what the main button says, with its mnemonic; empty for ``&Next``."""
        return ""

    def cancel_text(self) -> str:
        """Return what the Cancel button says, with its mnemonic; empty for ``Cancel``."""
        return ""

    def show_view(self, view: Shown, /) -> None:
        """Show a view (``render`` is taken by Qt)."""
        raise NotImplementedError

    def first_focus(self) -> QWidget | None:
        """Return what gets the focus when the page is turned to; None: the main button."""
        return None

    def go_on(self) -> None:
        """Do what the main button does; a page with a secret puts it into the box first."""
        self.send(Next())

    def left(self) -> None:
        """Forget what must not stay when the page is turned away: a typed secret."""

    def send(self, event: Event) -> None:
        """Emit an event."""
        self.emitted.emit(event)
