"""Folders on nodes: what is written in which order, what is kept, what is compared."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

import asyncssh
import pytest

from ctlkit.errors import CancelledError, UsageError
from ctlkit.place import LIST_NAME, OLD_NAME, Progress, Step, Watch, open_place

if TYPE_CHECKING:
    from tests.places.sftp.conftest import MakeNode, MakePlace, Node

ONE, TWO, THREE = b"first list", b"second list", b"third list"


@pytest.fixture
def node(make_node: MakeNode) -> Node:
    """Give a server whose folder is empty."""
    return make_node()


def fill(node: Node, **files: bytes) -> None:
    """Write files into a node's folder."""
    names = {"present": LIST_NAME, "kept": OLD_NAME}
    for name, data in files.items():
        (node.lists / names[name]).write_bytes(data)


def code_of(error: object) -> str | None:
    """The code of an error in a value."""
    return getattr(error, "code", None)


def test_an_address_opens_its_place(node: Node) -> None:
    """Opening asks nothing; the node's name has the port where it is not 22, and no user."""
    with open_place(node.url) as place:
        assert (node.url, (node.name,), True) == (place.url, place.nodes, place.writable)
    with open_place("sftp://a@Host/tftp/") as place:
        assert ("sftp://host/tftp",) == place.nodes
    assert [] == node.connections


def test_an_empty_folder_holds_no_list(node: Node, make_place: MakePlace) -> None:
    """Nothing present and nothing kept is a state, not an error."""
    (state,) = make_place(node).state()
    assert (node.name, None, None, None) == (state.node, state.present, state.kept, state.error)


def test_a_state_is_what_lies_there(node: Node, make_place: MakePlace) -> None:
    """Present and kept list come with path, bytes and modification time; nothing is changed."""
    fill(node, present=TWO, kept=ONE)
    os.utime(node.lists / LIST_NAME, (1425675367, 1425675367))
    (state,) = make_place(node).state()
    assert state.present is not None
    assert state.kept is not None
    assert ("/tftp/CTLFile.tlv", TWO, 1425675367) == (
        state.present.name,
        state.present.data,
        state.present.modified,
    )
    assert ("/tftp/CTLFile_old.tlv", ONE) == (state.kept.name, state.kept.data)
    assert set() == {"write", "posix_rename", "remove", "chmod"} & set(node.calls)


def test_the_first_list_is_written(node: Node, make_place: MakePlace) -> None:
    """With nothing there, nothing is kept; the file is readable for a TFTP server."""
    (done,) = make_place(node).publish(ONE, {node.name: None})
    assert (True, None, None) == (done.changed, done.kept, done.error)
    assert done.present is not None
    assert ONE == done.present.data
    assert {LIST_NAME: ONE} == node.content()
    assert 0o644 == stat.S_IMODE((node.lists / LIST_NAME).stat().st_mode)


def test_the_list_before_is_kept(node: Node, make_place: MakePlace) -> None:
    """Publishing keeps the present list, one step back, and both get its mode and owner."""
    fill(node, present=ONE)
    (node.lists / LIST_NAME).chmod(0o604)
    if os.geteuid() == 0:
        os.chown(node.lists / LIST_NAME, 1234, 2345)
    owner = (node.lists / LIST_NAME).stat()
    place = make_place(node)
    (done,) = place.publish(TWO, {node.name: ONE})
    assert ("/tftp/CTLFile_old.tlv", True) == (done.kept, done.changed)
    place.publish(THREE, {node.name: TWO})
    assert {LIST_NAME: THREE, OLD_NAME: TWO} == node.content()
    for name in (LIST_NAME, OLD_NAME):
        about = (node.lists / name).stat()
        assert 0o604 == stat.S_IMODE(about.st_mode)
        assert (owner.st_uid, owner.st_gid) == (about.st_uid, about.st_gid)
    assert [] == node.hidden()


def test_the_order_of_the_steps(node: Node, make_place: MakePlace) -> None:
    """New file with mode and fsync, copy of the present one, rename over it, read back."""
    fill(node, present=ONE)
    place = make_place(node)
    place.state()
    node.calls.clear()
    place.publish(TWO, {node.name: ONE})
    written = ["open", "write", "chown", "chmod", "fsync", "close"]
    kept = [*written, "posix_rename"]
    changing = [call for call in node.calls if call not in ("lstat", "read")]
    reading = ["open", "close"]
    expected = [*reading, *written, *reading, *kept, *reading, "posix_rename", *reading]
    assert expected == changing


def test_publishing_again_touches_nothing(node: Node, make_place: MakePlace) -> None:
    """A node that holds the new bytes already keeps both files: a cut run can be repeated."""
    fill(node, present=TWO, kept=ONE)
    before = [(node.lists / name).stat() for name in (LIST_NAME, OLD_NAME)]
    for expected in (ONE, TWO, None):
        (done,) = make_place(node).publish(TWO, {node.name: expected})
        assert (False, None, "/tftp/CTLFile_old.tlv") == (done.changed, done.error, done.kept)
    after = [(node.lists / name).stat() for name in (LIST_NAME, OLD_NAME)]
    assert [(item.st_ino, item.st_mtime_ns) for item in before] == [
        (item.st_ino, item.st_mtime_ns) for item in after
    ]


@pytest.mark.parametrize("expected", [None, TWO])
def test_what_somebody_else_changed_is_not_overwritten(
    node: Node, make_place: MakePlace, expected: bytes | None
) -> None:
    """The caller names the bytes that it saw; others, or any where it saw none, stop it."""
    fill(node, present=ONE)
    (done,) = make_place(node).publish(THREE, {node.name: expected})
    assert ("place-changed", False) == (code_of(done.error), done.changed)
    assert {LIST_NAME: ONE} == node.content()


@pytest.mark.parametrize("at", [1, 2])
def test_a_file_that_changes_meanwhile_is_not_overwritten(
    node: Node, make_place: MakePlace, at: int
) -> None:
    """The present file is compared again right before it is replaced."""
    fill(node, present=ONE)

    def meanwhile(call: str) -> None:
        if call == "fsync" and node.calls.count("fsync") == at:
            (node.lists / LIST_NAME).write_bytes(THREE)

    node.before = meanwhile
    (done,) = make_place(node).publish(TWO, {node.name: ONE})
    assert "place-changed" == code_of(done.error)
    assert THREE == (node.lists / LIST_NAME).read_bytes()
    assert [] == node.hidden()


def test_a_phone_has_a_file_of_its_own(node: Node, make_place: MakePlace) -> None:
    """Another name is kept under its own other name, and the common list is left alone."""
    fill(node, present=ONE)
    name = "CTLSEP001122334455.tlv"
    place = make_place(node)
    place.publish(ONE, {node.name: None}, name=name)
    (done,) = place.publish(TWO, {node.name: ONE}, name=name)
    assert "/tftp/CTLSEP001122334455_old.tlv" == done.kept
    (state,) = place.state(name)
    assert state.present is not None
    assert TWO == state.present.data
    assert {LIST_NAME: ONE, name: TWO, "CTLSEP001122334455_old.tlv": ONE} == node.content()


def test_a_folder_in_the_home(node: Node, make_place: MakePlace) -> None:
    """`/~/DIR` is relative to where the server puts the user."""
    fill(node, present=ONE)
    place = make_place(node.url_of("/~/tftp"))
    (state,) = place.state()
    assert state.present is not None
    assert ("tftp/CTLFile.tlv", ONE) == (state.present.name, state.present.data)


def test_progress_is_told_step_by_step(node: Node, make_place: MakePlace) -> None:
    """Every step of a node is told, in order, with its name."""
    fill(node, present=ONE)
    told: list[Progress] = []
    make_place(node).publish(TWO, {node.name: ONE}, watch=Watch(told.append))
    assert {node.name} == {each.node for each in told}
    assert [
        Step.CONNECTING,
        Step.READING,
        Step.WRITING,
        Step.KEEPING,
        Step.REPLACING,
        Step.READING_BACK,
        Step.DONE,
    ] == [each.step for each in told]


@pytest.mark.parametrize("at", [Step.CONNECTING, Step.READING, Step.WRITING, Step.KEEPING])
def test_stopping_between_two_steps(node: Node, make_place: MakePlace, at: Step) -> None:
    """Stopped before the file was replaced, nothing has changed, and that is said."""
    fill(node, present=ONE)
    watch = Watch(lambda told: watch.cancel.set() if told.step is at else None)
    with pytest.raises(CancelledError):
        make_place(node).publish(TWO, {node.name: ONE}, watch=watch)
    assert ONE == (node.lists / LIST_NAME).read_bytes()
    assert [] == node.hidden()


def test_stopping_too_late(node: Node, make_place: MakePlace) -> None:
    """Once the file is being replaced the node is finished and told as it is."""
    watch = Watch(lambda told: watch.cancel.set() if told.step is Step.REPLACING else None)
    (done,) = make_place(node).publish(TWO, {node.name: None}, watch=watch)
    assert (True, None) == (done.changed, done.error)
    with pytest.raises(CancelledError):
        make_place(node).publish(ONE, {node.name: TWO}, watch=watch)


def test_only_named_nodes_are_written_to(make_node: MakeNode, make_place: MakePlace) -> None:
    """Nodes that the caller leaves out are not connected to."""
    one, two = make_node(), make_node()
    place = make_place(one, two)
    assert [two.name] == [done.node for done in place.publish(ONE, {two.name: None})]
    assert ({}, {LIST_NAME: ONE}) == (one.content(), two.content())
    assert [] == one.connections


def test_a_node_is_named_once(node: Node, make_place: MakePlace) -> None:
    """The same folder on the same node twice is a mistake, whoever the user is."""
    with pytest.raises(UsageError, match="twice"):
        make_place(node, node.url_of("/tftp", "other"))


def test_a_file_that_cannot_be_given_to_its_owner_is_readable(
    make_node: MakeNode, make_place: MakePlace
) -> None:
    """A private mode under another owner would keep out the TFTP server whose file it was."""

    def refuse(call: str) -> None:
        if call == "chown":
            raise asyncssh.SFTPPermissionDenied("no")

    node = make_node(stranger=True, before=refuse)
    fill(node, present=ONE)
    (node.lists / LIST_NAME).chmod(0o640)
    (done,) = make_place(node).publish(TWO, {node.name: ONE})
    assert done.error is None
    modes = [stat.S_IMODE((node.lists / name).stat().st_mode) for name in (LIST_NAME, OLD_NAME)]
    assert [0o644, 0o644] == modes


def test_the_only_copy_is_not_discarded(make_node: MakeNode, make_place: MakePlace) -> None:
    """Replaced in two steps, a file that cannot take the name stays, and the error names it."""

    def refuse(call: str) -> None:
        if call == "posix_rename":
            raise asyncssh.SFTPOpUnsupported("no")
        if call == "rename":
            raise asyncssh.SFTPFailure("no")

    node = make_node(before=refuse)
    fill(node, present=ONE, kept=ONE)
    (node.lists / LIST_NAME).unlink()
    (done,) = make_place(node, non_atomic=True).restore({node.name: ONE})
    assert ("file-unwritable", []) == (code_of(done.error), node.hidden())
    fill(node, present=TWO)
    (done,) = make_place(node, non_atomic=True).publish(THREE, {node.name: TWO})
    assert "sftp-half-replaced" == code_of(done.error)
    (left,) = node.hidden()
    assert done.error is not None
    assert left in done.error.advice
    assert TWO == (node.lists / left).read_bytes()
    assert {LIST_NAME: TWO} == node.content()


def test_keeping_takes_nothing_away(node: Node, make_place: MakePlace) -> None:
    """The list is copied to the kept one, unless it is another than the caller saw."""
    fill(node, present=TWO, kept=ONE)
    place = make_place(node)
    (refused,) = place.keep({node.name: THREE})
    assert "place-changed" == code_of(refused.error)
    (done,) = place.keep({node.name: TWO})
    assert (None, "/tftp/CTLFile_old.tlv") == (done.error, done.kept)
    assert {LIST_NAME: TWO, OLD_NAME: TWO} == node.content()
