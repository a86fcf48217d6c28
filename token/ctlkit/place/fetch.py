"""Fetching files from nodes over HTTP and TFTP, and places that are only read that way.

Rules:

* Nobody logs in: what is fetched is as good as its signature.
* One file, bounded in size and, with everything around it, in time. No redirect is followed, no
  proxy asked, no compression accepted: the bytes are those that the node serves.
* A file that is not there is None; whatever else goes wrong is a NetworkError that names the node.
* The file kept before the present one is not asked for: real nodes serve none.

Source: docs/cluster.md, getting and putting the file.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Mapping
from contextlib import closing
from http.client import (
    BadStatusLine,
    HTTPConnection,
    HTTPException,
    HTTPResponse,
    IncompleteRead,
    RemoteDisconnected,
)
from types import TracebackType
from typing import Any, ClassVar, Self
from urllib.parse import quote

from ctlkit.codec import MAX_LIST
from ctlkit.errors import NetworkError, UsageError
from ctlkit.place._tftp import read_tftp
from ctlkit.place.access import Access
from ctlkit.place.base import (
    LIST_NAME,
    NodeFile,
    NodeState,
    Progress,
    Published,
    Step,
    Watch,
)
from ctlkit.wire import Deadline, connect, node_name, old_tls_context, start_tls, translated

__all__ = [
    "HTTP_PORT",
    "TFTP_PORT",
    "HttpPlace",
    "TftpPlace",
    "fetch_http",
    "fetch_tftp",
    "shown_certificate",
]

HTTP_PORT = 6970
"""TCP; where nodes serve to phones what their TFTP service serves."""

TFTP_PORT = 69
"""UDP."""

_OK, _NOT_FOUND = 200, 404
_MOST_HEAD = 1 << 16
"""Bytes; what a server may send besides the file itself."""

_UNWATCHED = Watch()
_ADDRESS = re.compile(
    r"(?P<scheme>[a-z]+)://(?:\[(?P<six>[0-9A-Fa-f:.]+)\]|(?P<host>[A-Za-z0-9_.-]+))"
    r"(?::(?P<port>[0-9]{1,5}))?/?",
    re.ASCII,
)


def fetch_http(
    host: str, port: int, name: str, *, timeout: float, limit: int = MAX_LIST
) -> NodeFile | None:
    """Return a file that a node serves over HTTP, None where it has none of that name.

    Args:
        host, port: the node.
        name: the file, ``CTLFile.tlv``.
        timeout: seconds for everything together.
        limit: bytes that are accepted at most.

    Raises:
        NetworkError: the node cannot be reached, does not answer in time, or answers anything
            but the file: a redirect, more bytes than ``limit``, fewer than it announced.
    """
    node = node_name(host, port)
    with translated(host, port):
        deadline = Deadline(timeout)
        connection = _Bounded(connect(host, port, deadline), deadline, limit + _MOST_HEAD)
        with connection, closing(HTTPConnection(host, port)) as client:
            client.sock = connection
            try:
                client.request("GET", f"/{quote(name)}", headers={"Connection": "close"})
                with client.getresponse() as response:
                    data = _content(response, node, name, limit)
                    modified = _modified(response)
            except HTTPException as error:
                raise NetworkError("http-garbled", node=node, reason=_of(error)) from error
    return None if data is None else NodeFile(f"http://{node}/{name}", data, modified)


def _content(response: HTTPResponse, node: str, name: str, limit: int) -> bytes | None:
    if response.status == _NOT_FOUND:
        return None
    if response.status != _OK:
        raise NetworkError("http-status", node=node, file=name, number=response.status)
    coding = response.headers.get("Content-Encoding", "identity")
    if coding != "identity":
        raise NetworkError("http-encoded", node=node, file=name, coding=coding)
    data = b"" if (response.length or 0) > limit else response.read(limit + 1)
    if len(data) > limit or (response.length or 0) > limit:
        raise NetworkError("fetch-too-large", node=node, file=name, limit=limit)
    if response.length:
        raise NetworkError("fetch-cut", node=node, file=name, missing=response.length)
    return data


def _of(error: HTTPException) -> str:
    """Return what is wrong with an answer, without what the node sent instead."""
    match error:
        case RemoteDisconnected():
            return "it ends the connection without an answer"
        case BadStatusLine():
            return "its answer begins otherwise"
        case IncompleteRead():
            return "its answer ends too early"
    return str(error)


def _modified(response: HTTPResponse) -> float | None:
    from email.utils import parsedate_to_datetime

    try:
        return parsedate_to_datetime(response.headers.get("Last-Modified", "")).timestamp()
    except (ValueError, OverflowError):
        return None


class _Bounded(socket.socket):
    """A connection whose every read ends at the deadline, and that gives so many bytes at most."""

    def __init__(self, connection: socket.socket, deadline: Deadline, limit: int) -> None:
        super().__init__(fileno=connection.detach())
        self.settimeout(deadline.left())
        self._deadline = deadline
        self._left = limit

    def recv_into(self, buffer: Any, nbytes: int = 0, flags: int = 0) -> int:
        """Read for what is left of the time."""
        self.settimeout(self._deadline.left())
        count = super().recv_into(buffer, nbytes, flags)
        self._left -= count
        if self._left < 0:
            raise HTTPException("more than a head and a list can be")
        return count


def fetch_tftp(
    host: str, port: int, name: str, *, timeout: float, limit: int = MAX_LIST
) -> NodeFile | None:
    """Return a file that a node serves over TFTP, None where it has none of that name.

    The arguments are those of :func:`fetch_http`. TFTP tells no modification time.

    Raises:
        NetworkError: the node cannot be reached, does not answer in time, refuses, or sends
            something else than TFTP, or more bytes than ``limit``.
    """
    with translated(host, port):
        data = read_tftp(host, port, name, deadline=Deadline(timeout), limit=limit)
    node = node_name(host, port)
    return None if data is None else NodeFile(f"tftp://{node}/{name}", data, None)


def shown_certificate(host: str, port: int, *, timeout: float) -> bytes | None:
    """Return the certificate (DER) that a TLS port shows, None where there is none to be seen.

    It is what the service there really uses; nothing about it is checked. The port is 2443 or
    5061 on a real node.
    """
    deadline = Deadline(timeout)
    try:
        plain = connect(host, port, deadline)
        with start_tls(plain, old_tls_context(), deadline) as secure:
            return secure.getpeercert(binary_form=True)
    except (OSError, UnicodeError):
        return None


class _FetchPlace:
    """One node that is only read."""

    writable = False
    _scheme: ClassVar[str]
    _default_port: ClassVar[int]

    def __init__(self, url: str, access: Access) -> None:
        """Understand the address; nothing is fetched yet.

        Raises:
            UsageError: it is more, or less, than a node and a port.
        """
        found = _ADDRESS.fullmatch(url)
        port = int(found["port"] or self._default_port) if found else 0
        if found is None or found["scheme"] != self._scheme or not 0 < port < 1 << 16:
            raise UsageError("fetch-address", place=url)
        self._url = url
        self._timeout = access.timeout
        self._host, self._port = found["six"] or found["host"], port

    @property
    def url(self) -> str:
        """The address, as it was given."""
        return self._url

    @property
    def nodes(self) -> tuple[str, ...]:
        """The one node: its address with its port, where that is not the usual one."""
        host = f"[{self._host}]" if ":" in self._host else self._host
        port = "" if self._port == self._default_port else f":{self._port}"
        return (f"{self._scheme}://{host}{port}",)

    def state(self, name: str = LIST_NAME, watch: Watch = _UNWATCHED) -> tuple[NodeState, ...]:
        """Fetch a file; what goes wrong is in the node's ``error``."""
        (node,) = self.nodes
        watch.progress(Progress(node, Step.READING, name))
        try:
            present = self._fetch(name)
        except NetworkError as error:
            watch.progress(Progress(node, Step.FAILED))
            return (NodeState(node, None, error=error),)
        watch.progress(Progress(node, Step.DONE))
        return (NodeState(node, present),)

    def publish(
        self,
        data: bytes,  # noqa: ARG002  the protocol's names, here and below
        expected: Mapping[str, bytes | None],  # noqa: ARG002
        *,
        name: str = LIST_NAME,  # noqa: ARG002
        watch: Watch = _UNWATCHED,  # noqa: ARG002
    ) -> tuple[Published, ...]:
        """Refuse: nothing is written over HTTP and TFTP."""
        raise UsageError("place-read-only", place=self._url)

    def restore(
        self,
        expected: Mapping[str, bytes],  # noqa: ARG002
        *,
        watch: Watch = _UNWATCHED,  # noqa: ARG002
    ) -> tuple[Published, ...]:
        """Refuse: nothing is written over HTTP and TFTP."""
        raise UsageError("place-read-only", place=self._url)

    delete = restore

    def close(self) -> None:
        """Nothing is held open."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _fetch(self, name: str) -> NodeFile | None:
        raise NotImplementedError


class HttpPlace(_FetchPlace):
    """``http://NODE[:6970]``: what a node serves to phones, over HTTP."""

    _scheme = "http"
    _default_port = HTTP_PORT

    def _fetch(self, name: str) -> NodeFile | None:
        return fetch_http(self._host, self._port, name, timeout=self._timeout)


class TftpPlace(_FetchPlace):
    """``tftp://NODE[:69]``: what a node serves to phones, over TFTP."""

    _scheme = "tftp"
    _default_port = TFTP_PORT

    def _fetch(self, name: str) -> NodeFile | None:
        return fetch_tftp(self._host, self._port, name, timeout=self._timeout)
