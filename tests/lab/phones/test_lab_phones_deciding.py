"""The phones' own rules, without a wire: which entry counts, and with which key."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ctlkit.certificate import Certificate
from ctlkit.drafts import make_record
from ctlkit.errors import FormatError, SignatureError, TrustError, UntrustedError
from ctlkit.profiles import CUCM
from ctlkit.trustlist import (
    Container,
    Element,
    Field,
    Function,
    Header,
    HeaderTag,
    Record,
    RecordTag,
    TrustList,
)
from ctlkit_lab.phones.deciding import (
    Verdict,
    check_with_certificate,
    check_with_entry,
    entry_of,
    read_offer,
    signer_of,
    trust_service_certificates,
)

if TYPE_CHECKING:
    from tests.lab.phones.conftest import Lists

LISTS = Path(__file__).resolve().parents[2] / "data" / "lists"


@pytest.fixture
def offer(lists: Lists) -> TrustList:
    """Give a list that etoken-1 signed."""
    return read_offer(lists.ctl("etoken-1", "etoken-2"), "CTLFile.tlv")


def changed(record: Record, tag: RecordTag, value: bytes | None) -> Record:
    """A record with another value in a field, or without it."""
    fields = [
        Field(item.tag, value if item.tag == tag and value is not None else item.value)
        for item in record.fields
        if item.tag != tag or value is not None
    ]
    return Record(tuple(fields))


def without(elements: tuple[Element, ...], tag: int) -> tuple[Element, ...]:
    """The fields of a header without those of a tag, inside containers too."""
    return tuple(
        Container(item.tag, without(item.children, tag)) if isinstance(item, Container) else item
        for item in elements
        if item.tag != tag
    )


def test_issuer_and_serial_name_an_entry(lists: Lists, offer: TrustList) -> None:
    """The subject does not matter; serial, issuer and function do, byte for byte but a NUL."""
    signer = signer_of(offer)
    own = lists.record("etoken-1")
    assert own == entry_of(offer, signer)
    for other in (
        changed(own, RecordTag.SERIALNUMBER, b"\0" + signer.serial),
        changed(own, RecordTag.ISSUERNAME, signer.issuer.lower()),
        changed(own, RecordTag.ISSUERNAME, None),
        changed(own, RecordTag.FUNCTION, Function.CCM_TFTP.to_bytes(2, "big")),
        changed(own, RecordTag.FUNCTION, None),
    ):
        assert entry_of(TrustList(offer.header, (other,)), signer) is None
    for same in (
        changed(own, RecordTag.SUBJECTNAME, b"anybody\0"),
        changed(own, RecordTag.ISSUERNAME, signer.issuer.removesuffix(b"\0")),
    ):
        assert same == entry_of(TrustList(offer.header, (same,)), signer)


def test_the_key_of_an_entry_is_its_certificates(lists: Lists, offer: TrustList) -> None:
    """Without a certificate PUBLICKEY serves; one that differs makes the entry worthless."""
    signer, own = signer_of(offer), lists.record("etoken-1")
    check_with_entry(offer, own, signer)
    check_with_entry(offer, changed(own, RecordTag.PUBLICKEY, None), signer)
    check_with_entry(offer, changed(own, RecordTag.CERTIFICATE, None), signer)
    other = lists.record("etoken-2").public_key
    with pytest.raises(SignatureError) as error:
        check_with_entry(offer, changed(own, RecordTag.PUBLICKEY, other), signer)
    assert "phone-key-doubtful" == error.value.code


@pytest.mark.parametrize(
    ("certificate", "key"),
    [(None, None), (b"garbage", None), (None, b"garbage"), (b"garbage", b"garbage")],
)
def test_an_entry_without_a_readable_key_checks_nothing(
    certificate: bytes | None, key: bytes | None, lists: Lists, offer: TrustList
) -> None:
    """A phone refuses what it cannot check."""
    own = changed(lists.record("etoken-1"), RecordTag.CERTIFICATE, certificate)
    with pytest.raises(UntrustedError) as error:
        check_with_entry(offer, changed(own, RecordTag.PUBLICKEY, key), signer_of(offer))
    assert "phone-key-unusable" == error.value.code


def test_a_key_that_is_not_rsa_checks_nothing(lists: Lists, offer: TrustList) -> None:
    """An elliptic-curve key is none that lists are signed with."""
    with pytest.raises(UntrustedError, match="EC") as error:
        check_with_certificate(offer, lists.of_key("p256").der, signer_of(offer))
    assert "phone-key-unusable" == error.value.code


@pytest.mark.parametrize(("bits", "accepted"), [(1024, True), (2048, True), (4096, False)])
def test_keys_over_2048_bits_are_unproven(bits: int, accepted: bool, lists: Lists) -> None:
    """What is published ends at 2,048 bits."""
    credential = lists.of_key(bits)
    certificate = Certificate.from_der(credential.der)
    record = make_record(CUCM, Function.SAST, certificate)
    made = read_offer(lists.signed([record], credential), "CTLFile.tlv")
    if accepted:
        check_with_entry(made, record, signer_of(made))
        check_with_certificate(made, credential.der, signer_of(made))
        return
    with pytest.raises(UntrustedError, match="4096") as error:
        check_with_entry(made, record, signer_of(made))
    assert "phone-key-unproven" == error.value.code


@pytest.mark.parametrize("tag", [HeaderTag.SERIALNUMBER, HeaderTag.CANAME])
def test_a_list_must_name_its_signer(tag: HeaderTag, offer: TrustList) -> None:
    """Without serial or issuer there is nobody to look for."""
    with pytest.raises(UntrustedError) as error:
        signer_of(TrustList(Header(without(offer.header.fields, tag)), offer.records))
    assert "phone-signer-unnamed" == error.value.code


def test_a_list_must_be_signed(lists: Lists, offer: TrustList) -> None:
    """An empty or a missing signature is none, whoever is named."""
    unsigned = TrustList(Header(without(offer.header.fields, HeaderTag.SIGNATURE)), offer.records)
    with pytest.raises(TrustError) as error:
        check_with_entry(unsigned, lists.record("etoken-1"), signer_of(unsigned))
    assert "phone-signature-absent" == error.value.code


def accept(data: bytes, entry: Record) -> None:
    """Read a list and check it with an entry."""
    made = read_offer(data, "CTLFile.tlv")
    check_with_entry(made, entry, signer_of(made))


@pytest.mark.parametrize("position", range(0, 2000, 97))
def test_a_changed_byte_is_never_accepted(position: int, lists: Lists) -> None:
    """Whatever byte is changed, the list is unreadable or its signature is wrong."""
    data = bytearray(lists.ctl("etoken-1", "etoken-2"))
    accept(bytes(data), lists.record("etoken-1"))
    data[position] ^= 1
    with pytest.raises((FormatError, TrustError)):
        accept(bytes(data), lists.record("etoken-1"))


def test_a_signed_configuration_file_is_no_list() -> None:
    """Version 1.0 under the name of a list is refused."""
    data = (LISTS / "signed-file.cnf.xml.sgn").read_bytes()
    with pytest.raises(UntrustedError) as error:
        read_offer(data, "CTLFile.tlv")
    assert "phone-list-other-kind" == error.value.code


@pytest.mark.parametrize("name", ["tokenless-4947", "tokenless-6113", "tokens-5728", "non-secure"])
def test_lists_of_all_published_kinds_are_checked(name: str) -> None:
    """Servers' and tokens' lists, little-endian serials and quoted names included."""
    made = read_offer((LISTS / f"{name}.tlv").read_bytes(), "CTLFile.tlv")
    entry = entry_of(made, signer_of(made))
    assert entry is not None
    check_with_entry(made, entry, signer_of(made))


def test_only_trust_services_may_answer(lists: Lists) -> None:
    """Of an ITL the certificates of function 21 count, and no others."""
    itl = read_offer(lists.itl(), "ITLFile.tlv")
    assert (lists.certificate("tvs"),) == trust_service_certificates(itl)
    bare = changed(lists.record("tvs", Function.TVS), RecordTag.CERTIFICATE, None)
    assert () == trust_service_certificates(TrustList(itl.header, (bare,)))


def test_a_verdict_keeps_what_an_error_says() -> None:
    """Numbers stay numbers, all else becomes text that is safe on a terminal."""
    error = UntrustedError("phone-tvs-silent", signer="a\x1b", reason=ValueError("b\n"))
    verdict = Verdict.of(False, error)
    assert {"signer": "a\\x1b", "reason": "b\\n"} == dict(verdict.values)
    assert (str(error), error.advice) == (verdict.text, verdict.advice)
    limits = Verdict.of(False, UntrustedError("phone-list-too-long", size=70000, limit=65536))
    assert {"size": 70000, "limit": 65536} == dict(limits.values)
