"""The rules of verifying, one by one, over lists made for the purpose."""

from __future__ import annotations

import dataclasses
import pickle
from types import ModuleType
from typing import TYPE_CHECKING

import pytest

from ctlkit.certificate import Certificate
from ctlkit.codec import decode, encode
from ctlkit.drafts import make_record
from ctlkit.errors import CannotTellError, FormatError, SignatureError, TrustError, UntrustedError
from ctlkit.profiles import CUCM
from ctlkit.trustlist import (
    Field,
    Function,
    Header,
    HeaderTag,
    RecordTag,
    SignedFile,
    TrustList,
)
from ctlkit.verify import VerifiedList, find_signer, require_successor, verify
from softhsm_fixtures import CertificateSpec, make_certificate

if TYPE_CHECKING:
    from tests.unit.conftest import ListMaker


def read(data: bytes) -> TrustList:
    """Read a list that is one."""
    value = decode(data)
    assert isinstance(value, TrustList)
    return value


@pytest.fixture(scope="session")
def two_tokens(maker: ListMaker) -> TrustList:
    """Give a list of two tokens, signed by the first."""
    return maker.signed(maker.record("etoken-1"), maker.record("etoken-2"))


def codes(verified: VerifiedList) -> set[str]:
    """The codes of the warnings about a list."""
    return {message.code for message in verified.warnings}


def test_every_kept_list_verifies(lists: dict[str, bytes]) -> None:
    """Lists of all dialects, CTL and ITL, verify against their own signers."""
    for name, data in lists.items():
        value = decode(data)
        if isinstance(value, TrustList):
            assert find_signer(value) is verify(value).signer, name


def test_no_byte_can_be_changed(two_tokens: TrustList) -> None:
    """Each byte of a small list flipped: a format error, or not verified; never valid."""
    data = two_tokens.raw
    accepted = []
    for at in range(len(data)):
        changed = data[:at] + bytes((data[at] ^ 1,)) + data[at + 1 :]
        try:
            verify(decode(changed))
        except (FormatError, SignatureError, CannotTellError):
            continue
        accepted.append(at)
    assert [] == accepted


def test_a_change_outside_the_names_is_a_wrong_signature(two_tokens: TrustList) -> None:
    """Where signer and structure still read, the error says that the signature is wrong."""
    data = two_tokens.raw
    stamp = data.index(b"\x0f\x00\x04") + 3
    for at in (stamp, data.index(b"CTLFile.tlv"), len(data) - 1, data.index(b"\x0c\x00\x80") + 9):
        changed = data[:at] + bytes((data[at] ^ 0x80,)) + data[at + 1 :]
        with pytest.raises(SignatureError) as caught:
            verify(decode(changed))
        assert "signature-wrong" == caught.value.code


def test_bytes_that_were_read_are_checked(two_tokens: TrustList) -> None:
    """Without the bytes that were read there is nothing to verify, whatever the fields say."""
    with pytest.raises(SignatureError):
        verify(dataclasses.replace(two_tokens, raw=b""))


def test_a_list_without_a_signature_is_refused(two_tokens: TrustList) -> None:
    """No SIGNATURE field: an error of its own."""
    fields = [item for item in two_tokens.header.fields if item.tag != HeaderTag.SIGNATURE]
    length = (two_tokens.header.length or 0) - 131
    fields[1] = Field(HeaderTag.HEADERLENGTH, length.to_bytes(2, "big"))
    data = encode(TrustList(Header(tuple(fields)), two_tokens.records))
    with pytest.raises(SignatureError) as caught:
        verify(decode(data))
    assert "signature-absent" == caught.value.code


def test_a_signature_of_another_length_is_refused(two_tokens: TrustList) -> None:
    """A signature that the signer's key cannot make says both lengths."""
    fields = [
        Field(item.tag, bytes(127)) if item.tag == HeaderTag.SIGNATURE else item
        for item in two_tokens.header.fields
    ]
    length = (two_tokens.header.length or 0) - 1
    fields[1] = Field(HeaderTag.HEADERLENGTH, length.to_bytes(2, "big"))
    data = encode(TrustList(Header(tuple(fields)), two_tokens.records))
    with pytest.raises(SignatureError) as caught:
        verify(decode(data))
    values = caught.value.values
    assert ("signature-length", 127, 128) == (caught.value.code, values["have"], values["need"])


def test_the_signer_is_the_first_sast_record_that_is_named(maker: ListMaker) -> None:
    """Serial and issuer of a SAST record: the same certificate as a server's is not the signer."""
    sast = maker.record("publisher-1024")
    server = maker.record("publisher-1024", Function.CCM_TFTP)
    value = maker.signed(server, sast, by="publisher-1024")
    assert value.records[1] is verify(value).signer
    with pytest.raises(CannotTellError) as caught:
        verify(maker.signed(server, by="publisher-1024"))
    assert "signer-not-in-list" == caught.value.code


def test_the_issuer_counts_as_well_as_the_serial(maker: ListMaker) -> None:
    """A SAST record of the same serial and another issuer is not the signer."""
    record = maker.replaced(maker.record("etoken-1"), RecordTag.ISSUERNAME, b"CN=other\0")
    with pytest.raises(CannotTellError):
        verify(maker.signed(record, maker.record("etoken-2")))


def test_a_public_key_that_differs_makes_the_list_invalid(maker: ListMaker) -> None:
    """PUBLICKEY is not the key of the certificate: invalid, whichever of them signed."""
    other = maker.certificate("etoken-2").key_bytes
    record = maker.replaced(maker.record("etoken-1"), RecordTag.PUBLICKEY, other)
    with pytest.raises(SignatureError) as caught:
        verify(maker.signed(record))
    assert "signer-key-differs-from-certificate" == caught.value.code


def test_without_a_certificate_the_public_key_serves(maker: ListMaker) -> None:
    """An ITL record may lack its certificate: its PUBLICKEY is used, and that is reported."""
    bare = maker.without(maker.record("etoken-1"), RecordTag.CERTIFICATE)
    assert "signer-without-certificate" in codes(verify(maker.signed(bare)))


def test_without_a_public_key_the_certificate_serves(maker: ListMaker) -> None:
    """A record without PUBLICKEY is checked with its certificate alone."""
    bare = maker.without(maker.record("etoken-1"), RecordTag.PUBLICKEY)
    assert bare == verify(maker.signed(bare)).signer


@pytest.mark.parametrize(
    ("tag", "value", "code"),
    [
        (RecordTag.CERTIFICATE, b"junk", "signer-certificate-unreadable"),
        (RecordTag.PUBLICKEY, b"junk", "signer-key-not-rsa"),
        (RecordTag.PUBLICKEY, b"", "signer-without-key"),
    ],
)
def test_without_a_usable_key_nobody_can_tell(
    maker: ListMaker, tag: RecordTag, value: bytes, code: str
) -> None:
    """No certificate and no key, or ones that cannot be read: could not tell, not invalid."""
    record = maker.record("etoken-1")
    if tag == RecordTag.PUBLICKEY:
        record = maker.without(record, RecordTag.CERTIFICATE)
    with pytest.raises(CannotTellError) as caught:
        verify(maker.signed(maker.replaced(record, tag, value)))
    assert code == caught.value.code


def test_an_ec_signer_cannot_be_told(maker: ListMaker) -> None:
    """A header that names a SAST record with an EC key: could not tell."""
    record = maker.record("ec-server")
    with pytest.raises(CannotTellError) as caught:
        verify(maker.signed(record, named=record))
    assert "signer-key-not-rsa" == caught.value.code


def test_a_key_over_4096_bits_cannot_be_told(maker: ListMaker) -> None:
    """No list has a signature of so many bytes; computing with such a key could take minutes."""
    modulus = (1 << 8 * 3000) - 1
    key = b"\x30\x82\x0b\xc0\x02\x82\x0b\xb9\0" + modulus.to_bytes(3000, "big") + b"\x02\1\3"
    bare = maker.without(maker.record("etoken-1"), RecordTag.CERTIFICATE)
    with pytest.raises(CannotTellError) as caught:
        verify(maker.signed(maker.replaced(bare, RecordTag.PUBLICKEY, key)))
    assert ("signer-key-unusable", 24000) == (caught.value.code, caught.value.values["bits"])


@pytest.mark.parametrize("number", [b"\x00", b"\x04", b"\xff", b""])
def test_an_unknown_digest_cannot_be_told(two_tokens: TrustList, number: bytes) -> None:
    """A digest that is none of the three known is not called a wrong signature."""
    data = two_tokens.raw
    at = data.index(b"\x08\x00\x01\x01")
    if not number:
        # Tag 200 instead of the digest's: there is none.
        changed = data[:at] + b"\xc8" + data[at + 1 :]
    else:
        changed = data[: at + 3] + number + data[at + 4 :]
    with pytest.raises(CannotTellError) as caught:
        verify(decode(changed))
    assert "digest-unknown" == caught.value.code


def test_a_trusted_list_knows_its_sast_records(maker: ListMaker, two_tokens: TrustList) -> None:
    """A list signed by any SAST record of the trusted one is trusted, also with its own signer."""
    anchor = verify(two_tokens)
    later = maker.signed(maker.record("etoken-2"), maker.record("etoken-3"), by="etoken-2")
    assert later is verify(later, (anchor,)).list
    alone = maker.signed(maker.record("etoken-3"), by="etoken-2")
    verified = verify(alone, (anchor,))
    assert verified.signer is None
    assert "signer-not-in-list" in codes(verified)


def test_a_signer_that_is_not_known_is_not_trusted(maker: ListMaker, two_tokens: TrustList) -> None:
    """A right signature by a token that the trusted list does not hold."""
    other = maker.signed(maker.record("etoken-3"), maker.record("etoken-1"), by="etoken-3")
    with pytest.raises(UntrustedError) as caught:
        verify(other, (verify(two_tokens),))
    assert "signer-not-trusted" == caught.value.code
    assert "SAST-ADN00000003" in str(caught.value)


def test_a_server_of_a_trusted_list_signs_no_list(maker: ListMaker) -> None:
    """Rule 4 asks for a SAST entry there: the same certificate as CCM+TFTP is not enough."""
    trusted = maker.signed(
        maker.record("etoken-1"), maker.record("publisher-1024", Function.CCM_TFTP)
    )
    other = maker.signed(maker.record("publisher-1024"), by="publisher-1024")
    with pytest.raises(UntrustedError):
        verify(other, (verify(trusted),))


def test_a_trusted_certificate_knows_its_own_signatures(
    maker: ListMaker, two_tokens: TrustList
) -> None:
    """A certificate trusts what its key signed, in either byte order of the serial."""
    own, other = maker.certificate("etoken-1"), maker.certificate("etoken-2")
    assert verify(two_tokens, (own,)).key == own.public_key
    assert verify(two_tokens, (other, own)).key == own.public_key
    record = maker.record("etoken-1")
    windows = maker.replaced(record, RecordTag.SERIALNUMBER, own.serial[::-1])
    assert verify(maker.signed(windows, named=windows), (own,)).key == own.public_key
    with pytest.raises(UntrustedError):
        verify(two_tokens, (other,))


def test_the_same_names_with_another_key_are_refused(
    maker: ListMaker, make_data: ModuleType
) -> None:
    """Issuer and serial of a known token, another key: phones refuse it, and so do we."""
    genuine = verify(maker.signed(maker.record("etoken-1"), maker.record("etoken-2")))
    spec = CertificateSpec(
        (("CN", "SAST-ADN0054f509".ljust(24)), ("OU", "IPCBU"), ("O", "Cisco Systems, Inc.")),
        issuer="CN=Cisco Manufacturing CA,O=Cisco Systems",
        serial=0x45DAA2AF00000027F93C,
    )
    forged_certificate = Certificate.from_der(
        make_certificate(spec, key=make_data.key("etoken-3")).der
    )
    forged = make_record(CUCM, Function.SAST, forged_certificate)
    value = maker.signed(forged, by="etoken-3", named=forged)
    assert value.records[0] is verify(value).signer
    for anchor in (genuine, maker.certificate("etoken-1")):
        with pytest.raises(UntrustedError) as caught:
            verify(value, (anchor,))
        assert "signer-known-with-other-key" == caught.value.code
    assert verify(value, (genuine, forged_certificate)).key == forged_certificate.public_key


def test_a_wrong_signature_stays_wrong_under_trust(maker: ListMaker, two_tokens: TrustList) -> None:
    """A list that its own signer did not sign is invalid, not merely unknown."""
    data = two_tokens.raw[:-1] + b"\x99"
    with pytest.raises(SignatureError):
        verify(decode(data), (maker.certificate("etoken-2"),))


def test_a_successor_is_signed_by_a_known_token(maker: ListMaker, two_tokens: TrustList) -> None:
    """require_successor is what a phone does with a new list."""
    present = verify(two_tokens)
    good = maker.signed(maker.record("etoken-2"), maker.record("etoken-3"), by="etoken-2")
    require_successor(verify(good), present)
    bad = maker.signed(maker.record("etoken-2"), maker.record("etoken-3"), by="etoken-3")
    with pytest.raises(UntrustedError):
        require_successor(verify(bad), present)


def signed_file(lists: dict[str, bytes]) -> SignedFile:
    """The kept signed file."""
    value = decode(lists["signed-file"])
    assert isinstance(value, SignedFile)
    return value


def test_a_signed_file_needs_something_to_trust(lists: dict[str, bytes]) -> None:
    """Without trust, and with trust that does not know the signer: could not tell."""
    value = signed_file(lists)
    with pytest.raises(CannotTellError) as caught:
        verify(value)
    assert "signed-file-needs-trust" == caught.value.code
    with pytest.raises(CannotTellError) as caught:
        verify(value, (verify(read(lists["usecallmanager"])),))
    assert "signer-not-trusted" == caught.value.code


def test_a_signed_file_is_trusted_by_list_or_certificate(
    maker: ListMaker, lists: dict[str, bytes]
) -> None:
    """A TFTP or CCM+TFTP record of a trusted list knows the signer, or the certificate itself."""
    value = signed_file(lists)
    own = maker.certificate("publisher-1024")
    assert own.public_key == verify(value, (own,)).key
    for function in (Function.CCM_TFTP, Function.TFTP):
        trusted = maker.signed(maker.record("etoken-1"), maker.record("publisher-1024", function))
        assert value is verify(value, (verify(trusted),)).file
    only_sast = maker.signed(maker.record("publisher-1024"), by="publisher-1024")
    with pytest.raises(CannotTellError):
        verify(value, (verify(only_sast),))


def test_a_changed_signed_file_is_refused(maker: ListMaker, lists: dict[str, bytes]) -> None:
    """A signed file with one byte of its content changed has a wrong signature."""
    data = lists["signed-file"]
    own = maker.certificate("publisher-1024")
    with pytest.raises(SignatureError):
        verify(decode(data[:-2] + b"X" + data[-1:]), (own,))


def test_one_thing_that_knows_a_files_signer_suffices(
    maker: ListMaker, make_data: ModuleType, lists: dict[str, bytes]
) -> None:
    """A trusted certificate of the same serial and another key does not hide the right one."""
    spec = CertificateSpec("CN=chance", serial=0x70CAF64E090751B9DF22F49F754FC5BB)
    chance = Certificate.from_der(make_certificate(spec, key=make_data.key("capf")).der)
    own = maker.certificate("publisher-1024")
    assert own.public_key == verify(signed_file(lists), (chance, own)).key
    with pytest.raises(SignatureError):
        verify(signed_file(lists), (chance,))


def test_verified_values_cross_processes(lists: dict[str, bytes]) -> None:
    """What is trusted travels to worker processes and is the same there."""
    anchor = verify(read(lists["tokens-5728"]))
    again = pickle.loads(pickle.dumps(anchor))
    assert anchor == again
    assert anchor.list.raw == again.list.raw
    assert verify(read(lists["non-secure"]), (again,)).key == anchor.key


def test_errors_of_trust_are_told_apart() -> None:
    """Invalid, unknown and could-not-tell are different types with the same exit status."""
    assert issubclass(SignatureError, TrustError)
    assert issubclass(UntrustedError, TrustError)
    assert not issubclass(CannotTellError, TrustError)
    assert {3} == {SignatureError.status, UntrustedError.status, CannotTellError.status}
