"""``ctlkit lab``: the practice cluster as a process of its own, and the commands that ask it."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ctlkit_lab.state import hold

if TYPE_CHECKING:
    from tests.cli.conftest import Material
    from tests.conftest import Result, RunCtlkit, RunTerminal

COMMAND = Path(sys.executable).with_name("ctlkit")
PUBLISHER, SUBSCRIBER = "cucm-1051-a-pub", "cucm-1051-a-sub1"
FIRST_MAC, SECOND_MAC = "020000000001", "020000000002"
SET_MIXED = ("admin", "utils", "ctl", "set-cluster", "mixed-mode")
QUESTION = "Do you want to continue? (y/n):"
PATIENT = 60.0


@dataclass(frozen=True, slots=True)
class Lab:
    """The folder of a practice cluster, and ``ctlkit lab`` on it."""

    folder: Path
    run_ctlkit: RunCtlkit

    def run(self, *words: str | Path, **settings: Any) -> Result:
        """Run ``ctlkit lab WORDS``."""
        return self.run_ctlkit("lab", *words, "--dir", self.folder, **settings)

    def answer(self, *words: str | Path) -> Any:
        """Run it, which has to end well, and return its answer as JSON."""
        result = self.run(*words, "--json")
        assert 0 == result.status, result.stderr
        return result.json()

    def refusal(self, *words: str | Path, status: int, **settings: Any) -> dict[str, str]:
        """Run it, which has to fail with one error, and return that."""
        result = self.run(*words, "--json", **settings)
        assert status == result.status, result.stderr
        error: dict[str, str] = result.json()["error"]
        assert error["message"] in result.stderr
        return error

    def lab_file(self) -> Any:
        """Return what ``lab.json`` says."""
        return json.loads((self.folder / "lab.json").read_text())

    def end(self) -> None:
        """Stop it whatever state it is in."""
        try:
            pid = int(self.lab_file()["pid"])
        except (OSError, ValueError, KeyError):
            pid = None
        stopped = self.run("down").status == 0
        if pid is not None and not stopped:
            os.kill(pid, signal.SIGKILL)


@pytest.fixture
def make_lab(run_ctlkit: RunCtlkit, tmp_path: Path) -> Iterator[Callable[[str], Lab]]:
    """Give folders for practice clusters, which are stopped with the test."""
    labs: list[Lab] = []

    def make(name: str) -> Lab:
        labs.append(Lab(tmp_path / name, run_ctlkit))
        return labs[-1]

    yield make
    for lab in labs:
        lab.end()


@pytest.fixture
def lab(make_lab: Callable[[str], Lab]) -> Lab:
    """Give the folder of a practice cluster that is not there yet."""
    return make_lab("lab")


@pytest.fixture
def running(lab: Lab) -> Lab:
    """Give a practice cluster that runs, with two phones."""
    lab.answer("up", "--phones", "2")
    return lab


def test_up_status_down(lab: Lab) -> None:
    """A new cluster runs with what was asked for, is shown, and is stopped; its folder stays."""
    started = lab.run("up", "--release", "11.5", "--subscribers", "2", "--phones", "1")
    assert 0 == started.status, started.stderr
    assert "It is not a call server" in started.stdout
    found = lab.lab_file()
    assert f"  password {found['secret']}\n" in started.stdout
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


def test_admin(running: Lab) -> None:
    """A command is typed at the node that was named, and its dialogue is shown."""
    shown = running.answer("admin", "--node", SUBSCRIBER, "show", "myself")
    assert (SUBSCRIBER, "show myself") == (shown["node"], shown["command"])
    assert shown["dialogue"].startswith("admin:show myself\n")
    absent = running.run("admin", "show", "ctl")
    assert 0 == absent.status
    assert "admin:show ctl\n" in absent.stdout
    refused = running.refusal("admin", "--node", "nobody", "show", "ctl", status=2)
    assert "nobody" in refused["message"]


def test_admin_answers_a_question(running: Lab) -> None:
    """Without anyone to ask a question is broken off; --yes answers it with y."""
    for words in (SET_MIXED, (*SET_MIXED, "--no-input")):
        asked = running.run(*words)
        assert 0 == asked.status, asked.stderr
        assert QUESTION in asked.stdout
        assert "non-secure" == running.answer("status")["mode"]
    done = running.answer(*SET_MIXED, "--yes")
    assert f"{QUESTION}y\n" in done["dialogue"]
    assert "Cluster set to Mixed Mode\n" in done["dialogue"]
    status = running.answer("status")
    assert "mixed" == status["mode"]
    lists = [node["list"] for node in status["nodes"]]
    assert lists[0]["md5"] == lists[1]["md5"]
    shown = running.run("status").stdout
    assert f"  {lists[0]['md5']} (MD5)\n" in shown
    assert f"{lists[0]['length']} bytes, signed by CN={PUBLISHER};" in shown


@pytest.mark.parametrize(("typed", "mode"), [("y", "mixed"), ("n", "non-secure")])
def test_admin_puts_a_question(running: Lab, run_pty: RunTerminal, typed: str, mode: str) -> None:
    """On a terminal a question is put, and what is typed answers it."""
    words = ("lab", *SET_MIXED, "--dir", running.folder)
    result = run_pty(*words, answers=[(QUESTION, typed)])
    assert 0 == result.status, result.output
    assert mode == running.answer("status")["mode"]


def test_phones(running: Lab) -> None:
    """Phones are listed, restarted, read and erased, all or those that are named."""
    running.answer(*SET_MIXED, "--yes")
    named = running.answer("phone", "restart", f"SEP{SECOND_MAC}")
    assert [(SECOND_MAC, True)] == [(boot["mac"], boot["accepted"]) for boot in named["boots"]]
    phones = running.answer("phone", "list")["phones"]
    held = running.answer("status")["nodes"][0]["list"]
    assert [None, held["sha1"]] == [phone["checksum"] for phone in phones]
    both = running.answer("phone", "restart")["boots"]
    assert [held["md5"], held["sha1"]] == [boot["checksum"] for boot in both]
    text = running.run("phone", "restart", FIRST_MAC).stdout
    assert text.startswith(f"SEP{FIRST_MAC}: accepted: ")
    assert text.endswith(f"  shows {held['md5']}\n")
    assert "TL file verified successfully." in running.answer("phone", "log", FIRST_MAC)["log"]
    assert "TL file verified successfully." in running.run("phone", "log", FIRST_MAC).stdout
    erased = running.answer("phone", "erase", FIRST_MAC)["phones"]
    assert [(None, False), (held["sha1"], True)] == [
        (phone["checksum"], phone["itl"]) for phone in erased
    ]
    assert "no list" in running.run("phone", "list").stdout


def test_phones_of_another_cluster(running: Lab, make_lab: Callable[[str], Lab]) -> None:
    """Phones are pointed to another cluster that runs, and home again."""
    other = make_lab("other")
    refused = running.refusal("phone", "point", "--to", other.folder, status=1)
    assert "lab-not-running" == refused["code"]
    other.answer("up", "--phones", "0", "--subscribers", "0")
    pointed = running.answer("phone", "point", "--to", other.folder, FIRST_MAC)["phones"]
    assert [[PUBLISHER], None] == [phone["pointed_to"] for phone in pointed]
    other.answer(*SET_MIXED, "--yes")
    boots = running.answer("phone", "restart", FIRST_MAC)["boots"]
    assert [(False, None)] == [(boot["accepted"], boot["checksum"]) for boot in boots]
    home = running.answer("phone", "point")["phones"]
    assert [None, None] == [phone["pointed_to"] for phone in home]


@pytest.mark.parametrize("command", ["restart", "log", "point", "erase"])
@pytest.mark.parametrize("mac", ["0200000000FF", "none", "\x1b[2J"])
def test_no_such_phone(shared: Lab, command: str, mac: str) -> None:
    """A phone that is not there is one error, and no other phone is touched."""
    before = shared.answer("phone", "list")
    assert "phone-unknown" == shared.refusal("phone", command, mac, status=2)["code"]
    assert before == shared.answer("phone", "list")


def test_certificates(running: Lab) -> None:
    """A node's certificate is made anew; each node has its own."""
    first = running.answer("cert", "regen", "CallManager")
    again = running.answer("cert", "regen", "CallManager")
    assert (PUBLISHER, 2048) == (again["node"], again["certificate"]["key_bits"])
    assert first["certificate"]["serial"] != again["certificate"]["serial"]
    text = running.run("cert", "regen", "TVS", "--node", SUBSCRIBER).stdout
    assert text.startswith(f"{SUBSCRIBER}: TVS is new: L=Krakow,ST=Malopolska,CN={SUBSCRIBER},")


def test_trust(running: Lab, material: Material) -> None:
    """A certificate is uploaded to a trust store, which the node shows."""
    added = running.answer("trust", "add", "Phone-SAST-trust", material.stranger)
    assert "CN=stranger,O=Example" == added["certificate"]["subject"]
    again = running.run("trust", "add", "Phone-SAST-trust", material.stranger)
    assert "Phone-SAST-trust: CN=stranger,O=Example\n" == again.stdout


@pytest.mark.parametrize(
    ("words", "status", "code"),
    [
        (("cert", "regen", "Tomcat"), 2, "lab-own-store-unknown"),
        (("cert", "regen", "CAPF", "--node", SUBSCRIBER), 2, "lab-own-store-unknown"),
        (("cert", "regen", "TVS", "--node", "nobody"), 2, "lab-node-unknown"),
        (("trust", "add", "tomcat-trust", "good.pem"), 2, "lab-trust-store-unknown"),
        (("trust", "add", "CAPF-trust", "missing.pem"), 4, "file-missing"),
        (("trust", "add", "CAPF-trust", "bad.pem"), 4, "certificate-unreadable"),
        (("trust", "add", "CAPF-trust", "empty.pem"), 4, "certificate-unreadable"),
        (("trust", "add", "CAPF-trust", "large.pem"), 4, "file-too-large"),
    ],
)
def test_wrong_arguments(
    shared: Lab, material: Material, words: tuple[str, ...], status: int, code: str
) -> None:
    """A wrong store, node or certificate file is one error."""
    folder = material.stranger.parent
    (folder / "good.pem").write_bytes(material.stranger.read_bytes())
    (folder / "bad.pem").write_bytes(b"\x30\x03\x02\x01\x00")
    (folder / "empty.pem").write_bytes(b"")
    (folder / "large.pem").write_bytes(bytes(1 << 17))
    assert code == shared.refusal(*words, status=status, cwd=folder)["code"]


@pytest.fixture(scope="module")
def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Run a cluster for the tests that change nothing."""
    folder = tmp_path_factory.mktemp("shared") / "lab"
    words = ["--phones", "2", "--dir", str(folder)]
    subprocess.run([COMMAND, "lab", "up", *words], check=True, stdout=subprocess.DEVNULL)
    yield folder
    subprocess.run([COMMAND, "lab", "down", "--dir", folder], check=True, stdout=subprocess.DEVNULL)


@pytest.fixture
def shared(shared_folder: Path, run_ctlkit: RunCtlkit) -> Lab:
    """Give the cluster of the tests that change nothing."""
    return Lab(shared_folder, run_ctlkit)


def test_folder_of_the_environment(run_ctlkit: RunCtlkit, shared: Lab) -> None:
    """CTLKIT_LAB names the folder where --dir does not."""
    result = run_ctlkit("lab", "status", "--json", env={"CTLKIT_LAB": str(shared.folder)})
    assert 0 == result.status
    assert 2 == len(result.json()["phones"])
