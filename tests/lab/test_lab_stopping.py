"""Starting and stopping a practice cluster at the same time, and what a killed one left behind."""

from __future__ import annotations

import json
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from ctlkit.errors import PlaceError
from ctlkit.place.lab_file import LabFile, LabNode, Ports
from ctlkit_lab import daemon
from ctlkit_lab.state import hold, read_lab, write_lab

PATIENT = 60.0
HOST = "127.0.0.1"
LAB = LabFile(
    release="10.0",
    pid=0,
    user="admin",
    secret="open sesame",
    control=(HOST, 1),
    nodes=(LabNode("publisher", True, "10.0.0.1", HOST, Ports(1, 1, 1, 1, 1), "SHA256:", "/tftp"),),
)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Give the folder of a cluster."""
    return tmp_path / "home"


def test_a_stale_lab_file(home: Path) -> None:
    """What a killed cluster left behind says nothing while the next one is being started."""
    home.mkdir()
    write_lab(home, LAB)
    with hold(home):
        with pytest.raises(PlaceError) as refused:
            read_lab(home)
        assert "lab-not-running" == refused.value.code


def test_stopping_waits_for_a_start(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cluster that is being started is stopped once it runs."""
    looked = threading.Event()

    def read(folder: Path) -> LabFile:
        try:
            return read_lab(folder)
        finally:
            looked.set()

    monkeypatch.setattr(daemon, "read_lab", read)
    with ThreadPoolExecutor(1) as pool, socket.create_server((HOST, 0)) as listening:
        listening.settimeout(PATIENT)
        with hold(home):
            stopping = pool.submit(daemon.shut_down, home)
            assert looked.wait(PATIENT)
            write_lab(home, replace(LAB, control=(HOST, listening.getsockname()[1])))
            connection, _ = listening.accept()
            with connection, connection.makefile("rb") as stream:
                assert "stop" == json.loads(stream.readline())["command"]
                connection.sendall(b'{"answer": null}\n')
        assert stopping.result(PATIENT)


def test_stopping_does_not_wait_for_ever(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A start that does not come to an end is one error for who wants to stop it."""
    monkeypatch.setattr(daemon, "_SECONDS_TO_START", 0)
    with hold(home), pytest.raises(PlaceError) as refused:
        daemon.shut_down(home)
    assert "lab-unreachable" == refused.value.code
