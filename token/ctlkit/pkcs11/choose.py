"""Choosing a token and a certificate on it: none, one or many.

Rules:

* A token is named by an RFC 7512 URI, its serial or its label; what is exact comes first, then
  the same without outer blanks and without regard to case.
* None and many are errors of their own, which repeat the search and list what is there; none also
  names modules that a person named and that do not work. Serial numbers are not unique across
  vendors.
* A slot number never chooses: it changes with the order of plugging in.
* A module that a URI names must be one of those that were looked at; it is never loaded for it.
* Of several certificates that one signs whose key is known to be there; if that leaves more than
  one, a person must name it.

Source: docs/tokens.md, choosing.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ctlkit.errors import TokenNotFoundError, UsageError
from ctlkit.pkcs11.uri import SCHEME, TokenUri, parse_uri
from ctlkit.pkcs11.values import Inventory, KeyPresence, ModuleReport, TokenCertificate, TokenInfo

__all__ = ["Selection", "choose", "signing_certificate"]


@dataclass(frozen=True, slots=True)
class Selection:
    """A token that was chosen, and the URI that chose it, if it was one."""

    token: TokenInfo
    uri: TokenUri | None = None

    @property
    def pin_source(self) -> str | None:
        """Where the URI says that the PIN is."""
        return None if self.uri is None else self.uri.pin_source

    def signing_certificate(self) -> TokenCertificate:
        """Return the certificate that signs: :func:`signing_certificate`."""
        return signing_certificate(self.token, self.uri)


def choose(inventory: Inventory, wanted: str) -> Selection:
    """Return the one token that a URI, a serial or a label names.

    Raises:
        TokenNotFoundError: none, several, or no module that works.
        UsageError: the URI is broken, or names what cannot choose.
    """
    uri = parse_uri(wanted) if wanted[: len(SCHEME)].lower() == SCHEME else None
    if uri is not None:
        _require_usable(uri)
    failure = inventory.failure()
    if failure is not None:
        raise failure
    if not inventory.tokens:
        raise _not_found(inventory, wanted)
    tokens = inventory.tokens
    if uri is not None:
        tokens = _of_module(inventory, uri)
        found = _exact_first(tokens, lambda token, same: _fits(inventory, token, uri, same))
    else:
        found = _exact_first(
            tokens, lambda token, same: same(token.label, wanted) or same(token.serial, wanted)
        )
    if len(found) == 1:
        return Selection(found[0], uri)
    if not found:
        raise _not_found(inventory, wanted)
    raise TokenNotFoundError("token-several", wanted=wanted, found=_listed(found))


def _not_found(inventory: Inventory, wanted: str) -> TokenNotFoundError:
    """Return the error of a token that is not there, or that a broken module may hide."""
    broken = ", ".join(str(report.path) for report in inventory.broken)
    if inventory.tokens:
        code = "token-no-match-broken" if broken else "token-no-match"
    else:
        code = "token-none-broken" if broken else "token-none"
    found = _listed(inventory.tokens)
    return TokenNotFoundError(code, wanted=wanted, found=found, modules=broken)


_Same = Callable[[str, str], bool]


def _exact_first(
    tokens: Iterable[TokenInfo], fits: Callable[[TokenInfo, _Same], bool]
) -> list[TokenInfo]:
    tokens = list(tokens)
    exact = [token for token in tokens if fits(token, str.__eq__)]
    return exact or [token for token in tokens if fits(token, _alike)]


def _alike(one: str, other: str) -> bool:
    return bool(one.strip()) and one.strip().casefold() == other.strip().casefold()


def _listed(tokens: Iterable[TokenInfo]) -> str:
    return ", ".join(f"{token.label} (serial {token.serial})" for token in tokens)


def _require_usable(uri: TokenUri) -> None:
    for name, value in (("slot-id", uri.slot_id), ("slot-manufacturer", uri.slot_manufacturer)):
        if value is not None:
            raise UsageError("uri-cannot-choose", name=name)


def _of_module(inventory: Inventory, uri: TokenUri) -> tuple[TokenInfo, ...]:
    """Return the tokens of the module that a URI names; all where it names none."""
    if uri.module_path is None and uri.module_name is None:
        return inventory.tokens
    paths = {_real(report.path) for report in inventory.modules if _names(uri, _real(report.path))}
    if not paths:
        named = uri.module_path or uri.module_name
        raise TokenNotFoundError("token-uri-module", module=named)
    return tuple(
        token for token in inventory.tokens if not paths.isdisjoint({token.module, *token.also_in})
    )


def _names(uri: TokenUri, path: Path) -> bool:
    if uri.module_path is not None and _real(Path(uri.module_path)) != path:
        return False
    return uri.module_name in {None, path.name, path.stem, path.stem.removeprefix("lib")}


def _real(path: Path) -> Path:
    try:
        return Path(os.path.realpath(path))
    except ValueError:
        return path


def _fits(inventory: Inventory, token: TokenInfo, uri: TokenUri, same: _Same) -> bool:
    report = _report_of(inventory, token)
    wanted = (
        (uri.token, token.label),
        (uri.serial, token.serial),
        (uri.manufacturer, token.manufacturer),
        (uri.model, token.model),
        (uri.slot_description, token.slot_description),
        (uri.library_manufacturer, report.manufacturer if report else ""),
        (uri.library_description, report.description if report else ""),
        (uri.library_version, report.version if report else ""),
    )
    return all(value is None or same(has, value) for value, has in wanted)


def _report_of(inventory: Inventory, token: TokenInfo) -> ModuleReport | None:
    reports = (report for report in inventory.modules if _real(report.path) == token.module)
    return next(reports, None)


def signing_certificate(token: TokenInfo, uri: TokenUri | None = None) -> TokenCertificate:
    """Return the certificate of a token that signs: no CA, and its key is there or may be.

    Args:
        token: as an inventory has it.
        uri: its ``id`` and ``object`` name one of several.

    Raises:
        TokenNotFoundError: there is none, none with a key, or more than one.
    """
    values: dict[str, Any] = {"label": token.label, "serial": token.serial}
    candidates = [item for item in token.candidates if _is_named(item, uri)]
    if not candidates:
        raise TokenNotFoundError(_why_none(token), **values)
    for presence in (KeyPresence.PRESENT, KeyPresence.LIKELY, KeyPresence.UNKNOWN):
        found = [item for item in candidates if item.key is presence]
        if len(found) == 1:
            return found[0]
        if found:
            names = ", ".join(_described(item) for item in found)
            raise TokenNotFoundError("token-several-certificates", found=names, **values)
    raise TokenNotFoundError("token-no-key", **values)


def _is_named(item: TokenCertificate, uri: TokenUri | None) -> bool:
    if uri is None:
        return True
    return uri.id in {None, item.id} and uri.object in {None, item.label}


def _why_none(token: TokenInfo) -> str:
    if token.candidates:
        return "token-no-such-certificate"
    return (
        "token-only-ca"
        if any(item.is_ca for item in token.certificates)
        else "token-no-certificate"
    )


def _described(item: TokenCertificate) -> str:
    name = item.certificate.common_name.strip() if item.certificate else item.label
    identifier = "".join(f"%{byte:02X}" for byte in item.id)
    return f"{name} (id={identifier})" if identifier else f"{name} (object={item.label})"
