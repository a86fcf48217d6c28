"""Looking into a store through the binding, each time with a library of the test's own.

The binding's own types do not tell a key's methods or a library's class, so these give Any.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import pkcs11
import pytest
from pkcs11 import Attribute, ObjectClass

from softhsm_fixtures import DEFAULT_PIN

OpenModule: TypeAlias = Callable[[Path], Any]
KeyOf: TypeAlias = Callable[[Any], Any]
OpenToken: TypeAlias = Callable[..., Any]


@pytest.fixture
def open_module() -> OpenModule:
    """Load a PKCS#11 module into this process."""
    return lambda path: pkcs11.lib(str(path))


@pytest.fixture
def open_token(open_module: OpenModule) -> OpenToken:
    """Open the one initialised token that a module shows, or that with the serial."""

    def opened(path: Path, *, pin: object = DEFAULT_PIN, serial: str = "") -> Any:
        tokens = [slot.get_token() for slot in open_module(path).get_slots(token_present=True)]
        (token,) = (
            each
            for each in tokens
            if each.flags & pkcs11.TokenFlag.TOKEN_INITIALIZED
            and each.serial.decode().strip().endswith(serial)
        )
        return token.open(user_pin=pin)

    return opened


@pytest.fixture
def private_key() -> KeyOf:
    """Find the first private key that a session shows."""
    return lambda session: next(iter(_keys(session)))


def _keys(session: Any) -> list[Any]:
    return list(session.get_objects({Attribute.CLASS: ObjectClass.PRIVATE_KEY}))
