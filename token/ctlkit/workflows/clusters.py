"""What a cluster's own command line says, as the rules of change want it.

Rules:

* The cluster's mode is read first; a list that disagrees with it is refused (rule 5). Writing a
  list never changes the mode: ``Set Cluster to ...`` runs the cluster's own command.
* The certificates in use come from the publisher's database, over an authenticated connection:
  CallManager of every node and CAPF make server entries; where there is an ITLRecovery, it and
  the publisher's CallManager are SAST entries of a new list (rule 3).
* What the database says and what a node shows on TLS may differ until CallManager was restarted:
  that entry is stale, and has to be confirmed (rule 4).

Source: docs/cluster.md, getting and putting the file; docs/rules.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ctlkit.certificate import Certificate
from ctlkit.edit import (
    Mode,
    Origin,
    Server,
    is_recovery,
    is_server_sast,
    mode_of,
    stale_in,
)
from ctlkit.errors import RuleError
from ctlkit.messages import Message, Severity
from ctlkit.place import ClusterCertificate, ClusterFacts
from ctlkit.trustlist import Function
from ctlkit.verify import VerifiedList

__all__ = [
    "cluster_messages",
    "cluster_servers",
    "mode_message",
    "release_messages",
    "require_agreement",
    "server_signers",
    "stale_messages",
]

_CALL_MANAGER, _CAPF, _RECOVERY = "CallManager", "CAPF", "ITLRecovery"
_FUNCTIONS = {_CALL_MANAGER: Function.CCM_TFTP, _CAPF: Function.CAPF}


def cluster_servers(facts: ClusterFacts, *, creating: bool) -> tuple[Server, ...]:
    """Return the servers of a cluster as entries, the publisher's first.

    Args:
        facts: what the publisher said.
        creating: whether there is no present list, so that the server's own signers join.

    Raises:
        InputError: a certificate of the database cannot be read.
    """
    own = sorted(
        (item for item in facts.certificates if item.store in _FUNCTIONS),
        key=lambda item: item.server != facts.publisher,
    )
    servers = [_server(item, _FUNCTIONS[item.store]) for item in own]
    recovery = [item for item in facts.certificates if item.store == _RECOVERY]
    if creating and recovery:
        managers = [
            item for item in own if item.store == _CALL_MANAGER and item.server == facts.publisher
        ]
        servers += [_server(item, Function.SAST) for item in (*recovery, *managers)]
    return tuple(_once(servers))


def _once(servers: list[Server]) -> Iterator[Server]:
    seen = set()
    for item in servers:
        key = (item.function, item.certificate.der, item.address)
        if key not in seen:
            seen.add(key)
            yield item


def _server(item: ClusterCertificate, function: int) -> Server:
    certificate = Certificate.from_der(item.der)
    return Server(function, certificate, item.server, item.address, Origin.CLUSTER)


def server_signers(tokenless: VerifiedList, servers: Sequence[Server]) -> tuple[Server, ...]:
    """Return ITLRecovery and CallManager as SAST of the list that the server itself wrote.

    Without an ITLRecovery there are none: the tokens' lists of those releases hold tokens alone.

    Args:
        tokenless: that list.
        servers: those of the cluster, the publisher first: the server's signers live on it.
    """
    records = list(tokenless.list.records)
    if not any(is_recovery(record) for record in records):
        return ()
    address = next((item.address for item in servers if item.address), None)
    return tuple(
        Server(
            Function.SAST,
            Certificate.from_der(record.certificate),
            record.dns_name,
            address,
            Origin.CLUSTER,
        )
        for record in records
        if record.certificate and is_server_sast(record, records)
    )


def require_agreement(
    facts: ClusterFacts, present: VerifiedList | None, stated: Mode | None
) -> None:
    """Refuse to go on from a list that says another mode than the cluster, unless one is stated.

    Raises:
        RuleError: they disagree (rule 5).
    """
    if stated is not None or present is None:
        return
    says = mode_of(present.list.records)
    if says is not facts.mode:
        raise RuleError("mode-present-disagrees", rule=5, mode=facts.mode.value, says=says.value)


def cluster_messages(
    facts: ClusterFacts, present: VerifiedList | None, *, switch: Mode | None
) -> Iterator[Message]:
    """Yield what is to be said of the cluster before anything is signed.

    Args:
        facts: what the publisher said.
        present: the list in force.
        switch: the mode that the cluster will be set to first, None where it stays.
    """
    if switch is not None:
        yield Message("cluster-will-switch", {"mode": switch.value}, Severity.AMBER)
    elif present is None and facts.mode is Mode.MIXED:
        yield Message("mixed-without-list", {}, Severity.AMBER)
    elif present is not None and facts.mode is Mode.NON_SECURE:
        yield Message("list-without-mixed", {}, Severity.AMBER)
    yield from _serving(facts)
    yield from _of_release(facts.release)


def stale_messages(facts: ClusterFacts, verified: VerifiedList) -> Iterator[Message]:
    """Yield what of a signed list does not fit the certificates that its cluster uses (rule 4)."""
    yield from stale_in(verified.list.records, cluster_servers(facts, creating=False))
    yield from _serving(facts)


def mode_message(facts: ClusterFacts, verified: VerifiedList) -> Message | None:
    """Return that a signed list says another mode than its cluster (rule 5), None if it agrees.

    It is an error, and no warning: nobody can confirm it.
    """
    says = mode_of(verified.list.records)
    if says is facts.mode:
        return None
    values = {"rule": 5, "mode": facts.mode.value, "says": says.value}
    return Message("mode-disagrees", values, Severity.ERROR)


def release_messages(facts: ClusterFacts, verified: VerifiedList) -> Iterator[Message]:
    """Yield what a cluster's release does to a signed list: nothing is replaced without tokens."""
    records = list(verified.list.records)
    tokens = any(item.is_sast and not is_server_sast(item, records) for item in records)
    for message in _of_release(facts.release):
        if tokens or message.code != "release-replaces":
            yield message


def _serving(facts: ClusterFacts) -> Iterator[Message]:
    for item in facts.certificates:
        shown = facts.serving.get(item.server)
        if item.store == _CALL_MANAGER and shown is not None and shown != item.der:
            values = {
                "node": item.server,
                "old": Certificate.from_der(item.der).serial.hex().upper(),
                "new": Certificate.from_der(shown).serial.hex().upper(),
                "rule": 4,
            }
            yield Message("stale-until-restart", values, Severity.RED)


def _of_release(release: str | None) -> Iterator[Message]:
    numbers = _numbers(release)
    if numbers is None or numbers < (10, 0):
        return
    yield Message("release-replaces", {"release": release}, Severity.AMBER)
    if numbers >= (14, 0):
        yield Message("release-restarts-phones", {"release": release}, Severity.AMBER)


def _numbers(release: str | None) -> tuple[int, ...] | None:
    """Return the first two numbers of a release, None where it has none."""
    parts = (release or "").split(".")[:2]
    if not all(part.isdigit() for part in parts) or not parts:
        return None
    return tuple(int(part) for part in parts)
