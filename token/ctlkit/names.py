"""X.509 names and serials as the texts and bytes of a list, in each of its three dialects.

Rules:

* ``cucm``: the types CN, OU, O, L, ST, C only, in this order, upper case, ``;`` between them.
* ``usecallmanager``: RFC 4514 strings of the attributes in certificate order, ``,`` between.
* Tokens in the ``ctl-client`` dialect, when issued by "Cisco Manufacturing CA": the Windows
  way, cut again at each comma, which loses the closing quote of ``Cisco Systems, Inc.``; the
  serial little-endian. Both are inferences that reproduce the published list exactly.
* A text is UTF-8 with one trailing NUL.

Source: docs/format.md, profiles.
"""

from __future__ import annotations

from ctlkit.certificate import Attribute, Certificate, Name

__all__ = [
    "CISCO_ISSUER",
    "cucm_name",
    "is_cisco_token",
    "list_text",
    "rfc4514_name",
    "windows_name",
]

CISCO_ISSUER = "Cisco Manufacturing CA"
"""The common name of the issuer of the tokens that the CTL Client was sold with."""

_COMMON_NAME = "2.5.4.3"
_CUCM_TYPES = {
    "2.5.4.3": "CN",
    "2.5.4.11": "OU",
    "2.5.4.10": "O",
    "2.5.4.7": "L",
    "2.5.4.8": "ST",
    "2.5.4.6": "C",
}
_RFC4514_TYPES = {
    **_CUCM_TYPES,
    "2.5.4.9": "STREET",
    "0.9.2342.19200300.100.1.25": "DC",
    "0.9.2342.19200300.100.1.1": "UID",
}
_WINDOWS_TYPES = {
    **_CUCM_TYPES,
    "2.5.4.8": "S",
    "2.5.4.5": "SERIALNUMBER",
    "1.2.840.113549.1.9.1": "E",
    "0.9.2342.19200300.100.1.25": "DC",
}


def list_text(text: str) -> bytes:
    """Return a text as a field holds it: UTF-8 and one NUL."""
    return text.encode("utf-8") + b"\0"


def cucm_name(name: Name) -> str:
    """Return a name as the server writes it, ``CN=..;OU=..;O=..;L=..;ST=..;C=..``."""
    attributes = [item for part in name for item in part]
    return ";".join(
        f"{short}={item.value}"
        for oid, short in _CUCM_TYPES.items()
        for item in attributes
        if item.oid == oid
    )


def _escaped(item: Attribute) -> str:
    """Return a value with the escapes of RFC 4514, section 2.4."""
    text = "".join(f"\\{char}" if char in '",+;<>\\' else char for char in item.value)
    text = text.replace("\0", "\\00")
    if text.endswith(" "):
        text = f"{text[:-1]}\\ "
    if text.startswith(("#", " ")):
        text = f"\\{text}"
    return text


def _rfc4514_attribute(item: Attribute) -> str:
    short = _RFC4514_TYPES.get(item.oid)
    return f"{short}={_escaped(item)}" if short else f"{item.oid}=#{item.der.hex()}"


def rfc4514_name(name: Name) -> str:
    """Return a name as Asterisk's tooling writes it, in the order of the certificate."""
    return ",".join("+".join(map(_rfc4514_attribute, part)) for part in name)


def _quoted(value: str) -> str:
    if "," not in value and value == value.strip():
        return value
    doubled = value.replace('"', '""')
    return f'"{doubled}"'


def windows_name(name: Name) -> str:
    """Return a token's name as the CTL Client writes it, with its cut at each comma.

    The attributes come from the common name upwards, which is the reverse of the usual order
    of a certificate.
    """
    parts = list(name)
    if not (parts and any(item.oid == _COMMON_NAME for item in parts[0])):
        parts.reverse()
    pieces = ", ".join(
        f"{_WINDOWS_TYPES.get(item.oid, item.oid)}={_quoted(item.value)}"
        for part in parts
        for item in part
    ).split(", ")
    kept = (piece.partition("=") for piece in pieces if "=" in piece)
    return ";".join(f"{kind.lower()}={value}" for kind, _, value in kept)


def is_cisco_token(certificate: Certificate) -> bool:
    """Whether a certificate is of a token that Cisco sold: it names their issuer."""
    return any(
        item.oid == _COMMON_NAME and item.value == CISCO_ISSUER
        for part in certificate.issuer
        for item in part
    )
