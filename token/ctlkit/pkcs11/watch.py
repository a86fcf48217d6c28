"""Watching tokens come and go, by polling.

Rules:

* No module is asked to wait for an event: most do not support it, and the binding fails on every
  real one. Slots and tokens are asked about once a second, in the module's own thread.
* Certificates are read when a token appears or says something new of itself, not each second.
* A module that does not answer keeps its tokens for a few rounds: lists fail while they change.
* A module that does not work is told of at the start, and later when it has failed for those
  rounds; again only when it fails in another way, or after it had worked.

Source: docs/tokens.md, the binding, 2.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import partial
from pathlib import Path

from ctlkit.errors import CancelledError, TokenError
from ctlkit.messages import Message, Severity
from ctlkit.pkcs11._library import Library
from ctlkit.pkcs11.inventory import DEFAULT_TIMEOUT, module_problem, read_tokens
from ctlkit.pkcs11.merging import merged
from ctlkit.pkcs11.module import module_at, renew
from ctlkit.pkcs11.values import Candidate, TokenInfo

__all__ = ["Change", "ChangeKind", "ModuleProblem", "Round", "rounds", "watch"]

_PATIENCE = 3
"""Rounds in a row that a module may fail before its tokens count as gone."""


class ChangeKind(Enum):
    """What happened to a token."""

    PRESENT = "present"
    INSERTED = "inserted"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Change:
    """A token that is there at the start, came, went, or says something new of itself."""

    kind: ChangeKind
    token: TokenInfo


@dataclass(frozen=True, slots=True)
class ModuleProblem:
    """A module does not work, so its tokens cannot be seen.

    Attributes:
        module: its library as it was named or found; None where there is no module at all.
        problem: why; an ERROR where a person named the module.
    """

    module: Path | None
    problem: Message


_Key = tuple[Path, tuple[str, str, str, str], int]


@dataclass(frozen=True, slots=True)
class Round:
    """One look at every module.

    Attributes:
        tokens: those that are there.
        problems: modules that do not work, if it was not told before.
    """

    tokens: tuple[TokenInfo, ...]
    problems: tuple[ModuleProblem, ...]


def rounds(
    candidates: Sequence[Candidate], *, cancel: threading.Event, interval: float = 1.0
) -> Iterator[Round]:
    """Yield one look after the other until ``cancel`` is set.

    Args:
        candidates: the modules to watch.
        cancel: ends the watching, also from another thread.
        interval: seconds between two looks.
    """
    none = ModuleProblem(None, Message("token-no-module", severity=Severity.NOTE))
    untold = () if candidates else (none,)
    watched = [_Watched(candidate) for candidate in candidates]
    while not cancel.is_set():
        try:
            tokens = merged(token for module in watched for token in module.look(cancel))
        except CancelledError:
            return
        problems = [problem for module in watched for problem in module.problems()]
        yield Round(tuple(tokens), (*untold, *problems))
        untold = ()
        cancel.wait(interval)


def watch(
    candidates: Sequence[Candidate], *, cancel: threading.Event, interval: float = 1.0
) -> Iterator[Change | ModuleProblem]:
    """Yield changes until ``cancel`` is set; first what is there, and what does not work.

    Args:
        candidates: the modules to watch.
        cancel: ends the watching, also from another thread.
        interval: seconds between two looks.
    """
    known: dict[_Key, TokenInfo] = {}
    first = True
    for seen in rounds(candidates, cancel=cancel, interval=interval):
        present = {(token.module, token.identity, token.slot): token for token in seen.tokens}
        for change in _changes(known, present):
            yield Change(ChangeKind.PRESENT, change.token) if first else change
        yield from seen.problems
        known, first = present, False


def _changes(old: dict[_Key, TokenInfo], new: dict[_Key, TokenInfo]) -> list[Change]:
    gone = [Change(ChangeKind.REMOVED, old[key]) for key in old if key not in new]
    came = [Change(ChangeKind.INSERTED, new[key]) for key in new if key not in old]
    both = [key for key in new if key in old and new[key] != old[key]]
    return [*gone, *came, *(Change(ChangeKind.CHANGED, new[key]) for key in both)]


class _Watched:
    """A module, what it showed last, how often it failed since, and what was told of that."""

    def __init__(self, candidate: Candidate) -> None:
        self._candidate = candidate
        self._module = module_at(candidate.path)
        self._tokens: tuple[TokenInfo, ...] = ()
        self._failures = 0
        self._worked = False
        self._problem: Message | None = None
        self._told = ""

    def look(self, cancel: threading.Event) -> tuple[TokenInfo, ...]:
        """Return the tokens of now, or the last ones while the module fails."""
        work = partial(_look, path=self._module.path, known=self._tokens)
        try:
            self._tokens = self._module.run(work, cancel=cancel, timeout=DEFAULT_TIMEOUT)
        except TokenError as error:
            self._failures += 1
            if self._failures >= _PATIENCE:
                self._tokens, self._worked = (), False
            self._problem = module_problem(self._candidate, error)
        else:
            self._failures, self._worked, self._problem, self._told = 0, True, None, ""
        return self._tokens

    def problems(self) -> Iterator[ModuleProblem]:
        """Yield what is to be told of the last look, if it was not told before."""
        if self._problem is None or self._worked or self._problem.text == self._told:
            return
        self._told = self._problem.text
        yield ModuleProblem(self._candidate.path, self._problem)


def _look(library: Library, path: Path, known: tuple[TokenInfo, ...]) -> tuple[TokenInfo, ...]:
    renew(library, path)
    return tuple(read_tokens(library, path, known=known).tokens)
