"""What a trust list is made of, as frozen values.

Rules:

* Bytes are kept. A value read from a file carries its bytes (``raw``) and every field in order,
  unknown, repeated and misplaced ones included.
* The fields are the truth; the properties are views of them and never fail: a field that is
  missing is None, and so is a number that is not one to four bytes long.
* Of a tag that stands twice the first one counts.

Source: docs/format.md, header and record.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum

from ctlkit.tlv import Field

__all__ = [
    "CONFIG_VERSION",
    "HEADER_NAMES",
    "LIST_VERSION",
    "RECORD_NAMES",
    "SIGNATURE_LENGTHS",
    "SIGNER_LENGTHS",
    "Container",
    "Digest",
    "Draft",
    "Element",
    "Field",
    "Function",
    "Header",
    "HeaderTag",
    "Record",
    "RecordTag",
    "SignedFile",
    "TrustList",
    "function_name",
    "text_of",
]

LIST_VERSION = b"\x01\x02"
"""Version 1.2: CTL and ITL files."""

CONFIG_VERSION = b"\x01\x00"
"""Version 1.0: signed configuration files."""


SIGNATURE_LENGTHS = (64, 128, 256, 512)
"""Bytes of a signature, by the value of SIGNATUREMODULUS."""

SIGNER_LENGTHS = SIGNATURE_LENGTHS[1:]
"""Bytes of the signatures that lists are signed with: 1024, 2048 and 4096 bits."""


class HeaderTag(IntEnum):
    """The tags of a header, named as ``show ctl`` names them (its spelling is kept)."""

    VERSION = 1
    HEADERLENGTH = 2
    SIGNERID = 3
    SIGNERNAME = 4
    SERIALNUMBER = 5
    CANAME = 6
    SIGNATUREINFO = 7
    DIGESTALGORTITHM = 8
    SIGNATUREALGOINFO = 9
    SIGNATUREALGORTITHM = 10
    SIGNATUREMODULUS = 11
    SIGNATURE = 12
    PADDING = 13
    FILENAME = 14
    TIMESTAMP = 15
    SIGNERVERSION = 28


class RecordTag(IntEnum):
    """The tags of a record, named as ``show ctl`` names them."""

    RECORDLENGTH = 1
    DNSNAME = 2
    SUBJECTNAME = 3
    FUNCTION = 4
    ISSUERNAME = 5
    SERIALNUMBER = 6
    PUBLICKEY = 7
    SIGNATURE = 8
    CERTIFICATE = 9
    IPADDRESS = 10
    CERTHASH = 11
    HASHALGORITHM = 12


HEADER_NAMES: Mapping[int, str] = {int(tag): tag.name for tag in HeaderTag}
RECORD_NAMES: Mapping[int, str] = {int(tag): tag.name for tag in RecordTag}


class Function(IntEnum):
    """The role of a record; the number that the file holds."""

    SAST = 0
    CCM = 1
    CCM_TFTP = 2
    TFTP = 3
    CAPF = 4
    SRST = 5
    FIREWALL = 6
    APP_SERVER = 7
    TVS = 21

    @property
    def short_name(self) -> str:
        """The name that ``show ctl``, manifests and ``--server`` use."""
        return _SHORT_NAMES.get(self, self.name)


_SHORT_NAMES = {Function.CCM_TFTP: "CCM+TFTP", Function.APP_SERVER: "APP-SERVER"}


def function_name(number: int | None) -> str:
    """Return the short name of a function, the number itself where there is none."""
    if number is None:
        return ""
    try:
        return Function(number).short_name
    except ValueError:
        return str(number)


class Digest(IntEnum):
    """The hash that is signed; the number that the header holds."""

    SHA1 = 1
    SHA256 = 2
    SHA512 = 3

    @property
    def hash_name(self) -> str:
        """The name of the hash in :mod:`hashlib`."""
        return self.name.lower()

    @property
    def title(self) -> str:
        """The name of the hash for people: ``SHA-1``."""
        return self.name.replace("SHA", "SHA-")


@dataclass(frozen=True, slots=True)
class Container:
    """A header tag whose value is a run of further fields (3, 7 and 9)."""

    tag: int
    children: tuple[Element, ...]


Element = Field | Container


def text_of(value: bytes | None) -> str:
    """Return a text value without its trailing NUL; bytes that are not UTF-8 are escaped."""
    return (value or b"").removesuffix(b"\0").decode("utf-8", "backslashreplace")


def _number(value: bytes | None) -> int | None:
    return int.from_bytes(value, "big") if value is not None and 1 <= len(value) <= 4 else None


def _first_values(elements: Iterable[Element], into: dict[int, bytes]) -> dict[int, bytes]:
    for element in elements:
        if isinstance(element, Container):
            _first_values(element.children, into)
        else:
            into.setdefault(element.tag, element.value)
    return into


@dataclass(frozen=True, slots=True)
class Header:
    """The head of a list or of a signed file, its fields in the order of the file."""

    fields: tuple[Element, ...]
    _values: dict[int, bytes] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_values", _first_values(self.fields, {}))

    def get(self, tag: int) -> bytes | None:
        """Return the value of the first field with this tag, also inside containers."""
        return self._values.get(tag)

    def _own(self, tag: int) -> bytes | None:
        """Return the value of the first field with this tag that no container holds."""
        for item in self.fields:
            if item.tag == tag and isinstance(item, Field):
                return item.value
        return None

    @property
    def version(self) -> bytes | None:
        """Major and minor, a byte each."""
        return self._own(HeaderTag.VERSION)

    @property
    def length(self) -> int | None:
        """HeaderLength in bytes, from the first byte of the file, with signature and padding."""
        return _number(self._own(HeaderTag.HEADERLENGTH))

    @property
    def signer_version(self) -> bytes | None:
        """Major and minor of tag 28, or None where it is absent."""
        return self.get(HeaderTag.SIGNERVERSION)

    @property
    def signer_name(self) -> bytes | None:
        """The signer's subject as the file has it, with its NUL."""
        return self.get(HeaderTag.SIGNERNAME)

    @property
    def signer_issuer(self) -> bytes | None:
        """The signer's issuer as the file has it, with its NUL."""
        return self.get(HeaderTag.CANAME)

    @property
    def signer_serial(self) -> bytes | None:
        """The serial of the signer's certificate as the file has it."""
        return self.get(HeaderTag.SERIALNUMBER)

    @property
    def digest(self) -> int | None:
        """The number of the digest; one of :class:`Digest` in files seen so far."""
        return _number(self.get(HeaderTag.DIGESTALGORTITHM))

    @property
    def modulus_index(self) -> int | None:
        """The index of the signature's length in (64, 128, 256, 512) bytes."""
        return _number(self.get(HeaderTag.SIGNATUREMODULUS))

    @property
    def signature(self) -> bytes | None:
        """The signature, as long as the signer's modulus."""
        return self._own(HeaderTag.SIGNATURE)

    @property
    def filename(self) -> str:
        """The file name inside the list, ``CTLFile.tlv`` for instance."""
        return text_of(self.get(HeaderTag.FILENAME))

    @property
    def timestamp(self) -> int | None:
        """Seconds since 1970, UTC."""
        return _number(self.get(HeaderTag.TIMESTAMP))


@dataclass(frozen=True, slots=True)
class Record:
    """One entry of a list, its fields in the order of the file."""

    fields: tuple[Field, ...]
    _values: dict[int, bytes] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_values", _first_values(self.fields, {}))

    def get(self, tag: int) -> bytes | None:
        """Return the value of the first field with this tag."""
        return self._values.get(tag)

    @property
    def length(self) -> int | None:
        """RECORDLENGTH in bytes, the whole record with that field."""
        return _number(self.get(RecordTag.RECORDLENGTH))

    @property
    def dns_name(self) -> str | None:
        """The host name or address; empty for tokens, None where the field is absent."""
        value = self.get(RecordTag.DNSNAME)
        return None if value is None else text_of(value)

    @property
    def subject(self) -> bytes | None:
        """The subject's name as the file has it, with its NUL."""
        return self.get(RecordTag.SUBJECTNAME)

    @property
    def function(self) -> int | None:
        """The number of the role; one of :class:`Function` or any other."""
        return _number(self.get(RecordTag.FUNCTION))

    @property
    def issuer(self) -> bytes | None:
        """The issuer's name as the file has it, with its NUL."""
        return self.get(RecordTag.ISSUERNAME)

    @property
    def serial(self) -> bytes | None:
        """The serial as the file has it: big-endian, little-endian for some tokens."""
        return self.get(RecordTag.SERIALNUMBER)

    @property
    def public_key(self) -> bytes | None:
        """RSA: PKCS#1 RSAPublicKey, DER. EC: X9.62 uncompressed point."""
        return self.get(RecordTag.PUBLICKEY)

    @property
    def certificate(self) -> bytes | None:
        """The X.509 certificate, DER."""
        return self.get(RecordTag.CERTIFICATE)

    @property
    def ip_address(self) -> bytes | None:
        """The address, 4 or 16 bytes; None where the field is absent."""
        return self.get(RecordTag.IPADDRESS)

    @property
    def is_sast(self) -> bool:
        """Whether the record is a signer's (System Administrator Security Token)."""
        return self.function == Function.SAST


@dataclass(frozen=True, slots=True)
class TrustList:
    """A CTL or ITL file.

    Attributes:
        raw: the bytes it was read from or signed as; empty in a copy that was changed.
    """

    header: Header
    records: tuple[Record, ...]
    raw: bytes = field(default=b"", compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class SignedFile:
    """A signed configuration file: the header of a list, then the plain file.

    Attributes:
        content: the plain file.
        raw: the bytes it was read from or signed as; empty in a copy that was changed.
    """

    header: Header
    content: bytes = field(repr=False)
    raw: bytes = field(default=b"", compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Draft:
    """A list or a signed file that waits for its signature.

    Attributes:
        header: the final header, all but the SIGNATURE field; HeaderLength already counts it.
        position: where among the header's fields the SIGNATURE field belongs.
        signature_length: bytes of the signature to come: the signer's modulus.
        content: the records of a list, or the plain file of a signed file.
        signer: the certificate whose key is to sign, DER.
    """

    header: Header
    position: int
    signature_length: int
    content: tuple[Record, ...] | bytes = field(repr=False)
    signer: bytes = field(repr=False)
