"""What the window stands on, found out without importing PyQt6.

Rules:

* A library is there when the system's loader can load it, which is tried in a process of its own:
  a driver's library may do anything when it is loaded.
* Nothing is looked at where PyQt6 is not installed; libraries only on Linux, where PyQt6's wheels
  bring none of :data:`LIBRARIES`.

Source: what the libraries in the wheel of Qt 6.11 name as needed, and the wheel does not bring.
"""

from __future__ import annotations

import ctypes
from collections.abc import Mapping, Sequence

from ctlkit.workflows.doctor._child import run
from ctlkit.workflows.doctor._program import installed_version
from ctlkit.workflows.doctor.facts import QtFacts

__all__ = ["LIBRARIES", "qt_facts", "unloadable"]

LIBRARIES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libzstd.so.1": "libzstd1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libX11.so.6": "libx11-6",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libxcb.so.1": "libxcb1",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-util.so.1": "libxcb-util1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
}
"""Each library that Qt needs on Linux, with the Debian package that brings it."""

_DISPLAYS = ("WAYLAND_DISPLAY", "DISPLAY")
_SECONDS = 60.0


def qt_facts(system: str, environ: Mapping[str, str]) -> QtFacts:
    """Return what the window would find.

    Args:
        system: as :data:`sys.platform` has it.
        environ: the environment.

    Raises:
        TimeoutError, ChildDiedError: the libraries could not be tried.
    """
    version = installed_version("PyQt6")
    if version is None:
        return QtFacts()
    if not system.startswith("linux"):
        return QtFacts(version)
    lacking = run(unloadable, tuple(LIBRARIES), seconds=_SECONDS)
    return QtFacts(
        version,
        missing=tuple((name, LIBRARIES[name]) for name in lacking),
        display=next((name for name in _DISPLAYS if environ.get(name)), None),
        needs_display=True,
    )


def unloadable(names: Sequence[str]) -> tuple[str, ...]:
    """Return the libraries that the system's loader cannot load."""
    return tuple(name for name in names if not _loads(name))


def _loads(name: str) -> bool:
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True
