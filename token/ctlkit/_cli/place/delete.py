"""``ctlkit place delete``: the list away from the nodes."""

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


@click.command("delete", cls=Command)
@place_argument(many=True)
@click.option(
    "--confirm-delete-in-mixed-mode",
    "confirmed",
    is_flag=True,
    help="The cluster needs a list in mixed mode, and a new one will be made at once.",
)
@without_option
@place_options
@click.pass_obj
def command(
    app: App, places: tuple[str, ...], confirmed: bool, without: tuple[str, ...], reach: PlaceWords
) -> int:
    """Take the list of each PLACE away. It is kept, so that it can be restored.

    On a cluster that is not in mixed mode from every node, in mixed mode on the publisher.
    """
    from ctlkit.workflows.places import delete

    done = delete(
        places,
        reach.access(app),
        confirmed=confirmed,
        without=frozenset(without),
        now=int(time.time()),
        watch=watch(app),
    )
    return tell_outcome(app, done.published, done.error, "deleted")
