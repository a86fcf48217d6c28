"""Making the folder of a practice cluster, whole or not at all.

Rules:

* A new cluster is made beside its place and put there in one step, its phones with it.
* A folder that holds anything else is left alone: it is looked at before anything is written.
* A cluster keeps the options that it was made with.

Source: docs/command-line.md, the practice cluster's state.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from enum import Enum
from pathlib import Path

from ctlkit.errors import PlaceError, UsageError
from ctlkit_lab.model import LabOptions, Practice
from ctlkit_lab.options import STATE_NAME
from ctlkit_lab.phones import Directory, Fleet
from ctlkit_lab.state import CLUSTER_FOLDER, OWN_FILES

__all__ = ["COPYING", "PHONES_FOLDER", "open_practice", "refuse_strangers"]

PHONES_FOLDER = "phones"

COPYING = "copying"
"""The file that is there while the publisher's list is copied to the subscribers."""

_NEW_FOLDER = "cluster.new"


def refuse_strangers(folder: Path) -> None:
    """Refuse a folder that holds something else than a practice cluster; nothing is written.

    A folder that is empty, or not there, is as good as one with a cluster.

    Raises:
        PlaceError: it holds something else, or cannot be read.
    """
    try:
        if (folder / CLUSTER_FOLDER / STATE_NAME).exists():
            return
        names = {path.name for path in folder.iterdir()}
    except FileNotFoundError:
        return
    except OSError as error:
        reason = error.strerror or str(error)
        raise PlaceError("lab-folder-unusable", folder=folder, reason=reason) from error
    if names - {*OWN_FILES, _NEW_FOLDER}:
        raise PlaceError("lab-folder-taken", folder=folder)


def open_practice(folder: Path, named: Mapping[str, object] | None) -> Practice:
    """Open the cluster of a folder, or make one. The caller holds the folder's lock.

    Args:
        folder: the folder, which is there.
        named: fields of :class:`LabOptions`. A new cluster is made with them; an old one must
            have been. None makes none.

    Raises:
        InputError: there is none and none was to be made, or it is damaged.
        UsageError: it was made with other options.
        PlaceError: the folder holds something else, or cannot be written.
    """
    home = folder / CLUSTER_FOLDER
    if named is not None and not home.exists():
        _create(folder, LabOptions(**named))  # type: ignore[arg-type]  # named as its fields are
    practice = Practice.open(home)
    made = practice.options
    other = [name for name, value in (named or {}).items() if getattr(made, name) != value]
    if other:
        options = ", ".join(f"{_option(name)} {_shown(getattr(made, name))}" for name in other)
        raise UsageError("lab-options-fixed", folder=folder, options=options)
    return practice


def _create(folder: Path, options: LabOptions) -> None:
    refuse_strangers(folder)
    new = folder / _NEW_FOLDER
    try:
        if new.exists():
            shutil.rmtree(new)
        Practice.create(new, options)
        Fleet(new / PHONES_FOLDER, Directory(())).create(options.phones)
        new.rename(folder / CLUSTER_FOLDER)
    except OSError as error:
        reason = error.strerror or str(error)
        raise PlaceError("lab-folder-unusable", folder=folder, reason=reason) from error


def _option(name: str) -> str:
    return f"--{name.replace('_', '-')}"


def _shown(value: object) -> object:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value.value if isinstance(value, Enum) else value
