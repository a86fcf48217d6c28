"""What places hold, deleting the list there, and restarting their services.

Rules:

* Deleting keeps the file. In mixed mode (the cluster's own word; where it has none, the list's)
  it is confirmed expressly.
* Services are restarted on one node after the other, and only while all nodes hold the same list
  (rule 11).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial

from ctlkit.edit import Mode, mode_of
from ctlkit.errors import (
    CtlkitError,
    HostKeyError,
    InputError,
    LoginError,
    NetworkError,
    PlaceError,
    RuleError,
    UsageError,
)
from ctlkit.log import log
from ctlkit.messages import Message
from ctlkit.place import (
    ITL_NAME,
    LIST_NAME,
    Access,
    Cluster,
    NodeFile,
    NodeState,
    Place,
    Published,
    Watch,
    open_place,
)
from ctlkit.verify import VerifiedList
from ctlkit.workflows.nodes import (
    Look,
    failure,
    left_out,
    log_published,
    look,
    nodes_differ,
    on_each,
)
from ctlkit.workflows.reading import verified_list

__all__ = [
    "Done",
    "FileState",
    "Status",
    "delete",
    "fetch",
    "outcome",
    "restart",
    "status",
]

_PARTLY = {
    "restored": "place-some-restored",
    "deleted": "place-some-deleted",
    "restarted": "place-some-restarted",
}


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
    """What a node holds, or why that cannot be told.

    Attributes:
        mode: the mode of the node's cluster, where it can be read.
    """

    node: str
    present: FileState | None
    kept: FileState | None
    error: CtlkitError | None = None
    mode: str | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """What was done node by node.

    Attributes:
        error: what went wrong as a whole, None where nothing did.
    """

    published: tuple[Published, ...]
    error: CtlkitError | None = None


def status(
    address: str, access: Access, now: int, watch: Watch | None = None
) -> tuple[Status, ...]:
    """Return what each node of a place holds; what cannot be read is in its ``error``.

    Raises:
        UsageError: there is no such place.
        NetworkError, PlaceError: its nodes or its mode cannot be asked for.
    """
    with open_place(address, access) as place:
        states = place.state(watch=watch or Watch())
        mode = _mode(place, states)
    return tuple(
        Status(
            item.node,
            _file_state(item.present, now),
            _file_state(item.kept, now),
            item.error,
            mode,
        )
        for item in states
    )


def _mode(place: Place, states: Sequence[NodeState]) -> str | None:
    """Return the cluster's mode, None where it has no voice or does not answer now."""
    if not isinstance(place, Cluster) or all(item.error is not None for item in states):
        return None
    try:
        return place.facts().mode.value
    except (InputError, NetworkError, PlaceError) as error:
        log().warning("%s: its mode is not known: %s", place.url, error)
        return None


def _file_state(file: NodeFile | None, now: int) -> FileState | None:
    if file is None:
        return None
    try:
        return FileState(file, verified_list(file.data, file.name, now), None)
    except CtlkitError as error:
        return FileState(file, None, error)


def fetch(address: str, access: Access, *, itl: bool = False, node: str | None = None) -> NodeFile:
    """Return the list of a place, or the ITL file of one of its nodes.

    Args:
        address: the place.
        access: how it is reached.
        itl: whether the ITL file is wanted, which differs from node to node.
        node: whose file, needed where nodes hold different ones.

    Raises:
        UsageError: whose ITL file is not said.
        RuleError: nodes hold different lists.
        InputError: there is none.
        NetworkError, PlaceError: it cannot be read.
    """
    with open_place(address, access) as place:
        if node is not None and node not in place.nodes:
            raise UsageError("node-unknown", node=node, known=", ".join(place.nodes))
        states = place.state(ITL_NAME if itl else LIST_NAME)
    wanted = [item for item in states if node in (None, item.node)]
    good = [item for item in wanted if item.error is None]
    for item in wanted:
        if item.error is not None and (
            not good or isinstance(item.error, HostKeyError | LoginError)
        ):
            raise item.error
        if item.error is not None:
            access.notice(Message("node-not-asked", {"node": item.node, "reason": item.error}))
    if itl and len({item.present.data for item in good if item.present}) > 1:
        raise UsageError("itl-node-needed", nodes=", ".join(item.node for item in good))
    found = Look(tuple(good)).present()
    if found is None:
        raise InputError("place-nothing-there", place=address)
    return found


def outcome(published: Sequence[Published], what: str) -> Done:
    """Return what was done, and keep it in the log.

    Args:
        published: what became of each node.
        what: ``restored``, ``deleted`` or ``restarted``.
    """
    log_published(published, what)
    return Done(tuple(published), failure(published, _PARTLY[what]))


def delete(
    addresses: Sequence[str],
    access: Access,
    *,
    confirmed: bool,
    without: Collection[str] = (),
    now: int,
    watch: Watch | None = None,
) -> Done:
    """Take the present lists of places away; each is kept.

    Args:
        addresses: the places.
        access: how they are reached.
        confirmed: whether a person said expressly that a list of a mixed cluster goes.
        without: names of nodes that may be missing.
        now: seconds since 1970, UTC.
        watch: progress and cancelling.

    Raises:
        RuleError: it was not confirmed, or a node did not answer.
        NetworkError, PlaceError: the mode cannot be asked for.
    """
    watch = watch or Watch()
    with ExitStack() as stack:
        places = [stack.enter_context(open_place(each, access)) for each in addresses]
        seen = [look(place, without=without) for place in places]
        for place, found in zip(places, seen, strict=True):
            if not confirmed and _is_mixed(place, found, now):
                raise RuleError("delete-in-mixed-mode", rule=5, place=place.url)
        done = on_each(
            (held, partial(place.delete, held, watch=watch))
            for place, held in zip(places, map(_held, seen), strict=True)
        )
        for found in seen:
            done += left_out(found)
    return outcome(done, "deleted")


def _held(found: Look) -> dict[str, bytes]:
    return {node: data for node, data in found.expected.items() if data is not None}


def _is_mixed(place: Place, found: Look, now: int) -> bool:
    """Whether the cluster is in mixed mode; what cannot be told counts as mixed."""
    if isinstance(place, Cluster):
        return place.facts().mode is Mode.MIXED
    files = [item.present for item in found.states if item.present is not None]
    states = [_file_state(file, now) for file in files]
    return any(state and state.mode != Mode.NON_SECURE.value for state in states)


def restart(address: str, access: Access, *, watch: Watch | None = None) -> Done:
    """Restart TFTP and CallManager of a cluster, one node after the other.

    Raises:
        UsageError: the place has no services.
        RuleError: its nodes hold different lists, or one does not answer.
    """
    with open_place(address, access) as place:
        if not isinstance(place, Cluster):
            raise UsageError("place-no-services", place=address)
        found = look(place)
        lists = set(found.expected.values())
        if len(lists) > 1:
            raise nodes_differ(found.states)
        published = place.restart(watch=watch or Watch())
    if not published:
        raise PlaceError("place-no-nodes", place=address)
    return outcome(published, "restarted")
