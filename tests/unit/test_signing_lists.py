"""Signing: what is signed, by whom, and what a signer may not get away with."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from types import ModuleType

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding

from ctlkit.certificate import RsaKey
from ctlkit.codec import decode, encode, encode_record
from ctlkit.drafts import draft, identity_of, make_record
from ctlkit.errors import InputError, RuleError, SignatureError
from ctlkit.profiles import CUCM
from ctlkit.signing import PemSigner, check_rsa, digest_info, sign, signed_bytes
from ctlkit.trustlist import Digest, Draft, Function, SignedFile, TrustList
from ctlkit.verify import verify

HASHES: dict[Digest, hashes.HashAlgorithm] = {
    Digest.SHA1: hashes.SHA1(),
    Digest.SHA256: hashes.SHA256(),
    Digest.SHA512: hashes.SHA512(),
}
NO_CERTIFICATE = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"


@dataclass(frozen=True)
class Double:
    """A signer that answers what a test wants."""

    certificate: bytes
    answer: bytes
    digests: frozenset[Digest] = frozenset({Digest.SHA1})

    def sign(self, info: bytes, /) -> bytes:
        """Return the answer, whatever is to be signed."""
        return self.answer


def drafted(make_data: ModuleType, label: str, digest: Digest = Digest.SHA1) -> Draft:
    """A list of one record that waits for its signature."""
    certificate = make_data.certificate(label)
    record = make_record(CUCM, Function.SAST, certificate)
    return draft(
        CUCM,
        (record,),
        signer=certificate,
        identity=identity_of(record),
        digest=digest,
        timestamp=1,
        filename="CTLFile.tlv",
    )


@pytest.mark.parametrize(
    ("label", "digest"),
    [
        *(("capf", digest) for digest in Digest),
        *(("publisher-2048", digest) for digest in Digest),
        ("signer-4096", Digest.SHA512),
    ],
)
def test_signatures_are_those_of_cryptography(
    make_data: ModuleType, label: str, digest: Digest
) -> None:
    """Over the file without its SIGNATURE field, PKCS#1 v1.5, as another library checks it."""
    signed = sign(drafted(make_data, label, digest), make_data.signer(label))
    assert isinstance(signed, TrustList)
    signature = signed.header.signature or b""
    field = b"\x0c" + len(signature).to_bytes(2, "big") + signature
    assert 1 == signed.raw.count(field)
    key = make_data.key(label).public_key()
    key.verify(signature, signed.raw.replace(field, b""), padding.PKCS1v15(), HASHES[digest])
    assert digest is verify(signed).digest


@pytest.mark.parametrize("label", ["capf", "publisher-2048", "signer-4096"])
def test_putting_the_signature_in_changes_nothing_else(make_data: ModuleType, label: str) -> None:
    """The draft's bytes are the signed bytes, and all lengths count the signature already."""
    waiting = drafted(make_data, label)
    signed = sign(waiting, make_data.signer(label))
    assert encode(waiting) == signed_bytes(signed)
    assert len(signed.raw) == len(encode(waiting)) + 3 + waiting.signature_length
    record = make_record(CUCM, Function.SAST, make_data.certificate(label))
    assert len(signed.raw) - len(encode_record(record)) == signed.header.length


def test_signing_again_gives_the_same_bytes(make_data: ModuleType) -> None:
    """PKCS#1 v1.5 has no randomness: the same draft and key give the same file."""
    waiting = drafted(make_data, "capf")
    signer = make_data.signer("capf")
    assert sign(waiting, signer).raw == sign(waiting, signer).raw


def test_a_signed_file_is_signed_like_a_list(
    make_data: ModuleType, lists: dict[str, bytes]
) -> None:
    """The plain file behind the header is covered by the same cut-out rule."""
    value = decode(lists["signed-file"])
    assert isinstance(value, SignedFile)
    assert signed_bytes(value).endswith(value.content)
    make_data.key("publisher-1024").public_key().verify(
        value.header.signature, signed_bytes(value), padding.PKCS1v15(), hashes.SHA1()
    )


def test_the_signed_bytes_are_cut_out_of_the_file(lists: dict[str, bytes]) -> None:
    """Cut is the complete field of tag 12, where it stands, out of the bytes that were read."""
    data = lists["tokens-5728"]
    at = data.index(b"\x0c\x00\x80")
    assert data[:at] + data[at + 131 :] == signed_bytes(decode(data))


def test_without_a_signature_nothing_is_covered() -> None:
    """A file without the field has no signed bytes; one inside a container is none."""
    for inside in (b"", b"\x03\x00\x04\x0c\x00\x01s"):
        data = b"\x01\x00\x02\x01\x02\x02\x00\x02\x00" + bytes((10 + len(inside),)) + inside
        with pytest.raises(SignatureError) as caught:
            signed_bytes(decode(data))
        assert "signature-absent" == caught.value.code


@pytest.mark.parametrize("digest", list(Digest), ids=lambda item: item.name)
def test_the_digest_info_is_the_standards(digest: Digest) -> None:
    """Sequence of algorithm, NULL and hash, with the standard's object identifiers."""
    oids = {Digest.SHA1: "2b0e03021a", Digest.SHA256: "608648016503040201"}
    info = digest_info(digest, b"x")
    assert hashlib.new(digest.name, b"x").digest() == info[-hashlib.new(digest.name).digest_size :]
    assert bytes.fromhex(oids.get(digest, "608648016503040203")) + b"\x05\0" in info
    assert len(info) - 2 == info[1]


@pytest.mark.parametrize("answer", [b"", b"\0" * 128, b"\xff" * 128, b"x" * 128, b"x" * 127])
def test_a_signer_that_answers_wrong_is_found_out(make_data: ModuleType, answer: bytes) -> None:
    """What does not verify with the signer's own certificate never becomes a file."""
    waiting = drafted(make_data, "capf")
    with pytest.raises(SignatureError) as caught:
        sign(waiting, Double(waiting.signer, answer))
    assert "signature-of-other-key" == caught.value.code


def test_the_key_of_another_certificate_is_found_out(make_data: ModuleType) -> None:
    """A right signature by another key than the certificate's is refused."""
    waiting = drafted(make_data, "capf")
    info = digest_info(Digest.SHA1, encode(waiting))
    other = make_data.signer("subscriber").sign(info)
    assert 128 == len(other)
    with pytest.raises(SignatureError, match="its own certificate does not verify"):
        sign(waiting, Double(waiting.signer, other))


def test_only_the_signer_of_the_draft_may_sign(make_data: ModuleType) -> None:
    """A signer with another certificate is refused before it is asked for anything."""
    with pytest.raises(RuleError) as caught:
        sign(drafted(make_data, "capf"), make_data.signer("subscriber"))
    assert "signer-not-of-draft" == caught.value.code


def test_a_digest_that_the_signer_cannot_do_is_refused(make_data: ModuleType) -> None:
    """A token may do SHA-1 alone: another digest is refused before it is asked for anything."""
    waiting = drafted(make_data, "capf", Digest.SHA512)
    with pytest.raises(RuleError) as caught:
        sign(waiting, Double(waiting.signer, b""))
    assert ("signer-digest-unusable", "SHA512") == (
        caught.value.code,
        caught.value.values["digest"],
    )


def test_the_check_compares_the_whole_block(make_data: ModuleType) -> None:
    """Shorter padding, garbage behind the hash or a missing NULL do not pass as a signature."""
    key = make_data.key("capf")
    numbers = key.private_numbers()
    public = RsaKey(numbers.public_numbers.n, numbers.public_numbers.e)
    info = digest_info(Digest.SHA1, b"data")

    def raw_signature(block: bytes) -> bytes:
        return pow(int.from_bytes(block), numbers.d, public.modulus).to_bytes(128, "big")

    def block(text: bytes, tail: bytes = b"", kind: bytes = b"\1") -> bytes:
        filling = b"\xff" * (128 - 3 - len(text) - len(tail))
        return b"\0" + kind + filling + b"\0" + text + tail

    without_null = info[:1] + bytes((info[1] - 2,)) + b"\x30\x07" + info[4:11] + info[13:]
    assert check_rsa(public, raw_signature(block(info)), info)
    assert not check_rsa(public, raw_signature(block(info, b"garbage" * 8)), info)
    assert not check_rsa(public, raw_signature(block(info, kind=b"\2")), info)
    assert not check_rsa(public, raw_signature(block(without_null)), info)
    assert not check_rsa(public, raw_signature(block(info)), digest_info(Digest.SHA1, b"other"))


def test_a_signature_as_large_as_the_modulus_is_refused(make_data: ModuleType) -> None:
    """The same number plus the modulus would verify too, were it not refused."""
    numbers = make_data.key("capf").public_key().public_numbers()
    key = RsaKey(numbers.n, numbers.e)
    info = digest_info(Digest.SHA1, b"data")
    signature = make_data.signer("capf").sign(info)
    assert check_rsa(key, signature, info)
    larger = int.from_bytes(signature) + key.modulus
    if larger.bit_length() <= 1024:
        assert not check_rsa(key, larger.to_bytes(128, "big"), info)
    assert not check_rsa(key, b"\0" + signature, info)


def test_keys_that_no_list_can_have_are_not_computed_with() -> None:
    """Over 4096 bits, or with an exponent of over 64, a key is refused before any arithmetic."""
    info = digest_info(Digest.SHA1, b"")
    huge = RsaKey((1 << 8 * 513) - 1, 1)
    block = b"\0\1" + b"\xff" * (513 - 3 - len(info)) + b"\0" + info
    assert not check_rsa(huge, block, info)
    prime = (1 << 1279) - 1  # to its own power every number is itself
    block = b"\0\1" + b"\xff" * (160 - 3 - len(info)) + b"\0" + info
    assert check_rsa(RsaKey(prime, 1), block, info)
    assert not check_rsa(RsaKey(prime, prime), block, info)


def test_a_short_key_has_no_room_for_a_long_hash() -> None:
    """Where the DigestInfo leaves less than eight bytes of padding the answer is no."""
    info = digest_info(Digest.SHA512, b"")
    for padding_length, expected in ((8, True), (7, False)):
        block = b"\0\1" + b"\xff" * padding_length + b"\0" + info
        key = RsaKey((1 << 8 * len(block)) - 1, 1)
        assert expected is check_rsa(key, block, info)


def test_a_pem_signer_takes_key_and_certificate_in_any_order(make_data: ModuleType) -> None:
    """Key and certificate of one PEM file make a signer, PKCS#8 or PKCS#1, key first or last."""
    made = make_data.credential("capf")
    old = made.key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )
    for data in (made.pem, made.key_pem + made.certificate_pem, old + made.certificate_pem):
        signer = PemSigner(data)
        assert made.der == signer.certificate
        assert isinstance(sign(drafted(make_data, "capf"), signer), TrustList)


def test_an_encrypted_key_asks_for_its_password_once(make_data: ModuleType) -> None:
    """The password is asked for only where the key is encrypted, and a wrong one is refused."""
    made = make_data.credential("capf")
    locked = made.key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(b"right"),
    )
    asked: list[bytes] = []

    def password(text: bytes) -> bytes:
        asked.append(text)
        return text

    PemSigner(made.certificate_pem + locked, lambda: password(b"right"))
    PemSigner(made.pem, lambda: password(b"never"))
    assert [b"right"] == asked
    for give in (None, lambda: password(b"wrong")):
        with pytest.raises(InputError) as caught:
            PemSigner(made.certificate_pem + locked, give)
        assert "pem-key-encrypted" == caught.value.code
    assert [b"right", b"wrong"] == asked


def test_pem_files_that_cannot_sign_are_told_apart(make_data: ModuleType) -> None:
    """No key, no certificate, a broken key, an EC key, and a pair that is none."""
    one, other = make_data.credential("capf"), make_data.credential("subscriber")
    curve = make_data.credential("ec-server")
    broken = one.key_pem.replace(b"\nMII", b"\nAAA", 1)
    assert broken != one.key_pem
    cases = {
        one.certificate_pem: "pem-no-key",
        one.key_pem: "pem-no-certificate",
        one.certificate_pem + broken: "pem-key-unreadable",
        curve.pem: "pem-key-not-rsa",
        one.certificate_pem + other.key_pem: "pem-key-of-other-certificate",
        NO_CERTIFICATE + one.key_pem: "certificate-unreadable",
        b"": "pem-no-key",
    }
    for data, code in cases.items():
        with pytest.raises(InputError) as caught:
            PemSigner(data)
        assert code == caught.value.code


def test_a_signer_never_shows_its_key(make_data: ModuleType) -> None:
    """Neither repr nor the text of an error holds the private key."""
    signer = make_data.signer("capf")
    assert f"{make_data.key('capf').private_numbers().d}" not in repr(vars(signer))
    assert "PRIVATE" not in repr(signer)


def test_a_draft_is_not_a_file(make_data: ModuleType) -> None:
    """The bytes to sign are no list: HeaderLength counts a signature that is not there."""
    with pytest.raises(InputError):
        decode(encode(drafted(make_data, "capf")))
