"""The command line; the only part of ctlkit that prints and exits.

Rules:

* Data goes to standard output, talk to standard error.
* Every error leaves through :func:`main`: one line with what happened, one with what to do, the
  exit status of its kind; with ``--json`` the same as one object on standard output.
* A command's module is imported when the command is called: ``ctlkit show`` does not pay for
  tokens.

Source: docs/command-line.md.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Sequence

import click

from ctlkit._cli._app import App, GlobalOptions
from ctlkit._cli._commands import CommandGroup
from ctlkit.errors import CancelledError, CtlkitError

__all__ = ["main"]

_USAGE = 2


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit with its status."""
    _prepare_outputs()
    words = list(sys.argv[1:] if arguments is None else arguments)
    app = App(GlobalOptions.guess(words))
    try:
        status = _run(words, app)
        sys.stdout.flush()
    except OSError as error:
        status = _refused_by_system(app, error)
    finally:
        app.close()
    sys.exit(status)


def _prepare_outputs() -> None:
    """Let any name be printed in any locale, and do without an output that is closed."""
    sys.stdout = sys.stdout or os.fdopen(os.open(os.devnull, os.O_WRONLY), "w", encoding="utf-8")
    sys.stderr = sys.stderr or os.fdopen(os.open(os.devnull, os.O_WRONLY), "w", encoding="utf-8")
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _run(words: list[str], app: App) -> int:
    try:
        status = CommandGroup(name="ctlkit").main(
            words, prog_name="ctlkit", standalone_mode=False, obj=app
        )
        return status if isinstance(status, int) else 0
    except CtlkitError as error:
        app.show_error(error)
        return error.status
    except click.exceptions.Exit as leaving:
        return leaving.exit_code
    except click.UsageError as error:
        return _usage(app, error)
    except (KeyboardInterrupt, click.Abort):
        cancelled = CancelledError("interrupted")
        app.show_error(cancelled)
        return cancelled.status
    except OSError:
        raise
    except Exception as error:  # noqa: BLE001  a mistake in ctlkit itself must not look like data
        app.log_failure(error)
        app.show_error(CtlkitError("internal", kind=type(error).__name__))
        return 1


def _refused_by_system(app: App, error: OSError) -> int:
    """Tell what the system refused; a reader who closes the pipe has enough and is told nothing."""
    try:
        sys.stdout.flush()
    except OSError:
        # What is left goes nowhere: Python would fail on it once more at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    if not isinstance(error, BrokenPipeError):
        app.show_error(CtlkitError("system", reason=error.strerror or type(error).__name__))
    return 1


def _usage(app: App, error: click.UsageError) -> int:
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        app.tell(error.format_message())
        return _USAGE
    path = error.ctx.command_path if error.ctx else "ctlkit"
    app.show_texts("usage", error.format_message().rstrip("."), f"See: {path} --help")
    return _USAGE
