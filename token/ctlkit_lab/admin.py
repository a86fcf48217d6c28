"""The ``admin:`` command line of a node: commands, questions and answers, without a connection.

Rules:

* One line in, one reply out. A reply is what is shown, each line ended, and what the command line
  then waits with: its prompt, or a question.
* A question is answered yes by ``y`` alone; anything else leaves all as it is.
* The texts are those of a real server where they are published. ``utils ctl`` works on the
  publisher, and returns when the list is on every node or the reason why not is shown.
* Nobody's password is asked for: a file cannot be pushed from here.

Source: docs/cluster.md, the publisher's command line. Without published text [I]: what is said
to an answer that is not yes, to a command that is not known, on a subscriber, to a file that is
not there, and the question of ``utils ctl reset localkey``.
"""

from __future__ import annotations

import stat
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from ctlkit.codec import MAX_LIST
from ctlkit.edit import Mode
from ctlkit.errors import CtlkitError
from ctlkit.files import read_file
from ctlkit.messages import printable
from ctlkit.place.base import ITL_NAME, LIST_NAME
from ctlkit.workflows.reading import absent_listing, listing, show
from ctlkit_lab.answers import (
    SERVICES,
    RegisteredPhone,
    phone_text,
    replication_text,
    restart_text,
    services_text,
    sql_text,
    version_text,
)
from ctlkit_lab.model import Practice
from ctlkit_lab.nodes import Node

__all__ = ["GREETING", "PROMPT", "AdminRuntime", "AdminSession", "Reply"]

PROMPT = "admin:"

GREETING = (
    "Command Line Interface is starting up, please wait ...\n\n"
    "   Welcome to the Platform Command Line Interface\n\n"
    "This is a practice cluster, not a call server.\n\n"
)

_CONTINUE = "Do you want to continue? (y/n):"
_RESTART = (
    "Please Restart the TFTP and Cisco CallManager services on all nodes in the cluster "
    "that run these services\n"
)
_UNKNOWN = "Executed command unsuccessfully\nNo valid command entered\n"
_NOT_DONE = "Operation cancelled\n"
_PUBLISHER_ONLY = "This command can be executed on the publisher only\n"
_NO_PUSH = (
    "The practice cluster sends no files. Fetch this one with sftp from the folder /tftp, "
    "or over HTTP or TFTP.\n"
)
_ACTIVELOG = "cm/tftpdata/"


@dataclass(frozen=True, slots=True)
class Reply:
    """What the command line answers to a line.

    Attributes:
        text: the lines to show, each ended.
        prompt: what it waits with then.
    """

    text: str
    prompt: str = PROMPT


class AdminRuntime(Protocol):
    """What the command line needs of the servers around it."""

    async def copy_list(self, make: Callable[[], bytes]) -> None:
        """Have the publisher's list made, and bring it to every subscriber.

        Args:
            make: writes it on the publisher, and returns it.

        Raises:
            CtlkitError: it was not made, or a node did not take it.
        """

    async def restart_service(self, node_name: str, service: str) -> None:
        """Restart a service of a node.

        Raises:
            CtlkitError: it did not come up again.
        """

    def phones(self) -> Sequence[RegisteredPhone]:
        """Return the phones that the cluster knows."""


_Answer: TypeAlias = Callable[[str], Awaitable[Reply]]
_Command: TypeAlias = Callable[["AdminSession", str], Awaitable[Reply]]


class AdminSession:
    """One session of a node's command line."""

    def __init__(self, practice: Practice, node: Node, runtime: AdminRuntime) -> None:
        """Begin a session on a node."""
        self._practice = practice
        self._node = node
        self._runtime = runtime
        self._open: _Answer | None = None
        self._prompt = PROMPT

    @property
    def greeting(self) -> str:
        """What it says first, each line ended."""
        return GREETING

    @property
    def prompt(self) -> str:
        """What it waits with: ``admin:``, or the question that is open."""
        return self._prompt

    async def feed(self, line: str) -> Reply:
        """Answer a line, which is a command or the answer to the open question."""
        answer, self._open = self._open, None
        try:
            reply = await (answer(line.strip()) if answer else self._command(line))
        except CtlkitError as error:
            reply = Reply(f"{error}\n")
        self._prompt = reply.prompt
        return reply

    async def _command(self, line: str) -> Reply:
        words = " ".join(line.split())
        if not words:
            return Reply("")
        for name, run in _COMMANDS.items():
            if words == name or (name.endswith(" ") and words.startswith(name)):
                return await run(self, words.removeprefix(name))
        return Reply(_UNKNOWN)

    def _ask(self, text: str, question: str, answer: _Answer) -> Reply:
        self._open = answer
        return Reply(text, question)

    def _confirm(self, question: str, done: Callable[[], Awaitable[str]], text: str = "") -> Reply:
        """Ask a question that only ``y`` answers, and do then what was asked for."""

        async def answer(line: str) -> Reply:
            return Reply(await done() if line == "y" else _NOT_DONE)

        return self._ask(text, question, answer)

    async def _show(self, name: str) -> Reply:
        path = str(self._node.tftp_root / name)
        shown = show(path)
        return Reply(absent_listing(path)[1] if shown is None else listing(shown))

    async def _show_ctl(self, _rest: str) -> Reply:
        return await self._show(LIST_NAME)

    async def _show_itl(self, _rest: str) -> Reply:
        return await self._show(ITL_NAME)

    def _change_list(self, question: str, make: Callable[[], bytes], *lines: str) -> Reply:
        if not self._node.publisher:
            return Reply(_PUBLISHER_ONLY)

        async def done() -> str:
            async with self._practice.list_work:
                await self._runtime.copy_list(make)
            return "".join(f"{line}\n" for line in lines) + _RESTART

        return self._confirm(f"{question} {_CONTINUE}", done)

    async def _mixed_mode(self, _rest: str) -> Reply:
        return self._change_list(
            "This operation sets the cluster to Mixed mode.",
            lambda: self._practice.set_mode(Mode.MIXED),
            "Moving Cluster to Mixed Mode",
            "Cluster set to Mixed Mode",
        )

    async def _non_secure_mode(self, _rest: str) -> Reply:
        return self._change_list(
            "This operation will set the cluster to non secure mode.",
            lambda: self._practice.set_mode(Mode.NON_SECURE),
            "Moving Cluster to Non Secure Mode",
            "Cluster set to Non Secure Mode",
        )

    async def _update_list(self, _rest: str) -> Reply:
        return self._change_list(
            "This operation updates the CTLFile.",
            self._practice.update_list,
            "Updating CTL file",
            "CTL file Updated",
        )

    async def _reset_local_key(self, _rest: str) -> Reply:
        return self._change_list(
            "This operation updates the CTLFile.",
            self._practice.reset_local_key,
            "Updating CTL file",
            "CTL file Updated",
        )

    async def _delete_tftp(self, name: str) -> Reply:
        return self._delete(name, name)

    async def _delete_log(self, name: str) -> Reply:
        folder, inside = name[: len(_ACTIVELOG)], name[len(_ACTIVELOG) :]
        return self._delete(name, inside if folder == _ACTIVELOG else "")

    def _delete(self, shown: str, name: str) -> Reply:
        if not self._holds(name):
            return Reply("files: found = 0, deleted = 0\n")

        async def done() -> str:
            deleted = self._practice.delete_list(self._node, name)
            return f"files: found = {deleted}, deleted = {deleted}\n"

        question = 'Enter "y" followed by return to continue: '
        return self._confirm(question, done, f"Delete the File {printable(shown)}?\n")

    def _holds(self, name: str) -> bool:
        """Whether a name is that of a file right in the TFTP folder."""
        if any(char in name for char in "/\\"):
            return False
        try:
            return stat.S_ISREG((self._node.tftp_root / name).lstat().st_mode)
        except (OSError, ValueError):  # ValueError: a NUL in the name
            return False

    async def _get(self, name: str) -> Reply:
        if not self._holds(name):
            return Reply("No files matched filespec\n")
        size = len(read_file(self._node.tftp_root / name, MAX_LIST).data)
        gathered = (
            "Please wait while the system is gathering files info ...done.\n"
            "Sub-directories were not traversed.\n"
            "Number of files affected: 1\n"
            f"Total size in Bytes: {size}\n"
            f"Total size in Kbytes: {size / 1024}\n"
        )
        return self._ask(gathered, "Would you like to proceed [y/n]? ", self._get_from)

    async def _get_from(self, line: str) -> Reply:
        if line != "y":
            return Reply(_NOT_DONE)

        async def refuse(_line: str) -> Reply:
            return Reply(_NO_PUSH)

        return self._ask("", "SFTP server IP: ", refuse)

    async def _sql(self, statement: str) -> Reply:
        answer = sql_text(self._practice, statement)
        return Reply(answer or "The practice cluster does not know this statement\n")

    async def _restart(self, service: str) -> Reply:
        if service not in SERVICES:
            return Reply("Invalid service name\n")
        await self._runtime.restart_service(self._node.name, service)
        return Reply(restart_text(service))

    async def _services(self, _rest: str) -> Reply:
        return Reply(services_text())

    async def _replication(self, _rest: str) -> Reply:
        return Reply(replication_text(self._practice, time.time()))

    async def _phones(self, _rest: str) -> Reply:
        return Reply(phone_text(self._runtime.phones()))

    async def _version(self, _rest: str) -> Reply:
        return Reply(version_text(self._practice))


# A name that ends in a blank takes what follows it.
_COMMANDS: dict[str, _Command] = {
    "show ctl": AdminSession._show_ctl,
    "show itl": AdminSession._show_itl,
    "show version active": AdminSession._version,
    "show risdb query phone": AdminSession._phones,
    "utils ctl set-cluster mixed-mode": AdminSession._mixed_mode,
    "utils ctl set-cluster non-secure-mode": AdminSession._non_secure_mode,
    "utils ctl update CTLFile": AdminSession._update_list,
    "utils ctl reset localkey": AdminSession._reset_local_key,
    "utils service list": AdminSession._services,
    "utils service restart ": AdminSession._restart,
    "utils dbreplication runtimestate": AdminSession._replication,
    "file delete tftp ": AdminSession._delete_tftp,
    "file delete activelog ": AdminSession._delete_log,
    "file get tftp ": AdminSession._get,
    "run sql ": AdminSession._sql,
}
