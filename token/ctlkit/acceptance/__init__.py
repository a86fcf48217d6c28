"""What phones will do with a new list, told before they get it; pure rules, no I/O.

Rules:

* Three answers: accepts, refuses, cannot tell. What cannot be told counts as not accepting, and
  names the fact that is missing.
* The answer is for a class of phones and for every list that they may hold: they accept only
  where all of these lead to it.
* Each answer has its reason; where phones do not accept, the ways to get there follow in steps.

How a phone decides stands in :mod:`ctlkit.acceptance._judging`, rule by rule, and what the trust
service says in :mod:`ctlkit.acceptance._vouching`.

Source: docs/phones.md; docs/cluster.md, when a phone accepts a new list.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ctlkit.acceptance._classes import default_classes
from ctlkit.acceptance._judging import judge_class
from ctlkit.acceptance._models import MAX_MODELS_FILE, Model, Models, read_models, shipped_models
from ctlkit.acceptance._phones import MAX_PHONES_FILE, read_phones
from ctlkit.acceptance._remarks import (
    in_one_word,
    list_remarks,
    lockout_remarks,
    phone_remarks,
    successor_remarks,
)
from ctlkit.acceptance._remedies import remedies
from ctlkit.acceptance._values import (
    Answer,
    ClassVerdict,
    HeldList,
    Judgement,
    NewList,
    PhoneClass,
    Remedy,
    Signer,
    Stored,
    TrustService,
    Verdict,
    count_of,
)
from ctlkit.acceptance._vouching import LIST_ALONE_IS_ENOUGH
from ctlkit.messages import Message, Severity

__all__ = [
    "LIST_ALONE_IS_ENOUGH",
    "MAX_MODELS_FILE",
    "MAX_PHONES_FILE",
    "Answer",
    "ClassVerdict",
    "HeldList",
    "Judgement",
    "Model",
    "Models",
    "NewList",
    "PhoneClass",
    "Remedy",
    "Signer",
    "Stored",
    "TrustService",
    "Verdict",
    "count_of",
    "default_classes",
    "in_one_word",
    "in_order",
    "judge",
    "lockout_remarks",
    "phone_remarks",
    "read_models",
    "read_phones",
    "review",
    "shipped_models",
]


def judge(
    new: NewList,
    olds: Sequence[HeldList],
    phones: Sequence[PhoneClass],
    *,
    itls: Sequence[HeldList] = (),
    service: TrustService = TrustService(),  # noqa: B008  frozen
    now: int | None = None,
) -> Judgement:
    """Return what phones will do with a new list, and what is to be done and said about it.

    Args:
        new: the list, signed or not.
        olds: every CTL that they may hold; none: they hold no CTL.
        phones: the classes to judge.
        itls: every ITL that they may hold; none: nobody showed one.
        service: what is known of the trust service's stores.
        now: seconds since 1970, UTC, for warnings about dates; None leaves dates unjudged.
    """
    classes = tuple(judge_class(new, item, olds, itls, service) for item in phones)
    warnings = in_order((*review(new, olds, now), *phone_remarks(classes)))
    return Judgement(classes, remedies(new, classes, olds, itls, service), warnings)


def review(new: NewList, olds: Sequence[HeldList], now: int | None = None) -> tuple[Message, ...]:
    """Return what is to be said of a new list whichever phones there are, the red first.

    The arguments are those of :func:`judge`.
    """
    said = [item for old in olds for item in successor_remarks(new, old)]
    return in_order([*said, *list_remarks(new, olds, now)])


def in_order(messages: Sequence[Message]) -> tuple[Message, ...]:
    """Return each message once, what is red first and notes last."""
    order = list(Severity)
    return tuple(sorted(_unrepeated(messages), key=lambda item: order.index(item.severity)))


def _unrepeated(messages: Sequence[Message]) -> Iterator[Message]:
    seen: list[Message] = []
    for message in messages:
        if message not in seen:
            seen.append(message)
            yield message
