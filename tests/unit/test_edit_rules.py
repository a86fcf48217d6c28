"""Who signs and what stays: rules 1 to 3 of making and changing lists."""

from __future__ import annotations

from types import ModuleType
from typing import TYPE_CHECKING

import pytest

from ctlkit.certificate import Certificate
from ctlkit.drafts import draft, identity_of, make_record
from ctlkit.edit import (
    Consent,
    Server,
    require_consent,
)
from ctlkit.errors import UsageError
from ctlkit.profiles import CTL_CLIENT, CUCM, USECALLMANAGER
from ctlkit.signing import sign
from ctlkit.trustlist import Digest, Function, TrustList
from ctlkit.verify import VerifiedList, verify
from softhsm_fixtures import CertificateSpec, make_certificate

if TYPE_CHECKING:
    from tests.unit.conftest import Editor

NOW = 1425675367
PUBLISHER, SUBSCRIBER = "10.48.47.153", "10.48.47.154"


def test_a_new_list_needs_two_tokens(editor: Editor) -> None:
    """Rule 1: one token alone is refused, also when it is named twice."""
    for tokens in ((), (editor.token("etoken-2"),)):
        error = editor.refused(lambda: editor.create(tokens=tokens), "two-tokens-needed", 1)  # noqa: B023
        assert "etoken-2" in str(error)


def test_an_update_needs_a_token_of_the_list(editor: Editor, present: VerifiedList) -> None:
    """Rule 1: with a present list and none of its tokens the answer is E1, to the letter."""
    error = editor.refused(
        lambda: editor.update(present, signer=editor.token("etoken-3")), "token-not-in-list", 1
    )
    assert "The Security Token you have inserted does not exist in the CTL File" == str(error)


def test_a_servers_certificate_is_no_token_of_the_list(
    editor: Editor, present: VerifiedList
) -> None:
    """Rule 1: the token must be a SAST entry, by certificate; a CCM+TFTP entry is none."""
    own = editor.token("publisher-1024")
    editor.refused(lambda: editor.update(present, signer=own), "token-not-in-list", 1)


def test_every_token_must_be_able_to_sign(editor: Editor) -> None:
    """A token whose key has no number in the format is refused before anybody logs in."""
    tokens = (editor.token("ec-server"),)
    editor.refused(lambda: editor.create(tokens=tokens), "signer-key-unusable", 0)


@pytest.mark.parametrize("label", ["etoken-1", "etoken-2"])
def test_either_token_of_the_list_may_sign(
    editor: Editor, present: VerifiedList, label: str
) -> None:
    """Rule 2: any SAST entry of the present list signs without more words."""
    planned = editor.update(present, signer=editor.token(label))
    assert [] == editor.red(planned)
    require_consent(planned.messages, Consent())
    assert (
        label
        == {4: "etoken-2", 0: "etoken-1"}[
            next(
                at
                for at, record in enumerate(editor.records(planned))
                if (record.serial, record.issuer)
                == (planned.draft.header.signer_serial, planned.draft.header.signer_issuer)
            )
        ]
    )


def test_a_new_signer_has_a_confirmation_of_its_own(editor: Editor, present: VerifiedList) -> None:
    """Rule 2: a token that is new in this run signs only after --confirm-new-signer."""
    planned = editor.update(
        present, signer=editor.token("etoken-3"), tokens=(editor.token("etoken-1"),)
    )
    assert ["signer-new"] == editor.red(planned)
    error = editor.refused(lambda: require_consent(planned.messages, Consent()), "signer-new", 2)
    assert "SAST-ADN0054f509" in error.advice
    assert "--confirm-new-signer" in error.advice
    for consent in (Consent(lockout="LOCKOUT"), Consent(stale=frozenset({"1"}))):
        editor.refused(lambda: require_consent(planned.messages, consent), "signer-new", 2)  # noqa: B023
    require_consent(planned.messages, Consent(new_signer=True))


def test_the_signer_is_not_removed_from_its_own_list(editor: Editor, present: VerifiedList) -> None:
    """Rule 2: dropping the old token is the second round, signed by the new one."""
    serial = editor.certificate("etoken-2").serial.hex()
    editor.refused(
        lambda: editor.update(present, remove=(serial,), tokens=(editor.token("etoken-3"),)),
        "remove-signer",
        2,
    )


def test_tokens_are_replaced_in_two_rounds(editor: Editor, present: VerifiedList) -> None:
    """Rule 2: add the new one signed by an old one; then sign with the new, drop the old."""
    first = editor.signed(editor.update(present, tokens=(editor.token("etoken-3"),)))
    planned = editor.update(
        first,
        signer=editor.token("etoken-3"),
        remove=(editor.certificate("etoken-2").serial.hex(),),
    )
    assert [] == editor.red(planned)
    second = editor.signed(planned, "etoken-3")
    verify(second.list, (first,))


def test_two_sast_entries_stay(editor: Editor, present: VerifiedList) -> None:
    """Rule 3: the last two cannot be removed; with a third one of them can."""
    serial = editor.certificate("etoken-1").serial.hex()
    editor.refused(lambda: editor.update(present, remove=(serial,)), "two-sast-stay", 3)
    planned = editor.update(present, remove=(serial,), tokens=(editor.token("etoken-3"),))
    assert ["new", "kept", "kept", "kept", "kept", "removed"] == editor.states(planned)


def test_the_same_certificate_twice_is_one_sast_entry(editor: Editor) -> None:
    """Rule 3: two entries of one certificate would be one lost token away from none."""
    certificate = editor.certificate("etoken-2")
    record = make_record(CTL_CLIENT, Function.SAST, certificate)
    server = make_record(
        CTL_CLIENT, Function.CCM_TFTP, editor.certificate("publisher-1024"), dns=PUBLISHER
    )
    made = draft(
        CTL_CLIENT,
        (record, record, server),
        signer=certificate,
        identity=identity_of(record),
        digest=Digest.SHA1,
        timestamp=1,
        filename="CTLFile.tlv",
    )
    value = sign(made, editor.make_data.signer("etoken-2"))
    assert isinstance(value, TrustList)
    editor.refused(lambda: editor.update(verify(value)), "two-sast-stay", 3)


@pytest.fixture(scope="session")
def recovery(make_data: ModuleType) -> Certificate:
    """Give an ITLRecovery certificate."""
    spec = CertificateSpec("CN=ITLRECOVERY_cucm-1051-a-pub,O=Cisco", serial=0x17A7)
    return Certificate.from_der(make_certificate(spec, key=make_data.key("signer-4096")).der)


@pytest.fixture(scope="session")
def with_servers_own(editor: Editor, recovery: Certificate) -> VerifiedList:
    """Give a list that holds ITLRecovery and CallManager as SAST besides two tokens."""
    own = (
        Server(Function.SAST, recovery, address=PUBLISHER),
        editor.server("publisher-1024", Function.SAST),
        editor.server("capf", Function.SAST),
    )
    return editor.signed(editor.create(servers=(*editor.servers(), *own)))


def test_the_servers_own_signers_stay(
    editor: Editor, with_servers_own: VerifiedList, recovery: Certificate
) -> None:
    """Rule 3: ITLRecovery and CallManager are kept, and refused to be removed by any name."""
    planned = editor.update(with_servers_own)
    assert 5 == editor.functions(planned).count(Function.SAST)
    named = "744B4999770496E799E91E81D3C8109B"  # told by its DNSNAME alone
    same = "70CAF64E090751B9DF22F49F754FC5BB"  # the publisher's CCM+TFTP certificate
    for wanted in (recovery.serial.hex(), same, named, PUBLISHER):
        editor.refused(lambda: editor.update(with_servers_own, remove=(wanted,)), "sast-stays", 3)  # noqa: B023


def test_the_servers_own_signers_are_told_without_a_name(
    editor: Editor, recovery: Certificate
) -> None:
    """Rule 3: in a dialect without DNSNAME it is the common name, or the same certificate."""
    servers = (
        editor.server("publisher-1024"),
        Server(Function.SAST, recovery),
        editor.server("publisher-1024", Function.SAST),
    )
    made = editor.signed(editor.create(servers=servers, profile=USECALLMANAGER))
    for wanted in (recovery.serial.hex(), "70CAF64E090751B9DF22F49F754FC5BB"):
        editor.refused(
            lambda: editor.update(made, remove=(wanted,), profile=USECALLMANAGER),  # noqa: B023
            "sast-stays",
            3,
        )


def test_more_than_two_sast_warn_in_one_profile_only(
    editor: Editor, with_servers_own: VerifiedList
) -> None:
    """Cisco's own files carry four: a warning is due with Asterisk's dialect alone."""
    for profile, expected in ((CTL_CLIENT, False), (CUCM, False), (USECALLMANAGER, True)):
        planned = editor.update(with_servers_own, profile=profile)
        assert expected is ("many-sast" in [item.code for item in planned.messages])


def test_entries_are_removed_by_serial_or_name(editor: Editor, present: VerifiedList) -> None:
    """A serial in either byte order, with colons or without, any case; or the DNS name."""
    capf = editor.certificate("capf").serial
    for wanted in (capf.hex(), capf.hex(":").upper(), capf[::-1].hex(), f"0{capf.hex()}"):
        planned = editor.update(present, remove=(wanted,))
        assert [0, 2, 2, 0] == editor.functions(planned)
    assert [0, 2, 4, 0] == editor.functions(editor.update(present, remove=(SUBSCRIBER,)))
    with pytest.raises(UsageError) as caught:
        editor.update(present, remove=("4711",))
    assert ("remove-not-found", "4711") == (caught.value.code, caught.value.values["serial"])


def test_what_is_named_for_the_list_is_not_removed(editor: Editor, present: VerifiedList) -> None:
    """So the token of the list that has to be at hand is an entry afterwards too (rule 1)."""
    with pytest.raises(UsageError) as caught:
        editor.update(
            present,
            signer=editor.token("etoken-3"),
            tokens=(editor.token("signer-4096"), editor.token("etoken-1")),
            remove=(editor.certificate("etoken-1").serial.hex(),),
        )
    assert "remove-and-name" == caught.value.code
