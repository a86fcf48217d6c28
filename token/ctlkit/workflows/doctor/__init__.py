"""The doctor: what is installed, what was found, what is wrong and what to do.

Rules:

* Looking and judging are apart: :func:`look` gathers frozen facts, :func:`judge` says what is
  wrong with them.
* Looking never logs in, writes nothing, and ends: each module is looked at in a process of its
  own with a time limit.
* Nothing that is examined can stop it. What cannot be looked at is a finding.

Source: docs/command-line.md, doctor; docs/tokens.md.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from ctlkit.messages import Message
from ctlkit.workflows.doctor._child import ChildDiedError
from ctlkit.workflows.doctor._configuration import configuration_facts
from ctlkit.workflows.doctor._program import installed_version, program_facts
from ctlkit.workflows.doctor._qt import LIBRARIES, qt_facts, unloadable
from ctlkit.workflows.doctor._tokens import token_facts
from ctlkit.workflows.doctor.facts import (
    ConfigurationFacts,
    Facts,
    QtFacts,
    TokenFacts,
)
from ctlkit.workflows.doctor.rules import Finding, Kind, judge

if TYPE_CHECKING:
    from ctlkit.pkcs11 import Checks, System

__all__ = [
    "LIBRARIES",
    "MODULE_SECONDS",
    "Diagnosis",
    "Facts",
    "Finding",
    "Kind",
    "diagnose",
    "judge",
    "look",
    "unloadable",
]

MODULE_SECONDS = 30.0
"""How long a module may take; smart cards are slow."""

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """The facts and what is wrong with them, worst first."""

    facts: Facts
    findings: tuple[Finding, ...]

    def count(self, kind: Kind) -> int:
        """Return how many findings of a kind there are."""
        return sum(1 for finding in self.findings if finding.kind is kind)

    @property
    def healthy(self) -> bool:
        """Whether there is no problem."""
        return not self.count(Kind.PROBLEM)


def diagnose(modules: Sequence[str] = (), configuration: Path | None = None) -> Diagnosis:
    """Look at this system and judge it.

    Args:
        modules: every ``--module``; they replace the search.
        configuration: the file of ``--config``.
    """
    facts = look(modules, configuration)
    return Diagnosis(facts, judge(facts))


def look(
    modules: Sequence[str] = (),
    configuration: Path | None = None,
    *,
    environ: Mapping[str, str] | None = None,
    system: System | None = None,
    checks: Checks | None = None,
    seconds: float = MODULE_SECONDS,
) -> Facts:
    """Return what is installed and what is found; nothing is judged.

    Args:
        modules: every ``--module``; they replace the search.
        configuration: the file of ``--config``.
        environ: the environment, by default this process's.
        system: where modules are looked for, by default here.
        checks: how to find out about this system's services.
        seconds: how long each module may take.
    """
    environ = os.environ if environ is None else environ
    failures: list[Message] = []
    program = program_facts()

    def tried(part: str, work: Callable[[], _T], otherwise: _T) -> _T:
        try:
            return work()
        except ChildDiedError as error:
            reason: object = error
        except Exception as error:  # noqa: BLE001  nothing that is examined may stop the doctor
            reason = f"{type(error).__name__}: {error}"
        failures.append(Message("doctor-not-examined", {"part": part, "reason": reason}))
        return otherwise

    configured = tried(
        "the configuration",
        lambda: configuration_facts(configuration, environ),
        ConfigurationFacts(),
    )
    tokens = tried(
        "modules and tokens",
        lambda: token_facts(
            modules, configured.modules, seconds=seconds, system=system, checks=checks
        ),
        TokenFacts(),
    )
    qt = tried(
        "Qt's libraries",
        lambda: qt_facts(program.system, environ),
        QtFacts(installed_version("PyQt6")),
    )
    return Facts(
        now=int(time.time()),
        program=program,
        tokens=tokens,
        qt=qt,
        configuration=configured,
        failures=tuple(failures),
    )
