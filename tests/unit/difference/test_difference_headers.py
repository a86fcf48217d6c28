"""What differs between two lists: the header and the file as a whole; signed files."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from ctlkit.codec import decode, element_size, encode
from ctlkit.errors import UsageError
from ctlkit.tlv import Field
from ctlkit.trustlist import (
    Container,
    Element,
    Header,
    HeaderTag,
    SignedFile,
    TrustList,
)

if TYPE_CHECKING:
    from tests.unit.difference.conftest import Differ

WHOLE_FILE = {"length", "md5", "sha1", "mode"}


def header_with(differ: Differ, value: TrustList, tag: HeaderTag, data: bytes) -> TrustList:
    """A list with another value in a header field, of the same length."""

    def with_it(element: Element) -> Element:
        if isinstance(element, Container):
            return Container(element.tag, tuple(map(with_it, element.children)))
        return Field(element.tag, data) if element.tag == tag else element

    header = Header(tuple(map(with_it, value.header.fields)))
    return differ.list_of(encode(replace(value, header=header, raw=b"")))


@pytest.mark.parametrize(
    ("tag", "data", "words"),
    [
        (HeaderTag.SIGNERNAME, b"cn=x".ljust(55) + b"\0", "cn=x".ljust(55)),
        (HeaderTag.SERIALNUMBER, bytes(10), "00" * 10),
        (HeaderTag.DIGESTALGORTITHM, b"\x03", "SHA512"),
        (HeaderTag.SIGNATUREALGORTITHM, b"\x09", "9"),
        (HeaderTag.FILENAME, b"CTLFile.abc\0", "CTLFile.abc"),
        (HeaderTag.TIMESTAMP, b"\0\0\0\x01", "1"),
    ],
)
def test_header_fields(
    differ: Differ, lists: dict[str, bytes], tag: HeaderTag, data: bytes, words: str
) -> None:
    """Signer, digest, signature info, file name and time are told by the header's own names."""
    value = differ.list_of(lists["tokens-5728"])
    found = differ.compare(value, header_with(differ, value, tag, data))
    (change,) = (each for each in found.header if each.field not in WHOLE_FILE)
    assert change.new is not None
    assert (tag.name, data, words) == (change.field, change.new.data, change.new.text)
    assert () == found.changed


def test_order_inside_the_header(differ: Differ, lists: dict[str, bytes]) -> None:
    """The same header fields in another order differ in their order alone."""
    value = differ.list_of(lists["tokens-5728"])
    fields_ = list(value.header.fields)
    at = next(at for at, each in enumerate(fields_) if each.tag == HeaderTag.SIGNERID)
    signer = fields_[at]
    assert isinstance(signer, Container)
    fields_[at] = Container(signer.tag, signer.children[::-1])
    other = differ.list_of(encode(replace(value, header=Header(tuple(fields_)), raw=b"")))
    (change,) = (
        each for each in differ.compare(value, other).header if each.field not in WHOLE_FILE
    )
    assert change.old is not None
    assert change.new is not None
    assert "order" == change.field
    assert ("3 (4 5 6)" in (change.old.text or ""), "3 (6 5 4)" in (change.new.text or "")) == (
        True,
        True,
    )


def test_padding_elsewhere_is_the_first_byte(differ: Differ, lists: dict[str, bytes]) -> None:
    """Where every field is equal and the bytes are not, the offset of the first is told."""
    value = differ.list_of(lists["tokens-5728"])
    first, *rest, last = value.header.fields
    assert HeaderTag.PADDING == last.tag
    header = Header((first, last, *rest))
    other = differ.list_of(encode(replace(value, header=header, raw=b"")))
    found = differ.compare(value, other)
    assert differ.fields(found.header) <= WHOLE_FILE
    assert not found.same
    assert found.first_byte is not None
    assert value.raw[: found.first_byte] == other.raw[: found.first_byte]
    assert value.raw[found.first_byte] != other.raw[found.first_byte]


def with_header(differ: Differ, value: TrustList, *elements: Element) -> TrustList:
    """A list with this header behind its VERSION and HEADERLENGTH, the latter right."""
    version, length, *_ = value.header.fields
    size = sum(map(element_size, (version, length, *elements)))
    head = (version, Field(length.tag, size.to_bytes(2, "big")), *elements)
    return differ.list_of(encode(replace(value, header=Header(head), raw=b"")))


def test_padding_is_told_alone(differ: Differ, lists: dict[str, bytes]) -> None:
    """More padding is told where nothing else explains it, and only there."""
    value = differ.list_of(lists["tokens-5728"])
    rest, padding = value.header.fields[2:], Field(HeaderTag.PADDING, b"")
    more = with_header(differ, value, *rest, *[padding] * 4)
    assert {"HEADERLENGTH", "PADDING"} == differ.fields(
        differ.compare(value, more).header
    ) - WHOLE_FILE
    tagged = with_header(differ, value, *rest, Field(77, b"a"), *[padding] * 4)
    assert {"HEADERLENGTH", "TAG77"} == differ.fields(
        differ.compare(value, tagged).header
    ) - WHOLE_FILE


def test_modes_differ(differ: Differ, lists: dict[str, bytes]) -> None:
    """A list of a cluster that left mixed mode says so, and which fields went."""
    found = differ.compare(
        differ.list_of(lists["tokens-5728"]), differ.list_of(lists["non-secure"])
    )
    (mode,) = (each for each in found.header if each.field == "mode")
    assert mode.old is not None
    assert mode.new is not None
    assert ("mixed", "non-secure") == (mode.old.text, mode.new.text)
    gone = {"SUBJECTNAME", "ISSUERNAME", "SERIALNUMBER", "PUBLICKEY", "CERTIFICATE"}
    assert [(2, gone), (4, gone)] == [
        (each.old.number, differ.fields(each.fields)) for each in found.changed
    ]


def test_a_ctl_and_an_itl(differ: Differ, lists: dict[str, bytes]) -> None:
    """A CTL and an ITL are two kinds; an ITL says nothing of a mode."""
    found = differ.compare(differ.list_of(lists["tokenless-4947"]), differ.list_of(lists["itl"]))
    assert "kind" in differ.fields(found.header)
    assert "mode" not in differ.fields(found.header)


def test_signed_files(differ: Differ, lists: dict[str, bytes]) -> None:
    """Two signed files are compared by header and content."""
    value = decode(lists["signed-file"])
    assert isinstance(value, SignedFile)
    other = decode(encode(replace(value, content=value.content + b"\n", raw=b"")))
    found = differ.compare(value, other)
    assert {"content", "length", "md5", "sha1"} == differ.fields(found.header)
    assert len(value.raw) == found.first_byte
    assert differ.compare(value, differ.shown(value.raw)).same


@pytest.mark.parametrize("turned", [False, True])
def test_a_list_and_a_signed_file(differ: Differ, lists: dict[str, bytes], turned: bool) -> None:
    """A list and a signed configuration file have nothing to be compared by."""
    sides = [decode(lists["signed-file"]), decode(lists["itl"])]
    with pytest.raises(UsageError) as caught:
        differ.compare(*(sides[::-1] if turned else sides))
    assert "difference-kinds" == caught.value.code
