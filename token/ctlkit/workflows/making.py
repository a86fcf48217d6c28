"""Building a list from a manifest, and signing configuration files.

Rules:

* What is made is verified before it is written, and written whole or not at all.
* Signing many files opens the signer once; all names are checked before the first is written.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ctlkit.certificate import Certificate
from ctlkit.codec import MAX_FILE, decode
from ctlkit.drafts import draft, signature_length
from ctlkit.errors import CtlkitError, InputError, PlaceError, UsageError
from ctlkit.files import read_file, write_file
from ctlkit.log import log
from ctlkit.manifest import MAX_MANIFEST, build, parse_manifest
from ctlkit.messages import Message
from ctlkit.profiles import CUCM
from ctlkit.signing import Signer, require_usable, sign
from ctlkit.trustlist import Digest, SignedFile
from ctlkit.verify import VerifiedFile, VerifiedList, verify
from ctlkit.workflows.keyring import Keyring
from ctlkit.workflows.reading import verified_list

__all__ = ["Built", "SignedOutput", "build_list", "load_certificate", "sign_files"]

_MAX_CERTIFICATE_FILE = 256 * 1024
_ROOM_FOR_HEADER = 64 * 1024


@dataclass(frozen=True, slots=True)
class Built:
    """A list that was built, signed, verified and written."""

    path: Path
    verified: VerifiedList
    messages: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class SignedOutput:
    """A configuration file and its signed form."""

    source: Path
    path: Path
    verified: VerifiedFile


def load_certificate(path: Path | str) -> Certificate:
    """Read a certificate file, DER or PEM.

    Raises:
        InputError: it cannot be read, or is none; the file is named.
    """
    data = read_file(path, _MAX_CERTIFICATE_FILE).data
    try:
        return Certificate.load(data)
    except InputError as error:
        raise InputError("certificate-file-unreadable", file=path, reason=error) from error


def build_list(
    keyring: Keyring, manifest: Path, output: Path, signer: str, *, timestamp: int, force: bool
) -> Built:
    """Make a list from a manifest, sign it and write it.

    Args:
        keyring: where the signer is.
        manifest: the TOML file; certificates are relative to it.
        output: the file to write.
        signer: a URI, a PEM file, a serial or a label.
        timestamp: seconds since 1970, UTC.
        force: whether ``output`` may be replaced.
    """
    described = parse_manifest(read_file(manifest, MAX_MANIFEST).data, str(manifest))
    _require_free([output], force=force)
    entry = keyring.entry(signer)
    made, messages = build(
        described,
        lambda name: load_certificate(manifest.parent / name),
        entry.certificate,
        timestamp,
    )
    with keyring.signer(signer, entry) as opened:
        signed = sign(made, opened)
    verified = verified_list(signed.raw, str(output), timestamp)
    write_file(output, signed.raw, replace=force)
    log().info("%s: %d bytes, signed by %s", output, len(signed.raw), entry.title)
    return Built(output, verified, (*messages, *verified.warnings))


def sign_files(
    keyring: Keyring,
    files: Sequence[Path],
    folder: Path | None,
    signer: str,
    *,
    digest: Digest,
    timestamp: int,
    force: bool,
) -> tuple[SignedOutput, ...]:
    """Write the signed form (``NAME.sgn``) of configuration files.

    Args:
        keyring: where the signer is.
        files: the plain files.
        folder: where the signed files go; None puts each beside its plain one.
        signer: a URI, a PEM file, a serial or a label.
        digest: the hash to sign.
        timestamp: seconds since 1970, UTC.
        force: whether signed files that are there may be replaced.
    """
    contents = {path: _plain_content(path) for path in files}
    targets = {path: (folder or path.parent) / f"{path.name}.sgn" for path in contents}
    if len(set(targets.values())) != len(targets):
        raise UsageError("sign-same-name", folder=folder)
    entry = keyring.entry(signer)
    signature_length(entry.certificate)
    _require_free(list(targets.values()), force=force)
    finished = {}
    with keyring.signer(signer, entry) as opened:
        require_usable(opened, digest)
        for path, content in contents.items():
            finished[path] = _sign_content(
                content, targets[path].name, entry.certificate, opened, digest, timestamp
            )
    for path, verified in finished.items():
        write_file(targets[path], verified.file.raw, replace=force)
        log().info("%s: signed by %s", targets[path], entry.title)
    return tuple(SignedOutput(path, targets[path], finished[path]) for path in finished)


def _plain_content(path: Path) -> bytes:
    data = read_file(path, MAX_FILE - _ROOM_FOR_HEADER).data
    try:
        decode(data)
    except CtlkitError:
        return data
    raise InputError("sign-signed-already", file=path)


def _sign_content(
    content: bytes, name: str, own: Certificate, signer: Signer, digest: Digest, timestamp: int
) -> VerifiedFile:
    made = draft(CUCM, content, signer=own, digest=digest, timestamp=timestamp, filename=name)
    signed = sign(made, signer)
    return verify(SignedFile(signed.header, content, signed.raw), (own,))


def _require_free(paths: Sequence[Path], *, force: bool) -> None:
    for path in paths:
        if not force and (path.exists() or path.is_symlink()):
            raise PlaceError("file-exists", file=path)
        if not path.parent.is_dir():
            raise InputError("place-no-folder", folder=path.parent)
