"""The doctor looks at real modules: what it sees, what hangs, what crashes, what it never does."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ctlkit.pkcs11 import Checks, Source, System
from ctlkit.workflows.doctor import Facts, Kind, judge, look
from ctlkit.workflows.doctor._child import ChildDiedError, run
from ctlkit.workflows.doctor._qt import LIBRARIES, qt_facts, unloadable
from softhsm_fixtures import FIRST_NAME, SECOND_NAME, FaultPlan

if TYPE_CHECKING:
    from softhsm_fixtures.plugin import MakeFaultModule, SoftHsmStore

NOWHERE = System("darwin", home="", p11_kit=())
QUIET = Checks("linux", lambda: True, lambda: False, lambda: False)


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nobody's own configuration be looked at."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.delenv("CTLKIT_LAB", raising=False)


def _problems(facts: Facts) -> list[str]:
    return [each.message.code for each in judge(facts) if each.kind is Kind.PROBLEM]


def test_what_is_seen_of_modules_and_tokens(etokens: SoftHsmStore) -> None:
    """Both eTokens with firmware, certificate and a key that is likely there: nothing is wrong."""
    facts = look([str(etokens.module)], environ={})
    inventory = facts.tokens.inventory
    assert inventory is not None
    (report,) = inventory.modules
    assert (Source.OPTION, True, 3) == (report.source, report.loaded, report.slots)
    assert {FIRST_NAME, SECOND_NAME} == {token.label for token in inventory.tokens}
    assert {"2.6"} == {token.firmware for token in inventory.tokens}
    assert [1, 1] == [len(token.candidates) for token in inventory.tokens]
    assert ([], ()) == (_problems(facts), facts.failures)


def test_nobody_logs_in_and_nothing_is_written(
    etokens: SoftHsmStore, fault_module: MakeFaultModule
) -> None:
    """With a PIN at hand no login is made, and no call that writes."""
    module = fault_module()
    look([str(module.path)], environ={"CTLKIT_PIN": "not-the-pin"})
    assert module.count("C_GetTokenInfo")
    assert (0, ()) == (module.count("C_Login"), module.writing_calls())


def test_a_card_in_two_modules_is_one_token(etokens: SoftHsmStore) -> None:
    """Looking in several processes does not show a card twice."""
    copy = etokens.private_module()
    inventory = look([str(etokens.module), str(copy)], environ={}).tokens.inventory
    assert inventory is not None
    assert [True, True] == [report.loaded for report in inventory.modules]
    assert [(copy,), (copy,)] == [token.also_in for token in inventory.tokens]


def test_a_module_that_hangs_is_a_finding(
    etokens: SoftHsmStore, fault_module: MakeFaultModule
) -> None:
    """The wait for it ends, and the other module's tokens are seen."""
    slow = fault_module(FaultPlan().delay("C_Initialize", 60_000))
    facts = look([str(slow.path), str(etokens.module)], environ={}, seconds=1)
    assert ["module-no-answer"] == _problems(facts)
    assert facts.tokens.inventory is not None
    assert 2 == len(facts.tokens.inventory.tokens)


def test_a_machine_without_any_module() -> None:
    """Nothing in the usual places is a problem of its own, which says what to install here."""
    facts = look(environ={}, system=NOWHERE, checks=QUIET)
    assert facts.tokens.inventory is not None
    assert () == facts.tokens.inventory.modules
    first = judge(facts)[0]
    assert Kind.PROBLEM is first.kind
    assert "no PKCS#11 module on this computer works" in first.message.text


def test_what_breaks_while_looking_is_a_finding() -> None:
    """A part that cannot be examined is named, and the others are examined."""

    def broken() -> bool:
        raise RuntimeError("no such service manager")

    checks = Checks("linux", broken, lambda: False, lambda: False)
    facts = look(environ={}, system=NOWHERE, checks=checks)
    (failure,) = facts.failures
    assert "modules and tokens could not be examined" in failure.text
    assert "RuntimeError: no such service manager" in failure.text
    assert facts.configuration.file.path is not None
    assert facts.program.version


def test_a_process_that_dies_or_does_not_answer() -> None:
    """How it died is told by the signal's name or its status, and a slow one is ended."""
    with pytest.raises(ChildDiedError, match="SIGABRT"):
        run(os.abort, seconds=60)
    with pytest.raises(ChildDiedError, match="status 7"):
        run(sys.exit, 7, seconds=60)
    with pytest.raises(TimeoutError):
        run(time.sleep, 3600, seconds=0.2)


def test_qt_is_looked_at_where_it_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Missing libraries come with their packages; without PyQt6 nothing is tried."""
    from ctlkit.workflows.doctor import _qt

    monkeypatch.setattr(_qt, "installed_version", lambda _name: None)
    assert qt_facts("linux", {"DISPLAY": ":0"}).missing == ()
    monkeypatch.setattr(_qt, "installed_version", lambda _name: "6.7.0")
    monkeypatch.setattr(_qt, "LIBRARIES", {"libc.so.6": "libc6", "libnone.so.9": "libnone9"})
    found = qt_facts("linux", {"DISPLAY": "", "WAYLAND_DISPLAY": "wayland-0"})
    assert (("libnone.so.9", "libnone9"),) == found.missing
    assert ("WAYLAND_DISPLAY", True) == (found.display, found.needs_display)
    assert ((), False) == (qt_facts("win32", {}).missing, qt_facts("win32", {}).needs_display)


def test_a_library_is_there_when_the_loader_loads_it(tmp_path: Path) -> None:
    """A file that is no library is not, whatever its name."""
    wrong = tmp_path / "libEGL.so.1"
    wrong.write_text("no library")
    assert (str(wrong),) == unloadable(("libc.so.6", str(wrong)))
    assert all(".so." in name for name in LIBRARIES)
