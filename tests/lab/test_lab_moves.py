"""The moves an administrator makes, from the command line to what the phones show.

Each move is made on a practice cluster with two nodes and four phones: a 7960 without Security by
Default, which never asks the trust service, and three with it.

Source: docs/cluster.md, the moves an administrator makes.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from ctlkit.edit import Mode
from ctlkit.errors import RuleError
from ctlkit_lab.releases import Release
from ctlkit_lab.stores import CALL_MANAGER, CALL_MANAGER_TRUST, ITL_RECOVERY, PHONE_SAST_TRUST, TVS
from softhsm_fixtures import FIRST_NAME, SECOND_NAME
from softhsm_fixtures.tokens import etoken

if TYPE_CHECKING:
    from ctlkit_lab.phones import Boot
    from softhsm_fixtures.plugin import SoftHsmStore
    from tests.lab.conftest import Administrator, MakeAdministrator, Reasons

PUBLISHER = "cucm-1051-a-pub"
RECOVERY = f"ITLRECOVERY_{PUBLISHER}"
THIRD_NAME = "SAST-ADN00c0ffee"

MIXED_MODE = "utils ctl set-cluster mixed-mode"
NON_SECURE_MODE = "utils ctl set-cluster non-secure-mode"
UPDATE_LIST = "utils ctl update CTLFile"
RESET_LOCAL_KEY = "utils ctl reset localkey"
DELETE_LIST = "file delete tftp CTLFile.tlv"

KNOWN, VOUCHED, UNKNOWN = "phone-known-by-ctl", "phone-vouched", "phone-signer-unknown"
FIRST = "phone-trusted-first"


def reasons(with_sbd: str, without: str) -> Reasons:
    """The same reason for every phone with Security by Default, and that of the 7960."""
    return {"7975": with_sbd, "8861": with_sbd, "7960": without, "7965": with_sbd}


def tokenless(admin: Administrator) -> None:
    """Make move 1: every phone has the server's own list then."""
    admin.types(MIXED_MODE)
    admin.restarts()
    admin.require_same_checksums()


def erased_phone_takes_it(admin: Administrator) -> None:
    """The 7960 refused and kept its list; deleted by hand, it takes the new one on trust."""
    assert {"7960"} == admin.differing()
    admin.erases("7960")
    assert FIRST == admin.reasons()["7960"]
    admin.require_same_checksums()


@pytest.mark.parametrize(
    ("release", "signers"),
    [
        (Release.R10_0, [PUBLISHER]),
        (Release.R10_5_2, [PUBLISHER, RECOVERY]),
        (Release.R11_5, [PUBLISHER, RECOVERY]),
        (Release.R12_0, [RECOVERY, PUBLISHER]),
        (Release.R14_SU3, [RECOVERY, PUBLISHER]),
    ],
)
def test_move_1_non_secure_to_tokenless(
    administrator: MakeAdministrator, release: Release, signers: list[str]
) -> None:
    """Mixed mode makes a list whose signer every phone knows by its ITL, or takes on trust."""
    admin = administrator(release)
    assert admin.shown() is None
    assert "Cluster set to Mixed Mode" in admin.types(MIXED_MODE)
    assert signers == admin.signers()
    assert Mode.MIXED is admin.cluster.practice.mode
    assert reasons("phone-known-by-itl", FIRST) == admin.reasons()
    admin.require_same_checksums()


def test_move_2_tokens_to_tokenless(
    administrator: MakeAdministrator, etokens: SoftHsmStore
) -> None:
    """Before 11.5 the server is no signer of the tokens' list: its trust service vouches for it."""
    assert 2 == len(etokens.tokens)
    admin = administrator()
    admin.makes_token_list()
    assert [SECOND_NAME, FIRST_NAME] == admin.signers()
    assert "CTL file Updated" in admin.types(UPDATE_LIST)
    assert [PUBLISHER] == admin.signers()
    assert reasons(VOUCHED, UNKNOWN) == admin.reasons()
    erased_phone_takes_it(admin)


@pytest.mark.parametrize("release", [Release.R11_5, Release.R12_0])
@pytest.mark.usefixtures("etokens")
def test_move_2_with_the_server_in_the_list(
    administrator: MakeAdministrator, release: Release
) -> None:
    """From 11.5 on the server stands in the tokens' list, so that every phone knows it."""
    admin = administrator(release)
    admin.makes_token_list()
    assert [SECOND_NAME, FIRST_NAME, RECOVERY, PUBLISHER] == admin.signers()
    admin.types(UPDATE_LIST)
    assert {RECOVERY, PUBLISHER} == set(admin.signers())
    assert reasons(KNOWN, KNOWN) == admin.reasons()
    admin.require_same_checksums()


@pytest.mark.usefixtures("etokens")
def test_non_secure_to_tokens(administrator: MakeAdministrator) -> None:
    """Set Cluster to Mixed Mode: before ITLRecovery the tokens' list holds tokens alone."""
    admin = administrator()
    admin.uploads(FIRST_NAME, SECOND_NAME)
    admin.update(SECOND_NAME, FIRST_NAME, mode=Mode.MIXED)
    assert Mode.MIXED is admin.cluster.practice.mode
    assert [SECOND_NAME, FIRST_NAME] == admin.signers()
    assert reasons(VOUCHED, FIRST) == admin.reasons()
    admin.require_same_checksums()


@pytest.mark.usefixtures("etokens")
def test_non_secure_to_tokens_with_a_recovery_key(administrator: MakeAdministrator) -> None:
    """From 11.5 the server's own signers join the tokens' list, so that the way back is known."""
    admin = administrator(Release.R11_5)
    admin.uploads(FIRST_NAME, SECOND_NAME)
    admin.update(SECOND_NAME, FIRST_NAME, mode=Mode.MIXED)
    assert 4 == len(admin.signers())
    assert reasons(VOUCHED, FIRST) == admin.reasons()
    admin.types(UPDATE_LIST)
    assert reasons(KNOWN, KNOWN) == admin.reasons()
    admin.require_same_checksums()


@pytest.mark.usefixtures("etokens")
def test_move_3_tokenless_to_tokens(administrator: MakeAdministrator) -> None:
    """Tokens alone are refused (E1); uploaded, with the list deleted, the trust service vouches."""
    admin = administrator()
    tokenless(admin)
    with pytest.raises(RuleError) as caught:
        admin.update(SECOND_NAME, FIRST_NAME)
    assert ("token-not-in-list", True) == (caught.value.code, caught.value.values["tokenless"])
    admin.uploads(FIRST_NAME, SECOND_NAME)
    assert "files: found = 1, deleted = 1" in admin.types(DELETE_LIST)
    admin.update(SECOND_NAME, FIRST_NAME)
    assert [SECOND_NAME, FIRST_NAME] == admin.signers()
    assert reasons(VOUCHED, UNKNOWN) == admin.reasons()
    erased_phone_takes_it(admin)


@pytest.mark.usefixtures("etokens")
def test_move_3_without_the_upload(administrator: MakeAdministrator) -> None:
    """A token that was never uploaded is vouched for by nobody: every phone keeps its list."""
    admin = administrator()
    tokenless(admin)
    before = {report.mac: report.checksum for report in admin.cluster.fleet.reports()}
    admin.types(DELETE_LIST)
    admin.update(SECOND_NAME, FIRST_NAME)
    assert reasons("phone-tvs-unknown", UNKNOWN) == admin.reasons()
    assert before == {report.mac: report.checksum for report in admin.cluster.fleet.reports()}


@pytest.mark.usefixtures("etokens")
def test_move_3a_the_safer_bridge(administrator: MakeAdministrator) -> None:
    """Tokens that the server lists are known to all phones before the first of them signs."""
    admin = administrator(sast_in_ctl=True)
    tokenless(admin)
    admin.uploads(FIRST_NAME, SECOND_NAME)
    admin.types(UPDATE_LIST)
    assert [PUBLISHER, FIRST_NAME, SECOND_NAME] == admin.signers()
    assert reasons(KNOWN, KNOWN) == admin.reasons()
    admin.require_same_checksums()
    admin.update(SECOND_NAME)
    assert SECOND_NAME == admin.signers()[0]
    assert reasons(KNOWN, KNOWN) == admin.reasons()
    admin.require_same_checksums()


@pytest.mark.usefixtures("etokens")
def test_move_3a_does_not_show_them(administrator: MakeAdministrator) -> None:
    """A server that leaves uploaded tokens out of its list leaves E1 as well: take move 3."""
    admin = administrator(sast_in_ctl=False)
    tokenless(admin)
    admin.uploads(FIRST_NAME, SECOND_NAME)
    admin.types(UPDATE_LIST)
    assert [PUBLISHER] == admin.signers()
    with pytest.raises(RuleError) as caught:
        admin.update(SECOND_NAME, FIRST_NAME)
    assert "token-not-in-list" == caught.value.code
    assert {True} == {boot.accepted for boot in admin.restarts()}
    admin.require_same_checksums()


@pytest.mark.parametrize("release", [Release.R10_0, Release.R10_5_2, Release.R11_5])
def test_move_4_a_new_call_manager_before_12(
    administrator: MakeAdministrator, release: Release
) -> None:
    """The new signer is known to no phone; the trust service vouches for it."""
    admin = administrator(release)
    tokenless(admin)
    old = admin.shown()
    admin.cluster.practice.regenerate(CALL_MANAGER)
    admin.types(UPDATE_LIST)
    new = admin.shown()
    assert old is not None
    assert new is not None
    assert old.signer_serial != new.signer_serial
    assert reasons(VOUCHED, UNKNOWN) == admin.reasons()
    erased_phone_takes_it(admin)


def test_move_4_a_new_call_manager_from_12(administrator: MakeAdministrator) -> None:
    """ITLRecovery signs on, so that every phone knows the signer."""
    admin = administrator(Release.R12_0)
    tokenless(admin)
    admin.cluster.practice.regenerate(CALL_MANAGER)
    admin.types(UPDATE_LIST)
    assert [RECOVERY, PUBLISHER] == admin.signers()
    assert reasons(KNOWN, KNOWN) == admin.reasons()
    admin.require_same_checksums()


@pytest.mark.parametrize("release", [Release.R12_0, Release.R14_SU3])
def test_move_4_a_new_recovery(administrator: MakeAdministrator, release: Release) -> None:
    """CallManager signs the list that brings the new ITLRecovery, which signs the next one."""
    admin = administrator(release)
    tokenless(admin)
    admin.cluster.practice.regenerate(ITL_RECOVERY)
    admin.types(RESET_LOCAL_KEY)
    assert [PUBLISHER, RECOVERY] == admin.signers()
    assert reasons(KNOWN, KNOWN) == admin.reasons()
    admin.require_same_checksums()
    admin.types(UPDATE_LIST)
    assert [RECOVERY, PUBLISHER] == admin.signers()
    assert reasons(KNOWN, KNOWN) == admin.reasons()
    admin.require_same_checksums()


def test_move_4_both_at_once_loses_the_anchor(administrator: MakeAdministrator) -> None:
    """CallManager renewed before the phones have the new ITLRecovery: a 7960 knows neither."""
    admin = administrator(Release.R12_0)
    tokenless(admin)
    admin.cluster.practice.regenerate(ITL_RECOVERY)
    admin.cluster.practice.regenerate(CALL_MANAGER)
    admin.types(RESET_LOCAL_KEY)
    assert UNKNOWN == admin.reasons()["7960"]
    assert {"7960"} == admin.differing()


def test_move_4_never_with_the_trust_service(administrator: MakeAdministrator) -> None:
    """CallManager and TVS renewed together: no phone believes the trust service, all refuse."""
    admin = administrator()
    tokenless(admin)
    for node in admin.cluster.nodes:
        admin.cluster.practice.regenerate(TVS, node.name)
    admin.cluster.practice.regenerate(CALL_MANAGER)
    admin.types(UPDATE_LIST)
    boots = admin.restarts()
    assert [False] * 4 == [boot.accepted for boot in boots]
    assert {"phone-tvs-silent", UNKNOWN} == {boot.code for boot in boots}
    assert {"7975", "8861", "7960", "7965"} == admin.differing()


def test_move_5_to_non_secure_by_the_server(administrator: MakeAdministrator) -> None:
    """The phones take the list of a cluster that is not secure as any other of its signer."""
    admin = administrator()
    tokenless(admin)
    assert "Cluster set to Non Secure Mode" in admin.types(NON_SECURE_MODE)
    assert Mode.NON_SECURE is admin.cluster.practice.mode
    assert reasons(KNOWN, KNOWN) == admin.reasons()
    admin.require_same_checksums()
    for node in admin.cluster.nodes:
        delete = "file delete activelog cm/tftpdata/CTLFile.tlv"
        assert "deleted = 1" in admin.cluster.command(delete, "y", node=node.name)
    assert admin.shown() is None
    assert reasons("phone-nothing-offered", "phone-nothing-offered") == admin.reasons()


@pytest.mark.usefixtures("etokens")
def test_move_5_to_non_secure_by_a_token(administrator: MakeAdministrator) -> None:
    """One token that is in the list sets the mode and signs a list that every phone knows."""
    admin = administrator()
    admin.makes_token_list()
    admin.update(FIRST_NAME, mode=Mode.NON_SECURE)
    assert Mode.NON_SECURE is admin.cluster.practice.mode
    assert [FIRST_NAME, SECOND_NAME] == admin.signers()
    assert reasons(KNOWN, KNOWN) == admin.reasons()
    admin.require_same_checksums()


@pytest.mark.parametrize("release", [Release.R10_0, Release.R12_0])
def test_move_6_to_another_cluster(administrator: MakeAdministrator, release: Release) -> None:
    """The source's trust service vouches for the destination's signer, if it was told of it."""
    source, target = administrator(release), administrator(release, phones=0)
    tokenless(source)
    target.types(MIXED_MODE)
    stores = (CALL_MANAGER, ITL_RECOVERY) if release.has_recovery else (CALL_MANAGER,)
    for store in stores:
        der = target.cluster.practice.publisher.credential(store).der
        for trusted in (CALL_MANAGER_TRUST, PHONE_SAST_TRUST):
            source.cluster.practice.trust_add(trusted, der)
    source.cluster.restart_services()
    source.cluster.point_phones(target.cluster.directory)
    assert reasons(VOUCHED, UNKNOWN) == source.reasons()
    wanted = target.shown()
    assert wanted is not None
    assert {"7975": wanted.md5, "8861": wanted.sha1, "7965": wanted.md5} == {
        report.model: report.checksum for report in source.cluster.fleet.reports() if report.sbd
    }
    source.erases("7960")
    assert reasons("phone-same", FIRST) == source.reasons()


def test_move_6_leaves_the_source_behind(administrator: MakeAdministrator) -> None:
    """Once a phone has the destination's ITL it asks the destination's trust service."""
    source, target = administrator(), administrator(phones=0)
    tokenless(source)
    target.types(MIXED_MODE)
    der = target.cluster.practice.publisher.credential(CALL_MANAGER).der
    source.cluster.practice.trust_add(CALL_MANAGER_TRUST, der)
    source.cluster.restart_services()
    source.cluster.point_phones(target.cluster.directory)
    source.erases("7960")
    assert reasons(VOUCHED, FIRST) == source.reasons()
    target.cluster.practice.regenerate(CALL_MANAGER)
    target.types(UPDATE_LIST)
    target.cluster.restart_services()
    assert reasons(VOUCHED, UNKNOWN) == source.reasons()


def test_move_6_untold(administrator: MakeAdministrator) -> None:
    """A source that does not know the destination's certificates vouches for nobody."""
    source, target = administrator(), administrator(phones=0)
    tokenless(source)
    target.types(MIXED_MODE)
    source.cluster.point_phones(target.cluster.directory)
    codes = {boot.code for boot in source.cluster.restart_phones()}
    assert {"phone-tvs-unknown", UNKNOWN} == codes
    source.require_same_checksums()


def test_move_7_one_token_lost(administrator: MakeAdministrator, etokens: SoftHsmStore) -> None:
    """The other one signs a list with a new token and without the lost one; all phones take it."""
    etokens.add(etoken(THIRD_NAME))
    admin = administrator()
    admin.makes_token_list()
    admin.uploads(THIRD_NAME)
    admin.update(FIRST_NAME, THIRD_NAME, remove=(SECOND_NAME,))
    assert [FIRST_NAME, THIRD_NAME] == admin.signers()
    assert reasons(KNOWN, KNOWN) == admin.reasons()
    admin.require_same_checksums()


@pytest.mark.usefixtures("etokens")
def test_move_7_both_tokens_lost(administrator: MakeAdministrator) -> None:
    """From 10.0 on leaving mixed mode and entering it again need no token at all."""
    admin = administrator()
    admin.makes_token_list()
    admin.types(NON_SECURE_MODE)
    assert [PUBLISHER] == admin.signers()
    assert reasons(VOUCHED, UNKNOWN) == admin.reasons()
    admin.types(MIXED_MODE)
    assert reasons(KNOWN, UNKNOWN) == admin.reasons()
    erased_phone_takes_it(admin)


def _refused(boots: tuple[Boot, ...]) -> list[str]:
    return [boot.text for boot in boots if not boot.accepted]


def test_many_phones_at_once(administrator: MakeAdministrator) -> None:
    """200 phones restart together on eight nodes, and all hold the same list afterwards."""
    admin = administrator(subscribers=7, phones=200)
    admin.types(MIXED_MODE)
    boots = admin.cluster.restart_phones()
    assert {True: 200} == Counter(boot.accepted for boot in boots), _refused(boots)
    admin.require_same_checksums()
