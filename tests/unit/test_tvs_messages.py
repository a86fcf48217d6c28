"""The messages of the trust service: the published ones, every other one, and hostile bytes."""

from __future__ import annotations

import asyncio
import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ctlkit.errors import FormatError
from ctlkit.tlv import Field
from ctlkit.tvs import (
    LIFETIME,
    MessageKind,
    TvsAnswer,
    TvsMessage,
    TvsTag,
    decode_message,
    encode_message,
    make_answer,
    query_request,
    read_answer,
    read_message,
    verify_request,
)

DEVICE = "CP-8861-SEPB000B4BA0AEE"
SUBJECT = b"CN=" + b"s" * 62
ISSUER = b"CN=stormin-WIN2012-CA"
SERIAL = bytes(range(1, 20))
SESSION = 0x3E9
CERTIFICATE = bytes.fromhex("308205a7") + bytes(0x5A7)

PUBLISHED_QUERY = bytes.fromhex(
    "57 01 03 00 00 00 03 e9 00 8f 01 00 18 01 43 50 2d 38 38 36 31 2d 53 45 50 42 30 30 30 42 34"
    "42 41 30 41 45 45 03 00 42 43 4e 3d"
)
PUBLISHED_ANSWER = bytes.fromhex("57 01 04 f7 00 00 03 e9 05 be 07 00 01 00 02 05 ab 30 82 05 a7")


def query() -> TvsMessage:
    """The query whose beginning is published."""
    return query_request(DEVICE, SUBJECT, ISSUER, SERIAL, SESSION)


def code_of(data: bytes) -> str:
    """The code of the error that reading ends with, empty where the bytes are a message."""
    try:
        decode_message(data)
    except FormatError as error:
        return error.code if 0 <= error.offset <= len(data) else f"{error.code} outside"
    return ""


def test_the_published_query() -> None:
    """A query has the published bytes and length, names with their NUL, the device without."""
    data = encode_message(query())
    assert 153 == len(data)
    assert PUBLISHED_QUERY == data[: len(PUBLISHED_QUERY)]
    read = decode_message(data)
    assert query() == read
    assert (DEVICE, SUBJECT + b"\0", ISSUER + b"\0", SERIAL) == (
        read.device,
        read.subject,
        read.issuer,
        read.serial,
    )


def test_names_that_have_their_nul_get_no_second() -> None:
    """The names of a list's header are taken as they are."""
    assert query() == query_request(DEVICE, SUBJECT + b"\0", ISSUER + b"\0", SERIAL, SESSION)


def test_the_published_answer() -> None:
    """The answer has the published bytes and length, and says what is needed to check a list."""
    answer = TvsAnswer(True, CERTIFICATE, (0, 2), LIFETIME)
    data = bytearray(encode_message(make_answer(query(), answer)))
    data[3] = 0xF7
    assert 1480 == len(data)
    assert PUBLISHED_ANSWER == data[: len(PUBLISHED_ANSWER)]
    read = decode_message(bytes(data))
    assert answer == read_answer(query(), read)
    assert answer.is_signer
    assert bytes(data) == encode_message(read)


def test_an_answer_of_no() -> None:
    """What is not known has a status and nothing else, and vouches for nobody."""
    message = make_answer(query(), TvsAnswer(False, CERTIFICATE, (0,), LIFETIME))
    assert (Field(TvsTag.STATUS, b"\x01"),) == message.fields
    answer = read_answer(query(), message)
    assert (TvsAnswer(False), False) == (answer, answer.is_signer)
    assert not TvsAnswer(True, CERTIFICATE, (2, 4)).is_signer


def test_a_no_that_carries_roles_is_a_no() -> None:
    """Roles and a certificate beside the status 1 count for nothing."""
    fields = (Field(7, b"\x01"), Field(2, CERTIFICATE), Field(8, b"\x00"))
    message = TvsMessage(MessageKind.QUERY_RESPONSE, SESSION, fields)
    assert TvsAnswer(False) == read_answer(query(), message)


def test_the_answer_to_verify_carries_no_certificate() -> None:
    """A client that has the certificate is told roles and lifetime only."""
    request = verify_request(DEVICE, CERTIFICATE, SESSION)
    assert CERTIFICATE == decode_message(encode_message(request)).certificate
    message = make_answer(request, TvsAnswer(True, CERTIFICATE, (4,), LIFETIME))
    assert (7, 8, 9) == tuple(item.tag for item in message.fields)
    assert TvsAnswer(True, None, (4,), LIFETIME) == read_answer(request, message)


@pytest.mark.parametrize("tags", [(4, 5), (5, 4), (6, 5), (10, 200), (4, 4)])
def test_issuer_and_serial_are_known_by_their_place(tags: tuple[int, int]) -> None:
    """Whatever their tags, the two fields behind the subject are issuer and serial."""
    fields = (
        *(Field(1, b"\x01CP"), Field(3, b"CN=s\0")),
        *(Field(tags[0], b"CN=i\0"), Field(tags[1], b"\x05")),
    )
    read = decode_message(encode_message(TvsMessage(MessageKind.QUERY_REQUEST, 1, fields)))
    assert (b"CN=i\0", b"\x05") == (read.issuer, read.serial)


def test_what_is_missing_is_none() -> None:
    """A request without its fields reads, and says so."""
    read = decode_message(encode_message(TvsMessage(MessageKind.QUERY_REQUEST, 1, ())))
    assert (None, None, None, None, "") == (
        *(read.subject, read.issuer, read.serial, read.certificate),
        read.device,
    )


@pytest.mark.parametrize(
    ("kind", "session"), [(MessageKind.VERIFY_RESPONSE, SESSION), (4, SESSION + 1), (3, SESSION)]
)
def test_another_answer_is_refused(kind: int, session: int) -> None:
    """An answer of another kind or session is not taken for this one."""
    message = TvsMessage(MessageKind(kind), session, (Field(7, b"\x00"), Field(8, b"\x00")))
    with pytest.raises(FormatError) as caught:
        read_answer(query(), message)
    assert "tvs-answer-other" == caught.value.code


@pytest.mark.parametrize(
    ("fields", "offset", "path"),
    [
        ((), 10, "body / STATUS"),
        ((Field(8, b"\0"), Field(7, b"\x02")), 14, "body / STATUS"),
        ((Field(7, b""),), 10, "body / STATUS"),
        ((Field(7, b"\0\0"),), 10, "body / STATUS"),
        ((Field(7, b"\0"), Field(9, b"\1")), 14, "body / LIFETIME"),
    ],
)
def test_an_answer_that_says_nothing_known(
    fields: tuple[Field, ...], offset: int, path: str
) -> None:
    """A missing or unknown status, or a lifetime of another length, is one clear error."""
    message = TvsMessage(MessageKind.QUERY_RESPONSE, SESSION, fields)
    with pytest.raises(FormatError) as caught:
        read_answer(query(), message)
    assert ("tvs-field-odd", offset, path) == (
        *(caught.value.code, caught.value.offset),
        caught.value.path,
    )


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "tvs-cut"),
        (PUBLISHED_QUERY[:9], "tvs-cut"),
        (PUBLISHED_QUERY, "tvs-cut"),
        (b"HTTP/1.1 400 Bad", "tvs-not-a-message"),
        (b"\x57\x02" + PUBLISHED_QUERY[2:], "tvs-not-a-message"),
        (b"\x57\x01\x05" + PUBLISHED_QUERY[3:], "tvs-kind-unknown"),
        (bytes.fromhex("5701030000000001 0002 0100"), "field-head-short"),
        (bytes.fromhex("5701030000000001 0004 01000500"), "field-value-short"),
        (bytes.fromhex("5701030000000001 0000 00"), "tvs-cut"),
    ],
)
def test_what_is_no_message(data: bytes, code: str) -> None:
    """Cut, garbled, of another version, too long: each has its code and its place."""
    assert code == code_of(data)


def test_a_body_that_no_length_can_say() -> None:
    """More than 65,535 bytes of fields are refused before anything is sent."""
    fields = (Field(2, bytes(40_000)), Field(3, bytes(40_000)))
    with pytest.raises(FormatError) as caught:
        encode_message(TvsMessage(MessageKind.QUERY_REQUEST, 1, fields))
    assert "field-too-long" == caught.value.code


MESSAGES = st.builds(
    TvsMessage,
    st.sampled_from(MessageKind),
    st.integers(0, 0xFFFFFFFF),
    st.lists(st.builds(Field, st.integers(0, 255), st.binary(max_size=40)), max_size=8).map(tuple),
    st.integers(0, 255),
)


@given(MESSAGES)
def test_every_message_survives(message: TvsMessage) -> None:
    """Reading what was written gives the message again, and writing that the same bytes."""
    data = encode_message(message)
    read = decode_message(data)
    assert (message, message.reserved) == (read, read.reserved)
    assert data == encode_message(read)


@settings(max_examples=300)
@given(st.binary(max_size=80), st.binary(max_size=80))
def test_hostile_bytes_give_only_format_errors(data: bytes, body: bytes) -> None:
    """Nothing but our error comes out of random bytes, and what reads is written the same."""
    head = b"\x57\x01\x04\x00\x00\x00\x00\x01" + len(body).to_bytes(2, "big")
    for each in (data, head + body, head + data):
        if not code_of(each):
            message = decode_message(each)
            assert each == encode_message(message)
            assert message.device.isascii() or message.device


@given(st.binary(max_size=120), st.booleans())
def test_a_stream_gives_a_message_or_an_error(data: bytes, whole: bool) -> None:
    """What comes from a stream is read to the end of the message and no further."""

    async def read() -> TvsMessage:
        reader = asyncio.StreamReader()
        reader.feed_data(encode_message(query()) + data if whole else data)
        reader.feed_eof()
        message = await read_message(reader)
        assert not whole or data == await reader.read()
        return message

    if whole:
        assert query() == asyncio.run(read())
        return
    with contextlib.suppress(FormatError):
        assert asyncio.run(read()).kind in MessageKind
