"""Finding the SoftHSM library, which stands in for a token's (docs/tokens.md, "Known modules").

Rules: `CTLKIT_SOFTHSM_MODULE`, when set, is the only place looked at; else the known places of the
three systems, the first file wins. A missing library is one error that says what to install.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

__all__ = ["MODULE_VARIABLE", "SoftHsmMissing", "find_softhsm", "known_places"]

MODULE_VARIABLE = "CTLKIT_SOFTHSM_MODULE"
_ADVICE = {
    "linux": "Install it: apt install softhsm2 (Debian, Ubuntu), dnf install softhsm (Fedora)",
    "darwin": "Install it: brew install softhsm",
    "win32": "Install SoftHSM2 for Windows from its project's page",
}


class SoftHsmMissing(Exception):  # noqa: N818 - it names what is missing
    """SoftHSM's library is not where it is looked for; `advice` says what to do."""

    def __init__(self, message: str, advice: str) -> None:
        super().__init__(f"{message}. {advice}")
        self.message = message
        self.advice = advice


def find_softhsm(environment: Mapping[str, str] | None = None) -> Path:
    """Give the real path of SoftHSM's library.

    Raises SoftHsmMissing when it is not there, with what to install on this system.
    """
    environment = os.environ if environment is None else environment
    named = environment.get(MODULE_VARIABLE)
    places = (Path(named),) if named else known_places(environment)
    for place in places:
        if place.is_file():
            # A second path to the same file would count as a second module.
            return place.resolve()
    advice = _ADVICE.get(sys.platform, _ADVICE["linux"])
    if named:
        raise SoftHsmMissing(f"{MODULE_VARIABLE} names {named}, which is no file", advice)
    raise SoftHsmMissing(
        "SoftHSM is not installed: its library is in none of the known places",
        f"{advice}, or name the library in {MODULE_VARIABLE}",
    )


def known_places(environment: Mapping[str, str]) -> tuple[Path, ...]:
    """Give the paths at which SoftHSM's library may lie on this system, best first."""
    if sys.platform == "win32":
        roots = [environment.get("ProgramFiles", r"C:\Program Files"), r"C:\\"]
        return tuple(Path(root, "SoftHSM2", "lib", "softhsm2-x64.dll") for root in roots)
    if sys.platform == "darwin":
        prefixes = (Path("/opt/homebrew/lib"), Path("/usr/local/lib"))
        return tuple(prefix / "softhsm" / "libsofthsm2.so" for prefix in prefixes)
    return tuple(
        Path(folder, "libsofthsm2.so")
        for folder in (
            "/usr/lib/softhsm",
            "/usr/lib64/pkcs11",
            "/usr/lib64/softhsm",
            "/usr/local/lib/softhsm",
            "/usr/lib64",
            "/usr/lib",
        )
    )
