"""``ctlkit lab phone``: the phones of the practice cluster."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from ctlkit._cli._app import App
from ctlkit._cli._commands import Command, Group
from ctlkit._cli.lab._running import ask_lab, dir_option, folder_of, phone_words
from ctlkit.messages import printable

__all__ = ["command"]

_SAME = "phone-same"
_macs = click.argument("macs", metavar="[MAC]...", nargs=-1)


@click.group("phone", cls=Group)
def command() -> None:
    """The phones; all of them where none is named."""


@command.command("list", cls=Command)
@dir_option
@click.pass_obj
def show(app: App, folder: Path | None) -> int:
    """Show each phone: what it holds, and why it accepted or refused."""
    _show(app, ask_lab(folder, "phone-list"))
    return 0


@command.command("restart", cls=Command)
@dir_option
@_macs
@click.pass_obj
def restart(app: App, folder: Path | None, macs: tuple[str, ...]) -> int:
    """Restart phones, and show what came of each."""
    found = ask_lab(folder, "phone-restart", macs=macs)
    for boot in found["boots"]:
        word = {True: "accepted", False: "refused", None: "nothing decided"}[boot["accepted"]]
        app.out(f"SEP{boot['mac']}: {word}: {printable(boot['why'])}")
        if boot["checksum"]:
            app.out(f"  shows {boot['checksum']}")
        itl = boot["itl_verdict"]
        if itl and itl["accepted"] is not None and itl["code"] != _SAME:
            word = "accepted" if itl["accepted"] else "refused"
            app.out(f"  ITL {word}: {printable(itl['why'])}")
    counts = [boot["accepted"] for boot in found["boots"]]
    app.out(f"{counts.count(True)} accepted, {counts.count(False)} refused, of {len(counts)}")
    app.answer(**found)
    return 0


@command.command("log", cls=Command)
@dir_option
@click.argument("mac")
@click.pass_obj
def log(app: App, folder: Path | None, mac: str) -> int:
    """Print the console log of a phone."""
    found = ask_lab(folder, "phone-log", mac=mac)
    for line in found["log"].splitlines():
        app.out(printable(line))
    app.answer(**found)
    return 0


@command.command("point", cls=Command)
@dir_option
@click.option(
    "--to",
    "other",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="The folder of the practice cluster to point to; without it they come home.",
)
@_macs
@click.pass_obj
def point(app: App, folder: Path | None, other: Path | None, macs: tuple[str, ...]) -> int:
    """Point phones to the servers of another practice cluster.

    They go on asking the trust service of the old one until they took a new ITL.
    """
    directory = None
    if other is not None:
        home = folder_of(other)
        from ctlkit_lab.cluster import directory_of
        from ctlkit_lab.state import read_lab

        directory = directory_of(read_lab(home).nodes).to_json()
    _show(app, ask_lab(folder, "phone-point", macs=macs, directory=directory))
    return 0


@command.command("erase", cls=Command)
@dir_option
@_macs
@click.pass_obj
def erase(app: App, folder: Path | None, macs: tuple[str, ...]) -> int:
    """Delete the lists of phones, as by hand on each."""
    _show(app, ask_lab(folder, "phone-erase", macs=macs))
    return 0


def _show(app: App, found: Any) -> None:
    for phone in found["phones"]:
        app.out(printable(phone_words(phone)))
    app.answer(**found)
