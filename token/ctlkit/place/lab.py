"""The practice cluster as a place: files by SFTP, everything else by its command line.

Rules:

* ``lab.json`` says how each node is reached, with which password and which host key: nobody is
  asked, and nothing of it goes into the file of known hosts.
* Nodes are called by their host names.
* A list of a mixed cluster is deleted as on a real one, by the publisher's command line, on the
  publisher alone. It is kept on the node before.

Source: docs/cluster.md, the practice cluster; docs/command-line.md, places.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote

from ctlkit.edit import Mode
from ctlkit.errors import CancelledError, CtlkitError, PlaceError
from ctlkit.pins import Pin
from ctlkit.place._cluster import ClusterPlace
from ctlkit.place._logins import PinnedLogin
from ctlkit.place._nodes import ClusterNode
from ctlkit.place.access import Access
from ctlkit.place.base import LIST_NAME, NodeState, Progress, Published, Step, Watch
from ctlkit.place.lab_file import LabNode, lab_folder, load_lab
from ctlkit.place.sftp import SftpPlace

__all__ = ["LabPlace"]

_UNWATCHED = Watch()
_KIND = "lab:"
_T = TypeVar("_T")
_NodeValue = TypeVar("_NodeValue", NodeState, Published)


class LabPlace(ClusterPlace):
    """A practice cluster that runs on this computer."""

    def __init__(self, url: str, access: Access) -> None:
        """Read how it is reached; nothing is asked yet.

        Args:
            url: ``lab:``, or ``lab:DIR`` with its folder.
            access: time limits; nothing of it that is asked of a person is used.

        Raises:
            PlaceError: it does not run.
            InputError: its ``lab.json`` is damaged.
        """
        named = url.removeprefix(_KIND)
        lab = load_lab(_at_home(Path(named)) if named else lab_folder())
        pinned = PinnedLogin(
            Pin(lab.secret),
            {(node.host, node.ports.ssh): node.host_key for node in lab.nodes},
        )
        self._members = tuple(_node(node, lab.user) for node in lab.nodes)
        super().__init__(url, access, self._members[0], pinned=pinned)
        first, *others = (_sftp_url(node, lab.user) for node in lab.nodes)
        self._files = SftpPlace(first, access, nodes=others, pinned=pinned)
        names = [node.name for node in lab.nodes]
        self._own_names = dict(zip(self._files.nodes, names, strict=True))
        self._sftp_names = dict(zip(names, self._files.nodes, strict=True))

    def state(self, name: str = LIST_NAME, watch: Watch = _UNWATCHED) -> tuple[NodeState, ...]:
        """Return what each node holds, keeps, and shows."""
        return self._loop.run(self._looks(name, watch))

    def publish(
        self,
        data: bytes,
        expected: Mapping[str, bytes | None],
        *,
        name: str = LIST_NAME,
        watch: Watch = _UNWATCHED,
    ) -> tuple[Published, ...]:
        """Put a list in force, keeping the present one."""
        seen, told = self._over_sftp(expected), self._told(watch)
        return self._own(self._files.publish(data, seen, name=name, watch=told))

    def restore(
        self, expected: Mapping[str, bytes], *, watch: Watch = _UNWATCHED
    ) -> tuple[Published, ...]:
        """Swap the present list and the kept one."""
        return self._own(self._files.restore(self._over_sftp(expected), watch=self._told(watch)))

    def delete(
        self, expected: Mapping[str, bytes], *, watch: Watch = _UNWATCHED
    ) -> tuple[Published, ...]:
        """Delete the list; in mixed mode on the publisher alone, which alone is told of then."""
        publisher = self._publisher
        if self._loop.run(self._line.mode(publisher)) is not Mode.MIXED:
            return self._own(self._files.delete(self._over_sftp(expected), watch=self._told(watch)))
        if publisher.name not in expected:
            return ()
        return (self._delete_mixed(expected[publisher.name], watch),)

    def close(self) -> None:
        """Close every shell and connection; may be called twice."""
        try:
            self._files.close()
        finally:
            super().close()

    def _delete_mixed(self, expected: bytes, watch: Watch) -> Published:
        """Delete the publisher's list by its command line, keeping it there before."""
        node, told = self._publisher, self._told(watch)
        sftp_name = self._sftp_names[node.name]
        (kept,) = self._own(self._files.keep({sftp_name: expected}, watch=told))
        if kept.error is not None or kept.present is None:
            return kept
        if watch.cancel.is_set():
            raise CancelledError("interrupted")
        try:
            self._loop.run(self._line.delete(node, Mode.MIXED))
            after = self._loop.run(self._look(node, LIST_NAME))
            if after.error is not None:
                raise after.error
            if after.present is not None:
                raise PlaceError("cluster-still-there", node=node.name)
        except CtlkitError as error:
            watch.progress(Progress(node.name, Step.FAILED))
            return replace(kept, error=error)
        watch.progress(Progress(node.name, Step.DONE))
        return replace(kept, present=None, changed=True)

    async def _all(self) -> tuple[ClusterNode, ...]:
        return self._members

    async def _look(self, node: ClusterNode, name: str) -> NodeState:
        states = await self._looks(name, _UNWATCHED)
        return next(state for state in states if state.node == node.name)

    async def _looks(self, name: str, watch: Watch) -> tuple[NodeState, ...]:
        read = await asyncio.to_thread(self._files.state, name, self._told(watch))
        nodes = zip(self._own(read), self._members, strict=True)
        return tuple(await asyncio.gather(*(self._asked(*each, name) for each in nodes)))

    async def _asked(self, state: NodeState, node: ClusterNode, name: str) -> NodeState:
        if state.error is not None:
            return state
        try:
            return await self._shown(state, node, name)
        except CtlkitError as error:
            return replace(state, error=error)

    def _over_sftp(self, expected: Mapping[str, _T]) -> dict[str, _T]:
        return {name: expected[node] for node, name in self._sftp_names.items() if node in expected}

    def _own(self, values: Iterable[_NodeValue]) -> tuple[_NodeValue, ...]:
        """Call the nodes by their own names."""
        return tuple(replace(value, node=self._own_names[value.node]) for value in values)

    def _told(self, watch: Watch) -> Watch:
        """Return who is told of a node's progress under the node's own name."""

        def tell(progress: Progress) -> None:
            watch.progress(replace(progress, node=self._own_names[progress.node]))

        return Watch(tell, watch.cancel)


def _node(node: LabNode, user: str) -> ClusterNode:
    ports = node.ports
    return ClusterNode(node.name, node.host, user, ports.ssh, ports.http, ports.tvs, (ports.tls,))


def _sftp_url(node: LabNode, user: str) -> str:
    host = f"[{node.host}]" if ":" in node.host else node.host
    return f"sftp://{quote(user, safe='')}@{host}:{node.ports.ssh}{quote(node.folder)}"


def _at_home(folder: Path) -> Path:
    """Return the folder that ``~`` stands for: no shell sees it behind ``lab:``."""
    try:
        return folder.expanduser()
    except RuntimeError:  # nobody of that name
        return folder
