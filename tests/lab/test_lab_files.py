"""What a node serves over HTTP and TFTP, to our clients and to ordinary ones."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest
import tftpy

from ctlkit.place._loop import LoopThread
from ctlkit.place.fetch import fetch_http, fetch_tftp
from ctlkit_lab._tftp_server import TftpService
from ctlkit_lab.file_service import FileService

HOST = "127.0.0.1"
PATIENT = 20.0
LISTS = Path(__file__).resolve().parents[1] / "data" / "lists"
TOKENLESS = LISTS / "tokenless-4947.tlv"


@pytest.fixture
def loop() -> Iterator[LoopThread]:
    """Give a thread in which services run."""
    thread = LoopThread()
    yield thread
    thread.close()


@dataclass(frozen=True, slots=True)
class Files:
    """A file service that runs: its folder, its ports and its log."""

    root: Path
    http: int
    tftp: int
    lines: list[str]


@pytest.fixture
def files(loop: LoopThread, tmp_path: Path) -> Iterator[Files]:
    """Serve a list, and lay around it what must not be served."""
    root = tmp_path / "tftp"
    (root / "folder").mkdir(parents=True)
    shutil.copy(TOKENLESS, root / "CTLFile.tlv")
    os.utime(root / "CTLFile.tlv", (1_425_675_367, 1_425_675_367))
    (tmp_path / "secret").write_text("secret")
    (root / "folder" / "inside").write_text("secret")
    (root / ".hidden").write_text("secret")
    (root / "link").symlink_to(tmp_path / "secret")
    os.mkfifo(root / "fifo")
    lines: list[str] = []
    service = FileService(root, lines.append)
    http, tftp = loop.run(service.start(HOST))
    yield Files(root, http, tftp, lines)
    loop.run(service.close())
    loop.run(service.close())


FORBIDDEN = ["link", "fifo", "folder", "folder/inside", "../secret", "..", ".hidden", "", "\0"]


def test_http_serves_a_file(files: Files) -> None:
    """Our client gets the bytes and the time of the file, None for a missing one."""
    found = fetch_http(HOST, files.http, "CTLFile.tlv", timeout=PATIENT)
    assert found is not None
    assert TOKENLESS.read_bytes() == found.data
    assert 1_425_675_367 == found.modified
    assert fetch_http(HOST, files.http, "CTLSEP000000000000.tlv", timeout=PATIENT) is None
    assert "HTTP GET /CTLFile.tlv HTTP/1.1: 200" in files.lines


@pytest.mark.parametrize("name", FORBIDDEN)
def test_nothing_else_is_served(files: Files, name: str) -> None:
    """No folder, link, device, hidden file or way out of the folder is served by either."""
    assert fetch_http(HOST, files.http, name, timeout=PATIENT) is None
    if "\0" not in name:
        assert fetch_tftp(HOST, files.tftp, name, timeout=PATIENT) is None


def exchange(port: int, sent: bytes) -> bytes:
    """Send bytes over TCP and return all that comes back."""
    with socket.create_connection((HOST, port), PATIENT) as connection:
        connection.sendall(sent)
        answer = b""
        while more := connection.recv(4096):
            answer += more
    return answer


@pytest.mark.parametrize(
    ("request_line", "status"),
    [
        (b"GET /../secret HTTP/1.1", b"404"),
        (b"GET /%2e%2e/secret HTTP/1.1", b"404"),
        (b"GET //etc/passwd HTTP/1.1", b"404"),
        (b"PUT /CTLFile.tlv HTTP/1.1", b"405"),
        (b"DELETE /CTLFile.tlv HTTP/1.1", b"405"),
        (b"GET /CTLFile.tlv", b"400"),
        (b"\x16\x03\x01\x00 \xff\xff", b"400"),
    ],
)
def test_other_requests_are_refused(files: Files, request_line: bytes, status: bytes) -> None:
    """Ways out of the folder, other methods and garbage have the status that they deserve."""
    answer = exchange(files.http, request_line + b"\r\nHost: x\r\n\r\n")
    assert b"HTTP/1.1 " + status == answer[:12]
    assert b"secret" not in answer
    assert all(line.isprintable() for line in files.lines)


def test_head_has_no_body(files: Files) -> None:
    """HEAD answers the length alone."""
    answer = exchange(files.http, b"HEAD /CTLFile.tlv HTTP/1.0\r\n\r\n")
    assert b"Content-Length: 4947\r\n" in answer
    assert answer.endswith(b"\r\n\r\n")


def test_a_request_without_end_is_dropped(files: Files) -> None:
    """A head beyond all measure is not read on, and the next client is served."""
    with socket.create_connection((HOST, files.http), PATIENT) as connection:
        with contextlib.suppress(ConnectionError):
            connection.sendall(b"X-Long: yes\r\n" * 1_000_000)
        assert b"" == until_closed(connection)
    assert fetch_http(HOST, files.http, "CTLFile.tlv", timeout=PATIENT) is not None


@pytest.mark.parametrize("size", [0, 1, 511, 512, 513, 1024, 4947])
def test_tftp_serves_a_file_of_any_length(files: Files, size: int) -> None:
    """Our client gets the bytes whether the last block is short, full or empty."""
    data = os.urandom(size)
    (files.root / "some.bin").write_bytes(data)
    found = fetch_tftp(HOST, files.tftp, "some.bin", timeout=PATIENT)
    assert found is not None
    assert (data, None) == (found.data, found.modified)
    assert f"TFTP some.bin: {size}" in files.lines


def tftp_exchange(port: int, packet: bytes, wait: float = PATIENT) -> bytes:
    """Send a packet over UDP and return the one that comes back, none when none does."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as channel:
        channel.settimeout(wait)
        channel.sendto(packet, (HOST, port))
        try:
            return channel.recv(2048)
        except TimeoutError:
            return b""


@pytest.mark.parametrize(
    ("packet", "answer"),
    [
        (b"\0\2CTLFile.tlv\0octet\0", b"\0\5\0\2"),
        (b"\0\1CTLFile.tlv\0mail\0", b"\0\5\0\4"),
        (b"\0\1CTLFile.tlv", b"\0\5\0\4"),
        (b"\0\1\xff\xfe\0octet\0", b"\0\5\0\1"),
        (b"\0\1CTLFile.tlv\0OCTET\0blksize\x001400\0", b"\0\3\0\1"),
    ],
)
def test_tftp_requests(files: Files, packet: bytes, answer: bytes) -> None:
    """Writing, other modes and odd names are refused; options are ignored."""
    assert answer == tftp_exchange(files.tftp, packet)[:4]


def test_tftp_garbage_is_ignored(files: Files) -> None:
    """Packets that are no requests get no answer, and the next client is served."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as channel:
        for packet in (b"", b"\0", b"\0\1", b"\0\7xyz", b"\0\4\0\1", os.urandom(600)):
            channel.sendto(packet, (HOST, files.tftp))
    assert fetch_tftp(HOST, files.tftp, "CTLFile.tlv", timeout=PATIENT) is not None


def test_tftp_gives_up_a_client_that_is_gone(loop: LoopThread) -> None:
    """A block that nobody acknowledges is sent a few times and no more."""
    service = TftpService(lambda _name: b"x", patience=0.01)
    port = loop.run(service.start(HOST))
    packets = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as channel:
        channel.settimeout(PATIENT)
        channel.sendto(b"\0\1x\0octet\0", (HOST, port))
        packets = [channel.recv(600) for _ in range(5)]
        channel.settimeout(0.2)
        with pytest.raises(TimeoutError):
            channel.recv(600)
    loop.run(service.close())
    assert [b"\0\3\0\1x"] * 5 == packets


def test_closing_breaks_off_transfers(loop: LoopThread, files: Files) -> None:
    """A service that is closed in the middle of everything leaves nothing behind."""
    service = FileService(files.root, lambda _line: None)
    http, tftp = loop.run(service.start(HOST))
    with (
        socket.create_connection((HOST, http), PATIENT) as connection,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as channel,
    ):
        channel.settimeout(PATIENT)
        channel.sendto(b"\0\1CTLFile.tlv\0octet\0", (HOST, tftp))
        assert 516 == len(channel.recv(600))
        connection.sendall(b"GET ")
        loop.run(service.close())
        assert b"" == until_closed(connection)


def until_closed(connection: socket.socket) -> bytes:
    """Read a byte; none when the other side closed or broke off."""
    try:
        return connection.recv(1)
    except ConnectionResetError:
        return b""


def needs(program: str) -> pytest.MarkDecorator:
    """Skip where a program is not installed."""
    return pytest.mark.skipif(shutil.which(program) is None, reason=f"{program} is not installed")


def run(
    words: Sequence[str | Path], *, cwd: Path, stdin: str = ""
) -> subprocess.CompletedProcess[str]:
    """Run a program to its end."""
    return subprocess.run(
        words, cwd=cwd, input=stdin, capture_output=True, text=True, timeout=60, check=False
    )


@needs("curl")
def test_curl_fetches_over_http(files: Files, tmp_path: Path) -> None:
    """``curl`` gets the list, and fails with 22 for a file that is not there."""
    url = f"http://{HOST}:{files.http}"
    done = run(["curl", "-sSfRo", "got.tlv", f"{url}/CTLFile.tlv"], cwd=tmp_path)
    assert (0, "") == (done.returncode, done.stderr)
    assert TOKENLESS.read_bytes() == (tmp_path / "got.tlv").read_bytes()
    assert 1_425_675_367 == (tmp_path / "got.tlv").stat().st_mtime
    assert 22 == run(["curl", "-sf", f"{url}/ITLFile.tlv"], cwd=tmp_path).returncode


@needs("tftp")
@pytest.mark.parametrize("mode", [["-m", "binary"], ["-m", "ascii"]])
def test_the_tftp_client_fetches(files: Files, tmp_path: Path, mode: list[str]) -> None:
    """``tftp`` gets the list byte for byte in both modes, and is told of a missing file."""
    at = [HOST, str(files.tftp), "-c", "get"]
    data = TOKENLESS.read_bytes() + bytes(range(256)) + b"\r\n\r\r\n\n\r\0\r"
    (files.root / "CTLFile.tlv").write_bytes(data)
    run(["tftp", *mode, *at, "CTLFile.tlv", "got.tlv"], cwd=tmp_path)
    assert data == (tmp_path / "got.tlv").read_bytes()
    done = run(["tftp", *mode, *at, "ITLFile.tlv"], cwd=tmp_path)
    assert "File not found" in done.stdout + done.stderr


def test_tftpy_fetches(files: Files, tmp_path: Path) -> None:
    """Another implementation of TFTP, with options, gets the list."""
    client = tftpy.TftpClient(HOST, files.tftp, options={"blksize": 1024})
    client.download("CTLFile.tlv", str(tmp_path / "got.tlv"), timeout=PATIENT)
    assert TOKENLESS.read_bytes() == (tmp_path / "got.tlv").read_bytes()


def test_many_phones_at_once(files: Files) -> None:
    """A few dozen phones that fetch at the same time all get the list."""

    def boot(number: int) -> bytes:
        fetch, port = (fetch_http, files.http) if number % 2 else (fetch_tftp, files.tftp)
        found = fetch(HOST, port, "CTLFile.tlv", timeout=PATIENT)
        return found.data if found else b""

    with ThreadPoolExecutor(16) as pool:
        assert {TOKENLESS.read_bytes()} == set(pool.map(boot, range(48)))
