"""What a practice cluster is made with, and the state that is kept beside its certificates.

Rules:

* The state is one JSON file, written whole at each change; what is wrong with it is one error
  that names the file.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, TypeAlias

from ctlkit.edit import Mode
from ctlkit.errors import InputError, UsageError
from ctlkit.files import read_file, write_file
from ctlkit_lab.releases import Release

__all__ = [
    "MOST_PHONES",
    "MOST_SUBSCRIBERS",
    "STATE_NAME",
    "LabOptions",
    "ModeName",
    "State",
    "read_state",
    "write_state",
]

ModeName: TypeAlias = Literal["non-secure", "mixed"]

MOST_SUBSCRIBERS = 20
"""With the publisher they still fit into a list that phones take."""

MOST_PHONES = 10_000

STATE_NAME = "practice.json"
_MOST_BYTES = 64 * 1024
_SCHEMA = 1


@dataclass(frozen=True, slots=True)
class LabOptions:
    """What a practice cluster is made with.

    Attributes:
        release: the server's release.
        subscribers: how many nodes there are beside the publisher.
        phones: how many phones there are.
        mode: the security mode to start in.
        sast_in_ctl: whether ``utils ctl update CTLFile`` lists what lies in Phone-SAST-trust.

    Raises:
        UsageError: a number is out of range.
    """

    release: Release = Release.R10_0
    subscribers: int = 1
    phones: int = 4
    mode: ModeName = "non-secure"
    sast_in_ctl: bool = False

    def __post_init__(self) -> None:
        for what, count, most in (
            ("subscribers", self.subscribers, MOST_SUBSCRIBERS),
            ("phones", self.phones, MOST_PHONES),
        ):
            if not 0 <= count <= most:
                raise UsageError("lab-number-out-of-range", what=what, count=count, most=most)


@dataclass(frozen=True, slots=True)
class State:
    """What the cluster was made with, and the mode it is in now."""

    options: LabOptions
    mode: Mode

    def with_mode(self, mode: Mode) -> State:
        """Return the state in another mode."""
        return replace(self, mode=mode)


def write_state(folder: Path, state: State) -> None:
    """Keep a state.

    Raises:
        PlaceError: it cannot be written.
    """
    options = state.options
    document = {
        "schema": _SCHEMA,
        "mode": state.mode.value,
        "options": {
            "release": options.release.value,
            "subscribers": options.subscribers,
            "phones": options.phones,
            "mode": options.mode,
            "sast_in_ctl": options.sast_in_ctl,
        },
    }
    data = json.dumps(document, indent=2).encode() + b"\n"
    write_file(folder / STATE_NAME, data, replace=True, mode=0o600)


def read_state(folder: Path) -> State:
    """Return the state that a folder holds.

    Raises:
        InputError: there is none (``lab-missing``), or it is damaged.
    """
    path = folder / STATE_NAME
    try:
        data = read_file(path, _MOST_BYTES).data
    except InputError as error:
        if error.code == "file-missing":
            raise InputError("lab-missing", folder=folder) from None
        raise
    try:
        return _state(json.loads(data))
    except (ValueError, KeyError, TypeError, RecursionError, UsageError) as error:
        raise InputError("lab-file-damaged", file=path, reason=error) from error


def _state(document: object) -> State:
    if not isinstance(document, dict) or document["schema"] != _SCHEMA:
        raise ValueError("another schema")
    options = document["options"]
    counts = (options["subscribers"], options["phones"])
    flag = options["sast_in_ctl"]
    if any(type(count) is not int for count in counts) or type(flag) is not bool:
        raise ValueError("a value of another kind")
    mode: ModeName = "mixed" if Mode(options["mode"]) is Mode.MIXED else "non-secure"
    return State(
        LabOptions(Release(options["release"]), *counts, mode, flag), Mode(document["mode"])
    )
