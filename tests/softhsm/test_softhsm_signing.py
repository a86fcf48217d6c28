"""Signing with a token's key: what works, what is refused before, and what fails midway."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from ctlkit import pkcs11
from ctlkit.certificate import Certificate, RsaKey
from ctlkit.errors import (
    SignatureError,
    TokenError,
    TokenNotFoundError,
)
from ctlkit.signing import Signer, check_rsa, digest_info
from ctlkit.trustlist import Digest
from softhsm_fixtures import HASHLESS, etoken, mismatched_key, two_certificates, with_ca_certificate
from softhsm_fixtures.faults import FaultPlan

if TYPE_CHECKING:
    from softhsm_fixtures import TokenSpec
    from softhsm_fixtures.plugin import MakeFaultModule, MakeStore
    from tests.softhsm.conftest import BenchMaker, Person

INFO = digest_info(Digest.SHA1, b"a list")


def _signs(signer: Signer, info: bytes = INFO) -> bool:
    key = Certificate.from_der(signer.certificate).public_key
    return isinstance(key, RsaKey) and check_rsa(key, signer.sign(info), info)


@pytest.mark.parametrize("bits", [1024, 2048, 4096])
@pytest.mark.parametrize("digest", [Digest.SHA1, Digest.SHA512])
def test_every_size_and_digest(
    bits: int, digest: Digest, make_softhsm_store: MakeStore, bench: BenchMaker, person: Person
) -> None:
    """1024 to 4096 bits, SHA-1 and SHA-512: the signature verifies with the certificate."""
    store = make_softhsm_store(etoken(bits=bits))
    with pkcs11.open_signer(bench(store.module).only(), person.source) as signer:
        assert digest in signer.digests
        assert store.tokens[0].certificate_der == signer.certificate
        assert _signs(signer, digest_info(digest, b"a list"))


def test_a_token_without_hash_mechanisms_signs(
    make_softhsm_store: MakeStore, bench: BenchMaker, person: Person
) -> None:
    """The host makes the DigestInfo, so CKM_RSA_PKCS is all that is needed."""
    store = make_softhsm_store(etoken(), mechanisms=HASHLESS)
    with pkcs11.open_signer(bench(store.module).only(), person.source) as signer:
        assert _signs(signer, digest_info(Digest.SHA512, b"a list"))


def test_a_token_without_the_mechanism_is_refused_before_a_login(
    make_softhsm_store: MakeStore,
    fault_module: MakeFaultModule,
    bench: BenchMaker,
    person: Person,
) -> None:
    """Without CKM_RSA_PKCS nobody is asked for a PIN."""
    make_softhsm_store(etoken(), mechanisms="CKM_SHA256")
    module = fault_module()
    token = bench(module.path).only()
    with (
        pytest.raises(TokenError, match="CKM_RSA_PKCS"),
        pkcs11.open_signer(token, person.source),
    ):
        pass
    assert [] == person.asked
    assert 0 == module.count("C_Login")


@pytest.mark.parametrize(("bits", "code"), [("p256", "token-key-kind"), (1536, "token-key-size")])
def test_a_key_that_cannot_sign_lists_is_refused_before_a_login(
    bits: int, code: str, make_softhsm_store: MakeStore, bench: BenchMaker, person: Person
) -> None:
    """EC keys and sizes without a number in the header are refused without a question."""
    store = make_softhsm_store(etoken(bits=bits))
    token = bench(store.module).only()
    with pytest.raises(TokenError) as caught, pkcs11.open_signer(token, person.source):
        pass
    assert code == caught.value.code
    assert [] == person.asked


def test_a_digest_that_does_not_fit_is_refused_before_a_login(
    make_softhsm_store: MakeStore, bench: BenchMaker, person: Person
) -> None:
    """More bytes than the key has room for are not sent."""
    store = make_softhsm_store(etoken())
    with pkcs11.open_signer(bench(store.module).only(), person.source) as signer:
        with pytest.raises(TokenError, match="too short"):
            signer.sign(b"x" * 118)
        assert [] == person.asked


def test_nobody_is_asked_before_the_first_signature(
    make_softhsm_store: MakeStore,
    fault_module: MakeFaultModule,
    bench: BenchMaker,
    person: Person,
) -> None:
    """Opening a signer costs no login; several signatures cost one."""
    make_softhsm_store(etoken())
    module = fault_module()
    with pkcs11.open_signer(bench(module.path).only(), person.source) as signer:
        assert [] == person.asked
        assert 0 == module.count("C_Login")
        for number in range(5):
            assert _signs(signer, digest_info(Digest.SHA1, bytes([number])))
    assert 1 == len(person.asked)
    assert 1 == module.count("C_Login")
    assert module.count("C_OpenSession") == module.count("C_CloseSession")


def test_the_card_gets_under_ninety_bytes(
    make_softhsm_store: MakeStore,
    fault_module: MakeFaultModule,
    bench: BenchMaker,
    person: Person,
) -> None:
    """One C_SignInit for a signature, and no hashing on the token."""
    make_softhsm_store(etoken())
    module = fault_module()
    pkcs11.test_token(bench(module.path).only(), person.source)
    functions = {call.function for call in module.calls()}
    assert 1 == module.count("C_SignInit")
    assert functions.isdisjoint({"C_SignUpdate", "C_DigestInit", "C_Digest"})
    assert all(len(digest_info(digest, b"")) < 90 for digest in Digest)


@pytest.mark.parametrize(
    "spec",
    [
        etoken(public_key=False),
        etoken(key_id=b"\x07"),
        etoken(key_id=b""),
        etoken(certificate_id=b""),
    ],
    ids=["no public key", "other id", "key without id", "certificate without id"],
)
def test_the_key_is_found_without_its_id_or_public_key(
    spec: object, make_softhsm_store: MakeStore, bench: BenchMaker, person: Person
) -> None:
    """By the modulus of the certificate where CKA_ID does not say, without a public key."""
    store = make_softhsm_store(spec)  # type: ignore[arg-type]
    result = pkcs11.test_token(bench(store.module).only(), person.source)
    assert store.tokens[0].certificate_der == result.certificate


def test_the_key_is_found_by_its_label_at_last(
    make_softhsm_store: MakeStore,
    fault_module: MakeFaultModule,
    bench: BenchMaker,
    person: Person,
) -> None:
    """A token that shows neither CKA_ID nor CKA_MODULUS still has labels."""
    store = make_softhsm_store(etoken())
    plan = FaultPlan().missing_attribute("CKA_ID").missing_attribute("CKA_MODULUS")
    result = pkcs11.test_token(bench(fault_module(plan).path).only(), person.source)
    assert store.tokens[0].certificate_der == result.certificate


def test_a_key_of_another_certificate_is_found_out(
    make_softhsm_store: MakeStore,
    fault_module: MakeFaultModule,
    bench: BenchMaker,
    person: Person,
) -> None:
    """A key with the right CKA_ID and another modulus signs nothing."""
    make_softhsm_store(mismatched_key())
    module = fault_module()
    with pytest.raises(TokenError, match="does not belong"):
        pkcs11.test_token(bench(module.path).only(), person.source)
    assert 0 == module.count("C_SignInit")
    # Where the token does not show the modulus, the signature itself gives it away.
    hidden = fault_module(FaultPlan().missing_attribute("CKA_MODULUS"))
    with pytest.raises(TokenError, match="does not belong"):
        pkcs11.test_token(bench(hidden.path).only(), person.source)


def test_a_wrong_signature_is_found_out(
    make_softhsm_store: MakeStore,
    fault_module: MakeFaultModule,
    bench: BenchMaker,
    person: Person,
) -> None:
    """The test of a token verifies what it signed."""
    make_softhsm_store(etoken())
    module = fault_module(FaultPlan().wrong_signature())
    with pytest.raises((TokenError, SignatureError), match="does not belong"):
        pkcs11.test_token(bench(module.path).only(), person.source)


@pytest.mark.parametrize(
    ("spec", "code"),
    [
        (etoken(certificate=False), "token-no-certificate"),
        (etoken(private_certificate=True), "token-no-certificate"),
        (two_certificates(second_key=True), "token-several-certificates"),
    ],
    ids=["none", "private", "two"],
)
def test_without_one_certificate_that_signs(
    spec: object, code: str, make_softhsm_store: MakeStore, bench: BenchMaker, person: Person
) -> None:
    """None and several are one clear error each, status 5, before any question."""
    store = make_softhsm_store(spec)  # type: ignore[arg-type]
    token = bench(store.module).only()
    with pytest.raises(TokenNotFoundError) as caught, pkcs11.open_signer(token, person.source):
        pass
    assert (code, 5) == (caught.value.code, caught.value.status)
    assert caught.value.advice
    assert [] == person.asked


def test_a_token_without_the_key_says_so(
    make_softhsm_store: MakeStore, bench: BenchMaker, person: Person
) -> None:
    """A missing private key is seen after the login, in words."""
    store = make_softhsm_store(etoken(private_key=False))
    with pytest.raises(TokenError, match="does not have the private key"):
        pkcs11.test_token(bench(store.module).only(), person.source)


def test_the_certificate_with_the_key_is_the_one_that_signs(
    make_softhsm_store: MakeStore, bench: BenchMaker, person: Person
) -> None:
    """A second certificate without a key, or a CA's, is no reason to ask."""
    for spec in (two_certificates(), with_ca_certificate()):
        store = make_softhsm_store(spec)
        result = pkcs11.test_token(bench(store.module).only(), person.source)
        assert spec.credentials[0].der == result.certificate


def test_one_of_two_certificates_is_named(
    make_softhsm_store: MakeStore, bench: BenchMaker, person: Person
) -> None:
    """By its bytes, or by id or object of a URI."""
    spec = two_certificates(second_key=True)
    store = make_softhsm_store(spec)
    inventory = bench(store.module).look()
    (token,) = inventory.tokens
    first, second = (credential.der for credential in spec.credentials)
    for der in (first, second):
        with pkcs11.open_signer(token, person.source, certificate=der) as signer:
            assert _signs(signer)
            assert der == signer.certificate
    for query, der in (("id=%01", first), ("id=%02", second), ("object=SAST-ADN008580ef", second)):
        selection = pkcs11.choose(inventory, f"{token.uri};{query}")
        assert der == selection.signing_certificate().der
    with pytest.raises(TokenNotFoundError, match="no such certificate"):
        pkcs11.choose(inventory, f"{token.uri};id=%09").signing_certificate()


def test_a_key_that_asks_for_the_pin_at_each_signature(
    make_softhsm_store: MakeStore,
    fault_module: MakeFaultModule,
    bench: BenchMaker,
    person: Person,
) -> None:
    """CKA_ALWAYS_AUTHENTICATE: one login and one context login each, one question."""
    make_softhsm_store(etoken(always_authenticate=True))
    module = fault_module()
    with pkcs11.open_signer(bench(module.path).only(), person.source) as signer:
        assert _signs(signer)
        assert _signs(signer)
    assert 3 == module.count("C_Login")
    assert 1 == len(person.asked)


def test_a_missing_always_authenticate_is_tried_once_that_way(
    make_softhsm_store: MakeStore,
    fault_module: MakeFaultModule,
    bench: BenchMaker,
    person: Person,
) -> None:
    """The attribute missing counts as false; UserNotLoggedIn leads to a context login."""
    make_softhsm_store(etoken(always_authenticate=True))
    module = fault_module(FaultPlan().missing_attribute("CKA_ALWAYS_AUTHENTICATE"))
    with pkcs11.open_signer(bench(module.path).only(), person.source) as signer:
        assert _signs(signer)
        assert _signs(signer)
    assert 1 == len(person.asked)
    assert ["CKR_USER_NOT_LOGGED_IN"] == [
        call.code for call in module.calls("C_Sign") if call.code != "CKR_OK"
    ]


def test_user_not_logged_in_is_tried_once_only(
    make_softhsm_store: MakeStore,
    fault_module: MakeFaultModule,
    bench: BenchMaker,
    person: Person,
) -> None:
    """A token that keeps saying it is an error after two tries."""
    make_softhsm_store(etoken())
    module = fault_module(FaultPlan().fail("C_SignInit", "CKR_USER_NOT_LOGGED_IN"))
    with pytest.raises(TokenError) as caught:
        pkcs11.test_token(bench(module.path).only(), person.source)
    assert "CKR_USER_NOT_LOGGED_IN" == caught.value.ckr
    assert 2 == module.count("C_SignInit")


def test_a_key_that_wants_a_pin_on_a_token_that_wants_no_login(
    make_softhsm_store: MakeStore,
    fault_module: MakeFaultModule,
    bench: BenchMaker,
    person: Person,
) -> None:
    """The PIN is asked for when the key says that it needs one, and not before."""
    make_softhsm_store(_with_open_key(etoken()))
    plan = FaultPlan().flags(off=("LOGIN_REQUIRED",))
    module = fault_module(plan.fail("C_SignInit", "CKR_USER_NOT_LOGGED_IN", times=1))
    token = bench(module.path).only()
    assert [pkcs11.KeyPresence.PRESENT] == [item.key for item in token.certificates]
    with pkcs11.open_signer(token, person.source) as signer:
        assert [] == person.asked
        assert _signs(signer)
        assert _signs(signer)
    assert 1 == len(person.asked)
    assert 1 == module.count("C_Login")


def test_a_key_that_wants_no_pin_is_used_without_one(
    make_softhsm_store: MakeStore,
    fault_module: MakeFaultModule,
    bench: BenchMaker,
    person: Person,
) -> None:
    """A token that needs no login signs without a question."""
    make_softhsm_store(_with_open_key(etoken()))
    module = fault_module(FaultPlan().flags(off=("LOGIN_REQUIRED",)))
    with pkcs11.open_signer(bench(module.path).only(), person.source) as signer:
        assert _signs(signer)
    assert [] == person.asked
    assert 0 == module.count("C_Login")


def _with_open_key(spec: TokenSpec) -> TokenSpec:
    """Make the private key an object that is seen without a login."""
    private = 2
    objects = tuple(
        tuple((kind, b"\0" if kind == private else value) for kind, value in item)
        for item in spec.objects
    )
    return replace(spec, objects=objects)


def test_a_certificate_that_is_not_there_or_has_no_key(
    make_softhsm_store: MakeStore,
    fault_module: MakeFaultModule,
    bench: BenchMaker,
    person: Person,
) -> None:
    """Naming a certificate does not make its key appear."""
    store = make_softhsm_store(etoken(private_key=False))
    module = fault_module(FaultPlan().flags(off=("LOGIN_REQUIRED",)))
    token = bench(module.path).only()
    for der, code in (
        (store.tokens[0].certificate_der, "token-no-key"),
        (b"another", "token-no-such-certificate"),
    ):
        with (
            pytest.raises(TokenNotFoundError) as caught,
            pkcs11.open_signer(token, person.source, certificate=der),
        ):
            pass
        assert code == caught.value.code


def test_a_context_login_at_a_pin_pad_is_refused(
    make_softhsm_store: MakeStore,
    fault_module: MakeFaultModule,
    bench: BenchMaker,
    person: Person,
) -> None:
    """The binding cannot do it, and an empty PIN would be a try."""
    make_softhsm_store(etoken(always_authenticate=True))
    module = fault_module(FaultPlan().pin_pad())
    with pytest.raises(TokenError, match="PIN pad"):
        pkcs11.test_token(bench(module.path).only(), person.source)
    assert 1 == module.count("C_Login")
