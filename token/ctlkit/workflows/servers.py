"""Certificates of servers that a person names: given one by one, or in ITL files.

Rules:

* An ITL file is evidence only as far as it verifies against the present list. Otherwise each of
  its certificates needs its fingerprint confirmed (rule 4).

Source: docs/rules.md.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from pathlib import Path

from ctlkit.certificate import Certificate
from ctlkit.codec import MAX_LIST, decode
from ctlkit.edit import Origin, Server
from ctlkit.errors import CannotTellError, FormatError, InputError, TrustError, UsageError
from ctlkit.files import read_file
from ctlkit.manifest import function_number
from ctlkit.messages import Message, Severity
from ctlkit.trustlist import Function, Record, RecordTag, TrustList, text_of
from ctlkit.verify import VerifiedList, verify
from ctlkit.workflows.making import load_certificate

__all__ = ["parse_server", "server_of", "servers_of_itls"]

_FROM_ITL = (Function.CCM, Function.CCM_TFTP, Function.TFTP, Function.CAPF)


def parse_server(text: str) -> Server:
    """Understand ``FUNCTION,CERT[,name=N][,ip=A]`` and read the certificate.

    The path of CERT may hold commas: what follows it is looked for from the end.

    Raises:
        UsageError: it says something else.
        InputError: CERT is no certificate.
    """
    role, _, rest = text.partition(",")
    function = function_number(role)
    if function is None or not rest:
        raise UsageError("server-syntax", text=text)
    found: dict[str, str] = {}
    while True:
        path, comma, last = rest.rpartition(",")
        key, equals, value = last.partition("=")
        if not comma or not equals or key not in ("name", "ip") or key in found:
            if equals and key.isalpha() and not Path(rest).exists():
                raise UsageError("server-syntax", text=text)
            break
        found[key], rest = value, path
    if "ip" in found and not _is_address(found["ip"]):
        raise UsageError("server-ip", text=text)
    return server_of(function, rest, found.get("name"), found.get("ip"))


def server_of(
    function: int, file: Path | str, name: str | None = None, address: str | None = None
) -> Server:
    """Read the certificate of a server that a person named.

    Args:
        function: the role, a number.
        file: the certificate, DER or PEM.
        name: its host name, None if not known.
        address: its IPv4 or IPv6 address, None if not known.

    Raises:
        UsageError: the address is none.
        InputError: the file is no certificate.
    """
    if address is not None and not _is_address(address):
        raise UsageError("server-address-wrong", address=address)
    return Server(function, load_certificate(file), name, address)


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def servers_of_itls(
    files: tuple[Path, ...], present: VerifiedList | None, now: int
) -> tuple[list[Server], list[Message]]:
    """Return the servers of ITL files, and what is odd about the files.

    Raises:
        InputError: a file is no ITL file.
    """
    servers: list[Server] = []
    remarks: list[Message] = []
    for file in files:
        try:
            value = decode(read_file(file, MAX_LIST).data)
        except FormatError as error:
            raise InputError("itl-unreadable", file=file, reason=error) from error
        if not isinstance(value, TrustList):
            raise InputError("itl-not-a-list", file=file)
        origin = Origin.VERIFIED
        try:
            verify(value, (present,) if present else (), now=now)
            if present is None:
                origin = Origin.FETCHED
        except (TrustError, CannotTellError) as error:
            origin = Origin.FETCHED
            remarks.append(
                Message("itl-unverified", {"file": file, "reason": error}, Severity.AMBER)
            )
        servers += _itl_servers(value, origin)
    return _once(servers), remarks


def _itl_servers(value: TrustList, origin: Origin) -> Iterator[Server]:
    for record in value.records:
        if not record.certificate:
            continue
        certificate = Certificate.from_der(record.certificate)
        recovery = record.is_sast and certificate.common_name.casefold().startswith("itlrecovery")
        if record.function in _FROM_ITL or recovery:
            yield Server(record.function or 0, certificate, _name(record), _address(record), origin)


def _name(record: Record) -> str | None:
    return text_of(record.get(RecordTag.DNSNAME)) or None


def _address(record: Record) -> str | None:
    packed = record.ip_address or b""
    return str(ipaddress.ip_address(packed)) if len(packed) in (4, 16) and any(packed) else None


def _once(servers: list[Server]) -> list[Server]:
    """Return each server's certificate once, from where it is most trusted.

    Every ITL file holds CAPF and ITLRecovery.
    """
    found: dict[tuple[int, bytes], Server] = {}
    for item in sorted(servers, key=lambda server: list(Origin).index(server.origin)):
        found.setdefault((item.function, item.certificate.der), item)
    return list(found.values())
