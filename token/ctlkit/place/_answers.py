"""Reading the answers of the ``admin:`` command line.

Rules:

* Each answer is read by what it must hold; what is not there is an error, never a guess.
* A terminal may have wrapped a line or folded white space: only words and their order count.

Source: docs/cluster.md, the publisher's command line. The state that a service is printed with
and the layout of the table of certificates have no published text there [I].
"""

from __future__ import annotations

import base64
import binascii
import ipaddress
import re
from collections.abc import Iterable, Mapping, Sequence

from ctlkit.edit import Mode
from ctlkit.errors import PlaceError
from ctlkit.place.base import ClusterCertificate

__all__ = ["certificates", "deleted", "publisher_of", "release", "security_mode", "services"]

_MODES = {"0": Mode.NON_SECURE, "1": Mode.MIXED}
_MODE = re.compile(r"^\s*ClusterSecurityMode\s+([01])\s*$", re.MULTILINE)
_RELEASE = re.compile(r"Active\s+Master\s+Version:\s*(\d+(?:\.\d+)+(?:-\d+)?)", re.ASCII)
_DELETED = re.compile(r"files:\s*found\s*=\s*(\d{1,6}),\s*deleted\s*=\s*(\d{1,6})", re.ASCII)
_SERVICE = re.compile(r"^[^\S\n]*([^\[\n]*[^\[\s])\s*\[([A-Z ]+)\]([^\n]*)$", re.MULTILINE)
_NOT_ACTIVATED = "Service Not Activated"
_RULER = re.compile(r"^[ =]*={3,}[ =]*$", re.MULTILINE)
_PEM = re.compile(r"-----BEGIN CERTIFICATE-----(.*?)-----END CERTIFICATE-----", re.DOTALL)
_NULL = "NULL"
_ONLY_ON_THE_PUBLISHER = ("CAPF", "ITLRecovery")


def security_mode(answer: str) -> Mode:
    """Return the mode that the query on ClusterSecurityMode gave.

    Raises:
        PlaceError: the answer does not hold it.
    """
    found = _MODE.findall(answer)
    if len(found) != 1:
        raise PlaceError("cluster-answer", what="the security mode", seen=_seen(answer))
    return _MODES[found[0]]


def release(answer: str) -> str | None:
    """Return the release that ``show version active`` names, ``10.5.1.10000-7`` for instance."""
    found = _RELEASE.search(answer)
    return found[1] if found else None


def deleted(answer: str) -> int:
    """Return how many files ``file delete`` deleted.

    Raises:
        PlaceError: it does not say, or did not delete all that it found.
    """
    found = _DELETED.search(answer)
    if found is None or int(found[1]) != int(found[2]):
        raise PlaceError("cluster-answer", what="what was deleted", seen=_seen(answer))
    return int(found[2])


def services(answer: str) -> Mapping[str, str]:
    """Return the states of the activated services by their names, the last one that is printed.

    Raises:
        PlaceError: no service is in the answer.
    """
    found = _SERVICE.findall(answer)
    if not found:
        raise PlaceError("cluster-answer", what="the services", seen=_seen(answer))
    return {name: state for name, state, remark in found if _NOT_ACTIVATED not in remark}


def certificates(answer: str) -> tuple[ClusterCertificate, ...]:
    """Return the rows of the query on certificates, in their order.

    Columns: server, store, how it came there, IPv4 address (may be empty), certificate in PEM.

    Raises:
        PlaceError: it is no such table, or a row is damaged.
    """
    ruler = _RULER.search(answer)
    table = answer[ruler.end() :] if ruler else ""
    rows, at = [], 0
    for found in _PEM.finditer(table):
        rows.append(_row(table[at : found.start()].split(), found[1]))
        at = found.end()
    if not rows or table[at:].strip():
        raise PlaceError(
            "cluster-answer", what="the certificates", seen=_seen(table[at:] or answer)
        )
    return tuple(rows)


def _row(words: Sequence[str], body: str) -> ClusterCertificate:
    try:
        server, store, moniker, *rest = words
        address = str(ipaddress.IPv4Address(rest[0])) if rest and rest != [_NULL] else None
        der = base64.b64decode("".join(body.split()), validate=True)
        if len(rest) > 1:
            raise ValueError
    except (ValueError, binascii.Error):
        raise PlaceError(
            "cluster-answer", what="a certificate", seen=_seen(" ".join(words))
        ) from None
    return ClusterCertificate(server, store, moniker, address, der)


def publisher_of(rows: Iterable[ClusterCertificate], reached: str) -> str:
    """Return the publisher's host name.

    Args:
        rows: the certificates of the cluster.
        reached: the IP address at which the publisher was reached.

    Raises:
        PlaceError: neither its address nor its certificates tell it from the other nodes.
    """
    rows = tuple(rows)
    by_address = {row.server for row in rows if row.address == reached}
    by_store = {row.server for row in rows if row.store in _ONLY_ON_THE_PUBLISHER}
    everybody = {row.server for row in rows}
    for found in (by_address, by_store, everybody):
        if len(found) == 1:
            return found.pop()
    raise PlaceError("cluster-publisher-unknown", address=reached)


def _seen(answer: str) -> str:
    return " ".join(answer.split())
