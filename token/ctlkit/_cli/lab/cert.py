"""``ctlkit lab cert``: certificates of the practice cluster's nodes."""

from __future__ import annotations

from pathlib import Path

import click

from ctlkit._cli._app import App
from ctlkit._cli._commands import Command, Group
from ctlkit._cli.lab._running import ask_lab, dir_option
from ctlkit.messages import printable

__all__ = ["command"]


@click.group("cert", cls=Group)
def command() -> None:
    """Certificates of the nodes."""


@command.command("regen", cls=Command)
@dir_option
@click.option("--node", metavar="N", help="Whose certificate; the publisher's unless given.")
@click.argument("store")
@click.pass_obj
def regenerate(app: App, folder: Path | None, node: str | None, store: str) -> int:
    """Make the certificate of a STORE (CallManager, TVS, CAPF, ITLRecovery) anew."""
    found = ask_lab(folder, "cert-regen", store=store, node=node)
    made = found["certificate"]
    app.out(f"{found['node']}: {store} is new: {printable(made['subject'])}")
    app.out(f"  serial {made['serial']}")
    app.answer(**found)
    return 0
