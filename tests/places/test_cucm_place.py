"""A real cluster as a place: its address, what its nodes hold, deleting it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ctlkit.edit import Mode
from ctlkit.errors import CancelledError, InputError, NetworkError, PlaceError, UsageError
from ctlkit.place import (
    ITL_NAME,
    LIST_NAME,
    Access,
    Cluster,
    Watch,
    open_place,
)
from ctlkit.place.cucm import CucmPlace

if TYPE_CHECKING:
    from tests.places.conftest import ScriptedNode

MODE = (
    "run sql select paramname,paramvalue from processconfig where paramname='ClusterSecurityMode'"
)
HERE, EVERYWHERE = (
    "file delete activelog cm/tftpdata/CTLFile.tlv",
    "file delete tftp CTLFile.tlv",
)
PHONE = "CTLSEP001122334455.tlv"

Nodes = list["ScriptedNode"]
Open = Callable[..., CucmPlace]


def mode_answer(number: int) -> tuple[str, ...]:
    """The table of the security mode."""
    return (f"paramname\r\n===== ===\r\nClusterSecurityMode {number}\r\n", "admin:")


def held(nodes: Nodes, data: bytes | None) -> dict[str, Any]:
    """The expectation that each node holds these bytes."""
    return {node.name: data for node in nodes}


def test_a_cluster_is_a_place_with_a_command_line(open_two: Open, two: Nodes) -> None:
    """Its nodes are called by their hosts; nothing is asked to say so, where they are named."""
    place = open_two()
    assert isinstance(place, Cluster)
    assert place.writable
    assert two[0].address == place.url
    assert tuple(node.name for node in two) == place.nodes
    assert [] == two[0].typed


def test_opening_asks_nothing() -> None:
    """An address opens its place without any node."""
    with open_place("cucm://admin@192.0.2.1") as place:
        assert "cucm://admin@192.0.2.1" == place.url


@pytest.mark.parametrize(
    "address",
    [
        "cucm://",
        "cucm://user:hunter2@host",
        "cucm://host/path",
        "cucm://host:0",
        "cucm://host:99999",
        "cucm://host?http=0",
        "cucm://host?http=x",
        "cucm://host?http=1&http=2",
        "cucm://host?ftp=21",
        "cucm://host?http",
        "cucm://host#here",
        "cucm://[::1",
    ],
)
def test_an_address_that_makes_no_sense_is_a_usage_error(address: str) -> None:
    """Passwords, paths, other ports and unknown keys are refused, a password unseen."""
    with pytest.raises(UsageError) as caught:
        CucmPlace(address, Access())
    assert "cluster-address" == caught.value.code
    assert "hunter2" not in str(caught.value)


def test_a_node_is_named_once() -> None:
    """The same node twice would be published to twice."""
    with pytest.raises(UsageError) as caught:
        CucmPlace("cucm://a", Access(), nodes=["cucm://A?http=80"])
    assert "cluster-node-twice" == caught.value.code


def test_the_state_is_fetched_and_shown(open_two: Open, two: Nodes, old: bytes) -> None:
    """Each node's list comes over HTTP, and show ctl says the same of it."""
    del two[1].files[LIST_NAME]
    first, second = open_two().state()
    assert first.present is not None
    assert first.shown is not None
    assert (old, first.present.sha1) == (first.present.data, first.shown.sha1)
    assert (None, None, None) == (second.present, second.shown, second.error)


def test_itl_files_and_phones_own_lists_are_read(
    open_two: Open, two: Nodes, some_lists: dict[str, bytes], old: bytes
) -> None:
    """The ITL is asked for with show itl; of a phone's own list no command tells."""
    two[0].files |= {ITL_NAME: some_lists["itl"], PHONE: old}
    itl, none = open_two().state(ITL_NAME)
    assert itl.shown is not None
    assert ("ITL", None) == (itl.shown.kind, none.shown)
    phone, _ = open_two().state(PHONE)
    assert phone.present is not None
    assert (old, None) == (phone.present.data, phone.shown)


def test_a_node_that_shows_another_list_is_in_error(open_two: Open, two: Nodes, new: bytes) -> None:
    """What is fetched and what show ctl says have to agree, on each node for itself."""
    other = two[0].shown("CTL")
    two[0].files[LIST_NAME] = new
    two[0].script["show ctl"] = (other, "admin:")
    first, second = open_two().state()
    assert isinstance(first.error, PlaceError)
    assert ("cluster-shown-differs", None) == (first.error.code, second.error)


def test_a_node_that_serves_no_files_is_believed_by_its_command_line(
    open_two: Open, two: Nodes, old: bytes, new: bytes
) -> None:
    """Not every node runs TFTP: show ctl says what it holds, another node has the bytes."""
    served = two[1].http_port
    two[1].http_port = 1
    place = open_two()
    _, second = place.state()
    assert second.present is not None
    assert (old, None) == (second.present.data, second.error)
    two[1].files[LIST_NAME] = new
    _, second = place.state()
    assert (None, True) == (second.present, isinstance(second.error, NetworkError))
    del two[1].files[LIST_NAME]
    _, second = place.state()
    assert (None, None, None) == (second.present, second.shown, second.error)
    two[1].http_port = served


@pytest.mark.parametrize("shown", ["", "Not allowed.\r\n", "Length of CTL file: x\r\n"])
def test_an_answer_that_is_no_listing_is_in_the_state(
    open_two: Open, two: Nodes, shown: str
) -> None:
    """A node that answers show ctl with something else is in error; the others are not."""
    two[1].script["show ctl"] = (shown, "admin:")
    first, second = open_two().state()
    assert first.error is None
    assert isinstance(second.error, InputError)


def test_stopping_before_the_first_step_changes_nothing(
    open_two: Open, two: Nodes, old: bytes, new: bytes
) -> None:
    """A watch that is cancelled already ends every change at once."""
    watch = Watch()
    watch.cancel.set()
    place = open_two()
    changes: tuple[Callable[[], object], ...] = (
        lambda: place.publish(new, held(two, old), watch=watch),
        lambda: place.restore(held(two, old), watch=watch),
        lambda: place.delete(held(two, old), watch=watch),
        lambda: place.restart(watch=watch),
    )
    for change in changes:
        with pytest.raises(CancelledError):
            change()
    assert [] == two[0].typed


def test_deleting_outside_mixed_mode_is_done_on_each_node(
    open_two: Open, two: Nodes, old: bytes
) -> None:
    """Each node deletes its own file, which was kept here before."""
    done = open_two().delete(held(two, old))
    assert [None, None] == [item.error for item in done]
    assert [old, old] == [Path(item.kept or "").read_bytes() for item in done]
    for node in two:
        assert [HERE, "y"] == [line for line in node.typed if line in (HERE, EVERYWHERE, "y")]


def test_deleting_in_mixed_mode_is_done_on_the_publisher(
    open_two: Open, two: Nodes, old: bytes
) -> None:
    """One node is told to, by the other command, and of the rest nothing is said."""
    two[0].script[MODE] = mode_answer(1)
    (done,) = open_two().delete(held(two, old))
    assert (two[0].name, True, None) == (done.node, done.changed, done.error)
    assert [EVERYWHERE, "y"] == [line for line in two[0].typed if line in (EVERYWHERE, "y")]
    assert [] == two[1].typed


def test_a_list_that_is_still_there_was_not_deleted(open_two: Open, two: Nodes, old: bytes) -> None:
    """Deleting is read back; a node that serves the file afterwards is in error."""
    two[0].effects.clear()
    two[1].script["y"] = ("files: found = 1, deleted = 0\r\n", "admin:")
    first, second = open_two().delete(held(two, old))
    assert "cluster-still-there" == (first.error and first.error.code)
    assert "cluster-answer" == (second.error and second.error.code)


def test_another_list_than_the_one_that_was_seen_is_not_deleted(
    open_two: Open, two: Nodes, new: bytes
) -> None:
    """A node whose list changed meanwhile is left alone, and so is one without any."""
    two[1].files.clear()
    first, second = open_two().delete(held(two, new))
    assert ("place-changed", False) == (first.error and first.error.code, first.changed)
    assert (None, False) == (second.error, second.changed)
    assert HERE not in two[0].typed + two[1].typed


def test_setting_the_mode_waits_for_every_node(open_two: Open, two: Nodes, new: bytes) -> None:
    """The subscriber takes the publisher's list up late, and is waited for."""
    two[0].script |= {
        "utils ctl set-cluster mixed-mode": (
            "This operation sets the cluster to Mixed mode. Do you want to continue? (y/n):",
        ),
        "y": ("Cluster set to Mixed Mode\r\n", "admin:"),
        MODE: mode_answer(1),
    }
    two[0].effects["y"] = lambda: two[0].files.update({LIST_NAME: new})
    asked: list[str] = []

    def late() -> None:
        asked.append("show ctl")
        if len(asked) == 2:
            two[1].files[LIST_NAME] = new

    two[1].effects["show ctl"] = late
    assert open_two().set_mode(Mode.MIXED).error is None
    assert new == two[1].files[LIST_NAME]
