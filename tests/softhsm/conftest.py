"""What the tests of tokens share: a person at a prompt, and short ways to look and to choose."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ctlkit import pkcs11
from ctlkit.pins import Pin, PinRequest, PinSource, pin_source
from softhsm_fixtures import etoken

if TYPE_CHECKING:
    from softhsm_fixtures.plugin import MakeStore, SoftHsmStore

RIGHT = "Cisco123"


@dataclass(slots=True)
class Person:
    """Somebody at a prompt: types `pin`, confirms the last try when `confirms`."""

    pin: str | None = RIGHT
    confirms: bool = True
    asked: list[PinRequest] = field(default_factory=list)
    confirmed: list[PinRequest] = field(default_factory=list)
    at_pad: list[PinRequest] = field(default_factory=list)

    def ask_pin(self, request: PinRequest) -> Pin | None:
        """Type the PIN."""
        self.asked.append(request)
        return None if self.pin is None else Pin(self.pin)

    def confirm_last_try(self, request: PinRequest) -> bool:
        """Answer whether the last try may be used."""
        self.confirmed.append(request)
        return self.confirms

    def use_pin_pad(self, request: PinRequest) -> None:
        """See that the reader wants the PIN."""
        self.at_pad.append(request)

    @property
    def source(self) -> PinSource:
        """A source that asks this person."""
        return pin_source(environ={}, prompt=self)


@dataclass(frozen=True, slots=True)
class Bench:
    """Modules under test."""

    path: Path

    @property
    def candidates(self) -> tuple[pkcs11.Candidate, ...]:
        """The module as `--module` names it."""
        return pkcs11.discover([self.path])

    def look(self) -> pkcs11.Inventory:
        """Take an inventory."""
        return pkcs11.take_inventory(self.candidates)

    def token(self, wanted: str) -> pkcs11.TokenInfo:
        """Choose a token by its label or serial."""
        return pkcs11.choose(self.look(), wanted).token

    def only(self) -> pkcs11.TokenInfo:
        """Return the only token."""
        (token,) = self.look().tokens
        return token


class BenchMaker:
    """Make a bench for a module."""

    def __call__(self, path: Path) -> Bench:
        """Return it."""
        return Bench(path)


@pytest.fixture
def bench() -> BenchMaker:
    """Look at a module and choose on it."""
    return BenchMaker()


@pytest.fixture
def person() -> Person:
    """Somebody who types the right PIN."""
    return Person()


class UnattendedMaker:
    """Make a PIN source that no person types."""

    def __call__(self, pin: str = RIGHT) -> PinSource:
        """Return one that reads CTLKIT_PIN."""
        return pin_source(environ={"CTLKIT_PIN": pin})


@pytest.fixture
def unattended() -> UnattendedMaker:
    """A PIN from the environment."""
    return UnattendedMaker()


@pytest.fixture(autouse=True)
def _closed_modules() -> Iterator[None]:
    """Leave every module finalised, so that no test depends on another's sessions."""
    from ctlkit.pkcs11 import module

    yield
    module.close_all()


@pytest.fixture
def one(make_softhsm_store: MakeStore) -> SoftHsmStore:
    """A store with one eToken."""
    return make_softhsm_store(etoken())
