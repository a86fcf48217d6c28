"""Where the password of a node's user comes from."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Protocol

from ctlkit.errors import CancelledError, LoginError
from ctlkit.messages import Message
from ctlkit.pins._pin import Pin
from ctlkit.pins._reading import PinOptions, Words, from_variable, named_reader

__all__ = ["PasswordSource", "password_source"]

_WORDS = Words(
    usual_variable="CTLKIT_PASSWORD",
    several_options="password-several-options",
    file_unreadable="password-file-unreadable",
    file_kind="password-file-kind",
    file_open="password-file-open",
    variable_unset="password-variable-unset",
    source_long="password-source-long",
    source_empty="password-source-empty",
    source_lines="password-source-lines",
    source_not_text="password-source-not-text",
)


class PasswordSource(Protocol):
    """Where the password for a user comes from."""

    @property
    def typed(self) -> bool:
        """Whether a person types it at a prompt."""

    def get(self) -> Pin:
        """Return the password.

        Raises:
            LoginError: there is none to be had.
            InputError, UsageError: what was named holds no password.
            CancelledError: the person gave up.
        """


def password_source(
    options: PinOptions | None = None,
    *,
    environ: Mapping[str, str] | None = None,
    ask: Callable[[], Pin | None] | None = None,
    notice: Callable[[Message], None] = lambda _message: None,
) -> PasswordSource:
    """Choose where the password comes from, in the documented order; nothing is read yet.

    Args:
        options: what ``--password-file``, ``--password-fd`` or ``--password-env`` named.
        environ: the environment, by default this process's.
        ask: asks a person, who may give up (None); None where there is no person.
        notice: is told of a file that others may read.

    Raises:
        UsageError: several options at once.
    """
    environ = os.environ if environ is None else environ
    read = named_reader(options or PinOptions(), environ, _WORDS, notice)
    if read is not None:
        return _Unattended(read)
    usual = _WORDS.usual_variable
    if environ.get(usual):
        return _Unattended(lambda: from_variable(environ, usual, _WORDS))
    return _Nobody() if ask is None else _Typed(ask)


class _Typed:
    """A person at a prompt."""

    typed = True

    def __init__(self, ask: Callable[[], Pin | None]) -> None:
        self._ask = ask

    def get(self) -> Pin:
        password = self._ask()
        if password is None:
            raise CancelledError("password-not-given")
        return password


class _Unattended:
    """A file, a descriptor or a variable."""

    typed = False

    def __init__(self, read: Callable[[], Pin]) -> None:
        self._read = read

    def get(self) -> Pin:
        return self._read()


class _Nobody:
    """No person and nothing named."""

    typed = False

    def get(self) -> Pin:
        raise LoginError("password-none")
