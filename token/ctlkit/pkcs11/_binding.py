"""The library's one importer of the binding: its names, its errors translated, its flaws mended.

Rules:

* An exception of the binding becomes a :class:`~ctlkit.errors.TokenError` with the name of the
  return value and of the function, here and once. A module's nonsense (lengths, numbers) too.
* Attributes come back as the bytes that the token gave; reading them is the caller's.
* What the binding does by itself and should not is turned off here: searches that end in a
  destructor, keys that cannot sign because an attribute could not be read.
* No call of a module keeps the other threads waiting. The binding sees to that itself, but for
  C_Finalize, which is called here; so C_Initialize is too, to know which of them was last.

Source: docs/tokens.md, the binding.
"""

from __future__ import annotations

import ctypes
import struct
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pkcs11 import Attribute, Mechanism, ObjectClass, SlotFlag, TokenFlag
from pkcs11 import _pkcs11 as native
from pkcs11.attributes import AttributeMapper
from pkcs11.exceptions import PKCS11Error
from pkcs11.types import PROTECTED_AUTH

from ctlkit.errors import TokenError
from ctlkit.pins import Pin
from ctlkit.pkcs11._ckr import ckr_of, ckr_of_number

__all__ = [
    "PROTECTED_AUTH",
    "Attribute",
    "Envelope",
    "Loaded",
    "Mechanism",
    "ObjectClass",
    "RawMapper",
    "Search",
    "SigningKey",
    "SlotFlag",
    "TokenFlag",
    "calling",
    "initialise",
    "load",
    "renamed",
]

_NONSENSE = (
    ValueError,
    TypeError,
    OverflowError,
    MemoryError,
    NotImplementedError,
    IndexError,
    KeyError,
    struct.error,
    SystemError,
)
"""What the binding raises where a module's answer makes no sense."""


@contextmanager
def calling(function: str) -> Iterator[None]:
    """Translate what the binding raises in a call of a PKCS#11 function."""
    try:
        yield
    except PKCS11Error as error:
        raise _failed(function, error) from error
    except _NONSENSE as error:
        raise TokenError("token-nonsense", function=function, reason=_plain(error)) from error


def _failed(function: str, error: PKCS11Error) -> TokenError:
    return TokenError("token-call-failed", ckr=ckr_of(error) or str(error), function=function)


def renamed(error: TokenError, function: str) -> TokenError:
    """Return the same error, blamed on another function."""
    values: dict[str, Any] = {**error.values, "function": function}
    return TokenError(error.code, **values)


def _plain(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__


class RawMapper(AttributeMapper):
    """Give attributes as bytes, and booleans and the class in a way that no token can break."""

    def unpack_attributes(self, key: Attribute, value: bytes) -> Any:
        if key == Attribute.CLASS:
            return int.from_bytes(value, sys.byteorder)
        return any(value) if key in _BOOLEANS else value


_BOOLEANS = frozenset(
    {
        Attribute.ENCRYPT,
        Attribute.DECRYPT,
        Attribute.SIGN,
        Attribute.VERIFY,
        Attribute.WRAP,
        Attribute.UNWRAP,
        Attribute.DERIVE,
        Attribute.ENCAPSULATE,
        Attribute.DECAPSULATE,
    }
)


_Lifecycle = ctypes.CFUNCTYPE(ctypes.c_ulong, ctypes.c_void_p)


class _FunctionList(ctypes.Structure):
    """The beginning of a CK_FUNCTION_LIST."""

    if sys.platform == "win32":
        _pack_ = 1
    _fields_ = (
        ("version", ctypes.c_ubyte * 2),
        ("C_Initialize", _Lifecycle),
        ("C_Finalize", _Lifecycle),
    )


class Loaded(native.lib):
    """A loaded module that knows by itself whether it is initialised.

    Attributes:
        running: whether it is, by us.
    """

    running = False

    def attach(self, path: str) -> None:
        """Find the functions that start and end the module, which is loaded."""
        functions = ctypes.POINTER(_FunctionList)()
        self._image = ctypes.CDLL(path, winmode=0)
        _check("C_GetFunctionList", self._image.C_GetFunctionList(ctypes.byref(functions)))
        self._functions = functions.contents

    def initialize(self) -> None:
        """Call C_Initialize if it is needed; the binding does so by this name."""
        if not self.running:
            _check("C_Initialize", self._functions.C_Initialize(None))
            self.running = True

    def finalize(self) -> None:
        """Call C_Finalize if it is needed; the module counts as ended even if it refuses."""
        if self.running:
            self.running = False
            _check("C_Finalize", self._functions.C_Finalize(None))


def _check(function: str, number: int) -> None:
    if number:
        raise TokenError("token-call-failed", ckr=ckr_of_number(number), function=function)


def load(path: str) -> Loaded:
    """Load a module without initialising it, so that a later failure does not close it.

    Raises:
        TokenError: the system's loader refused; ``values["reason"]`` is its text.
    """
    new: Any = Loaded.__new__
    try:
        loaded: Loaded = new(Loaded, path)
        loaded.attach(path)
    except (PKCS11Error, OSError, *_NONSENSE) as error:
        text = str(error).removeprefix(f"OS exception while loading {path}: ")
        reason = text.removeprefix(f"{path}: ")
        raise TokenError("module-not-loaded", path=path, reason=reason) from error
    return loaded


def initialise(loaded: Loaded, path: str) -> None:
    """Call C_Initialize and C_GetInfo of a module that :func:`load` returned.

    Raises:
        TokenError: one failed.
    """
    initialiser: Any = Loaded.__init__
    with calling("C_GetInfo"):
        initialiser(loaded, path)


class Envelope:
    """A PIN that is opened by the binding itself, so that no frame holds its text."""

    __slots__ = ("_pin", "opened")

    def __init__(self, pin: Pin) -> None:
        self._pin = pin
        self.opened = False

    def encode(self, encoding: str) -> bytes:
        """Return the bytes that C_Login gets."""
        self.opened = True
        return self._pin.reveal().encode(encoding)


class Search(native.SearchIter):  # type: ignore[name-defined,misc]
    """The binding's search, ended once and by us.

    The binding's own ends in a destructor when C_FindObjectsInit fails, in whatever thread drops
    the last reference, with an exception that nobody can catch.
    """

    _ended = False

    def results(self) -> Iterator[Any]:
        """Yield the objects found, and end the search whatever happens."""
        try:
            with calling("C_FindObjectsInit"):
                self.__enter__()
            while True:
                with calling("C_FindObjects"):
                    batch = next(self, None)
                if batch is None:
                    return
                # The binding asks each object for its class and what it can do.
                with calling("C_GetAttributeValue"):
                    items = list(batch)
                yield from items
        finally:
            self._finalize()

    def _finalize(self, silent: bool = False) -> None:  # noqa: ARG002 - the binding's signature
        if not self._ended:
            self._ended = True
            super()._finalize(silent=True)


class SigningKey(
    native.SignMixin,  # type: ignore[name-defined,misc]
    native.PrivateKey,  # type: ignore[name-defined,misc]
    native.Object,  # type: ignore[name-defined,misc]
):
    """A private key that can be asked to sign, whatever the binding made of its attributes."""
