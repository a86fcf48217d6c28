"""Asking a person at the terminal: PINs and passwords unseen, host keys, work to do by hand."""

from __future__ import annotations

import getpass
import sys
from typing import TYPE_CHECKING

from ctlkit._cli._app import App
from ctlkit.messages import printable
from ctlkit.pins import Pin, PinRequest

if TYPE_CHECKING:
    from ctlkit.place import HandOver, HostKey

__all__ = ["TerminalPrompt"]


class TerminalPrompt:
    """The terminal as what asks for PINs and passwords."""

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
        return self._typed("Type yes to try it: ") == "yes"

    def use_pin_pad(self, request: PinRequest) -> None:
        """Point at the reader."""
        self._app.tell(f"ctlkit: enter the PIN for {self._name(request)} at the reader")

    def ask_password(self, user: str, host: str) -> Pin | None:
        """Ask for the password of a server's user without showing it; None at the end of input."""
        try:
            text = getpass.getpass(f"Password for {printable(user)} on {printable(host)}: ")
        except EOFError:
            return None
        return Pin(text) if text else None

    def confirm_host_key(self, key: HostKey) -> bool:
        """Show a key that is not known; only the whole word trusts it."""
        self._app.tell(
            f"ctlkit: the key of {printable(key.host)} port {key.port} is not known yet:\n"
            f"  {printable(key.kind)} {key.fingerprint}\n"
            "  Compare it with the one that the server itself shows, not over this network."
        )
        return self._typed("Type yes to trust it from now on: ") == "yes"

    def hand_over(self, request: HandOver) -> bool:
        """Show what is to be done by hand, and wait for Enter; anything else gives up."""
        for step in request.steps:
            self._app.tell(step.text)
        return self._typed("Press Enter when that is done, or type stop: ") == ""

    @staticmethod
    def _typed(question: str) -> str | None:
        """Return the line that a person typed, None at the end of input."""
        print(question, end="", file=sys.stderr, flush=True)
        line = sys.stdin.readline()
        return line.strip() if line else None

    @staticmethod
    def _name(request: PinRequest) -> str:
        serial = f" (serial {printable(request.serial)})" if request.serial else ""
        return f"{printable(request.label)}{serial}"
