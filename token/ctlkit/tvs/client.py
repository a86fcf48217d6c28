"""Asking the trust service as a phone does.

Rules:

* The server's certificate is compared byte for byte with those that the caller knows (the TVS
  records of an ITL) before anything is sent; no chain, no name and no date is checked.
* One question a connection, bounded in time as a whole and in size by the protocol.

Source: docs/cluster.md, the trust service on the wire.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Sequence

from ctlkit.errors import FormatError, HostKeyError, NetworkError
from ctlkit.tvs.messages import (
    HEAD_LENGTH,
    TvsAnswer,
    TvsMessage,
    body_length,
    decode_message,
    encode_message,
    read_answer,
)
from ctlkit.wire import Deadline, connect, node_name, old_tls_context, start_tls, translated

__all__ = ["ask", "read_message", "tls_context_client"]


def tls_context_client(tls10: bool = False) -> ssl.SSLContext:
    """Return the TLS context of a phone.

    Args:
        tls10: speak TLS 1.0 only, as the phones of the 79xx family do.
    """
    return old_tls_context(oldest=tls10)


def ask(
    host: str,
    port: int,
    request: TvsMessage,
    *,
    pinned: Sequence[bytes],
    timeout: float,
    tls10: bool = False,
) -> TvsAnswer:
    """Ask the trust service of one node and return its answer.

    Args:
        host, port: the node; the port is :data:`TVS_PORT` on a real server.
        request: what to ask.
        pinned: the certificates (DER) of trust services that are known.
        timeout: seconds for everything together.
        tls10: speak TLS 1.0 only.

    Raises:
        HostKeyError: the server shows another certificate.
        NetworkError: it cannot be reached, does not answer in time, or answers something else.
    """
    node = node_name(host, port)
    deadline = Deadline(timeout)
    with translated(host, port), _open(host, port, deadline, tls10) as connection:
        if connection.getpeercert(binary_form=True) not in pinned:
            raise HostKeyError("tvs-certificate-other", node=node)
        connection.settimeout(deadline.left())
        connection.sendall(encode_message(request))
        try:
            return read_answer(request, _receive(connection, deadline))
        except FormatError as error:
            raise NetworkError("tvs-answer-garbled", node=node, reason=error) from error


def _open(host: str, port: int, deadline: Deadline, tls10: bool) -> ssl.SSLSocket:
    return start_tls(connect(host, port, deadline), tls_context_client(tls10), deadline)


def _receive(connection: socket.socket, deadline: Deadline) -> TvsMessage:
    head = _receive_exactly(connection, HEAD_LENGTH, deadline)
    return decode_message(head + _receive_exactly(connection, body_length(head), deadline))


def _receive_exactly(connection: socket.socket, count: int, deadline: Deadline) -> bytes:
    """Return so many bytes, fewer where the peer closes before."""
    data = b""
    while len(data) < count:
        connection.settimeout(deadline.left())
        more = connection.recv(count - len(data))
        if not more:
            break
        data += more
    return data


async def read_message(reader: asyncio.StreamReader) -> TvsMessage:
    """Read one message from a stream; the caller bounds the time.

    Raises:
        FormatError: the bytes are no message, or the stream ends before it does.
    """
    try:
        head = await reader.readexactly(HEAD_LENGTH)
        return decode_message(head + await reader.readexactly(body_length(head)))
    except asyncio.IncompleteReadError as error:
        have = len(error.partial)
        raise FormatError(
            "tvs-cut", offset=have, path="message", need=error.expected, have=have
        ) from error
