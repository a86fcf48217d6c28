"""Which ways are named to have a list accepted, in which order, with which steps."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ctlkit.acceptance import (
    Answer,
    HeldList,
    Judgement,
    Model,
    NewList,
    PhoneClass,
    Remedy,
    TrustService,
    default_classes,
    judge,
    shipped_models,
)
from ctlkit.codec import PHONE_LIMIT
from ctlkit.messages import codes, template
from ctlkit.trustlist import Digest, Function, RecordTag
from ctlkit.verify import verify

if TYPE_CHECKING:
    from tests.unit.conftest import Forecast, ListMaker

TOKENLESS, TOKENS, ITL = "tokenless-6113", "tokens-5728", "itl"
FIND, SHORTER, BRIDGE = "remedy-find-out", "remedy-shorter", "remedy-bridge"
KNOWN, UPLOAD, BY_HAND = "remedy-known-signer", "remedy-upload", "remedy-by-hand"
WAIT, KEEP = "remedy-wait", "remedy-keep-signer"
SAFEST_FIRST = [WAIT, FIND, SHORTER, BRIDGE, KNOWN, UPLOAD, BY_HAND, KEEP]


def ways(new: NewList, *olds: HeldList, asks: bool | None = False, **more: Any) -> list[str]:
    """The codes of the ways that are named for phones of one kind."""
    return [item.title.code for item in named(new, *olds, asks=asks, **more)]


def named(
    new: NewList, *olds: HeldList, asks: bool | None = False, **more: Any
) -> tuple[Remedy, ...]:
    """The ways that are named for phones of one kind."""
    return judge(new, olds, [PhoneClass(Model("8861", asks))], **more).remedies


def steps(found: tuple[Remedy, ...], code: str) -> list[str]:
    """The codes of the steps of one way."""
    (steps,) = [item.steps for item in found if item.title.code == code]
    return [item.code for item in steps]


def texts(found: tuple[Remedy, ...], code: str) -> str:
    """The words of the steps of one way."""
    (steps,) = [item.steps for item in found if item.title.code == code]
    return " ".join(item.text for item in steps)


def test_nothing_is_named_where_all_accept(forecast: Forecast) -> None:
    """Whoever is accepted needs no way."""
    assert [] == ways(forecast.by_token(by="etoken-2"), forecast.kept(TOKENS))


def test_tokenless_to_a_token(forecast: Forecast) -> None:
    """The bridge on which all follow, then the trust service, by hand at the very end."""
    new, old = forecast.by_token(), forecast.kept(TOKENLESS)
    for asks in (True, False):
        assert [BRIDGE, UPLOAD, BY_HAND] == ways(new, old, asks=asks)
    found = named(new, old)
    assert [
        "step-upload",
        "step-bridge-update",
        "step-bridge-look",
        "step-wait-for-phones",
        "step-update-that-list",
    ] == steps(found, BRIDGE)
    assert [
        "step-upload",
        "step-delete-last",
        "step-then-this-list",
        "step-ask-before-restart",
    ] == steps(found, UPLOAD)


def test_the_tokens_to_upload_are_named(forecast: Forecast) -> None:
    """Each that no store is known to have, by its name; where all are, that is said."""
    new, old = forecast.by_token(), forecast.kept(TOKENLESS)
    none, one, both = (
        texts(named(new, old, service=forecast.stored(*labels)), BRIDGE)
        for labels in ((), ("etoken-1",), ("etoken-1", "etoken-3"))
    )
    assert [True, True] == ["SAST-ADN0054f509" in none, "SAST-ADN00000003" in none]
    assert [False, True] == ["SAST-ADN0054f509" in one, "SAST-ADN00000003" in one]
    assert [False, False] == ["SAST-ADN0054f509" in both, "SAST-ADN00000003" in both]
    service = forecast.stored("etoken-1", "etoken-3")
    assert "step-uploaded" == steps(named(new, old, service=service), BRIDGE)[0]


def test_a_token_that_phones_know(forecast: Forecast) -> None:
    """Sign with it first; there is no bridge, and nothing to delete on the publisher."""
    found = named(forecast.by_token(by="etoken-3"), forecast.kept(TOKENS))
    assert [KNOWN, UPLOAD, BY_HAND] == [item.title.code for item in found]
    assert ["step-sign-with-known", "step-wait-for-phones", "step-then-new-signer"] == steps(
        found, KNOWN
    )
    assert "step-delete-last" not in steps(found, UPLOAD)
    words = texts(found, KNOWN)
    assert all(name in words for name in ("SAST-ADN0054f509", "SAST-ADN008580ef", "ADN00000003"))


def test_a_known_token_is_known_by_every_list(forecast: Forecast, maker: ListMaker) -> None:
    """One that only some of the lists hold is not named."""
    server = maker.record("capf", Function.CAPF)
    one = forecast.of(
        forecast.token("etoken-1"),
        forecast.token("etoken-2"),
        server,
        by="etoken-1",
        named=forecast.token("etoken-1"),
    )
    other = forecast.of(
        forecast.token("etoken-2"), server, by="etoken-2", named=forecast.token("etoken-2")
    )
    new = forecast.by_token(by="etoken-3")
    words = texts(named(new, one, other), KNOWN)
    assert [False, True] == ["SAST-ADN0054f509" in words, "SAST-ADN008580ef" in words]
    assert KNOWN not in ways(new, one, forecast.kept(TOKENLESS))


def test_a_bridge_that_is_half_done(forecast: Forecast, maker: ListMaker) -> None:
    """Old lists of which one is accepted, and all can get to: wait until every phone has it."""
    server = maker.record("publisher-2048", Function.SAST)
    old = forecast.of(server, by="publisher-2048", title="old.tlv")
    between = forecast.of(
        server, forecast.token(), by="publisher-2048", title="between.tlv", timestamp=9
    )
    new = forecast.by_token(forecast.token(), server)
    found = named(new, old, between)
    assert WAIT == found[0].title.code
    assert ["step-wait-for-list", "step-then-this-list"] == steps(found, WAIT)
    words = texts(found, WAIT)
    assert between.verified is not None
    sha1 = hashlib.sha1(between.verified.list.raw, usedforsecurity=False).hexdigest()
    assert ["between.tlv" in words, sha1 in words] == [True, True]
    assert WAIT not in ways(new, old)
    assert WAIT not in ways(new, between)


def test_no_waiting_for_a_list_that_phones_refuse(forecast: Forecast) -> None:
    """Phones that would never take the list between cannot be waited for."""
    old, between = forecast.kept(TOKENLESS, "old.tlv"), forecast.kept(TOKENS, "between.tlv")
    assert WAIT not in ways(forecast.by_token(by="etoken-2"), old, between)


def test_no_waiting_for_the_list_itself(forecast: Forecast) -> None:
    """Where it is in force already some phones have it, and the others do not take it."""
    new = forecast.of(forecast.token(), by="etoken-1", named=forecast.token(), title="new.tlv")
    assert WAIT not in ways(forecast.as_new(new), forecast.kept(TOKENLESS), new)


def test_all_known_signers_vanish(forecast: Forecast, maker: ListMaker) -> None:
    """Accepted or not, one of them is to stay for a round: they are named."""
    new = forecast.by_token(by="etoken-3")
    only = forecast.by_token(forecast.token("etoken-3"), by="etoken-3")
    vouched: dict[str, Any] = {"asks": True, "service": forecast.stored("etoken-3")}
    old = forecast.kept(TOKENS)
    found = named(only, old, **vouched)
    assert [KEEP] == [item.title.code for item in found]
    assert ["step-keep-signer", "step-wait-for-phones", "step-then-drop-signer"] == steps(
        found, KEEP
    )
    assert "SAST-ADN0054f509" in texts(found, KEEP)
    kept = forecast.by_token(forecast.token("etoken-3"), forecast.token("etoken-1"), by="etoken-3")
    assert [] == ways(kept, old, **vouched)
    assert KEEP not in ways(new, old)


def test_a_server_that_signs_needs_no_upload(forecast: Forecast) -> None:
    """Phones with a list of tokens, a new list of the server's: a token that they know signs."""
    new = forecast.as_new(forecast.kept(TOKENLESS))
    assert [KNOWN, BY_HAND] == ways(new, forecast.kept(TOKENS))


def test_another_key_under_a_known_name(forecast: Forecast, maker: ListMaker) -> None:
    """No upload helps, since nobody is asked; another signer that they know does."""
    own = forecast.token()
    other = maker.certificate("etoken-3")
    changed = maker.replaced(own, RecordTag.CERTIFICATE, other.der)
    changed = maker.replaced(changed, RecordTag.PUBLICKEY, other.key_bytes)
    old = forecast.of(
        changed, forecast.token("etoken-2"), by="etoken-2", named=forecast.token("etoken-2")
    )
    found = named(forecast.by_token(), old, asks=True)
    assert [KNOWN, BY_HAND] == [item.title.code for item in found]
    assert "SAST-ADN008580ef" in texts(found, KNOWN)


def test_a_list_that_is_too_long(forecast: Forecast) -> None:
    """It has to be made shorter; deleting the old one would not help."""
    long = replace(forecast.by_token(by="etoken-2"), size=PHONE_LIMIT + 1)
    assert [SHORTER] == ways(long, forecast.kept(TOKENS))


def test_by_hand_needs_a_list_to_delete(forecast: Forecast) -> None:
    """Phones that hold no CTL have nothing that could be deleted."""
    itl = forecast.kept(ITL)
    assert [UPLOAD] == ways(forecast.by_token(), asks=True, itls=(itl,))


def test_by_hand_needs_phones_that_refuse(forecast: Forecast) -> None:
    """Where it cannot be told nobody is sent round yet."""
    new = forecast.by_token(by="etoken-2", digest=Digest.SHA512)
    assert [FIND] == ways(new, forecast.kept(TOKENS))


def test_by_hand_names_each_models_way(forecast: Forecast) -> None:
    """Models with one way together, each once, the unknown ones at the end."""
    models = shipped_models()
    phones = [
        PhoneClass(models.named(name), 1, registered)
        for name, registered in (
            ("7960", True),
            ("7960", False),
            ("7940", True),
            ("8800", True),
            ("6901", True),
        )
    ]
    found = judge(forecast.by_token(), [forecast.kept(TOKENLESS)], phones).remedies
    assert ["step-erase", "step-erase", "step-erase-unknown"] == steps(found, BY_HAND)
    words = texts(found, BY_HAND)
    assert words.startswith("7960, 7940: Settings > Security Configuration > Trust List")
    assert "8800: Applications > Administrator Settings" in words


def test_by_hand_of_the_classes_that_there_may_be(forecast: Forecast) -> None:
    """Each model of a class of several is named with its own way."""
    phones = default_classes(shipped_models())
    found = judge(forecast.by_token(), [forecast.kept(TOKENLESS)], phones).remedies
    assert "7945, 7965, 7975, 7940, 7960: Settings" in texts(found, BY_HAND)
    assert "step-erase-unknown" == steps(found, BY_HAND)[-1]


def test_the_missing_itl(forecast: Forecast) -> None:
    """Phones without a CTL, an ITL that nobody showed."""
    found = named(forecast.by_token(), asks=True)
    assert ["step-find-itl"] == steps(found, FIND)


def test_the_missing_store(forecast: Forecast) -> None:
    """A server's certificate may be in a store; the cluster itself tells."""
    found = named(
        forecast.as_new(forecast.kept("tokenless-4947")), forecast.kept(TOKENLESS), asks=True
    )
    assert ["step-find-store"] == steps(found, FIND)
    assert [FIND] == [item.title.code for item in found]


def test_the_missing_model(forecast: Forecast) -> None:
    """Whether it asks the trust service: the cluster's own feature list tells."""
    found = named(
        forecast.by_token(),
        forecast.kept(TOKENLESS),
        asks=None,
        service=forecast.stored("etoken-1"),
    )
    assert ["step-find-model"] == steps(found, FIND)
    assert [FIND, BRIDGE, UPLOAD] == [item.title.code for item in found]


def test_the_missing_abilities(forecast: Forecast, maker: ListMaker) -> None:
    """SHA-1 and 2048 bits are sure; anything else is tried on one phone of each model."""
    new = forecast.by_token(by="etoken-2", digest=Digest.SHA512)
    assert ["step-find-digest"] == steps(named(new, forecast.kept(TOKENS)), FIND)
    signer = maker.record("signer-4096")
    old = forecast.of(signer, by="signer-4096", timestamp=0)
    long = NewList.of(verify(maker.signed(signer, by="signer-4096")))
    assert ["step-find-key"] == steps(named(long, old), FIND)


@pytest.mark.parametrize(
    "code", sorted(item for item in codes() if item.startswith(("step-", "remedy-")))
)
def test_no_step_removes_what_the_server_signs_with(code: str) -> None:
    """Where a step names ITLRecovery or CallManager it is to keep them, or to restart a service."""
    happened, advice = template(code)
    for clause in re.split(r"[.;]", f"{happened}. {advice}"):
        if "ITLRecovery" in clause or re.search(r"CallManager\b(?!-trust)", clause):
            assert re.search(r"\bnever ITLRecovery or CallManager\b|\brestart TFTP and\b", clause)


LABELS = ("etoken-1", "etoken-2", "etoken-3", "publisher-2048", "subscriber")
labels = st.lists(st.sampled_from(LABELS), min_size=1, max_size=3)
walks = st.fixed_dictionaries(
    {
        "new": labels,
        "olds": st.lists(labels, max_size=2),
        "stored": st.lists(st.sampled_from(LABELS), max_size=2),
        "complete": st.booleans(),
        "digest": st.sampled_from([Digest.SHA1, Digest.SHA1, Digest.SHA512]),
        "long": st.booleans(),
    }
)


def made(
    forecast: Forecast, chosen: list[str], digest: Digest = Digest.SHA1, title: str = "old"
) -> HeldList:
    """A list of tokens and servers that the first of them signed."""
    own = [
        forecast.token(label) if label.startswith("etoken") else forecast.maker.record(label)
        for label in dict.fromkeys(chosen)
    ]
    return forecast.of(*own, by=chosen[0], named=own[0], digest=digest, title=title)


def judged(forecast: Forecast, drawn: dict[str, Any]) -> tuple[NewList, list[HeldList], Judgement]:
    """A drawn list, what phones hold, and what every kind of phones does."""
    new = forecast.as_new(made(forecast, drawn["new"], drawn["digest"]))
    if drawn["long"]:
        new = replace(new, size=PHONE_LIMIT + 1)
    olds = [made(forecast, own, title=f"old {at}") for at, own in enumerate(drawn["olds"])]
    service = forecast.stored(*drawn["stored"], complete=drawn["complete"])
    classes = default_classes(shipped_models())
    return new, olds, judge(new, olds, classes, service=service)


@settings(max_examples=60)
@given(walks)
def test_every_walk_names_ways_that_can_be_read(forecast: Forecast, drawn: dict[str, Any]) -> None:
    """The safest first, each once; every step has its words, and none removes a server's signer."""
    _new, olds, found = judged(forecast, drawn)
    ways = [item.title.code for item in found.remedies]
    assert [code for code in SAFEST_FIRST if code in ways] == ways
    assert found.all_accept <= (set(ways) <= {KEEP})
    for remedy in found.remedies:
        for message in (remedy.title, *remedy.steps):
            assert "{" not in message.text
    if not olds:
        assert BY_HAND not in ways
    if BY_HAND in ways:
        assert found.of(Answer.REFUSES)


@settings(max_examples=60)
@given(walks)
def test_a_known_signer_is_accepted_by_all(forecast: Forecast, drawn: dict[str, Any]) -> None:
    """Whatever token is named as known: a list that it signs is taken by all phones."""
    _new, olds, found = judged(forecast, drawn)
    for remedy in found.remedies:
        if remedy.title.code == KNOWN:
            names = str(remedy.steps[0].values["names"]).split(", ")
            for label in LABELS[:3]:
                if forecast.maker.certificate(label).common_name.strip() in names:
                    again = forecast.by_token(by=label)
                    assert judge(again, olds, default_classes(shipped_models())).all_accept


@settings(max_examples=60)
@given(walks)
def test_a_phone_visited_by_hand_accepts(forecast: Forecast, drawn: dict[str, Any]) -> None:
    """Deleting by hand is named only where phones without a list take the new one."""
    new, _olds, found = judged(forecast, drawn)
    if BY_HAND in [item.title.code for item in found.remedies]:
        (silent,) = judge(new, [], [forecast.phones(False)], service=TrustService()).classes
        assert Answer.REFUSES is not silent.answer
