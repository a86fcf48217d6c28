"""Blocking connections to nodes: bounded in time as a whole, with one clear error.

Rules:

* A deadline holds for all that is done with a server together. One that is silent, or sends a
  byte now and then, is given up when it has passed.
* The system's errors become NetworkErrors here.
* Old servers and phones show certificates of 1024 bits and speak TLS 1.0. The context made for
  them takes both and checks no chain: whoever uses it compares the certificate that the peer
  shows with one that is known. No other context is touched.

Sources: docs/cluster.md, the trust service on the wire; docs/rules.md.
"""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ctlkit.errors import NetworkError

if TYPE_CHECKING:
    import ssl

__all__ = ["Deadline", "connect", "node_name", "old_tls_context", "start_tls", "translated"]


class Deadline:
    """The end of the time that a server is given."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def left(self) -> float:
        """Return the seconds that are left.

        Raises:
            TimeoutError: there are none.
        """
        left = self._end - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left


def node_name(host: str, port: int) -> str:
    """Return ``host:port``, an IPv6 address in brackets."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


@contextlib.contextmanager
def translated(host: str, port: int) -> Iterator[None]:
    """Turn what the system says of a connection into a NetworkError that names the node.

    Raises:
        NetworkError: ``node-silent``, ``node-refused`` or ``node-broke-off``.
    """
    node = node_name(host, port)
    try:
        yield
    except TimeoutError as error:
        raise NetworkError("node-silent", node=node) from error
    except (ConnectionRefusedError, socket.gaierror) as error:
        raise NetworkError("node-refused", node=node, reason=_reason(error)) from error
    except (OSError, UnicodeError) as error:  # UnicodeError: a name that is none
        raise NetworkError("node-broke-off", node=node, reason=_reason(error)) from error


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error) or type(error).__name__


def connect(host: str, port: int, deadline: Deadline) -> socket.socket:
    """Return a connection over TCP.

    Raises:
        OSError: there is none to be had.
    """
    return socket.create_connection((host, port), deadline.left())


def old_tls_context(*, oldest: bool = False) -> ssl.SSLContext:
    """Return the context of a client that takes old certificates and old versions of TLS.

    Args:
        oldest: speak the oldest version that the library has and no other: TLS 1.0, as phones
            of the 79xx family do.
    """
    import ssl

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    if oldest:
        # Naming TLS 1.0 itself is a DeprecationWarning; no library in use has anything older.
        context.maximum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    return context


def start_tls(
    connection: socket.socket, context: ssl.SSLContext, deadline: Deadline
) -> ssl.SSLSocket:
    """Speak TLS on a connection, which is closed with what is returned, or at once.

    Raises:
        OSError: the peer does not speak it.
    """
    try:
        connection.settimeout(deadline.left())
        return context.wrap_socket(connection)
    except BaseException:
        connection.close()
        raise
