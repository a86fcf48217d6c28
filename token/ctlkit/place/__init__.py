"""Where lists live.

A place is a set of nodes that each hold ``CTLFile.tlv``; a folder is a place of one node. Every
place keeps the file before the present one as ``CTLFile_old.tlv``, writes whole or not at all,
and reads back what it wrote.
"""

from __future__ import annotations

from ctlkit.errors import UsageError
from ctlkit.place.base import LIST_NAME, OLD_NAME, NodeFile, NodeState, Place, Published
from ctlkit.place.folder import FolderPlace

__all__ = [
    "LIST_NAME",
    "OLD_NAME",
    "FolderPlace",
    "NodeFile",
    "NodeState",
    "Place",
    "Published",
    "open_place",
]

_FOLDER = "folder:"


def open_place(url: str) -> Place:
    """Return the place of an address; nothing is read yet.

    Raises:
        UsageError: there is no place of that kind.
    """
    if url.startswith(_FOLDER) and len(url) > len(_FOLDER):
        return FolderPlace(url[len(_FOLDER) :])
    raise UsageError("place-unknown", place=url)
