"""``ctlkit lab down``: stop the practice cluster."""

from __future__ import annotations

from pathlib import Path

import click

from ctlkit._cli._app import App
from ctlkit._cli._commands import Command
from ctlkit._cli.lab._running import dir_option, folder_of
from ctlkit.messages import printable

__all__ = ["command"]


@click.command("down", cls=Command)
@dir_option
@click.pass_obj
def command(app: App, folder: Path | None) -> int:
    """Stop the practice cluster. Its folder stays, and lab up starts it again as it was."""
    home = folder_of(folder)
    from ctlkit_lab.daemon import shut_down

    stopped = shut_down(home)
    app.out(f"{printable(home)}: {'stopped' if stopped else 'nothing ran'}")
    app.answer(folder=str(home), stopped=stopped)
    return 0
