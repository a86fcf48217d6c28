"""What the practice cluster says of its mode, certificates, services, replication and phones."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from ctlkit.certificate import Certificate
from ctlkit.edit import Mode
from ctlkit_lab.answers import (
    SERVICES,
    RegisteredPhone,
    phone_text,
    replication_text,
    services_text,
    sql_text,
    version_text,
)
from ctlkit_lab.model import Practice
from ctlkit_lab.releases import Release

Maker = Callable[..., Practice]
CERTIFICATES = (
    "select c.servername, tcs.name, dist.moniker, c.ipv4address, c.certificate "
    "from certificate as c inner join certificateservicecertificatemap as cscm "
    "on c.pkid = cscm.fkcertificate inner join typecertificateservice as tcs "
    "on cscm.tkcertificateservice = tcs.enum inner join typecertificatedistribution as dist "
    "on c.tkcertificatedistribution = dist.enum"
)
MODE = "select paramname,paramvalue from processconfig where paramname='ClusterSecurityMode'"


@pytest.fixture
def practice(practice_of: Maker) -> Practice:
    """Give a cluster of the default release."""
    return practice_of()


def lines(text: str | None) -> list[str]:
    """The lines that say something, white space folded."""
    return [folded for line in (text or "").splitlines() if (folded := " ".join(line.split()))]


@pytest.mark.parametrize(("mode", "value"), [(Mode.NON_SECURE, "0"), (Mode.MIXED, "1")])
def test_the_mode_is_answered_as_published(practice: Practice, mode: Mode, value: str) -> None:
    """Two columns, a line of = below their heads, 0 for non-secure and 1 for mixed."""
    practice.set_mode(mode)
    assert [
        "paramname paramvalue",
        "=================== ==========",
        f"ClusterSecurityMode {value}",
    ] == lines(sql_text(practice, MODE))


def test_the_certificates_of_every_node_are_listed(practice: Practice) -> None:
    """One row a certificate: node, store, moniker, address, and PEM with its lines."""
    shown = sql_text(practice, f"{CERTIFICATES};") or ""
    heads, marks, table = shown.split("\n", 2)
    assert ["servername", "name", "moniker", "ipv4address", "certificate"] == heads.split()
    assert set(marks) == {"=", " "}
    rows = re.findall(
        r"^(\S+) +(\S+) +(\S+) +(\S+) +(-----BEGIN CERT.*?^-----END CERTIFICATE-----)$",
        table,
        re.MULTILINE | re.DOTALL,
    )
    found = [(row[0], row[1], row[3], Certificate.load(row[4].encode()).der) for row in rows]
    own = [
        (node.name, item.store, node.address, item.der)
        for node in practice.nodes
        for item in node.stored()
        if not item.store.endswith("-trust")
    ]
    assert own == found[: len(own)]
    trusted = [(item.store, item.der) for item in practice.trusted]
    assert trusted == [(row[1], row[3]) for row in found[len(own) :]]
    assert ["cucm-1051-a-pub", "cucm-1051-a-sub1"] == [
        row[0] for row in found[len(own) :] if row[1] == "CallManager-trust"
    ]


def test_the_services_of_the_moves_are_started() -> None:
    """The services that a migration needs are in the list, as are all others."""
    shown = services_text()
    needed = ("Cisco CTL Provider", "Cisco Tftp", "Cisco Trust Verification Service")
    assert [] == [name for name in needed if f"{name}[STARTED]\n" not in shown]
    assert len(SERVICES) == shown.count("[STARTED]")


def test_replication_is_good_on_every_node(practice: Practice) -> None:
    """Each node stands in the table with its address and a setup that is completed."""
    shown = replication_text(practice, 1425675367)
    assert "No Errors or Mismatches found." in shown
    for node in practice.nodes:
        row = next(line for line in lines(shown) if line.startswith(f"{node.name} "))
        assert node.address in row
        assert row.endswith("(2) Setup Completed")


def test_phones_are_listed() -> None:
    """Counts come first, then a line a phone with its name, state and model."""
    phones = (
        RegisteredPhone("SEP001122334455", "10.0.1.1", "7975"),
        RegisteredPhone("SEP001122334466", "10.0.1.2", "8861", "SIP", registered=False),
    )
    shown = lines(phone_text(phones))
    assert "2, 1, 1, 0, 1" == shown[2]
    assert "SEP001122334455, SEP001122334455, 10.0.1.1, reg, SCCP, 7975" in shown
    assert "SEP001122334466, SEP001122334466, 10.0.1.2, unr, SIP, 8861" in shown
    assert "-----------Total count 2 ----------------" in shown


def test_the_version_is_the_releases(practice: Practice) -> None:
    """The first line names the version in the words of the server."""
    first = lines(version_text(practice))[0]
    assert f"Active Master Version: {Release.R10_0.version}" == first


def test_other_statements_are_not_answered(practice: Practice) -> None:
    """Only the two statements of the document are known, however they are spaced."""
    assert sql_text(practice, "select * from device") is None
    spaced = MODE.replace(",", " , ").replace(" from ", "   FROM ")
    assert "ClusterSecurityMode 0" in lines(sql_text(practice, spaced))
