"""The log: what was done, for a person who asks afterwards.

Rules:

* Nothing is written anywhere unless ``-v`` or ``--log-file`` asks for it.
* No PIN, no password, no private key and no argument that might be one is logged.
* An exception that nobody foresaw is logged without its text, which might hold anything
  (:func:`log_mistake`).
* A log file is made with permissions for its owner alone, and added to.

Source: docs/command-line.md, global options.
"""

from __future__ import annotations

import logging
import os
import traceback
from collections.abc import Iterator

from ctlkit.errors import PlaceError
from ctlkit.messages import printable

__all__ = ["log", "log_mistake", "start", "stop"]

logging.getLogger("ctlkit").addHandler(logging.NullHandler())

_FORMAT = "%(asctime)s %(levelname)s %(threadName)s %(message)s"


class _Formatter(logging.Formatter):
    """One line an event: what comes from files and tokens cannot begin another."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  logging's own name
        """Return the line of an event."""
        record.message = printable(record.message)
        return super().formatMessage(record)


def log() -> logging.Logger:
    """Return the logger of the program."""
    return logging.getLogger("ctlkit")


def log_mistake(what: str, error: BaseException) -> None:
    """Log an exception that nobody foresaw: its kind and its frames, and those of its causes.

    Args:
        what: what was being done.
        error: its text, and what its frames held, are not logged.
    """
    told = (
        f"{type(item).__name__}\n{''.join(traceback.format_tb(item.__traceback__))}"
        for item in _with_causes(error)
    )
    log().error("%s: %s", what, "after ".join(told))


def _with_causes(error: BaseException) -> Iterator[BaseException]:
    """Yield an exception, and each that led to the one before."""
    met: set[int] = set()
    item: BaseException | None = error
    while item is not None and id(item) not in met:
        met.add(id(item))
        yield item
        item = item.__cause__ or (None if item.__suppress_context__ else item.__context__)


def start(*, verbose: bool, file: str | None) -> None:
    """Begin to log to standard error, to a file, or both.

    Raises:
        PlaceError: the file cannot be written.
    """
    logger = log()
    logger.setLevel(logging.DEBUG)
    logger.propagate = False
    if verbose:
        _add(logging.StreamHandler(), logging.INFO)
    if file is not None:
        try:
            # Without O_NONBLOCK a FIFO that nobody reads would hold the program up for ever.
            flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_NONBLOCK", 0)
            os.close(os.open(file, flags, 0o600))
            handler = logging.FileHandler(file, encoding="utf-8", errors="backslashreplace")
        except (OSError, ValueError) as error:
            raise PlaceError("file-unwritable", file=file, reason=error) from error
        _add(handler, logging.DEBUG)


def _add(handler: logging.Handler, level: int) -> None:
    handler.setLevel(level)
    handler.setFormatter(_Formatter(_FORMAT))
    log().addHandler(handler)


def stop() -> None:
    """Write out and close what :func:`start` opened."""
    logger = log()
    for handler in list(logger.handlers):
        logger.removeHandler(handler)
        handler.flush()
        handler.close()
