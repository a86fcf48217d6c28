"""Where a PIN comes from, what is never done with one, and what a token's flags forbid.

Counted by the fault module's log of calls: what is not logged was not sent.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from softhsm_fixtures import (
    DEFAULT_PIN,
    FIRST_NAME,
    CertificateSpec,
    FaultPlan,
    make_certificate,
)

if TYPE_CHECKING:
    from softhsm_fixtures.faults import FaultModule
    from softhsm_fixtures.plugin import MakeFaultModule, SoftHsmStore
    from tests.conftest import RunCtlkit, RunTerminal

WRONG = "not-the-pin-12"
PROMPT = f"PIN for {FIRST_NAME}"


@pytest.fixture
def faulty(etokens: SoftHsmStore, fault_module: MakeFaultModule) -> FaultModule:
    """Give a module that counts calls, over a store with the two eTokens."""
    return fault_module()


def _test(faulty: FaultModule, token: str = FIRST_NAME) -> tuple[str | Path, ...]:
    return ("tokens", "--module", faulty.path, "--test", token)


def test_from_a_file(run_ctlkit: RunCtlkit, faulty: FaultModule, pin_file: Path) -> None:
    """--pin-file: one login, one signature, nothing written to the token."""
    result = run_ctlkit(*_test(faulty), "--pin-file", pin_file)
    assert (0, "") == (result.status, result.stderr)
    assert "signed and verified with SHA1, 1024 bits" in result.stdout
    assert (1, 1, ()) == (
        faulty.count("C_Login"),
        faulty.count("C_SignInit"),
        faulty.writing_calls(),
    )


def test_from_a_descriptor(run_ctlkit: RunCtlkit, faulty: FaultModule) -> None:
    """--pin-fd reads a pipe, and standard input as descriptor 0."""
    reading, writing = os.pipe()
    os.write(writing, f"{DEFAULT_PIN}\n".encode())
    os.close(writing)
    piped = run_ctlkit(*_test(faulty), "--pin-fd", str(reading), pass_fds=[reading])
    os.close(reading)
    assert 0 == piped.status
    assert 0 == run_ctlkit(*_test(faulty), "--pin-fd", "0", stdin=DEFAULT_PIN).status


def test_from_a_variable(run_ctlkit: RunCtlkit, faulty: FaultModule) -> None:
    """--pin-env names a variable; without any option CTLKIT_PIN serves."""
    named = run_ctlkit(*_test(faulty), "--pin-env", "MINE", env={"MINE": DEFAULT_PIN})
    usual = run_ctlkit(*_test(faulty), env={"CTLKIT_PIN": DEFAULT_PIN})
    assert (0, 0) == (named.status, usual.status)


def test_from_the_uri(run_ctlkit: RunCtlkit, faulty: FaultModule, pin_file: Path) -> None:
    """A URI's pin-source is a path or a file: URI, and comes before CTLKIT_PIN."""
    for source in (str(pin_file), f"file:{pin_file}", f"file://{pin_file}"):
        uri = f"pkcs11:token={FIRST_NAME}?pin-source={source}"
        result = run_ctlkit(*_test(faulty, uri), env={"CTLKIT_PIN": WRONG})
        assert 0 == result.status


def test_an_option_comes_before_all_others(
    run_ctlkit: RunCtlkit, faulty: FaultModule, pin_file: Path, wrong_pin_file: Path
) -> None:
    """An option wins over the URI's pin-source and over CTLKIT_PIN."""
    uri = f"pkcs11:token={FIRST_NAME}?pin-source={wrong_pin_file}"
    words = (*_test(faulty, uri), "--pin-file", pin_file)
    assert 0 == run_ctlkit(*words, env={"CTLKIT_PIN": WRONG}).status


def test_typed_at_a_prompt(run_pty: RunTerminal, faulty: FaultModule) -> None:
    """On a terminal a person is asked, told which token, and what is typed is not shown."""
    result = run_pty(*_test(faulty), answers=[(PROMPT, DEFAULT_PIN)])
    assert 0 == result.status
    assert "(serial " in result.output
    assert 1 == faulty.count("C_Login")


def test_nothing_typed(run_pty: RunTerminal, faulty: FaultModule) -> None:
    """An empty line or the end of input at the prompt is a person who gave up: 130, no login."""
    for line in ("", "\x04"):
        assert 130 == run_pty(*_test(faulty), answers=[(PROMPT, line)]).status
    assert 0 == faulty.count("C_Login")


@pytest.mark.parametrize("words", [(), ("--no-input",)])
def test_nowhere_to_be_had(
    run_ctlkit: RunCtlkit, faulty: FaultModule, words: tuple[str, ...]
) -> None:
    """Without a source and without a person it is status 7, and says what to give."""
    result = run_ctlkit(*_test(faulty), *words, "--json")
    assert (7, "pin-none") == (result.status, result.json()["error"]["code"])
    assert "--pin-file" in result.stderr
    assert 0 == faulty.count("C_Login")


def test_no_input_asks_nobody(run_pty: RunTerminal, faulty: FaultModule) -> None:
    """--no-input asks nobody even on a terminal."""
    result = run_pty(*_test(faulty), "--no-input")
    assert 7 == result.status
    assert "PIN for" not in result.output


SOURCES: Sequence[tuple[str, bytes | None, int]] = (
    ("empty", b"", 4),
    ("only a line end", b"\n", 4),
    ("two lines", b"one\ntwo\n", 4),
    ("two line ends", b"one\n\n", 4),
    ("not text", b"\xff\xfe\n", 4),
    ("too long", b"9" * 5000, 4),
    ("missing", None, 4),
)


@pytest.mark.parametrize(("name", "content", "status"), SOURCES, ids=[each[0] for each in SOURCES])
def test_a_file_that_holds_no_pin(
    run_ctlkit: RunCtlkit,
    faulty: FaultModule,
    tmp_path: Path,
    name: str,
    content: bytes | None,
    status: int,
) -> None:
    """What is no one line of text is refused before anything is sent."""
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
        path.chmod(0o600)
    result = run_ctlkit(*_test(faulty), "--pin-file", path)
    assert status == result.status
    assert name in result.stderr
    assert 0 == faulty.count("C_Login")


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (("--pin-env", "UNSET"), 2),
        (("--pin-fd", "77"), 4),
        (("--pin-fd", "-1"), 4),
        (("--pin-fd", "many"), 2),
        (("--pin-file", "."), 4),
        (("--pin-env", "A", "--pin-fd", "0"), 2),
    ],
)
def test_a_source_that_is_none(
    run_ctlkit: RunCtlkit, faulty: FaultModule, words: tuple[str, ...], status: int
) -> None:
    """A source that cannot be read, or two of them, is an error before anything is sent."""
    assert status == run_ctlkit(*_test(faulty), *words).status
    assert 0 == faulty.count("C_Login")


def test_a_windows_line_end_is_no_part_of_it(
    run_ctlkit: RunCtlkit, faulty: FaultModule, tmp_path: Path
) -> None:
    """Exactly one line end is taken off, whichever; a blank before it belongs to the PIN."""
    path = tmp_path / "pin"
    path.write_bytes(f"{DEFAULT_PIN}\r\n".encode())
    path.chmod(0o600)
    assert 0 == run_ctlkit(*_test(faulty), "--pin-file", path).status
    path.write_bytes(f"{DEFAULT_PIN} \n".encode())
    assert 6 == run_ctlkit(*_test(faulty), "--pin-file", path).status


def test_a_file_that_others_may_read(
    run_ctlkit: RunCtlkit, faulty: FaultModule, pin_file: Path
) -> None:
    """A PIN file with open permissions works, with a warning that names its mode."""
    pin_file.chmod(0o644)
    result = run_ctlkit(*_test(faulty), "--pin-file", pin_file)
    assert 0 == result.status
    assert "ctlkit: warning: others may read the PIN file" in result.stderr
    assert "0644" in result.stderr


def test_pin_value_is_refused(run_ctlkit: RunCtlkit, faulty: FaultModule) -> None:
    """A PIN in the URI itself is refused, and not repeated, in any command."""
    uri = f"pkcs11:token={FIRST_NAME}?pin-value={WRONG}"
    for words in (_test(faulty, uri), ("export", uri, "--module", faulty.path)):
        result = run_ctlkit(*words, "-v", "--json")
        assert (2, "uri-pin-value") == (result.status, result.json()["error"]["code"])
    assert 0 == faulty.count("C_Login")


@pytest.mark.parametrize("how", ["tokens", "update", "export", "sign", "build"])
def test_a_wrong_pin_is_sent_once(
    run_ctlkit: RunCtlkit,
    etokens: SoftHsmStore,
    faulty: FaultModule,
    wrong_pin_file: Path,
    tmp_path: Path,
    how: str,
) -> None:
    """A wrong PIN is status 6, exactly one C_Login, the PIN's state shown, nothing written."""
    words = _signing(how, tmp_path, etokens)
    log = tmp_path / "run.log"
    before = sorted(tmp_path.rglob("*"))
    result = run_ctlkit(
        *words,
        *("--module", faulty.path, "--pin-file", wrong_pin_file),
        *("-v", "--log-file", log),
    )
    assert 6 == result.status
    assert 1 == faulty.count("C_Login")
    assert "refused the PIN, and says that tries are being used up" in result.stderr
    assert "not-the-pin" not in log.read_text()
    made = set(tmp_path.rglob("*")) - {*before, log}
    assert set() == {path for path in made if "softhsm" not in str(path)} - {faulty.log_file}


def _signing(how: str, folder: Path, store: SoftHsmStore) -> tuple[str, ...]:
    """Words of a command that logs in to the first token."""
    if how == "tokens":
        return ("tokens", "--test", FIRST_NAME)
    if how == "export":
        return ("export", FIRST_NAME, "--login", "-o", str(folder))
    (folder / "plain.xml").write_text("<device/>")
    if how == "sign":
        return ("sign", "plain.xml", "--signer", FIRST_NAME)
    server = make_certificate(CertificateSpec(subject="CN=pub"))
    (folder / "pub.pem").write_bytes(server.certificate_pem)
    if how == "build":
        (folder / "own.cer").write_bytes(store.tokens[0].certificate_der)
        entries = '[[entry]]\nfunction = "SAST"\ncertificate = "own.cer"\n'
        (folder / "list.toml").write_text(f"schema = 1\n{entries}")
        return ("build", "list.toml", "-o", "out.tlv", "--signer", FIRST_NAME)
    return (
        *("update", "folder:.", "--signer", FIRST_NAME, "--add-token", "SAST-ADN008580ef"),
        *("--server", "CCM+TFTP,pub.pem,ip=10.0.0.1"),
    )


def test_wrong_pins_use_up_the_tries(
    run_ctlkit: RunCtlkit, run_pty: RunTerminal, faulty: FaultModule
) -> None:
    """After a wrong PIN one that nobody typed is refused; a right one at a prompt sets it back."""
    wrong = {"CTLKIT_PIN": WRONG}
    assert 6 == run_ctlkit(*_test(faulty), env=wrong).status
    refused = run_ctlkit(*_test(faulty), env={"CTLKIT_PIN": DEFAULT_PIN})
    assert 7 == refused.status
    assert "a wrong PIN was entered before" in refused.stderr
    assert 1 == faulty.count("C_Login")
    typed = run_pty(*_test(faulty), answers=[(PROMPT, DEFAULT_PIN)])
    assert 0 == typed.status
    assert "a wrong PIN was entered before" in typed.output
    assert 0 == run_ctlkit(*_test(faulty), env={"CTLKIT_PIN": DEFAULT_PIN}).status


BLOCKED = [
    (("USER_PIN_LOCKED",), "is locked"),
    (("USER_PIN_FINAL_TRY",), "has one try left"),
    (("USER_PIN_COUNT_LOW",), "a wrong PIN was entered before"),
    (("USER_PIN_TO_BE_CHANGED",), "must be changed"),
]


@pytest.mark.parametrize(("flags", "words"), BLOCKED, ids=[each[0][0] for each in BLOCKED])
@pytest.mark.parametrize("how", ["tokens", "sign"])
def test_flags_forbid_a_pin_that_nobody_typed(
    run_ctlkit: RunCtlkit,
    etokens: SoftHsmStore,
    faulty: FaultModule,
    pin_file: Path,
    tmp_path: Path,
    flags: tuple[str, ...],
    words: str,
    how: str,
) -> None:
    """Locked, last try, tries used up, to be changed: status 7, the reason, and no C_Login."""
    faulty.set(FaultPlan().flags(on=flags))
    result = run_ctlkit(
        *_signing(how, tmp_path, etokens), *("--module", faulty.path, "--pin-file", pin_file)
    )
    assert (7, "") == (result.status, result.stdout)
    assert words in result.stderr
    assert 0 == faulty.count("C_Login")


def test_a_locked_token_asks_nobody(run_pty: RunTerminal, faulty: FaultModule) -> None:
    """On a terminal too a locked token is told at once, without a question."""
    faulty.set(FaultPlan().flags(on=("USER_PIN_LOCKED",)))
    result = run_pty(*_test(faulty))
    assert 7 == result.status
    assert "PIN for" not in result.output
    assert 0 == faulty.count("C_Login")


@pytest.mark.parametrize(("answer", "status", "logins"), [("yes", 0, 1), ("y", 7, 0), ("", 7, 0)])
def test_the_last_try_is_confirmed_by_a_person(
    run_pty: RunTerminal, faulty: FaultModule, answer: str, status: int, logins: int
) -> None:
    """The last try is used only after the whole word yes was typed; --yes is not that word."""
    faulty.set(FaultPlan().flags(on=("USER_PIN_FINAL_TRY",)))
    answers = [("Type yes", answer)]
    if status == 0:
        answers.append((PROMPT, DEFAULT_PIN))
    result = run_pty(*_test(faulty), "--yes", answers=answers)
    assert (status, logins) == (result.status, faulty.count("C_Login"))
    assert "locks for good" in result.output


@pytest.mark.parametrize("tries", [1, 2])
def test_the_state_after_a_wrong_pin_is_told(
    run_pty: RunTerminal, faulty: FaultModule, tries: int
) -> None:
    """A refusal says what is left: the last try, or that the token is locked now."""
    faulty.set(FaultPlan().lock_after(tries))
    confirmed = [("Type yes", "yes")] if tries == 1 else []
    result = run_pty(*_test(faulty), answers=[*confirmed, (PROMPT, WRONG)])
    told = {1: "is locked now", 2: "has one try left"}[tries]
    assert 6 == result.status
    assert told in result.output
    assert 1 == faulty.count("C_Login")


def test_a_pin_pad_takes_the_pin_itself(run_ctlkit: RunCtlkit, faulty: FaultModule) -> None:
    """At a reader with a PIN pad nothing is asked for and nothing sent; the person is told."""
    faulty.set(FaultPlan().pin_pad())
    result = run_ctlkit(*_test(faulty))
    assert 0 == result.status
    assert f"ctlkit: note: the PIN of the token {FIRST_NAME}" in result.stderr
    assert "at its reader" in result.stderr
    assert 1 == faulty.count("C_Login")


def test_the_pin_is_in_no_log(
    run_ctlkit: RunCtlkit, faulty: FaultModule, pin_file: Path, tmp_path: Path
) -> None:
    """The log of a run with everything switched on holds no PIN, and no environment."""
    log = tmp_path / "run.log"
    faulty.set(FaultPlan().fail("C_Sign", "CKR_GENERAL_ERROR"))
    words = (*_test(faulty), "-v", "--log-file", log)
    assert 1 == run_ctlkit(*words, "--pin-file", pin_file).status
    assert 1 == run_ctlkit(*words, env={"CTLKIT_PIN": DEFAULT_PIN}).status
    assert log.stat().st_size
    assert DEFAULT_PIN not in log.read_text()
