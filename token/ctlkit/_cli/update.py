"""``ctlkit update``: the CTL Client's job without a window."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ctlkit._cli._app import App
from ctlkit._cli._commands import Command
from ctlkit._cli._options import (
    DIGESTS,
    digest_option,
    keyring,
    lockout_option,
    phone_options,
    resolve_time,
    signer_option,
    stale_option,
    timestamp_option,
    token_options,
)
from ctlkit._cli._places import (
    PlaceWords,
    place_options,
    tell_outcome,
    watch,
    without_option,
)
from ctlkit.errors import CtlkitError, RuleError
from ctlkit.messages import Severity
from ctlkit.profiles import PROFILES

if TYPE_CHECKING:
    from ctlkit.edit import Consent
    from ctlkit.workflows.updating import Prepared, Updated

__all__ = ["command"]


@click.command("update", cls=Command)
@click.argument("place")
@click.option(
    "--mode",
    type=click.Choice(["mixed", "non-secure", "update"]),
    default="update",
    show_default=True,
    help="State the cluster's mode, or go by the present list.",
)
@signer_option
@click.option(
    "--add-token",
    "tokens",
    multiple=True,
    metavar="T",
    help="A further token for the list: URI, serial, label or PEM file; repeatable.",
)
@click.option(
    "--server",
    "servers",
    multiple=True,
    metavar="FUNCTION,CERT[,name=N][,ip=A]",
    help="A server's certificate, for instance CCM+TFTP,pub.pem,ip=10.0.0.1; repeatable.",
)
@click.option(
    "--itl",
    "itls",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="F",
    help="Take servers from this ITL file; repeatable.",
)
@click.option(
    "--remove",
    multiple=True,
    metavar="SERIAL",
    help="Drop the entry with this serial or DNS name; repeatable.",
)
@click.option(
    "--present",
    type=click.Path(path_type=Path),
    metavar="F",
    help="The list that phones hold, where the nodes hold another since the mode was set.",
)
@phone_options
@digest_option(None)
@click.option(
    "--profile",
    type=click.Choice(sorted(PROFILES)),
    help="The dialect of new entries; ctl-client unless the present list is Asterisk's.",
)
@timestamp_option
@click.option("--dry-run", is_flag=True, help="Show what would be signed; ask for no PIN.")
@click.option("--confirm-new-signer", is_flag=True, help="A token that phones do not know signs.")
@lockout_option
@stale_option
@click.option(
    "--confirm-fingerprint",
    multiple=True,
    metavar="SHA256:...",
    help="Take this certificate though it was not authenticated; repeatable.",
)
@without_option
@place_options
@token_options
@click.pass_obj
def command(
    app: App,
    place: str,
    mode: str,
    signer: str,
    tokens: tuple[str, ...],
    servers: tuple[str, ...],
    itls: tuple[Path, ...],
    remove: tuple[str, ...],
    present: Path | None,
    phone_list: Path | None,
    stores: tuple[Path, ...],
    digest: str | None,
    profile: str | None,
    timestamp: str | None,
    dry_run: bool,
    confirm_new_signer: bool,
    confirm_lockout: str | None,
    confirm_stale: tuple[str, ...],
    confirm_fingerprint: tuple[str, ...],
    without: tuple[str, ...],
    reach: PlaceWords,
    modules: tuple[str, ...],
    pin_file: Path | None,
    pin_fd: int | None,
    pin_env: str | None,
) -> int:
    r"""Make or change the list of a PLACE, sign and publish it on every node.

    A PLACE is folder:DIR, sftp://[user@]host/DIR, cucm://[user@]host, lab:[DIR] or a configured
    name. Without a present list two tokens and the servers are needed (a cluster names its own);
    with one, a token that is in it. The list before is kept as CTLFile_old.tlv.

    \b
    Example:
      ctlkit update folder:/srv/tftp --add-token SAST-ADN0054f509 --signer SAST-ADN008580ef \
        --server CCM+TFTP,pub.pem,ip=10.0.0.1 --server CAPF,capf.pem,ip=10.0.0.1
    """
    from ctlkit.edit import Consent, Mode
    from ctlkit.place import open_place
    from ctlkit.workflows.grounds import PhoneFacts
    from ctlkit.workflows.servers import parse_server
    from ctlkit.workflows.updating import UpdateRequest, finish, prepare

    settings = app.configuration
    known = settings.places.get(place)
    chosen = digest or settings.digest
    ring = keyring(app, modules, pin_file, pin_fd, pin_env)
    now = int(time.time())
    request = UpdateRequest(
        signer=signer,
        timestamp=resolve_time(timestamp),
        now=now,
        tokens=tokens,
        servers=tuple(map(parse_server, servers)),
        itls=itls,
        remove=remove,
        present=present,
        without=frozenset(without),
        told=PhoneFacts(phone_list, stores, settings.models),
        mode=None if mode == "update" else Mode(mode),
        default_mode=Mode(known.mode) if known and known.mode else Mode.MIXED,
        digest=DIGESTS[chosen] if chosen else None,
        profile=PROFILES[profile] if profile else None,
    )
    consent = Consent(
        confirm_new_signer,
        confirm_lockout,
        frozenset(confirm_stale),
        frozenset(confirm_fingerprint),
    )
    with open_place(place, reach.access(app)) as opened:
        try:
            prepared = prepare(request, ring, opened, watch(app))
        except RuleError as error:
            _tell_known(app, error)
            raise
        _show_plan(app, prepared, consent)
        try:
            prepared.require(consent)
        except RuleError as error:
            _answer(app, prepared, None, dry_run=dry_run, error=error)
            raise
        if dry_run:
            app.out("Nothing was signed or written (--dry-run).")
            _answer(app, prepared, None, dry_run=True)
            return 0
        updated = finish(prepared, ring, consent, now, tell=app.notice, watch=watch(app))
    _answer(app, prepared, updated, dry_run=False, error=updated.error)
    status = tell_outcome(app, updated.published, updated.error, "written")
    if updated.error is None:
        _tell_notes(app, prepared)
    return status


def _tell_known(app: App, error: RuleError) -> None:
    """Name the tokens that would do: the old client's words (E1) name none."""
    from ctlkit.edit import known_tokens

    note = known_tokens(error)
    if note is not None:
        app.notice(note)


def _show_plan(app: App, prepared: Prepared, consent: Consent) -> None:
    if not app.options.json:
        from ctlkit.report.preflight import verdict_line
        from ctlkit.report.tables import print_rows

        print_rows(prepared.plan.rows)
        app.out(f"The list says: {prepared.plan.mode.value}.")
        app.out(verdict_line(prepared.judgement))
        app.flush()
    refused = prepared.unconfirmed(consent)[:1]  # told as the error that it becomes
    for message in prepared.messages:
        if message.severity is not Severity.NOTE and message not in refused:
            app.notice(message)


def _tell_notes(app: App, prepared: Prepared) -> None:
    for message in prepared.messages:
        if message.severity is Severity.NOTE:
            app.notice(message)


def _answer(
    app: App,
    prepared: Prepared,
    updated: Updated | None,
    *,
    dry_run: bool,
    error: CtlkitError | None = None,
) -> None:
    if not app.options.json:
        return
    from ctlkit.report.lists import plan_object, published_objects
    from ctlkit.report.preflight import judgement_object
    from ctlkit.report.values import error_value, message_objects

    app.answer(
        place=prepared.place.url,
        **{**plan_object(prepared.plan), "messages": message_objects(prepared.messages)},
        **judgement_object(prepared.judgement),
        dry_run=dry_run,
        published=published_objects(updated.published) if updated else [],
        **({"error": error_value(error)} if error else {}),
    )
