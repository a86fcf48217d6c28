"""Options and output that the commands about places share."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import click

from ctlkit._cli._app import App
from ctlkit.messages import printable

if TYPE_CHECKING:
    from pathlib import Path

    from ctlkit.errors import CtlkitError
    from ctlkit.place import Access, Published, Watch

__all__ = [
    "PlaceWords",
    "place_argument",
    "place_options",
    "show_published",
    "tell_outcome",
    "watch",
    "without_option",
]

_Function = TypeVar("_Function", bound=Callable[..., Any])

without_option = click.option(
    "--without-node",
    "without",
    multiple=True,
    metavar="NODE",
    help="Go on though this node does not answer; repeatable.",
)


def place_argument(*, many: bool) -> Callable[[_Function], _Function]:
    """Return the argument for one place or several."""
    if many:
        return click.argument("places", metavar="PLACE...", nargs=-1, required=True)
    return click.argument("place")


class PlaceWords:
    """What the options about reaching places said, in the order of :func:`place_options`."""

    def __init__(
        self,
        password_file: Path | None,
        password_fd: int | None,
        password_env: str | None,
        host_keys: tuple[str, ...],
        non_atomic: bool = False,
    ) -> None:
        self._passwords = (password_file, password_fd, password_env)
        self._host_keys = host_keys
        self._non_atomic = non_atomic

    def access(self, app: App) -> Access:
        """Return how places are reached; nothing is opened or asked yet."""
        from ctlkit._cli._prompt import TerminalPrompt
        from ctlkit.pins import PinOptions
        from ctlkit.place import Access

        return Access(
            passwords=PinOptions(*self._passwords),
            prompt=TerminalPrompt(app) if app.interactive else None,
            host_keys=self._host_keys,
            settings=app.configuration.places,
            non_atomic=self._non_atomic,
            notice=app.notice,
        )


def place_options(function: _Function) -> _Function:
    """Add the options of every command that reaches a place, as one argument ``reach``."""
    from functools import wraps
    from pathlib import Path

    @wraps(function)
    def with_words(
        *arguments: Any,
        password_file: Path | None,
        password_fd: int | None,
        password_env: str | None,
        host_keys: tuple[str, ...],
        non_atomic: bool,
        **others: Any,
    ) -> Any:
        reach = PlaceWords(password_file, password_fd, password_env, host_keys, non_atomic)
        return function(*arguments, reach=reach, **others)

    made: Any = with_words
    for option in reversed(
        (
            click.option(
                "--password-file",
                type=click.Path(path_type=Path),
                metavar="F",
                help="Read the password of the server's user from this file (one line).",
            ),
            click.option(
                "--password-fd",
                type=int,
                metavar="N",
                help="Read that password from this file descriptor.",
            ),
            click.option(
                "--password-env",
                metavar="VAR",
                help="Take that password from this environment variable.",
            ),
            click.option(
                "--host-key",
                "host_keys",
                multiple=True,
                metavar="SHA256:...",
                help="Trust a server with this key; repeatable.",
            ),
            click.option(
                "--non-atomic",
                is_flag=True,
                help="Write to SFTP servers that cannot replace a file in one step.",
            ),
        )
    ):
        made = option(made)
    return made  # type: ignore[no-any-return]


def watch(app: App) -> Watch:
    """Return who is told of each step: a person at a terminal, or one who asked for more."""
    from ctlkit.place import Progress, Watch

    def tell(progress: Progress) -> None:
        detail = f" {printable(progress.detail)}" if progress.detail else ""
        app.tell(f"{printable(progress.node)}: {progress.step.value}{detail}")

    if app.options.verbose or (sys.stderr is not None and sys.stderr.isatty()):
        return Watch(tell)
    return Watch()


def show_published(app: App, published: Sequence[Published], word: str) -> None:
    """Write what each node holds now, as read back from it."""
    for item in published:
        node = printable(item.node)
        if item.error is not None:
            app.out(f"{node}: not {word}")
        elif item.present is None:
            app.out(f"{node}: {word if item.changed else 'nothing to do'}")
        else:
            state = word if item.changed else "held this list already"
            app.out(f"{node}: {state}, {len(item.present.data)} bytes, read back")
            app.out(f"  {item.present.md5} (MD5)")
            app.out(f"  {item.present.sha1} (SHA1)")
        if item.kept and item.changed:
            app.out(f"  the list before: {printable(item.kept)}")


def tell_outcome(
    app: App, published: Sequence[Published], error: CtlkitError | None, word: str, **values: object
) -> int:
    """Show what was done and what went wrong, and return the exit status."""
    show_published(app, published, word)
    if app.options.json and not app.answered:
        from ctlkit.report.lists import published_objects
        from ctlkit.report.values import error_value

        app.answer(published=published_objects(published), error=error_value(error), **values)
    if error is None:
        return 0
    for item in published:
        if item.error is not None and item.error is not error:
            app.tell(f"{printable(item.node)}: {item.error}")
            if item.error.advice:
                app.tell(f"  {item.error.advice}")
    app.show_error(error)
    return error.status
