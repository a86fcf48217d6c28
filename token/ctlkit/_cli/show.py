"""``ctlkit show``: one file, as the server prints it, as a table, or as JSON."""

from __future__ import annotations

import click

from ctlkit._cli._app import App
from ctlkit._cli._commands import Command
from ctlkit._cli._options import trust_option
from ctlkit.errors import CtlkitError
from ctlkit.workflows.reading import absent_listing, listing, show, verdict_line

__all__ = ["command"]


@click.command("show", cls=Command)
@click.argument("file")
@trust_option
@click.option(
    "--format",
    "form",
    type=click.Choice(["cucm", "table"]),
    default="cucm",
    show_default=True,
    help="As the server prints it, or one line an entry.",
)
@click.pass_obj
def command(app: App, file: str, trust: tuple[str, ...], form: str) -> int:
    r"""Print a list (CTL or ITL, any dialect) or a signed file, and whether it verifies.

    \b
    Example:
      ctlkit show CTLFile.tlv
      ctlkit show phone.cnf.xml.sgn --trust CTLFile.tlv
    """
    shown = show(file, trust)
    if shown is None:
        return _missing(app, file)
    if app.options.json:
        from ctlkit.report.lists import shown_object

        app.answer(**shown_object(shown))
    elif form == "table":
        from ctlkit.report.tables import print_list

        print_list(shown.partial)
        app.out(verdict_line(shown))
    else:
        app.out_text(listing(shown))
    if shown.error is None:
        return 0
    app.show_error(shown.error)
    return shown.error.status


def _missing(app: App, file: str) -> int:
    from ctlkit.report.values import error_value

    kind, text = absent_listing(file)
    missing = CtlkitError("no-list-there", file=file)
    app.out_text(text)
    app.answer(file=file, kind=kind.lower(), length=0, verified=False, error=error_value(missing))
    app.show_error(missing)
    return missing.status
