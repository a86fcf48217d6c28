"""`ctlkit-etokens DIR`, as a shell runs it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest

from softhsm_fixtures import FIRST_NAME, SECOND_NAME

Run: TypeAlias = Callable[..., "subprocess.CompletedProcess[str]"]

COMMAND = Path(sys.executable).with_name("ctlkit-etokens")
# Prints the labels of the tokens that the shell's variables lead to, after a login with a PIN.
LOGIN = (
    "import os, pkcs11, sys\n"
    "library = pkcs11.lib(os.environ['CTLKIT_SOFTHSM_MODULE'])\n"
    "for slot in library.get_slots():\n"
    "    token = slot.get_token()\n"
    "    if token.label:\n"
    "        token.open(user_pin=sys.argv[1]).close()\n"
    "        print(token.label)\n"
)


@pytest.fixture
def run_etokens(softhsm_module: Path) -> Run:
    """Run the command with these arguments."""

    def run(*arguments: str | Path, **variables: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [COMMAND, *arguments],
            env=os.environ | variables,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return run


def _labels(exports: str, pin: str) -> list[str]:
    """Let a shell evaluate what the command printed, and log in to each token."""
    done = subprocess.run(
        ["sh", "-c", f'{exports}\nexec "$0" -c "$1" "$2"', sys.executable, LOGIN, pin],
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return sorted(done.stdout.splitlines())


def test_a_shell_sees_two_etokens(run_etokens: Run, tmp_path: Path) -> None:
    """What it prints is evaluated by a shell, blanks in the path included; the talk is apart."""
    folder = tmp_path / "my tokens"
    done = run_etokens(folder)
    assert 0 == done.returncode, done.stderr
    assert [FIRST_NAME, SECOND_NAME] == _labels(done.stdout, "Cisco123")
    assert f"made 2 tokens in {folder}: {FIRST_NAME}, {SECOND_NAME}\n" in done.stderr
    assert "Cisco123" not in done.stdout + done.stderr


def test_a_second_run_changes_nothing(run_etokens: Run, tmp_path: Path) -> None:
    """The same lines come again, and no token more."""
    first = run_etokens(tmp_path / "store")
    before = sorted((tmp_path / "store").rglob("*"))
    second = run_etokens(tmp_path / "store")
    assert (0, first.stdout) == (second.returncode, second.stdout)
    assert "nothing was changed\n" in second.stderr
    assert before == sorted((tmp_path / "store").rglob("*"))


def test_a_second_run_says_which_options_are_ignored(run_etokens: Run, tmp_path: Path) -> None:
    """Options for new tokens do nothing to a store that is there: they are named."""
    first = run_etokens(tmp_path / "store", "--count", "1")
    options = ("--count", "5", "--bits", "2048", "--pin-env", "MY_PIN")
    second = run_etokens(tmp_path / "store", *options, MY_PIN="a new one")
    assert (0, first.stdout) == (second.returncode, second.stdout)
    assert "nothing was changed, --count, --bits, --pin-env ignored\n" in second.stderr
    assert "nothing was changed, --label ignored\n" in (
        run_etokens(tmp_path / "store", "--label", "other").stderr
    )


def test_a_second_run_says_that_there_are_fewer_tokens(run_etokens: Run, tmp_path: Path) -> None:
    """Who asks for more tokens than the store has learns how many it has, and what to do."""
    run_etokens(tmp_path / "store")
    more = run_etokens(tmp_path / "store", "--count", "3")
    assert 0 == more.returncode
    assert "it has 2 tokens, not 3, and gets no others\n  Name another folder" in more.stderr
    assert "not" not in run_etokens(tmp_path / "store", "--count", "2").stderr.replace(
        "nothing", ""
    )


def test_a_folder_with_other_things_is_refused(run_etokens: Run, tmp_path: Path) -> None:
    """Status 4, nothing for the shell to evaluate, and the folder stays as it is."""
    (tmp_path / "file").write_text("mine")
    done = run_etokens(tmp_path)
    assert (4, "") == (done.returncode, done.stdout)
    assert f"ctlkit-etokens: {tmp_path} is not empty\n" in done.stderr
    assert ["file"] == [path.name for path in tmp_path.iterdir()]
    done = run_etokens(tmp_path / "file")
    assert (4, "") == (done.returncode, done.stdout)
    assert "cannot hold a store" in done.stderr


def test_count_labels_and_length_are_chosen(run_etokens: Run, tmp_path: Path) -> None:
    """More tokens have names of the same pattern; labels may be given instead."""
    three = _labels(run_etokens(tmp_path / "a", "--count", "3").stdout, "Cisco123")
    assert 3 == len({name for name in three if name.startswith("SAST-ADN")})
    named = run_etokens(tmp_path / "b", "--label", "one", "--label", "two", "--bits", "2048")
    assert ["one", "two"] == _labels(named.stdout, "Cisco123")


@pytest.mark.parametrize("source", ["file", "variable"])
def test_another_pin_comes_from_a_file_or_a_variable(
    run_etokens: Run, tmp_path: Path, source: str
) -> None:
    """The PIN is the file's one line, or the variable's value, and is not shown."""
    pin_file = tmp_path / "pin"
    pin_file.write_bytes(b" my Pin \r\n")
    options = ["--pin-file", str(pin_file)] if source == "file" else ["--pin-env", "MY_PIN"]
    done = run_etokens(tmp_path / "store", *options, MY_PIN=" my Pin ")
    assert [FIRST_NAME, SECOND_NAME] == _labels(done.stdout, " my Pin ")
    assert "my Pin" not in done.stdout + done.stderr


@pytest.mark.parametrize("content", [b"", b"\n", b"one\ntwo\n", b"\xff\xfe", b"x" * 5000])
def test_a_pin_file_that_is_not_one_line_is_refused(
    run_etokens: Run, tmp_path: Path, content: bytes
) -> None:
    """Status 4, and no store is begun."""
    pin_file = tmp_path / "pin"
    pin_file.write_bytes(content)
    done = run_etokens(tmp_path / "store", "--pin-file", str(pin_file))
    assert (4, "") == (done.returncode, done.stdout)
    assert "PIN file" in done.stderr
    assert not (tmp_path / "store").exists()


def test_a_pin_source_that_is_not_there_is_refused(run_etokens: Run, tmp_path: Path) -> None:
    """A missing file or an unset variable is told by its name or reason."""
    done = run_etokens(tmp_path / "store", "--pin-file", str(tmp_path / "nowhere"))
    assert 4 == done.returncode
    assert "cannot be read: No such file" in done.stderr
    assert "line of the file" in done.stderr
    for variables in ({}, {"MY_PIN": ""}):
        done = run_etokens(tmp_path / "store", "--pin-env", "MY_PIN", **variables)
        assert 4 == done.returncode
        assert "MY_PIN is not set or is empty" in done.stderr
        assert "Set it to the PIN" in done.stderr
        assert "file" not in done.stderr


def test_a_pin_that_softhsm_refuses_leaves_nothing(run_etokens: Run, tmp_path: Path) -> None:
    """Status 1 with SoftHSM's own answer, and a second run starts from nothing."""
    done = run_etokens(tmp_path / "store", "--pin-env", "MY_PIN", MY_PIN="1")
    assert (1, "") == (done.returncode, done.stdout)
    assert "CKR_PIN_LEN_RANGE" in done.stderr
    assert 0 == run_etokens(tmp_path / "store").returncode


def test_without_softhsm_it_says_what_to_install(run_etokens: Run, tmp_path: Path) -> None:
    """Status 1 with one line of what happened and one of what to do."""
    done = run_etokens(tmp_path / "store", CTLKIT_SOFTHSM_MODULE="/nowhere")
    assert (1, "") == (done.returncode, done.stdout)
    assert 2 == len(done.stderr.splitlines())
    assert "nstall" in done.stderr.splitlines()[1]


@pytest.mark.parametrize(
    "options",
    [
        ["--count", "0"],
        ["--count", "33"],
        ["--count", "many"],
        ["--bits", "512"],
        ["--label", ""],
        ["--label", " x"],
        ["--label", "x" * 25],
        ["--label", "ü"],
        ["--count", "3", "--label", "one"],
        ["--pin", "1234"],
        ["--pin-file", "a", "--pin-env", "B"],
    ],
)
def test_usage_errors_have_status_2(run_etokens: Run, tmp_path: Path, options: list[str]) -> None:
    """What cannot be meant is refused before anything is made; there is no option for a PIN."""
    done = run_etokens(tmp_path / "store", *options)
    assert (2, "") == (done.returncode, done.stdout)
    assert not (tmp_path / "store").exists()
