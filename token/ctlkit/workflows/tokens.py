"""Looking at tokens, testing one, and exporting certificates to files.

Rules:

* Looking never logs in. A test logs in once, export only where that was asked for by name, and
  to several tokens only where a person types each PIN.
* Export writes every file or none: a name that is taken is found before the first is written.

Source: docs/tokens.md; docs/command-line.md, export.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ctlkit.errors import InputError, PlaceError, TokenNotFoundError
from ctlkit.files import write_file
from ctlkit.log import log
from ctlkit.pkcs11 import TokenCertificate, TokenInfo
from ctlkit.workflows.keyring import Keyring

__all__ = ["Exported", "export", "export_plan", "file_stem", "write_exports"]

_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9._-]")
_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?$")


@dataclass(frozen=True, slots=True)
class Exported:
    """A certificate and the file that it goes to."""

    path: Path
    token: TokenInfo
    certificate: TokenCertificate
    data: bytes = field(repr=False)


def file_stem(common_name: str) -> str:
    """Return the file name, without its ending, for a certificate's common name.

    Blanks around it are dropped; every character but ``[A-Za-z0-9._-]`` becomes ``_``. What
    would be hidden, empty or a device's name on some system gets a ``_`` in front.
    """
    stem = _NOT_IN_NAMES.sub("_", common_name.strip())
    if not stem or stem.startswith((".", "-")) or _RESERVED.match(stem):
        stem = f"_{stem}"
    return stem[:100]


def export(
    keyring: Keyring, names: Sequence[str], folder: Path, *, pem: bool, login: bool, force: bool
) -> tuple[Exported, ...]:
    """Write the certificates of tokens to files and return what was written.

    Args:
        keyring: where the tokens are.
        names: URIs, serials or labels; none means every token.
        folder: where the files go; it must be there.
        pem: PEM with the ending ``.pem`` instead of DER with ``.cer``.
        login: log in to the named tokens to see certificates that are hidden without.
        force: whether files that are there may be replaced.

    Raises:
        TokenNotFoundError: there is no such token, or none has a certificate.
        InputError: there is no such folder.
        PlaceError: a file is there already, or cannot be written.
    """
    found = export_plan(keyring, names, folder, pem=pem, login=login)
    write_exports(found, force=force)
    return found


def export_plan(
    keyring: Keyring, names: Sequence[str], folder: Path, *, pem: bool, login: bool
) -> tuple[Exported, ...]:
    """Return the certificates and the files that they would go to."""
    held = list(_certificates(keyring, names, login=login))
    used: set[str] = set()
    planned = []
    for token, item in held:
        certificate = item.certificate
        stem = file_stem(certificate.common_name if certificate else item.label)
        stem = _unused(stem, item, used)
        used.add(stem.casefold())
        path = folder / f"{stem}{'.pem' if pem else '.cer'}"
        planned.append(Exported(path, token, item, _pem(item.der) if pem else item.der))
    return tuple(planned)


def _unused(stem: str, item: TokenCertificate, used: set[str]) -> str:
    """Return a name that no certificate has yet: with its serial, then with its fingerprint."""
    serial = item.certificate.serial if item.certificate else item.id
    fingerprint = hashlib.sha256(item.der).hexdigest()
    names = (stem, f"{stem}-{serial.hex()}", f"{stem}-{fingerprint}")
    return next(name for name in names if name.casefold() not in used)


def write_exports(planned: Sequence[Exported], *, force: bool) -> None:
    """Write the files of a plan, all of them or, where a name is taken, none."""
    for item in planned:
        if not item.path.parent.is_dir():
            raise InputError("place-no-folder", folder=item.path.parent)
        if not force and (item.path.exists() or item.path.is_symlink()):
            raise PlaceError("file-exists", file=item.path)
    for item in planned:
        write_file(item.path, item.data, replace=force)
        log().info("%s: certificate of token %s", item.path, item.token.uri)


def _certificates(
    keyring: Keyring, names: Sequence[str], *, login: bool
) -> Iterable[tuple[TokenInfo, TokenCertificate]]:
    if names:
        selections = [keyring.select(name) for name in names]
        tokens = list({id(item.token): item for item in selections}.values())
        if login:
            keyring.require_typed(tokens)
        for selection in tokens:
            token = selection.token
            found = keyring.hidden_certificates(selection) if login else token.certificates
            if not found:
                raise TokenNotFoundError(
                    "token-no-certificate", label=token.label, serial=token.serial
                )
            yield from ((token, item) for item in _unique(found))
        return
    inventory = keyring.inventory
    failure = inventory.failure()
    if failure is not None:
        raise failure
    every = [(token, item) for token in inventory.tokens for item in _unique(token.certificates)]
    if not every:
        raise TokenNotFoundError("export-nothing", count=len(inventory.tokens))
    yield from every


def _unique(certificates: Iterable[TokenCertificate]) -> list[TokenCertificate]:
    """Return SAST candidates, each certificate once; CA certificates only where nothing else is."""
    once = {item.der: item for item in certificates}
    own = [item for item in once.values() if not item.is_ca]
    return own or list(once.values())


def _pem(der: bytes) -> bytes:
    text = base64.b64encode(der).decode()
    lines = [text[at : at + 64] for at in range(0, len(text), 64)]
    return "\n".join(
        ["-----BEGIN CERTIFICATE-----", *lines, "-----END CERTIFICATE-----", ""]
    ).encode()
