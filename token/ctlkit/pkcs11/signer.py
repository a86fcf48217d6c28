"""A token as a signer, reading private certificates, and testing a token.

Rules:

* What cannot work is refused before any login: a key of another kind or size, a missing
  mechanism, a certificate whose key is known to be missing.
* The PIN is asked for at the first signature and kept for the signer's ``with`` block only.
* A signature is CKM_RSA_PKCS over the DigestInfo that is passed in; the card gets under 90 bytes.
* A key with CKA_ALWAYS_AUTHENTICATE gets the PIN at each signature; where the attribute is
  missing it counts as false, and CKR_USER_NOT_LOGGED_IN leads to one more try that way.
* After any failed signature the session is closed; the next signature opens a new one.
* The public key object is not needed: the certificate has the key.

Source: docs/tokens.md, signing.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from ctlkit.certificate import Certificate, RsaKey
from ctlkit.errors import CtlkitError, TokenError, TokenNotFoundError
from ctlkit.messages import Message
from ctlkit.pins import Pin, PinSource
from ctlkit.pkcs11._library import Attribute, Kind, Library, Login, Session, StoredObject
from ctlkit.pkcs11.choose import signing_certificate
from ctlkit.pkcs11.inventory import belongs, read_keys, reading
from ctlkit.pkcs11.inventory import read_certificates as _read
from ctlkit.pkcs11.module import Module, module_at
from ctlkit.pkcs11.sessions import (
    Credential,
    ask,
    explained,
    find_slot,
    log_in,
    login_failed,
    raise_as,
)
from ctlkit.pkcs11.values import KeyPresence, TokenCertificate, TokenInfo
from ctlkit.signing import check_rsa, digest_info
from ctlkit.trustlist import Digest

__all__ = ["TokenSigner", "TokenTest", "open_signer", "read_certificates", "test_token"]

_KEY_BYTES = frozenset({128, 256, 512})
"""Lengths of a modulus that a list's header can name (docs/format.md, SIGNATUREMODULUS)."""

_PADDING_BYTES = 11
_CLOSING_SECONDS = 5.0

_Notice = Callable[[Message], None]


def _unheard(_message: Message) -> None:
    """Take a notice that nobody wants to hear."""


class _PinWantedError(Exception):
    """The key needs a PIN that was not asked for; caught in the caller's thread."""


@dataclass(frozen=True, slots=True)
class TokenTest:
    """A token that signed a random value, and whose signature verified with its certificate.

    Attributes:
        token, certificate: what was tested.
        key_bits: the size of the key.
        digest: what kind of value was signed.
        seconds: how long the login and the signature took.
    """

    token: TokenInfo
    certificate: bytes = field(repr=False)
    key_bits: int
    digest: Digest
    seconds: float


class TokenSigner:
    """A token's key as a :class:`ctlkit.signing.Signer`. Made by :func:`open_signer`.

    Attributes:
        token: the token as it was seen.
    """

    def __init__(
        self,
        module: Module,
        token: TokenInfo,
        certificate: TokenCertificate,
        key: RsaKey,
        pins: PinSource,
        cancel: threading.Event | None,
        notice: _Notice,
    ) -> None:
        self.token = token
        self._module = module
        self._certificate = certificate
        self._size = key.size
        self._pins = pins
        self._cancel = cancel
        self._notice = notice
        self._credential: Credential | None = None
        self._session: Session | None = None
        self._key: StoredObject | None = None
        self._context = False

    @property
    def certificate(self) -> bytes:
        """The certificate whose key signs, DER."""
        return self._certificate.der

    @property
    def digests(self) -> frozenset[Digest]:
        """The digests whose DigestInfo the key has room for."""
        room = self._size - _PADDING_BYTES
        return frozenset(digest for digest in Digest if len(digest_info(digest, b"")) <= room)

    def sign(self, info: bytes) -> bytes:
        """Return the RSA PKCS#1 v1.5 signature of a DigestInfo; asks for the PIN when it must.

        Raises:
            WrongPinError, PinBlockedError: the PIN; see :mod:`ctlkit.pkcs11.sessions`.
            TokenRemovedError: the token was pulled out.
            TokenError: the token said no; the next signature begins with a new session.
            CancelledError: ``cancel`` was set or a person gave up.
        """
        if len(info) > self._size - _PADDING_BYTES:
            raise TokenError("token-digest-long", size=len(info), **_names(self.token))
        if self._credential is None:
            self._credential = self._ask()
        try:
            return self._run(info)
        except _PinWantedError:
            self._credential = self._ask(always=True)
            return self._run(info)

    def close(self) -> None:
        """Log out, close the session and forget the PIN; never raises what a token says."""
        if self._credential is not None:
            # A signature that was walked away from may still open a session before this is done.
            given_up = self._cancel is not None and self._cancel.is_set()
            timeout = 0 if given_up else _CLOSING_SECONDS
            with suppress(CtlkitError):
                self._module.run(self._drop, timeout=timeout, surely=True)
        if self._credential is not None and isinstance(self._credential.login, Pin):
            self._credential.login.forget()
        self._credential = None

    def _ask(self, *, always: bool = False) -> Credential:
        parsed = self._certificate.certificate
        return ask(
            self._module,
            self.token,
            self._pins,
            cancel=self._cancel,
            notice=self._notice,
            certificate=parsed.common_name.strip() if parsed else "",
            always=always,
        )

    def _run(self, info: bytes) -> bytes:
        return self._module.run(partial(self._sign, info=info), cancel=self._cancel)

    def _sign(self, library: Library, info: bytes) -> bytes:
        """Sign in the module's thread, once more with a context login where that is missing."""
        try:
            return self._sign_once(library, info, context=False)
        except TokenError as error:
            meaning = self._meaning(library, error)
            again = error.ckr == "CKR_USER_NOT_LOGGED_IN" and meaning is error
            if not again or self._context:
                raise_as(meaning, error)
        try:
            signature = self._sign_once(library, info, context=True)
        except TokenError as error:
            raise_as(self._meaning(library, error), error)
        self._context = True
        return signature

    def _sign_once(self, library: Library, info: bytes, *, context: bool) -> bytes:
        try:
            if self._session is None or self._key is None:
                self._session, self._key = self._open(library)
            pin = self._context_pin() if context or self._context else None
            return self._key.sign(info, pin)
        except (TokenError, _PinWantedError):
            self._drop(library)
            raise

    def _context_pin(self) -> Pin:
        credential = self._credential
        if credential is None or credential.login is Login.NONE:
            raise _PinWantedError
        if not isinstance(credential.login, Pin):
            # The binding cannot make a context login at a PIN pad, and an empty PIN is a try.
            raise TokenError("token-context-pin-pad", **_names(self.token))
        return credential.login

    def _open(self, library: Library) -> tuple[Session, StoredObject]:
        if self._credential is None:
            raise AssertionError("no agreement on how to log in")
        session = log_in(library, self.token, self._credential, self._module)
        try:
            key = _private_key(session, self.token, self._certificate)
            values = key.read((Attribute.ALWAYS_AUTHENTICATE,))
        except TokenError:
            session.close()
            raise
        self._context |= any(values.get(Attribute.ALWAYS_AUTHENTICATE, b""))
        return session, key

    def _drop(self, _library: Library) -> None:
        session, self._session, self._key = self._session, None, None
        if session is not None:
            session.close()

    def _meaning(self, library: Library, error: TokenError) -> CtlkitError:
        if error.function == "C_Login" and type(error) is TokenError and self._credential:
            return login_failed(library, self.token, self._credential, error, self._module)
        return explained(library, self.token, error)


def _names(token: TokenInfo) -> dict[str, Any]:
    return {"label": token.label, "serial": token.serial}


def _private_key(session: Session, token: TokenInfo, wanted: TokenCertificate) -> StoredObject:
    keys = read_keys(session, Kind.PRIVATE_KEY)
    label = wanted.label.encode("utf-8", "replace")
    found = belongs(wanted.certificate, wanted.id, label, keys)
    if found is None:
        same = any(wanted.id and key.id == wanted.id for key, _item in keys)
        code = "token-key-of-other" if same else "token-no-key"
        raise TokenError(code, **_names(token))
    return found


@contextmanager
def open_signer(
    token: TokenInfo,
    pins: PinSource,
    *,
    certificate: bytes | None = None,
    cancel: threading.Event | None = None,
    notice: _Notice = _unheard,
) -> Iterator[TokenSigner]:
    """Give a signer for a token. Nothing is logged in to before the first signature.

    Args:
        token: from an inventory.
        pins: asked for the PIN at the first signature.
        certificate: the DER of the certificate that signs, by default the token's only one.
        cancel: ends every wait when it is set.
        notice: is told of a PIN that was wrong before.

    Raises:
        TokenNotFoundError: no certificate, no key, or several.
        TokenRemovedError: the token is gone.
        TokenError: its key or its module cannot make such signatures.
    """
    chosen = _chosen(token, certificate)
    parsed = chosen.certificate or Certificate.from_der(chosen.der)
    key = parsed.public_key
    if not isinstance(key, RsaKey):
        raise TokenError("token-key-kind", **_names(token))
    if key.size not in _KEY_BYTES or key.bits != 8 * key.size:
        raise TokenError("token-key-size", bits=key.bits, **_names(token))
    module = module_at(token.module)
    if not module.run(partial(_can_sign, token=token), cancel=cancel):
        raise TokenError("token-no-mechanism", **_names(token))
    signer = TokenSigner(module, token, chosen, key, pins, cancel, notice)
    try:
        yield signer
    finally:
        signer.close()


def _chosen(token: TokenInfo, certificate: bytes | None) -> TokenCertificate:
    if certificate is None:
        return signing_certificate(token)
    for item in token.certificates:
        if item.der == certificate:
            if item.key is KeyPresence.ABSENT:
                raise TokenNotFoundError("token-no-key", **_names(token))
            return item
    raise TokenNotFoundError("token-no-such-certificate", **_names(token))


def _can_sign(library: Library, token: TokenInfo) -> bool:
    try:
        return find_slot(library, token).can_sign_raw()
    except TokenError as error:
        raise_as(explained(library, token, error), error)


def read_certificates(
    token: TokenInfo,
    pins: PinSource | None = None,
    *,
    cancel: threading.Event | None = None,
    notice: _Notice = _unheard,
) -> tuple[TokenCertificate, ...]:
    """Return a token's resident certificates, with a login also those that are private.

    Raises:
        WrongPinError, PinBlockedError: the PIN.
        TokenRemovedError: the token is gone.
        TokenError: it does not answer.
    """
    module = module_at(token.module)
    if pins is None:
        return module.run(partial(_read_openly, token=token), cancel=cancel)
    credential = ask(module, token, pins, cancel=cancel, notice=notice)
    work = partial(_read_logged_in, token=token, credential=credential, module=module)
    try:
        return module.run(work, cancel=cancel)
    finally:
        if isinstance(credential.login, Pin):
            credential.login.forget()


def _read_openly(library: Library, token: TokenInfo) -> tuple[TokenCertificate, ...]:
    try:
        with reading(find_slot(library, token)) as session:
            return _read(session, sees_all=not token.login_required)
    except TokenError as error:
        raise_as(explained(library, token, error), error)


def _read_logged_in(
    library: Library, token: TokenInfo, credential: Credential, module: Module
) -> tuple[TokenCertificate, ...]:
    session = log_in(library, token, credential, module)
    try:
        return _read(session, sees_all=True)
    except TokenError as error:
        raise_as(explained(library, token, error), error)
    finally:
        session.close()


def test_token(
    token: TokenInfo,
    pins: PinSource,
    *,
    certificate: bytes | None = None,
    cancel: threading.Event | None = None,
    notice: _Notice = _unheard,
) -> TokenTest:
    """Log in once, sign a random value, verify it with the certificate, write nothing.

    Raises:
        TokenError: it does not work, or its key is not the certificate's.
    """
    with open_signer(token, pins, certificate=certificate, cancel=cancel, notice=notice) as signer:
        key = Certificate.from_der(signer.certificate).public_key
        info = digest_info(Digest.SHA1, secrets.token_bytes(32))
        begin = time.monotonic()
        signature = signer.sign(info)
        seconds = time.monotonic() - begin
        if not isinstance(key, RsaKey) or not check_rsa(key, signature, info):
            raise TokenError("token-key-of-other", **_names(token))
        return TokenTest(token, signer.certificate, key.bits, Digest.SHA1, seconds)
