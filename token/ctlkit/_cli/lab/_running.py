"""What the commands of the practice cluster share: its folder, and asking the one that runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from ctlkit.errors import UsageError

__all__ = ["ask_lab", "dir_option", "folder_of", "phone_words", "require_lab"]

_NEEDED = ("asyncssh",)
_SECONDS = 600

dir_option = click.option(
    "--dir",
    "folder",
    type=click.Path(path_type=Path),
    metavar="D",
    help="The cluster's folder; by default CTLKIT_LAB, or one in the user's state folder.",
)


def require_lab() -> None:
    """Refuse to go on without what the practice cluster is built on.

    Raises:
        UsageError: it is not installed.
    """
    from importlib.util import find_spec

    for module in _NEEDED:
        if find_spec(module) is None:
            raise UsageError("lab-extra-missing", module=module)


def folder_of(named: Path | None) -> Path:
    """Return the folder that is meant, absolute."""
    require_lab()
    from ctlkit_lab.state import default_folder

    return (named or default_folder()).absolute()


def ask_lab(named: Path | None, command: str, **arguments: object) -> Any:
    """Ask the cluster that runs.

    Raises:
        PlaceError: none runs.
        CtlkitError: it refused.
    """
    folder = folder_of(named)
    from ctlkit_lab.control import ask
    from ctlkit_lab.state import read_lab

    return ask(folder, read_lab(folder), command, seconds=_SECONDS, **arguments)


def phone_words(phone: dict[str, Any]) -> str:
    """Return a phone and why it accepted or refused, on one line."""
    verdict = phone["ctl_verdict"]
    accepted = {True: "accepted", False: "refused", None: "nothing decided"}[verdict["accepted"]]
    checksum = phone["checksum"]
    if not checksum and verdict["accepted"]:  # erased since
        return f"SEP{phone['mac']} {phone['model']}: no list"
    shown = f"{phone['checksum_kind']} {checksum}" if checksum else "no list"
    asks = "" if phone["security_by_default"] else ", no Security by Default"
    return f"SEP{phone['mac']} {phone['model']}{asks}: {shown}; {accepted}: {verdict['why']}"
