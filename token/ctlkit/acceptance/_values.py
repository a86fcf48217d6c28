"""What is judged, and what comes of it: frozen values, no I/O."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum

from ctlkit.acceptance._models import Model
from ctlkit.certificate import Certificate, RsaKey
from ctlkit.codec import encode
from ctlkit.edit import title_of
from ctlkit.errors import RuleError
from ctlkit.messages import Message
from ctlkit.trustlist import Draft, Header, Record, text_of
from ctlkit.verify import VerifiedList, names_signer

__all__ = [
    "Answer",
    "ClassVerdict",
    "HeldList",
    "Judgement",
    "NewList",
    "PhoneClass",
    "Remedy",
    "Signer",
    "Stored",
    "TrustService",
    "Verdict",
    "count_of",
]

_TVS_STORE = "TVS"
_SIGNER_STORES = (None, "CallManager", "ITLRecovery", "Phone-SAST-trust")
_UNPROVEN_STORE = "CallManager-trust"
"""Certificates for another cluster are uploaded there and to Phone-SAST-trust, always to both."""


_FIELD_HEAD = 3
"""Bytes of tag and length before a value (docs/format.md, fields)."""


class Answer(Enum):
    """What phones will do with a list."""

    ACCEPTS = "accepts"
    CANNOT_TELL = "cannot tell"
    REFUSES = "refuses"


@dataclass(frozen=True, slots=True)
class PhoneClass:
    """Phones that do the same for the same reasons.

    Attributes:
        model: what they are able to do.
        count: how many there are, None where nobody said.
        registered: whether they are registered now; one that is not may hold any older list.
        code: the key of the class's name, for a class of several models.
        members: those models, of which ``model`` is able to do no more than each.
    """

    model: Model
    count: int | None = None
    registered: bool = True
    code: str = ""
    members: tuple[Model, ...] = ()

    @property
    def title(self) -> Message:
        """The name of the class."""
        code = self.code or ("phones-of-model" if self.registered else "phones-of-model-away")
        return Message(code, {"model": self.model.name})

    @property
    def counted(self) -> Message:
        """The name of the class, with the number of its phones where somebody said it."""
        if self.count is None:
            return self.title
        return Message("phones-counted", {"count": self.count, "phones": self.title})


@dataclass(frozen=True, slots=True)
class HeldList:
    """A CTL or an ITL that phones may hold.

    Attributes:
        title: the file or the node it comes from.
        verified: the list; None for one that they hold and that is not at hand, or that cannot
            be verified: what it knows cannot be told.
    """

    title: str
    verified: VerifiedList | None


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signed a list, with the bytes of its header.

    Attributes:
        name: what a person knows it by.
    """

    subject: bytes
    issuer: bytes
    serial: bytes
    name: str

    @property
    def title(self) -> str:
        """The name, and the serial as the list has it."""
        return f"{self.name} ({self.serial.hex(':').upper()})"


@dataclass(frozen=True, slots=True)
class NewList:
    """The list that is to be put in force; it may still wait for its signature.

    Attributes:
        records: its records.
        signer: who signs it.
        key: the key that signs it.
        digest: the number of the hash that is signed.
        size: bytes of the file.
        filename: the name inside.
        timestamp: seconds since 1970, UTC.
        raw: its bytes, None before it is signed.
        weak: what is weak or odd about it.
    """

    records: tuple[Record, ...] = field(repr=False)
    signer: Signer
    key: RsaKey
    digest: int
    size: int
    filename: str
    timestamp: int
    raw: bytes | None = field(default=None, repr=False)
    weak: tuple[Message, ...] = ()

    @classmethod
    def of(cls, verified: VerifiedList) -> NewList:
        """Return a list whose signature was checked."""
        value = verified.list
        return cls(
            records=value.records,
            signer=_signer(value.header, value.records),
            key=verified.key,
            digest=verified.digest,
            size=len(value.raw),
            filename=value.header.filename,
            timestamp=value.header.timestamp or 0,
            raw=value.raw,
            weak=verified.warnings,
        )

    @classmethod
    def of_draft(cls, draft: Draft) -> NewList:
        """Return a list that waits for its signature.

        Raises:
            RuleError: it is no list, or its signer's key is none that lists are signed with.
        """
        key = Certificate.from_der(draft.signer).public_key
        if not isinstance(key, RsaKey) or isinstance(draft.content, bytes):
            raise RuleError("signer-key-unusable", rule=0, kind=type(key).__name__, bits=key.bits)
        return cls(
            records=draft.content,
            signer=_signer(draft.header, draft.content),
            key=key,
            digest=draft.header.digest or 0,
            size=len(encode(draft)) + _FIELD_HEAD + draft.signature_length,
            filename=draft.header.filename,
            timestamp=draft.header.timestamp or 0,
        )


def _signer(header: Header, records: Sequence[Record]) -> Signer:
    own = next((record for record in records if names_signer(record, header)), None)
    return Signer(
        header.signer_name or b"",
        header.signer_issuer or b"",
        header.signer_serial or b"",
        text_of(header.signer_name) if own is None else title_of(own),
    )


@dataclass(frozen=True, slots=True)
class Stored:
    """A certificate in a store of the trust service.

    Attributes:
        store: ``CallManager``, ``Phone-SAST-trust``...; None where a person says no more than
            that it is in the store for signers.
    """

    certificate: Certificate
    store: str | None = None

    @property
    def is_signer(self) -> bool | None:
        """Whether certificates of that store may sign lists; None: not published."""
        return None if self.store == _UNPROVEN_STORE else self.store in _SIGNER_STORES


@dataclass(frozen=True, slots=True)
class TrustService:
    """What is known of the trust service.

    Attributes:
        stored: certificates that are in its stores.
        complete: whether these are all, as the publisher's database tells.
        listed: the records of the list that it reads, where that is not the new one.
        everywhere: whether every node gets the new list.
    """

    stored: tuple[Stored, ...] = ()
    complete: bool = False
    listed: tuple[Record, ...] | None = None
    everywhere: bool = True

    @property
    def own_certificates(self) -> set[bytes]:
        """The certificates (DER) that the nodes' trust services have; empty: not known."""
        return {item.certificate.der for item in self.stored if item.store == _TVS_STORE}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What phones of one class do that hold certain lists.

    Attributes:
        reason: why.
        old, itl: titles of the CTL and the ITL that the phones hold, None for none, or for one
            that nobody named.
    """

    answer: Answer
    reason: Message
    old: str | None = None
    itl: str | None = None


@dataclass(frozen=True, slots=True)
class ClassVerdict:
    """What phones of one class do, whichever of the lists they hold.

    Attributes:
        worst: the verdict that counts: they accept only where all of these are accepted.
        against: the verdict for each combination of lists.
    """

    phones: PhoneClass
    worst: Verdict
    against: tuple[Verdict, ...]

    @property
    def answer(self) -> Answer:
        """What they do."""
        return self.worst.answer


@dataclass(frozen=True, slots=True)
class Remedy:
    """A way to have a list accepted: its name, and the steps in their order."""

    title: Message
    steps: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class Judgement:
    """What phones will do with a list, what can be done about it, and what else is to be said."""

    classes: tuple[ClassVerdict, ...]
    remedies: tuple[Remedy, ...]
    warnings: tuple[Message, ...]

    @property
    def all_accept(self) -> bool:
        """Whether every class of phones accepts; what cannot be told does not count as that."""
        return all(item.answer is Answer.ACCEPTS for item in self.classes)

    def of(self, answer: Answer) -> tuple[ClassVerdict, ...]:
        """Return the classes with an answer."""
        return tuple(item for item in self.classes if item.answer is answer)


def count_of(classes: Sequence[ClassVerdict]) -> int | None:
    """Return how many phones are in some classes, None where nobody said."""
    counts = [item.phones.count for item in classes]
    return None if None in counts else sum(count or 0 for count in counts)
