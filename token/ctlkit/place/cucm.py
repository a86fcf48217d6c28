"""A real cluster as a place: its ``admin:`` command line, fetching, and a person's hands.

Rules:

* What a node holds is fetched over HTTP and asked for with ``show ctl``. Where the two disagree
  that is an error of the node: something in between serves another file. A node that serves no
  files (not every one runs TFTP) is believed by its ``show ctl`` alone, where another node serves
  the file of that checksum.
* No public interface of a real node takes the file. Putting it there is handed over to a person,
  with each node's present file saved first, and proved afterwards by fetching it and by
  ``show ctl`` on every node. Nothing is claimed but what was read back.
* Deleting: a cluster that is not mixed, on each node; a mixed one, on the publisher alone, and
  nothing is said of the other nodes then. The file is fetched and kept first.
* The further nodes are those that were named, else those of the publisher's database.

Source: docs/cluster.md, the publisher's command line; getting and putting the file.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from ctlkit.edit import Mode
from ctlkit.errors import CancelledError, CtlkitError, NetworkError, PlaceError, UsageError
from ctlkit.messages import Message
from ctlkit.place._cluster import ClusterPlace
from ctlkit.place._console import Patience
from ctlkit.place._kept import KeptFiles
from ctlkit.place._nodes import ClusterNode, node_of, others_of
from ctlkit.place.access import Access, HandOver
from ctlkit.place.base import (
    LIST_NAME,
    NodeFile,
    NodeState,
    Progress,
    Published,
    Step,
    Watch,
)
from ctlkit.place.fetch import fetch_http

__all__ = ["CucmPlace"]

_UNWATCHED = Watch()
_PROOF_PAUSE = 2.0
_NOT_SERVED = "show ctl"
_STEPS = (
    "hand-over-sign-in",
    "hand-over-upload",
    "hand-over-file",
    "hand-over-served",
    "hand-over-proof",
    "hand-over-trust",
)


class CucmPlace(ClusterPlace):
    """A real cluster, by its publisher's address."""

    def __init__(
        self,
        url: str,
        access: Access,
        *,
        nodes: Sequence[str] = (),
        old_key_exchange: bool = False,
        patience: Patience | None = None,
    ) -> None:
        """Make it; nothing is asked yet.

        Args:
            url: the publisher, ``cucm://[user@]host[:port][?http=6970&tvs=2445&tls=2443]``.
            access: how it is reached, and who puts files there.
            nodes: the addresses of the further nodes; without any the publisher is asked.
            old_key_exchange: whether its nodes may use group14-sha1 and ssh-rsa.
            patience: how long its nodes are waited for; None: as ``access`` says.

        Raises:
            UsageError: an address makes no sense, or stands twice.
        """
        publisher, *others = (node_of(address) for address in (url, *nodes))
        names = [node.name for node in (publisher, *others)]
        if len(set(names)) < len(names):
            raise UsageError("cluster-node-twice", place=url)
        super().__init__(
            url, access, publisher, old_key_exchange=old_key_exchange, patience=patience
        )
        self._known = (publisher, *others) if others else None
        self._served: dict[str, bytes] = {}
        self._files = KeptFiles(access.keep)

    def state(self, name: str = LIST_NAME, watch: Watch = _UNWATCHED) -> tuple[NodeState, ...]:
        """Return what each node serves and shows, and the file that was kept of it here."""
        return self._loop.run(self._states(name, watch))

    def publish(
        self,
        data: bytes,
        expected: Mapping[str, bytes | None],
        *,
        name: str = LIST_NAME,
        watch: Watch = _UNWATCHED,
    ) -> tuple[Published, ...]:
        """Hand a list over to a person who puts it on the nodes, and prove that it is there.

        Raises:
            CancelledError: nothing was handed over yet.
            PlaceError: there is nobody to hand it to, or nothing can be saved here.
        """

        def changed(state: NodeState) -> bool:
            return _data(state) != expected[state.node]

        return self._by_hand(dict.fromkeys(expected, data), changed, name, watch)

    def restore(
        self, expected: Mapping[str, bytes], *, watch: Watch = _UNWATCHED
    ) -> tuple[Published, ...]:
        """Hand the kept lists over to a person who puts them back on the nodes.

        Raises:
            CancelledError: nothing was handed over yet.
            PlaceError: there is nobody to hand them to, or nothing can be saved here.
        """

        def changed(state: NodeState) -> bool:
            return state.kept is None or state.kept.data != expected[state.node]

        return self._by_hand(expected, changed, LIST_NAME, watch)

    def delete(
        self, expected: Mapping[str, bytes], *, watch: Watch = _UNWATCHED
    ) -> tuple[Published, ...]:
        """Delete the list; in mixed mode on the publisher alone, which alone is told of then.

        Raises:
            CancelledError: nothing was deleted yet.
            NetworkError, PlaceError: the mode cannot be asked for.
        """
        return self._loop.run(self._delete(expected, watch))

    def _by_hand(
        self,
        wanted: Mapping[str, bytes],
        changed: Callable[[NodeState], bool],
        name: str,
        watch: Watch,
    ) -> tuple[Published, ...]:
        """Let a person put files on the nodes that lack them; ``changed`` forbids it for a node."""
        _require_going_on(watch)
        nodes = self._loop.run(self._named(wanted))
        done: dict[str, Published] = {}
        missing: list[NodeState] = []
        for state in self._loop.run(self._looks(nodes, name, watch)):
            if state.error is not None:
                done[state.node] = _failed(state, state.error, watch)
            elif _data(state) == wanted[state.node]:
                done[state.node] = self._taken(state, name, watch, changed=False)
            elif changed(state):
                error = PlaceError("place-changed", file=state.node)
                done[state.node] = _failed(state, error, watch)
            else:
                missing.append(state)
        for data in dict.fromkeys(wanted[state.node] for state in missing):
            without = {state.node: state for state in missing if wanted[state.node] == data}
            them = [node for node in nodes if node.name in without]
            request = self._request(them, without.values(), data, name)
            for after in self._handed_over(them, request, data, watch):
                if _data(after) == data and after.error is None:
                    done[after.node] = self._taken(after, name, watch, changed=True)
                else:
                    reason = after.error or PlaceError("cluster-not-taken", node=after.node)
                    done[after.node] = _failed(after, reason, watch)
        return tuple(done[node.name] for node in nodes)

    def _request(
        self,
        nodes: Sequence[ClusterNode],
        states: Iterable[NodeState],
        data: bytes,
        name: str,
    ) -> HandOver:
        """Save what the nodes hold, and say what a person has to do."""
        saved = {
            state.node: self._files.set_aside(state.node, name, state.present.data)
            for state in states
            if state.present is not None
        }
        file = self._files.for_upload(name, data)
        values = {"file": file, "name": name}
        places = tuple(
            Message("hand-over-node", {"node": node.name, "host": node.host, "tvs": node.tvs})
            for node in nodes
        )
        return HandOver(
            file=file,
            name=name,
            nodes=tuple(node.name for node in nodes),
            sha1=hashlib.sha1(data, usedforsecurity=False).hexdigest(),
            kept=saved,
            steps=(*places, *(Message(code, values) for code in _STEPS)),
        )

    def _handed_over(
        self, nodes: Sequence[ClusterNode], request: HandOver, data: bytes, watch: Watch
    ) -> tuple[NodeState, ...]:
        """Wait for a person, then look what the nodes hold; once only if the person gave up."""
        prompt = self._access.prompt
        if prompt is None:
            raise PlaceError("cluster-by-hand", file=request.file, nodes=", ".join(request.nodes))
        for node in nodes:
            watch.progress(Progress(node.name, Step.WAITING, request.name))
        self._served[request.sha1] = data
        seconds = self._patience.proof if prompt.hand_over(request) else 0.0

        def there(state: NodeState) -> bool:
            return _data(state) == data

        return self._loop.run(self._seen(nodes, request.name, there, seconds, watch))

    def _taken(self, state: NodeState, name: str, watch: Watch, *, changed: bool) -> Published:
        try:
            kept = self._files.settle(state.node, name, _data(state) or b"")
        except CtlkitError as error:
            return _failed(state, error, watch)
        watch.progress(Progress(state.node, Step.DONE))
        return Published(state.node, state.present, changed, str(kept) if kept else None)

    @property
    def has_hands(self) -> bool:
        """Whether a person can be asked to put files there."""
        return self._access.prompt is not None

    async def _all(self) -> tuple[ClusterNode, ...]:
        if self._known is None:
            rows = await self._line.certificates(self._publisher)
            own = await self._publisher_name(rows)
            self._known = (self._publisher, *others_of(self._publisher, own, rows))
        return self._known

    async def _set_mode(self, mode: Mode) -> NodeState:
        state = await super()._set_mode(mode)
        # What serves the file may take a while to see the list that the command wrote.
        seconds = self._patience.proof
        if state.error is not None:
            own = [self._publisher]
            (state,) = await self._seen(own, LIST_NAME, _holds_any, seconds, _UNWATCHED)
        if state.error is None:
            await self._spread(_data(state), seconds)
        return state

    async def _spread(self, data: bytes | None, seconds: float) -> None:
        """Wait until the nodes that are known and answer hold what the publisher holds."""
        others = [node for node in self._known or () if node != self._publisher]
        found = await self._looks(others, LIST_NAME, _UNWATCHED)
        pairs = zip(others, found, strict=True)
        nodes = [node for node, state in pairs if not isinstance(state.error, NetworkError)]
        await self._seen(nodes, LIST_NAME, lambda each: _data(each) == data, seconds, _UNWATCHED)

    async def _named(self, names: Iterable[str]) -> tuple[ClusterNode, ...]:
        wanted = set(names)
        return tuple(node for node in await self._all() if node.name in wanted)

    async def _states(self, name: str, watch: Watch) -> tuple[NodeState, ...]:
        return await self._looks(await self._all(), name, watch)

    async def _looks(
        self, nodes: Iterable[ClusterNode], name: str, watch: Watch
    ) -> tuple[NodeState, ...]:
        async def look(node: ClusterNode) -> NodeState:
            watch.progress(Progress(node.name, Step.READING, name))
            return await self._look(node, name)

        states = await asyncio.gather(*map(look, nodes))
        self._served |= {
            item.present.sha1: item.present.data for item in states if item.present is not None
        }
        return tuple(map(self._told_by_itself, states))

    def _told_by_itself(self, state: NodeState) -> NodeState:
        """Believe a node that serves no files, but whose ``show ctl`` answered."""
        if not isinstance(state.error, _ServesNothingError):
            return state
        if state.shown is None:
            return replace(state, error=None)
        data = self._served.get(state.shown.sha1)
        if data is None:
            return replace(state, error=state.error.reason)
        return replace(state, present=NodeFile(_NOT_SERVED, data, None), error=None)

    async def _look(self, node: ClusterNode, name: str) -> NodeState:
        state = NodeState(node.name, None)
        seconds = self._access.timeout
        try:
            state = replace(state, kept=self._files.read(node.name, name))
            try:
                found = await asyncio.to_thread(
                    fetch_http, node.host, node.http, name, timeout=seconds
                )
            except NetworkError as error:
                if name != LIST_NAME:
                    raise
                shown = await self._line.shown(node)
                return replace(state, shown=shown, error=_ServesNothingError(error))
            state = replace(state, present=found)
            return await self._shown(state, node, name)
        except CtlkitError as error:
            return replace(state, error=error)

    async def _seen(
        self,
        nodes: Sequence[ClusterNode],
        name: str,
        wanted: Callable[[NodeState], bool],
        seconds: float,
        watch: Watch,
    ) -> tuple[NodeState, ...]:
        """Look at nodes until all are as wanted, for so many seconds."""
        clock = asyncio.get_running_loop()
        end = clock.time() + seconds
        states: dict[ClusterNode, NodeState] = {}
        waiting = list(nodes)
        while True:
            found = await self._looks(waiting, name, watch)
            states |= zip(waiting, found, strict=True)
            waiting = [node for node in waiting if states[node].error or not wanted(states[node])]
            if not waiting or clock.time() >= end or watch.cancel.is_set():
                return tuple(states[node] for node in nodes)
            await asyncio.sleep(min(_PROOF_PAUSE, seconds))

    async def _delete(self, expected: Mapping[str, bytes], watch: Watch) -> tuple[Published, ...]:
        _require_going_on(watch)
        mode = await self._line.mode(self._publisher)
        nodes = await self._named(expected)
        if mode is Mode.MIXED:
            nodes = tuple(node for node in nodes if node == self._publisher)
        work = (self._delete_one(node, mode, expected[node.name], watch) for node in nodes)
        return tuple(await asyncio.gather(*work))

    async def _delete_one(
        self, node: ClusterNode, mode: Mode, expected: bytes, watch: Watch
    ) -> Published:
        (state,) = await self._looks([node], LIST_NAME, watch)
        if state.error is not None:
            return _failed(state, state.error, watch)
        if state.present is None:
            return Published(node.name, None, changed=False, kept=None)
        if state.present.data != expected:
            return _failed(state, PlaceError("place-changed", file=node.name), watch)
        try:
            watch.progress(Progress(node.name, Step.KEEPING))
            kept = self._files.keep(node.name, LIST_NAME, expected)
            watch.progress(Progress(node.name, Step.REPLACING))
            await self._line.delete(node, mode)
        except CtlkitError as error:
            return _failed(state, error, watch)

        def gone(state: NodeState) -> bool:
            return state.present is None

        (after,) = await self._seen([node], LIST_NAME, gone, self._patience.proof, watch)
        if after.error is not None or after.present is not None:
            reason = after.error or PlaceError("cluster-still-there", node=node.name)
            return _failed(after, reason, watch)
        watch.progress(Progress(node.name, Step.DONE))
        return Published(node.name, None, changed=True, kept=str(kept))


class _ServesNothingError(NetworkError):
    """The command line answers and no file can be fetched; never leaves this module."""

    def __init__(self, reason: NetworkError) -> None:
        super().__init__(reason.code, **reason.values)
        self.reason = reason


def _holds_any(state: NodeState) -> bool:
    return state.present is not None


def _data(state: NodeState) -> bytes | None:
    return state.present.data if state.present else None


def _failed(state: NodeState, error: CtlkitError, watch: Watch) -> Published:
    watch.progress(Progress(state.node, Step.FAILED))
    return Published(state.node, state.present, changed=False, kept=None, error=error)


def _require_going_on(watch: Watch) -> None:
    if watch.cancel.is_set():
        raise CancelledError("interrupted")
