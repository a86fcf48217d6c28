"""Watching tokens come and go by polling."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

from ctlkit import pkcs11
from ctlkit.errors import PinState
from ctlkit.messages import Severity
from ctlkit.pkcs11 import Change, ChangeKind, ModuleProblem
from softhsm_fixtures import etoken
from softhsm_fixtures.faults import FaultPlan

if TYPE_CHECKING:
    from pathlib import Path

    from softhsm_fixtures.plugin import MakeFaultModule, MakeStore, SoftHsmStore

    Watching = Callable[[Path], Iterator[tuple[ChangeKind, str]]]


@pytest.fixture
def cancel() -> Iterator[threading.Event]:
    """Ends the watching of a test."""
    event = threading.Event()
    yield event
    event.set()


@pytest.fixture
def watching(cancel: threading.Event) -> Watching:
    """Watch a module, a hundred times as often as a user does."""

    def watch(path: Path) -> Iterator[tuple[ChangeKind, str]]:
        candidates = pkcs11.discover([path])
        for change in pkcs11.watch(candidates, cancel=cancel, interval=0.01):
            if isinstance(change, Change):
                yield change.kind, change.token.label

    return watch


def test_what_is_there_comes_first(etokens: SoftHsmStore, watching: Watching) -> None:
    """The tokens of the start are reported as present."""
    changes = watching(etokens.module)
    found = {next(changes), next(changes)}
    assert {(ChangeKind.PRESENT, token.label) for token in etokens.tokens} == found


def test_a_token_that_is_put_in(softhsm_store: SoftHsmStore, watching: Watching) -> None:
    """A token made after the start is reported as inserted."""
    softhsm_store.insert(etoken("SAST-ADN00000001"))
    changes = watching(softhsm_store.module)
    assert (ChangeKind.PRESENT, "SAST-ADN00000001") == next(changes)
    softhsm_store.insert(etoken("SAST-ADN00000002"))
    assert (ChangeKind.INSERTED, "SAST-ADN00000002") == next(changes)


@pytest.mark.parametrize("way", ["remove", "hide"])
def test_a_token_that_is_pulled_out_and_put_back(
    way: str,
    make_softhsm_store: MakeStore,
    fault_module: MakeFaultModule,
    watching: Watching,
) -> None:
    """Removed and inserted again, with or without its slot."""
    make_softhsm_store(etoken())
    module = fault_module()
    changes = watching(module.path)
    assert ChangeKind.PRESENT is next(changes)[0]
    plan = FaultPlan().remove() if way == "remove" else FaultPlan().hide()
    module.set(plan)
    assert ChangeKind.REMOVED is next(changes)[0]
    module.set(plan.restore())
    assert ChangeKind.INSERTED is next(changes)[0]


def test_a_token_that_says_something_new_of_itself(
    make_softhsm_store: MakeStore, fault_module: MakeFaultModule, cancel: threading.Event
) -> None:
    """A PIN that was entered wrong elsewhere is a change, with the new state."""
    make_softhsm_store(etoken())
    module = fault_module()
    candidates = pkcs11.discover([module.path])
    changes = pkcs11.watch(candidates, cancel=cancel, interval=0.01)
    change = next(changes)
    assert isinstance(change, Change)
    assert PinState.OK is change.token.pin_state
    module.set(FaultPlan().flags(on=("USER_PIN_COUNT_LOW",)))
    change = next(changes)
    assert isinstance(change, Change)
    assert (ChangeKind.CHANGED, PinState.COUNT_LOW) == (change.kind, change.token.pin_state)


def test_a_module_that_fails_for_a_moment_loses_no_token(
    make_softhsm_store: MakeStore, fault_module: MakeFaultModule, watching: Watching
) -> None:
    """One list that cannot be had is no removal; a module that keeps failing is."""
    make_softhsm_store(etoken())
    module = fault_module()
    changes = watching(module.path)
    assert ChangeKind.PRESENT is next(changes)[0]
    module.set(FaultPlan().fail("C_GetSlotList", "CKR_GENERAL_ERROR", times=3).flags(on=("RNG",)))
    module.set(FaultPlan().fail("C_GetSlotList", "CKR_GENERAL_ERROR"))
    assert ChangeKind.REMOVED is next(changes)[0]
    assert module.count("C_GetSlotList") >= 9


def test_watching_never_logs_in_and_asks_for_no_event(
    make_softhsm_store: MakeStore,
    fault_module: MakeFaultModule,
    cancel: threading.Event,
) -> None:
    """Only slots and tokens are polled; certificates are read once; cancelling ends it."""
    make_softhsm_store(etoken())
    module = fault_module()

    def stop() -> None:
        while module.count("C_GetTokenInfo") < 20:
            cancel.wait(0.01)
        cancel.set()

    stopper = threading.Thread(target=stop)
    stopper.start()
    candidates = pkcs11.discover([module.path])
    changes = list(pkcs11.watch(candidates, cancel=cancel, interval=0.01))
    stopper.join()
    (change,) = changes
    assert isinstance(change, Change)
    assert ChangeKind.PRESENT is change.kind
    assert 0 == module.count("C_Login") == module.count("C_WaitForSlotEvent")
    assert 1 == module.count("C_OpenSession")
    assert () == module.writing_calls()


def _problem(change: Change | ModuleProblem) -> tuple[Path | None, str, Severity]:
    assert isinstance(change, ModuleProblem)
    return change.module, change.problem.code, change.problem.severity


def test_modules_that_do_not_work_are_told_once(
    etokens: SoftHsmStore, cancel: threading.Event, tmp_path: Path
) -> None:
    """Missing and broken ones at the start, after the tokens of those that work."""
    text, missing = tmp_path / "text.so", tmp_path / "none.so"
    text.write_text("no library")
    candidates = pkcs11.discover([missing, etokens.module, text])
    changes = pkcs11.watch(candidates, cancel=cancel, interval=0.01)
    start = list(itertools.islice(changes, 4))
    assert [Change, Change] == [type(change) for change in start[:2]]
    assert [
        (missing, "module-missing", Severity.ERROR),
        (text, "module-not-loaded", Severity.ERROR),
    ] == [_problem(change) for change in start[2:]]
    for name in ("SAST-ADN00000008", "SAST-ADN00000009"):
        etokens.insert(etoken(name))
        change = next(changes)
        assert isinstance(change, Change)
        assert (ChangeKind.INSERTED, name) == (change.kind, change.token.label)


def test_a_module_that_fails_in_another_way_is_told_again(
    cancel: threading.Event, tmp_path: Path
) -> None:
    """A library that was missing and now cannot be loaded is two problems."""
    path = tmp_path / "later.so"
    changes = pkcs11.watch(pkcs11.discover([path]), cancel=cancel, interval=0.01)
    assert "module-missing" == _problem(next(changes))[1]
    path.write_text("no library")
    assert "module-not-loaded" == _problem(next(changes))[1]


def test_a_module_that_stops_working_is_told_each_time(
    make_softhsm_store: MakeStore, fault_module: MakeFaultModule, cancel: threading.Event
) -> None:
    """After its tokens are gone it is said why; when it comes back and fails again, again."""
    make_softhsm_store(etoken())
    module = fault_module()
    candidates = pkcs11.discover([module.path])
    changes = pkcs11.watch(candidates, cancel=cancel, interval=0.01)
    for _ in range(2):
        present = next(changes)
        assert isinstance(present, Change)
        module.set(FaultPlan().fail("C_GetSlotList", "CKR_GENERAL_ERROR"))
        removed = next(changes)
        assert isinstance(removed, Change)
        assert ChangeKind.REMOVED is removed.kind
        assert (module.path, "module-failed", Severity.ERROR) == _problem(next(changes))
        module.set(FaultPlan())


def test_a_module_that_fails_for_a_moment_is_not_told(
    make_softhsm_store: MakeStore, fault_module: MakeFaultModule, cancel: threading.Event
) -> None:
    """One list that cannot be had is no problem: the next thing to tell is what changed."""
    make_softhsm_store(etoken())
    module = fault_module()
    candidates = pkcs11.discover([module.path])
    changes = pkcs11.watch(candidates, cancel=cancel, interval=0.01)
    assert isinstance(next(changes), Change)
    plan = FaultPlan().fail("C_GetSlotList", "CKR_GENERAL_ERROR", times=3)
    module.set(plan.flags(on=("USER_PIN_LOCKED",)))
    change = next(changes)
    assert isinstance(change, Change)
    assert ChangeKind.CHANGED is change.kind
    failed = [call for call in module.calls("C_GetSlotList") if "CKR_OK" != call.code]
    assert 3 == len(failed)


def test_no_module_at_all_is_told(cancel: threading.Event) -> None:
    """Where no module was found there is nothing to wait for, and that is said."""
    changes = pkcs11.watch((), cancel=cancel, interval=0.01)
    assert (None, "token-no-module", Severity.NOTE) == _problem(next(changes))
