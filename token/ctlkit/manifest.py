"""A list described in TOML, for version control: what ``ctlkit build`` makes a list from.

Rules:

* ``schema = 1``; unknown keys are errors; the order of the entries is the order of the records.
* Certificates are files, DER or PEM, relative to the manifest; reading them is the caller's.
* A CCM+TFTP entry without a certificate is the 33-byte form of non-secure mode.
* The signer must be one of the SAST entries; the rules about numbers of tokens only warn here.

Source: docs/command-line.md, manifest.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from dataclasses import dataclass

from ctlkit.certificate import Certificate
from ctlkit.codec import PHONE_LIMIT, encode
from ctlkit.drafts import draft, identity_of, make_record, non_secure_record
from ctlkit.edit import holds
from ctlkit.errors import ConfigurationError, RuleError
from ctlkit.messages import Message
from ctlkit.profiles import CTL_CLIENT, PROFILES, Profile
from ctlkit.toml import TomlFile
from ctlkit.trustlist import Digest, Draft, Field, Function, Record, RecordTag

__all__ = ["MAX_MANIFEST", "Entry", "Manifest", "build", "function_number", "parse_manifest"]

MAX_MANIFEST = 128 * 1024
_KEYS = ("schema", "profile", "filename", "digest", "signer-version", "entry")
_ENTRY_KEYS = ("function", "certificate", "dns", "ip")
_DIGESTS = {"sha1": Digest.SHA1, "sha512": Digest.SHA512}
_VERSIONS = {"1.0": b"\x01\x00", "1.1": b"\x01\x01"}
_FUNCTIONS = {function.short_name: function for function in Function}
_LONGEST_FILENAME = 255


@dataclass(frozen=True, slots=True)
class Entry:
    """One ``[[entry]]``; ``certificate`` is the name of a file."""

    function: int
    certificate: str | None = None
    dns: str | None = None
    ip: str | None = None


@dataclass(frozen=True, slots=True)
class Manifest:
    """A list as its manifest describes it."""

    profile: Profile
    filename: str
    digest: Digest
    signer_version: bytes | None
    entries: tuple[Entry, ...]


def function_number(text: str) -> int | None:
    """Return the number of a function by its short name in any case, or by the number itself."""
    known = _FUNCTIONS.get(text.strip().upper())
    if known is not None:
        return int(known)
    number = int(text) if text.strip().isdecimal() and len(text) < 8 else -1
    return number if 0 <= number <= 0xFFFF else None


def parse_manifest(data: bytes, file: str) -> Manifest:
    """Read a manifest.

    Args:
        data: TOML, UTF-8.
        file: its name, for errors.

    Raises:
        ConfigurationError: it is no TOML, or says something that a manifest cannot say.
    """
    toml = TomlFile(data, file)
    document = toml.document
    toml.only(document, "", _KEYS)
    schema = document.get("schema")
    if schema != 1 or isinstance(schema, bool):
        raise toml.wrong("schema", "1")
    entries = document.get("entry", [])
    if not isinstance(entries, list) or not entries:
        raise toml.wrong("entry", "at least one [[entry]]")
    filename = toml.text(document, "filename") or "CTLFile.tlv"
    if len(filename.encode()) > _LONGEST_FILENAME or "\0" in filename:
        raise toml.wrong("filename", f"a name of at most {_LONGEST_FILENAME} bytes")
    return Manifest(
        profile=toml.choice(document, "profile", PROFILES) or CTL_CLIENT,
        filename=filename,
        digest=toml.choice(document, "digest", _DIGESTS) or Digest.SHA1,
        signer_version=toml.choice(document, "signer-version", _VERSIONS),
        entries=tuple(_entry(toml, number, item) for number, item in enumerate(entries, 1)),
    )


def _entry(toml: TomlFile, number: int, table: object) -> Entry:
    where = f"entry {number}: "
    if not isinstance(table, dict):
        raise toml.wrong(f"{where}entry", "a table")
    toml.only(table, where, _ENTRY_KEYS)
    found = _function(table.get("function"))
    if found is None:
        raise toml.wrong(f"{where}function", f"{', '.join(_FUNCTIONS)} or a number")
    ip = toml.text(table, "ip", where)
    if ip is not None and not _is_address(ip):
        raise toml.wrong(f"{where}ip", "an IPv4 or IPv6 address")
    dns = toml.text(table, "dns", where)
    if dns is not None and "\0" in dns:
        raise toml.wrong(f"{where}dns", "a name without NUL")
    certificate = toml.text(table, "certificate", where)
    if certificate is None and found != Function.CCM_TFTP:
        raise toml.wrong(f"{where}certificate", "the name of a file")
    return Entry(found, certificate, dns, ip)


def _function(value: object) -> int | None:
    if isinstance(value, str):
        return function_number(value)
    number = value if isinstance(value, int) and not isinstance(value, bool) else -1
    return number if 0 <= number <= 0xFFFF else None


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def build(
    manifest: Manifest,
    load: Callable[[str], Certificate],
    signer: Certificate,
    timestamp: int,
) -> tuple[Draft, tuple[Message, ...]]:
    """Return the list that a manifest describes, waiting for its signature, and what is odd.

    Args:
        manifest: what :func:`parse_manifest` returned.
        load: returns the certificate of a file named in it.
        signer: who is to sign.
        timestamp: seconds since 1970, UTC.

    Raises:
        RuleError: the signer is no SAST entry, or the list cannot be made.
        ConfigurationError: an entry lacks what the profile needs.
    """
    records = tuple(_record(manifest, entry, load) for entry in manifest.entries)
    sast = [record for record in records if record.is_sast]
    own = next((record for record in sast if holds(record, signer)), None)
    if own is None:
        raise RuleError("signer-not-an-entry", rule=2, subject=signer.common_name)
    made = draft(
        manifest.profile,
        records,
        signer=signer,
        identity=identity_of(own),
        digest=manifest.digest,
        timestamp=timestamp,
        filename=manifest.filename,
        signer_version=manifest.signer_version,
    )
    size = len(encode(made)) + 3 + made.signature_length
    if size > PHONE_LIMIT:
        raise RuleError("list-over-phone-limit", rule=0, size=size, limit=PHONE_LIMIT)
    most = manifest.profile.most_sast
    if most is not None and len(sast) > most:
        return made, (Message("many-sast", {"count": len(sast), "most": most}),)
    return made, ()


def _record(manifest: Manifest, entry: Entry, load: Callable[[str], Certificate]) -> Record:
    profile = manifest.profile
    dns = entry.dns
    if dns is None and profile.has_dns_name and entry.function != Function.SAST:
        dns = entry.ip if profile.address_as_name else None
        if dns is None:
            code = "manifest-needs-ip" if profile.address_as_name else "manifest-needs-dns"
            raise ConfigurationError(code, profile=profile.name, certificate=entry.certificate)
    if entry.certificate is None:
        if not profile.can_be_non_secure:
            raise RuleError("non-secure-profile", rule=4, profile=profile.name)
        return _short_record(profile, entry, dns or "")
    certificate = load(entry.certificate)
    return make_record(profile, entry.function, certificate, dns=dns or "", address=entry.ip)


def _short_record(profile: Profile, entry: Entry, dns: str) -> Record:
    packed = ipaddress.ip_address(entry.ip).packed if entry.ip else bytes(4)
    return non_secure_record(
        profile,
        Record(
            (
                Field(RecordTag.DNSNAME, dns.encode("utf-8") + b"\0"),
                Field(RecordTag.FUNCTION, entry.function.to_bytes(2, "big")),
                Field(RecordTag.IPADDRESS, packed),
            )
        ),
    )
