"""What cannot be told: the fact that is missing, with which phones do the one or the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ctlkit.acceptance import Answer, NewList, PhoneClass, TrustService, judge, shipped_models
from ctlkit.codec import decode
from ctlkit.errors import CannotTellError
from ctlkit.trustlist import Digest, Function, TrustList
from ctlkit.verify import verify
from ctlkit_lab import stores
from ctlkit_lab.phones import deciding
from ctlkit_lab.stores import STORE_ROLES

if TYPE_CHECKING:
    from tests.lab.proof.conftest import Proof

SAST = "Phone-SAST-trust"
TOKENS = "*etoken-1 etoken-2 capf/capf"
TOKENLESS = "*callmanager callmanager/ccm+tftp capf/capf"
ELSEWHERE = "*elsewhere elsewhere/ccm+tftp capf/capf"
AS_SERVER = "*etoken-1:server etoken-2:server capf/capf"


def accepting(proof: Proof, new: bytes, model: str = "8861") -> set[bool | None]:
    """Restart the phones, and say what those of a model did."""
    done = proof.restarts(new)
    return {boot.accepted for seat, boot in done.items() if seat.model == model}


def code(proof: Proof, new: bytes, old: bytes) -> str:
    """Why phones that ask do what they do, by the files at hand."""
    codes = proof.foresees_by_files(new, old).codes
    return next(found for seat, found in codes.items() if seat.model == "8861")


def test_whether_a_server_is_in_a_store(proof: Proof) -> None:
    """Without the publisher's database nobody knows of a server's certificate, in it or not."""
    old, new = proof.ctl(TOKENS), proof.ctl(ELSEWHERE)
    for uploads, accepted in (([], False), ([("elsewhere", "CallManager-trust")], True)):
        proof.prepare(old, uploads=uploads)
        assert "unsure-store" == code(proof, new, old)
        assert {accepted} == accepting(proof, new)


def test_whether_phones_have_an_itl(proof: Proof) -> None:
    """A phone out of its box takes what one with an ITL refuses; nobody showed an ITL."""
    new = proof.ctl(TOKENS)
    proof.prepare(None)
    (found, *_) = proof.judged(new).judgement.classes
    assert ("8861", "unsure-itl") == (found.phones.model.name, found.worst.reason.code)
    assert {False} == accepting(proof, new)
    proof.prepare(None)
    proof.cluster.erase_phones()
    assert {True} == accepting(proof, new)


def test_whether_a_model_asks(proof: Proof) -> None:
    """Of a model that nothing is published of both kinds of phones stand for it."""
    old, new = proof.ctl(TOKENLESS), proof.ctl(TOKENS)
    proof.prepare(old, uploads=[("etoken-1", SAST)])
    found = proof.foresees(new).unpublished
    assert "unsure-security-by-default" == found.worst.reason.code
    assert {True} == accepting(proof, new, "8861")
    proof.prepare(old, uploads=[("etoken-1", SAST)])
    assert {False} == accepting(proof, new, "7960")


@pytest.mark.parametrize(("first", "accepted"), [("etoken-1", True), ("forged", False)])
def test_which_of_two_certificates_answers(first: str, accepted: bool, proof: Proof) -> None:
    """The trust service has the signer's serial with two keys, and sends the one or the other."""
    old, new = proof.ctl(TOKENLESS), proof.ctl(AS_SERVER)
    second = {"etoken-1": "forged", "forged": "etoken-1"}[first]
    proof.prepare(old, uploads=[(first, SAST), (second, SAST)])
    assert {"unsure-twins", "refuses-never-asks"} == set(proof.foresees(new).codes.values())
    assert {accepted} == accepting(proof, new)


def test_which_of_two_entries_answers(proof: Proof) -> None:
    """The same where the list itself answers."""
    old, new = proof.ctl(TOKENLESS), proof.ctl("*etoken-1 forged capf/capf")
    proof.prepare(old, uploads=[("etoken-1", SAST)])
    assert {"unsure-twins", "refuses-never-asks"} == set(proof.foresees(new).codes.values())
    assert {True} == accepting(proof, new)
    new = proof.ctl("forged/capf *etoken-1 capf/capf")
    proof.prepare(old, uploads=[("etoken-1", SAST)])
    assert {"unsure-twins", "refuses-never-asks"} == set(proof.foresees(new).codes.values())
    assert {False} == accepting(proof, new)


@pytest.mark.parametrize(
    ("entries", "accepted"), [("etoken-1 forged", True), ("forged etoken-1", False)]
)
def test_which_entry_of_the_held_list_counts(entries: str, accepted: bool, proof: Proof) -> None:
    """The list that phones have holds the signer's serial with two keys; one of them is used."""
    old, new = proof.ctl(f"*etoken-2 {entries} capf/capf"), proof.ctl(TOKENS)
    proof.prepare(old)
    assert {"unsure-entries"} == set(proof.foresees(new).codes.values())
    assert {accepted} == accepting(proof, new)


@pytest.mark.parametrize("signs", [True, False])
def test_whether_a_trusted_server_may_sign(
    signs: bool, proof: Proof, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What certificates in CallManager-trust alone may do is published nowhere."""
    roles = (Function.SAST,) if signs else (Function.CCM_TFTP,)
    monkeypatch.setattr(stores, "STORE_ROLES", {**STORE_ROLES, "CallManager-trust": roles})
    old, new = proof.ctl(TOKENS), proof.ctl(ELSEWHERE)
    proof.prepare(old, uploads=[("elsewhere", "CallManager-trust")])
    assert {"unsure-role", "refuses-never-asks"} == set(proof.foresees(new).codes.values())
    assert {signs} == accepting(proof, new)


@pytest.mark.parametrize("abilities", ["published", "more"])
@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (TOKENS, f"{TOKENS} digest=sha512", "unsure-digest"),
        ("*etoken-1 long", "etoken-1 *long", "unsure-key-length"),
    ],
)
def test_what_a_phone_can_check(
    old: str, new: str, reason: str, abilities: str, proof: Proof, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A phone that checks more than is published takes what another refuses."""
    if abilities == "more":
        monkeypatch.setattr(deciding, "PROVEN_DIGESTS", frozenset(Digest))
        monkeypatch.setattr(deciding, "LARGEST_PROVEN_KEY", 4096)
    held, offered = proof.ctl(old), proof.ctl(new)
    proof.prepare(held)
    assert {reason} == set(proof.foresees(offered).codes.values())
    assert {abilities == "more"} == accepting(proof, offered)


def test_what_a_person_found_out_is_believed(proof: Proof, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a table that says what a model is able to do, phones of that kind do as foreseen."""
    monkeypatch.setattr(deciding, "PROVEN_DIGESTS", frozenset(Digest))
    own = '[[model]]\nname = "8861"\nsecurity-by-default = true\ndigests = ["sha1", "sha512"]\n'
    models = f'schema = 1\n{own}source = "tried"\n'
    old, new = proof.ctl(TOKENS), proof.ctl(f"{TOKENS} digest=sha512")
    proof.prepare(old)
    (found, *_) = proof.judged(new, old, models=models).judgement.classes
    assert ("8861", Answer.ACCEPTS) == (found.phones.model.name, found.answer)
    assert {True} == accepting(proof, new)


def test_which_certificate_the_trust_service_shows(proof: Proof) -> None:
    """After it was renewed phones believe it as long as it was not restarted."""
    old, new = proof.ctl(TOKENLESS), proof.ctl(TOKENS)
    uploads = [("etoken-1", SAST)]
    proof.prepare(old, uploads=uploads)
    itls = tuple(node.itl_path.read_bytes() for node in proof.practice.nodes)
    try:
        proof.renew_trust_services()
        judged = proof.judged(new, proof.cluster.place_url, itls=itls).judgement
        outdated = {
            verdict.reason.code
            for item in judged.classes
            for verdict in item.against
            if item.phones.model.name == "8861" and "itl-" in (verdict.itl or "")
        }
        assert {"unsure-trust-service"} == outdated
        assert {True} == accepting(proof, new)

        proof.prepare(old, itls[0], uploads)
        proof.cluster.restart_services()
        proof.directed()
        assert {False} == accepting(proof, new)
    finally:
        proof.cluster.restart_services()
        proof.directed()


def test_a_list_without_its_signer_is_not_judged_alone(proof: Proof) -> None:
    """Where no old list holds the signer, nothing can check it; phones that hold nothing refuse."""
    new = proof.ctl("etoken-2 capf/capf by=etoken-1")
    proof.prepare(None)
    with pytest.raises(CannotTellError):
        proof.judged(new)
    assert {False} == accepting(proof, new, "7960")
    value = decode(new)
    assert isinstance(value, TrustList)
    known = NewList.of(verify(value, (proof.certificate("etoken-1"),)))
    phones = [PhoneClass(shipped_models().named("7960"))]
    (found,) = judge(known, (), phones, service=TrustService(complete=True)).classes
    assert "refuses-no-entry" == found.worst.reason.code


def test_phones_that_were_away_are_judged_by_every_list(proof: Proof) -> None:
    """A phone that holds the list before the last one does what was foreseen of it."""
    before, last, new = proof.ctl(TOKENLESS), proof.ctl(TOKENS), proof.ctl("etoken-1 *etoken-2")
    proof.prepare(last)
    judged = proof.judged(new, before, proof.cluster.place_url).judgement.classes
    assert {
        "8861": [Answer.REFUSES, Answer.ACCEPTS],
        "7960": [Answer.REFUSES, Answer.ACCEPTS],
    } == {
        item.phones.model.name: list(dict.fromkeys(each.answer for each in item.against))
        for item in judged
        if item.phones.model.name in ("8861", "7960")
    }
    assert all(item.answer is Answer.REFUSES for item in judged)
    assert {True} == accepting(proof, new)
    proof.prepare(before)
    assert {False} == accepting(proof, new)
