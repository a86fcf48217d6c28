"""The lists of the practice cluster: their sizes, entries and signers, as published."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ctlkit.certificate import Certificate
from ctlkit.codec import PHONE_LIMIT, decode
from ctlkit.edit import Mode, mode_of
from ctlkit.trustlist import Function, Record, TrustList, function_name
from ctlkit.verify import VerifiedList, verify
from ctlkit.workflows.reading import listing, show
from ctlkit_lab.model import LabOptions, Node, Practice
from ctlkit_lab.options import MOST_SUBSCRIBERS
from ctlkit_lab.releases import Release
from softhsm_fixtures import etoken_certificate

SAMPLES = Path(__file__).resolve().parents[2] / "data" / "samples"
# Of other keys, and so of other bytes: checksums, dates, serials, signatures, certificates.
OTHERS = (
    re.compile(r"^[0-9a-f]{32}\(MD5\)$"),
    re.compile(r"^[0-9a-f]{40}\(SHA1\)$"),
    re.compile(r"(?<=last modified on ).*"),
    re.compile(r"\b(?:[0-9A-F]{2}:){15}[0-9A-F]{2}\b"),
    re.compile(r"^(?:[0-9a-f]{1,2} ?){8}$"),
    re.compile(r"(?:[0-9A-F]{2} ){20}(?=\(SHA1 Hash HEX\))"),
)
Maker = Callable[..., Practice]


def read(data: bytes) -> VerifiedList:
    """Read a list whose signature is right."""
    value = decode(data)
    assert isinstance(value, TrustList)
    return verify(value)


def itl(node: Node) -> TrustList:
    """The ITL that a node serves; its signature is right."""
    return read(node.itl_path.read_bytes()).list


def entries(value: TrustList) -> list[tuple[str, str]]:
    """What each entry is for, and whose certificate it is."""
    return [(function_name(item.function), common_name(item)) for item in value.records]


def common_name(record: Record) -> str:
    """Whose certificate an entry holds, empty for the short form."""
    der = record.certificate
    return Certificate.from_der(der).common_name.strip() if der else ""


def folded(text: str) -> list[str]:
    """The lines that say something, runs of white space folded, other keys' values masked."""
    lines = [" ".join(line.split()) for line in text.splitlines()]
    for pattern in OTHERS:
        lines = [pattern.sub("#", line) for line in lines]
    return [line for line in lines if line]


def shown(node: Node) -> list[str]:
    """What ``show ctl`` says on a node."""
    found = show(str(node.list_path))
    assert found is not None
    return folded(listing(found))


def parts(sample: str) -> Iterator[str]:
    """The published parts of a sample."""
    for block in (SAMPLES / sample).read_text().split("[...]"):
        yield "\n".join(folded(block))


def test_the_first_list_is_the_published_one(practice_of: Maker) -> None:
    """Mixed mode on release 10.0 gives 4947 bytes that show as the sample does."""
    practice = practice_of()
    data = practice.set_mode(Mode.MIXED)
    assert 4947 == len(data)
    assert data == practice.publisher.list_path.read_bytes()
    assert folded((SAMPLES / "tokenless-4947.txt").read_text()) == shown(practice.publisher)


def test_a_regenerated_signer_gives_the_published_list(practice_of: Maker) -> None:
    """A new CallManager certificate of the publisher makes the list 6113 bytes long."""
    practice = practice_of()
    practice.set_mode(Mode.MIXED)
    made = practice.regenerate("CallManager")
    assert 955 == len(made.der)
    assert 6113 == len(practice.update_list())
    text = "\n".join(shown(practice.publisher))
    assert [] == [part for part in parts("tokenless-2048-6113.txt") if part not in text]


@pytest.mark.parametrize(
    ("release", "sast"),
    [
        (Release.R10_0, ["cucm-1051-a-pub"]),
        (Release.R10_5_2, ["cucm-1051-a-pub", "ITLRECOVERY_cucm-1051-a-pub"]),
        (Release.R11_5, ["cucm-1051-a-pub", "ITLRECOVERY_cucm-1051-a-pub"]),
        (Release.R12_0, ["ITLRECOVERY_cucm-1051-a-pub", "cucm-1051-a-pub"]),
        (Release.R14_SU3, ["ITLRECOVERY_cucm-1051-a-pub", "cucm-1051-a-pub"]),
    ],
)
def test_a_list_has_the_signers_of_its_release(
    practice_of: Maker, release: Release, sast: list[str]
) -> None:
    """The SAST entries are the release's, and the first of them signed."""
    value = read(practice_of(release).set_mode(Mode.MIXED))
    assert [
        *[("SAST", name) for name in sast],
        ("CCM+TFTP", "cucm-1051-a-pub"),
        ("CAPF", "CAPF-e41e7d87"),
        ("CCM+TFTP", "cucm-1051-a-sub1"),
    ] == entries(value.list)
    assert value.list.records[0] is value.signer


@pytest.mark.parametrize("release", Release)
def test_every_node_serves_an_itl_of_its_own(practice_of: Maker, release: Release) -> None:
    """An ITL has its signer, the node itself, CAPF, all TVS certificates and ITLRecovery."""
    practice = practice_of(release)
    recovery = ("SAST", "ITLRECOVERY_cucm-1051-a-pub")
    for node in practice.nodes:
        value = itl(node)
        assert "ITLFile.tlv" == value.header.filename
        assert [
            recovery if release.recovery_signs else ("SAST", node.name),
            ("CCM+TFTP", node.name),
            ("CAPF", "CAPF-e41e7d87"),
            ("TVS", "cucm-1051-a-pub"),
            ("TVS", "cucm-1051-a-sub1"),
            *([recovery] if release.has_recovery and not release.recovery_signs else []),
        ] == entries(value)
        tvs = [item.certificate for item in value.records if item.function == Function.TVS]
        assert [item.credential("TVS").der for item in practice.nodes] == tvs


def test_a_list_that_is_not_secure_keeps_its_signers(practice_of: Maker) -> None:
    """Back in non-secure mode the list stays, signed, and its CCM+TFTP entries are short."""
    practice = practice_of()
    practice.set_mode(Mode.MIXED)
    value = read(practice.set_mode(Mode.NON_SECURE)).list
    assert Mode.NON_SECURE is practice.mode
    assert Mode.NON_SECURE is mode_of(value.records)
    assert [
        ("SAST", "cucm-1051-a-pub"),
        ("CCM+TFTP", ""),
        ("CAPF", "CAPF-e41e7d87"),
        ("CCM+TFTP", ""),
    ] == entries(value)


def test_an_update_keeps_to_the_mode(practice_of: Maker) -> None:
    """Updating the list changes no mode: a cluster that is not secure gets such a list."""
    practice = practice_of()
    assert Mode.NON_SECURE is mode_of(read(practice.update_list()).list.records)
    assert Mode.NON_SECURE is practice.mode


@pytest.mark.parametrize("listed", [False, True])
def test_uploaded_tokens_are_listed_if_the_cluster_was_made_so(
    tmp_path: Path, listed: bool
) -> None:
    """An update lists Phone-SAST-trust behind the server's own signers, or leaves it out."""
    practice = Practice.create(tmp_path / "lab", LabOptions(sast_in_ctl=listed))
    token = etoken_certificate()
    practice.trust_add("Phone-SAST-trust", token.der)
    practice.set_mode(Mode.MIXED)
    records = read(practice.update_list()).list.records
    tokens = [item for item in records if item.certificate == token.der]
    assert [(0, "")] * listed == [(item.function, item.dns_name) for item in tokens]
    assert not listed or records[1] == tokens[0]


def test_the_server_is_not_listed_twice(tmp_path: Path) -> None:
    """ITLRecovery lies in Phone-SAST-trust by itself and stands in the list once all the same."""
    options = LabOptions(release=Release.R10_5_2, sast_in_ctl=True)
    practice = Practice.create(tmp_path / "lab", options)
    records = read(practice.set_mode(Mode.MIXED)).list.records
    assert 2 == sum(item.is_sast for item in records)


def test_a_list_from_tokens_is_replaced(practice_of: Maker) -> None:
    """An update writes the server's own list, whatever file is there."""
    practice = practice_of()
    practice.set_mode(Mode.MIXED)
    practice.publisher.list_path.write_bytes(b"of tokens")
    assert 4947 == len(practice.update_list())


def test_the_largest_cluster_has_a_list_that_phones_take(tmp_path: Path) -> None:
    """With the most subscribers the list stays below what phones refuse."""
    practice = Practice.create(tmp_path / "lab", LabOptions(subscribers=MOST_SUBSCRIBERS))
    assert len(practice.set_mode(Mode.MIXED)) < PHONE_LIMIT
    assert len(practice.publisher.itl_path.read_bytes()) < PHONE_LIMIT
