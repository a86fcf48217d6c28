"""What the practice cluster's command line says of itself: databases, services, phones; no I/O.

Rules:

* Tables have columns as wide as their widest value and a line of ``=`` below their heads. A value
  of several lines (a certificate) stands last and keeps its lines.
* Only the two SQL statements of the migration's documents are answered.
* What a cluster says of replication and phones looks like the real thing and is true of the
  practice cluster: one database serves all nodes.

Source: docs/cluster.md, the publisher's command line. Without published text [I]: the layout of
the certificates' table, and all lists of services, replication and phones.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from asn1crypto import pem

from ctlkit.edit import Mode
from ctlkit.showctl import modified_text
from ctlkit_lab.model import Practice
from ctlkit_lab.nodes import Node
from ctlkit_lab.stores import CALL_MANAGER, OWN_STORES, StoredCertificate

__all__ = [
    "CALL_MANAGER_SERVICE",
    "SERVICES",
    "TFTP_SERVICE",
    "TVS_SERVICE",
    "RegisteredPhone",
    "phone_text",
    "replication_text",
    "restart_text",
    "services_text",
    "sql_text",
    "version_text",
]

TFTP_SERVICE = "Cisco Tftp"
CALL_MANAGER_SERVICE = "Cisco CallManager"
TVS_SERVICE = "Cisco Trust Verification Service"

SERVICES = (
    "System SSH",
    "Cluster Manager",
    "A Cisco DB",
    "A Cisco DB Replicator",
    CALL_MANAGER_SERVICE,
    "Cisco CTL Provider",
    "Cisco Certificate Authority Proxy Function",
    "Cisco Certificate Change Notification",
    "Cisco Database Layer Monitor",
    TFTP_SERVICE,
    "Cisco Tomcat",
    TVS_SERVICE,
)
"""The services that every node of the practice cluster shows as started."""

_MODE_QUERY = "select paramname,paramvalue from processconfig where paramname='ClusterSecurityMode'"
_CERTIFICATE_QUERY = (
    "select c.servername, tcs.name, dist.moniker, c.ipv4address, c.certificate "
    "from certificate as c "
    "inner join certificateservicecertificatemap as cscm on c.pkid = cscm.fkcertificate "
    "inner join typecertificateservice as tcs on cscm.tkcertificateservice = tcs.enum "
    "inner join typecertificatedistribution as dist on c.tkcertificatedistribution = dist.enum"
)
_OWN, _TRUST = "own-cert", "trust-certs"
_COUNTS = "#TotalPhones, #TotalRegistered, #RegisteredSCCP, #RegisteredSIP, #UnRegistered"
_FIELDS = "DeviceName, Descr, Ipaddr, RegStatus, PhoneProtocol, DeviceModel"


@dataclass(frozen=True, slots=True)
class RegisteredPhone:
    """A phone as ``show risdb query phone`` lists it.

    Attributes:
        name: ``SEP`` and the MAC address.
        address: its IPv4 address.
        model: its number, ``7975`` for instance.
        protocol: ``SCCP`` or ``SIP``.
        registered: whether it counts as registered.
    """

    name: str
    address: str
    model: str
    protocol: str = "SCCP"
    registered: bool = True


def version_text(practice: Practice) -> str:
    """Return the answer to ``show version active``."""
    return (
        f"Active Master Version: {practice.release.version}\n"
        "Active Version Installed Software Options:\n"
        "No Installed Software Options Found.\n"
    )


def sql_text(practice: Practice, statement: str) -> str | None:
    """Return the answer to an SQL statement, None for one that is not known."""
    asked = "".join(statement.rstrip("; ").split()).casefold()
    if asked == "".join(_MODE_QUERY.split()).casefold():
        value = "1" if practice.mode is Mode.MIXED else "0"
        return _table(("paramname", "paramvalue"), [("ClusterSecurityMode", value)])
    if asked == "".join(_CERTIFICATE_QUERY.split()).casefold():
        heads = ("servername", "name", "moniker", "ipv4address", "certificate")
        return _table(heads, list(_certificate_rows(practice)))
    return None


def services_text() -> str:
    """Return the answer to ``utils service list``."""
    return "".join(
        [
            "Requesting service status, please wait...\n",
            *(f"{service}[STARTED]\n" for service in SERVICES),
            "Primary Node =true\n",
        ]
    )


def restart_text(service: str) -> str:
    """Return the answer to ``utils service restart`` of a service that came up again."""
    return (
        "Don't press Ctrl-c while the service is getting RESTARTED."
        "If Service has not Restarted Properly, execute the same Command Again\n"
        "Service Manager is running\n"
        f"{service}[STOPPING]\n"
        "Commanded Out of Service\n"
        f"{service}[NOTRUNNING]\n"
        "Service Manager is running\n"
        f"{service}[STARTING]\n"
        f"{service}[STARTED]\n"
    )


def replication_text(practice: Practice, now: float) -> str:
    """Return the answer to ``utils dbreplication runtimestate``.

    Args:
        practice: the cluster.
        now: seconds since 1970, UTC.
    """
    rows = [
        (node.name, node.address, "0.017", "Y/Y/Y", "0", f"(g_{number})", "(2) Setup Completed")
        for number, node in enumerate(practice.nodes, 2)
    ]
    heads = (
        ("", "", "PING", "DB/RPC/", "REPL.", "Replication", "REPLICATION SETUP"),
        ("SERVER-NAME", "IP ADDRESS", "(msec)", "DbMon?", "QUEUE", "Group ID", "(RTMT) & Details"),
    )
    marks = ["-" * len(head) for head in heads[1]]
    lines = _aligned([*heads, tuple(marks), *rows])
    return (
        f"\nServer Time: {modified_text(now)}\n\n"
        "Cluster Replication State: Replication status command COMPLETED\n"
        "     No Errors or Mismatches found.\n\n"
        f"DB Version: ccm{practice.release.version.replace('.', '_').replace('-', '_')}\n"
        "Repltimeout set to: 300s\n"
        "PROCESS option set to: 1\n\n"
        f"Cluster Detailed View from {practice.publisher.name} ({len(rows)} Servers):\n\n"
        + "\n".join(lines)
        + "\n"
    )


def phone_text(phones: Sequence[RegisteredPhone]) -> str:
    """Return the answer to ``show risdb query phone``."""
    registered = [phone for phone in phones if phone.registered]
    sip = sum(phone.protocol == "SIP" for phone in registered)
    away = len(phones) - len(registered)
    counts = (len(phones), len(registered), len(registered) - sip, sip, away)
    lines = [
        "----------- Phone Information -----------",
        _COUNTS,
        ", ".join(map(str, counts)),
        "",
        _FIELDS,
        *map(_phone_line, phones),
        f"-----------Total count {len(phones)} ----------------",
    ]
    return "\n".join(lines) + "\n"


def _phone_line(phone: RegisteredPhone) -> str:
    state = "reg" if phone.registered else "unr"
    fields = (phone.name, phone.name, phone.address, state, phone.protocol, phone.model)
    return ", ".join(fields)


def _table(heads: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """Return a table; the last column may hold values of several lines."""
    widths = [max(map(_width, column)) for column in zip(heads, *rows, strict=True)]
    marks = tuple("=" * width for width in widths)
    return "".join(
        " ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip() + "\n"
        for row in (heads, marks, *rows)
    )


def _width(text: str) -> int:
    return max(map(len, text.split("\n")))


def _aligned(rows: Sequence[tuple[str, ...]]) -> list[str]:
    widths = [max(map(len, column)) + 4 for column in zip(*rows, strict=True)]
    return [
        "".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]


def _certificate_rows(practice: Practice) -> Iterator[tuple[str, ...]]:
    """Yield each certificate of each node, then once what all trust stores hold."""
    owners = {node.credential(CALL_MANAGER).der: node for node in practice.nodes}
    for node in practice.nodes:
        for item in node.stored():
            if item.store in OWN_STORES:
                yield _certificate_row(node, item, _OWN)
    for item in practice.trusted:
        yield _certificate_row(owners.get(item.der, practice.publisher), item, _TRUST)


def _certificate_row(node: Node, item: StoredCertificate, moniker: str) -> tuple[str, ...]:
    text = pem.armor("CERTIFICATE", item.der).decode("ascii").strip()
    return (node.name, item.store, moniker, node.address, text)
