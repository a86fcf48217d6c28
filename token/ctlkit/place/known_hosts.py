"""The file of known host keys, in OpenSSH's format: reading it and adding to it. No SSH.

Rules:

* The file is ctlkit's own, ``known_hosts`` beside ``config.toml``, unless another is named.
* A host stands there by the name it was called by, in lower case; with a port other than 22 as
  ``[host]:port``. Names that others hashed and lines that others marked are for its reader.
* A key is added as one line in one write, so that two programs may add at the same time. The file
  is made for its owner alone.

Source: docs/command-line.md, places; sshd(8), SSH_KNOWN_HOSTS FILE FORMAT.
"""

from __future__ import annotations

import os
from pathlib import Path

from ctlkit.config import configuration_folder
from ctlkit.errors import InputError, PlaceError
from ctlkit.files import read_file

__all__ = ["KnownHosts", "host_name"]

_USUAL_PORT = 22
_LARGEST = 4 * 1024 * 1024


def host_name(host: str, port: int) -> str:
    """Return the name under which a host's keys stand in the file."""
    host = host.lower()
    return host if port == _USUAL_PORT else f"[{host}]:{port}"


class KnownHosts:
    """One file of known keys; it need not be there."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or configuration_folder() / "known_hosts"

    def text(self) -> str:
        """Return what stands in the file, nothing where there is none.

        Raises:
            InputError: it cannot be read, is very large, or is no text.
        """
        try:
            return read_file(self.path, _LARGEST).data.decode()
        except UnicodeDecodeError:
            raise InputError("known-hosts-damaged", file=self.path) from None
        except InputError as error:
            if error.code == "file-missing":
                return ""
            raise

    def add(self, host: str, port: int, key: str) -> None:
        """Add a key, as ``ssh-keygen -y`` prints it (its kind, a blank, Base64).

        Raises:
            InputError, PlaceError: the file cannot be read or written.
        """
        before = self.text()
        end = "\n" if before and not before.endswith("\n") else ""
        line = f"{end}{host_name(host, port)} {key.strip()}\n"
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            try:
                os.write(descriptor, line.encode())
            finally:
                os.close(descriptor)
        except OSError as error:
            reason = error.strerror or error
            raise PlaceError("file-unwritable", file=self.path, reason=reason) from error
