"""When phones accept a list: each rule of ``ctlkit.acceptance``, each reason, in their order."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from ctlkit.acceptance import (
    HeldList,
    NewList,
)
from ctlkit.codec import PHONE_LIMIT
from ctlkit.trustlist import Digest, Function, RecordTag
from ctlkit.verify import verify

if TYPE_CHECKING:
    from tests.unit.conftest import Forecast, ListMaker

ACCEPTS, REFUSES, UNSURE = "accepts", "refuses", "cannot tell"
TOKENLESS, TOKENS, ITL = "tokenless-6113", "tokens-5728", "itl"


class TestSize:
    """Rule 1: too long, and the very list that phones have."""

    def test_a_list_over_the_limit_is_refused(self, forecast: Forecast) -> None:
        """65,536 bytes are taken, one more is refused, whoever signed."""
        new, old = forecast.by_token(by="etoken-2"), forecast.kept(TOKENS)
        fits, long = (replace(new, size=PHONE_LIMIT + more) for more in (0, 1))
        assert (ACCEPTS, "accepts-known-by-ctl") == forecast.told(fits, old)
        assert (REFUSES, "refuses-size") == forecast.told(long, old)
        assert (REFUSES, "refuses-size") == forecast.told(long)

    def test_the_list_that_they_have_is_no_new_one(self, forecast: Forecast) -> None:
        """It is not checked again, even with a digest that nobody knows of."""
        old = forecast.of(
            forecast.token(), by="etoken-1", named=forecast.token(), digest=Digest.SHA512
        )
        new = forecast.as_new(old)
        assert (ACCEPTS, "accepts-same") == forecast.told(new, old, asks=False)
        draft_of_it = replace(new, raw=None)
        assert (UNSURE, "unsure-digest-as-before") == forecast.told(draft_of_it, old, asks=False)


class TestKnownSigner:
    """Rule 2: the list that phones have, and the key that it has."""

    @pytest.mark.parametrize("asks", [True, False, None])
    def test_a_signer_of_their_list(self, forecast: Forecast, asks: bool | None) -> None:
        """Every phone accepts, whether it asks the trust service or not."""
        new = forecast.by_token(by="etoken-2")
        assert (ACCEPTS, "accepts-known-by-ctl") == forecast.told(
            new, forecast.kept(TOKENS), asks=asks
        )

    def test_only_a_sast_entry_counts(self, forecast: Forecast, maker: ListMaker) -> None:
        """The same certificate as a server's entry makes no signer."""
        as_server = maker.replaced(forecast.token(), RecordTag.FUNCTION, b"\0\2")
        old = forecast.of(as_server, maker.record("capf"), by="capf")
        assert (REFUSES, "refuses-never-asks") == forecast.told(
            forecast.by_token(), old, asks=False
        )

    def test_issuer_and_serial_both_count(self, forecast: Forecast, maker: ListMaker) -> None:
        """A signer of the same key with another serial, or another issuer, is another one."""
        own = forecast.token()
        for tag, value in ((RecordTag.SERIALNUMBER, b"\1"), (RecordTag.ISSUERNAME, b"CN=x\0")):
            other = maker.replaced(own, tag, value)
            old = forecast.of(other, maker.record("capf"), by="capf")
            code = "refuses-spelling"  # for it is the same certificate
            assert (REFUSES, code) == forecast.told(forecast.by_token(), old, asks=False)

    def test_entries_that_contradict_each_other(self, forecast: Forecast, maker: ListMaker) -> None:
        """Which of two entries with one issuer and serial phones use is not published."""
        own, other = forecast.token(), maker.with_key_of(forecast.token(), "etoken-2")
        for entries in ((own, other), (other, own)):
            old = forecast.of(*entries, maker.record("capf"), by="capf")
            assert (UNSURE, "unsure-entries") == forecast.told(forecast.by_token(), old)

    @pytest.mark.parametrize("asks", [True, False, None])
    def test_a_list_that_is_not_at_hand(self, forecast: Forecast, asks: bool | None) -> None:
        """Whether it knows the signer cannot be told, unless the trust service vouches."""
        new, old = forecast.by_token(), HeldList("gone", None)
        assert (UNSURE, "unsure-held") == forecast.told(new, old, asks=asks)
        vouched = (ACCEPTS, "accepts-vouched-by-list") if asks else (UNSURE, "unsure-held")
        service = forecast.stored("etoken-1")
        assert vouched == forecast.told(new, old, asks=asks, service=service)

    def test_another_key_is_refused_and_nobody_is_asked(
        self, forecast: Forecast, maker: ListMaker
    ) -> None:
        """Even where the trust service would vouch."""
        changed = maker.with_key_of(forecast.token(), "etoken-2")
        old = forecast.of(changed, maker.record("capf"), by="capf")
        service = forecast.stored("etoken-1")
        assert (REFUSES, "refuses-other-key") == forecast.told(
            forecast.by_token(), old, service=service
        )

    def test_an_entry_that_cannot_be_used(self, forecast: Forecast, maker: ListMaker) -> None:
        """PUBLICKEY and certificate that differ, a certificate that is none, a key that is EC."""
        own = forecast.token()
        broken = maker.replaced(own, RecordTag.PUBLICKEY, maker.certificate("capf").key_bytes)
        unreadable = maker.replaced(own, RecordTag.CERTIFICATE, b"no certificate")
        curve = maker.with_key_of(own, "ec-server")
        keyless = maker.without(own, RecordTag.CERTIFICATE, RecordTag.PUBLICKEY)
        for entry in (broken, unreadable, curve, keyless):
            old = forecast.of(entry, maker.record("capf"), by="capf")
            assert (REFUSES, "refuses-entry-unusable") == forecast.told(forecast.by_token(), old)

    def test_an_entry_without_a_certificate(self, forecast: Forecast, maker: ListMaker) -> None:
        """Its PUBLICKEY serves."""
        bare = maker.without(forecast.token(), RecordTag.CERTIFICATE)
        old = forecast.of(bare, maker.record("capf"), by="capf")
        assert (ACCEPTS, "accepts-known-by-ctl") == forecast.told(forecast.by_token(), old)

    def test_the_list_goes_before_the_itl(self, forecast: Forecast, maker: ListMaker) -> None:
        """A phone that has a CTL does not look for signers in its ITL."""
        itl = forecast.of(
            forecast.token(),
            maker.record("publisher-2048"),
            maker.record("capf", Function.TVS),
            by="publisher-2048",
            filename="ITLFile.tlv",
        )
        old = forecast.kept(TOKENLESS)
        assert (REFUSES, "refuses-not-uploaded") == forecast.told(
            forecast.by_token(), old, itls=(itl,)
        )
        assert (ACCEPTS, "accepts-known-by-itl") == forecast.told(forecast.by_token(), itls=(itl,))

    def test_a_signer_of_the_itl(self, forecast: Forecast) -> None:
        """The server signs the first list: phones that have its ITL and no CTL know it."""
        new = forecast.as_new(forecast.kept(TOKENLESS))
        itl = forecast.kept(ITL, "ITLFile.tlv")
        assert (ACCEPTS, "accepts-known-by-itl") == forecast.told(new, itls=(itl,))
        assert (ACCEPTS, "accepts-first") == forecast.told(new, itls=(itl,), asks=False)

    def test_a_signer_of_the_itl_with_another_key(
        self, forecast: Forecast, maker: ListMaker
    ) -> None:
        """Refused as with a CTL: the same issuer and serial, another key."""
        changed = maker.with_key_of(forecast.token(), "etoken-2")
        itl = forecast.of(changed, maker.record("capf"), by="capf", filename="ITLFile.tlv")
        assert (REFUSES, "refuses-other-key") == forecast.told(
            forecast.by_token(), itls=(itl,), service=forecast.stored("etoken-1")
        )


class TestFirstList:
    """Rule 6: phones of which no list is known."""

    def test_phones_without_security_by_default(self, forecast: Forecast) -> None:
        """They hold nothing, and take what comes."""
        assert (ACCEPTS, "accepts-first") == forecast.told(forecast.by_token(), asks=False)

    def test_an_itl_that_was_not_shown(self, forecast: Forecast) -> None:
        """It may or may not know the signer; the trust service does not know it."""
        assert (UNSURE, "unsure-itl") == forecast.told(forecast.by_token())

    def test_an_itl_that_does_not_matter(self, forecast: Forecast) -> None:
        """With or without an ITL they accept where the trust service vouches."""
        service = forecast.stored("etoken-1")
        assert (ACCEPTS, "accepts-vouched-by-list") == forecast.told(
            forecast.by_token(), service=service
        )

    def test_an_itl_that_was_shown(self, forecast: Forecast) -> None:
        """It does not hold the token: they ask."""
        new, itl = forecast.by_token(), forecast.kept(ITL)
        assert (REFUSES, "refuses-not-uploaded") == forecast.told(new, itls=(itl,))
        assert (ACCEPTS, "accepts-vouched-by-list") == forecast.told(
            new, itls=(itl,), service=forecast.stored("etoken-1")
        )

    def test_a_list_without_its_own_signer(self, forecast: Forecast, maker: ListMaker) -> None:
        """There is nothing to check it with."""
        value = maker.signed(maker.record("capf"), named=forecast.token())
        new = NewList.of(verify(value, (maker.certificate("etoken-1"),)))
        assert (REFUSES, "refuses-no-entry") == forecast.told(new, asks=False)
