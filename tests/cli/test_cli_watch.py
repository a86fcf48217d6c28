"""``ctlkit tokens --watch``: tokens that come and go, until somebody says stop."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from softhsm_fixtures import FIRST_NAME, SECOND_NAME, FaultPlan

if TYPE_CHECKING:
    from softhsm_fixtures.faults import FaultModule
    from softhsm_fixtures.plugin import MakeFaultModule, SoftHsmStore
    from tests.cli.conftest import SchemaOf

COMMAND = Path(sys.executable).with_name("ctlkit")


@pytest.fixture
def faulty(etokens: SoftHsmStore, fault_module: MakeFaultModule) -> FaultModule:
    """Give a module from which tokens can be pulled out."""
    return fault_module()


def _store(store: SoftHsmStore) -> dict[str, str]:
    return {"SOFTHSM2_CONF": str(store.configuration)}


@contextmanager
def _watching(
    environment: dict[str, str], faulty: FaultModule | None, *words: str
) -> Iterator[subprocess.Popen[str]]:
    module = () if faulty is None else ("--module", faulty.path)
    with subprocess.Popen(
        [COMMAND, "tokens", "--watch", *module, *words],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def _line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline()


def test_insertion_and_removal_are_seen(
    clean_env: dict[str, str], etokens: SoftHsmStore, faulty: FaultModule, schema_of: SchemaOf
) -> None:
    """Tokens that are there come first, then each change as it happens, one object a line."""

    def change() -> tuple[str, str]:
        answer: dict[str, Any] = json.loads(_line(process))
        schema_of("tokens-watch").validate(answer)
        return answer["change"], answer["token"]["label"]

    with _watching(clean_env | _store(etokens), faulty, "--json") as process:
        present = {change(), change()}
        assert {("present", FIRST_NAME), ("present", SECOND_NAME)} == present
        faulty.set(FaultPlan().hide(FIRST_NAME))
        assert ("removed", FIRST_NAME) == change()
        faulty.set(FaultPlan())
        assert ("inserted", FIRST_NAME) == change()
        faulty.set(FaultPlan().flags(on=("USER_PIN_LOCKED",), token=SECOND_NAME))
        assert ("changed", SECOND_NAME) == change()
    assert 0 == faulty.count("C_Login")


@pytest.mark.parametrize("word", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it(
    clean_env: dict[str, str], etokens: SoftHsmStore, faulty: FaultModule, word: signal.Signals
) -> None:
    """Ctrl-C ends watching with 130 and a sentence; a polite kill just ends it."""
    with _watching(clean_env | _store(etokens), faulty) as process:
        assert "present: SAST-ADN" in _line(process)
        process.send_signal(word)
        _, told = process.communicate(timeout=30)
    assert "Traceback" not in told
    assert process.returncode == (130 if word is signal.SIGINT else -word)
    assert ("ctlkit: interrupted" in told) is (word is signal.SIGINT)


def test_a_reader_that_goes_away_ends_it(
    clean_env: dict[str, str], etokens: SoftHsmStore, faulty: FaultModule
) -> None:
    """When nobody reads the changes any more, watching ends at the next one, in silence."""
    with _watching(clean_env | _store(etokens), faulty) as process:
        _line(process)
        _line(process)
        assert process.stdout is not None
        process.stdout.close()
        faulty.set(FaultPlan().hide(FIRST_NAME))
        assert 1 == process.wait(timeout=30)
        assert process.stderr is not None
        assert ["ctlkit: watching; stop with Ctrl-C\n"] == process.stderr.readlines()


def test_modules_that_do_not_work_are_told(
    clean_env: dict[str, str],
    etokens: SoftHsmStore,
    faulty: FaultModule,
    schema_of: SchemaOf,
    tmp_path: Path,
) -> None:
    """A named module that is missing or fails is a line in both outputs, with what to do."""
    missing = tmp_path / "nowhere.so"
    words = ("--module", str(missing), "--json")
    faulty.set(FaultPlan().hide())
    with _watching(clean_env | etokens.environment(), faulty, *words) as process:
        answer = json.loads(_line(process))
        faulty.set(FaultPlan().hide().fail("C_GetSlotList", "CKR_GENERAL_ERROR"))
        later = json.loads(_line(process))
        process.send_signal(signal.SIGTERM)
        _, told = process.communicate(timeout=30)
    for each in (answer, later):
        schema_of("tokens-watch").validate(each)
        assert f"ctlkit: error: {each['problem']['message']}\n" in told
    assert ("problem", str(missing), "module-missing") == (
        answer["change"],
        answer["module"],
        answer["problem"]["code"],
    )
    assert (str(faulty.path), "module-failed") == (later["module"], later["problem"]["code"])


def test_a_person_reads_of_a_missing_module(clean_env: dict[str, str], tmp_path: Path) -> None:
    """Without JSON standard output holds changes of tokens only; the problem is told beside."""
    words = ("--module", str(tmp_path / "nowhere.so"))
    with _watching(clean_env, None, *words) as process:
        assert process.stderr is not None
        told = [process.stderr.readline() for _ in range(3)]
        process.send_signal(signal.SIGINT)
        shown, _ = process.communicate(timeout=30)
    assert "" == shown
    assert f"ctlkit: error: there is no PKCS#11 module {tmp_path}" in told[1]
    assert told[2].startswith("  Check the path")


@pytest.mark.parametrize("kind", ["problem", "present"])
def test_a_line_of_each_kind_has_its_own_keys(schema_of: SchemaOf, kind: str) -> None:
    """The schema wants a token of a change, and module and problem of a problem."""
    assert not schema_of("tokens-watch").is_valid({"schema": 1, "change": kind})
