"""``ctlkit build``: a list from a manifest."""

from __future__ import annotations

from pathlib import Path

import click

from ctlkit._cli._app import App
from ctlkit._cli._commands import Command
from ctlkit._cli._options import (
    force_option,
    keyring,
    resolve_time,
    signer_option,
    timestamp_option,
    token_options,
)
from ctlkit.messages import printable

__all__ = ["command"]


@click.command("build", cls=Command)
@click.argument("manifest", type=click.Path(path_type=Path))
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    required=True,
    metavar="FILE",
    help="The list to write.",
)
@signer_option
@timestamp_option
@force_option
@token_options
@click.pass_obj
def command(
    app: App,
    manifest: Path,
    output: Path,
    signer: str,
    timestamp: str | None,
    force: bool,
    modules: tuple[str, ...],
    pin_file: Path | None,
    pin_fd: int | None,
    pin_env: str | None,
) -> int:
    r"""Make a list from a TOML manifest, sign it, verify it and write it.

    \b
    Example:
      ctlkit build cluster.toml -o CTLFile.tlv --signer SAST-ADN0054f509
    """
    from ctlkit.report.values import message_objects
    from ctlkit.workflows.making import build_list

    ring = keyring(app, modules, pin_file, pin_fd, pin_env)
    built = build_list(
        ring, manifest, output, signer, timestamp=resolve_time(timestamp), force=force
    )
    for message in built.messages:
        app.notice(message)
    size = len(built.verified.list.raw)
    app.out(f"{printable(built.path)}: {size} bytes, {len(built.verified.list.records)} records")
    app.answer(
        file=str(built.path),
        length=size,
        records=len(built.verified.list.records),
        warnings=message_objects(built.messages),
    )
    return 0
