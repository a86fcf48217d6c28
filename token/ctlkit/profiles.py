"""The three dialects in which lists are written.

Rules:

* A profile is a small frozen value; reading a list never needs one.
* What is inferred rather than published stands here as a named setting (docs/format.md marks
  it [I]): the value of tag 10, tag 8 and DNSNAME of tokens in ``cucm``, IPADDRESS of tokens.
* A name or serial that the present list already has is copied by the caller, never made again.

Source: docs/format.md, profiles.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ctlkit.certificate import Certificate, Name
from ctlkit.errors import UsageError
from ctlkit.names import cucm_name, is_cisco_token, list_text, rfc4514_name, windows_name
from ctlkit.trustlist import HeaderTag, RecordTag

__all__ = ["CTL_CLIENT", "CUCM", "PROFILES", "USECALLMANAGER", "Identity", "Profile", "profile"]

_PLAIN_ORDER = tuple(RecordTag)[:10]
_ASTERISK_ORDER = (
    RecordTag.RECORDLENGTH,
    RecordTag.SUBJECTNAME,
    RecordTag.ISSUERNAME,
    RecordTag.SERIALNUMBER,
    RecordTag.FUNCTION,
    RecordTag.PUBLICKEY,
    RecordTag.SIGNATURE,
    RecordTag.CERTIFICATE,
)


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a record or a signer is: subject and issuer with their NUL, and the serial."""

    subject: bytes
    issuer: bytes
    serial: bytes


@dataclass(frozen=True, slots=True)
class Profile:
    """One dialect.

    Attributes:
        name: as ``--profile`` and manifests name it.
        field_order: the tags of a full record in their order.
        signer_order: the children of SIGNERID in their order.
        algorithm: the value of SIGNATUREALGORTITHM (tag 10).
        signer_version: the value of tag 28 where nothing else is asked for, None: no such field.
        address_as_name: servers have their IPv4 address as DNSNAME instead of a host name.
        certificate_signature: records hold the certificate's own signature (tag 8).
        windows_tokens: tokens sold by Cisco get Windows names and a little-endian serial.
        most_sast: above so many SAST records a warning is due, None: never.
        can_be_non_secure: whether the 33-byte form of a CCM+TFTP record exists.
    """

    name: str
    field_order: tuple[RecordTag, ...]
    signer_order: tuple[HeaderTag, ...]
    algorithm: int
    signer_version: bytes | None
    address_as_name: bool
    certificate_signature: bool
    windows_tokens: bool
    most_sast: int | None
    can_be_non_secure: bool
    name_text: Callable[[Name], str]
    plain_serial: bool

    @property
    def has_dns_name(self) -> bool:
        """Whether records have a DNSNAME at all."""
        return RecordTag.DNSNAME in self.field_order

    def identity(self, certificate: Certificate, *, token: bool) -> Identity:
        """Return names and serial of a certificate as this dialect writes them.

        Args:
            certificate: whose names to write.
            token: whether the record is a token's; other records are servers'.
        """
        if token and self.windows_tokens and is_cisco_token(certificate):
            return Identity(
                list_text(windows_name(certificate.subject)),
                list_text(windows_name(certificate.issuer)),
                certificate.serial[::-1],
            )
        serial = certificate.serial
        if self.plain_serial:
            serial = serial.lstrip(b"\0") or b"\0"
        return Identity(
            list_text(self.name_text(certificate.subject)),
            list_text(self.name_text(certificate.issuer)),
            serial,
        )


_PLAIN_SIGNER = (HeaderTag.SIGNERNAME, HeaderTag.SERIALNUMBER, HeaderTag.CANAME)

CUCM = Profile(
    name="cucm",
    field_order=_PLAIN_ORDER,
    signer_order=_PLAIN_SIGNER,
    algorithm=1,
    signer_version=None,
    address_as_name=False,
    certificate_signature=True,
    windows_tokens=False,
    most_sast=None,
    can_be_non_secure=True,
    name_text=cucm_name,
    plain_serial=False,
)
"""``utils ctl`` on the server itself."""

CTL_CLIENT = Profile(
    name="ctl-client",
    field_order=_PLAIN_ORDER,
    signer_order=_PLAIN_SIGNER,
    algorithm=1,
    signer_version=None,
    address_as_name=True,
    certificate_signature=False,
    windows_tokens=True,
    most_sast=None,
    can_be_non_secure=True,
    name_text=cucm_name,
    plain_serial=False,
)
"""The CTL Client."""

USECALLMANAGER = Profile(
    name="usecallmanager",
    field_order=_ASTERISK_ORDER,
    signer_order=(HeaderTag.SIGNERNAME, HeaderTag.CANAME, HeaderTag.SERIALNUMBER),
    algorithm=0,
    signer_version=b"\x01\x00",
    address_as_name=False,
    certificate_signature=True,
    windows_tokens=False,
    most_sast=2,
    can_be_non_secure=False,
    name_text=rfc4514_name,
    plain_serial=True,
)
"""Asterisk tooling."""

PROFILES: Mapping[str, Profile] = {item.name: item for item in (CTL_CLIENT, CUCM, USECALLMANAGER)}


def profile(name: str) -> Profile:
    """Return the profile of this name.

    Raises:
        UsageError: there is none.
    """
    try:
        return PROFILES[name]
    except KeyError:
        raise UsageError("profile-unknown", name=name, known=", ".join(PROFILES)) from None
