"""What is to be said before anything is signed, and what of it has to be confirmed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ctlkit.edit._remarks import remarks, title_of
from ctlkit.edit._servers import Slot, find_server
from ctlkit.edit._values import Change, Consent, Mode, Row, Server, hex_text, holds, is_short
from ctlkit.errors import RuleError, UsageError
from ctlkit.messages import Message, Severity
from ctlkit.trustlist import Digest, Record, function_name, text_of

__all__ = ["LOCKOUT_WORD", "Doubts", "require_consent", "review", "stale_in", "unconfirmed"]

LOCKOUT_WORD = "LOCKOUT"
"""What a person types to confirm that phones may be locked out, where no number is known."""

_SHA512 = Digest.SHA512
_STALE = frozenset({"stale-entry", "stale-in-list", "stale-until-restart"})


class Doubts(NamedTuple):
    """What putting servers in their places left open.

    Attributes:
        stale: entries that were kept though a server shows another certificate.
        fetched: certificates that came without authentication and made or filled an entry.
    """

    stale: list[tuple[Record, Server]]
    fetched: list[Server]


def review(
    change: Change, mode: Mode, rows: Sequence[Row], doubts: Doubts, *, unchanged: bool
) -> tuple[Message, ...]:
    """Return the warnings about a change, the red ones first."""
    return (
        *_signer_messages(change),
        *_stale_messages(doubts.stale),
        *_fingerprint_messages(doubts.fetched),
        *remarks(change, mode, rows, unchanged=unchanged),
    )


def _signer_messages(change: Change) -> list[Message]:
    found = []
    present = change.present
    if present is not None:
        known = [record for record in present.list.records if record.is_sast]
        if not any(holds(record, change.signer.certificate) for record in known):
            names = ", ".join(title_of(record) for record in known)
            found.append(_red("signer-new", 2, title=change.signer.title, known=names))
    before = present.digest if present else None
    if change.digest is _SHA512 and before is not _SHA512:
        found.append(_red("digest-sha512", 9, word=LOCKOUT_WORD))
    return found


def stale_in(records: Sequence[Record], servers: Sequence[Server]) -> Iterator[Message]:
    """Yield a red warning for each entry of a finished list whose server uses another certificate.

    Args:
        records: those of the list.
        servers: those in use. One that has no entry, or several, is left out, and so is an entry
            without a certificate, which says nothing of it.
    """
    slots = [Slot(record) for record in records]
    for server in servers:
        try:
            slot = find_server(slots, server)
        except UsageError:
            continue
        if slot is None or is_short(slot.record) or holds(slot.record, server.certificate):
            continue
        yield _red("stale-in-list", 4, **_both(slot.record, server))


def _stale_messages(stale: Sequence[tuple[Record, Server]]) -> list[Message]:
    return [_red("stale-entry", 4, **_both(record, server)) for record, server in stale]


def _both(record: Record, server: Server) -> dict[str, object]:
    """Return the certificate of an entry and the one that its server uses, by their serials."""
    return {
        "node": record.dns_name or text_of(record.subject),
        "old": (record.serial or b"").hex().upper(),
        "new": server.certificate.serial.hex().upper(),
    }


def _fingerprint_messages(fetched: Sequence[Server]) -> list[Message]:
    return [
        _red(
            "fingerprint-unconfirmed",
            4,
            function=function_name(server.function),
            node=" ".join(filter(None, (server.name, server.address))),
            subject=server.certificate.common_name,
            fingerprint=f"SHA256:{server.certificate.fingerprint().hex(':').upper()}",
        )
        for server in fetched
    ]


def _red(code: str, rule: int, **values: object) -> Message:
    return Message(code, {**values, "rule": rule}, Severity.RED)


def unconfirmed(messages: Sequence[Message], consent: Consent) -> list[Message]:
    """Return the red warnings that a consent does not cover."""
    red = [message for message in messages if message.severity is Severity.RED]
    return [message for message in red if not _covers(consent, message)]


def require_consent(messages: Sequence[Message], consent: Consent) -> None:
    """Refuse to go on while a red warning is not confirmed.

    Raises:
        RuleError: with the code, the rule and the facts of the first such warning.
    """
    for message in unconfirmed(messages, consent):
        values = dict(message.values)
        rule = values.pop("rule", 0)
        raise RuleError(message.code, rule=rule if isinstance(rule, int) else 0, **values)


def _covers(consent: Consent, message: Message) -> bool:
    values = message.values
    if message.code in ("signer-new", "signer-spelling"):
        return consent.new_signer
    if message.code in _STALE:
        return hex_text(str(values["old"])) in map(hex_text, consent.stale)
    if message.code == "fingerprint-unconfirmed":
        return _bare(str(values["fingerprint"])) in map(_bare, consent.fingerprints)
    return consent.lockout is not None and consent.lockout == values.get("word")


def _bare(fingerprint: str) -> str:
    return hex_text(fingerprint.upper().removeprefix("SHA256:"))
