"""What the window remembers until the next time: its size and the last choices.

Rules:

* Never a secret: the form of the Server page has no field for one.
* Settings that somebody damaged are taken for none.
"""

from __future__ import annotations

from dataclasses import fields

from PyQt6.QtCore import QByteArray, QSettings
from PyQt6.QtWidgets import QWidget

from ctlkit_gui.flow.values import PlaceKind, ServerForm

__all__ = ["remember_form", "remember_window", "remembered_form", "restore_window"]

_GEOMETRY = "window/geometry"


def _settings() -> QSettings:
    return QSettings("ctlkit", "wizard")


def remembered_form() -> ServerForm:
    """Return what stood in the fields of the Server page last."""
    settings = _settings()
    texts = {item.name: settings.value(f"server/{item.name}", "") for item in fields(ServerForm)}
    known = {name: text for name, text in texts.items() if isinstance(text, str)}
    kind = known.pop("kind", "")
    try:
        return ServerForm(kind=PlaceKind(kind), **known)
    except ValueError:
        return ServerForm()


def remember_form(form: ServerForm) -> None:
    """Keep what stands in the fields of the Server page."""
    settings = _settings()
    for item in fields(ServerForm):
        value = getattr(form, item.name)
        settings.setValue(
            f"server/{item.name}", value.value if isinstance(value, PlaceKind) else value
        )


def restore_window(window: QWidget) -> bool:
    """Give the window its last size and place; whether there was one."""
    geometry = _settings().value(_GEOMETRY)
    return isinstance(geometry, QByteArray) and window.restoreGeometry(geometry)


def remember_window(window: QWidget) -> None:
    """Keep the window's size and place."""
    _settings().setValue(_GEOMETRY, window.saveGeometry())
