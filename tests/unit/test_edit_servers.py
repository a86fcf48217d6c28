"""Servers made fresh (rule 4): which entry is whose, what becomes of it, what is asked."""

from __future__ import annotations

from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest

from ctlkit.certificate import Certificate
from ctlkit.edit import Consent, Origin, Server, require_consent
from ctlkit.errors import UsageError
from ctlkit.profiles import CTL_CLIENT, CUCM, USECALLMANAGER
from ctlkit.trustlist import Function
from ctlkit.verify import VerifiedList
from softhsm_fixtures import CertificateSpec, make_certificate

if TYPE_CHECKING:
    from tests.unit.conftest import Editor

PUBLISHER, SUBSCRIBER, OTHER = "10.48.47.153", "10.48.47.154", "10.48.47.155"


def changed_rows(editor: Editor, present: VerifiedList, server: Server) -> list[str]:
    """What becomes of each entry when a server is given."""
    return editor.states(editor.update(present, servers=(server,)))


def test_a_given_certificate_replaces_the_entry_of_its_address(
    editor: Editor, present: VerifiedList
) -> None:
    """The row is `changed`, old and new; no other entry is, and nothing has to be confirmed."""
    planned = editor.update(present, servers=(editor.server("publisher-2048"),))
    assert ["kept", "changed", "kept", "kept", "kept"] == editor.states(planned)
    assert [] == editor.red(planned)
    row = planned.rows[1]
    assert row.old == present.list.records[1]
    assert editor.certificate("publisher-2048").serial == row.record.serial
    assert PUBLISHER == row.record.dns_name


def test_the_same_certificate_changes_nothing(editor: Editor, present: VerifiedList) -> None:
    """A server that still uses its certificate keeps its entry, byte by byte."""
    assert {"kept"} == set(changed_rows(editor, present, editor.server("publisher-1024")))


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"address": PUBLISHER}, 1),
        ({"address": None, "name": PUBLISHER}, 1),
        ({"address": SUBSCRIBER}, 3),
        ({"address": OTHER}, None),
        ({"address": None, "name": "elsewhere"}, 1),
    ],
    ids=["address", "address as a name", "of another server", "new", "subject"],
)
def test_entries_match_by_function_and_address(
    editor: Editor, present: VerifiedList, given: dict[str, Any], expected: int | None
) -> None:
    """By DNSNAME or IPADDRESS; by the subject where the address says nothing; never by both."""
    found = changed_rows(editor, present, editor.server("publisher-2048", **given))
    if expected is None:
        assert ["kept", "kept", "kept", "kept", "new", "kept"] == found
    else:
        assert expected == found.index("changed")


def test_another_function_is_another_entry(editor: Editor, present: VerifiedList) -> None:
    """The publisher's CCM+TFTP entry stays when a TFTP certificate comes for its address."""
    server = editor.server("publisher-2048", Function.TFTP)
    assert ["kept", "kept", "kept", "kept", "new", "kept"] == changed_rows(editor, present, server)


def test_names_are_compared_without_case(editor: Editor) -> None:
    """In the server's dialect entries have host names: matched as hosts are."""
    servers = (editor.server("publisher-1024", name="Pub", address=None),)
    first = editor.signed(editor.create(servers=servers, profile=CUCM))
    for name, expected in (("pUB", "changed"), ("sub", "new")):
        server = editor.server("publisher-2048", name=name, address=None)
        planned = editor.update(first, servers=(server,), profile=CUCM)
        assert expected in editor.states(planned)


def test_an_address_is_found_in_ipaddress_too(editor: Editor) -> None:
    """A record with a host name and an IPADDRESS is found by the latter."""
    servers = (editor.server("publisher-1024", name="pub"),)
    first = editor.signed(editor.create(servers=servers, profile=CUCM))
    server = editor.server("publisher-2048", name="another")
    planned = editor.update(first, servers=(server,), profile=CUCM)
    assert ["kept", "changed", "kept"] == editor.states(planned)


def test_a_key_of_another_kind_is_another_entry(editor: Editor, present: VerifiedList) -> None:
    """An EC certificate stands beside the RSA one of the same server and replaces none."""
    first = editor.update(present, servers=(editor.server("ec-server"),))
    assert ["kept", "kept", "kept", "kept", "new", "kept"] == editor.states(first)
    signed = editor.signed(first)
    both = (editor.server("ec-server"), editor.server("publisher-1024"))
    assert {"kept"} == set(editor.states(editor.update(signed, servers=both)))


def test_one_server_is_not_given_twice(editor: Editor, present: VerifiedList) -> None:
    """Two different certificates for the same function and address are a mistake of the caller."""
    servers = (editor.server("publisher-1024"), editor.server("publisher-2048"))
    for before in (present, None):
        with pytest.raises(UsageError) as caught:
            editor.plan(present=before, servers=servers, tokens=(editor.token("etoken-1"),))
        assert "server-twice" == caught.value.code


def test_an_entry_that_cannot_be_told_is_asked_for(editor: Editor, make_data: ModuleType) -> None:
    """Where several entries fit, nothing is replaced by chance; the exact one is still found."""
    servers = (
        editor.server("publisher-1024", address=PUBLISHER),
        editor.server("publisher-2048", address=SUBSCRIBER),
    )
    first = editor.signed(editor.create(servers=servers))
    spec = CertificateSpec("L=Krakow,ST=Malopolska,CN=cucm-1051-a-pub,OU=TAC,O=Cisco,C=PL")
    third = Certificate.from_der(make_certificate(spec, key=make_data.key("capf")).der)
    with pytest.raises(UsageError) as caught:
        editor.update(first, servers=(Server(Function.CCM_TFTP, third, name="elsewhere"),))
    assert "server-several-entries" == caught.value.code
    same = editor.server("publisher-2048", address=None, name="elsewhere")
    assert {"kept"} == set(changed_rows(editor, first, same))


@pytest.mark.parametrize(
    ("profile", "given", "code"),
    [
        (CTL_CLIENT, {"address": None}, "server-address-missing"),
        (CTL_CLIENT, {"address": None, "name": "host"}, "server-address-missing"),
        (CUCM, {}, "server-name-missing"),
        (CUCM, {"name": PUBLISHER}, "server-name-missing"),
    ],
)
def test_a_missing_address_is_never_looked_up(
    editor: Editor, profile: Any, given: dict[str, Any], code: str
) -> None:
    """The dialect's DNSNAME has to be given: nothing is taken from DNS in silence."""
    with pytest.raises(UsageError) as caught:
        editor.create(servers=(editor.server("publisher-1024", **given),), profile=profile)
    assert code == caught.value.code


def test_asterisks_dialect_needs_no_name(editor: Editor) -> None:
    """Its records have neither DNSNAME nor IPADDRESS."""
    servers = (editor.server("publisher-1024", address=None),)
    planned = editor.create(servers=servers, profile=USECALLMANAGER)
    assert [0, 2, 0] == editor.functions(planned)
    assert editor.records(planned)[1].dns_name is None


def test_a_replaced_entry_lends_name_and_address(editor: Editor) -> None:
    """What the new certificate's --server does not say is taken from the entry it replaces."""
    first = editor.signed(
        editor.create(servers=(editor.server("publisher-1024", name="pub"),), profile=CUCM)
    )
    server = editor.server("publisher-2048", address=None)
    planned = editor.update(first, servers=(server,), profile=CUCM)
    record = editor.records(planned)[1]
    assert ("pub", b"\x0a\x30\x2f\x99") == (record.dns_name, record.ip_address)


@pytest.mark.parametrize("origin", [Origin.VERIFIED, Origin.FETCHED])
def test_a_stale_entry_has_to_be_confirmed(
    editor: Editor, present: VerifiedList, origin: Origin
) -> None:
    """A server that shows another certificate than the list: kept, and red with both serials."""
    server = editor.server("publisher-2048", origin=origin)
    planned = editor.update(present, servers=(server,))
    assert {"kept"} == set(editor.states(planned))
    assert ["stale-entry"] == editor.red(planned)
    old = "70CAF64E090751B9DF22F49F754FC5BB"
    error = editor.refused(lambda: require_consent(planned.messages, Consent()), "stale-entry", 4)
    assert (old, PUBLISHER) == (error.values["old"], error.values["node"])
    assert "6B1D357B6841740B078FEE4A1813D5D6" == error.values["new"]
    wrong = Consent(new_signer=True, lockout="LOCKOUT", stale=frozenset({"4711"}))
    editor.refused(lambda: require_consent(planned.messages, wrong), "stale-entry", 4)
    for text in (old, old.lower(), ":".join(old[at : at + 2] for at in range(0, 32, 2))):
        require_consent(planned.messages, Consent(stale=frozenset({text})))


def test_what_was_fetched_is_taken_by_its_fingerprint(
    editor: Editor, present: VerifiedList
) -> None:
    """A new entry from an unauthenticated source: red with the SHA-256, confirmed by it."""
    server = editor.server("publisher-2048", address=OTHER, origin=Origin.FETCHED)
    planned = editor.update(present, servers=(server,))
    assert ["fingerprint-unconfirmed"] == editor.red(planned)
    own = editor.certificate("publisher-2048").fingerprint()
    error = editor.refused(
        lambda: require_consent(planned.messages, Consent()), "fingerprint-unconfirmed", 4
    )
    assert f"SHA256:{own.hex(':').upper()}" == error.values["fingerprint"]
    for text in (own.hex(), f"SHA256:{own.hex(':').upper()}", f"sha256:{own.hex()}"):
        require_consent(planned.messages, Consent(fingerprints=frozenset({text})))
    half = Consent(fingerprints=frozenset({own.hex()[:32]}))
    editor.refused(lambda: require_consent(planned.messages, half), "fingerprint-unconfirmed", 4)


def test_what_a_verified_list_vouches_for_needs_no_fingerprint(
    editor: Editor, present: VerifiedList
) -> None:
    """A new entry out of a list that verified against the present one is taken."""
    server = editor.server("publisher-2048", address=OTHER, origin=Origin.VERIFIED)
    assert [] == editor.red(editor.update(present, servers=(server,)))


def test_what_the_list_has_already_needs_no_fingerprint(
    editor: Editor, present: VerifiedList
) -> None:
    """A fetched certificate that is in the present list is known by it."""
    server = editor.server("publisher-1024", origin=Origin.FETCHED)
    assert [] == editor.red(editor.update(present, servers=(server,)))


def test_what_is_given_goes_before_what_was_fetched(editor: Editor, present: VerifiedList) -> None:
    """With the certificate in use given by a person, an older one from elsewhere is no matter."""
    given = editor.server("publisher-2048")
    fetched = editor.server("publisher-1024", origin=Origin.FETCHED)
    for servers in ((given, fetched), (fetched, given)):
        planned = editor.update(present, servers=servers)
        assert ["kept", "changed", "kept", "kept", "kept"] == editor.states(planned)
        assert [] == editor.red(planned)


def test_alternate_servers_and_firewalls_are_not_touched(
    editor: Editor, present: VerifiedList
) -> None:
    """Entries that no given certificate is for stay as they are, whatever they are."""
    extra = (
        editor.server("subscriber", Function.TFTP, address="192.0.2.1"),
        editor.server("capf", Function.FIREWALL, address="192.0.2.2"),
        editor.server("capf", 999, address="192.0.2.3"),
    )
    first = editor.signed(editor.update(present, servers=extra))
    planned = editor.update(first, servers=(editor.server("publisher-2048"),))
    assert 1 == editor.states(planned).count("changed")
    assert first.list.records[4:7] == editor.records(planned)[4:7]
    assert [3, 6, 999] == editor.functions(planned)[4:7]
