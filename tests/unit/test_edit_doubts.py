"""What is doubtful about servers: unauthenticated certificates, twins, signers of the server."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ctlkit.certificate import Certificate
from ctlkit.drafts import make_record
from ctlkit.edit import Consent, Mode, Origin, Server, mode_of, require_consent
from ctlkit.errors import RuleError
from ctlkit.profiles import CTL_CLIENT, CUCM
from ctlkit.trustlist import Field, Function, Record, RecordTag
from ctlkit.verify import VerifiedList
from softhsm_fixtures import CertificateSpec, make_certificate, make_key

if TYPE_CHECKING:
    from tests.unit.conftest import Editor

PUBLISHER, SUBSCRIBER = "10.48.47.153", "10.48.47.154"


def _certificate(common_name: str, serial: int, kind: int | str = 1024) -> Certificate:
    spec = CertificateSpec(subject=f"CN={common_name}", serial=serial)
    key = make_key(kind)  # type: ignore[arg-type]  # a length or the name of a curve
    return Certificate.from_der(make_certificate(spec, key=key).der)


@pytest.mark.parametrize(
    ("label", "function", "address"),
    [
        ("capf", Function.CCM_TFTP, "6.6.6.6"),
        ("capf", Function.TFTP, PUBLISHER),
        ("publisher-1024", Function.CCM_TFTP, "6.6.6.6"),
    ],
)
def test_a_fetched_certificate_makes_no_entry_unasked(
    editor: Editor, present: VerifiedList, label: str, function: Function, address: str
) -> None:
    """That the list holds the certificate elsewhere does not vouch for a new entry with it."""
    fetched = editor.server(label, function, address=address, origin=Origin.FETCHED)
    planned = editor.update(present, servers=(fetched,))
    assert ["fingerprint-unconfirmed"] == editor.red(planned)
    (message,) = [item for item in planned.messages if item.code == "fingerprint-unconfirmed"]
    assert address in message.text
    with pytest.raises(RuleError):
        require_consent(planned.messages, Consent())
    fingerprint = fetched.certificate.fingerprint().hex()
    require_consent(planned.messages, Consent(fingerprints=frozenset({fingerprint})))


def test_a_fetched_certificate_fills_no_short_entry_unasked(
    editor: Editor, present: VerifiedList
) -> None:
    """Leaving non-secure with what nobody authenticated is confirmed by fingerprint too."""
    short = editor.signed(editor.update(present, mode=Mode.NON_SECURE))
    planned = editor.update(
        short,
        mode=Mode.MIXED,
        servers=(
            editor.server("publisher-1024", origin=Origin.FETCHED),
            editor.server("subscriber", address=SUBSCRIBER),
        ),
    )
    assert ["fingerprint-unconfirmed"] == editor.red(planned)


def test_a_fetched_certificate_that_is_the_entry_asks_for_nothing(
    editor: Editor, present: VerifiedList
) -> None:
    """The same certificate for the same server changes nothing and confirms what is there."""
    fetched = editor.server("publisher-1024", origin=Origin.FETCHED)
    planned = editor.update(present, servers=(fetched,))
    assert ([], {"kept"}) == (editor.red(planned), set(editor.states(planned)))


def test_rsa_and_ec_entries_leave_non_secure_together(
    editor: Editor, present: VerifiedList
) -> None:
    """Two short entries of one address are filled one after the other."""
    ec = Server(Function.CCM_TFTP, _certificate("pub-ec", 7, "p256"), address=PUBLISHER)
    both = editor.signed(editor.update(present, servers=(ec,)))
    short = editor.signed(editor.update(both, mode=Mode.NON_SECURE))
    given = (
        editor.server("publisher-1024"),
        ec,
        editor.server("subscriber", address=SUBSCRIBER),
    )
    again = editor.signed(editor.update(short, mode=Mode.MIXED, servers=given))
    assert Mode.MIXED is mode_of(again.list.records)
    held = sorted(item.certificate or b"" for item in both.list.records)
    assert held == sorted(item.certificate or b"" for item in again.list.records)


def test_a_record_with_a_hash_is_not_the_short_form() -> None:
    """A record that names its certificate by hash does not turn the list non-secure."""
    full = make_record(CTL_CLIENT, Function.CCM_TFTP, _certificate("pub", 9), dns=PUBLISHER)
    kept = [item for item in full.fields if item.tag != RecordTag.CERTIFICATE]
    hashed = Record((*kept, Field(RecordTag.CERTHASH, bytes(20))))
    assert Mode.MIXED is mode_of([hashed])


def test_a_server_is_known_by_its_name_as_well(editor: Editor) -> None:
    """A server that moved to another address is the same server: changed, not added."""
    names = [{"name": "pub"}, {"name": "pub"}, {"name": "sub", "address": SUBSCRIBER}]
    labels = [("publisher-1024", 2), ("capf", 4), ("subscriber", 2)]
    servers = tuple(
        editor.server(label, function, **more)
        for (label, function), more in zip(labels, names, strict=True)
    )
    present = editor.signed(editor.create(profile=CUCM, servers=servers))
    moved = editor.server("publisher-2048", name="pub", address="10.0.0.9")
    planned = editor.update(present, profile=CUCM, servers=(moved,))
    assert ["kept", "changed", "kept", "kept", "kept"] == editor.states(planned)
    assert bytes((10, 0, 0, 9)) == planned.rows[1].record.ip_address


def test_a_signer_of_the_server_is_added_and_replaces_nothing(
    editor: Editor, present: VerifiedList
) -> None:
    """Another SAST certificate of the same name stands beside a token's or the server's own."""
    token = editor.certificate("etoken-1")
    subject = token.common_name
    twin = Server(Function.SAST, _certificate(subject, 99), name="pub", address=PUBLISHER)
    planned = editor.update(present, servers=(twin,))
    assert "changed" not in editor.states(planned)
    assert token.der in [record.certificate for record in editor.records(planned)]
    first = Server(Function.SAST, _certificate("ITLRECOVERY_pub", 5), address=PUBLISHER)
    second = Server(Function.SAST, _certificate("ITLRECOVERY_pub", 6), address=PUBLISHER)
    held = editor.signed(editor.update(present, servers=(first,)))
    renewed = editor.records(editor.update(held, servers=(second,)))
    assert {first.certificate.der, second.certificate.der} <= {item.certificate for item in renewed}


@pytest.mark.parametrize("name", ["pub\udcff", "pub\0lisher"])
def test_a_name_that_cannot_stand_in_a_list(
    editor: Editor, present: VerifiedList, name: str
) -> None:
    """Bytes that are no text, and NUL, are refused in words."""
    server = editor.server("publisher-2048", name=name, address="10.0.0.9")
    editor.refused(
        lambda: editor.update(present, profile=CUCM, servers=(server,)), "text-unwritable", 0
    )
