"""What has to be done elsewhere: each effect is answered by an event with its request.

Rules:

* A request is answered once: by the event that its docstring names, or by ``Failed``. An effect
  that names no event is not answered.
* Nothing here holds a secret. A PIN or a password lies in the window's one-shot box before the
  effect that needs it begins (``OpenPlace``, ``Sign``), or is put there when it is asked for
  (``PasswordWanted``).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ctlkit.edit import Consent, Mode
from ctlkit_gui.flow.values import Choice, ServerForm

__all__ = [
    "Abandon",
    "Answer",
    "AskRestore",
    "AskVouching",
    "Assemble",
    "CloseWindow",
    "Effect",
    "OpenPlace",
    "Prepare",
    "PublishRest",
    "ReadServer",
    "Remember",
    "Restart",
    "Restore",
    "RestoreRest",
    "Sign",
    "StopWatch",
    "WatchTokens",
]


@dataclass(frozen=True, slots=True)
class Effect:
    """What every effect has.

    Attributes:
        request: its number; of ``Abandon``, ``Answer`` and ``StopWatch`` that of the other effect.
    """

    request: int


@dataclass(frozen=True, slots=True)
class Remember(Effect):
    """Keep what was typed for the next time."""

    form: ServerForm


@dataclass(frozen=True, slots=True)
class OpenPlace(Effect):
    """Open a place and look at every node: ``PlaceOpened``. It stays open.

    Attributes:
        form: which place; ``ctlkit_gui.flow.address_of`` gives its address.
        default_mode: the mode to go by where nobody says it.
    """

    form: ServerForm
    default_mode: Mode


@dataclass(frozen=True, slots=True)
class WatchTokens(Effect):
    """Look for tokens until ``StopWatch``: ``TokensLooked`` at once and at each change."""


@dataclass(frozen=True, slots=True)
class StopWatch(Effect):
    """End a ``WatchTokens``; what it still sends is dropped."""


@dataclass(frozen=True, slots=True)
class Assemble(Effect):
    """Put the list together as far as it goes: ``Assembled``."""

    choice: Choice


@dataclass(frozen=True, slots=True)
class ReadServer(Effect):
    """Read a server's certificate from a file: ``ServerRead``.

    Attributes:
        function: the role, a number of :class:`ctlkit.trustlist.Function`.
        file: the certificate, DER or PEM.
        name, address: as they were typed, empty for none.
    """

    function: int
    file: Path
    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Prepare(Effect):
    """Read place and tokens anew and decide what would be signed: ``ListPrepared``.

    Attributes:
        signer: URI of the token that signs.
    """

    choice: Choice
    signer: str


@dataclass(frozen=True, slots=True)
class Sign(Effect):
    """Sign, verify, keep, write: ``SigningStepped``, ``NodeStepped``, then ``ListPublished``.

    Attributes:
        prepared: the number of what was prepared.
        consent: what was expressly confirmed.
        without: the nodes whose absence was confirmed by name.
        last_try: whether the last try of the PIN was expressly allowed.
    """

    prepared: int
    consent: Consent
    without: frozenset[str]
    last_try: bool


@dataclass(frozen=True, slots=True)
class PublishRest(Effect):
    """Write the signed list to the nodes that failed: ``NodeStepped``, then ``ListPublished``."""

    prepared: int


@dataclass(frozen=True, slots=True)
class AskRestore(Effect):
    """Ask what phones would do with the kept list: ``RestoreJudged``; nothing is written.

    Attributes:
        phones: the list of phones that they are judged by, None for none.
    """

    phones: Path | None


@dataclass(frozen=True, slots=True)
class Restore(Effect):
    """Swap the present list and the kept one on every node: ``NodeStepped``, ``Restored``.

    Attributes:
        consent: what was expressly confirmed.
        without: the nodes whose absence was confirmed by name.
        phones: the list of phones that they were judged by, None for none.
    """

    consent: Consent
    without: frozenset[str]
    phones: Path | None


@dataclass(frozen=True, slots=True)
class RestoreRest(Effect):
    """Put the restored list on the nodes that failed: ``NodeStepped``, then ``Restored``."""


@dataclass(frozen=True, slots=True)
class Restart(Effect):
    """Restart the services, one node after the other: ``NodeStepped``, ``Restarted``."""


@dataclass(frozen=True, slots=True)
class AskVouching(Effect):
    """Ask the trust service of every node about the list in force: ``VouchingTold``."""


@dataclass(frozen=True, slots=True)
class Abandon(Effect):
    """Stop an effect as soon as it can be: its answer is not awaited, or is a ``Failed``."""


@dataclass(frozen=True, slots=True)
class Answer(Effect):
    """What a person answered to a question that an effect waits for.

    Attributes:
        accepted: of ``HostKeyMet`` whether it is trusted, of ``HandOverWanted`` whether it is
            done, of ``PasswordWanted`` whether a password lies in the box.
    """

    accepted: bool


@dataclass(frozen=True, slots=True)
class CloseWindow(Effect):
    """End the wizard: stop what runs, close the place, close the window."""
