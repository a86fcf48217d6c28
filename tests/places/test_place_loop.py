"""The thread that hides asyncio: results, questions to the caller, interrupts, the end."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator

import pytest

from ctlkit.place._loop import LoopThread


@pytest.fixture
def loop() -> Iterator[LoopThread]:
    """Give a thread that is ended after the test."""
    thread = LoopThread()
    yield thread
    thread.close()


def test_a_coroutine_is_run_to_its_end(loop: LoopThread) -> None:
    """What it returns or raises comes back, from a thread that is not the caller's."""

    async def fail() -> None:
        raise LookupError("here")

    async def where() -> threading.Thread:
        await asyncio.sleep(0)
        return threading.current_thread()

    assert not loop.running
    first, second = loop.run(where()), loop.run(where())
    assert first is second
    assert threading.current_thread() is not first
    with pytest.raises(LookupError, match="here"):
        loop.run(fail())
    assert loop.running


def test_questions_are_asked_in_the_callers_thread(loop: LoopThread) -> None:
    """A person is asked where the call was made; what goes wrong there reaches the coroutine."""

    def give_up() -> None:
        raise LookupError("gave up")

    async def ask() -> tuple[threading.Thread, str]:
        thread = await loop.in_caller(threading.current_thread)
        try:
            await loop.in_caller(give_up)
        except LookupError as error:
            return thread, str(error)
        raise AssertionError

    assert (threading.current_thread(), "gave up") == loop.run(ask())


def test_nobody_can_be_asked_after_the_call(loop: LoopThread) -> None:
    """A question of a coroutine that nobody waits for is a mistake of the program."""
    with pytest.raises(RuntimeError, match="nobody waits"):
        asyncio.run(loop.in_caller(lambda: None))


def test_an_interrupt_ends_the_work_first(loop: LoopThread) -> None:
    """The coroutine is cancelled and has cleaned up when the interrupt goes on; the loop lives."""
    ended: list[str] = []

    def interrupt() -> None:
        raise KeyboardInterrupt

    async def work() -> None:
        try:
            await loop.in_caller(interrupt)
        finally:
            await asyncio.sleep(0)
            ended.append("cleaned up")

    async def more() -> str:
        return "alive"

    with pytest.raises(KeyboardInterrupt):
        loop.run(work())
    assert ["cleaned up"] == ended
    assert "alive" == loop.run(more())


def test_closing_ends_what_still_runs() -> None:
    """A task that was left behind is cancelled; closing twice, or without a start, is nothing."""
    thread = LoopThread()
    thread.close()
    ended: list[str] = []

    async def forever() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("cancelled")

    async def begin() -> asyncio.Task[None]:
        task = asyncio.create_task(forever())
        await asyncio.sleep(0)
        return task

    task = thread.run(begin())
    thread.close()
    thread.close()
    assert (True, ["cancelled"], False) == (task.cancelled(), ended, thread.running)
