"""``ctlkit place publish``: a signed list onto the nodes."""

from __future__ import annotations

import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ctlkit._cli._app import App
from ctlkit._cli._commands import Command
from ctlkit._cli._places import PlaceWords, place_options, tell_outcome, watch, without_option
from ctlkit.messages import Severity, printable

if TYPE_CHECKING:
    from ctlkit.workflows.publishing import Publication

__all__ = ["command"]


@click.command("publish", cls=Command)
@click.argument("places", metavar="PLACE...", nargs=-1, required=True)
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--phone",
    "phones",
    multiple=True,
    metavar="MAC",
    help="Only for this phone, as CTLSEP<MAC>.tlv; repeatable.",
)
@click.option("--dry-run", is_flag=True, help="Show what would happen to each node.")
@click.option("--confirm-new-signer", is_flag=True, help="A token that phones do not know signed.")
@click.option(
    "--confirm-lockout", metavar="WORD", help="The word that a warning about phones names."
)
@without_option
@place_options
@click.pass_obj
def command(
    app: App,
    places: tuple[str, ...],
    file: Path,
    phones: tuple[str, ...],
    dry_run: bool,
    confirm_new_signer: bool,
    confirm_lockout: str | None,
    without: tuple[str, ...],
    reach: PlaceWords,
) -> int:
    """Put a signed list on every node of each PLACE, whole or not at all, and read it back.

    Every node answers before the first byte is written. The list before is kept on each node. A
    run that was cut is finished by repeating it.
    """
    from ctlkit.edit import Consent
    from ctlkit.workflows.publishing import prepare_publication, publish

    consent = Consent(new_signer=confirm_new_signer, lockout=confirm_lockout)
    with ExitStack() as stack:
        publication = prepare_publication(
            stack,
            places,
            file,
            reach.access(app),
            phones=phones,
            without=frozenset(without),
            now=int(time.time()),
            watch=watch(app),
        )
        refused = publication.unconfirmed(consent)[:1]
        for message in publication.messages:
            if message.severity is not Severity.NOTE and message not in refused:
                app.notice(message)
        if dry_run:
            return _tell_targets(app, publication)
        published, error = publish(publication, consent, watch(app))
    return tell_outcome(app, published, error, "written", targets=_objects(publication))


def _tell_targets(app: App, publication: Publication) -> int:
    for target in publication.targets:
        if target.error is not None:
            word = "left out, it does not answer"
        else:
            word = "holds this list already" if target.held else "would be written"
        app.out(f"{printable(target.node)}: {target.name}: {word}")
    app.out("Nothing was written (--dry-run).")
    app.answer(published=[], error=None, targets=_objects(publication))
    return 0


def _objects(publication: Publication) -> list[dict[str, object]]:
    from ctlkit.report.values import error_value

    return [
        {
            "node": item.node,
            "file": item.name,
            "held": item.held,
            "error": error_value(item.error),
        }
        for item in publication.targets
    ]
