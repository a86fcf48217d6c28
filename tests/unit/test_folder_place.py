"""A folder as the place of a list: what is kept, what is refused, what survives a failure."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ctlkit.codec import MAX_LIST
from ctlkit.errors import InputError, PlaceError, UsageError
from ctlkit.place import LIST_NAME, OLD_NAME, Watch, open_place

if TYPE_CHECKING:
    from tests.unit.conftest import OneFolder

ONE, TWO, THREE = b"first list", b"second list", b"third list"


def test_an_address_opens_its_place(tmp_path: Path) -> None:
    """`folder:DIR` is a folder; what is no place is a usage error; nothing is read yet."""
    assert f"folder:{tmp_path}" == open_place(f"folder:{tmp_path}").url
    assert "folder:gone" == open_place("folder:gone").url
    for address in ("folder:", "", str(tmp_path), "floppy:a"):
        with pytest.raises(UsageError) as caught:
            open_place(address)
        assert "place-unknown" == caught.value.code


def test_an_empty_folder_holds_no_list(place: OneFolder) -> None:
    """Nothing present and nothing kept is a state, not an error."""
    state = place.state()
    assert (place.url, None, None) == (state.node, state.present, state.kept)


def test_the_first_list_is_written(place: OneFolder, tmp_path: Path) -> None:
    """With nothing there, nothing is kept; the file is readable for a TFTP server."""
    mask = os.umask(0o077)
    try:
        done = place.publish(ONE, None)
    finally:
        os.umask(mask)
    assert {LIST_NAME: ONE} == place.content()
    assert (True, None, ONE) == (done.changed, done.kept, place.held(done))
    assert 0o644 == stat.S_IMODE((tmp_path / LIST_NAME).stat().st_mode)


def test_the_list_before_is_kept(place: OneFolder, tmp_path: Path) -> None:
    """Publishing keeps the present list, one step back, with its permission bits."""
    place.publish(ONE, None)
    (tmp_path / LIST_NAME).chmod(0o604)
    done = place.publish(TWO, ONE)
    assert {LIST_NAME: TWO, OLD_NAME: ONE} == place.content()
    assert str(tmp_path / OLD_NAME) == done.kept
    place.publish(THREE, TWO)
    assert {LIST_NAME: THREE, OLD_NAME: TWO} == place.content()
    for name in (LIST_NAME, OLD_NAME):
        assert 0o604 == stat.S_IMODE((tmp_path / name).stat().st_mode)


def test_publishing_again_touches_nothing(place: OneFolder, tmp_path: Path) -> None:
    """A place that holds the new bytes already keeps both files: a cut run can be repeated."""
    place.publish(ONE, None)
    place.publish(TWO, ONE)
    before = [(tmp_path / name).stat() for name in (LIST_NAME, OLD_NAME)]
    for expected in (ONE, TWO, None):
        done = place.publish(TWO, expected)
        assert (False, str(tmp_path / OLD_NAME)) == (done.changed, done.kept)
    after = [(tmp_path / name).stat() for name in (LIST_NAME, OLD_NAME)]
    assert [(item.st_ino, item.st_mtime_ns) for item in before] == [
        (item.st_ino, item.st_mtime_ns) for item in after
    ]


@pytest.mark.parametrize("expected", [None, TWO])
def test_what_somebody_else_changed_is_not_overwritten(
    place: OneFolder, expected: bytes | None
) -> None:
    """The caller names the bytes that it saw; others, or any where it saw none, stop it."""
    place.publish(ONE, None)
    error = place.refusal(lambda: place.publish(THREE, expected))
    assert "place-changed" == error.code
    assert {LIST_NAME: ONE} == place.content()


def test_a_list_that_vanished_stops_the_publication(place: OneFolder) -> None:
    """A present list that somebody deleted meanwhile is a change like any other."""
    assert "place-changed" == place.refusal(lambda: place.publish(TWO, ONE)).code
    assert {} == place.content()


@pytest.mark.parametrize("step", [1, 2])
def test_a_failure_while_publishing_loses_nothing(
    place: OneFolder, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    """Whichever rename fails, the present list is whole and nothing else is left; it can go on."""
    place.publish(ONE, None)
    place.publish(TWO, ONE)
    with monkeypatch.context() as patch:
        tried = place.failing_at(patch, step)
        error = place.refusal(lambda: place.publish(THREE, TWO))
    assert "file-unwritable" == error.code
    assert [OLD_NAME, LIST_NAME][:step] == [target for _, target in tried]
    kept = {1: ONE, 2: TWO}[step]
    assert {LIST_NAME: TWO, OLD_NAME: kept} == place.content()
    place.publish(THREE, TWO)
    assert {LIST_NAME: THREE, OLD_NAME: TWO} == place.content()


def test_a_full_disk_touches_neither_file(
    place: OneFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The new list lies on the disk before the kept one is replaced: no space, no change."""
    place.publish(ONE, None)
    place.publish(TWO, ONE)
    before = place.content()

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    for action in (lambda: place.publish(THREE, TWO), lambda: place.restore(ONE)):
        error = place.refusal(action)
        assert isinstance(error, PlaceError)
        assert "No space left on device" in str(error)
    assert before == place.content()


def test_what_was_written_is_read_back(place: OneFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that gives other bytes back than it was given is found out."""
    real: Callable[[Path, Path], Path] = Path.replace

    def lying(self: Path, target: Path) -> Path:
        done = real(self, target)
        target.write_bytes(b"other")
        return done

    place.publish(ONE, None)
    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", lying)
        assert "place-not-kept" == place.refusal(lambda: place.publish(TWO, ONE)).code


def test_links_are_refused(place: OneFolder, tmp_path: Path) -> None:
    """A link in the list's place is neither read nor replaced, nor is one to nowhere."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_bytes(ONE)
    for target in (elsewhere, tmp_path / "gone"):
        for name in (LIST_NAME, OLD_NAME):
            link = tmp_path / name
            link.symlink_to(target)
            assert "place-link" == place.refusal(place.state).code
            if name == LIST_NAME:
                assert "place-link" == place.refusal(lambda: place.publish(TWO, ONE)).code
            assert link.is_symlink()
            link.unlink()
    assert {"elsewhere": ONE} == place.content()


def test_a_folder_by_a_link_is_that_folder(place: OneFolder, tmp_path: Path) -> None:
    """The folder itself may be reached by a link: it is the files that must be none."""
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    place.at(tmp_path / "link").publish(ONE, None)
    assert {LIST_NAME: ONE} == place.at(tmp_path / "real").content()


@pytest.mark.parametrize("make", ["missing", "file", "nul"])
def test_what_is_no_folder_is_named(place: OneFolder, tmp_path: Path, make: str) -> None:
    """A folder that is not there, or is a file, is one error before anything is written."""
    (tmp_path / "file").touch()
    wrong = place.at(tmp_path / {"missing": "gone", "file": "file", "nul": "a\0b"}[make])
    for action in (wrong.state, lambda: wrong.publish(ONE, None)):
        error = place.refusal(action)
        assert isinstance(error, InputError)
        assert error.code in {"place-no-folder", "file-unreadable"}


def test_a_present_file_that_is_none_is_named(place: OneFolder, tmp_path: Path) -> None:
    """A directory or a huge file of the list's name is not read and not replaced."""
    path = tmp_path / LIST_NAME
    path.mkdir()
    assert "file-not-regular" == place.refusal(lambda: place.publish(ONE, None)).code
    path.rmdir()
    with path.open("wb") as stream:
        stream.truncate(MAX_LIST + 1)
    assert "file-too-large" == place.refusal(lambda: place.publish(ONE, None)).code


def test_checksums_are_those_that_phones_show(place: OneFolder) -> None:
    """MD5 and SHA-1 of the file, as lower-case hexadecimal."""
    done = place.publish(b"abc", None)
    assert done.present is not None
    assert "900150983cd24fb0d6963f7d28e17f72" == done.present.md5
    assert "a9993e364706816aba3e25717850c26c9cd0d89d" == done.present.sha1


def test_a_change_right_before_the_rename_is_not_overwritten(
    place: OneFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The present file is compared once more when the new one lies beside it."""
    place.publish(ONE, None)
    fsync = os.fsync

    def meanwhile(descriptor: int) -> None:
        (tmp_path / LIST_NAME).write_bytes(THREE)
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", meanwhile)
    assert "place-changed" == place.refusal(lambda: place.publish(TWO, ONE)).code
    assert {LIST_NAME: THREE} == place.content()


def test_two_at_once_are_one_after_the_other(
    place: OneFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While one is writing, another is told so and writes nothing."""
    place.publish(ONE, None)
    told: list[str] = []
    fsync = os.fsync

    def meanwhile(descriptor: int) -> None:
        other = place.at(tmp_path)
        told.append(place.refusal(lambda: other.publish(THREE, ONE)).code)
        told.append(place.refusal(lambda: other.restore(ONE)).code)
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", meanwhile)
    place.publish(TWO, ONE)
    assert {"place-busy"} == set(told)
    assert {LIST_NAME: TWO, OLD_NAME: ONE} == place.content()


def test_an_empty_file_is_not_kept(place: OneFolder, tmp_path: Path) -> None:
    """An empty file is no list: it does not take the place of the kept one."""
    (tmp_path / LIST_NAME).write_bytes(b"")
    (tmp_path / OLD_NAME).write_bytes(ONE)
    place.publish(TWO, b"")
    assert {LIST_NAME: TWO, OLD_NAME: ONE} == place.content()


def test_a_phones_own_list_lies_beside(place: OneFolder) -> None:
    """A list for one phone has its own name and its own kept file; the list of all stays."""
    place.publish(ONE, None)
    place.publish(TWO, None, "CTLSEP0011AABBCCDD.tlv")
    place.publish(THREE, TWO, "CTLSEP0011AABBCCDD.tlv")
    assert {
        LIST_NAME: ONE,
        "CTLSEP0011AABBCCDD.tlv": THREE,
        "CTLSEP0011AABBCCDD_old.tlv": TWO,
    } == place.content()


def test_nothing_is_done_where_nothing_is_expected(place: OneFolder) -> None:
    """A node that the caller does not name is left alone."""
    assert () == place.place.publish(ONE, {})
    assert () == place.place.publish(ONE, {"another": None})
    assert {} == place.content()


def test_cancelling_comes_before_the_first_byte(place: OneFolder) -> None:
    """Who cancels in time finds nothing written."""
    watch = Watch()
    watch.cancel.set()
    assert (
        "interrupted"
        == place.refusal(lambda: place.place.publish(ONE, {place.url: None}, watch=watch)).code
    )
    assert {} == place.content()
