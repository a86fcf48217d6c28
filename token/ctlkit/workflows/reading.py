"""Showing and verifying files, one or ten thousand.

Rules:

* What is trusted is checked itself: a list named as trusted has to verify first.
* Many files are verified in processes, in the order they were named, with a bounded number of
  files in flight: memory does not grow with their number.
"""

from __future__ import annotations

import os
import signal
import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from ctlkit.certificate import Certificate
from ctlkit.codec import MAX_FILE, Partial, decode, decode_partly
from ctlkit.errors import CannotTellError, CtlkitError, InputError, UsageError
from ctlkit.files import read_file
from ctlkit.messages import Message
from ctlkit.showctl import kind_of, missing_text, show_text
from ctlkit.trustlist import CONFIG_VERSION, SignedFile, TrustList, text_of
from ctlkit.verify import Anchor, VerifiedFile, VerifiedList, verify

__all__ = [
    "Shown",
    "Verdict",
    "absent_listing",
    "listing",
    "load_trust",
    "show",
    "verdict_line",
    "verified_list",
    "verify_file",
    "verify_files",
]

_FEW_FILES = 64
_CHUNK = 64
_MOST_PROCESSES = 61
"""Windows cannot wait for more."""

_CHUNKS_IN_FLIGHT = 4
"""For each process; enough to keep it busy while results are written."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A file to be shown.

    Attributes:
        file: its name as it was given.
        partial: as much of it as could be read.
        modified: seconds since 1970, UTC.
        verified: what verifying it gave; None where it was not read to its end.
        error: why it was not read to its end or did not verify.
    """

    file: str
    partial: Partial
    modified: float
    verified: VerifiedList | VerifiedFile | None
    error: CtlkitError | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What verifying one file gave.

    Attributes:
        file: its name as it was given.
        error: why it is not valid; the rest is empty then.
        signer: the signer's name as the file has it.
        serial: the signer's serial as the file has it, hexadecimal.
        digest: the name of the hash that was signed.
        key_bits: the length of the signer's key.
        timestamp: seconds since 1970, UTC, as the file says.
        warnings: what is weak or odd.
    """

    file: str
    error: CtlkitError | None = None
    signer: str = ""
    serial: str = ""
    digest: str = ""
    key_bits: int = 0
    timestamp: int | None = None
    warnings: tuple[Message, ...] = ()


def load_trust(names: Sequence[str], now: int) -> tuple[Anchor, ...]:
    """Read what is trusted: lists, which have to verify, and certificates in DER or PEM.

    Raises:
        InputError: a file cannot be read, or is neither.
        TrustError, CannotTellError: a list does not verify against its own signer.
        UsageError: a signed file was named, which can vouch for nothing.
    """
    return tuple(_anchor(name, now) for name in names)


def _anchor(name: str, now: int) -> Anchor:
    data = read_file(name, MAX_FILE).data
    try:
        return Certificate.load(data)
    except InputError as not_certificate:
        try:
            value = decode(data)
        except InputError as not_list:
            both = InputError("trust-unreadable", file=name, list=not_list, cert=not_certificate)
            raise both from None
    if isinstance(value, SignedFile):
        raise UsageError("trust-signed-file", file=name)
    return verify(value, now=now)


def show(file: str, trust: Sequence[str] = ()) -> Shown | None:
    """Read a file as far as it goes and verify it; None where it is missing or empty.

    Raises:
        InputError: it cannot be read at all, or what is to be trusted cannot.
        TrustError, CannotTellError: what is to be trusted does not verify.
    """
    now = int(time.time())
    anchors = load_trust(trust, now)
    try:
        content = read_file(file, MAX_FILE)
    except InputError as error:
        if error.code == "file-missing":
            return None
        raise
    if not content.data:
        return None
    partial = decode_partly(content.data)
    if partial.error is not None:
        return Shown(file, partial, content.modified, None, partial.error)
    try:
        verified = verify(_value(partial), anchors, now=now)
    except CtlkitError as error:
        return Shown(file, partial, content.modified, None, error)
    return Shown(file, partial, content.modified, verified, None)


def listing(shown: Shown) -> str:
    """Return a file as the server prints it, with what verifying it gave."""
    return show_text(shown.partial, shown.modified, verdict_line(shown))


def verdict_line(shown: Shown) -> str:
    """Return what verifying gave, as the server says it where its words are published."""
    kind = kind_of(shown.partial)
    if shown.partial.error is not None:
        return f"Error parsing the {kind} File."
    if shown.error is None:
        return f"The {kind} file was verified successfully."
    if isinstance(shown.error, CannotTellError):
        return f"The {kind} file could not be verified: {shown.error}"
    return f"Verification of the {kind} file failed: {shown.error}"


def absent_listing(file: str) -> tuple[str, str]:
    """Return the kind of list that a file would be, and what is printed where there is none."""
    kind = kind_of(None, os.path.basename(file))  # noqa: PTH119  pathlib is slow to import
    return kind, missing_text(kind)


def _value(partial: Partial) -> TrustList | SignedFile:
    if partial.header.version == CONFIG_VERSION:
        return SignedFile(partial.header, partial.content, partial.raw)
    return TrustList(partial.header, partial.records, partial.raw)


def verified_list(data: bytes, name: str, now: int) -> VerifiedList:
    """Read and verify a list.

    Raises:
        InputError: it is no list.
        TrustError, CannotTellError: its signature is not right.
    """
    value = decode(data)
    if not isinstance(value, TrustList):
        raise InputError("not-a-trust-list", file=name)
    return verify(value, now=now)


def verify_file(file: str, trust: Sequence[Anchor], now: int) -> Verdict:
    """Verify one file; whatever is wrong with it is in the verdict."""
    try:
        value = decode(read_file(file, MAX_FILE).data)
        verified = verify(value, trust, now=now)
    except CtlkitError as error:
        return Verdict(file, error)
    header = value.header
    return Verdict(
        file,
        signer=text_of(header.signer_name),
        serial=(header.signer_serial or b"").hex(),
        digest=verified.digest.name,
        key_bits=verified.key.bits,
        timestamp=header.timestamp,
        warnings=verified.warnings,
    )


def verify_files(
    files: Sequence[str], trust: Sequence[Anchor], *, now: int, processes: int
) -> Iterator[Verdict]:
    """Yield the verdict of each file, in the order given.

    Args:
        files: their names.
        trust: what is trusted already.
        now: seconds since 1970, UTC.
        processes: how many to use; a few files are verified in this one.
    """
    if processes < 2 or len(files) <= _FEW_FILES:
        for file in files:
            yield verify_file(file, trust, now)
        return
    yield from _verify_in_processes(files, tuple(trust), now, processes)


def _verify_in_processes(
    files: Sequence[str], trust: tuple[Anchor, ...], now: int, processes: int
) -> Iterator[Verdict]:
    from concurrent.futures import Future, ProcessPoolExecutor

    chunks = _chunks(files)
    pool = ProcessPoolExecutor(
        min(processes, _MOST_PROCESSES), initializer=_begin, initargs=(trust, now)
    )
    try:
        waiting: deque[Future[list[Verdict]]] = deque(
            pool.submit(_verify_chunk, chunk)
            for chunk in islice(chunks, processes * _CHUNKS_IN_FLIGHT)
        )
        while waiting:
            verdicts = waiting.popleft().result()
            for chunk in islice(chunks, 1):
                waiting.append(pool.submit(_verify_chunk, chunk))
            yield from verdicts
    finally:
        pool.shutdown(cancel_futures=True)


def _chunks(files: Iterable[str]) -> Iterator[list[str]]:
    rest = iter(files)
    while chunk := list(islice(rest, _CHUNK)):
        yield chunk


_shared: list[tuple[tuple[Anchor, ...], int]] = []


def _begin(trust: tuple[Anchor, ...], now: int) -> None:
    """Keep what every chunk needs in the worker process, and leave Ctrl-C to the parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _shared[:] = [(trust, now)]


def _verify_chunk(files: list[str]) -> list[Verdict]:
    trust, now = _shared[0]
    return [verify_file(file, trust, now) for file in files]
