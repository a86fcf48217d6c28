"""What every place offers, as protocols and frozen values.

Rules:

* A place is a set of nodes that each hold the list. What can fail on one node fails there alone:
  it is an error in that node's value, and the other nodes go on.
* ``state`` changes nothing.
* ``publish`` takes, node by node, the bytes that the caller saw (``expected``): a file that
  somebody else changed meanwhile is never overwritten. Nodes that are not named there are left
  alone. A node that already holds the new bytes is not touched, its kept file least of all, so
  that a cut run can be repeated.
* ``restore`` swaps the present and the kept file; ``delete`` keeps the present one and leaves none.
* Places are blocking and used by one thread at a time. What they opened is closed by ``close``.

Source: docs/rules.md, putting a list in its place.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType, TracebackType
from typing import Protocol, Self, runtime_checkable

from ctlkit.edit import Mode
from ctlkit.errors import CtlkitError
from ctlkit.showctl import ShownList

__all__ = [
    "ITL_NAME",
    "LIST_NAME",
    "OLD_NAME",
    "Cluster",
    "ClusterCertificate",
    "ClusterFacts",
    "NodeFile",
    "NodeState",
    "Place",
    "Progress",
    "Published",
    "Step",
    "TrustServiceAt",
    "Watch",
    "old_name",
]

LIST_NAME = "CTLFile.tlv"
OLD_NAME = "CTLFile_old.tlv"
ITL_NAME = "ITLFile.tlv"


def old_name(name: str) -> str:
    """Return the name under which the file before is kept: ``CTLFile_old.tlv``."""
    stem, dot, suffix = name.rpartition(".")
    return f"{stem}_old{dot}{suffix}" if dot else f"{name}_old"


@dataclass(frozen=True, slots=True)
class NodeFile:
    """A file on a node.

    Attributes:
        name: its path there.
        data: its bytes.
        modified: its modification time, seconds since 1970, UTC; None where nobody tells.
    """

    name: str
    data: bytes = field(repr=False)
    modified: float | None

    @property
    def md5(self) -> str:
        """The checksum that some phones show, lower-case hexadecimal."""
        return hashlib.md5(self.data, usedforsecurity=False).hexdigest()

    @property
    def sha1(self) -> str:
        """The checksum that the other phones show, lower-case hexadecimal."""
        return hashlib.sha1(self.data, usedforsecurity=False).hexdigest()


@dataclass(frozen=True, slots=True)
class NodeState:
    """What a node holds: the present list and the one kept before it, or why that is not known.

    Attributes:
        node: its name, unique in its place.
        shown: what the node's own ``show ctl`` says of its present list, where it was asked.
    """

    node: str
    present: NodeFile | None
    kept: NodeFile | None = None
    shown: ShownList | None = None
    error: CtlkitError | None = None


@dataclass(frozen=True, slots=True)
class Published:
    """What publishing, restoring or deleting did on a node, as read back from it.

    Attributes:
        present: the file that is there now, None where there is none or it is not known.
        changed: False where the node already was as wanted, and where it failed.
        kept: where the file before lies, None where there was none.
        error: why the node is not as wanted.
    """

    node: str
    present: NodeFile | None
    changed: bool
    kept: str | None
    error: CtlkitError | None = None


class Step(Enum):
    """Where a node's work stands."""

    CONNECTING = "connecting"
    READING = "reading"
    WRITING = "writing"
    KEEPING = "keeping"
    REPLACING = "replacing"
    READING_BACK = "reading back"
    WAITING = "waiting"
    RESTARTING = "restarting"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Progress:
    """One step of one node; ``detail`` names a service or a file where that helps."""

    node: str
    step: Step
    detail: str = ""


def _nothing(_progress: Progress) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True)
class Watch:
    """Who is told how far the work is, and who may stop it between two steps.

    Attributes:
        progress: called from any thread, one call at a time.
        cancel: set by whoever wants to stop; what is written then is still whole.
    """

    progress: Callable[[Progress], None] = _nothing
    cancel: threading.Event = field(default_factory=threading.Event)


class Place(Protocol):
    """Where lists live. A context manager: leaving it closes what it opened."""

    @property
    def url(self) -> str:
        """The address, as it was given."""

    @property
    def nodes(self) -> tuple[str, ...]:
        """The names of its nodes, each unique.

        Raises:
            NetworkError, PlaceError: they have to be asked for and cannot be.
        """

    @property
    def writable(self) -> bool:
        """Whether files can be put there."""

    def state(self, name: str = LIST_NAME, watch: Watch = ...) -> tuple[NodeState, ...]:
        """Return what each node holds under a name; what cannot be read is in its ``error``."""

    def publish(
        self,
        data: bytes,
        expected: Mapping[str, bytes | None],
        *,
        name: str = LIST_NAME,
        watch: Watch = ...,
    ) -> tuple[Published, ...]:
        """Put a list in force on the nodes that ``expected`` names.

        Args:
            data: the list, whose signature the caller has checked.
            expected: node -> the bytes that the caller saw there, None for none.
            name: the file's name there, ``CTLFile.tlv`` or a phone's own.
            watch: progress and cancelling.

        Raises:
            UsageError: the place is only to be read.
            CancelledError: nothing was written yet.
        """

    def restore(
        self, expected: Mapping[str, bytes], *, watch: Watch = ...
    ) -> tuple[Published, ...]:
        """Swap the present list and the kept one on the nodes that ``expected`` names.

        Args:
            expected: node -> the bytes of its kept list, whose signature the caller has checked.
            watch: progress and cancelling.
        """

    def delete(self, expected: Mapping[str, bytes], *, watch: Watch = ...) -> tuple[Published, ...]:
        """Take the present list away from the nodes that ``expected`` names, and keep it.

        Args:
            expected: node -> the bytes that the caller saw there.
            watch: progress and cancelling.
        """

    def close(self) -> None:
        """Close what was opened; may be called twice."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None: ...


@dataclass(frozen=True, slots=True)
class ClusterCertificate:
    """A certificate of a node, as the publisher's database has it.

    Attributes:
        server: the node's host name.
        store: ``CallManager``, ``CAPF``, ``ITLRecovery``, ``Phone-SAST-trust``...
        moniker: how it came there, as the database says it.
        address: the node's IPv4 address, None where the database has none.
        der: the certificate.
    """

    server: str
    store: str
    moniker: str
    address: str | None
    der: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class ClusterFacts:
    """What a cluster's command line says of the cluster.

    Attributes:
        mode: its security mode.
        release: ``10.5.2`` for instance, None where it does not say.
        publisher: the publisher's host name.
        certificates: every certificate of every node, in the order of the database.
        serving: host name -> the certificate (DER) that CallManager there shows on TLS, of the
            nodes where it can be seen.
    """

    mode: Mode
    release: str | None
    publisher: str
    certificates: tuple[ClusterCertificate, ...]
    serving: Mapping[str, bytes] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class TrustServiceAt:
    """Where a node's trust service listens: the node's name in its place, host and port."""

    node: str
    host: str
    port: int


@runtime_checkable
class Cluster(Place, Protocol):
    """A place with a command line: a real cluster (``cucm:``) or the practice one (``lab:``)."""

    @property
    def has_hands(self) -> bool:
        """Whether files can be put there now: by itself, or by a person who can be asked."""

    def facts(self) -> ClusterFacts:
        """Ask the publisher.

        Raises:
            NetworkError, PlaceError: it does not answer, or not as expected.
        """

    def trust_services(self) -> tuple[TrustServiceAt, ...]:
        """Return where the trust service of each node listens.

        Raises:
            NetworkError, PlaceError: its nodes have to be asked for and cannot be.
        """

    def set_mode(self, mode: Mode) -> NodeState:
        """Run ``utils ctl set-cluster ...`` and return what the publisher holds then.

        The mode and ``show ctl`` are read back.

        Raises:
            NetworkError, PlaceError: it refused, or says otherwise afterwards.
        """

    def restart(self, *, watch: Watch = ...) -> tuple[Published, ...]:
        """Restart TFTP, then CallManager, on one node after the other; stop at the first failure.

        Nodes that were not reached any more have an error that says so.
        """
