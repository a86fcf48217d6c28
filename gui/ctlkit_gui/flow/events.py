"""What happens to the wizard by what a person does.

Rules:

* No event holds a secret. The page puts a typed PIN or password into the one-shot box and emits
  ``Next``, or ``PasswordGiven`` where it was asked for.
* Any event may come in any state; what makes no sense there changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ctlkit_gui.flow.values import (
    Action,
    ServerForm,
)

__all__ = [
    "ActionChosen",
    "AddServer",
    "AddTokens",
    "Back",
    "Cancel",
    "Close",
    "Confirmed",
    "Deleted",
    "Dismissed",
    "Event",
    "FormChanged",
    "HandOverAnswered",
    "HostKeyAnswered",
    "LastTryConfirmed",
    "Next",
    "PasswordDeclined",
    "PasswordGiven",
    "PhonesNamed",
    "Rescan",
    "RestartWanted",
    "RestoreAgreed",
    "RestoreWanted",
    "RetryNodes",
    "SignerChosen",
    "TokenSelected",
    "Undeleted",
    "VouchingWanted",
    "WordTyped",
]


@dataclass(frozen=True, slots=True)
class Event:
    """Anything that happens."""


@dataclass(frozen=True, slots=True)
class Next(Event):
    """The page's main button: Next, Ok, Add, Finish, Sign, Done.

    On the Server and the Password page the box was filled before.
    """


@dataclass(frozen=True, slots=True)
class Back(Event):
    """The Back button."""


@dataclass(frozen=True, slots=True)
class Cancel(Event):
    """The Cancel button or Esc: stops what runs; where nothing does, as ``Close``."""


@dataclass(frozen=True, slots=True)
class Close(Event):
    """The window is to be closed."""


@dataclass(frozen=True, slots=True)
class Dismissed(Event):
    """A dialog was answered with its main button (OK, or leave), or put away.

    Attributes:
        accepted: whether it was the main button.
    """

    accepted: bool = True


@dataclass(frozen=True, slots=True)
class FormChanged(Event):
    """Something was typed or chosen on the Server page."""

    form: ServerForm


@dataclass(frozen=True, slots=True)
class ActionChosen(Event):
    """A radio button of the Action page."""

    action: Action


@dataclass(frozen=True, slots=True)
class Rescan(Event):
    """Look for tokens anew (F5)."""


@dataclass(frozen=True, slots=True)
class TokenSelected(Event):
    """A row of the list of tokens on the Insert token page."""

    uri: str


@dataclass(frozen=True, slots=True)
class AddTokens(Event):
    """Add Tokens on the CTL entries page."""


@dataclass(frozen=True, slots=True)
class AddServer(Event):
    """Add TFTP Server or Add Firewall, its dialog filled in.

    Attributes:
        function: a number of :class:`ctlkit.trustlist.Function`: CCM_TFTP, CAPF, FIREWALL...
        file: the certificate, DER or PEM.
        name, address: host name and IP address, empty for none.
    """

    function: int
    file: Path
    name: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class Deleted(Event):
    """Delete Selected; ``keys`` of the rows."""

    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Undeleted(Event):
    """Keep rows that were to be removed; ``keys`` of the rows."""

    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SignerChosen(Event):
    """Another token is to sign (Review)."""

    uri: str


@dataclass(frozen=True, slots=True)
class PhonesNamed(Event):
    """A list of the phones was named, by which they are judged and counted (Review).

    Attributes:
        file: a CSV of models and numbers; None: every class that there may be.
    """

    file: Path | None


@dataclass(frozen=True, slots=True)
class Confirmed(Event):
    """A box of an express confirmation was ticked or cleared.

    Attributes:
        key: that of the :class:`~ctlkit_gui.flow.Confirmation`.
    """

    key: str
    ticked: bool = True


@dataclass(frozen=True, slots=True)
class WordTyped(Event):
    """The number or word of an express confirmation, as far as it was typed."""

    key: str
    text: str


@dataclass(frozen=True, slots=True)
class LastTryConfirmed(Event):
    """Whether the last try of a PIN may be used (Password)."""

    ticked: bool = True


@dataclass(frozen=True, slots=True)
class RetryNodes(Event):
    """Retry: write to the nodes that failed."""


@dataclass(frozen=True, slots=True)
class RestoreWanted(Event):
    """Restore: asks first what phones would do with the kept list."""


@dataclass(frozen=True, slots=True)
class RestoreAgreed(Event):
    """The person confirmed expressly that the kept list is put back."""


@dataclass(frozen=True, slots=True)
class RestartWanted(Event):
    """Restart the services of every node."""


@dataclass(frozen=True, slots=True)
class VouchingWanted(Event):
    """The trust service of every node is to be asked about the new list's signer."""


@dataclass(frozen=True, slots=True)
class HostKeyAnswered(Event):
    """Whether the fingerprint of a server's key was compared and is trusted."""

    trusted: bool


@dataclass(frozen=True, slots=True)
class PasswordGiven(Event):
    """A password that was asked for lies in the box."""


@dataclass(frozen=True, slots=True)
class PasswordDeclined(Event):
    """No password is given."""


@dataclass(frozen=True, slots=True)
class HandOverAnswered(Event):
    """Whether the files were put on the nodes by hand."""

    done: bool
