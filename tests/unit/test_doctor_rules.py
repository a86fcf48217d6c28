"""The doctor's judgement: each rule on facts made by hand, and the report that is made of them."""

from __future__ import annotations

import dataclasses
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ctlkit.certificate import Certificate
from ctlkit.errors import PinState
from ctlkit.messages import Message, Severity
from ctlkit.pkcs11 import (
    Checks,
    Inventory,
    KeyPresence,
    ModuleReport,
    Searched,
    Source,
    TokenCertificate,
    TokenInfo,
    no_token_causes,
)
from ctlkit.report.doctor import doctor_object, doctor_text, verdict_line
from ctlkit.workflows.doctor import Diagnosis, Facts, judge
from ctlkit.workflows.doctor.facts import (
    ConfigurationFacts,
    Extra,
    FileFacts,
    ProgramFacts,
    QtFacts,
    TokenFacts,
    Variable,
)
from softhsm_fixtures import (
    CertificateSpec,
    KeyKind,
    etoken_certificate,
    make_certificate,
    named_key,
)

NOW = 1_425_675_213
VENDOR, SOFTHSM = Path("/usr/lib/libeToken.so"), Path("/usr/lib/softhsm/libsofthsm2.so")
PROGRAM = ProgramFacts("0.1", "3.12.3", "CPython", 64, "linux", "Linux-6.1", "x86_64")


def _module(path: Path = VENDOR, source: Source = Source.KNOWN, **more: Any) -> ModuleReport:
    return ModuleReport(path, source, "SafeNet", **{"loaded": True, "slots": 2, **more})


def _broken(code: str, path: Path = VENDOR, source: Source = Source.KNOWN) -> ModuleReport:
    named = source in {Source.OPTION, Source.CONFIGURATION}
    severity = Severity.ERROR if named else Severity.NOTE
    values = {"path": path, "bits": 32, "python": 64, "reason": "x", "function": "C_X", "ckr": "Y"}
    return _module(path, source, loaded=False, slots=0, problem=Message(code, values, severity))


def _held(
    der: bytes | None = None, key: KeyPresence = KeyPresence.LIKELY, *, is_x509: bool = True
) -> TokenCertificate:
    der = der or etoken_certificate().der
    return TokenCertificate(der, b"", "c", key, Certificate.from_der(der) if is_x509 else None)


def _made(kind: KeyKind = 1024, *, ca: bool = False) -> bytes:
    spec = CertificateSpec(subject="CN=other,O=Example", ca=ca)
    return make_certificate(spec, key=named_key("doctor", kind)).der


def _token(serial: str = "1", **more: Any) -> TokenInfo:
    known = {
        "label": "SAST",
        "serial": serial,
        "manufacturer": "SafeNet",
        "model": "eToken",
        "uri": f"pkcs11:serial={serial}",
        "module": VENDOR,
        "slot": 0,
        "slot_description": "Reader",
        "removable": True,
        "pin_state": PinState.OK,
        "login_required": True,
        "protected_path": False,
        "certificates": (_held(),),
    }
    return TokenInfo(**{**known, **more})


def _facts(*tokens: TokenInfo, modules: tuple[ModuleReport, ...] | None = None) -> Facts:
    inventory = Inventory((_module(),) if modules is None else modules, tokens)
    quiet = Checks("linux", lambda: True, lambda: False, lambda: False)
    causes = () if tokens else no_token_causes(inventory, quiet)
    return Facts(NOW, PROGRAM, TokenFacts(inventory, causes=causes))


def _told(facts: Facts, *kinds: str) -> list[tuple[str, str]]:
    """What is told, as (kind, code); of some kinds only, where they are named."""
    found = [(each.kind.value, each.message.code) for each in judge(facts)]
    return [each for each in found if not kinds or each[0] in kinds]


def test_nothing_is_wrong_with_a_token_that_can_sign() -> None:
    """A module, a token, its certificate and its key: nothing is told."""
    assert [] == _told(_facts(_token()))


@pytest.mark.parametrize(
    ("system", "code"),
    [("linux", "linux"), ("win32", "windows"), ("darwin", "macos"), ("freebsd14", "linux")],
)
def test_no_module_names_what_to_install_here(system: str, code: str) -> None:
    """Without any module the one problem says what to install on this system."""
    program = dataclasses.replace(PROGRAM, system=system)
    facts = dataclasses.replace(_facts(modules=()), program=program)
    (finding,) = [each for each in judge(facts) if each.kind.value == "problem"]
    assert f"doctor-no-module-{code}" == finding.message.code
    assert "SafeNet Authentication Client" in finding.message.advice


@pytest.mark.parametrize("source", [Source.OPTION, Source.CONFIGURATION])
def test_a_named_module_that_does_not_work_is_a_problem(source: Source) -> None:
    """It is one although a token is seen through another module."""
    modules = (_module(), _broken("module-missing", Path("/nowhere.so"), source))
    assert [("problem", "module-missing")] == _told(_facts(_token(), modules=modules))


def test_a_found_module_that_does_not_work_matters_while_no_token_is_seen() -> None:
    """A library of 32 bits explains why no token is seen; beside a token it is a note."""
    broken = _broken("module-bits")
    assert [("problem", "module-bits")] == _told(_facts(modules=(broken,)), "problem")
    assert [("note", "module-bits")] == _told(_facts(_token(), modules=(broken, _module())))


def test_a_softhsm_that_does_not_start_explains_nothing() -> None:
    """No vendor's token is behind SoftHSM: the vendor's module is still missing."""
    facts = _facts(modules=(_broken("module-not-initialised", SOFTHSM),))
    assert [
        ("problem", "doctor-no-module-linux"),
        ("note", "module-not-initialised"),
    ] == _told(facts)


def test_what_does_not_work_is_not_said_to_be_missing() -> None:
    """The verdict fits the module that is listed below it."""
    facts = _facts(modules=(_broken("module-not-initialised", SOFTHSM),))
    verdict = verdict_line(Diagnosis(facts, judge(facts)))
    assert "no PKCS#11 module on this computer works" in verdict


def test_where_modules_were_looked_for() -> None:
    """Where no token is seen it is told, a module there or none; where one is, it is not."""
    where = Searched(((("libA.so", "libB.so"), ("/usr/lib", "/opt")),), ("/etc/modules",))
    checks = Checks("linux", lambda: True, lambda: False, lambda: False)
    for modules in ((), (_module(),)):
        inventory = Inventory(modules, ())
        tokens = TokenFacts(inventory, causes=no_token_causes(inventory, checks, where))
        found = judge(Facts(NOW, PROGRAM, tokens))
        told = {item.message.code: item.message.text for item in found}
        assert "looked for libA.so, libB.so in /usr/lib, /opt" == told["searched-known"]
        assert "/etc/modules" in told["searched-registered"]


def test_no_token_in_the_slots() -> None:
    """A module works and shows empty slots: that is the problem, the usual causes are notes."""
    found = _told(_facts())
    assert ("problem", "doctor-no-token") == found[0]
    assert {"note"} == {kind for kind, _code in found[1:]}
    assert ("note", "cause-other-program") in found


@pytest.mark.parametrize(("module", "kind"), [(VENDOR, "problem"), (SOFTHSM, "warning")])
def test_a_missing_service_comes_first_where_it_is_needed(module: Path, kind: str) -> None:
    """The service is a problem where a vendor's module works; SoftHSM needs none."""
    inventory = Inventory((_module(module),), ())
    checks = Checks("linux", lambda: False, lambda: True, lambda: False)
    tokens = TokenFacts(inventory, causes=no_token_causes(inventory, checks))
    found = _told(Facts(NOW, PROGRAM, tokens), "problem", "warning")
    assert (kind, "cause-pcscd") in found
    assert ("warning", "cause-remote-desktop") in found
    assert found == sorted(found)


def test_a_token_that_is_not_initialised() -> None:
    """A slot whose token cannot be used is the problem, beside a token that can a warning."""
    note = Message("slot-not-initialised", {"slot": "Reader 1"}, Severity.NOTE)
    modules = (_module(notes=(note,)),)
    assert [("problem", "slot-not-initialised")] == _told(_facts(modules=modules), "problem")
    beside = _facts(_token(), modules=modules)
    assert [("warning", "slot-not-initialised")] == _told(beside)


HURDLES: list[tuple[Callable[[], dict[str, Any]], str]] = [
    (lambda: {"certificates": ()}, "token-no-certificate"),
    (lambda: {"certificates": (_held(_made(ca=True)),)}, "token-only-ca"),
    (lambda: {"certificates": (_held(b"0", is_x509=False),)}, "doctor-no-candidate"),
    (
        lambda: {"certificates": (_held(_made(ca=True)), _held(b"0", is_x509=False))},
        "doctor-no-candidate",
    ),
    (lambda: {"certificates": (_held(key=KeyPresence.ABSENT),)}, "doctor-key-missing"),
    (lambda: {"certificates": (_held(_made("p256")),)}, "token-key-kind"),
    (lambda: {"certificates": (_held(_made(3072)),)}, "token-key-size"),
    (lambda: {"certificates": (_held(_made(2047)),)}, "token-key-size"),
    (lambda: {"pin_state": PinState.LOCKED}, "pin-locked"),
    (lambda: {"pin_state": PinState.NOT_SET}, "pin-not-set"),
    (lambda: {"pin_state": PinState.TO_BE_CHANGED}, "pin-to-be-changed"),
]


@pytest.mark.parametrize(("made", "code"), HURDLES)
def test_what_keeps_a_token_from_signing(made: Callable[[], dict[str, Any]], code: str) -> None:
    """It is a problem where no token can sign, and a warning beside one that can."""
    token = _token(**made())
    assert [("problem", code)] == _told(_facts(token))
    assert [("warning", code)] == _told(_facts(token, _token("2")))


def test_certificates_that_cannot_be_read() -> None:
    """The module's answer is the reason then, not that there is no certificate."""
    note = Message("token-unread", {"label": "SAST", "function": "C_X", "reason": "CKR_Y"})
    facts = _facts(_token(certificates=(), notes=(note,)))
    assert [("problem", "token-unread")] == _told(facts)


def test_of_several_certificates_one_is_enough() -> None:
    """A second certificate that cannot be signed with is no matter beside one that can."""
    held = (_held(), _held(_made(3072)), _held(_made(ca=True)))
    assert [] == _told(_facts(_token(certificates=held)))


@pytest.mark.parametrize(
    ("state", "code"),
    [(PinState.FINAL_TRY, "doctor-pin-last-try"), (PinState.COUNT_LOW, "pin-count-low")],
)
def test_tries_that_were_used_up_are_warnings(state: PinState, code: str) -> None:
    """The token can still sign, but a person has to know."""
    assert [("warning", code)] == _told(_facts(_token(pin_state=state)))


def test_a_certificate_that_ran_out() -> None:
    """It is a warning that names the certificate and the day."""
    der = etoken_certificate().der
    end = Certificate.from_der(der).not_after
    facts = _facts(_token(certificates=(_held(der),)))
    assert [] == _told(dataclasses.replace(facts, now=end))
    (finding,) = judge(dataclasses.replace(facts, now=end + 1))
    assert ("warning", "doctor-expired") == (finding.kind.value, finding.message.code)
    assert "ran out on 2049-12-31" in finding.message.text


def test_a_key_that_is_hidden_until_a_login() -> None:
    """Nothing is wrong, and the way to find out is named with the token's serial."""
    (finding,) = judge(_facts(_token("77", certificates=(_held(key=KeyPresence.UNKNOWN),))))
    assert ("note", "doctor-key-hidden") == (finding.kind.value, finding.message.code)
    assert "ctlkit tokens --test 77" in finding.message.advice


def test_a_broken_binding_is_the_problem() -> None:
    """Where nothing could be looked at, no missing module or token is told."""
    problem = Message("doctor-no-binding", {"reason": "no such symbol"})
    facts = Facts(NOW, PROGRAM, TokenFacts(problem=problem))
    assert [("problem", "doctor-no-binding")] == _told(facts)
    assert "  not examined\n" in doctor_text(Diagnosis(facts, judge(facts)))


def test_configuration_and_host_keys_that_cannot_be_used() -> None:
    """A broken configuration is a problem, broken host keys a warning."""
    wrong = Message("toml-wrong-value", {"file": "f", "key": "k", "wanted": "a text"})
    damaged = Message("known-hosts-damaged", {"file": "f"})
    configuration = ConfigurationFacts(
        file=FileFacts(Path("f"), True, wrong), known_hosts=FileFacts(Path("f"), True, damaged)
    )
    facts = dataclasses.replace(_facts(_token()), configuration=configuration)
    assert [("problem", "toml-wrong-value"), ("warning", "known-hosts-damaged")] == _told(facts)


@pytest.mark.parametrize(
    ("display", "found"),
    [
        ("DISPLAY", [("problem", "doctor-qt-libraries")]),
        (None, [("warning", "doctor-qt-libraries"), ("note", "doctor-no-display")]),
    ],
)
def test_libraries_that_qt_lacks(display: str | None, found: list[tuple[str, str]]) -> None:
    """They are a problem where a window could open; the packages are named in one command."""
    missing = (("libEGL.so.1", "libegl1"), ("libxcb-cursor.so.0", "libxcb-cursor0"))
    qt = QtFacts("6.7.0", missing, display, needs_display=True)
    facts = dataclasses.replace(_facts(_token()), qt=qt)
    assert found == _told(facts)
    assert "apt install libegl1 libxcb-cursor0." in judge(facts)[0].message.advice


def test_extras_and_what_could_not_be_examined() -> None:
    """An extra that is not installed is a note, a part that failed a warning."""
    extra = Extra("gui", "the window", ("PyQt6",))
    facts = dataclasses.replace(
        _facts(_token()),
        program=dataclasses.replace(PROGRAM, extras=(extra, Extra("lab", "x", ()))),
        failures=(Message("doctor-not-examined", {"part": "the clock", "reason": "x"}),),
    )
    assert [("warning", "doctor-not-examined"), ("note", "doctor-extra")] == _told(facts)


def test_the_verdict_counts_and_names_the_first_problem() -> None:
    """One line: all is well, with warnings, or how much is wrong and the worst of it."""

    def verdict(facts: Facts) -> str:
        return verdict_line(Diagnosis(facts, judge(facts)))

    locked = _token("2", pin_state=PinState.LOCKED)
    assert "All is well." == verdict(_facts(_token()))
    assert "All is well, with 1 warning." == verdict(_facts(_token(), locked))
    assert "1 thing is wrong: the PIN of the token SAST (serial 2) is locked" == verdict(
        _facts(locked)
    )
    both = verdict(_facts(locked, _token("3", certificates=())))
    assert both.startswith("2 things are wrong, first: the PIN of the token SAST (serial 2)")


@pytest.mark.parametrize(
    ("home", "path", "shown"),
    [
        ("/home/ann", "/home/ann/lib/x.so", "~/lib/x.so"),
        ("/home/ann", "/home/anna/x.so", "/home/anna/x.so"),
        ("/home/ann", "/backup/home/ann/x.so", "/backup/home/ann/x.so"),
        ("/", "/usr/lib/x.so", "/usr/lib/x.so"),
    ],
)
def test_the_home_folder_is_not_told(
    monkeypatch: pytest.MonkeyPatch, home: str, path: str, shown: str
) -> None:
    """In text and JSON alike it is written ~, and no folder that only looks like it."""
    monkeypatch.setenv("HOME", home)
    broken = _broken("module-not-loaded", Path(path), Source.OPTION)
    variables = (Variable("SOFTHSM2_CONF", path), Variable("CTLKIT_PIN", None))
    facts = dataclasses.replace(
        _facts(modules=(broken,)), configuration=ConfigurationFacts(variables=variables)
    )
    diagnosis = Diagnosis(facts, judge(facts))
    text = doctor_text(diagnosis)
    assert f"module {shown} cannot be loaded" in text.splitlines()[0]
    assert f"  SOFTHSM2_CONF = {shown}\n  CTLKIT_PIN is set\n" in text
    answer: Any = doctor_object(diagnosis)
    assert shown == answer["modules"][0]["path"]
    assert shown == answer["configuration"]["variables"][0]["value"]


def test_the_packages_are_those_that_are_declared() -> None:
    """Each declared dependency has its version told, and each extra is known by what it needs."""
    from ctlkit.workflows.doctor._program import program_facts

    path = Path(__file__).resolve().parents[2] / "pyproject.toml"
    project = tomllib.loads(path.read_text())["project"]
    extras = project["optional-dependencies"]
    declared = [*project["dependencies"], *(each for needs in extras.values() for each in needs)]
    names = {each.split(">")[0] for each in declared if not each.startswith("ctlkit[")}
    found = program_facts()
    assert set() == names - {each.name for each in found.dependencies}
    assert set() == set(extras) - {"all"} - {each.name for each in found.extras}
