"""``ctlkit lab trust``: the trust stores of the practice cluster."""

from __future__ import annotations

import base64
from pathlib import Path

import click

from ctlkit._cli._app import App
from ctlkit._cli._commands import Command, Group
from ctlkit._cli.lab._running import ask_lab, dir_option
from ctlkit.files import read_file
from ctlkit.messages import printable

__all__ = ["command"]

_MOST = 1 << 16


@click.group("trust", cls=Group)
def command() -> None:
    """Trust stores of the cluster."""


@command.command("add", cls=Command)
@dir_option
@click.argument("store")
@click.argument("certificate", metavar="CERT", type=click.Path(path_type=Path))
@click.pass_obj
def add(app: App, folder: Path | None, store: str, certificate: Path) -> int:
    """Upload CERT (DER or PEM) to a STORE: Phone-SAST-trust, CallManager-trust..."""
    data = read_file(certificate, _MOST).data
    encoded = base64.b64encode(data).decode("ascii")
    found = ask_lab(folder, "trust-add", store=store, certificate=encoded)
    app.out(f"{store}: {printable(found['certificate']['subject'])}")
    app.answer(**found)
    return 0
