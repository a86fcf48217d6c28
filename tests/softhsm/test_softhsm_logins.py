"""Logins: when one is made, when none is, and what a token's refusal means."""

from __future__ import annotations

import traceback
from typing import TYPE_CHECKING

import pytest

from ctlkit import pkcs11
from ctlkit.errors import (
    CancelledError,
    PinBlockedError,
    PinState,
    TokenError,
    TokenRemovedError,
    WrongPinError,
)
from ctlkit.messages import Message
from ctlkit.pins import Pin, pin_source
from softhsm_fixtures import etoken
from softhsm_fixtures.faults import FaultPlan

if TYPE_CHECKING:
    from softhsm_fixtures.plugin import MakeFaultModule, SoftHsmStore
    from tests.softhsm.conftest import BenchMaker, Person, UnattendedMaker

pytestmark = pytest.mark.usefixtures("one")


def test_a_right_pin_signs_with_one_login(
    fault_module: MakeFaultModule, bench: BenchMaker, person: Person
) -> None:
    """One C_Login, one C_Logout, nothing written, and the request names the token."""
    module = fault_module()
    token = bench(module.path).only()
    result = pkcs11.test_token(token, person.source)
    assert (1024, token) == (result.key_bits, result.token)
    assert 1 == module.count("C_Login") == module.count("C_Logout")
    assert () == module.writing_calls()
    (request,) = person.asked
    assert (token.label, token.serial, PinState.OK) == (
        request.label,
        request.serial,
        request.state,
    )
    assert "SAST-ADN0054f509" == request.certificate


def test_a_wrong_pin_is_one_login_and_its_state_is_read_afterwards(
    fault_module: MakeFaultModule, bench: BenchMaker, person: Person
) -> None:
    """Status 6, the code, the function, and the flags of after the refusal."""
    module = fault_module()
    token = bench(module.path).only()
    person.pin = "mistyped-Cisco123"
    with pytest.raises(WrongPinError) as caught:
        pkcs11.test_token(token, person.source)
    error = caught.value
    assert 1 == module.count("C_Login")
    assert (6, "CKR_PIN_INCORRECT", "C_Login") == (error.status, error.ckr, error.function)
    assert PinState.COUNT_LOW is error.pin_state
    assert "mistyped-Cisco123" not in f"{error!r}{error}{error.advice}{error.values}"


def test_no_frame_of_a_refusal_holds_the_pin(
    fault_module: MakeFaultModule, bench: BenchMaker, person: Person
) -> None:
    """A traceback with the locals of every frame, causes included, does not show it."""
    token = bench(fault_module().path).only()
    person.pin = "mistyped-Cisco123"
    source = person.source
    with pytest.raises(WrongPinError) as caught:
        pkcs11.test_token(token, source)
    person.pin = None
    told = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
    assert "mistyped" not in "".join(told.format())


def test_a_refused_pin_is_never_sent_again(
    fault_module: MakeFaultModule, bench: BenchMaker, person: Person
) -> None:
    """The same PIN is refused here; another one is sent, and a right one ends the count."""
    module = fault_module()
    token = bench(module.path).only()
    person.pin = "wrong one"
    with pytest.raises(WrongPinError):
        pkcs11.test_token(token, person.source)
    with pytest.raises(PinBlockedError, match="refused this PIN before") as caught:
        pkcs11.read_certificates(token, person.source)
    assert 7 == caught.value.status
    assert 1 == module.count("C_Login")
    person.pin = "Cisco123"
    pkcs11.test_token(token, person.source)
    assert 2 == module.count("C_Login")
    assert PinState.OK is bench(module.path).only().pin_state


def test_a_refused_pin_is_refused_for_one_token_only(
    one: SoftHsmStore, bench: BenchMaker, person: Person
) -> None:
    """What one token refused may be another's PIN."""
    person.pin = "of the second"
    with pytest.raises(WrongPinError):
        pkcs11.test_token(bench(one.module).only(), person.source)
    one.insert(etoken("SAST-ADN008580ef", pin="of the second"))
    pkcs11.test_token(bench(one.module).token("SAST-ADN008580ef"), person.source)


def test_refused_logins_leave_no_sessions_behind(
    fault_module: MakeFaultModule, bench: BenchMaker, person: Person
) -> None:
    """After a refused login the module is initialised again, which frees the leaked session."""
    module = fault_module()
    token = bench(module.path).only()
    module.forget_calls()
    person.pin = "wrong one"
    with pytest.raises(WrongPinError):
        pkcs11.test_token(token, person.source)
    assert ["C_Finalize", "C_Initialize"] == [
        call.function for call in module.calls() if call.function in {"C_Finalize", "C_Initialize"}
    ]


@pytest.mark.parametrize(
    ("flag", "code", "state"),
    [
        ("USER_PIN_LOCKED", "pin-locked", PinState.LOCKED),
        ("USER_PIN_TO_BE_CHANGED", "pin-to-be-changed", PinState.TO_BE_CHANGED),
    ],
)
def test_a_blocked_pin_ends_it_without_a_call(
    flag: str,
    code: str,
    state: PinState,
    fault_module: MakeFaultModule,
    bench: BenchMaker,
    person: Person,
) -> None:
    """Locked and to be changed: status 7, nobody is asked, nothing is sent."""
    module = fault_module(FaultPlan().flags(on=(flag,)))
    with pytest.raises(PinBlockedError) as caught:
        pkcs11.test_token(bench(module.path).only(), person.source)
    assert (code, state, 7) == (caught.value.code, caught.value.pin_state, caught.value.status)
    assert [] == person.asked
    assert 0 == module.count("C_Login")


def test_a_pin_that_was_never_set_ends_it_without_a_call(
    fault_module: MakeFaultModule, bench: BenchMaker, person: Person
) -> None:
    """A token without a user PIN cannot be logged in to."""
    module = fault_module(FaultPlan().flags(off=("USER_PIN_INITIALIZED",)))
    with pytest.raises(PinBlockedError, match="no user PIN"):
        pkcs11.test_token(bench(module.path).only(), person.source)
    assert 0 == module.count("C_Login")


def test_the_flags_are_read_afresh_before_a_login(
    fault_module: MakeFaultModule, bench: BenchMaker, person: Person
) -> None:
    """A token that was locked after the inventory gets no login."""
    module = fault_module()
    token = bench(module.path).only()
    module.set(FaultPlan().flags(on=("USER_PIN_LOCKED",)))
    with pytest.raises(PinBlockedError):
        pkcs11.test_token(token, person.source)
    assert 0 == module.count("C_Login")


def test_the_flags_are_read_again_after_the_pin_was_typed(
    fault_module: MakeFaultModule, bench: BenchMaker, person: Person
) -> None:
    """A state that became worse while a person typed stops the login."""
    module = fault_module()
    token = bench(module.path).only()

    class Slow:
        """Somebody else uses up tries while this person types."""

        def ask_pin(self, request: object) -> Pin:
            module.set(FaultPlan().flags(on=("USER_PIN_FINAL_TRY",)))
            return Pin("Cisco123")

        def confirm_last_try(self, request: object) -> bool:
            return True

        def use_pin_pad(self, request: object) -> None:
            pass

    with pytest.raises(PinBlockedError, match="meanwhile"):
        pkcs11.test_token(token, pin_source(environ={}, prompt=Slow()))
    assert 0 == module.count("C_Login")


def test_the_last_try_needs_a_person_who_confirms(
    fault_module: MakeFaultModule,
    bench: BenchMaker,
    person: Person,
    unattended: UnattendedMaker,
) -> None:
    """Refused without a person, refused when declined, sent when confirmed at a prompt."""
    module = fault_module(FaultPlan().flags(on=("USER_PIN_FINAL_TRY",)))
    token = bench(module.path).only()
    for source in (unattended(), pin_source(environ={})):
        with pytest.raises(PinBlockedError, match="one try left") as caught:
            pkcs11.test_token(token, source)
        assert (7, PinState.FINAL_TRY) == (caught.value.status, caught.value.pin_state)
    person.confirms = False
    with pytest.raises(PinBlockedError, match="not confirmed"):
        pkcs11.test_token(token, person.source)
    assert [] == person.asked
    assert 0 == module.count("C_Login")
    person.confirms = True
    pkcs11.test_token(token, person.source)
    assert 1 == module.count("C_Login")


def test_a_low_count_refuses_a_pin_that_nobody_typed(
    fault_module: MakeFaultModule,
    bench: BenchMaker,
    person: Person,
    unattended: UnattendedMaker,
) -> None:
    """Status 7 and no C_Login until a right one was typed; a person is told and may type."""
    module = fault_module(FaultPlan().lock_after(5))
    token = bench(module.path).only()
    person.pin = "wrong one"
    with pytest.raises(WrongPinError):
        pkcs11.test_token(token, person.source)
    notices: list[Message] = []
    with pytest.raises(PinBlockedError) as caught:
        pkcs11.test_token(token, unattended(), notice=notices.append)
    assert (7, PinState.COUNT_LOW) == (caught.value.status, caught.value.pin_state)
    assert 1 == module.count("C_Login")
    assert ["pin-count-low"] == [notice.code for notice in notices]
    person.pin = "Cisco123"
    pkcs11.test_token(token, person.source, notice=notices.append)
    pkcs11.test_token(token, unattended())
    assert 3 == module.count("C_Login")


def test_wrong_pins_until_the_token_locks(
    fault_module: MakeFaultModule, bench: BenchMaker, person: Person
) -> None:
    """The state on each error follows the token: low, last try, locked; then nothing is sent."""
    module = fault_module(FaultPlan().lock_after(3))
    token = bench(module.path).only()
    states = []
    for number in range(3):
        person.pin = f"wrong {number}"
        with pytest.raises(WrongPinError) as caught:
            pkcs11.test_token(token, person.source)
        states.append(caught.value.pin_state)
    assert [PinState.COUNT_LOW, PinState.FINAL_TRY, PinState.LOCKED] == states
    person.pin = "Cisco123"
    with pytest.raises(PinBlockedError, match="locked"):
        pkcs11.test_token(token, person.source)
    assert 3 == module.count("C_Login")


@pytest.mark.parametrize(
    ("ckr", "kind", "code"),
    [
        ("CKR_PIN_LOCKED", PinBlockedError, "pin-locked"),
        ("CKR_PIN_EXPIRED", PinBlockedError, "pin-expired"),
        ("CKR_USER_PIN_NOT_INITIALIZED", PinBlockedError, "pin-not-set"),
        ("CKR_PIN_INVALID", WrongPinError, "pin-wrong"),
        ("CKR_PIN_LEN_RANGE", WrongPinError, "pin-wrong"),
        ("CKR_FUNCTION_CANCELED", CancelledError, "pin-pad-cancelled"),
        ("CKR_DEVICE_ERROR", TokenError, "token-call-failed"),
        ("CKR_GENERAL_ERROR", TokenError, "token-call-failed"),
        ("CKR_USER_TOO_MANY_TYPES", TokenError, "token-call-failed"),
        ("CKR_DEVICE_REMOVED", TokenRemovedError, "token-removed"),
    ],
)
def test_what_c_login_answers(
    ckr: str,
    kind: type[TokenError],
    code: str,
    fault_module: MakeFaultModule,
    bench: BenchMaker,
    person: Person,
) -> None:
    """Each answer has its meaning; the name and the function are kept."""
    module = fault_module()
    token = bench(module.path).only()
    module.set(FaultPlan().fail("C_Login", ckr))
    with pytest.raises(kind) as caught:
        pkcs11.test_token(token, person.source)
    assert code == caught.value.code
    assert kind is type(caught.value)
    if isinstance(caught.value, TokenError):
        assert (ckr, "C_Login") == (caught.value.ckr, caught.value.function)
    assert 1 == module.count("C_Login")


def test_a_session_that_cannot_be_opened_is_not_blamed_on_the_login(
    fault_module: MakeFaultModule, bench: BenchMaker, person: Person
) -> None:
    """C_OpenSession and C_Login are told apart although the binding makes one call of them."""
    module = fault_module()
    token = bench(module.path).only()
    module.set(FaultPlan().fail("C_OpenSession", "CKR_SESSION_COUNT"))
    with pytest.raises(TokenError) as caught:
        pkcs11.test_token(token, person.source)
    assert ("CKR_SESSION_COUNT", "C_OpenSession") == (caught.value.ckr, caught.value.function)
    assert 0 == module.count("C_Login")


def test_an_untyped_pin_has_exactly_one_attempt(
    fault_module: MakeFaultModule, bench: BenchMaker, unattended: UnattendedMaker
) -> None:
    """After a login that failed for any reason no untyped PIN goes to that token."""
    module = fault_module()
    token = bench(module.path).only()
    module.set(FaultPlan().fail("C_Login", "CKR_DEVICE_ERROR"))
    with pytest.raises(TokenError):
        pkcs11.test_token(token, unattended())
    module.set(FaultPlan())
    for source in (unattended(), unattended("another")):
        with pytest.raises(PinBlockedError, match="failed before"):
            pkcs11.test_token(token, source)
    assert 1 == module.count("C_Login")
