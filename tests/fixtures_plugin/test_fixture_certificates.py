"""Certificates of the fixtures: what they say, and that their length is exact."""

from __future__ import annotations

import hashlib
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from asn1crypto import algos, x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from cryptography.x509 import load_der_x509_certificate, load_pem_x509_certificate

from softhsm_fixtures import (
    FIRST_NAME,
    SECOND_NAME,
    CertificateSpec,
    KeyKind,
    SizeError,
    etoken_certificate,
    etoken_issuer,
    make_certificate,
    make_key,
    name,
    named_key,
)

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.padding import AsymmetricPadding

    from softhsm_fixtures.certificates import DigestName

PUBLISHER = "CN=cucm-1051-a-pub,OU=TAC,O=Cisco,L=Krakow,ST=Malopolska,C=PL"


def _openssl(der: bytes, folder: Path, *options: str) -> str:
    path = folder / "certificate.der"
    path.write_bytes(der)
    done = subprocess.run(
        ["openssl", "x509", "-inform", "DER", "-in", str(path), "-noout", *options],
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def test_etoken_certificate_is_as_the_field_has_it(tmp_path: Path) -> None:
    """OpenSSL reads an eToken's certificate: names with their blanks, SHA-1, 1024 bits."""
    credential = etoken_certificate()
    text = _openssl(credential.der, tmp_path, "-subject", "-issuer", "-serial", "-text")
    assert 'CN = "SAST-ADN0054f509        ", OU = IPCBU, O = "Cisco Systems, Inc."' in text
    assert "issuer=CN = Cisco Manufacturing CA, O = Cisco Systems\n" in text
    assert "serial=45DAA2AF00000027F93C\n" in text
    assert "Signature Algorithm: sha1WithRSAEncryption" in text
    assert "Public-Key: (1024 bit)" in text


@pytest.mark.parametrize("common_name", [FIRST_NAME, SECOND_NAME, "SAST-ADNffffffff", "x"])
def test_etoken_certificate_has_902_bytes_and_ten_of_serial(common_name: str) -> None:
    """Every eToken of 1024 bits has the published length, and a serial of ten bytes."""
    credential = etoken_certificate(common_name)
    assert 902 == len(credential.der)
    assert 10 == len(x509.Certificate.load(credential.der)["tbs_certificate"][1].contents)
    assert 24 == len(credential.common_name)
    assert common_name == credential.common_name.rstrip()


def test_etoken_certificate_is_signed_by_its_issuer() -> None:
    """The issuer's key signed what the certificate says, with SHA-1."""
    certificate = x509.Certificate.load(etoken_certificate().der)
    issuer = etoken_issuer().key.public_key()
    assert isinstance(issuer, rsa.RSAPublicKey)
    # Some systems' policies forbid OpenSSL to check SHA-1: it shows what was signed instead.
    info = issuer.recover_data_from_signature(certificate.signature, padding.PKCS1v15(), None)
    digest = hashlib.sha1(certificate["tbs_certificate"].dump(), usedforsecurity=False).digest()
    assert bytes.fromhex("3021300906052b0e03021a05000414") + digest == info


class _PolicyKey(rsa.RSAPrivateKey):
    """An RSA key on a system whose policy forbids OpenSSL to sign a SHA-1 hash."""

    def __init__(self, key: rsa.RSAPrivateKey) -> None:
        self._key = key

    @property
    def key_size(self) -> int:
        return self._key.key_size

    def public_key(self) -> rsa.RSAPublicKey:
        return self._key.public_key()

    def sign(self, data: bytes, padding: AsymmetricPadding, algorithm: Any) -> bytes:
        if isinstance(algorithm, hashes.SHA1):
            raise UnsupportedAlgorithm("sha1 is not supported by this backend")
        return self._key.sign(data, padding, algorithm)

    def decrypt(self, ciphertext: bytes, padding: AsymmetricPadding) -> bytes:
        raise NotImplementedError

    def private_numbers(self) -> rsa.RSAPrivateNumbers:
        raise NotImplementedError

    def private_bytes(self, *_options: object, **_more: object) -> bytes:
        raise NotImplementedError

    def __copy__(self) -> rsa.RSAPrivateKey:
        raise NotImplementedError

    def __deepcopy__(self, memo: dict[Any, Any]) -> rsa.RSAPrivateKey:
        raise NotImplementedError


@pytest.mark.parametrize("digest", ["sha1", "sha256", "sha512"])
def test_a_policy_against_sha1_does_not_matter(digest: DigestName) -> None:
    """Where OpenSSL may not sign SHA-1 the certificates are the same, byte by byte."""
    key = named_key("policy")
    assert isinstance(key, rsa.RSAPrivateKey)
    spec = CertificateSpec(PUBLISHER, digest=digest)
    made = make_certificate(spec, key=_PolicyKey(key))
    assert make_certificate(spec, key=key).der == made.der
    certificate = x509.Certificate.load(made.der)
    hashed = hashlib.new(digest, certificate["tbs_certificate"].dump(), usedforsecurity=False)
    shown = key.public_key().recover_data_from_signature(
        certificate.signature, padding.PKCS1v15(), None
    )
    info = algos.DigestInfo.load(shown, strict=True)
    assert (digest, hashed.digest()) == (
        info["digest_algorithm"]["algorithm"].native,
        info["digest"].native,
    )


def test_only_keys_make_a_difference() -> None:
    """The same spec and key give the same bytes; another key gives others."""
    spec = CertificateSpec(PUBLISHER, size=694)
    key = make_key(1024)
    assert make_certificate(spec, key=key).der == make_certificate(spec, key=key).der
    assert make_certificate(spec, key=key).der != make_certificate(spec, key=make_key(1024)).der


@pytest.mark.parametrize(
    ("bits", "size"), [(1024, 694), (1024, 680), (1024, 696), (2048, 955), (4096, 3000)]
)
def test_published_sizes_are_met(bits: int, size: int) -> None:
    """Server certificates come out at the lengths of the published lists."""
    spec = CertificateSpec(PUBLISHER, size=size)
    assert size == len(make_certificate(spec, key=named_key("server", bits)).der)


def test_lengths_that_der_skips_are_met(tmp_path: Path) -> None:
    """Where a length field grows, every length around it is reached, and OpenSSL reads it."""
    # Between the shortest and these the lengths of all nested fields pass 127 and 255.
    for size in (*range(712, 726), *range(841, 857)):
        der = make_certificate(CertificateSpec(PUBLISHER, size=size), key=named_key("gap")).der
        assert size == len(der)
        assert "CN = cucm-1051-a-pub" in _openssl(der, tmp_path, "-subject")
        assert 1 == load_der_x509_certificate(der).serial_number


def test_a_length_below_the_shortest_is_refused() -> None:
    """The error says which lengths there are."""
    bare = len(make_certificate(CertificateSpec(PUBLISHER), key=named_key("bare")).der)
    with pytest.raises(SizeError, match=rf"has {bare} bytes, or \d+ and more, not 200"):
        make_certificate(CertificateSpec(PUBLISHER, size=200), key=named_key("bare"))
    assert bare == len(
        make_certificate(CertificateSpec(PUBLISHER, size=bare), key=named_key("bare")).der
    )


@pytest.mark.parametrize("curve", ["p256", "p384", "p521"])
def test_ec_certificates_have_an_exact_length_too(curve: KeyKind) -> None:
    """An ECDSA signature has no fixed length, the certificate still has."""
    key = named_key("ec", curve)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    for size in range(800, 805):
        der = make_certificate(CertificateSpec(PUBLISHER, size=size, digest="sha256"), key=key).der
        assert size == len(der)
        certificate = load_der_x509_certificate(der)
        certificate.verify_directly_issued_by(certificate)


def test_spec_is_what_the_certificate_says() -> None:
    """Serial, dates, digest, issuer and the mark of an authority are those of the spec."""
    spec = CertificateSpec(
        subject=(("CN", "Ünï, code"), ("C", "PL")),
        issuer="CN=another",
        serial=0x6B1D357B6841740B078FEE4A1813D5D6,
        digest="sha256",
        not_before=datetime(2015, 3, 6, tzinfo=UTC),
        not_after=datetime(2020, 3, 6, tzinfo=UTC),
        ca=True,
    )
    certificate = x509.Certificate.load(make_certificate(spec).der)
    assert "Ünï, code" == certificate.subject.native["common_name"]
    assert "another" == certificate.issuer.native["common_name"]
    assert spec.serial == certificate.serial_number
    assert "sha256" == certificate.hash_algo
    assert spec.not_before == certificate.not_valid_before
    assert spec.not_after == certificate.not_valid_after
    assert certificate.ca


def test_pem_holds_certificate_and_key() -> None:
    """One PEM file serves a signer: the certificate, then its key."""
    credential = make_certificate(CertificateSpec(PUBLISHER, digest="sha256"))
    certificate = load_pem_x509_certificate(credential.pem)
    key = load_pem_private_key(credential.pem, password=None)
    assert certificate.public_key() == key.public_key()
    assert "PRIVATE" not in repr(credential)


@pytest.mark.parametrize("text", ["", "CN", "X=a", "CN=a,b"])
def test_names_that_cannot_be_read_are_refused(text: str) -> None:
    """A name is six known types with values without a comma."""
    with pytest.raises(ValueError, match="is not one of"):
        name(text)


def test_named_keys_are_kept_apart() -> None:
    """A name and kind always give one key, another name or kind another."""
    assert named_key("one") is named_key("one")
    assert named_key("one") is not named_key("two")
    assert named_key("one") is not named_key("one", 2048)
