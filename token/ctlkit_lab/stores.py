"""A node's certificate stores, and what its trust service says of a signer; no I/O.

Rules:

* A store says what its certificates may do: each store has roles, and a certificate that lies in
  several stores has those of all of them.
* The key of a look-up is the serial as upper-case hexadecimal, followed by the issuer's text as
  the server writes it: ``6B1D...D5D6CN=cucm-1051-a-pub;OU=TAC;O=Cisco;...``. It is compared as it
  is. A token's serial and names are written another way in a list than in a store, so its key
  never fits a store.
* The stores are asked first, the node's own list then.
* The list answers only for a signer whose subject and issuer also stand in a store
  (:data:`LIST_ALONE_IS_ENOUGH`), in the texts of either dialect.
* The lines are those that the server logs, without its clock and level.

Source: docs/cluster.md, what the trust service vouches for.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import lru_cache
from types import MappingProxyType

from ctlkit.certificate import Certificate
from ctlkit.messages import printable
from ctlkit.names import CISCO_ISSUER
from ctlkit.profiles import CTL_CLIENT, CUCM, Identity
from ctlkit.trustlist import Function, Record, text_of

__all__ = [
    "CALL_MANAGER",
    "CALL_MANAGER_TRUST",
    "CAPF",
    "CAPF_TRUST",
    "ITL_RECOVERY",
    "LIST_ALONE_IS_ENOUGH",
    "OWN_STORES",
    "PHONE_SAST_TRUST",
    "STORE_ROLES",
    "TRUST_STORES",
    "TVS",
    "Found",
    "LookUp",
    "Source",
    "StoredCertificate",
    "caching_lines",
    "look_up",
    "look_up_certificate",
    "unique_key",
]

CALL_MANAGER = "CallManager"
CAPF = "CAPF"
TVS = "TVS"
ITL_RECOVERY = "ITLRecovery"
CALL_MANAGER_TRUST = "CallManager-trust"
CAPF_TRUST = "CAPF-trust"
PHONE_SAST_TRUST = "Phone-SAST-trust"

STORE_ROLES: Mapping[str, tuple[int, ...]] = MappingProxyType(
    {
        CALL_MANAGER: (Function.SAST, Function.CCM_TFTP),
        CAPF: (Function.CAPF,),
        TVS: (Function.TVS,),
        ITL_RECOVERY: (Function.SAST,),
        CALL_MANAGER_TRUST: (Function.SAST, Function.CCM_TFTP),
        CAPF_TRUST: (Function.CAPF,),
        PHONE_SAST_TRUST: (Function.SAST,),
    }
)
"""What the certificates of each store may do; published for CallManager (0 and 2) only."""

OWN_STORES = (CALL_MANAGER, CAPF, TVS, ITL_RECOVERY)
"""The stores of certificates whose keys a node has."""

TRUST_STORES = (CALL_MANAGER_TRUST, CAPF_TRUST, PHONE_SAST_TRUST)
"""The stores that certificates are uploaded to; every node has the same."""

LIST_ALONE_IS_ENOUGH = False
"""Whether the list answers for a signer that is in no store. Not published: in the one published
case the token stood in a store and in the list. False is the safe reading."""

_CHANGED = "CTLFile.tlv has been modified. Recaching CTL Certificate Cache"


@dataclass(frozen=True, slots=True)
class StoredCertificate:
    """A certificate in a store of a node."""

    store: str
    der: bytes = field(repr=False)


class Source(Enum):
    """Where an answer comes from."""

    STORE = "store"
    LIST = "list"


@dataclass(frozen=True, slots=True)
class Found:
    """A certificate that the trust service knows.

    Attributes:
        der: the certificate.
        roles: what it may do, numbers as in a record's FUNCTION.
        source: a store, or the node's own list.
    """

    der: bytes = field(repr=False)
    roles: tuple[int, ...]
    source: Source


@dataclass(frozen=True, slots=True)
class LookUp:
    """What a look-up found, None for nothing, and the lines that the server logs about it."""

    found: Found | None
    log: tuple[str, ...]


def unique_key(issuer: bytes, serial: bytes) -> str:
    """Return the key of a certificate: upper-case serial, then the issuer without its NUL."""
    return serial.hex().upper() + text_of(issuer)


def caching_lines(records: Iterable[Record]) -> tuple[str, ...]:
    """Return what the trust service logs when it reads a list that was changed."""
    keys = [unique_key(record.issuer or b"", record.serial or b"") for record in records]
    return (
        f"CertificateCache::localCTLCacheMonitor - {_CHANGED}",
        "updateLocalCTLCache : Refreshing the local CTL certificate cache",
        *(
            "tvs_sql_get_all_CTL_certificate - Unique Key used for Caching :: "
            f"{printable(key)}, length : {_length(key)}"
            for key in keys
            if key
        ),
    )


def look_up(
    stored: Sequence[StoredCertificate],
    records: Sequence[Record],
    issuer: bytes,
    serial: bytes,
    subject: bytes,
) -> LookUp:
    """Answer a phone's query for the signer of a list.

    Args:
        stored: the certificates of the node's stores.
        records: the entries of the node's own list, none where it has no list.
        issuer, subject: names as the list's header has them, with or without their NUL.
        serial: the signer's serial as the list's header has it.
    """
    lines = _asked(issuer, serial, subject)
    return _look_up(stored, records, _Wanted(issuer, serial, subject), lines)


def look_up_certificate(
    stored: Sequence[StoredCertificate], records: Sequence[Record], der: bytes
) -> LookUp:
    """Answer whether a certificate at hand is known, byte for byte.

    Raises:
        InputError: the bytes are no certificate.
    """
    who = CUCM.identity(Certificate.from_der(der), token=False)
    wanted = _Wanted(who.issuer, who.serial, who.subject, der)
    return _look_up(stored, records, wanted, [])


@dataclass(frozen=True, slots=True)
class _Wanted:
    """Whom a phone asks for; with the certificate's bytes where it has them."""

    issuer: bytes
    serial: bytes
    subject: bytes
    der: bytes | None = None

    @property
    def key(self) -> str:
        return unique_key(self.issuer, self.serial)

    def takes(self, der: bytes | None) -> bool:
        """Whether a certificate can be the one that is asked for."""
        return bool(der) and self.der in (None, der)


def _look_up(
    stored: Sequence[StoredCertificate],
    records: Sequence[Record],
    wanted: _Wanted,
    lines: list[str],
) -> LookUp:
    key = printable(wanted.key)
    cache = "CertificateDBCache::getCertificateInformation -"
    lines.append(f"{cache} Looking up the certificate cache using Unique MAP ID : {key}")
    found = _in_stores(stored, wanted)
    if found is not None:
        return LookUp(found, (*lines, *_found_lines(cache, found)))
    lines.append(f"ERROR:{cache} Cannot find the certificate in the cache")
    cache = "CertificateCTLCache::getCertificateInformation -"
    lines.append(
        f"{cache} Looking up the certificate cache using Unique MAP ID : {key}, "
        f"len : {_length(wanted.key)}"
    )
    found = _in_list(stored, records, wanted)
    if found is not None:
        return LookUp(found, (*lines, *_found_lines(cache, found)))
    return LookUp(None, (*lines, f"ERROR:{cache} Cannot find the certificate in the cache"))


def _in_stores(stored: Sequence[StoredCertificate], wanted: _Wanted) -> Found | None:
    fitting = [
        item
        for item in stored
        if wanted.takes(item.der) and _identities(item.der)[0].key == wanted.key
    ]
    if not fitting:
        return None
    roles = {role for item in fitting for role in STORE_ROLES.get(item.store, ())}
    return Found(fitting[0].der, tuple(sorted(roles)), Source.STORE)


def _in_list(
    stored: Sequence[StoredCertificate], records: Sequence[Record], wanted: _Wanted
) -> Found | None:
    fitting = [
        record
        for record in records
        if wanted.takes(record.certificate)
        and unique_key(record.issuer or b"", record.serial or b"") == wanted.key
    ]
    if not fitting or not (LIST_ALONE_IS_ENOUGH or _stands_in_a_store(stored, wanted)):
        return None
    roles = {int(record.function) for record in fitting if record.function is not None}
    return Found(fitting[0].certificate or b"", tuple(sorted(roles)), Source.LIST)


def _stands_in_a_store(stored: Sequence[StoredCertificate], wanted: _Wanted) -> bool:
    names = (text_of(wanted.subject), text_of(wanted.issuer))
    return any(names == who.names for item in stored for who in _identities(item.der))


@dataclass(frozen=True, slots=True)
class _Identity:
    """A stored certificate's names and key in one dialect."""

    names: tuple[str, str]
    key: str

    @classmethod
    def of(cls, who: Identity) -> _Identity:
        names = (text_of(who.subject), text_of(who.issuer))
        return cls(names, unique_key(who.issuer, who.serial))


@lru_cache(maxsize=1024)
def _identities(der: bytes) -> tuple[_Identity, _Identity]:
    """Return who a stored certificate is: as the server writes it, and as the CTL Client does."""
    certificate = Certificate.from_der(der)
    return (
        _Identity.of(CUCM.identity(certificate, token=False)),
        _Identity.of(CTL_CLIENT.identity(certificate, token=True)),
    )


def _asked(issuer: bytes, serial: bytes, subject: bytes) -> list[str]:
    who = "tvsHandleQueryCertReq :"
    name = printable(text_of(issuer))
    token = (
        [
            f"{who}subjectName and issuerName matches for eToken certificate",
            f"{who} SAST Issuer Name is: {name}",
            f"{who} This is SAST eToken cert",
        ]
        if text_of(issuer).casefold().startswith(f"cn={CISCO_ISSUER}".casefold())
        else []
    )
    return [
        "tvsHandleQueryCertReq",
        f"{who} Subject Name is: {printable(text_of(subject))}",
        f"{who} Issuer Name is: {name}",
        *token,
        f"{who} Serial Number is: {serial.hex().upper()}",
    ]


def _found_lines(cache: str, found: Found) -> tuple[str, ...]:
    return (
        f"{cache} Found entry {{rolecount : {len(found.roles)}}}",
        *(f"{cache} {{role : {role}}}" for role in found.roles),
    )


def _length(key: str) -> int:
    return len(key.encode("utf-8", "backslashreplace"))
