"""How nodes are logged in to, as values. No I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ctlkit.pins import Pin

__all__ = ["LoginMemory", "PinnedLogin"]


@dataclass(slots=True, repr=False, eq=False)
class LoginMemory:
    """Passwords of one run, by user name.

    Attributes:
        passwords: what was typed or read.
        accepted: the users whose password a node took.
        refused: the users whose password was sent and not taken: it is not sent again.
        unanswered: those of them of whom no server said whether it was taken.
    """

    passwords: dict[str, Pin] = field(default_factory=dict)
    accepted: set[str] = field(default_factory=set)
    refused: set[str] = field(default_factory=set)
    unanswered: set[str] = field(default_factory=set)

    def proven(self, user: str) -> Pin | None:
        """Return a user's password if a node took it and none refused it."""
        return self.passwords[user] if user in self.accepted - self.refused else None


@dataclass(frozen=True, slots=True)
class PinnedLogin:
    """A login that needs nobody: the practice cluster's.

    Attributes:
        password: it alone is tried, no key and no agent.
        host_keys: (host, port) -> ``SHA256:...``; no other key is taken, no file is read.
    """

    password: Pin
    host_keys: Mapping[tuple[str, int], str]
