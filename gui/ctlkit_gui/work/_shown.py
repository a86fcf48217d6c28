"""From the library's values to what the wizard shows: texts and numbers, no secret."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ctlkit.certificate import Certificate, EcKey, RsaKey
from ctlkit.edit import Row, RowState, title_of
from ctlkit.errors import CtlkitError, InputError, TokenNotFoundError
from ctlkit.profiles import CTL_CLIENT
from ctlkit.trustlist import Function, Record, function_name, text_of
from ctlkit.verify import VerifiedList, names_signer
from ctlkit_gui.flow.token_values import CertificateShown, ModuleShown, TokenShown
from ctlkit_gui.flow.values import EntryShown

if TYPE_CHECKING:
    from ctlkit.pkcs11 import ModuleReport, TokenInfo
    from ctlkit.workflows.assembling import AssembledRow

__all__ = [
    "assembled_entry",
    "certificate_shown",
    "entries_of",
    "module_shown",
    "signer_shown",
    "token_shown",
]


def certificate_shown(certificate: Certificate, *, token: bool = False) -> CertificateShown:
    """Return what is shown of a certificate.

    Args:
        certificate: any.
        token: whether it is a token's, whose names and serial a list writes in its own way.
    """
    who = CTL_CLIENT.identity(certificate, token=token)
    title = certificate.common_name.strip() or text_of(who.subject)
    return CertificateShown(
        title=title,
        subject=text_of(who.subject),
        issuer=text_of(who.issuer),
        serial=_hex(who.serial),
        serial_hex=_hex(certificate.serial),
        serial_decimal=str(certificate.serial_number),
        valid_from=certificate.not_before,
        valid_to=certificate.not_after,
        key=_key(certificate),
        sha1=_hex(certificate.fingerprint("sha1")),
        sha256=_hex(certificate.fingerprint()),
        der=certificate.der,
        file_name=f"{_stem(title)}.cer",
    )


def _stem(title: str) -> str:
    from ctlkit.workflows.tokens import file_stem

    return file_stem(title)


def _hex(data: bytes) -> str:
    return data.hex(":").upper()


def _key(certificate: Certificate) -> str:
    key = certificate.public_key
    kind = {RsaKey: "RSA", EcKey: "EC"}.get(type(key))
    return f"{kind} {key.bits}" if kind else "?"


def token_shown(token: TokenInfo) -> TokenShown:
    """Return what is shown of a token; where it cannot be added, why."""
    from ctlkit.workflows.keyring import token_entry

    certificate, problem = None, None
    try:
        certificate = certificate_shown(token_entry(token).certificate, token=True)
    except (InputError, TokenNotFoundError) as error:
        problem = error
    return TokenShown(
        uri=token.uri,
        label=token.label,
        serial=token.serial,
        manufacturer=token.manufacturer,
        model=token.model,
        pin_state=token.pin_state,
        login_required=token.login_required,
        pin_pad=token.protected_path,
        certificate=certificate,
        problem=problem,
        notes=token.notes,
        module=str(token.module),
    )


def module_shown(report: ModuleReport) -> ModuleShown:
    """Return what is shown of a library that was tried."""
    said = (report.manufacturer, report.description, report.version)
    return ModuleShown(
        path=str(report.path),
        origin=report.origin,
        loaded=report.loaded,
        slots=report.slots,
        description=" ".join(filter(None, said)),
        problem=report.problem,
    )


def signer_shown(verified: VerifiedList) -> tuple[str, str]:
    """Return name and serial of who signed a list, as the list has them."""
    header, records = verified.list.header, verified.list.records
    own = next((record for record in records if names_signer(record, header)), None)
    name = text_of(header.signer_name) if own is None else title_of(own)
    return name, _hex(header.signer_serial or b"")


def assembled_entry(at: int, item: AssembledRow, uris: Sequence[str]) -> EntryShown:
    """Return a row of a list that is put together.

    Args:
        at: which row it is.
        item: the row.
        uris: of the tokens that were added.
    """
    return _entry(
        at,
        item.row,
        token=uris[item.token] if item.token is not None else "",
        server=item.server,
        remove=item.remove,
        locked=item.locked,
    )


def entries_of(rows: Sequence[Row]) -> tuple[EntryShown, ...]:
    """Return the rows of a list that waits for its signature."""
    return tuple(_entry(at, row) for at, row in enumerate(rows))


def _entry(
    at: int,
    row: Row,
    *,
    token: str = "",
    server: int | None = None,
    remove: str = "",
    locked: CtlkitError | None = None,
) -> EntryShown:
    record = row.record
    serial, old = _hex(record.serial or b""), _hex(row.old.serial or b"") if row.old else ""
    return EntryShown(
        key=f"{at}:{row.state.value}:{record.function}:{serial}",
        state=row.state,
        function=function_name(record.function),
        address=_address(record),
        subject=text_of(record.subject),
        issuer=text_of(record.issuer),
        serial=serial,
        old_serial=old if row.state is RowState.CHANGED and old != serial else "",
        token=token,
        server=server,
        certificate=_certificate(record),
        remove=remove,
        locked=locked,
    )


def _address(record: Record) -> str:
    """Return DNS name and IP address, each once."""
    packed = record.ip_address or b""
    known = len(packed) in (4, 16) and any(packed)
    address = str(ipaddress.ip_address(packed)) if known else ""
    return " ".join(dict.fromkeys(filter(None, (record.dns_name, address))))


def _certificate(record: Record) -> CertificateShown | None:
    try:
        own = Certificate.from_der(record.certificate or b"")
    except InputError:
        return None
    return certificate_shown(own, token=record.function == Function.SAST and not record.dns_name)
