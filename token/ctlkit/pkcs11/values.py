"""What is known of modules and tokens: frozen values that any thread may hold.

Rules:

* No value here refers to a module, a session or an object; a token is found again by what it says
  of itself.
* Texts of tokens are as they were read; bytes that are no UTF-8 are shown as escapes or
  replacement characters, never an exception.

Source: docs/tokens.md, choosing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any

from ctlkit.certificate import Certificate
from ctlkit.errors import PinState, TokenError, TokenNotFoundError
from ctlkit.messages import Message, Severity

__all__ = [
    "Candidate",
    "Inventory",
    "KeyPresence",
    "ModuleReport",
    "Source",
    "TokenCertificate",
    "TokenInfo",
]


class Source(Enum):
    """Why a module is looked at."""

    OPTION = "option"
    CONFIGURATION = "configuration"
    P11_KIT = "p11-kit"
    KNOWN = "known"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A module that may be there.

    Attributes:
        path: its library.
        source: who named it.
        origin: what named it: the option, a configuration file, the vendor.
    """

    path: Path
    source: Source
    origin: str

    @property
    def named(self) -> bool:
        """Whether a person named it, so that a failure is an error and not a note."""
        return self.source in {Source.OPTION, Source.CONFIGURATION}


class KeyPresence(Enum):
    """Whether the private key of a certificate is on the token.

    Most tokens hide private keys until a login; a public key object beside the certificate is a
    good sign.
    """

    PRESENT = "present"
    LIKELY = "likely"
    UNKNOWN = "unknown"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class TokenCertificate:
    """A certificate on a token.

    Attributes:
        der: its bytes, whatever they are.
        id: CKA_ID, empty where there is none.
        label: CKA_LABEL as text.
        key: whether its private key is there.
        certificate: what was read of it; None where it is no X.509 certificate.
    """

    der: bytes = field(repr=False)
    id: bytes
    label: str
    key: KeyPresence
    certificate: Certificate | None = field(repr=False)

    @property
    def is_ca(self) -> bool:
        """Whether it says that it is a CA, and so no candidate for signing."""
        return self.certificate is not None and self.certificate.is_ca


_KEY_ORDER = list(KeyPresence)


@dataclass(frozen=True, slots=True)
class TokenInfo:
    """A token as it was seen without a login.

    Attributes:
        label, serial, manufacturer, model: what C_GetTokenInfo said.
        uri: its RFC 7512 URI.
        module: the real path of the module that shows it.
        slot, slot_description: where it was; never a way to choose it.
        removable: whether the slot says that it can be pulled out.
        pin_state: what its flags said.
        login_required, protected_path: whether it needs a login; whether its reader has a PIN pad.
        certificates: the resident ones, those with a key first.
        also_in: other modules that show the same card.
        notes: what was odd about it.
        firmware: the version of its firmware, ``2.6`` for instance; empty where not known.
    """

    label: str
    serial: str
    manufacturer: str
    model: str
    uri: str
    module: Path
    slot: int
    slot_description: str
    removable: bool
    pin_state: PinState
    login_required: bool
    protected_path: bool
    certificates: tuple[TokenCertificate, ...] = ()
    also_in: tuple[Path, ...] = ()
    notes: tuple[Message, ...] = ()
    firmware: str = ""

    @property
    def identity(self) -> tuple[str, str, str, str]:
        """What tells it from another token."""
        return (self.serial, self.label, self.manufacturer, self.model)

    @property
    def candidates(self) -> tuple[TokenCertificate, ...]:
        """The certificates that can be a SAST entry: X.509, no CA; those with a key first."""
        fitting = [item for item in self.certificates if item.certificate and not item.is_ca]
        return tuple(sorted(fitting, key=lambda item: _KEY_ORDER.index(item.key)))


@dataclass(frozen=True, slots=True)
class ModuleReport:
    """What became of a module.

    Attributes:
        path: the library as it was named or found.
        source, origin: as in :class:`Candidate`.
        loaded: whether it is loaded and initialised.
        problem: why not, or why it shows nothing; an ERROR where a person named the module.
        manufacturer, description, version: what C_GetInfo said.
        slots: how many slots it has, empty ones included.
        notes: slots that could not be read.
    """

    path: Path
    source: Source
    origin: str
    loaded: bool
    problem: Message | None = None
    manufacturer: str = ""
    description: str = ""
    version: str = ""
    slots: int = 0
    notes: tuple[Message, ...] = ()


@dataclass(frozen=True, slots=True)
class Inventory:
    """Modules and tokens, as they were at one moment."""

    modules: tuple[ModuleReport, ...]
    tokens: tuple[TokenInfo, ...]

    @property
    def notes(self) -> tuple[Message, ...]:
        """Everything odd: of modules, of slots, of tokens."""
        found = [report.problem for report in self.modules if report.problem is not None]
        found += [note for report in self.modules for note in report.notes]
        found += [note for token in self.tokens for note in token.notes]
        return tuple(found)

    @property
    def broken(self) -> tuple[ModuleReport, ...]:
        """The modules that a person named and that do not work."""
        return tuple(
            report
            for report in self.modules
            if report.problem is not None and report.problem.severity is Severity.ERROR
        )

    def failure(self) -> TokenError | None:
        """Return why there can be no token at all, or None where at least one module works."""
        if any(report.loaded for report in self.modules):
            return None
        for report in self.broken:
            if report.problem is not None:
                values: dict[str, Any] = dict(report.problem.values)
                return TokenNotFoundError(report.problem.code, **values)
        return TokenNotFoundError("token-no-module")
