"""Which entry is which server's, and what becomes of it (rule 4)."""

from __future__ import annotations

import ipaddress

from ctlkit.certificate import Certificate
from ctlkit.drafts import make_record
from ctlkit.edit._values import RowState, Server, holds, is_short
from ctlkit.errors import InputError, UsageError
from ctlkit.profiles import Profile
from ctlkit.trustlist import Function, Record, function_name, text_of

__all__ = [
    "Slot",
    "find_server",
    "is_recovery",
    "is_server_sast",
    "same_server",
    "server_record",
]


class Slot:
    """One place in the list while it is being made."""

    __slots__ = ("given", "old", "record")

    def __init__(self, record: Record, old: Record | None = None) -> None:
        self.record = record
        self.old = old
        self.given = False

    @property
    def state(self) -> RowState:
        """What became of the entry so far."""
        if self.old is None:
            return RowState.NEW
        return RowState.KEPT if self.record == self.old else RowState.CHANGED


def _as_address(text: str | None) -> str | None:
    try:
        return str(ipaddress.ip_address(text or ""))
    except ValueError:
        return None


def _record_address(record: Record) -> str | None:
    packed = record.ip_address or b""
    if len(packed) in (4, 16) and any(packed):
        return str(ipaddress.ip_address(packed))
    return _as_address(record.dns_name)


def _record_name(record: Record) -> str | None:
    name = record.dns_name or None
    return None if name is None or _as_address(name) else name.casefold()


def _read(record: Record) -> Certificate | None:
    try:
        return Certificate.from_der(record.certificate or b"")
    except InputError:
        return None


def find_server(slots: list[Slot], server: Server) -> Slot | None:
    """Return the entry of a server: by function and address, by subject where that says nothing.

    An entry with a key of another kind (RSA, EC) is another entry of the same server. The server's
    own signer (ITLRecovery, CallManager as SAST) is never replaced: another one is added to it.
    Short entries of one server say nothing of their keys and are filled one after the other.

    Raises:
        UsageError: several entries fit.
    """
    if server.function == Function.SAST:
        found = [slot for slot in slots if slot.record.is_sast]
        return next((slot for slot in found if holds(slot.record, server.certificate)), None)
    found = [slot for slot in slots if _fits(slot.record, server)]
    if len(found) < 2:
        return found[0] if found else None
    full = [slot for slot in found if not is_short(slot.record)]
    for choice in ([slot for slot in found if holds(slot.record, server.certificate)], full):
        if len(choice) == 1:
            return choice[0]
    if full:
        raise UsageError(
            "server-several-entries",
            function=function_name(server.function),
            subject=server.certificate.common_name,
        )
    return found[0]


def _fits(record: Record, server: Server) -> bool:
    if record.function != server.function:
        return False
    own = _read(record)
    if own and type(own.public_key) is not type(server.certificate.public_key):
        return False
    given = (
        _as_address(server.address) or _as_address(server.name),
        None if _as_address(server.name) else (server.name or "").casefold() or None,
    )
    placed = _same_place(_record_place(record), given)
    if placed is not None:
        return placed
    return own is not None and own.subject == server.certificate.subject


def same_server(record: Record, other: Record) -> bool:
    """Whether two entries are one server's, as :func:`find_server` tells it."""
    if record.function != other.function:
        return False
    placed = _same_place(_record_place(record), _record_place(other))
    return text_of(record.subject) == text_of(other.subject) if placed is None else placed


_Where = tuple[str | None, str | None]
"""Address and name, None for what is not known."""


def _record_place(record: Record) -> _Where:
    return _record_address(record), _record_name(record)


def _same_place(known: _Where, given: _Where) -> bool | None:
    """Whether address or name are the same; None where both sides know neither."""
    pairs = [pair for pair in zip(known, given, strict=True) if None not in pair]
    return any(one == other for one, other in pairs) if pairs else None


def server_record(profile: Profile, server: Server, present: Record | None) -> Record:
    """Return a server's entry in a dialect.

    Args:
        profile: the dialect.
        server: whose entry it is.
        present: the entry it replaces, which lends name and address that are not given.

    Raises:
        UsageError: the dialect needs an address or a name that nobody gave.
    """
    address = _as_address(server.address) or _as_address(server.name)
    name = None if _as_address(server.name) else server.name
    if present is not None:
        address = address or _record_address(present)
        name = name or (present.dns_name if _as_address(present.dns_name) is None else None)
    dns = address if profile.address_as_name else name
    if profile.has_dns_name and not dns:
        raise UsageError(
            "server-address-missing" if profile.address_as_name else "server-name-missing",
            function=function_name(server.function),
            subject=server.certificate.common_name,
            profile=profile.name,
        )
    return make_record(
        profile, server.function, server.certificate, dns=dns or "", address=address, token=False
    )


def is_recovery(record: Record) -> bool:
    """Whether a SAST entry is ITLRecovery, by its common name."""
    own = _read(record) if record.is_sast else None
    return own is not None and own.common_name.casefold().startswith("itlrecovery")


def is_server_sast(record: Record, records: list[Record]) -> bool:
    """Whether a SAST entry is the server's own (ITLRecovery, CallManager), not a token's."""
    if not record.is_sast:
        return False
    if record.dns_name:
        return True
    if is_recovery(record):
        return True
    servers = (Function.CCM, Function.CCM_TFTP, Function.TFTP)
    return any(
        item.function in servers and item.certificate and item.certificate == record.certificate
        for item in records
    )
