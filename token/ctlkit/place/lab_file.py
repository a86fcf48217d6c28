"""``lab.json``: how a running practice cluster is reached. It is all that a place knows of one.

Rules:

* The file lies in the practice cluster's folder: ``CTLKIT_LAB``, else ``lab`` in the user's state
  folder, unless another is named.
* It holds a password. No message and no repr shows it.
* A file that is not there means that no cluster runs there.

Source: docs/command-line.md, the practice cluster's state.
"""

from __future__ import annotations

import dataclasses
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from ctlkit.errors import InputError, PlaceError
from ctlkit.files import read_file

__all__ = [
    "LAB_FILE",
    "LAB_SCHEMA",
    "LabFile",
    "LabNode",
    "Ports",
    "lab_folder",
    "load_lab",
    "port_from",
    "ports_from",
]

LAB_FILE = "lab.json"
"""Its name in the practice cluster's folder."""

LAB_SCHEMA = 1
"""The value of its key ``schema``."""

_LARGEST = 1 << 20
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Ports:
    """Where a node listens; ``tftp`` is UDP, the others TCP."""

    ssh: int = 0
    http: int = 0
    tftp: int = 0
    tvs: int = 0
    tls: int = 0


@dataclass(frozen=True, slots=True)
class LabNode:
    """A node of a practice cluster.

    Attributes:
        name: its host name.
        publisher: whether it is the publisher.
        address: the address in its records, which is data.
        host: the address that it listens on.
        ports: where.
        host_key: the fingerprint of its SSH key, ``SHA256:...``.
        folder: its TFTP folder as SFTP shows it.
    """

    name: str
    publisher: bool
    address: str
    host: str
    ports: Ports
    host_key: str
    folder: str


@dataclass(frozen=True, slots=True)
class LabFile:
    """A running practice cluster.

    Attributes:
        release: ``10.0`` for instance.
        pid: its process.
        user: who may log in.
        secret: the password of ``user``, and what the control port asks for.
        control: host and port.
        nodes: the nodes, the publisher first.
    """

    release: str
    pid: int
    user: str
    secret: str = field(repr=False)
    control: tuple[str, int]
    nodes: tuple[LabNode, ...]


def lab_folder() -> Path:
    """Return the practice cluster's folder where none is named."""
    named = os.environ.get("CTLKIT_LAB")
    if named:
        return Path(named)
    import platformdirs

    return platformdirs.user_state_path("ctlkit", appauthor=False) / "lab"


def load_lab(folder: Path) -> LabFile:
    """Read how the practice cluster of a folder is reached.

    Raises:
        PlaceError: none runs there.
        InputError: the file cannot be read or is damaged.
    """
    path = folder / LAB_FILE
    try:
        data = read_file(path, _LARGEST).data
    except InputError as error:
        if error.code == "file-missing":
            raise PlaceError("lab-not-running", folder=folder) from error
        raise
    try:
        found = json.loads(data)
        if not isinstance(found, dict) or found.get("schema") != LAB_SCHEMA:
            raise ValueError(f"no object of schema {LAB_SCHEMA}")
        return _lab(found)
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        raise InputError("lab-file-damaged", file=path, reason=error) from None


def _lab(found: Mapping[str, Any]) -> LabFile:
    nodes = tuple(_node(item) for item in found["nodes"])
    names = {node.name for node in nodes}
    if not nodes or not nodes[0].publisher or len(names) < len(nodes):
        raise ValueError("nodes")
    return LabFile(
        release=_typed(found["release"], str),
        pid=_typed(found["pid"], int),
        user=_typed(found["user"], str),
        secret=_typed(found["secret"], str),
        control=(_typed(found["control"]["host"], str), port_from(found["control"]["port"])),
        nodes=nodes,
    )


def _node(found: Mapping[str, Any]) -> LabNode:
    texts = ("name", "address", "host", "host_key", "folder")
    return LabNode(
        publisher=_typed(found["publisher"], bool),
        ports=ports_from(found["ports"]),
        **{name: _typed(found[name], str) for name in texts},
    )


def ports_from(found: Mapping[str, Any]) -> Ports:
    """Read the ports of a node, as JSON has them.

    Raises:
        KeyError, TypeError, ValueError: they are not all there, or one is no port.
    """
    return Ports(**{item.name: port_from(found[item.name]) for item in dataclasses.fields(Ports)})


def port_from(value: object) -> int:
    """Read a port, 0 to 65535.

    Raises:
        TypeError, ValueError: it is none.
    """
    port = _typed(value, int)
    if not 0 <= port <= 0xFFFF:
        raise ValueError(port)
    return port


def _typed(value: object, kind: type[_T]) -> _T:
    if not isinstance(value, kind):
        raise TypeError(kind.__name__)
    return value
