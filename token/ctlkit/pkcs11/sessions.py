"""Logging in, with every rule that keeps a token from being spoiled.

Rules:

* Before a login the flags are read afresh through the slot, and again when the PIN is at hand.
  LOCKED, a PIN to be changed and a PIN that was never set end it without a call, before any other
  flag is looked at (:mod:`ctlkit.pkcs11.flags`). FINAL_TRY needs a person's confirmation at a
  prompt and a PIN that a person types. COUNT_LOW refuses a PIN that no person typed.
* No LOGIN_REQUIRED, no login. A PIN pad gets no PIN from here.
* A PIN that a token refused is not sent to it again in this process; what is remembered is a
  keyed digest, never the PIN. After a login with a PIN that no person typed has failed, for
  whatever reason, no such PIN is sent to that token any more.
* The PIN is asked for in the caller's thread, the login made in the module's.
* After a refused login the flags are read again, and sessions that it left behind are freed.
* After any error the token is looked for: when it is gone, that is the error.

Source: docs/tokens.md, PINs and the binding, 4, 7 and 8.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import NoReturn

from ctlkit.errors import (
    CancelledError,
    CtlkitError,
    PinBlockedError,
    PinState,
    TokenError,
    TokenRemovedError,
    WrongPinError,
)
from ctlkit.messages import Message, Severity
from ctlkit.pins import Pin, PinRequest, PinSource
from ctlkit.pkcs11._ckr import LOGIN_REFUSED, REMOVED
from ctlkit.pkcs11._library import Library, Login, Session, Slot, TokenFlag
from ctlkit.pkcs11.flags import forbidding_state, pin_state
from ctlkit.pkcs11.inventory import list_slots
from ctlkit.pkcs11.module import Module, renew
from ctlkit.pkcs11.values import TokenInfo

__all__ = ["Credential", "ask", "explained", "find_slot", "log_in", "login_failed", "raise_as"]

_ORDER = list(PinState)


@dataclass(frozen=True, slots=True)
class Credential:
    """How to log in to a token, agreed with whoever gives the PIN.

    Attributes:
        login: a PIN, the PIN pad, or no login at all.
        state: what the flags said when it was agreed.
        typed: whether a person typed it, or will at the reader.
    """

    login: Pin | Login
    state: PinState
    typed: bool


class _Refusals:
    """What tokens refused in this process."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)
        self._pins: set[bytes] = set()
        self._unattended: set[tuple[str, ...]] = set()
        self._lock = threading.Lock()

    def _digest(self, token: TokenInfo, pin: Pin) -> bytes:
        parts = [*token.identity, pin.reveal()]
        data = b"".join(hashlib.sha256(part.encode("utf-8", "replace")).digest() for part in parts)
        return hmac.digest(self._key, data, "sha256")

    def add(self, token: TokenInfo, credential: Credential, *, wrong: bool) -> None:
        """Remember a login that failed; ``wrong`` where the PIN was the reason."""
        with self._lock:
            if not credential.typed:
                self._unattended.add(token.identity)
            if wrong and isinstance(credential.login, Pin):
                self._pins.add(self._digest(token, credential.login))

    def check(self, token: TokenInfo, credential: Credential) -> None:
        """Refuse what was refused.

        Raises:
            PinBlockedError: this PIN, or any that nobody typed, was tried before.
        """
        if not isinstance(credential.login, Pin):
            return
        with self._lock:
            if self._digest(token, credential.login) in self._pins:
                raise _blocked("pin-refused-before", token, credential.state)
            if not credential.typed and token.identity in self._unattended:
                raise _blocked("pin-tried-before", token, credential.state)


_refusals = _Refusals()


def _blocked(code: str, token: TokenInfo, state: PinState) -> PinBlockedError:
    return PinBlockedError(code, pin_state=state, label=token.label, serial=token.serial)


def find_slot(library: Library, token: TokenInfo) -> Slot:
    """Return the slot that a token is in now, by what the token says of itself.

    Raises:
        TokenRemovedError: it is in none.
        TokenError: the module does not say.
    """
    slots = list_slots(library)
    # The slot where it was comes first: it tells two alike from each other.
    for slot in sorted(slots, key=lambda slot: slot.number != token.slot):
        with suppress(TokenError):
            if slot.token().identity == token.identity:
                return slot
    raise TokenRemovedError("token-removed", label=token.label, serial=token.serial)


def explained(library: Library, token: TokenInfo, error: TokenError) -> TokenError:
    """Return what an error means: the token is gone, or the error itself. In its thread."""
    if isinstance(error, TokenRemovedError):
        return error
    if error.ckr not in REMOVED:
        try:
            find_slot(library, token)
            return error
        except TokenRemovedError:
            pass
        except TokenError:
            return error
    return TokenRemovedError(
        "token-removed",
        ckr=error.ckr,
        function=error.function,
        label=token.label,
        serial=token.serial,
    )


def raise_as(meaning: CtlkitError, error: TokenError) -> NoReturn:
    """Raise what an error means, from it; the error itself when it means nothing else."""
    if meaning is error:
        raise error
    raise meaning from error


def ask(
    module: Module,
    token: TokenInfo,
    pins: PinSource,
    *,
    cancel: threading.Event | None = None,
    notice: Callable[[Message], None] = lambda _message: None,
    certificate: str = "",
    always: bool = False,
) -> Credential:
    """Agree on how to log in, in the caller's thread. Nothing is sent to the token.

    Args:
        module: the token's.
        token: which one.
        pins: where the PIN comes from; asked only when one is needed and may be sent.
        cancel: ends the wait for the module.
        notice: is told of a PIN that was wrong before, and where to enter it when there is no
            prompt to say so.
        certificate: the common name to show.
        always: ask although the token needs no login, for a key that does.

    Raises:
        PinBlockedError: no PIN may be sent, or there is none.
        TokenRemovedError: the token is gone.
        CancelledError: a person gave up.
    """
    flags = module.run(lambda library: find_slot(library, token).token().flags, cancel=cancel)
    state = pin_state(flags)
    if TokenFlag.LOGIN_REQUIRED not in flags and not always:
        return Credential(Login.NONE, state, typed=True)
    _refuse_forbidden(token, flags)
    request = PinRequest(token.label, token.serial, state, certificate)
    pad = TokenFlag.PROTECTED_AUTHENTICATION_PATH in flags
    typed = pins.typed or pad
    if state is PinState.FINAL_TRY:
        _confirm_last_try(token, pins, request, typed=typed)
    if state is PinState.COUNT_LOW:
        notice(Message("pin-count-low", {"label": token.label, "serial": token.serial}))
        if not typed:
            raise _blocked("pin-count-low-untyped", token, state)
    if pad:
        if pins.prompt is not None:
            pins.prompt.use_pin_pad(request)
        else:
            values = {"label": token.label, "serial": token.serial}
            notice(Message("pin-at-reader", values, Severity.NOTE))
        return Credential(Login.PIN_PAD, state, typed=True)
    credential = Credential(pins.get(request), state, typed)
    _refusals.check(token, credential)
    return credential


def _refuse_forbidden(token: TokenInfo, flags: TokenFlag) -> None:
    state = forbidding_state(flags)
    if state is not None:
        raise _blocked(_FORBIDDEN[state], token, state)


def _confirm_last_try(
    token: TokenInfo, pins: PinSource, request: PinRequest, *, typed: bool
) -> None:
    if not typed or pins.prompt is None:
        raise _blocked("pin-last-try", token, request.state)
    if not pins.prompt.confirm_last_try(request):
        raise _blocked("pin-last-try-declined", token, request.state)


def log_in(library: Library, token: TokenInfo, credential: Credential, module: Module) -> Session:
    """Open a session on a token and log in as agreed, in the module's thread.

    Raises:
        WrongPinError: the token refused the PIN; ``pin_state`` is read afterwards.
        PinBlockedError: its flags became worse since, or it says that the PIN is blocked.
        TokenRemovedError: it is gone.
        TokenError: anything else.
        CancelledError: a person cancelled at the PIN pad.
    """
    slot = find_slot(library, token)
    login = credential.login
    try:
        if login is Login.NONE:
            return slot.open()
        flags = slot.token().flags
        _refuse_forbidden(token, flags)
        state = pin_state(flags)
        if _ORDER.index(state) < _ORDER.index(credential.state):
            raise _blocked("pin-state-worse", token, state)
        _refusals.check(token, credential)
        return slot.open(login)
    except PinBlockedError:
        raise
    except TokenError as error:
        if error.ckr == "CKR_USER_ALREADY_LOGGED_IN":
            return slot.open()
        raise_as(login_failed(library, token, credential, error, module), error)


def login_failed(
    library: Library,
    token: TokenInfo,
    credential: Credential,
    error: TokenError,
    module: Module,
) -> CtlkitError:
    """Return what a failed login means, with the flags read afterwards, and free what it left."""
    if error.function == "C_Login":
        _refusals.add(token, credential, wrong=error.ckr in LOGIN_REFUSED)
    state: PinState | None = None
    with suppress(TokenError):
        state = pin_state(find_slot(library, token).token().flags)
    meaning = explained(library, token, error)
    # Failing to come back is not what went wrong first.
    with suppress(TokenError):
        renew(library, module.path)
    if meaning is not error or error.function != "C_Login":
        return meaning
    if error.ckr == "CKR_FUNCTION_CANCELED":
        return CancelledError("pin-pad-cancelled", label=token.label, serial=token.serial)
    if error.ckr in LOGIN_REFUSED:
        return WrongPinError(
            _WRONG.get(state, "pin-wrong"),
            ckr=error.ckr,
            function=error.function,
            pin_state=state,
            label=token.label,
            serial=token.serial,
        )
    code = _BLOCKED.get(error.ckr or "")
    if code is None:
        return error
    return PinBlockedError(
        code,
        ckr=error.ckr,
        function=error.function,
        pin_state=PinState.LOCKED if code == "pin-locked" else state,
        label=token.label,
        serial=token.serial,
    )


_FORBIDDEN = {
    PinState.LOCKED: "pin-locked",
    PinState.TO_BE_CHANGED: "pin-to-be-changed",
    PinState.NOT_SET: "pin-not-set",
}

_WRONG: dict[PinState | None, str] = {
    PinState.LOCKED: "pin-wrong-locked",
    PinState.FINAL_TRY: "pin-wrong-last-try",
    PinState.COUNT_LOW: "pin-wrong-count-low",
}

_BLOCKED = {
    "CKR_PIN_LOCKED": "pin-locked",
    "CKR_PIN_EXPIRED": "pin-expired",
    "CKR_USER_PIN_NOT_INITIALIZED": "pin-not-set",
}
