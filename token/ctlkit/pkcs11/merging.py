"""The same card seen through two modules is one row.

Rules:

* Two rows of different modules are one card when they share a certificate that could sign; of
  several such rows the one with the same serial. Without certificates serial, label and
  manufacturer must be the same.
* Rows of one module are never one card: a module shows a card once, and two cards may hold the
  same certificate.
* The row of the module that was looked at first stays, and names the others.

Source: docs/tokens.md, choosing.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Iterable

from ctlkit.pkcs11.values import TokenInfo

__all__ = ["merged"]


def merged(tokens: Iterable[TokenInfo]) -> tuple[TokenInfo, ...]:
    """Return the rows with each card once, in order."""
    rows: list[TokenInfo] = []
    for token in tokens:
        place = _row_of(token, rows)
        if place is None:
            rows.append(token)
            continue
        row = rows[place]
        rows[place] = dataclasses.replace(row, also_in=(*row.also_in, token.module))
    return tuple(rows)


def _row_of(token: TokenInfo, rows: list[TokenInfo]) -> int | None:
    places = [
        index
        for index, row in enumerate(rows)
        if token.module not in {row.module, *row.also_in} and _same_card(row, token)
    ]
    same_serial = [index for index in places if rows[index].serial == token.serial]
    return next(iter(same_serial or places), None)


def _same_card(one: TokenInfo, other: TokenInfo) -> bool:
    if one.certificates and other.certificates:
        return not _hashes(one).isdisjoint(_hashes(other))
    if one.certificates or other.certificates or not one.serial:
        return False
    return one.identity[:3] == other.identity[:3]


def _hashes(token: TokenInfo) -> set[bytes]:
    return {hashlib.sha256(item.der).digest() for item in token.certificates if not item.is_ca}
