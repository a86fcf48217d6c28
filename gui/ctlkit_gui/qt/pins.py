"""The state of a PIN in words."""

from __future__ import annotations

from PyQt6.QtCore import QCoreApplication

from ctlkit.errors import PinState
from ctlkit_gui.qt.theme import Sign

__all__ = ["pin_sign", "pin_words"]

_SIGNS = {
    PinState.LOCKED: Sign.ERROR,
    PinState.FINAL_TRY: Sign.RED,
    PinState.COUNT_LOW: Sign.AMBER,
    PinState.TO_BE_CHANGED: Sign.AMBER,
    PinState.NOT_SET: Sign.AMBER,
    PinState.OK: Sign.DONE,
}


def pin_words(state: PinState) -> str:
    """Return what a token says of its PIN, in the window's language."""
    translate = QCoreApplication.translate
    words = {
        PinState.LOCKED: translate("PinState", "locked"),
        PinState.FINAL_TRY: translate("PinState", "one try is left, a wrong one locks it"),
        PinState.COUNT_LOW: translate("PinState", "a wrong one was typed before"),
        PinState.TO_BE_CHANGED: translate("PinState", "has to be changed first"),
        PinState.NOT_SET: translate("PinState", "none is set yet"),
        PinState.OK: translate("PinState", "in order"),
    }
    return words[state]


def pin_sign(state: PinState) -> Sign:
    """Return the sign that stands beside the words."""
    return _SIGNS[state]
