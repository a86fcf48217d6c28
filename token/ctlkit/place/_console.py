"""A dialogue with the ``admin:`` command line; knows no SSH and no command.

Rules:

* One command at a time. Nothing is sent before the prompt stands alone on the last line, and
  nothing is believed before the server has echoed what was sent.
* Only the question that the caller expects is answered, once, and only when all that stands
  between the command and the answer is that question. Any other question gets no answer: Ctrl-C,
  and the shell is closed.
* What the server writes is bounded in size, and in time: between two pieces, and as a whole.
* A shell in which anything went otherwise than expected is closed and never used again.

Source: docs/cluster.md, the publisher's command line.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any, Protocol

from ctlkit.errors import CtlkitError, NetworkError, PlaceError

__all__ = ["Command", "Console", "Patience", "Terminal"]

_PROMPT = "admin:"
_MOST_OUTPUT = 1 << 20
_CHUNK = 64 * 1024
_MOST_SEEN = 250
_YES = "y"
_INTERRUPT = "\x03"
# Colours, cursor movements and bells: nothing that a person reads.
_CONTROL = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b[^\[]|[\x00-\x08\x0b-\x1a\x1c-\x1f\x7f]")
_CUT_CONTROL = re.compile(r"\x1b(?:\[[0-?]*[ -/]*)?\Z")
# It may be drawn more than once.
_AT_PROMPT = re.compile(rf"(?:{_PROMPT}\s*)+")
_ASKING = re.compile(r"[?:>)\]]\s*\Z")


class Terminal(Protocol):
    """The two ends of an interactive shell."""

    async def read(self, size: int) -> str:
        """Return what the server wrote, at most so many characters; empty at the end.

        Raises:
            CtlkitError: the connection is gone.
        """

    def write(self, text: str) -> None:
        """Send what a person would type."""

    def is_gone(self) -> bool:
        """Whether the other side closed it."""

    def close(self) -> None:
        """Close the shell."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a server is waited for, in seconds.

    Attributes:
        silence: between two pieces of an answer.
        banner: until the first prompt; a real server takes up to a minute.
        question: behind a line that ends like a question, before it counts as one.
        whole: how many times the silence a whole answer may take.
        proof: until a change is seen.
    """

    silence: float
    banner: float = 90.0
    question: float = 5.0
    whole: int = 4
    proof: float = 60.0


@dataclass(frozen=True, slots=True)
class Command:
    """A command, and what belongs to it.

    Attributes:
        text: what is typed.
        question: the only question that is answered, as a pattern for the whole of it with all
            white space taken out; None for none.
        silence: seconds that the server may be silent over it, None for the usual.
    """

    text: str
    question: re.Pattern[str] | None = None
    silence: float | None = None


class Console:
    """One interactive shell of a node."""

    def __init__(self, terminal: Terminal, node: str, patience: Patience) -> None:
        """Take over a shell that was just opened; ``node`` is its name in messages."""
        self._terminal = terminal
        self._node = node
        self._patience = patience
        self._text = ""
        self._cut = ""
        self._greeted = False
        self._closed = False
        self.answered = False
        """Whether the question of the last command was answered: it may have been done."""

    @property
    def closed(self) -> bool:
        """Whether it was closed, by whichever side: real nodes close what stands idle."""
        return self._closed or self._terminal.is_gone()

    def close(self) -> None:
        """Close the shell, interrupting whatever waits in it; may be called twice."""
        if self._closed:
            return
        self._closed = True
        if self._last_line and not self._at_prompt:
            with contextlib.suppress(CtlkitError):
                self._terminal.write(_INTERRUPT)
        self._terminal.close()

    async def run(self, command: Command) -> str:
        """Run a command; return what the server wrote between its echo and the next prompt.

        Where a question was answered, what is returned begins behind the answer.

        Raises:
            NetworkError: the server hangs, drips or closed.
            PlaceError: it wrote too much, or something else than the echo, or it asks what was
                not expected; it got no answer.
        """
        silence = command.silence or self._patience.silence
        self.answered = False
        try:
            if not self._greeted:
                banner = self._patience.banner
                await self._within(banner, self._until_prompt(command.text, None, banner))
                self._greeted = True
            await self._within(silence * self._patience.whole, self._dialogue(command, silence))
        except BaseException:
            self.close()
            raise
        return self._text[: self._text.rfind("\n") + 1]

    async def _within(self, seconds: float, work: Coroutine[Any, Any, object]) -> None:
        try:
            async with asyncio.timeout(seconds):
                await work
        except TimeoutError:
            raise NetworkError(
                "console-hangs", node=self._node, seconds=seconds, seen=self._seen
            ) from None

    async def _dialogue(self, command: Command, silence: float) -> None:
        await self._send(command.text, command.text, silence)
        if await self._until_prompt(command.text, command.question, silence):
            self.answered = True
            await self._send(command.text, _YES, silence)
            await self._until_prompt(command.text, None, silence)

    async def _send(self, command: str, line: str, silence: float) -> None:
        """Type a line, and take its echo off what comes back."""
        self._text = ""
        self._terminal.write(f"{line}\n")
        while (end := _end_of_echo(self._text, line)) is None:
            await self._receive(silence)
        if end < 0:
            raise PlaceError("console-echo", node=self._node, command=command, seen=self._seen)
        self._text = self._text[end:]

    async def _until_prompt(
        self, command: str, question: re.Pattern[str] | None, silence: float
    ) -> bool:
        """Read until the prompt; True where the expected question stands there instead."""
        while not self._at_prompt:
            if question is not None and question.fullmatch(_squeezed(self._text)):
                return True
            asking = _ASKING.search(self._last_line) is not None
            try:
                await self._receive(min(silence, self._patience.question) if asking else silence)
            except NetworkError as error:
                if asking and error.code == "console-hangs":
                    raise PlaceError(
                        "console-question", node=self._node, command=command, seen=self._seen
                    ) from None
                raise
        return False

    async def _receive(self, seconds: float) -> None:
        """Take the next piece of what the server writes, control characters taken out."""
        try:
            async with asyncio.timeout(seconds):
                piece = await self._terminal.read(_CHUNK)
        except TimeoutError:
            raise NetworkError(
                "console-hangs", node=self._node, seconds=seconds, seen=self._seen
            ) from None
        if not piece:
            raise NetworkError("console-closed", node=self._node, seen=self._seen)
        piece = self._cut + piece
        cut = _CUT_CONTROL.search(piece)
        self._cut = piece[cut.start() :] if cut else ""
        self._text += _CONTROL.sub("", piece.removesuffix(self._cut))
        if len(self._text) + len(self._cut) > _MOST_OUTPUT:
            raise PlaceError("console-flood", node=self._node, limit=_MOST_OUTPUT)

    @property
    def _last_line(self) -> str:
        return self._text[self._text.rfind("\n") + 1 :].strip()

    @property
    def _at_prompt(self) -> bool:
        return _AT_PROMPT.fullmatch(self._last_line) is not None

    @property
    def _seen(self) -> str:
        """The end of what the server wrote, on one line."""
        return " ".join(self._text[-_MOST_SEEN:].split())


def _squeezed(text: str) -> str:
    """Return a text without white space: a terminal wraps where it likes."""
    return "".join(text.split())


def _end_of_echo(text: str, line: str) -> int | None:
    """Return where the echo of a line ends, with its line end; None where more is to come.

    -1 where it is something else. A prompt that was drawn again is no part of the echo.
    """
    at = len(text) - len(text.lstrip())
    while text.startswith(_PROMPT, at):
        at += len(_PROMPT)
        at += len(text[at:]) - len(text[at:].lstrip())
    for char in _squeezed(line):
        while text[at : at + 1].isspace():
            at += 1
        if at == len(text):
            return None
        if text[at] != char:
            return None if _PROMPT.startswith(text[at:]) else -1
        at += 1
    rest, ended, _ = text[at:].partition("\n")
    if rest.strip():
        return -1
    return at + len(rest) + 1 if ended else None
