"""Save log: what was done since the window opened, kept in memory until a person saves it.

Rules:

* Nothing is written before somebody asks for it, and then for the file's owner alone.
* What ctlkit logs holds no PIN and no password (:mod:`ctlkit.log`); each event is one line.
* Of very many events the oldest are forgotten.
"""

from __future__ import annotations

import logging
from collections import deque
from functools import cache
from pathlib import Path

from PyQt6.QtCore import QCoreApplication, QDateTime, Qt, QTimeZone
from PyQt6.QtWidgets import QFileDialog, QWidget

from ctlkit.errors import CtlkitError
from ctlkit.files import write_file
from ctlkit.log import log
from ctlkit.messages import printable
from ctlkit_gui.qt.about import versions
from ctlkit_gui.qt.telling import tell

__all__ = ["RecentLog", "recent_log", "save_log"]

_MOST = 20_000
_FORMAT = "%(asctime)s %(levelname)s %(threadName)s %(message)s"
_OWNER_ONLY = 0o600


class RecentLog(logging.Handler):
    """Keeps the last events of ctlkit's log, from ``start`` to ``stop``."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.setFormatter(logging.Formatter(_FORMAT))
        self._lines: deque[str] = deque(maxlen=_MOST)
        self._level_before = logging.NOTSET

    def start(self) -> None:
        """Begin to listen."""
        self._level_before = log().level
        log().setLevel(logging.DEBUG)
        log().addHandler(self)

    def stop(self) -> None:
        """Listen no more; what was heard stays."""
        log().removeHandler(self)
        log().setLevel(self._level_before)

    def emit(self, record: logging.LogRecord) -> None:
        """Keep an event as one line: what comes from outside cannot begin another."""
        self._lines.append(printable(self.format(record)))

    @property
    def text(self) -> str:
        """The versions that run here, then an event a line."""
        now = QDateTime.currentDateTimeUtc().toTimeZone(QTimeZone.utc())
        about = [f"{name} {version}" for name, version in versions().items()]
        head = [*about, f"saved {now.toString(Qt.DateFormat.ISODate)}", ""]
        return "\n".join((*head, *self._lines)) + "\n"

    def save(self, path: Path) -> None:
        """Write it to a file.

        Raises:
            PlaceError: the file cannot be written.
        """
        data = self.text.encode("utf-8", "backslashreplace")
        write_file(path, data, replace=True, mode=_OWNER_ONLY)


@cache
def recent_log() -> RecentLog:
    """Return the log of this process; the program starts it first of all."""
    return RecentLog()


def save_log(parent: QWidget) -> QFileDialog:
    """Ask for a file and write the log to it; what goes wrong is told.

    Returns:
        the dialog that asks; it is open.
    """
    dialog = QFileDialog(parent, QCoreApplication.translate("SaveLog", "Save the log"))
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setNameFilters([QCoreApplication.translate("SaveLog", "Log (*.log)")])
    dialog.setDefaultSuffix("log")
    dialog.selectFile("ctlkit.log")
    dialog.fileSelected.connect(lambda name: _save(parent, Path(name)))
    dialog.open()
    return dialog


def _save(parent: QWidget, path: Path) -> None:
    try:
        recent_log().save(path)
    except CtlkitError as error:
        tell(parent, QCoreApplication.translate("SaveLog", "Save the log"), error)
