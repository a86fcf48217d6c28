"""The numbers of PKCS#11, read from the header that the C module is built with.

One list for both: a name that the header does not define does not exist here either.
"""

from __future__ import annotations

import functools
import re
from pathlib import Path

__all__ = ["HEADER", "function_name", "number", "return_name"]

HEADER = Path(__file__).parent / "faultmodule" / "pkcs11.h"
_DEFINITION = re.compile(
    r"^#define\s+(CK[A-Z]+_\w+)\s+\(*(?:\(unsigned long\)\s*\()?(0x[0-9a-fA-F]+|\d+)UL"
    r"(?:\s*<<\s*(\d+))?\)+",
    re.MULTILINE,
)
_FUNCTION = re.compile(r"^_CK_DECLARE_FUNCTION \((C_\w+)", re.MULTILINE)


def function_name(name: str) -> str:
    """Give the name of a function back; raises ValueError when PKCS#11 has none of that name."""
    if name not in _functions():
        raise ValueError(f"{name!r} is not a function of {HEADER.name}")
    return name


def number(name: str) -> int:
    """Give the value of a constant such as `CKR_PIN_LOCKED`; raises ValueError for no such name."""
    try:
        return _numbers()[name]
    except KeyError:
        raise ValueError(f"{name!r} is not a constant of {HEADER.name}") from None


def return_name(code: int) -> str:
    """Give the name of a return value, or its number in hexadecimal when it has none."""
    return _return_names().get(code, f"0x{code:08x}")


@functools.cache
def _functions() -> frozenset[str]:
    return frozenset(_FUNCTION.findall(HEADER.read_text(encoding="utf-8")))


@functools.cache
def _numbers() -> dict[str, int]:
    text = HEADER.read_text(encoding="utf-8")
    return {
        name: int(value, 0) << int(shift or "0") for name, value, shift in _DEFINITION.findall(text)
    }


@functools.cache
def _return_names() -> dict[int, str]:
    return {value: name for name, value in _numbers().items() if name.startswith("CKR_")}
