"""Lists made by the product compared with published ones: sizes, `show ctl`, the signature."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ctlkit.certificate import RsaKey, rsa_key
from ctlkit.codec import decode, decode_partly, encode_record
from ctlkit.drafts import non_secure_record
from ctlkit.profiles import CTL_CLIENT
from ctlkit.showctl import missing_text, show_text
from ctlkit.signing import check_rsa
from ctlkit.trustlist import Function, SignedFile, TrustList
from ctlkit.verify import verify

VERIFIED = "The CTL file was verified successfully."
# Of other keys, and so of other bytes: checksums, dates, signatures, hashes of certificates.
OTHERS = (
    re.compile(r"^[0-9a-f]{32}\(MD5\)$"),
    re.compile(r"^[0-9a-f]{40}\(SHA1\)$"),
    re.compile(r"(?<=last modified on ).*"),
    re.compile(r"^(?:[0-9a-f]{1,2} ?){8}$"),
    re.compile(r"(?:[0-9A-F]{2} ){20}(?=\(SHA1 Hash HEX\))"),
)


def read_list(data: bytes) -> TrustList:
    """Read a list that is one."""
    value = decode(data)
    assert isinstance(value, TrustList)
    return value


def folded(text: str) -> list[str]:
    """The lines that say something, runs of white space folded, other keys' values masked."""
    lines = [" ".join(line.split()) for line in text.splitlines()]
    for pattern in OTHERS:
        lines = [pattern.sub("#", line) for line in lines]
    return [line for line in lines if line]


def published_blocks(text: str) -> list[list[str]]:
    """The parts between the places where the publication left something out."""
    return [folded(block) for block in text.split("[...]")]


def shown(data: bytes) -> list[str]:
    """Return our text for a list that verifies."""
    return folded(show_text(decode_partly(data), 1425675367, VERIFIED))


@pytest.mark.parametrize(
    ("name", "size", "records"),
    [
        ("tokenless-4947", 4947, [336, 1156, 1156, 1138, 1161]),
        ("tokenless-6113", 6113, [464, 1675, 1675, 1138, 1161]),
        ("tokens-5728", 5728, [304, 1186, 1022, 1004, 1026, 1186]),
    ],
)
def test_lists_have_the_published_sizes(
    lists: dict[str, bytes], name: str, size: int, records: list[int]
) -> None:
    """From certificates of the published sizes come files, headers and records of those sizes."""
    value = read_list(lists[name])
    assert size == len(lists[name])
    assert records == [value.header.length, *(record.length for record in value.records)]
    assert records[1:] == [len(encode_record(record)) for record in value.records]


def test_a_non_secure_record_has_33_bytes(lists: dict[str, bytes]) -> None:
    """For an address of 12 characters the short form of a CCM+TFTP record has 33 bytes."""
    value = read_list(lists["tokens-5728"])
    short = non_secure_record(CTL_CLIENT, value.records[1])
    assert Function.CCM_TFTP == short.function
    assert (33, 33) == (short.length, len(encode_record(short)))
    assert "10.48.47.153" == short.dns_name


def test_a_list_with_tokens_has_the_published_order(lists: dict[str, bytes]) -> None:
    """The CTL Client writes token, publisher, CAPF, subscriber and the token that signs."""
    value = read_list(lists["tokens-5728"])
    assert [0, 2, 4, 2, 0] == [record.function for record in value.records]
    assert value.records[4] is verify(value).signer


@pytest.mark.parametrize(
    ("sample", "name"),
    [
        ("tokenless-4947.txt", "tokenless-4947"),
        ("tokenless-2048-6113.txt", "tokenless-6113"),
        ("tokens-5728.txt", "tokens-5728"),
    ],
)
def test_lists_are_shown_as_published(
    data_folder: Path, lists: dict[str, bytes], sample: str, name: str
) -> None:
    """Each published part stands in our text, line by line, but for the values of other keys."""
    verify(read_list(lists[name]))
    ours = "\n".join(shown(lists[name]))
    blocks = published_blocks((data_folder / "samples" / sample).read_text())
    rest = ours
    for number, block in enumerate(blocks):
        before, found, rest = rest.partition("\n".join(block))
        assert found, f"not in our text:\n{chr(10).join(block)}\nwhich is\n{ours}"
        assert number > 0 or not before
    assert "" == rest


def test_the_whole_published_text_is_ours(data_folder: Path, lists: dict[str, bytes]) -> None:
    """The one sample that is complete equals our text, no line more and none less."""
    published = (data_folder / "samples" / "tokenless-4947.txt").read_text()
    assert folded(published) == shown(lists["tokenless-4947"])


def test_a_missing_list_is_shown_as_published(data_folder: Path) -> None:
    """The text for a cluster without a file is the published one."""
    published = (data_folder / "samples" / "no-ctl.txt").read_text()
    assert published.rstrip() == missing_text("CTL").rstrip()


def published_signature(data_folder: Path) -> bytes:
    """The signature's bytes out of the published text."""
    text = (data_folder / "samples" / "tokenless-4947.txt").read_text()
    match = re.search(r"12\s+SIGNATURE\s+128\s*\n((?:(?:[0-9a-f]{1,2}\s+){8}){16})", text)
    assert match is not None
    return bytes(int(pair, 16) for pair in match.group(1).split())


def published_key(data_folder: Path) -> RsaKey:
    """The key out of the certificate's picture."""
    text = (data_folder / "published-key.txt").read_text()
    return rsa_key(bytes.fromhex("".join(text.split())))


def test_published_key_and_signature_belong_together(data_folder: Path) -> None:
    """The published signature opens, with the published key, to a DigestInfo of SHA-1."""
    key = published_key(data_folder)
    opened = pow(int.from_bytes(published_signature(data_folder)), key.exponent, key.modulus)
    block = opened.to_bytes(128, "big")
    head = bytes.fromhex("3021300906052b0e03021a05000414")
    assert b"\0\1" + b"\xff" * 90 + b"\0" + head == block[:-20]
    assert "7af4a1e532835fc78215c2f504eb67e411524f61" == block[-20:].hex()


def test_the_check_accepts_the_published_signature(data_folder: Path) -> None:
    """check_rsa takes the published signature for its DigestInfo, and for no other."""
    key, signature = published_key(data_folder), published_signature(data_folder)
    info = bytes.fromhex("3021300906052b0e03021a050004147af4a1e532835fc78215c2f504eb67e411524f61")
    assert check_rsa(key, signature, info)
    assert not check_rsa(key, signature, info[:-1] + b"\x62")
    assert not check_rsa(key, signature[:-1] + b"\x0b", info)


def test_a_signed_file_has_the_header_of_a_list(lists: dict[str, bytes]) -> None:
    """A .sgn file has version 1.0, no tag 28, its own name, and the plain file behind it."""
    value = decode(lists["signed-file"])
    assert isinstance(value, SignedFile)
    assert (b"\x01\x00", None) == (value.header.version, value.header.signer_version)
    assert "SEP001122334455.cnf.xml.sgn" == value.header.filename
    assert 0 == (value.header.length or 0) % 4
    assert lists["signed-file"].endswith(value.content)
    assert value.content.startswith(b"<device>")
