"""``ctlkit place restore``: the kept list in force again."""

from __future__ import annotations

import time

import click

from ctlkit._cli._app import App
from ctlkit._cli._commands import Command
from ctlkit._cli._places import (
    PlaceWords,
    place_argument,
    place_options,
    tell_outcome,
    watch,
    without_option,
)

__all__ = ["command"]


@click.command("restore", cls=Command)
@place_argument(many=True)
@click.option(
    "--confirm-restore",
    "confirmed",
    is_flag=True,
    help="Phones that took the present list may refuse the old one: do it all the same.",
)
@without_option
@place_options
@click.pass_obj
def command(
    app: App, places: tuple[str, ...], confirmed: bool, without: tuple[str, ...], reach: PlaceWords
) -> int:
    """Put CTLFile_old.tlv in force again; the present list is kept instead."""
    from ctlkit.workflows.restoring import restore

    done = restore(
        places,
        reach.access(app),
        confirmed=confirmed,
        without=frozenset(without),
        now=int(time.time()),
        watch=watch(app),
    )
    return tell_outcome(app, done.published, done.error, "restored")
