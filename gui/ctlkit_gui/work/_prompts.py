"""Whom the library asks: the window, through events and the one-shot box.

Rules:

* What lay in the box when an effect began is that effect's alone: a PIN never goes to a server, a
  password never to a token.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ctlkit.pins import Pin, PinRequest
from ctlkit_gui.flow.brought import HandOverWanted, HostKeyMet, PasswordWanted, PinPadWanted

if TYPE_CHECKING:
    from ctlkit.place import HandOver, HostKey
    from ctlkit_gui.work._context import Context, Running

__all__ = ["TokenPrompt", "WindowPrompt"]


class WindowPrompt:
    """Asks for the effect that uses the place now."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def ask_password(self, user: str, host: str) -> Pin | None:
        """Return what was typed on the page, else what is typed when it is asked for."""
        running = self._context.current
        if running is None:
            return None
        password, running.password = running.password, None
        if password is None:
            if not running.ask(PasswordWanted(running.request, user, host)):
                return None
            password = self._context.box.take()
        return password

    def confirm_host_key(self, key: HostKey) -> bool:
        """Return whether a person compared the fingerprint and trusts it."""
        running = self._context.current
        return running is not None and running.ask(HostKeyMet(running.request, key))

    def hand_over(self, request: HandOver) -> bool:
        """Show what is to be done by hand and wait; False when the person gave up."""
        running = self._context.current
        return running is not None and running.ask(HandOverWanted(running.request, request))


class TokenPrompt:
    """Gives a token the PIN that the effect began with; it asks nobody."""

    def __init__(self, running: Running) -> None:
        self._running = running

    def ask_pin(self, request: PinRequest) -> Pin | None:
        """Return the PIN, once; None where none was typed, or it is no PIN that is asked for."""
        if request.is_password:
            return None
        pin, self._running.pin = self._running.pin, None
        return pin

    def confirm_last_try(self, _request: PinRequest) -> bool:
        """Return whether the last try was allowed expressly before."""
        return self._running.last_try

    def use_pin_pad(self, _request: PinRequest) -> None:
        """Say that the PIN is to be entered at the reader."""
        self._running.emit(PinPadWanted(self._running.request))
