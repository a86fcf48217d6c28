"""A folder as the place of a list: putting the kept list back, and taking the present one away."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ctlkit.codec import MAX_LIST
from ctlkit.place import LIST_NAME, OLD_NAME

if TYPE_CHECKING:
    from tests.unit.conftest import OneFolder

ONE, TWO, THREE = b"first list", b"second list", b"third list"


def test_restoring_swaps(place: OneFolder) -> None:
    """Restoring puts the kept list in force and keeps the other: twice is as before."""
    place.publish(ONE, None)
    place.publish(TWO, ONE)
    before = place.content()
    done = place.restore(ONE)
    assert {LIST_NAME: ONE, OLD_NAME: TWO} == place.content()
    assert (True, ONE) == (done.changed, place.held(done))
    place.restore(TWO)
    assert before == place.content()


def test_restoring_without_a_present_list(place: OneFolder, tmp_path: Path) -> None:
    """A list that was deleted comes back from the kept one, which stays."""
    (tmp_path / OLD_NAME).write_bytes(ONE)
    place.restore(ONE)
    assert {LIST_NAME: ONE, OLD_NAME: ONE} == place.content()


def test_restoring_needs_what_the_caller_saw(place: OneFolder, tmp_path: Path) -> None:
    """Nothing kept, or other bytes than those whose signature was checked: nothing is done."""
    place.publish(ONE, None)
    assert "place-nothing-kept" == place.refusal(lambda: place.restore(ONE)).code
    (tmp_path / OLD_NAME).write_bytes(TWO)
    assert "place-changed" == place.refusal(lambda: place.restore(THREE)).code
    assert {LIST_NAME: ONE, OLD_NAME: TWO} == place.content()


@pytest.mark.parametrize("step", [1, 2, 3])
def test_a_failure_while_restoring_loses_nothing(
    place: OneFolder, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    """Whichever rename fails, both lists are still there, the present one whole."""
    place.publish(ONE, None)
    place.publish(TWO, ONE)
    with monkeypatch.context() as patch:
        place.failing_at(patch, step)
        place.refusal(lambda: place.restore(ONE))
    found = place.content()
    assert {ONE, TWO} == set(found.values())
    assert {1: TWO, 2: TWO, 3: ONE}[step] == found[LIST_NAME]
    assert not [name for name in found if name.startswith(".")]


def test_a_restore_that_was_cut_is_finished(place: OneFolder, tmp_path: Path) -> None:
    """Between its two renames both names hold the old list; repeating it loses nothing."""
    left = {LIST_NAME: ONE, OLD_NAME: ONE, "CTLFile_swap.tlv": TWO}
    for name, data in left.items():
        (tmp_path / name).write_bytes(data)
    assert "place-restore-cut" == place.refusal(lambda: place.publish(THREE, ONE)).code
    assert left == place.content()
    done = place.restore(ONE)
    assert (True, ONE) == (done.changed, place.held(done))
    assert {LIST_NAME: ONE, OLD_NAME: TWO} == place.content()


def test_what_an_earlier_restore_left_is_not_overwritten(place: OneFolder, tmp_path: Path) -> None:
    """A third list under the third name stops a restore instead of being lost."""
    left = {LIST_NAME: ONE, OLD_NAME: TWO, "CTLFile_swap.tlv": THREE}
    for name, data in left.items():
        (tmp_path / name).write_bytes(data)
    assert "place-restore-cut" == place.refusal(lambda: place.restore(TWO)).code
    assert left == place.content()


def test_restoring_over_what_is_no_list(place: OneFolder, tmp_path: Path) -> None:
    """A present file that is too large for a list can still be exchanged for the kept one."""
    large = bytes(MAX_LIST + 1)
    (tmp_path / LIST_NAME).write_bytes(large)
    (tmp_path / OLD_NAME).write_bytes(ONE)
    place.restore(ONE)
    assert {LIST_NAME: ONE, OLD_NAME: large} == place.content()


def test_deleting_keeps(place: OneFolder, tmp_path: Path) -> None:
    """The present list becomes the kept one, and comes back by restoring."""
    place.publish(ONE, None)
    done = place.delete(ONE)
    assert (True, None, str(tmp_path / OLD_NAME)) == (done.changed, place.held(done), done.kept)
    assert {OLD_NAME: ONE} == place.content()
    assert not place.delete(ONE).changed
    place.restore(ONE)
    assert ONE == place.held(place.state())


def test_deleting_needs_what_the_caller_saw(place: OneFolder) -> None:
    """A list that somebody changed meanwhile is not taken away."""
    place.publish(ONE, None)
    assert "place-changed" == place.refusal(lambda: place.delete(TWO)).code
    assert {LIST_NAME: ONE} == place.content()
