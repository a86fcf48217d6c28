"""Why no token may be found: the usual causes, checked where they can be.

Rules:

* What a check found comes first, as amber; what cannot be checked follows as notes, and then where
  modules were looked for.
* Checks look at this system only, never at a token, and read no environment variable.

Source: docs/tokens.md, never spoil a token, the last paragraph.
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ctlkit.messages import Message, Severity
from ctlkit.pkcs11._p11kit import is_there
from ctlkit.pkcs11.discovery import Searched
from ctlkit.pkcs11.values import Inventory

__all__ = ["Checks", "no_token_causes"]

_PCSCD_SOCKET = Path("/run/pcscd/pcscd.comm")
_SM_REMOTESESSION = 0x1000


def _pcscd_runs() -> bool:
    return is_there(_PCSCD_SOCKET)


def _is_remote_desktop() -> bool:
    if sys.platform == "win32":
        return bool(ctypes.windll.user32.GetSystemMetrics(_SM_REMOTESESSION))
    return False


def _is_virtual_machine() -> bool:
    with suppress(OSError):
        return "hypervisor" in Path("/proc/cpuinfo").read_text(encoding="ascii", errors="replace")
    return False


@dataclass(frozen=True, slots=True)
class Checks:
    """What can be found out here; each is a function, so that a test can answer."""

    platform: str = sys.platform
    pcscd_runs: Callable[[], bool] = _pcscd_runs
    is_remote_desktop: Callable[[], bool] = _is_remote_desktop
    is_virtual_machine: Callable[[], bool] = _is_virtual_machine


def no_token_causes(
    inventory: Inventory, checks: Checks | None = None, where: Searched | None = None
) -> tuple[Message, ...]:
    """Return the usual causes, the likeliest first, and where modules were looked for.

    Args:
        inventory: one without a token.
        checks: how to find out about this system.
        where: where modules were looked for, None where that is told elsewhere.
    """
    checks = checks or Checks()
    linux = checks.platform not in {"win32", "darwin"}
    found: list[str] = []
    possible: list[str] = []
    _sort("cause-no-library", not any(report.loaded for report in inventory.modules), found)
    _sort("cause-pcscd", linux and not checks.pcscd_runs(), found)
    _sort("cause-remote-desktop", checks.is_remote_desktop(), found)
    _sort("cause-virtual-machine", checks.is_virtual_machine(), found)
    if checks.platform == "win32":
        possible.append("cause-smart-card-service")
    if any(report.slots for report in inventory.modules):
        possible.append("cause-empty-slots")
    possible += ["cause-other-library", "cause-other-program", "cause-old-etoken"]
    if "cause-virtual-machine" not in found:
        possible.append("cause-virtual-machine")
    return (
        *(Message(code, severity=Severity.AMBER) for code in found),
        *(Message(code, severity=Severity.NOTE) for code in possible),
        *_looked(where or Searched()),
    )


def _looked(where: Searched) -> Iterator[Message]:
    for names, folders in where.known:
        values = {"names": ", ".join(names), "folders": ", ".join(folders)}
        yield Message("searched-known", values, Severity.NOTE)
    if where.registered:
        values = {"folders": ", ".join(where.registered)}
        yield Message("searched-registered", values, Severity.NOTE)


def _sort(code: str, holds: bool, found: list[str]) -> None:
    if holds:
        found.append(code)
