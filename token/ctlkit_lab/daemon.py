"""The process of a practice cluster that runs by itself, and how one is started and stopped.

Rules:

* ``python -m ctlkit_lab.daemon`` runs a cluster until it is asked to stop, by its control port or
  by a signal. It writes one line to its standard output once all ports answer, or why they do not;
  from then on all that it says goes to ``lab.log``.
* Whoever starts it waits for that line. One that is slow is stopped: there is never a cluster that
  nobody was told of.

Source: docs/command-line.md, the practice cluster's state.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from ctlkit.errors import CtlkitError, NetworkError, PlaceError
from ctlkit.log import log, start, stop
from ctlkit_lab.control import ask, error_from, error_object
from ctlkit_lab.state import LOG_FILE, LabFile, hold, is_held, read_lab

__all__ = ["main", "run", "shut_down", "spawn"]

_SECONDS_TO_START = 120
_SECONDS_TO_STOP = 30
_LONGEST_LINE = 1 << 16
_PAUSE = 0.05
_READY = b"ready"


def run(folder: Path, named: Mapping[str, object], started: Callable[[], None]) -> None:
    """Run the cluster of a folder in this process until it is asked to stop.

    Args:
        folder: made if it is missing.
        named: fields of :class:`~ctlkit_lab.model.LabOptions`, as they stand in JSON.
        started: called once every port answers.

    Raises:
        CtlkitError: it cannot be started, or it runs already.
    """
    from ctlkit_lab.cluster import PracticeCluster
    from ctlkit_lab.creating import refuse_strangers
    from ctlkit_lab.releases import Release

    refuse_strangers(folder)
    options = dict(named)
    if "release" in options:
        options["release"] = Release(options["release"])

    async def serve() -> None:
        cluster = PracticeCluster.open(folder, options)
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            # Where the loop knows no signals an interrupt ends it all the same.
            with contextlib.suppress(NotImplementedError):
                loop.add_signal_handler(number, cluster.stopping.set)
        await cluster.start()
        try:
            started()
            await cluster.stopping.wait()
        finally:
            await cluster.close()

    with hold(folder):
        asyncio.run(serve())


def spawn(folder: Path, named: Mapping[str, object]) -> None:
    """Start the cluster of a folder in a process of its own, and return when every port answers.

    Args:
        folder: made if it is missing.
        named: fields of :class:`~ctlkit_lab.model.LabOptions`, as they stand in JSON.

    Raises:
        CtlkitError: it cannot be started; nothing runs then.
    """
    words = ["--dir", str(folder.absolute()), "--options", json.dumps(named)]
    process = subprocess.Popen(
        [sys.executable, "-m", "ctlkit_lab.daemon", *words],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        cwd="/" if os.name == "posix" else None,
    )
    try:
        line = _first_line(process, folder)
    except BaseException:
        process.kill()
        process.wait()
        raise
    finally:
        if process.stdout is not None:
            process.stdout.close()
    if line != _READY:
        process.wait(_SECONDS_TO_STOP)
        raise _refusal(line, folder)


def shut_down(folder: Path) -> bool:
    """Stop the cluster of a folder and wait until it is gone; False where none runs.

    One that is being started is stopped once it runs.

    Raises:
        NetworkError, PlaceError: it does not stop.
    """
    lab = _reached(folder)
    if lab is None:
        return False
    try:
        ask(folder, lab, "stop", seconds=_SECONDS_TO_STOP)
    except NetworkError:
        # One that hangs is told by a signal. It is ours while the lock is held: who took the lock
        # removed the lab.json of any other process.
        if is_held(folder):
            with contextlib.suppress(ProcessLookupError):
                os.kill(lab.pid, signal.SIGTERM)
    end = time.monotonic() + _SECONDS_TO_STOP
    while is_held(folder):
        if time.monotonic() > end:
            raise PlaceError(
                "lab-stop-slow",
                folder=folder,
                seconds=_SECONDS_TO_STOP,
                log=folder / LOG_FILE,
                pid=lab.pid,
            )
        time.sleep(_PAUSE)
    return True


def _reached(folder: Path) -> LabFile | None:
    """Return how a cluster is reached, once it is started; None where none runs.

    Raises:
        PlaceError: it is neither ready nor gone in time.
        InputError: ``lab.json`` is damaged.
    """
    end = time.monotonic() + _SECONDS_TO_START
    while is_held(folder):
        try:
            return read_lab(folder)
        except PlaceError as error:
            if time.monotonic() > end:
                raise PlaceError(
                    "lab-unreachable",
                    folder=folder,
                    seconds=_SECONDS_TO_START,
                    log=folder / LOG_FILE,
                ) from error
        time.sleep(_PAUSE)
    return None


def _first_line(process: subprocess.Popen[bytes], folder: Path) -> bytes:
    """Return the line with which the process says how its start went.

    Raises:
        PlaceError: it says nothing in time.
    """
    stream = process.stdout
    if stream is None:
        return b""
    end = time.monotonic() + _SECONDS_TO_START
    line = bytearray()
    os.set_blocking(stream.fileno(), False)
    with selectors.DefaultSelector() as selector:
        selector.register(stream, selectors.EVENT_READ)
        while b"\n" not in line and len(line) < _LONGEST_LINE:
            if not selector.select(max(0.0, end - time.monotonic())):
                raise PlaceError(
                    "lab-start-slow",
                    folder=folder,
                    seconds=_SECONDS_TO_START,
                    log=folder / LOG_FILE,
                )
            piece = stream.read(_LONGEST_LINE)
            if not piece:
                break
            line += piece
    return bytes(line).partition(b"\n")[0]


def _refusal(line: bytes, folder: Path) -> CtlkitError:
    """Return the error that a start ended with."""
    try:
        return error_from(json.loads(line))
    except (ValueError, TypeError, KeyError, RecursionError):
        reason = "its process ended"
        return PlaceError("lab-start-failed", folder=folder, reason=reason, log=folder / LOG_FILE)


def main(words: Sequence[str] | None = None) -> int:
    """Run a cluster until it is stopped, and return the exit status."""
    from ctlkit_lab.creating import refuse_strangers

    parser = argparse.ArgumentParser(prog="python -m ctlkit_lab.daemon")
    parser.add_argument("--dir", type=Path, required=True)
    parser.add_argument("--options", type=json.loads, default={})
    given = parser.parse_args(words)

    def started() -> None:
        _say(_READY)

    try:
        refuse_strangers(given.dir)
        given.dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        start(verbose=False, file=str(given.dir / LOG_FILE))
        run(given.dir, given.options, started)
    except CtlkitError as error:
        _say(json.dumps(error_object(error)).encode())
        return error.status
    except OSError as error:
        reason = error.strerror or type(error).__name__
        refused = PlaceError("lab-folder-unusable", folder=given.dir, reason=reason)
        _say(json.dumps(error_object(refused)).encode())
        return refused.status
    except Exception:  # noqa: BLE001  whoever started it reads the log, not a traceback
        log().exception("the practice cluster ended")
        return 1
    finally:
        stop()
    return 0


def _say(line: bytes) -> None:
    """Tell whoever started this process, and then no more: nobody reads on."""
    with contextlib.suppress(OSError):
        os.write(sys.stdout.fileno(), line + b"\n")
        quiet = os.open(os.devnull, os.O_WRONLY)
        os.dup2(quiet, sys.stdout.fileno())
        os.close(quiet)


if __name__ == "__main__":
    sys.exit(main())
