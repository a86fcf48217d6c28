"""The steps of publishing, restoring and deleting in a folder of a node. Knows no SSH.

Rules, in the order of their steps:

1. the new file is written beside the present one under a name of its own, with the present one's
   mode and owner (else 0644), and flushed to the disk where the node can do that;
2. the present file is copied to ``CTLFile_old.tlv``, itself by rename;
3. the present file is compared once more, the new one is renamed over it and read back.

A cut between any two steps leaves a whole present file, and the one before it is never lost. What
is left is a hidden file of its own name, which nobody reads. Restoring sets the present file aside
under a third name until the swap is over; a swap that was cut is finished by the next restore.
Between two steps the work may be stopped; once the file was replaced, it is still read back.

Source: docs/rules.md, putting a list in its place; docs/cluster.md, getting and putting the file.
"""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Protocol

from ctlkit.codec import MAX_FILE, MAX_LIST
from ctlkit.errors import CancelledError, CtlkitError, InputError, PlaceError
from ctlkit.place.base import (
    LIST_NAME,
    OLD_NAME,
    NodeFile,
    NodeState,
    Progress,
    Published,
    Step,
    Watch,
    old_name,
)

__all__ = ["SWAP_NAME", "NodeFolder", "NodeWork", "OnlyCopyError", "RemoteFile"]

SWAP_NAME = "CTLFile_swap.tlv"


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """What was read of a file on a node.

    Attributes:
        data: its bytes.
        modified: its modification time, seconds since 1970, UTC; None where the node is silent.
        mode: its permission bits, likewise.
        owner: its user and group, numbers, likewise.
    """

    data: bytes = field(repr=False)
    modified: float | None
    mode: int | None
    owner: tuple[int, int] | None


class OnlyCopyError(PlaceError):
    """A file was removed and the one that was to replace it could not take its name."""


class NodeFolder(Protocol):
    """A folder on a node."""

    def path(self, name: str) -> str:
        """Return a file's path on the node."""

    def shown(self, name: str) -> str:
        """Return what a file is called in a message: its node and its path."""

    async def exists(self, name: str) -> bool:
        """Return whether there is a file, or a link, of that name."""

    async def read(self, name: str, limit: int) -> RemoteFile | None:
        """Read a regular file of at most ``limit`` bytes; None where there is none."""

    async def write(self, name: str, data: bytes, like: RemoteFile | None) -> str:
        """Write a file under a new name that goes with ``name``, and return that name."""

    async def replace(self, temporary: str, name: str) -> None:
        """Rename a file over another, which need not be there.

        Raises:
            OnlyCopyError: the other is gone and the file could not take its name.
        """

    async def remove(self, name: str) -> None:
        """Remove a file."""


class NodeWork:
    """What is done on one node."""

    def __init__(self, node: str, folder: NodeFolder, watch: Watch) -> None:
        self._node = node
        self._folder = folder
        self._watch = watch

    async def state(self, name: str) -> NodeState:
        """Return what the node holds under a name, and what it keeps of it."""
        self._begin(Step.READING)
        present = await self._folder.read(name, MAX_LIST)
        kept = await self._folder.read(old_name(name), MAX_LIST)
        return NodeState(
            self._node, self._node_file(name, present), self._node_file(old_name(name), kept)
        )

    async def publish(self, data: bytes, expected: bytes | None, name: str) -> Published:
        """Put a list in force, keeping the present one."""
        self._begin(Step.READING)
        present = await self._folder.read(name, MAX_LIST)
        if present is not None and present.data == data:
            return await self._read_back(name, data, changed=False)
        await self._refuse_cut_restore()
        self._require_same(name, present, expected)
        self._begin(Step.WRITING)
        await self._put(name, data, present, before=partial(self._keep, name, present))
        done = await self._read_back(name, data, changed=True)
        return done if present is not None else replace(done, kept=None)

    async def restore(self, expected: bytes) -> Published:
        """Swap the present list and the kept one; without a present one, put the kept one back."""
        self._begin(Step.READING)
        folder = self._folder
        kept = await folder.read(OLD_NAME, MAX_LIST)
        if kept is None:
            raise InputError("place-nothing-kept", file=folder.shown(OLD_NAME))
        self._require_same(OLD_NAME, kept, expected)
        present = await folder.read(LIST_NAME, MAX_FILE)
        cut = await folder.exists(SWAP_NAME)
        if present is None:
            self._begin(Step.WRITING)
            await self._put(LIST_NAME, kept.data, kept)
        elif present.data != kept.data:
            self._begin(Step.WRITING)
            aside = partial(self._set_aside, present)
            await self._put(LIST_NAME, kept.data, present, before=aside)
            cut = True
        elif not cut:
            return await self._read_back(LIST_NAME, kept.data, changed=False)
        if cut:
            await folder.replace(SWAP_NAME, OLD_NAME)
        return await self._read_back(LIST_NAME, kept.data, changed=True)

    async def delete(self, expected: bytes) -> Published:
        """Make the present list the kept one; an empty one is not worth keeping."""
        self._begin(Step.READING)
        folder = self._folder
        present = await folder.read(LIST_NAME, MAX_FILE)
        if present is None:
            return Published(self._node, None, changed=False, kept=await self._kept(OLD_NAME))
        await self._refuse_cut_restore()
        self._require_same(LIST_NAME, present, expected)
        self._begin(Step.REPLACING)
        if present.data:
            await folder.replace(LIST_NAME, OLD_NAME)
        else:
            await folder.remove(LIST_NAME)
        self._tell(Step.READING_BACK)
        if await folder.exists(LIST_NAME):
            raise PlaceError(
                "place-not-kept", file=folder.shown(LIST_NAME), old=folder.path(OLD_NAME)
            )
        return Published(self._node, None, changed=True, kept=await self._kept(OLD_NAME))

    async def keep(self, expected: bytes) -> Published:
        """Copy the present list to the kept one; it stays where it is."""
        self._begin(Step.READING)
        present = await self._folder.read(LIST_NAME, MAX_FILE)
        found = self._node_file(LIST_NAME, present)
        if present is not None:
            await self._refuse_cut_restore()
            self._require_same(LIST_NAME, present, expected)
            if present.data:
                self._begin(Step.KEEPING)
                await self._put(OLD_NAME, present.data, present)
        return Published(self._node, found, changed=False, kept=await self._kept(OLD_NAME))

    async def _keep(self, name: str, present: RemoteFile | None) -> None:
        """Keep the present list, once the new one lies beside it."""
        await self._require_still(name, present)
        if present is not None and present.data:
            self._begin(Step.KEEPING)
            await self._put(old_name(name), present.data, present)
            await self._require_still(name, present)
        self._begin(Step.REPLACING)

    async def _set_aside(self, present: RemoteFile) -> None:
        """Write the present list under a third name, so that no cut can lose it."""
        left = await self._folder.read(SWAP_NAME, MAX_FILE)
        if left is not None and left.data != present.data:
            raise PlaceError("place-restore-cut", file=self._folder.shown(SWAP_NAME))
        self._begin(Step.KEEPING)
        await self._put(SWAP_NAME, present.data, present)
        await self._require_still(LIST_NAME, present, MAX_FILE)
        self._begin(Step.REPLACING)

    async def _put(
        self,
        name: str,
        data: bytes,
        like: RemoteFile | None,
        before: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        """Write a file whole or not at all; ``before`` may stop it while it is not yet seen."""
        temporary = await self._folder.write(name, data, like)
        own = self._folder.path(temporary)
        try:
            if before is not None:
                await before()
            await self._folder.replace(temporary, name)
        except BaseException as error:
            if not (isinstance(error, OnlyCopyError) and error.values["left"] == own):
                await self._discard(temporary)
            raise

    async def _discard(self, temporary: str) -> None:
        with contextlib.suppress(CtlkitError):  # what went wrong before is what is told
            await self._folder.remove(temporary)

    async def _refuse_cut_restore(self) -> None:
        if await self._folder.exists(SWAP_NAME):
            raise PlaceError("place-restore-cut", file=self._folder.shown(SWAP_NAME))

    async def _require_still(
        self, name: str, present: RemoteFile | None, limit: int = MAX_LIST
    ) -> None:
        again = await self._folder.read(name, limit)
        self._require_same(name, again, None if present is None else present.data)

    def _require_same(self, name: str, found: RemoteFile | None, expected: bytes | None) -> None:
        if (None if found is None else found.data) != expected:
            raise PlaceError("place-changed", file=self._folder.shown(name))

    async def _read_back(self, name: str, data: bytes, *, changed: bool) -> Published:
        self._tell(Step.READING_BACK)
        back = await self._folder.read(name, MAX_LIST)
        if back is None or back.data != data:
            raise PlaceError(
                "place-not-kept",
                file=self._folder.shown(name),
                old=self._folder.path(old_name(name)),
            )
        kept = await self._kept(old_name(name))
        return Published(self._node, self._node_file(name, back), changed, kept)

    async def _kept(self, name: str) -> str | None:
        return self._folder.path(name) if await self._folder.exists(name) else None

    def _node_file(self, name: str, found: RemoteFile | None) -> NodeFile | None:
        if found is None:
            return None
        return NodeFile(self._folder.path(name), found.data, found.modified)

    def _begin(self, step: Step) -> None:
        if self._watch.cancel.is_set():
            raise CancelledError("interrupted")
        self._tell(step)

    def _tell(self, step: Step) -> None:
        self._watch.progress(Progress(self._node, step))
