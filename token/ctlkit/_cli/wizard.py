"""``ctlkit wizard``: the window."""

from __future__ import annotations

import click

from ctlkit._cli._commands import Command

__all__ = ["command"]


@click.command("wizard", cls=Command)
def command() -> int:
    """Open the window: a list from Server to Done, with real tokens or in Practice.

    The same as the program ctlkit-wizard.
    """
    from ctlkit_gui.qt import app, startup

    startup.check()
    return app.run()
