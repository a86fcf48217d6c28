"""What a page shows: one frozen value a screen, made from the state alone.

Rules:

* A page renders its view and emits events; it decides nothing.
* A button that cannot be pressed says why not.
* Static words (labels, titles, the legacy texts) are the page's own; what depends on facts is a
  message or an error, which are both translated by their code and values.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from ctlkit.edit import Mode
from ctlkit.errors import CtlkitError, PinState
from ctlkit.messages import Message
from ctlkit_gui.flow.state import Busy, Dialog, Purpose
from ctlkit_gui.flow.token_values import CertificateShown, ModuleShown, TokenShown
from ctlkit_gui.flow.values import (
    Action,
    EntryShown,
    NodeShown,
    PlaceKind,
    Screen,
    ServerForm,
    SigningStep,
    VouchedShown,
)

if TYPE_CHECKING:
    from ctlkit.acceptance import ClassVerdict, Remedy
    from ctlkit.place import Progress, Published

__all__ = [
    "RESTORE_KEY",
    "ActionView",
    "Asked",
    "Button",
    "Confirmation",
    "EntriesView",
    "Frame",
    "InsertTokenView",
    "PasswordView",
    "ProgressView",
    "RemainsView",
    "ReviewLine",
    "ReviewView",
    "ServerView",
    "ServersView",
    "TokenView",
    "View",
]

_Text = Message | CtlkitError

RESTORE_KEY = "restore"
"""Key of the confirmation that the kept list is put back, where nothing about it is red."""


@dataclass(frozen=True, slots=True)
class Button:
    """A button.

    Attributes:
        why: why it cannot be pressed, None where it can.
        shown: whether it is there at all.
    """

    why: _Text | None = None
    shown: bool = True

    @property
    def enabled(self) -> bool:
        """Whether it can be pressed."""
        return self.shown and self.why is None


@dataclass(frozen=True, slots=True)
class Confirmation:
    """An express confirmation.

    Attributes:
        key: what ``Confirmed`` and ``WordTyped`` name it.
        word: the number or word to be typed; empty: a box to be ticked.
        given: what was typed.
        done: whether it is confirmed.
    """

    key: str
    word: str = ""
    given: str = ""
    done: bool = False


@dataclass(frozen=True, slots=True)
class ReviewLine:
    """A warning or a note.

    Attributes:
        confirmation: key of the confirmation that it needs, empty for none.
    """

    message: Message
    confirmation: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a question wants confirmed before its main button can be pressed.

    Attributes:
        lines: red, amber, note, in this order.
        confirmations: each once, as on Review.
        agree: the main button.
    """

    lines: tuple[ReviewLine, ...]
    confirmations: tuple[Confirmation, ...]
    agree: Button


@dataclass(frozen=True, slots=True)
class Frame:
    """What every page has around it.

    Attributes:
        screen: the page.
        next, back, cancel: its buttons; cancel stops what runs, or leaves.
        dialog: what lies over the page, None for nothing.
        asked: what it wants confirmed, where it does.
        busy: what runs, None for nothing.
        problem: what went wrong last; it stays until something else is done.
    """

    screen: Screen
    next: Button
    back: Button
    cancel: Button
    dialog: Dialog | None = None
    asked: Asked | None = None
    busy: Busy | None = None
    problem: _Text | None = None


@dataclass(frozen=True, slots=True)
class ServerView:
    """Page 1.

    Attributes:
        kinds: the kinds of place to choose from.
        names: places of the configuration file, for ``PlaceKind.NAMED``.
        form: what stands in the fields.
        refused: the password typed last was refused: the field is to be cleared and focused.
    """

    frame: Frame
    kinds: tuple[PlaceKind, ...]
    names: tuple[str, ...]
    form: ServerForm
    refused: bool = False


@dataclass(frozen=True, slots=True)
class ActionView:
    """Page 2.

    Attributes:
        place: the address.
        mode: the mode that the cluster says, None where it has no voice.
        says: the mode that the present list says, None where there is none.
        release: the cluster's.
        nodes: the present list on every node.
        action: what is chosen.
        actions: each action, and whether it can be chosen.
        practice: whether it is a practice, whose address says nothing.
    """

    frame: Frame
    place: str
    mode: Mode | None
    says: Mode | None
    release: str | None
    nodes: tuple[NodeShown, ...]
    action: Action | None
    actions: Mapping[Action, Button]
    practice: bool = False


@dataclass(frozen=True, slots=True)
class InsertTokenView:
    """Page 3.

    Attributes:
        purpose: whether a token is to be added, or one is to sign.
        wanted: labels and serials of the tokens that would do, where only some would.
        looking: whether nothing was heard of the tokens yet.
        tokens: those that are plugged in.
        selected: URI of the selected one.
        added: URIs of those that were added already.
        modules: the libraries that were tried, for the explanation.
        causes: why there is no token, and what to install.
    """

    frame: Frame
    purpose: Purpose
    wanted: tuple[str, ...]
    looking: bool
    tokens: tuple[TokenShown, ...]
    selected: str | None
    added: frozenset[str]
    modules: tuple[ModuleShown, ...]
    causes: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class TokenView:
    """Page 4; ``next`` is Add."""

    frame: Frame
    token: TokenShown
    certificate: CertificateShown | None


@dataclass(frozen=True, slots=True)
class EntriesView:
    """Page 5; ``next`` is Finish.

    Attributes:
        entries: the rows; each says why it cannot be deleted.
        creating: whether there is no present list.
        add_tokens, add_server: Add Tokens; Add TFTP Server and Add Firewall.
    """

    frame: Frame
    entries: tuple[EntryShown, ...]
    creating: bool
    add_tokens: Button
    add_server: Button


@dataclass(frozen=True, slots=True)
class ReviewView:
    """Page 7; ``next`` leads to the password.

    Attributes:
        entries: the rows, as on the entries page.
        lines: red, amber, note, in this order.
        confirmations: each once; several red lines may share one.
        absent: node -> why it does not answer; each has a confirmation ``node:NAME``.
        verdicts: what phones will do, class by class.
        remedies: what can be done where they do not accept.
        signer: the token that signs.
        signers: the tokens that could, those that the phones know first.
        mode: what the list says of its cluster.
        switch: the mode that the cluster is set to first.
        digest: the hash that is signed.
        phones: the list of phones that they were judged by, None where none was named.
    """

    frame: Frame
    entries: tuple[EntryShown, ...] = ()
    lines: tuple[ReviewLine, ...] = ()
    confirmations: tuple[Confirmation, ...] = ()
    absent: Mapping[str, CtlkitError] = field(default_factory=lambda: MappingProxyType({}))
    verdicts: tuple[ClassVerdict, ...] = ()
    remedies: tuple[Remedy, ...] = ()
    signer: TokenShown | None = None
    signers: tuple[TokenShown, ...] = ()
    mode: Mode = Mode.MIXED
    switch: Mode | None = None
    digest: str = ""
    phones: Path | None = None


@dataclass(frozen=True, slots=True)
class PasswordView:
    """Page 8; ``next`` signs. The page fills the box before it emits ``Next``.

    Attributes:
        token: the one that signs; label and serial name it.
        pin_state: its PIN in words.
        field: whether a PIN is typed here; False: at the reader, or there is none.
        pin_pad: whether it is typed at the reader.
        last_try: whether the last try has to be confirmed first (``LastTryConfirmed``).
        last_try_ticked: whether it is.
        refused: the PIN typed last was refused: the field is to be cleared and focused.
    """

    frame: Frame
    token: TokenShown | None
    pin_state: PinState
    field: bool
    pin_pad: bool
    last_try: bool
    last_try_ticked: bool
    refused: bool


@dataclass(frozen=True, slots=True)
class ProgressView:
    """Page 9.

    Attributes:
        step: what is being done, None before it began.
        nodes: one row a node, how far it is.
        reader: the reader waits for the PIN.
        published: what became of each node, once it is over.
        retry: Retry, for the nodes that failed.
        switched: that the cluster's mode was set before.
    """

    frame: Frame
    step: SigningStep | None
    nodes: tuple[tuple[str, Progress | None], ...]
    reader: bool
    published: tuple[Published, ...]
    retry: Button
    switched: Message | None


@dataclass(frozen=True, slots=True)
class ServersView:
    """Page 10; ``next`` is Done.

    Attributes:
        published: per node file, status, checksums as read back.
        signer, signer_serial: of the list; the serial is shown large, as newer phones show it.
        restored: whether the kept list is in force again.
        restore: Restore.
        retry: Retry, for the nodes that failed.
    """

    frame: Frame
    published: tuple[Published, ...]
    signer: str
    signer_serial: str
    restored: bool
    restore: Button
    retry: Button


@dataclass(frozen=True, slots=True)
class RemainsView:
    """Page 11; ``next`` closes.

    Attributes:
        items: the checklist.
        restart: restart the services, where the place can.
        restarted: what became of it, node by node.
        nodes: how far each node's restart is.
        restore: Restore.
        ask: ask the trust service, where the place is a cluster.
        vouched: what it said, node by node.
    """

    frame: Frame
    items: tuple[Message, ...]
    restart: Button
    restarted: tuple[Published, ...]
    nodes: tuple[tuple[str, Progress | None], ...]
    restore: Button
    ask: Button = Button(shown=False)
    vouched: tuple[VouchedShown, ...] = ()


View = (
    ServerView
    | ActionView
    | InsertTokenView
    | TokenView
    | EntriesView
    | ReviewView
    | PasswordView
    | ProgressView
    | ServersView
    | RemainsView
)
