"""``ctlkit doctor``: what is installed, what was found, what is wrong, what to do."""

from __future__ import annotations

import os
from pathlib import Path

import click

from ctlkit._cli._app import SCHEMA, App
from ctlkit._cli._commands import Command
from ctlkit._cli._options import force_option, module_option
from ctlkit.errors import PlaceError
from ctlkit.messages import printable

__all__ = ["command"]


@click.command("doctor", cls=Command)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write the report to this file too.",
)
@force_option
@module_option
@click.pass_obj
def command(app: App, output: Path | None, force: bool, modules: tuple[str, ...]) -> int:
    r"""Say what is installed, what was found, what is wrong and what to do.

    Logs in to nothing. The report holds no secret and can be pasted into a request for help.

    \b
    Example:
      ctlkit doctor
      ctlkit doctor -o report.txt
    """
    from ctlkit.report.doctor import doctor_object, doctor_text
    from ctlkit.workflows.doctor import diagnose

    if output is not None and not force and os.path.lexists(output):
        raise PlaceError("file-exists", file=output)
    named = app.options.config
    diagnosis = diagnose(modules, None if named is None else Path(named))
    values = doctor_object(diagnosis)
    text = doctor_text(diagnosis)
    if output is not None:
        _write(app, output, values, text, force=force)
    app.out_text(text)
    app.answer(**values)
    if output is not None:
        app.flush()
        app.tell(f"ctlkit: the report is in {printable(output)}")
    return 0 if diagnosis.healthy else 1


def _write(app: App, output: Path, values: dict[str, object], text: str, *, force: bool) -> None:
    """Write what goes to standard output to a file."""
    import json

    from ctlkit.files import write_file

    if app.options.json:
        text = json.dumps({"schema": SCHEMA, **values}) + "\n"
    write_file(output, text.encode("utf-8", "backslashreplace"), replace=force)
