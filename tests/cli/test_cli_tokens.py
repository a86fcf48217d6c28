"""``ctlkit tokens``: what is there, why not, and which token is meant."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from softhsm_fixtures import (
    FIRST_NAME,
    SECOND_NAME,
    FaultPlan,
    TokenSpec,
    etoken,
    foreign_token,
    mismatched_key,
    two_certificates,
)

if TYPE_CHECKING:
    from softhsm_fixtures.plugin import MakeFaultModule, MakeStore, SoftHsmStore
    from tests.conftest import RunCtlkit


def test_shows_modules_tokens_and_certificates(
    run_ctlkit: RunCtlkit, etokens: SoftHsmStore, module: tuple[str, str]
) -> None:
    """Each token has its label, serial, PIN state, URI, and certificate with fingerprint."""
    result = run_ctlkit("tokens", *module)
    assert (0, "") == (result.status, result.stderr)
    for token in etokens.tokens:
        assert f"Token {token.label}, serial {token.serial}\n" in result.stdout
        assert f"pkcs11:token={token.label};serial={token.serial}" in result.stdout
    assert 2 == result.stdout.count("PIN: ok\n")
    assert f"certificate {FIRST_NAME}, 1024 bits, until 2049-12-31, with its key" in result.stdout
    assert "serial 45:DA:A2:AF:00:00:00:27:F9:3C" in result.stdout


def test_nobody_logs_in(
    run_ctlkit: RunCtlkit, etokens: SoftHsmStore, fault_module: MakeFaultModule, pin_file: Path
) -> None:
    """Looking never logs in, even with a PIN at hand, and calls nothing that writes."""
    module = fault_module()
    result = run_ctlkit(
        *("tokens", "--json", "--module", module.path, "--pin-file", pin_file),
        env={"CTLKIT_PIN": "not-the-pin"},
    )
    assert {FIRST_NAME, SECOND_NAME} == {each["label"] for each in result.json()["tokens"]}
    assert (0, ()) == (module.count("C_Login"), module.writing_calls())


@pytest.mark.parametrize(
    ("flag", "state", "words"),
    [
        ("USER_PIN_LOCKED", "locked", "PIN: locked"),
        ("USER_PIN_FINAL_TRY", "final-try", "PIN: one try left"),
        ("USER_PIN_COUNT_LOW", "count-low", "PIN: a wrong PIN was entered before"),
    ],
)
def test_shows_the_state_of_the_pin(
    run_ctlkit: RunCtlkit,
    etokens: SoftHsmStore,
    fault_module: MakeFaultModule,
    flag: str,
    state: str,
    words: str,
) -> None:
    """What the token's flags say of its PIN is shown in words and in JSON."""
    module = fault_module(FaultPlan().flags(on=(flag,), token=FIRST_NAME))
    assert words in run_ctlkit("tokens", "--module", module.path).stdout
    answer = run_ctlkit("tokens", "--module", module.path, "--json").json()
    states = {each["label"]: each["pin_state"] for each in answer["tokens"]}
    assert {FIRST_NAME: state, SECOND_NAME: "ok"} == states


def _missing(module: Path, folder: Path) -> Path:
    return folder / "nowhere.so"


def _text(module: Path, folder: Path) -> Path:
    path = folder / "text.so"
    path.write_text("no library")
    return path


def _folder(module: Path, folder: Path) -> Path:
    return folder


def _other_bits(module: Path, folder: Path) -> Path:
    path = folder / "other.so"
    data = bytearray(module.read_bytes())
    data[4] = 3 - data[4]  # ELF's class: 1 is 32 bits, 2 is 64
    path.write_bytes(data)
    return path


def _no_pkcs11(module: Path, folder: Path) -> Path:
    import _ctypes

    return Path(_ctypes.__file__)


WRONG_MODULES = [
    pytest.param(_missing, "there is no PKCS#11 module", id="missing"),
    pytest.param(_text, "cannot be loaded", id="text"),
    pytest.param(_folder, "is not a file", id="folder"),
    pytest.param(_other_bits, "bits, this Python has", id="other bits"),
    pytest.param(_no_pkcs11, "C_GetFunctionList", id="no PKCS#11"),
]


@pytest.mark.parametrize(("make", "words"), WRONG_MODULES)
def test_a_module_that_is_none(
    run_ctlkit: RunCtlkit,
    softhsm_module: Path,
    tmp_path: Path,
    make: Callable[[Path, Path], Path],
    words: str,
) -> None:
    """A wrong --module is one clear sentence; status 0 for tokens, 5 for what needs a token."""
    path = make(softhsm_module, tmp_path)
    shown = run_ctlkit("tokens", "--json", "--module", path)
    (module,) = shown.json()["modules"]
    assert (0, False) == (shown.status, module["loaded"])
    assert words in module["problem"]["message"]
    exported = run_ctlkit("export", "--module", path)
    assert 5 == exported.status
    assert words in exported.stderr
    assert 2 == len(exported.stderr.splitlines())


def test_several_modules_are_all_shown(
    run_ctlkit: RunCtlkit, etokens: SoftHsmStore, module: tuple[str, str], tmp_path: Path
) -> None:
    """A module that does not work hides no other, and a token seen through two is one token."""
    copy = etokens.private_module()
    words = (*module, "--module", tmp_path / "nowhere.so", "--module", copy)
    answer = run_ctlkit("tokens", "--json", *words).json()
    assert [True, False, True] == [each["loaded"] for each in answer["modules"]]
    assert 2 == len(answer["tokens"])
    assert [[str(copy)], [str(copy)]] == [each["also_in"] for each in answer["tokens"]]


def test_no_token_is_told_with_the_usual_causes(
    run_ctlkit: RunCtlkit, softhsm_store: SoftHsmStore
) -> None:
    """Without a token the causes are told and in JSON; what needs a token is status 5."""
    result = run_ctlkit("tokens", "--json", "--module", softhsm_store.module)
    assert (0, []) == (result.status, result.json()["tokens"])
    notes = result.json()["notes"]
    assert notes
    for note in notes:
        assert note["message"] in result.stderr
    needed = run_ctlkit("export", FIRST_NAME, "--module", softhsm_store.module, "--json")
    assert (5, "token-none") == (needed.status, needed.json()["error"]["code"])


def test_a_token_that_a_broken_module_may_hide(
    run_ctlkit: RunCtlkit, etokens: SoftHsmStore, module: tuple[str, str], tmp_path: Path
) -> None:
    """One named module works and another does not: the error of no such token names that one."""
    missing = tmp_path / "nowhere.so"
    words = (*module, "--module", missing, "--json")
    result = run_ctlkit("tokens", "--test", "SAST-ADN00000000", *words)
    error = result.json()["error"]
    assert (5, "token-no-match-broken") == (result.status, error["code"])
    assert all(name in error["message"] for name in (FIRST_NAME, SECOND_NAME, str(missing)))


def test_softhsm_that_does_not_start(run_ctlkit: RunCtlkit, softhsm_module: Path) -> None:
    """A module that cannot be initialised names the call and the code that it answered."""
    result = run_ctlkit(
        "export", "--module", softhsm_module, env={"SOFTHSM2_CONF": "/nonexistent/conf"}
    )
    assert 5 == result.status
    assert "C_Initialize answered CKR_" in result.stderr


@pytest.mark.parametrize(
    ("spec", "code", "status"),
    [
        pytest.param(etoken(certificate=False), "token-no-certificate", 5, id="no certificate"),
        pytest.param(two_certificates(second_key=True), "token-several-certificates", 5, id="two"),
        pytest.param(etoken(private_key=False), "token-no-key", 1, id="no key"),
        pytest.param(mismatched_key(), "token-key-of-other", 1, id="key of another"),
        pytest.param(etoken(bits="p256"), "token-key-kind", 1, id="no RSA key"),
    ],
)
def test_a_token_that_cannot_sign(
    run_ctlkit: RunCtlkit,
    make_softhsm_store: MakeStore,
    pin_file: Path,
    spec: TokenSpec,
    code: str,
    status: int,
) -> None:
    """No certificate, several, no key or another's key: one sentence that says which, no file."""
    store = make_softhsm_store(spec)
    (pin_file.parent / "phone.xml").write_text("<device/>")
    words = ("--module", store.module, "--pin-file", pin_file, "--json")
    tested = run_ctlkit("tokens", "--test", FIRST_NAME, *words)
    assert (status, code) == (tested.status, tested.json()["error"]["code"])
    signed = run_ctlkit("sign", "phone.xml", "--signer", FIRST_NAME, *words)
    assert signed.status in {status, 3}
    assert not (pin_file.parent / "phone.xml.sgn").exists()


def test_of_two_certificates_a_uri_names_one(
    run_ctlkit: RunCtlkit, make_softhsm_store: MakeStore, pin_file: Path
) -> None:
    """A URI with the id chooses among a token's certificates."""
    store = make_softhsm_store(two_certificates(second_key=True))
    words = ("--module", store.module, "--pin-file", pin_file, "--json")
    result = run_ctlkit("tokens", "--test", f"pkcs11:token={FIRST_NAME};id=%02", *words)
    assert 0 == result.status
    assert SECOND_NAME in result.json()["certificate"]["subject"]


@pytest.mark.parametrize("encoding", ["latin-1", "gb18030"])
def test_labels_in_another_encoding(
    run_ctlkit: RunCtlkit, make_softhsm_store: MakeStore, pin_file: Path, encoding: str
) -> None:
    """A label that is not UTF-8 is shown with what can be read, and the serial chooses it."""
    store = make_softhsm_store(foreign_token(encoding))  # type: ignore[arg-type]
    words = ("--module", store.module)
    shown = run_ctlkit("tokens", *words)
    assert 0 == shown.status
    assert "is not UTF-8" in shown.stderr
    serial = store.tokens[0].serial
    assert f"Choose it by its serial, {serial}." in shown.stderr
    tested = run_ctlkit("tokens", "--test", serial, "--pin-file", pin_file, *words)
    assert 0 == tested.status


def test_none_one_many(
    run_ctlkit: RunCtlkit, make_softhsm_store: MakeStore, pin_file: Path
) -> None:
    """A name that fits no token, or several, is status 5 and lists what there is."""
    store = make_softhsm_store(etoken(FIRST_NAME), etoken(FIRST_NAME))
    words = ("--module", store.module, "--pin-file", pin_file, "--json")
    serials = [token.serial for token in store.tokens]
    several = run_ctlkit("tokens", "--test", FIRST_NAME, *words)
    none = run_ctlkit("tokens", "--test", "SAST-ADN0054", *words)
    assert [(5, "token-several"), (5, "token-no-match")] == [
        (each.status, each.json()["error"]["code"]) for each in (several, none)
    ]
    for result in (several, none):
        assert all(serial in result.stderr for serial in serials)
    assert 0 == run_ctlkit("tokens", "--test", serials[1], *words).status


@pytest.mark.parametrize(
    ("uri", "code"),
    [
        ("pkcs11:tok=x", "uri-attribute"),
        ("pkcs11:token=%zz", "uri-escape"),
        ("pkcs11:token=a;token=b", "uri-repeated"),
        ("pkcs11:slot-id=0", "uri-cannot-choose"),
        ("pkcs11:token=a?pin-source=|cat", "pin-source-kind"),
    ],
)
def test_a_broken_uri(
    run_ctlkit: RunCtlkit, etokens: SoftHsmStore, module: tuple[str, str], uri: str, code: str
) -> None:
    """A URI that RFC 7512 does not know is a usage error, before any token is touched."""
    result = run_ctlkit(
        "tokens", "--test", uri.replace("=a?", f"={FIRST_NAME}?"), *module, "--json"
    )
    assert (2, code) == (result.status, result.json()["error"]["code"])


def test_a_uri_loads_no_module(
    run_ctlkit: RunCtlkit, etokens: SoftHsmStore, module: tuple[str, str], tmp_path: Path
) -> None:
    """A module that only a URI names is not loaded: it is code."""
    evil = tmp_path / "evil.so"
    shutil.copyfile(etokens.module, evil)
    result = run_ctlkit(
        *("tokens", "--test", f"pkcs11:token={FIRST_NAME}?module-path={evil}", "--json", *module)
    )
    assert (5, "token-uri-module") == (result.status, result.json()["error"]["code"])


def test_hostile_labels_do_not_reach_the_terminal(
    run_ctlkit: RunCtlkit, etokens: SoftHsmStore, fault_module: MakeFaultModule
) -> None:
    """Control characters in a token's texts are printed as escapes."""
    plan = FaultPlan().text("label", b"a\x1b[2J\nb", token=FIRST_NAME)
    module = fault_module(plan.text("manufacturer", b"\x07\x9b31m"))
    for words in ((), ("--json",)):
        result = run_ctlkit("tokens", "--module", module.path, *words)
        assert 0 == result.status
        assert not {"\x1b", "\x07", "\x9b"} & set(result.stdout + result.stderr)
