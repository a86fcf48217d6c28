"""Modules, slots, sessions and objects, for the one thread that owns them.

Rules:

* Everything here belongs to the thread that loaded the module; any other is refused.
* Nothing is ever unloaded. One session a token is open; closing it never raises, because a
  token that is gone answers that with an error, and the first error is the one to tell.
* The function that failed is named, also where the binding makes several calls at once.
* No call here writes to a token.

Source: docs/tokens.md, the binding.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from itertools import islice
from typing import Any

from ctlkit.errors import TokenError
from ctlkit.pins import Pin
from ctlkit.pkcs11 import _binding as binding
from ctlkit.pkcs11._binding import (
    PROTECTED_AUTH,
    Attribute,
    Envelope,
    Mechanism,
    ObjectClass,
    RawMapper,
    Search,
    SigningKey,
    SlotFlag,
    TokenFlag,
    calling,
    renamed,
)
from ctlkit.pkcs11._ckr import LOGIN_CODES, SIGN_INIT_CODES, SLOT_CODES

__all__ = [
    "Attribute",
    "Kind",
    "Library",
    "Login",
    "Session",
    "Slot",
    "StoredObject",
    "TokenFacts",
    "TokenFlag",
]


class Kind(Enum):
    """The classes of objects that are looked for."""

    CERTIFICATE = ObjectClass.CERTIFICATE
    PUBLIC_KEY = ObjectClass.PUBLIC_KEY
    PRIVATE_KEY = ObjectClass.PRIVATE_KEY


class Login(Enum):
    """How a session is opened when no PIN is passed."""

    NONE = "none"
    PIN_PAD = "pin-pad"


@dataclass(frozen=True, slots=True)
class TokenFacts:
    """What a token says of itself, read once; its flags are of that moment."""

    label: str
    serial: str
    manufacturer: str
    model: str
    firmware: str
    flags: TokenFlag

    @property
    def identity(self) -> tuple[str, str, str, str]:
        """What tells a token from another; a slot number does not."""
        return (self.serial, self.label, self.manufacturer, self.model)


class _Owned:
    """Something of a module, for the thread that made it only."""

    __slots__ = ("_thread",)

    def __init__(self) -> None:
        self._thread = threading.get_ident()

    def _guard(self) -> None:
        if threading.get_ident() != self._thread:
            raise RuntimeError("a PKCS#11 module was called outside its own thread")


class Library(_Owned):
    """A loaded module.

    Attributes:
        manufacturer, description, version: what C_GetInfo said; empty for a guest.
        guest: another part of this process had initialised it, which stays in charge.
        open: the open sessions, by slot number; one a token.
        fresh: it was initialised by the work that is being done now.
        spoiled: sessions were left open that only C_Finalize frees.
    """

    def __init__(self, path: str) -> None:
        """Load a module; it is not initialised yet.

        Raises:
            TokenError: the system's loader refused; ``values["reason"]`` is its text.
        """
        super().__init__()
        self._native = binding.load(path)
        self._path = path
        self.manufacturer = self.description = self.version = ""
        self.guest = False
        self.open: dict[int, Session] = {}
        self.fresh = False
        self.spoiled = False

    def initialise(self) -> None:
        """Call C_Initialize and C_GetInfo.

        Raises:
            TokenError: it failed.
        """
        self._guard()
        self.guest = False
        try:
            binding.initialise(self._native, self._path)
        except TokenError as error:
            if error.ckr != "CKR_CRYPTOKI_ALREADY_INITIALIZED":
                # Where C_GetInfo failed the next attempt shall begin at the beginning.
                with suppress(TokenError):
                    self.finalise()
                raise
            self.guest = True
            return
        finally:
            self.fresh = True
        self.manufacturer = self._native.manufacturer_id
        self.description = self._native.library_description
        self.version = ".".join(map(str, self._native.library_version))

    def finalise(self) -> None:
        """Call C_Finalize; with a guest nothing is done."""
        self._guard()
        self._native.finalize()

    @property
    def initialised(self) -> bool:
        """Whether calls can be made."""
        return self.guest or self._native.running

    def slots(self, *, with_token: bool = False) -> list[Slot]:
        """Return the slots, each once.

        Raises:
            TokenError: the list could not be had, or one slot of it.
        """
        self._guard()
        try:
            with calling("C_GetSlotList"):
                found = self._native.get_slots(token_present=with_token)
        except TokenError as error:
            if error.ckr in SLOT_CODES:
                raise renamed(error, "C_GetSlotInfo") from error
            raise
        # A list that became shorter between two calls is filled up with zeros.
        unique = {slot.slot_id: slot for slot in found}
        return [Slot(self, slot) for slot in unique.values()]


class Slot(_Owned):
    """A slot, with or without a token in it."""

    def __init__(self, library: Library, slot: Any) -> None:
        super().__init__()
        self.library = library
        self._native = slot
        self.number: int = slot.slot_id
        self.description: str = slot.slot_description
        self.removable = bool(slot.flags & SlotFlag.REMOVABLE_DEVICE)

    def token(self) -> TokenFacts:
        """Ask what is in the slot now.

        Raises:
            TokenError: there is no token, or it does not answer.
        """
        self._guard()
        with calling("C_GetTokenInfo"):
            token = self._native.get_token()
            return TokenFacts(
                label=token.label,
                serial=token.serial.rstrip(b"\0 ").decode("utf-8", "backslashreplace"),
                manufacturer=token.manufacturer_id,
                model=token.model,
                firmware=".".join(map(str, token.firmware_version)),
                flags=token.flags,
            )

    def can_sign_raw(self) -> bool:
        """Return whether the token lists CKM_RSA_PKCS."""
        self._guard()
        with calling("C_GetMechanismList"):
            return Mechanism.RSA_PKCS in self._native.get_mechanisms()

    def open(self, login: Login | Pin = Login.NONE) -> Session:
        """Open a read-only session, logged in with a PIN or at the reader's PIN pad.

        Raises:
            TokenError: C_OpenSession or C_Login failed; a session that was opened before a
                failed login stays open in the module, which is marked as spoiled.
        """
        self._guard()
        with calling("C_GetTokenInfo"):
            token = self._native.get_token()
        if login is Login.NONE:
            with calling("C_OpenSession"):
                return Session(self, token.open(attribute_mapper=RawMapper()))
        pin = Envelope(login) if isinstance(login, Pin) else PROTECTED_AUTH
        try:
            with calling("C_Login"):
                opened = token.open(user_pin=pin, attribute_mapper=RawMapper())
        except TokenError as error:
            self._blame(error)
            self.library.spoiled = True
            raise
        return Session(self, opened)

    def _blame(self, error: TokenError) -> None:
        """Find out whether C_OpenSession failed already, which the binding does not tell.

        Raises:
            TokenError: it does, and no session is left open.
        """
        if error.ckr is not None and error.ckr.startswith(LOGIN_CODES):
            return
        self.open().close()


class Session(_Owned):
    """An open session."""

    def __init__(self, slot: Slot, session: Any) -> None:
        super().__init__()
        self._slot = slot
        self._native = session
        slot.library.open.setdefault(slot.number, self)
        self._open = True

    def close(self) -> None:
        """Close the session, logging out before; a failure only marks the module as spoiled."""
        self._guard()
        if not self._open:
            return
        self._open = False
        library = self._slot.library
        if library.open.get(self._slot.number) is self:
            del library.open[self._slot.number]
        try:
            with calling("C_CloseSession"):
                self._native.close()
        except TokenError:
            library.spoiled = True

    def find(self, kind: Kind, limit: int) -> list[StoredObject]:
        """Return the resident objects of a class, at most ``limit``.

        Raises:
            TokenError: the search failed.
        """
        self._guard()
        wanted = {Attribute.CLASS: kind.value, Attribute.TOKEN: True}
        search = Search(self._native, wanted, 10)
        return [StoredObject(self._native, item) for item in islice(search.results(), limit)]


class StoredObject(_Owned):
    """An object on a token."""

    def __init__(self, session: Any, item: Any) -> None:
        super().__init__()
        self._session = session
        self._native = item

    def read(self, attributes: Sequence[Attribute]) -> Mapping[Attribute, Any]:
        """Return those of the attributes that can be read; the rest are left out.

        Raises:
            TokenError: the token does not answer at all.
        """
        self._guard()
        found: dict[Attribute, Any] = {}
        for attribute in attributes:
            try:
                with calling("C_GetAttributeValue"):
                    found[attribute] = self._native[attribute]
            except TokenError as error:
                if error.ckr not in _NO_ATTRIBUTE and error.code != "token-nonsense":
                    raise
        return found

    def sign(self, data: bytes, pin: Pin | None = None) -> bytes:
        """Return the CKM_RSA_PKCS signature of ``data``.

        Args:
            data: what is padded and signed, a DigestInfo.
            pin: for a key that asks for it at each use: a context login between C_SignInit and
                C_Sign.

        Raises:
            TokenError: it failed.
        """
        self._guard()
        key = SigningKey(self._native.wrapper)
        envelope = None if pin is None else Envelope(pin)
        try:
            with calling("C_Sign"):
                return bytes(key.sign(data, mechanism=Mechanism.RSA_PKCS, pin=envelope))
        except TokenError as error:
            function = "C_Sign"
            if error.ckr in SIGN_INIT_CODES or (envelope is not None and not envelope.opened):
                function = "C_SignInit"
            elif envelope is not None and (error.ckr or "").startswith(LOGIN_CODES):
                function = "C_Login"
            raise renamed(error, function) from error


_NO_ATTRIBUTE = frozenset(
    {
        "CKR_ATTRIBUTE_TYPE_INVALID",
        "CKR_ATTRIBUTE_SENSITIVE",
        "CKR_ATTRIBUTE_VALUE_INVALID",
        "CKR_FUNCTION_FAILED",
    }
)
"""What tokens answer for an attribute that an object does not have or does not show."""
