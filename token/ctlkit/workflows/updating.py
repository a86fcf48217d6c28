"""Changing the list of a place: the CTL Client's job, in two steps.

Rules:

* :func:`prepare` reads and decides, and writes nothing; :func:`finish` signs, verifies and
  publishes what was prepared, and only if what is red was confirmed.
* The present list has to verify before anything is built on it, and the new one before it is
  published; a list whose signer the present one does not hold goes out only with the consent to
  a new signer.
* Before anything is signed it is said which phones will accept the new list; where some that hold
  a list will not, or that cannot be told, only an express consent lets it pass (rule 9).
* Where the cluster has a voice, its mode is read first and the certificates in use come from it.
  ``Set Cluster to ...`` is run by :func:`finish`, once the token let us in and before the
  signature. The present list stays the one from before, because that is what phones hold; of the
  list that the server itself wrote meanwhile only its own signers are taken (rule 5).

Source: docs/rules.md.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from ctlkit.acceptance import Judgement, NewList, in_one_word
from ctlkit.edit import (
    Change,
    Consent,
    Mode,
    Origin,
    Plan,
    Server,
    plan,
    require_consent,
    unconfirmed,
)
from ctlkit.errors import (
    CtlkitError,
    PlaceError,
    UsageError,
)
from ctlkit.files import write_file
from ctlkit.messages import Message
from ctlkit.place import Cluster, ClusterFacts, NodeFile, Place, Published, Watch
from ctlkit.profiles import Profile
from ctlkit.signing import sign
from ctlkit.trustlist import Digest
from ctlkit.verify import VerifiedList, require_successor
from ctlkit.workflows.assembling import (
    dialect_of,
    list_in_force,
    named_file,
    verified_present,
)
from ctlkit.workflows.clusters import (
    cluster_messages,
    cluster_servers,
    require_agreement,
    server_signers,
)
from ctlkit.workflows.grounds import Ground, PhoneFacts, ground_of, held_of
from ctlkit.workflows.keyring import Keyring
from ctlkit.workflows.nodes import Look, failure, left_out, log_published, look
from ctlkit.workflows.reading import verified_list
from ctlkit.workflows.servers import servers_of_itls

__all__ = ["Prepared", "UpdateRequest", "Updated", "finish", "finish_rest", "prepare"]

_NOTHING_TOLD = PhoneFacts()
_BY_HAND = "mode-changes"
"""Asks a person to set the cluster's mode, which is done or refused where it has a voice."""


@dataclass(frozen=True, slots=True)
class UpdateRequest:
    """What ``ctlkit update`` was asked for.

    Attributes:
        signer, tokens: names of tokens or PEM files.
        servers: given certificates.
        itls: ITL files with further certificates.
        present: the list that phones hold, where the nodes hold another: the one that was saved
            before the cluster's mode was set.
        without: names of nodes that may be missing.
        told: what a person said of the phones.
        profile: the dialect; None: that of the present list where it is Asterisk's, else
            ``ctl-client``.
        The rest as in :class:`ctlkit.edit.Change`.
    """

    signer: str
    timestamp: int
    now: int
    tokens: tuple[str, ...] = ()
    servers: tuple[Server, ...] = ()
    itls: tuple[Path, ...] = ()
    remove: tuple[str, ...] = ()
    present: Path | None = None
    without: frozenset[str] = frozenset()
    told: PhoneFacts = _NOTHING_TOLD
    mode: Mode | None = None
    default_mode: Mode = Mode.MIXED
    digest: Digest | None = None
    profile: Profile | None = None


@dataclass(frozen=True, slots=True)
class Prepared:
    """What would be signed and where it would go.

    Attributes:
        look: what the nodes held.
        signer: the signer's name as it was given.
        change: what the rules were asked.
        judgement: what phones will do with the new list.
        switch: the mode that the cluster is set to first, None where it stays.
    """

    place: Place
    look: Look
    signer: str
    change: Change
    plan: Plan
    messages: tuple[Message, ...]
    judgement: Judgement
    switch: Mode | None = None

    def unconfirmed(self, consent: Consent) -> list[Message]:
        """Return the red warnings that a consent does not cover."""
        return unconfirmed(self.messages, consent)

    def require(self, consent: Consent) -> None:
        """Refuse to go on while a red warning is not confirmed.

        Raises:
            RuleError: the first such warning.
        """
        require_consent(self.messages, consent)


@dataclass(frozen=True, slots=True)
class Updated:
    """The new list, what each node holds now, and what went wrong as a whole.

    Attributes:
        look: what the nodes held before it was written.
    """

    verified: VerifiedList
    published: tuple[Published, ...]
    error: CtlkitError | None
    look: Look


def prepare(
    request: UpdateRequest, keyring: Keyring, place: Place, watch: Watch | None = None
) -> Prepared:
    """Read the place and the tokens, and decide what the new list is; nothing is written.

    Raises:
        CtlkitError: what cannot be read, or is refused by a rule.
    """
    if not place.writable:
        raise UsageError("place-read-only", place=place.url)
    found = look(place, without=request.without, watch=watch)
    file = named_file(request.present) if request.present else list_in_force(place, found)
    present = verified_present(file, request.now) if file else None
    facts = place.facts() if isinstance(place, Cluster) else None
    of_cluster: tuple[Server, ...] = ()
    messages: tuple[Message, ...] = ()
    switch = None
    if facts is not None:
        require_agreement(facts, present, request.mode)
        switch = request.mode if request.mode not in (None, facts.mode) else None
        if switch is not None and isinstance(place, Cluster) and not place.has_hands:
            raise PlaceError("switch-needs-a-person", place=place.url)
        of_cluster = cluster_servers(facts, creating=present is None or switch is not None)
        messages = tuple(cluster_messages(facts, present, switch=switch))
    signer = keyring.entry(request.signer)
    fetched, remarks = servers_of_itls(request.itls, present, request.now)
    change = Change(
        present=present,
        signer=signer,
        tokens=tuple(keyring.entry(name) for name in request.tokens),
        servers=(*request.servers, *of_cluster, *fetched),
        remove=request.remove,
        mode=request.mode,
        default_mode=facts.mode if facts else request.default_mode,
        digest=request.digest,
        profile=request.profile or dialect_of(present),
        timestamp=request.timestamp,
        now=request.now,
    )
    decided = plan(change)
    said = [item for item in decided.messages if facts is None or item.code != _BY_HAND]
    ground = _ground(request, place, found, file, facts)
    new = NewList.of_draft(decided.draft)
    judgement = ground.judged(new, request.told.classes(), request.now)
    return Prepared(
        place=place,
        look=found,
        signer=request.signer,
        change=change,
        plan=decided,
        messages=in_one_word((*messages, *said, *remarks, *ground.about_phones(judgement))),
        judgement=judgement,
        switch=switch,
    )


def _ground(
    request: UpdateRequest,
    place: Place,
    found: Look,
    present: NodeFile | None,
    facts: ClusterFacts | None,
) -> Ground:
    """Return what phones may hold, and what their trust service is known to have."""
    ground = ground_of(place, found, request.now, facts=facts)
    if present is not None and request.present is not None:
        ground = replace(ground, olds=held_of([("", present)], request.now))
    itls = held_of([("", named_file(path)) for path in request.itls], request.now)
    return ground.joined(request.told.ground()).joined(Ground(itls=itls))


def finish(
    prepared: Prepared,
    keyring: Keyring,
    consent: Consent,
    now: int,
    *,
    tell: Callable[[Message], None] = lambda _message: None,
    watch: Watch | None = None,
) -> Updated:
    """Sign, verify and publish what was prepared.

    Args:
        prepared: what :func:`prepare` returned, its place still open.
        keyring: the tokens.
        consent: what a person confirmed.
        now: seconds since 1970, UTC.
        tell: is told at once when the cluster was set to another mode.
        watch: progress and cancelling.

    Raises:
        RuleError: something red was not confirmed.
        TokenError: the token said no; no list was written.
        NetworkError, PlaceError: the cluster or its nodes refused.
    """
    prepared.require(consent)
    with keyring.signer(prepared.signer, prepared.change.signer) as signer:
        if prepared.switch is not None:
            # Nothing is switched for a token that does not let us in or cannot sign.
            sign(prepared.plan.draft, signer)
            prepared = _switched(prepared, prepared.switch, now, tell)
        signed = sign(prepared.plan.draft, signer)
    verified = verified_list(signed.raw, prepared.place.url, now)
    present = prepared.change.present
    if present is not None and not consent.new_signer:
        require_successor(verified, present)
    published = prepared.place.publish(signed.raw, prepared.look.expected, watch=watch or Watch())
    published = (*published, *left_out(prepared.look))
    log_published(published, f"written, signed by {prepared.change.signer.title}")
    return Updated(verified, published, failure(published), prepared.look)


def finish_rest(prepared: Prepared, updated: Updated, *, watch: Watch | None = None) -> Updated:
    """Put the signed list on the nodes that were not done.

    What they held when the others were written is what is written over; a node that did not
    answer then must hold one of the lists that the others held, or none.

    Args:
        prepared: what was signed, its place still open.
        updated: what :func:`finish`, or this function, returned.
        watch: progress and cancelling.

    Raises:
        NetworkError, PlaceError: the place refused as a whole.
        CancelledError: nothing was written yet.
    """
    raw, held = updated.verified.list.raw, dict(updated.look.expected)
    left = [item.node for item in updated.published if item.error is not None]
    states = {item.node: item for item in prepared.place.state(watch=watch or Watch())}
    expected: dict[str, bytes | None] = {}
    done = {item.node: item for item in updated.published}
    for node in left:
        state = states[node]
        now = state.present.data if state.present else None
        if state.error is None and node not in held and now in (None, raw, *held.values()):
            held[node] = now
        if state.error is not None or node not in held:
            error = state.error or PlaceError("place-changed", file=node)
            done[node] = Published(node, state.present, changed=False, kept=None, error=error)
        else:
            expected[node] = held[node]
    written = prepared.place.publish(raw, expected, watch=watch or Watch()) if expected else ()
    done |= {item.node: item for item in written}
    log_published(written, "written")
    published = tuple(done.values())
    return Updated(updated.verified, published, failure(published), updated.look)


def _switched(
    prepared: Prepared, mode: Mode, now: int, tell: Callable[[Message], None]
) -> Prepared:
    """Set the cluster's mode, and plan again with the signers of the list that it wrote.

    What phones do with the new list stays as it was judged: its signer is the same, and they hold
    what they held.
    """
    place = prepared.place
    if not isinstance(place, Cluster):  # only a cluster's facts ask for a switch
        raise UsageError("place-no-services", place=place.url)
    saved = _saved(prepared)
    place.set_mode(mode)
    if saved is None:
        tell(Message("cluster-switched", {"mode": mode.value}))
    else:
        tell(Message("cluster-switched-saved", {"mode": mode.value, "file": saved}))
    absent = frozenset(item.node for item in prepared.look.absent)
    found = look(place, without=absent)
    own = list_in_force(place, found)
    change = prepared.change
    if own is not None and own.data not in prepared.look.expected.values():
        tokenless = verified_list(own.data, own.name, now)
        of_cluster = [item for item in change.servers if item.origin is Origin.CLUSTER]
        own_signers = server_signers(tokenless, of_cluster)
        change = replace(change, servers=(*change.servers, *own_signers))
    return replace(prepared, look=found, change=change, plan=plan(change))


def _saved(prepared: Prepared) -> Path | None:
    """Save the list that phones hold on this computer: the cluster's own command replaces it.

    Raises:
        PlaceError: it cannot be written; nothing was switched.
    """
    present = prepared.change.present
    if present is None:
        return None
    import platformdirs

    data = present.list.raw
    folder = platformdirs.user_state_path("ctlkit", appauthor=False) / "kept"
    path = folder / f"CTLFile-{hashlib.sha1(data, usedforsecurity=False).hexdigest()[:12]}.tlv"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise PlaceError("file-unwritable", file=path, reason=error.strerror) from error
    write_file(path, data, replace=True)
    return path
