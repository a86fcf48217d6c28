"""Files of real nodes, kept on this computer: a real node takes no file and keeps none for us.

Rules:

* Each node has a folder; the file before the present one lies in it as ``CTLFile_old.tlv``.
* Before somebody puts another file on a node, the present one is set aside. It becomes the kept
  one when the node is seen to hold the other file: who gives up has lost nothing.
* What an earlier run set aside is never overwritten: further files are numbered. It becomes the
  kept one only where this run set nothing aside and nothing is kept yet.
* What a person is to upload lies in a folder of its own under the name that it must have there.
* Every file is written whole or not at all.
"""

from __future__ import annotations

import re
from itertools import chain, count
from pathlib import Path

from ctlkit.codec import MAX_LIST
from ctlkit.errors import InputError, PlaceError
from ctlkit.files import read_file, write_file
from ctlkit.place.base import NodeFile, old_name

__all__ = ["KeptFiles"]

_UPLOAD = "upload"
_ASIDE = ".before"
_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9.-]+")


class KeptFiles:
    """A folder with what was fetched from nodes before it was replaced."""

    def __init__(self, folder: Path | None) -> None:
        """Name the folder; None for the one in the user's state folder. Nothing is made yet."""
        self._named = folder
        self._set: dict[tuple[str, str], Path] = {}

    def read(self, node: str, name: str) -> NodeFile | None:
        """Return the kept file of a node, None where there is none.

        Raises:
            InputError: it cannot be read.
        """
        return _read(self.path(node, name))

    def keep(self, node: str, name: str, data: bytes) -> Path:
        """Keep a node's file, instead of the one that was kept before.

        Raises:
            PlaceError: it cannot be written.
        """
        return _written(self.path(node, name), data)

    def set_aside(self, node: str, name: str, data: bytes) -> Path:
        """Save a node's file before somebody puts another one there.

        Raises:
            InputError, PlaceError: what lies there cannot be read, or it cannot be written.
        """
        first = self._aside(node, name)
        further = (first.with_name(f"{first.name}-{number}") for number in count(2))
        for path in chain([first], further):
            there = _read(path)
            if there is None or there.data == data:
                break
        self._set[node, name] = path
        return _written(path, data)

    def settle(self, node: str, name: str, present: bytes) -> Path | None:
        """Keep what was set aside, now that a node holds another file; return the kept one.

        Raises:
            InputError, PlaceError: it cannot be read or moved.
        """
        kept = self.path(node, name)
        aside = self._set.pop((node, name), None)
        if aside is None and not kept.exists():
            aside = self._aside(node, name)
        if aside is None:
            return kept
        file = _read(aside)
        try:
            if file is not None and file.data != present:
                aside.replace(kept)
            elif file is not None:
                aside.unlink()
        except OSError as error:
            raise PlaceError("file-unwritable", file=kept, reason=error.strerror) from error
        return kept if kept.exists() else None

    def for_upload(self, name: str, data: bytes) -> Path:
        """Write a file that a person is to put on nodes.

        Raises:
            PlaceError: it cannot be written.
        """
        return _written(self._folder / _UPLOAD / name, data)

    def path(self, node: str, name: str) -> Path:
        """Return where the kept file of a node lies."""
        folder = _NOT_IN_NAMES.sub("_", node).lstrip(".") or "_"
        return self._folder / folder / old_name(name)

    def _aside(self, node: str, name: str) -> Path:
        return self.path(node, name).with_name(f"{name}{_ASIDE}")

    @property
    def _folder(self) -> Path:
        if self._named is not None:
            return self._named
        import platformdirs

        return platformdirs.user_state_path("ctlkit", appauthor=False) / "kept"


def _written(path: Path, data: bytes) -> Path:
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        reason = error.strerror or error
        raise PlaceError("file-unwritable", file=path, reason=reason) from error
    write_file(path, data, replace=True)
    return path


def _read(path: Path) -> NodeFile | None:
    try:
        content = read_file(path, MAX_LIST)
    except InputError as error:
        if error.code == "file-missing":
            return None
        raise
    return NodeFile(str(path), content.data, content.modified)
