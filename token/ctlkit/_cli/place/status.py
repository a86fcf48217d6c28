"""``ctlkit place status``: what nodes hold."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import click

from ctlkit._cli._app import App
from ctlkit._cli._commands import Command
from ctlkit._cli._places import PlaceWords, place_argument, place_options
from ctlkit.errors import InputError, NetworkError, PlaceError
from ctlkit.messages import printable
from ctlkit.report.values import rfc3339
from ctlkit.trustlist import text_of
from ctlkit.workflows.places import FileState, Status, status

if TYPE_CHECKING:
    from ctlkit.place import Access

__all__ = ["command"]


@click.command("status", cls=Command)
@place_argument(many=True)
@place_options
@click.pass_obj
def command(app: App, places: tuple[str, ...], reach: PlaceWords) -> int:
    """Show the present and the kept list of each node, with both checksums."""
    now = int(time.time())
    access = reach.access(app)
    found = [item for place in places for item in _status(place, access, now)]
    for item in found:
        _show(app, item)
    if app.options.json:
        from ctlkit.report.lists import status_object

        app.answer(nodes=[status_object(item) for item in found])
    return max((_show_problem(app, item) for item in found), default=0)


def _status(place: str, access: Access, now: int) -> tuple[Status, ...]:
    """Look at a place; one that cannot be asked does not hide the others."""
    try:
        return status(place, access, now)
    except (InputError, NetworkError, PlaceError) as error:
        return (Status(place, None, None, error),)


def _show_problem(app: App, item: Status) -> int:
    """Tell what is wrong with a node or its present list, and return the exit status of that."""
    if item.error is not None:
        app.show_error(item.error)
        return item.error.status
    present = item.present
    if present is None or present.error is None:
        return 0
    happened = f"{printable(present.file.name)}: {present.error}"
    app.show_texts(present.error.code, happened, present.error.advice)
    return present.error.status


def _show(app: App, item: Status) -> None:
    mode = f", in {item.mode} mode" if item.mode else ""
    app.out(f"{printable(item.node)}{mode}")
    if item.error is not None:
        app.out("  not readable")
    elif item.present is None:
        app.out("  no list")
    else:
        _show_file(app, "present", item.present)
    if item.kept is not None:
        _show_file(app, "kept", item.kept)


def _show_file(app: App, word: str, state: FileState) -> None:
    file = state.file
    app.out(f"  {word}: {printable(file.name)}, {len(file.data)} bytes")
    app.out(f"    {file.md5} (MD5)")
    app.out(f"    {file.sha1} (SHA1)")
    if state.verified is None:
        app.out(f"    {state.error}")
        return
    header = state.verified.list.header
    app.out(f"    valid, {state.mode}")
    app.out(
        f"    signed by {printable(text_of(header.signer_name))}, serial"
        f" {(header.signer_serial or b'').hex(':').upper()}"
    )
    app.out(f"    dated {rfc3339(header.timestamp)}")
