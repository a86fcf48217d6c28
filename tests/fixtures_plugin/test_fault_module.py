"""The fault module and its plans: calls that fail, the log, other programs, building it."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pkcs11 import Attribute, Mechanism, ObjectClass
from pkcs11.exceptions import DeviceError, FunctionFailed, GeneralError, PKCS11Error

from softhsm_fixtures import (
    PLAN_VARIABLE,
    BuildError,
    Call,
    FaultPlan,
    build_fault_library,
    etoken,
)

if TYPE_CHECKING:
    from softhsm_fixtures.plugin import MakeFaultModule, MakeStore, SoftHsmStore
    from tests.fixtures_plugin.conftest import KeyOf, OpenModule, OpenToken

SIGN = {"mechanism": Mechanism.RSA_PKCS}
# What a program does that only looks: it prints the labels that it sees.
LOOK = (
    "import pkcs11, sys\n"
    "for slot in pkcs11.lib(sys.argv[1]).get_slots(token_present=True):\n"
    "    print(slot.get_token().label)\n"
)


def test_without_faults_it_is_softhsm(
    etokens: SoftHsmStore, fault_module: MakeFaultModule, open_token: OpenToken, private_key: KeyOf
) -> None:
    """An empty plan lets everything through, and the log tells each call."""
    module = fault_module()
    with open_token(module.path, serial=etokens.tokens[0].serial) as session:
        signature = private_key(session).sign(b"x", **SIGN)
    key = etokens.tokens[0].spec.credentials[0].key
    assert key.key_size // 8 == len(signature)
    assert (Call("C_Login", "CKR_OK"),) == module.calls("C_Login")
    assert {"CKR_OK"} == {call.code for call in module.calls() if "Sign" in call.function}
    assert "C_Initialize" == module.calls()[0].function
    assert () == module.writing_calls()


def test_it_and_softhsm_do_not_disturb_each_other(
    etokens: SoftHsmStore, fault_module: MakeFaultModule, open_module: OpenModule
) -> None:
    """SoftHSM itself and two fault modules live in one process, each with its own plan."""
    first = fault_module()
    second = fault_module(FaultPlan().remove())
    shown = [
        len(open_module(path).get_slots(token_present=True))
        for path in (etokens.private_module(), first.path, second.path)
    ]
    assert [3, 3, 0] == shown
    assert first.path != second.path


def test_a_function_fails_after_so_many_calls_and_so_often(
    etokens: SoftHsmStore, fault_module: MakeFaultModule, open_module: OpenModule
) -> None:
    """`after` calls go well, `times` fail, then all go well again."""
    module = fault_module()
    slot = open_module(module.path).get_slots()[0]
    module.set(FaultPlan().fail("C_GetTokenInfo", "CKR_DEVICE_ERROR", after=1, times=2))
    answers = []
    for _ in range(5):
        try:
            slot.get_token()
            answers.append("ok")
        except DeviceError:
            answers.append("error")
    assert ["ok", "error", "error", "ok", "ok"] == answers


def test_a_rule_keeps_its_count_when_the_plan_changes(
    etokens: SoftHsmStore, fault_module: MakeFaultModule, open_module: OpenModule
) -> None:
    """Setting a plan with one rule more does not start the other anew."""
    plan = FaultPlan().fail("C_GetTokenInfo", "CKR_DEVICE_ERROR", times=1)
    module = fault_module()
    slot = open_module(module.path).get_slots()[0]
    module.set(plan)
    with pytest.raises(DeviceError):
        slot.get_token()
    module.set(plan.delay("C_Login", 1))
    slot.get_token()
    module.set(FaultPlan().fail("C_GetTokenInfo", "CKR_DEVICE_ERROR", times=1))
    with pytest.raises(DeviceError):
        slot.get_token()


def test_a_delay_is_waited_for(
    etokens: SoftHsmStore, fault_module: MakeFaultModule, open_module: OpenModule
) -> None:
    """A slow call takes at least as long as the plan says, and then goes well."""
    module = fault_module()
    slot = open_module(module.path).get_slots()[0]
    module.set(FaultPlan().delay("C_GetTokenInfo", 120))
    before = time.monotonic()
    slot.get_token()
    assert time.monotonic() - before >= 0.12


def test_a_failed_signature_leaves_no_operation_behind(
    etokens: SoftHsmStore, fault_module: MakeFaultModule, open_token: OpenToken, private_key: KeyOf
) -> None:
    """After a faked failure of C_Sign the same session signs again."""
    module = fault_module()
    with open_token(module.path, serial=etokens.tokens[0].serial) as session:
        key = private_key(session)
        good = key.sign(b"x", **SIGN)
        module.set(FaultPlan().fail("C_Sign", "CKR_FUNCTION_FAILED", times=1))
        with pytest.raises(FunctionFailed):
            key.sign(b"x", **SIGN)
        assert good == key.sign(b"x", **SIGN)
    assert {"CKR_OK"} == {call.code for call in module.calls("C_SignInit")}


def test_a_failed_part_of_a_signature_leaves_no_operation_behind(
    etokens: SoftHsmStore, fault_module: MakeFaultModule, open_token: OpenToken, private_key: KeyOf
) -> None:
    """The same for signatures of several parts, C_SignUpdate and C_SignFinal."""
    module = fault_module()
    parts = {"mechanism": Mechanism.SHA1_RSA_PKCS}
    with open_token(module.path, serial=etokens.tokens[0].serial) as session:
        key = private_key(session)
        good = key.sign([b"one", b"two"], **parts)
        for function in ("C_SignUpdate", "C_SignFinal"):
            module.set(FaultPlan().fail(function, "CKR_FUNCTION_FAILED", times=1))
            with pytest.raises(FunctionFailed):
                key.sign([b"one", b"two"], **parts)
            assert good == key.sign([b"one", b"two"], **parts)


def test_a_wrong_signature_is_spoilt(
    etokens: SoftHsmStore, fault_module: MakeFaultModule, open_token: OpenToken, private_key: KeyOf
) -> None:
    """The signature has its length and is not the right one, as often as the plan says."""
    module = fault_module()
    with open_token(module.path, serial=etokens.tokens[0].serial) as session:
        key = private_key(session)
        good = key.sign(b"x", **SIGN)
        module.set(FaultPlan().wrong_signature(times=1))
        wrong = key.sign(b"x", **SIGN)
        assert len(good) == len(wrong)
        assert good != wrong
        assert good == key.sign(b"x", **SIGN)


def test_initialising_fails(fault_module: MakeFaultModule, open_module: OpenModule) -> None:
    """C_Initialize may be refused, and nothing else is called then."""
    module = fault_module(FaultPlan().fail("C_Initialize", "CKR_GENERAL_ERROR"))
    with pytest.raises(GeneralError):
        open_module(module.path)
    assert (Call("C_Initialize", "CKR_GENERAL_ERROR"),) == module.calls()


def test_the_log_tells_no_argument(
    etokens: SoftHsmStore, fault_module: MakeFaultModule, open_token: OpenToken
) -> None:
    """Two words a line: no PIN, no label, no data."""
    module = fault_module()
    open_token(module.path, serial=etokens.tokens[0].serial).close()
    lines = module.log_file.read_text().splitlines()
    assert {2} == {len(line.split()) for line in lines}
    assert "Cisco123" not in module.log_file.read_text() + module.plan_file.read_text()
    module.forget_calls()
    assert () == module.calls()


def test_writing_calls_are_told(
    make_softhsm_store: MakeStore, fault_module: MakeFaultModule, open_token: OpenToken
) -> None:
    """A call that would change the token is found in the log, also when it was refused."""
    make_softhsm_store(etoken())
    module = fault_module()
    with open_token(module.path) as session, pytest.raises(PKCS11Error):
        session.create_object({Attribute.CLASS: ObjectClass.DATA, Attribute.TOKEN: True})
    assert ["C_CreateObject"] == [call.function for call in module.writing_calls()]


def test_another_program_takes_it_as_its_module(
    etokens: SoftHsmStore, fault_module: MakeFaultModule
) -> None:
    """A program needs nothing but the path, and the plan may be named in its environment."""
    module = fault_module()
    other = fault_module(FaultPlan().hide(etokens.tokens[0].label))
    shown = []
    for environment in (etokens.environment(), other.environment()):
        done = subprocess.run(
            [sys.executable, "-c", LOOK, str(module.path)],
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        shown.append(sorted(done.stdout.split()))
    labels = sorted(token.label for token in etokens.tokens)
    assert [labels, [etokens.tokens[1].label]] == shown
    assert PLAN_VARIABLE in other.environment()


def test_a_running_program_sees_the_plan_change(
    etokens: SoftHsmStore, fault_module: MakeFaultModule
) -> None:
    """A token is taken out and put back while another program goes on looking."""
    watch = (
        "import pkcs11, sys\n"
        "library = pkcs11.lib(sys.argv[1])\n"
        "for line in sys.stdin:\n"
        "    print(len(library.get_slots(token_present=True)), flush=True)\n"
    )
    module = fault_module()
    shown = []
    with subprocess.Popen(
        [sys.executable, "-c", watch, str(module.path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=etokens.environment(),
        text=True,
    ) as program:
        assert program.stdin is not None
        assert program.stdout is not None
        for plan in (FaultPlan(), FaultPlan().remove(etokens.tokens[0].label), FaultPlan()):
            module.set(plan)
            program.stdin.write("\n")
            program.stdin.flush()
            shown.append(int(program.stdout.readline()))
        program.stdin.close()
    assert [3, 2, 3] == shown


@pytest.mark.parametrize("line", ["nonsense", "call wrong=1", "flags set=x", "text to=fg", "call"])
def test_a_plan_that_is_not_understood_fails_every_call(
    etokens: SoftHsmStore, fault_module: MakeFaultModule, open_module: OpenModule, line: str
) -> None:
    """A slip in a plan written by hand is seen at once; an empty rule is none."""
    module = fault_module()
    library = open_module(module.path)
    with module.plan_file.open("a") as file:
        file.write(line + "\n")
    if line == "call":
        library.get_slots()
    else:
        with pytest.raises(GeneralError):
            library.get_slots()


def test_a_plan_that_is_too_long_is_bounded(
    etokens: SoftHsmStore, fault_module: MakeFaultModule, open_module: OpenModule
) -> None:
    """More rules than the module holds are refused, and a huge file is not read."""
    module = fault_module()
    library = open_module(module.path)
    good = module.plan_file.read_text()
    module.plan_file.write_text(good + "grow\n" * 65)
    with pytest.raises(GeneralError):
        library.get_slots()
    module.plan_file.write_text(good)
    assert 3 == len(library.get_slots())
    module.plan_file.write_text(good + f"log {'x' * 4000}\n" * 17)
    with pytest.raises(GeneralError):
        library.get_slots()


def test_a_module_without_a_plan_does_not_load(fault_module: MakeFaultModule) -> None:
    """The first question for its functions is answered with a failure."""
    module = fault_module()
    module.plan_file.unlink()
    functions = ctypes.c_void_p()
    assert 5 == ctypes.CDLL(str(module.path)).C_GetFunctionList(ctypes.byref(functions))


def test_plans_are_checked_when_they_are_made() -> None:
    """Names that PKCS#11 does not know, and values that cannot be, are refused."""
    plan = FaultPlan()
    with pytest.raises(ValueError, match="CKR_NO_SUCH"):
        plan.fail("C_Sign", "CKR_NO_SUCH")
    with pytest.raises(ValueError, match="C_Signn"):
        plan.fail("C_Signn", "CKR_OK")
    with pytest.raises(ValueError, match="CKF_NO_SUCH"):
        plan.flags(on=("NO_SUCH",))
    with pytest.raises(ValueError, match="'colour' is not one of"):
        plan.text("colour", b"")
    with pytest.raises(ValueError, match="one length"):
        plan.attribute_value("CKA_LABEL", b"a", b"bc")
    with pytest.raises(ValueError, match="at most 64 bytes"):
        plan.text("label", b"x" * 65)
    with pytest.raises(ValueError, match="times is 1 or more"):
        plan.grow(times=0)
    assert FaultPlan() == plan


def test_building_without_a_compiler_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error names what is missing."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BuildError, match="no C compiler"):
        build_fault_library(tmp_path)


def test_a_compiler_that_refuses_is_quoted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the compiler says is in the error, and no library is left."""
    compiler = tmp_path / "cc"
    compiler.write_text("#!/bin/sh\necho 'no such header' >&2\nexit 1\n")
    compiler.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    with pytest.raises(BuildError, match="no such header"):
        build_fault_library(tmp_path)
    assert ["cc"] == [path.name for path in tmp_path.iterdir()]
