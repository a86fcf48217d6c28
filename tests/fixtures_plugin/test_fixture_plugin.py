"""The plugin, as another project has it: installed, and asked for by its fixtures' names."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest

import softhsm_fixtures
from softhsm_fixtures import certificates, etokens, faults, library, store, tokens

RunProject: TypeAlias = Callable[..., tuple[dict[str, int], str]]

THEIR_TEST = """
import os
import pkcs11
import pytest
from softhsm_fixtures import FaultPlan, etoken


@pytest.mark.parametrize("number", range(4))
def test_two_tokens_of_its_own(etokens, number):
    slots = pkcs11.lib(str(etokens.private_module())).get_slots()
    serials = {slot.get_token().serial.decode() for slot in slots} - {""}
    assert {token.serial for token in etokens.tokens} == serials
    etokens.insert(etoken(f"number {number}"))


def test_an_empty_store(softhsm_store, softhsm_module):
    assert os.environ["SOFTHSM2_CONF"] == str(softhsm_store.configuration)
    assert softhsm_module == softhsm_store.module
    assert () == softhsm_store.tokens


def test_a_token_that_is_out(etokens, fault_module):
    module = fault_module(FaultPlan().remove())
    assert [] == pkcs11.lib(str(module.path)).get_slots(token_present=True)
"""


@pytest.fixture
def run_project(tmp_path: Path) -> RunProject:
    """Run pytest in a project that has only this file; gives its counts and its output."""
    folder = tmp_path / "project"
    folder.mkdir()

    def run(
        content: str, *options: str, without: tuple[str, ...] = (), **variables: str
    ) -> tuple[dict[str, int], str]:
        (folder / "test_theirs.py").write_text(content)
        environment = {key: value for key, value in os.environ.items() if key not in without}
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-W", "error", *options],
            cwd=folder,
            env=environment | variables,
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
        )
        words = done.stdout.strip().splitlines()[-1].strip("= ").replace(",", "").split()
        pairs = zip(words[::2], words[1::2], strict=False)
        return {word: int(count) for count, word in pairs if count.isdigit()}, done.stdout

    return run


def test_another_project_uses_the_fixtures(run_project: RunProject) -> None:
    """Stores, tokens and fault modules are there without a line of configuration."""
    counts, output = run_project(THEIR_TEST)
    assert {"passed": 6} == counts, output


def test_workers_do_not_share_tokens(run_project: RunProject) -> None:
    """With xdist each test still sees just the tokens of its own store."""
    counts, output = run_project(THEIR_TEST, "-n", "2")
    assert {"passed": 6} == counts, output


def test_the_examples_of_the_page_pass(run_project: RunProject) -> None:
    """What docs/fixtures.md shows works as it is shown."""
    page = Path(__file__).parents[2] / "docs" / "fixtures.md"
    examples = re.findall(r"^```python\n(.*?)^```", page.read_text(), re.MULTILINE | re.DOTALL)
    counts, output = run_project("\n\n".join(examples))
    assert {"passed": len(examples)} == counts, output
    assert len(examples) >= 2


@pytest.mark.parametrize(
    ("variable", "test"),
    [
        ("CTLKIT_SOFTHSM_MODULE", "def test_it(etokens): pass"),
        ("PATH", "def test_it(fault_module): pass"),
    ],
)
def test_what_is_missing_skips_and_fails_in_ci(
    run_project: RunProject, variable: str, test: str
) -> None:
    """Without SoftHSM, or a compiler for the fault module: skipped, with CI set an error."""
    missing = {variable: "/nowhere"}
    counts, output = run_project(test, without=("CI",), **missing)
    assert {"skipped": 1} == counts, output
    counts, output = run_project(test, CI="true", **missing)
    assert {"error": 1} == counts, output


def test_the_environment_is_put_back(run_project: RunProject) -> None:
    """After a test SOFTHSM2_CONF is what it was before."""
    content = (
        "import os\n"
        "def test_one(etokens): assert os.environ['SOFTHSM2_CONF'] != 'mine'\n"
        "def test_two(): assert os.environ['SOFTHSM2_CONF'] == 'mine'\n"
    )
    counts, output = run_project(content, SOFTHSM2_CONF="mine")
    assert {"passed": 2} == counts, output


def test_importing_the_plugin_loads_the_standard_library_only() -> None:
    """A project that never asks for a token pays for no X.509, no binding, no Qt."""
    program = (
        "import sys, pytest\n"
        "before = set(sys.modules)\n"
        "import softhsm_fixtures.plugin\n"
        "roots = {name.partition('.')[0] for name in set(sys.modules) - before}\n"
        "print(sorted(roots - set(sys.stdlib_module_names)))\n"
        "print(sorted(name for name in sys.modules if name.startswith('softhsm_fixtures')))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert "['softhsm_fixtures']\n['softhsm_fixtures', 'softhsm_fixtures.plugin']\n" == done.stdout


def test_public_names_are_all_there() -> None:
    """The package gives each of its names, from a module that calls it public, and no other."""
    modules = (certificates, etokens, faults, library, store, tokens)
    for name in softhsm_fixtures.__all__:
        assert any(
            name in module.__all__ and getattr(softhsm_fixtures, name) is getattr(module, name)
            for module in modules
        )
    assert set(softhsm_fixtures.__all__) == set(dir(softhsm_fixtures))
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = softhsm_fixtures.nothing
