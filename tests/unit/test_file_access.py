"""Files that are not trusted to be files, and files written whole or not at all."""

from __future__ import annotations

import os
import resource
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from ctlkit.errors import InputError, PlaceError
from ctlkit.files import read_file, write_file

LIMIT = 1000
# Root reads everything: what others may not read is tried as nobody.
AS_NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]


def unreadable(path: Path | str) -> InputError:
    """Return the error that reading ends with."""
    with pytest.raises(InputError) as caught:
        read_file(path, LIMIT)
    assert caught.value.status == 4
    return caught.value


def test_a_file_is_read_with_its_facts(tmp_path: Path) -> None:
    """Bytes, modification time, permission bits and owner."""
    path = tmp_path / "a"
    path.write_bytes(b"x" * LIMIT)
    path.chmod(0o640)
    os.utime(path, (1, 1425675367))
    found = read_file(path, LIMIT)
    assert b"x" * LIMIT == found.data
    assert (1425675367, 0o640) == (found.modified, found.mode)
    assert (os.getuid(), path.stat().st_gid) == found.owner
    assert read_file(str(path), LIMIT) == found
    assert "xxx" not in repr(found)


def test_an_empty_file_is_no_error(tmp_path: Path) -> None:
    """What emptiness means is for the reader of the bytes to say."""
    (tmp_path / "a").touch()
    assert b"" == read_file(tmp_path / "a", LIMIT).data


def test_what_is_no_regular_file_is_named(tmp_path: Path) -> None:
    """A directory, a FIFO and a device are refused at once, by what they are."""
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    link = tmp_path / "link"
    link.symlink_to(fifo)
    cases = {tmp_path: "a directory", fifo: "a FIFO", link: "a FIFO", Path("/dev/zero"): "a device"}
    for path, kind in cases.items():
        error = unreadable(path)
        assert ("file-not-regular", kind) == (error.code, error.values["kind"])


def test_a_name_that_leads_nowhere_is_named(tmp_path: Path) -> None:
    """Missing, a broken link, a loop of links, a file used as a folder, a NUL, a name too long."""
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    broken = tmp_path / "broken"
    broken.symlink_to(tmp_path / "gone")
    (tmp_path / "file").touch()
    assert "file-missing" == unreadable(tmp_path / "gone").code
    assert "file-missing" == unreadable(broken).code
    for path in (loop, tmp_path / "file" / "below", f"{tmp_path}/a\0b", tmp_path / ("x" * 300)):
        error = unreadable(path)
        assert "file-unreadable" == error.code
        assert str(error).isprintable()


def test_a_huge_file_is_refused_by_its_size(tmp_path: Path) -> None:
    """A sparse file of a terabyte, and one byte over the limit: refused before it is read."""
    path = tmp_path / "huge"
    for size in (1 << 40, LIMIT + 1):
        with path.open("wb") as stream:
            stream.truncate(size)
        error = unreadable(path)
        assert ("file-too-large", LIMIT) == (error.code, error.values["limit"])


def test_a_file_without_a_size_is_bounded_too() -> None:
    """Files of /proc say that they are empty and are not: reading stops at the limit."""
    path = Path("/proc/self/smaps")
    assert path.stat().st_size == 0
    assert "file-too-large" == unreadable(path).code


def run_as_nobody(folder: Path, code: str) -> str:
    """Run code as a user whom the folder does not belong to and return what it printed."""
    if os.getuid() != 0:
        command = [sys.executable, "-c", code]
    elif shutil.which("setpriv") and os.access(sys.executable, os.X_OK):
        command = [*AS_NOBODY, sys.executable, "-c", code]
    else:
        pytest.skip("root may read everything, and there is no setpriv")
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=60, check=False
    )
    if done.returncode:
        pytest.skip(f"this Python does not run as nobody: {done.stderr[-200:]}")
    return done.stdout


CHILD = """
from pathlib import Path
from ctlkit.errors import CtlkitError
from ctlkit.files import read_file, write_file
try:
    {call}
except CtlkitError as error:
    print(error.code, error.values.get("reason"))
"""


def test_a_file_without_permission_is_one_error(tmp_path: Path) -> None:
    """What the user may not read is said with the system's reason."""
    for folder in (tmp_path, *list(tmp_path.parents)[:2]):
        folder.chmod(0o755)
    path = tmp_path / "secret"
    path.write_bytes(b"x")
    path.chmod(0)
    printed = run_as_nobody(tmp_path, CHILD.format(call='read_file("secret", 10)'))
    assert "file-unreadable Permission denied" == printed.strip()


def leftovers(folder: Path) -> list[str]:
    """The names in a folder, hidden ones too."""
    return sorted(path.name for path in folder.iterdir())


def test_a_file_is_written_whole(tmp_path: Path) -> None:
    """All bytes under the name, with the permission bits asked for whatever the mask is."""
    path = tmp_path / "a"
    mask = os.umask(0o077)
    try:
        write_file(path, b"one", replace=False)
        assert (b"one", 0o644) == (path.read_bytes(), stat.S_IMODE(path.stat().st_mode))
        write_file(path, b"two", replace=True, mode=0o600)
        assert (b"two", 0o600) == (path.read_bytes(), stat.S_IMODE(path.stat().st_mode))
    finally:
        os.umask(mask)
    assert ["a"] == leftovers(tmp_path)


def test_nothing_is_replaced_unasked(tmp_path: Path) -> None:
    """An existing file, a link and even a broken link are left as they are."""
    path, link, broken = tmp_path / "a", tmp_path / "b", tmp_path / "c"
    path.write_bytes(b"old")
    link.symlink_to(path)
    broken.symlink_to(tmp_path / "gone")
    for name in (path, link, broken):
        with pytest.raises(PlaceError) as caught:
            write_file(name, b"new", replace=False)
        assert "file-exists" == caught.value.code
    assert b"old" == path.read_bytes()
    assert ["a", "b", "c"] == leftovers(tmp_path)


def test_where_there_are_no_hard_links_nothing_is_replaced_either(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a file system without hard links a rename serves, after a look at the name."""

    def refuse(*_arguments: object, **_more: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    path = tmp_path / "a"
    write_file(path, b"one", replace=False)
    with pytest.raises(PlaceError) as caught:
        write_file(path, b"two", replace=False)
    assert "file-exists" == caught.value.code
    assert (b"one", ["a"]) == (path.read_bytes(), leftovers(tmp_path))


def test_a_link_is_replaced_not_followed(tmp_path: Path) -> None:
    """Replacing puts a file in the link's place; what the link led to stays."""
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_bytes(b"target")
    link.symlink_to(target)
    write_file(link, b"new", replace=True)
    assert not link.is_symlink()
    assert (b"target", b"new") == (target.read_bytes(), link.read_bytes())


def test_names_that_cannot_be_written_are_one_error(tmp_path: Path) -> None:
    """No folder, a file as a folder, a directory of that name, a NUL, no name at all."""
    (tmp_path / "file").touch()
    (tmp_path / "folder" / "inside").mkdir(parents=True)
    before = leftovers(tmp_path)
    names = (
        tmp_path / "gone" / "a",
        tmp_path / "file" / "a",
        tmp_path / "folder",
        tmp_path / "a\0b",
        Path("/"),
    )
    for path in names:
        with pytest.raises(PlaceError) as caught:
            write_file(path, b"x", replace=True)
        assert "file-unwritable" == caught.value.code
    assert before == leftovers(tmp_path)


def test_a_full_disk_leaves_nothing(tmp_path: Path) -> None:
    """A file over the size that the system allows: the old one stays, nothing else is left."""
    (tmp_path / "a").write_bytes(b"old")
    code = CHILD.format(call='write_file(Path("a"), b"x" * 100_000, replace=True)')
    code = (
        "import resource, signal\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (5000, 5000))\n" + code
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={"PYTHONDONTWRITEBYTECODE": "1", "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert "file-unwritable File too large" == done.stdout.strip(), done.stderr
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] != 5000
    assert (b"old", ["a"]) == ((tmp_path / "a").read_bytes(), leftovers(tmp_path))


def test_a_step_before_may_stop_the_writing(tmp_path: Path) -> None:
    """What is called before the file appears sees the old one, and its error leaves nothing."""
    path = tmp_path / "a"
    path.write_bytes(b"old")
    seen = []

    def stop() -> None:
        seen.append(path.read_bytes())
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_file(path, b"new", replace=True, before=stop)
    assert ([b"old"], b"old", ["a"]) == (seen, path.read_bytes(), leftovers(tmp_path))


def test_a_folder_that_cannot_be_listed_can_be_written(tmp_path: Path) -> None:
    """A folder with the right to write alone holds the file afterwards, and that is no error."""
    for folder in (tmp_path, *list(tmp_path.parents)[:2]):
        folder.chmod(0o755)
    dark = tmp_path / "dark"
    dark.mkdir()
    dark.chmod(0o333)
    call = 'write_file(Path("dark/a"), b"x", replace=False); print("written")'
    assert "written" == run_as_nobody(tmp_path, CHILD.format(call=call)).strip()
    assert ["a"] == leftovers(dark)


def test_a_file_that_cannot_be_given_to_its_owner_is_readable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A private mode under another owner would keep out the server whose file it was."""

    def refuse(*_args: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "fchown", refuse)
    path = tmp_path / "a"
    write_file(path, b"x", replace=True, mode=0o640, owner=(os.getuid() + 1, os.getgid()))
    assert 0o644 == stat.S_IMODE(path.stat().st_mode)
    about = path.stat()
    write_file(path, b"y", replace=True, mode=0o640, owner=(about.st_uid, about.st_gid))
    assert 0o640 == stat.S_IMODE(path.stat().st_mode)
