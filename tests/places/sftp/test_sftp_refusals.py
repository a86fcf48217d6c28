"""Folders on nodes: what a server refuses or lacks, and what lies there that is no list."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

import asyncssh
import pytest

from ctlkit.codec import MAX_LIST
from ctlkit.place import LIST_NAME, OLD_NAME

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


def test_links_are_refused(node: Node, make_place: MakePlace) -> None:
    """A link in the place of a list is neither followed nor replaced."""
    target = node.folder / "elsewhere"
    target.write_bytes(ONE)
    (node.lists / LIST_NAME).symlink_to(target)
    place = make_place(node)
    assert "place-link" == code_of(place.state()[0].error)
    assert "place-link" == code_of(place.publish(TWO, {node.name: ONE})[0].error)
    assert (node.lists / LIST_NAME).is_symlink()
    assert ONE == target.read_bytes()


def test_what_is_no_list_is_not_read(node: Node, make_place: MakePlace) -> None:
    """A folder, a FIFO and a file that is too large are one clear error each."""
    path = node.lists / LIST_NAME
    place = make_place(node)
    codes = []
    path.mkdir()
    codes.append(code_of(place.state()[0].error))
    path.rmdir()
    os.mkfifo(path)
    codes.append(code_of(place.state()[0].error))
    path.unlink()
    path.write_bytes(bytes(MAX_LIST + 1))
    codes.append(code_of(place.state()[0].error))
    assert ["file-not-regular", "file-not-regular", "file-too-large"] == codes


def test_a_folder_that_is_not_there(node: Node, make_place: MakePlace) -> None:
    """No such folder, and a file where the folder is to be, are said as such."""
    (node.folder / "file").write_bytes(ONE)
    for folder in ("missing", "file"):
        (state,) = make_place(node.url_of(f"/{folder}")).state()
        assert code_of(state.error) in {"place-no-folder", "file-unreadable"}


@pytest.mark.parametrize("call", ["write", "fsync", "close", "posix_rename"])
def test_a_full_disk_changes_nothing(node: Node, make_place: MakePlace, call: str) -> None:
    """Wherever the disk turns out to be full, the node holds what it held, and no scraps."""
    fill(node, present=TWO, kept=ONE)
    writing = False

    def full(asked: str) -> None:
        nonlocal writing
        writing = writing or asked == "write"
        if writing and asked == call:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    node.before = full
    (done,) = make_place(node).publish(THREE, {node.name: TWO})
    assert "file-unwritable" == code_of(done.error)
    assert "No space left" in str(done.error)
    assert {LIST_NAME: TWO, OLD_NAME: ONE} == node.content()
    assert [] == node.hidden()


def test_what_reads_back_differently_is_reported(node: Node, make_place: MakePlace) -> None:
    """A node that serves other bytes than were written is not called done."""

    def swap(call: str) -> None:
        if call == "lstat" and node.calls.count("posix_rename") == 1:
            (node.lists / LIST_NAME).write_bytes(THREE)

    node.before = swap
    (done,) = make_place(node).publish(TWO, {node.name: None})
    assert ("place-not-kept", False) == (code_of(done.error), done.changed)


@pytest.mark.parametrize("call", ["chown", "chmod", "fsync"])
def test_what_a_server_need_not_offer(node: Node, make_place: MakePlace, call: str) -> None:
    """Owner, mode and fsync are asked for; a server without them is used all the same."""
    fill(node, present=ONE)

    def unsupported(asked: str) -> None:
        if asked == call:
            raise asyncssh.SFTPOpUnsupported("not here")

    node.before = unsupported
    (done,) = make_place(node).publish(TWO, {node.name: ONE})
    assert (True, None) == (done.changed, done.error)
    assert {LIST_NAME: TWO, OLD_NAME: ONE} == node.content()


def _without_posix_rename(call: str) -> None:
    if call == "posix_rename":
        raise asyncssh.SFTPOpUnsupported("no such extension")


def test_without_posix_rename_nothing_is_written(node: Node, make_place: MakePlace) -> None:
    """A server that cannot replace in one step is refused, and nothing has changed there."""
    fill(node, present=TWO, kept=ONE)
    node.before = _without_posix_rename
    place = make_place(node)
    for done in (
        *place.publish(THREE, {node.name: TWO}),
        *place.restore({node.name: ONE}),
        *place.delete({node.name: TWO}),
    ):
        assert "sftp-not-atomic" == code_of(done.error)
        assert "--non-atomic" in (done.error.advice if done.error else "")
    assert {LIST_NAME: TWO, OLD_NAME: ONE} == node.content()
    assert [] == node.hidden()


def test_without_posix_rename_if_asked_for(node: Node, make_place: MakePlace) -> None:
    """With the caller's word files are replaced in two steps."""
    fill(node, present=TWO, kept=ONE)
    node.before = _without_posix_rename
    place = make_place(node, non_atomic=True)
    place.publish(THREE, {node.name: TWO})
    assert {LIST_NAME: THREE, OLD_NAME: TWO} == node.content()
    place.restore({node.name: TWO})
    assert {LIST_NAME: TWO, OLD_NAME: THREE} == node.content()
    place.delete({node.name: TWO})
    assert {OLD_NAME: TWO} == node.content()
