"""Whether a window can open here, found out before Qt aborts the program over it.

Rules:

* What keeps the window from opening is one error with what to do; nothing else is looked at.
* On a system where all is well this costs next to nothing: the table of libraries and packages is
  read once something is missing.
* A variable ``QT_QPA_PLATFORM`` that names a platform without a display is left alone.

Source: https://doc.qt.io/qt-6/qpa.html; what Qt does without it: ``qFatal`` and a core dump.
"""

from __future__ import annotations

import ctypes
import importlib
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from ctlkit.errors import CtlkitError

__all__ = ["check", "platforms"]

_XCB, _WAYLAND = "xcb", "wayland"
_WAYLANDS = frozenset({_WAYLAND, "wayland-egl"})


def check(environ: Mapping[str, str] | None = None, system: str = sys.platform) -> None:
    """Return if a window can open.

    Args:
        environ: the environment, by default this process's.
        system: as :data:`sys.platform` has it; a display and Debian's packages are Linux's.

    Raises:
        CtlkitError: ``doctor-extra``: PyQt6 is not installed. ``doctor-no-display``,
            ``window-display-refused``: there is no display, or it cannot be used.
            ``doctor-qt-libraries``, ``window-not-loadable``: a library that Qt needs is missing.
    """
    environ = os.environ if environ is None else environ
    on_linux = system.startswith("linux")
    try:
        importlib.import_module("PyQt6")
    except ModuleNotFoundError as error:
        missing = CtlkitError("doctor-extra", extra="gui", use="the window", missing="PyQt6")
        raise missing from error
    names = platforms(environ) if on_linux else ()
    if on_linux and not names:
        raise CtlkitError("doctor-no-display")
    try:
        importlib.import_module("PyQt6.QtWidgets")
        if names == (_XCB,):
            ctypes.CDLL(str(_plugin(_XCB)))
    except (ImportError, OSError) as error:
        raise _not_loadable(error, on_linux=on_linux) from error
    if names == (_XCB,) and not _answers(environ.get("DISPLAY", "")):
        raise CtlkitError("window-display-refused", display=environ.get("DISPLAY", ""))


def platforms(environ: Mapping[str, str]) -> tuple[str, ...]:
    """Return the names of Qt's platforms on Linux that have a display here, in Qt's order.

    None means that no window can open. A platform that needs no display is returned as named.
    """
    named = environ.get("QT_QPA_PLATFORM", "")
    wanted = [part.partition(":")[0] for part in named.split(";") if part]
    displays = {_XCB: environ.get("DISPLAY")}
    displays |= dict.fromkeys(_WAYLANDS, environ.get("WAYLAND_DISPLAY"))
    return tuple(name for name in wanted or (_WAYLAND, _XCB) if displays.get(name, name))


def _plugin(platform: str) -> Path:
    """Return the file of a platform's plugin, which needs libraries that Qt itself does not."""
    from PyQt6.QtCore import QLibraryInfo

    folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.PluginsPath)
    return Path(folder, "platforms", f"libq{platform}.so")


def _answers(display: str) -> bool:
    """Whether an X server answers there and lets us in."""
    xcb = ctypes.CDLL("libxcb.so.1")
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connection_has_error.argtypes = [ctypes.c_void_p]
    xcb.xcb_disconnect.argtypes = [ctypes.c_void_p]
    connection = xcb.xcb_connect(os.fsencode(display), None)
    refused = xcb.xcb_connection_has_error(connection)
    xcb.xcb_disconnect(connection)
    return not refused


def _not_loadable(reason: Exception, *, on_linux: bool) -> CtlkitError:
    """Return the error that names the libraries that are missing and the packages they are in."""
    from ctlkit.workflows.doctor import LIBRARIES, unloadable

    missing = unloadable(tuple(LIBRARIES)) if on_linux else ()
    if not missing:
        return CtlkitError("window-not-loadable", reason=reason)
    packages = dict.fromkeys(LIBRARIES[name] for name in missing)
    return CtlkitError(
        "doctor-qt-libraries", libraries=", ".join(missing), packages=" ".join(packages)
    )
