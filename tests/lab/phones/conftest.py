"""What the tests of the practice phones share: signed lists, a node to boot from, hostile servers.

Rules:

* Lists are made with keys that are made for the run, one for each label; ``callmanager`` and
  ``impostor`` have the same names and serial and different keys.
* A node is the practice cluster's own file service and trust service, on loopback, with ports that
  the system chose. Time is a number that a test sets.
"""

from __future__ import annotations

import contextlib
import functools
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from ctlkit.certificate import Certificate
from ctlkit.drafts import draft, identity_of, make_record
from ctlkit.place._loop import LoopThread
from ctlkit.profiles import CUCM
from ctlkit.signing import PemSigner, sign
from ctlkit.trustlist import Digest, Function, Record
from ctlkit_lab.file_service import FileService
from ctlkit_lab.phones import Boot, Directory, Patience, Phone, Server, boot, model_named
from ctlkit_lab.stores import StoredCertificate
from ctlkit_lab.trust_service import TrustService
from softhsm_fixtures.certificates import (
    CertificateSpec,
    Credential,
    KeyKind,
    make_certificate,
    named_key,
)

HOST = "127.0.0.1"
NOW = 1425675367.25
"""Mar 06 2015, 20:56:07.250000 UTC."""

_PLACE = "OU=TAC,O=Cisco,L=Krakow,ST=Malopolska,C=PL"
# label: the common name, the serial
_CREDENTIALS = {
    "callmanager": ("cucm-1051-a-pub", 0x70CAF64E),
    "impostor": ("cucm-1051-a-pub", 0x70CAF64E),
    "renewed": ("cucm-1051-a-pub", 0x6B1D357B),
    "tvs": ("TVS-cucm-1051-a-pub", 0x11),
    "other-tvs": ("TVS-cucm-1051-a-pub", 0x12),
    "capf": ("CAPF-e41e7d87", 0x13),
    "etoken-1": ("SAST-ADN0054f509", 0x45DAA2AF),
    "etoken-2": ("SAST-ADN008580ef", 0x31AF4555),
    "elsewhere": ("cucm-elsewhere", 0x21),
    "elsewhere-tvs": ("TVS-cucm-elsewhere", 0x22),
}


@functools.cache
def credential(label: str) -> Credential:
    """Give the certificate and the key of a label."""
    common_name, serial = _CREDENTIALS[label]
    spec = CertificateSpec(f"CN={common_name},{_PLACE}", serial=serial)
    return make_certificate(spec, key=named_key(label))


class Lists:
    """Makes signed lists."""

    def certificate(self, label: str) -> bytes:
        """The certificate of a label, DER."""
        return credential(label).der

    def of_key(self, kind: KeyKind) -> Credential:
        """A signer with a key of a kind."""
        spec = CertificateSpec(f"CN=signer,{_PLACE}", serial=0x31)
        return make_certificate(spec, key=named_key("signer", kind))

    def record(self, label: str, function: int = Function.SAST) -> Record:
        """An entry for a label."""
        certificate = Certificate.from_der(credential(label).der)
        return make_record(CUCM, function, certificate, dns="h", token=False)

    def signed(
        self,
        records: Sequence[Record],
        by: str | Credential,
        *,
        digest: Digest = Digest.SHA1,
        named: Record | None = None,
        filename: str = "CTLFile.tlv",
    ) -> bytes:
        """A list of these entries; its header names ``named``, else the signer."""
        signer = credential(by) if isinstance(by, str) else by
        certificate = Certificate.from_der(signer.der)
        own = named or make_record(CUCM, Function.SAST, certificate, token=False)
        waiting = draft(
            CUCM,
            records,
            signer=certificate,
            identity=identity_of(own),
            digest=digest,
            timestamp=1,
            filename=filename,
        )
        return sign(waiting, PemSigner(signer.pem)).raw

    def ctl(self, *labels: str, by: str | None = None, digest: Digest = Digest.SHA1) -> bytes:
        """A CTL with these SAST entries, signed by the first unless said otherwise."""
        records = [self.record(label) for label in labels]
        records.append(self.record("callmanager", Function.CCM_TFTP))
        return self.signed(records, by or labels[0], digest=digest)

    def itl(self, by: str = "callmanager", tvs: str | None = "tvs") -> bytes:
        """An ITL as a node's: its signer, CAPF, the trust service unless there is none."""
        records = [self.record(by), self.record("capf", Function.CAPF)]
        if tvs is not None:
            records.append(self.record(tvs, Function.TVS))
        return self.signed(records, by, filename="ITLFile.tlv")


@pytest.fixture(scope="session")
def lists() -> Lists:
    """Give a maker of signed lists."""
    return Lists()


class PracticeNode:
    """A node to boot from: files, and a trust service with stores of its own."""

    def __init__(self, root: Path, server: Server) -> None:
        self.root = root
        self.server = server
        self.stored: list[StoredCertificate] = []
        self.log: list[str] = []

    @property
    def directory(self) -> Directory:
        """The node as the only server of a phone."""
        return Directory((self.server,))

    def offer(self, ctl: bytes | None, itl: bytes | None = None, own: str | None = None) -> None:
        """Offer these lists and no others; ``own``: the CTL is that of one phone."""
        for path in self.root.iterdir():
            path.unlink()
        if ctl is not None:
            name = "CTLFile.tlv" if own is None else f"CTLSEP{own}.tlv"
            (self.root / name).write_bytes(ctl)
        if itl is not None:
            (self.root / "ITLFile.tlv").write_bytes(itl)

    def upload(self, label: str, store: str = "Phone-SAST-trust") -> None:
        """Put a certificate into a store."""
        self.stored.append(StoredCertificate(store, credential(label).der))


@contextlib.contextmanager
def running(root: Path, tvs: str, name: str = "cucm-1051-a-pub") -> Iterator[PracticeNode]:
    """Run a node whose trust service shows the certificate of a label."""
    root.mkdir()
    node = PracticeNode(root, Server(name, HOST, 1, 1, 1))
    files = FileService(root, node.log.append)
    trust = TrustService(
        credential(tvs), lambda: tuple(node.stored), root / "CTLFile.tlv", node.log.append
    )
    with contextlib.closing(LoopThread()) as loop:
        http, tftp = loop.run(files.start(HOST))
        port = loop.run(trust.start(HOST))
        node.server = Server(name, HOST, http, tftp, port)
        try:
            yield node
        finally:
            loop.run(trust.close())
            loop.run(files.close())


@pytest.fixture
def node(tmp_path: Path) -> Iterator[PracticeNode]:
    """Give a running node that offers nothing yet."""
    with running(tmp_path / "tftp", "tvs") as found:
        yield found


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[PracticeNode]:
    """Give a running node of another cluster."""
    with running(tmp_path / "elsewhere", "elsewhere-tvs", "cucm-elsewhere") as found:
        yield found


class Desk:
    """One phone on a desk, and a clock that a test sets."""

    def __init__(self, phone: Phone) -> None:
        self.phone = phone
        self.now = NOW

    def boot(self, directory: Directory, seconds: float = 30) -> Boot:
        """Restart the phone."""
        return boot(self.phone, directory, lambda: self.now, patience=Patience(seconds, seconds))

    def has(self, ctl: bytes | None, itl: bytes | None = None) -> Desk:
        """Let the phone hold these lists."""
        if ctl is not None:
            self.phone.take_ctl(ctl)
        if itl is not None:
            self.phone.take_itl(itl)
        return self

    @property
    def held(self) -> tuple[bytes | None, bytes | None]:
        """The bytes of the CTL and the ITL that the phone holds."""
        ctl, itl = self.phone.ctl(), self.phone.itl()
        return (None if ctl is None else ctl.raw, None if itl is None else itl.raw)


@pytest.fixture
def desk(tmp_path: Path) -> Callable[[str], Desk]:
    """Give a maker of phones that hold nothing, by the number of their model."""
    numbers = iter(range(1, 100))

    def make(model: str) -> Desk:
        mac = f"{next(numbers):012X}"
        return Desk(Phone.create(tmp_path / "phones", mac, model_named(model)))

    return make


Behaviour = Callable[[socket.socket, threading.Event], None]


class HostileServer:
    """A TCP server that does to every connection what a test says."""

    def __init__(self, behaviour: Behaviour, context: ssl.SSLContext | None = None) -> None:
        self._behaviour = behaviour
        self._context = context
        self._stop = threading.Event()
        self._listener = socket.create_server((HOST, 0))
        self._listener.settimeout(0.05)
        self.port = int(self._listener.getsockname()[1])
        self._threads = [threading.Thread(target=self._serve)]
        self._threads[0].start()

    def _serve(self) -> None:
        while not self._stop.is_set():
            with contextlib.suppress(TimeoutError):
                connection, _ = self._listener.accept()
                thread = threading.Thread(target=self._answer, args=(connection,))
                self._threads.append(thread)
                thread.start()

    def _answer(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            connection.settimeout(30)
            if self._context is None:
                self._behaviour(connection, self._stop)
                return
            with self._context.wrap_socket(connection, server_side=True) as secure:
                self._behaviour(secure, self._stop)

    def close(self) -> None:
        """Stop, and wait for its threads."""
        self._stop.set()
        for thread in self._threads:
            thread.join()
        self._listener.close()


@pytest.fixture
def hostile(tmp_path: Path) -> Iterator[Callable[..., int]]:
    """Give a starter of hostile servers, plain or in TLS with the certificate of a label.

    It returns the port.
    """
    with contextlib.ExitStack() as stack:

        def start(behaviour: Behaviour, tls: str | None = None) -> int:
            context = None
            if tls is not None:
                path = tmp_path / f"{tls}.pem"
                path.write_bytes(credential(tls).pem)
                context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
                context.set_ciphers("DEFAULT:@SECLEVEL=0")
                context.load_cert_chain(path)
            server = HostileServer(behaviour, context)
            stack.callback(server.close)
            return server.port

        yield start
