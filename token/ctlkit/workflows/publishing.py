"""Putting a list that is signed already on the nodes of places.

Rules:

* Nothing is published before its signature was checked; a list for chosen phones
  (``CTLSEP<MAC>.tlv``) likewise.
* The list and the cluster's mode must agree, where the cluster has a voice (rule 5).
* A list whose signer the present one does not hold asks for its own consent (rule 2); one that
  drops every signer which the phones know, or ITLRecovery or CallManager, or that some phones do
  not accept, for that of a lock-out (rule 9).
* What the cluster's release does with such a list is told.
* An entry whose server uses another certificate asks for its own consent (rule 4), where the
  cluster says which it uses.
* Every node answers before the first byte is written. A node that holds the list already is not
  touched, so that a cut run is finished by repeating it.

Source: docs/rules.md.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from ctlkit.acceptance import Judgement, NewList, in_one_word, review
from ctlkit.codec import MAX_LIST, PHONE_LIMIT
from ctlkit.edit import LOCKOUT_WORD, Consent, require_consent, unconfirmed
from ctlkit.errors import CtlkitError, RuleError, UsageError
from ctlkit.files import read_file
from ctlkit.messages import Message, Severity
from ctlkit.place import (
    LIST_NAME,
    Access,
    Cluster,
    ClusterFacts,
    Place,
    Published,
    Watch,
    open_place,
)
from ctlkit.verify import VerifiedList
from ctlkit.workflows.clusters import mode_message
from ctlkit.workflows.grounds import Ground, PhoneFacts, ground_of, held_of
from ctlkit.workflows.nodes import Look, failure, left_out, log_published, look, on_each
from ctlkit.workflows.reading import verified_list

__all__ = [
    "Publication",
    "Target",
    "phone_file",
    "prepare_publication",
    "publish",
    "require_mode",
]

_NOTHING_TOLD = PhoneFacts()
_MAC = re.compile(r"[0-9A-F]{12}")


@dataclass(frozen=True, slots=True)
class Target:
    """One file on one node: what would become of it.

    Attributes:
        name: the file's name there.
        held: whether the node holds these bytes already.
        error: why the node is left out; None where it answered.
    """

    node: str
    name: str
    held: bool
    error: CtlkitError | None = None


@dataclass(frozen=True, slots=True)
class Publication:
    """A list, where it would go, and what is to be said about it.

    Attributes:
        verified: the list.
        looks: place -> file name -> what its nodes held.
        messages: red ones need their own consent.
        judgements: what phones will do, for each of the looks; None where nothing is written.
    """

    verified: VerifiedList
    looks: tuple[tuple[Place, str, Look], ...]
    messages: tuple[Message, ...]
    judgements: tuple[Judgement | None, ...]

    @property
    def targets(self) -> tuple[Target, ...]:
        """Every file on every node, in the order of writing."""
        return tuple(self._targets())

    def _targets(self) -> Iterator[Target]:
        data = self.verified.list.raw
        for _place, name, found in self.looks:
            for node, present in found.expected.items():
                yield Target(node, name, present == data)
            for item in found.absent:
                yield Target(item.node, name, held=False, error=item.error)

    def unconfirmed(self, consent: Consent) -> list[Message]:
        """Return the red warnings that a consent does not cover."""
        return unconfirmed(self.messages, consent)

    def refusal(self, consent: Consent) -> RuleError | None:
        """Return why the list is not published with a consent; None where it covers all."""
        try:
            require_consent(self.messages, consent)
        except RuleError as error:
            return error
        return None


def phone_file(mac: str) -> str:
    """Return the name of a phone's own list, ``CTLSEP<MAC>.tlv``.

    Raises:
        UsageError: it is no MAC address.
    """
    bare = re.sub(r"[:.\s-]", "", mac).upper().removeprefix("SEP")
    if not _MAC.fullmatch(bare):
        raise UsageError("phone-mac", text=mac)
    return f"CTLSEP{bare}.tlv"


def prepare_publication(
    stack: ExitStack,
    addresses: Sequence[str],
    file: Path,
    access: Access,
    *,
    phones: Sequence[str] = (),
    without: Collection[str] = (),
    told: PhoneFacts = _NOTHING_TOLD,
    now: int,
    watch: Watch | None = None,
) -> Publication:
    """Read the list and every node; nothing is written.

    Args:
        stack: holds the places open until the caller is done with them.
        addresses: the places.
        file: the signed list.
        access: how places are reached.
        phones: MAC addresses: the list goes to these phones alone, under their own names.
        without: names of nodes that may be missing.
        told: what a person said of all phones.
        now: seconds since 1970, UTC.
        watch: progress and cancelling.

    Raises:
        InputError: it is no list.
        TrustError, CannotTellError: its signature is not right, or a rule forbids it.
        NetworkError, PlaceError: no node answers.
    """
    verified = verified_list(read_file(file, MAX_LIST).data, str(file), now)
    inside = verified.list.header.filename
    if inside.upper().startswith("ITL"):
        raise RuleError("publish-not-ctl", rule=0, file=file, name=inside)
    size = len(verified.list.raw)
    if size > PHONE_LIMIT:
        raise RuleError("list-over-phone-limit", rule=0, size=size, limit=PHONE_LIMIT)
    names = [phone_file(mac) for mac in phones] or [LIST_NAME]
    looks: list[tuple[Place, str, Look]] = []
    messages: list[Message] = [Message("phone-copies")] if phones else []
    judgements: list[Judgement | None] = []
    for address in addresses:
        place = stack.enter_context(open_place(address, access))
        if not place.writable:
            raise UsageError("place-read-only", place=address)
        found = look(place, without=without, watch=watch)
        facts = place.facts() if isinstance(place, Cluster) else None
        require_mode(facts, verified)
        ground = ground_of(place, found, now, new=verified.list.raw, facts=facts)
        for name in names:
            own = found if name == LIST_NAME else look(place, name=name, without=without)
            looks.append((place, name, own))
            said, judgement = _judged(ground.joined(told.ground()), found, own, verified, told, now)
            messages += said
            judgements.append(judgement)
    return Publication(verified, tuple(looks), in_one_word(_once(messages)), tuple(judgements))


def publish(
    publication: Publication, consent: Consent, watch: Watch | None = None
) -> tuple[tuple[Published, ...], CtlkitError | None]:
    """Put the list on the nodes and return what each holds now, and what went wrong as a whole.

    Raises:
        RuleError: something red was not confirmed.
        CancelledError: it was cancelled before the first byte.
    """
    require_consent(publication.messages, consent)
    data = publication.verified.list.raw
    done = on_each(
        (
            found.expected,
            partial(place.publish, data, found.expected, name=name, watch=watch or Watch()),
        )
        for place, name, found in publication.looks
    )
    for _place, _name, found in publication.looks:
        done += left_out(found)
    log_published(done, "written")
    return tuple(done), failure(done)


def require_mode(facts: ClusterFacts | None, verified: VerifiedList) -> None:
    """Refuse a list that says another mode than its cluster, where that has a voice (rule 5).

    Raises:
        RuleError: they disagree.
    """
    disagrees = mode_message(facts, verified) if facts else None
    if disagrees is not None:
        values = disagrees.values
        raise RuleError(disagrees.code, rule=5, mode=values["mode"], says=values["says"])


def _judged(
    ground: Ground,
    common: Look,
    own: Look,
    verified: VerifiedList,
    told: PhoneFacts,
    now: int,
) -> tuple[list[Message], Judgement | None]:
    """Judge a list against what phones of a place may hold (rule 9), and say what is to be said.

    Args:
        ground: what is known of the place.
        common: what its nodes hold for all phones.
        own: what they hold under the name that the list goes to.
        verified: the list.
        told: what a person said of the phones.
        now: seconds since 1970, UTC.
    """
    new = verified.list.raw
    if {new} == set(own.expected.values()):
        return [], None  # a repeated run, which writes nothing
    if own is not common:
        ground = _of_chosen_phones(ground, common, own, now)
    judgement = ground.judged(NewList.of(verified), told.classes(), now)
    olds = [old for old in ground.olds if not (old.verified and old.verified.list.raw == new)]
    return [
        *_unverified([*common.expected.values(), *own.expected.values()], now),
        *review(NewList.of(verified), olds, now),
        *ground.about_clusters(verified),
        *ground.about_phones(judgement),
    ], judgement


def _of_chosen_phones(ground: Ground, common: Look, own: Look, now: int) -> Ground:
    """Return what phones with a list of their own may hold, whose trust service has the common one.

    A phone took its own list, where there is one, or else the one for all.
    """
    held = held_of([(item.node, item.present) for item in own.states], now)
    listed = held_of([(item.node, item.present) for item in common.states], now)
    records = tuple(item.verified.list.records for item in listed if item.verified)
    service = replace(ground.service, listed=records[0] if records else ())
    return replace(ground, olds=(*held, *ground.olds), service=service)


def _unverified(files: Iterable[bytes | None], now: int) -> Iterator[Message]:
    """Yield a warning for each list in force that does not verify."""
    for data in dict.fromkeys(files):
        if not data:
            continue
        try:
            verified_list(data, "", now)
        except CtlkitError as error:
            values = {"reason": error, "word": LOCKOUT_WORD, "rule": 9}
            yield Message("present-unverified", values, Severity.RED)


def _once(messages: Sequence[Message]) -> list[Message]:
    found: list[Message] = []
    for message in messages:
        if message not in found:
            found.append(message)
    return found
