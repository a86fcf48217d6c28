"""``ctlkit sign``: signed configuration files."""

from __future__ import annotations

from pathlib import Path

import click

from ctlkit._cli._app import App
from ctlkit._cli._commands import Command
from ctlkit._cli._options import (
    DIGESTS,
    digest_option,
    force_option,
    keyring,
    resolve_time,
    signer_option,
    timestamp_option,
    token_options,
)
from ctlkit.messages import printable

__all__ = ["command"]


@click.command("sign", cls=Command)
@click.argument(
    "files", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path)
)
@signer_option
@click.option(
    "-o",
    "--output",
    "folder",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Where the signed files go; beside the plain ones unless given.",
)
@digest_option("sha1")
@timestamp_option
@force_option
@token_options
@click.pass_obj
def command(
    app: App,
    files: tuple[Path, ...],
    signer: str,
    folder: Path | None,
    digest: str,
    timestamp: str | None,
    force: bool,
    modules: tuple[str, ...],
    pin_file: Path | None,
    pin_fd: int | None,
    pin_env: str | None,
) -> int:
    r"""Sign configuration files for phones: NAME becomes NAME.sgn.

    \b
    Example:
      ctlkit sign SEP001122334455.cnf.xml --signer tftp.pem
    """
    from ctlkit.workflows.making import sign_files

    ring = keyring(app, modules, pin_file, pin_fd, pin_env)
    written = sign_files(
        ring,
        files,
        folder,
        signer,
        digest=DIGESTS[digest],
        timestamp=resolve_time(timestamp),
        force=force,
    )
    for item in written:
        app.out(printable(item.path))
    app.answer(
        files=[
            {
                "file": str(item.path),
                "source": str(item.source),
                "length": len(item.verified.file.raw),
                "digest": item.verified.digest.name,
            }
            for item in written
        ]
    )
    return 0
