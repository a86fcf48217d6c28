"""Where the PIN of a token, or the password of a key in a file, comes from."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote

from ctlkit.errors import CancelledError, PinBlockedError, PinState, UsageError
from ctlkit.messages import Message
from ctlkit.pins._pin import Pin
from ctlkit.pins._reading import PinOptions, Words, from_file, from_variable, named_reader

__all__ = ["PinPrompt", "PinRequest", "PinSource", "pin_source"]

_WORDS = Words(
    usual_variable="CTLKIT_PIN",
    several_options="pin-several-options",
    file_unreadable="pin-file-unreadable",
    file_kind="pin-file-kind",
    file_open="pin-file-open",
    variable_unset="pin-variable-unset",
    source_long="pin-source-long",
    source_empty="pin-source-empty",
    source_lines="pin-source-lines",
    source_not_text="pin-source-not-text",
)


@dataclass(frozen=True, slots=True)
class PinRequest:
    """Which token asks for its PIN, and in what state its PIN is.

    Attributes:
        label, serial: the token's, for a person to tell it from another; of a file its name.
        state: what its flags say before the login.
        certificate: the common name of the certificate that is to sign, empty where none is.
        is_password: whether the password of a key in a file is asked for, and no token's PIN.
    """

    label: str
    serial: str
    state: PinState
    certificate: str = ""
    is_password: bool = False


class PinPrompt(Protocol):
    """What a terminal or a window passes in to ask a person. Called in the caller's thread."""

    def ask_pin(self, request: PinRequest) -> Pin | None:
        """Return the PIN that a person typed, or None when the person gave up."""

    def confirm_last_try(self, request: PinRequest) -> bool:
        """Return whether a person said expressly that the last try may be used."""

    def use_pin_pad(self, request: PinRequest) -> None:
        """Say that the PIN is to be entered at the reader, and return at once."""


class PinSource(Protocol):
    """Where the PIN for a token comes from."""

    @property
    def typed(self) -> bool:
        """Whether a person types it at a prompt."""

    @property
    def prompt(self) -> PinPrompt | None:
        """Whom to ask for a confirmation, or None when there is no person."""

    def get(self, request: PinRequest) -> Pin:
        """Return the PIN for a token.

        Raises:
            PinBlockedError: there is none to be had, or this source served another token.
            InputError, UsageError: what was named holds no PIN.
            CancelledError: the person gave up.
        """


def pin_source(
    options: PinOptions | None = None,
    *,
    uri_source: str | None = None,
    environ: Mapping[str, str] | None = None,
    prompt: PinPrompt | None = None,
    notice: Callable[[Message], None] = lambda _message: None,
) -> PinSource:
    """Choose where the PIN comes from, in the documented order; nothing is read yet.

    Args:
        options: what the command line named.
        uri_source: the ``pin-source`` of the token's URI: a path or a ``file:`` URI.
        environ: the environment, by default this process's.
        prompt: how to ask a person; None where there is none.
        notice: is told of a file that others may read.

    Raises:
        UsageError: several options at once, or a ``pin-source`` of another kind.
    """
    environ = os.environ if environ is None else environ
    read = named_reader(options or PinOptions(), environ, _WORDS, notice)
    if read is not None:
        return _Unattended(read, prompt)
    if uri_source is not None:
        path = _path_of(uri_source)
        return _Unattended(lambda: from_file(path, _WORDS, notice), prompt)
    usual = _WORDS.usual_variable
    if environ.get(usual):
        return _Unattended(lambda: from_variable(environ, usual, _WORDS), prompt)
    return _Nobody() if prompt is None else _Typed(prompt)


class _Typed:
    """A person at a prompt."""

    typed = True

    def __init__(self, prompt: PinPrompt) -> None:
        self.prompt: PinPrompt | None = prompt
        self._asked = prompt

    def get(self, request: PinRequest) -> Pin:
        pin = self._asked.ask_pin(request)
        if pin is not None:
            return pin
        if request.is_password:
            raise CancelledError("signer-password-not-given", file=request.label)
        raise CancelledError("pin-not-given", label=request.label, serial=request.serial)


class _Unattended:
    """A file, a descriptor or a variable: for one token only."""

    typed = False

    def __init__(self, read: Callable[[], Pin], prompt: PinPrompt | None) -> None:
        self.prompt = prompt
        self._read = read
        self._served: tuple[str, str] | None = None

    def get(self, request: PinRequest) -> Pin:
        token = (request.label, request.serial)
        if self._served not in {None, token}:
            raise PinBlockedError(
                "pin-for-one-token",
                pin_state=request.state,
                label=request.label,
                serial=request.serial,
            )
        self._served = token
        return self._read()


class _Nobody:
    """No person and nothing named."""

    typed = False
    prompt: PinPrompt | None = None

    def get(self, request: PinRequest) -> Pin:
        if request.is_password:
            raise PinBlockedError("signer-password-missing", file=request.label)
        raise PinBlockedError(
            "pin-none", pin_state=request.state, label=request.label, serial=request.serial
        )


def _path_of(source: str) -> Path:
    """Return the path that a URI's ``pin-source`` names (RFC 7512, section 2.4)."""
    scheme, colon, rest = source.partition(":")
    if source.startswith("|") or "\0" in source:
        raise UsageError("pin-source-kind")
    if not colon or scheme.lower() != "file":
        # One letter before a colon is a Windows drive.
        if colon and len(scheme) > 1 and "/" not in scheme and "\\" not in scheme:
            raise UsageError("pin-source-kind")
        return Path(source)
    if rest.startswith("//"):
        host, slash, rest = rest[2:].partition("/")
        if host not in {"", "localhost"}:
            raise UsageError("pin-source-kind")
        rest = slash + rest
    rest = unquote(rest)
    if os.name == "nt" and rest[2:3] == ":":
        rest = rest.lstrip("/")
    if not rest:
        raise UsageError("pin-source-kind")
    return Path(rest)
