"""Servers, mode, order and what is told: rules 4 to 6 of making and changing lists."""

from __future__ import annotations

import dataclasses
from types import ModuleType
from typing import TYPE_CHECKING

import pytest

from ctlkit.certificate import Certificate
from ctlkit.codec import PHONE_LIMIT, encode_record
from ctlkit.drafts import make_record
from ctlkit.edit import (
    Consent,
    Mode,
    Origin,
    Plan,
    RowState,
    holds,
    mode_of,
    require_consent,
)
from ctlkit.errors import UsageError
from ctlkit.profiles import CTL_CLIENT, CUCM, USECALLMANAGER
from ctlkit.trustlist import Digest, Field, Function, Record
from ctlkit.verify import VerifiedList
from softhsm_fixtures import CertificateSpec, make_certificate

if TYPE_CHECKING:
    from tests.unit.conftest import Editor

NOW = 1425675367
PUBLISHER, SUBSCRIBER = "10.48.47.153", "10.48.47.154"


def test_a_new_list_needs_a_server(editor: Editor) -> None:
    """Rule 4: without a CCM+TFTP certificate no list is made, in either mode."""
    for mode in (None, *Mode):
        for servers in ((), (editor.server("capf", Function.CAPF),)):
            editor.refused(
                lambda: editor.create(servers=servers, mode=mode),  # noqa: B023
                "servers-needed",
                4,
            )


def test_the_last_server_cannot_be_removed(editor: Editor, present: VerifiedList) -> None:
    """Rule 4: a list needs its servers."""
    both = (f"CCM+TFTP,{PUBLISHER}", SUBSCRIBER)
    editor.refused(lambda: editor.update(present, remove=both), "servers-needed", 4)


@pytest.mark.parametrize(
    ("wanted", "gone"),
    [
        (f"CAPF,{PUBLISHER}", [2]),
        (f"ccm+tftp,{PUBLISHER}", [1]),
        ("SAST-ADN0054f509", [0]),
        ("CAPF-e41e7d87", [2]),
    ],
)
def test_entries_are_removed_by_name(
    editor: Editor, present: VerifiedList, wanted: str, gone: list[int]
) -> None:
    """A common or DNS name means an entry; where it means several, the function tells which."""
    planned = editor.update(present, tokens=(editor.token("etoken-3"),), remove=(wanted,))
    removed = [row.old for row in planned.rows if row.state is RowState.REMOVED]
    assert [present.list.records[at] for at in gone] == removed


def test_a_name_of_several_entries_removes_none(editor: Editor, present: VerifiedList) -> None:
    """The publisher's address is CallManager's and CAPF's: nobody meant both."""
    with pytest.raises(UsageError) as caught:
        editor.update(present, remove=(PUBLISHER,))
    assert "remove-several" == caught.value.code
    assert "CAPF, CCM+TFTP" in str(caught.value)


def test_leaving_non_secure_needs_every_certificate(editor: Editor, present: VerifiedList) -> None:
    """Rule 4: each server that has none gets its certificate again, or the change is refused."""
    empty = editor.signed(editor.update(present, mode=Mode.NON_SECURE))
    for servers in ((), (editor.server("publisher-1024"),)):
        error = editor.refused(
            lambda: editor.update(empty, mode=Mode.MIXED, servers=servers),  # noqa: B023
            "server-certificate-needed",
            4,
        )
        assert {0: PUBLISHER, 1: SUBSCRIBER}[len(servers)] == error.values["node"]


def test_non_secure_is_refused_in_asterisks_profile(editor: Editor) -> None:
    """Rule 4: that dialect has no DNSNAME, and so no short record."""
    editor.refused(
        lambda: editor.create(profile=USECALLMANAGER, mode=Mode.NON_SECURE),
        "non-secure-profile",
        4,
    )


def test_non_secure_and_back(editor: Editor, present: VerifiedList) -> None:
    """Rule 5: tokens and CAPF stay, CCM+TFTP records shrink; back again they are as before."""
    planned = editor.update(present, mode=Mode.NON_SECURE)
    assert Mode.NON_SECURE is planned.mode
    assert ["kept", "changed", "kept", "changed", "kept"] == editor.states(planned)
    records = editor.records(planned)
    assert [33, 33] == [len(encode_record(records[at])) for at in (1, 3)]
    assert [present.list.records[at] for at in (0, 2, 4)] == [records[at] for at in (0, 2, 4)]
    empty = editor.signed(planned)
    assert Mode.NON_SECURE is mode_of(empty.list.records)
    back = editor.update(empty, mode=Mode.MIXED, servers=editor.servers())
    assert Mode.MIXED is back.mode
    assert present.list.records == editor.records(back)


def test_a_non_secure_list_can_be_made(editor: Editor) -> None:
    """Rule 5: stated when there is no list, the mode is the list's from the start."""
    made = editor.signed(editor.create(mode=Mode.NON_SECURE))
    assert Mode.NON_SECURE is mode_of(made.list.records)
    assert Mode.NON_SECURE is editor.create(default_mode=Mode.NON_SECURE).mode
    assert Mode.MIXED is editor.create().mode


def test_an_update_goes_by_the_present_list(editor: Editor, present: VerifiedList) -> None:
    """Rule 5: a list with any short record stays non-secure, a full one mixed."""
    empty = editor.signed(editor.update(present, mode=Mode.NON_SECURE))
    assert Mode.NON_SECURE is editor.update(empty, default_mode=Mode.MIXED).mode
    assert Mode.MIXED is editor.update(present, default_mode=Mode.NON_SECURE).mode
    given = editor.update(empty, servers=(editor.server("publisher-1024"),))
    assert empty.list.records == editor.records(given)


def test_a_new_list_has_the_published_order(editor: Editor) -> None:
    """Rule 6: first token, servers, further tokens; the signer, if not named before, is last."""
    assert [0, 2, 4, 2, 0] == editor.functions(editor.create())
    tokens = tuple(map(editor.token, ("etoken-2", "etoken-1", "etoken-3")))
    assert [0, 2, 4, 2, 0, 0] == editor.functions(editor.create(tokens=tokens))
    names = [line.strip('"').strip() for line in editor.labels(editor.create(tokens=tokens))]
    assert "SAST-ADN008580ef" == names[0]
    assert ["SAST-ADN0054f509", "SAST-ADN00000003"] == names[-2:]


def test_an_update_keeps_the_order(editor: Editor, present: VerifiedList) -> None:
    """Rule 6: new tokens come first, a new server behind the last server, the rest stays."""
    tftp = editor.server("publisher-2048", Function.TFTP, address="10.48.47.155")
    planned = editor.update(present, tokens=(editor.token("etoken-3"),), servers=(tftp,))
    assert [0, 0, 2, 4, 2, 3, 0] == editor.functions(planned)
    kept = [record for at, record in enumerate(editor.records(planned)) if at not in (0, 5)]
    assert list(present.list.records) == kept
    assert ["new", "kept", "kept", "kept", "kept", "new", "kept"] == editor.states(planned)


def test_an_update_without_a_change_says_so(editor: Editor, present: VerifiedList) -> None:
    """The same entries, mode and digest: nothing changed but the date."""
    assert editor.update(present).unchanged
    assert editor.update(present, servers=editor.servers()).unchanged
    assert not editor.update(present, digest=Digest.SHA512).unchanged
    assert not editor.update(present, mode=Mode.NON_SECURE).unchanged
    assert not editor.create().unchanged


def test_names_of_a_token_in_the_list_are_not_made_again(
    editor: Editor, present: VerifiedList
) -> None:
    """The header copies subject, issuer and serial from the record, whatever the profile."""
    for profile in (CTL_CLIENT, CUCM, USECALLMANAGER):
        planned = editor.update(present, profile=profile)
        header, record = planned.draft.header, present.list.records[4]
        assert (record.subject, record.issuer) == (header.signer_name, header.signer_issuer)
        assert record.serial == header.signer_serial
        assert present.list.records == editor.records(planned)


def test_the_digest_is_the_present_lists(editor: Editor, present: VerifiedList) -> None:
    """Rule 6: SHA-1 for a new list; a list with SHA-512 keeps it without being asked again."""
    assert Digest.SHA1 == editor.create().draft.header.digest
    planned = editor.update(present, digest=Digest.SHA512)
    assert ["digest-sha512"] == editor.red(planned)
    editor.refused(lambda: require_consent(planned.messages, Consent()), "digest-sha512", 9)
    editor.refused(
        lambda: require_consent(planned.messages, Consent(lockout="yes")), "digest-sha512", 9
    )
    require_consent(planned.messages, Consent(lockout="LOCKOUT"))
    strong = editor.update(editor.signed(planned))
    assert Digest.SHA512 == strong.draft.header.digest
    assert [] == editor.red(strong)


def test_name_and_signer_version_are_the_present_lists(editor: Editor) -> None:
    """What the header says besides the signer is kept: the file's name and tag 28."""
    planned = editor.create(profile=USECALLMANAGER, filename="CTLSEP001122334455.tlv")
    fields = planned.draft.header.fields
    version = [Field(28, b"\1\1") if item.tag == 28 else item for item in fields]
    header = dataclasses.replace(planned.draft.header, fields=tuple(version))
    changed = dataclasses.replace(planned.draft, header=header)
    made = editor.signed(dataclasses.replace(planned, draft=changed))
    after = editor.update(made, filename="CTLFile.tlv", profile=CTL_CLIENT).draft.header
    assert (b"\1\1", "CTLSEP001122334455.tlv") == (after.signer_version, after.filename)


def test_a_list_never_exceeds_what_phones_take(editor: Editor) -> None:
    """Over 65,536 bytes nothing is signed: phones would refuse the list."""
    servers = tuple(
        editor.server("publisher-2048", Function.TFTP, address=f"10.0.0.{number}")
        for number in range(1, 50)
    )
    error = editor.refused(
        lambda: editor.create(servers=(*editor.servers(), *servers)), "list-over-phone-limit", 0
    )
    assert PHONE_LIMIT == error.values["limit"]
    assert isinstance(error.values["size"], int)
    assert error.values["size"] > PHONE_LIMIT


def test_what_is_amber_is_told(editor: Editor, present: VerifiedList) -> None:
    """No list before, an older time, one token seen, a certificate that runs out: no consent."""
    end = 2524607999

    def told(planned: Plan) -> set[str]:
        assert [] == editor.red(planned)
        return {item.code for item in planned.messages} - {"afterwards", "unchanged"}

    assert {"creating"} == told(editor.create())
    assert {"one-token-seen"} == told(editor.update(present))
    both = {"tokens": (editor.token("etoken-1"),)}
    assert set() == told(editor.update(present, **both))
    assert {"timestamp-older"} == told(editor.update(present, timestamp=NOW - 1, **both))
    assert {"expires"} == told(editor.update(present, now=end - 100 * 86400, **both))
    assert "afterwards" == editor.update(present).messages[-1].code


def test_a_list_that_stays_the_same_is_told(editor: Editor, present: VerifiedList) -> None:
    """Signing the same entries again costs the list that is kept: said, unless there is news."""

    def said(planned: Plan) -> bool:
        assert planned.unchanged is any(item.code == "unchanged" for item in planned.messages)
        return planned.unchanged

    assert said(editor.update(present))
    assert not said(editor.update(present, tokens=(editor.token("etoken-3"),)))
    assert not said(editor.update(present, digest=Digest.SHA512))
    assert not said(editor.create())


def test_kept_entries_keep_their_bytes(editor: Editor, present: VerifiedList) -> None:
    """An entry that stays has the same bytes as in the present list, whatever else changes."""
    planned = editor.update(
        present,
        profile=CUCM,
        tokens=(editor.token("etoken-3"),),
        servers=(editor.server("publisher-2048", name="cucm-1051-a-pub"),),
    )
    for row in planned.rows:
        if row.state is RowState.KEPT:
            assert row.old is not None
            assert encode_record(row.old) == encode_record(row.record)
            assert row.record in editor.records(planned)


def test_a_renewed_certificate_is_another(editor: Editor, make_data: ModuleType) -> None:
    """The same key under a new certificate is not the entry of the old one."""
    renewed = make_certificate(CertificateSpec("CN=renewed"), key=make_data.key("etoken-1"))
    record = make_record(CUCM, Function.SAST, editor.certificate("etoken-1"))
    assert not holds(record, Certificate.from_der(renewed.der))


def test_an_entry_is_a_certificates_by_its_bytes(editor: Editor) -> None:
    """Where the record has the certificate it decides; where it has none its key does."""
    own, other = editor.certificate("etoken-1"), editor.certificate("etoken-2")
    record = make_record(CUCM, Function.SAST, own)
    bare = Record(tuple(item for item in record.fields if item.tag != 9))
    assert holds(record, own)
    assert holds(bare, own)
    assert not holds(record, other)
    assert not holds(bare, other)
    assert not holds(Record(()), own)


def test_origins_are_ordered_by_trust() -> None:
    """A person's word goes before the cluster's, that before a list's, and that before the rest."""
    assert [Origin.GIVEN, Origin.CLUSTER, Origin.VERIFIED, Origin.FETCHED] == list(Origin)
