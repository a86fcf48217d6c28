"""``ctlkit place``: what nodes hold, and putting a kept list back."""

from __future__ import annotations

import time

import click

from ctlkit._cli._app import App
from ctlkit._cli._commands import Group
from ctlkit.errors import InputError, PlaceError
from ctlkit.messages import printable
from ctlkit.report.values import rfc3339
from ctlkit.trustlist import text_of
from ctlkit.workflows.places import FileState, Status, restore, status

__all__ = ["command"]

_SOME = 9
"""The exit status when only some of the nodes were done."""


@click.group("place", cls=Group)
def command() -> None:
    """The list on its nodes. A PLACE is folder:DIR or a configured name."""


@command.command("status")
@click.argument("places", metavar="PLACE...", nargs=-1, required=True)
@click.pass_obj
def show_status(app: App, places: tuple[str, ...]) -> int:
    """Show the present and the kept list of each node, with both checksums."""
    now = int(time.time())
    found = [item for place in places for item in _status(_url(app, place), now)]
    for item in found:
        _show(app, item)
    if app.options.json:
        from ctlkit.report.lists import status_object

        app.answer(nodes=[status_object(item) for item in found])
    return max((_show_problem(app, item) for item in found), default=0)


@command.command("restore")
@click.argument("places", metavar="PLACE...", nargs=-1, required=True)
@click.option(
    "--confirm-restore",
    is_flag=True,
    help="Phones that took the present list may refuse the old one: do it all the same.",
)
@click.pass_obj
def put_back(app: App, places: tuple[str, ...], confirm_restore: bool) -> int:
    """Put CTLFile_old.tlv in force again; the present list is kept instead."""
    from ctlkit.report.lists import published_objects
    from ctlkit.report.values import error_value

    urls = [_url(app, place) for place in places]
    restored = restore(urls, confirmed=confirm_restore, now=int(time.time()))
    for item in restored.published:
        state = "restored" if item.changed else "held this list already"
        app.out(f"{printable(item.node)}: {state}, {len(item.present.data)} bytes, read back")
        app.out(f"  {item.present.md5} (MD5)")
        app.out(f"  {item.present.sha1} (SHA1)")
    app.answer(published=published_objects(restored.published), error=error_value(restored.error))
    if restored.error is None:
        return 0
    app.show_error(restored.error)
    return _SOME


def _url(app: App, place: str) -> str:
    known = app.configuration.places.get(place)
    return known.url if known else place


def _status(url: str, now: int) -> tuple[Status, ...]:
    """Look at a place; one that cannot be read does not hide the others."""
    try:
        return status(url, now)
    except (InputError, PlaceError) as error:
        return (Status(url, None, None, error),)


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
    app.out(printable(item.node))
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
