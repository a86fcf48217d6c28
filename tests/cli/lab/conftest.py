"""What the tests of ``ctlkit lab`` share: practice clusters that run by themselves."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.conftest import Result, RunCtlkit

COMMAND = Path(sys.executable).with_name("ctlkit")


@dataclass(frozen=True, slots=True)
class Lab:
    """The folder of a practice cluster, and ``ctlkit lab`` on it."""

    folder: Path
    run_ctlkit: RunCtlkit

    def run(self, *words: str | Path, **settings: Any) -> Result:
        """Run ``ctlkit lab WORDS``."""
        return self.run_ctlkit("lab", *words, "--dir", self.folder, **settings)

    def answer(self, *words: str | Path) -> Any:
        """Run it, which has to end well, and return its answer as JSON."""
        result = self.run(*words, "--json")
        assert 0 == result.status, result.stderr
        return result.json()

    def refusal(self, *words: str | Path, status: int, **settings: Any) -> dict[str, str]:
        """Run it, which has to fail with one error, and return that."""
        result = self.run(*words, "--json", **settings)
        assert status == result.status, result.stderr
        error: dict[str, str] = result.json()["error"]
        assert error["message"] in result.stderr
        return error

    def lab_file(self) -> Any:
        """Return what ``lab.json`` says."""
        return json.loads((self.folder / "lab.json").read_text())

    def end(self) -> None:
        """Stop it whatever state it is in."""
        try:
            pid = int(self.lab_file()["pid"])
        except (OSError, ValueError, KeyError):
            pid = None
        stopped = self.run("down").status == 0
        if pid is not None and not stopped:
            os.kill(pid, signal.SIGKILL)


@pytest.fixture
def make_lab(run_ctlkit: RunCtlkit, tmp_path: Path) -> Iterator[Callable[[str], Lab]]:
    """Give folders for practice clusters, which are stopped with the test."""
    with contextlib.ExitStack() as stack:

        def make(name: str) -> Lab:
            lab = Lab(tmp_path / name, run_ctlkit)
            stack.callback(lab.end)
            return lab

        yield make


@pytest.fixture
def lab(make_lab: Callable[[str], Lab]) -> Lab:
    """Give the folder of a practice cluster that is not there yet."""
    return make_lab("lab")


@pytest.fixture
def running(lab: Lab) -> Lab:
    """Give a practice cluster that runs, with two phones."""
    lab.answer("up", "--phones", "2")
    return lab


@pytest.fixture(scope="module")
def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Run a cluster for the tests that change nothing."""
    folder = tmp_path_factory.mktemp("shared") / "lab"
    home = {"HOME": str(folder.parent)}
    kept = {name: value for name, value in os.environ.items() if name.startswith("COVERAGE_")}

    def run(*words: str | Path) -> None:
        subprocess.run(
            [COMMAND, "lab", *words, "--dir", folder],
            env={"PATH": os.environ["PATH"], **home, **kept},
            stdout=subprocess.DEVNULL,
            check=True,
        )

    run("up", "--phones", "2")
    yield folder
    run("down")


@pytest.fixture
def shared(shared_folder: Path, run_ctlkit: RunCtlkit) -> Lab:
    """Give the cluster of the tests that change nothing."""
    return Lab(shared_folder, run_ctlkit)
