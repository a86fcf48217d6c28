"""A thread with an event loop, so that places are blocking and asyncio is hidden in them.

Rules:

* The thread starts with the first call and ends with :meth:`LoopThread.close`.
* One call runs at a time. What has to be asked of a person meanwhile is asked in the thread that
  made the call, never in the loop's.
* An interrupt in the calling thread cancels the coroutine, waits until it has cleaned up, and
  goes on as the interrupt it was.
"""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from typing import Any, TypeVar

from ctlkit.log import log

__all__ = ["LoopThread"]

_T = TypeVar("_T")


class LoopThread:
    """Runs coroutines for callers that block."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._questions: queue.SimpleQueue[Callable[[], None] | None] | None = None

    def run(self, coroutine: Coroutine[Any, Any, _T]) -> _T:
        """Run a coroutine to its end and return or raise what it does.

        Raises:
            KeyboardInterrupt: the caller was interrupted; the coroutine was cancelled and is over.
        """
        loop = self._started()
        questions: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        tasks: list[asyncio.Task[_T]] = []

        def start() -> None:
            tasks.append(loop.create_task(coroutine))
            tasks[0].add_done_callback(lambda _task: questions.put(None))

        def stop() -> None:
            tasks[0].cancel()

        self._questions = questions
        loop.call_soon_threadsafe(start)
        try:
            while (question := questions.get()) is not None:
                question()
        except BaseException:
            loop.call_soon_threadsafe(stop)
            while questions.get() is not None:
                pass
            raise
        finally:
            self._questions = None
        return tasks[0].result()

    async def in_caller(self, function: Callable[[], _T]) -> _T:
        """Call a function in the thread that waits in :meth:`run`, and return what it does."""
        questions = self._questions
        if questions is None:
            raise RuntimeError("nobody waits for this coroutine")
        answer: Future[_T] = Future()

        def ask() -> None:
            try:
                answer.set_result(function())
            except Exception as error:  # noqa: BLE001  it belongs to the coroutine that asked
                answer.set_exception(error)

        questions.put(ask)
        return await asyncio.wrap_future(answer)

    @property
    def running(self) -> bool:
        """Whether the thread was started and not ended."""
        return self._loop is not None

    def close(self) -> None:
        """End what still runs, and the thread; may be called twice."""
        loop, thread = self._loop, self._thread
        self._loop = self._thread = None
        if loop is None or thread is None:
            return
        asyncio.run_coroutine_threadsafe(_settle(loop), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()

    def _started(self) -> asyncio.AbstractEventLoop:
        if self._loop is None:
            self._loop = asyncio.new_event_loop()
            self._loop.set_exception_handler(_note)
            self._thread = threading.Thread(
                target=self._loop.run_forever, name="ctlkit-place", daemon=True
            )
            self._thread.start()
        return self._loop


def _note(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Log what no coroutine was there to hear, instead of printing it."""
    log().warning("%s: %s", context.get("message"), context.get("exception"))


async def _settle(loop: asyncio.AbstractEventLoop) -> None:
    """Cancel what still runs in a loop, and wait until it is over."""
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    await loop.shutdown_asyncgens()
    await loop.shutdown_default_executor()
