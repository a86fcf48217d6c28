"""What is weak or odd about a list that verifies: reported, never refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ctlkit.messages import Severity
from ctlkit.trustlist import (
    Digest,
    Function,
    RecordTag,
    TrustList,
)
from ctlkit.verify import VerifiedList, verify

if TYPE_CHECKING:
    from tests.unit.conftest import ListMaker


@pytest.fixture(scope="session")
def two_tokens(maker: ListMaker) -> TrustList:
    """Give a list of two tokens, signed by the first."""
    return maker.signed(maker.record("etoken-1"), maker.record("etoken-2"))


def codes(verified: VerifiedList) -> set[str]:
    """The codes of the warnings about a list."""
    return {message.code for message in verified.warnings}


def test_old_algorithms_verify_and_are_reported(maker: ListMaker, two_tokens: TrustList) -> None:
    """SHA-1 and 1024 bits are normal in the field: notes, no more; stronger ones give none."""
    verified = verify(two_tokens)
    assert {"weak-sha1", "weak-signer-key", "weak-record-keys"} == codes(verified)
    assert {Severity.NOTE} == {message.severity for message in verified.warnings}
    strong = maker.signed(
        maker.record("signer-4096"),
        maker.record("publisher-2048"),
        by="signer-4096",
        digest=Digest.SHA512,
    )
    assert () == verify(strong, now=0).warnings


def test_a_digest_never_seen_is_reported(maker: ListMaker) -> None:
    """SHA-256 is known and not seen in use."""
    records = (maker.record("signer-4096"), maker.record("publisher-2048"))
    value = maker.signed(*records, by="signer-4096", digest=Digest.SHA256)
    assert {"digest-unseen"} == codes(verify(value))


def test_few_sast_and_dates_are_reported(maker: ListMaker) -> None:
    """One SAST record alone, and a certificate that ran out, if the time is known."""
    value = maker.signed(maker.record("publisher-2048"), by="publisher-2048")
    assert {"weak-sha1", "few-sast"} == codes(verify(value))
    after = 2524607999 + 1  # the fixtures' certificates end with 2049
    found = verify(value, now=after)
    assert "expired" in codes(found)
    assert any("2049-12-31" in message.text for message in found.warnings)
    assert "expired" not in codes(verify(value, now=after - 1))


def test_records_that_contradict_themselves_are_reported(maker: ListMaker) -> None:
    """Another record's key or serial differs from its certificate, or the certificate is none."""
    server = maker.record("publisher-2048", Function.CCM_TFTP)
    cases = {
        maker.replaced(server, RecordTag.PUBLICKEY, b"x"): "record-key-differs",
        maker.replaced(server, RecordTag.SERIALNUMBER, b"x"): "record-serial-differs",
        maker.replaced(server, RecordTag.CERTIFICATE, b"x"): "record-certificate-unreadable",
    }
    for record, code in cases.items():
        value = maker.signed(maker.record("etoken-1"), maker.record("etoken-2"), record)
        warnings = verify(value).warnings
        found = [message for message in warnings if message.severity is Severity.AMBER]
        assert [code] == [message.code for message in found]
        assert "record 3" in found[0].text


def test_a_little_endian_serial_is_none_to_report(maker: ListMaker) -> None:
    """Tokens' serials are written in either byte order."""
    record = maker.record("etoken-1")
    own = maker.certificate("etoken-1").serial[::-1]
    windows = maker.replaced(record, RecordTag.SERIALNUMBER, own)
    value = maker.signed(windows, maker.record("etoken-2"), named=windows)
    assert "record-serial-differs" not in codes(verify(value))


def test_a_wrong_modulus_number_is_reported(
    monkeypatch: pytest.MonkeyPatch, maker: ListMaker
) -> None:
    """SIGNATUREMODULUS that does not say the signature's length is odd, not wrong."""
    monkeypatch.setattr("ctlkit.drafts.SIGNATURE_LENGTHS", (0, 0, 0, 128, 256, 512))
    value = maker.signed(maker.record("etoken-1"), maker.record("etoken-2"))
    assert 3 == value.header.modulus_index
    assert "modulus-index" in codes(verify(value))


def test_a_list_over_64_kb_is_reported(maker: ListMaker) -> None:
    """Phones refuse a list over 65,536 bytes; it verifies all the same."""
    server = maker.record("publisher-2048", Function.TFTP)
    value = maker.signed(maker.record("etoken-1"), maker.record("etoken-2"), *(45 * [server]))
    assert len(value.raw) > 65536
    assert "over-phone-limit" in codes(verify(value))
