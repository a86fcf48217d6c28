"""The log: what was done, for a person who asks afterwards.

Rules:

* Nothing is written anywhere unless ``-v`` or ``--log-file`` asks for it.
* No PIN, no password, no private key and no argument that might be one is logged.
* A log file is made with permissions for its owner alone, and added to.

Source: docs/command-line.md, global options.
"""

from __future__ import annotations

import logging
import os

from ctlkit.errors import PlaceError
from ctlkit.messages import printable

__all__ = ["log", "start", "stop"]

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
