"""The pytest plugin: SoftHSM tokens for each test, and a module that fails to order.

Rules:

- This module is loaded in every project that has the package installed: it imports pytest and the
  standard library only, and everything else when a fixture is first asked for.
- Each test has its own store; SOFTHSM2_CONF names it during the test and is put back afterwards.
- Without SoftHSM, or without a C compiler for the fault module, a test is skipped, but with the
  variable CI set it fails: there nothing may be left out in silence.
"""

from __future__ import annotations

import dataclasses
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, Protocol

import pytest

if TYPE_CHECKING:
    from softhsm_fixtures.faults import FaultModule, FaultPlan
    from softhsm_fixtures.store import Store, StoredToken
    from softhsm_fixtures.tokens import TokenSpec

__all__ = [
    "MakeFaultModule",
    "MakeStore",
    "SoftHsmStore",
    "etokens",
    "fault_module",
    "make_softhsm_store",
    "softhsm_module",
    "softhsm_store",
]


@dataclasses.dataclass(slots=True)
class SoftHsmStore:
    """A test's store: `add` tokens to it, `tokens` are those it has, in the order of adding."""

    store: Store
    tokens: tuple[StoredToken, ...] = ()

    @property
    def module(self) -> Path:
        """The real path of SoftHSM's library."""
        return self.store.module

    @property
    def folder(self) -> Path:
        """The store's folder."""
        return self.store.folder

    @property
    def configuration(self) -> Path:
        """The file that SOFTHSM2_CONF names during the test."""
        return self.store.configuration

    def environment(self) -> dict[str, str]:
        """Give an environment for a program that shall see this store."""
        return self.store.environment()

    def add(self, *specs: TokenSpec) -> tuple[StoredToken, ...]:
        """Write tokens and give them with their serials."""
        added = self.store.add(*specs)
        self.tokens += added
        return added

    def insert(self, spec: TokenSpec) -> StoredToken:
        """Write one more token, as if it were put in.

        A library that is initialised already shows it after C_Finalize and C_Initialize.
        """
        (token,) = self.add(spec)
        return token

    def private_module(self) -> Path:
        """Copy the library beside the store, and give the copy's path.

        Loaded from there it is a module of its own, which shares no state with any other in the
        process: no test has to finalise what another one uses.
        """
        copy = self.folder.with_name(f"{self.folder.name}-{self.module.name}")
        if not copy.exists():
            shutil.copyfile(self.module, copy)
        return copy


class MakeStore(Protocol):
    """What `make_softhsm_store` gives."""

    def __call__(
        self, *specs: TokenSpec, mechanisms: str | None = None, removable: bool = True
    ) -> SoftHsmStore:
        """Make a store with these tokens and point SOFTHSM2_CONF at it."""
        ...


class MakeFaultModule(Protocol):
    """What `fault_module` gives."""

    def __call__(self, plan: FaultPlan | None = None) -> FaultModule:
        """Make one fault module with a plan; its path is its own, so it may be loaded here."""
        ...


@pytest.fixture(scope="session")
def softhsm_module() -> Path:
    """The real path of SoftHSM's library; skips without it, and fails where CI is set."""
    from softhsm_fixtures.library import SoftHsmMissing, find_softhsm

    try:
        return find_softhsm()
    except SoftHsmMissing as error:
        _leave_out(str(error))


@pytest.fixture
def make_softhsm_store(
    softhsm_module: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> MakeStore:
    """Make any store of a test; SOFTHSM2_CONF names the newest one."""
    from softhsm_fixtures.store import create_store

    count = 0

    def make(
        *specs: TokenSpec, mechanisms: str | None = None, removable: bool = True
    ) -> SoftHsmStore:
        nonlocal count
        count += 1
        store = create_store(
            tmp_path / f"softhsm-{count}",
            mechanisms=mechanisms,
            removable=removable,
            module=softhsm_module,
        )
        made = SoftHsmStore(store)
        if specs:
            made.add(*specs)
        monkeypatch.setenv("SOFTHSM2_CONF", str(store.configuration))
        return made

    return make


@pytest.fixture
def softhsm_store(make_softhsm_store: MakeStore) -> SoftHsmStore:
    """An empty store of the test's own."""
    return make_softhsm_store()


@pytest.fixture
def etokens(make_softhsm_store: MakeStore) -> SoftHsmStore:
    """A store with two eTokens, SAST-ADN0054f509 and SAST-ADN008580ef."""
    from softhsm_fixtures.etokens import FIRST_NAME, SECOND_NAME
    from softhsm_fixtures.tokens import etoken

    return make_softhsm_store(etoken(FIRST_NAME), etoken(SECOND_NAME))


@pytest.fixture(scope="session")
def _fault_library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built fault module; each worker builds its own once."""
    from softhsm_fixtures.faults import BuildError, build_fault_library

    try:
        return build_fault_library(tmp_path_factory.mktemp("fault-module"))
    except BuildError as error:
        _leave_out(str(error))


@pytest.fixture
def fault_module(_fault_library: Path, softhsm_module: Path, tmp_path: Path) -> MakeFaultModule:
    """Make fault modules around SoftHSM, each with a plan and a log of its own."""
    from softhsm_fixtures.faults import FaultPlan, create_fault_module

    count = 0

    def make(plan: FaultPlan | None = None) -> FaultModule:
        nonlocal count
        count += 1
        folder = tmp_path / f"fault-module-{count}"
        return create_fault_module(
            folder, FaultPlan() if plan is None else plan, _fault_library, softhsm_module
        )

    return make


def _leave_out(reason: str) -> NoReturn:
    """Skip the test, or fail it where CI is set."""
    if os.environ.get("CI"):
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)
