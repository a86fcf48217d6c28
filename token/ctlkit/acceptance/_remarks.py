"""What else is to be said of a new list before it is put in force; pure rules.

Rules:

* Red asks for a confirmation of its own, amber is shown, a note stands at the end.
* What depends on what phones hold is judged against every list that they may hold.
* Nothing here says which phones accept; :mod:`ctlkit.acceptance` as a whole does.

Source: docs/rules.md, what Review says; docs/warnings.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from ctlkit.acceptance._signers import keeps_signer, knowing, records_of, spelled_otherwise
from ctlkit.acceptance._values import (
    Answer,
    ClassVerdict,
    HeldList,
    NewList,
    count_of,
)
from ctlkit.codec import PHONE_LIMIT
from ctlkit.edit import (
    LOCKOUT_WORD,
    expiring,
    holds_same,
    is_server_sast,
    same_server,
    title_of,
)
from ctlkit.errors import CannotTellError, SignatureError
from ctlkit.messages import Message, Several, Severity
from ctlkit.trustlist import Digest, Function, Record, function_name
from ctlkit.verify import entry_key

__all__ = ["in_one_word", "list_remarks", "lockout_remarks", "phone_remarks", "successor_remarks"]

_NEAR_LIMIT = PHONE_LIMIT - PHONE_LIMIT // 16
_USUAL_NAME = "CTLFile.tlv"
_MOST_SEEN_SAST = 4
"""SAST records of the fullest list that Cisco's own servers are known to write."""

_FIPS_BITS = 2048
_SERVERS = (Function.CCM, Function.CCM_TFTP, Function.TFTP)
_OF_PHONES = ("phones-refuse", "phones-unsure")
_FIRST_LIST = ("phones-refuse-first", "phones-unsure-first")
_AS_BEFORE = "-as-before"
_VOUCHED = ("accepts-vouched", "accepts-vouched-by-list")


def successor_remarks(new: NewList, old: HeldList) -> Iterator[Message]:
    """Yield what is to be said of a list that follows another one."""
    present = old.verified
    if present is None:  # what a list that is not at hand holds cannot be compared
        return
    if spelled_otherwise(old, new) is not None:
        yield Message("signer-spelling", {"title": new.signer.title, "rule": 2}, Severity.RED)
    elif not _is_known(new, old):
        known = ", ".join(map(title_of, _sast(old)))
        values = {"title": new.signer.name, "known": known, "rule": 2}
        yield Message("signer-new", values, Severity.RED)
    if not keeps_signer(new, old):
        yield Message("signers-vanish", {"word": LOCKOUT_WORD, "rule": 9}, Severity.RED)
    for record in _sast(old):
        if is_server_sast(record, list(present.list.records)) and not _is_in(record, new):
            values = {"subject": title_of(record), "word": LOCKOUT_WORD, "rule": 3}
            yield Message("server-sast-lost", values, Severity.RED)
    yield from _left_out(new, old)
    if new.digest == Digest.SHA512 and present.digest is not Digest.SHA512:
        yield Message("digest-sha512", {"word": LOCKOUT_WORD, "rule": 9}, Severity.RED)
    if new.timestamp < (present.list.header.timestamp or 0):
        yield Message("timestamp-older")


def _left_out(new: NewList, old: HeldList) -> Iterator[Message]:
    """Yield the servers of a list that the new one no longer has.

    A server writes its name into its entries, the CTL Client its address: what tells servers
    apart is told in :func:`ctlkit.edit.same_server`.
    """
    for record in records_of(old):
        if record.function in _SERVERS and not any(
            same_server(record, item) for item in new.records
        ):
            values = {
                "function": function_name(record.function),
                "node": record.dns_name or title_of(record),
            }
            yield Message("server-left-out", values)


def _is_known(new: NewList, old: HeldList) -> bool:
    """Whether phones that hold a list know the signer of the new one, with the key that signs."""
    try:
        return {new.key} == {entry_key(entry) for entry in knowing(old, new)}
    except (SignatureError, CannotTellError):
        return False


def _sast(old: HeldList) -> list[Record]:
    return [record for record in records_of(old) if record.is_sast]


def _is_in(record: Record, new: NewList) -> bool:
    return any(item.is_sast and holds_same(record, item) for item in new.records)


def list_remarks(new: NewList, olds: Sequence[HeldList], now: int | None) -> Iterator[Message]:
    """Yield what is to be said of a list by itself.

    Args:
        new: the list.
        olds: the lists that phones may hold.
        now: seconds since 1970, UTC; None leaves dates unjudged.
    """
    if new.digest == Digest.SHA512 and not olds:
        yield Message("digest-sha512", {"word": LOCKOUT_WORD, "rule": 9}, Severity.RED)
    if _NEAR_LIMIT < new.size <= PHONE_LIMIT:
        yield Message("size-near-limit", {"size": new.size, "limit": PHONE_LIMIT})
    if new.filename != _USUAL_NAME:
        yield Message("filename-inside", {"name": new.filename, "usual": _USUAL_NAME})
    count = sum(record.is_sast for record in new.records)
    if count > _MOST_SEEN_SAST:
        yield Message("sast-over-four", {"count": count})
    if now is None:
        yield from new.weak
    else:
        yield from (item for item in new.weak if item.code != "expired")  # told by subject below
        yield from expiring(new.records, now)
    if new.key.bits < _FIPS_BITS:
        yield Message("fips-short-key", {"bits": new.key.bits}, Severity.NOTE)


def phone_remarks(classes: Sequence[ClassVerdict]) -> Iterator[Message]:
    """Yield what is to be said of the phones beside what they do."""
    if any(verdict.reason.code in _VOUCHED for item in classes for verdict in item.against):
        yield Message("trust-service-unasked")
    away = count_of([item for item in classes if not item.phones.registered])
    if away:
        yield Message("phones-are-away", {"count": away})
    elif away is None:
        yield Message("phones-may-be-away", {}, Severity.NOTE)


def lockout_remarks(olds: Sequence[HeldList], classes: Sequence[ClassVerdict]) -> Iterator[Message]:
    """Yield the warnings about phones that do not accept a list, or may not.

    Where phones hold a list, which they would keep until a person deletes it there, the warning
    is red; it names the number of phones as the word to confirm it with, or a word where that is
    not known. What phones had to check in the list that they hold already is not told again.

    Args:
        olds: the lists that phones may hold.
        classes: what the phones do.
    """
    told = [
        [item for item in classes if item.answer is answer and _reasons(item)]
        for answer in (Answer.REFUSES, Answer.CANNOT_TELL)
    ]
    total = count_of([item for found in told for item in found])
    word = LOCKOUT_WORD if total is None else str(total)
    codes = _OF_PHONES if olds else _FIRST_LIST
    for code, found in zip(codes, told, strict=True):
        if found:
            reasons = [reason for item in found for reason in _reasons(item)]
            values = {
                "phones": Several(tuple(item.phones.counted for item in found)),
                "reason": Several(tuple(reasons)),
                "word": word,
                "rule": 9,
            }
            yield Message(code, values, Severity.RED if olds else Severity.AMBER)


def _reasons(item: ClassVerdict) -> list[Message]:
    """Return why phones of a class do as badly as they do, but for what is as it was before."""
    return [
        verdict.reason
        for verdict in item.against
        if verdict.answer is item.answer and not verdict.reason.code.endswith(_AS_BEFORE)
    ]


def in_one_word(messages: Sequence[Message]) -> tuple[Message, ...]:
    """Return warnings of which one word confirms all: the number of phones, where it is known."""
    words = (item.values["word"] for item in messages if item.code in _OF_PHONES)
    word = next(words, None)
    return tuple(
        replace(item, values={**item.values, "word": word})
        if word is not None and "word" in item.values
        else item
        for item in messages
    )
