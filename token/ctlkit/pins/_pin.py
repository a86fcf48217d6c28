"""The value that hides itself."""

from __future__ import annotations

from typing import NoReturn

from ctlkit.errors import InputError

__all__ = ["Pin"]


class Pin:
    """A PIN or a password. Its text is seen only through :meth:`reveal`."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        """Keep a PIN's text: any characters, case kept.

        Raises:
            InputError: it is empty or not text that can be sent (a lone surrogate).
        """
        if not text:
            raise InputError("pin-empty")
        if not _is_text(text):
            raise InputError("pin-not-text")
        self._text: str | None = text

    def reveal(self) -> str:
        """Return the text, to be passed on and not kept.

        Raises:
            ValueError: it was forgotten before, which is a mistake in the program.
        """
        if self._text is None:
            raise ValueError("the PIN was forgotten")
        return self._text

    def forget(self) -> None:
        """Drop the text."""
        self._text = None

    def __repr__(self) -> str:
        return "Pin(hidden)"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a PIN is not written anywhere")


def _is_text(value: str) -> bool:
    """Whether a text can be written as UTF-8; asked without an exception that would hold it."""
    return not any("\ud800" <= character <= "\udfff" for character in value)
