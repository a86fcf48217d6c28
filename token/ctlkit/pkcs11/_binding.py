"""The library's one importer of the binding: its names, its errors translated, its flaws mended.

Rules:

* An exception of the binding becomes a :class:`~ctlkit.errors.TokenError` with the name of the
  return value and of the function, here and once. A module's nonsense (lengths, numbers) too.
* Attributes come back as the bytes that the token gave; reading them is the caller's.
* What the binding does by itself and should not is turned off here: searches that end in a
  destructor, keys that cannot sign because an attribute could not be read.

Source: docs/tokens.md, the binding.
"""

from __future__ import annotations

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
from ctlkit.pkcs11._ckr import ckr_of

__all__ = [
    "PROTECTED_AUTH",
    "Attribute",
    "Envelope",
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


def load(path: str) -> native.lib:
    """Load a module without initialising it, so that a later failure does not close it.

    Raises:
        TokenError: the system's loader refused; ``values["reason"]`` is its text.
    """
    try:
        new: Any = native.lib.__new__
        loaded: native.lib = new(native.lib, path)
    except (PKCS11Error, *_NONSENSE) as error:
        text = str(error).removeprefix(f"OS exception while loading {path}: ")
        reason = text.removeprefix(f"{path}: ")
        raise TokenError("module-not-loaded", path=path, reason=reason) from error
    return loaded


def initialise(loaded: native.lib, path: str) -> None:
    """Call C_Initialize and C_GetInfo of a module that :func:`load` returned.

    Raises:
        TokenError: one failed.
    """
    initialiser: Any = native.lib.__init__
    try:
        with calling("C_Initialize"):
            initialiser(loaded, path)
    except TokenError as error:
        if loaded.initialized:
            raise renamed(error, "C_GetInfo") from error
        raise


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
