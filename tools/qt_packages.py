#!/usr/bin/env python3
"""Print the Debian packages of the libraries that Qt needs and this system lacks.

Runs before there is any environment: the table is read from the source of ctlkit's doctor, and
nothing but the standard library is imported.
"""

from __future__ import annotations

import ast
import ctypes
import sys
from pathlib import Path

TABLE = Path(__file__).parents[1] / "token" / "ctlkit" / "workflows" / "doctor" / "_qt.py"


def libraries() -> dict[str, str]:
    """Return the table: library to package."""
    for statement in ast.parse(TABLE.read_text(encoding="utf-8")).body:
        if isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) == "LIBRARIES":
            return dict(ast.literal_eval(statement.value))
    raise LookupError(f"{TABLE} holds no LIBRARIES")


def is_there(library: str) -> bool:
    """Whether the system's loader finds a library."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


if __name__ == "__main__" and sys.platform.startswith("linux"):
    missing = [package for library, package in libraries().items() if not is_there(library)]
    print(*dict.fromkeys(missing))
