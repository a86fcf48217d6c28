"""Reading one line that nobody may see, from a file, a descriptor or a variable."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from ctlkit.errors import InputError, UsageError
from ctlkit.messages import Message
from ctlkit.pins._pin import Pin

__all__ = ["PinOptions", "Words", "from_descriptor", "from_file", "from_variable", "named_reader"]

_LONGEST = 1024
_OTHERS_MAY_READ = stat.S_IRGRP | stat.S_IROTH


@dataclass(frozen=True, slots=True)
class PinOptions:
    """What ``--pin-file``, ``--pin-fd`` and ``--pin-env`` named, or their like for passwords."""

    file: Path | None = None
    descriptor: int | None = None
    variable: str | None = None


@dataclass(frozen=True, slots=True)
class Words:
    """The codes of what can be wrong with what was named, and the variable that needs no naming."""

    usual_variable: str
    several_options: str
    file_unreadable: str
    file_kind: str
    file_open: str
    variable_unset: str
    source_long: str
    source_empty: str
    source_lines: str
    source_not_text: str


def named_reader(
    options: PinOptions,
    environ: Mapping[str, str],
    words: Words,
    notice: Callable[[Message], None],
) -> Callable[[], Pin] | None:
    """Return what reads the one source that was named, None where none was.

    Raises:
        UsageError: several were named.
    """
    file, descriptor, variable = options.file, options.descriptor, options.variable
    if sum(part is not None for part in (file, descriptor, variable)) > 1:
        raise UsageError(words.several_options)
    if file is not None:
        return lambda: from_file(file, words, notice)
    if descriptor is not None:
        return lambda: from_descriptor(descriptor, words)
    if variable is not None:
        return lambda: from_variable(environ, variable, words)
    return None


def from_file(path: Path, words: Words, notice: Callable[[Message], None]) -> Pin:
    """Read a regular file; ``notice`` is told when others may read it too.

    Raises:
        InputError: it cannot be read, or holds no such line.
    """
    try:
        # A FIFO without a writer would block the open itself.
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    except (OSError, ValueError) as error:
        raise InputError(words.file_unreadable, path=path, reason=_reason(error)) from error
    try:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            raise InputError(words.file_kind, path=path)
        pin = _pin(_read(descriptor, path, words), words)
    finally:
        os.close(descriptor)
    if os.name == "posix" and found.st_mode & _OTHERS_MAY_READ:
        notice(Message(words.file_open, {"path": path, "mode": f"{found.st_mode & 0o777:04o}"}))
    return _require(pin, f"the file {path}")


def from_descriptor(descriptor: int, words: Words) -> Pin:
    """Read an open file to its end.

    Raises:
        InputError: it cannot be read, or holds no such line.
    """
    found = _pin(_read(descriptor, descriptor, words), words)
    return _require(found, f"file descriptor {descriptor}")


def from_variable(environ: Mapping[str, str], name: str, words: Words) -> Pin:
    """Read a variable of the environment.

    Raises:
        UsageError: it is not set.
        InputError: it holds no such line.
    """
    if name not in environ:
        raise UsageError(words.variable_unset, name=name)
    # Bytes that are no UTF-8 are lone surrogates in an environment.
    data = environ[name].encode("utf-8", "surrogatepass")
    pin = _pin(data, words)
    del data
    return _require(pin, f"the variable {name}")


def _read(descriptor: int, name: object, words: Words) -> bytes:
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
        raise InputError(words.file_unreadable, path=name, reason=_reason(error)) from error
    return data


def _pin(data: bytes, words: Words) -> Pin | str:
    """Make a PIN of what a file or a variable holds, or return the code of what is wrong.

    One line, its end taken off. A byte-order mark of UTF-8, which some editors write, is no part
    of the PIN. Nothing is raised here, so that no traceback holds what was read.
    """
    if len(data) > _LONGEST:
        return words.source_long
    line = data.removeprefix(b"\xef\xbb\xbf")
    line = line.removesuffix(b"\n").removesuffix(b"\r") if line.endswith(b"\n") else line
    if not line:
        return words.source_empty
    if b"\n" in line or b"\r" in line:
        return words.source_lines
    text = line.decode("utf-8", "replace")
    if "\0" in text or text.encode() != line:
        return words.source_not_text
    return Pin(text)


def _require(pin: Pin | str, source: str) -> Pin:
    if isinstance(pin, str):
        raise InputError(pin, source=source, limit=_LONGEST)
    return pin


def _reason(error: BaseException) -> str:
    return getattr(error, "strerror", None) or str(error)
