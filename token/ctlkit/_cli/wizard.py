"""``ctlkit wizard``, and the program ``ctlkit-wizard``, which is the same."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from ctlkit._cli._app import App
from ctlkit._cli._commands import Command
from ctlkit._cli._options import module_option

__all__ = ["command", "main"]


@click.command("wizard", cls=Command)
@click.argument("files", nargs=-1, type=click.Path(path_type=Path), metavar="[FILE]...")
@module_option
@click.pass_obj
def command(app: App, files: tuple[Path, ...], modules: tuple[str, ...]) -> int:
    r"""Open the window: a list from Server to Done, with tokens or in Practice.

    FILE is a list or a certificate; what is in it is shown beside the window. The program
    ctlkit-wizard is the same.

    \b
    Example:
      ctlkit wizard
      ctlkit wizard CTLFile.tlv
    """
    from ctlkit_gui.qt import startup

    startup.check()
    from ctlkit_gui.qt import app as program

    return program.run(lambda: app.configuration, modules=modules, files=files)


def main() -> None:
    """Run the command with the words behind the program's name, and exit with its status."""
    from ctlkit._cli import main as run

    run(["wizard", *sys.argv[1:]])
