"""``ctlkit place restart``: TFTP and CallManager, node by node."""

from __future__ import annotations

import click

from ctlkit._cli._app import App
from ctlkit._cli._commands import Command
from ctlkit._cli._places import PlaceWords, place_argument, place_options, tell_outcome, watch

__all__ = ["command"]


@click.command("restart", cls=Command)
@place_argument(many=False)
@place_options
@click.pass_obj
def command(app: App, place: str, reach: PlaceWords) -> int:
    """Restart TFTP and CallManager of a cluster, one node after the other.

    Only while all nodes hold the same list, and not beyond a node where it fails.
    """
    from ctlkit.workflows.places import restart

    done = restart(place, reach.access(app), watch=watch(app))
    return tell_outcome(app, done.published, done.error, "restarted")
