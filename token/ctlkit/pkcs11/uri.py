"""RFC 7512 URIs: how a token, and an object on it, is named in text.

Rules:

* Path attributes are separated by ``;``, query attributes by ``&``; each stands once at most.
  Unknown ones are refused: a misspelt attribute that was ignored would choose another token.
* Values are percent-encoded UTF-8; ``id`` is bytes.
* ``pin-source`` names a file. ``pin-value`` is refused: a PIN is never on a command line.
* ``module-path`` and ``module-name`` only choose among modules that are in use anyway; they load
  nothing, because a module is code (docs/tokens.md, choosing).

Source: RFC 7512, section 2.3.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from urllib.parse import quote, unquote_to_bytes

from ctlkit.errors import UsageError

__all__ = ["SCHEME", "TokenUri", "format_uri", "parse_uri"]

SCHEME = "pkcs11:"
_LONGEST = 4096

# RFC 7512 lets these stand unescaped in values, beside letters, digits and "-._~".
_PATH_SAFE = ":[]@!$'()*+,=&"
_QUERY_SAFE = ":[]@!$'()*+,=/?|"


@dataclass(frozen=True, slots=True)
class TokenUri:
    """What a URI names; None where it says nothing.

    The attribute names are the RFC's with ``_`` for ``-``; ``id`` is bytes, ``slot_id`` a number.
    """

    token: str | None = None
    serial: str | None = None
    manufacturer: str | None = None
    model: str | None = None
    id: bytes | None = None
    object: str | None = None
    type: str | None = None
    slot_id: int | None = None
    slot_description: str | None = None
    slot_manufacturer: str | None = None
    library_manufacturer: str | None = None
    library_description: str | None = None
    library_version: str | None = None
    pin_source: str | None = None
    module_path: str | None = None
    module_name: str | None = None


_QUERY = frozenset({"pin_source", "module_path", "module_name"})
_NAMES = {field.name.replace("_", "-"): field.name for field in fields(TokenUri)}
_TYPES = frozenset({"cert", "data", "private", "public", "secret-key"})


def parse_uri(text: str) -> TokenUri:
    """Read a URI.

    Raises:
        UsageError: it is none, names an attribute that does not exist or stands twice, or holds
            a PIN (whose text is in no part of the error).
    """
    if len(text) > _LONGEST:
        raise UsageError("uri-long", limit=_LONGEST)
    if text[: len(SCHEME)].lower() != SCHEME:
        raise UsageError("uri-scheme")
    path, _mark, query = text[len(SCHEME) :].partition("?")
    found: dict[str, str | bytes | int] = {}
    for part in path.split(";"):
        _take(found, part, query=False)
    for part in query.split("&"):
        _take(found, part, query=True)
    return TokenUri(**found)  # type: ignore[arg-type]  # each value is read for its attribute


def format_uri(uri: TokenUri) -> str:
    """Write a URI, its attributes in the order of :class:`TokenUri`."""
    path, query = [], []
    for name, field in _NAMES.items():
        value = getattr(uri, field)
        if value is None:
            continue
        if field in _QUERY:
            query.append(f"{name}={_quoted(value, _QUERY_SAFE)}")
        elif isinstance(value, bytes):
            path.append(name + "=" + "".join(f"%{byte:02X}" for byte in value))
        else:
            path.append(f"{name}={_quoted(str(value), _PATH_SAFE)}")
    return SCHEME + ";".join(path) + ("?" + "&".join(query) if query else "")


def _quoted(value: str, safe: str) -> str:
    return quote(value, safe=safe, errors="replace")


def _take(found: dict[str, str | bytes | int], part: str, *, query: bool) -> None:
    if not part:
        return
    name, equals, value = part.partition("=")
    if name == "pin-value":
        raise UsageError("uri-pin-value")
    field = _NAMES.get(name)
    if field is None or not equals or (field in _QUERY) is not query:
        raise UsageError("uri-attribute", name=name)
    if field in found:
        raise UsageError("uri-repeated", name=name)
    found[field] = _value(name, field, value)


def _value(name: str, field: str, value: str) -> str | bytes | int:
    if not _well_escaped(value):
        raise UsageError("uri-escape", name=name)
    try:
        data = unquote_to_bytes(value)
        text = "" if field == "id" else data.decode("utf-8")
    except UnicodeError:
        raise UsageError("uri-escape", name=name) from None
    if field == "id":
        return data
    if field == "slot_id":
        if not (text.isascii() and text.isdigit() and len(text) < 20):
            raise UsageError("uri-attribute", name=name)
        return int(text)
    if field == "type" and text not in _TYPES:
        raise UsageError("uri-attribute", name=name)
    return text


_HEX = frozenset("0123456789abcdefABCDEF")


def _well_escaped(value: str) -> bool:
    pieces = value.split("%")[1:]
    return all(len(piece) > 1 and piece[0] in _HEX and piece[1] in _HEX for piece in pieces)
