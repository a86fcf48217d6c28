"""What is told before anything is signed and asks for no consent: amber warnings and notes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime

from ctlkit.certificate import Certificate
from ctlkit.edit._servers import Slot, find_server, is_server_sast
from ctlkit.edit._values import Change, Mode, Origin, Row, RowState, holds, mode_of
from ctlkit.errors import InputError
from ctlkit.messages import Message, Severity
from ctlkit.trustlist import Function, Record, function_name, text_of

__all__ = ["expiring", "remarks", "title_of"]

_DAY = 24 * 3600
_SOON = 180 * _DAY
_OF_CLUSTER = (Function.CCM_TFTP, Function.CAPF)


def remarks(
    change: Change, mode: Mode, rows: Sequence[Row], *, unchanged: bool
) -> Iterator[Message]:
    """Yield what is amber about a change, then the notes."""
    records = [row.record for row in rows if row.state is not RowState.REMOVED]
    if unchanged:
        yield Message("unchanged")
    yield from _time_remarks(change)
    yield from _token_remarks(change, records)
    yield from _server_remarks(change, mode, rows)
    yield from _vanished(change, rows)
    yield from expiring(records, change.now)
    old = mode_of(change.present.list.records) if change.present else mode
    if mode is not old:
        yield Message("mode-changes", {"mode": mode.value}, Severity.NOTE)
    yield Message("afterwards", severity=Severity.NOTE)


def title_of(record: Record) -> str:
    """Return what a person knows an entry by."""
    certificate = _read(record)
    common_name = certificate.common_name.strip() if certificate else ""
    return common_name or text_of(record.subject)


def _read(record: Record) -> Certificate | None:
    try:
        return Certificate.from_der(record.certificate or b"")
    except InputError:
        return None


def _time_remarks(change: Change) -> Iterator[Message]:
    present = change.present
    if present is None:
        yield Message("creating")
    elif change.timestamp < (present.list.header.timestamp or 0):
        yield Message("timestamp-older")
    if change.timestamp > change.now + _DAY:
        yield Message("timestamp-ahead")


def _token_remarks(change: Change, records: Sequence[Record]) -> Iterator[Message]:
    at_hand = [item.certificate for item in (*change.tokens, change.signer)]
    sast = [record for record in records if record.is_sast]
    absent = [item for item in sast if not any(holds(item, own) for own in at_hand)]
    if len(sast) - len(absent) < 2:
        tokens = [item for item in absent if not is_server_sast(item, list(records))]
        names = ", ".join(title_of(record) for record in tokens or absent)
        yield Message("one-token-seen", {"others": names})
    most = change.profile.most_sast
    if most is not None and len(sast) > most:
        yield Message("many-sast", {"count": len(sast), "most": most})


def _server_remarks(change: Change, mode: Mode, rows: Sequence[Row]) -> Iterator[Message]:
    if mode is Mode.NON_SECURE:
        for server in change.servers:
            if server.function == Function.CCM_TFTP and change.mode is None:
                yield Message("server-not-secure", {"subject": server.certificate.common_name})
    records = [row.record for row in rows if row.state is not RowState.REMOVED]
    for row in rows:
        if row.state is RowState.NEW and not row.record.is_sast:
            twins = [item for item in records if _same_place(item, row.record)]
            if len(twins) > 1:
                yield Message(
                    "two-entries",
                    {
                        "function": function_name(row.record.function),
                        "node": row.record.dns_name or "",
                    },
                )


def _vanished(change: Change, rows: Sequence[Row]) -> Iterator[Message]:
    """Offer for removal what the cluster itself no longer has, never a proxy or a firewall."""
    in_use = [server for server in change.servers if server.origin is Origin.CLUSTER]
    if not in_use:
        return
    old = [Slot(row.record) for row in rows if row.state is RowState.KEPT]
    known = [find_server(old, server) for server in in_use]
    for slot in old:
        if slot.record.function in _OF_CLUSTER and slot not in known:
            yield Message(
                "server-vanished",
                {
                    "function": function_name(slot.record.function),
                    "node": slot.record.dns_name or title_of(slot.record),
                    "serial": (slot.record.serial or b"").hex(":").upper(),
                },
            )


def _same_place(record: Record, other: Record) -> bool:
    return record.function == other.function and bool(
        record.dns_name and record.dns_name == other.dns_name
    )


def expiring(records: Iterable[Record], now: int) -> Iterator[Message]:
    """Yield what is to be said of certificates that ran out, or will within half a year.

    Args:
        records: whose certificates.
        now: seconds since 1970, UTC.
    """
    for record in records:
        certificate = _read(record)
        if certificate is not None and certificate.not_after <= now + _SOON:
            date = datetime.fromtimestamp(certificate.not_after, UTC).strftime("%Y-%m-%d")
            code = "expires" if certificate.not_after > now else "ran-out"
            yield Message(code, {"subject": title_of(record), "date": date})
