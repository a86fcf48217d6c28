"""The releases of the server that can be practised, and what differs between them.

Rules:

* A release decides who signs and which SAST records a list has, signer first; nothing else.
* What its own ``utils ctl`` writes holds no tokens, except those in Phone-SAST-trust where the
  practice cluster was told to list them.

Source: docs/cluster.md, SAST records by release. The build numbers are what such a release may
say [I]; only 10.5.1.10000-7 is published.
"""

from __future__ import annotations

from enum import Enum

from ctlkit_lab.stores import CALL_MANAGER, ITL_RECOVERY

__all__ = ["Release", "sast_order", "signer"]


class Release(Enum):
    """A release of the server."""

    R10_0 = "10.0"
    R10_5_2 = "10.5.2"
    R11_5 = "11.5"
    R12_0 = "12.0"
    R14_SU3 = "14su3"

    @property
    def version(self) -> str:
        """What ``show version active`` says."""
        return _VERSIONS[self]

    @property
    def has_recovery(self) -> bool:
        """Whether the publisher has an ITLRecovery certificate and lists it."""
        return self is not Release.R10_0

    @property
    def recovery_signs(self) -> bool:
        """Whether ITLRecovery signs both lists."""
        return self in (Release.R12_0, Release.R14_SU3)

    @property
    def key_bits(self) -> int:
        """The length of the keys that a new cluster has: the published one of 10.x has 1024."""
        return 1024 if self is Release.R10_0 else 2048


_VERSIONS = {
    Release.R10_0: "10.0.1.10000-24",
    Release.R10_5_2: "10.5.2.10000-5",
    Release.R11_5: "11.5.1.10000-6",
    Release.R12_0: "12.0.1.10000-10",
    Release.R14_SU3: "14.0.1.13900-155",
}


def signer(release: Release) -> str:
    """Return the store of the certificate that signs both lists."""
    return ITL_RECOVERY if release.recovery_signs else CALL_MANAGER


def sast_order(release: Release, tokens: bool = False) -> tuple[str, ...]:
    """Return the stores of the server's own SAST records, in the order of the list.

    Args:
        release: the cluster's release.
        tokens: whether tokens stand before them and sign; releases before 11.5 list none then.
    """
    if tokens:
        listed = release not in (Release.R10_0, Release.R10_5_2)
        return (ITL_RECOVERY, CALL_MANAGER) if listed else ()
    if not release.has_recovery:
        return (CALL_MANAGER,)
    both = (CALL_MANAGER, ITL_RECOVERY)
    return both[::-1] if release.recovery_signs else both
