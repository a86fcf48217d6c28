"""Asking a person at the terminal for a PIN or a password; it is not shown and not kept."""

from __future__ import annotations

import getpass
import sys

from ctlkit._cli._app import App
from ctlkit.messages import printable
from ctlkit.pins import Pin, PinRequest

__all__ = ["TerminalPrompt"]


class TerminalPrompt:
    """The terminal as what asks for PINs."""

    def __init__(self, app: App) -> None:
        self._app = app

    def ask_pin(self, request: PinRequest) -> Pin | None:
        """Ask for a PIN or a password without showing it; None at the end of input."""
        wanted = "Password" if request.is_password else "PIN"
        try:
            text = getpass.getpass(f"{wanted} for {self._name(request)}: ")
        except EOFError:
            return None
        return Pin(text) if text else None

    def confirm_last_try(self, request: PinRequest) -> bool:
        """Ask whether the last try may be used; only the whole word counts."""
        self._app.tell(
            f"ctlkit: {self._name(request)}: this is the last try. If the PIN is wrong, the token"
            " locks for good."
        )
        print("Type yes to try it: ", end="", file=sys.stderr, flush=True)
        return sys.stdin.readline().strip() == "yes"

    def use_pin_pad(self, request: PinRequest) -> None:
        """Point at the reader."""
        self._app.tell(f"ctlkit: enter the PIN for {self._name(request)} at the reader")

    @staticmethod
    def _name(request: PinRequest) -> str:
        serial = f" (serial {printable(request.serial)})" if request.serial else ""
        return f"{printable(request.label)}{serial}"
