"""A person's side of a node's command line: one command typed over SSH, and what it shows.

Rules:

* The node's host key is the one of ``lab.json``; the password is the cluster's own.
* A question is answered by whoever asked for the command; without an answer it is broken off.

Source: docs/cluster.md, the publisher's command line.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeAlias

import asyncssh

from ctlkit.errors import NetworkError
from ctlkit_lab.state import LabFile, LabNode

__all__ = ["Answer", "Dialogue", "type_command"]

_PROMPT = "admin:"
_SECONDS = 120
_MOST = 1 << 20
# A line that ends like a question is one when nothing follows for so long.
_PAUSE = 0.5
_CONTROL = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|[\x00-\x08\x0b-\x1f\x7f]")

Answer: TypeAlias = Callable[[str], Awaitable[str | None]]
"""Gets a question and returns what to type, None to break it off."""

_REFUSALS = frozenset({"Executed command unsuccessfully", "No valid command entered"})


@dataclass(frozen=True, slots=True)
class Dialogue:
    """What came of a command.

    Attributes:
        text: the dialogue as a terminal shows it.
        broken_off: the question that nobody answered; empty where there was none.
    """

    text: str
    broken_off: str = ""

    @property
    def refused(self) -> bool:
        """Whether the server says that it did not execute the command."""
        return not _REFUSALS.isdisjoint(self.text.splitlines())


def type_command(lab: LabFile, node: LabNode, command: str, answer: Answer) -> Dialogue:
    """Type a command at a node's command line, and return the dialogue.

    Args:
        lab: the cluster that runs.
        node: whose command line.
        command: one line.
        answer: answers the server's questions; it must not block the event loop.

    Raises:
        NetworkError: the node does not answer, or shows another host key.
    """
    try:
        return asyncio.run(_dialogue(lab, node, command, answer))
    except (OSError, asyncssh.Error, TimeoutError) as error:
        reason = str(error) or type(error).__name__
        raise NetworkError("lab-terminal-failed", node=node.name, reason=reason) from error


async def _dialogue(lab: LabFile, node: LabNode, command: str, answer: Answer) -> Dialogue:
    async with (
        asyncio.timeout(_SECONDS),
        asyncssh.connect(
            node.host,
            node.ports.ssh,
            config=None,
            username=lab.user,
            password=lab.secret,
            client_keys=None,
            agent_path=None,
            preferred_auth="keyboard-interactive,password",
            # None would check no key at all.
            known_hosts=([], [], []),
            client_factory=lambda: _Pinned(node.host_key),
            server_host_key_algs="default",
        ) as connection,
        connection.create_process(term_type="vt100", term_size=(1000, 1000)) as shell,
    ):
        talk = _Talk(shell)
        await talk.until_prompt()
        talk.begin()
        shell.stdin.write(f"{command}\n")
        broken_off = ""
        while not await talk.until_prompt():
            text = await answer(talk.last_line)
            shell.stdin.write("\x03" if text is None else f"{text}\n")
            if text is None:
                broken_off = talk.last_line.strip()
                break
        shell.close()
        return Dialogue(talk.text, broken_off)


class _Pinned(asyncssh.SSHClient):
    """Takes the one host key that ``lab.json`` names."""

    def __init__(self, fingerprint: str) -> None:
        self._fingerprint = fingerprint

    def validate_host_public_key(
        self, _host: str, _address: str, _port: int, key: asyncssh.SSHKey
    ) -> bool:
        return key.get_fingerprint() == self._fingerprint


class _Talk:
    """What a shell wrote."""

    def __init__(self, shell: asyncssh.SSHClientProcess[str]) -> None:
        self._shell = shell
        self._text = ""

    def begin(self) -> None:
        """Forget the banner, but not the prompt."""
        self._text = self.last_line

    @property
    def text(self) -> str:
        """The dialogue without the last prompt."""
        body, _, last = self._text.rpartition("\n")
        return f"{body}\n" if last.strip() == _PROMPT else self._text

    @property
    def last_line(self) -> str:
        """The line that is not ended yet."""
        return self._text[self._text.rfind("\n") + 1 :].lstrip("\r")

    async def until_prompt(self) -> bool:
        """Read until the prompt stands alone; False when a question does instead."""
        read = False
        while not (read and self.last_line.strip() == _PROMPT):
            asking = read and self.last_line.rstrip().endswith((":", "?"))
            try:
                async with asyncio.timeout(_PAUSE if asking else _SECONDS):
                    piece = await self._shell.stdout.read(1 << 16)
            except TimeoutError:
                if asking:
                    return False
                raise
            if not piece or len(self._text) > _MOST:
                raise NetworkError("lab-terminal-failed", node="", reason="it closed the shell")
            read = True
            self._text += _CONTROL.sub("", piece.replace("\r\n", "\n"))
        return True
