"""A practice cluster that runs: its copies, its services, its control port and its starts."""

from __future__ import annotations

import contextlib
import json
import socket
import stat
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from pathlib import Path
from typing import TypeAlias

import pytest

from ctlkit.errors import CtlkitError, NetworkError, PlaceError, UsageError
from ctlkit.place.fetch import fetch_http, shown_certificate
from ctlkit_lab.cluster import PracticeCluster, RunningCluster
from ctlkit_lab.control import ask
from ctlkit_lab.model import LabOptions
from ctlkit_lab.state import LabFile, LabNode, read_lab
from ctlkit_lab.stores import CALL_MANAGER, TVS

PATIENT = 60.0
HOST = "127.0.0.1"
SET_MIXED = ("utils ctl set-cluster mixed-mode", "y")
SUBSCRIBERS = ["cucm-1051-a-sub1", "cucm-1051-a-sub2"]

Start: TypeAlias = Callable[..., RunningCluster]
StartFolder: TypeAlias = Callable[..., contextlib.AbstractContextManager[RunningCluster]]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Give the folder of a cluster that is started several times."""
    return tmp_path / "home"


@pytest.fixture
def start() -> StartFolder:
    """Give what runs the cluster of a folder, without phones, for a while."""
    return lambda folder, **options: PracticeCluster.running(
        folder, LabOptions(phones=0, **options)
    )


def lists_of(cluster: RunningCluster) -> list[bytes | None]:
    """Return the list of each node as it serves it, publisher first."""
    served = [
        fetch_http(node.host, node.ports.http, "CTLFile.tlv", timeout=PATIENT)
        for node in cluster.nodes
    ]
    return [None if file is None else file.data for file in served]


def test_the_list_reaches_every_node(practice_cluster: Start) -> None:
    """A list that the publisher makes is copied to each subscriber over SFTP, and served there."""
    cluster = practice_cluster(subscribers=2, phones=0)
    assert [None] * 3 == lists_of(cluster)
    shown = cluster.command(*SET_MIXED)
    assert "Cluster set to Mixed Mode\n" in shown
    first, *copies = lists_of(cluster)
    assert first is not None
    assert [first, first] == copies
    for name in SUBSCRIBERS:
        folder = cluster.practice.node(name).tftp_root
        assert {"CTLFile.tlv", "ITLFile.tlv"} == {path.name for path in folder.iterdir()}


def test_a_cut_copy_is_finished(home: Path, start: StartFolder) -> None:
    """A list that did not reach a subscriber is copied at the next start, and the command says so.

    The other subscriber has it at once.
    """
    with start(home, subscribers=2) as cluster:
        blocked = cluster.practice.node(SUBSCRIBERS[0]).list_path
        (blocked / "in-the-way").mkdir(parents=True)
        shown = cluster.command(*SET_MIXED)
        assert f"{SUBSCRIBERS[0]}: the list could not be copied there" in shown
        made = cluster.practice.publisher.list_path.read_bytes()
        assert made == cluster.practice.node(SUBSCRIBERS[1]).list_path.read_bytes()
    with (
        pytest.raises(NetworkError) as refused,
        start(home, subscribers=2),
    ):
        pytest.fail("it started without the copy")
    assert "lab-copy-failed" == refused.value.code
    (blocked / "in-the-way").rmdir()
    blocked.rmdir()
    with start(home, subscribers=2) as cluster:
        assert [made] * 3 == lists_of(cluster)
    blocked.unlink()
    with start(home, subscribers=2) as cluster:
        assert [made, None, made] == lists_of(cluster)


def test_a_cut_copy_of_a_list_that_is_gone(home: Path, start: StartFolder) -> None:
    """Nothing is copied at the start when the list was deleted since."""
    with start(home, subscribers=1) as cluster:
        blocked = cluster.practice.node(SUBSCRIBERS[0]).list_path
        blocked.mkdir()
        (blocked / "in-the-way").mkdir()
        cluster.command(*SET_MIXED)
        cluster.practice.publisher.list_path.unlink()
    (blocked / "in-the-way").rmdir()
    blocked.rmdir()
    with start(home, subscribers=1) as cluster:
        assert [None, None] == lists_of(cluster)


def test_a_change_cut_before_the_copy(
    home: Path, start: StartFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A list that was made is copied at the next start, though its change was cut right then."""

    def cut(*_: object) -> None:
        raise PlaceError("lab-folder-unusable", folder=home, reason="cut")

    with start(home, subscribers=1) as cluster, monkeypatch.context() as patch:
        patch.setattr("ctlkit_lab.model.write_state", cut)
        cluster.command(*SET_MIXED)
        made, copied = lists_of(cluster)
        assert made is not None
        assert copied is None
    with start(home, subscribers=1) as cluster:
        assert [made, made] == lists_of(cluster)


def test_services_restart(practice_cluster: Start) -> None:
    """A new certificate is shown once its service was restarted, which keeps the ports."""
    cluster = practice_cluster(subscribers=0, phones=0)
    before = cluster.nodes
    ports = before[0].ports
    for store, port in ((TVS, ports.tvs), (CALL_MANAGER, ports.tls)):
        old = cluster.practice.publisher.credential(store).der
        assert old == shown_certificate(HOST, port, timeout=PATIENT)
        made = cluster.practice.regenerate(store).der
        assert old == shown_certificate(HOST, port, timeout=PATIENT)
        cluster.restart_services()
        assert made == shown_certificate(HOST, port, timeout=PATIENT)
    assert before == cluster.nodes


def test_phones(practice_cluster: Start) -> None:
    """Phones have an ITL from the start, take the list at a restart, and lose both by hand."""
    cluster = practice_cluster(subscribers=0, phones=2)
    assert [(True, None)] * 2 == [
        (report.itl, report.checksum) for report in cluster.fleet.reports()
    ]
    cluster.command(*SET_MIXED)
    assert [True, True] == [boot.accepted for boot in cluster.restart_phones()]
    cluster.erase_phones()
    assert [(False, None)] * 2 == [
        (report.itl, report.checksum) for report in cluster.fleet.reports()
    ]


def test_lab_file(practice_cluster: Start) -> None:
    """What lab.json says is what runs, and only its owner reads it."""
    cluster = practice_cluster(subscribers=1, phones=0)
    lab = read_lab(cluster.folder)
    assert (cluster.nodes, cluster.secret) == (lab.nodes, lab.secret)
    assert f"lab:{cluster.folder}" == cluster.place_url
    for name in ("lab.json", "runtime.json"):
        assert 0o600 == stat.S_IMODE((cluster.folder / name).stat().st_mode)
    assert cluster.secret not in repr(lab)


def test_one_process_runs_a_cluster(home: Path, start: StartFolder) -> None:
    """A folder whose cluster runs is refused, and it runs on."""
    with start(home) as cluster:
        with pytest.raises(PlaceError) as refused, start(home):
            pytest.fail("two clusters run in one folder")
        assert "lab-running" == refused.value.code
        assert [None, None] == lists_of(cluster)
        assert cluster.nodes == read_lab(home).nodes


def test_a_folder_of_something_else(home: Path, start: StartFolder) -> None:
    """A folder that holds anything else is refused, and nothing is written into it."""
    home.mkdir()
    (home / "letter.txt").write_text("mine")
    with pytest.raises(PlaceError) as refused, start(home):
        pytest.fail("it took the folder of something else")
    assert "lab-folder-taken" == refused.value.code
    assert ["letter.txt"] == [path.name for path in home.iterdir()]


def _listening(node: LabNode, stack: contextlib.ExitStack) -> None:
    """Take all ports of a node."""
    for name, port in asdict(node.ports).items():
        kind = socket.SOCK_DGRAM if name == "tftp" else socket.SOCK_STREAM
        taken = stack.enter_context(socket.socket(socket.AF_INET, kind))
        if kind == socket.SOCK_STREAM:
            taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind((HOST, port))
        if kind == socket.SOCK_STREAM:
            taken.listen()


def test_ports_are_kept_or_replaced(home: Path, start: StartFolder) -> None:
    """A cluster comes back on its own ports, or on others where they are taken."""
    with start(home, subscribers=0) as cluster:
        (first,) = cluster.nodes
        secret, control = cluster.secret, read_lab(home).control
    with start(home, subscribers=0) as cluster:
        assert (first,) == cluster.nodes
        assert (secret, control) == (cluster.secret, read_lab(home).control)
    with contextlib.ExitStack() as stack:
        _listening(first, stack)
        with start(home, subscribers=0) as cluster:
            (other,) = cluster.nodes
            assert not set(asdict(first.ports).values()) & set(asdict(other.ports).values())
            assert first == replace(other, ports=first.ports)
            assert [None] == lists_of(cluster)


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b'{"schema": 1, "secret": 4}', b"\xff"])
def test_damaged_runtime(home: Path, start: StartFolder, damage: bytes) -> None:
    """Damaged notes on ports and password are made anew: nothing depends on them."""
    with start(home, subscribers=0):
        pass
    (home / "runtime.json").write_bytes(damage)
    with start(home, subscribers=0) as cluster:
        assert [None] == lists_of(cluster)


def test_a_start_that_fails(home: Path, start: StartFolder) -> None:
    """A cluster starts as a whole or not at all, and starts again once the reason is gone."""
    with start(home, subscribers=1):
        pass
    key = home / "cluster" / "ssh" / f"{SUBSCRIBERS[0]}.key"
    key.write_text("no key")
    with pytest.raises(PlaceError) as refused, start(home, subscribers=1):
        pytest.fail("it started without a key")
    assert "lab-key-unreadable" == refused.value.code
    assert not (home / "lab.json").exists()
    key.unlink()
    with start(home, subscribers=1) as cluster:
        assert [None, None] == lists_of(cluster)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabFile]:
    """Run a small cluster that no test changes, and give how it is reached."""
    folder = tmp_path_factory.mktemp("small") / "lab"
    with PracticeCluster.running(folder, LabOptions(subscribers=0, phones=1)):
        yield read_lab(folder)


def exchange(address: tuple[str, int], sent: bytes) -> bytes:
    """Send bytes to the control port and return all that comes back."""
    answer = bytearray()
    with socket.create_connection(address, PATIENT) as connection:
        with contextlib.suppress(OSError):
            connection.sendall(sent)
            connection.shutdown(socket.SHUT_WR)
        with contextlib.suppress(ConnectionError):
            while piece := connection.recv(1 << 16):
                answer += piece
    return bytes(answer)


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"\n",
        b"garbage\n",
        b"\xff\xfe\n",
        b"[]\n",
        b"7\n",
        b"{}\n",
        b"[" * 100_000 + b"\n",
        b"x" * (1 << 20),
        b'{"secret": null, "command": "status", "arguments": {}}\n',
        b'{"secret": "", "command": "status", "arguments": {}}\n',
        b'{"secret": "wrong", "command": "stop", "arguments": {}}\n',
        b'{"secret": "\\ud800", "command": "stop", "arguments": {}}\n',
        b'{"command": "status", "arguments": {}}\n',
    ],
    ids=len,
)
def test_the_control_port_answers_only_who_knows(small: LabFile, sent: bytes) -> None:
    """Garbage and a wrong secret get no answer at all, and the cluster goes on."""
    assert b"" == exchange(small.control, sent)
    assert 1 == len(ask(Path(), small, "phone-list", seconds=PATIENT)["phones"])


@pytest.mark.parametrize(
    ("command", "arguments", "error", "code"),
    [
        ("none", {}, PlaceError, "lab-control-refused"),
        ("phone-restart", {}, PlaceError, "lab-control-refused"),
        ("phone-restart", {"macs": 5}, PlaceError, "lab-control-refused"),
        ("phone-restart", {"macs": [[]]}, UsageError, "phone-unknown"),
        ("phone-point", {"macs": [], "directory": 5}, PlaceError, "lab-control-refused"),
        ("phone-point", {"macs": [], "directory": [{}]}, PlaceError, "lab-control-refused"),
        ("trust-add", {"store": "x", "certificate": "?"}, PlaceError, "lab-control-refused"),
        ("cert-regen", {"store": [], "node": {}}, CtlkitError, "lab-node-unknown"),
    ],
)
def test_wrong_questions(
    small: LabFile, command: str, arguments: dict[str, object], error: type[Exception], code: str
) -> None:
    """A question that makes no sense is refused with one error, and the cluster goes on."""
    with pytest.raises(error) as refused:
        ask(Path(), small, command, seconds=PATIENT, **arguments)
    assert isinstance(refused.value, CtlkitError)
    assert code == refused.value.code
    assert "non-secure" == ask(Path(), small, "status", seconds=PATIENT)["mode"]


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"{",
        b"[]\n",
        b"7\n",
        b"{}\n",
        b'{"error": {}}\n',
        b'{"error": {"kind": "CtlkitError", "code": "x", "values": 7}}\n',
        b'{"error": {"kind": "printable", "code": "x", "values": {}}}\n',
        b'{"error": {"kind": "PlaceError", "code": "no-such-code", "values": {}}}\n',
    ],
)
def test_whatever_answers_in_its_place(small: LabFile, answer: bytes) -> None:
    """An answer that is none is one error."""
    with socket.create_server((HOST, 0)) as listening:
        listening.settimeout(PATIENT)
        lab = replace(small, control=(HOST, listening.getsockname()[1]))

        def serve() -> bytes:
            connection, _ = listening.accept()
            with connection, connection.makefile("rb") as stream:
                asked = stream.readline()
                connection.sendall(answer)
            return asked

        with ThreadPoolExecutor(1) as pool:
            served = pool.submit(serve)
            with pytest.raises(NetworkError) as refused:
                ask(Path("lab"), lab, "status", seconds=PATIENT)
            assert "status" == json.loads(served.result())["command"]
    assert "lab-control-garbled" == refused.value.code


def test_nobody_answers(small: LabFile) -> None:
    """A control port on which nobody listens is one error."""
    with socket.socket() as bound:
        bound.bind((HOST, 0))
        lab = replace(small, control=bound.getsockname())
        with pytest.raises(NetworkError) as refused:
            ask(Path("lab"), lab, "status", seconds=PATIENT)
    assert "lab-control-silent" == refused.value.code


@pytest.mark.parametrize("error", [OSError(5, "Input/output error"), TimeoutError()], ids=repr)
def test_a_command_that_fails(
    practice_cluster: Start, monkeypatch: pytest.MonkeyPatch, error: OSError
) -> None:
    """What the system refuses in the middle of a command is an answer, which says what it was."""
    cluster = practice_cluster(subscribers=0, phones=0)

    def fail() -> None:
        raise error

    monkeypatch.setattr(cluster.fleet, "reports", fail)
    with pytest.raises(PlaceError) as refused:
        ask(Path(), read_lab(cluster.folder), "phone-list", seconds=PATIENT)
    assert "lab-control-refused" == refused.value.code
    assert (error.strerror or "TimeoutError") in str(refused.value)
