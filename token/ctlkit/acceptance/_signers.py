"""Who signs a new list, looked for in lists: by issuer and serial, as phones compare them."""

from __future__ import annotations

from ctlkit.acceptance._values import HeldList, NewList
from ctlkit.edit import holds_same
from ctlkit.trustlist import Record

__all__ = [
    "keeps_signer",
    "knowing",
    "named_like",
    "records_of",
    "signer_records",
    "spelled_otherwise",
]


def records_of(held: HeldList) -> tuple[Record, ...]:
    """Return the records of a list that phones hold; none of one that is not at hand."""
    return held.verified.list.records if held.verified else ()


def named_like(records: tuple[Record, ...], new: NewList) -> tuple[Record, ...]:
    """Return the records with the issuer and the serial of a new list's signer."""
    wanted = (new.signer.serial, _without_nul(new.signer.issuer))
    return tuple(item for item in records if (item.serial, _without_nul(item.issuer)) == wanted)


def _without_nul(name: bytes | None) -> bytes:
    return (name or b"").removesuffix(b"\0")


def knowing(held: HeldList, new: NewList) -> tuple[Record, ...]:
    """Return the SAST entries by which a list knows the signer of another."""
    return tuple(item for item in named_like(records_of(held), new) if item.is_sast)


def signer_records(new: NewList) -> tuple[Record, ...]:
    """Return the records of a list that are its own signer's."""
    return named_like(new.records, new)


def spelled_otherwise(held: HeldList, new: NewList) -> Record | None:
    """Return the SAST entry of a list that has the signer's certificate under another serial.

    A server writes a token's serial and names in another way than the CTL Client: to phones that
    compare the bytes these are two signers.
    """
    if knowing(held, new):
        return None
    own = {record.certificate for record in signer_records(new) if record.certificate}
    found = (item for item in records_of(held) if item.is_sast and item.certificate in own)
    return next(found, None)


def keeps_signer(new: NewList, held: HeldList) -> bool:
    """Whether a new list has one of the signers of a list that phones hold."""
    signers = [item for item in new.records if item.is_sast]
    return any(
        any(holds_same(record, item) for item in signers)
        for record in records_of(held)
        if record.is_sast
    )
