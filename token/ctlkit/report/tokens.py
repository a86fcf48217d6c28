"""Modules and tokens as JSON objects and as lines for a person."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ctlkit.errors import PinState
from ctlkit.messages import Message, printable
from ctlkit.pkcs11 import Inventory, ModuleReport, TokenCertificate, TokenInfo
from ctlkit.profiles import CTL_CLIENT
from ctlkit.report.values import certificate_object, message_objects, rfc3339

__all__ = [
    "inventory_lines",
    "inventory_object",
    "module_object",
    "token_certificate_object",
    "token_lines",
    "token_object",
]

_PIN_WORDS = {
    PinState.LOCKED: "locked",
    PinState.FINAL_TRY: "one try left",
    PinState.COUNT_LOW: "a wrong PIN was entered before",
    PinState.TO_BE_CHANGED: "has to be changed first",
    PinState.NOT_SET: "not set",
    PinState.OK: "ok",
}
_KEY_WORDS = {
    "present": "with its key",
    "likely": "with its key",
    "unknown": "key hidden until a login",
    "absent": "without a key",
}


def inventory_object(inventory: Inventory, notes: Sequence[Message]) -> dict[str, object]:
    """Return everything that was found, and what is to be said about it."""
    return {
        "modules": [module_object(module) for module in inventory.modules],
        "tokens": [token_object(token) for token in inventory.tokens],
        "notes": message_objects(notes),
    }


def module_object(module: ModuleReport) -> dict[str, object]:
    """Return a module, and why it does not work."""
    return {
        "path": str(module.path),
        "source": module.source.value,
        "loaded": module.loaded,
        "manufacturer": module.manufacturer,
        "description": module.description,
        "version": module.version,
        "slots": module.slots,
        "problem": message_objects([module.problem])[0] if module.problem else None,
        "notes": message_objects(module.notes),
    }


def token_object(token: TokenInfo) -> dict[str, object]:
    """Return a token and its certificates."""
    return {
        "label": token.label,
        "serial": token.serial,
        "manufacturer": token.manufacturer,
        "model": token.model,
        "uri": token.uri,
        "module": str(token.module),
        "also_in": [str(path) for path in token.also_in],
        "slot": token.slot,
        "pin_state": token.pin_state.value,
        "login_required": token.login_required,
        "protected_path": token.protected_path,
        "certificates": [token_certificate_object(item) for item in token.certificates],
        "notes": message_objects(token.notes),
    }


def token_certificate_object(item: TokenCertificate) -> dict[str, object]:
    """Return a certificate on a token, and what is known of its key."""
    return {
        "label": item.label,
        "id": item.id.hex(),
        "key": item.key.value,
        "is_ca": item.is_ca,
        **certificate_object(item.der),
    }


def inventory_lines(inventory: Inventory) -> Iterator[str]:
    """Yield modules and tokens as a person reads them."""
    for module in inventory.modules:
        if module.loaded:
            about = " ".join(filter(None, (module.description, module.version)))
            yield f"Module {printable(module.path)}: {printable(about)}, {module.slots} slot(s)"
        elif module.problem is not None:
            yield f"Module {printable(module.path)}: {module.problem.text}"
        for note in module.notes:
            yield f"  {note.text}"
    for token in inventory.tokens:
        yield ""
        yield from token_lines(token)


def token_lines(token: TokenInfo) -> Iterator[str]:
    """Yield a token and its certificates as a person reads them."""
    yield f"Token {printable(token.label)}, serial {printable(token.serial)}"
    yield f"  {printable(token.manufacturer)} {printable(token.model)}, slot {token.slot}"
    pin = _PIN_WORDS[token.pin_state]
    yield f"  PIN: {pin}{', at the reader' if token.protected_path else ''}"
    yield f"  {printable(token.uri)}"
    for path in token.also_in:
        yield f"  also through {printable(path)}"
    for item in token.certificates:
        yield from _certificate_lines(item)
    if not token.certificates:
        yield "  no certificate to be seen without a login"
    for note in token.notes:
        yield f"  {note.text}"


def _certificate_lines(item: TokenCertificate) -> Iterator[str]:
    certificate = item.certificate
    if certificate is None:
        yield f"  certificate {printable(item.label)}: not readable"
        return
    role = "CA certificate" if item.is_ca else "certificate"
    until = (rfc3339(certificate.not_after) or "")[:10]
    yield (
        f"  {role} {printable(certificate.common_name.strip())},"
        f" {certificate.public_key.bits} bits, until {until}, {_KEY_WORDS[item.key.value]}"
    )
    yield f"    serial {certificate.serial.hex(':').upper()}"
    in_lists = CTL_CLIENT.identity(certificate, token=True).serial
    if in_lists != certificate.serial:
        yield f"    in a list of the CTL Client: serial {in_lists.hex(':').upper()}"
    yield f"    SHA-1  {certificate.fingerprint('sha1').hex(':').upper()}"
