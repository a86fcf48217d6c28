"""The doctor's judgement: what of the facts is wrong. Pure; no I/O.

A finding is a *problem* where ctlkit cannot do its job, a *warning* where it can and something
needs a person, a *note* otherwise. Problems come first, and among equals what causes the others.

Rules:

1.  A configuration file that cannot be used is a problem: commands stop at it. So is the table of
    phone models that it names. Known host keys that cannot be read are a warning, and so is a
    place whose address is none.
2.  A binding that cannot be loaded is a problem.
3.  No module that works, and none that explains it, is a problem, with what to install on this
    system.
4.  A module that a person named, or one that brings down its process, is a problem when it does
    not work. One that was found by search is a note while a token is seen through another. With
    no token it is a problem too, but for SoftHSM: no vendor's token is behind that.
5.  Where no token is seen: a smart card service that does not run is a problem if a module works
    that needs it. What else was found of the usual causes is a warning, what cannot be checked a
    note; so is where modules were looked for.
6.  A slot whose token cannot be used (not initialised, not known, not answering), and no token at
    all, are problems while no token is seen; such a slot is a warning beside one that is.
7.  What keeps a token from signing is a problem while no token can sign, else a warning: no
    certificate, none that can be a SAST entry, its private key missing, a key that is not RSA of
    1024, 2048 or 4096 bits, a PIN that is locked, not set or to be changed.
8.  One try left, a wrong PIN entered before and a certificate that ran out are warnings; a key
    that is hidden until a login is a note.
9.  Libraries that Qt lacks are a problem where there is a display, else a warning; no display, no
    PyQt6 and every other extra that is not installed are notes.
10. What could not be looked at is a warning.

Source: docs/tokens.md, choosing, PINs, and when no token is found.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from typing import TYPE_CHECKING

from ctlkit.certificate import RsaKey
from ctlkit.errors import PinState
from ctlkit.messages import Message, Severity
from ctlkit.names import rfc4514_name
from ctlkit.trustlist import SIGNER_LENGTHS
from ctlkit.workflows.doctor.facts import ConfigurationFacts, Facts, QtFacts

if TYPE_CHECKING:
    from ctlkit.pkcs11 import Inventory, ModuleReport, TokenCertificate, TokenInfo

__all__ = ["Finding", "Kind", "judge"]

_NO_MODULE = {"win32": "doctor-no-module-windows", "darwin": "doctor-no-module-macos"}
_SEARCHED = "searched-"
"""How the codes begin that say where modules were looked for."""

_PINS_THAT_HINDER = {
    PinState.LOCKED: "pin-locked",
    PinState.TO_BE_CHANGED: "pin-to-be-changed",
    PinState.NOT_SET: "pin-not-set",
}
_PINS_TO_WATCH = {
    PinState.FINAL_TRY: "doctor-pin-last-try",
    PinState.COUNT_LOW: "pin-count-low",
}


class Kind(Enum):
    """How much a finding matters, worst first."""

    PROBLEM = "problem"
    WARNING = "warning"
    NOTE = "note"


_ORDER = list(Kind)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something to be told: how much it matters, what it is and what to do."""

    kind: Kind
    message: Message


def judge(facts: Facts) -> tuple[Finding, ...]:
    """Return what is wrong, worst first (the rules are the module's)."""
    found = [
        *_configuration(facts.configuration),
        *_tokens(facts),
        *_qt(facts.qt),
        *_extras(facts),
        *(Finding(Kind.WARNING, message) for message in facts.failures),
    ]
    return tuple(sorted(found, key=lambda finding: _ORDER.index(finding.kind)))


def _configuration(configuration: ConfigurationFacts) -> Iterator[Finding]:
    if configuration.file.problem is not None:
        yield Finding(Kind.PROBLEM, configuration.file.problem)
    if configuration.models.problem is not None:
        yield Finding(Kind.PROBLEM, configuration.models.problem)
    for name in configuration.unusable_places:
        yield Finding(Kind.WARNING, Message("doctor-place-unusable", {"name": name}))
    if configuration.known_hosts.problem is not None:
        yield Finding(Kind.WARNING, configuration.known_hosts.problem)


def _tokens(facts: Facts) -> Iterator[Finding]:
    inventory = facts.tokens.inventory
    if facts.tokens.problem is not None:
        yield Finding(Kind.PROBLEM, facts.tokens.problem)
    if inventory is None:
        return
    modules = list(_modules(inventory))
    yield from modules
    if not inventory.tokens:
        yield from _no_token(facts, inventory, modules)
    yield from _signing(inventory.tokens)
    for token in inventory.tokens:
        yield from _remarks(token, facts.now)


def _modules(inventory: Inventory) -> Iterator[Finding]:
    seen = bool(inventory.tokens)
    for report in inventory.modules:
        if report.problem is not None:
            yield Finding(_weight(report, report.problem, seen=seen), report.problem)
        for note in report.notes:
            yield Finding(Kind.WARNING if seen else Kind.PROBLEM, note)


def _weight(report: ModuleReport, problem: Message, *, seen: bool) -> Kind:
    if problem.severity is Severity.ERROR:
        return Kind.PROBLEM
    return Kind.NOTE if seen or _is_softhsm(report) else Kind.PROBLEM


def _is_softhsm(report: ModuleReport) -> bool:
    return "softhsm" in report.path.name.lower()


def _no_token(facts: Facts, inventory: Inventory, modules: list[Finding]) -> Iterator[Finding]:
    """Say that no token is seen, unless what the modules say explains it, and why it may be."""
    loaded = [report for report in inventory.modules if report.loaded]
    explained = any(finding.kind is Kind.PROBLEM for finding in modules)
    if not loaded and not explained:
        yield _problem(_NO_MODULE.get(facts.program.system, "doctor-no-module-linux"))
    for cause in facts.tokens.causes:
        if cause.code == "cause-pcscd" and not all(map(_is_softhsm, loaded)):
            yield Finding(Kind.PROBLEM, cause)
        elif cause.severity is Severity.AMBER and cause.code != "cause-no-library":
            yield Finding(Kind.WARNING, cause)
        elif cause.severity is Severity.NOTE and (loaded or cause.code.startswith(_SEARCHED)):
            yield Finding(Kind.NOTE, cause)
    if loaded and not explained:
        slots = sum(report.slots for report in loaded)
        yield Finding(Kind.PROBLEM, Message("doctor-no-token", {"slots": slots}))


def _problem(code: str) -> Finding:
    return Finding(Kind.PROBLEM, Message(code))


def _signing(tokens: Iterable[TokenInfo]) -> Iterator[Finding]:
    """Say what keeps tokens from signing."""
    hurdles = [list(_hurdles(token)) for token in tokens]
    kind = Kind.PROBLEM if all(hurdles) else Kind.WARNING
    for messages in hurdles:
        yield from (Finding(kind, message) for message in messages)


def _hurdles(token: TokenInfo) -> Iterator[Message]:
    """Yield what keeps a token from signing."""
    if token.pin_state in _PINS_THAT_HINDER:
        yield Message(_PINS_THAT_HINDER[token.pin_state], _names(token))
    unread = [note for note in token.notes if note.code == "token-unread"]
    if unread:
        yield from unread
    elif not token.certificates:
        yield Message("token-no-certificate", _names(token))
    elif not token.candidates:
        only_ca = all(item.is_ca for item in token.certificates)
        yield Message("token-only-ca" if only_ca else "doctor-no-candidate", _names(token))
    else:
        faults = [_fault(token, item) for item in token.candidates]
        if None not in faults:
            yield from filter(None, faults)


def _fault(token: TokenInfo, item: TokenCertificate) -> Message | None:
    """Return why a certificate that could be a SAST entry cannot be signed with."""
    from ctlkit.pkcs11 import KeyPresence

    key = item.certificate.public_key if item.certificate else None
    if item.key is KeyPresence.ABSENT:
        return Message("doctor-key-missing", _certificate_values(token, item))
    if not isinstance(key, RsaKey):
        return Message("token-key-kind", _names(token))
    if key.size not in SIGNER_LENGTHS or key.bits != key.size * 8:
        return Message("token-key-size", {**_names(token), "bits": key.bits})
    return None


def _remarks(token: TokenInfo, now: int) -> Iterator[Finding]:
    """Say what else is to be known of a token."""
    from ctlkit.pkcs11 import KeyPresence

    if token.pin_state in _PINS_TO_WATCH:
        yield Finding(Kind.WARNING, Message(_PINS_TO_WATCH[token.pin_state], _names(token)))
    for item in token.candidates:
        values = _certificate_values(token, item)
        if item.certificate is not None and item.certificate.not_after < now:
            date = datetime.fromtimestamp(item.certificate.not_after, UTC).strftime("%Y-%m-%d")
            yield Finding(Kind.WARNING, Message("doctor-expired", {**values, "date": date}))
        if item.key is KeyPresence.UNKNOWN:
            yield Finding(Kind.NOTE, Message("doctor-key-hidden", values))
    for note in token.notes:
        if note.code != "token-unread":
            yield Finding(Kind.NOTE, note)


def _names(token: TokenInfo) -> dict[str, object]:
    return {"label": token.label, "serial": token.serial}


def _certificate_values(token: TokenInfo, item: TokenCertificate) -> dict[str, object]:
    subject = rfc4514_name(item.certificate.subject) if item.certificate else item.label
    return {**_names(token), "subject": subject}


def _qt(qt: QtFacts) -> Iterator[Finding]:
    if qt.missing:
        values = {
            "libraries": ", ".join(name for name, _package in qt.missing),
            "packages": " ".join(package for _name, package in qt.missing),
        }
        kind = Kind.PROBLEM if qt.display is not None else Kind.WARNING
        yield Finding(kind, Message("doctor-qt-libraries", values))
    if qt.needs_display and qt.display is None:
        yield Finding(Kind.NOTE, Message("doctor-no-display"))


def _extras(facts: Facts) -> Iterator[Finding]:
    for extra in facts.program.extras:
        if extra.missing:
            values = {"extra": extra.name, "use": extra.use, "missing": ", ".join(extra.missing)}
            yield Finding(Kind.NOTE, Message("doctor-extra", values))
