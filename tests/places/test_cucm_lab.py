"""The practice cluster as a place: SFTP and the command line of real servers on this computer."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ctlkit.codec import decode
from ctlkit.edit import Mode
from ctlkit.errors import CancelledError, HostKeyError, InputError, LoginError, PlaceError
from ctlkit.place import ITL_NAME, LIST_NAME, Access, Cluster, Progress, Step, Watch
from ctlkit.place.cucm import CucmPlace
from ctlkit.place.lab import LabPlace
from ctlkit.place.lab_file import LAB_FILE, lab_folder, load_lab
from ctlkit.trustlist import TrustList
from ctlkit_lab.cluster import PracticeCluster, RunningCluster
from ctlkit_lab.options import LabOptions

if TYPE_CHECKING:
    from tests.places.conftest import Person

PUBLISHER, SUBSCRIBER = "cucm-1051-a-pub", "cucm-1051-a-sub1"


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[RunningCluster]:
    """Give a practice cluster of two nodes without phones."""
    with PracticeCluster.running(tmp_path / "lab", LabOptions(phones=0)) as running:
        yield running


@pytest.fixture
def access(tmp_path: Path) -> Access:
    """Give an access that knows nobody and asks nobody."""
    return Access(known_hosts=tmp_path / "known_hosts", keep=tmp_path / "kept")


@pytest.fixture
def lab(cluster: RunningCluster, access: Access) -> Iterator[LabPlace]:
    """Give the practice cluster as a place."""
    with LabPlace(cluster.place_url, access) as place:
        yield place


def present(place: LabPlace, name: str = LIST_NAME) -> dict[str, bytes | None]:
    """What each node holds; every node answers, and shows the same."""
    states = place.state(name)
    assert [None] * len(states) == [state.error for state in states]
    return {state.node: state.present.data if state.present else None for state in states}


def test_nodes_have_their_own_names(lab: LabPlace, tmp_path: Path) -> None:
    """It is a cluster whose nodes are called as their hosts; no key is put among the known ones."""
    assert isinstance(lab, Cluster)
    assert (PUBLISHER, SUBSCRIBER) == lab.nodes
    assert {PUBLISHER: None, SUBSCRIBER: None} == present(lab)
    assert not (tmp_path / "known_hosts").exists()


def test_the_mode_is_set_by_the_command_line(lab: LabPlace) -> None:
    """Mixed mode writes a list that every node holds and shows; the facts say the mode."""
    assert Mode.NON_SECURE is lab.facts().mode
    state = lab.set_mode(Mode.MIXED)
    assert (PUBLISHER, None) == (state.node, state.error)
    assert state.present is not None
    assert {PUBLISHER: state.present.data, SUBSCRIBER: state.present.data} == present(lab)
    facts = lab.facts()
    assert (Mode.MIXED, PUBLISHER) == (facts.mode, facts.publisher)
    assert facts.release is not None
    assert facts.release.startswith("10.0")
    shown = {row.server: row.der for row in facts.certificates if row.store == "CallManager"}
    assert shown == facts.serving


def test_each_node_serves_an_itl_of_its_own(lab: LabPlace) -> None:
    """The ITL is read over SFTP and shown with show itl, and differs from node to node."""
    found = present(lab, ITL_NAME)
    assert 2 == len(set(found.values()))


def test_lists_are_put_there_and_swapped_back(lab: LabPlace, some_lists: dict[str, bytes]) -> None:
    """Publishing keeps the file before on each node, and restoring swaps the two."""
    old, new = some_lists["tokenless-4947"], some_lists["tokens-5728"]
    lab.publish(old, present(lab))
    steps: list[Progress] = []
    done = lab.publish(new, present(lab), watch=Watch(steps.append))
    assert [(PUBLISHER, True, None), (SUBSCRIBER, True, None)] == [
        (item.node, item.changed, item.error) for item in done
    ]
    assert {PUBLISHER, SUBSCRIBER} == {step.node for step in steps}
    assert {PUBLISHER: new, SUBSCRIBER: new} == present(lab)
    lab.restore(dict.fromkeys(lab.nodes, old))
    assert {PUBLISHER: old, SUBSCRIBER: old} == present(lab)
    assert [new, new] == [state.kept and state.kept.data for state in lab.state()]


def test_deleting_outside_mixed_mode_empties_every_node(
    lab: LabPlace, some_lists: dict[str, bytes]
) -> None:
    """Each node keeps what it held."""
    data = some_lists["tokens-5728"]
    lab.publish(data, present(lab))
    assert [True, True] == [item.changed for item in lab.delete(dict.fromkeys(lab.nodes, data))]
    assert {PUBLISHER: None, SUBSCRIBER: None} == present(lab)
    assert [data, data] == [state.kept and state.kept.data for state in lab.state()]


def test_deleting_in_mixed_mode_leaves_the_subscribers(lab: LabPlace) -> None:
    """The publisher's command line deletes its own file, which is kept there."""
    state = lab.set_mode(Mode.MIXED)
    assert state.present is not None
    data = state.present.data
    steps: list[Progress] = []
    (done,) = lab.delete(dict.fromkeys(lab.nodes, data), watch=Watch(steps.append))
    assert (PUBLISHER, None, True, None) == (done.node, done.present, done.changed, done.error)
    assert {PUBLISHER: None, SUBSCRIBER: data} == present(lab)
    kept = [state.kept and state.kept.data for state in lab.state()]
    assert [data, None] == kept
    assert Progress(PUBLISHER, Step.DONE) == steps[-1]
    assert () == lab.delete({SUBSCRIBER: data})


def test_a_deletion_that_is_stopped_leaves_the_list(lab: LabPlace) -> None:
    """Stopped right before the command, the publisher never was without its list."""
    state = lab.set_mode(Mode.MIXED)
    assert state.present is not None
    watch = Watch(lambda told: watch.cancel.set() if told.step is Step.DONE else None)
    with pytest.raises(CancelledError):
        lab.delete({PUBLISHER: state.present.data}, watch=watch)
    assert state.present.data == present(lab)[PUBLISHER]


def test_a_list_that_changed_is_not_deleted_in_mixed_mode(lab: LabPlace) -> None:
    """What the caller saw is compared before the command is typed."""
    lab.set_mode(Mode.MIXED)
    (done,) = lab.delete({PUBLISHER: b"another"})
    assert "place-changed" == (done.error and done.error.code)
    assert None not in present(lab).values()


def test_services_restart_on_every_node(lab: LabPlace) -> None:
    """TFTP and CallManager come up again, and the nodes answer afterwards."""
    steps: list[Progress] = []
    done = lab.restart(watch=Watch(steps.append))
    assert [None, None] == [item.error for item in done]
    assert 4 == sum(step.step is Step.RESTARTING for step in steps)
    assert {PUBLISHER: None, SUBSCRIBER: None} == present(lab)


def test_a_real_cluster_is_played_too(
    cluster: RunningCluster, access: Access, make_person: type[Person]
) -> None:
    """Reached as a real cluster it answers alike: fetched over HTTP, shown, and of one mode."""
    lab = load_lab(cluster.folder)
    addresses = [
        f"cucm://{lab.user}@{node.host}:{node.ports.ssh}?http={node.ports.http}"
        for node in lab.nodes
    ]
    keys = tuple(node.host_key for node in lab.nodes)
    reached = replace(access, prompt=make_person(password=lab.secret), host_keys=keys)
    with CucmPlace(addresses[0], reached, nodes=addresses[1:]) as place:
        state = place.set_mode(Mode.MIXED)
        assert state.error is None
        assert state.present is not None
        assert isinstance(decode(state.present.data), TrustList)
        assert {state.present.data} == {
            item.present and item.present.data for item in place.state()
        }
        (done,) = place.delete({state.node: state.present.data})
        assert (True, None) == (done.changed, done.error)


def test_a_cluster_that_does_not_run_is_an_error(tmp_path: Path, access: Access) -> None:
    """No lab.json: the practice cluster does not run, and what starts it is said."""
    with pytest.raises(PlaceError) as caught:
        LabPlace(f"lab:{tmp_path}", access)
    assert "lab-not-running" == caught.value.code


@pytest.mark.parametrize(
    "damage",
    [
        lambda lab: [],
        lambda lab: {**lab, "schema": 2},
        lambda lab: {**lab, "nodes": []},
        lambda lab: {**lab, "nodes": lab["nodes"][1:]},
        lambda lab: {**lab, "nodes": lab["nodes"] * 2},
        lambda lab: {**lab, "nodes": None},
        lambda lab: {**lab, "secret": 7},
        lambda lab: {**lab, "control": {"host": "127.0.0.1", "port": 70000}},
        lambda lab: {key: value for key, value in lab.items() if key != "user"},
    ],
)
def test_a_damaged_file_is_one_clear_error(
    cluster: RunningCluster,
    access: Access,
    tmp_path: Path,
    damage: Callable[[dict[str, object]], object],
) -> None:
    """A lab.json that is no such file is refused, and its password is in no message."""
    found = json.loads((cluster.folder / LAB_FILE).read_bytes())
    (tmp_path / LAB_FILE).write_text(json.dumps(damage(found)))
    with pytest.raises(InputError) as caught:
        LabPlace(f"lab:{tmp_path}", access)
    assert ("lab-file-damaged", 4) == (caught.value.code, caught.value.status)
    assert cluster.secret not in str(caught.value)


def test_another_host_key_or_password_is_refused(
    cluster: RunningCluster, access: Access, tmp_path: Path
) -> None:
    """The key and the password of lab.json are the only ones that are used, and for each node."""
    found = json.loads((cluster.folder / LAB_FILE).read_bytes())
    first, second = found["nodes"]
    other = {**second, "host_key": first["host_key"]}
    (tmp_path / LAB_FILE).write_text(json.dumps({**found, "nodes": [first, other]}))
    with LabPlace(f"lab:{tmp_path}", access) as place:
        kinds = [type(state.error) for state in place.state()]
    assert [type(None), HostKeyError] == kinds
    (tmp_path / LAB_FILE).write_text(json.dumps({**found, "secret": "another"}))
    with LabPlace(f"lab:{tmp_path}", access) as place:
        kinds = [type(state.error) for state in place.state()]
    assert [LoginError, LoginError] == kinds


def test_the_folder_is_the_environments_or_the_users(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """CTLKIT_LAB names it; without it lies among the user's own state."""
    monkeypatch.setenv("CTLKIT_LAB", str(tmp_path))
    assert tmp_path == lab_folder()
    monkeypatch.delenv("CTLKIT_LAB")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert lab_folder().parts[-2:] == ("ctlkit", "lab")
