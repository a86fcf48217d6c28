"""What runs here: ctlkit, Python, the system, the installed packages."""

from __future__ import annotations

import platform
import struct
import sys
from importlib import metadata

from ctlkit import __version__
from ctlkit.workflows.doctor.facts import Dependency, Extra, ProgramFacts

__all__ = ["installed_version", "program_facts"]

_DEPENDENCIES = (
    "python-pkcs11",
    "asn1crypto",
    "cryptography",
    "click",
    "platformdirs",
    "rich",
    "asyncssh",
    "PyQt6",
    "pytest",
)
_EXTRAS = (
    ("cluster", "servers over SSH and SFTP", ("asyncssh",)),
    ("lab", "the practice cluster", ("asyncssh",)),
    ("gui", "the window", ("PyQt6",)),
    ("fixtures", "SoftHSM tokens in tests", ("pytest",)),
)


def installed_version(name: str) -> str | None:
    """Return the version of an installed package, None where there is none that can be read."""
    try:
        return metadata.version(name)
    except (ImportError, KeyError, OSError, ValueError):
        return None


def program_facts() -> ProgramFacts:
    """Return what runs here."""
    versions = {name: installed_version(name) for name in _DEPENDENCIES}
    return ProgramFacts(
        version=__version__,
        python=platform.python_version(),
        implementation=platform.python_implementation(),
        bits=struct.calcsize("P") * 8,
        system=sys.platform,
        platform=platform.platform(),
        machine=platform.machine(),
        dependencies=tuple(Dependency(name, version) for name, version in versions.items()),
        extras=tuple(
            Extra(name, use, tuple(each for each in needs if versions[each] is None))
            for name, use, needs in _EXTRAS
        ),
    )
