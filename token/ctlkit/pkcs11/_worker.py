"""One thread that does all the work given to it, one piece after the other.

Rules:

* The thread lives as long as the process: the library that it owns must never be let go of, and
  its stack holds the last reference (docs/tokens.md, the binding, 1 and 6).
* A caller waits with a cancel event and a time limit, and may walk away from a call that hangs.
  Work that was given up before it began is never begun, unless it is tidying up; work that runs
  is left to end.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from queue import SimpleQueue
from typing import Generic, TypeVar

from ctlkit.errors import CancelledError

__all__ = ["ExpiredError", "OwnerThread"]

T = TypeVar("T")

_LOOK_SECONDS = 0.05
"""How often a waiting caller looks at its cancel event."""


class ExpiredError(Exception):
    """The time limit of a call is over."""


class _Job(Generic[T]):
    """One piece of work, and what became of it."""

    __slots__ = ("_claim", "_done", "_error", "_result", "_work")

    def __init__(self, work: Callable[[], T]) -> None:
        self._work: Callable[[], T] | None = work
        self._claim = threading.Lock()
        self._done = threading.Lock()
        self._done.acquire()
        self._result: list[T] = []
        self._error: BaseException | None = None

    def run(self) -> None:
        """Do the work, unless it was given up. Called in the owner's thread."""
        if not self._claim.acquire(blocking=False):
            return
        work, self._work = self._work, None
        try:
            if work is not None:
                self._result.append(work())
        except BaseException as error:  # noqa: BLE001 - raised again in the thread that waits
            self._error = error
        finally:
            del work
            self._done.release()

    def give_up(self) -> None:
        """Keep the work from beginning, if it has not."""
        if self._claim.acquire(blocking=False):
            self._work = None

    def wait(self, seconds: float) -> bool:
        """Wait for the end of the work; return whether it came."""
        return self._done.acquire(timeout=seconds)

    def outcome(self) -> T:
        """Return what the work returned, or raise what it raised."""
        try:
            if self._error is not None:
                raise self._error
            return self._result[0]
        finally:
            # An exception that refers to its own frame keeps everything in it alive.
            self._error = None


class OwnerThread:
    """A named daemon thread with a queue."""

    def __init__(self, name: str) -> None:
        """Start the thread; it waits for work."""
        self._queue: SimpleQueue[_Job[object]] = SimpleQueue()
        self._kept: list[object] = []
        self._thread = threading.Thread(target=self._serve, name=name, daemon=True)
        self._thread.start()

    def call(
        self,
        work: Callable[[], T],
        *,
        cancel: threading.Event | None = None,
        timeout: float | None = None,
        surely: bool = False,
    ) -> T:
        """Do some work in the thread and return its result.

        Args:
            work: what to do.
            cancel: when it is set, the wait ends.
            timeout: seconds to wait at most, None for ever.
            surely: do the work also when nobody waits for it any more.

        Raises:
            CancelledError: ``cancel`` was set.
            ExpiredError: the time is over.
        """
        _stop_if(cancel)
        job = _Job(work)
        self._queue.put(job)  # type: ignore[arg-type]  # the queue does not look at results
        deadline = None if timeout is None else time.monotonic() + timeout
        try:
            while not job.wait(_LOOK_SECONDS):
                _stop_if(cancel)
                if deadline is not None and time.monotonic() > deadline:
                    raise ExpiredError
        except BaseException:
            if not surely:
                job.give_up()
            raise
        return job.outcome()

    def keep(self, value: object) -> None:
        """Keep a reference for as long as the process lives."""
        self._kept.append(value)

    @property
    def current(self) -> bool:
        """Whether this is called in the thread."""
        return threading.get_ident() == self._thread.ident

    def _serve(self) -> None:
        while True:
            job = self._queue.get()
            job.run()
            del job


def _stop_if(cancel: threading.Event | None) -> None:
    if cancel is not None and cancel.is_set():
        raise CancelledError("token-wait-cancelled")
