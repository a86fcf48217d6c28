"""PINs: the value that hides itself, and where one is taken from.

Rules:

* A PIN is in a :class:`Pin`, which shows itself to nobody; it leaves it only by ``reveal()``, for
  the call that needs it, and the reference is dropped when that work is done.
* The order: a file, a file descriptor or an environment variable that was named; the URI's
  ``pin-source``; ``CTLKIT_PIN``; a prompt. More than one named at once is a mistake, not a choice.
* Nothing is read before a token asks: sources are made early and read at the last moment.
* A PIN that no person typed goes to one token. The source refuses a second one.
* The password of a key in a file comes the same ways, and has words of its own.
* From a file exactly one line end is taken off (LF or CRLF). An empty one, a second line, and
  bytes that are no text are refused, because each try counts.
* No text of this module, nor an exception's cause or context, holds what was read.

Source: docs/tokens.md, PINs.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn, Protocol
from urllib.parse import unquote

from ctlkit.errors import CancelledError, InputError, PinBlockedError, PinState, UsageError
from ctlkit.messages import Message

__all__ = [
    "Pin",
    "PinOptions",
    "PinPrompt",
    "PinRequest",
    "PinSource",
    "pin_source",
]

_VARIABLE = "CTLKIT_PIN"
_LONGEST = 1024
_OTHERS_MAY_READ = stat.S_IRGRP | stat.S_IROTH


class Pin:
    """A PIN. Its text is seen only through :meth:`reveal`."""

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


@dataclass(frozen=True, slots=True)
class PinOptions:
    """What ``--pin-file``, ``--pin-fd`` and ``--pin-env`` named."""

    file: Path | None = None
    descriptor: int | None = None
    variable: str | None = None


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
    options = options or PinOptions()
    environ = os.environ if environ is None else environ
    named = [
        part for part in (options.file, options.descriptor, options.variable) if part is not None
    ]
    if len(named) > 1:
        raise UsageError("pin-several-options")
    if options.file is not None:
        return _file_source(options.file, prompt, notice)
    if options.descriptor is not None:
        descriptor = options.descriptor
        return _Unattended(lambda: _from_descriptor(descriptor), prompt)
    if options.variable is not None:
        variable = options.variable
        return _Unattended(lambda: _from_variable(environ, variable), prompt)
    if uri_source is not None:
        return _file_source(_path_of(uri_source), prompt, notice)
    if environ.get(_VARIABLE):
        return _Unattended(lambda: _from_variable(environ, _VARIABLE), prompt)
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


def _file_source(
    path: Path, prompt: PinPrompt | None, notice: Callable[[Message], None]
) -> PinSource:
    return _Unattended(lambda: _from_file(path, notice), prompt)


def _from_file(path: Path, notice: Callable[[Message], None]) -> Pin:
    try:
        # A FIFO without a writer would block the open itself.
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    except (OSError, ValueError) as error:
        raise InputError("pin-file-unreadable", path=path, reason=_reason(error)) from error
    try:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            raise InputError("pin-file-kind", path=path)
        pin = _pin(_read(descriptor, path))
    finally:
        os.close(descriptor)
    if os.name == "posix" and found.st_mode & _OTHERS_MAY_READ:
        notice(Message("pin-file-open", {"path": path, "mode": f"{found.st_mode & 0o777:04o}"}))
    return _require(pin, f"the file {path}")


def _from_descriptor(descriptor: int) -> Pin:
    return _require(_pin(_read(descriptor, descriptor)), f"file descriptor {descriptor}")


def _from_variable(environ: Mapping[str, str], name: str) -> Pin:
    if name not in environ:
        raise UsageError("pin-variable-unset", name=name)
    # Bytes that are no UTF-8 are lone surrogates in an environment.
    data = environ[name].encode("utf-8", "surrogatepass")
    pin = _pin(data)
    del data
    return _require(pin, f"the variable {name}")


def _read(descriptor: int, name: object) -> bytes:
    """Read an open file to its end, but not beyond one byte more than a PIN may have."""
    data = b""
    try:
        while len(data) <= _LONGEST:
            part = os.read(descriptor, _LONGEST + 1 - len(data))
            if not part:
                break
            data += part
    except (OSError, ValueError, OverflowError) as error:
        data = part = b""
        raise InputError("pin-file-unreadable", path=name, reason=_reason(error)) from error
    return data


def _pin(data: bytes) -> Pin | str:
    """Make a PIN of what a file or a variable holds, or return the code of what is wrong.

    One line, its end taken off. A byte-order mark of UTF-8, which some editors write, is no part
    of the PIN. Nothing is raised here, so that no traceback holds what was read.
    """
    if len(data) > _LONGEST:
        return "pin-source-long"
    line = data.removeprefix(b"\xef\xbb\xbf")
    line = line.removesuffix(b"\n").removesuffix(b"\r") if line.endswith(b"\n") else line
    if not line:
        return "pin-source-empty"
    if b"\n" in line or b"\r" in line:
        return "pin-source-lines"
    text = line.decode("utf-8", "replace")
    if "\0" in text or text.encode() != line:
        return "pin-source-not-text"
    return Pin(text)


def _require(pin: Pin | str, source: str) -> Pin:
    if isinstance(pin, str):
        raise InputError(pin, source=source, limit=_LONGEST)
    return pin


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


def _is_text(value: str) -> bool:
    """Whether a text can be written as UTF-8; asked without an exception that would hold it."""
    return not any("\ud800" <= character <= "\udfff" for character in value)


def _reason(error: BaseException) -> str:
    return getattr(error, "strerror", None) or str(error)
