"""Where the wizard stands: one frozen value, from which every page is shown.

Rules:

* No secret is ever in it: it knows that a PIN was given, never the PIN.
* At most one effect is awaited at a time (``busy``), beside the watch for tokens (``watch``). What
  is not awaited any more is dropped when it comes.
* What a person entered stays until the wizard ends; what follows from it (assembly, prepared) is
  dropped as soon as it no longer follows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from types import MappingProxyType
from typing import TYPE_CHECKING

from ctlkit.edit import Consent
from ctlkit.errors import CtlkitError, PinState
from ctlkit.messages import Message
from ctlkit_gui.flow.brought import ListPublished, ModeSwitched, Restarted, Restored
from ctlkit_gui.flow.token_values import TokenShown, TokensShown
from ctlkit_gui.flow.values import (
    Action,
    Assembly,
    Choice,
    PlaceShown,
    Prepared,
    Remembered,
    Screen,
    ServerForm,
    SigningStep,
    VouchedShown,
)

if TYPE_CHECKING:
    from ctlkit.acceptance import ClassVerdict
    from ctlkit.place import HandOver, HostKey, Progress

__all__ = [
    "Busy",
    "Dialog",
    "ForgetDialog",
    "HandOverDialog",
    "HostKeyDialog",
    "LeaveDialog",
    "NoticeDialog",
    "NoticeKind",
    "PasswordDialog",
    "Purpose",
    "RestartDialog",
    "RestoreDialog",
    "State",
    "Work",
]


class Work(Enum):
    """What is awaited."""

    OPENING = "opening"
    ASSEMBLING = "assembling"
    READING = "reading"
    PREPARING = "preparing"
    SIGNING = "signing"
    PUBLISHING = "publishing"
    JUDGING = "judging"
    RESTORING = "restoring"
    RESTARTING = "restarting"
    VOUCHING = "vouching"

    @property
    def writes(self) -> bool:
        """Whether it changes something, so that the window stays until it has ended."""
        return self in _WRITING


_WRITING = frozenset({Work.SIGNING, Work.PUBLISHING, Work.RESTORING, Work.RESTARTING})


@dataclass(frozen=True, slots=True)
class Busy:
    """The awaited effect.

    Attributes:
        stopping: whether it was asked to stop and has not answered yet.
        asked: what was asked for, which holds once it turns out to be possible.
    """

    request: int
    work: Work
    stopping: bool = False
    asked: Choice | None = None


class Purpose(Enum):
    """Why a token is asked for."""

    ADD = "add"
    SIGN = "sign"


class NoticeKind(Enum):
    """What a notice is about, by which a page chooses its picture and its legacy words."""

    MODE = auto()
    UNKNOWN_TOKEN = auto()
    SIGNER_WANTED = auto()


@dataclass(frozen=True, slots=True)
class NoticeDialog:
    """Something to be read and acknowledged (``Dismissed``): W1, E1, a token that is wanted.

    Attributes:
        note: what else helps, None for nothing.
    """

    kind: NoticeKind
    text: Message | CtlkitError
    note: Message | None = None


@dataclass(frozen=True, slots=True)
class HostKeyDialog:
    """A server's key is shown once (``HostKeyAnswered``)."""

    request: int
    key: HostKey


@dataclass(frozen=True, slots=True)
class PasswordDialog:
    """A node wants a password: the page fills the box, then ``PasswordGiven``, or declines."""

    request: int
    user: str
    host: str


@dataclass(frozen=True, slots=True)
class HandOverDialog:
    """Files are to be put on nodes by hand (``HandOverAnswered``)."""

    request: int
    hand_over: HandOver


@dataclass(frozen=True, slots=True)
class LeaveDialog:
    """Leaving would lose something, or leave it half done (``Dismissed``, accepted: leave).

    Attributes:
        entered: whether tokens, servers or removals that were asked for are forgotten.
        switched: that the cluster's mode was set, and no list of tokens lies there yet.
        nodes: those that do not hold what the others hold.
    """

    entered: bool = False
    switched: Message | None = None
    nodes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ForgetDialog:
    """Another place begins anew: what was entered is forgotten (``Dismissed``, accepted: yes)."""


@dataclass(frozen=True, slots=True)
class RestartDialog:
    """Restarting the services interrupts calls, and phones may follow (``Dismissed``, accepted).

    Attributes:
        nodes: where they are restarted.
        silent: of these, where the trust service does not vouch for the list's signer.
        unasked: whether it should have been asked, and was not.
    """

    nodes: tuple[str, ...]
    silent: tuple[str, ...] = ()
    unasked: bool = False


@dataclass(frozen=True, slots=True)
class RestoreDialog:
    """Restoring is confirmed as Review is (``RestoreAgreed``, or ``Dismissed``).

    Attributes:
        messages: what phones that took the new list would do; each red one is confirmed.
        verdicts: the same class by class.
        absent: node -> why it does not answer; each is confirmed by name.
    """

    messages: tuple[Message, ...]
    verdicts: tuple[ClassVerdict, ...] = ()
    absent: Mapping[str, CtlkitError] = field(default_factory=lambda: MappingProxyType({}))


Dialog = (
    NoticeDialog
    | HostKeyDialog
    | PasswordDialog
    | HandOverDialog
    | LeaveDialog
    | ForgetDialog
    | RestartDialog
    | RestoreDialog
)


@dataclass(frozen=True, slots=True)
class State:
    """The whole wizard.

    Attributes:
        screen: the page that is shown.
        remembered: what it started with.
        form: the fields of the Server page.
        last_request: the highest number that was given to an effect.
        busy, watch: the awaited effect and the running watch for tokens.
        dialogs: over the page, the first one shown.
        problem: what went wrong last on this page.
        refused: whether the password, or the PIN, that was typed last was refused.
        place: the open place, None until there is one.
        opened: the form that it was opened with.
        action: what was chosen; None: nothing yet.
        tokens: the last look at the tokens, None before the first.
        offered: URIs of those that Insert token could open by itself, or did, and that are still
            plugged in.
        missed: URI of the token that was pulled out where it was needed last.
        selected: URI of the row that is selected on the Insert token page.
        purpose: why a token is asked for.
        token: the token that the Token page shows.
        choice: the added tokens and servers, what is removed.
        assembly: what ``choice`` leads to; None while it is not known.
        signer: URI of the token that is to sign.
        prepared: what would be signed.
        ticked, words: the express confirmations of Review, later those of Restore.
        consent: what was confirmed when Review was left, as the rules of lists want it.
        pin_state: what the last refusal said of the PIN, until the token is looked at again.
        last_try: whether the last try of the PIN was allowed.
        reader: whether the reader waits for the PIN.
        step: how far signing is.
        nodes: node -> how far its work is.
        switched: that the cluster's mode was set while the list was signed last.
        mode_set: the same, until a list is published, whenever it was.
        published, restored, restarted: what became of the list on the nodes.
        vouched: what the trust service of each node said of it last.
        closed: whether the wizard is over.
    """

    screen: Screen = Screen.SERVER
    remembered: Remembered = field(default_factory=Remembered)
    form: ServerForm = field(default_factory=ServerForm)
    last_request: int = 0
    busy: Busy | None = None
    watch: int | None = None
    dialogs: tuple[Dialog, ...] = ()
    problem: CtlkitError | None = None
    refused: bool = False
    place: PlaceShown | None = None
    opened: ServerForm | None = None
    action: Action | None = None
    tokens: TokensShown | None = None
    offered: frozenset[str] = frozenset()
    missed: str | None = None
    selected: str | None = None
    purpose: Purpose = Purpose.ADD
    token: TokenShown | None = None
    choice: Choice = field(default_factory=Choice)
    assembly: Assembly | None = None
    signer: str | None = None
    prepared: Prepared | None = None
    ticked: frozenset[str] = frozenset()
    words: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    consent: Consent | None = None
    pin_state: PinState | None = None
    last_try: bool = False
    reader: bool = False
    step: SigningStep | None = None
    nodes: Mapping[str, Progress] = field(default_factory=lambda: MappingProxyType({}))
    switched: ModeSwitched | None = None
    mode_set: Message | None = None
    published: ListPublished | None = None
    restored: Restored | None = None
    restarted: Restarted | None = None
    vouched: tuple[VouchedShown, ...] = ()
    closed: bool = False
