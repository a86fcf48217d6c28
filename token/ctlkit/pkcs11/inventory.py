"""What is plugged in: modules, slots, tokens, certificates; never a login.

Rules:

* Slots are walked one by one: one that fails is a note, an empty one is normal. The list is asked
  for again when it changes under the question.
* A token counts when it is initialised. Only resident certificates are read, only the attributes
  that are needed, and a bounded number of each.
* A key belongs to a certificate by CKA_ID, then by modulus, then by label; one whose modulus is
  known to be another's does not.
* The same card in two modules is one row (:mod:`ctlkit.pkcs11.merging`).
* A module found by search that fails is a note, a named one an error; both are reports.

Source: docs/tokens.md, the binding and choosing.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from ctlkit.certificate import Certificate, RsaKey
from ctlkit.errors import InputError, TokenError
from ctlkit.messages import Message, Severity
from ctlkit.pkcs11._library import (
    Attribute,
    Kind,
    Library,
    Session,
    Slot,
    StoredObject,
    TokenFacts,
    TokenFlag,
)
from ctlkit.pkcs11.flags import pin_state
from ctlkit.pkcs11.merging import merged
from ctlkit.pkcs11.module import module_at, renew
from ctlkit.pkcs11.uri import TokenUri, format_uri
from ctlkit.pkcs11.values import (
    Candidate,
    Inventory,
    KeyPresence,
    ModuleReport,
    TokenCertificate,
    TokenInfo,
)

__all__ = [
    "DEFAULT_TIMEOUT",
    "Seen",
    "StoredKey",
    "belongs",
    "list_slots",
    "module_problem",
    "read_certificates",
    "read_keys",
    "read_tokens",
    "reading",
    "shown",
    "take_inventory",
]

DEFAULT_TIMEOUT = 30.0
"""Seconds that a module may take to be initialised and read; smart cards are slow."""

_MOST_SLOTS = 64
_MOST_OBJECTS = 32
_LONGEST_VALUE = 64 * 1024
_TRIES = 3
_PAUSE_SECONDS = 0.05
_REPLACED = "\ufffd"


@dataclass(frozen=True, slots=True)
class StoredKey:
    """A key on a token, as far as it can be seen.

    Attributes:
        id, label: CKA_ID and CKA_LABEL, empty where there is none.
        modulus: of an RSA key, 0 where it is not shown.
    """

    id: bytes
    label: bytes
    modulus: int


def take_inventory(
    candidates: Sequence[Candidate],
    *,
    cancel: threading.Event | None = None,
    timeout: float = DEFAULT_TIMEOUT,
    fresh: bool = False,
) -> Inventory:
    """Look at modules and at everything that is plugged in. Nothing is logged in to or changed.

    Args:
        candidates: from :func:`ctlkit.pkcs11.discovery.discover`.
        cancel: ends the wait when it is set.
        timeout: seconds for each module.
        fresh: initialise modules again that hold no session of ours, for a module that lost
            sight of its readers.

    Raises:
        CancelledError: ``cancel`` was set.
    """
    reports: list[ModuleReport] = []
    tokens: list[TokenInfo] = []
    for candidate in candidates:
        module = module_at(candidate.path)
        try:
            look = partial(_look, candidate=candidate, path=module.path, fresh=fresh)
            report, found = module.run(look, cancel=cancel, timeout=timeout)
        except TokenError as error:
            report, found = _failed(candidate, error), ()
        reports.append(report)
        tokens.extend(found)
    return Inventory(tuple(reports), merged(tokens))


def _failed(candidate: Candidate, error: TokenError) -> ModuleReport:
    problem = module_problem(candidate, error)
    return ModuleReport(candidate.path, candidate.source, candidate.origin, False, problem)


def module_problem(candidate: Candidate, error: TokenError) -> Message:
    """Return why a module does not work: an ERROR where a person named it, else a NOTE."""
    severity = Severity.ERROR if candidate.named else Severity.NOTE
    code = "module-failed" if error.code == "token-call-failed" else error.code
    return Message(code, {"path": candidate.path, **error.values}, severity)


def _look(
    library: Library, candidate: Candidate, path: Path, *, fresh: bool
) -> tuple[ModuleReport, tuple[TokenInfo, ...]]:
    """Read one module, in its thread."""
    renew(library, path, always=fresh)
    seen = read_tokens(library, path)
    report = ModuleReport(
        path=candidate.path,
        source=candidate.source,
        origin=candidate.origin,
        loaded=True,
        manufacturer=library.manufacturer,
        description=library.description,
        version=library.version,
        slots=seen.slots,
        notes=seen.notes,
    )
    return report, seen.tokens


@dataclass(frozen=True, slots=True)
class Seen:
    """The slots of a module: how many, the tokens in them, and those that failed."""

    slots: int
    tokens: tuple[TokenInfo, ...]
    notes: tuple[Message, ...]


def read_tokens(library: Library, path: Path, known: Sequence[TokenInfo] = ()) -> Seen:
    """Walk the slots of a module, in its thread.

    Args:
        library: the module.
        path: its real path.
        known: tokens that need no reading again while they say the same of themselves.

    Raises:
        TokenError: the slots cannot be listed.
    """
    slots = list_slots(library)
    before = {(token.slot, token.identity, token.pin_state): token for token in known}
    tokens: list[TokenInfo] = []
    notes: list[Message] = []
    for slot in slots[:_MOST_SLOTS]:
        try:
            facts = slot.token()
        except TokenError as error:
            if error.ckr != "CKR_TOKEN_NOT_PRESENT":
                notes.append(_slot_note(slot, error))
            continue
        if TokenFlag.TOKEN_INITIALIZED in facts.flags:
            token = before.get((slot.number, facts.identity, pin_state(facts.flags)))
            # One without certificates may have been looked at while it was being made.
            tokens.append(token if token and token.certificates else _token(slot, facts, path))
        elif library.manufacturer != "SoftHSM":
            # SoftHSM always has one free slot more.
            notes.append(_note("slot-not-initialised", slot=slot.description))
    return Seen(len(slots), tuple(tokens), tuple(notes))


def list_slots(library: Library) -> list[Slot]:
    """Return the slots of a module, in its thread; asks again when the list changed meanwhile.

    Raises:
        TokenError: it cannot be had.
    """
    for left in reversed(range(_TRIES)):
        try:
            # One slot that cannot be described spoils the list; it may have no token.
            return library.slots(with_token=left == 0)
        except TokenError:
            if left == 0:
                raise
            time.sleep(_PAUSE_SECONDS)
    raise AssertionError("unreachable")


@contextmanager
def reading(slot: Slot) -> Iterator[Session]:
    """Give the session that is open on a token, or one for the time being, in its thread.

    Raises:
        TokenError: none can be opened.
    """
    present = slot.library.open.get(slot.number)
    if present is not None:
        yield present
        return
    session = slot.open()
    try:
        yield session
    finally:
        session.close()


def _slot_note(slot: Slot, error: TokenError) -> Message:
    if error.ckr == "CKR_TOKEN_NOT_RECOGNIZED":
        return _note("slot-not-recognised", slot=slot.description)
    reason = error.values.get("reason", error.ckr)
    return _note("slot-failed", slot=slot.description, function=error.function, reason=reason)


def _note(code: str, **values: object) -> Message:
    return Message(code, values, Severity.NOTE)


def _token(slot: Slot, facts: TokenFacts, path: Path) -> TokenInfo:
    notes: list[Message] = []
    login_required = TokenFlag.LOGIN_REQUIRED in facts.flags
    certificates: tuple[TokenCertificate, ...] = ()
    try:
        with reading(slot) as session:
            certificates = read_certificates(session, sees_all=not login_required)
    except TokenError as error:
        reason = error.values.get("reason", error.ckr)
        notes.append(
            _note("token-unread", label=facts.label, function=error.function, reason=reason)
        )
    if _REPLACED in facts.label:
        notes.append(_note("token-label-encoding", label=facts.label, serial=facts.serial))
    return TokenInfo(
        label=facts.label,
        serial=facts.serial,
        manufacturer=facts.manufacturer,
        model=facts.model,
        uri=_uri(facts),
        module=path,
        slot=slot.number,
        slot_description=slot.description,
        removable=slot.removable,
        pin_state=pin_state(facts.flags),
        login_required=login_required,
        protected_path=TokenFlag.PROTECTED_AUTHENTICATION_PATH in facts.flags,
        certificates=certificates,
        notes=tuple(notes),
        firmware=facts.firmware,
    )


def _uri(facts: TokenFacts) -> str:
    """Return a token's URI, without texts that cannot be written in one."""

    def writable(text: str) -> str | None:
        return text if text and _REPLACED not in text else None

    return format_uri(
        TokenUri(
            token=writable(facts.label),
            serial=writable(facts.serial),
            manufacturer=writable(facts.manufacturer),
            model=writable(facts.model),
        )
    )


def read_certificates(session: Session, *, sees_all: bool) -> tuple[TokenCertificate, ...]:
    """Read the resident certificates of a token, in its thread, those with a key first.

    Args:
        session: logged in or not.
        sees_all: whether private objects can be seen, so that a missing key is missing.

    Raises:
        TokenError: the token does not answer.
    """
    stored = [_certificate_parts(item) for item in session.find(Kind.CERTIFICATE, _MOST_OBJECTS)]
    private = read_keys(session, Kind.PRIVATE_KEY)
    public = [] if not stored else read_keys(session, Kind.PUBLIC_KEY)
    unseen = KeyPresence.ABSENT if sees_all else KeyPresence.UNKNOWN
    found = []
    for der, identifier, label in stored:
        if not der:
            continue
        certificate = _parsed(der)
        presence = unseen
        if belongs(certificate, identifier, label, private) is not None:
            presence = KeyPresence.PRESENT
        elif not sees_all and belongs(certificate, identifier, label, public) is not None:
            presence = KeyPresence.LIKELY
        found.append(TokenCertificate(der, identifier, shown(label), presence, certificate))
    order = list(KeyPresence)
    return tuple(sorted(found, key=lambda item: (item.is_ca, order.index(item.key))))


def _certificate_parts(item: StoredObject) -> tuple[bytes, bytes, bytes]:
    values = item.read((Attribute.VALUE, Attribute.ID, Attribute.LABEL))
    der, identifier, label = (
        values.get(attribute, b"") for attribute in (Attribute.VALUE, Attribute.ID, Attribute.LABEL)
    )
    return (der if len(der) <= _LONGEST_VALUE else b"", identifier, label)


def _parsed(der: bytes) -> Certificate | None:
    try:
        return Certificate.from_der(der)
    except InputError:
        return None


def read_keys(session: Session, kind: Kind) -> list[tuple[StoredKey, StoredObject]]:
    """Return the keys of a class with their objects, in the module's thread.

    Raises:
        TokenError: the token does not answer.
    """
    found = []
    for item in session.find(kind, _MOST_OBJECTS):
        values = item.read((Attribute.ID, Attribute.LABEL, Attribute.MODULUS))
        modulus = int.from_bytes(values.get(Attribute.MODULUS, b""), "big")
        key = StoredKey(values.get(Attribute.ID, b""), values.get(Attribute.LABEL, b""), modulus)
        found.append((key, item))
    return found


def belongs(
    certificate: Certificate | None,
    identifier: bytes,
    label: bytes,
    keys: Iterable[tuple[StoredKey, StoredObject]],
) -> StoredObject | None:
    """Return the key of a certificate: by CKA_ID, then by modulus, then by label."""
    known = certificate.public_key if certificate is not None else None
    modulus = known.modulus if isinstance(known, RsaKey) else 0
    best: tuple[tuple[bool, bool, bool], StoredObject] | None = None
    for key, item in keys:
        if modulus and key.modulus and key.modulus != modulus:
            continue
        match = (
            bool(identifier) and key.id == identifier,
            bool(modulus) and key.modulus == modulus,
            bool(label) and key.label == label,
        )
        if any(match) and (best is None or match > best[0]):
            best = (match, item)
    return best[1] if best else None


def shown(label: bytes) -> str:
    """Return a label as text; bytes that are no UTF-8 are shown as escapes."""
    return label.rstrip(b"\0 ").decode("utf-8", "backslashreplace")
