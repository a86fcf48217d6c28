"""``ctlkit diff``: what differs between two lists."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from ctlkit._cli._app import App
from ctlkit._cli._commands import Command
from ctlkit._cli._places import PlaceWords, place_options

if TYPE_CHECKING:
    from ctlkit.report.difference import Line

__all__ = ["command"]

_DIFFERENT = 1


@click.command("diff", cls=Command)
@click.argument("old")
@click.argument("new")
@place_options
@click.pass_obj
def command(app: App, old: str, new: str, reach: PlaceWords) -> int:
    r"""Tell what differs between two lists: records, fields, order, signer, digest, dates.

    OLD and NEW are each a file (CTL, ITL or .sgn), a PLACE, or a file with pasted "show ctl" or
    "show itl" text; - is standard input. Exit status: 0 the same, 1 different.

    \b
    Example:
      ctlkit diff CTLFile.tlv lab:
      ctlkit diff shown.txt cucm://admin@publisher
    """
    from ctlkit.report.difference import difference_lines, difference_object
    from ctlkit.workflows.comparing import STANDARD_INPUT, compare_sides

    if STANDARD_INPUT in (old, new) and sys.stdin is not None and sys.stdin.isatty():
        app.tell("Paste the output of show ctl, then end it with Ctrl-D (Windows: Ctrl-Z, Enter).")
    stdin = sys.stdin.buffer if sys.stdin is not None else None
    found = compare_sides(old, new, reach.access(app), stdin=stdin, now=int(time.time()))
    if app.options.json:
        app.answer(**difference_object(found))
    else:
        _print(app, difference_lines(found))
    app.flush()
    for note in found.notes:
        app.notice(note)
    return 0 if found.difference.same else _DIFFERENT


def _print(app: App, lines: Iterable[Line]) -> None:
    """Write lines, in colours on a terminal that wants them."""
    if not sys.stdout.isatty():
        for line in lines:
            app.out(line.text)
        return
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False)
    for line in lines:
        console.print(Text(line.text, style=line.style or ""), soft_wrap=True)
