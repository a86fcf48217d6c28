"""Cut at any request: the lists stay whole, and repeating the run finishes it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import asyncssh
import pytest

from ctlkit.place import LIST_NAME, OLD_NAME, Published

if TYPE_CHECKING:
    from ctlkit.place.sftp import SftpPlace
    from tests.places.sftp.conftest import MakeNode, MakePlace, Node

ONE, TWO, THREE = b"first list", b"second list", b"third list"
SWAP = "CTLFile_swap.tlv"
MOST_REQUESTS = 200


@pytest.fixture
def node(make_node: MakeNode) -> Node:
    """Give a server with a present and a kept list."""
    return make_node()


class Cable:
    """Is pulled out at one request, before the server does it or right after."""

    def __init__(self, node: Node) -> None:
        self.node = node
        self.at = 0
        node.before = self.count

    def arm(self, at: int) -> None:
        """Begin to count anew."""
        self.at = at
        self.node.calls.clear()

    def count(self, _call: str) -> None:
        """Cut the connections at the request that it is armed for."""
        if self.at and len(self.node.calls) == self.at:
            self.node.cut()
            raise asyncssh.SFTPConnectionLost("cut")

    @property
    def pulled(self) -> bool:
        """Whether it came to that."""
        return bool(self.at) and len(self.node.calls) >= self.at


def reset(node: Node) -> None:
    """Put both lists into the folder, and nothing else."""
    for path in node.lists.iterdir():
        path.unlink()
    (node.lists / LIST_NAME).write_bytes(TWO)
    (node.lists / OLD_NAME).write_bytes(ONE)


def cuts(node: Node, place: SftpPlace, run: Callable[[], Published]) -> Iterator[Published]:
    """Cut a run at its first request, its second and so on, until it ends before the cut."""
    cable = Cable(node)
    for at in range(1, MOST_REQUESTS):
        cable.arm(0)
        reset(node)
        place.state()  # the login is no part of the run
        cable.arm(at)
        done = run()
        if not cable.pulled:
            assert at > 10
            return
        cable.arm(0)
        yield done
    raise AssertionError(MOST_REQUESTS)


def test_publishing_survives_a_cut(node: Node, make_place: MakePlace) -> None:
    """The present list is whole, the old or the new; repeated, both files are as wanted."""
    place = make_place(node)
    for done in cuts(node, place, lambda: place.publish(THREE, {node.name: TWO})[0]):
        assert (False, 8) == (done.changed, done.error.status if done.error else 0)
        found = node.content()
        assert found[LIST_NAME] in {TWO, THREE}
        assert found[OLD_NAME] == TWO if found[LIST_NAME] == THREE else {ONE, TWO}
        (again,) = place.publish(THREE, {node.name: found[LIST_NAME]})
        assert again.error is None
        assert {LIST_NAME: THREE, OLD_NAME: TWO} == node.content()


def test_restoring_survives_a_cut(node: Node, make_place: MakePlace) -> None:
    """Neither list is lost, under whatever name it lies; repeated, they are swapped."""
    place = make_place(node)
    for done in cuts(node, place, lambda: place.restore({node.name: ONE})[0]):
        assert (False, 8) == (done.changed, done.error.status if done.error else 0)
        found = node.content()
        assert {ONE, TWO} == set(found.values())
        if (found[LIST_NAME], found[OLD_NAME]) != (ONE, TWO):
            (again,) = place.restore({node.name: ONE})
            assert again.error is None
        assert {LIST_NAME: ONE, OLD_NAME: TWO} == node.content()


def test_deleting_survives_a_cut(node: Node, make_place: MakePlace) -> None:
    """The list is present or kept, never gone; repeated, it is kept."""
    place = make_place(node)
    for _done in cuts(node, place, lambda: place.delete({node.name: TWO})[0]):
        assert TWO in node.content().values()
        (again,) = place.delete({node.name: TWO})
        assert again.error is None
        assert {OLD_NAME: TWO} == node.content()


def test_two_of_three_nodes_cannot_be_reached(make_node: MakeNode, make_place: MakePlace) -> None:
    """The third is written; the others have each an error, and can be repeated later."""
    nodes = [make_node(), make_node(), make_node()]
    gone = [f"sftp://tftp@127.0.0.1:{port}/tftp" for port in (1, 2)]
    place = make_place(nodes[0], *gone)
    states = place.state()
    assert [None, 8, 8] == [state.error.status if state.error else None for state in states]
    done = place.publish(ONE, dict.fromkeys(place.nodes))
    assert list(place.nodes) == [each.node for each in done]
    assert [True, False, False] == [each.changed for each in done]
    assert [None, "ssh-unreachable", "ssh-unreachable"] == [
        each.error.code if each.error else None for each in done
    ]
    assert {LIST_NAME: ONE} == nodes[0].content()


def test_nodes_are_written_to_at_once(make_node: MakeNode, make_place: MakePlace) -> None:
    """Each node gets its answer when all are in the midst of their work, and not before."""
    nodes = [make_node() for _ in range(3)]
    all_there = asyncio.Barrier(len(nodes))

    async def meet() -> None:
        await all_there.wait()

    for node in nodes:
        node.stuck["fsync"] = meet
    done = make_place(*nodes).publish(ONE, {node.name: None for node in nodes})
    assert [None] * 3 == [each.error for each in done]


def test_a_connection_that_went_away_is_opened_again(node: Node, make_place: MakePlace) -> None:
    """A server that closed while nothing was asked of it is connected to anew."""
    place = make_place(node)
    place.state()
    before = len(node.connections)
    node.cut()
    (state,) = place.state()
    assert state.error is None
    assert before + 1 == len(node.connections)
