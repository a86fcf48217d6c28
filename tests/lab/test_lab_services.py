"""The trust service of a node of the practice cluster, and the certificate that a node shows."""

from __future__ import annotations

import asyncio
import shutil
import socket
import ssl
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from ctlkit.codec import decode
from ctlkit.errors import HostKeyError
from ctlkit.place._loop import LoopThread
from ctlkit.place.fetch import shown_certificate
from ctlkit.trustlist import TrustList
from ctlkit.tvs import (
    LIFETIME,
    TvsAnswer,
    TvsMessage,
    ask,
    encode_message,
    query_request,
    tls_context_client,
    verify_request,
)
from ctlkit_lab._connections import ConnectionService
from ctlkit_lab.file_service import TlsFace
from ctlkit_lab.stores import CALL_MANAGER, PHONE_SAST_TRUST, StoredCertificate
from ctlkit_lab.trust_service import TrustService
from softhsm_fixtures.certificates import CertificateSpec, Credential, make_certificate

HOST = "127.0.0.1"
DEVICE = "CP-8861-SEPB000B4BA0AEE"
PATIENT = 20.0
LISTS = Path(__file__).resolve().parents[1] / "data" / "lists"
TOKENS, TOKENLESS = LISTS / "tokens-5728.tlv", LISTS / "tokenless-4947.tlv"


@pytest.fixture
def loop() -> Iterator[LoopThread]:
    """Give a thread in which services run."""
    thread = LoopThread()
    yield thread
    thread.close()


@pytest.fixture(scope="session")
def credential() -> Credential:
    """Give a certificate as an old node has one: 1024 bits, signed with SHA-1."""
    spec = CertificateSpec(subject="CN=cucm-1051-a-pub,OU=TAC,O=Cisco,C=PL", serial=0x7F3A)
    return make_certificate(spec)


@dataclass(slots=True)
class Node:
    """A trust service that runs, and what it was given.

    Attributes:
        port: where it listens.
        list_path: its own list.
        stored: what its stores hold.
        lines: its log.
    """

    port: int
    list_path: Path
    stored: list[StoredCertificate]
    lines: list[str]
    pinned: tuple[bytes, ...] = field(repr=False)

    def ask(self, request: TvsMessage, *, tls10: bool = False) -> TvsAnswer:
        """Ask it as a phone does."""
        return ask(HOST, self.port, request, pinned=self.pinned, timeout=PATIENT, tls10=tls10)


@pytest.fixture
def node(loop: LoopThread, credential: Credential, tmp_path: Path) -> Iterator[Node]:
    """Run a trust service with empty stores and no list."""
    stored: list[StoredCertificate] = []
    lines: list[str] = []
    path = tmp_path / "CTLFile.tlv"
    service = TrustService(credential, lambda: tuple(stored), path, lines.append)
    port = loop.run(service.start(HOST))
    yield Node(port, path, stored, lines, (b"another", credential.der))
    loop.run(service.close())
    loop.run(service.close())


def read_list(path: Path) -> TrustList:
    """Read a kept list."""
    value = decode(path.read_bytes())
    assert isinstance(value, TrustList)
    return value


def signer_query(path: Path) -> TvsMessage:
    """What a phone asks about the signer of a list."""
    header = read_list(path).header
    assert header.signer_name is not None
    assert header.signer_issuer is not None
    assert header.signer_serial is not None
    names = (header.signer_name, header.signer_issuer, header.signer_serial)
    return query_request(DEVICE, *names, 0x3E9)


def signer_certificate(path: Path) -> bytes:
    """The certificate of the record that signed a list."""
    value = read_list(path)
    return next(
        record.certificate or b""
        for record in value.records
        if record.is_sast and record.serial == value.header.signer_serial
    )


def test_the_stores_answer_for_a_server(node: Node) -> None:
    """A server's certificate in a store is found there with roles 0 and 2, as published."""
    der = signer_certificate(TOKENLESS)
    node.stored.append(StoredCertificate(CALL_MANAGER, der))
    assert TvsAnswer(True, der, (0, 2), LIFETIME) == node.ask(signer_query(TOKENLESS))
    log = "\n".join(node.lines)
    assert "tvsHandleQueryCertReq : Subject Name is: CN=cucm-1051-a-pub;OU=TAC;O=Cisco;" in log
    assert "CertificateDBCache::getCertificateInformation - Found entry {rolecount : 2}" in log
    assert "CertificateDBCache::getCertificateInformation - {role : 0}" in log
    assert "CertificateCTLCache" not in log


def test_the_list_answers_for_a_token(node: Node) -> None:
    """A token fits no store by its key, but the list's entry, once it is uploaded; role 0."""
    der = signer_certificate(TOKENS)
    shutil.copy(TOKENS, node.list_path)
    assert not node.ask(signer_query(TOKENS)).found
    node.stored.append(StoredCertificate(PHONE_SAST_TRUST, der))
    node.lines.clear()
    assert TvsAnswer(True, der, (0,), LIFETIME) == node.ask(signer_query(TOKENS))
    assert "tvsHandleQueryCertReq : This is SAST eToken cert" in node.lines
    assert any(line.startswith("CertificateCTLCache") and "len : " in line for line in node.lines)
    assert any("CertificateCTLCache" in line and "{role : 0}" in line for line in node.lines)


def test_the_list_is_read_again_when_it_changes(node: Node) -> None:
    """A list that appears, changes or goes counts from the next question on, and is logged."""
    node.stored.append(StoredCertificate(PHONE_SAST_TRUST, signer_certificate(TOKENS)))
    assert not node.ask(signer_query(TOKENS)).found
    shutil.copy(TOKENS, node.list_path)
    assert node.ask(signer_query(TOKENS)).found
    recached = (
        "CertificateCache::localCTLCacheMonitor - CTLFile.tlv has been modified."
        " Recaching CTL Certificate Cache"
    )
    assert 1 == node.lines.count(recached)
    assert node.ask(signer_query(TOKENS)).found
    assert 1 == node.lines.count(recached)
    node.list_path.write_bytes(b"no list at all")
    assert not node.ask(signer_query(TOKENS)).found
    node.list_path.unlink()
    assert not node.ask(signer_query(TOKENS)).found


def test_verify_of_a_certificate_in_hand(node: Node) -> None:
    """What the stores hold is valid with its roles; the answer carries no certificate."""
    der = signer_certificate(TOKENLESS)
    request = verify_request(DEVICE, der, 7)
    assert TvsAnswer(False) == node.ask(request)
    node.stored.append(StoredCertificate(CALL_MANAGER, der))
    assert TvsAnswer(True, None, (0, 2), LIFETIME) == node.ask(request)


def test_a_79xx_phone_is_understood(node: Node) -> None:
    """A client that speaks nothing newer than TLS 1.0 gets its answer."""
    node.stored.append(StoredCertificate(CALL_MANAGER, signer_certificate(TOKENLESS)))
    context = tls_context_client(tls10=True)
    with (
        socket.create_connection((HOST, node.port), PATIENT) as plain,
        context.wrap_socket(plain) as secure,
    ):
        assert "TLSv1" == secure.version()
    assert node.ask(signer_query(TOKENLESS), tls10=True).is_signer


def test_several_questions_on_one_connection(node: Node) -> None:
    """A phone may ask on; each answer repeats its question's session."""
    requests = [verify_request(DEVICE, node.pinned[1], session) for session in (1, 2, 0xFFFFFFFF)]
    with (
        socket.create_connection((HOST, node.port), PATIENT) as plain,
        tls_context_client().wrap_socket(plain) as secure,
    ):
        secure.sendall(b"".join(map(encode_message, requests)))
        answers = b""
        while len(answers) < 3 * 14:
            answers += secure.recv(1024)
    assert [b"\x57\x01\x02\0" + n.to_bytes(4, "big") for n in (1, 2, 0xFFFFFFFF)] == [
        answers[start : start + 8] for start in (0, 14, 28)
    ]


def test_another_certificate_is_told_nothing(node: Node) -> None:
    """A server whose certificate is not pinned gets no question: its log stays empty."""
    with pytest.raises(HostKeyError) as caught:
        ask(HOST, node.port, signer_query(TOKENS), pinned=(b"x",), timeout=PATIENT)
    assert "tvs-certificate-other" == caught.value.code
    with pytest.raises(HostKeyError):
        ask(HOST, node.port, signer_query(TOKENS), pinned=(), timeout=PATIENT)
    assert [] == node.lines


@pytest.mark.parametrize(
    "sent",
    [
        b"GET / HTTP/1.1\r\n\r\n",
        bytes(64),
        encode_message(verify_request(DEVICE, b"no certificate", 1)),
        b"\x57\x01\x04\x00\x00\x00\x00\x01\x00\x00",
        b"\x57\x01\x03\x00\x00\x00\x00\x01\x00\x05\x01\xff\xff\x00\x00",
    ],
)
def test_garbage_is_dropped_without_an_answer(node: Node, sent: bytes) -> None:
    """What is no question ends the connection, and the next client is served."""
    with (
        socket.create_connection((HOST, node.port), PATIENT) as plain,
        tls_context_client().wrap_socket(plain) as secure,
    ):
        secure.sendall(sent)
        assert b"" == secure.recv(1024)
    assert not node.ask(signer_query(TOKENS)).found


def test_hostile_names_stay_one_line_of_the_log(node: Node) -> None:
    """Line ends and control characters of a question reach the log as escapes."""
    node.ask(query_request(DEVICE, b"a\nb", b"\x1b[31m\r\n", b"\x01", 1))
    assert all(line.isprintable() for line in node.lines)


def test_clients_that_say_nothing_hold_nobody_up(node: Node) -> None:
    """Connections without a handshake, or silent after it, are no reason to wait, or to hang."""
    with (
        socket.create_connection((HOST, node.port), PATIENT),
        socket.create_connection((HOST, node.port), PATIENT) as plain,
        tls_context_client().wrap_socket(plain),
    ):
        assert not node.ask(signer_query(TOKENS)).found


def test_a_slow_client_is_dropped(loop: LoopThread) -> None:
    """When a client's time is over its connection ends, whatever it still wants."""

    async def forever(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        await reader.read()

    service = ConnectionService(forever, patience=0.05)
    port = loop.run(service.start(HOST))
    with socket.create_connection((HOST, port), PATIENT) as plain:
        assert b"" == until_closed(plain)
    loop.run(service.close())


def until_closed(connection: socket.socket) -> bytes:
    """Read a byte; none when the other side closed or broke off."""
    try:
        return connection.recv(1)
    except ConnectionResetError:
        return b""


def test_a_port_that_is_taken_is_an_oserror(loop: LoopThread, node: Node) -> None:
    """Whoever starts a service chooses another port."""
    service = ConnectionService(lambda _reader, _writer: _nothing())
    with pytest.raises(OSError, match="in use"):
        loop.run(service.start(HOST, node.port))
    loop.run(service.close())


async def _nothing() -> None:
    """Serve nobody."""


def test_the_tls_face_shows_its_certificate(loop: LoopThread, credential: Credential) -> None:
    """What a TLS port shows can be seen, and is the service's own certificate."""
    face = TlsFace(credential)
    port = loop.run(face.start(HOST))
    assert credential.der == shown_certificate(HOST, port, timeout=PATIENT)
    loop.run(face.close())
    assert shown_certificate(HOST, port, timeout=PATIENT) is None


def test_many_phones_at_once(node: Node) -> None:
    """A few dozen phones that ask at the same time are all answered."""
    node.stored.append(StoredCertificate(CALL_MANAGER, signer_certificate(TOKENLESS)))
    question = signer_query(TOKENLESS)
    with ThreadPoolExecutor(16) as pool:
        assert {True} == set(pool.map(lambda _: node.ask(question).is_signer, range(48)))


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
@pytest.mark.parametrize("version", ["-tls1", "-tls1_2", "-tls1_3"])
def test_openssl_sees_the_certificate(
    node: Node, credential: Credential, tmp_path: Path, version: str
) -> None:
    """``openssl s_client`` speaks TLS 1.0 to 1.3 with it and shows the certificate."""
    words = ["openssl", "s_client", "-connect", f"{HOST}:{node.port}", version]
    done = subprocess.run(
        [*words, "-cipher", "DEFAULT:@SECLEVEL=0"],
        cwd=tmp_path,
        input="",
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    pem = done.stdout[done.stdout.index("-----BEGIN") : done.stdout.index("-----END")]
    assert credential.der == ssl.PEM_cert_to_DER_cert(f"{pem}-----END CERTIFICATE-----")
