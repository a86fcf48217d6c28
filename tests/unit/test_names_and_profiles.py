"""Names and serials in the three dialects, and the table of what each dialect writes."""

from __future__ import annotations

import dataclasses
from types import ModuleType

import pytest
from cryptography import x509
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from ctlkit.certificate import Attribute, Certificate, Name, RsaKey
from ctlkit.codec import encode, encode_record
from ctlkit.drafts import draft, identity_of, make_record, signature_length
from ctlkit.errors import RuleError, UsageError
from ctlkit.names import cucm_name, is_cisco_token, list_text, rfc4514_name, windows_name
from ctlkit.profiles import CTL_CLIENT, CUCM, PROFILES, USECALLMANAGER, Profile, profile
from ctlkit.trustlist import Container, Digest, Function, HeaderTag, RecordTag
from softhsm_fixtures import CertificateSpec, make_certificate

OIDS = {
    "CN": "2.5.4.3",
    "OU": "2.5.4.11",
    "O": "2.5.4.10",
    "L": "2.5.4.7",
    "ST": "2.5.4.8",
    "C": "2.5.4.6",
    "STREET": "2.5.4.9",
    "DC": "0.9.2342.19200300.100.1.25",
    "UID": "0.9.2342.19200300.100.1.1",
    "E": "1.2.840.113549.1.9.1",
}


def name(*pairs: tuple[str, str]) -> Name:
    """A name of one attribute a part, in this order."""
    return tuple((Attribute(OIDS[kind], text, b"\x0c\x01x"),) for kind, text in pairs)


def read(spec: CertificateSpec, make_data: ModuleType, label: str = "capf") -> Certificate:
    """Make a certificate with a kept key and read it."""
    return Certificate.from_der(make_certificate(spec, key=make_data.key(label)).der)


def test_published_names_of_a_token(make_data: ModuleType) -> None:
    """Subject and issuer of a Cisco token come out as published: 56 and 42 bytes with the NUL."""
    who = CTL_CLIENT.identity(make_data.certificate("etoken-1"), token=True)
    assert b'cn="SAST-ADN0054f509        ";ou=IPCBU;o="Cisco Systems\0' == who.subject
    assert b"cn=Cisco Manufacturing CA;o=Cisco Systems\0" == who.issuer
    assert (56, 42, 10) == (len(who.subject), len(who.issuer), len(who.serial))


def test_published_serials_of_tokens_are_little_endian(make_data: ModuleType) -> None:
    """The Windows API gives a serial with its lowest byte first, as the published lists have it."""
    published = {
        "etoken-1": "3C:F9:27:00:00:00:AF:A2:DA:45",
        "etoken-2": "83:E9:08:00:00:00:55:45:AF:31",
    }
    for label, text in published.items():
        certificate = make_data.certificate(label)
        who = CTL_CLIENT.identity(certificate, token=True)
        assert bytes.fromhex(text.replace(":", "")) == who.serial
        assert certificate.serial == who.serial[::-1]


def test_published_names_of_servers(make_data: ModuleType) -> None:
    """Servers have the six types in the server's order, whatever order the certificate has."""
    who = CUCM.identity(make_data.certificate("publisher-1024"), token=False)
    assert b"CN=cucm-1051-a-pub;OU=TAC;O=Cisco;L=Krakow;ST=Malopolska;C=PL\0" == who.subject
    assert bytes.fromhex("70CAF64E090751B9DF22F49F754FC5BB") == who.serial


@pytest.mark.parametrize("profile_", [CUCM, USECALLMANAGER], ids=lambda item: item.name)
def test_only_the_ctl_client_writes_windows_names(make_data: ModuleType, profile_: Profile) -> None:
    """The other dialects write a Cisco token's names and serial like any other's."""
    certificate = make_data.certificate("etoken-1")
    assert certificate.serial == profile_.identity(certificate, token=True).serial
    assert b'"' not in profile_.identity(certificate, token=True).subject


def test_other_tokens_have_server_names(make_data: ModuleType) -> None:
    """A token that Cisco did not sell, and a Cisco token as a server, are written as by cucm."""
    other = make_data.certificate("signer-4096")
    assert not is_cisco_token(other)
    assert CUCM.identity(other, token=True) == CTL_CLIENT.identity(other, token=True)
    cisco = make_data.certificate("etoken-1")
    assert is_cisco_token(cisco)
    assert CUCM.identity(cisco, token=False) == CTL_CLIENT.identity(cisco, token=False)


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        ([("CN", "a"), ("OU", "b"), ("O", "c")], "cn=a;ou=b;o=c"),
        ([("O", "c"), ("OU", "b"), ("CN", "a")], "cn=a;ou=b;o=c"),
        ([("CN", "a "), ("O", "x, y, z=1")], 'cn="a ";o="x;z=1"'),
        ([("CN", 'say "a, b"')], 'cn="say ""a'),
        ([("CN", "a"), ("ST", "b"), ("E", "c")], "cn=a;s=b;e=c"),
        ([("CN", "a,b")], 'cn="a,b"'),
    ],
)
def test_windows_names_are_cut_at_commas(pairs: list[tuple[str, str]], expected: str) -> None:
    """From CN upwards, quoted for a comma or an outer blank, cut again at comma and blank."""
    assert expected == windows_name(name(*pairs))


def test_server_names_have_six_types() -> None:
    """Other types are left out, repeated ones stay in their order, values are not escaped."""
    given_name = name(("DC", "x"), ("OU", "1"), ("C", "PL"), ("OU", "2;3"), ("CN", "a"))
    assert "CN=a;OU=1;OU=2;3;C=PL" == cucm_name(given_name)
    assert "" == cucm_name(())


@pytest.mark.parametrize("kind", ["CN", "OU", "O", "L", "ST", "STREET", "DC", "UID"])
@given(text=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12))
def test_rfc4514_strings_are_those_of_cryptography(kind: str, text: str) -> None:
    """Each known type and any text is escaped as the library of Asterisk's tooling does."""
    oid = x509.ObjectIdentifier(OIDS[kind])
    theirs = x509.NameAttribute(oid, text).rfc4514_string()
    assert theirs == rfc4514_name(name((kind, text)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (" ", r"CN=\ "),
        ("  ", r"CN=\ \ "),
        ("#a", r"CN=\#a"),
        ('a"+,;<>\\', r"CN=a\"\+\,\;\<\>\\"),
        ("a=b", "CN=a=b"),
        ("a\0b", r"CN=a\00b"),
        ("", "CN="),
    ],
)
def test_rfc4514_escapes(text: str, expected: str) -> None:
    """Special characters, outer blanks and a leading hash are escaped (RFC 4514, 2.4)."""
    assert expected == rfc4514_name(name(("CN", text)))


def test_rfc4514_names_keep_the_order_of_the_certificate(make_data: ModuleType) -> None:
    """Attributes stand in certificate order, joined by a comma without a blank."""
    certificate = make_data.certificate("publisher-1024")
    expected = "L=Krakow,ST=Malopolska,CN=cucm-1051-a-pub,OU=TAC,O=Cisco,C=PL"
    assert expected == rfc4514_name(certificate.subject)
    theirs = x509.load_der_x509_certificate(certificate.der).subject
    assert ",".join(item.rfc4514_string() for item in theirs) == expected
    assert NameOID.LOCALITY_NAME.dotted_string == certificate.subject[0][0].oid


def test_texts_have_one_nul() -> None:
    """A text field is UTF-8 with one NUL behind it."""
    assert "Małopolska".encode() + b"\0" == list_text("Małopolska")


@pytest.mark.parametrize(
    ("serial", "cucm", "plain"),
    [(0x00D1CE, "00d1ce", "d1ce"), (0x7F, "7f", "7f"), (0, "00", "00")],
)
def test_serials_of_the_dialects(make_data: ModuleType, serial: int, cucm: str, plain: str) -> None:
    """The server writes the content of the INTEGER, Asterisk's tooling no leading zero."""
    certificate = read(CertificateSpec("CN=x", serial=serial), make_data)
    assert cucm == CUCM.identity(certificate, token=False).serial.hex()
    assert plain == USECALLMANAGER.identity(certificate, token=False).serial.hex()


TABLE = [
    # dialect, function, tags of a record in their order
    ("ctl-client", Function.CCM_TFTP, [1, 2, 3, 4, 5, 6, 7, 9, 10]),
    ("ctl-client", Function.CAPF, [1, 2, 3, 4, 5, 6, 7, 9, 10]),
    ("ctl-client", Function.SAST, [1, 2, 3, 4, 5, 6, 7, 9, 10]),
    ("cucm", Function.CCM_TFTP, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]),
    ("cucm", Function.CAPF, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]),
    ("cucm", Function.SAST, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]),
    ("usecallmanager", Function.CCM_TFTP, [1, 3, 5, 6, 4, 7, 8, 9]),
    ("usecallmanager", Function.CAPF, [1, 3, 5, 6, 4, 7, 8, 9]),
    ("usecallmanager", Function.SAST, [1, 3, 5, 6, 4, 7, 8, 9]),
]


@pytest.mark.parametrize(("dialect", "function", "tags"), TABLE)
def test_records_have_the_fields_of_their_dialect(
    make_data: ModuleType, dialect: str, function: Function, tags: list[int]
) -> None:
    """Each dialect writes its fields in its order, and RECORDLENGTH counts them all."""
    certificate = make_data.certificate("capf")
    made = make_record(profile(dialect), function, certificate, dns="h", address="10.0.0.1")
    assert tags == [int(item.tag) for item in made.fields]
    assert made.length == len(encode_record(made))
    assert (certificate.der, certificate.key_bytes) == (made.certificate, made.public_key)
    assert int(function) == made.function
    if 8 in tags:
        assert certificate.signature == made.get(RecordTag.SIGNATURE)
    if 10 in tags:
        assert (b"\x0a\0\0\x01", "h") == (made.ip_address, made.dns_name)


def test_an_unknown_address_is_zeros(make_data: ModuleType) -> None:
    """Without an address IPADDRESS is 0.0.0.0, a token's DNSNAME one NUL; IPv6 has 16 bytes."""
    certificate = make_data.certificate("capf")
    token = make_record(CTL_CLIENT, Function.SAST, certificate)
    assert (bytes(4), b"\0") == (token.ip_address, token.get(RecordTag.DNSNAME))
    six = make_record(CUCM, Function.CCM_TFTP, certificate, dns="h", address="fd00::1")
    assert 16 == len(six.ip_address or b"")


HEADERS = [
    # dialect, tags of the header, children of tag 3, tag 10, tag 28
    ("ctl-client", [1, 2, 3, 7, 14, 15], [4, 5, 6], 1, None),
    ("cucm", [1, 2, 3, 7, 14, 15], [4, 5, 6], 1, None),
    ("usecallmanager", [1, 2, 28, 3, 7, 14, 15], [4, 6, 5], 0, b"\x01\x00"),
]


@pytest.mark.parametrize(("dialect", "tags", "inside", "algorithm", "version"), HEADERS)
def test_headers_have_the_fields_of_their_dialect(
    make_data: ModuleType,
    dialect: str,
    tags: list[int],
    inside: list[int],
    algorithm: int,
    version: bytes | None,
) -> None:
    """Order of the fields, of those in SIGNERID, the value of tag 10, tag 28, and the padding."""
    certificate = make_data.certificate("capf")
    made = make_record(profile(dialect), Function.SAST, certificate)
    drafted = draft(
        profile(dialect),
        (made,),
        signer=certificate,
        identity=identity_of(made),
        digest=Digest.SHA1,
        timestamp=1,
        filename="CTLFile.tlv",
    )
    header = drafted.header
    assert tags == [int(item.tag) for item in header.fields if item.tag != HeaderTag.PADDING]
    container = next(item for item in header.fields if item.tag == HeaderTag.SIGNERID)
    assert isinstance(container, Container)
    assert inside == [int(item.tag) for item in container.children]
    assert bytes((algorithm,)) == header.get(HeaderTag.SIGNATUREALGORTITHM)
    assert version == header.signer_version
    assert 1 == header.modulus_index
    whole = len(encode(drafted)) + 3 + 128 - len(encode_record(made))
    assert whole == header.length
    assert 0 == whole % 4
    assert HeaderTag.FILENAME == header.fields[drafted.position].tag


def test_the_header_names_the_signer_as_its_record_does(make_data: ModuleType) -> None:
    """A name copied from the present list is never made again: header and record are equal."""
    certificate = make_data.certificate("etoken-1")
    record = make_record(CUCM, Function.SAST, certificate)
    drafted = draft(
        CTL_CLIENT,
        (record,),
        signer=certificate,
        identity=identity_of(record),
        digest=Digest.SHA512,
        timestamp=1,
        filename="f",
    )
    header = drafted.header
    assert (record.subject, record.issuer) == (header.signer_name, header.signer_issuer)
    assert (record.serial, 3) == (header.signer_serial, header.digest)


@pytest.mark.parametrize(
    ("label", "bytes_"), [("capf", 128), ("publisher-2048", 256), ("signer-4096", 512)]
)
def test_keys_of_three_lengths_sign(make_data: ModuleType, label: str, bytes_: int) -> None:
    """RSA keys of 1024, 2048 and 4096 bits have a number in the format."""
    assert bytes_ == signature_length(make_data.certificate(label))


def test_other_keys_are_refused_before_a_draft_is_made(make_data: ModuleType) -> None:
    """An EC key, and an RSA key of another length, cannot sign a list."""
    from softhsm_fixtures import named_key

    odd = make_certificate(CertificateSpec("CN=odd"), key=named_key("odd", 1280))
    whole = make_data.certificate("capf")
    short = dataclasses.replace(whole, public_key=RsaKey((1 << 1023) - 1, 3))
    for certificate in (make_data.certificate("ec-server"), Certificate.from_der(odd.der), short):
        with pytest.raises(RuleError) as caught:
            signature_length(certificate)
        assert "signer-key-unusable" == caught.value.code


@pytest.mark.parametrize("timestamp", [-1, 1 << 32])
def test_a_time_has_32_bits(make_data: ModuleType, timestamp: int) -> None:
    """A time before 1970 or after 2106 is refused, by an error that says so."""
    with pytest.raises(RuleError) as caught:
        draft(
            CUCM,
            (),
            signer=make_data.certificate("capf"),
            digest=Digest.SHA1,
            timestamp=timestamp,
            filename="f",
        )
    assert "timestamp-out-of-range" == caught.value.code


def test_what_no_length_can_say_is_refused(make_data: ModuleType) -> None:
    """A record, and a header, over 65,535 bytes is refused, by an error that says so."""
    certificate = make_data.certificate("capf")
    with pytest.raises(RuleError) as caught:
        make_record(CUCM, Function.CCM_TFTP, certificate, dns="x" * 65000)
    assert "record-too-long" == caught.value.code
    with pytest.raises(RuleError) as caught:
        draft(
            CUCM,
            (),
            signer=certificate,
            digest=Digest.SHA1,
            timestamp=0,
            filename="x" * 65400,
        )
    assert "header-too-long" == caught.value.code


def test_profiles_are_found_by_name() -> None:
    """The three names of --profile; any other is refused with the known ones."""
    assert ["ctl-client", "cucm", "usecallmanager"] == list(PROFILES)
    assert all(profile(known) is value for known, value in PROFILES.items())
    with pytest.raises(UsageError, match="there is no profile windows") as caught:
        profile("windows")
    assert "usecallmanager" in caught.value.advice
