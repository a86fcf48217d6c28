"""The nodes of a place: looked at together, written together, judged together.

Rules:

* Before the first byte is written every node has answered, or its absence was confirmed by name
  (rule 11). A node that was left out is not written to, and is told as not done. A node whose key
  or whose login is wrong is not absent: that is an error of its own, whatever was confirmed.
* What every node answered is what is written over: a node whose file changed since is refused by
  the place itself.
* Where no node at all could be done, that is the node's own error; where some could, it is a
  partial success, told node by node. Nodes that are done are not rolled back.

Source: docs/rules.md, every node.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

from ctlkit.errors import (
    CtlkitError,
    HostKeyError,
    LoginError,
    NetworkError,
    PartialError,
    RuleError,
)
from ctlkit.log import log
from ctlkit.place import LIST_NAME, NodeFile, NodeState, Place, Published, Watch

__all__ = [
    "Look",
    "failure",
    "left_out",
    "log_published",
    "look",
    "look_at_any",
    "nodes_differ",
    "on_each",
]


@dataclass(frozen=True, slots=True)
class Look:
    """What the nodes of a place held when they were looked at.

    Attributes:
        states: of the nodes that answered.
        absent: of those that did not, and whose absence was confirmed or does no harm.
    """

    states: tuple[NodeState, ...]
    absent: tuple[NodeState, ...] = ()

    @property
    def expected(self) -> dict[str, bytes | None]:
        """Node -> the bytes that were seen there."""
        return {item.node: item.present.data if item.present else None for item in self.states}

    def present(self, publisher: str | None = None) -> NodeFile | None:
        """Return the list in force, None where there is none; an empty file is no list.

        Args:
            publisher: the node whose word counts alone, where a place has one that answered: in
                mixed mode a list is deleted there only, and the others keep theirs until the next.

        Raises:
            RuleError: nodes hold different lists.
        """
        states = [item for item in self.states if item.node == publisher] or self.states
        if len({item.present.data for item in states if item.present and item.present.data}) > 1:
            raise nodes_differ(self.states)
        found = [item.present for item in states if item.present and item.present.data]
        return found[0] if found else None


def look(
    place: Place,
    *,
    name: str = LIST_NAME,
    without: Collection[str] = (),
    watch: Watch | None = None,
) -> Look:
    """Ask every node what it holds.

    Args:
        place: whose nodes.
        name: the file's name there.
        without: names of nodes that may be missing.
        watch: progress and cancelling.

    Raises:
        RuleError: some nodes did not answer, and nobody confirmed that.
        CtlkitError: none answered, or one answered that it cannot be read.
    """
    good, bad = _answered(place, name, watch)
    missing = [item for item in bad if item.node not in without]
    if missing and not good and missing[0].error is not None:
        raise missing[0].error
    if missing:
        raise RuleError(
            "nodes-missing",
            rule=11,
            nodes=", ".join(item.node for item in missing),
            reason=missing[0].error,
        )
    if not good:
        raise RuleError("nodes-none", rule=11, place=place.url, reason=bad[0].error)
    return Look(good, bad)


def look_at_any(place: Place, *, name: str = LIST_NAME) -> Look:
    """Ask every node what it holds, to write nothing: one that does not answer is left out.

    Args:
        place: whose nodes.
        name: the file's name there.

    Raises:
        CtlkitError: none answered, or one answered that it cannot be read.
    """
    good, bad = _answered(place, name, None)
    if not good and bad and bad[0].error is not None:
        raise bad[0].error
    return Look(good, bad)


def _answered(
    place: Place, name: str, watch: Watch | None
) -> tuple[tuple[NodeState, ...], tuple[NodeState, ...]]:
    """Return what nodes answered, and those that did not.

    Raises:
        CtlkitError: one answered that it cannot be read.
    """
    states = place.state(name, watch or Watch())
    good = tuple(item for item in states if item.error is None)
    bad = tuple(item for item in states if item.error is not None)
    for item in bad:
        if item.error is not None and not _is_absent(item.error):
            raise item.error
    return good, bad


def _is_absent(error: CtlkitError) -> bool:
    return isinstance(error, NetworkError) and not isinstance(error, HostKeyError | LoginError)


def left_out(found: Look) -> tuple[Published, ...]:
    """Return the nodes whose absence was confirmed, as not done."""
    return tuple(
        Published(item.node, None, changed=False, kept=None, error=item.error)
        for item in found.absent
    )


def on_each(
    works: Iterable[tuple[Iterable[str], Callable[[], Sequence[Published]]]],
) -> list[Published]:
    """Do the work of one place after the other, and lose nothing of what was done.

    Args:
        works: for each place the names of its nodes and the work.

    Raises:
        CtlkitError: a place refused as a whole, and nothing was changed before.
    """
    done: list[Published] = []
    for nodes, work in works:
        try:
            done += work()
        except CtlkitError as error:
            if not any(item.changed for item in done):
                raise
            done += [Published(node, None, changed=False, kept=None, error=error) for node in nodes]
    return done


def nodes_differ(states: Sequence[NodeState]) -> RuleError:
    """Return the error for nodes that hold different lists."""
    held = ", ".join(
        f"{item.node} {item.present.sha1[:8] if item.present else 'none'}" for item in states
    )
    return RuleError("nodes-differ", rule=11, held=held)


def failure(published: Sequence[Published], partly: str = "nodes-partly") -> CtlkitError | None:
    """Return what went wrong as a whole: None, a node's own error, or a partial success.

    Args:
        published: what was done on each node.
        partly: the code of a partial success, whose advice depends on what was to be done.
    """
    failed = [item for item in published if item.error is not None]
    if not failed:
        return None
    first = failed[0].error
    if first is not None and len(failed) == len(published):
        return first
    return PartialError(
        partly,
        done=len(published) - len(failed),
        count=len(published),
        nodes=", ".join(item.node for item in failed),
        reason=first,
    )


def log_published(published: Sequence[Published], what: str) -> None:
    """Keep in the log what was done on each node."""
    for item in published:
        if item.error is not None:
            log().warning("%s: not %s: %s", item.node, what, item.error)
        elif item.present is not None:
            state = what if item.changed else "not touched"
            log().info("%s: %s, sha1 %s", item.node, state, item.present.sha1)
        else:
            log().info("%s: %s", item.node, what if item.changed else "not touched")
