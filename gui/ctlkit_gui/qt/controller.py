"""Drives the wizard: feeds events to the pure function, shows its views, runs its effects.

Rules:

* The state lives in the window's thread, and is changed there only.
* Each effect runs in a thread of its own and brings events back through one queued signal, so that
  their order per thread holds. Effects that only tell another one something (``Abandon``,
  ``Answer``, ``StopWatch``) do not block and run at once.
* An answer that came too late is fed like any other: the pure function drops it.
* No thread outlives ``close`` by its own fault: each was told to stop, and is waited for.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable

from PyQt6.QtCore import QObject, pyqtSignal, pyqtSlot

from ctlkit.errors import CtlkitError
from ctlkit.log import log_mistake
from ctlkit_gui.flow import advance, initial, view
from ctlkit_gui.flow.brought import Failed
from ctlkit_gui.flow.effects import Abandon, Answer, CloseWindow, Effect, Remember, StopWatch
from ctlkit_gui.flow.events import Event
from ctlkit_gui.flow.values import Remembered

__all__ = ["Controller", "Run"]

Run = Callable[[Effect, Callable[[Event], None]], Event | None]
"""Carries out an effect, blocking; what it emits meanwhile goes to the second argument."""

_AT_ONCE = (Abandon, Answer, StopWatch)
_PATIENCE = 10.0


class Controller(QObject):
    """The wizard between its window and its work.

    Attributes:
        showed: a :data:`~ctlkit_gui.flow.View`, after each event.
        remembered: the :class:`~ctlkit_gui.flow.ServerForm` to keep for the next time.
        over: the wizard has ended; the window is to be closed.
    """

    showed = pyqtSignal(object)
    remembered = pyqtSignal(object)
    over = pyqtSignal()
    _arrived = pyqtSignal(object)

    def __init__(self, remembered: Remembered, run: Run, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._state = initial(remembered)
        self._run = run
        self._waiting: deque[Event] = deque()
        self._feeding = False
        self._closed = False
        self._threads: set[threading.Thread] = set()
        self._arrived.connect(self.feed)

    def start(self) -> None:
        """Show the first page."""
        self.showed.emit(view(self._state))

    @pyqtSlot(object)
    def feed(self, event: Event) -> None:
        """Let something happen; what it leads to is shown and begun before this returns.

        An event that comes while another is dealt with waits for its turn.
        """
        self._waiting.append(event)
        if self._feeding:
            return
        self._feeding = True
        try:
            while self._waiting and not self._closed:
                self._advance(self._waiting.popleft())
        finally:
            self._feeding = False

    def _advance(self, event: Event) -> None:
        self._state, effects = advance(self._state, event)
        for effect in effects:
            self._begin(effect)
        if not self._closed:
            self.showed.emit(view(self._state))

    def _begin(self, effect: Effect) -> None:
        if isinstance(effect, Remember):
            self.remembered.emit(effect.form)
        elif isinstance(effect, CloseWindow):
            self._closed = True
            self.over.emit()
        elif isinstance(effect, _AT_ONCE):
            self._run(effect, self._arrived.emit)
        else:
            # A token's module may never return; such a thread must not keep the program.
            thread = threading.Thread(
                target=self._work, args=(effect,), name=type(effect).__name__, daemon=True
            )
            self._threads = {item for item in self._threads if item.is_alive()} | {thread}
            thread.start()

    def _work(self, effect: Effect) -> None:
        """Carry out an effect; called in its own thread."""
        try:
            answer = self._run(effect, self._arrived.emit)
        except Exception as error:  # noqa: BLE001  a mistake of ours must not leave a page waiting
            log_mistake(type(effect).__name__, error)
            kind = type(error).__name__
            answer = Failed(effect.request, CtlkitError("wizard-internal", kind=kind))
        if answer is not None:
            self._arrived.emit(answer)

    def close(self, stop: Callable[[], None]) -> bool:
        """Stop everything and wait for it; whether every thread has ended.

        Args:
            stop: abandons all effects that run; it may block.
        """
        self._closed = True
        stop()
        end = time.monotonic() + _PATIENCE
        for thread in self._threads:
            thread.join(max(0.0, end - time.monotonic()))
        return not any(thread.is_alive() for thread in self._threads)
