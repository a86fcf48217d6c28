"""``ctlkit lab up``: start the practice cluster."""

from __future__ import annotations

import dataclasses
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ctlkit._cli._app import App
from ctlkit._cli._commands import Command
from ctlkit._cli.lab._running import dir_option, folder_of
from ctlkit.messages import printable
from ctlkit.place.lab_file import LAB_FILE

if TYPE_CHECKING:
    from ctlkit_lab.state import LabFile

__all__ = ["command"]

_RELEASES = ("10.0", "10.5.2", "11.5", "12.0", "14su3")


@click.command("up", cls=Command)
@dir_option
@click.option(
    "--release", type=click.Choice(_RELEASES), help="The server's release; a new one has 10.0."
)
@click.option("--subscribers", type=int, metavar="N", help="Nodes beside the publisher; 1.")
@click.option("--phones", type=int, metavar="N", help="Phones; 4.")
@click.option(
    "--mode", type=click.Choice(["mixed", "non-secure"]), help="The mode to start in; non-secure."
)
@click.option(
    "--sast-in-ctl",
    type=click.Choice(["yes", "no"]),
    help="Whether utils ctl update CTLFile lists Phone-SAST-trust; no.",
)
@click.option("--foreground", is_flag=True, help="Stay here until Ctrl-C.")
@click.pass_obj
def command(
    app: App,
    folder: Path | None,
    release: str | None,
    subscribers: int | None,
    phones: int | None,
    mode: str | None,
    sast_in_ctl: str | None,
    foreground: bool,
) -> int:
    """Start the practice cluster of a folder, or make a new one; return when all ports answer.

    The options are those of a new cluster; one that is there keeps its own, and all its state.
    """
    home = folder_of(folder)
    named = {
        "release": release,
        "subscribers": subscribers,
        "phones": phones,
        "mode": mode,
        "sast_in_ctl": None if sast_in_ctl is None else sast_in_ctl == "yes",
    }
    given = {name: value for name, value in named.items() if value is not None}
    from ctlkit_lab.daemon import run, spawn
    from ctlkit_lab.state import read_lab

    if foreground:
        run(home, given, lambda: _show(app, home, read_lab(home)))
        return 0
    spawn(home, given)
    _show(app, home, read_lab(home))
    return 0


def _show(app: App, home: Path, lab: LabFile) -> None:
    app.out(f"A practice cluster of release {lab.release} runs in {printable(home)}.")
    app.out("It is not a call server: nothing registers and nothing rings.")
    for node in lab.nodes:
        ports = ", ".join(f"{name} {port}" for name, port in dataclasses.asdict(node.ports).items())
        app.out(f"{node.name} ({node.address}): {node.host}, {ports}")
        app.out(f"  host key {node.host_key}")
    first = lab.nodes[0]
    app.out(f"Its command line: ssh -p {first.ports.ssh} {lab.user}@{first.host}")
    # What is no terminal is kept: a log, a transcript.
    shown = lab.secret if sys.stdout.isatty() else f"in {printable(home / LAB_FILE)}"
    app.out(f"  password {shown}")
    app.out(f"As a place: lab:{printable(home)}")
    app.answer(
        folder=str(home),
        release=lab.release,
        user=lab.user,
        nodes=[dataclasses.asdict(node) for node in lab.nodes],
    )
    app.flush()
