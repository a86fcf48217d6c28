"""What the rules work on: requests, rows and plans, all frozen."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from ctlkit.certificate import Certificate
from ctlkit.messages import Message
from ctlkit.profiles import Profile
from ctlkit.trustlist import Digest, Draft, Function, Record, RecordTag
from ctlkit.verify import VerifiedList

__all__ = [
    "Change",
    "Consent",
    "Mode",
    "Origin",
    "Plan",
    "Row",
    "RowState",
    "Server",
    "TokenEntry",
    "hex_text",
    "holds",
    "holds_same",
    "is_short",
    "mode_of",
]


class Mode(Enum):
    """What a list says of its cluster."""

    MIXED = "mixed"
    NON_SECURE = "non-secure"


class Origin(Enum):
    """Where a server's certificate comes from, the most trusted first."""

    GIVEN = "given"
    CLUSTER = "cluster"
    VERIFIED = "verified"
    FETCHED = "fetched"


class RowState(Enum):
    """What becomes of an entry."""

    NEW = "new"
    KEPT = "kept"
    CHANGED = "changed"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class TokenEntry:
    """A token at hand: its certificate, and what a person calls it (label and serial)."""

    certificate: Certificate
    title: str


@dataclass(frozen=True, slots=True)
class Server:
    """A server's certificate to be in the list.

    Attributes:
        function: the role, a number.
        name: host name, None if not known.
        address: IPv4 or IPv6 address as text, None if not known.
        origin: where the certificate comes from.
    """

    function: int
    certificate: Certificate
    name: str | None = None
    address: str | None = None
    origin: Origin = Origin.GIVEN


@dataclass(frozen=True, slots=True)
class Consent:
    """The red warnings that a person expressly confirmed.

    Attributes:
        new_signer: that a token which phones do not know signs.
        lockout: the word that a warning about phones names.
        stale: serials of entries to keep though a server shows another certificate.
        fingerprints: SHA-256 of certificates fetched without authentication, hexadecimal.
    """

    new_signer: bool = False
    lockout: str | None = None
    stale: frozenset[str] = frozenset()
    fingerprints: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Change:
    """What is asked for.

    Attributes:
        present: the list in force, verified; None: there is none.
        signer: who signs.
        tokens: further tokens to be in the list, in this order.
        servers: certificates of servers.
        remove: serials (hexadecimal) or DNS names of entries to drop.
        mode: the mode that is stated; None: that of the present list, else ``default_mode``.
        digest: the hash to sign; None: the present list's, else SHA-1.
        profile: the dialect of new entries and of the header.
        filename: the name inside a new list.
        timestamp, now: seconds since 1970, UTC.
    """

    present: VerifiedList | None
    signer: TokenEntry
    profile: Profile
    timestamp: int
    now: int
    tokens: tuple[TokenEntry, ...] = ()
    servers: tuple[Server, ...] = ()
    remove: tuple[str, ...] = ()
    mode: Mode | None = None
    default_mode: Mode = Mode.MIXED
    digest: Digest | None = None
    filename: str = "CTLFile.tlv"


@dataclass(frozen=True, slots=True)
class Row:
    """One entry of the new list, or one that is dropped.

    Attributes:
        record: the entry; for a removed one what it was.
        old: what the present list has in its place, None for a new one.
    """

    state: RowState
    record: Record
    old: Record | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What will be signed, and what is to be said about it.

    Attributes:
        draft: the list without its signature.
        rows: the entries in their order, removed ones last.
        mode: what the new list says of its cluster.
        creating: whether there is no present list.
        messages: red ones need their own consent.
        unchanged: whether every entry, mode and digest are as they were.
    """

    draft: Draft
    rows: tuple[Row, ...]
    mode: Mode
    creating: bool
    messages: tuple[Message, ...]
    unchanged: bool


_NOT_IN_SHORT = (
    RecordTag.SUBJECTNAME,
    RecordTag.PUBLICKEY,
    RecordTag.CERTIFICATE,
    RecordTag.CERTHASH,
)


def hex_text(text: str) -> str:
    """Return hexadecimal text without separators and leading zeros, in lower case."""
    return "".join(char for char in text.lower() if char not in ": -").lstrip("0")


def is_short(record: Record) -> bool:
    """Whether a record is the short form that non-secure mode gives a server."""
    return record.function == Function.CCM_TFTP and all(
        record.get(tag) is None for tag in _NOT_IN_SHORT
    )


def mode_of(records: Iterable[Record]) -> Mode:
    """Return the mode that a list's entries speak of."""
    return Mode.NON_SECURE if any(map(is_short, records)) else Mode.MIXED


def holds(record: Record, certificate: Certificate) -> bool:
    """Whether an entry is a certificate's: by its bytes, by the key where it has none."""
    if record.certificate:
        return record.certificate == certificate.der
    return bool(record.public_key) and record.public_key == certificate.key_bytes


def holds_same(record: Record, other: Record) -> bool:
    """Whether two entries are of the same certificate, or of the same key where one has none."""
    if record.certificate and other.certificate:
        return record.certificate == other.certificate
    return bool(record.public_key) and record.public_key == other.public_key
