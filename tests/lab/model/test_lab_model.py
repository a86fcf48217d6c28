"""What changes in a practice cluster: certificates, stores and files, move by move."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from ctlkit.codec import decode
from ctlkit.edit import Mode
from ctlkit.errors import InputError, PlaceError, UntrustedError, UsageError
from ctlkit.trustlist import Header, TrustList
from ctlkit.verify import VerifiedList, require_successor, verify
from ctlkit_lab.model import LabOptions, Node, Practice
from ctlkit_lab.releases import Release
from ctlkit_lab.stores import look_up
from softhsm_fixtures import etoken_certificate

Maker = Callable[..., Practice]


def read(data: bytes) -> VerifiedList:
    """Read a list whose signature is right."""
    value = decode(data)
    assert isinstance(value, TrustList)
    return verify(value)


def certificates(path: Path) -> list[bytes | None]:
    """The certificates of a file's entries, in their order."""
    return [record.certificate for record in read(path.read_bytes()).list.records]


def known(node: Node, header: Header) -> tuple[int, ...] | None:
    """The roles in which a node's stores know the signer of a list, None for not at all."""
    assert header.signer_issuer is not None
    assert header.signer_serial is not None
    assert header.signer_name is not None
    names = (header.signer_issuer, header.signer_serial, header.signer_name)
    found = look_up(node.stored(), [], *names).found
    return None if found is None else found.roles


@pytest.mark.parametrize("store", ["CallManager", "TVS", "CAPF"])
def test_itls_follow_new_certificates_and_the_list_does_not(practice_of: Maker, store: str) -> None:
    """After a regeneration every ITL has the new certificate; the list waits for ``utils ctl``."""
    practice = practice_of()
    before = practice.publisher.credential(store)
    present = practice.set_mode(Mode.MIXED)
    made = practice.regenerate(store)
    assert present == practice.publisher.list_path.read_bytes()
    assert made == practice.publisher.credential(store)
    assert before.serial != made.serial
    holders = practice.nodes if store != "CallManager" else practice.nodes[:1]
    for node in holders:
        listed = certificates(node.itl_path)
        assert made.der in listed
        assert before.der not in listed


def test_a_subscriber_is_regenerated_by_its_name(practice_of: Maker) -> None:
    """Another node's certificate changes its own ITL and not the publisher's."""
    practice = practice_of()
    publisher, subscriber = practice.nodes
    present = publisher.itl_path.read_bytes()
    made = practice.regenerate("CallManager", subscriber.name)
    assert made.der == certificates(subscriber.itl_path)[0]
    assert present == publisher.itl_path.read_bytes()


def test_a_new_certificate_takes_the_old_ones_place_in_the_trust_stores(
    practice_of: Maker,
) -> None:
    """All nodes trust the new CallManager certificate and no longer the one before."""
    practice = practice_of()
    before = practice.publisher.credential("CallManager").der
    made = practice.regenerate("CallManager").der
    for node in practice.nodes:
        trusted = [item.der for item in node.stored() if item.store == "CallManager-trust"]
        assert made in trusted
        assert before not in trusted
        assert 2 == len(trusted)


def test_the_trust_service_knows_a_regenerated_signer(practice_of: Maker) -> None:
    """Move 4: on every node the stores answer for the new signer with the role SAST."""
    practice = practice_of()
    practice.regenerate("CallManager")
    header = read(practice.update_list()).list.header
    assert [(0, 2), (0, 2)] == [known(node, header) for node in practice.nodes]


def test_a_new_recovery_certificate_needs_the_local_key(practice_of: Maker) -> None:
    """Move 4 on 12.0: phones accept the list by CallManager's key, then the next by ITLRecovery."""
    practice = practice_of(Release.R12_0)
    present = read(practice.set_mode(Mode.MIXED))
    practice.regenerate("ITLRecovery")
    with pytest.raises(UntrustedError):
        require_successor(read(practice.update_list()), present)
    bridge = read(practice.reset_local_key())
    assert practice.publisher.credential("CallManager").der == bridge.list.records[0].certificate
    require_successor(bridge, present)
    require_successor(read(practice.update_list()), bridge)


def test_another_cluster_is_trusted_when_its_certificates_are_uploaded(
    practice_of: Maker, tmp_path: Path
) -> None:
    """Move 6: the source's trust service vouches for the destination's signer."""
    source = practice_of(Release.R12_0)
    destination = Practice.create(tmp_path / "other", LabOptions(release=Release.R12_0))
    header = read(destination.set_mode(Mode.MIXED)).list.header

    assert known(source.nodes[1], header) is None
    for store, own in (("CallManager-trust", "CallManager"), ("Phone-SAST-trust", "ITLRecovery")):
        source.trust_add(store, destination.publisher.credential(own).der)
    assert (0,) == known(source.nodes[1], header)


def test_a_certificate_is_uploaded_once(practice_of: Maker) -> None:
    """PEM and DER of one certificate are one entry, and it can be taken out again."""
    practice = practice_of()
    token = etoken_certificate()
    for data in (token.der, token.certificate_pem):
        assert token.der == practice.trust_add("Phone-SAST-trust", data).der
    assert [token.der] == [
        item.der for item in practice.trusted if item.store == "Phone-SAST-trust"
    ]
    practice.trust_remove("Phone-SAST-trust", token.der)
    assert token.der not in [item.der for item in practice.trusted]


def test_wrong_requests_are_errors_in_words(practice_of: Maker) -> None:
    """A store, a node or a certificate that is not there is named, with those that are."""
    practice = practice_of()
    token = etoken_certificate().der
    with pytest.raises(UsageError, match="lost-trust"):
        practice.trust_add("lost-trust", token)
    with pytest.raises(UsageError, match="CAPF"):
        practice.trust_add("CAPF", token)
    with pytest.raises(UsageError, match="not in CAPF-trust"):
        practice.trust_remove("CAPF-trust", token)
    with pytest.raises(InputError):
        practice.trust_add("CAPF-trust", b"no certificate")
    with pytest.raises(UsageError, match="tomcat"):
        practice.regenerate("tomcat")
    with pytest.raises(UsageError, match="ITLRecovery"):
        practice.regenerate("ITLRecovery")
    with pytest.raises(UsageError, match="CAPF"):
        practice.regenerate("CAPF", "cucm-1051-a-sub1")
    with pytest.raises(UsageError, match="nobody") as caught:
        practice.regenerate("TVS", "nobody")
    assert "cucm-1051-a-sub1" in caught.value.advice


def test_a_list_is_deleted_on_one_node(practice_of: Maker) -> None:
    """Deleting says how many files there were and leaves the other nodes alone."""
    practice = practice_of()
    data = practice.set_mode(Mode.MIXED)
    practice.nodes[1].list_path.write_bytes(data)
    assert [1, 0] == [practice.delete_list(practice.publisher) for _ in range(2)]
    assert data == practice.nodes[1].list_path.read_bytes()


def test_a_file_that_stays_is_an_error(practice_of: Maker) -> None:
    """A folder of the list's name cannot be deleted, and that is said in words."""
    practice = practice_of()
    practice.publisher.list_path.mkdir()
    with pytest.raises(PlaceError, match="cannot be deleted"):
        practice.delete_list(practice.publisher)
