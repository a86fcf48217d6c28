"""Changing the list of a place: the CTL Client's job, in two steps.

Rules:

* :func:`prepare` reads and decides, and writes nothing; :func:`finish` signs, verifies and
  publishes what was prepared, and only if what is red was confirmed.
* The present list has to verify before anything is built on it, and the new one before it is
  published; a list whose signer the present one does not hold goes out only with the consent to
  a new signer.
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

from ctlkit.codec import MAX_LIST
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
    CannotTellError,
    CtlkitError,
    InputError,
    PlaceError,
    TrustError,
    UsageError,
)
from ctlkit.files import read_file, write_file
from ctlkit.messages import Message
from ctlkit.place import Cluster, NodeFile, Place, Published, Watch
from ctlkit.profiles import CTL_CLIENT, USECALLMANAGER, Profile
from ctlkit.signing import sign
from ctlkit.trustlist import Digest, RecordTag
from ctlkit.verify import VerifiedList, require_successor
from ctlkit.workflows.clusters import (
    cluster_messages,
    cluster_servers,
    require_agreement,
    server_signers,
    unknown_to_phones,
    unvouched,
)
from ctlkit.workflows.keyring import Keyring
from ctlkit.workflows.nodes import Look, failure, left_out, log_published, look
from ctlkit.workflows.reading import verified_list
from ctlkit.workflows.servers import servers_of_itls

__all__ = ["Prepared", "UpdateRequest", "Updated", "finish", "prepare"]

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
        switch: the mode that the cluster is set to first, None where it stays.
    """

    place: Place
    look: Look
    signer: str
    change: Change
    plan: Plan
    messages: tuple[Message, ...]
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
    """The new list, what each node holds now, and what went wrong as a whole."""

    verified: VerifiedList
    published: tuple[Published, ...]
    error: CtlkitError | None = None


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
    file = _named(request.present) if request.present else _in_force(place, found)
    present = _present(file, request.now) if file else None
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
    if facts is not None:
        messages = (*messages, *unvouched(facts, signer, present))
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
        profile=request.profile or _profile_of(present),
        timestamp=request.timestamp,
        now=request.now,
    )
    if present is None:
        messages = (*messages, *unknown_to_phones(found, signer, request.now))
    decided = plan(change)
    said = [item for item in decided.messages if facts is None or item.code != _BY_HAND]
    return Prepared(
        place=place,
        look=found,
        signer=request.signer,
        change=change,
        plan=decided,
        messages=(*messages, *said, *remarks),
        switch=switch,
    )


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
            prepared = _switched(prepared, prepared.switch, now, tell)
            prepared.require(consent)
        signed = sign(prepared.plan.draft, signer)
    verified = verified_list(signed.raw, prepared.place.url, now)
    present = prepared.change.present
    if present is not None and not consent.new_signer:
        require_successor(verified, present)
    published = prepared.place.publish(signed.raw, prepared.look.expected, watch=watch or Watch())
    published = (*published, *left_out(prepared.look))
    log_published(published, f"written, signed by {prepared.change.signer.title}")
    return Updated(verified, published, failure(published))


def _switched(
    prepared: Prepared, mode: Mode, now: int, tell: Callable[[Message], None]
) -> Prepared:
    """Set the cluster's mode, and plan again with the signers of the list that it wrote."""
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
    own = _in_force(place, found)
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


def _named(path: Path) -> NodeFile:
    content = read_file(path, MAX_LIST)
    return NodeFile(str(path), content.data, content.modified)


def _in_force(place: Place, found: Look) -> NodeFile | None:
    """Return the list in force: of a cluster the publisher's."""
    return found.present(place.nodes[0] if isinstance(place, Cluster) else None)


def _present(file: NodeFile, now: int) -> VerifiedList:
    """Verify the list in force; an error says that it is this one."""
    try:
        return verified_list(file.data, file.name, now)
    except InputError as error:
        raise InputError("present-list-unreadable", file=file.name, reason=error) from error
    except (TrustError, CannotTellError) as error:
        raise TrustError("present-list-invalid", file=file.name, reason=error) from error


def _profile_of(present: VerifiedList | None) -> Profile:
    """Return the dialect to go on with: Asterisk's lists keep theirs."""
    if present is None:
        return CTL_CLIENT
    full = [record for record in present.list.records if record.certificate]
    asterisk = bool(full) and all(
        tuple(item.tag for item in record.fields[:3])
        == (RecordTag.RECORDLENGTH, RecordTag.SUBJECTNAME, RecordTag.ISSUERNAME)
        for record in full
    )
    return USECALLMANAGER if asterisk else CTL_CLIENT
