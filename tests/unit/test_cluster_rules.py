"""What the rules make of a cluster's own word: its mode, its servers, its release."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ctlkit.certificate import Certificate
from ctlkit.edit import Consent, Mode, Origin, Server, unconfirmed
from ctlkit.errors import RuleError, UsageError
from ctlkit.messages import Severity
from ctlkit.place import ClusterCertificate, ClusterFacts
from ctlkit.trustlist import Function
from ctlkit.verify import VerifiedList, verify
from ctlkit.workflows.clusters import (
    cluster_messages,
    cluster_servers,
    require_agreement,
    server_signers,
)

if TYPE_CHECKING:
    from tests.unit.conftest import Editor, ListMaker

PUB, SUB = "cucm-1051-a-pub", "cucm-1051-a-sub1"
ADDRESS = {PUB: "10.48.47.153", SUB: "10.48.47.154"}


def certificate(
    editor: Editor, label: str, store: str = "CallManager", server: str = PUB
) -> ClusterCertificate:
    """A row of the database."""
    return ClusterCertificate(server, store, "own", ADDRESS[server], editor.certificate(label).der)


def facts(editor: Editor, *more: ClusterCertificate, **values: object) -> ClusterFacts:
    """What a cluster of two nodes says, the subscriber's rows first."""
    known = {
        "mode": Mode.MIXED,
        "release": "10.0.1",
        "publisher": PUB,
        "certificates": (
            certificate(editor, "subscriber", server=SUB),
            certificate(editor, "publisher-1024"),
            certificate(editor, "capf", "CAPF"),
            certificate(editor, "etoken-1", "Phone-SAST-trust"),
            *more,
        ),
    }
    return ClusterFacts(**{**known, **values})  # type: ignore[arg-type]


def said(
    found: ClusterFacts, present: VerifiedList | None, switch: Mode | None = None
) -> list[str]:
    """The codes of what is said of a cluster."""
    return [item.code for item in cluster_messages(found, present, switch=switch)]


def test_own_certificates_make_entries_the_publishers_first(editor: Editor) -> None:
    """CallManager of each node and CAPF, with name and address; what is only trusted makes none."""
    servers = cluster_servers(facts(editor), creating=True)
    assert [
        (Function.CCM_TFTP, PUB, ADDRESS[PUB], Origin.CLUSTER),
        (Function.CAPF, PUB, ADDRESS[PUB], Origin.CLUSTER),
        (Function.CCM_TFTP, SUB, ADDRESS[SUB], Origin.CLUSTER),
    ] == [(item.function, item.name, item.address, item.origin) for item in servers]


def test_a_recovery_key_brings_the_servers_signers(editor: Editor) -> None:
    """With an ITLRecovery a new list holds it and the publisher's CallManager as SAST."""
    found = facts(editor, certificate(editor, "publisher-2048", "ITLRecovery"))
    signers = [
        item.certificate.der
        for item in cluster_servers(found, creating=True)
        if item.function == Function.SAST
    ]
    wanted = ("publisher-2048", "publisher-1024")
    assert [editor.certificate(label).der for label in wanted] == signers
    assert all(item.function for item in cluster_servers(found, creating=False))


def test_a_list_of_the_clusters_own_certificates(editor: Editor) -> None:
    """A new list needs no certificate that a person names: 5728 bytes, as published."""
    planned = editor.create(servers=cluster_servers(facts(editor), creating=True))
    assert [0, 2, 4, 2, 0] == editor.functions(planned)
    assert 5728 == len(editor.signed(planned).list.raw)


def test_what_the_cluster_uses_replaces_what_the_list_has(
    editor: Editor, present: VerifiedList
) -> None:
    """A renewed certificate is a changed row that nobody has to confirm."""
    renewed = facts(
        editor,
        certificates=(
            certificate(editor, "publisher-2048"),
            certificate(editor, "capf", "CAPF"),
            certificate(editor, "subscriber", server=SUB),
        ),
    )
    planned = editor.update(present, servers=cluster_servers(renewed, creating=False))
    assert ["kept", "changed", "kept", "kept", "kept"] == editor.states(planned)
    assert [] == editor.red(planned)


def test_where_a_person_and_the_cluster_differ(editor: Editor, present: VerifiedList) -> None:
    """What a person gives goes before, and the difference has to be confirmed."""
    given = Server(Function.CCM_TFTP, editor.certificate("publisher-2048"), None, ADDRESS[PUB])
    servers = (given, *cluster_servers(facts(editor), creating=False))
    planned = editor.update(present, servers=servers)
    assert ["stale-entry"] == editor.red(planned)
    serial = editor.certificate("publisher-2048").serial.hex()
    assert [] == unconfirmed(planned.messages, Consent(stale=frozenset({serial})))


def test_a_node_of_the_cluster_cannot_be_removed(editor: Editor, present: VerifiedList) -> None:
    """Rule 3: what the cluster has stays; tokens may go."""
    servers = cluster_servers(facts(editor), creating=False)
    editor.refused(
        lambda: editor.update(present, servers=servers, remove=(ADDRESS[SUB],)),
        "server-in-cluster",
        3,
    )
    planned = editor.update(present, servers=servers[:2], remove=(ADDRESS[SUB],))
    assert "removed" in editor.states(planned)


def test_a_node_that_is_gone_is_offered_for_removal(editor: Editor, present: VerifiedList) -> None:
    """The entry stays unless it is removed, and its serial is named."""
    servers = cluster_servers(facts(editor), creating=False)[:2]
    planned = editor.update(present, servers=servers)
    vanished = [item for item in planned.messages if item.code == "server-vanished"]
    (message,) = vanished
    serial = editor.certificate("subscriber").serial.hex(":").upper()
    assert (ADDRESS[SUB], serial) == (message.values["node"], message.values["serial"])
    assert {"kept"} == set(editor.states(planned))


def test_without_a_cluster_nothing_vanishes(editor: Editor, present: VerifiedList) -> None:
    """A certificate that a person gives says nothing of the other servers."""
    planned = editor.update(present, servers=(editor.server("publisher-1024"),))
    assert "server-vanished" not in [item.code for item in planned.messages]


def test_the_present_list_agrees_with_the_cluster(editor: Editor, present: VerifiedList) -> None:
    """Rule 5: going by the present list needs one mode; a stated mode may differ."""
    found = facts(editor, mode=Mode.NON_SECURE)
    with pytest.raises(RuleError) as caught:
        require_agreement(found, present, None)
    assert ("mode-present-disagrees", 5) == (caught.value.code, caught.value.rule)
    require_agreement(found, present, Mode.MIXED)
    require_agreement(found, None, None)
    require_agreement(facts(editor), present, None)


def test_a_mixed_cluster_without_a_list(editor: Editor, present: VerifiedList) -> None:
    """The old client's warning (W1), word for word; the other way round is said too."""
    (message, *_) = cluster_messages(facts(editor), None, switch=None)
    assert (
        "No CTL File exists on the server but the Call Manager Cluster Security Mode is in"
        " Secure Mode."
    ) == message.text
    assert "list-without-mixed" in said(facts(editor, mode=Mode.NON_SECURE), present)
    assert ["release-replaces"] == said(facts(editor), present)


def test_switching_the_mode_is_said_before(editor: Editor) -> None:
    """Who states another mode is told that the cluster's own command runs first."""
    found = facts(editor, mode=Mode.NON_SECURE)
    assert ["cluster-will-switch", "release-replaces"] == said(found, None, Mode.MIXED)


@pytest.mark.parametrize(
    ("release", "codes"),
    [
        (None, []),
        ("", []),
        ("nonsense", []),
        ("9.1.2", []),
        ("10.0.1", ["release-replaces"]),
        ("12.5", ["release-replaces"]),
        ("14.0.1", ["release-replaces", "release-restarts-phones"]),
    ],
)
def test_what_a_release_means(
    editor: Editor, present: VerifiedList, release: str | None, codes: list[str]
) -> None:
    """From 10.0 the server's command replaces the list, from 14 phones restart by themselves."""
    assert codes == said(facts(editor, release=release), present)


def test_a_node_that_shows_another_certificate(editor: Editor, present: VerifiedList) -> None:
    """What the database has and CallManager shows may differ until it was restarted: red."""
    shown = editor.certificate("publisher-2048").der
    (message, *_) = cluster_messages(facts(editor, serving={PUB: shown}), present, switch=None)
    assert ("stale-until-restart", Severity.RED, PUB) == (
        message.code,
        message.severity,
        message.values["node"],
    )
    same = facts(editor, serving={PUB: editor.certificate("publisher-1024").der})
    assert "stale-until-restart" not in said(same, present)


def test_the_signers_of_the_servers_own_list(editor: Editor, maker: ListMaker) -> None:
    """Of a tokenless list with ITLRecovery the server's signers are taken; without it none."""
    own = maker.record("publisher-1024")
    server = maker.record("publisher-1024", Function.CCM_TFTP)
    tokenless = verify(maker.signed(own, server, by="publisher-1024", named=own))
    servers = cluster_servers(facts(editor), creating=True)
    assert () == server_signers(tokenless, servers)


def test_a_certificate_that_cannot_be_read_is_one_error(editor: Editor) -> None:
    """Nonsense in the database is told, not passed over."""
    broken = ClusterCertificate(PUB, "CallManager", "own", None, b"nonsense")
    with pytest.raises(Exception, match="certificate") as caught:
        cluster_servers(facts(editor, certificates=(broken,)), creating=True)
    assert not isinstance(caught.value, UsageError)
    assert isinstance(Certificate.from_der(editor.certificate("capf").der), Certificate)
