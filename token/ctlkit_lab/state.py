"""The folder of a practice cluster: who runs it, and how it is reached.

Rules:

* One process runs a cluster. It holds a lock on ``lab.lock`` for as long as it lives; a killed one
  holds none, so what it left behind says nothing.
* ``lab.json`` says how a running cluster is reached, mode 0600. It holds the password and is
  written whole, once every port answers. Who takes the lock removes that of the one before.
* ``runtime.json`` keeps ports and password for the next start. Damaged or missing it is made anew:
  nothing depends on it.
* ``cluster/`` is the cluster itself. It appears complete or not at all.

Source: docs/command-line.md, the practice cluster's state.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import secrets
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ctlkit.errors import CtlkitError, PlaceError
from ctlkit.files import read_file, write_file
from ctlkit.place.lab_file import (
    LAB_FILE,
    LAB_SCHEMA,
    LabFile,
    LabNode,
    Ports,
    load_lab,
    port_from,
    ports_from,
)
from ctlkit.place.lab_file import lab_folder as default_folder

__all__ = [
    "CLUSTER_FOLDER",
    "LOG_FILE",
    "OWN_FILES",
    "Kept",
    "LabFile",
    "LabNode",
    "default_folder",
    "forget_lab",
    "hold",
    "is_held",
    "read_kept",
    "read_lab",
    "write_kept",
    "write_lab",
]

CLUSTER_FOLDER = "cluster"
LOG_FILE = "lab.log"

_LOCK_FILE = "lab.lock"
_KEPT_FILE = "runtime.json"
OWN_FILES = (LAB_FILE, LOG_FILE, _LOCK_FILE, _KEPT_FILE)
"""What may lie beside a cluster."""

_KEPT_SCHEMA = 1
_LARGEST = 1 << 20
_TRIES, _PAUSE = 20, 0.05
_LETTERS = "abcdefghijkmnpqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class Kept:
    """What the next start uses again where it can."""

    secret: str = field(repr=False)
    control: int = 0
    ports: Mapping[str, Ports] = field(default_factory=dict)

    @classmethod
    def new(cls) -> Kept:
        """Return a new password and no ports."""
        groups = ("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(4))
        return cls("-".join(groups))

    def ports_of(self, node: str) -> Ports:
        """Return the ports that a node had, zeros for one that had none."""
        return self.ports.get(node, Ports())


@contextlib.contextmanager
def hold(folder: Path) -> Iterator[None]:
    """Be the one process that runs the cluster of a folder, which is made if it is missing.

    Raises:
        PlaceError: another process is, or the folder cannot be made.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(folder / _LOCK_FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        reason = error.strerror or str(error)
        raise PlaceError("lab-folder-unusable", folder=folder, reason=reason) from error
    try:
        # Whoever only looks whether it is held holds it for a moment.
        for _ in range(_TRIES):
            if _lock(descriptor):
                break
            time.sleep(_PAUSE)
        else:
            raise PlaceError("lab-running", folder=folder)
        forget_lab(folder)
        yield
    finally:
        os.close(descriptor)


def is_held(folder: Path) -> bool:
    """Whether a process runs the cluster of a folder."""
    try:
        descriptor = os.open(folder / _LOCK_FILE, os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        return not _lock(descriptor)
    finally:
        os.close(descriptor)


def _lock(descriptor: int) -> bool:
    """Lock an open file until it is closed; False when another one holds it."""
    try:
        import fcntl
    except ImportError:
        import msvcrt

        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
        except OSError:
            return False
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def read_lab(folder: Path) -> LabFile:
    """Read how the running cluster of a folder is reached.

    Raises:
        PlaceError: none runs there.
        InputError: ``lab.json`` cannot be read or is damaged.
    """
    if not is_held(folder):
        raise PlaceError("lab-not-running", folder=folder)
    return load_lab(folder)


def write_lab(folder: Path, lab: LabFile) -> None:
    """Say how a running cluster is reached.

    Raises:
        PlaceError: the file cannot be written.
    """
    host, port = lab.control
    found = dataclasses.asdict(lab) | {
        "schema": LAB_SCHEMA,
        "control": {"host": host, "port": port},
    }
    _write(folder / LAB_FILE, found)


def forget_lab(folder: Path) -> None:
    """Take ``lab.json`` away, once nothing listens any more."""
    with contextlib.suppress(OSError):
        (folder / LAB_FILE).unlink()


def read_kept(folder: Path) -> Kept:
    """Return what an earlier run kept, else a new password and no ports."""
    try:
        found = json.loads(read_file(folder / _KEPT_FILE, _LARGEST).data)
        secret = found["secret"]
        if found["schema"] != _KEPT_SCHEMA or not isinstance(secret, str) or not secret:
            return Kept.new()
        ports = {name: ports_from(item) for name, item in found["ports"].items()}
        return Kept(secret, port_from(found["control"]), ports)
    except (CtlkitError, KeyError, TypeError, ValueError, AttributeError, RecursionError):
        return Kept.new()


def write_kept(folder: Path, kept: Kept) -> None:
    """Keep ports and password for the next start.

    Raises:
        PlaceError: the file cannot be written.
    """
    _write(folder / _KEPT_FILE, dataclasses.asdict(kept) | {"schema": _KEPT_SCHEMA})


def _write(path: Path, values: Mapping[str, object]) -> None:
    data = json.dumps(values, indent=1).encode() + b"\n"
    write_file(path, data, replace=True, mode=0o600)
