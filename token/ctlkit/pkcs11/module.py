"""A PKCS#11 module and the one thread that may call it.

Rules:

* A module is loaded once a process, by its real path and by its file: the same library under
  another name is the same module. It is never unloaded.
* Every call, the polling and the closing included, is made in the module's own thread; callers
  wait and may walk away (:mod:`ctlkit.pkcs11._worker`).
* C_Finalize takes the module away from everything in the process that uses it. It is called only
  while no session of ours is open, and only where that is the way: for SoftHSM, which shows new
  tokens in no other way, after logins that left sessions behind, on request, and at exit.
* A module that another part of the process had initialised is used as a guest and never
  finalised.

Source: docs/tokens.md, the binding.
"""

from __future__ import annotations

import atexit
import os
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

from ctlkit.errors import CancelledError, CtlkitError, TokenError
from ctlkit.pkcs11._images import Host, problem_of
from ctlkit.pkcs11._library import Library
from ctlkit.pkcs11._worker import ExpiredError, OwnerThread

__all__ = ["Module", "close_all", "initialise", "module_at", "path_with", "renew"]

_T = TypeVar("_T")

_CLOSING_SECONDS = 2.0
_NEEDS_RENEWAL = "SoftHSM"


class Module:
    """A module of this process. Made by :func:`module_at` only.

    Attributes:
        path: the real path of its library.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._owner = OwnerThread(f"pkcs11 {path.name}")
        self._library: Library | None = None

    def run(
        self,
        work: Callable[[Library], _T],
        *,
        cancel: threading.Event | None = None,
        timeout: float | None = None,
        surely: bool = False,
    ) -> _T:
        """Do some work with the initialised module in its thread, and wait for it.

        Args:
            work: gets the library; what it returns must be no part of it.
            cancel: when it is set, the wait ends; a call that hangs is left alone.
            timeout: seconds to wait at most, None for ever.
            surely: do the work also when nobody waits for it any more.

        Raises:
            TokenError: the module cannot be loaded or initialised, does not answer in time, or
                what ``work`` raises.
            CancelledError: ``cancel`` was set, or the process is ending.
        """
        if _ending.is_set():
            raise CancelledError("token-wait-cancelled")
        try:
            return self._owner.call(
                lambda: self._do(work), cancel=cancel, timeout=timeout, surely=surely
            )
        except ExpiredError:
            raise TokenError("module-no-answer", path=self.path, seconds=timeout) from None

    def close(self) -> None:
        """Finalise the module; it is initialised again when it is next used."""
        with suppress(ExpiredError, CtlkitError):
            self._owner.call(self._finalise, timeout=_CLOSING_SECONDS)

    def _do(self, work: Callable[[Library], _T]) -> _T:
        library = self._ready()
        try:
            return work(library)
        finally:
            library.fresh = False

    def _ready(self) -> Library:
        if self._library is None:
            self._library = self._load()
            self._owner.keep(self._library)
        if not self._library.initialised:
            initialise(self._library, self.path)
        return self._library

    def _load(self) -> Library:
        problem = problem_of(self.path, Host.current())
        if problem is not None:
            values: dict[str, Any] = dict(problem.values)
            raise TokenError(problem.code, **values)
        try:
            os.fspath(self.path).encode("utf-8")
        except UnicodeEncodeError:
            raise TokenError("module-path", path=self.path) from None
        if sys.platform == "win32":
            os.environ["PATH"] = path_with(str(self.path.parent), os.environ.get("PATH", ""))
        return Library(str(self.path))

    def _finalise(self) -> None:
        if self._library is not None and self._library.initialised:
            self._library.finalise()
            self._library.open.clear()
            self._library.spoiled = False


def initialise(library: Library, path: Path) -> None:
    """Initialise a module, in its thread.

    Raises:
        TokenError: C_Initialize or C_GetInfo failed.
    """
    try:
        library.initialise()
    except TokenError as error:
        if error.ckr is None:
            raise
        raise TokenError(
            "module-not-initialised", ckr=error.ckr, function=error.function, path=path
        ) from error


def renew(library: Library, path: Path, *, always: bool = False) -> None:
    """Re-initialise a module where that is what helps, in its thread (rules above).

    Raises:
        TokenError: it did not come back.
    """
    needed = always or library.guest or library.spoiled or library.manufacturer == _NEEDS_RENEWAL
    if not needed or library.fresh or library.open:
        return
    if library.guest:
        # Whoever had initialised it may have finalised it since; then it is ours.
        initialise(library, path)
        return
    # A module that cannot be finalised is as it was: its answers show whether it works.
    with suppress(TokenError):
        library.finalise()
    library.spoiled = False
    if not library.initialised:
        initialise(library, path)


def path_with(folder: str, path: str) -> str:
    """Return a Windows PATH that begins with a module's folder, where its own libraries lie."""
    parts = [part for part in path.split(";") if part]
    if folder.casefold() in (part.rstrip("\\").casefold() for part in parts):
        return path
    return ";".join([folder, *parts])


_modules: dict[object, Module] = {}
_ending = threading.Event()
_lock = threading.Lock()


def module_at(path: Path) -> Module:
    """Return the module of a library file, the same one for every path that leads to it."""
    real = path
    keys: list[object] = []
    with suppress(OSError, ValueError):
        real = Path(os.path.realpath(path))
    keys.append(os.path.normcase(real))
    with suppress(OSError, ValueError):
        found = real.stat()
        keys.append((found.st_dev, found.st_ino))
    with _lock:
        if not _modules:
            atexit.register(_end)
        known = next((_modules[key] for key in keys if key in _modules), None)
        module = known or Module(real)
        for key in keys:
            _modules.setdefault(key, module)
    return module


def close_all() -> None:
    """Finalise every module; one that hangs is left behind after a moment."""
    for module in set(_modules.values()):
        module.close()


def _end() -> None:
    """Close everything at exit; after that the modules' threads do not run any more."""
    close_all()
    _ending.set()
