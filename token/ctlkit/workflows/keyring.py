"""Tokens and PEM files that a command names, looked up once and signed with at the end.

Rules:

* A signer is a ``pkcs11:`` URI, a PEM file, or a token's serial or label. A name is a PEM file
  only if such a file is there.
* One look at the tokens serves all names of a command. Nobody logs in before the signature, and
  only to the token that signs.

Source: docs/command-line.md, signer; docs/tokens.md, choosing.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from ctlkit.certificate import Certificate
from ctlkit.edit import TokenEntry
from ctlkit.errors import InputError, PinBlockedError, PinState, TokenNotFoundError
from ctlkit.files import read_file
from ctlkit.log import log
from ctlkit.messages import Message
from ctlkit.pins import PinOptions, PinPrompt, PinRequest, PinSource, pin_source
from ctlkit.pkcs11 import (
    Change,
    Inventory,
    ModuleProblem,
    Round,
    Selection,
    TokenCertificate,
    TokenInfo,
    TokenTest,
    choose,
    discover,
    no_token_causes,
    open_signer,
    read_certificates,
    rounds,
    searched,
    signing_certificate,
    take_inventory,
    test_token,
    watch,
)
from ctlkit.signing import PemSigner, Signer
from ctlkit.trustlist import Digest

__all__ = ["Keyring", "SeenTokens", "TokenAccess", "token_entry"]

_MAX_PEM = 1024 * 1024


@dataclass(frozen=True, slots=True)
class TokenAccess:
    """How tokens are reached.

    Attributes:
        modules: libraries that were named; they replace the search.
        configured: libraries of the configuration file.
        pins: where a PIN comes from.
        prompt: asks a person, None where nobody can be asked.
        notice: is told what is odd on the way.
        cancel: set by whoever wants to stop.
        environ: the variables that may hold a PIN; None: those of this process.
    """

    modules: Sequence[str] = ()
    configured: Sequence[str] = ()
    pins: PinOptions = field(default_factory=PinOptions)
    prompt: PinPrompt | None = None
    notice: Callable[[Message], None] = lambda _message: None
    cancel: threading.Event | None = None
    environ: Mapping[str, str] | None = None


class Keyring:
    """The tokens and PEM files that one command works with."""

    def __init__(self, access: TokenAccess) -> None:
        self._access = access
        self._inventory: Inventory | None = None
        self._pin_sources: dict[str | None, PinSource] = {}

    @property
    def inventory(self) -> Inventory:
        """What modules and tokens there are, looked at once.

        Raises:
            TokenError: there is no module at all, or a named one does not work.
        """
        if self._inventory is None:
            access = self._access
            candidates = discover(access.modules, configured=access.configured)
            self._inventory = take_inventory(candidates, cancel=access.cancel)
            for module in self._inventory.modules:
                log().info("module %s: %s", module.path, "loaded" if module.loaded else "no")
            for token in self._inventory.tokens:
                log().info("token %s", token.uri)
        return self._inventory

    def select(self, name: str) -> Selection:
        """Return the token of a URI, serial or label.

        Raises:
            TokenNotFoundError: there is none, or several.
        """
        return choose(self.inventory, name)

    def pins(self, selection: Selection) -> PinSource:
        """Return where the PIN of a token comes from; nothing is read yet."""
        return self._pin_source(selection.pin_source)

    def entry(self, name: str) -> TokenEntry:
        """Return certificate and title of a token or PEM file.

        Raises:
            TokenNotFoundError: there is no such token or several, or it has no certificate.
            InputError: the PEM file holds no usable certificate.
        """
        if _is_file(name):
            data = read_file(name, _MAX_PEM).data
            with _naming(name):
                return TokenEntry(Certificate.from_der(PemSigner.certificate_of(data)), name)
        selection = self.select(name)
        return _entry(selection.token, self._signing_certificate(selection))

    @contextmanager
    def signer(self, name: str, entry: TokenEntry) -> Iterator[Signer]:
        """Open what signs; a token asks for its PIN at the first signature.

        Args:
            name: as for :meth:`entry`.
            entry: what :meth:`entry` returned for it.
        """
        if _is_file(name):
            data = read_file(name, _MAX_PEM).data
            with _naming(name):
                signer = PemSigner(data, lambda: self._password(name))
            yield signer
            return
        selection = self.select(name)
        with open_signer(
            selection.token,
            self.pins(selection),
            certificate=entry.certificate.der,
            cancel=self._access.cancel,
            notice=self._access.notice,
        ) as opened:
            yield opened

    def test(self, name: str) -> TokenTest:
        """Log in to a token once, sign a random value and verify it; nothing is written.

        Raises:
            TokenError: it does not work, and why.
        """
        selection = self.select(name)
        return test_token(
            selection.token,
            self.pins(selection),
            certificate=self._signing_certificate(selection).der,
            cancel=self._access.cancel,
            notice=self._access.notice,
        )

    def require_typed(self, selections: Sequence[Selection]) -> None:
        """Refuse logins to several tokens, before the first, where nobody types the PIN of one.

        Raises:
            PinBlockedError: a PIN that nobody types would go to one of several tokens.
        """
        if len(selections) > 1 and any(self._sends_untyped(item) for item in selections):
            raise PinBlockedError("pin-for-several-tokens", count=len(selections))

    def hidden_certificates(self, selection: Selection) -> tuple[TokenCertificate, ...]:
        """Log in to a token once and return its certificates, private ones included.

        Raises:
            TokenError: it does not answer, or refused the PIN.
        """
        return read_certificates(
            selection.token,
            self.pins(selection),
            cancel=self._access.cancel,
            notice=self._access.notice,
        )

    def changes(self, cancel: threading.Event) -> Iterator[Change | ModuleProblem]:
        """Yield the tokens and broken modules there are and what changes, until ``cancel``."""
        access = self._access
        return watch(discover(access.modules, configured=access.configured), cancel=cancel)

    def rounds(self, cancel: threading.Event) -> Iterator[Round]:
        """Yield one look at the tokens after the other, a second apart, until ``cancel``."""
        access = self._access
        return rounds(discover(access.modules, configured=access.configured), cancel=cancel)

    def causes(self) -> tuple[Message, ...]:
        """Return why no token may be seen, and where was looked; empty where there is one."""
        if self.inventory.tokens:
            return ()
        return no_token_causes(self.inventory, where=searched(self._access.modules))

    def _signing_certificate(self, selection: Selection) -> TokenCertificate:
        """Return the certificate to sign with; where there is none, say what is odd first."""
        try:
            return selection.signing_certificate()
        except TokenNotFoundError:
            for note in selection.token.notes:
                self._access.notice(note)
            raise

    def _sends_untyped(self, selection: Selection) -> bool:
        """Whether a login to a token would send it a PIN that no person types."""
        token = selection.token
        needed = token.login_required and not token.protected_path
        return needed and not self.pins(selection).typed

    def _pin_source(self, uri_source: str | None = None) -> PinSource:
        access = self._access
        key = uri_source if access.pins == PinOptions() else None
        if key not in self._pin_sources:
            # One source for all tokens that share it: it refuses a second token by itself.
            self._pin_sources[key] = pin_source(
                access.pins,
                uri_source=uri_source,
                environ=access.environ,
                prompt=access.prompt,
                notice=access.notice,
            )
        return self._pin_sources[key]

    def _password(self, name: str) -> bytes:
        """Return the password of an encrypted key; the rules are those for a PIN."""
        file = Path(name).name
        request = PinRequest(label=file, serial="", state=PinState.OK, is_password=True)
        pin = self._pin_source().get(request)
        try:
            return pin.reveal().encode()
        finally:
            pin.forget()


class SeenTokens(Keyring):
    """A keyring that knows the tokens that were shown before, plugged in or not.

    Only the one that signs has to be there, when it signs.
    """

    def __init__(
        self,
        access: TokenAccess,
        entries: Mapping[str, TokenEntry],
        signed: Callable[[], None] = lambda: None,
    ) -> None:
        """Keep what was seen.

        Args:
            access: how tokens are reached.
            entries: URI -> certificate and title of each token that was shown.
            signed: is told of each signature.
        """
        super().__init__(access)
        self._entries = entries
        self._signed = signed

    def entry(self, name: str) -> TokenEntry:
        """Return a token that was shown, else one that is plugged in."""
        return self._entries[name] if name in self._entries else super().entry(name)

    @contextmanager
    def signer(self, name: str, entry: TokenEntry) -> Iterator[Signer]:
        """Open what signs, as a keyring does, and tell of each signature."""
        with super().signer(name, entry) as signer:
            yield _Telling(signer, self._signed)


class _Telling:
    """A signer that tells of each signature."""

    def __init__(self, signer: Signer, signed: Callable[[], None]) -> None:
        self._signer = signer
        self._signed = signed

    @property
    def certificate(self) -> bytes:
        return self._signer.certificate

    @property
    def digests(self) -> frozenset[Digest]:
        return self._signer.digests

    def sign(self, info: bytes, /) -> bytes:
        signature = self._signer.sign(info)
        self._signed()
        return signature


def token_entry(token: TokenInfo) -> TokenEntry:
    """Return certificate and title of a token that was seen.

    Raises:
        TokenNotFoundError: it has no certificate that signs, or several.
    """
    return _entry(token, signing_certificate(token))


def _entry(token: TokenInfo, chosen: TokenCertificate) -> TokenEntry:
    certificate = chosen.certificate or Certificate.from_der(chosen.der)
    return TokenEntry(certificate, f"{token.label} (serial {token.serial})")


@contextmanager
def _naming(file: str) -> Iterator[None]:
    """Say which file it is that holds no usable key or certificate."""
    try:
        yield
    except InputError as error:
        if "file" in error.values:
            raise
        raise InputError(
            "signer-file-unusable", file=file, reason=error, help=error.advice
        ) from error


def _is_file(name: str) -> bool:
    """Whether a name means a PEM file: one that is there, or that can be nothing else."""
    if name.startswith("pkcs11:"):
        return False
    try:
        return Path(name).is_file() or Path(name).suffix.lower() in {".pem", ".crt", ".key"}
    except (OSError, ValueError):
        return False
