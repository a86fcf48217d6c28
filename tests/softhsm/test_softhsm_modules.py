"""Modules: one thread each, loaded once, never unloaded, and what cannot be loaded."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ctlkit import pkcs11
from ctlkit.messages import Severity
from ctlkit.pkcs11.module import module_at

if TYPE_CHECKING:
    from ctlkit.pkcs11._library import Library
    from softhsm_fixtures.plugin import MakeFaultModule, SoftHsmStore
    from tests.softhsm.conftest import BenchMaker, Person


def _problem(path: Path) -> tuple[str, str]:
    inventory = pkcs11.take_inventory(pkcs11.discover([path]))
    (report,) = inventory.modules
    assert report.problem is not None
    assert not report.loaded
    assert Severity.ERROR is report.problem.severity
    failure = inventory.failure()
    assert failure is not None
    assert (5, str(failure)) == (failure.status, report.problem.text)
    assert report.problem.advice
    return report.problem.code, report.problem.text


def test_a_module_belongs_to_its_thread(softhsm_store: SoftHsmStore) -> None:
    """Every piece of work is done in one named thread; any other thread is refused."""
    module = module_at(softhsm_store.module)
    names = {module.run(lambda _library: threading.current_thread().name) for _ in range(5)}
    assert {f"pkcs11 {softhsm_store.module.resolve().name}"} == names
    stolen: list[Library] = []
    module.run(stolen.append)
    for use in (stolen[0].slots, stolen[0].initialise, stolen[0].finalise):
        with pytest.raises(RuntimeError, match="own thread"):
            use()


def test_slots_sessions_and_objects_belong_to_the_thread(etokens: SoftHsmStore) -> None:
    """What a module returned cannot be used elsewhere either."""
    from ctlkit.pkcs11._library import Attribute, Kind

    module = module_at(etokens.module)
    found: list[Any] = []

    def work(library: Library) -> None:
        slot = next(slot for slot in library.slots() if "SAST" in slot.token().label)
        session = slot.open()
        found.extend([slot, session, session.find(Kind.CERTIFICATE, 1)[0]])

    module.run(work)
    slot, session, item = found
    for use in (
        slot.token,
        slot.open,
        slot.can_sign_raw,
        session.close,
        lambda: session.find(Kind.CERTIFICATE, 1),
        lambda: item.read((Attribute.ID,)),
        lambda: item.sign(b""),
    ):
        with pytest.raises(RuntimeError, match="own thread"):
            use()
    module.run(lambda _library: session.close())


def test_eight_threads_at_once(etokens: SoftHsmStore, bench: BenchMaker) -> None:
    """Callers may come from any thread; what crashed the bare binding is one queue here."""
    looks: list[int] = []

    def look() -> None:
        looks.extend(len(bench(etokens.module).look().tokens) for _ in range(5))

    threads = [threading.Thread(target=look) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [2] * 40 == looks


def test_the_same_library_under_other_names_is_one_module(
    softhsm_store: SoftHsmStore, tmp_path: Path
) -> None:
    """A symbolic link and a hard link lead to the same module, which is loaded once."""
    library = softhsm_store.private_module()
    symbolic, hard = tmp_path / "symbolic.so", tmp_path / "hard.so"
    symbolic.symlink_to(library)
    os.link(library, hard)
    module = module_at(library)
    assert module is module_at(symbolic)
    assert module is module_at(hard)
    assert 1 == len(pkcs11.discover([library, symbolic]))
    inventory = pkcs11.take_inventory(pkcs11.discover([library, hard]))
    assert [True, True] == [report.loaded for report in inventory.modules]


def test_a_module_that_somebody_else_initialised_is_used_as_a_guest(
    etokens: SoftHsmStore,
) -> None:
    """It is not finalised under the other's hands, and is ours when the other has let go."""
    script = """
import sys, pkcs11 as binding
from ctlkit import pkcs11
from ctlkit.pkcs11 import module
lib = binding.lib(sys.argv[1])
token = next(t for t in lib.get_tokens() if t.label.startswith("SAST"))
session = token.open()
inventory = pkcs11.take_inventory(pkcs11.discover([sys.argv[1]]), fresh=True)
assert len(inventory.tokens) == 2, inventory
module.close_all()
list(session.get_objects({}))
session.close()
lib.finalize()
inventory = pkcs11.take_inventory(pkcs11.discover([sys.argv[1]]))
assert len(inventory.tokens) == 2, inventory
"""
    done = subprocess.run(
        [sys.executable, "-c", script, str(etokens.module)],
        env=etokens.environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (0, "") == (done.returncode, done.stderr)


def test_a_process_ends_cleanly_with_a_session_open(etokens: SoftHsmStore) -> None:
    """Nothing is unloaded under a live session: that would be a segmentation fault."""
    script = """
import sys
from ctlkit import pkcs11
from ctlkit.pins import pin_source
token = pkcs11.take_inventory(pkcs11.discover([sys.argv[1]])).tokens[0]
manager = pkcs11.open_signer(token, pin_source(environ={"CTLKIT_PIN": "Cisco123"}))
signer = manager.__enter__()
signer.sign(b"x" * 35)
"""
    done = subprocess.run(
        [sys.executable, "-c", script, str(etokens.module)],
        env=etokens.environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (0, "", "") == (done.returncode, done.stdout, done.stderr)


def test_the_module_is_finalised_at_exit(
    etokens: SoftHsmStore, fault_module: MakeFaultModule
) -> None:
    """The last call of a process is C_Finalize."""
    module = fault_module()
    script = "import sys; from ctlkit import pkcs11 as p;p.take_inventory(p.discover(sys.argv[1:]))"
    environment = {**etokens.environment(), **module.environment()}
    environment["SOFTHSM2_CONF"] = str(etokens.configuration)
    subprocess.run(
        [sys.executable, "-c", script, str(module.path)], env=environment, check=True, timeout=60
    )
    assert "C_Finalize" == module.calls()[-1].function


def test_a_module_that_takes_long_to_end_keeps_no_other_thread_waiting(
    etokens: SoftHsmStore, fault_module: MakeFaultModule
) -> None:
    """While C_Finalize waits for something, the thread that will bring it goes on."""
    module = fault_module()
    script = """
import os, sys, threading
from pathlib import Path
from ctlkit import pkcs11
from ctlkit.pkcs11.module import module_at
path, plan = map(Path, sys.argv[1:])
pkcs11.take_inventory(pkcs11.discover([path]))
text = plan.read_text()
plan.unlink()
os.mkfifo(plan)  # the next call reads its plan from whoever writes it
ending = threading.Thread(target=lambda: module_at(path).run(lambda library: library.finalise()))
ending.start()
plan.write_text(text)
ending.join()
"""
    environment = {**etokens.environment(), **module.environment()}
    environment["SOFTHSM2_CONF"] = str(etokens.configuration)
    subprocess.run(
        [sys.executable, "-c", script, str(module.path), str(module.plan_file)],
        env=environment,
        check=True,
        timeout=60,
    )
    assert "C_Finalize" == module.calls()[-1].function


def test_a_session_keeps_a_module_from_being_initialised_again(
    etokens: SoftHsmStore, fault_module: MakeFaultModule, bench: BenchMaker, person: Person
) -> None:
    """A look at the tokens meanwhile does not end a signer's session."""
    module = fault_module()
    token = bench(module.path).look().tokens[0]
    with pkcs11.open_signer(token, person.source) as signer:
        first = signer.sign(b"x" * 35)
        pkcs11.take_inventory(pkcs11.discover([module.path]), fresh=True)
        assert 2 == len(bench(module.path).look().tokens)
        assert first == signer.sign(b"x" * 35)
    assert 1 == module.count("C_Login")
    assert 0 == module.count("C_Finalize")


def test_another_vendors_module_is_initialised_again_only_on_request(
    etokens: SoftHsmStore, fault_module: MakeFaultModule, bench: BenchMaker
) -> None:
    """C_Finalize takes a module away from everything in the process: not without need."""
    module = fault_module()
    path = bench(module.path)
    path.look()

    def rename(library: Library) -> None:
        library.manufacturer = "Another vendor"

    module_at(module.path).run(rename)
    path.look()
    path.look()
    assert 0 == module.count("C_Finalize")
    pkcs11.take_inventory(path.candidates, fresh=True)
    assert 1 == module.count("C_Finalize")
