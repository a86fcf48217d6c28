"""What the trust service says of a signer: its stores first, its own list then."""

from __future__ import annotations

import pytest

from ctlkit.certificate import Certificate
from ctlkit.drafts import make_record
from ctlkit.errors import InputError
from ctlkit.profiles import CTL_CLIENT, CUCM
from ctlkit.trustlist import Field, Function, Record, RecordTag
from ctlkit_lab import stores
from ctlkit_lab.stores import (
    CALL_MANAGER,
    CALL_MANAGER_TRUST,
    PHONE_SAST_TRUST,
    STORE_ROLES,
    LookUp,
    Source,
    StoredCertificate,
    caching_lines,
    look_up,
    look_up_certificate,
    unique_key,
)
from softhsm_fixtures import (
    SECOND_NAME,
    CertificateSpec,
    Credential,
    etoken_certificate,
    make_certificate,
)

PUBLISHER = "L=Krakow,ST=Malopolska,CN=cucm-1051-a-pub,OU=TAC,O=Cisco,C=PL"
PUBLISHER_SERIAL = 0x6B1D357B6841740B078FEE4A1813D5D6
KEY = (
    "6B1D357B6841740B078FEE4A1813D5D6CN=cucm-1051-a-pub;OU=TAC;O=Cisco;L=Krakow;ST=Malopolska;C=PL"
)
TOKEN_KEY = "83E908000000" + "5545AF31cn=Cisco Manufacturing CA;o=Cisco Systems"


def server(serial: int = PUBLISHER_SERIAL) -> Credential:
    """The publisher's certificate, or one of the same names."""
    return make_certificate(CertificateSpec(PUBLISHER, serial=serial))


def record(credential: Credential, function: Function) -> Record:
    """An entry as ``utils ctl`` writes it."""
    return make_record(CUCM, function, Certificate.from_der(credential.der), dns="h", token=False)


def token_record(credential: Credential) -> Record:
    """A token's entry as the CTL Client writes it."""
    return make_record(CTL_CLIENT, Function.SAST, Certificate.from_der(credential.der))


def ask(stored: list[StoredCertificate], records: list[Record], wanted: Record) -> LookUp:
    """Ask as a phone does for a signer that its list names as this entry does."""
    assert wanted.issuer is not None
    assert wanted.serial is not None
    assert wanted.subject is not None
    return look_up(stored, records, wanted.issuer, wanted.serial, wanted.subject)


def test_keys_are_the_published_ones() -> None:
    """Upper-case serial and the issuer's text, 93 characters for the publisher, 61 for a token."""
    own = record(server(), Function.SAST)
    token = token_record(etoken_certificate(SECOND_NAME))
    keys = [unique_key(item.issuer or b"", item.serial or b"") for item in (own, token)]
    assert [KEY, TOKEN_KEY] == keys
    assert [93, 61] == [len(key) for key in keys]


def test_a_server_certificate_is_found_in_a_store() -> None:
    """The store of a regenerated CallManager answers with roles 0 and 2, as published."""
    own = server()
    answer = ask([StoredCertificate(CALL_MANAGER, own.der)], [], record(own, Function.SAST))
    assert answer.found is not None
    assert (own.der, (0, 2), Source.STORE) == (
        answer.found.der,
        answer.found.roles,
        answer.found.source,
    )
    name = "CN=cucm-1051-a-pub;OU=TAC;O=Cisco;L=Krakow;ST=Malopolska;C=PL"
    cache = "CertificateDBCache::getCertificateInformation -"
    assert (
        "tvsHandleQueryCertReq",
        f"tvsHandleQueryCertReq : Subject Name is: {name}",
        f"tvsHandleQueryCertReq : Issuer Name is: {name}",
        "tvsHandleQueryCertReq : Serial Number is: 6B1D357B6841740B078FEE4A1813D5D6",
        f"{cache} Looking up the certificate cache using Unique MAP ID : {KEY}",
        f"{cache} Found entry {{rolecount : 2}}",
        f"{cache} {{role : 0}}",
        f"{cache} {{role : 2}}",
    ) == answer.log


def test_an_uploaded_token_is_found_in_the_list() -> None:
    """The store's look-up fails for an eToken and the list's answers with role 0, as published."""
    token = etoken_certificate(SECOND_NAME)
    entry = token_record(token)
    answer = ask([StoredCertificate(PHONE_SAST_TRUST, token.der)], [entry], entry)
    assert answer.found is not None
    assert (token.der, (0,), Source.LIST) == (
        answer.found.der,
        answer.found.roles,
        answer.found.source,
    )
    database = "CertificateDBCache::getCertificateInformation -"
    cache = "CertificateCTLCache::getCertificateInformation -"
    assert (
        "tvsHandleQueryCertReq :subjectName and issuerName matches for eToken certificate",
        ("tvsHandleQueryCertReq : SAST Issuer Name is: cn=Cisco Manufacturing CA;o=Cisco Systems"),
        "tvsHandleQueryCertReq : This is SAST eToken cert",
        "tvsHandleQueryCertReq : Serial Number is: 83E9080000005545AF31",
        f"{database} Looking up the certificate cache using Unique MAP ID : {TOKEN_KEY}",
        f"ERROR:{database} Cannot find the certificate in the cache",
        f"{cache} Looking up the certificate cache using Unique MAP ID : {TOKEN_KEY}, len : 61",
        f"{cache} Found entry {{rolecount : 1}}",
        f"{cache} {{role : 0}}",
    ) == answer.log[3:]


def test_a_token_that_was_never_uploaded_is_not_vouched_for() -> None:
    """That a token stands in the list is not enough."""
    entry = token_record(etoken_certificate(SECOND_NAME))
    other = StoredCertificate(PHONE_SAST_TRUST, etoken_certificate().der)
    answer = ask([other], [entry], entry)
    assert answer.found is None
    assert answer.log[-1].startswith("ERROR:CertificateCTLCache")


def test_the_inference_is_one_constant(monkeypatch: pytest.MonkeyPatch) -> None:
    """Should the list alone prove to be enough, one name says so."""
    entry = token_record(etoken_certificate(SECOND_NAME))
    monkeypatch.setattr(stores, "LIST_ALONE_IS_ENOUGH", True)
    assert ask([], [entry], entry).found is not None


def test_an_uploaded_token_without_a_list_is_not_found() -> None:
    """A store never finds an eToken: names and serial are written another way there."""
    token = etoken_certificate(SECOND_NAME)
    answer = ask([StoredCertificate(PHONE_SAST_TRUST, token.der)], [], token_record(token))
    assert answer.found is None


def test_another_token_is_found_in_the_store() -> None:
    """A signer of another maker has the server's names and serial, and its store answers."""
    other = make_certificate(CertificateSpec("CN=signer,O=Practice", serial=0x00D1CE))
    answer = ask([StoredCertificate(PHONE_SAST_TRUST, other.der)], [], token_record(other))
    assert answer.found is not None
    assert ((0,), Source.STORE) == (answer.found.roles, answer.found.source)


def test_roles_of_several_stores_add_up() -> None:
    """A certificate has the roles of all stores that it lies in, each once."""
    own = server()
    stored = [
        StoredCertificate(store, own.der)
        for store in (PHONE_SAST_TRUST, CALL_MANAGER_TRUST, stores.CAPF_TRUST)
    ]
    answer = ask(stored, [], record(own, Function.SAST))
    assert answer.found is not None
    assert (0, 2, 4) == answer.found.roles


def test_the_list_gives_the_roles_of_its_entries() -> None:
    """A server that stands twice in the list has both roles, once its names are in a store."""
    before, now = server(0x51), server()
    records = [record(now, function) for function in (Function.SAST, Function.CCM_TFTP)]
    answer = ask([StoredCertificate(CALL_MANAGER, before.der)], records, records[0])
    assert answer.found is not None
    assert ((0, 2), Source.LIST) == (answer.found.roles, answer.found.source)


def test_an_entry_without_certificate_answers_nothing() -> None:
    """The answer carries the certificate, so an entry that has none is no answer."""
    own = server()
    fields = [item for item in record(own, Function.SAST).fields if item.tag != 9]
    bare = Record(tuple(fields))
    before = StoredCertificate(CALL_MANAGER, server(0x51).der)
    assert ask([before], [bare], record(own, Function.SAST)).found is None


def test_the_nul_of_a_name_does_not_matter() -> None:
    """Names are compared without their trailing NUL, which some phones may leave out."""
    own = server()
    who = record(own, Function.SAST)
    stored = [StoredCertificate(CALL_MANAGER, own.der)]
    name = (who.issuer or b"").rstrip(b"\0")
    assert look_up(stored, [], name, who.serial or b"", name).found is not None


def test_hostile_names_are_escaped_in_the_log() -> None:
    """What a client sends as names cannot write control characters or lines into a log."""
    answer = look_up([], [], b"CN=\x1b[31m\nred\xff\0", b"\x01", b"a\r\nb\0")
    assert answer.found is None
    assert all(line.isprintable() for line in answer.log)


def test_a_list_that_was_changed_is_cached_as_published() -> None:
    """The lines of a list that was read again name each entry's key and its length."""
    records = [record(server(), function) for function in (Function.SAST, Function.CCM_TFTP)]
    records.append(Record((Field(RecordTag.DNSNAME, b"short\0"),)))
    line = f"tvs_sql_get_all_CTL_certificate - Unique Key used for Caching :: {KEY}, length : 93"
    assert (
        (
            "CertificateCache::localCTLCacheMonitor - CTLFile.tlv has been modified. "
            "Recaching CTL Certificate Cache"
        ),
        "updateLocalCTLCache : Refreshing the local CTL certificate cache",
        line,
        line,
    ) == caching_lines(records)


def test_a_certificate_at_hand_is_compared_byte_for_byte() -> None:
    """The same names and serial with another key are another certificate."""
    own = server()
    same_names = make_certificate(
        CertificateSpec(PUBLISHER, serial=PUBLISHER_SERIAL), key=etoken_certificate().key
    )
    stored = [StoredCertificate(CALL_MANAGER, own.der)]
    records = [record(own, Function.SAST)]
    known = look_up_certificate(stored, records, own.der)
    assert known.found is not None
    assert (0, 2) == known.found.roles
    assert look_up_certificate(stored, records, same_names.der).found is None


def test_what_is_no_certificate_is_an_error() -> None:
    """A verify request with other bytes is refused in words, not with a traceback."""
    with pytest.raises(InputError):
        look_up_certificate([], [], b"0")


def test_every_store_has_roles() -> None:
    """The table of roles holds each store, and nothing else."""
    assert {*stores.OWN_STORES, *stores.TRUST_STORES} == set(STORE_ROLES)
