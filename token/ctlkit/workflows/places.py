"""The state of places, and putting a kept list back.

Rules:

* A list that is put back has to verify first, like any that is published.
* A place that does not see phones cannot know whether one took the present list: restoring is
  always confirmed expressly (rule 8).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ctlkit.edit import mode_of
from ctlkit.errors import CtlkitError, InputError, PlaceError, RuleError
from ctlkit.log import log
from ctlkit.place import NodeFile, NodeState, Place, Published, open_place
from ctlkit.verify import VerifiedList
from ctlkit.workflows.reading import verified_list

__all__ = ["FileState", "Restored", "Status", "restore", "status"]


@dataclass(frozen=True, slots=True)
class FileState:
    """A file of a node, and what verifying it gave: either of the two."""

    file: NodeFile
    verified: VerifiedList | None
    error: CtlkitError | None

    @property
    def mode(self) -> str | None:
        """What the list says of its cluster, None where it does not verify."""
        return mode_of(self.verified.list.records).value if self.verified else None


@dataclass(frozen=True, slots=True)
class Status:
    """What a node holds, or why that cannot be told."""

    node: str
    present: FileState | None
    kept: FileState | None
    error: CtlkitError | None = None


@dataclass(frozen=True, slots=True)
class Restored:
    """What each node holds now, and why the rest was not restored.

    Attributes:
        published: what was done, node by node.
        error: what stopped it after some places were done; None where all are.
    """

    published: tuple[Published, ...]
    error: CtlkitError | None = None


def status(url: str, now: int) -> tuple[Status, ...]:
    """Return what each node of a place holds.

    Raises:
        UsageError: there is no such place.
        InputError, PlaceError: a node cannot be read.
    """
    return tuple(_status(state, now) for state in open_place(url).state())


def _status(state: NodeState, now: int) -> Status:
    return Status(state.node, _file_state(state.present, now), _file_state(state.kept, now))


def _file_state(file: NodeFile | None, now: int) -> FileState | None:
    if file is None:
        return None
    try:
        return FileState(file, verified_list(file.data, file.name, now), None)
    except CtlkitError as error:
        return FileState(file, None, error)


def restore(urls: Sequence[str], *, confirmed: bool, now: int) -> Restored:
    """Put the kept lists of places in force again; the present ones are kept instead.

    Every place is read and its kept list verified before the first one is written.

    Raises:
        InputError: nothing is kept, or it is no list.
        TrustError, CannotTellError: a kept list does not verify.
        RuleError: it was not confirmed.
        PlaceError: the first place could not be written.
    """
    places = {url: open_place(url) for url in urls}
    kept = {url: _verified_kept(place, now) for url, place in places.items()}
    if not confirmed:
        raise RuleError("restore-unconfirmed", rule=8)
    done: list[Published] = []
    for number, (url, place) in enumerate(places.items()):
        try:
            published = place.restore(kept[url])
        except CtlkitError as error:
            if not done:
                raise
            partly = PlaceError("place-some-restored", done=number, count=len(places), reason=error)
            return Restored(tuple(done), partly)
        for item in published:
            log().info("%s: restored, sha1 %s", item.node, item.present.sha1)
        done += published
    return Restored(tuple(done))


def _verified_kept(place: Place, now: int) -> bytes:
    """Return the bytes of a place's kept list, which verifies."""
    kept = place.kept()
    if kept is None:
        raise InputError("place-nothing-kept", file=place.url)
    return verified_list(kept.data, kept.name, now).list.raw
