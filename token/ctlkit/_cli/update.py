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
    resolve_time,
    signer_option,
    timestamp_option,
    token_options,
)
from ctlkit.errors import RuleError
from ctlkit.messages import Message, Severity, printable
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
@digest_option(None)
@click.option(
    "--profile",
    type=click.Choice(sorted(PROFILES)),
    help="The dialect of new entries; ctl-client unless the present list is Asterisk's.",
)
@timestamp_option
@click.option("--dry-run", is_flag=True, help="Show what would be signed; ask for no PIN.")
@click.option("--confirm-new-signer", is_flag=True, help="A token that phones do not know signs.")
@click.option(
    "--confirm-lockout", metavar="WORD", help="The word that a warning about phones names."
)
@click.option(
    "--confirm-stale",
    multiple=True,
    metavar="SERIAL",
    help="Keep this entry though its server shows another certificate; repeatable.",
)
@click.option(
    "--confirm-fingerprint",
    multiple=True,
    metavar="SHA256:...",
    help="Take this certificate though it was not authenticated; repeatable.",
)
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
    digest: str | None,
    profile: str | None,
    timestamp: str | None,
    dry_run: bool,
    confirm_new_signer: bool,
    confirm_lockout: str | None,
    confirm_stale: tuple[str, ...],
    confirm_fingerprint: tuple[str, ...],
    modules: tuple[str, ...],
    pin_file: Path | None,
    pin_fd: int | None,
    pin_env: str | None,
) -> int:
    r"""Make or change the list of a PLACE (folder:DIR or a configured name), sign and publish it.

    Without a present list two tokens and the servers are needed; with one, a token that is in it.
    The list before is kept as CTLFile_old.tlv.

    \b
    Example:
      ctlkit update folder:/srv/tftp --add-token SAST-ADN0054f509 --signer SAST-ADN008580ef \
        --server CCM+TFTP,pub.pem,ip=10.0.0.1 --server CAPF,capf.pem,ip=10.0.0.1
    """
    from ctlkit.edit import Consent, Mode
    from ctlkit.workflows.updating import UpdateRequest, finish, parse_server, prepare

    settings = app.configuration
    known = settings.places.get(place)
    chosen = digest or settings.digest
    ring = keyring(app, modules, pin_file, pin_fd, pin_env)
    now = int(time.time())
    request = UpdateRequest(
        place=known.url if known else place,
        signer=signer,
        timestamp=resolve_time(timestamp),
        now=now,
        tokens=tokens,
        servers=tuple(map(parse_server, servers)),
        itls=itls,
        remove=remove,
        mode=None if mode == "update" else Mode(mode),
        default_mode=Mode(known.mode) if known and known.mode else Mode.MIXED,
        digest=DIGESTS[chosen] if chosen else None,
        profile=PROFILES[profile] if profile else None,
    )
    try:
        prepared = prepare(request, ring)
    except RuleError as error:
        if error.code == "token-not-in-list":  # its words are the old client's and name no token
            app.notice(Message("tokens-of-the-list", error.values, Severity.NOTE))
        raise
    consent = Consent(
        confirm_new_signer,
        confirm_lockout,
        frozenset(confirm_stale),
        frozenset(confirm_fingerprint),
    )
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
    updated = finish(prepared, ring, consent, now)
    _show_result(app, updated)
    _tell_notes(app, prepared)
    _answer(app, prepared, updated, dry_run=False)
    return 0


def _show_plan(app: App, prepared: Prepared, consent: Consent) -> None:
    if not app.options.json:
        from ctlkit.report.tables import print_rows

        print_rows(prepared.plan.rows)
        app.out(f"The list says: {prepared.plan.mode.value}.")
        app.flush()
    refused = prepared.unconfirmed(consent)[:1]  # told as the error that it becomes
    for message in prepared.messages:
        if message.severity is not Severity.NOTE and message not in refused:
            app.notice(message)


def _show_result(app: App, updated: Updated) -> None:
    for item in updated.published:
        state = "written" if item.changed else "held this list already"
        app.out(f"{printable(item.node)}: {state}, {len(item.present.data)} bytes, read back")
        app.out(f"  {item.present.md5} (MD5)")
        app.out(f"  {item.present.sha1} (SHA1)")
        if item.kept:
            app.out(f"  the list before: {printable(item.kept)}")


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
    error: RuleError | None = None,
) -> None:
    if not app.options.json:
        return
    from ctlkit.report.lists import plan_object, published_objects
    from ctlkit.report.values import error_value, message_objects

    app.answer(
        place=prepared.place.url,
        **{**plan_object(prepared.plan), "messages": message_objects(prepared.messages)},
        dry_run=dry_run,
        published=published_objects(updated.published) if updated else [],
        **({"error": error_value(error)} if error else {}),
    )
