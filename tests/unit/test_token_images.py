"""What a library was built for, read from its first bytes."""

from __future__ import annotations

import struct
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ctlkit.pkcs11._images import Host, Image, problem_of, read_image


def _elf(bits: int, machine: int, order: str = "<") -> bytes:
    head = bytes([0x7F, *b"ELF", 1 if bits == 32 else 2, 1 if order == "<" else 2])
    return head + bytes(12) + struct.pack(order + "H", machine) + bytes(40)


def _pe(machine: int) -> bytes:
    return b"MZ" + bytes(58) + struct.pack("<I", 64) + b"PE\0\0" + struct.pack("<H", machine)


def _mach(cpu: int, magic: int) -> bytes:
    return struct.pack(">I", magic) + struct.pack("<I", cpu) + bytes(20)


def _fat(*cpus: int) -> bytes:
    head = struct.pack(">II", 0xCAFEBABE, len(cpus))
    return head + b"".join(struct.pack(">I", cpu) + bytes(16) for cpu in cpus)


_ARM64, _X86_64 = 12 | 1 << 24, 7 | 1 << 24


@pytest.mark.parametrize(
    ("data", "system", "machines"),
    [
        (_elf(64, 62), "linux", (("x86-64", 64),)),
        (_elf(32, 3), "linux", (("x86", 32),)),
        (_elf(64, 21, ">"), "linux", (("POWER", 64),)),
        (_pe(0x8664), "win32", (("x86-64", 64),)),
        (_pe(0x14C), "win32", (("x86", 32),)),
        (_mach(_X86_64, 0xCFFAEDFE), "darwin", (("x86-64", 64),)),
        (_mach(7, 0xCEFAEDFE), "darwin", (("x86", 32),)),
        (_fat(_X86_64, _ARM64), "darwin", (("x86-64", 64), ("ARM64", 64))),
    ],
)
def test_the_three_formats(data: bytes, system: str, machines: tuple[tuple[str, int], ...]) -> None:
    """ELF class and machine, PE machine, Mach-O CPU types."""
    assert Image(system, machines) == read_image(data)


@pytest.mark.parametrize("data", [b"", b"text", b"MZ", _pe(0x9999), b"\xca\xfe\xba\xbe\0\0\0\x34"])
def test_what_is_not_known_is_left_to_the_loader(data: bytes) -> None:
    """Text, rubbish, an unknown machine and a Java class are no image."""
    assert read_image(data) is None


@given(st.binary(max_size=200), st.sampled_from([b"", b"\x7fELF", b"MZ", b"\xca\xfe\xba\xbe"]))
def test_no_bytes_break_the_reader(data: bytes, head: bytes) -> None:
    """Whatever the file holds: an image or None."""
    found = read_image(head + data)
    assert found is None or found.machines


@pytest.mark.parametrize(
    ("data", "host", "code"),
    [
        (_elf(64, 62), Host("linux", "x86-64", 64), None),
        (_elf(64, 62), Host("freebsd14", "x86-64", 64), None),
        (_elf(32, 3), Host("linux", "x86-64", 64), "module-bits"),
        (_elf(64, 62), Host("linux", "x86", 32), "module-bits"),
        (_elf(64, 183), Host("linux", "x86-64", 64), "module-machine"),
        (_elf(64, 9999), Host("linux", "x86-64", 64), None),
        (_elf(64, 62), Host("win32", "x86-64", 64), "module-other-system"),
        (_pe(0x8664), Host("win32", "x86-64", 64), None),
        (_pe(0x14C), Host("win32", "x86-64", 64), "module-bits"),
        (_pe(0xAA64), Host("win32", "x86-64", 64), "module-machine"),
        (_pe(0x8664), Host("linux", "x86-64", 64), "module-other-system"),
        (_fat(_X86_64, _ARM64), Host("darwin", "ARM64", 64), None),
        (_fat(_X86_64, 7), Host("darwin", "ARM64", 64), "module-machine"),
        (b"not a library", Host("linux", "x86-64", 64), None),
    ],
)
def test_what_does_not_fit_is_said_in_words(
    data: bytes, host: Host, code: str | None, tmp_path: Path
) -> None:
    """Wrong bits, wrong processor, wrong system; one fitting part of several is enough."""
    path = tmp_path / "library"
    path.write_bytes(data)
    problem = problem_of(path, host)
    assert code == (problem and problem.code)


def test_the_python_that_runs_this_is_described() -> None:
    """Its own executable fits it."""
    assert problem_of(Path(sys.executable).resolve(), Host.current()) is None


def test_a_32_bit_python_on_a_64_bit_system(monkeypatch: pytest.MonkeyPatch) -> None:
    """The processor's name is that of the process, not of the system."""
    import platform

    monkeypatch.setattr(struct, "calcsize", lambda _code: 4)
    monkeypatch.setattr(platform, "machine", lambda: "AMD64")
    assert ("x86", 32) == (Host.current().machine, Host.current().bits)
