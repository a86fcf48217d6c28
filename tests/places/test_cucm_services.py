"""What a real cluster says of itself, and restarting its services."""

from __future__ import annotations

import base64
import textwrap
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from ctlkit.edit import Mode
from ctlkit.errors import CancelledError, PlaceError
from ctlkit.place import Access, Progress, Step, Watch
from ctlkit.place.cucm import CucmPlace

if TYPE_CHECKING:
    from tests.places.conftest import Person, ScriptedNode

Nodes = list["ScriptedNode"]
Open = Callable[..., CucmPlace]

CERTIFICATES = (
    "run sql select c.servername, tcs.name, dist.moniker, c.ipv4address, c.certificate"
    " from certificate as c"
    " inner join certificateservicecertificatemap as cscm on c.pkid = cscm.fkcertificate"
    " inner join typecertificateservice as tcs on cscm.tkcertificateservice = tcs.enum"
    " inner join typecertificatedistribution as dist on c.tkcertificatedistribution = dist.enum"
)
LIST = "utils service list"
TFTP, CALL_MANAGER = "utils service restart Cisco Tftp", "utils service restart Cisco CallManager"
STARTED = (
    "Requesting service status, please wait...\r\n"
    "System SSH[STARTED]\r\nCisco CallManager[STARTED]\r\nCisco Tftp[STARTED]\r\n"
    "Primary Node =true\r\n"
)


def row(server: str, store: str, address: str, der: bytes) -> str:
    """A row of the table of certificates, its lines ended as a terminal gets them."""
    body = "\r\n".join(textwrap.wrap(base64.b64encode(der).decode(), 64))
    return (
        f"{server:12} {store:20} own {address:15} -----BEGIN CERTIFICATE-----\r\n"
        f"{body}\r\n-----END CERTIFICATE-----\r\n"
    )


def table(*rows: str) -> tuple[str, ...]:
    """The table of certificates."""
    head = "servername name moniker ipv4address certificate\r\n===== ==== ==== ====== =====\r\n"
    return (head, *rows, "admin:")


@pytest.fixture
def serving(two: Nodes) -> Nodes:
    """Give two nodes that know their certificates and restart their services."""
    for node in two:
        node.script |= {
            CERTIFICATES: table(
                row("pub", "CallManager", "127.0.0.1", b"0" * 700),
                row("pub", "CAPF", "127.0.0.1", b"1" * 90),
                row("sub1", "CallManager", "192.0.2.7", b"2" * 90),
                row("sub2", "CallManager", "", b"3" * 90),
            ),
            LIST: (STARTED, "admin:"),
            TFTP: ("Cisco Tftp[STOPPING]\r\nCisco Tftp[STARTED]\r\n", "admin:"),
            CALL_MANAGER: ("Cisco CallManager[STARTED]\r\n", "admin:"),
        }
    return two


def test_the_publisher_tells_of_the_cluster(open_two: Open, serving: Nodes) -> None:
    """Mode, release, publisher and every certificate come from its command line."""
    serving[0].script["show version active"] = (
        "Active Master Version: 10.5.1.10000-7\r\nNo Installed Software Options Found.\r\n",
        "admin:",
    )
    facts = open_two().facts()
    assert (Mode.NON_SECURE, "10.5.1.10000-7", "pub") == (
        facts.mode,
        facts.release,
        facts.publisher,
    )
    assert [
        ("pub", "CallManager", "own", "127.0.0.1", b"0" * 700),
        ("pub", "CAPF", "own", "127.0.0.1", b"1" * 90),
        ("sub1", "CallManager", "own", "192.0.2.7", b"2" * 90),
        ("sub2", "CallManager", "own", None, b"3" * 90),
    ] == [(row.server, row.store, row.moniker, row.address, row.der) for row in facts.certificates]
    assert {} == facts.serving


def test_a_release_that_is_not_told_is_none(open_two: Open, serving: Nodes) -> None:
    """A command line that does not know the command leaves the release open."""
    assert open_two().facts().release is None


def test_nodes_that_were_not_named_are_asked_for(
    serving: Nodes, open_two: Open, make_access: Callable[..., Access], make_person: type[Person]
) -> None:
    """The further nodes are the addresses of the database, reached as the publisher is."""
    with CucmPlace(serving[0].address, make_access(make_person())) as place:
        port = serving[0].ssh_port
        assert (f"127.0.0.1:{port}", f"192.0.2.7:{port}") == place.nodes
    assert [CERTIFICATES] == serving[0].typed


@pytest.mark.parametrize(
    "answer",
    [
        ("No records found\r\n", "admin:"),
        table("rubbish\r\n"),
        table("pub CallManager\r\n-----BEGIN CERTIFICATE-----\r\nMA==\r\n"),
        table(row("pub", "CallManager", "not-an-address", b"0")),
        table(row("pub", "CallManager", "192.0.2.7 more", b"0")),
        table(row("pub", "CallManager", "192.0.2.7", b"0").replace("MA==", "!!!!")),
        table(row("a", "TVS", "192.0.2.7", b"0"), row("b", "TVS", "192.0.2.8", b"0")),
    ],
    ids=["none", "rubbish", "cut", "address", "columns", "base64", "no-publisher"],
)
def test_a_damaged_table_is_one_error(
    open_two: Open, serving: Nodes, answer: tuple[str, ...]
) -> None:
    """Certificates that cannot be read, and a publisher that cannot be told, are never guessed."""
    serving[0].script[CERTIFICATES] = answer
    with pytest.raises(PlaceError) as caught:
        open_two().facts()
    assert caught.value.code in ("cluster-answer", "cluster-publisher-unknown")


def test_services_restart_node_by_node(open_two: Open, serving: Nodes) -> None:
    """TFTP first, then CallManager, and progress says which."""
    steps: list[Progress] = []
    done = open_two().restart(watch=Watch(steps.append))
    assert [(node.name, True, None) for node in serving] == [
        (item.node, item.changed, item.error) for item in done
    ]
    assert [LIST, TFTP, CALL_MANAGER] == serving[0].typed == serving[1].typed
    first, second = (node.name for node in serving)
    assert [
        Progress(first, Step.RESTARTING, "Cisco Tftp"),
        Progress(first, Step.RESTARTING, "Cisco CallManager"),
        Progress(first, Step.DONE),
        Progress(second, Step.RESTARTING, "Cisco Tftp"),
        Progress(second, Step.RESTARTING, "Cisco CallManager"),
        Progress(second, Step.DONE),
    ] == steps


def test_only_activated_services_are_restarted(open_two: Open, serving: Nodes) -> None:
    """A node that runs no CallManager is not told to restart one."""
    serving[1].script[LIST] = (
        "Cisco CallManager[STOPPED]  Service Not Activated\r\nCisco Tftp[STARTED]\r\n",
        "admin:",
    )
    assert [None, None] == [item.error for item in open_two().restart()]
    assert [LIST, TFTP] == serving[1].typed


def test_restarting_stops_at_the_first_failure(open_two: Open, serving: Nodes) -> None:
    """A service that does not come up again ends it, and the nodes behind it say why."""
    serving[0].script[TFTP] = ("Cisco Tftp[STARTED]\r\nCisco Tftp[STOPPED]\r\n", "admin:")
    first, second = open_two().restart()
    assert ("cluster-refused", False) == (first.error and first.error.code, first.changed)
    assert "cluster-restart-stopped" == (second.error and second.error.code)
    assert [] == serving[1].typed


def test_restarting_stops_when_somebody_says_so(open_two: Open, serving: Nodes) -> None:
    """Between two services the work may be stopped; what comes after was not restarted."""
    watch = Watch(lambda _progress: watch.cancel.set())
    first, second = open_two().restart(watch=watch)
    assert isinstance(first.error, CancelledError)
    assert "cluster-restart-stopped" == (second.error and second.error.code)
    assert [LIST, TFTP] == serving[0].typed
