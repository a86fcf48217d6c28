"""Write tokens into a SoftHSM store; a program of its own, run by softhsm_fixtures.store.

A process of its own, because a SoftHSM library that is loaded already follows another store, and
speaking to it twice from one process disturbs both. It imports the standard library only, so that
it starts at once.

Rules:

- It writes only when SOFTHSM2_CONF names the store given as its argument, that configuration keeps
  its tokens in that store, and the library says that it is SoftHSM: never to a real token.
- A token is put into a free slot; nothing that exists is initialised again or changed.
- The request comes on standard input and the answer goes to standard output, both JSON. PINs and
  keys are in the request only, never on a command line, in an answer or in an error.
"""

from __future__ import annotations

import ctypes
import json
import os
import sys
from pathlib import Path
from typing import Any

_ULONG = ctypes.c_ulong
_USER_SO, _USER = 0, 1
_SERIAL_SESSION, _RW_SESSION = 0x4, 0x2
_TOKEN_INITIALIZED = 0x400
# PKCS#11 packs its structures on Windows only.
_PACK = 1 if sys.platform == "win32" else 0


class _Version(ctypes.Structure):
    _fields_ = (("major", ctypes.c_ubyte), ("minor", ctypes.c_ubyte))


class _Info(ctypes.Structure):
    if _PACK:
        _pack_ = _PACK
    _fields_ = (
        ("cryptoki_version", _Version),
        ("manufacturer", ctypes.c_char * 32),
        ("flags", _ULONG),
        ("description", ctypes.c_char * 32),
        ("library_version", _Version),
    )


class _TokenInfo(ctypes.Structure):
    if _PACK:
        _pack_ = _PACK
    _fields_ = (
        ("label", ctypes.c_char * 32),
        ("manufacturer", ctypes.c_char * 32),
        ("model", ctypes.c_char * 16),
        ("serial", ctypes.c_char * 16),
        ("flags", _ULONG),
        ("limits", _ULONG * 10),
        ("versions", _Version * 2),
        ("time", ctypes.c_char * 16),
    )


class _Attribute(ctypes.Structure):
    if _PACK:
        _pack_ = _PACK
    _fields_ = (("type", _ULONG), ("value", ctypes.c_char_p), ("length", _ULONG))


class _Refused(Exception):  # noqa: N818 - it names what happened
    """A call of the library did not answer CKR_OK."""

    def __init__(self, function: str, code: int) -> None:
        super().__init__(function, code)
        self.function = function
        self.code = code


class _Library:
    """The calls needed of SoftHSM, each raising _Refused for any other answer than CKR_OK."""

    def __init__(self, path: str) -> None:
        self._library = ctypes.CDLL(path)

    def call(self, function: str, *arguments: Any) -> None:
        entry = getattr(self._library, function)
        entry.restype = _ULONG
        code = entry(*arguments)
        if code:
            raise _Refused(function, code)

    def check_softhsm(self) -> None:
        info = _Info()
        self.call("C_GetInfo", ctypes.byref(info))
        if not info.manufacturer.startswith(b"SoftHSM"):
            raise SystemExit("the library is not SoftHSM: nothing was written")

    def free_slot(self) -> int:
        count = _ULONG()
        self.call("C_GetSlotList", ctypes.c_ubyte(0), None, ctypes.byref(count))
        slots = (_ULONG * count.value)()
        self.call("C_GetSlotList", ctypes.c_ubyte(0), slots, ctypes.byref(count))
        for slot in slots[: count.value]:
            if not self.token_info(slot).flags & _TOKEN_INITIALIZED:
                return int(slot)
        raise SystemExit("the store has no free slot")

    def token_info(self, slot: int) -> _TokenInfo:
        info = _TokenInfo()
        self.call("C_GetTokenInfo", _ULONG(slot), ctypes.byref(info))
        return info


def _add_token(library: _Library, token: dict[str, Any]) -> str:
    """Initialise a free slot, create the objects, and give the serial number."""
    slot = library.free_slot()
    so_pin, pin = token["so_pin"].encode(), token["pin"].encode()
    label = bytes.fromhex(token["label"]).ljust(32)
    library.call("C_InitToken", _ULONG(slot), so_pin, _ULONG(len(so_pin)), label)
    session = _ULONG()
    flags = _ULONG(_SERIAL_SESSION | _RW_SESSION)
    library.call("C_OpenSession", _ULONG(slot), flags, None, None, ctypes.byref(session))
    library.call("C_Login", session, _ULONG(_USER_SO), so_pin, _ULONG(len(so_pin)))
    library.call("C_InitPIN", session, pin, _ULONG(len(pin)))
    library.call("C_Logout", session)
    library.call("C_Login", session, _ULONG(_USER), pin, _ULONG(len(pin)))
    for attributes in token["objects"]:
        _create_object(library, session, attributes)
    library.call("C_CloseSession", session)
    serial: bytes = library.token_info(slot).serial
    return serial.decode("ascii").strip()


def _create_object(library: _Library, session: _ULONG, attributes: list[list[Any]]) -> None:
    template = (_Attribute * len(attributes))()
    for entry, (kind, value) in zip(template, attributes, strict=True):
        data = bytes.fromhex(value)
        entry.type, entry.value, entry.length = kind, data, len(data)
    created = _ULONG()
    count = _ULONG(len(attributes))
    library.call("C_CreateObject", session, template, count, ctypes.byref(created))


def _check_store(store: Path) -> None:
    """Stop unless the configuration that SoftHSM will read is this store's own."""
    configuration = store / "softhsm2.conf"
    named = os.environ.get("SOFTHSM2_CONF", "")
    if not named or Path(named).resolve() != configuration.resolve():
        raise SystemExit("SOFTHSM2_CONF does not name this store: nothing was written")
    lines = configuration.read_text(encoding="utf-8").splitlines()
    pairs = (line.partition("=") for line in lines)
    settings = {key.strip(): value.strip() for key, _, value in pairs}
    tokens = Path(settings.get("directories.tokendir", ""))
    if tokens.resolve() != (store / "tokens").resolve() or not tokens.is_dir():
        raise SystemExit("the store keeps its tokens elsewhere: nothing was written")


def main() -> None:
    """Add the tokens of the request to the store named by the one argument."""
    _check_store(Path(sys.argv[1]))
    request = json.load(sys.stdin)
    answer: dict[str, Any] = {"serials": []}
    library = _Library(request["module"])
    try:
        library.call("C_Initialize", None)
        library.check_softhsm()
        for token in request["tokens"]:
            answer["serials"].append(_add_token(library, token))
        library.call("C_Finalize", None)
    except _Refused as error:
        answer = {"function": error.function, "code": error.code}
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
