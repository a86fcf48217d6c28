"""Signatures that fail, tokens that are pulled out or hang, and many callers at once."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING

import pytest

from ctlkit import pkcs11
from ctlkit.certificate import Certificate, RsaKey
from ctlkit.errors import (
    CancelledError,
    TokenError,
    TokenRemovedError,
)
from ctlkit.signing import Signer, check_rsa, digest_info
from ctlkit.trustlist import Digest
from softhsm_fixtures import etoken
from softhsm_fixtures.faults import FaultPlan

if TYPE_CHECKING:
    from softhsm_fixtures.plugin import MakeFaultModule, MakeStore
    from tests.softhsm.conftest import BenchMaker, Person

INFO = digest_info(Digest.SHA1, b"a list")


def _signs(signer: Signer, info: bytes = INFO) -> bool:
    key = Certificate.from_der(signer.certificate).public_key
    return isinstance(key, RsaKey) and check_rsa(key, signer.sign(info), info)


@pytest.mark.parametrize(
    ("function", "ckr"),
    [
        ("C_Sign", "CKR_DEVICE_ERROR"),
        ("C_Sign", "CKR_GENERAL_ERROR"),
        ("C_Sign", "CKR_FUNCTION_FAILED"),
        ("C_SignInit", "CKR_KEY_TYPE_INCONSISTENT"),
        ("C_SignInit", "CKR_MECHANISM_INVALID"),
        ("C_FindObjectsInit", "CKR_DEVICE_MEMORY"),
        ("C_FindObjects", "CKR_DEVICE_MEMORY"),
        ("C_GetAttributeValue", "CKR_DEVICE_ERROR"),
    ],
)
def test_a_failed_signature_names_the_code_and_the_function(
    function: str,
    ckr: str,
    make_softhsm_store: MakeStore,
    fault_module: MakeFaultModule,
    bench: BenchMaker,
    person: Person,
) -> None:
    """Nothing is retried, and the next signature opens a new session and works."""
    make_softhsm_store(etoken())
    module = fault_module()
    with pkcs11.open_signer(bench(module.path).only(), person.source) as signer:
        module.set(FaultPlan().fail(function, ckr))
        with pytest.raises(TokenError) as caught:
            signer.sign(INFO)
        assert (ckr, function) == (caught.value.ckr, caught.value.function)
        assert TokenError is type(caught.value)
        module.set(FaultPlan())
        assert _signs(signer)
    assert 2 == module.count("C_Login")
    assert 1 == len(person.asked)


def test_after_a_failed_signature_a_new_session_is_opened(
    make_softhsm_store: MakeStore,
    fault_module: MakeFaultModule,
    bench: BenchMaker,
    person: Person,
) -> None:
    """The failed one is closed at once."""
    make_softhsm_store(etoken())
    module = fault_module()
    with pkcs11.open_signer(bench(module.path).only(), person.source) as signer:
        assert _signs(signer)
        before = module.count("C_CloseSession")
        module.set(FaultPlan().fail("C_Sign", "CKR_DEVICE_ERROR", times=1))
        with pytest.raises(TokenError):
            signer.sign(INFO)
        assert before + 1 == module.count("C_CloseSession")
        assert _signs(signer)


@pytest.mark.parametrize("way", ["remove", "hide"])
@pytest.mark.parametrize(
    "ckr",
    [
        "CKR_DEVICE_REMOVED",
        "CKR_TOKEN_NOT_PRESENT",
        "CKR_SESSION_HANDLE_INVALID",
        "CKR_GENERAL_ERROR",
        "CKR_USER_NOT_LOGGED_IN",
        "CKR_DEVICE_ERROR",
    ],
)
def test_a_token_pulled_out_is_reported_as_that(
    way: str,
    ckr: str,
    make_softhsm_store: MakeStore,
    fault_module: MakeFaultModule,
    bench: BenchMaker,
    person: Person,
) -> None:
    """Whatever the sessions answer: when the token is gone, that is the error."""
    make_softhsm_store(etoken())
    module = fault_module()
    with pkcs11.open_signer(bench(module.path).only(), person.source) as signer:
        assert _signs(signer)
        gone = FaultPlan().remove(code=ckr) if way == "remove" else FaultPlan().hide(code=ckr)
        module.set(gone)
        with pytest.raises(TokenRemovedError) as caught:
            signer.sign(INFO)
        assert 5 == caught.value.status
        assert "SAST-ADN0054f509" in str(caught.value)
        module.set(gone.restore())
        assert _signs(signer)


def test_a_token_pulled_out_before_the_login(
    make_softhsm_store: MakeStore,
    fault_module: MakeFaultModule,
    bench: BenchMaker,
    person: Person,
) -> None:
    """Nobody is asked for the PIN of a token that is gone."""
    make_softhsm_store(etoken())
    module = fault_module()
    token = bench(module.path).only()
    module.set(FaultPlan().remove())
    for use in (
        lambda: pkcs11.test_token(token, person.source),
        lambda: pkcs11.read_certificates(token),
        lambda: pkcs11.read_certificates(token, person.source),
    ):
        with pytest.raises(TokenRemovedError):
            use()
    assert [] == person.asked


def test_another_token_in_the_same_slot_gets_no_pin(
    make_softhsm_store: MakeStore,
    fault_module: MakeFaultModule,
    bench: BenchMaker,
    person: Person,
) -> None:
    """A token is found again by what it says of itself, not by its slot."""
    make_softhsm_store(etoken())
    module = fault_module()
    token = bench(module.path).only()
    module.set(FaultPlan().text("serial", b"another"))
    with pytest.raises(TokenRemovedError):
        pkcs11.test_token(token, person.source)
    assert [] == person.asked


@pytest.mark.parametrize("function", ["C_Logout", "C_CloseSession"])
def test_closing_never_hides_the_first_error(
    function: str,
    make_softhsm_store: MakeStore,
    fault_module: MakeFaultModule,
    bench: BenchMaker,
    person: Person,
) -> None:
    """A close that fails is not what is reported, and is no error by itself."""
    make_softhsm_store(etoken())
    module = fault_module()
    token = bench(module.path).only()
    module.set(FaultPlan().fail(function, "CKR_GENERAL_ERROR"))
    pkcs11.test_token(token, person.source)

    def fail_midway() -> None:
        with pkcs11.open_signer(token, person.source) as signer:
            signer.sign(INFO)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_midway()
    module.set(FaultPlan().fail(function, "CKR_GENERAL_ERROR").fail("C_Sign", "CKR_DATA_LEN_RANGE"))
    with pytest.raises(TokenError) as caught:
        pkcs11.test_token(token, person.source)
    assert "CKR_DATA_LEN_RANGE" == caught.value.ckr
    # Sessions that stayed open are freed when the module is looked at again.
    module.set(FaultPlan())
    pkcs11.test_token(bench(module.path).only(), person.source)


@pytest.mark.parametrize("function", ["C_Login", "C_Sign"])
def test_a_token_that_hangs_can_be_abandoned(
    function: str,
    make_softhsm_store: MakeStore,
    fault_module: MakeFaultModule,
    bench: BenchMaker,
    person: Person,
) -> None:
    """The cancel event ends the wait; the session is closed when the token answers at last."""
    make_softhsm_store(etoken())
    module = fault_module()
    cancel = threading.Event()
    token = bench(module.path).only()
    module.set(FaultPlan().delay(function, 1000, times=1))
    timer = threading.Timer(0.1, cancel.set)
    timer.start()

    def sign() -> None:
        with pkcs11.open_signer(token, person.source, cancel=cancel) as signer:
            signer.sign(INFO)

    with pytest.raises(CancelledError):
        sign()
    timer.join()
    assert token.serial == bench(module.path).only().serial
    assert module.count("C_OpenSession") == module.count("C_CloseSession")
    assert 1 == module.count("C_Login") == module.count("C_Logout")


def test_signatures_from_many_threads(
    make_softhsm_store: MakeStore, bench: BenchMaker, person: Person
) -> None:
    """Callers in eight threads share a signer; the module's thread does the work."""
    store = make_softhsm_store(etoken())
    results: list[bool] = []
    with pkcs11.open_signer(bench(store.module).only(), person.source) as signer:
        assert _signs(signer)

        def work() -> None:
            results.extend(_signs(signer, digest_info(Digest.SHA1, os.urandom(8))) for _ in "abc")

        threads = [threading.Thread(target=work) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert [True] * 24 == results


def test_everything_together_writes_nothing(
    make_softhsm_store: MakeStore,
    fault_module: MakeFaultModule,
    bench: BenchMaker,
    person: Person,
) -> None:
    """Inventory, reading with and without a login, signing: no writing call in the log."""
    make_softhsm_store(etoken(always_authenticate=True))
    module = fault_module()
    token = bench(module.path).only()
    pkcs11.read_certificates(token)
    pkcs11.read_certificates(token, person.source)
    pkcs11.test_token(token, person.source)
    assert () == module.writing_calls()
