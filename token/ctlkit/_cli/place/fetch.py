"""``ctlkit place fetch``: the list of a place into a file."""

from __future__ import annotations

from pathlib import Path

import click

from ctlkit._cli._app import App
from ctlkit._cli._commands import Command
from ctlkit._cli._options import force_option
from ctlkit._cli._places import PlaceWords, place_argument, place_options
from ctlkit.messages import printable

__all__ = ["command"]


@click.command("fetch", cls=Command)
@place_argument(many=False)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar="F",
    help="The file to write; by default CTLFile.tlv or ITLFile.tlv here.",
)
@click.option("--itl", is_flag=True, help="The ITL file, which differs from node to node.")
@click.option("--node", metavar="NODE", help="From this node, where nodes hold different files.")
@force_option
@place_options
@click.pass_obj
def command(
    app: App,
    place: str,
    output: Path | None,
    itl: bool,
    node: str | None,
    force: bool,
    reach: PlaceWords,
) -> int:
    """Copy the list of a PLACE into a file, byte for byte."""
    from ctlkit.files import write_file
    from ctlkit.place import ITL_NAME, LIST_NAME
    from ctlkit.report.lists import node_file_object
    from ctlkit.workflows.places import fetch

    found = fetch(place, reach.access(app), itl=itl, node=node)
    path = output or Path(ITL_NAME if itl else LIST_NAME)
    write_file(path, found.data, replace=force)
    app.out(f"{printable(path)}: {len(found.data)} bytes from {printable(found.name)}")
    app.out(f"  {found.md5} (MD5)")
    app.out(f"  {found.sha1} (SHA1)")
    app.answer(path=str(path), fetched=node_file_object(found))
    return 0
