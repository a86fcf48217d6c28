"""``ctlkit place publish``: a signed list onto the nodes."""

from __future__ import annotations

import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ctlkit._cli._app import App
from ctlkit._cli._commands import Command
from ctlkit._cli._options import lockout_option, phone_options, stale_option
from ctlkit._cli._places import PlaceWords, place_options, tell_outcome, watch, without_option
from ctlkit.messages import Severity, printable

if TYPE_CHECKING:
    from ctlkit.edit import Consent
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
@lockout_option
@stale_option
@phone_options
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
    confirm_stale: tuple[str, ...],
    phone_list: Path | None,
    stores: tuple[Path, ...],
    without: tuple[str, ...],
    reach: PlaceWords,
) -> int:
    """Put a signed list on every node of each PLACE, whole or not at all, and read it back.

    Every node answers before the first byte is written. The list before is kept on each node. A
    run that was cut is finished by repeating it.
    """
    from ctlkit.edit import Consent
    from ctlkit.workflows.grounds import PhoneFacts
    from ctlkit.workflows.publishing import prepare_publication, publish

    consent = Consent(confirm_new_signer, confirm_lockout, frozenset(confirm_stale))
    with ExitStack() as stack:
        publication = prepare_publication(
            stack,
            places,
            file,
            reach.access(app),
            phones=phones,
            without=frozenset(without),
            told=PhoneFacts(phone_list, stores, app.configuration.models),
            now=int(time.time()),
            watch=watch(app),
        )
        _show_judgements(app, publication)
        refused = publication.unconfirmed(consent)[:1]  # told as the error that it becomes
        for message in publication.messages:
            if message.severity is not Severity.NOTE and message not in refused:
                app.notice(message)
        if dry_run:
            return _tell_targets(app, publication, consent)
        published, error = publish(publication, consent, watch(app))
    return tell_outcome(app, published, error, "written", **_objects(publication))


def _show_judgements(app: App, publication: Publication) -> None:
    from ctlkit.report.preflight import verdict_line

    for (place, name, _), judgement in zip(publication.looks, publication.judgements, strict=True):
        if judgement is not None:
            app.out(f"{printable(place.url)} {name}: {verdict_line(judgement)}")
    app.flush()


def _tell_targets(app: App, publication: Publication, consent: Consent) -> int:
    from ctlkit.report.values import error_value

    for target in publication.targets:
        if target.error is not None:
            word = "left out, it does not answer"
        else:
            word = "holds this list already" if target.held else "would be written"
        app.out(f"{printable(target.node)}: {target.name}: {word}")
    app.out("Nothing was written (--dry-run).")
    refused = publication.refusal(consent)
    app.answer(published=[], error=error_value(refused), **_objects(publication))
    if refused is None:
        return 0
    app.show_error(refused)
    return refused.status


def _objects(publication: Publication) -> dict[str, object]:
    from ctlkit.report.preflight import judgement_object
    from ctlkit.report.values import error_value

    targets = [
        {
            "node": item.node,
            "file": item.name,
            "held": item.held,
            "error": error_value(item.error),
        }
        for item in publication.targets
    ]
    judged = [
        {"place": place.url, "file": name, **judgement_object(judgement)}
        for (place, name, _), judgement in zip(
            publication.looks, publication.judgements, strict=True
        )
        if judgement is not None
    ]
    return {"targets": targets, "judged": judged}
