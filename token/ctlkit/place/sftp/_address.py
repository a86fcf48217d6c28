"""Addresses of folders on nodes: ``sftp://[user@]host[:port]/path``. No I/O.

Rules:

* The path is a folder, absolute or, as ``/~/...``, in the user's home there.
* An address holds no password, no query and no fragment. What is wrong with one is said without
  repeating what may be a password.
* A node's name is its address without the user, and without the port where that is 22.

Source: docs/command-line.md, places.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import SplitResult, unquote, urlsplit

from ctlkit.errors import UsageError

__all__ = ["SftpAddress", "sftp_address"]

_USUAL_PORT = 22
_HOME = "/~"


@dataclass(frozen=True, slots=True)
class SftpAddress:
    """A folder on a node.

    Attributes:
        host: its name or IP address, without brackets.
        port: of its SSH server.
        user: the account there, None for the one of this computer's user.
        folder: the folder's path there, relative to the user's home unless it begins with a slash.
        name: what the node is called.
    """

    host: str
    port: int
    user: str | None
    folder: str
    name: str


def sftp_address(url: str) -> SftpAddress:
    """Read an address.

    Raises:
        UsageError: it makes no sense, or holds a password.
    """
    if not url.isprintable():
        raise UsageError("sftp-address", reason="it holds what is no character")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise UsageError("sftp-address", reason="host or port make no sense") from None
    if parts.password is not None:
        raise UsageError("sftp-address-password")
    host = parts.hostname or ""
    path = unquote(parts.path).rstrip("/") or "/"
    reason = _what_is_wrong(parts, host, path)
    if reason or port == 0:
        raise UsageError("sftp-address", reason=reason or "there is no port 0")
    folder = path
    if path == _HOME or path.startswith(f"{_HOME}/"):
        folder = path[len(_HOME) + 1 :] or "."
    port = port or _USUAL_PORT
    shown = f"[{host}]" if ":" in host else host
    shown = shown if port == _USUAL_PORT else f"{shown}:{port}"
    user = unquote(parts.username) if parts.username else None
    return SftpAddress(host, port, user, folder, f"sftp://{shown}{path}")


def _what_is_wrong(parts: SplitResult, host: str, path: str) -> str | None:
    if parts.scheme != "sftp":
        return "it does not begin with sftp://"
    if not host or " " in host:
        return "it names no host"
    if not parts.path:
        return "it names no folder"
    if parts.query or parts.fragment:
        return "a question mark or a hash sign does not belong there"
    if not path.isprintable() or not unquote(parts.username or "").isprintable():
        return "it holds what is no character"
    return None
