"""Reading and writing lists: the byte-exact round trip, and each kind of damage.

The files here are put together by hand from tags and lengths, so that nothing of the writer is
used to test the reader.
"""

from __future__ import annotations

import dataclasses

import pytest

from ctlkit.codec import MAX_LIST, decode, decode_partly, encode
from ctlkit.errors import FormatError
from ctlkit.trustlist import Container, Field, Header, HeaderTag, Record, SignedFile, TrustList

LIST, CONFIG = b"\x01\x02", b"\x01\x00"


def tlv(tag: int, value: bytes) -> bytes:
    """One field."""
    return bytes((tag,)) + len(value).to_bytes(2, "big") + value


def head(*parts: bytes, version: bytes = LIST) -> bytes:
    """A header of these further fields, its length right."""
    rest = b"".join(parts)
    return tlv(1, version) + tlv(2, (10 + len(rest)).to_bytes(2, "big")) + rest


def record(*parts: bytes) -> bytes:
    """A record of these further fields, its length right."""
    rest = b"".join(parts)
    return tlv(1, (5 + len(rest)).to_bytes(2, "big")) + rest


def failure(data: bytes) -> FormatError:
    """Return the error that reading ends with."""
    with pytest.raises(FormatError) as caught:
        decode(data)
    return caught.value


ODD = {
    "no records": head(),
    "padding first": b"\x0d\x0d" + tlv(1, LIST) + tlv(2, b"\0\x0c"),
    "padding between fields": head(b"\x0d", tlv(14, b"a\0"), b"\x0d\x0d", tlv(15, bytes(4))),
    "length before version": tlv(2, b"\0\x0a") + tlv(1, LIST),
    "unknown tags": head(tlv(99, b"x"), tlv(0, b"")) + record(tlv(255, b"y"), tlv(0, b"")),
    "repeated fields": head(tlv(14, b"a\0"), tlv(14, b"b\0"), tlv(12, b"s"), tlv(12, b"t"))
    + record(tlv(2, b"a\0"), tlv(2, b"b\0")),
    "a second HeaderLength that agrees": head(tlv(2, b"\0\x0f")),
    "a second RECORDLENGTH that agrees": head() + record(tlv(1, b"\0\x0a")),
    "RECORDLENGTH last": head() + tlv(2, b"a\0") + tlv(1, b"\0\x0a"),
    "containers in containers": head(tlv(3, tlv(7, tlv(9, tlv(3, tlv(4, b"x\0")))))),
    "an empty container": head(tlv(3, b""), tlv(7, b""), tlv(9, b"")),
    "a field of tag 13 in a container": head(tlv(3, tlv(13, b"abc") + tlv(4, b"x\0"))),
    "fields of containers outside them": head(tlv(4, b"x\0"), tlv(8, b"\x01"), tlv(11, b"\x02")),
    "a version in a container": tlv(3, tlv(1, CONFIG)) + tlv(1, LIST) + tlv(2, b"\0\x12"),
    "an empty record": head() + record() + record(),
    "unknown function": head() + record(tlv(4, b"\0\xee")),
    "long function": head() + record(tlv(4, b"\0" * 9)),
    "tag 13 in a record": head() + record(tlv(13, b"xyz")),
    "bytes that are not text": head(tlv(14, b"\xff\xfe")) + record(tlv(3, b"\xff")),
    "a signed file": head(version=CONFIG) + b"anything \xff at all",
    "an empty signed file": head(version=CONFIG),
}


@pytest.mark.parametrize("data", ODD.values(), ids=ODD)
def test_what_decodes_is_encoded_byte_for_byte(data: bytes) -> None:
    """Unknown, repeated, misplaced and missing fields stay as they are, without ``raw``."""
    value = decode(data)
    assert data == value.raw
    assert data == encode(dataclasses.replace(value, raw=b""))


def test_kept_lists_are_encoded_byte_for_byte(lists: dict[str, bytes]) -> None:
    """Lists of all dialects and a signed file come out as they were read, without ``raw``."""
    assert lists == {
        name: encode(dataclasses.replace(decode(data), raw=b"")) for name, data in lists.items()
    }


def test_the_version_says_what_a_file_is() -> None:
    """Version 1.2 is a list, 1.0 a signed file, whatever a container inside may claim."""
    assert isinstance(decode(head()), TrustList)
    assert isinstance(decode(head(version=CONFIG)), SignedFile)
    nested = decode(ODD["a version in a container"])
    assert isinstance(nested, TrustList)
    assert LIST == nested.header.version


def test_fields_of_the_header_itself_are_not_taken_from_containers() -> None:
    """HeaderLength and SIGNATURE count where they belong; copies inside a container do not."""
    inside = tlv(3, tlv(2, b"\xff\xff") + tlv(12, b"false"))
    rest = tlv(1, LIST) + tlv(12, b"true")
    length = len(inside) + len(rest) + 5
    header = decode(inside + rest + tlv(2, length.to_bytes(2, "big"))).header
    assert (length, b"true") == (header.length, header.signature)


def test_equal_fields_are_equal_whatever_the_bytes_they_came_from() -> None:
    """``raw`` takes no part in comparing, so that a changed copy differs by its fields alone."""
    value = decode(head() + record())
    assert dataclasses.replace(value, raw=b"") == value
    assert decode(head()) != value


@pytest.mark.parametrize("name", ["tokenless-4947", "tokens-5728", "usecallmanager", "itl"])
def test_a_changed_field_changes_no_other_byte(lists: dict[str, bytes], name: str) -> None:
    """One field of one record replaced by another of its length: only its bytes differ."""
    data = lists[name]
    value = decode(data)
    assert isinstance(value, TrustList)
    target = value.records[1]
    serial = target.serial
    assert serial is not None
    other = bytes(byte ^ 0xFF for byte in serial)
    fields = tuple(
        Field(item.tag, other) if item.value is serial else item for item in target.fields
    )
    records = (value.records[0], Record(fields), *value.records[2:])
    changed = encode(dataclasses.replace(value, records=records, raw=b""))
    assert len(data) == len(changed)
    different = [at for at in range(len(data)) if data[at] != changed[at]]
    assert list(range(different[0], different[0] + len(serial))) == different


def test_a_changed_header_field_changes_no_other_byte(lists: dict[str, bytes]) -> None:
    """The time stamp replaced: four bytes differ, those behind tag 15."""
    data = lists["tokens-5728"]
    value = decode(data)
    fields = tuple(
        Field(15, b"\xff\xff\xff\xff") if item.tag == HeaderTag.TIMESTAMP else item
        for item in value.header.fields
    )
    changed = encode(dataclasses.replace(value, header=Header(fields), raw=b""))
    at = data.index(tlv(15, (value.header.timestamp or 0).to_bytes(4, "big"))) + 3
    assert data[:at] + b"\xff\xff\xff\xff" + data[at + 4 :] == changed


DAMAGE = {
    # what: bytes, code, offset, path
    "empty": (b"", "file-empty", 0, "header"),
    "text": (b"GET / HTTP/1.1\r\n\r\n", "not-a-list", 0, "header / TAG71"),
    "zeros": (bytes(64), "not-a-list", 63, "header / TAG0"),
    "no version": (tlv(2, b"\0\x05"), "version-missing", 0, "header / VERSION"),
    "version 1.1": (head(version=b"\x01\x01"), "version-unknown", 3, "header / VERSION"),
    "version of three bytes": (tlv(1, b"\1\2\3"), "not-a-list", 3, "header / VERSION"),
    "second version": (head(tlv(1, b"\x09\x09")), "version-unknown", 13, "header / VERSION"),
    "cut behind the version": (tlv(1, LIST), "header-cut", 5, "header / HEADERLENGTH"),
    "cut in a head": (tlv(1, LIST) + b"\x02\0", "field-head-short", 5, "header / HEADERLENGTH"),
    "cut in a value": (
        tlv(1, LIST) + b"\x02\0\x02\0",
        "field-value-short",
        5,
        "header / HEADERLENGTH",
    ),
    "HeaderLength of one byte": (
        tlv(1, LIST) + tlv(2, b"\x0a"),
        "length-field",
        5,
        "header / HEADERLENGTH",
    ),
    "HeaderLength too short": (
        tlv(1, LIST) + tlv(2, b"\0\x09"),
        "header-length",
        8,
        "header / HEADERLENGTH",
    ),
    "HeaderLength past the end": (
        tlv(1, LIST) + tlv(2, b"\0\x0b"),
        "header-past-end",
        8,
        "header / HEADERLENGTH",
    ),
    "HeaderLength in the middle of a field": (
        tlv(1, LIST) + tlv(2, b"\0\x0c") + tlv(14, b"a\0"),
        "field-head-short",
        10,
        "header / FILENAME",
    ),
    "a second HeaderLength that differs": (
        tlv(1, LIST) + tlv(2, b"\0\x0f") + tlv(2, b"\0\x10"),
        "header-length",
        13,
        "header / HEADERLENGTH",
    ),
    "value past the header": (
        head(b"\x0e\0\x05ab") + bytes(9),
        "field-value-short",
        10,
        "header / FILENAME",
    ),
    "child past its container": (
        head(tlv(3, b"\x04\0\x09x")),
        "field-value-short",
        13,
        "header / SIGNERID / SIGNERNAME",
    ),
    "cut child": (
        head(tlv(7, b"\x08\0")),
        "field-head-short",
        13,
        "header / SIGNATUREINFO / DIGESTALGORTITHM",
    ),
    "nested without end": (
        head(tlv(3, tlv(3, tlv(3, tlv(3, tlv(3, b"")))))),
        "nested-too-deep",
        22,
        "header / SIGNERID / SIGNERID / SIGNERID / SIGNERID / SIGNERID",
    ),
    "cut record head": (head() + b"\x01\0", "field-head-short", 10, "record 1 / RECORDLENGTH"),
    "cut record": (
        head() + record() + b"\x01\0\x02\0",
        "field-value-short",
        15,
        "record 2 / RECORDLENGTH",
    ),
    "record without length": (head() + tlv(2, b"a\0"), "record-length-missing", 10, "record 1"),
    "RECORDLENGTH of three bytes": (
        head() + tlv(1, b"\0\0\x06"),
        "length-field",
        10,
        "record 1 / RECORDLENGTH",
    ),
    "RECORDLENGTH zero": (
        head() + tlv(1, b"\0\0"),
        "record-length-short",
        13,
        "record 1 / RECORDLENGTH",
    ),
    "RECORDLENGTH past the end": (
        head() + record() + tlv(1, b"\0\x06"),
        "record-past-end",
        18,
        "record 2 / RECORDLENGTH",
    ),
    "RECORDLENGTH in the middle of a field": (
        head() + tlv(1, b"\0\x09") + tlv(9, b"abc"),
        "field-value-short",
        15,
        "record 1 / CERTIFICATE",
    ),
    "a second RECORDLENGTH that differs": (
        head() + record(tlv(1, b"\0\x09")),
        "record-length-differs",
        18,
        "record 1 / RECORDLENGTH",
    ),
    "an unknown tag that is cut": (
        head() + tlv(1, b"\0\x09") + b"\xc8\0\x09x",
        "field-value-short",
        15,
        "record 1 / TAG200",
    ),
    "padding behind the records": (
        head() + record() + b"\x0d",
        "field-head-short",
        15,
        "record 2 / TAG13",
    ),
}


@pytest.mark.parametrize(("data", "code", "offset", "path"), DAMAGE.values(), ids=DAMAGE)
def test_damage_is_named_with_its_place(data: bytes, code: str, offset: int, path: str) -> None:
    """What cannot be read is one error: its code, the byte offset and the path of the field."""
    error = failure(data)
    assert (code, offset, path) == (error.code, error.offset, error.path)
    assert f"byte {offset}" in str(error)
    assert error.status == 4


@pytest.mark.parametrize("size", [0, 1, 3, 5, 7, 9, 10, 200, 303, 305, 306, 1000, 1489, 5727])
def test_a_cut_list_is_refused_wherever_it_is_cut(lists: dict[str, bytes], size: int) -> None:
    """Cut anywhere but between records, a list is a format error inside the part that is left."""
    assert 0 <= failure(lists["tokens-5728"][:size]).offset <= size


def test_a_cut_list_is_read_as_far_as_it_goes(lists: dict[str, bytes]) -> None:
    """decode_partly gives the header, the whole records, and where the next one is cut."""
    data = lists["tokens-5728"]
    whole = decode(data)
    assert isinstance(whole, TrustList)
    partial = decode_partly(data[: 304 + 1186 + 100])
    assert whole.header == partial.header
    assert whole.records[0] == partial.records[0]
    assert whole.records[1].fields[:1] == partial.records[1].fields
    assert partial.error is not None
    assert ("record 2 / RECORDLENGTH", 1493) == (partial.error.path, partial.error.offset)


def test_a_list_between_records_may_end() -> None:
    """A file that ends where a record ends is read: only its signature can tell it was cut."""
    value = decode(head() + record())
    assert isinstance(value, TrustList)
    assert 1 == len(value.records)


def test_lists_have_a_greatest_size() -> None:
    """A list of MAX_LIST bytes is read, one byte more is refused before its records are."""
    filler = record(tlv(99, bytes(60000 - 8)))
    rest = MAX_LIST - 10 - 4 * 60000
    data = head() + 4 * filler + record(tlv(99, bytes(rest - 8)))
    assert MAX_LIST == len(decode(data).raw)
    error = failure(data + b"\x01")
    assert ("too-large", MAX_LIST) == (error.code, error.offset)
    assert () == decode_partly(data + b"\x01").records


def test_tiny_records_cost_no_more_than_their_bytes() -> None:
    """A list of nothing but the smallest records is read whole: one record for each five bytes."""
    count = (MAX_LIST - 10) // 5
    value = decode(head() + count * record())
    assert isinstance(value, TrustList)
    assert count == len(value.records)


def test_a_value_that_no_length_can_say_is_refused() -> None:
    """65,536 bytes do not fit into a field; 65,535 do."""
    fits = TrustList(Header((Field(14, bytes(0xFFFF)),)), ())
    assert 3 + 0xFFFF == len(encode(fits))
    for fields in ((Field(14, bytes(0x10000)),), (Container(3, (Field(4, bytes(0xFFFF)),)),)):
        with pytest.raises(FormatError) as caught:
            encode(TrustList(Header(fields), ()))
        assert "field-too-long" == caught.value.code
