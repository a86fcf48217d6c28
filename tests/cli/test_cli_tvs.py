"""``ctlkit tvs``: asking trust services, and what counts as vouched for."""

from __future__ import annotations

import shutil
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ctlkit.place._loop import LoopThread
from ctlkit.trustlist import Function
from ctlkit_lab.stores import (
    CALL_MANAGER,
    CAPF,
    PHONE_SAST_TRUST,
    StoredCertificate,
)
from ctlkit_lab.trust_service import TrustService
from softhsm_fixtures import (
    SECOND_NAME,
    CertificateSpec,
    Credential,
    etoken_certificate,
    make_certificate,
)
from softhsm_fixtures.certificates import make_key

if TYPE_CHECKING:
    from tests.cli.conftest import MakeList, Material
    from tests.conftest import RunCtlkit

HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Node:
    """A trust service that runs, and the files to ask it with.

    Attributes:
        name: ``NODE:PORT``.
        stored: what its stores hold; tests put certificates in.
        own_list: its ``CTLFile.tlv``, which is missing at first.
        itl: an ITL that names it.
        capf: the CAPF certificate of that cluster, which no list is signed with.
    """

    name: str
    stored: list[StoredCertificate]
    own_list: Path
    itl: Path
    capf: Credential


@pytest.fixture
def node(make_list: MakeList, tmp_path: Path) -> Iterator[Node]:
    """Run a trust service with empty stores."""
    own = make_certificate(CertificateSpec(subject="CN=tvs,O=Cisco", serial=0x7F3A))
    capf = make_certificate(CertificateSpec(subject="CN=CAPF,O=Cisco", serial=0x7F3B))
    servers = [
        (Function.TVS, make_certificate(CertificateSpec(subject="CN=o", serial=1)), "10.0.0.2"),
        (Function.TVS, own, "10.0.0.1"),
    ]
    itl = make_list("ITLFile.tlv", servers=servers, filename="ITLFile.tlv")
    stored: list[StoredCertificate] = []
    own_list = tmp_path / "node" / "CTLFile.tlv"
    own_list.parent.mkdir()
    thread = LoopThread()
    service = TrustService(own, lambda: tuple(stored), own_list, lambda _line: None)
    port = thread.run(service.start(HOST))
    yield Node(f"{HOST}:{port}", stored, own_list, itl, capf)
    thread.run(service.close())
    thread.close()


def free_port() -> int:
    """A port where nobody listens."""
    with socket.create_server((HOST, 0)) as server:
        return int(server.getsockname()[1])


def test_a_token_that_was_uploaded(run_ctlkit: RunCtlkit, make_list: MakeList, node: Node) -> None:
    """The node holds the list and the token's certificate: vouched for, status 0."""
    path = make_list()
    shutil.copy(path, node.own_list)
    der = etoken_certificate(SECOND_NAME).der
    node.stored.append(StoredCertificate(PHONE_SAST_TRUST, der))
    words = ("tvs", "query", node.name, "--signer-of", path, "--itl", node.itl)
    result = run_ctlkit(*words)
    assert (0, "") == (result.status, result.stderr)
    assert f"{node.name}: vouched for, roles 0 SAST, kept 86400 seconds\n" in result.stdout
    assert "serial 83:E9:08:00:00:00:55:45:AF:31" in result.stdout
    answer = run_ctlkit(*words, "--json").json()
    (item,) = answer["answers"]
    assert (True, True, [0], 86400, None) == (
        *(item["vouches"], item["found"], item["roles"], item["lifetime"], item["error"]),
    )
    assert der.hex() == item["certificate"]["certificate"]
    assert "83e9080000005545af31" == answer["signer_serial"]


def test_a_token_that_was_not_uploaded(
    run_ctlkit: RunCtlkit, make_list: MakeList, node: Node
) -> None:
    """The list alone is not enough: status 3, and what to do."""
    path = make_list()
    shutil.copy(path, node.own_list)
    words = ("tvs", "query", node.name, "--signer-of", path, "--itl", node.itl)
    result = run_ctlkit(*words)
    assert 3 == result.status
    assert f"{node.name}: unknown\n" in result.stdout
    assert "does not know that certificate" in result.stderr
    assert "Phone-SAST-trust" in result.stderr
    (item,) = run_ctlkit(*words, "--json").json()["answers"]
    assert (False, False, "tvs-unknown") == (
        *(item["vouches"], item["found"], item["error"]["code"]),
    )


def test_another_key_under_the_same_name(
    run_ctlkit: RunCtlkit, make_list: MakeList, node: Node
) -> None:
    """A certificate with the signer's names and serial but another key vouches for nothing."""
    path = make_list(tokens=("stranger",), dialect="cucm")
    spec = CertificateSpec(subject="CN=stranger,O=Example", serial=47)
    node.stored.append(StoredCertificate(CALL_MANAGER, make_certificate(spec, key=make_key()).der))
    words = ("tvs", "query", node.name, "--signer-of", path, "--itl", node.itl)
    result = run_ctlkit(*words)
    assert (3, True) == (result.status, "does not verify with the certificate" in result.stderr)
    node.stored[0] = StoredCertificate(CALL_MANAGER, make_certificate(spec).der)
    assert 0 == run_ctlkit(*words).status


def test_several_nodes(run_ctlkit: RunCtlkit, make_list: MakeList, node: Node) -> None:
    """Each node is told in its order; one that is not there does not hide the others."""
    path = make_list(tokens=("stranger",), dialect="cucm")
    spec = CertificateSpec(subject="CN=stranger,O=Example", serial=47)
    node.stored.append(StoredCertificate(CALL_MANAGER, make_certificate(spec).der))
    away = f"{HOST}:{free_port()}"
    words = ("tvs", "query", away, node.name, "--signer-of", path, "--itl", node.itl)
    result = run_ctlkit(*words)
    assert 8 == result.status
    assert [f"{away}: no answer", f"{node.name}: vouched for, roles 0 SAST, 2 CCM+TFTP,"] == [
        line.partition(" kept")[0] for line in result.stdout.splitlines()[1:]
    ]
    assert [False, True] == [
        item["vouches"] for item in run_ctlkit(*words, "--json").json()["answers"]
    ]


def test_a_server_that_the_itl_does_not_name(
    run_ctlkit: RunCtlkit, make_list: MakeList, node: Node
) -> None:
    """Another cluster's ITL does not believe this server: status 8."""
    other = make_certificate(CertificateSpec(subject="CN=other", serial=5))
    itl = make_list("other.tlv", servers=[(Function.TVS, other, "10.0.0.9")])
    result = run_ctlkit("tvs", "query", node.name, "--signer-of", itl, "--itl", itl)
    assert (8, True) == (result.status, "shows another certificate" in result.stderr)


def test_an_itl_that_helps_nobody(
    run_ctlkit: RunCtlkit, make_list: MakeList, material: Material, node: Node
) -> None:
    """Without a trust service record, missing, forged or no list: nothing is asked."""
    path = make_list()
    forged = node.itl.with_name("forged.tlv")
    forged.write_bytes(node.itl.read_bytes()[:-1] + b"\x01")
    for itl, status, code in (
        (path, 3, "itl-without-tvs"),
        (Path("missing.tlv"), 4, "file-missing"),
        (forged, 3, "signature-wrong"),
        (material.capf, 4, "not-a-list"),
    ):
        words = ("tvs", "query", node.name, "--signer-of", path, "--itl", itl, "--json")
        result = run_ctlkit(*words)
        assert (status, code) == (result.status, result.json()["error"]["code"])


def test_verify_of_a_certificate(
    run_ctlkit: RunCtlkit, material: Material, node: Node, tmp_path: Path
) -> None:
    """A certificate in a store is vouched for by that store's roles; only SAST is status 0."""
    spec_file = tmp_path / "capf.pem"
    spec_file.write_bytes(node.capf.certificate_pem)
    words = ("tvs", "verify", node.name, spec_file, "--itl", node.itl)
    assert 3 == run_ctlkit(*words).status
    node.stored.append(StoredCertificate(CAPF, node.capf.der))
    result = run_ctlkit(*words)
    assert 3 == result.status
    assert f"{node.name}: known, roles 4 CAPF, kept 86400 seconds\n" == result.stdout
    assert "not as a signer of lists (roles: CAPF)" in result.stderr
    assert "tvs-no-signer" == run_ctlkit(*words, "--json").json()["answer"]["error"]["code"]
    node.stored.append(StoredCertificate(PHONE_SAST_TRUST, node.capf.der))
    result = run_ctlkit(*words)
    assert (0, "") == (result.status, result.stderr)
    assert "roles 0 SAST, 4 CAPF" in result.stdout
    answer = run_ctlkit(*words, "--json").json()
    assert node.capf.der.hex() == answer["certificate"]["certificate"]
    assert answer["answer"]["certificate"] is None


@pytest.mark.parametrize("text", ["", "a b", "node:", "node:0", "node:65536", "::1", "a@b", "[x]"])
def test_nodes_that_are_none(run_ctlkit: RunCtlkit, node: Node, text: str) -> None:
    """What names no node is a usage error."""
    result = run_ctlkit("tvs", "query", text, "--signer-of", node.itl, "--itl", node.itl, "--json")
    assert (2, "tvs-node") == (result.status, result.json()["error"]["code"])


def test_a_certificate_that_is_none(run_ctlkit: RunCtlkit, node: Node) -> None:
    """A file that holds no certificate is status 4."""
    result = run_ctlkit("tvs", "verify", node.name, node.itl, "--itl", node.itl)
    assert 4 == result.status
