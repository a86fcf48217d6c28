"""What the wizard knows, as frozen values: places, tokens, entries, verdicts, nodes.

Rules:

* Nothing here can hold a PIN or a password; bytes of certificates stay out of every repr.
* Times are seconds since 1970, UTC; the pages write them in the person's own way.
* What is said in words is a :class:`~ctlkit.messages.Message` or a
  :class:`~ctlkit.errors.CtlkitError`; names, serials and checksums are shown as they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from ctlkit.edit import Mode, RowState, Server
from ctlkit.errors import CtlkitError
from ctlkit.messages import Message
from ctlkit_gui.flow.token_values import CertificateShown, TokenShown

if TYPE_CHECKING:
    from ctlkit.acceptance import ClassVerdict, Remedy

__all__ = [
    "Action",
    "Assembly",
    "Choice",
    "EntryShown",
    "NodeShown",
    "PlaceKind",
    "PlaceShown",
    "Prepared",
    "Remembered",
    "Screen",
    "ServerForm",
    "SigningStep",
    "VouchedShown",
]


class Screen(Enum):
    """The pages, in the order of the old client."""

    SERVER = auto()
    ACTION = auto()
    INSERT_TOKEN = auto()
    TOKEN = auto()
    ENTRIES = auto()
    REVIEW = auto()
    PASSWORD = auto()
    PROGRESS = auto()
    SERVERS = auto()
    REMAINS = auto()


class PlaceKind(Enum):
    """Where the list can live."""

    PRACTICE = "practice"
    FOLDER = "folder"
    CLUSTER = "cucm"
    SFTP = "sftp"
    LAB = "lab"
    NAMED = "named"


@dataclass(frozen=True, slots=True)
class ServerForm:
    """What stands in the fields of the Server page; fields that a kind does not use are kept.

    Attributes:
        kind: which fields count.
        host, port, user: of ``cucm:`` and ``sftp:``; an empty port is 22.
        folder: a folder of this computer, or of a practice cluster.
        remote: a folder of the servers of an ``sftp:`` place.
        nodes: hosts of further nodes of an ``sftp:`` place, separated by commas or blanks.
        name: a place of the configuration file.
    """

    kind: PlaceKind = PlaceKind.CLUSTER
    host: str = ""
    port: str = ""
    user: str = ""
    folder: str = ""
    remote: str = ""
    nodes: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Remembered:
    """What a wizard starts with: the choices of the last one, never secrets.

    Attributes:
        form: what was typed last.
        places: names of the configuration file's places.
        practice: whether there is a practice to be had.
        default_mode: the mode to go by where nobody can read it and no list says it.
    """

    form: ServerForm = field(default_factory=ServerForm)
    places: tuple[str, ...] = ()
    practice: bool = True
    default_mode: Mode = Mode.MIXED


class Action(Enum):
    """The three actions."""

    MIXED = "mixed"
    NON_SECURE = "non-secure"
    UPDATE = "update"

    @property
    def mode(self) -> Mode | None:
        """The mode that it states, None where the present list's stays."""
        return None if self is Action.UPDATE else Mode(self.value)


@dataclass(frozen=True, slots=True)
class NodeShown:
    """What a node holds before anything is changed.

    Attributes:
        file: the path of its list, empty where it has none.
        signer, signer_serial: who signed it.
        signed: when, by the list's own word.
        md5, sha1: of its bytes, lower-case hexadecimal.
        kept: whether a list before it is kept there.
        error: why it is not known, or does not verify.
        answers: whether the node answered at all.
    """

    node: str
    file: str = ""
    signer: str = ""
    signer_serial: str = ""
    signed: int | None = None
    md5: str = ""
    sha1: str = ""
    kept: bool = False
    error: CtlkitError | None = None
    answers: bool = True


@dataclass(frozen=True, slots=True)
class VouchedShown:
    """What the trust service of a node says of the new list's signer.

    Attributes:
        error: why phones that ask it would not accept the list; None where they would.
    """

    node: str
    error: CtlkitError | None = None


@dataclass(frozen=True, slots=True)
class PlaceShown:
    """A place that was opened.

    Attributes:
        url: its address.
        nodes: what each holds.
        mode: the mode that the cluster itself said, None where it has no voice.
        says: the mode that the present list says, None where there is none.
        release: the cluster's, where it is known.
        is_cluster: whether it has services to restart and a mode to set.
        warnings: shown one by one before the Action page: W1, a list without mixed mode.
        refusals: why an action cannot be chosen; one that is not there can.
    """

    url: str
    nodes: tuple[NodeShown, ...]
    mode: Mode | None = None
    says: Mode | None = None
    release: str | None = None
    is_cluster: bool = False
    warnings: tuple[Message, ...] = ()
    refusals: Mapping[Action, CtlkitError] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class EntryShown:
    """One entry of the new list, or one that is dropped.

    Attributes:
        key: what it is called in events; unique among the rows.
        state: new, kept, changed or removed.
        function: ``SAST``, ``CCM+TFTP``...
        address: DNS name or IP address.
        subject, issuer, serial: as the list has them.
        old_serial: of a changed one what it had before.
        token: URI of the added token it is for, empty for any other.
        server: which of the given servers it is for, counted from 0; None for any other.
        certificate: for the viewer, None where the entry has none.
        remove: the serial that drops it, empty where nothing does.
        locked: why it cannot be deleted, None where it can.
    """

    key: str
    state: RowState
    function: str
    address: str
    subject: str
    issuer: str
    serial: str
    old_serial: str = ""
    token: str = ""
    server: int | None = None
    certificate: CertificateShown | None = None
    remove: str = ""
    locked: CtlkitError | None = None


@dataclass(frozen=True, slots=True)
class Assembly:
    """The list as far as it is put together.

    Attributes:
        entries: the rows.
        known: URIs of the added tokens that are SAST in the present list.
        creating: whether there is no present list.
        refusal: why it cannot be finished yet, None where it can.
    """

    entries: tuple[EntryShown, ...]
    known: frozenset[str] = frozenset()
    creating: bool = True
    refusal: CtlkitError | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """What a person asked for so far, from which the new list follows.

    Attributes:
        tokens: the added ones, in the order of adding.
        servers: certificates of servers that were given.
        remove: serials of entries to drop.
        mode: the mode that is stated, None where the present list's stays.
        present: the list that phones hold, where the mode was switched and the nodes hold another.
        phones: a CSV of the phones' models and numbers; None: every class that there may be.
    """

    tokens: tuple[TokenShown, ...] = ()
    servers: tuple[Server, ...] = ()
    remove: tuple[str, ...] = ()
    mode: Mode | None = None
    present: Path | None = None
    phones: Path | None = None


@dataclass(frozen=True, slots=True)
class Prepared:
    """What would be signed; the list itself waits with the worker.

    Attributes:
        number: what the worker knows it by.
        signer: the URI of the token that signs.
        entries: the rows.
        messages: red ones need their own confirmation.
        verdicts: what phones will do, class by class.
        remedies: what can be done where they do not accept.
        mode: what the list says of its cluster.
        switch: the mode that the cluster is set to first, None where it stays.
        digest: the hash that is signed, ``SHA-1``.
        absent: node -> why it does not answer.
    """

    number: int
    signer: str
    entries: tuple[EntryShown, ...]
    messages: tuple[Message, ...]
    verdicts: tuple[ClassVerdict, ...] = ()
    remedies: tuple[Remedy, ...] = ()
    mode: Mode = Mode.MIXED
    switch: Mode | None = None
    digest: str = "SHA-1"
    absent: Mapping[str, CtlkitError] = field(default_factory=lambda: MappingProxyType({}))


class SigningStep(Enum):
    """What is being done with the new list."""

    SIGN = "sign"
    VERIFY = "verify"
    KEEP = "keep"
    WRITE = "write"
