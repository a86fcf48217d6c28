"""What phones will do with a list: as lines, as rows of tables, and as a JSON object."""

from __future__ import annotations

import hashlib
import textwrap
from collections.abc import Iterator, Sequence
from string import ascii_uppercase

from ctlkit.acceptance import (
    Answer,
    ClassVerdict,
    HeldList,
    Judgement,
    NewList,
    PhoneClass,
    Remedy,
    TrustService,
    Verdict,
    count_of,
)
from ctlkit.messages import printable
from ctlkit.report.values import message_objects, rfc3339
from ctlkit.verify import VerifiedList
from ctlkit.workflows.grounds import Ground
from ctlkit.workflows.preflight import Preflight

__all__ = [
    "differing_lines",
    "ground_lines",
    "judgement_object",
    "phone_rows",
    "preflight_object",
    "remedy_lines",
    "verdict_line",
]

_STYLES = {Answer.ACCEPTS: "green", Answer.CANNOT_TELL: "yellow", Answer.REFUSES: "red"}
_NO_LIST = {"CTL": "none, phones that never had one", "ITL": "none named"}
_SAID = {
    Answer.ACCEPTS: ("{} accepts", "{} accept"),
    Answer.REFUSES: ("{} refuses", "{} refuse"),
    Answer.CANNOT_TELL: ("for {} it cannot be told", "for {} it cannot be told"),
}
_NARROWEST = 20

_Rows = tuple[tuple[str, ...], list[tuple[str | None, tuple[str, ...]]]]
"""The columns of a table, and its rows with their styles."""


def ground_lines(file: str, found: Preflight, width: int | None = None) -> Iterator[str]:
    """Yield what is judged, and against what.

    Args:
        file: the name of the new list.
        found: the judgement.
        width: columns to break lines at; None leaves them whole.
    """
    new = NewList.of(found.new)
    dated = rfc3339(found.new.list.header.timestamp)
    yield printable(file)
    yield from _wrapped("  ", f"signed by {_signer(new)}", width)
    yield f"  {found.new.digest.name}, key of {new.key.bits} bits"
    yield f"  {new.size} bytes, {f'dated {dated}' if dated else 'no date'}"
    yield "against"
    for line in _held_lines(found.ground):
        yield from _wrapped("  ", line, width, hang=2)


def _held_lines(ground: Ground) -> Iterator[str]:
    for kind, lists in (("CTL", ground.olds), ("ITL", ground.itls)):
        for held in lists:
            about = "which is not at hand, or cannot be verified"
            if held.verified is not None:
                about = f"signed by {_signer(NewList.of(held.verified))}"
            yield f"{kind} {printable(held.title)}, {about}"
        if not lists:
            yield f"{kind}: {_NO_LIST[kind]}"
    yield f"stores of the trust service: {_stores_text(ground.service)}"


def _stores_text(service: TrustService) -> str:
    number = len(service.stored)
    if service.complete:
        return f"all {number} certificates known"
    if number:
        return f"{number} certificate{'s' if number > 1 else ''} known, there may be others"
    return "no certificate known"


def _signer(value: NewList) -> str:
    return printable(value.signer.title)


def verdict_line(judgement: Judgement) -> str:
    """Return in one line how many phones accept, or how many classes where nobody counted."""
    if judgement.all_accept:
        return "All phones accept."
    if judgement.classes == judgement.of(Answer.REFUSES):
        return "All phones refuse."
    total = count_of(judgement.classes)
    units = ("class of phones", "classes of phones") if total is None else ("phone", "phones")
    parts: list[str] = []
    for answer, (one, many) in _SAID.items():
        classes = judgement.of(answer)
        number = len(classes) if total is None else count_of(classes)
        if number:
            unit = "" if parts else f" {units[number != 1]}"
            parts.append((one if number == 1 else many).format(f"{number}{unit}"))
    text = ", ".join(parts)
    return f"{text[:1].upper()}{text[1:]}."


def phone_rows(judgement: Judgement) -> _Rows:
    """Return a table of what each class of phones does, and why."""
    counted = any(item.phones.count is not None for item in judgement.classes)
    columns = ("phones", *(("number",) if counted else ()), "answer", "why")
    return columns, [
        (
            _STYLES[item.answer],
            (
                item.phones.title.text,
                *((_number(item.phones),) if counted else ()),
                item.answer.value,
                item.worst.reason.text,
            ),
        )
        for item in judgement.classes
    ]


def _number(phones: PhoneClass) -> str:
    return "" if phones.count is None else str(phones.count)


def differing_lines(judgement: Judgement, width: int | None = None) -> Iterator[str]:
    """Yield the answers of phones that depend on the lists that they hold, list by list.

    Args:
        judgement: what phones do.
        width: columns to break lines at; None leaves them whole.
    """
    differing = [
        item for item in judgement.classes if len({verdict.answer for verdict in item.against}) > 1
    ]
    if differing:
        yield "The answer depends on the list that they hold:"
    for item in differing:
        yield ""
        yield from _wrapped("", item.phones.title.text, width)
        for verdict in item.against:
            yield from _wrapped("  ", f"{verdict.answer.value} with {_held(verdict, item)}", width)
            yield from _wrapped("    ", verdict.reason.text, width)
    if differing:
        yield ""


def _held(verdict: Verdict, item: ClassVerdict) -> str:
    """Return which lists phones hold, by what tells a verdict from the others of its class."""
    several_olds = len({each.old for each in item.against}) > 1
    several_itls = len({each.itl for each in item.against}) > 1
    old = printable(verdict.old or "no CTL") if several_olds else None
    itl = printable(verdict.itl or "no ITL") if several_itls else None
    return " and ".join(filter(None, (old, itl)))


def remedy_lines(remedies: Sequence[Remedy], width: int | None = None) -> Iterator[str]:
    """Yield what can be done, in numbered steps, the safest way first.

    Args:
        remedies: the ways.
        width: columns to break lines at; None leaves them whole.
    """
    if remedies:
        yield "What can be done, the safest first:" if remedies[1:] else "What can be done:"
    for letter, remedy in zip(ascii_uppercase, remedies, strict=False):
        yield ""
        yield from _wrapped(f"{letter}. ", remedy.title.text, width)
        for number, step in enumerate(remedy.steps, 1):
            yield from _wrapped(f"{number:>4} ", step.text, width)
            if step.advice:
                yield from _wrapped(" " * 7, step.advice, width)


def _wrapped(lead: str, text: str, width: int | None, *, hang: int = 0) -> list[str]:
    if width is None:
        return [f"{lead}{text}"]
    return textwrap.wrap(
        text,
        max(width, _NARROWEST),
        initial_indent=lead,
        subsequent_indent=" " * (len(lead) + hang),
        break_long_words=False,
        break_on_hyphens=False,
    )


def preflight_object(file: str, found: Preflight) -> dict[str, object]:
    """Return a judgement as the values of a JSON object.

    Args:
        file: the name of the new list.
        found: the judgement.
    """
    ground = found.ground
    return {
        "new": {"file": file, **_list_object(found.new)},
        "olds": list(map(_held_object, ground.olds)),
        "itls": list(map(_held_object, ground.itls)),
        "stores": {"known": len(ground.service.stored), "complete": ground.service.complete},
        **judgement_object(found.judgement),
        "warnings": message_objects(found.judgement.warnings),
    }


def judgement_object(judgement: Judgement) -> dict[str, object]:
    """Return what phones will do, and what can be done about it, as values of a JSON object."""
    accept, refuse, unsure = (
        count_of(judgement.of(answer))
        for answer in (Answer.ACCEPTS, Answer.REFUSES, Answer.CANNOT_TELL)
    )
    return {
        "phones": list(map(_class_object, judgement.classes)),
        "counts": {"accept": accept, "refuse": refuse, "cannot_tell": unsure},
        "all_accept": judgement.all_accept,
        "remedies": list(map(_remedy_object, judgement.remedies)),
    }


def _held_object(held: HeldList) -> dict[str, object]:
    about = _list_object(held.verified) if held.verified else {}
    return {"title": held.title, "verified": held.verified is not None, **about}


def _list_object(verified: VerifiedList) -> dict[str, object]:
    value = NewList.of(verified)
    raw = verified.list.raw
    return {
        "filename": value.filename,
        "signer": value.signer.name,
        "serial": value.signer.serial.hex(),
        "key_bits": value.key.bits,
        "digest": verified.digest.name,
        "size": value.size,
        "timestamp": rfc3339(verified.list.header.timestamp),
        "md5": hashlib.md5(raw, usedforsecurity=False).hexdigest(),
        "sha1": hashlib.sha1(raw, usedforsecurity=False).hexdigest(),
    }


def _class_object(item: ClassVerdict) -> dict[str, object]:
    phones = item.phones
    return {
        "title": phones.title.text,
        "model": None if phones.code else phones.model.name,
        "security_by_default": phones.model.security_by_default,
        "count": phones.count,
        "registered": phones.registered,
        **_answer_object(item.worst),
        "against": [
            {"old": verdict.old, "itl": verdict.itl, **_answer_object(verdict)}
            for verdict in item.against
        ],
    }


def _answer_object(verdict: Verdict) -> dict[str, object]:
    return {
        "answer": verdict.answer.value,
        "code": verdict.reason.code,
        "reason": verdict.reason.text,
    }


def _remedy_object(remedy: Remedy) -> dict[str, object]:
    return {
        "code": remedy.title.code,
        "title": remedy.title.text,
        "steps": [
            {"code": step.code, "text": step.text, "advice": step.advice} for step in remedy.steps
        ],
    }
