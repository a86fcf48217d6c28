"""What phones are known to check, models of which little is known, and several lists at once."""

from __future__ import annotations

import ast
import inspect
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import pytest

from ctlkit.acceptance import (
    Answer,
    NewList,
    _judging,
    _reasons,
    _vouching,
    default_classes,
    judge,
    shipped_models,
)
from ctlkit.drafts import draft, identity_of
from ctlkit.errors import RuleError
from ctlkit.messages import Message
from ctlkit.profiles import CTL_CLIENT
from ctlkit.signing import sign
from ctlkit.trustlist import Digest, Draft, TrustList
from ctlkit.verify import verify

if TYPE_CHECKING:
    from tests.unit.conftest import Forecast, ListMaker

ACCEPTS, REFUSES, UNSURE = "accepts", "refuses", "cannot tell"
TOKENLESS, TOKENS, ITL = "tokenless-6113", "tokens-5728", "itl"


class TestAbilities:
    """Rules 7 and 8: what phones are known to check, and models of which little is known."""

    @pytest.mark.parametrize("digest", [Digest.SHA256, Digest.SHA512])
    def test_a_digest_that_is_not_published(self, forecast: Forecast, digest: Digest) -> None:
        """Whoever signed, unless a table says that the model checks it."""
        new, old = forecast.by_token(by="etoken-2", digest=digest), forecast.kept(TOKENS)
        assert (UNSURE, "unsure-digest") == forecast.told(new, old)
        able = forecast.phones(digests=frozenset({Digest.SHA1, digest}))
        assert (ACCEPTS, "accepts-known-by-ctl") == forecast.told(new, old, phones=able)

    def test_a_digest_behind_the_trust_service(self, forecast: Forecast) -> None:
        """That the trust service vouches does not make a phone able."""
        new = forecast.by_token(digest=Digest.SHA512)
        service = forecast.stored("etoken-1")
        old = forecast.kept(TOKENLESS)
        assert (UNSURE, "unsure-digest") == forecast.told(new, old, service=service)

    def test_a_long_key(self, forecast: Forecast, maker: ListMaker) -> None:
        """Over 2048 bits only a table tells."""
        signer = maker.record("signer-4096")
        old = forecast.of(signer, by="signer-4096", timestamp=0)
        new = NewList.of(verify(maker.signed(signer, by="signer-4096")))
        assert (UNSURE, "unsure-key-length-as-before") == forecast.told(new, old)
        other = forecast.of(signer, forecast.token(), by="etoken-1", named=forecast.token())
        assert (UNSURE, "unsure-key-length") == forecast.told(new, other)
        able = forecast.phones(largest_key=4096)
        assert (ACCEPTS, "accepts-known-by-ctl") == forecast.told(new, old, phones=able)

    @pytest.mark.parametrize("code", ["signer-key-size", "modulus-index"])
    def test_a_signature_of_an_odd_length(self, forecast: Forecast, code: str) -> None:
        """The format has no number for it, or the list says another: nobody saw phones check it."""
        new = replace(forecast.by_token(by="etoken-2"), weak=(Message(code),))
        assert (UNSURE, "unsure-signature") == forecast.told(new, forecast.kept(TOKENS))

    def test_a_first_list_is_checked_too(self, forecast: Forecast) -> None:
        """On trust is not unseen: a digest that is not published cannot be told."""
        new = forecast.by_token(digest=Digest.SHA512)
        assert (UNSURE, "unsure-digest") == forecast.told(new, asks=False)

    def test_what_a_certain_refusal_needs_no_ability_for(self, forecast: Forecast) -> None:
        """An unknown signer is refused with whatever digest."""
        new = forecast.by_token(digest=Digest.SHA512)
        assert (REFUSES, "refuses-never-asks") == forecast.told(
            new, forecast.kept(TOKENLESS), asks=False
        )

    def test_a_model_of_which_nothing_is_published(self, forecast: Forecast) -> None:
        """Accepts and refuses only where both kinds do; else it cannot be told."""
        new, old = forecast.by_token(), forecast.kept(TOKENLESS)
        assert (REFUSES, "refuses-not-uploaded") == forecast.told(new, old, asks=None)
        service = forecast.stored("etoken-1")
        assert (UNSURE, "unsure-security-by-default") == forecast.told(
            new, old, asks=None, service=service
        )
        assert (UNSURE, "unsure-itl") == forecast.told(new, asks=None)

    def test_an_unknown_model_leans_on_the_trust_service_too(self, forecast: Forecast) -> None:
        """Whichever kind it is it accepts; that nobody asked the trust service yet is told."""
        found = judge(
            forecast.by_token(),
            [],
            [forecast.phones(None)],
            itls=[forecast.kept(ITL)],
            service=forecast.stored("etoken-1"),
        )
        assert ["accepts-vouched-by-list"] == [item.worst.reason.code for item in found.classes]
        assert "trust-service-unasked" in [item.code for item in found.warnings]

    def test_each_list_and_each_itl_counts(self, forecast: Forecast, maker: ListMaker) -> None:
        """Every combination is judged and named; the worst is the answer."""
        olds = (forecast.kept(TOKENS, "tokens"), forecast.kept(TOKENLESS, "tokenless"))
        bare = forecast.of(maker.record("capf"), by="capf", filename="ITLFile.tlv", title="bare")
        itls = (forecast.kept(ITL, "itl"), bare)
        service = forecast.stored("etoken-2")
        new = forecast.by_token(by="etoken-2")
        (found,) = judge(new, olds, [forecast.phones()], itls=itls, service=service).classes
        assert [
            ("tokens", "itl", "accepts-known-by-ctl"),
            ("tokens", "bare", "accepts-known-by-ctl"),
            ("tokenless", "itl", "accepts-vouched-by-list"),
            ("tokenless", "bare", "refuses-no-tvs-record"),
        ] == [(item.old, item.itl, item.reason.code) for item in found.against]
        assert (Answer.REFUSES, "bare") == (found.answer, found.worst.itl)


def test_every_reason_has_its_test() -> None:
    """No reason is in the rules that the tests beside this one do not name."""
    kinds = ("accepts-", "refuses-", "unsure-")

    def reasons(source: str) -> set[str]:
        nodes = ast.walk(ast.parse(source))
        texts = (node.value for node in nodes if isinstance(node, ast.Constant))
        return {text for text in texts if isinstance(text, str) and text.startswith(kinds)}

    tests = Path(__file__).parent.glob("test_acceptance_*.py")
    named = set().union(*(reasons(path.read_text()) for path in tests))
    rules = (_judging, _reasons, _vouching)
    assert set() == set().union(*(reasons(inspect.getsource(each)) for each in rules)) - named


def test_reasons_name_the_signer(forecast: Forecast) -> None:
    """By name and by the serial that the list has."""
    new = forecast.by_token()
    (found,) = judge(new, [forecast.kept(TOKENLESS)], [forecast.phones(False)]).classes
    assert new.signer.serial.hex(":").upper() in found.worst.reason.text
    assert "SAST-ADN0054f509" in found.worst.reason.text
    assert "old" in found.worst.reason.text


def test_a_draft_is_judged_as_the_list_that_it_becomes(
    forecast: Forecast, maker: ListMaker, make_data: ModuleType
) -> None:
    """Size, signer, key, digest and records are known before the signature."""
    own = forecast.token()
    made = draft(
        CTL_CLIENT,
        (own, maker.record("capf")),
        signer=maker.certificate("etoken-1"),
        identity=identity_of(own),
        digest=Digest.SHA1,
        timestamp=1,
        filename="CTLFile.tlv",
    )
    signed = sign(made, make_data.signer("etoken-1"))
    assert isinstance(signed, TrustList)
    later = NewList.of(verify(signed))
    assert replace(later, raw=None, weak=()) == NewList.of_draft(made)


def test_a_draft_that_no_list_comes_of(maker: ListMaker, forecast: Forecast) -> None:
    """A signed file, and a key that is not RSA."""
    own = forecast.token()
    made = draft(
        CTL_CLIENT,
        (own,),
        signer=maker.certificate("etoken-1"),
        identity=identity_of(own),
        digest=Digest.SHA1,
        timestamp=1,
        filename="CTLFile.tlv",
    )
    wrong: tuple[Draft, ...] = (
        replace(made, content=b"<device/>"),
        replace(made, signer=maker.certificate("ec-server").der),
    )
    for item in wrong:
        with pytest.raises(RuleError):
            NewList.of_draft(item)


def test_the_classes_that_there_may_be() -> None:
    """Phones that ask, that never do, others, and absent ones; able to do what all of them are."""
    asking, silent, other, away = default_classes(shipped_models())
    assert [True, False, None, None] == [
        item.model.security_by_default for item in (asking, silent, other, away)
    ]
    assert "8861" in asking.title.text
    assert "7960" in silent.title.text
    assert [True, True, True, False] == [item.registered for item in (asking, silent, other, away)]
    assert [{Digest.SHA1}] * 4 == [
        set(item.model.digests) for item in (asking, silent, other, away)
    ]
