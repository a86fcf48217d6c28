"""Libraries that are missing, of another kind, broken or slow."""

from __future__ import annotations

import json
import os
import pwd
import shutil
import struct
import subprocess
import sys
import threading
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ctlkit import pkcs11
from ctlkit.errors import CancelledError, TokenError
from ctlkit.messages import Severity
from ctlkit.pkcs11 import Candidate, Source
from softhsm_fixtures import etoken
from softhsm_fixtures.faults import FaultPlan

if TYPE_CHECKING:
    from softhsm_fixtures.plugin import MakeFaultModule, MakeStore, SoftHsmStore
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


def test_a_missing_module(tmp_path: Path) -> None:
    """A wrong path is an error that names it."""
    path = tmp_path / "libnone.so"
    code, text = _problem(path)
    assert "module-missing" == code
    assert str(path) in text
    assert "module-missing" == _problem(tmp_path / "x" / "y.so")[0]


@pytest.mark.parametrize("kind", ["folder", "fifo", "device"])
def test_what_is_no_file_is_no_module(kind: str, tmp_path: Path) -> None:
    """A folder, a FIFO and a device are refused before the loader, at once."""
    path = Path("/dev/zero") if kind == "device" else tmp_path / kind
    if kind == "folder":
        path.mkdir()
    if kind == "fifo":
        os.mkfifo(path)
    assert "module-no-file" == _problem(path)[0]


def test_a_symbolic_link_loop_is_one_error(tmp_path: Path) -> None:
    """A loop is answered in words."""
    loop = tmp_path / "loop.so"
    loop.symlink_to(loop)
    assert _problem(loop)[0] in {"module-missing", "module-unreadable"}


def test_the_loaders_own_text_is_kept(tmp_path: Path) -> None:
    """A file that is no library, and a library that is no module, say what the loader said."""
    text = tmp_path / "text.so"
    text.write_text("not a library")
    code, said = _problem(text)
    assert "module-not-loaded" == code
    assert "invalid ELF header" in said or "file too short" in said
    extension = find_spec("pkcs11._pkcs11")
    assert extension is not None
    other = Path(shutil.copy(extension.origin or "", tmp_path / "other.so"))
    code, said = _problem(other)
    assert "module-not-loaded" == code
    assert "C_GetFunctionList" in said


def test_a_32_bit_library_is_said_in_words(softhsm_module: Path, tmp_path: Path) -> None:
    """The bits are read from the file's header before the loader sees it."""
    data = bytearray(softhsm_module.read_bytes()[:8192])
    data[4] = 1
    struct.pack_into("<H", data, 18, 3)
    path = tmp_path / "lib32.so"
    path.write_bytes(data)
    code, text = _problem(path)
    assert "module-bits" == code
    assert "32 bits" in text
    assert "64" in text


def test_a_library_of_another_processor_or_system(softhsm_module: Path, tmp_path: Path) -> None:
    """A library for another processor, or for Windows, is named as that."""
    data = bytearray(softhsm_module.read_bytes()[:8192])
    struct.pack_into("<H", data, 18, 21)
    path = tmp_path / "other.so"
    path.write_bytes(data)
    assert "module-machine" == _problem(path)[0]
    dll = bytearray(512)
    dll[:2] = b"MZ"
    struct.pack_into("<I", dll, 0x3C, 0x80)
    dll[0x80:0x84] = b"PE\0\0"
    struct.pack_into("<H", dll, 0x84, 0x8664)
    path = tmp_path / "eTPKCS11.dll"
    path.write_bytes(dll)
    code, text = _problem(path)
    assert "module-other-system" == code
    assert "Windows" in text


def test_a_path_that_is_no_text_is_refused(softhsm_module: Path, tmp_path: Path) -> None:
    """Bytes that are no UTF-8 in a path are not given to the loader."""
    path = tmp_path / os.fsdecode(b"lib\xff.so")
    shutil.copyfile(softhsm_module, path)
    assert "module-path" == _problem(path)[0]
    assert "module-unreadable" == _problem(Path("lib\0.so"))[0]


@pytest.mark.parametrize(
    ("function", "ckr"),
    [("C_Initialize", "CKR_GENERAL_ERROR"), ("C_GetInfo", "CKR_DEVICE_ERROR")],
)
def test_a_module_that_does_not_start(
    function: str,
    ckr: str,
    etokens: SoftHsmStore,
    fault_module: MakeFaultModule,
    bench: BenchMaker,
) -> None:
    """An error when it was named, a note when it was found; it may work later."""
    module = fault_module(FaultPlan().fail(function, ckr, times=2))
    code, text = _problem(module.path)
    assert "module-not-initialised" == code
    assert ckr in text
    assert function in text
    found = Candidate(module.path, Source.KNOWN, "SoftHSM")
    (report,) = pkcs11.take_inventory([found]).modules
    assert report.problem is not None
    assert Severity.NOTE is report.problem.severity
    assert 2 == len(bench(module.path).look().tokens)


def test_one_broken_module_does_not_hide_another(etokens: SoftHsmStore, tmp_path: Path) -> None:
    """The tokens of those that work are there, and the broken one is reported."""
    inventory = pkcs11.take_inventory(pkcs11.discover([tmp_path / "none.so", etokens.module]))
    assert 2 == len(inventory.tokens)
    assert [False, True] == [report.loaded for report in inventory.modules]
    assert inventory.failure() is None
    assert ["module-missing"] == [note.code for note in inventory.notes]


def test_a_module_that_hangs_is_left_behind(
    etokens: SoftHsmStore, fault_module: MakeFaultModule
) -> None:
    """The time limit makes it a problem of that module; the others are looked at."""
    module = fault_module(FaultPlan().delay("C_Initialize", 1000, times=1))
    candidates = pkcs11.discover([module.path, etokens.module])
    inventory = pkcs11.take_inventory(candidates, timeout=0.2)
    assert ["module-no-answer"] == [note.code for note in inventory.notes]
    assert 2 == len(inventory.tokens)
    # When it answers at last, it is used.
    assert 2 == len(pkcs11.take_inventory(pkcs11.discover([module.path])).tokens)


def test_a_module_that_hangs_can_be_cancelled(
    etokens: SoftHsmStore, fault_module: MakeFaultModule
) -> None:
    """The cancel event ends the wait for C_Initialize."""
    module = fault_module(FaultPlan().delay("C_Initialize", 1000, times=1))
    cancel = threading.Event()
    timer = threading.Timer(0.1, cancel.set)
    timer.start()
    with pytest.raises(CancelledError):
        pkcs11.take_inventory(pkcs11.discover([module.path]), cancel=cancel)
    timer.join()


def test_a_cancel_that_is_set_before_does_nothing(
    etokens: SoftHsmStore, fault_module: MakeFaultModule
) -> None:
    """Work that was given up before it began is not begun."""
    module = fault_module()
    cancel = threading.Event()
    cancel.set()
    with pytest.raises(CancelledError):
        pkcs11.take_inventory(pkcs11.discover([module.path]), cancel=cancel)
    assert () == module.calls()


def test_a_code_without_a_name_is_shown_as_a_number(
    make_softhsm_store: MakeStore,
    fault_module: MakeFaultModule,
    bench: BenchMaker,
    person: Person,
) -> None:
    """Nothing of an answer is lost."""
    make_softhsm_store(etoken())
    module = fault_module()
    token = bench(module.path).only()
    module.set(FaultPlan().fail("C_Sign", "CKR_VENDOR_DEFINED"))
    with pytest.raises(TokenError) as caught:
        pkcs11.test_token(token, person.source)
    assert "CKR_VENDOR_DEFINED+0x0" == caught.value.ckr


_SEARCH = """
import json, os, sys
from ctlkit import pkcs11
system = pkcs11.System.current()
if len(sys.argv) > 2:
    os.setgid(int(sys.argv[2])); os.setuid(int(sys.argv[1]))
inventory = pkcs11.take_inventory(pkcs11.discover(system=system))
print(json.dumps([
    [str(report.path), report.loaded, report.problem and report.problem.severity.value,
     report.problem and report.problem.text] for report in inventory.modules]))
failure = inventory.failure()
print(json.dumps(failure and [failure.code, failure.status]))
"""


def test_a_search_by_somebody_who_may_not_read_softhsms_configuration(
    softhsm_module: Path,
) -> None:
    """Debian closes /etc/softhsm to ordinary users: a note, no failure of the search."""
    arguments = []
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        arguments = [str(nobody.pw_uid), str(nobody.pw_gid)]
    environment = {name: os.environ[name] for name in ("PATH",)} | {"HOME": "/nonexistent"}
    done = subprocess.run(
        [sys.executable, "-c", _SEARCH, *arguments],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (0, "") == (done.returncode, done.stderr)
    reports, failure = map(json.loads, done.stdout.splitlines())
    assert str(softhsm_module) in {os.path.realpath(path) for path, *_rest in reports}
    for _path, loaded, severity, _text in reports:
        assert loaded or severity == "note"
    if not any(report[1] for report in reports):
        assert ["token-no-module", 5] == failure
