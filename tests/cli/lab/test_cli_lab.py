"""``ctlkit lab up``, ``status`` and ``down``: the practice cluster as a process of its own."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ctlkit_lab.state import hold

if TYPE_CHECKING:
    from tests.cli.lab.conftest import Lab
    from tests.conftest import RunCtlkit, RunTerminal

COMMAND = Path(sys.executable).with_name("ctlkit")
PUBLISHER = "cucm-1051-a-pub"
FIRST_MAC = "020000000001"
PATIENT = 60.0


def test_up_status_down(lab: Lab) -> None:
    """A new cluster runs with what was asked for, is shown, and is stopped; its folder stays."""
    started = lab.run("up", "--release", "11.5", "--subscribers", "2", "--phones", "1")
    assert 0 == started.status, started.stderr
    assert "It is not a call server" in started.stdout
    found = lab.lab_file()
    assert f"  password in {lab.folder / 'lab.json'}\n" in started.stdout
    assert found["secret"] not in started.stdout + started.stderr
    assert 0o600 == stat.S_IMODE((lab.folder / "lab.json").stat().st_mode)
    status = lab.answer("status")
    assert ["11.5", "non-secure"] == [status["release"], status["mode"]]
    assert [True, False, False] == [node["publisher"] for node in status["nodes"]]
    assert [None] * 3 == [node["list"] for node in status["nodes"]]
    assert [node["ports"] for node in found["nodes"]] == [node["ports"] for node in status["nodes"]]
    assert [True] == [phone["itl"] for phone in status["phones"]]
    text = lab.run("status").stdout
    assert text.startswith("release 11.5, non-secure mode; not a call server\n")
    assert f"SEP{FIRST_MAC} " in text
    assert {"schema": 1, "folder": str(lab.folder), "stopped": True} == lab.answer("down")
    assert not (lab.folder / "lab.json").exists()
    assert (lab.folder / "cluster" / "practice.json").exists()


def test_the_password_is_for_a_terminal(lab: Lab, run_pty: RunTerminal) -> None:
    """A person at a terminal is told the password."""
    started = run_pty("lab", "up", "--phones", "0", "--subscribers", "0", "--dir", lab.folder)
    assert 0 == started.status, started.output
    assert f"  password {lab.lab_file()['secret']}\n" in started.output


def test_up_again(lab: Lab) -> None:
    """A cluster that is started again has its ports, password, keys, mode and list."""
    first = lab.answer("up", "--phones", "0", "--mode", "mixed")
    before, secret = lab.answer("status"), lab.lab_file()["secret"]
    assert "mixed" == before["mode"]
    lab.answer("down")
    assert first == lab.answer("up", "--mode", "mixed")
    assert before == lab.answer("status")
    assert secret == lab.lab_file()["secret"]


def test_up_while_it_runs(running: Lab) -> None:
    """A second start is refused, and the one that runs goes on."""
    assert "lab-running" == running.refusal("up", status=1)["code"]
    assert "lab-running" == running.refusal("up", "--foreground", status=1)["code"]
    assert 2 == len(running.answer("phone", "list")["phones"])


def test_other_options(running: Lab) -> None:
    """Options other than those a cluster was made with are refused, with what it has."""
    running.answer("down")
    error = running.refusal("up", "--phones", "5", "--sast-in-ctl", "yes", status=2)
    assert "lab-options-fixed" == error["code"]
    assert "--phones 2, --sast-in-ctl no" in error["message"]
    assert {"stopped": False}.items() <= running.answer("down").items()


def test_impossible_options(lab: Lab) -> None:
    """A number beyond the limits is refused, and the folder can be used after that."""
    assert "lab-number-out-of-range" == lab.refusal("up", "--phones", "-1", status=2)["code"]
    assert not (lab.folder / "cluster").exists()
    lab.answer("up", "--phones", "0", "--subscribers", "0")


@pytest.mark.parametrize("foreground", [(), ("--foreground",)])
@pytest.mark.parametrize("stranger", ["letter.txt", "cluster"])
def test_the_folder_of_something_else(lab: Lab, stranger: str, foreground: tuple[str, ...]) -> None:
    """A folder that holds anything else is refused, and nothing is written into it."""
    (lab.folder / stranger).mkdir(parents=True)
    (lab.folder / stranger / "note").write_text("mine")
    before = sorted(lab.folder.rglob("*"))
    assert "lab-folder-taken" == lab.refusal("up", *foreground, status=1)["code"]
    assert before == sorted(lab.folder.rglob("*"))


def test_a_file_in_place_of_the_folder(lab: Lab) -> None:
    """A file where the folder should be is refused."""
    lab.folder.write_text("mine")
    assert "lab-folder-unusable" == lab.refusal("up", status=1)["code"]
    assert "mine" == lab.folder.read_text()


def test_nothing_runs(lab: Lab) -> None:
    """Stopping what does not run is no error; asking it is one, and makes no folder."""
    assert {"stopped": False}.items() <= lab.answer("down").items()
    for words in [
        ("status",),
        ("admin", "show", "ctl"),
        ("phone", "list"),
        ("phone", "restart"),
        ("cert", "regen", "TVS"),
    ]:
        assert "lab-not-running" == lab.refusal(*words, status=1)["code"]
    assert not lab.folder.exists()


def test_a_killed_cluster(running: Lab) -> None:
    """What a killed cluster left behind says nothing, and it starts again with its ports."""
    before = running.lab_file()
    os.kill(before["pid"], signal.SIGKILL)
    with hold(running.folder):
        pass
    assert "lab-not-running" == running.refusal("status", status=1)["code"]
    assert [node["ports"] for node in before["nodes"]] == [
        node["ports"] for node in running.answer("up")["nodes"]
    ]


def test_a_damaged_lab_file(running: Lab) -> None:
    """A damaged lab.json is one error that names it."""
    path = running.folder / "lab.json"
    whole = path.read_bytes()
    for damaged in (b"", b"{", b"[]", b'{"schema": 1}', whole.replace(b'"port"', b'"sport"')):
        path.write_bytes(damaged)
        error = running.refusal("status", status=4)
        assert "lab-file-damaged" == error["code"]
        assert str(path) in error["message"]
    path.write_bytes(whole)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_foreground(lab: Lab, clean_env: dict[str, str], number: int) -> None:
    """In the foreground it runs until Ctrl-C or SIGTERM, and ends well."""
    words = ["lab", "up", "--foreground", "--phones", "0", "--json", "--dir", str(lab.folder)]
    with subprocess.Popen(
        [COMMAND, *words],
        env=clean_env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        try:
            assert process.stdout is not None
            started = json.loads(process.stdout.readline())
            assert PUBLISHER == started["nodes"][0]["name"]
            assert process.pid == lab.lab_file()["pid"]
            assert "non-secure" == lab.answer("status")["mode"]
            process.send_signal(number)
            output, errors = process.communicate(timeout=PATIENT)
        finally:
            process.kill()
    assert (0, b"", b"") == (process.returncode, output, errors)
    assert not (lab.folder / "lab.json").exists()


def test_down_of_a_foreground_cluster(lab: Lab, clean_env: dict[str, str]) -> None:
    """A cluster in the foreground is stopped from elsewhere too."""
    with subprocess.Popen(
        [COMMAND, "lab", "up", "--foreground", "--phones", "0", "--dir", lab.folder],
        env=clean_env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
    ) as process:
        try:
            assert process.stdout is not None
            process.stdout.readline()
            lab.answer("down")
            assert 0 == process.wait(PATIENT)
        finally:
            process.kill()


def test_folder_of_the_environment(run_ctlkit: RunCtlkit, shared: Lab) -> None:
    """CTLKIT_LAB names the folder where --dir does not."""
    result = run_ctlkit("lab", "status", "--json", env={"CTLKIT_LAB": str(shared.folder)})
    assert 0 == result.status
    assert 2 == len(result.json()["phones"])
