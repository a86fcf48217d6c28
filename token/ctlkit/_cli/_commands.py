"""The table of commands, and how global options reach them from before and behind."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from typing import Any

import click

from ctlkit._cli._app import App

__all__ = ["COMMANDS", "Command", "CommandGroup", "Group", "LazyGroup"]

COMMANDS: Mapping[str, str] = {
    "build": "Make a list from a manifest, sign it and write it.",
    "demo": "Four migrations on a practice cluster, narrated.",
    "diff": "What differs between two lists.",
    "doctor": "What is installed, what was found, what is wrong, what to do.",
    "export": "Write the certificates of tokens to files.",
    "lab": "The practice cluster: servers and phones to rehearse with.",
    "place": "The list on its nodes: look, fetch, publish, restart, restore.",
    "preflight": "Which phones will accept a list, told before they get it.",
    "show": "Print a list as the server's show ctl does.",
    "sign": "Sign configuration files (.sgn).",
    "tokens": "Modules, slots, tokens and their certificates.",
    "tvs": "Ask the trust service of nodes, as phones do.",
    "update": "Change the list of a place and sign it with a token.",
    "verify": "Check signatures and structure.",
    "wizard": "The window: the CTL Client's flow, with tokens or in Practice.",
}

HELP = """Cisco trust lists (CTL and ITL files) with hardware tokens.

Data goes to standard output, talk to standard error. Exit status: 0 done, 1 failed, 2 usage,
3 refused by the rules of trust, 4 not a readable list, 5 no such token, 6 wrong PIN,
7 PIN locked, 8 network or login, 9 only some of the nodes, 130 cancelled."""


def _set(name: str) -> Callable[[click.Context, click.Parameter, Any], Any]:
    def keep(context: click.Context, _parameter: click.Parameter, value: Any) -> Any:
        if value:
            setattr(context.find_object(App).options, name, value)  # type: ignore[union-attr]
        return value

    return keep


def _show_version(context: click.Context, _parameter: click.Parameter, value: bool) -> None:
    if not value:
        return
    from ctlkit import __version__

    app = context.find_object(App)
    if app is not None:
        app.out(f"ctlkit {__version__}")
        app.answer(version=__version__)
    context.exit()


def _flag(*names: str, keeps: str, text: str) -> click.Option:
    return click.Option(
        names, is_flag=True, expose_value=False, is_eager=True, callback=_set(keeps), help=text
    )


def _file(name: str, keeps: str, text: str) -> click.Option:
    return click.Option(
        [name],
        expose_value=False,
        is_eager=True,
        callback=_set(keeps),
        metavar="F",
        help=text,
    )


def _global_options() -> list[click.Parameter]:
    return [
        _flag("--json", keeps="json", text="The answer as one JSON object."),
        _flag("--no-input", keeps="no_input", text="Ask nobody anything."),
        _flag("--yes", keeps="yes", text="Yes to harmless questions, never to a red warning."),
        _flag("-v", "--verbose", keeps="verbose", text="Tell more on standard error."),
        _file("--log-file", "log_file", "Add a log to this file; it never holds a PIN."),
        _file("--config", "config", "Read this configuration file."),
        click.Option(
            ["--version"],
            is_flag=True,
            expose_value=False,
            is_eager=True,
            callback=_show_version,
            help="Print the version.",
        ),
    ]


_SETTINGS = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


class Command(click.Command):
    """A command that takes the global options too."""

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        settings.setdefault("context_settings", _SETTINGS)
        # A docstring that holds a backslash is a raw one; click wants the character itself.
        settings["help"] = (settings.get("help") or "").replace("\\b\n", "\b\n")
        super().__init__(*arguments, **settings)
        self.params += _global_options()

    def parse_args(self, context: click.Context, words: list[str]) -> list[str]:
        """Understand the words; an error names the command whose help says more."""
        try:
            return super().parse_args(context, words)
        except click.UsageError as error:
            error.ctx = error.ctx or context
            raise

    def invoke(self, context: click.Context) -> Any:
        """Run the command once the log is open."""
        app = context.find_object(App)
        if app is not None:
            app.start_log()
        return super().invoke(context)


class Group(click.Group):
    """A group of commands, which takes the global options too."""

    command_class = Command

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        settings.setdefault("context_settings", _SETTINGS)
        super().__init__(*arguments, **settings)
        self.params += _global_options()


class LazyGroup(Group):
    """Commands that are imported when they are called."""

    def __init__(self, package: str, table: Mapping[str, str], **settings: Any) -> None:
        super().__init__(**settings)
        self._package = package
        self._table = table

    def list_commands(self, _context: click.Context) -> list[str]:
        """Return the names of all commands."""
        return sorted(self._table)

    def get_command(self, _context: click.Context, name: str) -> click.Command | None:
        """Import and return a command."""
        if name not in self._table:
            return None
        module = importlib.import_module(f"{self._package}.{name}")
        command = module.command
        return command if isinstance(command, click.Command) else None

    def format_commands(self, _context: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the table of commands without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl(sorted(self._table.items()))


class CommandGroup(LazyGroup):
    """``ctlkit`` itself."""

    def __init__(self, name: str) -> None:
        super().__init__("ctlkit._cli", COMMANDS, name=name, help=HELP, no_args_is_help=True)
