"""What every place offers, as a protocol and frozen values.

Rules:

* ``read`` and ``state`` change nothing.
* ``publish`` takes the bytes that the caller saw (``expected``): a file that somebody else
  changed meanwhile is never overwritten. A node that already holds the new bytes is not touched,
  its kept file least of all, so that a cut run can be repeated.
* ``restore`` swaps the present and the kept file.

Source: docs/rules.md, putting a list in its place.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Protocol

__all__ = ["LIST_NAME", "OLD_NAME", "NodeFile", "NodeState", "Place", "Published"]

LIST_NAME = "CTLFile.tlv"
OLD_NAME = "CTLFile_old.tlv"


@dataclass(frozen=True, slots=True)
class NodeFile:
    """A file on a node.

    Attributes:
        name: its path there.
        data: its bytes.
        modified: its modification time, seconds since 1970, UTC.
    """

    name: str
    data: bytes = field(repr=False)
    modified: float

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
    """What a node holds: the present list and the one kept before it."""

    node: str
    present: NodeFile | None
    kept: NodeFile | None


@dataclass(frozen=True, slots=True)
class Published:
    """What publishing or restoring did on a node, as read back from it.

    Attributes:
        changed: False where the node already held these bytes.
        kept: where the file before lies, None where there was none.
    """

    node: str
    present: NodeFile
    changed: bool
    kept: str | None


class Place(Protocol):
    """Where lists live."""

    @property
    def url(self) -> str:
        """The address, as it was given."""

    def state(self) -> tuple[NodeState, ...]:
        """Return what each node holds.

        Raises:
            InputError, PlaceError: a node cannot be read.
        """

    def read(self) -> NodeFile | None:
        """Return the present list, None where there is none.

        Raises:
            InputError, PlaceError: it cannot be read.
        """

    def kept(self) -> NodeFile | None:
        """Return the list before the present one, None where none is kept.

        Raises:
            InputError, PlaceError: it cannot be read.
        """

    def publish(self, data: bytes, expected: bytes | None) -> tuple[Published, ...]:
        """Put a list in force.

        Args:
            data: the list, whose signature the caller has checked.
            expected: the bytes that the caller saw as the present list, None for none.

        Raises:
            PlaceError: it cannot be written, was changed meanwhile, or reads back differently.
        """

    def restore(self, expected: bytes) -> tuple[Published, ...]:
        """Swap the present list and the kept one.

        Args:
            expected: the bytes of the kept list, whose signature the caller has checked.

        Raises:
            PlaceError: nothing is kept, or writing failed.
        """
