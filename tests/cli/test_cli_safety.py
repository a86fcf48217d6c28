"""When something goes wrong in the middle: nothing is written, nothing is left half.

The fault module takes the token away or changes its answers; a PIN that is waited for is the
moment at which a test acts.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import pytest

from softhsm_fixtures import DEFAULT_PIN, FIRST_NAME, SECOND_NAME, FaultPlan

if TYPE_CHECKING:
    from softhsm_fixtures.plugin import MakeFaultModule, SoftHsmStore
    from tests.cli.conftest import MakeList, Material, Update
    from tests.conftest import RunCtlkit

COMMAND = Path(sys.executable).with_name("ctlkit")
WhileWaiting: TypeAlias = Callable[[Sequence[str | Path], Callable[[], object]], tuple[int, str]]


@pytest.fixture
def while_waiting(clean_env: dict[str, str], etokens: SoftHsmStore, tmp_path: Path) -> WhileWaiting:
    """Run ``update`` to where it waits for the PIN, act, give the PIN, and return how it ended."""

    def run(words: Sequence[str | Path], act: Callable[[], object]) -> tuple[int, str]:
        reading, writing = os.pipe()
        with subprocess.Popen(
            [COMMAND, "update", "folder:tftp", *words, "--pin-fd", str(reading)],
            cwd=tmp_path,
            env=_unmeasured(clean_env) | {"SOFTHSM2_CONF": str(etokens.configuration)},
            pass_fds=[reading],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            os.close(reading)
            assert process.stdout is not None
            # The table is complete, and sent, before anything is signed.
            while not process.stdout.readline().startswith((" new", " kept")):
                assert process.poll() is None
            act()
            os.write(writing, f"{DEFAULT_PIN}\n".encode())
            os.close(writing)
            _, told = process.communicate(timeout=60)
        assert DEFAULT_PIN not in told
        assert "Traceback" not in told
        return process.returncode, told

    return run


@pytest.mark.parametrize("way", ["remove", "hide"])
def test_a_token_pulled_out(
    while_waiting: WhileWaiting,
    fault_module: MakeFaultModule,
    material: Material,
    tftp: Path,
    way: str,
) -> None:
    """A token that is pulled out is named as gone: status 5, nothing written."""
    module = fault_module()
    plan = FaultPlan()
    gone = plan.remove(SECOND_NAME) if way == "remove" else plan.hide(SECOND_NAME)
    status, told = while_waiting(
        [
            *("--add-token", FIRST_NAME, "--signer", SECOND_NAME),
            *material.servers,
            *("--module", module.path),
        ],
        lambda: module.set(gone),
    )
    assert 5 == status
    assert f"the token {SECOND_NAME}" in told
    assert "was pulled out" in told
    assert [] == list(tftp.iterdir())


def test_a_list_that_somebody_else_changed(
    while_waiting: WhileWaiting, module: tuple[str, str], material: Material, tftp: Path
) -> None:
    """A list that appeared since the folder was read is neither overwritten nor kept as old."""
    path = tftp / "CTLFile.tlv"
    status, told = while_waiting(
        ["--signer", SECOND_NAME, "--add-token", FIRST_NAME, *module, *material.servers],
        lambda: path.write_bytes(b"by somebody else"),
    )
    assert 1 == status
    assert "was changed by somebody else meanwhile" in told
    assert (b"by somebody else", [path]) == (path.read_bytes(), list(tftp.iterdir()))


FAILURES = {
    "error": (FaultPlan().fail("C_Sign", "CKR_DEVICE_ERROR"), 1, "CKR_DEVICE_ERROR to C_Sign"),
    "wrong": (FaultPlan().wrong_signature(), 3, "its own certificate does not verify"),
    "busy": (FaultPlan().fail("C_OpenSession", "CKR_SESSION_COUNT"), 5, "CKR_SESSION_COUNT"),
}


@pytest.mark.parametrize(("plan", "status", "words"), FAILURES.values(), ids=FAILURES)
def test_a_token_that_fails(
    update: Update,
    etokens: SoftHsmStore,
    fault_module: MakeFaultModule,
    material: Material,
    pin_file: Path,
    tftp: Path,
    plan: FaultPlan,
    status: int,
    words: str,
) -> None:
    """A token that answers with an error, or signs wrongly, is told by name; nothing is written."""
    module = fault_module(plan)
    result = update(
        *("--add-token", FIRST_NAME, "--signer", SECOND_NAME),
        *material.servers,
        *("--module", module.path, "--pin-file", pin_file),
    )
    assert words in result.stderr
    assert status == result.status
    assert module.count("C_Login") <= 1
    assert [] == list(tftp.iterdir())


def _unmeasured(environment: dict[str, str]) -> dict[str, str]:
    """Leave coverage out, which could not write its own file either and says so."""
    return {name: text for name, text in environment.items() if not name.startswith("COVERAGE_")}


@pytest.mark.parametrize("command", ["update", "build", "sign", "export"])
def test_a_full_disk(
    clean_env: dict[str, str],
    etokens: SoftHsmStore,
    module: tuple[str, str],
    material: Material,
    make_list: MakeList,
    tftp: Path,
    tmp_path: Path,
    command: str,
) -> None:
    """Where a file cannot be written to its end the one before stays, and nothing beside it."""
    path = make_list("tftp/CTLFile.tlv")
    before = path.read_bytes()
    (tmp_path / "phone.xml").write_text("<device/>")
    entry = f'[[entry]]\nfunction = "SAST"\ncertificate = "{material.first}"\n'
    (tmp_path / "list.toml").write_text(f"schema = 1\n{entry}")
    words: dict[str, list[str | Path]] = {
        "update": ["update", "folder:tftp", "--signer", material.second],
        "build": ["build", "list.toml", "-o", path, "--force", "--signer", material.first],
        "sign": ["sign", "phone.xml", "-o", "tftp", "--signer", material.first],
        "export": ["export", "-o", "tftp", *module],
    }
    done = subprocess.run(
        ["sh", "-c", 'ulimit -f 0; exec "$0" "$@"', COMMAND, *words[command]],
        cwd=tmp_path,
        env=_unmeasured(clean_env) | {"SOFTHSM2_CONF": str(etokens.configuration)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert 1 == done.returncode
    assert "cannot be written: File too large" in done.stderr
    assert "Traceback" not in done.stderr
    assert (before, [path]) == (path.read_bytes(), list(tftp.iterdir()))


def test_a_link_in_the_lists_place(
    update: Update, run_ctlkit: RunCtlkit, material: Material, make_list: MakeList, tftp: Path
) -> None:
    """A list that is a link is refused: a rename would replace the link, not the list."""
    real = make_list("real/CTLFile.tlv")
    (tftp / "CTLFile.tlv").symlink_to(real)
    before = real.read_bytes()
    result = update("--signer", material.second)
    assert (4, "") == (result.status, result.stdout)
    assert "tftp/CTLFile.tlv is a link" in result.stderr
    assert before == real.read_bytes()


def test_names_beyond_ascii(run_ctlkit: RunCtlkit, material: Material, tmp_path: Path) -> None:
    """A folder whose name no ASCII can write is a place like any other, in any locale."""
    folder = tmp_path / "płyta 文件夹"
    folder.mkdir()
    result = run_ctlkit(
        *("update", f"folder:{folder.name}", "--signer", material.first),
        *("--add-token", material.second),
        *material.servers,
        env={"LC_ALL": "C"},
    )
    assert 0 == result.status
    assert f"folder:{folder.name}: written" in result.stdout
    assert (folder / "CTLFile.tlv").exists()
