"""Logins without a typed PIN: PIN pads, tokens that need none, persons who give up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ctlkit import pkcs11
from ctlkit.errors import (
    CancelledError,
    PinBlockedError,
    TokenError,
)
from ctlkit.messages import Message
from ctlkit.pins import pin_source
from softhsm_fixtures import etoken
from softhsm_fixtures.faults import FaultPlan

if TYPE_CHECKING:
    from softhsm_fixtures.plugin import MakeFaultModule, MakeStore
    from tests.softhsm.conftest import BenchMaker, Person, UnattendedMaker

pytestmark = pytest.mark.usefixtures("one")


def test_a_pin_pad_gets_no_pin_from_here(
    fault_module: MakeFaultModule, bench: BenchMaker, person: Person
) -> None:
    """With a protected path nobody is asked for a PIN; the person is sent to the reader."""
    module = fault_module(FaultPlan().pin_pad())
    token = bench(module.path).only()
    pkcs11.test_token(token, person.source)
    assert 1 == module.count("C_Login")
    assert [] == person.asked
    assert [token.serial] == [request.serial for request in person.at_pad]


def test_a_pin_pad_without_a_prompt_is_told_as_a_notice(
    fault_module: MakeFaultModule, bench: BenchMaker
) -> None:
    """Where nobody can be asked, whoever stands at the reader is still told, before the login."""
    module = fault_module(FaultPlan().pin_pad())
    token = bench(module.path).only()
    notices: list[Message] = []
    logins: list[int] = []

    def hear(message: Message) -> None:
        notices.append(message)
        logins.append(module.count("C_Login"))

    pkcs11.test_token(token, pin_source(environ={}), notice=hear)
    assert ["pin-at-reader"] == [notice.code for notice in notices]
    assert token.serial in notices[0].text
    assert ([0], 1) == (logins, module.count("C_Login"))


def test_a_token_that_needs_no_login_gets_none(
    fault_module: MakeFaultModule, bench: BenchMaker, person: Person
) -> None:
    """Without LOGIN_REQUIRED there is no C_Login and no question."""
    module = fault_module(FaultPlan().flags(off=("LOGIN_REQUIRED",)))
    token = bench(module.path).only()
    pkcs11.read_certificates(token, person.source)
    assert 0 == module.count("C_Login")
    assert [] == person.asked


def test_without_a_pin_nothing_is_sent(fault_module: MakeFaultModule, bench: BenchMaker) -> None:
    """No source and no person: status 7 before the token sees anything."""
    module = fault_module()
    with pytest.raises(PinBlockedError, match="none to be had"):
        pkcs11.test_token(bench(module.path).only(), pin_source(environ={}))
    assert 0 == module.count("C_Login")


def test_a_person_who_gives_up_sends_nothing(
    fault_module: MakeFaultModule, bench: BenchMaker, person: Person
) -> None:
    """An empty prompt is a cancellation."""
    module = fault_module()
    person.pin = None
    with pytest.raises(CancelledError):
        pkcs11.test_token(bench(module.path).only(), person.source)
    assert 0 == module.count("C_Login")


@pytest.mark.parametrize("pin", ["ünïcode", "密码密码", " blanks ", "lower and UPPER", "0000"])
def test_pins_of_any_characters(
    pin: str, make_softhsm_store: MakeStore, bench: BenchMaker, unattended: UnattendedMaker
) -> None:
    """A PIN is sent as UTF-8 with nothing changed."""
    store = make_softhsm_store(etoken(pin=pin))
    pkcs11.test_token(bench(store.module).only(), unattended(pin))


def test_a_token_that_is_logged_in_already_is_used(
    fault_module: MakeFaultModule, bench: BenchMaker, person: Person
) -> None:
    """CKR_USER_ALREADY_LOGGED_IN is no failure: the session is opened without a login."""
    module = fault_module()
    token = bench(module.path).only()
    with pkcs11.open_signer(token, person.source) as signer:
        info = b"\0" * 35
        signature = signer.sign(info)
        module.set(FaultPlan().fail("C_Login", "CKR_USER_ALREADY_LOGGED_IN"))
        with pkcs11.open_signer(token, person.source) as second:
            assert signature == second.sign(info)


def test_reading_that_fails_after_the_login(
    fault_module: MakeFaultModule, bench: BenchMaker, person: Person
) -> None:
    """The session is closed, the code and the function are kept, the token is not called gone."""
    module = fault_module()
    token = bench(module.path).only()
    module.set(
        FaultPlan()
        .fail("C_FindObjectsInit", "CKR_DEVICE_ERROR")
        .fail("C_GetSlotList", "CKR_GENERAL_ERROR", after=4)
    )
    with pytest.raises(TokenError) as caught:
        pkcs11.read_certificates(token, person.source)
    assert ("CKR_DEVICE_ERROR", "C_FindObjectsInit") == (caught.value.ckr, caught.value.function)
    assert 1 == module.count("C_Logout")
