"""``ctlkit export``: certificates of tokens to files."""

from __future__ import annotations

from pathlib import Path

import click

from ctlkit._cli._app import App
from ctlkit._cli._commands import Command
from ctlkit._cli._options import force_option, keyring, token_options
from ctlkit.messages import printable

__all__ = ["command"]


@click.command("export", cls=Command)
@click.argument("tokens", metavar="[TOKEN]...", nargs=-1)
@click.option(
    "-o",
    "--output",
    "folder",
    type=click.Path(path_type=Path),
    default=Path(),
    metavar="DIR",
    help="Where the files go; here unless given.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["der", "pem"]),
    default="der",
    show_default=True,
    help="DER with the ending .cer, or PEM.",
)
@click.option(
    "--login", is_flag=True, help="Log in to the named tokens to see hidden certificates."
)
@force_option
@token_options
@click.pass_obj
def command(
    app: App,
    tokens: tuple[str, ...],
    folder: Path,
    form: str,
    login: bool,
    force: bool,
    modules: tuple[str, ...],
    pin_file: Path | None,
    pin_fd: int | None,
    pin_env: str | None,
) -> int:
    r"""Write the certificates of tokens to files named after their common names.

    All tokens when none is named. Prints the path of each file.

    \b
    Example:
      ctlkit export -o certificates
      ctlkit export SAST-ADN0054f509 --format pem
    """
    from ctlkit.report.values import certificate_object
    from ctlkit.workflows.tokens import export

    if login and not tokens:
        raise click.UsageError("--login needs the tokens to be named")
    ring = keyring(app, modules, pin_file, pin_fd, pin_env)
    written = export(ring, tokens, folder, pem=form == "pem", login=login, force=force)
    for item in written:
        app.out(printable(item.path))
    app.answer(
        files=[
            {
                "file": str(item.path),
                "token": item.token.label,
                "token_serial": item.token.serial,
                **certificate_object(item.certificate.der),
            }
            for item in written
        ]
    )
    return 0
