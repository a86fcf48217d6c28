"""What places hold, and everything that is done there to a list that exists already.

Rules:

* A list that is put back has to verify first, like any that is published.
* Restoring leaves one list on all nodes of a place. A node that holds it already, while it keeps
  another, is not touched: in mixed mode a list is deleted on the publisher alone.
* A place that does not see phones cannot know whether one took the present list: restoring is
  always confirmed expressly, after it was said what such phones do with the kept one (rule 8).
* Deleting keeps the file. In mixed mode (the cluster's own word; where it has none, the list's)
  it is confirmed expressly.
* Services are restarted on one node after the other, and only while all nodes hold the same list
  (rule 11).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial

from ctlkit.acceptance import NewList, lockout_remarks
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
from ctlkit.messages import Message, Severity
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
from ctlkit.workflows.grounds import Ground, PhoneFacts, ground_of
from ctlkit.workflows.nodes import (
    Look,
    failure,
    left_out,
    log_published,
    look,
    nodes_differ,
    on_each,
)
from ctlkit.workflows.publishing import require_mode
from ctlkit.workflows.reading import verified_list

__all__ = [
    "Done",
    "FileState",
    "Status",
    "delete",
    "fetch",
    "restart",
    "restore",
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


def restore(
    addresses: Sequence[str],
    access: Access,
    *,
    confirmed: bool,
    now: int,
    without: Collection[str] = (),
    watch: Watch | None = None,
) -> Done:
    """Put the kept lists of places in force again; the present ones are kept instead.

    Every node is read and its kept list verified before the first one is written. What phones
    that took the present list would say of the kept one is told first.

    Raises:
        InputError: nothing is kept, or it is no list.
        TrustError, CannotTellError: a kept list does not verify.
        RuleError: it was not confirmed, a node did not answer, or nodes keep different lists.
    """
    watch = watch or Watch()
    with ExitStack() as stack:
        places = [stack.enter_context(open_place(each, access)) for each in addresses]
        seen = [look(place, without=without) for place in places]
        kept = [
            _verified_kept(place, found, now, access.notice)
            for place, found in zip(places, seen, strict=True)
        ]
        if not confirmed:
            raise RuleError("restore-unconfirmed", rule=8)
        done = on_each(
            (expected, partial(place.restore, expected, watch=watch))
            for place, expected in zip(places, kept, strict=True)
        )
        for found, expected in zip(seen, kept, strict=True):
            done += _held_already(found, expected)
            done += left_out(found)
    return _done(done, "restored")


def _done(published: Sequence[Published], what: str) -> Done:
    log_published(published, what)
    return Done(tuple(published), failure(published, _PARTLY[what]))


def _held_already(found: Look, restored: Collection[str]) -> list[Published]:
    """Return the nodes that need no restoring, as done."""
    return [
        Published(
            item.node,
            item.present,
            changed=False,
            kept=item.kept.name if item.kept is not None else None,
        )
        for item in found.states
        if item.node not in restored
    ]


def _verified_kept(
    place: Place, found: Look, now: int, tell: Callable[[Message], None]
) -> dict[str, bytes]:
    """Return the kept list, which verifies, of each node to restore; tell what phones would say."""
    file = _kept_by_all(found)
    verified = verified_list(file.data, file.name, now)
    facts = place.facts() if isinstance(place, Cluster) else None
    require_mode(facts, verified)
    _tell_phones(ground_of(place, found, now, facts=facts), verified, now, tell)
    return {
        item.node: file.data
        for item in found.states
        if item.kept is not None and item.kept.data == file.data
    }


def _kept_by_all(found: Look) -> NodeFile:
    """Return the one list that each node keeps, or else holds.

    Raises:
        InputError: a node keeps nothing.
        RuleError: there is no such list, or there are two: half of the nodes were restored before.
    """
    kept = {item.kept.data: item.kept for item in found.states if item.kept is not None}
    fitting = [data for data in kept if all(data in _files(item) for item in found.states)]
    if len(fitting) == 1:
        return kept[fitting[0]]
    for item in found.states:
        if item.kept is None:
            raise InputError("place-nothing-kept", file=item.node)
    held = ", ".join(f"{item.node} {item.kept.sha1[:8]}" for item in found.states if item.kept)
    raise RuleError("kept-differ", rule=11, held=held)


def _files(state: NodeState) -> set[bytes]:
    return {file.data for file in (state.present, state.kept) if file is not None}


def _tell_phones(
    ground: Ground, kept: VerifiedList, now: int, tell: Callable[[Message], None]
) -> None:
    """Tell what phones would do with a kept list that took the one in force meanwhile."""
    new = NewList.of(kept)
    judgement = ground.judged(new, PhoneFacts().classes(), now)
    for message in lockout_remarks(ground.olds, judgement.classes):
        values = {name: message.values[name] for name in ("phones", "reason")}
        tell(Message("restore-phones", values, message.severity))
    for message in ground.about_servers(kept):
        tell(replace(message, severity=Severity.AMBER))


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
    return _done(done, "deleted")


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
    return _done(published, "restarted")
