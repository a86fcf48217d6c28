"""Whether a file is what its signer signed, and whether that signer is trusted; no I/O.

Rules:

1. The bytes that were read are checked, never an encoding made again.
2. A list's signer is its first SAST record whose serial and issuer equal the header's.
3. The check uses the key of that record's CERTIFICATE. A PUBLICKEY that differs from it makes
   the list invalid. Without a certificate PUBLICKEY serves, and is reported.
4. Against what is trusted (a verified list, a certificate) the signer must be a SAST entry
   *there*, by issuer and serial, and the signature is checked with the key *there*. The same
   issuer and serial with another key is refused: so do phones.
5. A signed file holds no certificate: its signer is a TFTP or CCM+TFTP entry of a trusted list,
   or a trusted certificate; without one the answer is "could not tell".
6. SHA-1 and 1024 bits verify, and are reported as weak.
7. Verification returns another type or raises. "Not valid" and "could not tell" are different
   errors; there is no bool to forget.

Source: docs/format.md, signature; docs/rules.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import overload

from ctlkit.certificate import Certificate, RsaKey, rsa_key
from ctlkit.errors import (
    CannotTellError,
    CtlkitError,
    InputError,
    SignatureError,
    UntrustedError,
)
from ctlkit.messages import Message
from ctlkit.signing import LONGEST_SIGNATURE, check_rsa, digest_info, signed_bytes
from ctlkit.trustlist import (
    Digest,
    Function,
    Header,
    Record,
    SignedFile,
    TrustList,
    text_of,
)
from ctlkit.weakness import weak_points

__all__ = [
    "Anchor",
    "VerifiedFile",
    "VerifiedList",
    "entry_key",
    "find_signer",
    "names_signer",
    "require_successor",
    "verify",
]

_FILE_SIGNERS = (Function.CCM_TFTP, Function.TFTP)


@dataclass(frozen=True, slots=True)
class VerifiedList:
    """A trust list whose signature was checked.

    Attributes:
        list: the list.
        signer: the record that signed it; None where only what is trusted holds the signer.
        key: the key that the signature was checked with.
        digest: the hash that was signed.
        warnings: what is weak or odd about the list.
    """

    list: TrustList
    signer: Record | None
    key: RsaKey
    digest: Digest
    warnings: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class VerifiedFile:
    """A signed file whose signature was checked with a trusted key."""

    file: SignedFile
    key: RsaKey
    digest: Digest
    warnings: tuple[Message, ...]


Anchor = VerifiedList | Certificate
"""What is trusted already."""


@overload
def verify(
    value: TrustList, trust: Sequence[Anchor] = ..., *, now: int | None = ...
) -> VerifiedList: ...
@overload
def verify(
    value: SignedFile, trust: Sequence[Anchor] = ..., *, now: int | None = ...
) -> VerifiedFile: ...
@overload
def verify(
    value: TrustList | SignedFile, trust: Sequence[Anchor] = ..., *, now: int | None = ...
) -> VerifiedList | VerifiedFile: ...
def verify(
    value: TrustList | SignedFile, trust: Sequence[Anchor] = (), *, now: int | None = None
) -> VerifiedList | VerifiedFile:
    """Check a file's signature, and whether what is trusted knows its signer.

    Args:
        value: what :func:`ctlkit.codec.decode` returned, with its bytes.
        trust: verified lists and certificates; one that knows the signer suffices. Without any
            a list is checked against its own signer alone.
        now: seconds since 1970, UTC, for warnings about dates; None leaves dates unjudged.

    Raises:
        SignatureError: the signature is wrong, or there is none.
        UntrustedError: the signature is right, but nothing that is trusted knows the signer.
        CannotTellError: there is no key to check with, or a digest that is not known.
    """
    if isinstance(value, SignedFile):
        return _verify_file(value, trust)
    signed = _Signed.of(value)
    signer = find_signer(value)
    warnings: list[Message] = []
    if signer is not None:
        key = _signer_key(signer, warnings)
        signed.check(key)
        if trust:
            key = _vouched_key(value, signed, trust)
    elif trust:
        key = _vouched_key(value, signed, trust)
        warnings.append(Message("signer-not-in-list", {"serial": _serial_text(value)}))
    else:
        raise CannotTellError("signer-not-in-list", serial=_serial_text(value))
    warnings += weak_points(value, key, signed.digest, now)
    return VerifiedList(value, signer, key, signed.digest, tuple(warnings))


def require_successor(new: VerifiedList, present: VerifiedList) -> None:
    """Refuse a list whose signer the present one does not hold as SAST, as phones would.

    Raises:
        UntrustedError: the present list does not hold it, or with another key.
    """
    _vouched_key(new.list, _Signed.of(new.list), (present,))


def find_signer(value: TrustList) -> Record | None:
    """Return the record that the header names: SAST, same serial and issuer; else None."""
    return _matching(value.records, (Function.SAST,), value)


def _matching(
    records: Iterable[Record], functions: Sequence[int], value: TrustList | SignedFile
) -> Record | None:
    for record in records:
        if record.function in functions and names_signer(record, value.header):
            return record
    return None


def entry_key(record: Record) -> RsaKey:
    """Return the key with which phones that hold an entry check what its owner signs (rule 3).

    Raises:
        SignatureError: PUBLICKEY and certificate contradict each other.
        CannotTellError: there is no RSA key.
    """
    return _signer_key(record, [])


def names_signer(record: Record, header: Header) -> bool:
    """Whether a record has the serial and the issuer that a header names; a NUL may lack."""
    serial, issuer = header.signer_serial, header.signer_issuer
    if serial is None or issuer is None or record.serial != serial:
        return False
    return (record.issuer or b"").removesuffix(b"\0") == issuer.removesuffix(b"\0")


@dataclass(frozen=True, slots=True)
class _Signed:
    """What a signature is to be checked against, made once a file."""

    signature: bytes
    digest: Digest
    info: bytes

    @classmethod
    def of(cls, value: TrustList | SignedFile) -> _Signed:
        covered = signed_bytes(value)
        number = value.header.digest
        try:
            digest = Digest(number if number is not None else 0)
        except ValueError:
            raise CannotTellError("digest-unknown", number=number) from None
        return cls(value.header.signature or b"", digest, digest_info(digest, covered))

    def check(self, key: RsaKey) -> None:
        if key.size > LONGEST_SIGNATURE:
            raise CannotTellError("signer-key-unusable", kind="RSA", bits=key.bits)
        if len(self.signature) != key.size:
            raise SignatureError("signature-length", have=len(self.signature), need=key.size)
        if not check_rsa(key, self.signature, self.info):
            raise SignatureError("signature-wrong")


def _signer_key(record: Record, warnings: list[Message]) -> RsaKey:
    """Return the key of a signer's record (rule 3)."""
    if not record.certificate:
        if not record.public_key:
            raise CannotTellError("signer-without-key")
        warnings.append(Message("signer-without-certificate"))
        return _bare_key(record.public_key)
    try:
        certificate = Certificate.from_der(record.certificate)
    except InputError as error:
        raise CannotTellError("signer-certificate-unreadable", reason=error) from error
    if record.public_key is not None and record.public_key != certificate.key_bytes:
        raise SignatureError("signer-key-differs-from-certificate")
    return _rsa(certificate)


def _bare_key(data: bytes) -> RsaKey:
    try:
        return rsa_key(data)
    except InputError as error:
        raise CannotTellError("signer-key-not-rsa") from error


def _rsa(certificate: Certificate) -> RsaKey:
    key = certificate.public_key
    if not isinstance(key, RsaKey):
        raise CannotTellError("signer-key-not-rsa")
    return key


def _vouched_key(value: TrustList, signed: _Signed, trust: Sequence[Anchor]) -> RsaKey:
    """Return the key of the first trusted thing that knows the signer and fits (rule 4)."""
    failure: CtlkitError | None = None
    for anchor in trust:
        try:
            key = _anchor_key(value, anchor, (Function.SAST,))
            if key is not None:
                signed.check(key)
                return key
        except SignatureError:
            failure = failure or UntrustedError(
                "signer-known-with-other-key", serial=_serial_text(value)
            )
        except CannotTellError as error:
            failure = failure or error
    raise failure or UntrustedError(
        "signer-not-trusted",
        serial=_serial_text(value),
        name=text_of(value.header.signer_name),
    )


def _anchor_key(
    value: TrustList | SignedFile, anchor: Anchor, functions: Sequence[int]
) -> RsaKey | None:
    """Return the key under which a trusted thing knows the signer, None where it does not."""
    if isinstance(anchor, VerifiedList):
        record = _matching(anchor.list.records, functions, value)
        return None if record is None else _signer_key(record, [])
    return _rsa(anchor) if _names(value, anchor) else None


def _names(value: TrustList | SignedFile, certificate: Certificate) -> bool:
    """Whether the header's serial is this certificate's, in either byte order.

    The names of the three dialects differ in their text; the signature decides, so that a
    serial that is equal by chance does no harm.
    """
    serial = (value.header.signer_serial or b"").strip(b"\0")
    own = certificate.serial.strip(b"\0")
    return serial in (own, own[::-1])


def _verify_file(value: SignedFile, trust: Sequence[Anchor]) -> VerifiedFile:
    signed = _Signed.of(value)
    if not trust:
        raise CannotTellError("signed-file-needs-trust")
    failure: CtlkitError | None = None
    for anchor in trust:
        try:
            key = _anchor_key(value, anchor, _FILE_SIGNERS)
            if key is not None:
                signed.check(key)
                warnings = weak_points(value, key, signed.digest)
                return VerifiedFile(value, key, signed.digest, warnings)
        except (SignatureError, CannotTellError) as error:
            failure = failure or error
    if failure is None and any(_holds_as_sast(value, anchor) for anchor in trust):
        failure = CannotTellError("signer-not-a-tftp-server", serial=_serial_text(value))
    raise failure or CannotTellError(
        "signer-not-trusted",
        serial=_serial_text(value),
        name=text_of(value.header.signer_name),
    )


def _holds_as_sast(value: SignedFile, anchor: Anchor) -> bool:
    return isinstance(anchor, VerifiedList) and (
        _matching(anchor.list.records, (Function.SAST,), value) is not None
    )


def _serial_text(value: TrustList | SignedFile) -> str:
    return (value.header.signer_serial or b"").hex(":").upper()
