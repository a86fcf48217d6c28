"""The messages of the trust service, as values and as bytes; no I/O.

Rules:

* A message is a head of ten bytes (``0x57``, version ``0x01``, kind, a reserved byte, session,
  length of the body) and a body of fields, each one byte of tag and two of length.
* Bytes are kept: unknown tags, fields in another order and the reserved byte survive a round trip.
  Of a tag that stands twice the first one counts.
* A query names a signer by subject, issuer and serial. The tags of the last two are not
  published: whatever their tags, they are the first two fields behind the subject.
* Names carry one NUL at their end, the device does not.
* Reading allocates in proportion to the bytes that are there. What cannot be read is one
  FormatError with its offset in the message and the path of the field.

Source: docs/cluster.md, the trust service on the wire.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum

from ctlkit.errors import FormatError
from ctlkit.tlv import Field, pack_field, read_fields

__all__ = [
    "HEAD_LENGTH",
    "LIFETIME",
    "SAST_ROLE",
    "TVS_PORT",
    "MessageKind",
    "TvsAnswer",
    "TvsMessage",
    "TvsTag",
    "body_length",
    "decode_message",
    "encode_message",
    "make_answer",
    "query_request",
    "read_answer",
    "verify_request",
]

TVS_PORT = 2445
"""TCP, TLS."""

HEAD_LENGTH = 10
"""Bytes before the body."""

LIFETIME = 86400
"""Seconds that a phone keeps an answer, as servers in the field say."""

SAST_ROLE = 0
"""The role that a signer of lists must have."""

_MAGIC = 0x57
_VERSION = 1
_LONGEST_BODY = 0xFFFF
_DEVICE_PREFIX = b"\x01"
_FOUND, _NOT_FOUND = 0, 1


class MessageKind(IntEnum):
    """The kinds of message; an answer's number is its request's and one."""

    VERIFY_REQUEST = 1
    VERIFY_RESPONSE = 2
    QUERY_REQUEST = 3
    QUERY_RESPONSE = 4

    @property
    def is_request(self) -> bool:
        """Whether a client sends it."""
        return self in (MessageKind.VERIFY_REQUEST, MessageKind.QUERY_REQUEST)

    @property
    def answer(self) -> MessageKind:
        """The kind of the answer to a request."""
        return MessageKind(self + 1)


class TvsTag(IntEnum):
    """The tags of a body's fields. Those of issuer and serial are not published [I]."""

    DEVICE = 1
    CERTIFICATE = 2
    SUBJECT = 3
    ISSUER = 4
    SERIAL = 5
    STATUS = 7
    ROLES = 8
    LIFETIME = 9


_NAMES = {int(tag): tag.name for tag in TvsTag}


@dataclass(frozen=True, slots=True)
class TvsMessage:
    """A message as it stands on the wire.

    Attributes:
        kind: which of the four.
        session: the number that the client chose; the answer repeats it. 0 to 2**32 - 1.
        fields: the fields of the body in their order.
        reserved: the byte that means nothing.
    """

    kind: MessageKind
    session: int
    fields: tuple[Field, ...]
    reserved: int = field(default=0, compare=False)

    def get(self, tag: int) -> bytes | None:
        """Return the value of the first field with this tag."""
        return next((item.value for item in self.fields if item.tag == tag), None)

    @property
    def device(self) -> str:
        """The name of the phone that asks, empty where none is given."""
        value = (self.get(TvsTag.DEVICE) or b"").removeprefix(_DEVICE_PREFIX)
        return value.decode("utf-8", "backslashreplace")

    @property
    def certificate(self) -> bytes | None:
        """The certificate, DER."""
        return self.get(TvsTag.CERTIFICATE)

    @property
    def subject(self) -> bytes | None:
        """The signer's subject with its NUL, as a list's header has it."""
        return self.get(TvsTag.SUBJECT)

    @property
    def issuer(self) -> bytes | None:
        """The signer's issuer with its NUL: the first field behind the subject."""
        return self._behind_subject(0)

    @property
    def serial(self) -> bytes | None:
        """The signer's serial, as a list's header has it: the second field behind the subject."""
        return self._behind_subject(1)

    def _behind_subject(self, number: int) -> bytes | None:
        tags = [item.tag for item in self.fields]
        if TvsTag.SUBJECT not in tags:
            return None
        behind = self.fields[tags.index(TvsTag.SUBJECT) + 1 :]
        return behind[number].value if number < len(behind) else None


@dataclass(frozen=True, slots=True)
class TvsAnswer:
    """What the trust service says of a certificate.

    Attributes:
        found: whether it knows it.
        certificate: the certificate, DER; only the answer to a query carries it.
        roles: the functions that it vouches for, 0 a signer of lists.
        lifetime: seconds that the answer may be kept, None where it does not say.
    """

    found: bool
    certificate: bytes | None = field(default=None, repr=False)
    roles: tuple[int, ...] = ()
    lifetime: int | None = None

    @property
    def is_signer(self) -> bool:
        """Whether it vouches for a signer of lists (SAST)."""
        return self.found and SAST_ROLE in self.roles


def query_request(
    device: str, subject: bytes, issuer: bytes, serial: bytes, session: int
) -> TvsMessage:
    """Return what a phone asks about the unknown signer of a list.

    Args:
        device: ``CP-8861-SEPB000B4BA0AEE``.
        subject, issuer: as the list's header has them; the NUL is added where it is missing.
        serial: as the list's header has it.
        session: any number of 32 bits.
    """
    return TvsMessage(
        MessageKind.QUERY_REQUEST,
        session,
        (
            _device(device),
            Field(TvsTag.SUBJECT, _name(subject)),
            Field(TvsTag.ISSUER, _name(issuer)),
            Field(TvsTag.SERIAL, serial),
        ),
    )


def verify_request(device: str, certificate: bytes, session: int) -> TvsMessage:
    """Return what a phone asks about a certificate (DER) that it has in hand."""
    fields = (_device(device), Field(TvsTag.CERTIFICATE, certificate))
    return TvsMessage(MessageKind.VERIFY_REQUEST, session, fields)


def _device(device: str) -> Field:
    return Field(TvsTag.DEVICE, _DEVICE_PREFIX + device.encode())


def _name(text: bytes) -> bytes:
    return text if text.endswith(b"\0") else text + b"\0"


def make_answer(request: TvsMessage, answer: TvsAnswer) -> TvsMessage:
    """Return the message that gives an answer to a request."""
    fields = [Field(TvsTag.STATUS, bytes((_FOUND if answer.found else _NOT_FOUND,)))]
    if answer.found:
        if answer.certificate is not None and request.kind is MessageKind.QUERY_REQUEST:
            fields.append(Field(TvsTag.CERTIFICATE, answer.certificate))
        fields.append(Field(TvsTag.ROLES, bytes(answer.roles)))
        if answer.lifetime is not None:
            fields.append(Field(TvsTag.LIFETIME, answer.lifetime.to_bytes(4, "big")))
    return TvsMessage(request.kind.answer, request.session, tuple(fields))


def read_answer(request: TvsMessage, message: TvsMessage) -> TvsAnswer:
    """Return what a message says in answer to a request.

    Raises:
        FormatError: it is not the answer to this request, or its status or lifetime says nothing
            that is known.
    """
    if message.kind is not request.kind.answer or message.session != request.session:
        raise FormatError("tvs-answer-other", offset=2, path="head")
    status = message.get(TvsTag.STATUS)
    if status not in (bytes((_FOUND,)), bytes((_NOT_FOUND,))):
        raise _odd_field(message, TvsTag.STATUS)
    lifetime = message.get(TvsTag.LIFETIME)
    if lifetime is not None and len(lifetime) != 4:
        raise _odd_field(message, TvsTag.LIFETIME)
    if status == bytes((_NOT_FOUND,)):
        return TvsAnswer(False)
    return TvsAnswer(
        True,
        message.certificate,
        tuple(message.get(TvsTag.ROLES) or b""),
        None if lifetime is None else int.from_bytes(lifetime, "big"),
    )


def _odd_field(message: TvsMessage, tag: TvsTag) -> FormatError:
    """Return the error for a field whose value is missing or says nothing that is known."""
    offset = HEAD_LENGTH
    for item in message.fields:
        if item.tag == tag:
            break
        offset += 3 + len(item.value)
    return FormatError("tvs-field-odd", offset=offset, path=f"body / {tag.name}")


def encode_message(message: TvsMessage) -> bytes:
    """Return the bytes of a message.

    Raises:
        FormatError: a field or the body is longer than its length can say (65,535 bytes).
    """
    body = b"".join(pack_field(item.tag, item.value) for item in message.fields)
    if len(body) > _LONGEST_BODY:
        raise FormatError("field-too-long", offset=HEAD_LENGTH, path="body", length=len(body))
    head = bytes((_MAGIC, _VERSION, message.kind, message.reserved))
    return head + message.session.to_bytes(4, "big") + len(body).to_bytes(2, "big") + body


def body_length(head: bytes) -> int:
    """Return how many bytes follow a head.

    Raises:
        FormatError: it is no head of a message.
    """
    if len(head) < HEAD_LENGTH:
        raise FormatError(
            "tvs-cut", offset=len(head), path="head", need=HEAD_LENGTH, have=len(head)
        )
    if head[0] != _MAGIC or head[1] != _VERSION:
        raise FormatError("tvs-not-a-message", offset=0, path="head")
    if head[2] not in _KINDS:
        raise FormatError("tvs-kind-unknown", offset=2, path="head", kind=head[2])
    return int.from_bytes(head[8:HEAD_LENGTH], "big")


_KINDS: Sequence[int] = tuple(int(kind) for kind in MessageKind)


def decode_message(data: bytes) -> TvsMessage:
    """Read a message.

    Raises:
        FormatError: the bytes are none, or the body is cut, too long or has a cut field.
    """
    need = body_length(data)
    have = len(data) - HEAD_LENGTH
    if have != need:
        raise FormatError("tvs-cut", offset=HEAD_LENGTH, path="body", need=need, have=have)
    fields: list[Field] = []
    read_fields(data, HEAD_LENGTH, len(data), "body", _NAMES, fields)
    session = int.from_bytes(data[4:8], "big")
    return TvsMessage(MessageKind(data[2]), session, tuple(fields), data[3])
