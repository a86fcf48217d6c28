"""Reading and writing lists over random ones: laws that hold whatever the bytes."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Callable

from hypothesis import given, settings
from hypothesis import strategies as st

from ctlkit.certificate import Certificate, rsa_key
from ctlkit.codec import decode, decode_partly, encode
from ctlkit.errors import CannotTellError, InputError, TrustError
from ctlkit.showctl import kind_of, show_text
from ctlkit.trustlist import Container, Element, Field, Header, Record, SignedFile, TrustList
from ctlkit.verify import verify

CONTAINERS = (3, 7, 9)
LENGTH, PADDING = 2, 13
values = st.binary(max_size=20)
plain_fields = st.builds(
    Field, st.integers(0, 255).filter(lambda tag: tag not in CONTAINERS), values
)
children = st.recursive(
    plain_fields,
    lambda inner: st.builds(
        Container, st.sampled_from(CONTAINERS), st.lists(inner, max_size=3).map(tuple)
    ),
    max_leaves=6,
)


def depth(element: Element) -> int:
    """How deep containers stand in each other."""
    if isinstance(element, Field):
        return 0
    return 1 + max(map(depth, element.children), default=0)


def size(element: Element) -> int:
    """Bytes of a header's element in the file, computed here once more."""
    if isinstance(element, Container):
        return 3 + sum(map(inner_size, element.children))
    return 1 if element.tag == PADDING else 3 + len(element.value)


def inner_size(element: Element) -> int:
    """The same for what a container holds, where tag 13 is a field like any other."""
    if isinstance(element, Container):
        return 3 + sum(map(inner_size, element.children))
    return 3 + len(element.value)


@st.composite
def headers(draw: st.DrawFn, version: bytes) -> Header:
    """Headers with unknown, repeated, misplaced and missing fields and padding anywhere."""
    own = st.one_of(
        children.filter(lambda item: item.tag not in (1, LENGTH, PADDING) and depth(item) <= 4),
        st.just(Field(PADDING, b"")),
    )
    elements: list[Element] = draw(st.lists(own, max_size=8))
    elements.insert(draw(st.integers(0, len(elements))), Field(1, version))
    at = draw(st.integers(0, len(elements)))
    length = 5 + sum(map(size, elements))
    elements.insert(at, Field(LENGTH, length.to_bytes(2, "big")))
    return Header(tuple(elements))


@st.composite
def records(draw: st.DrawFn) -> Record:
    """Records with fields of any tag in any order, RECORDLENGTH among them."""
    fields = draw(
        st.lists(st.builds(Field, st.sampled_from([0, *range(2, 256)]), values), max_size=8)
    )
    length = 5 + sum(3 + len(item.value) for item in fields)
    fields.insert(draw(st.integers(0, len(fields))), Field(1, length.to_bytes(2, "big")))
    return Record(tuple(fields))


trust_lists = st.builds(TrustList, headers(b"\x01\x02"), st.lists(records(), max_size=4).map(tuple))
signed_files = st.builds(SignedFile, headers(b"\x01\x00"), st.binary(max_size=50))


@settings(max_examples=300)
@given(st.one_of(trust_lists, signed_files))
def test_written_and_read_is_the_same(value: TrustList | SignedFile) -> None:
    """decode(encode(x)) == x for every list, and the bytes come out again without ``raw``."""
    data = encode(value)
    read = decode(data)
    assert value == read
    assert data == read.raw
    assert data == encode(dataclasses.replace(read, raw=b""))


def judge_everything(data: bytes) -> None:
    """Whatever the library says of bytes, it says by its own errors."""
    partial = decode_partly(data)
    show_text(partial, 0, "")
    kind_of(partial)
    if partial.error is not None:
        assert 0 <= partial.error.offset <= len(data)
        assert partial.error.path
        return
    value = decode(data)
    assert data == encode(dataclasses.replace(value, raw=b""))
    with contextlib.suppress(TrustError, CannotTellError):
        verify(value, now=0)


@settings(max_examples=300)
@given(st.binary(max_size=300))
def test_random_bytes_give_only_format_errors(data: bytes) -> None:
    """No other exception than ours comes out of random bytes, and a list is never shown wrong."""
    judge_everything(data)
    judge_everything(b"\x01\x00\x02\x01\x02\x02\x00\x02\x00\x0a" + data)


@settings(max_examples=250)
@given(data=st.data())
def test_changed_lists_give_only_our_errors(lists: dict[str, bytes], data: st.DataObject) -> None:
    """A real list with bytes changed, cut out or put in gives our errors or a file that reads."""
    changed = bytearray(lists[data.draw(st.sampled_from(sorted(lists)))])
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, 10000)) % (len(changed) or 1)
        kind = data.draw(st.sampled_from(["flip", "cut", "insert", "end"]))
        if kind == "flip" and changed:
            changed[at] ^= data.draw(st.integers(1, 255))
        elif kind == "cut":
            del changed[at : at + data.draw(st.integers(1, 8))]
        elif kind == "insert":
            changed[at:at] = data.draw(st.binary(min_size=1, max_size=8))
        else:
            del changed[at:]
    judge_everything(bytes(changed))


def code_of(read: Callable[[bytes], object], data: bytes) -> str:
    """The code of the InputError that reading ends with, empty where the bytes are read."""
    try:
        read(data)
    except InputError as error:
        return error.code
    return ""


@settings(max_examples=200)
@given(st.data())
def test_changed_certificates_give_only_input_errors(
    lists: dict[str, bytes], data: st.DataObject
) -> None:
    """A certificate or key with bytes changed reads, or is one InputError."""
    value = decode(lists["tokenless-6113"])
    assert isinstance(value, TrustList)
    chosen = data.draw(st.sampled_from(value.records))
    changed = bytearray(chosen.certificate or b"")
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(changed) - 1))
        changed[at] = data.draw(st.integers(0, 255))
    assert code_of(Certificate.from_der, bytes(changed)) in {"", "certificate-unreadable"}


@settings(max_examples=200)
@given(st.binary(max_size=200))
def test_random_bytes_are_no_certificate(data: bytes) -> None:
    """Random bytes, DER heads before them or not, are one InputError for each reader."""
    for prefix in (b"", b"\x30\x82", b"-----BEGIN CERTIFICATE-----"):
        for read in (Certificate.from_der, Certificate.load, rsa_key):
            assert code_of(read, prefix + data) in {"certificate-unreadable", "key-unreadable"}
