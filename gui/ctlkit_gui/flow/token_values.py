"""What the wizard knows of tokens and certificates, as frozen values.

Rules:

* Nothing here can hold a PIN; bytes of certificates stay out of every repr.
* Times are seconds since 1970, UTC; the pages write them in the person's own way.
* A token is known by its RFC 7512 URI, which holds for as long as the token says the same of
  itself, wherever it is plugged in.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from ctlkit.errors import CtlkitError, PinState
from ctlkit.messages import Message

__all__ = [
    "CertificateShown",
    "ModuleShown",
    "TokenShown",
    "TokensShown",
]


@dataclass(frozen=True, slots=True)
class CertificateShown:
    """A certificate as the pages show it.

    Attributes:
        title: its common name.
        subject, issuer: as a list writes them.
        serial: as a list has it, ``13:FD:...``.
        serial_hex, serial_decimal: the number itself.
        valid_from, valid_to: seconds since 1970, UTC.
        key: kind and bits, ``RSA 1024``.
        sha1, sha256: fingerprints, upper-case hexadecimal with colons.
        der: its bytes, to be saved or dragged out.
        file_name: what to call it then, ``SAST-ADN0054f509.cer``.
    """

    title: str
    subject: str
    issuer: str
    serial: str
    serial_hex: str
    serial_decimal: str
    valid_from: int
    valid_to: int
    key: str
    sha1: str
    sha256: str
    der: bytes = field(repr=False)
    file_name: str = ""


@dataclass(frozen=True, slots=True)
class TokenShown:
    """A token that is, or was, plugged in.

    Attributes:
        uri: what it is known by.
        label, serial, manufacturer, model: what it says of itself.
        pin_state: what its flags say of the PIN.
        login_required: whether signing takes a PIN at all.
        pin_pad: whether the PIN is typed at its reader.
        certificate: the one that would be added, None where there is none.
        problem: why there is none.
        notes: what is odd about it.
        module: the library that shows it.
    """

    uri: str
    label: str
    serial: str
    manufacturer: str = ""
    model: str = ""
    pin_state: PinState = PinState.OK
    login_required: bool = True
    pin_pad: bool = False
    certificate: CertificateShown | None = None
    problem: CtlkitError | None = None
    notes: tuple[Message, ...] = ()
    module: str = ""


@dataclass(frozen=True, slots=True)
class ModuleShown:
    """A library that was tried.

    Attributes:
        path: where it is.
        origin: who named it: an option, the configuration, a vendor.
        loaded: whether it works.
        slots: how many slots it has, empty ones included.
        description: what it says of itself.
        problem: why it shows nothing, with the loader's own words.
    """

    path: str
    origin: str
    loaded: bool
    slots: int = 0
    description: str = ""
    problem: Message | None = None


@dataclass(frozen=True, slots=True)
class TokensShown:
    """One look at the tokens.

    Attributes:
        tokens: those that are plugged in.
        modules: the libraries that were tried.
        causes: why there may be none, and what to install; empty where there is one.
    """

    tokens: tuple[TokenShown, ...] = ()
    modules: tuple[ModuleShown, ...] = ()
    causes: tuple[Message, ...] = ()

    def find(self, uri: str | None) -> TokenShown | None:
        """Return the plugged-in token of a URI."""
        return next((token for token in self.tokens if token.uri == uri), None)
