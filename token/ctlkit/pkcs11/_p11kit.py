"""p11-kit's configuration: which modules this system's administrator and user registered.

Rules:

* ``*.module`` files are read from the user's folder, the administrator's and the packages'; of
  one name the nearer one's settings count, setting by setting.
* ``enable-in`` and ``disable-in`` are respected for a program called ctlkit. ``remote`` starts
  programs: it is not followed.
* Modules of trust policy and p11-kit's own (the proxy, the trust module, the client of a
  forwarded socket) hold no token of ours and are left out.
* A relative ``module`` lies in p11-kit's module folder. One that is missing, or that cannot be
  looked at, is no error: nobody's file may keep ctlkit from the other modules.

Source: pkcs11.conf(5); docs/tokens.md, known modules.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

__all__ = ["RegisteredModule", "is_there", "parse_module_file", "registered_modules"]

_PROGRAM = "ctlkit"
_LONGEST_FILE = 64 * 1024
_MOST_FILES = 200
_LEFT_OUT = ("p11-kit-proxy", "p11-kit-trust", "p11-kit-client", "libp11-kit")


@dataclass(frozen=True, slots=True)
class RegisteredModule:
    """A module that a ``*.module`` file registers.

    Attributes:
        path: its library, which exists.
        file: the file that says so.
    """

    path: Path
    file: Path


def parse_module_file(text: str) -> dict[str, str]:
    """Return the settings of a ``*.module`` file; lines that are none are skipped."""
    settings: dict[str, str] = {}
    for line in text.splitlines():
        name, colon, value = line.partition(":")
        if colon and not name.lstrip().startswith("#"):
            settings[name.strip()] = value.strip()
    return settings


def is_there(path: str | Path) -> bool:
    """Whether a file can be seen; one in a closed folder or of an impossible name cannot."""
    # Path.exists() raises for both.
    return os.path.exists(path)  # noqa: PTH110


def registered_modules(
    folders: Sequence[Path], module_folders: Sequence[Path]
) -> Iterator[RegisteredModule]:
    """Yield the registered modules, those of higher ``priority`` first.

    Args:
        folders: where the ``*.module`` files lie, the nearest first.
        module_folders: where relative paths are looked for, in this order.
    """
    merged: dict[str, dict[str, str]] = {}
    origin: dict[str, Path] = {}
    for folder in folders:
        for file in _module_files(folder):
            merged[file.name] = {**_settings(file), **merged.get(file.name, {})}
            origin.setdefault(file.name, file)
    for name in sorted(merged, key=lambda name: (-_priority(merged[name]), name)):
        found = _library(merged[name], module_folders)
        if found is not None:
            yield RegisteredModule(found, origin[name])


def _module_files(folder: Path) -> list[Path]:
    with suppress(OSError):
        return sorted(file for file in folder.iterdir() if file.suffix == ".module")[:_MOST_FILES]
    return []


def _settings(file: Path) -> dict[str, str]:
    with suppress(OSError):
        if file.is_file():
            with file.open("rb") as opened:
                return parse_module_file(opened.read(_LONGEST_FILE).decode("utf-8", "replace"))
    return {}


def _priority(settings: dict[str, str]) -> int:
    value = settings.get("priority", "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else 0


def _library(settings: dict[str, str], module_folders: Sequence[Path]) -> Path | None:
    module = settings.get("module", "")
    if not module or "\0" in module or not _enabled(settings):
        return None
    path = Path(module)
    if settings.get("trust-policy", "").lower() == "yes" or path.name.startswith(_LEFT_OUT):
        return None
    places = [path] if path.is_absolute() else [folder / path for folder in module_folders]
    return next((place for place in places if is_there(place)), None)


def _enabled(settings: dict[str, str]) -> bool:
    if "enable-in" in settings:
        return _PROGRAM in _programs(settings["enable-in"])
    return _PROGRAM not in _programs(settings.get("disable-in", ""))


def _programs(value: str) -> list[str]:
    return value.replace(",", " ").split()
