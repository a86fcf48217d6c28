"""``ctlkit verify``: one line a file."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterable, Iterator

import click

from ctlkit._cli._app import App
from ctlkit._cli._commands import Command
from ctlkit._cli._options import trust_option
from ctlkit.errors import CannotTellError, InputError, UntrustedError
from ctlkit.messages import printable
from ctlkit.workflows.reading import Verdict, load_trust, verify_files

__all__ = ["command"]

_PROGRESS_FROM = 64


@click.command("verify", cls=Command)
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@trust_option
@click.option(
    "--jobs",
    type=click.IntRange(1, 256),
    metavar="N",
    help="Processes for many files; all cores unless given.",
)
@click.pass_obj
def command(app: App, files: tuple[str, ...], trust: tuple[str, ...], jobs: int | None) -> int:
    """Check signature and structure of lists and signed files, and say what is weak.

    With --trust the signer also has to be known there. Exit status: 4 before 3 before 0.
    """
    now = int(time.time())
    anchors = load_trust(trust, now)
    verdicts = verify_files(files, anchors, now=now, processes=jobs or os.cpu_count() or 1)
    status = 0
    for verdict in _with_progress(app, verdicts, len(files)):
        _report(app, verdict)
        if verdict.error is not None:
            status = max(status, verdict.error.status)
    return status


def _report(app: App, verdict: Verdict) -> None:
    if app.options.json:
        from ctlkit.report.lists import verdict_object

        app.answer(**verdict_object(verdict))
    name = printable(verdict.file)
    error = verdict.error
    if error is None:
        remarks = "".join(f"; {message.text}" for message in verdict.warnings)
        app.out(f"{name}: valid, signed by {printable(verdict.signer)}{remarks}")
        return
    if isinstance(error, InputError):
        word = "not readable"
    else:
        words = {CannotTellError: "cannot tell", UntrustedError: "signer not trusted"}
        word = words.get(type(error), "not valid")
    app.out(f"{name}: {word}")
    happened = str(error)
    shown = happened if happened.startswith(name) else f"{name}: {happened}"
    app.show_texts(error.code, shown, error.advice)


def _with_progress(app: App, verdicts: Iterator[Verdict], total: int) -> Iterable[Verdict]:
    """Show a bar for many files, if the results themselves do not go to the same terminal."""
    quiet = app.options.json or sys.stdout.isatty() or not sys.stderr.isatty()
    if quiet or total < _PROGRESS_FROM:
        return verdicts
    from rich.console import Console
    from rich.progress import track

    return track(
        verdicts, total=total, description="verifying", console=Console(stderr=True), transient=True
    )
