"""Lists that a person puts on the nodes of a real cluster: asked for, kept, and proved."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ctlkit.errors import PlaceError
from ctlkit.pins import PinOptions
from ctlkit.place import LIST_NAME, Access, HandOver, Place, Progress, Step, Watch
from ctlkit.place.cucm import CucmPlace

if TYPE_CHECKING:
    from tests.places.conftest import Person, ScriptedNode

Nodes = list["ScriptedNode"]
Open = Callable[..., CucmPlace]


def uploads(nodes: Nodes) -> Callable[[HandOver], bool]:
    """What a person does who uploads the file to these nodes."""

    def upload(request: HandOver) -> bool:
        for node in nodes:
            node.files[request.name] = request.file.read_bytes()
        return True

    return upload


def held(nodes: Nodes, data: bytes | None) -> dict[str, Any]:
    """The expectation that each node holds these bytes."""
    return {node.name: data for node in nodes}


def test_a_list_is_put_there_by_a_person_and_proved(
    open_two: Open, two: Nodes, make_person: type[Person], old: bytes, new: bytes
) -> None:
    """Present files are saved first; the nodes hold the new list only because they say so."""
    person = make_person(uploads(two))
    steps: list[Progress] = []
    done = open_two(person).publish(new, held(two, old), watch=Watch(steps.append))
    (request,) = person.requests
    assert (LIST_NAME, LIST_NAME) == (request.name, request.file.name)
    assert (new, hashlib.sha1(new).hexdigest()) == (request.file.read_bytes(), request.sha1)
    assert tuple(node.name for node in two) == request.nodes
    assert any("TFTP File Management" in step.text for step in request.steps)
    assert any("tvs query" in step.text for step in request.steps)
    for node, published in zip(two, done, strict=True):
        assert any(
            step.text.startswith(f"{node.name}: https://127.0.0.1/") for step in request.steps
        )
        assert (node.name, True, None) == (published.node, published.changed, published.error)
        assert published.present is not None
        assert new == published.present.data
        assert published.kept is not None
        assert old == Path(published.kept).read_bytes()
        assert Progress(node.name, Step.DONE) in steps
    assert [old, old] == [state.kept and state.kept.data for state in open_two().state()]


def test_what_holds_the_list_already_is_not_touched(
    open_two: Open, two: Nodes, make_person: type[Person], old: bytes, new: bytes
) -> None:
    """Only the nodes that lack it are handed over; publishing again hands over nothing."""
    two[0].files[LIST_NAME] = new
    person = make_person(uploads(two))
    expected = {two[0].name: new, two[1].name: old}
    first, second = open_two(person).publish(new, expected)
    assert (False, None, True) == (first.changed, first.kept, second.changed)
    assert [(two[1].name,)] == [request.nodes for request in person.requests]
    again = open_two(person).publish(new, expected)
    assert [False, False] == [published.changed for published in again]
    assert 1 == len(person.requests)


def test_a_node_that_did_not_take_it_is_told(
    open_two: Open, two: Nodes, make_person: type[Person], old: bytes, new: bytes
) -> None:
    """Nothing is claimed of a node that goes on holding the old list; nothing of it is kept."""
    place = open_two(make_person(uploads(two[:1])))
    first, second = place.publish(new, held(two, old))
    assert (True, None) == (first.changed, first.error)
    assert isinstance(second.error, PlaceError)
    assert ("cluster-not-taken", False, None) == (
        second.error.code,
        second.changed,
        second.kept,
    )


def test_a_person_who_gives_up_is_believed_nothing(
    open_two: Open, two: Nodes, make_person: type[Person], old: bytes, new: bytes
) -> None:
    """What was put there before giving up counts, the rest is an error."""

    def half(request: HandOver) -> bool:
        uploads(two[:1])(request)
        return False

    first, second = open_two(make_person(half)).publish(new, held(two, old))
    assert (True, "cluster-not-taken") == (first.changed, second.error and second.error.code)


def test_nobody_to_hand_over_to_is_an_error(
    open_two: Open,
    two: Nodes,
    make_access: Callable[..., Access],
    make_person: type[Person],
    tmp_path: Path,
    old: bytes,
    new: bytes,
) -> None:
    """Without a person it says which file is to be put where."""
    password = tmp_path / "password"
    password.touch(0o600)
    password.write_text(make_person().password)
    place = open_two(access=replace(make_access(), passwords=PinOptions(file=password)))
    with pytest.raises(PlaceError) as caught:
        place.publish(new, held(two, old))
    assert "cluster-by-hand" == caught.value.code
    assert str(caught.value.values["file"]) in str(caught.value)


def test_a_list_that_somebody_changed_meanwhile_is_not_replaced(
    open_two: Open, two: Nodes, make_person: type[Person], old: bytes, new: bytes
) -> None:
    """What the caller saw is compared before anybody is asked."""
    person = make_person(uploads(two))
    done = open_two(person).publish(new, {two[0].name: None, two[1].name: b"other"})
    assert ["place-changed"] * 2 == [item.error and item.error.code for item in done]
    assert [] == person.requests


def test_nodes_that_are_not_named_are_left_alone(
    open_two: Open, two: Nodes, make_person: type[Person], old: bytes, new: bytes
) -> None:
    """Publishing to one node asks nothing of the other."""
    person = make_person(uploads(two[1:]))
    (done,) = open_two(person).publish(new, held(two[1:], old))
    assert (two[1].name, True) == (done.node, done.changed)
    assert [] == two[0].typed


def test_restoring_swaps_by_hand(
    open_two: Open, two: Nodes, make_person: type[Person], old: bytes, new: bytes
) -> None:
    """The kept list is put back by a person, and the one before becomes the kept one."""
    place: Place = open_two(make_person(uploads(two)))
    place.publish(new, held(two, old))
    done = place.restore(held(two, old))
    assert [True, True] == [item.changed for item in done]
    states = place.state()
    assert [old, old] == [state.present and state.present.data for state in states]
    assert [new, new] == [state.kept and state.kept.data for state in states]


def test_giving_up_a_restore_loses_nothing(
    open_two: Open, two: Nodes, make_person: type[Person], old: bytes, new: bytes
) -> None:
    """The kept list is the same as before when nobody put it back."""
    open_two(make_person(uploads(two))).publish(new, held(two, old))
    place = open_two(make_person(lambda _request: False))
    done = place.restore(held(two, old))
    assert ["cluster-not-taken"] * 2 == [item.error and item.error.code for item in done]
    assert [old, old] == [state.kept and state.kept.data for state in place.state()]


def test_what_was_never_kept_is_not_restored(open_two: Open, two: Nodes, new: bytes) -> None:
    """A restore of bytes that are not the kept ones is refused."""
    done = open_two().restore(held(two, new))
    assert ["place-changed"] * 2 == [item.error and item.error.code for item in done]


def test_what_was_set_aside_before_is_not_overwritten(
    open_two: Open,
    two: Nodes,
    make_person: type[Person],
    some_lists: dict[str, bytes],
    old: bytes,
    new: bytes,
    tmp_path: Path,
) -> None:
    """A wrong file that was put there between two runs does not cost the one before it."""
    wrong = some_lists["itl"]
    open_two(make_person(lambda _request: False)).publish(new, held(two, old))
    for node in two:
        node.files[LIST_NAME] = wrong
    states = open_two().state()
    person = make_person(lambda _request: False)
    found = {state.node: state.present.data if state.present else None for state in states}
    open_two(person).publish(new, found)
    saved = [path.read_bytes() for path in (tmp_path / "kept").rglob("CTLFile.tlv.before*")]
    assert sorted([old, wrong] * 2) == sorted(saved)


def test_only_what_this_run_set_aside_becomes_the_kept_list(
    open_two: Open, two: Nodes, make_person: type[Person], old: bytes, new: bytes
) -> None:
    """A leftover of a run that was given up replaces no kept list; without any it is kept."""
    open_two(make_person(lambda _request: False)).publish(new, held(two, old))
    for node in two:
        node.files[LIST_NAME] = new
    again = open_two().publish(new, held(two, new))
    assert [old, old] == [Path(item.kept or "").read_bytes() for item in again]
    open_two(make_person(lambda _request: False)).publish(old, held(two, new))
    for node in two:
        node.files[LIST_NAME] = old
    done = open_two().publish(old, held(two, old))
    assert [old, old] == [Path(item.kept or "").read_bytes() for item in done]
