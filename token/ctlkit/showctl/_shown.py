"""What the text of ``show ctl`` says of a list, as frozen values.

Rules:

* Only what the text prints is here: no public keys, no addresses, no digest's name.
* A text may be cut (``[...]`` in published samples): what it leaves out is None or absent, and
  is never guessed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

_NO_LENGTHS: Mapping[str, int] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class ShownRecord:
    """A record of a list, as ``show ctl`` prints it.

    Attributes:
        number: its number, from 1 in the order of the list.
        dns_name: DNSNAME; empty where it holds no character.
        subject: SUBJECTNAME, in the spelling of the list.
        function: its short name, ``SAST``, ``CCM+TFTP``..., as :func:`function_name` gives it.
        issuer: ISSUERNAME.
        serial: SERIALNUMBER.
        certificate_sha1: lower-case hexadecimal, None where no certificate is printed.
        lengths: the LENGTH column by the tag's name; RECORDLENGTH has its value instead.
        signed: whether the text says that it signed the list, None where it does not say.
    """

    number: int
    dns_name: str | None = None
    subject: str | None = None
    function: str | None = None
    issuer: str | None = None
    serial: bytes | None = None
    certificate_sha1: str | None = None
    lengths: Mapping[str, int] = field(default_factory=lambda: _NO_LENGTHS)
    signed: bool | None = None


@dataclass(frozen=True, slots=True)
class ShownList:
    """A list, as ``show ctl`` or ``show itl`` prints it.

    Attributes:
        kind: ``CTL``, ``ITL``, or ``signed`` for a signed file.
        md5, sha1: the checksums, lower-case hexadecimal.
        length: the file's length in bytes.
        modified: the time of its last change as printed, in the server's own time zone.
        version: ``1.2`` for a list.
        header_length: HeaderLength in bytes.
        signer_name, signer_serial, signer_issuer: who signed it, in the spelling of the list.
        signature: the signature's bytes.
        records: the records that are printed.
        verified: whether the text ends in the verdict that the file was verified.
    """

    kind: str
    md5: str
    sha1: str
    length: int
    modified: str
    version: str | None = None
    header_length: int | None = None
    signer_name: str | None = None
    signer_serial: bytes | None = None
    signer_issuer: str | None = None
    signature: bytes | None = field(default=None, repr=False)
    records: tuple[ShownRecord, ...] = ()
    verified: bool = False
