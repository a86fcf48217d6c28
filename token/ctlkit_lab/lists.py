"""The lists that the servers of a practice cluster make, in the ``cucm`` dialect; no I/O.

Rules:

* ``CTLFile.tlv`` is the same for all nodes: the SAST records of the release, signer first, those
  of uploaded tokens where they are to be listed, the publisher as CCM+TFTP, CAPF, the subscribers
  as CCM+TFTP. Where further SAST records stand is not published [I].
* A cluster that is not secure keeps its list; the CCM+TFTP records shrink to their short form.
* ``ITLFile.tlv`` is each node's own: a SAST record of its signer, the node as CCM+TFTP, CAPF, a
  TVS record of every node, and ITLRecovery where the release has it. Before 12.0 the node's
  CallManager signs, from 12.0 on the cluster's ITLRecovery.
* Both are signed with SHA-1, the default of all releases.

Source: docs/cluster.md, SAST records by release, and getting and putting the file.
"""

from __future__ import annotations

from collections.abc import Sequence

from ctlkit.certificate import Certificate
from ctlkit.drafts import draft, identity_of, make_record, non_secure_record
from ctlkit.edit import Mode
from ctlkit.place.base import ITL_NAME, LIST_NAME
from ctlkit.profiles import CUCM
from ctlkit.signing import PemSigner, sign
from ctlkit.trustlist import Digest, Function, Record
from ctlkit_lab.nodes import Node
from ctlkit_lab.releases import Release, sast_order, signer
from ctlkit_lab.stores import CALL_MANAGER, CAPF, ITL_RECOVERY, TVS
from softhsm_fixtures.certificates import Credential

__all__ = ["ctl_file", "itl_file", "itl_records"]


def ctl_file(
    nodes: Sequence[Node],
    release: Release,
    mode: Mode,
    timestamp: int,
    *,
    uploaded: Sequence[bytes] = (),
    local_key: bool = False,
) -> bytes:
    """Return a list as ``utils ctl`` writes it.

    Args:
        nodes: the publisher, then the subscribers.
        release: decides on the SAST records and the signer.
        mode: what the list says of its cluster.
        timestamp: seconds since 1970, UTC.
        uploaded: certificates (DER) of Phone-SAST-trust to be listed as SAST too.
        local_key: whether CallManager signs on every release (``utils ctl reset localkey``).
    """
    publisher = nodes[0]
    stores = sast_order(release)
    if local_key:
        stores = tuple(sorted(stores, key=lambda store: store != CALL_MANAGER))
    records = [_own(publisher, store, Function.SAST) for store in stores]
    known = [record.certificate for record in records]
    tokens = [der for der in dict.fromkeys(uploaded) if der not in known]
    records += [make_record(CUCM, Function.SAST, Certificate.from_der(der)) for der in tokens]
    servers = [_own(node, CALL_MANAGER, Function.CCM_TFTP) for node in nodes]
    servers.insert(1, _own(publisher, CAPF, Function.CAPF))
    if mode is Mode.NON_SECURE:
        servers = [_shrunk(record) for record in servers]
    return _signed(records + servers, publisher.credential(stores[0]), LIST_NAME, timestamp)


def itl_records(node: Node, nodes: Sequence[Node], release: Release) -> tuple[Record, ...]:
    """Return the entries of a node's ITL file, its signer first.

    Args:
        node: whose file it is.
        nodes: the publisher, then the subscribers.
        release: decides on the signer and on ITLRecovery.
    """
    publisher = nodes[0]
    recovery = [_own(publisher, ITL_RECOVERY, Function.SAST)] if release.has_recovery else []
    first = recovery if release.recovery_signs else [_own(node, CALL_MANAGER, Function.SAST)]
    last = [] if release.recovery_signs else recovery
    return (
        *first,
        _own(node, CALL_MANAGER, Function.CCM_TFTP),
        _own(publisher, CAPF, Function.CAPF),
        *(_own(item, TVS, Function.TVS) for item in nodes),
        *last,
    )


def itl_file(node: Node, nodes: Sequence[Node], release: Release, timestamp: int) -> bytes:
    """Return a node's ITL file.

    Args:
        node: whose file it is.
        nodes: the publisher, then the subscribers.
        release: decides on the signer and on ITLRecovery.
        timestamp: seconds since 1970, UTC.
    """
    holder = nodes[0] if release.recovery_signs else node
    records = itl_records(node, nodes, release)
    return _signed(records, holder.credential(signer(release)), ITL_NAME, timestamp)


def _own(node: Node, store: str, function: Function) -> Record:
    certificate = Certificate.from_der(node.credential(store).der)
    return make_record(
        CUCM, function, certificate, dns=node.name, address=node.address, token=False
    )


def _shrunk(record: Record) -> Record:
    return non_secure_record(CUCM, record) if record.function == Function.CCM_TFTP else record


def _signed(
    records: Sequence[Record], credential: Credential, filename: str, timestamp: int
) -> bytes:
    waiting = draft(
        CUCM,
        records,
        signer=Certificate.from_der(credential.der),
        identity=identity_of(records[0]),
        digest=Digest.SHA1,
        timestamp=timestamp,
        filename=filename,
    )
    return sign(waiting, PemSigner(credential.pem)).raw
