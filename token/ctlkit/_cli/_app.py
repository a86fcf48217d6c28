"""What every command shares: the global options, where output goes, how errors look."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ctlkit.errors import CtlkitError
from ctlkit.messages import Message, Severity

if TYPE_CHECKING:
    from ctlkit.config import Configuration

__all__ = ["SCHEMA", "App", "GlobalOptions"]

SCHEMA = 1


@dataclass(slots=True)
class GlobalOptions:
    """The options that stand before or after the command."""

    json: bool = False
    no_input: bool = False
    yes: bool = False
    verbose: bool = False
    log_file: str | None = None
    config: str | None = None

    @classmethod
    def guess(cls, words: Sequence[str]) -> GlobalOptions:
        """Return what decides how a usage error looks, before the words are understood."""
        options = words[: words.index("--")] if "--" in words else words
        return cls(json="--json" in options)


class App:
    """One run of the command line."""

    def __init__(self, options: GlobalOptions) -> None:
        self.options = options
        self._configuration: Configuration | None = None
        self.answered = False

    @property
    def configuration(self) -> Configuration:
        """The configuration file, read once."""
        if self._configuration is None:
            from pathlib import Path

            from ctlkit.config import load_configuration

            named = self.options.config
            self._configuration = load_configuration(Path(named) if named is not None else None)
        return self._configuration

    @property
    def interactive(self) -> bool:
        """Whether a person can be asked."""
        return not self.options.no_input and sys.stdin is not None and sys.stdin.isatty()

    def out(self, text: str) -> None:
        """Write a line of data, unless the answer is JSON."""
        if not self.options.json:
            print(text)

    def out_text(self, text: str) -> None:
        """Write text that ends its own lines, unless the answer is JSON."""
        if not self.options.json:
            sys.stdout.write(text)

    def tell(self, text: str) -> None:
        """Write a line of talk to standard error."""
        print(text, file=sys.stderr, flush=True)

    def answer(self, **values: object) -> None:
        """Write the answer as one JSON object on one line of ASCII, if that was asked for."""
        if self.options.json:
            import json

            self.answered = True
            print(json.dumps({"schema": SCHEMA, **values}))

    def flush(self) -> None:
        """Send what was written, for a reader who waits for it."""
        sys.stdout.flush()

    def notice(self, message: Message) -> None:
        """Tell a warning or a note."""
        kinds = {Severity.ERROR: "error", Severity.NOTE: "note"}
        kind = kinds.get(message.severity, "warning")
        self.tell(f"ctlkit: {kind}: {message.text}")
        if message.advice:
            self.tell(f"  {message.advice}")

    def show_error(self, error: CtlkitError) -> None:
        """Show an error on standard error and, if asked for, as the JSON answer."""
        self.show_texts(error.code, str(error), error.advice)

    def show_texts(self, code: str, happened: str, advice: str) -> None:
        """Show an error by its texts."""
        sys.stdout.flush()
        if self.options.log_file:
            from ctlkit.log import log

            log().debug("%s: %s", code, happened)
        self.tell(f"ctlkit: {happened}")
        if advice:
            self.tell(f"  {advice}")
        if not self.answered:
            self.answer(error=error_object(code, happened, advice))

    def log_failure(self, error: Exception) -> None:
        """Keep the frames of a mistake of ours where it was asked for."""
        from ctlkit.log import log_mistake

        log_mistake("command", error)

    def start_log(self) -> None:
        """Begin to log where ``-v`` and ``--log-file`` say."""
        if self.options.verbose or self.options.log_file:
            from ctlkit.log import start

            start(verbose=self.options.verbose, file=self.options.log_file)

    def close(self) -> None:
        """Write out what is left of the log."""
        if self.options.verbose or self.options.log_file:
            from ctlkit.log import stop

            stop()


def error_object(code: str, happened: str, advice: str) -> Mapping[str, str]:
    """Return an error as it stands in JSON."""
    return {"code": code, "message": happened, "advice": advice}
