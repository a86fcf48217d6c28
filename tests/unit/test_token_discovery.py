"""Finding modules on three systems, in p11-kit's files and in what was named."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from ctlkit.pkcs11 import Searched, Source, System, discover, searched
from ctlkit.pkcs11._p11kit import parse_module_file, registered_modules
from ctlkit.pkcs11.discovery import known_modules
from ctlkit.pkcs11.module import path_with

_WINDOWS = {"WINDIR": r"C:\Windows", "ProgramFiles": r"C:\Program Files", "SystemDrive": "C:"}


def _known(system: System) -> list[str]:
    return [path for _vendor, path in known_modules(system)]


@pytest.mark.parametrize(
    "path",
    [
        r"C:\Windows\System32\eTPKCS11.dll",
        r"C:\Windows\System32\IDPrimePKCS11.dll",
        r"C:\Program Files\Yubico\Yubico PIV Tool\bin\libykcs11.dll",
        r"C:\Program Files\OpenSC Project\OpenSC\pkcs11\opensc-pkcs11.dll",
        r"C:\SoftHSM2\lib\softhsm2-x64.dll",
    ],
)
def test_the_known_modules_of_windows(path: str) -> None:
    """Folders come from Windows' own variables, whatever their case."""
    assert path in _known(System("win32", _WINDOWS))


@pytest.mark.parametrize(
    "system",
    [
        System("linux", {}, "/home/me", "x86_64-linux-gnu"),
        System("darwin"),
        System("win32", _WINDOWS),
    ],
)
def test_where_was_looked_is_told_as_it_is(system: System) -> None:
    """Names and folders together are the paths that are looked at; named modules are no search."""
    where = searched((), system)
    assert set(_known(system)) == {
        f"{folder}{chr(92) if system.platform == 'win32' else '/'}{name}"
        for names, folders in where.known
        for folder in folders
        for name in names
    }
    assert (system.platform == "win32") == (() == where.registered)
    assert Searched() == searched(["/x.so"], system)


def test_windows_without_its_variables_has_none() -> None:
    """No variable, no guess."""
    assert [] == _known(System("win32", {}))


@pytest.mark.parametrize(
    "path",
    [
        *(
            f"{folder}/{name}"
            for folder in (
                "/usr/lib64/pkcs11",
                "/usr/lib64",
                "/usr/lib/pkcs11",
                "/usr/lib",
                "/usr/local/lib",
            )
            for name in ("libeTPkcs11.so", "libeToken.so", "libIDPrimePKCS11.so")
        ),
        "/usr/lib/x86_64-linux-gnu/libykcs11.so.2",
        "/usr/lib/x86_64-linux-gnu/pkcs11/opensc-pkcs11.so",
        "/usr/lib/softhsm/libsofthsm2.so",
        "/usr/lib64/pkcs11/libsofthsm2.so",
    ],
)
def test_the_known_modules_of_linux(path: str) -> None:
    """The vendors' places, and Debian's folder of the architecture."""
    assert path in _known(System("linux", multiarch="x86_64-linux-gnu"))


@pytest.mark.parametrize(
    "path",
    [
        "/usr/local/lib/libeTPkcs11.dylib",
        "/Library/Frameworks/eToken.framework/Versions/Current/libeToken.dylib",
        "/usr/local/lib/libykcs11.dylib",
        "/opt/homebrew/lib/libykcs11.dylib",
        "/Library/OpenSC/lib/opensc-pkcs11.so",
        "/opt/homebrew/lib/softhsm/libsofthsm2.so",
    ],
)
def test_the_known_modules_of_macos(path: str) -> None:
    """The vendors' places and Homebrew's."""
    assert path in _known(System("darwin"))


@pytest.mark.parametrize("platform", ["linux", "darwin", "win32"])
def test_the_vendors_own_module_comes_first(platform: str) -> None:
    """SafeNet before OpenSC before SoftHSM: the first shows a card that several know."""
    vendors = [vendor for vendor, _path in known_modules(System(platform, _WINDOWS))]
    assert ["SafeNet", "YubiKey", "OpenSC", "SoftHSM"] == list(dict.fromkeys(vendors))


def test_named_modules_replace_the_search(tmp_path: Path) -> None:
    """--module is looked at alone, kept although it is missing, and each library once."""
    real = tmp_path / "real.so"
    real.touch()
    link = tmp_path / "link.so"
    link.symlink_to(real)
    found = discover([link, real, tmp_path / "none.so"], configured=["/usr/lib/x.so"])
    assert [link, tmp_path / "none.so"] == [candidate.path for candidate in found]
    assert all(candidate.named and Source.OPTION is candidate.source for candidate in found)


def test_the_configuration_comes_before_the_search(tmp_path: Path) -> None:
    """Configured modules first, also a missing one; then what p11-kit registers."""
    library = tmp_path / "vendor.so"
    library.touch()
    modules = tmp_path / "modules"
    modules.mkdir()
    (modules / "vendor.module").write_text(f"module: {library}\n")
    system = System("none", home=str(tmp_path), p11_kit=(str(modules),))
    found = discover(configured=[tmp_path / "mine.so", "~/other.so"], system=system)
    assert tmp_path / "mine.so" == found[0].path
    assert [Source.CONFIGURATION, Source.CONFIGURATION] == [item.source for item in found[:2]]
    last = found[-1]
    assert (library, Source.P11_KIT, False) == (last.path, last.source, last.named)
    assert str(modules / "vendor.module") == last.origin
    again = discover(configured=[library], system=system)
    assert 1 == sum(item.path == library for item in again)


def test_a_path_that_cannot_be_one_is_kept_for_the_report() -> None:
    """Discovery does not fail on a NUL or an unknown user's home."""
    assert 2 == len(discover(["a\0b.so", "~nobody-of-that-name/x.so"]))
    system = System("win32", p11_kit=())
    assert 2 == len(discover(configured=["a\0b", "~nobody-of-that-name/x.so"], system=system))


@pytest.mark.parametrize("name", ["x" * 300, "x/" * 4000], ids=["long name", "long path"])
@pytest.mark.parametrize("form", ["module: {}", "module: /{}"], ids=["relative", "absolute"])
def test_a_module_file_that_names_what_cannot_be_there(
    form: str, name: str, tmp_path: Path
) -> None:
    """One impossible path in a *.module file hides no other module."""
    (tmp_path / "good.so").touch()
    (tmp_path / "a.module").write_text(form.format(name) + "\n")
    (tmp_path / "b.module").write_text(f"module: {tmp_path / 'good.so'}\n")
    found = discover(system=System("none", p11_kit=(str(tmp_path),)))
    assert tmp_path / "good.so" == found[-1].path
    assert all(len(str(candidate.path)) < 250 for candidate in found)


def test_what_may_not_be_looked_at_is_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Known places and registered modules in closed folders, or on a dead disk, are left out."""
    (tmp_path / "good.so").touch()
    (tmp_path / "a.module").write_text("module: /closed/a.so\n")
    (tmp_path / "b.module").write_text(f"module: {tmp_path / 'good.so'}\n")
    look = os.stat

    def refuse(path: str | os.PathLike[str], **options: bool) -> os.stat_result:
        if str(path).startswith(str(tmp_path)):
            return look(path, **options)
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    monkeypatch.setattr(os, "stat", refuse)
    found = discover(system=System("linux", p11_kit=(str(tmp_path),)))
    assert [tmp_path / "good.so"] == [candidate.path for candidate in found]


class TestP11Kit:
    """The *.module files."""

    def test_the_settings_of_a_file(self) -> None:
        """Lines are name: value; comments and other lines are skipped."""
        text = "# module: no\nmodule: a.so\n  priority:  5 \nnonsense\n\nx-y: a:b\n"
        assert {"module": "a.so", "priority": "5", "x-y": "a:b"} == parse_module_file(text)

    def test_a_relative_path_lies_in_the_module_folder(self, tmp_path: Path) -> None:
        """The first folder that has it counts; a missing library is no error."""
        first, second, settings = tmp_path / "1", tmp_path / "2", tmp_path / "s"
        for folder in (first, second, settings):
            folder.mkdir()
        (second / "here.so").touch()
        (settings / "a.module").write_text("module: here.so\n")
        (settings / "b.module").write_text("module: missing.so\n")
        found = list(registered_modules([settings], [first, second]))
        assert [second / "here.so"] == [module.path for module in found]

    @pytest.mark.parametrize(
        ("extra", "found"),
        [
            ("", True),
            ("enable-in: ctlkit", True),
            ("enable-in: firefox, ctlkit", True),
            ("enable-in: firefox", False),
            ("disable-in: firefox", True),
            ("disable-in: firefox ctlkit", False),
            ("trust-policy: yes", False),
            ("trust-policy: no", True),
        ],
    )
    def test_enable_and_disable(self, extra: str, found: bool, tmp_path: Path) -> None:
        """A module that is not for ctlkit, or holds trust policy, is left out."""
        library = tmp_path / "a.so"
        library.touch()
        (tmp_path / "a.module").write_text(f"module: {library}\n{extra}\n")
        assert found is bool(list(registered_modules([tmp_path], [])))

    @pytest.mark.parametrize("name", ["p11-kit-proxy.so", "p11-kit-trust.so", "p11-kit-client.so"])
    def test_p11_kits_own_modules_are_left_out(self, name: str, tmp_path: Path) -> None:
        """They hold no token of ours, or show all the others once more."""
        (tmp_path / name).touch()
        (tmp_path / "a.module").write_text(f"module: {tmp_path / name}\n")
        assert [] == list(registered_modules([tmp_path], []))

    def test_remote_modules_start_nothing(self, tmp_path: Path) -> None:
        """A command in a file is not run."""
        witness = tmp_path / "witness"
        (tmp_path / "a.module").write_text(f"remote: |touch {witness}\n")
        assert [] == list(registered_modules([tmp_path], []))
        assert not witness.exists()

    def test_the_nearer_file_counts_setting_by_setting(self, tmp_path: Path) -> None:
        """The user's file of the same name turns off what the system's registers."""
        user, system = tmp_path / "user", tmp_path / "system"
        user.mkdir()
        system.mkdir()
        library = tmp_path / "a.so"
        library.touch()
        (system / "a.module").write_text(f"module: {library}\n")
        assert 1 == len(list(registered_modules([user, system], [])))
        (user / "a.module").write_text("disable-in: ctlkit\n")
        assert [] == list(registered_modules([user, system], []))

    def test_the_priority_orders(self, tmp_path: Path) -> None:
        """Higher numbers first, then by name; what is no number counts as none."""
        for name, priority in (("a", "x"), ("b", "2"), ("c", "10"), ("d", "")):
            (tmp_path / f"{name}.so").touch()
            text = f"module: {tmp_path / name}.so\npriority: {priority}\n"
            (tmp_path / f"{name}.module").write_text(text)
        found = list(registered_modules([tmp_path], []))
        assert ["c.so", "b.so", "a.so", "d.so"] == [module.path.name for module in found]

    def test_odd_files_are_passed_over(self, tmp_path: Path) -> None:
        """Folders, FIFOs, other names, binary rubbish and a NUL: nothing fails or blocks."""
        (tmp_path / "folder.module").mkdir()
        os.mkfifo(tmp_path / "fifo.module")
        (tmp_path / "rubbish.module").write_bytes(bytes(range(256)) * 1000)
        (tmp_path / "nul.module").write_bytes(b"module: a\0b.so\n")
        (tmp_path / "other.conf").write_text("module: /bin/true\n")
        assert [] == list(registered_modules([tmp_path, tmp_path / "missing"], [tmp_path]))


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("", r"C:\SAC"),
        (r"C:\Windows", r"C:\SAC;C:\Windows"),
        ("C:\\Windows;C:\\sac\\", "C:\\Windows;C:\\sac\\"),
    ],
)
def test_windows_finds_a_modules_own_libraries(path: str, expected: str) -> None:
    """The module's folder comes to the front of PATH, once."""
    assert expected == path_with(r"C:\SAC", path)
