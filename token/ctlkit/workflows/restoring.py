"""Putting the lists that places keep in force again.

Rules:

* A list that is put back has to verify first, like any that is published.
* Restoring leaves one list on all nodes of a place. A node that holds it already, while it keeps
  another, is not touched: in mixed mode a list is deleted on the publisher alone.
* A place that does not see phones cannot know whether one took the present list: restoring is
  always confirmed expressly, after it was said what such phones do with the kept one (rule 8).
* What reached only some of the nodes is finished with the list that was put back, never by a swap
  of all: nodes that hold it are not touched, and what the others hold becomes their kept list.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial

from ctlkit.acceptance import ClassVerdict, NewList, lockout_remarks
from ctlkit.errors import InputError, PlaceError, RuleError
from ctlkit.messages import Message, Severity
from ctlkit.place import Access, Cluster, NodeFile, NodeState, Place, Published, Watch, open_place
from ctlkit.verify import VerifiedList
from ctlkit.workflows.grounds import Ground, PhoneFacts, ground_of
from ctlkit.workflows.nodes import Look, left_out, look, on_each
from ctlkit.workflows.places import Done, outcome
from ctlkit.workflows.publishing import require_mode
from ctlkit.workflows.reading import verified_list

__all__ = ["Restoration", "prepare_restore", "put_back", "put_back_rest", "restore"]

_NOTHING_TOLD = PhoneFacts()


@dataclass(frozen=True, slots=True)
class Restoration:
    """The kept list of a place, and what is to be said before it is put back.

    Attributes:
        verified: the list.
        look: what the nodes held.
        messages: what phones that took the present list would do, and servers; red where phones
            would not take the kept one, with the word that confirms it.
        verdicts: what phones would do, class by class.
    """

    verified: VerifiedList
    look: Look
    messages: tuple[Message, ...]
    verdicts: tuple[ClassVerdict, ...]

    @property
    def expected(self) -> dict[str, bytes]:
        """Node -> its kept list, of the nodes whose files are swapped."""
        data = self.verified.list.raw
        return {
            item.node: data
            for item in self.look.states
            if item.kept is not None and item.kept.data == data
        }


def prepare_restore(
    place: Place,
    *,
    now: int,
    without: Collection[str] = (),
    told: PhoneFacts = _NOTHING_TOLD,
) -> Restoration:
    """Read every node and verify the list that they keep; nothing is written.

    Args:
        place: whose nodes.
        now: seconds since 1970, UTC.
        without: names of nodes that may be missing.
        told: what a person said of the phones.

    Raises:
        InputError: nothing is kept, or it is no list; or what was told cannot be read.
        TrustError, CannotTellError: the kept list does not verify.
        RuleError: a node did not answer, nodes keep different lists, or the mode disagrees.
    """
    found = look(place, without=without)
    file = _kept_by_all(found)
    verified = verified_list(file.data, file.name, now)
    facts = place.facts() if isinstance(place, Cluster) else None
    require_mode(facts, verified)
    ground = ground_of(place, found, now, facts=facts).joined(told.ground())
    verdicts = ground.judged(NewList.of(verified), told.classes(), now).classes
    return Restoration(verified, found, _messages(ground, verified, verdicts), verdicts)


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
    with ExitStack() as stack:
        places = [stack.enter_context(open_place(each, access)) for each in addresses]
        ready = [(place, prepare_restore(place, now=now, without=without)) for place in places]
        for _place, restoration in ready:
            for message in restoration.messages:
                access.notice(message)
        if not confirmed:
            raise RuleError("restore-unconfirmed", rule=8)
        return put_back(ready, watch)


def put_back(
    ready: Sequence[tuple[Place, Restoration]],
    watch: Watch | None = None,
) -> Done:
    """Swap the present and the kept lists of places; whoever calls it has had it confirmed.

    Raises:
        CtlkitError: a place refused as a whole, and nothing was changed before.
    """
    watch = watch or Watch()
    done = on_each(
        (made.expected, partial(place.restore, made.expected, watch=watch)) for place, made in ready
    )
    for _place, made in ready:
        done += _held_already(made.look, made.expected)
        done += left_out(made.look)
    return outcome(done, "restored")


def put_back_rest(
    place: Place, restoration: Restoration, done: Done, watch: Watch | None = None
) -> Done:
    """Put the restored list on the nodes that were not done; the others are not asked for it.

    A node must hold one of the lists that were seen before, or none. One that still keeps the list
    has its files swapped, which also finishes a swap that was cut; to any other it is written.

    Args:
        place: that of the restoration.
        restoration: what was put back.
        done: what :func:`put_back`, or this function, returned.
        watch: progress and cancelling.

    Raises:
        NetworkError, PlaceError: the place refused as a whole.
        CancelledError: nothing was written yet.
    """
    watch = watch or Watch()
    data = restoration.verified.list.raw
    seen = {data, *restoration.look.expected.values()}
    every = {item.node: item for item in done.published}
    states = {item.node: item for item in place.state(watch=watch)}
    swapped: dict[str, bytes] = {}
    written: dict[str, bytes | None] = {}
    for node in [item.node for item in done.published if item.error is not None]:
        state = states[node]
        now = state.present.data if state.present else None
        if state.error is not None or (now and now not in seen):
            error = state.error or PlaceError("place-changed", file=node)
            every[node] = Published(node, state.present, changed=False, kept=None, error=error)
        elif state.kept is not None and state.kept.data == data:
            swapped[node] = data
        else:
            written[node] = now
    now_done = on_each(
        (nodes, work)
        for nodes, work in (
            (tuple(swapped), partial(place.restore, swapped, watch=watch)),
            (tuple(written), partial(place.publish, data, written, watch=watch)),
        )
        if nodes
    )
    every |= {item.node: item for item in now_done}
    return outcome(tuple(every.values()), "restored")


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


def _messages(
    ground: Ground, kept: VerifiedList, verdicts: Sequence[ClassVerdict]
) -> tuple[Message, ...]:
    """Return what phones would do with a kept list that took the one in force meanwhile."""
    phones = [
        Message("restore-phones", message.values, message.severity)
        for message in lockout_remarks(ground.olds, verdicts)
    ]
    servers = [replace(item, severity=Severity.AMBER) for item in ground.about_servers(kept)]
    return (*phones, *servers)
