"""Folders on nodes: putting the kept list back, and taking the present one away."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ctlkit.codec import MAX_LIST
from ctlkit.place import LIST_NAME, OLD_NAME

if TYPE_CHECKING:
    from tests.places.sftp.conftest import MakeNode, MakePlace, Node

ONE, TWO, THREE = b"first list", b"second list", b"third list"
SWAP = "CTLFile_swap.tlv"


@pytest.fixture
def node(make_node: MakeNode) -> Node:
    """Give a server whose folder is empty."""
    return make_node()


def fill(node: Node, **files: bytes) -> None:
    """Write files into a node's folder."""
    names = {"present": LIST_NAME, "kept": OLD_NAME, "swap": SWAP}
    for name, data in files.items():
        (node.lists / names[name]).write_bytes(data)


def code_of(error: object) -> str | None:
    """The code of an error in a value."""
    return getattr(error, "code", None)


def test_restoring_swaps(node: Node, make_place: MakePlace) -> None:
    """Restoring puts the kept list in force and keeps the other: twice is as before."""
    fill(node, present=TWO, kept=ONE)
    place = make_place(node)
    (done,) = place.restore({node.name: ONE})
    assert (True, "/tftp/CTLFile_old.tlv", None) == (done.changed, done.kept, done.error)
    assert {LIST_NAME: ONE, OLD_NAME: TWO} == node.content()
    place.restore({node.name: TWO})
    assert {LIST_NAME: TWO, OLD_NAME: ONE} == node.content()


def test_restoring_where_nothing_is_present(node: Node, make_place: MakePlace) -> None:
    """Without a present list the kept one is put back; equal ones are left; nothing is nothing."""
    place = make_place(node)
    (done,) = place.restore({node.name: ONE})
    assert "place-nothing-kept" == code_of(done.error)
    fill(node, kept=ONE)
    (done,) = place.restore({node.name: ONE})
    assert (True, {LIST_NAME: ONE, OLD_NAME: ONE}) == (done.changed, node.content())
    (done,) = place.restore({node.name: ONE})
    assert (False, None) == (done.changed, done.error)
    (done,) = place.restore({node.name: THREE})
    assert "place-changed" == code_of(done.error)


def test_a_restore_that_was_cut_is_finished(node: Node, make_place: MakePlace) -> None:
    """What was set aside becomes the kept list; nothing else is written before that."""
    fill(node, present=ONE, kept=ONE, swap=TWO)
    place = make_place(node)
    assert "place-restore-cut" == code_of(place.publish(THREE, {node.name: ONE})[0].error)
    assert "place-restore-cut" == code_of(place.delete({node.name: ONE})[0].error)
    (done,) = place.restore({node.name: ONE})
    assert (True, None) == (done.changed, done.error)
    assert {LIST_NAME: ONE, OLD_NAME: TWO} == node.content()


def test_what_an_earlier_restore_left_is_not_overwritten(node: Node, make_place: MakePlace) -> None:
    """A third list under the third name stops a restore instead of being lost."""
    fill(node, present=ONE, kept=TWO, swap=THREE)
    before = node.content()
    (done,) = make_place(node).restore({node.name: TWO})
    assert "place-restore-cut" == code_of(done.error)
    assert before == node.content()
    assert [] == node.hidden()


def test_deleting_keeps(node: Node, make_place: MakePlace) -> None:
    """The present list becomes the kept one; an empty file does not; nothing is nothing."""
    fill(node, present=TWO, kept=ONE)
    place = make_place(node)
    (done,) = place.delete({node.name: THREE})
    assert "place-changed" == code_of(done.error)
    (done,) = place.delete({node.name: TWO})
    assert (True, None, "/tftp/CTLFile_old.tlv") == (done.changed, done.present, done.kept)
    assert {OLD_NAME: TWO} == node.content()
    (done,) = place.delete({node.name: TWO})
    assert (False, None) == (done.changed, done.error)
    fill(node, present=b"")
    (done,) = place.delete({node.name: b""})
    assert (True, {OLD_NAME: TWO}) == (done.changed, node.content())


def test_restoring_over_what_is_no_list(node: Node, make_place: MakePlace) -> None:
    """A present file that is too large for a list can still be exchanged for the kept one."""
    large = bytes(MAX_LIST + 1)
    fill(node, present=large, kept=ONE)
    make_place(node).restore({node.name: ONE})
    assert {LIST_NAME: ONE, OLD_NAME: large} == node.content()
