"""``ctlkit doctor``: names what is wrong with the next step, and its report is safe to paste."""

from __future__ import annotations

import json
import platform
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from softhsm_fixtures import (
    FIRST_NAME,
    SECOND_NAME,
    FaultPlan,
    TokenSpec,
    etoken,
    with_ca_certificate,
)

if TYPE_CHECKING:
    from softhsm_fixtures.plugin import MakeFaultModule, MakeStore, SoftHsmStore
    from tests.cli.conftest import SchemaOf
    from tests.conftest import Result, RunCtlkit

AROUND = ("doctor-extra", "doctor-no-display", "doctor-qt-libraries")


def _told(result: Result, *kinds: str) -> list[tuple[str, str]]:
    """What a JSON answer tells, as (kind, code), but for extras, and for what a window needs."""
    found = [(each["kind"], each["code"]) for each in result.json()["findings"]]
    return [each for each in found if each[1] not in AROUND and (not kinds or each[0] in kinds)]


def test_all_is_well(run_ctlkit: RunCtlkit, etokens: SoftHsmStore, module: tuple[str, str]) -> None:
    """With two eTokens the verdict is one line on top, and the facts follow."""
    result = run_ctlkit("doctor", *module)
    assert (0, "") == (result.status, result.stderr)
    lines = result.stdout.splitlines()
    assert "All is well." == lines[0]
    for token in etokens.tokens:
        assert f"  Token {token.label}, serial {token.serial}" in lines
    assert f"  Module {etokens.module}" in lines
    assert "    3 slot(s), 2 with a token" in lines
    assert "    firmware 2.6" in lines
    assert f"  python-pkcs11 {_version('python-pkcs11')}" in lines


def _version(name: str) -> str:
    from importlib.metadata import version

    return version(name)


def test_the_same_as_json(
    run_ctlkit: RunCtlkit, etokens: SoftHsmStore, module: tuple[str, str]
) -> None:
    """The answer has verdict, program, modules, tokens and certificates, and fits its schema."""
    answer = run_ctlkit("--json", "doctor", *module).json()
    assert {"healthy": True, "problems": 0, "warnings": 0} == answer["verdict"]
    assert platform.python_version() == answer["program"]["python"]
    (shown,) = answer["modules"]
    assert ("option", True, 3, 2) == tuple(
        shown[key] for key in ("source", "loaded", "slots", "slots_with_token")
    )
    assert {FIRST_NAME, SECOND_NAME} == {each["label"] for each in answer["tokens"]}
    certificates = [item for each in answer["tokens"] for item in each["certificates"]]
    assert [("rsa", 1024, True, "likely")] * 2 == [
        (each["key_type"], each["key_bits"], each["is_candidate"], each["key"])
        for each in certificates
    ]


def test_a_computer_without_any_module(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    clean_env: dict[str, str],
    schema_of: SchemaOf,
) -> None:
    """The one problem says what to install, and the status is 1."""
    from ctlkit._cli import main
    from ctlkit.pkcs11 import discovery

    for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "HOME"):
        monkeypatch.setenv(name, clean_env[name])
    monkeypatch.setattr(discovery, "known_modules", lambda _system: ())
    monkeypatch.setattr(discovery, "registered_modules", lambda *_folders: ())
    with pytest.raises(SystemExit) as ended:
        main(["doctor", "--json"])
    assert 1 == ended.value.code
    answer = json.loads(capsys.readouterr().out)
    schema_of("doctor").validate(answer)
    assert (1, []) == (answer["verdict"]["problems"], answer["modules"])
    assert "no PKCS#11 module on this computer works" in answer["findings"][0]["message"]
    assert "SafeNet Authentication Client" in answer["findings"][0]["advice"]
    assert "/usr/lib/libeToken.so" in answer["searched"]["libraries"]
    assert "/etc/pkcs11/modules" in answer["searched"]["p11_kit"]
    with pytest.raises(SystemExit):
        main(["doctor"])
    text = capsys.readouterr().out
    assert "note: looked for libeTPkcs11.so, libeToken.so, " in text
    assert " in /usr/lib64/pkcs11, /usr/lib64, " in text
    assert "note: looked for modules that are registered with p11-kit in ~/.config/pkcs11" in text


def _missing(module: Path, folder: Path) -> Path:
    return folder / "nowhere.so"


def _text(module: Path, folder: Path) -> Path:
    path = folder / "text.so"
    path.write_text("no library")
    return path


def _other_bits(module: Path, folder: Path) -> Path:
    return _changed(module, folder, 4, 3 - module.read_bytes()[4])  # ELF's class


def _other_processor(module: Path, folder: Path) -> Path:
    machine = 183 if platform.machine() == "x86_64" else 62  # ELF's numbers of ARM64 and x86-64
    return _changed(module, folder, 18, machine)


def _changed(module: Path, folder: Path, offset: int, value: int) -> Path:
    path = folder / "changed.so"
    data = bytearray(module.read_bytes())
    data[offset] = value
    path.write_bytes(data)
    return path


def _no_pkcs11(module: Path, folder: Path) -> Path:
    import _ctypes

    return Path(_ctypes.__file__)


def _crashing(module: Path, folder: Path) -> Path:
    source, path = folder / "crash.c", folder / "crash.so"
    source.write_text(
        "#include <stdio.h>\n#include <stdlib.h>\n"
        "__attribute__((constructor)) static void load(void)\n"
        '{ puts("{}"); fflush(stdout); abort(); }\n'
    )
    subprocess.run(["cc", "-shared", "-fPIC", "-o", path, source], check=True, timeout=60)
    return path


WRONG_MODULES = [
    (_missing, "module-missing", "there is no PKCS#11 module"),
    (_text, "module-not-loaded", "cannot be loaded"),
    (_other_bits, "module-bits", "bits, this Python has"),
    (_other_processor, "module-machine", "processors, this Python is for"),
    (_no_pkcs11, "module-not-loaded", "C_GetFunctionList"),
    (_crashing, "doctor-module-crashed", "brings down the program that loads it (SIGABRT)"),
]


@pytest.mark.parametrize(
    ("make", "code", "words"), WRONG_MODULES, ids=[make.__name__ for make, *_ in WRONG_MODULES]
)
def test_a_library_that_cannot_be_used(
    run_ctlkit: RunCtlkit,
    softhsm_module: Path,
    tmp_path: Path,
    make: Callable[[Path, Path], Path],
    code: str,
    words: str,
) -> None:
    """It is the first line with its reason, and what to do stands below; JSON says the same."""
    path = make(softhsm_module, tmp_path)
    shown = run_ctlkit("doctor", "--module", path)
    assert 1 == shown.status
    lines = shown.stdout.splitlines()
    assert "1 thing is wrong: " in lines[0]
    assert words in lines[0]
    assert lines[2].startswith("problem: ")
    assert lines[3].startswith("  ")
    answer = run_ctlkit("doctor", "--json", "--module", path)
    assert [("problem", code)] == _told(answer, "problem")
    assert answer.json()["findings"][0]["advice"]


def test_a_broken_library_hides_no_token(
    run_ctlkit: RunCtlkit, etokens: SoftHsmStore, module: tuple[str, str], tmp_path: Path
) -> None:
    """A named library that crashes is a problem; the tokens of the other are there."""
    crashing = _crashing(etokens.module, tmp_path)
    result = run_ctlkit("doctor", "--json", "--module", crashing, *module)
    assert (1, [("problem", "doctor-module-crashed")]) == (result.status, _told(result))
    assert 2 == len(result.json()["tokens"])


@pytest.mark.parametrize(
    ("spec", "code", "advice"),
    [
        (etoken(certificate=False), "token-no-certificate", "ctlkit export --login"),
        (etoken(bits="p256"), "token-key-kind", "Use another token"),
        (etoken(bits=3072), "token-key-size", "1024, 2048 or 4096 bits"),
    ],
    ids=["no certificate", "no RSA key", "3072 bits"],
)
def test_a_token_that_cannot_sign(
    run_ctlkit: RunCtlkit, make_softhsm_store: MakeStore, spec: TokenSpec, code: str, advice: str
) -> None:
    """It is named with its label and serial, and what to do."""
    store = make_softhsm_store(spec)
    result = run_ctlkit("doctor", "--json", "--module", store.module)
    assert (1, [("problem", code)]) == (result.status, _told(result))
    finding = result.json()["findings"][0]
    assert f"{FIRST_NAME} (serial {store.tokens[0].serial})" in finding["message"]
    assert advice in finding["advice"]


def test_a_key_that_shows_only_after_a_login(
    run_ctlkit: RunCtlkit, make_softhsm_store: MakeStore
) -> None:
    """A hidden key is no problem, and the way to find out is named."""
    store = make_softhsm_store(etoken(public_key=False))
    result = run_ctlkit("doctor", "--json", "--module", store.module)
    assert (0, [("note", "doctor-key-hidden")]) == (result.status, _told(result))
    serial = store.tokens[0].serial
    assert f"ctlkit tokens --test {serial}" in result.json()["findings"][0]["advice"]


def test_a_ca_certificate_beside_its_own(
    run_ctlkit: RunCtlkit, make_softhsm_store: MakeStore
) -> None:
    """It is shown and is no candidate for a signer."""
    store = make_softhsm_store(with_ca_certificate())
    result = run_ctlkit("doctor", "--json", "--module", store.module)
    assert (0, []) == (result.status, _told(result))
    (token,) = result.json()["tokens"]
    assert [True, False] == [each["is_candidate"] for each in token["certificates"]]


@pytest.mark.parametrize(
    ("flag", "kind", "code"),
    [
        ("USER_PIN_LOCKED", "warning", "pin-locked"),
        ("USER_PIN_FINAL_TRY", "warning", "doctor-pin-last-try"),
        ("USER_PIN_COUNT_LOW", "warning", "pin-count-low"),
        ("USER_PIN_TO_BE_CHANGED", "warning", "pin-to-be-changed"),
    ],
)
def test_states_of_a_pin(
    run_ctlkit: RunCtlkit,
    etokens: SoftHsmStore,
    fault_module: MakeFaultModule,
    flag: str,
    kind: str,
    code: str,
) -> None:
    """One token's PIN is told; with another token that can sign ctlkit can do its job."""
    faulty = fault_module(FaultPlan().flags(on=(flag,), token=FIRST_NAME))
    result = run_ctlkit("doctor", "--json", "--module", faulty.path)
    assert (0, [(kind, code)]) == (result.status, _told(result))
    assert 0 == faulty.count("C_Login")


def test_no_token(run_ctlkit: RunCtlkit, softhsm_store: SoftHsmStore) -> None:
    """A module with empty slots only is status 1, with the usual causes."""
    result = run_ctlkit("doctor", "--json", "--module", softhsm_store.module)
    assert (1, [("problem", "doctor-no-token")]) == (result.status, _told(result, "problem"))
    assert ("note", "cause-other-program") in _told(result)


def test_the_report_is_safe_to_paste(
    run_ctlkit: RunCtlkit,
    etokens: SoftHsmStore,
    module: tuple[str, str],
    clean_env: dict[str, str],
    tmp_path: Path,
) -> None:
    """Neither secrets in variables nor the home folder nor the computer's name are in it."""
    secrets = {"CTLKIT_PIN": "1234-pin", "CTLKIT_PASSWORD": "5678-word", "CTLKIT_OWN": "9-own"}
    for words in ((), ("--json",)):
        result = run_ctlkit("doctor", "-o", "report", "--force", *words, *module, env=secrets)
        report = (tmp_path / "report").read_text()
        assert result.stdout == report
        for secret in (*secrets.values(), clean_env["HOME"]):
            assert secret not in report + result.stderr
        assert all(name in report for name in secrets)
        assert "~/config/ctlkit/config.toml" in report
        # A short name would be part of some word.
        assert len(platform.node()) < 5 or platform.node() not in report


def test_the_report_replaces_nothing(
    run_ctlkit: RunCtlkit, etokens: SoftHsmStore, module: tuple[str, str], tmp_path: Path
) -> None:
    """A file that is there stays unless --force; a folder that is not there is one error."""
    report = tmp_path / "report.txt"
    report.write_text("mine")
    kept = run_ctlkit("doctor", "-o", report, *module, "--json")
    assert (1, "file-exists") == (kept.status, kept.json()["error"]["code"])
    assert "mine" == report.read_text()
    replaced = run_ctlkit("doctor", "-o", report, "--force", *module)
    assert 0 == replaced.status
    assert replaced.stdout == report.read_text()
    assert f"the report is in {report}" in replaced.stderr
    lost = run_ctlkit("doctor", "-o", tmp_path / "none" / "report", *module, "--json")
    assert (1, "file-unwritable") == (lost.status, lost.json()["error"]["code"])


def test_hostile_texts_do_not_reach_the_terminal(
    run_ctlkit: RunCtlkit, etokens: SoftHsmStore, fault_module: MakeFaultModule
) -> None:
    """Control characters in a token's texts are printed as escapes."""
    plan = FaultPlan().text("label", b"a\x1b[2J\nb", token=FIRST_NAME)
    faulty = fault_module(plan.text("model", b"\x07\x9b31m"))
    for words in ((), ("--json",)):
        result = run_ctlkit("doctor", "--module", faulty.path, *words)
        assert 0 == result.status
        assert not {"\x1b", "\x07", "\x9b"} & set(result.stdout + result.stderr)


@pytest.mark.parametrize("words", [("--pin-file", "pin"), ("TOKEN",), ("-o",)])
def test_it_takes_no_pin_and_no_token(run_ctlkit: RunCtlkit, words: tuple[str, ...]) -> None:
    """A doctor that never logs in has no options for it."""
    result: Any = run_ctlkit("doctor", *words)
    assert (2, "") == (result.status, result.stdout)
