"""The inventory on SoftHSM: what is read, what is odd, what is broken, and never a login."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ctlkit import pkcs11
from ctlkit.certificate import Certificate
from ctlkit.errors import PinState
from ctlkit.messages import Severity
from ctlkit.pkcs11 import KeyPresence
from softhsm_fixtures import (
    etoken,
    foreign_token,
    two_certificates,
    with_ca_certificate,
    with_data_object,
)
from softhsm_fixtures.faults import FaultPlan

if TYPE_CHECKING:
    from softhsm_fixtures.plugin import MakeFaultModule, MakeStore, SoftHsmStore
    from tests.softhsm.conftest import BenchMaker, Person, UnattendedMaker

_CERTIFICATE, _VENDOR = (1).to_bytes(8, "little"), (0x80000001).to_bytes(8, "little")
_DATA = (0).to_bytes(8, "little")


def test_the_tokens_and_their_certificates(etokens: SoftHsmStore, bench: BenchMaker) -> None:
    """Two eTokens are two rows with label, serial, URI and certificate, byte for byte."""
    inventory = bench(etokens.module).look()
    found = {token.label: token for token in inventory.tokens}
    assert {token.label for token in etokens.tokens} == set(found)
    for stored in etokens.tokens:
        token = found[stored.label]
        assert stored.serial == token.serial
        assert "SoftHSM project" == token.manufacturer
        assert PinState.OK == token.pin_state
        assert token.login_required
        assert not token.protected_path
        assert [stored.certificate_der] == [item.der for item in token.certificates]
        assert [KeyPresence.LIKELY] == [item.key for item in token.candidates]
        assert token == pkcs11.choose(inventory, token.uri).token
    (report,) = inventory.modules
    assert report.loaded
    assert "SoftHSM" == report.manufacturer
    assert 3 == report.slots
    assert report.problem is None
    assert inventory.failure() is None


def test_an_inventory_never_logs_in_and_never_writes(
    etokens: SoftHsmStore, fault_module: MakeFaultModule, bench: BenchMaker
) -> None:
    """The module's log shows no C_Login and no writing call."""
    module = fault_module()
    assert 2 == len(bench(module.path).look().tokens)
    assert 0 == module.count("C_Login")
    assert () == module.writing_calls()


def test_a_token_made_meanwhile_is_seen(softhsm_store: SoftHsmStore, bench: BenchMaker) -> None:
    """SoftHSM shows a new token only after it was initialised again, which is done."""
    assert () == bench(softhsm_store.module).look().tokens
    softhsm_store.insert(etoken())
    assert "SAST-ADN0054f509" == bench(softhsm_store.module).only().label


def test_an_empty_slot_is_normal(
    etokens: SoftHsmStore, fault_module: MakeFaultModule, bench: BenchMaker
) -> None:
    """A slot whose token is out gives neither a row nor a note."""
    first, second = etokens.tokens
    inventory = bench(fault_module(FaultPlan().remove(first.serial)).path).look()
    assert [second.serial] == [token.serial for token in inventory.tokens]
    assert () == inventory.notes


def test_one_bad_slot_does_not_hide_the_others(
    etokens: SoftHsmStore, fault_module: MakeFaultModule, bench: BenchMaker
) -> None:
    """A token that does not answer is a note with the function and the code."""
    plan = FaultPlan().fail("C_GetTokenInfo", "CKR_DEVICE_ERROR", times=1)
    inventory = bench(fault_module(plan).path).look()
    assert 1 <= len(inventory.tokens) <= 2
    (note,) = inventory.notes
    assert Severity.NOTE is note.severity
    assert "CKR_DEVICE_ERROR" in note.text
    assert "C_GetTokenInfo" in note.text


@pytest.mark.parametrize(
    "plan",
    [
        FaultPlan().grow(),
        FaultPlan().fail("C_GetSlotList", "CKR_BUFFER_TOO_SMALL", times=2),
        FaultPlan().fail("C_GetSlotInfo", "CKR_SLOT_ID_INVALID", times=1),
    ],
)
def test_a_list_that_changes_under_the_question_is_asked_for_again(
    plan: FaultPlan, etokens: SoftHsmStore, fault_module: MakeFaultModule, bench: BenchMaker
) -> None:
    """A race with plugging in is no error."""
    inventory = bench(fault_module(plan).path).look()
    assert 2 == len(inventory.tokens)
    assert () == inventory.notes


def test_a_module_that_cannot_list_its_slots_is_an_error(
    etokens: SoftHsmStore, fault_module: MakeFaultModule, bench: BenchMaker
) -> None:
    """A named module that fails for good is a report with an error, and no token."""
    module = fault_module(FaultPlan().fail("C_GetSlotList", "CKR_GENERAL_ERROR"))
    inventory = bench(module.path).look()
    (report,) = inventory.modules
    assert report.problem is not None
    assert Severity.ERROR is report.problem.severity
    assert "CKR_GENERAL_ERROR" in report.problem.text
    failure = inventory.failure()
    assert failure is not None
    assert 5 == failure.status
    assert "CKR_GENERAL_ERROR" == failure.ckr
    assert "C_GetSlotList" == failure.function


def test_a_token_that_is_not_initialised_is_no_row(
    etokens: SoftHsmStore, fault_module: MakeFaultModule, bench: BenchMaker
) -> None:
    """TOKEN_INITIALIZED is required."""
    first, second = etokens.tokens
    plan = FaultPlan().flags(off=("TOKEN_INITIALIZED",), token=first.serial)
    inventory = bench(fault_module(plan).path).look()
    assert [second.serial] == [token.serial for token in inventory.tokens]


@pytest.mark.parametrize(
    ("flags", "state"),
    [
        (("USER_PIN_LOCKED", "USER_PIN_FINAL_TRY"), PinState.LOCKED),
        (("USER_PIN_FINAL_TRY", "USER_PIN_COUNT_LOW"), PinState.FINAL_TRY),
        (("USER_PIN_COUNT_LOW",), PinState.COUNT_LOW),
        (("USER_PIN_TO_BE_CHANGED",), PinState.TO_BE_CHANGED),
    ],
)
def test_the_state_of_the_pin(
    flags: tuple[str, ...],
    state: PinState,
    make_softhsm_store: MakeStore,
    fault_module: MakeFaultModule,
    bench: BenchMaker,
) -> None:
    """The worst flag says the state."""
    make_softhsm_store(etoken())
    assert state is bench(fault_module(FaultPlan().flags(on=flags)).path).only().pin_state


def test_the_other_flags(
    make_softhsm_store: MakeStore, fault_module: MakeFaultModule, bench: BenchMaker
) -> None:
    """A PIN pad, no login and no PIN yet are read from the flags."""
    make_softhsm_store(etoken())
    plan = FaultPlan().pin_pad().flags(off=("LOGIN_REQUIRED", "USER_PIN_INITIALIZED"))
    token = bench(fault_module(plan).path).only()
    assert token.protected_path
    assert not token.login_required
    assert PinState.NOT_SET is token.pin_state


@pytest.mark.parametrize("encoding", ["latin-1", "gb18030"])
def test_labels_in_another_encoding_are_shown(
    encoding: str, make_softhsm_store: MakeStore, bench: BenchMaker
) -> None:
    """Neither the token's label nor its objects' is an exception; the note says what to do."""
    store = make_softhsm_store(foreign_token(encoding))  # type: ignore[arg-type]
    token = bench(store.module).only()
    assert [store.tokens[0].certificate_der] == [item.der for item in token.certificates]
    assert "\\x" in token.certificates[0].label
    (note,) = token.notes
    assert "token-label-encoding" == note.code
    assert token.serial in note.advice
    assert "token=" not in token.uri
    inventory = bench(store.module).look()
    for wanted in (token.uri, token.serial, token.label):
        assert token.serial == pkcs11.choose(inventory, wanted).token.serial


def test_objects_of_a_vendor_are_passed_over(
    make_softhsm_store: MakeStore, fault_module: MakeFaultModule, bench: BenchMaker
) -> None:
    """An object of a class that PKCS#11 does not know breaks nothing."""
    store = make_softhsm_store(with_data_object())
    plan = FaultPlan().attribute_value("CKA_CLASS", _DATA, _VENDOR)
    token = bench(fault_module(plan).path).only()
    assert [store.tokens[0].certificate_der] == [item.der for item in token.certificates]


def test_an_object_that_lies_about_its_class_breaks_nothing(
    make_softhsm_store: MakeStore, fault_module: MakeFaultModule, bench: BenchMaker
) -> None:
    """A certificate that says that it is a vendor's object is read as what was looked for."""
    store = make_softhsm_store(etoken())
    plan = FaultPlan().attribute_value("CKA_CLASS", _CERTIFICATE, _VENDOR)
    token = bench(fault_module(plan).path).only()
    assert [store.tokens[0].certificate_der] == [item.der for item in token.certificates]


def test_a_ca_certificate_is_no_candidate(make_softhsm_store: MakeStore, bench: BenchMaker) -> None:
    """The issuer's certificate is listed, last, and is not one that signs."""
    store = make_softhsm_store(with_ca_certificate())
    token = bench(store.module).only()
    assert [False, True] == [item.is_ca for item in token.certificates]
    assert [token.certificates[0]] == list(token.candidates)


def test_the_certificate_with_a_key_comes_first(
    make_softhsm_store: MakeStore, bench: BenchMaker
) -> None:
    """Of two certificates the one whose key is there is first, whatever the order on the token."""
    store = make_softhsm_store(two_certificates())
    token = bench(store.module).only()
    assert [KeyPresence.LIKELY, KeyPresence.UNKNOWN] == [item.key for item in token.certificates]
    assert store.tokens[0].certificate_der == token.certificates[0].der


def test_without_a_login_a_key_may_be_hidden(
    make_softhsm_store: MakeStore,
    fault_module: MakeFaultModule,
    bench: BenchMaker,
    person: Person,
) -> None:
    """Hidden and missing differ: unknown before a login, present or absent after it."""
    store = make_softhsm_store(etoken(public_key=False))
    token = bench(store.module).only()
    assert [KeyPresence.UNKNOWN] == [item.key for item in token.certificates]
    (seen,) = pkcs11.read_certificates(token, person.source)
    assert KeyPresence.PRESENT is seen.key
    store = make_softhsm_store(etoken(private_key=False))
    token = bench(store.module).only()
    (seen,) = pkcs11.read_certificates(token, person.source)
    assert KeyPresence.ABSENT is seen.key
    plan = FaultPlan().flags(off=("LOGIN_REQUIRED",))
    (seen,) = bench(fault_module(plan).path).only().certificates
    assert KeyPresence.ABSENT is seen.key


def test_private_certificates_need_a_login(
    make_softhsm_store: MakeStore, bench: BenchMaker, unattended: UnattendedMaker
) -> None:
    """Certificates that are private are found by a login only, and then whole."""
    store = make_softhsm_store(etoken(private_certificate=True))
    token = bench(store.module).only()
    assert () == token.certificates
    assert () == pkcs11.read_certificates(token)
    (found,) = pkcs11.read_certificates(token, unattended())
    assert store.tokens[0].certificate_der == found.der


def test_only_the_needed_attributes_are_read(
    make_softhsm_store: MakeStore, fault_module: MakeFaultModule, bench: BenchMaker
) -> None:
    """A token without CKA_ID, CKA_LABEL and CKA_MODULUS is still read."""
    store = make_softhsm_store(etoken())
    plan = FaultPlan()
    for attribute in ("CKA_ID", "CKA_LABEL", "CKA_MODULUS"):
        plan = plan.missing_attribute(attribute)
    (found,) = bench(fault_module(plan).path).only().certificates
    assert store.tokens[0].certificate_der == found.der
    assert (b"", "") == (found.id, found.label)
    assert KeyPresence.UNKNOWN is found.key


@pytest.mark.parametrize(
    "plan",
    [
        FaultPlan().attribute_length("CKA_VALUE", 2**40),
        FaultPlan().attribute_length("CKA_VALUE", 100_000),
        FaultPlan().attribute_length("CKA_VALUE", 0),
        FaultPlan().missing_attribute("CKA_VALUE"),
    ],
)
def test_a_certificate_of_an_impossible_length_is_left_out(
    plan: FaultPlan,
    make_softhsm_store: MakeStore,
    fault_module: MakeFaultModule,
    bench: BenchMaker,
) -> None:
    """A hostile length is bounded and hides the certificate, nothing else."""
    make_softhsm_store(etoken())
    assert () == bench(fault_module(plan).path).only().certificates


def test_a_value_that_is_no_certificate_is_kept_but_no_candidate(
    make_softhsm_store: MakeStore, fault_module: MakeFaultModule, bench: BenchMaker
) -> None:
    """Bytes that are no X.509 are shown as such."""
    make_softhsm_store(etoken())
    plan = FaultPlan().attribute_length("CKA_VALUE", 2000)
    token = bench(fault_module(plan).path).only()
    assert [None] == [item.certificate for item in token.certificates]
    assert () == token.candidates


def test_a_token_with_endless_objects_is_bounded(
    make_softhsm_store: MakeStore, fault_module: MakeFaultModule, bench: BenchMaker
) -> None:
    """A search that never ends is ended."""
    make_softhsm_store(etoken())
    module = fault_module(FaultPlan().endless_objects())
    token = bench(module.path).only()
    assert len(token.certificates) < 100
    assert module.count("C_FindObjects") < 100


@pytest.mark.parametrize("function", ["C_OpenSession", "C_FindObjectsInit", "C_FindObjects"])
def test_a_token_that_cannot_be_read_is_still_a_row(
    function: str,
    make_softhsm_store: MakeStore,
    fault_module: MakeFaultModule,
    bench: BenchMaker,
) -> None:
    """The row has no certificates, and a note names the function and the code."""
    make_softhsm_store(etoken())
    plan = FaultPlan().fail(function, "CKR_FUNCTION_FAILED")
    token = bench(fault_module(plan).path).only()
    assert () == token.certificates
    (note,) = token.notes
    assert function in note.text
    assert "CKR_FUNCTION_FAILED" in note.text


def test_the_same_cards_through_two_modules_are_one_row_each(
    etokens: SoftHsmStore, fault_module: MakeFaultModule
) -> None:
    """Two modules over one store: two rows, each naming the second module."""
    module = fault_module()
    candidates = pkcs11.discover([etokens.module, module.path])
    inventory = pkcs11.take_inventory(candidates)
    assert 2 == len(inventory.tokens)
    for token in inventory.tokens:
        assert etokens.module.resolve() == token.module
        assert (module.path.resolve(),) == token.also_in
    assert [True, True] == [report.loaded for report in inventory.modules]


def test_the_certificate_is_read_as_x509(etokens: SoftHsmStore, bench: BenchMaker) -> None:
    """What is read of the DER is what the certificate says, blanks of the name included."""
    token = bench(etokens.module).token("SAST-ADN0054f509")
    read = token.certificates[0].certificate
    assert isinstance(read, Certificate)
    assert "SAST-ADN0054f509        " == read.common_name
