"""How a phone takes ITL files, and what it does when it is pointed to another cluster."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from ctlkit_lab.phones import Directory, Fleet, Patience, model_named

if TYPE_CHECKING:
    from pathlib import Path

    from tests.lab.phones.conftest import Desk, Lists, PracticeNode


def test_the_ctl_knows_the_signer_of_the_itl(
    desk: Callable[[str], Desk], node: PracticeNode, lists: Lists
) -> None:
    """An ITL is checked with the CTL that the phone has by then, also a new one."""
    phone = desk("8861").has(lists.ctl("etoken-1"))
    node.offer(lists.ctl("callmanager", by="etoken-1"), lists.itl())
    result = phone.boot(node.directory)
    assert "phone-known-by-ctl" == result.code
    assert result.itl is not None
    assert (True, "phone-known-by-ctl") == (result.itl.accepted, result.itl.code)
    assert lists.itl() == phone.held[1]


def test_an_itl_that_nobody_knows_is_refused(
    desk: Callable[[str], Desk], node: PracticeNode, lists: Lists
) -> None:
    """A refused ITL leaves the CTL's verdict as it is, and the old ITL in force."""
    phone = desk("8861").has(lists.ctl("etoken-1"), lists.itl())
    node.offer(lists.ctl("etoken-1"), lists.itl("elsewhere"))
    result = phone.boot(node.directory)
    assert (True, "phone-same") == (result.accepted, result.code)
    assert result.itl is not None
    assert (False, "phone-tvs-unknown") == (result.itl.accepted, result.itl.code)
    assert lists.itl() == phone.held[1]


def test_the_trust_service_vouches_for_the_signer_of_an_itl(
    desk: Callable[[str], Desk], node: PracticeNode, lists: Lists
) -> None:
    """With the tokens' CTL the ITL of a renewed CallManager is asked about."""
    phone = desk("7975").has(lists.ctl("etoken-1"), lists.itl())
    node.upload("renewed", "CallManager")
    node.offer(lists.ctl("etoken-1"), lists.itl("renewed"))
    result = phone.boot(node.directory)
    assert result.itl is not None
    assert (True, "phone-vouched") == (result.itl.accepted, result.itl.code)


def test_a_phone_that_holds_nothing_takes_its_first_itl_too(
    desk: Callable[[str], Desk], node: PracticeNode, lists: Lists
) -> None:
    """After an erasure a list of tokens does not leave the phone without an ITL for good."""
    phone = desk("8861")
    node.offer(lists.ctl("etoken-1"), lists.itl())
    result = phone.boot(node.directory)
    assert result.itl is not None
    assert "phone-trusted-first" == result.itl.code
    assert lists.itl() == phone.held[1]


def test_the_first_itl_with_a_known_name_and_another_key_is_refused(
    desk: Callable[[str], Desk], node: PracticeNode, lists: Lists
) -> None:
    """Trust in the first ITL ends where the CTL knows its signer better."""
    phone = desk("8861")
    node.offer(lists.ctl("callmanager"), lists.itl("impostor"))
    result = phone.boot(node.directory)
    assert result.itl is not None
    assert (False, "phone-signature-wrong") == (result.itl.accepted, result.itl.code)


def test_a_later_first_itl_is_not_taken_on_trust(
    desk: Callable[[str], Desk], node: PracticeNode, lists: Lists
) -> None:
    """A phone that has a CTL already wants its signer, or a trust service it cannot ask."""
    phone = desk("8861").has(lists.ctl("etoken-1"))
    node.offer(lists.ctl("etoken-1"), lists.itl())
    result = phone.boot(node.directory)
    assert result.itl is not None
    assert (False, "phone-no-tvs-record") == (result.itl.accepted, result.itl.code)


def moved_fleet(folder: Path, node: PracticeNode, elsewhere: PracticeNode, lists: Lists) -> Fleet:
    """Give a fleet of one 8861 that belongs to a cluster and was pointed to another."""
    fleet = Fleet(folder, node.directory, patience=Patience(30, 30))
    fleet.create([model_named("8861")])
    phone = fleet.phones[0]
    phone.take_ctl(lists.ctl("callmanager"))
    phone.take_itl(lists.itl())
    elsewhere.offer(lists.ctl("elsewhere"), lists.itl("elsewhere", "elsewhere-tvs"))
    fleet.point(None, elsewhere.directory)
    return fleet


def restarted(fleet: Fleet) -> tuple[str, str | None]:
    """Restart the only phone of a fleet and give the codes of its verdicts."""
    (result,) = asyncio.run(fleet.restart())
    return result.code, None if result.itl is None else result.itl.code


def test_a_moved_phone_asks_the_trust_service_it_came_from(
    tmp_path: Path,
    node: PracticeNode,
    elsewhere: PracticeNode,
    lists: Lists,
) -> None:
    """The old cluster vouches for the new one; the new list then checks the new ITL."""
    fleet = moved_fleet(tmp_path / "fleet", node, elsewhere, lists)
    node.upload("elsewhere", "CallManager-trust")
    assert ("phone-vouched", "phone-known-by-ctl") == restarted(fleet)
    assert any("tvsHandleQueryCertReq" in line for line in node.log)
    assert not any("tvsHandleQueryCertReq" in line for line in elsewhere.log)


def test_a_moved_phone_that_took_the_new_itl_asks_there(
    tmp_path: Path,
    node: PracticeNode,
    elsewhere: PracticeNode,
    lists: Lists,
) -> None:
    """From the new ITL on the trust service of the new cluster is asked."""
    fleet = moved_fleet(tmp_path / "fleet", node, elsewhere, lists)
    node.upload("elsewhere", "CallManager-trust")
    restarted(fleet)
    node.log.clear()
    elsewhere.upload("etoken-1")
    elsewhere.offer(lists.ctl("etoken-1"), lists.itl("elsewhere", "elsewhere-tvs"))
    assert ("phone-vouched", "phone-same") == restarted(fleet)
    assert [] == node.log
    assert any("tvsHandleQueryCertReq" in line for line in elsewhere.log)


def test_a_moved_phone_whose_old_cluster_does_not_vouch_stays_as_it_is(
    tmp_path: Path,
    node: PracticeNode,
    elsewhere: PracticeNode,
    lists: Lists,
) -> None:
    """Without the upload to the old cluster both lists are refused."""
    fleet = moved_fleet(tmp_path / "fleet", node, elsewhere, lists)
    elsewhere.upload("elsewhere", "CallManager")
    assert ("phone-tvs-unknown", "phone-tvs-unknown") == restarted(fleet)
    assert lists.ctl("callmanager") == getattr(fleet.phones[0].ctl(), "raw", None)


def test_a_phone_can_be_pointed_back(
    tmp_path: Path,
    node: PracticeNode,
    elsewhere: PracticeNode,
    lists: Lists,
) -> None:
    """Pointed to its own servers again a phone fetches there."""
    fleet = moved_fleet(tmp_path / "fleet", node, elsewhere, lists)
    node.offer(lists.ctl("callmanager"), lists.itl())
    fleet.point(["SEP" + fleet.phones[0].mac], None)
    assert ("phone-same", "phone-same") == restarted(fleet)
    assert fleet.reports()[0].directory is None


def test_a_phone_tries_its_servers_in_their_order(
    desk: Callable[[str], Desk], node: PracticeNode, elsewhere: PracticeNode, lists: Lists
) -> None:
    """A server that answers counts, also with nothing; the next is for one that is away."""
    phone = desk("8861")
    elsewhere.offer(lists.ctl("etoken-1"))
    both = Directory((node.server, elsewhere.server))
    assert "phone-nothing-offered" == phone.boot(both).code
    node.offer(lists.ctl("etoken-2"))
    assert phone.boot(both).accepted
    assert lists.ctl("etoken-2") == phone.held[0]
