"""What a token's flags forbid, whatever other flags it sets at the same time."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import pytest

from ctlkit import pkcs11
from ctlkit.errors import PinBlockedError, PinState
from ctlkit.pins import Pin, PinRequest, pin_source
from softhsm_fixtures.faults import FaultPlan

if TYPE_CHECKING:
    from softhsm_fixtures.plugin import MakeFaultModule
    from tests.softhsm.conftest import BenchMaker, Person, UnattendedMaker

pytestmark = pytest.mark.usefixtures("one")

NO_PIN = "no USER_PIN_INITIALIZED"
FORBIDDING = {
    "USER_PIN_LOCKED": ("pin-locked", PinState.LOCKED),
    "USER_PIN_TO_BE_CHANGED": ("pin-to-be-changed", PinState.TO_BE_CHANGED),
    NO_PIN: ("pin-not-set", PinState.NOT_SET),
}
WARNING = ("USER_PIN_FINAL_TRY", "USER_PIN_COUNT_LOW")


def _some(flags: Iterable[str]) -> list[tuple[str, ...]]:
    """Return every choice of at least one."""
    listed = tuple(flags)
    return [
        each
        for count in range(1, len(listed) + 1)
        for each in itertools.combinations(listed, count)
    ]


def _plan(flags: Sequence[str]) -> FaultPlan:
    on = tuple(flag for flag in flags if flag != NO_PIN)
    return FaultPlan().flags(on=on, off=("USER_PIN_INITIALIZED",) if NO_PIN in flags else ())


@pytest.mark.parametrize("warning", [(), *_some(WARNING)], ids="+".join)
@pytest.mark.parametrize("forbidding", _some(FORBIDDING), ids="+".join)
def test_no_flag_hides_one_that_forbids_a_login(
    forbidding: tuple[str, ...],
    warning: tuple[str, ...],
    fault_module: MakeFaultModule,
    bench: BenchMaker,
    person: Person,
    unattended: UnattendedMaker,
) -> None:
    """Locked, to be changed, never set: nobody is asked and nothing sent, tries left or not."""
    module = fault_module(_plan((*forbidding, *warning)))
    token = bench(module.path).only()
    for source in (person.source, unattended()):
        with pytest.raises(PinBlockedError) as caught:
            pkcs11.test_token(token, source)
        assert FORBIDDING[forbidding[0]] == (caught.value.code, caught.value.pin_state)
    assert [] == person.asked == person.confirmed
    assert 0 == module.count("C_Login")


@pytest.mark.parametrize("before", [(), *_some(WARNING)], ids="+".join)
@pytest.mark.parametrize("forbidding", list(FORBIDDING))
def test_a_flag_that_comes_while_a_person_types_forbids_the_login(
    forbidding: str, before: tuple[str, ...], fault_module: MakeFaultModule, bench: BenchMaker
) -> None:
    """The flags are judged the same way again when the PIN is at hand."""
    module = fault_module(_plan(before))
    token = bench(module.path).only()

    class Slow:
        """The token changes while this person types."""

        def ask_pin(self, request: PinRequest) -> Pin | None:
            module.set(_plan((*before, forbidding)))
            return Pin("Cisco123")

        def confirm_last_try(self, request: PinRequest) -> bool:
            return True

        def use_pin_pad(self, request: PinRequest) -> None:
            pass

    with pytest.raises(PinBlockedError) as caught:
        pkcs11.test_token(token, pin_source(environ={}, prompt=Slow()))
    assert FORBIDDING[forbidding] == (caught.value.code, caught.value.pin_state)
    assert 0 == module.count("C_Login")


@pytest.mark.parametrize("flags", _some(WARNING), ids="+".join)
def test_flags_that_warn_let_a_person_try(
    flags: tuple[str, ...], fault_module: MakeFaultModule, bench: BenchMaker, person: Person
) -> None:
    """With tries used up a person may still type, and confirms the last one."""
    module = fault_module(_plan(flags))
    pkcs11.test_token(bench(module.path).only(), person.source)
    assert ("USER_PIN_FINAL_TRY" in flags) is bool(person.confirmed)
    assert 1 == module.count("C_Login")
