"""Which lists a phone that restarts accepts, and which it refuses."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from ctlkit.trustlist import Digest, Function

if TYPE_CHECKING:
    from tests.lab.phones.conftest import Desk, Lists, PracticeNode

MODELS = ["7975", "8861", "7960"]


@pytest.mark.parametrize("model", MODELS)
def test_the_first_list_is_taken_on_trust(
    model: str, desk: Callable[[str], Desk], node: PracticeNode, lists: Lists
) -> None:
    """A phone that holds nothing takes a list of anybody."""
    phone = desk(model)
    node.offer(lists.ctl("etoken-1", "etoken-2"))
    result = phone.boot(node.directory)
    assert (True, "phone-trusted-first", False) == (result.accepted, result.code, result.kept)
    assert lists.ctl("etoken-1", "etoken-2") == phone.held[0]


def test_the_first_list_must_hold_its_own_signer(
    desk: Callable[[str], Desk], node: PracticeNode, lists: Lists
) -> None:
    """Trust in the first list is no trust in a list that nothing can be checked with."""
    phone = desk("8861")
    node.offer(lists.ctl("etoken-1", by="etoken-2"))
    result = phone.boot(node.directory)
    assert (False, "phone-no-anchor", None) == (result.accepted, result.code, result.checksum)


def test_the_first_list_must_be_what_its_signer_signed(
    desk: Callable[[str], Desk], node: PracticeNode, lists: Lists
) -> None:
    """A first list that was changed on its way is refused."""
    phone = desk("8861")
    changed = bytearray(lists.ctl("etoken-1", "etoken-2"))
    changed[-1] ^= 1
    node.offer(bytes(changed))
    assert "phone-signature-wrong" == phone.boot(node.directory).code
    assert (None, None) == phone.held


@pytest.mark.parametrize("model", MODELS)
def test_a_sast_entry_of_the_held_list_may_sign(
    model: str, desk: Callable[[str], Desk], node: PracticeNode, lists: Lists
) -> None:
    """Any SAST entry of the list that the phone has signs the next, also one that leaves it."""
    phone = desk(model).has(lists.ctl("etoken-1", "etoken-2"))
    new = lists.ctl("etoken-1", by="etoken-2")
    node.offer(new)
    result = phone.boot(node.directory)
    assert (True, "phone-known-by-ctl") == (result.accepted, result.code)
    assert new == phone.held[0]


@pytest.mark.parametrize("model", MODELS)
def test_another_key_under_a_known_name_is_refused(
    model: str, desk: Callable[[str], Desk], node: PracticeNode, lists: Lists
) -> None:
    """The key of the held list's entry counts, and the trust service is not asked about it."""
    held = lists.ctl("callmanager")
    phone = desk(model).has(held, lists.itl("etoken-1"))
    node.upload("impostor")
    node.offer(lists.ctl("impostor"))
    result = phone.boot(node.directory)
    assert (False, "phone-signature-wrong", True) == (result.accepted, result.code, result.kept)
    assert held == phone.held[0]
    assert not any("tvsHandleQueryCertReq" in line for line in node.log)


def test_a_server_entry_of_the_held_list_may_not_sign(
    desk: Callable[[str], Desk], node: PracticeNode, lists: Lists
) -> None:
    """Only the function SAST makes a signer."""
    phone = desk("7960").has(lists.ctl("etoken-1", "etoken-2"))
    node.offer(lists.ctl("callmanager"))
    assert "phone-signer-unknown" == phone.boot(node.directory).code


@pytest.mark.parametrize("model", ["7975", "8861"])
def test_without_a_ctl_the_itl_decides(
    model: str, desk: Callable[[str], Desk], node: PracticeNode, lists: Lists
) -> None:
    """Before the first move to mixed mode the signer must be a SAST entry of the ITL."""
    phone = desk(model).has(None, lists.itl())
    node.offer(lists.ctl("callmanager"), lists.itl())
    result = phone.boot(node.directory)
    assert (True, "phone-known-by-itl") == (result.accepted, result.code)


def test_without_a_ctl_a_signer_outside_the_itl_is_refused(
    desk: Callable[[str], Desk], node: PracticeNode, lists: Lists
) -> None:
    """A token that nobody vouches for is not taken on trust by a phone that has an ITL."""
    phone = desk("8861").has(None, lists.itl())
    node.offer(lists.ctl("etoken-1", "etoken-2"), lists.itl())
    result = phone.boot(node.directory)
    assert (False, "phone-tvs-unknown") == (result.accepted, result.code)
    assert phone.held[0] is None


@pytest.mark.parametrize("model", ["7975", "8861"])
def test_the_trust_service_vouches(
    model: str, desk: Callable[[str], Desk], node: PracticeNode, lists: Lists
) -> None:
    """A signer that the phone does not know is accepted when a store of the node knows it."""
    phone = desk(model).has(lists.ctl("callmanager"), lists.itl())
    node.upload("renewed", "CallManager")
    node.offer(lists.ctl("renewed"), lists.itl())
    result = phone.boot(node.directory)
    assert (True, "phone-vouched") == (result.accepted, result.code)
    assert lists.ctl("renewed") == phone.held[0]


def test_the_key_that_the_trust_service_sends_counts(
    desk: Callable[[str], Desk], node: PracticeNode, lists: Lists
) -> None:
    """A list that another key signed is refused though its signer's name is vouched for."""
    phone = desk("8861").has(lists.ctl("etoken-1"), lists.itl("etoken-1"))
    node.upload("callmanager")
    node.offer(lists.ctl("impostor"), lists.itl("etoken-1"))
    assert "phone-signature-wrong" == phone.boot(node.directory).code


def test_a_phone_without_security_by_default_asks_nobody(
    desk: Callable[[str], Desk], node: PracticeNode, lists: Lists
) -> None:
    """It refuses what others are vouched for, keeps its list, and has no ITL."""
    held = lists.ctl("callmanager")
    phone = desk("7960").has(held)
    node.upload("renewed", "CallManager")
    node.offer(lists.ctl("renewed"), lists.itl())
    result = phone.boot(node.directory)
    assert (False, "phone-signer-unknown", True) == (result.accepted, result.code, result.kept)
    assert (held, None) == phone.held
    assert not any("tvs" in line or "ITLFile" in line for line in node.log)


def test_only_the_role_of_a_signer_counts(
    desk: Callable[[str], Desk], node: PracticeNode, lists: Lists
) -> None:
    """A certificate that the trust service knows for something else does not sign lists."""
    phone = desk("8861").has(lists.ctl("callmanager"), lists.itl())
    node.upload("renewed", "CAPF-trust")
    node.offer(lists.ctl("renewed"), lists.itl())
    assert "phone-tvs-not-sast" == phone.boot(node.directory).code


@pytest.mark.parametrize("itl", ["none", "without a trust service"])
def test_without_a_record_of_the_trust_service_nobody_vouches(
    itl: str, desk: Callable[[str], Desk], node: PracticeNode, lists: Lists
) -> None:
    """The certificate of the trust service comes from the phone's own ITL, or not at all."""
    held = None if itl == "none" else lists.itl(tvs=None)
    phone = desk("8861").has(lists.ctl("callmanager"), held)
    node.upload("renewed", "CallManager")
    node.offer(lists.ctl("renewed"))
    assert "phone-no-tvs-record" == phone.boot(node.directory).code
    assert not any("tvsHandleQueryCertReq" in line for line in node.log)


def test_a_trust_service_with_another_certificate_is_not_asked(
    desk: Callable[[str], Desk], node: PracticeNode, lists: Lists
) -> None:
    """A trust service that was renewed before the phones had its new certificate is lost."""
    phone = desk("8861").has(lists.ctl("callmanager"), lists.itl(tvs="other-tvs"))
    node.upload("renewed", "CallManager")
    node.offer(lists.ctl("renewed"))
    result = phone.boot(node.directory)
    assert (False, "phone-tvs-silent") == (result.accepted, result.code)
    assert "shows another certificate" in result.text
    assert not any("tvsHandleQueryCertReq" in line for line in node.log)


def test_what_was_vouched_for_serves_a_day(
    desk: Callable[[str], Desk], node: PracticeNode, lists: Lists
) -> None:
    """Within 24 hours the answer is not asked for again; afterwards it is."""
    phone = desk("8861").has(lists.ctl("etoken-1"), lists.itl("etoken-1"))
    node.upload("renewed", "CallManager")
    node.offer(lists.ctl("etoken-2", by="renewed"))
    assert "phone-vouched" == phone.boot(node.directory).code
    node.stored.clear()
    node.offer(lists.ctl("etoken-2", "etoken-1", by="renewed"))
    phone.now += 86399
    assert "phone-vouched-before" == phone.boot(node.directory).code
    node.offer(lists.ctl("etoken-2", by="renewed"))
    phone.now += 2
    assert "phone-tvs-unknown" == phone.boot(node.directory).code


def test_a_clock_that_was_set_back_ends_what_was_vouched_for(
    desk: Callable[[str], Desk], node: PracticeNode, lists: Lists
) -> None:
    """An answer never serves longer than 24 hours, whatever the clock says later."""
    phone = desk("8861").has(lists.ctl("etoken-1"), lists.itl("etoken-1"))
    node.upload("renewed", "CallManager")
    node.offer(lists.ctl("etoken-2", by="renewed"))
    assert "phone-vouched" == phone.boot(node.directory).code
    node.stored.clear()
    node.offer(lists.ctl("etoken-1", by="renewed"))
    phone.now -= 10
    assert "phone-tvs-unknown" == phone.boot(node.directory).code


@pytest.mark.parametrize("digest", [Digest.SHA256, Digest.SHA512])
def test_a_digest_that_is_not_published_is_refused(
    digest: Digest, desk: Callable[[str], Desk], node: PracticeNode, lists: Lists
) -> None:
    """What nobody published phones to check counts as not accepted."""
    phone = desk("8861").has(lists.ctl("etoken-1", "etoken-2"))
    node.offer(lists.ctl("etoken-1", "etoken-2", digest=digest))
    assert "phone-digest-unproven" == phone.boot(node.directory).code


def test_a_list_over_64_kilobytes_is_refused(
    desk: Callable[[str], Desk], node: PracticeNode, lists: Lists
) -> None:
    """The limit holds also for a list that is signed as it should be."""
    phone = desk("8861").has(lists.ctl("etoken-1", "etoken-2"))
    entries = [lists.record("etoken-1"), *[lists.record("capf", Function.CAPF)] * 70]
    node.offer(lists.signed(entries, "etoken-1"))
    result = phone.boot(node.directory)
    assert (False, "phone-list-too-long", True) == (result.accepted, result.code, result.kept)


def test_the_same_list_needs_no_decision(
    desk: Callable[[str], Desk], node: PracticeNode, lists: Lists
) -> None:
    """A restart without anything new changes nothing and asks nobody."""
    held = lists.ctl("etoken-1", "etoken-2")
    phone = desk("8861").has(held, lists.itl())
    node.offer(held, lists.itl())
    result = phone.boot(node.directory)
    assert (True, "phone-same", True) == (result.accepted, result.code, result.kept)
    assert result.itl is not None
    assert "phone-same" == result.itl.code


def test_a_server_without_a_list_takes_none_away(
    desk: Callable[[str], Desk], node: PracticeNode, lists: Lists
) -> None:
    """Deleting the file on the server deletes nothing on the phone."""
    held = lists.ctl("etoken-1", "etoken-2")
    phone = desk("7975").has(held)
    node.offer(None)
    result = phone.boot(node.directory)
    assert (None, "phone-nothing-offered", True) == (result.accepted, result.code, result.kept)
    assert held == phone.held[0]


@pytest.mark.parametrize("model", ["8861", "7960"])
def test_the_list_of_its_own_name_comes_first(
    model: str, desk: Callable[[str], Desk], node: PracticeNode, lists: Lists
) -> None:
    """CTLSEP<MAC>.tlv is asked for before CTLFile.tlv, over HTTP and over TFTP."""
    phone = desk(model)
    node.offer(lists.ctl("etoken-1"), own=phone.phone.mac)
    (node.root / "CTLFile.tlv").write_bytes(lists.ctl("etoken-2"))
    assert phone.boot(node.directory).accepted
    assert lists.ctl("etoken-1") == phone.held[0]


@pytest.mark.parametrize("content", [b"", b"garbage", b"\x01\x00\x02\x01\x02" * 40])
def test_what_is_no_list_is_refused(
    content: bytes, desk: Callable[[str], Desk], node: PracticeNode, lists: Lists
) -> None:
    """Garbage, an empty file and a cut one leave the phone as it is."""
    held = lists.ctl("etoken-1", "etoken-2")
    phone = desk("8861").has(held)
    node.offer(content)
    result = phone.boot(node.directory)
    assert (False, True) == (result.accepted, result.kept)
    assert held == phone.held[0]


def test_the_published_regeneration_reaches_all_that_can_ask(
    desk: Callable[[str], Desk], node: PracticeNode, lists: Lists
) -> None:
    """A renewed CallManager signs list and ITL: who asks follows, who cannot is locked out."""
    phones = {model: desk(model) for model in MODELS}
    node.upload("callmanager", "CallManager")
    node.offer(None, lists.itl())
    assert {"phone-nothing-offered"} == {
        phone.boot(node.directory).code for phone in phones.values()
    }
    node.offer(lists.ctl("callmanager"), lists.itl())
    codes = {model: phone.boot(node.directory).code for model, phone in phones.items()}
    assert "phone-trusted-first" == codes["7960"]
    assert {"phone-known-by-itl"} == {codes["7975"], codes["8861"]}
    node.stored.clear()
    node.upload("renewed", "CallManager")
    node.offer(lists.ctl("renewed"), lists.itl("renewed"))
    codes = {model: phone.boot(node.directory).code for model, phone in phones.items()}
    assert {"7975": "phone-vouched", "8861": "phone-vouched"} | {
        "7960": "phone-signer-unknown"
    } == codes
    assert lists.itl("renewed") == phones["7975"].held[1]
