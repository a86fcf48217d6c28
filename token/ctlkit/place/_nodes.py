"""Nodes of a cluster: how each is reached, from a ``cucm:`` address or the publisher's answer.

Rules:

* An address is ``cucm://[user@]host[:port][?http=6970&tvs=2445&tls=2443]``. It holds no password
  and no path; what else stands in it is an error.
* A node's name is its host, with its port where that is not 22, and an IPv6 address in brackets.

Source: docs/command-line.md, places.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, unquote, urlsplit

from ctlkit.errors import UsageError
from ctlkit.place.base import ClusterCertificate

__all__ = ["ClusterNode", "node_of", "others_of", "server_of"]

_SSH, _HTTP, _TVS = 22, 6970, 2445
_TLS = (2443, 5061)
_PORTS = ("http", "tvs", "tls")


@dataclass(frozen=True, slots=True)
class ClusterNode:
    """One node.

    Attributes:
        name: what it is called, unique in its place.
        host: its name or IP address, without brackets.
        user: the account on its command line, None for the one of this computer's user.
        ssh, http, tvs: ports.
        tls: the ports on which CallManager may show its certificate, the likelier first.
    """

    name: str
    host: str
    user: str | None
    ssh: int
    http: int
    tvs: int
    tls: tuple[int, ...]


def node_of(url: str) -> ClusterNode:
    """Return the node of an address.

    Raises:
        UsageError: the address makes no sense.
    """
    try:
        parts = urlsplit(url)
        host, ssh = parts.hostname, parts.port
        pairs = parse_qsl(parts.query, strict_parsing=bool(parts.query))
        ports = {name: _port(text) for name, text in pairs}
    except ValueError:
        raise UsageError("cluster-address", place=_without_password(url)) from None
    wrong = (
        parts.scheme != "cucm"
        or not host
        or ssh == 0
        or parts.path not in ("", "/")
        or parts.fragment
        or parts.password is not None
        or len(ports) != len(pairs)
        or not ports.keys() <= set(_PORTS)
    )
    if wrong or not host:
        raise UsageError("cluster-address", place=_without_password(url))
    return ClusterNode(
        _name(host, ssh or _SSH),
        host,
        unquote(parts.username) if parts.username else None,
        ssh or _SSH,
        ports.get("http", _HTTP),
        ports.get("tvs", _TVS),
        (ports["tls"],) if "tls" in ports else _TLS,
    )


def others_of(
    publisher: ClusterNode, name: str, rows: Iterable[ClusterCertificate]
) -> tuple[ClusterNode, ...]:
    """Return the other nodes of a cluster, reached as the publisher is.

    Args:
        publisher: how the publisher is reached.
        name: the publisher's own host name.
        rows: the certificates of all nodes.
    """
    addresses = [row.address for row in rows if row.server != name and row.address]
    return tuple(
        replace(publisher, name=_name(address, publisher.ssh), host=address)
        for address in dict.fromkeys(addresses)
    )


def server_of(node: ClusterNode, servers: Mapping[str, str | None]) -> str | None:
    """Return the host name of a node, None where nothing says it.

    Args:
        node: how it is called and reached.
        servers: host name -> IPv4 address, as the database has them.
    """
    for server, address in servers.items():
        if node.host == address or server.casefold() in (node.host, node.name):
            return server
    return None


def _name(host: str, ssh: int) -> str:
    bracketed = f"[{host}]" if ":" in host else host
    return bracketed if ssh == _SSH else f"{bracketed}:{ssh}"


def _port(text: str) -> int:
    port = int(text)
    if not text.isascii() or not text.isdigit() or not 0 < port <= 0xFFFF:
        raise ValueError(text)
    return port


def _without_password(url: str) -> str:
    """Return an address that can be shown: whatever may be a password is left out."""
    kind, slashes, rest = url.partition("//")
    login, at, host = rest.rpartition("@")
    return f"{kind}{slashes}{login.partition(':')[0]}{at}{host}"
