"""Putting a list together step by step, as a window does: what is there, and what is asked for.

Rules:

* :func:`survey` looks at a place and writes nothing. A node that does not answer is told with the
  others; what keeps a list from being built on the present one is told as the survey's problem.
* :func:`assemble` is pure: the same rules as an update, applied to what is there so far. A token
  that the present list does not know is refused until one that it knows was shown (E1).
* What an assembly leads to is shown, never signed: :mod:`ctlkit.workflows.updating` reads
  everything anew and decides.

Source: docs/rules.md.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from ctlkit.certificate import Certificate
from ctlkit.codec import MAX_LIST
from ctlkit.edit import (
    Change,
    Mode,
    Row,
    RowState,
    Server,
    TokenEntry,
    holds,
    mode_of,
    outline,
    plan,
)
from ctlkit.errors import (
    CannotTellError,
    CtlkitError,
    InputError,
    PlaceError,
    RuleError,
    TrustError,
    UsageError,
)
from ctlkit.files import read_file
from ctlkit.messages import Message
from ctlkit.place import Cluster, ClusterFacts, NodeFile, Place, Watch
from ctlkit.profiles import CTL_CLIENT, USECALLMANAGER, Profile
from ctlkit.trustlist import RecordTag, function_name, text_of
from ctlkit.verify import VerifiedList
from ctlkit.workflows.clusters import cluster_messages, cluster_servers, require_agreement
from ctlkit.workflows.nodes import Look, look
from ctlkit.workflows.reading import verified_list

__all__ = [
    "Assembled",
    "AssembledRow",
    "Survey",
    "Wish",
    "assemble",
    "dialect_of",
    "list_in_force",
    "named_file",
    "survey",
    "verified_present",
]

_OF_MODE = ("mixed-without-list", "list-without-mixed")


@dataclass(frozen=True, slots=True)
class Survey:
    """What a place holds, before anything is asked for.

    Attributes:
        url: its address.
        found: what each node holds; those that do not answer are absent.
        present: the list in force, verified; None where there is none, or ``problem`` says why.
        facts: what the cluster itself said, None where it has no voice.
        default_mode: the mode to go by where nobody says it.
        problem: why no list can be built on what is there.
        unattended: whether nobody can put files on the nodes now.
        now: seconds since 1970, UTC.
    """

    url: str
    found: Look
    present: VerifiedList | None
    facts: ClusterFacts | None
    default_mode: Mode
    problem: CtlkitError | None
    unattended: bool
    now: int

    @property
    def says(self) -> Mode | None:
        """The mode that the present list speaks of."""
        return mode_of(self.present.list.records) if self.present else None

    @property
    def warnings(self) -> tuple[Message, ...]:
        """What is said of the mode at once: no list in mixed mode, a list without it."""
        if self.problem is not None:
            return ()
        if self.facts is not None:
            said = cluster_messages(self.facts, self.present, switch=None)
            return tuple(item for item in said if item.code in _OF_MODE)
        without = self.present is None and self.default_mode is Mode.MIXED
        return (Message("mixed-without-list"),) if without else ()

    def refusal(self, mode: Mode | None) -> CtlkitError | None:
        """Return why a mode cannot be stated (None: the list's stays), or None where it can."""
        if self.problem is not None:
            return self.problem
        profile = dialect_of(self.present)
        if mode is Mode.NON_SECURE and not profile.can_be_non_secure:
            return RuleError("non-secure-profile", rule=4, profile=profile.name)
        if self.facts is None:
            return None
        if mode not in (None, self.facts.mode) and self.unattended:
            return PlaceError("switch-needs-a-person", place=self.url)
        try:
            require_agreement(self.facts, self.present, mode)
        except RuleError as error:
            return error
        return None


@dataclass(frozen=True, slots=True)
class Wish:
    """What was asked for so far.

    Attributes:
        tokens: those that were shown and added, in this order; at least one.
        servers: certificates of servers that were given.
        remove: serials or names of entries to drop, as in :class:`ctlkit.edit.Change`.
        mode: the mode that is stated, None where the present list's stays.
    """

    tokens: tuple[TokenEntry, ...]
    servers: tuple[Server, ...] = ()
    remove: tuple[str, ...] = ()
    mode: Mode | None = None


@dataclass(frozen=True, slots=True)
class AssembledRow:
    """An entry, what it is there for, and how it can go.

    Attributes:
        token, server: which of the wish's it is for, counted from 0; None for none.
        remove: what drops it from the present list, empty where nothing has to.
        locked: why it cannot be dropped, None where it can.
    """

    row: Row
    token: int | None = None
    server: int | None = None
    remove: str = ""
    locked: CtlkitError | None = None


@dataclass(frozen=True, slots=True)
class Assembled:
    """The list as far as it goes.

    Attributes:
        rows: its entries in their order, removed ones last.
        known: which of the wish's tokens the present list knows, counted from 0.
        refusal: why it cannot be finished yet, None where it can.
    """

    rows: tuple[AssembledRow, ...]
    known: frozenset[int]
    refusal: CtlkitError | None


def survey(
    place: Place,
    now: int,
    *,
    default_mode: Mode = Mode.MIXED,
    present: Path | None = None,
    watch: Watch | None = None,
) -> Survey:
    """Look at a place.

    Args:
        place: open.
        now: seconds since 1970, UTC.
        default_mode: the mode to go by where nobody says it.
        present: the list that phones hold, where the nodes hold another.
        watch: progress and cancelling.

    Raises:
        UsageError: it can only be read.
        CtlkitError: no node answers, or one answered that it cannot be read.
    """
    if not place.writable:
        raise UsageError("place-read-only", place=place.url)
    found = look(place, without=place.nodes, watch=watch)
    facts = place.facts() if isinstance(place, Cluster) else None
    verified, problem = None, None
    try:
        file = named_file(present) if present else list_in_force(place, found)
        verified = verified_present(file, now) if file else None
    except (InputError, TrustError) as error:
        problem = error
    unattended = isinstance(place, Cluster) and not place.has_hands
    return Survey(place.url, found, verified, facts, default_mode, problem, unattended, now)


def assemble(ground: Survey, wish: Wish) -> Assembled:
    """Return what a wish leads to, as far as it goes.

    Raises:
        RuleError: a rule forbids it, whatever is added later: E1 among them.
        UsageError, InputError: what is asked for makes no sense here.
    """
    refusal = ground.refusal(wish.mode)
    if refusal is not None:
        raise refusal
    change = _change(ground, wish)
    rows = tuple(_row(ground, wish, row) for row in outline(change))
    try:
        plan(change)
    except CtlkitError as error:
        refusal = error
    return Assembled(rows, _known(ground, wish.tokens), refusal)


def _known(ground: Survey, tokens: tuple[TokenEntry, ...]) -> frozenset[int]:
    """Return which tokens are SAST entries of the present list."""
    records = ground.present.list.records if ground.present else ()
    sast = [record for record in records if record.is_sast]
    return frozenset(
        at
        for at, token in enumerate(tokens)
        if any(holds(record, token.certificate) for record in sast)
    )


def _change(ground: Survey, wish: Wish) -> Change:
    facts, present = ground.facts, ground.present
    own: tuple[Server, ...] = ()
    if facts is not None:
        switches = wish.mode not in (None, facts.mode)
        own = cluster_servers(facts, creating=present is None or switches)
    known = _known(ground, wish.tokens)
    return Change(
        present=present,
        signer=wish.tokens[max(known)] if known else wish.tokens[-1],
        tokens=wish.tokens,
        servers=(*wish.servers, *own),
        remove=wish.remove,
        mode=wish.mode,
        default_mode=facts.mode if facts else ground.default_mode,
        profile=dialect_of(present),
        timestamp=ground.now,
        now=ground.now,
    )


def _row(ground: Survey, wish: Wish, row: Row) -> AssembledRow:
    record = row.record
    tokens = (item.certificate for item in wish.tokens)
    token = next((at for at, item in enumerate(tokens) if _holds(row, item)), None)
    if row.state is RowState.REMOVED:
        wanted = next((text for text in wish.remove if _means(row, text)), "")
        return AssembledRow(row, remove=wanted)
    server = None
    if row.state in (RowState.NEW, RowState.CHANGED):
        given = enumerate(wish.servers)
        server = next(
            (
                at
                for at, item in given
                if item.function == record.function and holds(record, item.certificate)
            ),
            None,
        )
    if server is not None or (token is not None and row.state is RowState.NEW):
        return AssembledRow(row, token, server)
    if row.old is None:
        subject = text_of(record.subject)
        return AssembledRow(row, locked=RuleError("server-in-cluster", rule=3, subject=subject))
    remove = _name_of(row)
    locked = _locked(ground, wish, token, remove)
    return AssembledRow(row, token, remove=remove, locked=locked)


def _holds(row: Row, certificate: Certificate) -> bool:
    return row.record.is_sast and holds(row.record, certificate)


def _name_of(row: Row) -> str:
    """Return what drops an entry: its serial; where it has none its function and name."""
    record = row.old or row.record
    serial = (record.serial or b"").hex()
    return serial or f"{function_name(record.function)},{record.dns_name or ''}"


def _means(row: Row, text: str) -> bool:
    return text == _name_of(row)


def _locked(ground: Survey, wish: Wish, token: int | None, remove: str) -> CtlkitError | None:
    """Return why an entry of the present list cannot be dropped, by trying it."""
    tokens = tuple(item for at, item in enumerate(wish.tokens) if at != token)
    if token is not None and not _known(ground, tokens):
        return RuleError("remove-signer", rule=2, title=wish.tokens[token].title)
    trial = replace(wish, tokens=tokens, remove=(*wish.remove, remove))
    try:
        outline(_change(ground, trial))
    except CtlkitError as error:
        return error
    return None


def named_file(path: Path) -> NodeFile:
    """Read a list of this computer.

    Raises:
        InputError: it cannot be read, or is too large.
    """
    content = read_file(path, MAX_LIST)
    return NodeFile(str(path), content.data, content.modified)


def list_in_force(place: Place, found: Look) -> NodeFile | None:
    """Return the list in force, None where there is none; of a cluster the publisher's.

    Raises:
        RuleError: nodes hold different lists.
    """
    return found.present(place.nodes[0] if isinstance(place, Cluster) else None)


def verified_present(file: NodeFile, now: int) -> VerifiedList:
    """Verify the list in force; an error says that it is this one.

    Args:
        file: what a node holds.
        now: seconds since 1970, UTC.

    Raises:
        InputError: it is no list.
        TrustError: it does not verify.
    """
    try:
        return verified_list(file.data, file.name, now)
    except InputError as error:
        raise InputError("present-list-unreadable", file=file.name, reason=error) from error
    except (TrustError, CannotTellError) as error:
        raise TrustError("present-list-invalid", file=file.name, reason=error) from error


def dialect_of(present: VerifiedList | None) -> Profile:
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
