"""What the fault module does to tokens: out and in, flags and texts, attributes and PINs."""

from __future__ import annotations

import json
import os
import struct
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pkcs11 import Attribute, Mechanism, ObjectClass, SlotFlag, TokenFlag
from pkcs11.exceptions import (
    AttributeTypeInvalid,
    DeviceRemoved,
    PinIncorrect,
    PinLocked,
    PKCS11Error,
    SessionHandleInvalid,
    SlotIDInvalid,
    TokenNotPresent,
)
from pkcs11.types import PROTECTED_AUTH

from softhsm_fixtures import Call, FaultPlan, etoken, with_data_object

if TYPE_CHECKING:
    from softhsm_fixtures.plugin import MakeFaultModule, MakeStore, SoftHsmStore
    from tests.fixtures_plugin.conftest import KeyOf, OpenModule, OpenToken

SIGN = {"mechanism": Mechanism.RSA_PKCS}
CERTIFICATES = {Attribute.CLASS: ObjectClass.CERTIFICATE}


def _token(library: Any, label: str) -> Any:
    """Find a token afresh by the label that it really has."""
    slots = library.get_slots(token_present=True)
    (token,) = (token for slot in slots if (token := slot.get_token()).label == label)
    return token


@pytest.mark.parametrize(
    "flag",
    [
        TokenFlag.USER_PIN_LOCKED,
        TokenFlag.USER_PIN_FINAL_TRY,
        TokenFlag.USER_PIN_COUNT_LOW,
        TokenFlag.USER_PIN_TO_BE_CHANGED,
        TokenFlag.PROTECTED_AUTHENTICATION_PATH,
    ],
)
def test_a_flag_is_set_for_one_token(
    etokens: SoftHsmStore, fault_module: MakeFaultModule, open_module: OpenModule, flag: TokenFlag
) -> None:
    """The token named by its label shows the flag, the other one does not."""
    first, second = etokens.tokens
    module = fault_module(FaultPlan().flags(on=(str(flag.name),), token=first.label))
    library = open_module(module.path)
    assert flag & _token(library, first.label).flags
    assert not flag & _token(library, second.label).flags


def test_flags_are_cleared(
    etokens: SoftHsmStore, fault_module: MakeFaultModule, open_module: OpenModule
) -> None:
    """A token may say that it is not initialised and needs no login; chosen by its serial."""
    first, second = etokens.tokens
    plan = FaultPlan().flags(off=("TOKEN_INITIALIZED", "LOGIN_REQUIRED"), token=first.serial)
    library = open_module(fault_module(plan).path)
    both = TokenFlag.TOKEN_INITIALIZED | TokenFlag.LOGIN_REQUIRED
    assert not both & _token(library, first.label).flags
    assert both == both & _token(library, second.label).flags


def test_texts_are_garbage(
    etokens: SoftHsmStore, fault_module: MakeFaultModule, open_module: OpenModule
) -> None:
    """Label and serial show any bytes, blanks, or more than fits cut off."""
    first = etokens.tokens[0].serial
    plan = FaultPlan().text("label", b"\xff\xfe", token=first).text("serial", b"", token=first)
    plan = plan.text("model", b"m" * 40, token=first).text("manufacturer", b"Vendor", token=first)
    tokens = [slot.get_token() for slot in open_module(fault_module(plan).path).get_slots()]
    (changed,) = (token for token in tokens if token.manufacturer_id == "Vendor")
    assert "\N{REPLACEMENT CHARACTER}" * 2 == changed.label
    assert b"" == changed.serial
    assert "m" * 16 == changed.model


def test_a_token_is_taken_out_and_put_back(
    etokens: SoftHsmStore, fault_module: MakeFaultModule, open_token: OpenToken, private_key: KeyOf
) -> None:
    """Its session is gone for good; its slot stays, empty, until the token comes back."""
    first = etokens.tokens[0]
    module = fault_module()
    session = open_token(module.path, serial=first.serial)
    slot = session.token.slot
    key = private_key(session)
    plan = FaultPlan().remove(first.label)
    module.set(plan)
    with pytest.raises(DeviceRemoved):
        key.sign(b"x", **SIGN)
    with pytest.raises(TokenNotPresent):
        slot.get_token()
    with pytest.raises(TokenNotPresent):
        session.token.open()
    module.set(plan.restore())
    with pytest.raises(DeviceRemoved):
        key.sign(b"x", **SIGN)
    with pytest.raises(DeviceRemoved):
        session.close()
    # A token that was out is not logged in when it is back.
    with slot.get_token().open() as again:
        assert [] == list(again.get_objects({Attribute.CLASS: ObjectClass.PRIVATE_KEY}))


def test_an_empty_slot_is_listed_only_when_asked_for(
    etokens: SoftHsmStore, fault_module: MakeFaultModule, open_module: OpenModule
) -> None:
    """Without its token a slot lacks the flag, and a list of tokens that are there lacks it."""
    module = fault_module(FaultPlan().remove(etokens.tokens[0].label))
    library = open_module(module.path)
    assert 3 == len(library.get_slots())
    assert 2 == len(library.get_slots(token_present=True))
    present = [bool(slot.flags & SlotFlag.TOKEN_PRESENT) for slot in library.get_slots()]
    assert [False, True, True] == sorted(present)


def test_a_hidden_slot_is_not_listed_at_all(
    etokens: SoftHsmStore, fault_module: MakeFaultModule, open_module: OpenModule
) -> None:
    """A reader that was unplugged takes its slot with it."""
    module = fault_module()
    library = open_module(module.path)
    slot = _token(library, etokens.tokens[0].label).slot
    module.set(FaultPlan().hide(etokens.tokens[0].label))
    assert 2 == len(library.get_slots())
    with pytest.raises(SlotIDInvalid):
        slot.get_token()


def test_removal_has_any_code(
    etokens: SoftHsmStore, fault_module: MakeFaultModule, open_token: OpenToken, private_key: KeyOf
) -> None:
    """Modules differ in what a session of a lost token answers."""
    first = etokens.tokens[0]
    module = fault_module()
    key = private_key(open_token(module.path, serial=first.serial))
    module.set(FaultPlan().remove(first.label, code="CKR_SESSION_HANDLE_INVALID"))
    with pytest.raises(SessionHandleInvalid):
        key.sign(b"x", **SIGN)


def test_a_slot_appears_between_two_calls(
    etokens: SoftHsmStore, fault_module: MakeFaultModule, open_module: OpenModule
) -> None:
    """The list is longer than the count said a moment ago, once."""
    module = fault_module()
    library = open_module(module.path)
    module.set(FaultPlan().grow())
    with pytest.raises(PKCS11Error):
        library.get_slots()
    assert Call("C_GetSlotList", "CKR_BUFFER_TOO_SMALL") == module.calls("C_GetSlotList")[-1]
    assert 3 == len(library.get_slots())


def test_an_attribute_is_missing(
    etokens: SoftHsmStore, fault_module: MakeFaultModule, open_token: OpenToken, private_key: KeyOf
) -> None:
    """A module may not know CKA_ALWAYS_AUTHENTICATE; the others still read."""
    module = fault_module(FaultPlan().missing_attribute("CKA_ALWAYS_AUTHENTICATE"))
    with open_token(module.path, serial=etokens.tokens[0].serial) as session:
        key = private_key(session)
        with pytest.raises(AttributeTypeInvalid):
            _ = key[Attribute.ALWAYS_AUTHENTICATE]
        assert b"\x01" == key[Attribute.ID]


def test_an_attribute_is_huge(
    etokens: SoftHsmStore, fault_module: MakeFaultModule, open_token: OpenToken
) -> None:
    """A certificate may claim any length, and is that long."""
    size = 3 * 1024 * 1024
    module = fault_module(FaultPlan().attribute_length("CKA_VALUE", size))
    with open_token(module.path, serial=etokens.tokens[0].serial) as session:
        (certificate,) = session.get_objects(CERTIFICATES)
        value = certificate[Attribute.VALUE]
        assert size == len(value)
        assert etokens.tokens[0].certificate_der + b"\0" == value[:903]


def test_a_data_object_is_of_a_vendors_class(
    make_softhsm_store: MakeStore, fault_module: MakeFaultModule, open_token: OpenToken
) -> None:
    """The binding cannot name the class of the object, and says so with a ValueError."""
    make_softhsm_store(with_data_object())
    data, vendor = struct.pack("@L", 0), struct.pack("@L", 0x80000001)
    module = fault_module(FaultPlan().attribute_value("CKA_CLASS", data, vendor))
    with open_token(module.path) as session:
        with pytest.raises(ValueError, match="2147483649"):
            list(session.get_objects())
        assert 1 == len(list(session.get_objects(CERTIFICATES)))


def test_a_search_does_not_end(
    etokens: SoftHsmStore, fault_module: MakeFaultModule, open_token: OpenToken
) -> None:
    """The last object is found again and again, up to the limit, in each search."""
    module = fault_module(FaultPlan().endless_objects(1234))
    with open_token(module.path, serial=etokens.tokens[0].serial) as session:
        for _ in range(2):
            assert 1234 == sum(1 for _ in session.get_objects(CERTIFICATES))


def test_a_pin_pad_asks_by_itself(
    etokens: SoftHsmStore, fault_module: MakeFaultModule, open_token: OpenToken, private_key: KeyOf
) -> None:
    """A login without a PIN succeeds, and the flag says that it will."""
    module = fault_module(FaultPlan().pin_pad())
    serial = etokens.tokens[0].serial
    with open_token(module.path, serial=serial, pin=PROTECTED_AUTH) as session:
        assert TokenFlag.PROTECTED_AUTHENTICATION_PATH & session.token.flags
        assert 128 == len(private_key(session).sign(b"x", **SIGN))
    assert 1 == module.count("C_Login")


def test_a_pin_pad_passes_a_wrong_pin_too(
    etokens: SoftHsmStore, fault_module: MakeFaultModule, open_token: OpenToken
) -> None:
    """Who types a wrong PIN on the pad is refused."""
    module = fault_module(FaultPlan().pin_pad("wrong"))
    with pytest.raises(PinIncorrect):
        open_token(module.path, serial=etokens.tokens[0].serial, pin=PROTECTED_AUTH)


def _pin_flags(module: Path, environment: dict[str, str]) -> list[str]:
    """Name the PIN flags of the one token, as another process sees them."""
    names = ("USER_PIN_COUNT_LOW", "USER_PIN_FINAL_TRY", "USER_PIN_LOCKED")
    program = (
        "import json, pkcs11, sys\n"
        "slot = pkcs11.lib(sys.argv[1]).get_slots()[0]\n"
        "flags = slot.get_token().flags\n"
        "print(json.dumps([n for n in sys.argv[2:] if pkcs11.TokenFlag[n] & flags]))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(module), *names],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    found: list[str] = json.loads(done.stdout)
    return found


def test_wrong_pins_lock_the_token(
    make_softhsm_store: MakeStore, fault_module: MakeFaultModule, open_token: OpenToken
) -> None:
    """The flags warn on the way, other processes see them, and then the right PIN is refused."""
    make_softhsm_store(etoken())
    module = fault_module(FaultPlan().lock_after(3, token="SAST-ADN0054f509"))
    seen = [_pin_flags(module.path, dict(os.environ))]
    for _ in range(3):
        with pytest.raises(PinIncorrect):
            open_token(module.path, pin="wrong")
        seen.append(_pin_flags(module.path, dict(os.environ)))
    low, final, locked = "USER_PIN_COUNT_LOW", "USER_PIN_FINAL_TRY", "USER_PIN_LOCKED"
    assert [[], [low], [low, final], [low, locked]] == seen
    with pytest.raises(PinLocked):
        open_token(module.path)


def test_a_right_pin_gives_all_tries_back(
    etokens: SoftHsmStore, fault_module: MakeFaultModule, open_token: OpenToken
) -> None:
    """The count is that of wrong PINs in a row, and each token has its own."""
    first, second = (token.serial for token in etokens.tokens)
    module = fault_module(FaultPlan().lock_after(2))
    for _ in range(2):
        with pytest.raises(PinIncorrect):
            open_token(module.path, serial=first, pin="wrong")
        open_token(module.path, serial=first).close()
    for _ in range(2):
        with pytest.raises(PinIncorrect):
            open_token(module.path, serial=second, pin="wrong")
    open_token(module.path, serial=first).close()
    with pytest.raises(PinLocked):
        open_token(module.path, serial=second)
