"""The text of `show ctl` where nothing was published: other tags, damage, hostile files."""

from __future__ import annotations

import dataclasses
import locale
import time
from collections.abc import Iterator

import pytest

from ctlkit.codec import decode_partly
from ctlkit.showctl import kind_of, missing_text, modified_text, show_text
from ctlkit.trustlist import Field, Header, Record, RecordTag

NOW = 1425675367


@pytest.fixture
def zone(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """Give a time zone to be set, and put the old one back."""
    yield monkeypatch
    monkeypatch.undo()
    time.tzset()


def tlv(tag: int, value: bytes) -> bytes:
    """One field."""
    return bytes((tag,)) + len(value).to_bytes(2, "big") + value


def file(header: bytes = b"", *records: bytes, version: bytes = b"\x01\x02") -> bytes:
    """A file of these further header fields and records, its lengths right."""
    head = tlv(1, version) + tlv(2, (10 + len(header)).to_bytes(2, "big")) + header
    return head + b"".join(tlv(1, (5 + len(item)).to_bytes(2, "big")) + item for item in records)


def lines(data: bytes, verdict: str = "verdict") -> list[str]:
    """The lines of the text for a file."""
    return show_text(decode_partly(data), NOW, verdict).splitlines()


def test_the_time_is_the_servers(zone: pytest.MonkeyPatch) -> None:
    """The local time zone by its name, English names, two digits for the day."""
    zone.setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0")
    time.tzset()
    assert "Fri Mar 06 21:56:07 CET 2015" == modified_text(NOW)
    assert "Wed Jul 01 02:00:00 CEST 2015" == modified_text(1435708800)


def test_names_are_english_in_any_locale(zone: pytest.MonkeyPatch) -> None:
    """Day and month do not follow the locale."""
    zone.setenv("TZ", "UTC")
    time.tzset()
    for name in ("zh_CN.UTF-8", "pl_PL.UTF-8", "C"):
        try:
            locale.setlocale(locale.LC_TIME, name)
        except locale.Error:
            continue
        assert "Fri Mar 06 20:56:07 UTC 2015" == modified_text(NOW)
    locale.setlocale(locale.LC_TIME, "C")


@pytest.mark.parametrize("seconds", [1e17, -1e17, float("inf")])
def test_a_time_that_no_calendar_reaches(seconds: float) -> None:
    """A file's time may be any number: it is printed as one."""
    assert f"{seconds:.0f}" == modified_text(seconds)


def test_rows_without_a_published_text() -> None:
    """Tag 28, a certificate's hash and its algorithm, and unknown tags have rows of their own."""
    found = lines(
        file(
            tlv(28, b"\x01\x01") + tlv(77, b"\xab\xcd"),
            tlv(11, b"\x01\x02") + tlv(12, b"\x01") + tlv(200, b"\xff"),
        )
    )
    assert "28\tSIGNERVERSION\t2\t1.1" in found
    assert "77\tTAG77\t2\tAB CD" in found
    assert "11\tCERTHASH\t2\t01 02" in found
    assert "12\tHASHALGORITHM\t1\t01" in found
    assert "200\tTAG200\t1\tFF" in found


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (b"\0\0", "System Administrator Security Token"),
        (b"\0\x02", "CCM+TFTP"),
        (b"\0\x07", "APP-SERVER"),
        (b"\0\x15", "TVS"),
        (b"\0\x63", "99"),
        (b"\xff\xff", "65535"),
    ],
)
def test_functions_by_their_short_names(value: bytes, shown: str) -> None:
    """Function 0 in full, the others short, unknown ones as the number."""
    assert f"4\tFUNCTION\t{len(value)}\t{shown}" in lines(file(b"", tlv(4, value)))


def test_an_itl_file_calls_itself_one(lists: dict[str, bytes]) -> None:
    """Told by FILENAME; without one by a TVS record; a missing file by its name."""
    text = show_text(decode_partly(lists["itl"]), NOW, "")
    assert "CTL" not in text
    for expected in ("of the ITL file:", "Length of ITL file: ", "\tITL Record #:1\n"):
        assert expected in text
    tvs = file(b"", tlv(4, b"\0\x15"))
    assert "ITL" == kind_of(decode_partly(tvs))
    assert "CTL" == kind_of(decode_partly(file(tlv(14, b"CTLFile.tlv\0"), tlv(4, b"\0\x15"))))
    assert ("ITL", "CTL") == (kind_of(None, "ITLFile.tlv"), kind_of(None, "x.tlv"))
    assert missing_text("ITL").startswith("Length of ITL file: 0\n\nITL File not found.")
    assert "to generate the ITL file." in missing_text("ITL")


def test_a_signed_file_is_no_list(lists: dict[str, bytes]) -> None:
    """The header is shown, the plain file by its length alone."""
    partial = decode_partly(lists["signed-file"])
    text = show_text(partial, NOW, "verdict")
    assert "signed" == kind_of(partial)
    assert text.endswith(f"Content:\t{len(partial.content)} (BYTES)\n\nverdict\n")
    assert "Record" not in text
    assert "<device>" not in text


def test_each_sast_record_says_whether_it_signed(lists: dict[str, bytes]) -> None:
    """One line behind each SAST record, none behind others."""
    found = lines(lists["tokens-5728"])
    said = [line for line in found if line.startswith("This etoken")]
    assert [
        "This etoken was not used to sign the CTL file.",
        "This etoken was used to sign the CTL file.",
    ] == said


def test_a_list_that_names_no_signer_has_none() -> None:
    """A header and a SAST record that both lack serial and issuer do not make a signer."""
    assert "This etoken was not used to sign the CTL file." in lines(file(b"", tlv(4, b"\0\0")))


def test_a_cut_file_is_shown_as_far_as_it_goes(lists: dict[str, bytes]) -> None:
    """What was read, then the published line and the reason with its offset."""
    found = lines(lists["tokens-5728"][:1600])
    assert "\tCTL Record #:2" in found
    assert "Error parsing the CTL File." == found[-2]
    assert "byte 1493" in found[-1]
    assert "verdict" not in found


@pytest.mark.parametrize(
    "data",
    [b"", b"junk", b"\x01\x00\x02\x09\x09", file()[:7], file(b"", tlv(9, b"x"))[:-1]],
)
def test_damage_is_always_shown_with_its_reason(data: bytes) -> None:
    """Whatever is wrong, checksums and length come first and the reason last."""
    found = lines(data)
    assert "The checksum value of the CTL file:" == found[0]
    assert f"Length of CTL file: {len(data)}" in found
    assert "Error parsing the CTL File." == found[-2]


def test_hostile_text_never_reaches_the_terminal() -> None:
    """Control characters, direction marks and bytes that are not UTF-8 come out as escapes."""
    hostile = b"\x1b]0;x\x07\x9b1m\r\n\xe2\x80\xae\xff\0"
    data = file(
        tlv(3, tlv(4, hostile) + tlv(6, hostile)) + tlv(14, hostile),
        tlv(2, hostile) + tlv(3, hostile) + tlv(5, hostile) + tlv(4, b"\0\0"),
    )
    text = show_text(decode_partly(data), NOW, "")
    assert all(char.isprintable() or char in "\n\t" for char in text)
    assert r"\x1b]0;x\x07" in text
    assert 5 == text.count(r"\u202e")


def test_numbers_of_any_length_are_shown() -> None:
    """A field whose length is absurd is printed like any other, and the file refused."""
    wrong = file() + tlv(1, b"\xff" * 2000)
    found = lines(wrong)
    assert "1\tRECORDLENGTH\t2000\t4294967295" in found
    assert "Error parsing the CTL File." == found[-2]
    long = lines(file(tlv(15, b"\xff" * 5000), tlv(4, b"\xff" * 5000) + tlv(6, b"")))
    assert "15\tTIMESTAMP\t5000\t" in long
    assert "4\tFUNCTION\t5000\t4294967295" in long
    assert "6\tSERIALNUMBER\t0\t" in long


def test_bytes_of_unknown_fields_are_shown_in_part() -> None:
    """Of a long unknown value the first 64 bytes are printed."""
    (row,) = [line for line in lines(file(tlv(99, bytes(1000)))) if line.startswith("99\t")]
    assert "99\tTAG99\t1000\t" + " ".join(["00"] * 64) == row


def test_containers_show_their_own_length() -> None:
    """LENGTH is 2 and VALUE the length of the children, containers inside included."""
    found = lines(file(tlv(7, tlv(8, b"\x01") + tlv(9, tlv(10, b"\x01") + tlv(11, b"\x01")))))
    at = found.index("7\tSIGNATUREINFO\t2\t15")
    assert [
        "8\tDIGESTALGORTITHM\t1\t",
        "9\tSIGNATUREALGOINFO\t2\t8",
        "10\tSIGNATUREALGORTITHM\t1\t",
        "11\tSIGNATUREMODULUS\t1\t",
    ] == found[at + 1 : at + 5]


def test_a_signature_is_shown_in_rows_of_eight() -> None:
    """Lower-case hex without a leading zero, padded to four columns."""
    found = lines(file(tlv(12, bytes([0x65, 0xBA, 5, 0, 0x4A, 1, 0xA, 0xFF, 7]))))
    at = found.index("12\tSIGNATURE\t9\t")
    assert ["65  ba  5   0   4a  1   a   ff  ", "7   "] == found[at + 1 : at + 3]


def test_the_text_is_made_of_what_was_read(lists: dict[str, bytes]) -> None:
    """Nothing is looked up elsewhere: a partial list made by hand is shown like a read one."""
    partial = decode_partly(lists["tokens-5728"])
    record = Record((Field(RecordTag.DNSNAME, b"h\0"),))
    by_hand = dataclasses.replace(partial, records=(record,), header=Header(()))
    assert "2\tDNSNAME\t2\th" in show_text(by_hand, NOW, "").splitlines()
