"""What holds for whatever lists there are: laws of ``ctlkit.acceptance`` over drawn situations."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

from hypothesis import given, settings
from hypothesis import strategies as st

from ctlkit.acceptance import Answer, HeldList, NewList, Stored, TrustService, judge
from ctlkit.trustlist import Digest, Function, Record, RecordTag
from ctlkit.verify import VerifiedList, verify

if TYPE_CHECKING:
    from tests.unit.conftest import Forecast, ListMaker

LABELS = ("etoken-1", "etoken-2", "publisher-2048", "subscriber")
lists_of = st.lists(st.sampled_from(LABELS), min_size=1, max_size=2)
situations = st.fixed_dictionaries(
    {
        "new": st.tuples(lists_of, st.sampled_from(LABELS)),
        "olds": st.lists(lists_of, max_size=2),
        "itls": st.lists(st.tuples(lists_of, st.booleans()), max_size=2),
        "stored": st.lists(
            st.tuples(
                st.none() | st.sampled_from(LABELS),  # None: the signer's
                st.sampled_from([None, "CallManager", "Phone-SAST-trust", "CAPF-trust"]),
            ),
            max_size=3,
        ),
        "complete": st.booleans(),
        "digest": st.sampled_from([Digest.SHA1, Digest.SHA1, Digest.SHA512]),
    }
)


@cache
def signed(
    forecast: Forecast, labels: tuple[str, ...], digest: Digest, name: str, *, asked: bool
) -> VerifiedList:
    """A list of kept keys that the first of them signed, with a trust service's entry or not."""
    maker = forecast.maker
    entries = [
        forecast.token(label) if label.startswith("etoken") else maker.record(label)
        for label in dict.fromkeys(labels)
    ]
    more = (maker.record("capf", Function.TVS),) if asked else ()
    by, own = labels[0], entries[0]
    made = maker.signed(*entries, *more, by=by, named=own, digest=digest, filename=name)
    return verify(made)


class Situation:
    """Lists, an ITL and stores out of a drawn dictionary."""

    def __init__(self, forecast: Forecast, drawn: dict[str, Any]) -> None:
        self._forecast = forecast
        labels, by = drawn["new"]
        self.new = NewList.of(self._signed([by, *labels], drawn["digest"]))
        self.olds = [
            HeldList(f"old {number}", self._signed(labels))
            for number, labels in enumerate(drawn["olds"])
        ]
        self.itls = [
            HeldList(f"itl {number}", self._signed(labels, name="ITLFile.tlv", asked=asked))
            for number, (labels, asked) in enumerate(drawn["itls"])
        ]
        kept = (
            Stored(forecast.maker.certificate(label or by), store)
            for label, store in drawn["stored"]
        )
        self.service = TrustService(tuple(kept), drawn["complete"])

    def _signed(
        self,
        labels: list[str],
        digest: Digest = Digest.SHA1,
        name: str = "CTLFile.tlv",
        *,
        asked: bool = False,
    ) -> VerifiedList:
        return signed(self._forecast, tuple(labels), digest, name, asked=asked)

    def answer(self, asks: bool | None = True, **more: Any) -> Answer:
        """What phones of one class do; ``more`` replaces what was drawn."""
        known = {"olds": self.olds, "itls": self.itls, "service": self.service, **more}
        olds = known.pop("olds")
        (found,) = judge(self.new, olds, [self._forecast.phones(asks)], **known).classes
        return found.answer


def worst(answers: list[Answer]) -> Answer:
    """The answer that counts."""
    return next(
        item for item in (Answer.REFUSES, Answer.CANNOT_TELL, Answer.ACCEPTS) if item in answers
    )


@settings(max_examples=100)
@given(situations, st.sampled_from([True, False, None]))
def test_several_lists_are_judged_one_by_one(
    forecast: Forecast, drawn: dict[str, Any], asks: bool | None
) -> None:
    """The answer over several lists is the worst of those over each alone."""
    case = Situation(forecast, drawn)
    singly = [case.answer(asks, olds=[old]) for old in case.olds]
    if singly:
        assert worst(singly) is case.answer(asks)
    singly = [case.answer(asks, itls=[itl]) for itl in case.itls]
    if singly:
        assert worst(singly) is case.answer(asks)


@settings(max_examples=100)
@given(situations)
def test_an_unknown_model_does_what_both_kinds_do(
    forecast: Forecast, drawn: dict[str, Any]
) -> None:
    """It accepts only if phones that ask and phones that never do both accept; so it refuses."""
    case = Situation(forecast, drawn)
    both = {case.answer(True), case.answer(False)}
    assert (both == {Answer.ACCEPTS}) == (case.answer(None) is Answer.ACCEPTS)
    if len(case.olds) < 2 and len(case.itls) < 2:
        assert (both == {Answer.REFUSES}) == (case.answer(None) is Answer.REFUSES)


@settings(max_examples=100)
@given(situations, st.none() | st.sampled_from(LABELS), st.sampled_from([True, True, False, None]))
def test_an_upload_never_does_harm(
    forecast: Forecast, drawn: dict[str, Any], label: str | None, asks: bool | None
) -> None:
    """A further certificate in a store, the signer's or any, makes no accepts anything else."""
    case = Situation(forecast, drawn)
    before = case.answer(asks)
    certificate = forecast.maker.certificate(label or drawn["new"][1])
    added = Stored(certificate, "Phone-SAST-trust")
    service = replace(case.service, stored=(*case.service.stored, added))
    after = case.answer(asks, service=service)
    if before is Answer.ACCEPTS or asks is False:
        assert before is after


@settings(max_examples=100)
@given(situations)
def test_to_know_more_never_turns_the_answer_round(
    forecast: Forecast, drawn: dict[str, Any]
) -> None:
    """The whole database decides what could not be told; it makes no accepts a refusal."""
    case = Situation(forecast, drawn)
    partly, wholly = (
        case.answer(service=replace(case.service, complete=complete)) for complete in (False, True)
    )
    if Answer.CANNOT_TELL not in (partly, wholly):
        assert partly is wholly
    assert not (wholly is Answer.ACCEPTS and partly is Answer.REFUSES)


@settings(max_examples=100)
@given(st.data())
def test_nothing_raises_on_a_list_that_verifies(
    forecast: Forecast, maker: ListMaker, data: st.DataObject
) -> None:
    """Entries that lack anything, or hold anything, are judged all the same."""
    own = forecast.token()
    tags = st.sampled_from(list(RecordTag)[1:])
    roles = st.sampled_from([Function.SAST, Function.SAST, Function.CCM_TFTP, Function.TVS])

    def odd(entry: Record) -> Record:
        role = data.draw(roles).to_bytes(2, "big")
        entry = maker.replaced(entry, RecordTag.FUNCTION, role)
        for tag in data.draw(st.lists(tags, max_size=2)):
            entry = maker.without(entry, tag)
        return maker.replaced(entry, data.draw(tags), data.draw(st.binary(max_size=4)))

    value = maker.signed(own, odd(own), odd(maker.record("capf")), named=own)
    capf = maker.record("capf")
    old = maker.signed(odd(own), odd(maker.record("ec-server")), capf, by="capf", named=capf)
    held = HeldList("old", verify(old))
    for asks in (True, False, None):
        found = judge(
            NewList.of(verify(value)),
            [held],
            [forecast.phones(asks)],
            itls=[held],
            service=forecast.stored("etoken-1"),
            now=0,
        )
        for message in (*found.warnings, *(item.worst.reason for item in found.classes)):
            assert message.text
