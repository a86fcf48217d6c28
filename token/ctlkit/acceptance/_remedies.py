"""What can be done so that phones accept a list; pure rules.

Rules:

* Safest first: a way on which every phone follows stands before one that leaves phones behind.
  Deleting the list by hand, phone by phone, is the last.
* A way that cannot work with the lists at hand is not named: a known signer needs one, the bridge
  needs a server that signs.
* Where phones accept a list that drops every signer which they know, the way to keep one for a
  round is named: without it nobody could bring them back.
* Where they refuse it with one list and accept it with another, which they will take, the first
  way is to wait until all have that one.
* Where something cannot be told, the way to find it out is named first.
* Removing an ITLRecovery or CallManager entry is never advised.

Source: docs/cluster.md, the moves an administrator makes; docs/phones.md.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence

from ctlkit.acceptance._judging import judge_class
from ctlkit.acceptance._signers import (
    keeps_signer,
    records_of,
    signer_records,
    spelled_otherwise,
)
from ctlkit.acceptance._values import (
    Answer,
    ClassVerdict,
    HeldList,
    NewList,
    Remedy,
    TrustService,
)
from ctlkit.edit import holds_same, is_server_sast, title_of
from ctlkit.messages import Message, Severity
from ctlkit.trustlist import Record

__all__ = ["remedies"]

_UNKNOWN_SIGNER = frozenset(
    {
        "refuses-never-asks",
        "refuses-spelling",
        "refuses-not-uploaded",
        "refuses-not-vouched",
        "refuses-not-signer",
        "refuses-no-tvs-record",
        "unsure-store",
        "unsure-itl",
        "unsure-names",
        "unsure-trust-service",
        "unsure-security-by-default",
    }
)
"""Reasons that come of a signer which the phones' own list does not hold."""

_FACTS = (
    ("unsure-held", "step-find-list"),
    ("unsure-entries", "step-find-list"),
    ("unsure-itl", "step-find-itl"),
    ("unsure-trust-service", "step-find-trust-service"),
    ("unsure-store", "step-find-store"),
    ("unsure-names", "step-find-store"),
    ("unsure-twins", "step-find-store"),
    ("unsure-role", "step-find-store"),
    ("unsure-nodes", "step-find-nodes"),
    ("unsure-security-by-default", "step-find-model"),
    ("unsure-signature", "step-find-key"),
    ("unsure-digest", "step-find-digest"),
    ("unsure-digest-as-before", "step-find-digest"),
    ("unsure-key-length", "step-find-key"),
    ("unsure-key-length-as-before", "step-find-key"),
)
"""Missing fact -> how to find it out."""


def remedies(
    new: NewList,
    classes: Sequence[ClassVerdict],
    olds: Sequence[HeldList],
    itls: Sequence[HeldList],
    service: TrustService,
) -> tuple[Remedy, ...]:
    """Return the ways to have a list accepted where it is not, and for good, the safest first."""
    return (
        *_waiting(new, classes, olds, itls, service),
        *_remedies(new, classes, olds, service),
        *_keeping(new, classes, olds),
    )


def _waiting(
    new: NewList,
    classes: Sequence[ClassVerdict],
    olds: Sequence[HeldList],
    itls: Sequence[HeldList],
    service: TrustService,
) -> Iterator[Remedy]:
    """Yield to wait until all phones have the list with which they all accept, if they can."""
    lacking = {
        verdict.old
        for item in classes
        for verdict in item.against
        if verdict.answer is not Answer.ACCEPTS
    }
    behind = [old for old in olds if old.title in lacking]
    between = [
        old.verified
        for old in olds
        if old.title not in lacking and old.verified and old.verified.list.raw != new.raw
    ]
    for held in sorted(between, key=lambda item: item.list.header.timestamp or 0, reverse=True):
        step = NewList.of(held)
        if behind and all(
            judge_class(step, item.phones, behind, itls, service).answer is Answer.ACCEPTS
            for item in classes
        ):
            title = next(old.title for old in olds if old.verified is held)
            sha1 = hashlib.sha1(held.list.raw, usedforsecurity=False).hexdigest()
            yield _remedy(
                "remedy-wait",
                _step("step-wait-for-list", held=title, sha1=sha1),
                _step("step-then-this-list"),
            )
            return


def _keeping(
    new: NewList, classes: Sequence[ClassVerdict], olds: Sequence[HeldList]
) -> Iterator[Remedy]:
    """Yield to keep a signer for a round, where phones accept a list without any that they know."""
    gone = [old for old in olds if old.verified and not keeps_signer(new, old)]
    if gone and all(item.answer is Answer.ACCEPTS for item in classes):
        names = _names([record for record in records_of(gone[0]) if record.is_sast])
        yield _remedy(
            "remedy-keep-signer",
            _step("step-keep-signer", names=names),
            _step("step-wait-for-phones"),
            _step("step-then-drop-signer"),
        )


def _remedies(
    new: NewList,
    classes: Sequence[ClassVerdict],
    olds: Sequence[HeldList],
    service: TrustService,
) -> Iterator[Remedy]:
    lacking = [item for item in classes if item.answer is not Answer.ACCEPTS]
    codes = {
        verdict.reason.code
        for item in lacking
        for verdict in item.against
        if verdict.answer is not Answer.ACCEPTS
    }
    finding = tuple(dict.fromkeys(way for code, way in _FACTS if code in codes))
    if finding:
        yield _remedy("remedy-find-out", *(_step(way) for way in finding))
    if "refuses-size" in codes:
        yield _remedy("remedy-shorter", _step("step-shorten"))
    if codes & _UNKNOWN_SIGNER:
        yield from _of_unknown_signer(new, olds, service)
    if codes & {"refuses-other-key", "refuses-stored-key", "refuses-entry-unusable"}:
        yield from _known_signer(new, olds)
    if olds:  # else there is no list on the phones that could be deleted
        yield from _by_hand(lacking)


def _of_unknown_signer(
    new: NewList, olds: Sequence[HeldList], service: TrustService
) -> Iterator[Remedy]:
    """Yield what helps where phones do not know who signs."""
    for old in olds:
        if spelled_otherwise(old, new) is not None:
            yield _remedy("remedy-spelling", _step("step-keep-spelling", held=old.title))
            break
    tokenless = [_is_tokenless(old) for old in olds]
    signer_is_server = any(
        is_server_sast(record, list(new.records)) for record in signer_records(new)
    )
    missing = _not_uploaded(new, service)
    upload = _step("step-upload", names=", ".join(missing)) if missing else _step("step-uploaded")
    if tokenless and all(tokenless) and not signer_is_server:
        yield _remedy(
            "remedy-bridge",
            upload,
            _step("step-bridge-update"),
            _step("step-bridge-look"),
            _step("step-wait-for-phones"),
            _step("step-update-that-list"),
        )
    yield from _known_signer(new, olds)
    if not signer_is_server:
        last = (_step("step-delete-last"),) if any(tokenless) else ()
        yield _remedy(
            "remedy-upload",
            upload,
            *last,
            _step("step-then-this-list"),
            _step("step-ask-before-restart"),
        )


def _known_signer(new: NewList, olds: Sequence[HeldList]) -> Iterator[Remedy]:
    """Yield to sign with a token that every list at hand knows, and to change signers later."""
    own = {record.certificate for record in signer_records(new)}
    known = [record for record in _tokens_of_all(olds) if record.certificate not in own]
    if known:
        yield _remedy(
            "remedy-known-signer",
            _step("step-sign-with-known", names=_names(known), signer=new.signer.title),
            _step("step-wait-for-phones"),
            _step("step-then-new-signer", signer=new.signer.title),
        )


def _names(records: Sequence[Record]) -> str:
    return ", ".join(map(title_of, records))


def _tokens_of_all(olds: Sequence[HeldList]) -> list[Record]:
    """Return the tokens that are SAST entries of each of some lists."""
    if not olds:
        return []
    first, *others = [_tokens(old) for old in olds]
    return [
        record
        for record in first
        if all(any(holds_same(record, item) for item in other) for other in others)
    ]


def _tokens(old: HeldList) -> list[Record]:
    records = list(records_of(old))
    return [item for item in records if item.is_sast and not is_server_sast(item, records)]


def _is_tokenless(old: HeldList) -> bool:
    return old.verified is not None and not _tokens(old)


def _not_uploaded(new: NewList, service: TrustService) -> list[str]:
    """Return the tokens of a list whose certificates nobody said to be in a store."""
    records = list(new.records)
    stored = {item.certificate.der for item in service.stored}
    return [
        title_of(record)
        for record in records
        if record.is_sast
        and not is_server_sast(record, records)
        and record.certificate not in stored
    ]


def _by_hand(lacking: Sequence[ClassVerdict]) -> Iterator[Remedy]:
    refusing = [
        item.phones
        for item in lacking
        if item.answer is Answer.REFUSES and item.worst.reason.code != "refuses-size"
    ]
    models = [model for phones in refusing for model in phones.members or (phones.model,)]
    ways: dict[str, list[str]] = {}
    for model in models:
        ways.setdefault(model.erase or "", []).append(model.name)
    without = ways.pop("", [])
    steps = [
        _step("step-erase", models=", ".join(dict.fromkeys(names)), way=way)
        for way, names in ways.items()
    ]
    if without:
        steps.append(_step("step-erase-unknown"))
    if steps:
        yield _remedy("remedy-by-hand", *steps)


def _remedy(code: str, *steps: Message) -> Remedy:
    return Remedy(Message(code, {}, Severity.NOTE), steps)


def _step(code: str, **values: object) -> Message:
    return Message(code, values, Severity.NOTE)
