"""What is to be said before anything is signed, and what of it has to be confirmed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from ctlkit.certificate import Certificate
from ctlkit.edit._values import Change, Consent, Row, RowState, Server, hex_text, holds
from ctlkit.errors import InputError, RuleError
from ctlkit.messages import Message, Severity
from ctlkit.trustlist import Digest, Record, function_name, text_of

__all__ = ["LOCKOUT_WORD", "Doubts", "require_consent", "review", "unconfirmed"]

LOCKOUT_WORD = "LOCKOUT"
"""What a person types to confirm that phones may be locked out, where no number is known."""

_SOON = 180 * 24 * 3600
_SHA512 = Digest.SHA512


class Doubts(NamedTuple):
    """What putting servers in their places left open.

    Attributes:
        stale: entries that were kept though a server shows another certificate.
        fetched: certificates that came without authentication and made or filled an entry.
    """

    stale: list[tuple[Record, Server]]
    fetched: list[Server]


def review(
    change: Change, rows: Sequence[Row], doubts: Doubts, *, unchanged: bool
) -> tuple[Message, ...]:
    """Return the warnings about a change, the red ones first."""
    remaining = [row.record for row in rows if row.state is not RowState.REMOVED]
    red = [
        *_signer_messages(change),
        *_stale_messages(doubts.stale),
        *_fingerprint_messages(doubts.fetched),
    ]
    same = [Message("unchanged")] if unchanged else []
    return (*red, *same, *_amber(change, remaining), Message("afterwards", severity=Severity.NOTE))


def _signer_messages(change: Change) -> list[Message]:
    found = []
    present = change.present
    if present is not None:
        known = [record for record in present.list.records if record.is_sast]
        if not any(holds(record, change.signer.certificate) for record in known):
            names = ", ".join(_title(record) for record in known)
            found.append(_red("signer-new", 2, title=change.signer.title, known=names))
    before = present.digest if present else None
    if change.digest is _SHA512 and before is not _SHA512:
        found.append(_red("digest-sha512", 9, word=LOCKOUT_WORD))
    return found


def _title(record: Record) -> str:
    """Return what a person knows an entry by."""
    try:
        common_name = Certificate.from_der(record.certificate or b"").common_name.strip()
    except InputError:
        common_name = ""
    return common_name or text_of(record.subject)


def _stale_messages(stale: Sequence[tuple[Record, Server]]) -> list[Message]:
    return [
        _red(
            "stale-entry",
            4,
            node=record.dns_name or text_of(record.subject),
            old=(record.serial or b"").hex().upper(),
            new=server.certificate.serial.hex().upper(),
        )
        for record, server in stale
    ]


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


def _amber(change: Change, records: Sequence[Record]) -> list[Message]:
    found = []
    present = change.present
    if present is None:
        found.append(Message("creating"))
    elif change.timestamp < (present.list.header.timestamp or 0):
        found.append(Message("timestamp-older"))
    seen = [item.certificate for item in (*change.tokens, change.signer)]
    sast = [record for record in records if record.is_sast]
    if sum(any(holds(record, own) for own in seen) for record in sast) < 2:
        found.append(Message("one-token-seen"))
    most = change.profile.most_sast
    if most is not None and len(sast) > most:
        found.append(Message("many-sast", {"count": len(sast), "most": most}))
    return found + [message for record in records for message in _expiry(record, change.now)]


def _expiry(record: Record, now: int) -> list[Message]:
    try:
        certificate = Certificate.from_der(record.certificate or b"")
    except InputError:
        return []
    if certificate.not_after > now + _SOON:
        return []
    date = datetime.fromtimestamp(certificate.not_after, UTC).strftime("%Y-%m-%d")
    return [Message("expires", {"subject": text_of(record.subject), "date": date})]


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
    if message.code == "signer-new":
        return consent.new_signer
    if message.code == "stale-entry":
        return hex_text(str(values["old"])) in map(hex_text, consent.stale)
    if message.code == "fingerprint-unconfirmed":
        return _bare(str(values["fingerprint"])) in map(_bare, consent.fingerprints)
    return consent.lockout is not None and consent.lockout == values.get("word")


def _bare(fingerprint: str) -> str:
    return hex_text(fingerprint.upper().removeprefix("SHA256:"))
