"""Running a function in a process of its own, which may hang or die of what it loads.

Rules:

* What the function prints goes nowhere: a vendor's library that writes to standard output must
  not spoil an answer.
* The process is killed when its time is over.
* Only what can be pickled goes in and comes out, and only between this process and its child.
"""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

__all__ = ["ChildDiedError", "run", "serve"]

_T = TypeVar("_T")
_CHILD = f"import sys; sys.path[:] = sys.argv[1:]; from {__name__} import serve; serve()"


class ChildDiedError(Exception):
    """The process ended without an answer; the text says how."""


def run(function: Callable[..., _T], *arguments: object, seconds: float) -> _T:
    """Return what a function of a module's top returns, called in a process of its own.

    Args:
        function: what to call.
        arguments: what to call it with.
        seconds: how long it may take, starting the process included.

    Raises:
        TimeoutError: it took longer.
        ChildDiedError: the process ended before it had an answer.
        OSError: no process could be started.
    """
    try:
        done = subprocess.run(
            [sys.executable, "-c", _CHILD, *sys.path],
            input=pickle.dumps((function, arguments)),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise TimeoutError(f"no answer within {seconds:.0f} seconds") from None
    try:
        answer: Any = pickle.loads(done.stdout)  # noqa: S301  from a child of our own
    except (EOFError, pickle.UnpicklingError):
        raise ChildDiedError(_ending(done.returncode)) from None
    return answer  # type: ignore[no-any-return]


def serve() -> None:
    """Be the child: call what standard input says, and answer on what was standard output."""
    function, arguments = pickle.load(sys.stdin.buffer)  # noqa: S301  from the parent
    with os.fdopen(os.dup(1), "wb") as answers:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.close(nowhere)
        answers.write(pickle.dumps(function(*arguments)))


def _ending(status: int) -> str:
    """Return how a process ended, for a person."""
    if status < 0:
        with suppress(ValueError):
            return signal.Signals(-status).name
    return f"status {status}"
