"""The commands of the ``admin:`` command line that places use, and what each of them answers.

Rules:

* A command that changes something has an answer that says so; without it the change counts as
  not made, and what the server wrote instead is in the error.
* Each node has one shell, opened when it is needed and again after it was closed; two commands
  never run in it at once.

Source: docs/cluster.md, the publisher's command line.
"""

from __future__ import annotations

import asyncio
import re
from collections import defaultdict
from collections.abc import Awaitable, Callable

from ctlkit.edit import Mode
from ctlkit.errors import CtlkitError, PlaceError
from ctlkit.place import _answers
from ctlkit.place._console import Command, Console
from ctlkit.place._nodes import ClusterNode
from ctlkit.place.base import ClusterCertificate
from ctlkit.showctl import ShownList, parse_shown

__all__ = ["CALL_MANAGER", "TFTP", "CommandLine"]

TFTP = "Cisco Tftp"
CALL_MANAGER = "Cisco CallManager"

_SLOW = 300.0
"""Seconds without a word over a command that restarts services or writes the list."""

_SHOW_CTL = Command("show ctl")
_SHOW_ITL = Command("show itl")
_VERSION = Command("show version active")
_SERVICES = Command("utils service list", silence=_SLOW)
_MODE = Command(
    "run sql select paramname,paramvalue from processconfig where paramname='ClusterSecurityMode'"
)
_CERTIFICATES = Command(
    "run sql select c.servername, tcs.name, dist.moniker, c.ipv4address, c.certificate"
    " from certificate as c"
    " inner join certificateservicecertificatemap as cscm on c.pkid = cscm.fkcertificate"
    " inner join typecertificateservice as tcs on cscm.tkcertificateservice = tcs.enum"
    " inner join typecertificatedistribution as dist"
    " on c.tkcertificatedistribution = dist.enum"
)


def _question(pattern: str) -> re.Pattern[str]:
    return re.compile("".join(pattern.split()))


# Releases print "sets" or "will set" in these questions.
_SET_CLUSTER = {
    Mode.MIXED: Command(
        "utils ctl set-cluster mixed-mode",
        _question(
            r"This operation (?:sets|will set) the cluster to Mixed mode\."
            r" Do you want to continue\? \(y/n\):"
        ),
        _SLOW,
    ),
    Mode.NON_SECURE: Command(
        "utils ctl set-cluster non-secure-mode",
        _question(
            r"This operation (?:sets|will set) the cluster to non secure mode\."
            r" Do you want to continue\? \(y/n\):"
        ),
        _SLOW,
    ),
}
_CLUSTER_SET = {
    Mode.MIXED: "Cluster set to Mixed Mode",
    Mode.NON_SECURE: "Cluster set to Non Secure Mode",
}
_DELETE_QUESTION = _question(
    r'Delete the File (?:cm/tftpdata/)?CTLFile\.tlv\? Enter "y" followed by return to continue:'
)
_DELETE_HERE = Command("file delete activelog cm/tftpdata/CTLFile.tlv", _DELETE_QUESTION)
_DELETE_FROM_TFTP = Command("file delete tftp CTLFile.tlv", _DELETE_QUESTION)
_STARTED = "STARTED"


class CommandLine:
    """The command lines of a cluster's nodes. Used in one event loop."""

    def __init__(self, open_console: Callable[[ClusterNode], Awaitable[Console]]) -> None:
        """Make it; nothing is opened yet.

        Args:
            open_console: opens the shell of a node.
        """
        self._open = open_console
        self._consoles: dict[ClusterNode, Console] = {}
        self._locks: defaultdict[ClusterNode, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def shown(self, node: ClusterNode, *, itl: bool = False) -> ShownList | None:
        """Return what ``show ctl`` (or ``show itl``) says of a node's list, None for no list.

        Raises:
            NetworkError, PlaceError: the node does not answer, or not as expected.
            InputError: its answer is no such text.
        """
        return parse_shown(await self._run(node, _SHOW_ITL if itl else _SHOW_CTL))

    async def mode(self, node: ClusterNode) -> Mode:
        """Return the cluster's security mode."""
        return _answers.security_mode(await self._run(node, _MODE))

    async def set_mode(self, node: ClusterNode, mode: Mode) -> None:
        """Set the cluster's security mode at the publisher.

        Raises:
            NetworkError, PlaceError: it refused, or nobody knows; the mode that it is in then is
                named where it can be had.
        """
        command = _SET_CLUSTER[mode]
        try:
            answer = await self._run(node, command)
            if _CLUSTER_SET[mode] not in " ".join(answer.split()):
                raise _refused(node, command, answer)
        except CtlkitError as error:
            console = self._consoles.get(node)
            if console is None or not console.answered:
                raise
            try:
                now = await self.mode(node)
            except CtlkitError:
                raise error from None
            raise type(error)("cluster-mode-now", reason=error, mode=now.value) from error

    async def certificates(self, node: ClusterNode) -> tuple[ClusterCertificate, ...]:
        """Return every certificate of every node, as the publisher's database has it."""
        return _answers.certificates(await self._run(node, _CERTIFICATES))

    async def release(self, node: ClusterNode) -> str | None:
        """Return the release, None where the command line does not say it."""
        return _answers.release(await self._run(node, _VERSION))

    async def delete(self, node: ClusterNode, mode: Mode) -> None:
        """Delete a node's list, by the command for the cluster's mode.

        Raises:
            PlaceError: it refused, or deleted nothing.
        """
        command = _DELETE_FROM_TFTP if mode is Mode.MIXED else _DELETE_HERE
        answer = await self._run(node, command)
        if _answers.deleted(answer) == 0:
            raise _refused(node, command, answer)

    async def running(self, node: ClusterNode) -> tuple[str, ...]:
        """Return those of TFTP and CallManager, in this order, that are activated on a node."""
        activated = _answers.services(await self._run(node, _SERVICES))
        return tuple(name for name in (TFTP, CALL_MANAGER) if name in activated)

    async def restart(self, node: ClusterNode, service: str) -> None:
        """Restart a service of a node.

        Raises:
            PlaceError: it did not start again.
        """
        command = Command(f"utils service restart {service}", silence=_SLOW)
        answer = await self._run(node, command)
        if _answers.services(answer).get(service) != _STARTED:
            raise _refused(node, command, answer)

    async def _run(self, node: ClusterNode, command: Command) -> str:
        async with self._locks[node]:
            console = self._consoles.get(node)
            if console is None or console.closed:
                console = self._consoles[node] = await self._open(node)
            return await console.run(command)

    def close(self) -> None:
        """Close every shell; may be called twice."""
        for console in self._consoles.values():
            console.close()
        self._consoles.clear()


def _refused(node: ClusterNode, command: Command, answer: str) -> PlaceError:
    seen = " ".join(answer.split())
    return PlaceError("cluster-refused", node=node.name, command=command.text, seen=seen)
