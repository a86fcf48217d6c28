"""``ctlkit preflight``: which phones will accept a list, told before they get it."""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ctlkit._cli._app import App
from ctlkit._cli._commands import Command
from ctlkit._cli._options import phone_options
from ctlkit._cli._places import PlaceWords, place_options
from ctlkit.errors import UsageError

if TYPE_CHECKING:
    from ctlkit.workflows.preflight import Preflight

__all__ = ["command"]

_NOT_ALL_ACCEPT = 3
_HAS_REMEDY = frozenset({"signer-new", "signer-spelling", "digest-sha512"})
"""Warnings whose advice would repeat what stands with the answer, where ways stand there."""

_NARROW_TITLE = 24
"""Columns for the names of phones that leave a serial whole beside them on 80."""


@click.command("preflight", cls=Command)
@click.argument("olds", metavar="[OLD]...", nargs=-1)
@click.argument("new")
@click.option(
    "--itl",
    "itls",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="F",
    help="An ITL file that phones may hold; repeatable.",
)
@phone_options
@place_options
@click.pass_obj
def command(
    app: App,
    olds: tuple[str, ...],
    new: str,
    itls: tuple[Path, ...],
    stores: tuple[Path, ...],
    phone_list: Path | None,
    reach: PlaceWords,
) -> int:
    r"""Tell which phones will accept the list NEW, why, and what to do about the others.

    OLD is every list that phones may still hold, a file or a PLACE; none for phones without one.
    A cluster (cucm://[user@]host, lab:) also tells its ITL files and what is in its stores.
    Nothing is written anywhere. Exit status: 0 all accept, 3 some refuse, or it cannot be told.

    \b
    Example:
      ctlkit preflight cucm://admin@publisher new.tlv --phones phones.csv
      ctlkit preflight CTLFile.tlv CTLFile_old.tlv new.tlv --itl ITLFile.tlv \
        --store SAST-ADN008580ef.cer
    """
    from ctlkit.workflows.grounds import PhoneFacts
    from ctlkit.workflows.preflight import PreflightRequest, names_place, preflight

    access = reach.access(app)
    if names_place(new, access):
        raise UsageError("preflight-new-is-place", place=new)
    request = PreflightRequest(
        olds=olds,
        new=Path(new),
        now=int(time.time()),
        itls=itls,
        told=PhoneFacts(phone_list, stores, app.configuration.models),
    )
    found = preflight(request, access)
    if app.options.json:
        from ctlkit.report.preflight import preflight_object

        app.answer(**preflight_object(new, found))
    else:
        _print(app, new, found)
    app.flush()
    for message in found.judgement.warnings:
        if found.judgement.remedies and message.code in _HAS_REMEDY:
            app.tell(f"ctlkit: warning: {message.text}")
        else:
            app.notice(message)
    return 0 if found.judgement.all_accept else _NOT_ALL_ACCEPT


def _print(app: App, new: str, found: Preflight) -> None:
    from ctlkit.report.preflight import (
        differing_lines,
        ground_lines,
        phone_rows,
        remedy_lines,
        verdict_line,
    )
    from ctlkit.report.tables import print_table

    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    judgement = found.judgement
    _print_lines(app, ground_lines(new, found, width))
    app.out(f"\n{verdict_line(judgement)}")
    print_table(*phone_rows(judgement), limits={"phones": _NARROW_TITLE})
    _print_lines(app, differing_lines(judgement, width))
    _print_lines(app, remedy_lines(judgement.remedies, width))


def _print_lines(app: App, lines: Iterable[str]) -> None:
    for line in lines:
        app.out(line)
