"""What a library file is, read from its first bytes, before a loader sees it.

Rules:

* A loader's own text for a 32-bit library is hard to read or misleading; the file's header says
  it in words: ELF class and machine, PE machine, Mach-O CPU types.
* Only the first bytes are read, of regular files only. What is not understood is left to the
  loader and its text.

Sources: the ELF specification, the PE format, Mach-O's loader.h; docs/tokens.md, the binding, 9.
"""

from __future__ import annotations

import os
import platform
import stat
import struct
import sys
from dataclasses import dataclass
from pathlib import Path

from ctlkit.messages import Message, Severity

__all__ = ["Host", "Image", "problem_of", "read_image"]

_HEADER_BYTES = 4096
_ELF_MACHINES = {3: "x86", 62: "x86-64", 40: "ARM", 183: "ARM64", 243: "RISC-V", 21: "POWER"}
_PE_MACHINES = {0x14C: ("x86", 32), 0x8664: ("x86-64", 64), 0xAA64: ("ARM64", 64)}
_MACH_CPUS = {7: "x86", 7 | 1 << 24: "x86-64", 12: "ARM", 12 | 1 << 24: "ARM64"}
_HOST_NAMES = {
    "x86_64": "x86-64",
    "amd64": "x86-64",
    "i386": "x86",
    "i686": "x86",
    "x86": "x86",
    "aarch64": "ARM64",
    "arm64": "ARM64",
    "armv7l": "ARM",
    "riscv64": "RISC-V",
    "ppc64le": "POWER",
}


@dataclass(frozen=True, slots=True)
class Image:
    """What a library was built for.

    Attributes:
        system: ``linux``, ``win32`` or ``darwin``, as :data:`sys.platform` has it.
        machines: (name, bits) of each part; Mach-O files may hold several.
    """

    system: str
    machines: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Host:
    """The running Python: its system, its processor's name, its bits."""

    system: str
    machine: str
    bits: int

    @classmethod
    def current(cls) -> Host:
        """Return the one this runs on."""
        name = platform.machine().lower()
        bits = struct.calcsize("P") * 8
        machine = _HOST_NAMES.get(name, name)
        # A 32-bit Python reports the processor of a 64-bit system.
        if bits == 32:
            machine = {"x86-64": "x86", "ARM64": "ARM"}.get(machine, machine)
        return cls(sys.platform, machine, bits)


def read_image(data: bytes) -> Image | None:
    """Return what the first bytes of a library say, or None where they say nothing known."""
    try:
        if data[:4] == b"\x7fELF":
            return _elf(data)
        if data[:2] == b"MZ":
            return _pe(data)
        return _mach(data)
    except (struct.error, IndexError):
        return None


def problem_of(path: Path, host: Host) -> Message | None:
    """Return why a library cannot be loaded on a host, in words, or None.

    The file is looked at, never run. The message's severity is ERROR; whoever found the file by
    search may lower it.
    """
    try:
        found = path.stat()
    except (OSError, ValueError) as error:
        missing = isinstance(error, FileNotFoundError | NotADirectoryError)
        code = "module-missing" if missing else "module-unreadable"
        return _message(code, path=path, reason=getattr(error, "strerror", None) or error)
    if not stat.S_ISREG(found.st_mode):
        return _message("module-no-file", path=path)
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
        with os.fdopen(descriptor, "rb") as opened:
            image = read_image(opened.read(_HEADER_BYTES))
    except OSError as error:
        return _message("module-unreadable", path=path, reason=error.strerror)
    return None if image is None else _misfit(path, image, host)


def _misfit(path: Path, image: Image, host: Host) -> Message | None:
    if not _same_system(image.system, host.system):
        return _message("module-other-system", path=path, system=_SYSTEM_NAMES[image.system])
    if any(bits == host.bits and machine == host.machine for machine, bits in image.machines):
        return None
    sizes = {bits for _machine, bits in image.machines}
    if sizes and host.bits not in sizes:
        return _message("module-bits", path=path, bits=min(sizes), python=host.bits)
    names = [machine for machine, _bits in image.machines]
    if not names or "" in names:
        return None
    return _message("module-machine", path=path, machine=", ".join(names), python=host.machine)


_SYSTEM_NAMES = {"linux": "Linux", "win32": "Windows", "darwin": "macOS"}


def _same_system(image: str, host: str) -> bool:
    # ELF serves every system but these two.
    return image == host or (image == "linux" and host not in {"win32", "darwin"})


def _message(code: str, **values: object) -> Message:
    return Message(code, values, Severity.ERROR)


def _elf(data: bytes) -> Image:
    bits = {1: 32, 2: 64}.get(data[4], 0)
    order = ">" if data[5] == 2 else "<"
    (machine,) = struct.unpack_from(order + "H", data, 18)
    return Image("linux", ((_ELF_MACHINES.get(machine, ""), bits),))


def _pe(data: bytes) -> Image | None:
    (offset,) = struct.unpack_from("<I", data, 0x3C)
    if data[offset : offset + 4] != b"PE\0\0":
        return None
    (machine,) = struct.unpack_from("<H", data, offset + 4)
    known = _PE_MACHINES.get(machine)
    return Image("win32", (known,)) if known else None


def _mach(data: bytes) -> Image | None:
    (magic,) = struct.unpack_from(">I", data, 0)
    if magic in {0xCEFAEDFE, 0xCFFAEDFE}:
        return Image("darwin", (_cpu(*struct.unpack_from("<I", data, 4)),))
    if magic != 0xCAFEBABE:
        return None
    (count,) = struct.unpack_from(">I", data, 4)
    # A Java class begins alike; its next number is a version of 45 or more.
    if not 0 < count < 20:
        return None
    cpus = (struct.unpack_from(">I", data, 8 + 20 * index) for index in range(count))
    return Image("darwin", tuple(_cpu(*cpu) for cpu in cpus))


def _cpu(kind: int) -> tuple[str, int]:
    return _MACH_CPUS.get(kind, ""), 64 if kind & 1 << 24 else 32
