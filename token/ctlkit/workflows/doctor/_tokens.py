"""Modules and tokens, each module looked at in a process of its own; never a login.

Rules:

* A module that hangs or crashes costs its own row, not the doctor.
* The binding is imported here only: where it is broken, that is a fact.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ctlkit.messages import Message, Severity
from ctlkit.workflows.doctor._child import ChildDiedError, run
from ctlkit.workflows.doctor.facts import TokenFacts

if TYPE_CHECKING:
    from ctlkit.pkcs11 import Candidate, Checks, Inventory, System

__all__ = ["token_facts"]

_STARTING_SECONDS = 15.0
"""What a process may need, beside what the module itself may."""


def token_facts(
    modules: Sequence[str],
    configured: Sequence[str],
    *,
    seconds: float,
    system: System | None,
    checks: Checks | None,
) -> TokenFacts:
    """Return what modules and tokens there are.

    Args:
        modules: every ``--module``; they replace the search.
        configured: the configuration's modules.
        seconds: how long each module may take.
        system: where modules are looked for, by default here.
        checks: how to find out about this system's services.
    """
    try:
        from ctlkit.pkcs11 import Checks, Inventory, discover, no_token_causes, searched
        from ctlkit.pkcs11.merging import merged
    except ImportError as error:
        return TokenFacts(problem=Message("doctor-no-binding", {"reason": error}))
    checks = checks or Checks()
    where = searched(modules, system)
    candidates = discover(modules, configured=configured, system=system)
    looks = [_look(candidate, seconds) for candidate in candidates]
    inventory = Inventory(
        tuple(report for look in looks for report in look.modules),
        merged(token for look in looks for token in look.tokens),
    )
    has_pcscd = checks.platform not in {"win32", "darwin"}
    return TokenFacts(
        inventory,
        causes=() if inventory.tokens else no_token_causes(inventory, checks, where),
        pcscd_runs=checks.pcscd_runs() if has_pcscd else None,
        searched=where,
    )


def _look(candidate: Candidate, seconds: float) -> Inventory:
    """Return what one module shows, or why it shows nothing."""
    from ctlkit.pkcs11 import Inventory, ModuleReport

    try:
        return run(_take, candidate, seconds, seconds=seconds + _STARTING_SECONDS)
    except TimeoutError:
        problem = Message("module-no-answer", {"path": candidate.path, "seconds": seconds})
    except ChildDiedError as error:
        problem = Message("doctor-module-crashed", {"path": candidate.path, "ending": error})
    except OSError as error:
        reason = error.strerror or error
        problem = Message("doctor-no-process", {"path": candidate.path, "reason": reason})
    problem = dataclasses.replace(problem, severity=Severity.ERROR)
    report = ModuleReport(candidate.path, candidate.source, candidate.origin, False, problem)
    return Inventory((report,), ())


def _take(candidate: Candidate, seconds: float) -> Inventory:
    """Look at one module, in the process that this is called in."""
    from ctlkit.pkcs11 import take_inventory

    return take_inventory((candidate,), timeout=seconds)
