"""The names of PKCS#11's return values, from what the binding raises.

Rules:

* The binding names most values by a class and a few by a sentence; both are turned back into the
  name that PKCS#11 gives them. A value without a name is shown as a number.
* Nothing here imports the binding.

Source: PKCS#11 2.40, section 3.1 and its header; docs/tokens.md, the binding, 8.
"""

from __future__ import annotations

import re

__all__ = [
    "LOGIN_CODES",
    "LOGIN_REFUSED",
    "REMOVED",
    "SIGN_INIT_CODES",
    "SLOT_CODES",
    "ckr_of",
    "ckr_of_number",
]

_BY_CLASS = {
    "AnotherUserAlreadyLoggedIn": "CKR_USER_ANOTHER_ALREADY_LOGGED_IN",
    "FunctionCancelled": "CKR_FUNCTION_CANCELED",
    "TokenNotRecognised": "CKR_TOKEN_NOT_RECOGNIZED",
    "RandomNoRNG": "CKR_RANDOM_NO_RNG",
    "SlotIDInvalid": "CKR_SLOT_ID_INVALID",
    "SessionReadWriteSOExists": "CKR_SESSION_READ_WRITE_SO_EXISTS",
}

_BY_SENTENCE = {
    "Buffer was too small": "CKR_BUFFER_TOO_SMALL",
    "already initialized": "CKR_CRYPTOKI_ALREADY_INITIALIZED",
    "not initialized": "CKR_CRYPTOKI_NOT_INITIALIZED",
    "Parallel not supported": "CKR_SESSION_PARALLEL_NOT_SUPPORTED",
    "User type invalid": "CKR_USER_TYPE_INVALID",
}

_BY_NUMBER = {
    0x01: "CKR_CANCEL",
    0x02: "CKR_HOST_MEMORY",
    0x05: "CKR_GENERAL_ERROR",
    0x06: "CKR_FUNCTION_FAILED",
    0x07: "CKR_ARGUMENTS_BAD",
    0x08: "CKR_NO_EVENT",
    0x09: "CKR_NEED_TO_CREATE_THREADS",
    0x0A: "CKR_CANT_LOCK",
    0x30: "CKR_DEVICE_ERROR",
    0x31: "CKR_DEVICE_MEMORY",
    0x32: "CKR_DEVICE_REMOVED",
    0x51: "CKR_FUNCTION_NOT_PARALLEL",
    0x54: "CKR_FUNCTION_NOT_SUPPORTED",
    0x65: "CKR_KEY_CHANGED",
    0x68: "CKR_KEY_FUNCTION_NOT_PERMITTED",
    0x160: "CKR_SAVED_STATE_INVALID",
    0x170: "CKR_INFORMATION_SENSITIVE",
    0x180: "CKR_STATE_UNSAVEABLE",
    0x190: "CKR_CRYPTOKI_NOT_INITIALIZED",
    0x191: "CKR_CRYPTOKI_ALREADY_INITIALIZED",
    0x1A0: "CKR_MUTEX_BAD",
    0x1A1: "CKR_MUTEX_NOT_LOCKED",
    0x1B0: "CKR_NEW_PIN_MODE",
    0x1B1: "CKR_NEXT_OTP",
    0x1B9: "CKR_FIPS_SELF_TEST_FAILED",
    0x1BA: "CKR_LIBRARY_LOAD_FAILED",
    0x202: "CKR_OPERATION_CANCEL_FAILED",
}
_VENDOR = 0x80000000

REMOVED = frozenset({"CKR_DEVICE_REMOVED", "CKR_TOKEN_NOT_PRESENT"})
"""Codes that say by themselves that the token is gone; others may mean it too."""

LOGIN_CODES = ("CKR_PIN_", "CKR_USER_", "CKR_FUNCTION_CANCEL", "CKR_SESSION_READ_ONLY_EXISTS")
"""How the codes begin that C_Login returns and the functions around it do not."""

SIGN_INIT_CODES = frozenset(
    {
        "CKR_KEY_FUNCTION_NOT_PERMITTED",
        "CKR_KEY_HANDLE_INVALID",
        "CKR_KEY_SIZE_RANGE",
        "CKR_KEY_TYPE_INCONSISTENT",
        "CKR_MECHANISM_INVALID",
        "CKR_MECHANISM_PARAM_INVALID",
        "CKR_OBJECT_HANDLE_INVALID",
        "CKR_OPERATION_ACTIVE",
    }
)
"""Codes that C_SignInit returns and C_Sign does not."""

SLOT_CODES = frozenset({"CKR_SLOT_ID_INVALID", "CKR_DEVICE_ERROR"})
"""Codes that C_GetSlotInfo returns and C_GetSlotList does not."""

LOGIN_REFUSED = frozenset({"CKR_PIN_INCORRECT", "CKR_PIN_INVALID", "CKR_PIN_LEN_RANGE"})
"""Codes of C_Login for a PIN that is not the token's."""


def ckr_of(error: BaseException) -> str | None:
    """Return the name of the return value that an exception of the binding stands for."""
    name = type(error).__name__
    if name in _BY_CLASS:
        return _BY_CLASS[name]
    if name != "PKCS11Error":
        words = re.findall("[A-Z][a-z]*", name)
        return "CKR_" + "_".join(words).upper()
    text = str(error)
    number = re.search("Unmapped error code 0x([0-9a-f]+)", text)
    if number is not None:
        return ckr_of_number(int(number[1], 16))
    return next((ckr for part, ckr in _BY_SENTENCE.items() if part in text), None)


def ckr_of_number(number: int) -> str:
    """Return the name of a return value that is not left to the binding."""
    if number >= _VENDOR:
        return f"CKR_VENDOR_DEFINED+0x{number - _VENDOR:x}"
    return _BY_NUMBER.get(number, f"CKR_0x{number:08x}")
