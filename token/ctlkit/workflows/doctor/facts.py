"""What the doctor found out: frozen values, with nothing judged.

Rules:

* Nothing here can hold a secret: of environment variables that could, only the name is kept, and
  of the configuration's places only their names.
* What could not be found out is a :class:`~ctlkit.messages.Message` beside what could.

Source: docs/command-line.md, doctor.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ctlkit.messages import Message

if TYPE_CHECKING:
    from ctlkit.pkcs11 import Inventory, Searched

__all__ = [
    "ConfigurationFacts",
    "Dependency",
    "Extra",
    "Facts",
    "FileFacts",
    "ProgramFacts",
    "QtFacts",
    "TokenFacts",
    "Variable",
]


@dataclass(frozen=True, slots=True)
class Dependency:
    """A package that ctlkit uses; ``version`` is None where it is not installed."""

    name: str
    version: str | None


@dataclass(frozen=True, slots=True)
class Extra:
    """An extra of the distribution.

    Attributes:
        name: ``cluster`` for instance.
        use: what it is for, for a person.
        missing: the packages that it lacks; none where it can be used.
    """

    name: str
    use: str
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ProgramFacts:
    """What runs here.

    Attributes:
        version: of ctlkit.
        python, implementation, bits: ``3.12.3``, ``CPython``, 64.
        system: ``linux``, ``win32`` or ``darwin``, as :data:`sys.platform` has it.
        platform: the system with its version; the name of the computer is not in it.
        machine: the processor's architecture.
        dependencies, extras: the packages, installed or not.
    """

    version: str
    python: str
    implementation: str
    bits: int
    system: str
    platform: str
    machine: str
    dependencies: tuple[Dependency, ...] = ()
    extras: tuple[Extra, ...] = ()


@dataclass(frozen=True, slots=True)
class TokenFacts:
    """Modules, tokens and what they stand on.

    Attributes:
        inventory: what was seen; None where nothing could be looked at.
        problem: why nothing could be looked at.
        causes: why no token may be seen; empty where one is.
        pcscd_runs: whether the smart card service runs; None where there is no pcscd.
        searched: where modules were looked for; None where nothing could be looked at.
    """

    inventory: Inventory | None = None
    problem: Message | None = None
    causes: tuple[Message, ...] = ()
    pcscd_runs: bool | None = None
    searched: Searched | None = None


@dataclass(frozen=True, slots=True)
class QtFacts:
    """What the window stands on.

    Attributes:
        version: of PyQt6; None where it is not installed, and then nothing else is looked at.
        missing: (file name, Debian's package) of each library that Qt needs and cannot be loaded.
        display: the variable that names a display, ``DISPLAY`` for instance; None for none.
        needs_display: whether this system has windows only where a variable names a display.
    """

    version: str | None = None
    missing: tuple[tuple[str, str], ...] = ()
    display: str | None = None
    needs_display: bool = False


@dataclass(frozen=True, slots=True)
class Variable:
    """An environment variable that is set; ``value`` is None where it could be a secret."""

    name: str
    value: str | None


@dataclass(frozen=True, slots=True)
class FileFacts:
    """A file of the user's.

    Attributes:
        path: where it is looked for; None where the system says no place.
        present: whether it is there.
        problem: why it cannot be used.
    """

    path: Path | None = None
    present: bool = False
    problem: Message | None = None


@dataclass(frozen=True, slots=True)
class ConfigurationFacts:
    """What the user configured.

    Attributes:
        file: ``config.toml``, or the file of ``--config``.
        modules: the libraries of ``[pkcs11] modules``.
        models: the file of ``[preflight] models``; its path is None where none is named.
        places: the names of ``[places.NAME]``.
        unusable_places: those of them whose addresses are none.
        known_hosts, host_keys: the file of known host keys, and how many stand in it.
        lab: the state file of the practice cluster, which is there while it runs.
        variables: those that are set of the variables that ctlkit reads.
    """

    file: FileFacts = FileFacts()
    modules: tuple[str, ...] = ()
    models: FileFacts = FileFacts()
    places: tuple[str, ...] = ()
    unusable_places: tuple[str, ...] = ()
    known_hosts: FileFacts = FileFacts()
    host_keys: int = 0
    lab: FileFacts = FileFacts()
    variables: tuple[Variable, ...] = ()


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that was found out.

    Attributes:
        now: seconds since 1970, UTC.
        failures: what could not be looked at, and why.
    """

    now: int
    program: ProgramFacts
    tokens: TokenFacts = TokenFacts()
    qt: QtFacts = QtFacts()
    configuration: ConfigurationFacts = ConfigurationFacts()
    failures: tuple[Message, ...] = ()
