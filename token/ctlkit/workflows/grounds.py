"""What a new list is judged against: lists that phones may hold, stores, and phones.

Rules:

* Of a place every list in force counts, on whichever node; where none is in force, or the new one
  is already, the kept ones, which phones may still hold. Which list phones had before the new one
  was in force a cluster does not tell: that is a list not at hand, unless a person names it, or
  another node has still in force what the publisher keeps: then a run was cut between the two.
* A list in force that does not verify may be held all the same: what it knows cannot be told. So
  it is where a cluster is in mixed mode, whose phones hold a list, and none is at hand; or where
  its publisher, which alone tells mode and stores, did not answer.
* A cluster's own command line tells the stores of its trust service as a whole, its nodes serve
  the ITL files that phones have.
* What a person says of phones and stores is added to what a place says.

Source: docs/phones.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from ctlkit.acceptance import (
    MAX_MODELS_FILE,
    MAX_PHONES_FILE,
    HeldList,
    Judgement,
    NewList,
    PhoneClass,
    Stored,
    TrustService,
    default_classes,
    judge,
    lockout_remarks,
    phone_remarks,
    read_models,
    read_phones,
    shipped_models,
)
from ctlkit.certificate import Certificate
from ctlkit.edit import Mode
from ctlkit.errors import CtlkitError, InputError
from ctlkit.files import read_file
from ctlkit.log import log
from ctlkit.messages import Message, Severity
from ctlkit.place import (
    ITL_NAME,
    LIST_NAME,
    OLD_NAME,
    Cluster,
    ClusterFacts,
    NodeFile,
    NodeState,
    Place,
)
from ctlkit.verify import VerifiedList
from ctlkit.workflows.clusters import mode_message, release_messages, stale_messages
from ctlkit.workflows.making import load_certificate
from ctlkit.workflows.nodes import Look
from ctlkit.workflows.reading import verified_list

__all__ = ["Ground", "PhoneFacts", "ground_of", "held_of"]


@dataclass(frozen=True, slots=True)
class PhoneFacts:
    """What a person said of the phones, and of what their trust service has.

    Attributes:
        phones: a CSV of models and numbers; None: every class that there may be.
        stores: certificates (DER or PEM) in the trust service's stores.
        models: the person's own table of models.
    """

    phones: Path | None = None
    stores: tuple[Path, ...] = ()
    models: Path | None = None

    def classes(self) -> tuple[PhoneClass, ...]:
        """Return the classes of phones to judge.

        Raises:
            InputError: a file cannot be read, or the CSV is none.
            ConfigurationError: the table of models is wrong.
        """
        known = shipped_models()
        if self.models is not None:
            own = read_models(read_file(self.models, MAX_MODELS_FILE).data, str(self.models))
            known = known.over(own)
        if self.phones is None:
            return default_classes(known)
        data = read_file(self.phones, MAX_PHONES_FILE).data
        return read_phones(data, str(self.phones), known)

    def ground(self) -> Ground:
        """Return what is known of the stores.

        Raises:
            InputError: a file cannot be read, or is no certificate.
        """
        stored = tuple(Stored(load_certificate(path)) for path in self.stores)
        return Ground(service=TrustService(stored))


@dataclass(frozen=True, slots=True)
class Ground:
    """What a new list is judged against.

    Attributes:
        olds: every CTL that phones may hold.
        itls: every ITL that they may hold.
        service: what is known of the trust service's stores.
        clusters: what the clusters said that were asked.
    """

    olds: tuple[HeldList, ...] = ()
    itls: tuple[HeldList, ...] = ()
    service: TrustService = field(default_factory=TrustService)
    clusters: tuple[ClusterFacts, ...] = ()

    def joined(self, other: Ground) -> Ground:
        """Return both together."""
        stored = (*self.service.stored, *other.service.stored)
        return Ground(
            (*self.olds, *other.olds),
            (*self.itls, *other.itls),
            replace(
                self.service,
                stored=stored,
                complete=self.service.complete or other.service.complete,
                listed=self.service.listed or other.service.listed,
                everywhere=self.service.everywhere and other.service.everywhere,
            ),
            (*self.clusters, *other.clusters),
        )

    def judged(self, new: NewList, phones: Sequence[PhoneClass], now: int) -> Judgement:
        """Judge a new list by it; ``now`` is seconds since 1970, UTC."""
        return judge(new, self.olds, phones, itls=self.itls, service=self.service, now=now)

    def about_servers(self, new: VerifiedList) -> Iterator[Message]:
        """Yield what of a new list does not fit the certificates that its servers use (rule 4)."""
        for facts in self.clusters:
            yield from stale_messages(facts, new)

    def about_clusters(self, new: VerifiedList) -> Iterator[Message]:
        """Yield what is to be said of the clusters before a signed list is published there.

        Their servers (rule 4), what their release does, and a mode that disagrees (rule 5): that
        is an error, since nobody can confirm it.
        """
        for facts in self.clusters:
            disagrees = mode_message(facts, new)
            if disagrees is not None:
                yield disagrees
        yield from self.about_servers(new)
        for facts in self.clusters:
            yield from release_messages(facts, new)

    def about_phones(self, judgement: Judgement) -> Iterator[Message]:
        """Yield what is to be said of phones before a list is signed or written.

        That some may be switched off is always true, and is left out where nobody counted them.
        """
        yield from lockout_remarks(self.olds, judgement.classes)
        for message in phone_remarks(judgement.classes):
            if message.severity is not Severity.NOTE:
                yield message


def ground_of(
    place: Place,
    found: Look,
    now: int,
    *,
    new: bytes | None = None,
    facts: ClusterFacts | None = None,
) -> Ground:
    """Return what is known of a place, for a judgement.

    Args:
        place: still open.
        found: what its nodes hold.
        now: seconds since 1970, UTC.
        new: the bytes of the new list; where a node holds these already, phones may still hold
            the kept one.
        facts: what its cluster said, where it was asked already.
    """
    everywhere = not found.absent
    if not isinstance(place, Cluster):
        olds = _held(found, None, new, now)
        return Ground(olds, service=TrustService(everywhere=everywhere))
    publisher = place.nodes[0]
    if facts is None and publisher not in {item.node for item in found.absent}:
        facts = place.facts()
    olds = _held(found, publisher, new, now)
    if not olds and (facts is None or facts.mode is Mode.MIXED):
        olds = (HeldList(f"{publisher}: {LIST_NAME}", None),)
    itls = [(item.node, item.present) for item in place.state(ITL_NAME) if item.error is None]
    if facts is None:
        return Ground(olds, held_of(itls, now), TrustService(everywhere=everywhere))
    service = TrustService(tuple(_stored(facts)), complete=True, everywhere=everywhere)
    return Ground(olds, held_of(itls, now), service, (facts,))


def _held(found: Look, publisher: str | None, new: bytes | None, now: int) -> tuple[HeldList, ...]:
    """Return the lists that phones may hold: those in force, where there is none the kept ones.

    Where the new one is in force already phones hold what was there before. That is the kept one
    where nobody but ctlkit writes; a cluster's own commands keep nothing.
    """
    states = [item for item in found.states if item.node == publisher] or found.states
    deciding = [item.present.data for item in states if item.present and item.present.data]
    alone = len(found.states) == 1 and publisher is None
    names = {item.node: "" if alone else item.node for item in found.states}
    olds = held_of([(names[item.node], item.present) for item in found.states], now)
    if any(data != new for data in deciding) or (deciding and _was_cut(states, found)):
        return olds
    kept = held_of([(names[item.node], item.kept) for item in found.states], now)
    seen = [old.verified.list.raw for old in olds if old.verified]
    before = [old for old in kept if old.verified and old.verified.list.raw not in seen]
    if deciding and (publisher is not None or not before):
        title = f"{names[states[0].node]}: {OLD_NAME}".removeprefix(": ")
        before.append(HeldList(title, None))
    return (*olds, *before)


def _was_cut(done: Sequence[NodeState], found: Look) -> bool:
    """Whether each node that has the new list keeps one that is in force on another node."""
    others = {item.present.data for item in found.states if item.present and item not in done}
    return all(item.kept is not None and item.kept.data in others for item in done)


def held_of(files: Iterable[tuple[str, NodeFile | None]], now: int) -> tuple[HeldList, ...]:
    """Return each different list once; what one knows that does not verify cannot be told.

    Args:
        files: the node, empty for a file of this computer, and the file; an empty one is no list.
        now: seconds since 1970, UTC.
    """
    different: dict[bytes, str] = {}
    for node, file in files:
        if file is not None and file.data:
            different.setdefault(file.data, f"{node}: {file.name}" if node else file.name)
    return tuple(_held_list(title, data, now) for data, title in different.items())


def _held_list(title: str, data: bytes, now: int) -> HeldList:
    try:
        return HeldList(title, verified_list(data, title, now))
    except CtlkitError as error:
        log().info("%s: cannot be verified, %s", title, error)
        return HeldList(title, None)


def _stored(facts: ClusterFacts) -> Iterator[Stored]:
    for item in facts.certificates:
        try:
            yield Stored(Certificate.from_der(item.der), item.store)
        except InputError as error:
            log().info("%s of %s: left out, %s", item.store, item.server, error)
