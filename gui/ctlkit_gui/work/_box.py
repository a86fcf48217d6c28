"""The one-shot box that a typed secret crosses to the worker in."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from ctlkit.pins import Pin

__all__ = ["SecretBox"]


class SecretBox:
    """Holds one secret, once: whoever takes it leaves the box empty. Shows it to nobody."""

    __slots__ = ("_lock", "_text")

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._text = ""

    def put(self, text: str) -> None:
        """Put a secret in; what was in it before is dropped."""
        with self._lock:
            self._text = text

    def take(self) -> Pin | None:
        """Take the secret out; None where there is none.

        Raises:
            InputError: it is no text that can be sent.
        """
        from ctlkit.pins import Pin

        with self._lock:
            text, self._text = self._text, ""
        return Pin(text) if text else None

    def clear(self) -> None:
        """Drop what is in it."""
        self.put("")

    def __repr__(self) -> str:
        return "SecretBox(hidden)"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is not written anywhere")
