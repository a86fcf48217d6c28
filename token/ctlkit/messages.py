"""The one table of codes and English texts.

Rules:

* Every error, warning and verdict is a code and named values; the words are made here and nowhere
  else, so that a translation needs nothing but the same keys.
* A text has two halves: what happened, and what to do next. The second may be empty for a
  remark that asks for nothing.
* Advice that is written for the command line has the window's own beside it, under the code with
  :data:`IN_WINDOW` behind it. No error and no message has such a code; ``ctlkit_gui.words`` looks
  it up.
* Values come from outside as often as not. They pass through :func:`printable` before they
  reach a text, so that no file, server or token can write control characters to a terminal.
* The table is data: this module imports nothing of ctlkit but the table's own parts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cache

from ctlkit._texts import TEXTS

__all__ = [
    "IN_WINDOW",
    "Message",
    "Several",
    "Severity",
    "codes",
    "printable",
    "template",
    "wording",
]

IN_WINDOW = "-in-window"
"""What stands behind the code of a text in the code of the window's own."""

_LONGEST_VALUE = 300


class Severity(Enum):
    """How much a message asks of its reader (docs/rules.md, what Review says)."""

    ERROR = "error"
    RED = "red"
    AMBER = "amber"
    NOTE = "note"


def printable(value: object) -> str:
    """Return a value as text that is safe on a terminal: one line, no control characters.

    Characters that are not printable are shown as Python escapes, lone surrogates (from file
    names that are not UTF-8) likewise.
    """
    text = value if isinstance(value, str) else str(value)
    if text.isprintable():
        return text
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode("ascii")
        for char in text
    )


def _shortened(text: str) -> str:
    """Cut a very long value in its middle: a message is read by a person."""
    if len(text) <= _LONGEST_VALUE:
        return text
    half = _LONGEST_VALUE // 2
    return f"{text[:half]}...{text[-half:]}"


@cache
def codes() -> frozenset[str]:
    """Return every code of the table."""
    return frozenset(TEXTS)


def template(code: str) -> tuple[str, str]:
    """Return the two halves of a code's text with their places for values still open.

    Raises:
        KeyError: the code is not in the table, which is a mistake in the program.
    """
    return TEXTS[code]


def wording(code: str, values: Mapping[str, object]) -> tuple[str, str]:
    """Return (what happened, what to do) for a code with its values filled in.

    Raises:
        KeyError: the code or a value that its text names is missing, a mistake in the program.
    """
    happened, advice = TEXTS[code]
    shown = {
        name: value
        if isinstance(value, int) and not isinstance(value, bool)
        else _shortened(printable(value))
        for name, value in values.items()
    }
    return happened.format_map(shown), advice.format_map(shown)


@dataclass(frozen=True, slots=True)
class Message:
    """A remark: a warning or a note that does not stop the work.

    Attributes:
        code: the stable key into the table.
        values: the facts that the text names.
        severity: red needs its own confirmation, amber is shown, a note is printed at the end.
    """

    code: str
    values: Mapping[str, object] = field(default_factory=dict)
    severity: Severity = Severity.AMBER

    @property
    def text(self) -> str:
        """What happened, in English."""
        return wording(self.code, self.values)[0]

    @property
    def advice(self) -> str:
        """What to do next, in English; empty when nothing is to be done."""
        return wording(self.code, self.values)[1]

    def __str__(self) -> str:
        """What happened, as a value of another text has it."""
        return self.text


@dataclass(frozen=True, slots=True)
class Several:
    """Several messages as one value of another: what each says, one after the other."""

    messages: tuple[Message, ...]

    def __str__(self) -> str:
        """What happened, in English, each once."""
        return "; ".join(dict.fromkeys(message.text for message in self.messages))
