"""Putting a list that is signed already on the nodes of places.

Rules:

* Nothing is published before its signature was checked; a list for chosen phones
  (``CTLSEP<MAC>.tlv``) likewise.
* The list and the cluster's mode must agree, where the cluster has a voice (rule 5).
* A list whose signer the present one does not hold asks for its own consent (rule 2); one that
  drops every signer which the phones know, or ITLRecovery or CallManager, for that of a lock-out
  (rule 9).
* Every node answers before the first byte is written. A node that holds the list already is not
  touched, so that a cut run is finished by repeating it.

Source: docs/rules.md.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from ctlkit.codec import MAX_LIST, PHONE_LIMIT
from ctlkit.edit import (
    LOCKOUT_WORD,
    Consent,
    holds_same,
    is_server_sast,
    mode_of,
    require_consent,
    unconfirmed,
)
from ctlkit.errors import CtlkitError, RuleError, UntrustedError, UsageError
from ctlkit.files import read_file
from ctlkit.messages import Message, Severity
from ctlkit.place import LIST_NAME, Access, Cluster, Place, Published, Watch, open_place
from ctlkit.trustlist import Record, text_of
from ctlkit.verify import VerifiedList, require_successor
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
    """

    verified: VerifiedList
    looks: tuple[tuple[Place, str, Look], ...]
    messages: tuple[Message, ...]

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
    for address in addresses:
        place = stack.enter_context(open_place(address, access))
        if not place.writable:
            raise UsageError("place-read-only", place=address)
        found = look(place, without=without, watch=watch)
        require_mode(place, verified)
        messages += _messages(verified, found, now)
        looks += [
            (place, name, found if name == LIST_NAME else look(place, name=name, without=without))
            for name in names
        ]
    return Publication(verified, tuple(looks), tuple(_once(messages)))


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


def require_mode(place: Place, verified: VerifiedList) -> None:
    """Refuse a list that says another mode than its cluster, where that has a voice (rule 5).

    Raises:
        RuleError: they disagree.
        NetworkError, PlaceError: the cluster does not answer.
    """
    if not isinstance(place, Cluster):
        return
    says, mode = mode_of(verified.list.records), place.facts().mode
    if says is not mode:
        raise RuleError("mode-disagrees", rule=5, mode=mode.value, says=says.value)


def _messages(verified: VerifiedList, found: Look, now: int) -> list[Message]:
    """Return what is to be said of the list against each different one that nodes hold."""
    said: list[Message] = []
    for data in {data for data in found.expected.values() if data}:
        if data == verified.list.raw:
            continue
        try:
            present = verified_list(data, "", now)
        except CtlkitError as error:
            values = {"reason": error, "word": LOCKOUT_WORD, "rule": 9}
            said.append(Message("present-unverified", values, Severity.RED))
            continue
        said += _against(verified, present)
    return said


def _against(new: VerifiedList, present: VerifiedList) -> Iterator[Message]:
    try:
        require_successor(new, present)
    except UntrustedError:
        known = ", ".join(text_of(record.subject) for record in _sast(present))
        values = {"title": text_of(new.list.header.signer_name), "known": known, "rule": 2}
        yield Message("signer-new", values, Severity.RED)
    kept = [record for record in _sast(present) if _is_in(record, new)]
    if not kept:
        yield Message("signers-vanish", {"word": LOCKOUT_WORD, "rule": 9}, Severity.RED)
    for record in _sast(present):
        if is_server_sast(record, list(present.list.records)) and not _is_in(record, new):
            values = {"subject": text_of(record.subject), "word": LOCKOUT_WORD, "rule": 3}
            yield Message("server-sast-lost", values, Severity.RED)
    if (new.list.header.timestamp or 0) < (present.list.header.timestamp or 0):
        yield Message("timestamp-older")


def _sast(value: VerifiedList) -> list[Record]:
    return [record for record in value.list.records if record.is_sast]


def _is_in(record: Record, value: VerifiedList) -> bool:
    return any(holds_same(record, other) for other in _sast(value))


def _once(messages: Sequence[Message]) -> list[Message]:
    found: list[Message] = []
    for message in messages:
        if message not in found:
            found.append(message)
    return found
