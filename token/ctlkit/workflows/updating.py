"""Changing the list of a place: the CTL Client's job, in two steps.

Rules:

* :func:`prepare` reads and decides, and writes nothing; :func:`finish` signs, verifies and
  publishes what was prepared, and only if what is red was confirmed.
* The present list has to verify before anything is built on it, and the new one before it is
  published; a list whose signer the present one does not hold goes out only with the consent to
  a new signer.
* An ITL file is evidence only as far as it verifies against the present list. Otherwise each of
  its certificates needs its fingerprint confirmed.

Source: docs/rules.md.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ctlkit.certificate import Certificate
from ctlkit.codec import MAX_LIST, decode
from ctlkit.edit import (
    Change,
    Consent,
    Mode,
    Origin,
    Plan,
    Server,
    TokenEntry,
    plan,
    require_consent,
    unconfirmed,
)
from ctlkit.errors import CannotTellError, FormatError, InputError, TrustError, UsageError
from ctlkit.files import read_file
from ctlkit.log import log
from ctlkit.manifest import function_number
from ctlkit.messages import Message, Severity
from ctlkit.place import NodeFile, Place, Published, open_place
from ctlkit.profiles import CTL_CLIENT, USECALLMANAGER, Profile
from ctlkit.signing import sign
from ctlkit.trustlist import Digest, Function, Record, RecordTag, TrustList, text_of
from ctlkit.verify import VerifiedList, require_successor, verify
from ctlkit.workflows.keyring import Keyring
from ctlkit.workflows.making import load_certificate
from ctlkit.workflows.reading import verified_list

__all__ = ["Prepared", "UpdateRequest", "Updated", "finish", "parse_server", "prepare"]

_FROM_ITL = (Function.CCM, Function.CCM_TFTP, Function.TFTP, Function.CAPF)


@dataclass(frozen=True, slots=True)
class UpdateRequest:
    """What ``ctlkit update`` was asked for.

    Attributes:
        place: the place's address.
        signer, tokens: names of tokens or PEM files.
        servers: given certificates.
        itls: ITL files with further certificates.
        profile: the dialect; None: that of the present list where it is Asterisk's, else
            ``ctl-client``.
        The rest as in :class:`ctlkit.edit.Change`.
    """

    place: str
    signer: str
    timestamp: int
    now: int
    tokens: tuple[str, ...] = ()
    servers: tuple[Server, ...] = ()
    itls: tuple[Path, ...] = ()
    remove: tuple[str, ...] = ()
    mode: Mode | None = None
    default_mode: Mode = Mode.MIXED
    digest: Digest | None = None
    profile: Profile | None = None


@dataclass(frozen=True, slots=True)
class Prepared:
    """What would be signed and where it would go.

    Attributes:
        present: the list in force, None where there is none.
        expected: its bytes.
        signer: the signer's name as it was given, and its entry.
    """

    place: Place
    present: VerifiedList | None
    expected: bytes | None
    signer: tuple[str, TokenEntry]
    plan: Plan
    messages: tuple[Message, ...]

    def unconfirmed(self, consent: Consent) -> list[Message]:
        """Return the red warnings that a consent does not cover."""
        return unconfirmed(self.messages, consent)

    def require(self, consent: Consent) -> None:
        """Refuse to go on while a red warning is not confirmed.

        Raises:
            RuleError: the first such warning.
        """
        require_consent(self.messages, consent)


@dataclass(frozen=True, slots=True)
class Updated:
    """The new list, and what each node holds now."""

    verified: VerifiedList
    published: tuple[Published, ...]


def parse_server(text: str) -> Server:
    """Understand ``FUNCTION,CERT[,name=N][,ip=A]`` and read the certificate.

    The path of CERT may hold commas: what follows it is looked for from the end.

    Raises:
        UsageError: it says something else.
        InputError: CERT is no certificate.
    """
    role, _, rest = text.partition(",")
    function = function_number(role)
    if function is None or not rest:
        raise UsageError("server-syntax", text=text)
    found: dict[str, str] = {}
    while True:
        path, comma, last = rest.rpartition(",")
        key, equals, value = last.partition("=")
        if not comma or not equals or key not in ("name", "ip") or key in found:
            if equals and key.isalpha() and not Path(rest).exists():
                raise UsageError("server-syntax", text=text)
            break
        found[key], rest = value, path
    if "ip" in found:
        try:
            ipaddress.ip_address(found["ip"])
        except ValueError:
            raise UsageError("server-ip", text=text) from None
    return Server(function, load_certificate(rest), found.get("name"), found.get("ip"))


def prepare(request: UpdateRequest, keyring: Keyring) -> Prepared:
    """Read the place and the tokens, and decide what the new list is; nothing is written.

    Raises:
        CtlkitError: what cannot be read, or is refused by a rule.
    """
    place = open_place(request.place)
    file = place.read()
    # An empty file is no list, as the server says of it too.
    present = _present(file, request.now) if file and file.data else None
    signer = keyring.entry(request.signer)
    fetched, remarks = _from_itls(request.itls, present, request.now)
    decided = plan(
        Change(
            present=present,
            signer=signer,
            tokens=tuple(keyring.entry(name) for name in request.tokens),
            servers=(*request.servers, *fetched),
            remove=request.remove,
            mode=request.mode,
            default_mode=request.default_mode,
            digest=request.digest,
            profile=request.profile or _profile_of(present),
            timestamp=request.timestamp,
            now=request.now,
        )
    )
    return Prepared(
        place=place,
        present=present,
        expected=file.data if file else None,
        signer=(request.signer, signer),
        plan=decided,
        messages=(*decided.messages, *remarks),
    )


def finish(prepared: Prepared, keyring: Keyring, consent: Consent, now: int) -> Updated:
    """Sign, verify and publish what was prepared.

    Raises:
        RuleError: something red was not confirmed.
        TokenError: the token said no; nothing was written.
        PlaceError: the place could not be written.
    """
    prepared.require(consent)
    name, entry = prepared.signer
    with keyring.signer(name, entry) as signer:
        signed = sign(prepared.plan.draft, signer)
    verified = verified_list(signed.raw, prepared.place.url, now)
    if prepared.present is not None and not consent.new_signer:
        require_successor(verified, prepared.present)
    published = prepared.place.publish(signed.raw, prepared.expected)
    for item in published:
        log().info(
            "%s: %s, sha1 %s, signed by %s",
            item.node,
            "written" if item.changed else "not touched",
            item.present.sha1,
            entry.title,
        )
    return Updated(verified, published)


def _present(file: NodeFile, now: int) -> VerifiedList:
    """Verify the list in force; an error says that it is this one."""
    try:
        return verified_list(file.data, file.name, now)
    except InputError as error:
        raise InputError("present-list-unreadable", file=file.name, reason=error) from error
    except (TrustError, CannotTellError) as error:
        raise TrustError("present-list-invalid", file=file.name, reason=error) from error


def _profile_of(present: VerifiedList | None) -> Profile:
    """Return the dialect to go on with: Asterisk's lists keep theirs."""
    if present is None:
        return CTL_CLIENT
    full = [record for record in present.list.records if record.certificate]
    asterisk = bool(full) and all(
        tuple(item.tag for item in record.fields[:3])
        == (RecordTag.RECORDLENGTH, RecordTag.SUBJECTNAME, RecordTag.ISSUERNAME)
        for record in full
    )
    return USECALLMANAGER if asterisk else CTL_CLIENT


def _from_itls(
    files: tuple[Path, ...], present: VerifiedList | None, now: int
) -> tuple[list[Server], list[Message]]:
    servers: list[Server] = []
    remarks: list[Message] = []
    for file in files:
        try:
            value = decode(read_file(file, MAX_LIST).data)
        except FormatError as error:
            raise InputError("itl-unreadable", file=file, reason=error) from error
        if not isinstance(value, TrustList):
            raise InputError("itl-not-a-list", file=file)
        origin = Origin.VERIFIED
        try:
            verify(value, (present,) if present else (), now=now)
            if present is None:
                origin = Origin.FETCHED
        except (TrustError, CannotTellError) as error:
            origin = Origin.FETCHED
            remarks.append(
                Message("itl-unverified", {"file": file, "reason": error}, Severity.AMBER)
            )
        servers += _itl_servers(value, origin)
    return _once(servers), remarks


def _itl_servers(value: TrustList, origin: Origin) -> Iterator[Server]:
    for record in value.records:
        if not record.certificate:
            continue
        certificate = Certificate.from_der(record.certificate)
        recovery = record.is_sast and certificate.common_name.casefold().startswith("itlrecovery")
        if record.function in _FROM_ITL or recovery:
            yield Server(record.function or 0, certificate, _name(record), _address(record), origin)


def _name(record: Record) -> str | None:
    return text_of(record.get(RecordTag.DNSNAME)) or None


def _address(record: Record) -> str | None:
    packed = record.ip_address or b""
    return str(ipaddress.ip_address(packed)) if len(packed) in (4, 16) and any(packed) else None


def _once(servers: list[Server]) -> list[Server]:
    """Return each server's certificate once, from where it is most trusted.

    Every ITL file holds CAPF and ITLRecovery.
    """
    found: dict[tuple[int, bytes], Server] = {}
    for item in sorted(servers, key=lambda server: list(Origin).index(server.origin)):
        found.setdefault((item.function, item.certificate.der), item)
    return list(found.values())
