"""What happens to the wizard by what effects bring.

Rules:

* Each carries the request of the effect that it belongs to.
* No event holds a secret.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from ctlkit.edit import Server
from ctlkit.errors import CtlkitError
from ctlkit.messages import Message
from ctlkit_gui.flow.events import Event
from ctlkit_gui.flow.token_values import TokensShown
from ctlkit_gui.flow.values import Assembly, PlaceShown, Prepared, SigningStep, VouchedShown

if TYPE_CHECKING:
    from ctlkit.acceptance import ClassVerdict
    from ctlkit.place import HandOver, HostKey, Progress, Published

__all__ = [
    "Assembled",
    "Brought",
    "Failed",
    "HandOverWanted",
    "HostKeyMet",
    "ListPrepared",
    "ListPublished",
    "ModeSwitched",
    "NodeStepped",
    "PasswordWanted",
    "PinPadWanted",
    "PlaceOpened",
    "Restarted",
    "RestoreJudged",
    "Restored",
    "ServerRead",
    "SigningStepped",
    "TokensLooked",
    "VouchingTold",
]


@dataclass(frozen=True, slots=True)
class Brought(Event):
    """What an effect brought.

    Attributes:
        request: whose.
    """

    request: int


@dataclass(frozen=True, slots=True)
class Failed(Brought):
    """An effect came to nothing."""

    error: CtlkitError


@dataclass(frozen=True, slots=True)
class PlaceOpened(Brought):
    """A place is open."""

    place: PlaceShown


@dataclass(frozen=True, slots=True)
class HostKeyMet(Brought):
    """A server showed a key that is not known; the effect waits for an ``Answer``."""

    key: HostKey


@dataclass(frozen=True, slots=True)
class PasswordWanted(Brought):
    """A node asks for a password and the box is empty; the effect waits for an ``Answer``."""

    user: str
    host: str


@dataclass(frozen=True, slots=True)
class HandOverWanted(Brought):
    """A person has to put files on nodes by hand; the effect waits for an ``Answer``."""

    hand_over: HandOver


@dataclass(frozen=True, slots=True)
class TokensLooked(Brought):
    """The tokens as they are now."""

    tokens: TokensShown


@dataclass(frozen=True, slots=True)
class Assembled(Brought):
    """The list as far as it goes."""

    assembly: Assembly


@dataclass(frozen=True, slots=True)
class ServerRead(Brought):
    """A server's certificate was read."""

    server: Server


@dataclass(frozen=True, slots=True)
class ListPrepared(Brought):
    """What would be signed."""

    prepared: Prepared


@dataclass(frozen=True, slots=True)
class PinPadWanted(Brought):
    """The reader waits for the PIN."""


@dataclass(frozen=True, slots=True)
class SigningStepped(Brought):
    """Signing came to another step."""

    step: SigningStep


@dataclass(frozen=True, slots=True)
class NodeStepped(Brought):
    """A node came to another step."""

    progress: Progress


@dataclass(frozen=True, slots=True)
class ModeSwitched(Brought):
    """The cluster was set to another mode and holds the server's own list.

    Attributes:
        message: says so.
        saved: where the list that phones hold was saved, None where there was none.
    """

    message: Message
    saved: Path | None = None


@dataclass(frozen=True, slots=True)
class ListPublished(Brought):
    """The list was signed and written, at least somewhere.

    Attributes:
        signer, signer_serial: of the new list, as phones show them.
        published: what each node holds now.
        error: what went wrong as a whole, None where nothing did.
    """

    signer: str
    signer_serial: str
    published: tuple[Published, ...]
    error: CtlkitError | None = None


@dataclass(frozen=True, slots=True)
class RestoreJudged(Brought):
    """What phones that took the new list would do with the kept one.

    Attributes:
        messages: what is said of phones and servers; what is red is confirmed expressly.
        verdicts: what phones would do, class by class.
        absent: node -> why it does not answer.
    """

    messages: tuple[Message, ...]
    verdicts: tuple[ClassVerdict, ...] = ()
    absent: Mapping[str, CtlkitError] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Restored(Brought):
    """The kept list is in force again, at least somewhere.

    Attributes:
        published: what became of it on each node.
        error: what went wrong as a whole, None for nothing.
        signer, signer_serial: who signed it, as the list has them; empty where it is nowhere.
    """

    published: tuple[Published, ...]
    error: CtlkitError | None = None
    signer: str = ""
    signer_serial: str = ""


@dataclass(frozen=True, slots=True)
class Restarted(Brought):
    """The services were restarted, at least somewhere."""

    published: tuple[Published, ...]
    error: CtlkitError | None = None


@dataclass(frozen=True, slots=True)
class VouchingTold(Brought):
    """Every node was asked about the new list's signer, or could not be."""

    vouched: tuple[VouchedShown, ...]
