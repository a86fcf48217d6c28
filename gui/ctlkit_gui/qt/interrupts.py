"""What reaches the program from beside its window: signals, and mistakes of its own.

Rules:

* Ctrl-C in the terminal, and a request of the system to end, ask the window to close, as its
  button does: what is being signed or written is ended first.
* A mistake in what Qt calls is logged and told once; PyQt would abort the process over it, and
  lose what was entered.

Source: https://docs.python.org/3/library/signal.html#signal.set_wakeup_fd: Python sees a signal
only when it runs, and Qt waits in code of its own; so the system wakes a socket.
"""

from __future__ import annotations

import signal
import socket
import sys
from collections.abc import Callable
from types import TracebackType

from PyQt6.QtCore import QObject, QSocketNotifier
from PyQt6.QtWidgets import QWidget
from PyQt6.sip import voidptr

from ctlkit.errors import CtlkitError
from ctlkit.log import log_mistake
from ctlkit_gui.qt.telling import tell

__all__ = ["Interrupts"]


class Interrupts(QObject):
    """Listens while the window is there, from ``start`` to ``stop``."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._told = False
        self._before: list[Callable[[], object]] = []
        self._woken, self._waking = socket.socketpair()

    def start(self) -> None:
        """Begin to listen; to be called in the main thread."""
        for end in (self._woken, self._waking):
            end.setblocking(False)
        socket_number = voidptr(self._woken.fileno())
        notifier = QSocketNotifier(socket_number, QSocketNotifier.Type.Read, self)
        notifier.activated.connect(self._wake)
        self._before.append(lambda: notifier.setEnabled(False))
        old = signal.set_wakeup_fd(self._waking.fileno(), warn_on_full_buffer=False)
        self._before.append(lambda: signal.set_wakeup_fd(old))
        for name in ("SIGINT", "SIGTERM", "SIGHUP"):
            if hasattr(signal, name):
                self._listen(getattr(signal, name))
        hook, sys.excepthook = sys.excepthook, self.mistake
        self._before.append(lambda: setattr(sys, "excepthook", hook))

    def _listen(self, number: signal.Signals) -> None:
        handler = signal.signal(number, lambda *_: None)
        self._before.append(lambda: signal.signal(number, handler))

    def stop(self) -> None:
        """Listen no more: all is as it was before."""
        while self._before:
            self._before.pop()()
        self._woken.close()
        self._waking.close()

    def _wake(self) -> None:
        self._woken.recv(1024)
        self._window.close()

    def mistake(
        self, kind: type[BaseException], error: BaseException, _trace: TracebackType | None
    ) -> None:
        """Log a mistake of ours and tell it, once: what went wrong may go wrong with each event."""
        log_mistake("window", error)
        if self._told:
            return
        self._told = True
        internal = CtlkitError("wizard-internal", kind=kind.__name__)
        tell(self._window, self._window.windowTitle(), internal).finished.connect(self._read)

    def _read(self) -> None:
        self._told = False
