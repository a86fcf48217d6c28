"""What the trust service says of a signer: each rule, each reason, in their order."""

from __future__ import annotations

from dataclasses import replace
from types import ModuleType
from typing import TYPE_CHECKING

import pytest

from ctlkit.acceptance import (
    LIST_ALONE_IS_ENOUGH,
    NewList,
    Stored,
    TrustService,
    _vouching,
)
from ctlkit.certificate import Certificate
from ctlkit.drafts import draft, identity_of, make_record
from ctlkit.profiles import CUCM
from ctlkit.signing import PemSigner, sign
from ctlkit.trustlist import Digest, Function, RecordTag, TrustList
from ctlkit.verify import verify
from softhsm_fixtures import CertificateSpec, Credential, make_certificate

if TYPE_CHECKING:
    from tests.unit.conftest import Forecast, ListMaker

ACCEPTS, REFUSES, UNSURE = "accepts", "refuses", "cannot tell"
TOKENLESS, TOKENS, ITL = "tokenless-6113", "tokens-5728", "itl"


def twin(make_data: ModuleType, key: str) -> Credential:
    """A certificate of one name and serial, whichever the key."""
    made = make_certificate(CertificateSpec("CN=twin,O=Practice", serial=5), key=make_data.key(key))
    assert isinstance(made, Credential)
    return made


def by_twin(make_data: ModuleType) -> NewList:
    """A list that the first of two twins signed, in the server's own dialect."""
    pem = twin(make_data, "etoken-1")
    certificate = Certificate.from_der(pem.der)
    own = make_record(CUCM, Function.SAST, certificate, token=False)
    made = draft(
        CUCM,
        (own,),
        signer=certificate,
        identity=identity_of(own),
        digest=Digest.SHA1,
        timestamp=1,
        filename="CTLFile.tlv",
    )
    signed = sign(made, PemSigner(pem.pem))
    assert isinstance(signed, TrustList)
    return NewList.of(verify(signed))


def stored_twins(
    make_data: ModuleType, *keys: str, store: str | None = "CallManager"
) -> TrustService:
    """A trust service with certificates of the twins' name and serial."""
    found = (Certificate.from_der(twin(make_data, key).der) for key in keys)
    return TrustService(tuple(Stored(item, store) for item in found))


class TestTrustService:
    """Rules 3 to 5: phones ask about a signer that they do not know."""

    def test_phones_that_never_ask(self, forecast: Forecast) -> None:
        """What is in the stores does not help them."""
        service = forecast.stored("etoken-1", complete=True)
        assert (REFUSES, "refuses-never-asks") == forecast.told(
            forecast.by_token(), forecast.kept(TOKENLESS), asks=False, service=service
        )

    def test_a_token_that_nobody_uploaded(self, forecast: Forecast) -> None:
        """The list alone does not vouch for it; nobody has to say that it is in no store."""
        assert LIST_ALONE_IS_ENOUGH is False
        new, old = forecast.by_token(), forecast.kept(TOKENLESS)
        assert (REFUSES, "refuses-not-uploaded") == forecast.told(new, old)
        whole = forecast.stored("etoken-2", complete=True)
        assert (REFUSES, "refuses-not-vouched") == forecast.told(new, old, service=whole)
        service = forecast.stored("etoken-1", complete=True)
        assert (ACCEPTS, "accepts-vouched-by-list") == forecast.told(new, old, service=service)

    def test_the_list_that_the_trust_service_reads(self, forecast: Forecast) -> None:
        """A list of chosen phones is none that it reads; nor is one that a node did not get."""
        new, old = forecast.by_token(), forecast.kept(TOKENLESS)
        service = forecast.stored("etoken-1", complete=True)
        other = replace(service, listed=forecast.as_new(old).records)
        assert (REFUSES, "refuses-not-vouched") == forecast.told(new, old, service=other)
        listed = replace(service, listed=new.records)
        assert (ACCEPTS, "accepts-vouched-by-list") == forecast.told(new, old, service=listed)
        absent = replace(service, everywhere=False)
        assert (UNSURE, "unsure-nodes") == forecast.told(new, old, service=absent)

    def test_a_token_that_was_uploaded(self, forecast: Forecast) -> None:
        """The store does not find its reversed serial; the list does, and the names are stored."""
        assert (ACCEPTS, "accepts-vouched-by-list") == forecast.told(
            forecast.by_token(), forecast.kept(TOKENLESS), service=forecast.stored("etoken-1")
        )

    @pytest.mark.parametrize("store", [None, "CallManager", "ITLRecovery", "Phone-SAST-trust"])
    def test_a_certificate_in_a_store(
        self, forecast: Forecast, make_data: ModuleType, store: str | None
    ) -> None:
        """Serial and issuer as the server writes them are found in the store itself."""
        assert (ACCEPTS, "accepts-vouched") == forecast.told(
            by_twin(make_data),
            forecast.kept(TOKENLESS),
            service=stored_twins(make_data, "etoken-1", store=store),
        )

    def test_a_store_of_which_nothing_is_published(
        self, forecast: Forecast, make_data: ModuleType
    ) -> None:
        """What is in CallManager-trust alone may or may not be vouched for."""
        service = stored_twins(make_data, "etoken-1", store="CallManager-trust")
        old = forecast.kept(TOKENLESS)
        told = forecast.told(by_twin(make_data), old, service=service)
        assert (UNSURE, "unsure-role") == told
        both = (*service.stored, *stored_twins(make_data, "etoken-1", store=None).stored)
        told = forecast.told(by_twin(make_data), old, service=TrustService(both))
        assert (ACCEPTS, "accepts-vouched") == told

    @pytest.mark.parametrize("store", ["CAPF", "CAPF-trust", "TVS", "tomcat-trust"])
    def test_a_store_that_makes_no_signer(
        self, forecast: Forecast, make_data: ModuleType, store: str
    ) -> None:
        """The trust service knows the certificate, but not as a signer."""
        assert (REFUSES, "refuses-not-signer") == forecast.told(
            by_twin(make_data),
            forecast.kept(TOKENLESS),
            service=stored_twins(make_data, "etoken-1", store=store),
        )

    def test_a_signer_that_the_list_has_as_something_else(
        self, forecast: Forecast, maker: ListMaker
    ) -> None:
        """The trust service finds it in the list, where it is no SAST."""
        own = maker.replaced(forecast.token(), RecordTag.FUNCTION, b"\0\2")
        anchor = maker.certificate("etoken-1")
        value = maker.signed(own, named=forecast.token())
        new = NewList.of(verify(value, (anchor,)))
        assert (REFUSES, "refuses-not-signer") == forecast.told(
            new, forecast.kept(TOKENLESS), service=forecast.stored("etoken-1")
        )

    def test_a_stored_certificate_with_another_key(
        self, forecast: Forecast, make_data: ModuleType
    ) -> None:
        """Phones check with the key that the trust service sends, if it has no other."""
        new, old = by_twin(make_data), forecast.kept(TOKENLESS)
        other = stored_twins(make_data, "etoken-2")
        whole = replace(other, complete=True)
        assert (REFUSES, "refuses-stored-key") == forecast.told(new, old, service=whole)
        assert (UNSURE, "unsure-twins") == forecast.told(new, old, service=other)

    def test_two_entries_of_the_new_list(self, forecast: Forecast, maker: ListMaker) -> None:
        """The signer stands in it with two keys: nobody says which one the answer has."""
        own = forecast.token()
        first = maker.replaced(maker.with_key_of(own, "etoken-2"), RecordTag.FUNCTION, b"\0\2")
        new = forecast.by_token(first, own)
        assert (UNSURE, "unsure-twins") == forecast.told(
            new, forecast.kept(TOKENLESS), service=forecast.stored("etoken-1")
        )

    def test_stored_twins(self, forecast: Forecast, make_data: ModuleType) -> None:
        """Two keys under one serial and issuer: nobody says which one the answer has."""
        assert (UNSURE, "unsure-twins") == forecast.told(
            by_twin(make_data),
            forecast.kept(TOKENLESS),
            service=stored_twins(make_data, "etoken-1", "etoken-2"),
        )

    def test_a_stored_certificate_with_the_names_alone(
        self, forecast: Forecast, make_data: ModuleType
    ) -> None:
        """A token that was renewed: the old certificate in the store has the names of the new."""
        made = make_certificate(
            CertificateSpec(
                (
                    ("CN", make_data.FIRST_NAME.ljust(24)),
                    ("OU", "IPCBU"),
                    ("O", "Cisco Systems, Inc."),
                ),
                serial=77,
            ),
            key=make_data.key("etoken-1"),
            issuer=make_data.credential("manufacturing-ca"),
        )
        service = TrustService((Stored(Certificate.from_der(made.der)),))
        assert (UNSURE, "unsure-names") == forecast.told(
            forecast.by_token(), forecast.kept(TOKENLESS), service=service
        )

    def test_a_servers_certificate_needs_no_word(self, forecast: Forecast) -> None:
        """It may be in the stores; only the publisher's whole database tells that it is not."""
        new = forecast.as_new(forecast.kept("tokenless-4947"))
        old = forecast.kept(TOKENLESS)
        assert (UNSURE, "unsure-store") == forecast.told(new, old)
        whole = forecast.stored("subscriber", store="CallManager", complete=True)
        assert (REFUSES, "refuses-not-vouched") == forecast.told(new, old, service=whole)
        named = forecast.stored("publisher-1024", store="CallManager")
        assert (ACCEPTS, "accepts-vouched") == forecast.told(new, old, service=named)

    def test_a_signer_that_the_list_does_not_hold(
        self, forecast: Forecast, maker: ListMaker
    ) -> None:
        """Whose it is nobody knows, so what is in the stores cannot be told."""
        value = maker.signed(maker.record("capf"), named=forecast.token())
        new = NewList.of(verify(value, (maker.certificate("etoken-1"),)))
        old = forecast.kept(TOKENLESS)
        assert (UNSURE, "unsure-store") == forecast.told(new, old)
        stored = forecast.stored("etoken-1")
        assert (UNSURE, "unsure-store") == forecast.told(new, old, service=stored)
        assert (ACCEPTS, "accepts-known-by-ctl") == forecast.told(new, forecast.kept(TOKENS))

    def test_an_itl_without_a_trust_service(self, forecast: Forecast, maker: ListMaker) -> None:
        """No TVS record, no vouching, whatever is stored; an ITL that has one lets them ask."""
        own = maker.record("publisher-2048")
        bare = forecast.of(own, by="publisher-2048", filename="ITLFile.tlv", title="itl")
        hashed = maker.without(maker.record("capf", Function.TVS), RecordTag.CERTIFICATE)
        without = forecast.of(own, hashed, by="publisher-2048", filename="ITLFile.tlv")
        service, old = forecast.stored("etoken-1"), forecast.kept(TOKENLESS)
        for itl in (bare, without):
            assert (REFUSES, "refuses-no-tvs-record") == forecast.told(
                forecast.by_token(), old, itls=(itl,), service=service
            )
        assert (ACCEPTS, "accepts-vouched-by-list") == forecast.told(
            forecast.by_token(), old, itls=(forecast.kept(ITL),), service=service
        )

    def test_an_itl_of_another_trust_service(self, forecast: Forecast) -> None:
        """The cluster's own is not the one that their ITL names."""
        itl, old, new = forecast.kept(ITL), forecast.kept(TOKENLESS), forecast.by_token()
        known, renewed = (
            TrustService((*forecast.stored("etoken-1").stored, *service.stored), complete=True)
            for service in (
                forecast.stored("publisher-2048", store="TVS"),
                forecast.stored("subscriber", store="TVS"),
            )
        )
        assert (ACCEPTS, "accepts-vouched-by-list") == forecast.told(
            new, old, itls=(itl,), service=known
        )
        assert (UNSURE, "unsure-trust-service") == forecast.told(
            new, old, itls=(itl,), service=renewed
        )

    def test_the_list_alone_is_a_setting_by_a_name(
        self, forecast: Forecast, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Were the list alone enough, phones that ask would accept any signer that it holds."""
        monkeypatch.setattr(_vouching, "LIST_ALONE_IS_ENOUGH", True)
        assert (ACCEPTS, "accepts-vouched-by-list") == forecast.told(
            forecast.by_token(), forecast.kept(TOKENLESS)
        )
