#!/usr/bin/env python3
"""Make the generated files under tests/data; a test makes them again and compares.

Rules:

* The keys are random, made once and kept: they are for tests alone and guarded by nobody. With
  the same keys every other file comes out the same, byte for byte.
* Lists are made through the same functions as the product's own.
* Names, serials and sizes are those of the published lists in tests/data/samples.

Usage: ``.venv/bin/python tools/make_data.py``; what is there already is written again.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from ctlkit.certificate import Certificate
from ctlkit.codec import decode
from ctlkit.drafts import draft, identity_of, make_record
from ctlkit.edit import Change, Mode, Plan, Server, TokenEntry, plan
from ctlkit.manifest import build, parse_manifest
from ctlkit.profiles import CTL_CLIENT, CUCM
from ctlkit.signing import PemSigner, sign
from ctlkit.trustlist import Digest, Field, Function, Record, RecordTag
from ctlkit.verify import verify
from softhsm_fixtures import (
    FIRST_NAME,
    SECOND_NAME,
    CertificateSpec,
    Credential,
    etoken_serial,
    make_certificate,
    make_key,
)

DATA = Path(__file__).resolve().parents[1] / "tests" / "data"
TIME = 1425675367
"""Seconds since 1970: when the published list was last modified, Mar 06 21:56:07 CET 2015."""

_KEYS: dict[str, int | str] = {
    "capf": 1024,
    "ec-server": "p256",
    "etoken-1": 1024,
    "etoken-2": 1024,
    "etoken-3": 1024,
    "manufacturing-ca": 2048,
    "publisher-1024": 1024,
    "publisher-2048": 2048,
    "signer-4096": 4096,
    "subscriber": 1024,
}
_PUBLISHER = "L=Krakow,ST=Malopolska,CN=cucm-1051-a-pub,OU=TAC,O=Cisco,C=PL"
_SERVERS = {
    # key: subject, serial, digest, bytes of the certificate
    "publisher-1024": (_PUBLISHER, "70CAF64E090751B9DF22F49F754FC5BB", "sha1", 694),
    "publisher-2048": (_PUBLISHER, "6B1D357B6841740B078FEE4A1813D5D6", "sha256", 955),
    "capf": (
        _PUBLISHER.replace("cucm-1051-a-pub", "CAPF-e41e7d87"),
        "744B4999770496E799E91E81D3C8109B",
        "sha1",
        680,
    ),
    "subscriber": (
        _PUBLISHER.replace("a-pub", "a-sub1"),
        "6BEBFDCDCD8CA277CB2FD1D183A60E72",
        "sha1",
        696,
    ),
}
_TOKENS = {"etoken-1": FIRST_NAME, "etoken-2": SECOND_NAME, "etoken-3": "SAST-ADN00000003"}
_ADDRESSES = {"publisher-1024": "10.48.47.153", "subscriber": "10.48.47.154"}
_TOKENLESS = """
schema = 1
profile = "cucm"
[[entry]]
function = "SAST"
certificate = "{publisher}"
dns = "cucm-1051-a-pub"
[[entry]]
function = "CCM+TFTP"
certificate = "{publisher}"
dns = "cucm-1051-a-pub"
[[entry]]
function = "CAPF"
certificate = "capf"
dns = "cucm-1051-a-pub"
[[entry]]
function = "CCM+TFTP"
certificate = "subscriber"
dns = "cucm-1051-a-sub1"
"""
_ASTERISK = """
schema = 1
profile = "usecallmanager"
digest = "sha512"
signer-version = "1.1"
[[entry]]
function = "SAST"
certificate = "signer-4096"
[[entry]]
function = "SAST"
certificate = "etoken-1"
[[entry]]
function = "CCM+TFTP"
certificate = "publisher-2048"
[[entry]]
function = "CAPF"
certificate = "capf"
"""


@functools.cache
def key(label: str) -> rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey:
    """Return a kept key; one that is not there yet is made and kept."""
    path = DATA / "keys" / f"{label}.pem"
    if not path.exists():
        made = make_key(_KEYS[label])  # type: ignore[arg-type]
        path.write_bytes(Credential(b"", made).key_pem)
    found = serialization.load_pem_private_key(path.read_bytes(), None)
    if not isinstance(found, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        raise TypeError(f"{path} holds another kind of key")
    return found


@functools.cache
def credential(label: str) -> Credential:
    """Return the certificate of a kept key, with the key."""
    if label in _SERVERS:
        subject, serial, digest, size = _SERVERS[label]
        return make_certificate(
            CertificateSpec(subject, serial=int(serial, 16), digest=digest, size=size),  # type: ignore[arg-type]
            key=key(label),
        )
    if label in _TOKENS:
        name = _TOKENS[label]
        subject_of_token = (
            ("CN", name.ljust(24)),
            ("OU", "IPCBU"),
            ("O", "Cisco Systems, Inc."),
        )
        return make_certificate(
            CertificateSpec(subject_of_token, serial=etoken_serial(name), size=902),
            key=key(label),
            issuer=credential("manufacturing-ca"),
        )
    if label == "manufacturing-ca":
        spec = CertificateSpec(
            "CN=Cisco Manufacturing CA,O=Cisco Systems", serial=0x6A6967B3, ca=True
        )
        return make_certificate(spec, key=key(label))
    spec = CertificateSpec(f"CN={label},O=Practice", serial=0x00D1CE, digest="sha256")
    issuer = None if isinstance(key(label), rsa.RSAPrivateKey) else credential("publisher-2048")
    return make_certificate(spec, key=key(label), issuer=issuer)


def certificate(label: str) -> Certificate:
    """Return the certificate of a kept key as ctlkit reads it."""
    return Certificate.from_der(credential(label).der)


def signer(label: str) -> PemSigner:
    """Return a signer with a kept key."""
    return PemSigner(credential(label).pem)


def _from_manifest(text: str, signing: str) -> bytes:
    manifest = parse_manifest(text.encode(), "manifest.toml")
    made, _messages = build(manifest, certificate, certificate(signing), TIME)
    return sign(made, signer(signing)).raw


def tokenless(publisher: str) -> bytes:
    """Return a list like those of ``utils ctl``, signed by the publisher."""
    return _from_manifest(_TOKENLESS.format(publisher=publisher), publisher)


def _plan(**values: object) -> Plan:
    change = {
        "present": None,
        "signer": TokenEntry(certificate("etoken-2"), "etoken-2"),
        "profile": CTL_CLIENT,
        "timestamp": TIME,
        "now": TIME,
        "tokens": (TokenEntry(certificate("etoken-1"), "etoken-1"),),
    }
    return plan(Change(**{**change, **values}))  # type: ignore[arg-type]


def with_tokens() -> bytes:
    """Return a list like the CTL Client's: token, three servers, and the token that signs."""
    servers = (
        (Function.CCM_TFTP, "publisher-1024", "publisher-1024"),
        (Function.CAPF, "capf", "publisher-1024"),
        (Function.CCM_TFTP, "subscriber", "subscriber"),
    )
    given = tuple(
        Server(function, certificate(label), address=_ADDRESSES[node])
        for function, label, node in servers
    )
    return sign(_plan(servers=given).draft, signer("etoken-2")).raw


def non_secure() -> bytes:
    """Return the list with tokens after the cluster left mixed mode."""
    present = verify(decode(with_tokens()))
    made = _plan(present=present, mode=Mode.NON_SECURE)
    return sign(made.draft, signer("etoken-2")).raw


def itl() -> bytes:
    """Return an ITL file: TVS, an EC record, a record with a hash instead of a certificate."""
    own = certificate("publisher-2048")
    capf = make_record(CUCM, Function.CAPF, certificate("capf"), dns="cucm-1051-a-pub")
    hashed = [item for item in capf.fields[1:] if item.tag != RecordTag.CERTIFICATE]
    hashed += [
        Field(RecordTag.CERTHASH, certificate("capf").fingerprint("sha1")),
        Field(RecordTag.HASHALGORITHM, b"\x01"),
    ]
    length = 5 + sum(3 + len(item.value) for item in hashed)
    records = (
        make_record(CUCM, Function.SAST, own, dns="cucm-1051-a-pub", token=False),
        make_record(CUCM, Function.TVS, own, dns="cucm-1051-a-pub"),
        make_record(CUCM, Function.TFTP, certificate("ec-server"), dns="cucm-1051-a-pub"),
        Record((Field(RecordTag.RECORDLENGTH, length.to_bytes(2, "big")), *hashed)),
    )
    made = draft(
        CUCM,
        records,
        signer=own,
        identity=identity_of(records[0]),
        digest=Digest.SHA1,
        timestamp=TIME,
        filename="ITLFile.tlv",
        signer_version=b"\x01\x01",
    )
    return sign(made, signer("publisher-2048")).raw


def signed_file() -> bytes:
    """Return a signed configuration file of the publisher."""
    made = draft(
        CUCM,
        b"<device><deviceProtocol>SCCP</deviceProtocol></device>\n",
        signer=certificate("publisher-1024"),
        digest=Digest.SHA1,
        timestamp=TIME,
        filename="SEP001122334455.cnf.xml.sgn",
    )
    return sign(made, signer("publisher-1024")).raw


def files() -> Iterator[tuple[str, bytes]]:
    """Yield the name, below tests/data, and the bytes of each generated file but the keys."""
    yield "lists/tokenless-4947.tlv", tokenless("publisher-1024")
    yield "lists/tokenless-6113.tlv", tokenless("publisher-2048")
    yield "lists/tokens-5728.tlv", with_tokens()
    yield "lists/non-secure.tlv", non_secure()
    yield "lists/usecallmanager.tlv", _from_manifest(_ASTERISK, "signer-4096")
    yield "lists/itl.tlv", itl()
    yield "lists/signed-file.cnf.xml.sgn", signed_file()


def main() -> None:
    """Write every file."""
    for folder in ("keys", "lists"):
        (DATA / folder).mkdir(parents=True, exist_ok=True)
    for label in _KEYS:
        key(label)
    for name, data in files():
        (DATA / name).write_bytes(data)


if __name__ == "__main__":
    main()
