"""Which PKCS#11 modules may be there, on three systems. Nothing is loaded here.

Rules:

* Modules named by ``--module`` are looked at alone. Without them the configuration's come first,
  then the known ones, then those that p11-kit's files register.
* A named module is kept although it is missing: the report says so. A known one that is missing
  is no error and is left out (docs/tokens.md, known modules), as is one that cannot be looked at.
* The same library under several paths is one candidate, by its real path.
* The lists are pure functions of a :class:`System`, so that each can be tested anywhere.

Source: docs/tokens.md, known modules.
"""

from __future__ import annotations

import ntpath
import os
import posixpath
import sys
import sysconfig
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from ctlkit.pkcs11._p11kit import is_there, registered_modules
from ctlkit.pkcs11.values import Candidate, Source

__all__ = ["Searched", "System", "discover", "known_modules", "searched"]


@dataclass(frozen=True, slots=True)
class System:
    """Where modules are looked for.

    Attributes:
        platform: as :data:`sys.platform` has it.
        environ: the environment; only Windows' own variables are read.
        home: the user's folder, empty where there is none.
        multiarch: Debian's name of the architecture, ``x86_64-linux-gnu``, empty elsewhere.
        p11_kit: folders of ``*.module`` files, the nearest first; None for the usual ones.
    """

    platform: str
    environ: Mapping[str, str] = field(default_factory=dict)
    home: str = ""
    multiarch: str = ""
    p11_kit: tuple[str, ...] | None = None

    @classmethod
    def current(cls) -> System:
        """Return the system this runs on."""
        home = ""
        with suppress(RuntimeError):
            home = str(Path.home())
        multiarch = sysconfig.get_config_var("MULTIARCH")
        return cls(sys.platform, os.environ, home, multiarch if isinstance(multiarch, str) else "")


@dataclass(frozen=True, slots=True)
class _Known:
    """A module with its places: file names to be combined with folders, and whole paths."""

    vendor: str
    names: tuple[str, ...]
    folders: tuple[str, ...] = ()


_UNIX_FOLDERS = ("/usr/lib64/pkcs11", "/usr/lib64", "/usr/lib/pkcs11", "/usr/lib", "/usr/local/lib")

_LINUX = (
    _Known("SafeNet", ("libeTPkcs11.so", "libeToken.so", "libIDPrimePKCS11.so")),
    _Known("YubiKey", ("libykcs11.so", "libykcs11.so.2")),
    _Known("OpenSC", ("opensc-pkcs11.so",)),
    _Known("SoftHSM", ("libsofthsm2.so", "softhsm/libsofthsm2.so")),
)

_BREW = ("/usr/local/lib", "/opt/homebrew/lib")

_MACOS = (
    _Known("SafeNet", ("libeTPkcs11.dylib",), ("/usr/local/lib",)),
    _Known(
        "SafeNet",
        ("libeToken.dylib",),
        ("/Library/Frameworks/eToken.framework/Versions/Current",),
    ),
    _Known("SafeNet", ("libIDPrimePKCS11.dylib",), ("/usr/local/lib",)),
    _Known("YubiKey", ("libykcs11.dylib",), _BREW),
    _Known("OpenSC", ("opensc-pkcs11.so",), ("/Library/OpenSC/lib", *_BREW)),
    _Known("SoftHSM", ("softhsm/libsofthsm2.so",), _BREW),
)

_WINDOWS = (
    _Known("SafeNet", ("eTPKCS11.dll", "IDPrimePKCS11.dll"), (r"%windir%\System32",)),
    _Known("YubiKey", ("libykcs11.dll",), (r"%ProgramFiles%\Yubico\Yubico PIV Tool\bin",)),
    _Known("OpenSC", ("opensc-pkcs11.dll",), (r"%ProgramFiles%\OpenSC Project\OpenSC\pkcs11",)),
    _Known(
        "SoftHSM",
        ("softhsm2-x64.dll",),
        (r"%SystemDrive%\SoftHSM2\lib", r"%ProgramFiles%\SoftHSM2\lib", r"%windir%\System32"),
    ),
)


@dataclass(frozen=True, slots=True)
class Searched:
    """Where modules were looked for.

    Attributes:
        known: file names of known modules, each with the folders that may hold them.
        registered: p11-kit's folders of ``*.module`` files.
    """

    known: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = ()
    registered: tuple[str, ...] = ()


def searched(modules: Sequence[str | Path] = (), system: System | None = None) -> Searched:
    """Return where modules are looked for beside those that are named.

    Args:
        modules: every ``--module``; they replace the search.
        system: where to look, by default here.
    """
    if modules:
        return Searched()
    system = system or System.current()
    names: dict[tuple[str, ...], list[str]] = {}
    for known in _known(system):
        folders = _folders(known, system)
        if folders:
            names.setdefault(folders, []).extend(known.names)
    registered = () if system.platform == "win32" else map(str, _p11_kit_folders(system))
    return Searched(
        tuple((tuple(found), folders) for folders, found in names.items()), tuple(registered)
    )


def known_modules(system: System) -> Iterator[tuple[str, str]]:
    """Yield (vendor, path) of every place where a known module may lie, the likeliest first."""
    path = ntpath if system.platform == "win32" else posixpath
    for known in _known(system):
        folders = _folders(known, system)
        for name in known.names:
            for folder in folders:
                yield known.vendor, path.join(folder, name)


def _known(system: System) -> tuple[_Known, ...]:
    return {"win32": _WINDOWS, "darwin": _MACOS}.get(system.platform, _LINUX)


def _folders(known: _Known, system: System) -> tuple[str, ...]:
    """Return the folders that may hold a module here."""
    if system.platform == "win32":
        return tuple(_windows_folders(known, system.environ))
    return known.folders or _linux_folders(system)


def _linux_folders(system: System) -> tuple[str, ...]:
    if not system.multiarch:
        return _UNIX_FOLDERS
    folder = f"/usr/lib/{system.multiarch}"
    return (*_UNIX_FOLDERS, f"{folder}/pkcs11", folder)


def _windows_folders(known: _Known, environ: Mapping[str, str]) -> Iterator[str]:
    # Windows' variables are the same in any case; a plain mapping's keys are not.
    values = {name.lower(): value for name, value in environ.items()}
    for folder in known.folders:
        start, _mark, rest = folder[1:].partition("%")
        value = values.get(start.lower())
        if value:
            yield value + rest


def discover(
    modules: Sequence[str | Path] = (),
    *,
    configured: Sequence[str | Path] = (),
    system: System | None = None,
) -> tuple[Candidate, ...]:
    """Return the modules to look at, in order, each library once.

    Args:
        modules: every ``--module``; they replace the search.
        configured: the configuration's list.
        system: where to look, by default here.
    """
    system = system or System.current()
    if modules:
        found = [Candidate(Path(path), Source.OPTION, "--module") for path in modules]
    else:
        found = [
            Candidate(_expanded(Path(path)), Source.CONFIGURATION, "config.toml")
            for path in configured
        ]
        found.extend(_searched(system))
    unique: dict[str, Candidate] = {}
    for candidate in found:
        unique.setdefault(_real(candidate.path), candidate)
    return tuple(unique.values())


def _expanded(path: Path) -> Path:
    try:
        return path.expanduser()
    except RuntimeError:
        return path


def _real(path: Path) -> str:
    try:
        return os.path.normcase(os.path.realpath(path))
    except ValueError:
        return str(path)


def _searched(system: System) -> Iterator[Candidate]:
    for vendor, path in known_modules(system):
        if is_there(path):
            yield Candidate(Path(path), Source.KNOWN, vendor)
    if system.platform != "win32":
        for module in registered_modules(_p11_kit_folders(system), _p11_kit_modules(system)):
            yield Candidate(module.path, Source.P11_KIT, str(module.file))


def _p11_kit_folders(system: System) -> tuple[Path, ...]:
    if system.p11_kit is not None:
        return tuple(map(Path, system.p11_kit))
    user = (Path(system.home, ".config/pkcs11/modules"),) if system.home else ()
    return (*user, Path("/etc/pkcs11/modules"), Path("/usr/share/p11-kit/modules"))


def _p11_kit_modules(system: System) -> tuple[Path, ...]:
    if system.platform == "darwin":
        return (Path("/opt/homebrew/lib/pkcs11"), Path("/usr/local/lib/pkcs11"))
    multiarch = (Path("/usr/lib", system.multiarch, "pkcs11"),) if system.multiarch else ()
    return (*multiarch, Path("/usr/lib64/pkcs11"), Path("/usr/lib/pkcs11"))
