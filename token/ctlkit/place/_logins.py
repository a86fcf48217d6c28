"""How nodes are logged in to, as values. No I/O.

Rules:

* What a host refused is remembered as a keyed hash, whose key ends with the process: it can be
  recognised, not read, and is written nowhere.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NoReturn

from ctlkit.pins import Pin

__all__ = ["LoginMemory", "PinnedLogin", "Refusals"]


class Refusals:
    """Which host refused which user's password; it may outlive the passwords themselves."""

    __slots__ = ("_hashes", "_key")

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)
        self._hashes: set[bytes] = set()

    def add(self, user: str, host: str, password: Pin) -> None:
        """Remember that a host refused a password."""
        self._hashes.add(self._hash(user, host, password))

    def has(self, user: str, host: str, password: Pin) -> bool:
        """Whether the host refused this user's password before."""
        return self._hash(user, host, password) in self._hashes

    def _hash(self, user: str, host: str, password: Pin) -> bytes:
        parts = (user, host, password.reveal())
        data = b"".join(hashlib.sha256(part.encode("utf-8", "replace")).digest() for part in parts)
        return hmac.digest(self._key, data, "sha256")

    def __reduce__(self) -> NoReturn:
        raise TypeError("refused passwords are not written anywhere")


@dataclass(slots=True, repr=False, eq=False)
class LoginMemory:
    """Passwords of one run, by user name.

    Attributes:
        passwords: what was typed or read.
        accepted: the users whose password a node took.
        refused: the users whose password was sent and not taken: it is not sent again.
        unanswered: those of them of whom no server said whether it was taken.
        refusals: what each host refused; the caller may keep it for the next run.
    """

    passwords: dict[str, Pin] = field(default_factory=dict)
    accepted: set[str] = field(default_factory=set)
    refused: set[str] = field(default_factory=set)
    unanswered: set[str] = field(default_factory=set)
    refusals: Refusals = field(default_factory=Refusals)

    def proven(self, user: str, host: str) -> Pin | None:
        """Return a user's password if a node took it, none refused it, and this host never did."""
        if user not in self.accepted - self.refused:
            return None
        password = self.passwords[user]
        return None if self.refusals.has(user, host, password) else password

    def refuse(self, user: str, host: str, password: Pin) -> None:
        """Remember that a host refused a password: nobody gets it any more in this run."""
        self.refused.add(user)
        self.refusals.add(user, host, password)

    def doubt(self, user: str) -> None:
        """Remember that a password was sent and not answered, unless it is known to be right."""
        if user not in self.accepted:
            self.refused.add(user)
            self.unanswered.add(user)


@dataclass(frozen=True, slots=True)
class PinnedLogin:
    """A login that needs nobody: the practice cluster's.

    Attributes:
        password: it alone is tried, no key and no agent.
        host_keys: (host, port) -> ``SHA256:...``; no other key is taken, no file is read.
    """

    password: Pin
    host_keys: Mapping[tuple[str, int], str]
