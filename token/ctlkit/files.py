"""Reading files that are not trusted, and writing files whole or not at all.

Rules:

* Only regular files are read, never more than a bound: a directory, a FIFO, a device, a loop of
  links, a file without permission and a huge one get one clear error each, at once.
* A file appears under its name complete and flushed to the disk, or not at all. Nothing that
  is there is replaced unless the caller says so.

Source: docs/command-line.md, exit status; docs/decisions/0009.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ctlkit.errors import InputError, PlaceError

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["FileContent", "read_file", "write_file"]

_OPEN_FLAGS = (
    os.O_RDONLY
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_BINARY", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_NOCTTY", 0)
)
_CHUNK = 1 << 20
_READABLE = 0o644
_NO_LINKS = {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EMLINK, errno.EACCES}


@dataclass(frozen=True, slots=True)
class FileContent:
    """What was read of a file.

    Attributes:
        data: its bytes.
        modified: its modification time, seconds since 1970, UTC.
        mode: its permission bits.
        owner: its user and group, numbers.
    """

    data: bytes = field(repr=False)
    modified: float
    mode: int
    owner: tuple[int, int]


def read_file(path: Path | str, limit: int) -> FileContent:
    """Read a regular file of at most ``limit`` bytes.

    Raises:
        InputError: ``file-missing``, ``file-not-regular``, ``file-too-large`` or
            ``file-unreadable``.
    """
    name = os.fspath(path)
    try:
        _require_regular(name, os.stat(name))  # noqa: PTH116  a Path costs more than the call
        descriptor = os.open(name, _OPEN_FLAGS)
        try:
            about = os.fstat(descriptor)
            _require_regular(name, about)
            if about.st_size > limit:
                raise InputError("file-too-large", file=name, limit=limit)
            data = os.read(descriptor, min(about.st_size, limit) + 1)
            while len(data) <= limit and (more := os.read(descriptor, _CHUNK)):
                data += more
        finally:
            os.close(descriptor)
    except FileNotFoundError:
        raise InputError("file-missing", file=name) from None
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        raise InputError("file-unreadable", file=name, reason=_reason(error)) from error
    if len(data) > limit:
        raise InputError("file-too-large", file=name, limit=limit)
    mode = stat.S_IMODE(about.st_mode)
    return FileContent(data, about.st_mtime, mode, (about.st_uid, about.st_gid))


def _require_regular(name: str, about: os.stat_result) -> None:
    if stat.S_ISREG(about.st_mode):
        return
    kinds = {stat.S_IFDIR: "a directory", stat.S_IFIFO: "a FIFO", stat.S_IFSOCK: "a socket"}
    kind = kinds.get(stat.S_IFMT(about.st_mode), "a device")
    raise InputError("file-not-regular", file=name, kind=kind)


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)


def write_file(
    path: Path,
    data: bytes,
    *,
    replace: bool,
    mode: int = 0o644,
    owner: tuple[int, int] | None = None,
    before: Callable[[], None] | None = None,
) -> None:
    """Write a file whole or not at all.

    Args:
        path: its name; the folder must be there.
        data: its bytes.
        replace: whether a file of that name may be replaced.
        mode: its permission bits; the process's mask does not apply.
        owner: user and group to give it to; where the process may not, its mode is 0644.
        before: called once all bytes are safely on the disk, before they appear under the name;
            what it raises stops the writing.

    Raises:
        PlaceError: ``file-exists``, or ``file-unwritable`` with the system's reason; nothing
            of the new file is left.
    """
    try:
        temporary = path.with_name(f".{path.name}.{os.getpid()}.{os.urandom(4).hex()}")
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        descriptor = os.open(temporary, flags, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(data)
                stream.flush()
                _dress(descriptor, mode, owner)
                os.fsync(descriptor)
            if before is not None:
                before()
            _put(temporary, path, replace=replace)
        finally:
            with contextlib.suppress(FileNotFoundError):
                temporary.unlink()
        _flush_folder(path.parent)
    except FileExistsError:
        raise PlaceError("file-exists", file=path) from None
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name, or no name at all
        raise PlaceError("file-unwritable", file=path, reason=_reason(error)) from error


def _dress(descriptor: int, mode: int, owner: tuple[int, int] | None) -> None:
    """Give a file an owner and a mode; who may not give it away makes it readable for all.

    The mode of a file of another owner may keep out the server whose file it was.
    """
    if owner is not None and hasattr(os, "fchown"):
        with contextlib.suppress(PermissionError):
            os.fchown(descriptor, *owner)
        about = os.fstat(descriptor)
        if (about.st_uid, about.st_gid) != owner:
            mode = _READABLE
    if hasattr(os, "fchmod"):
        os.fchmod(descriptor, mode)


def _put(temporary: Path, path: Path, *, replace: bool) -> None:
    if replace:
        temporary.replace(path)
        return
    if os.name == "nt":
        temporary.rename(path)  # refuses an existing name there
        return
    try:
        os.link(temporary, path)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        if os.path.lexists(path):
            raise FileExistsError(path) from None
        temporary.rename(path)


def _flush_folder(folder: Path) -> None:
    """Make a rename last through a power cut, where the system can."""
    if os.name == "nt":
        return
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
