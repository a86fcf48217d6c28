"""Certificates as ctlkit reads them, compared with what the cryptography library reads.

The certificates are put together with asn1crypto, which writes what modern libraries refuse to:
names in old kinds of strings, SHA-1, short keys, dates long past.
"""

from __future__ import annotations

import warnings
from datetime import UTC, datetime
from types import ModuleType

import pytest
from asn1crypto import algos, core, keys, parser
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from hypothesis import given, settings
from hypothesis import strategies as st

from ctlkit.certificate import Attribute, Certificate, EcKey, OtherKey, RsaKey, rsa_key
from ctlkit.der import DerError, Value, children, integer, only, read
from ctlkit.errors import InputError

Rdns = tuple[tuple[tuple[str, str, str], ...], ...]
"""Relative names of attributes: object identifier, kind of string, text."""

OIDS = ("2.5.4.3", "2.5.4.11", "2.5.4.10", "2.5.4.7", "2.5.4.8", "2.5.4.5", "2.5.4.12")
KINDS = ("utf8_string", "bmp_string", "universal_string", "printable_string", "teletex_string")
ASCII = st.text("abcXYZ 0123456789.-", min_size=1, max_size=20)
WIDE = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)


def attribute(oid: str, kind: str, text: str) -> asn1.NameTypeAndValue:
    """One attribute with its text in a kind of string."""
    value = asn1.DirectoryString(name=kind, value=text)
    return asn1.NameTypeAndValue({"type": oid, "value": value})


def make_name(rdns: Rdns) -> asn1.Name:
    """A name, its attributes in the order given."""
    parts = [asn1.RelativeDistinguishedName([attribute(*item) for item in part]) for part in rdns]
    return asn1.Name(name="", value=asn1.RDNSequence(parts))


def make(
    key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey,
    signing: rsa.RSAPrivateKey,
    *,
    subject: Rdns = ((("2.5.4.3", "utf8_string", "x"),),),
    issuer: Rdns = ((("2.5.4.3", "utf8_string", "y"),),),
    serial: int = 1,
    dates: tuple[asn1.Time, asn1.Time] | None = None,
    ca: bool | None = None,
) -> bytes:
    """A certificate in DER."""
    public = key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    begins, ends = dates or (utc(2001), utc(2002))
    constraints = {"extn_id": "basic_constraints", "critical": True, "extn_value": {"ca": ca}}
    usage = {"extn_id": "key_usage", "extn_value": {"digital_signature"}}
    body = asn1.TbsCertificate(
        {
            "version": "v1" if ca is None else "v3",
            "serial_number": serial,
            "signature": algos.SignedDigestAlgorithm({"algorithm": "sha1_rsa"}),
            "issuer": make_name(issuer),
            "validity": {"not_before": begins, "not_after": ends},
            "subject": make_name(subject),
            "subject_public_key_info": keys.PublicKeyInfo.load(public),
            **({} if ca is None else {"extensions": [usage, constraints]}),
        }
    )
    signature = signing.sign(body.dump(), padding.PKCS1v15(), hashes.SHA1())
    made = asn1.Certificate(
        {
            "tbs_certificate": body,
            "signature_algorithm": algos.SignedDigestAlgorithm({"algorithm": "sha1_rsa"}),
            "signature_value": core.OctetBitString(signature),
        }
    )
    return bytes(made.dump())


def utc(year: int, month: int = 3) -> asn1.Time:
    """A UTCTime."""
    return asn1.Time(name="utc_time", value=datetime(year, month, 9, 17, 6, 37, tzinfo=UTC))


def general(year: int) -> asn1.Time:
    """A GeneralizedTime."""
    return asn1.Time(name="general_time", value=datetime(year, 3, 9, 17, 6, 37, tzinfo=UTC))


def attributes(name: x509.Name) -> list[list[tuple[str, str]]]:
    """What cryptography reads of a name."""
    return [[(item.oid.dotted_string, str(item.value)) for item in part] for part in name.rdns]


def compare(der: bytes) -> Certificate:
    """Read a certificate both ways and compare all that ctlkit knows of it."""
    ours = Certificate.from_der(der)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # cryptography's remarks about odd certificates
        theirs = x509.load_der_x509_certificate(der)
        names = (attributes(theirs.issuer), attributes(theirs.subject))
    read_names = [
        [[(item.oid, item.value) for item in part] for part in name]
        for name in (ours.issuer, ours.subject)
    ]
    assert list(names) == read_names
    assert theirs.serial_number == ours.serial_number
    assert theirs.not_valid_before_utc.timestamp() == ours.not_before
    assert theirs.not_valid_after_utc.timestamp() == ours.not_after
    assert theirs.signature == ours.signature
    assert theirs.fingerprint(hashes.SHA256()) == ours.fingerprint()
    assert theirs.fingerprint(hashes.SHA1()) == ours.fingerprint("sha1")
    return ours


@pytest.fixture(scope="session")
def signing_key(make_data: ModuleType) -> rsa.RSAPrivateKey:
    """Give the key that signs the certificates here."""
    key = make_data.key("publisher-1024")
    assert isinstance(key, rsa.RSAPrivateKey)
    return key


def rdns_of(texts: st.SearchStrategy[str], kinds: tuple[str, ...]) -> st.SearchStrategy[Rdns]:
    """Names of several attributes, some parts with more than one."""
    one = st.tuples(st.sampled_from(OIDS), st.sampled_from(kinds), texts)
    part = st.lists(one, min_size=1, max_size=3, unique_by=lambda item: item[0]).map(tuple)
    return st.lists(part, min_size=1, max_size=5).map(tuple)


@settings(max_examples=80)
@given(
    subject=st.one_of(rdns_of(ASCII, KINDS), rdns_of(WIDE, KINDS[:1] + KINDS[2:3])),
    issuer=rdns_of(ASCII, KINDS),
    serial=st.integers(1, 2**159 - 1),
)
def test_names_and_serials_are_read_alike(
    signing_key: rsa.RSAPrivateKey, subject: Rdns, issuer: Rdns, serial: int
) -> None:
    """Names of any attributes and kinds of strings, and serials of any length, read alike."""
    der = make(signing_key, signing_key, subject=subject, issuer=issuer, serial=serial)
    ours = compare(der)
    assert serial == ours.serial_number
    length = serial.bit_length() // 8 + 1
    assert serial.to_bytes(length, "big") == ours.serial


def test_a_serial_with_its_high_bit_set_keeps_its_zero(signing_key: rsa.RSAPrivateKey) -> None:
    """The serial is the content of the INTEGER: a zero comes before a high bit."""
    ours = compare(make(signing_key, signing_key, serial=0xFF00FF))
    assert b"\x00\xff\x00\xff" == ours.serial


def test_old_texts_are_read_byte_by_byte(signing_key: rsa.RSAPrivateKey) -> None:
    """A TeletexString is read as Latin-1, as all who wrote one meant it."""
    name: Rdns = ((("2.5.4.3", "teletex_string", "Krakow"),),)
    der = make(signing_key, signing_key, subject=name).replace(b"Krakow", b"Krak\xf3w")
    assert "Krak\u00f3w" == Certificate.from_der(der).common_name


def test_a_common_name_is_the_last_one(signing_key: rsa.RSAPrivateKey) -> None:
    """Of several common names the last counts, and without one the text is empty."""
    two: Rdns = tuple(((("2.5.4.3", "utf8_string", text),)) for text in ("a", "b"))
    none: Rdns = ((("2.5.4.10", "utf8_string", "c"),),)
    made = make(signing_key, signing_key, subject=two, issuer=none)
    assert "b" == Certificate.from_der(made).common_name
    assert "" == Certificate.from_der(make(signing_key, signing_key, subject=none)).common_name


@pytest.mark.parametrize(
    "dates",
    [
        (utc(1950), utc(2049, 12)),
        (utc(1999), utc(2000, 2)),
        (general(2050), general(9999)),
        (utc(2020), general(2060)),
    ],
    ids=["the whole span of UTCTime", "the turn of the century", "GeneralizedTime", "both"],
)
def test_dates_are_read_alike(
    signing_key: rsa.RSAPrivateKey, dates: tuple[asn1.Time, asn1.Time]
) -> None:
    """UTCTime means 1950 to 2049, GeneralizedTime any year."""
    compare(make(signing_key, signing_key, dates=dates))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"\x17\x0d010309170637Z", b"\x17\x0d010309170637+"),
        (b"\x17\x0d010309170637Z", b"\x17\x0d011309170637Z"),
        (b"\x17\x0d010309170637Z", b"\x17\x0d010309170661Z"),
        (b"\x17\x0d010309170637Z", b"\x16\x0d010309170637Z"),
        (b"\x17\x0d010309170637Z", b"\x17\x0d0103091706\xff7Z"),
    ],
    ids=["no zone", "month 13", "second 61", "not a time", "not ASCII"],
)
def test_dates_that_are_none_are_refused(
    signing_key: rsa.RSAPrivateKey, old: bytes, new: bytes
) -> None:
    """A time that is none makes the certificate unreadable, with one error."""
    der = make(signing_key, signing_key)
    assert 1 == der.count(old)
    with pytest.raises(InputError) as caught:
        Certificate.from_der(der.replace(old, new))
    assert "certificate-unreadable" == caught.value.code


@pytest.mark.parametrize("bits", [1024, 2048, 4096])
def test_rsa_keys_are_read_alike(
    make_data: ModuleType, signing_key: rsa.RSAPrivateKey, bits: int
) -> None:
    """Modulus, exponent and RSAPublicKey are those that cryptography reads; sizes as published."""
    label = {1024: "capf", 2048: "publisher-2048", 4096: "signer-4096"}[bits]
    key = make_data.key(label)
    ours = compare(make(key, signing_key))
    numbers = key.public_key().public_numbers()
    assert RsaKey(numbers.n, numbers.e) == ours.public_key
    assert (bits, bits // 8) == (numbers.n.bit_length(), RsaKey(numbers.n, numbers.e).size)
    pkcs1 = key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.PKCS1
    )
    assert pkcs1 == ours.key_bytes
    assert {1024: 140, 2048: 270, 4096: 526}[bits] == len(ours.key_bytes)
    assert ours.public_key == rsa_key(ours.key_bytes)


@pytest.mark.parametrize(
    ("curve", "oid"),
    [
        (ec.SECP256R1(), "1.2.840.10045.3.1.7"),
        (ec.SECP384R1(), "1.3.132.0.34"),
        (ec.SECP521R1(), "1.3.132.0.35"),
    ],
    ids=["P-256", "P-384", "P-521"],
)
def test_ec_keys_are_uncompressed_points(
    signing_key: rsa.RSAPrivateKey, curve: ec.EllipticCurve, oid: str
) -> None:
    """An EC key is its curve and the X9.62 point, which is what PUBLICKEY holds."""
    key = ec.generate_private_key(curve)
    ours = compare(make(key, signing_key))
    point = key.public_key().public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )
    assert EcKey(oid, point) == ours.public_key
    assert point == ours.key_bytes


def test_keys_of_other_kinds_are_named(signing_key: rsa.RSAPrivateKey) -> None:
    """A key of a kind that lists do not use is read as its identifier, not refused."""
    rsa_oid = bytes.fromhex("06092a864886f70d010101")
    other = bytes.fromhex("06092a864886f70d010103")
    der = make(signing_key, signing_key).replace(rsa_oid, other)
    assert OtherKey("1.2.840.113549.1.1.3") == Certificate.from_der(der).public_key


@pytest.mark.parametrize(("ca", "expected"), [(None, False), (False, False), (True, True)])
def test_the_mark_of_a_ca_is_read(
    signing_key: rsa.RSAPrivateKey, ca: bool | None, expected: bool
) -> None:
    """Basic constraints say whether a certificate is a CA's; without them it is none."""
    ours = compare(make(signing_key, signing_key, ca=ca))
    assert expected is ours.is_ca


def test_a_written_false_marks_no_ca(signing_key: rsa.RSAPrivateKey) -> None:
    """Basic constraints that say FALSE in so many bytes mean what they say."""
    der = make(signing_key, signing_key, ca=True)
    assert 2 == der.count(b"\x01\x01\xff")  # critical, and the mark itself
    at = der.rindex(b"\x01\x01\xff")
    assert not Certificate.from_der(der[:at] + b"\x01\x01\x00" + der[at + 3 :]).is_ca


def test_pem_and_der_are_the_same_certificate(signing_key: rsa.RSAPrivateKey) -> None:
    """Both are read; of a PEM file the first certificate, whatever stands around it."""
    der = make(signing_key, signing_key)
    other = make(signing_key, signing_key, serial=2)
    pem = b"".join(
        x509.load_der_x509_certificate(item).public_bytes(serialization.Encoding.PEM)
        for item in (der, other)
    )
    assert der == Certificate.load(der).der
    assert der == Certificate.load(b"Bag Attributes\r\n" + pem.replace(b"\n", b"\r\n")).der


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"-----BEGIN CERTIFICATE-----",
        b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----",
        b"-----BEGIN CERTIFICATE-----\nA\n-----END CERTIFICATE-----",
        b"\x30\x00",
        b"\x30\x80\x00\x00",
        b"\x30\x84\xff\xff\xff\xff",
    ],
)
def test_what_is_no_certificate_is_one_error(data: bytes) -> None:
    """Empty, cut and meaningless input is refused with one code."""
    with pytest.raises(InputError) as caught:
        Certificate.load(data)
    assert "certificate-unreadable" == caught.value.code


def test_bytes_behind_a_certificate_are_refused(signing_key: rsa.RSAPrivateKey) -> None:
    """A certificate is all of its bytes: what follows it would be hashed and never read."""
    with pytest.raises(InputError):
        Certificate.from_der(make(signing_key, signing_key) + b"\0")


def test_a_certificate_longer_than_a_record_is_refused(signing_key: rsa.RSAPrivateKey) -> None:
    """65,535 bytes is what a record can hold at most, and what is read at most."""
    long: Rdns = ((("2.5.4.3", "utf8_string", "x" * 0x10000),),)
    with pytest.raises(InputError):
        Certificate.from_der(make(signing_key, signing_key, subject=long))


def element(tag: int, content: bytes) -> bytes:
    """One DER value of less than 64 KB."""
    if len(content) < 0x80:
        return bytes((tag, len(content))) + content
    length = len(content).to_bytes(2, "big").lstrip(b"\0")
    return bytes((tag, 0x80 | len(length))) + length + content


def test_an_endless_identifier_is_refused() -> None:
    """An object identifier of thousands of digits is no work for anybody: it is refused."""
    oid = element(0x06, b"\xff" * 0x4000 + b"\x01")
    name = element(0x30, element(0x31, element(0x30, oid + b"\x0c\x01x")))
    key = element(0x30, element(0x30, b"\x06\x01\x2a") + b"\x03\x02\0\0")
    dates = element(0x30, b"\x17\x0d010309170637Z" * 2)
    body = element(0x30, b"\x02\x01\x01\x30\0" + name + dates + name + key)
    with pytest.raises(InputError) as caught:
        Certificate.from_der(element(0x30, body + b"\x30\0\x03\x02\0\0"))
    assert "OBJECT IDENTIFIER" in str(caught.value)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "short head"),
        (b"\x30", "short head"),
        (b"\x1f\x01\x00", "long tag"),
        (b"\x30\x80", "bad length"),
        (b"\x30\x85\1\1\1\1\1", "bad length"),
        (b"\x30\x82\x01", "bad length"),
        (b"\x30\x81\x05", "shortest form"),
        (b"\x30\x82\x00\xff", "shortest form"),
        (b"\x30\x01", "past the end"),
    ],
)
def test_der_has_one_form(data: bytes, reason: str) -> None:
    """Indefinite, overlong and cut lengths and tags of several bytes are refused."""
    with pytest.raises(DerError, match=reason):
        read(data)


def test_der_values_are_slices() -> None:
    """A value knows its tag, its content and its whole; children come in order."""
    value, stop = read(b"\x30\x06\x02\x01\x05\x02\x01\xfftail")
    assert 8 == stop
    assert Value(0x30, b"\x02\x01\x05\x02\x01\xff", b"\x30\x06\x02\x01\x05\x02\x01\xff") == value
    assert [5, -1] == [integer(child) for child in children(value)]
    assert b"\x05" == only(b"\x04\x01\x05", 0x04).content
    for wrong in (b"\x04\x01\x05x", b"\x02\x01\x05"):
        with pytest.raises(DerError):
            only(wrong, 0x04)


@settings(max_examples=200)
@given(st.binary(max_size=60))
def test_der_reads_what_asn1crypto_reads(data: bytes) -> None:
    """Where ours reads a value, asn1crypto reads the same content; only DerError comes out."""
    try:
        value, stop = read(data)
    except DerError:
        return
    *_, theirs, _trailer = parser.parse(data[:stop], strict=True)
    assert (data[:stop], theirs) == (value.whole, value.content)


def test_the_repr_of_a_certificate_is_short(signing_key: rsa.RSAPrivateKey) -> None:
    """What a log may show of a certificate are its facts, not its bytes."""
    text = repr(Certificate.from_der(make(signing_key, signing_key)))
    assert "der=" not in text
    assert repr(Attribute("2.5.4.3", "x", b"")) in text
