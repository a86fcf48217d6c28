"""The practice cluster as ordinary clients see it: ssh, sftp, curl, tftp and openssl."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from ctlkit.certificate import Certificate
from ctlkit.errors import NetworkError
from ctlkit_lab.cluster import PracticeCluster, RunningCluster
from ctlkit_lab.model import LabOptions
from ctlkit_lab.state import LabNode, read_lab
from ctlkit_lab.stores import CALL_MANAGER, TVS
from ctlkit_lab.terminal import type_command

PATIENT = 60.0
WRONG = "no-such-word-here"
LIST = "CTLFile.tlv"
END = b"-----END CERTIFICATE-----\n"


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningCluster]:
    """Run a cluster in mixed mode; no test changes its list."""
    options = LabOptions(subscribers=1, phones=0, mode="mixed")
    with PracticeCluster.running(tmp_path_factory.mktemp("ssh") / "lab", options) as running:
        yield running


@pytest.fixture
def publisher(cluster: RunningCluster) -> LabNode:
    """Give the node that the clients talk to."""
    return cluster.nodes[0]


@dataclass(frozen=True, slots=True)
class Client:
    """OpenSSH's clients, for which a program types the password.

    Attributes:
        known_hosts: where they keep the host key.
    """

    node: LabNode
    known_hosts: Path
    environment: dict[str, str]

    def ssh(self, *words: str, typed: str = "", user: str = "admin") -> tuple[int, str, str]:
        """Run ``ssh USER@NODE WORDS`` and return its status and outputs."""
        options = [*self._options, "-p", str(self.node.ports.ssh)]
        return self._run(["ssh", *options, f"{user}@{self.node.host}", *words], typed)

    def sftp(self, *lines: str) -> tuple[int, str, str]:
        """Run ``sftp`` with these commands."""
        # The batch file is not given with -b, which would forbid to ask for a password.
        options = [*self._options, "-P", str(self.node.ports.ssh)]
        typed = "".join(f"{line}\n" for line in lines)
        return self._run(["sftp", *options, f"admin@{self.node.host}"], typed)

    @property
    def _options(self) -> list[str]:
        return [
            *("-F", "none", "-o", f"UserKnownHostsFile={self.known_hosts}"),
            *("-o", "StrictHostKeyChecking=accept-new", "-o", "NumberOfPasswordPrompts=2"),
            *("-o", "GlobalKnownHostsFile=none", "-o", "IdentitiesOnly=yes"),
        ]

    def _run(self, words: list[str], typed: str) -> tuple[int, str, str]:
        done = subprocess.run(
            words,
            env=self.environment,
            cwd=self.known_hosts.parent,
            input=typed.encode(),
            capture_output=True,
            timeout=PATIENT,
            check=False,
        )
        output = done.stdout.decode().replace("\r\n", "\n")
        return done.returncode, output, done.stderr.decode()


def _client(node: LabNode, folder: Path, password: str) -> Client:
    script = folder / "askpass"
    script.write_text('#!/bin/sh\nprintf "%s\\n" "$ANSWER"\n')
    script.chmod(0o700)
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "SSH_ASKPASS": str(script),
        "SSH_ASKPASS_REQUIRE": "force",
        "ANSWER": password,
    }
    return Client(node, folder / "known_hosts", environment)


@pytest.fixture
def client(cluster: RunningCluster, publisher: LabNode, tmp_path: Path) -> Client:
    """Give OpenSSH's clients with the right password."""
    return _client(publisher, tmp_path, cluster.secret)


def test_ssh_shell(client: Client, cluster: RunningCluster) -> None:
    """A terminal session greets, takes commands at the prompt and ends with exit."""
    status, shown, _ = client.ssh("-tt", typed="show ctl\nexit\n")
    assert 0 == status
    assert "Welcome to the Platform Command Line Interface" in shown
    assert "admin:" in shown
    size = cluster.practice.publisher.list_path.stat().st_size
    assert f"\nLength of CTL file: {size}\n" in shown
    assert "The CTL file was verified successfully." in shown


def test_ssh_without_terminal(client: Client) -> None:
    """A session without a terminal works too, and ends with its input."""
    status, shown, _ = client.ssh("-T", typed="show ctl\n")
    assert 0 == status
    assert "The CTL file was verified successfully." in shown


def test_ssh_host_key(client: Client, publisher: LabNode) -> None:
    """The host key is the one that lab.json names, by its fingerprint."""
    client.ssh("-T", typed="exit\n")
    words = ["ssh-keygen", "-l", "-f", str(client.known_hosts)]
    shown = subprocess.run(words, capture_output=True, text=True, check=True, timeout=PATIENT)
    assert publisher.host_key == shown.stdout.split()[1]


def test_ssh_command_is_refused(client: Client) -> None:
    """A command in the request is refused, as real nodes do."""
    status, shown, errors = client.ssh("show ctl")
    assert (255, "") == (status, shown)
    assert "exec request failed" in errors


def test_ssh_wrong_password(publisher: LabNode, tmp_path: Path) -> None:
    """A wrong password gets no session."""
    status, shown, errors = _client(publisher, tmp_path, WRONG).ssh("-T", typed="show ctl\n")
    assert (255, "") == (status, shown)
    assert "Permission denied" in errors


@pytest.mark.parametrize("user", ["root", "ctlkit-lab"])
def test_ssh_wrong_user(client: Client, user: str) -> None:
    """Nobody else gets a session with the right password, not even a node of the cluster."""
    status, shown, errors = client.ssh("-T", typed="show ctl\n", user=user)
    assert (255, "") == (status, shown)
    assert "Permission denied" in errors


def test_sftp(client: Client, cluster: RunningCluster, tmp_path: Path) -> None:
    """A file is fetched from the TFTP folder, put there and renamed."""
    present = cluster.practice.publisher.list_path
    status, _, errors = client.sftp(
        f"get -p /tftp/{LIST} fetched.tlv",
        "put fetched.tlv /tftp/put.tmp",
        "rename /tftp/put.tmp /tftp/put.tlv",
    )
    assert 0 == status, errors
    assert present.read_bytes() == (tmp_path / "fetched.tlv").read_bytes()
    assert int(present.stat().st_mtime) == int((tmp_path / "fetched.tlv").stat().st_mtime)
    put = present.with_name("put.tlv")
    assert present.read_bytes() == put.read_bytes()
    put.unlink()


def test_sftp_shows_the_tftp_folder_only(client: Client, tmp_path: Path) -> None:
    """Logs, keys and state that lie beside the TFTP folder are not there for a client."""
    _, shown, errors = client.sftp(
        "ls -1 /",
        "get /log/tftp.log",
        "get /tftp/../../../keys/CAPF-trust.pem",
        "get /../practice.json",
        "symlink / /tftp/out",
        "ln /tftp/CTLFile.tlv /tftp/hard",
        "rename /tftp/CTLFile.tlv /CTLFile.tlv",
        "ls -1 /tftp",
    )
    lines = [line.strip() for line in shown.splitlines() if not line.startswith("sftp> ")]
    assert ["/tftp", "/tftp/CTLFile.tlv", "/tftp/ITLFile.tlv"] == lines
    assert 3 == errors.count("not found")
    assert not {"tftp.log", "CAPF-trust.pem", "practice.json"} & {
        path.name for path in tmp_path.iterdir()
    }


def test_curl(cluster: RunningCluster, publisher: LabNode, tmp_path: Path) -> None:
    """A list is fetched over HTTP; a file that is not there is a 404."""
    address = f"http://{publisher.host}:{publisher.ports.http}"
    fetched = tmp_path / LIST
    words = ["curl", "--disable", "--noproxy", "*", "--fail", "--silent", "--output", str(fetched)]
    subprocess.run([*words, f"{address}/{LIST}"], check=True, timeout=PATIENT)
    assert cluster.practice.publisher.list_path.read_bytes() == fetched.read_bytes()
    refused = subprocess.run([*words, f"{address}/none"], check=False, timeout=PATIENT)
    assert 22 == refused.returncode


def test_tftp(cluster: RunningCluster, publisher: LabNode, tmp_path: Path) -> None:
    """A list is fetched over TFTP; a file that is not there is an error of the protocol."""
    fetched = tmp_path / LIST
    words = ["tftp", "-m", "binary", publisher.host, str(publisher.ports.tftp), "-c", "get"]
    subprocess.run([*words, LIST, str(fetched)], check=True, timeout=PATIENT)
    assert cluster.practice.publisher.list_path.read_bytes() == fetched.read_bytes()
    absent = subprocess.run(
        [*words, "none", str(tmp_path / "none")],
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENT,
    )
    assert "Error code 1: File not found" in absent.stdout + absent.stderr


@pytest.mark.parametrize("store", [TVS, CALL_MANAGER])
@pytest.mark.parametrize("version", ["-tls1", "-tls1_2"])
def test_openssl(cluster: RunningCluster, publisher: LabNode, store: str, version: str) -> None:
    """The trust service and the secure port show the node's certificate, as old phones ask too."""
    port = publisher.ports.tvs if store == TVS else publisher.ports.tls
    words = ["openssl", "s_client", version, "-cipher", "DEFAULT@SECLEVEL=0"]
    done = subprocess.run(
        [*words, "-connect", f"{publisher.host}:{port}"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        timeout=PATIENT,
    )
    start = done.stdout.index(b"-----BEGIN CERTIFICATE-----")
    shown = Certificate.load(done.stdout[start : done.stdout.index(b"-----END")] + END)
    assert cluster.practice.publisher.credential(store).der == shown.der


async def _unanswered(_question: str) -> None:
    """Break a question off."""


def test_a_command_is_typed_at_the_known_host_key_only(cluster: RunningCluster) -> None:
    """A server with another host key on a node's port gets no login, and is one error."""
    lab = read_lab(cluster.folder)
    publisher, other = lab.nodes
    assert "The CTL file" in type_command(lab, publisher, "show ctl", _unanswered).text
    with pytest.raises(NetworkError) as refused:
        type_command(lab, replace(publisher, ports=other.ports), "show ctl", _unanswered)
    assert "lab-terminal-failed" == refused.value.code
