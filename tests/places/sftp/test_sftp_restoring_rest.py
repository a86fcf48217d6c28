"""Restoring that reached only some nodes is finished with the list that was put back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ctlkit.place import LIST_NAME, OLD_NAME
from ctlkit.workflows.restoring import prepare_restore, put_back, put_back_rest

if TYPE_CHECKING:
    from ctlkit.place.sftp import SftpPlace
    from ctlkit.workflows.places import Done
    from ctlkit.workflows.restoring import Restoration
    from tests.places.sftp.conftest import MakeNode, MakePlace, Node

LISTS = Path(__file__).resolve().parents[2] / "data" / "lists"
NEW, KEPT = ((LISTS / f"{name}.tlv").read_bytes() for name in ("tokens-5728", "tokenless-4947"))
OTHER = b"another list"
SWAP = "CTLFile_swap.tlv"
NOW = 1_400_000_000


def _refuse(call: str) -> None:
    if call == "posix_rename":
        raise OSError("refused")


@pytest.fixture
def nodes(make_node: MakeNode) -> tuple[Node, Node]:
    """Give two nodes that hold one list and keep another; the second takes no file."""
    made = make_node(), make_node(before=_refuse)
    for node in made:
        (node.lists / LIST_NAME).write_bytes(NEW)
        (node.lists / OLD_NAME).write_bytes(KEPT)
    return made


class Half:
    """A place whose first node was restored, and what is known of it."""

    def __init__(self, place: SftpPlace) -> None:
        self.place = place
        self.restoration: Restoration = prepare_restore(place, now=NOW)
        self.done: Done = put_back([(place, self.restoration)])

    def again(self) -> list[str | None]:
        """Try the rest again; return the code of each node's error."""
        self.done = put_back_rest(self.place, self.restoration, self.done)
        return [item.error.code if item.error else None for item in self.done.published]


@pytest.fixture
def half(nodes: tuple[Node, Node], make_place: MakePlace) -> Half:
    """Restore both, of which one refuses."""
    made = Half(make_place(*nodes))
    assert "place-some-restored" == (made.done.error.code if made.done.error else "")
    return made


def test_a_node_that_failed_is_tried_again(nodes: tuple[Node, Node], half: Half) -> None:
    """As often as it takes; the one that is done is not touched, and both keep the new list."""
    first, second = nodes
    calls = len(first.calls)
    assert [None, "file-unwritable"] == half.again()
    second.before = lambda _call: None
    assert [None, None] == half.again()
    assert half.done.error is None
    swapped = {LIST_NAME: KEPT, OLD_NAME: NEW}
    assert [swapped, swapped] == [node.content() for node in nodes]
    assert not {"write", "posix_rename"} & set(first.calls[calls:])
    assert [None, None] == half.again()
    assert swapped == second.content()


@pytest.mark.parametrize(
    ("held", "code", "left"),
    [
        ({LIST_NAME: NEW}, None, {LIST_NAME: KEPT, OLD_NAME: NEW}),
        ({LIST_NAME: NEW, OLD_NAME: OTHER}, None, {LIST_NAME: KEPT, OLD_NAME: NEW}),
        ({}, None, {LIST_NAME: KEPT}),
        ({LIST_NAME: KEPT, OLD_NAME: NEW}, None, {LIST_NAME: KEPT, OLD_NAME: NEW}),
        (
            {LIST_NAME: KEPT, OLD_NAME: KEPT, SWAP: NEW},
            None,
            {LIST_NAME: KEPT, OLD_NAME: NEW},
        ),
        (
            {LIST_NAME: OTHER, OLD_NAME: KEPT},
            "place-changed",
            {LIST_NAME: OTHER, OLD_NAME: KEPT},
        ),
    ],
    ids=["nothing kept", "another kept", "empty", "done", "cut", "changed"],
)
def test_whatever_a_node_holds_by_then(
    nodes: tuple[Node, Node],
    half: Half,
    held: dict[str, bytes],
    code: str | None,
    left: dict[str, bytes],
) -> None:
    """It gets the list and keeps what it had; a list that nobody saw is not overwritten."""
    second = nodes[1]
    second.before = lambda _call: None
    for path in second.lists.iterdir():
        path.unlink()
    for name, data in held.items():
        (second.lists / name).write_bytes(data)
    assert [None, code] == half.again()
    assert left == second.content()
