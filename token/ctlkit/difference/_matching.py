"""Which record of the old side is which of the new one, and which of them moved."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from ctlkit.difference._values import Entry, Move
from ctlkit.trustlist import Function, RecordTag

Pair = tuple[Entry, Entry]
_Item = TypeVar("_Item")

_SAST = Function.SAST.short_name
_NO_ADDRESS = {"0.0.0.0", "::"}  # noqa: S104  nothing is bound to it
# Plain texts: reading a member of an enumeration costs more than the field that it is for.
_FUNCTION = RecordTag.FUNCTION.name
_CERTIFICATE = RecordTag.CERTIFICATE.name
_DNSNAME = RecordTag.DNSNAME.name
_IPADDRESS = RecordTag.IPADDRESS.name
_SUBJECTNAME = RecordTag.SUBJECTNAME.name
_SERIALNUMBER = RecordTag.SERIALNUMBER.name


@dataclass(frozen=True, slots=True)
class _Named:
    """A record and what it is known by: texts that are not empty, None for the others."""

    entry: Entry
    function: str | None
    certificate: str | None
    dns_name: str | None
    address: str | None
    subject: str | None
    serial: str | None

    @classmethod
    def of(cls, entry: Entry, *, texts: bool) -> _Named:
        """Return it; the text of ``show ctl`` knows no address, so then neither side does."""
        certificate = entry.fields.get(_CERTIFICATE)
        address = None if texts else _folded(entry, _IPADDRESS)
        return cls(
            entry,
            function=_folded(entry, _FUNCTION),
            certificate=certificate.text if certificate and certificate.length else None,
            dns_name=_folded(entry, _DNSNAME),
            address=None if address in _NO_ADDRESS else address,
            subject=_folded(entry, _SUBJECTNAME),
            serial=_folded(entry, _SERIALNUMBER),
        )

    @property
    def is_server(self) -> bool:
        """Whether it is known by its host; a signer is not."""
        return self.function != _SAST

    @property
    def names(self) -> tuple[str | None, ...]:
        """All that it is known by but its function; empty where only its place tells it."""
        found = (self.certificate, self.dns_name, self.subject, self.serial)
        return found if any(found) else (self.address,) if self.address else ()


def _folded(entry: Entry, name: str) -> str | None:
    value = entry.fields.get(name)
    return None if value is None else value.folded or None


_Key = Callable[[_Named], tuple[Hashable, ...] | None]

_STAGES: tuple[_Key, ...] = (
    lambda it: (it.function, it.certificate, it.dns_name),
    lambda it: (it.function, it.certificate),
    lambda it: (it.function, it.dns_name, it.subject),
    lambda it: (it.function, it.dns_name) if it.is_server else None,
    lambda it: (it.function, it.address) if it.is_server else None,
    lambda it: (it.function, it.subject),
    lambda it: (it.function, it.serial),
)
"""What is compared, most telling first; of these a part that is None makes no key."""

_LAST_STAGES: tuple[_Key, ...] = (
    lambda it: it.names or None,
    lambda it: None if it.names else (it.function, it.entry.number),
)
"""What is tried at the end; here a missing part equals a missing part."""


def pairs_of(old: Sequence[Entry], new: Sequence[Entry], *, texts: bool) -> list[Pair]:
    """Return the records that both sides hold, in the order of the old side.

    Args:
        old, new: the records of the two sides.
        texts: whether one of them was read from the text of ``show ctl``.
    """
    found = _matched(old, new, lambda entry: entry.record)
    gone, come = paired_numbers(found)
    left = [_Named.of(entry, texts=texts) for entry in old if entry.number not in gone]
    right = [_Named.of(entry, texts=texts) for entry in new if entry.number not in come]
    for key in (*map(_complete, _STAGES), *_LAST_STAGES):
        if not left or not right:
            break
        matched = [(one.entry, other.entry) for one, other in _matched(left, right, key)]
        gone, come = paired_numbers(matched)
        left = [named for named in left if named.entry.number not in gone]
        right = [named for named in right if named.entry.number not in come]
        found += matched
    if texts:
        found += _by_number([named.entry for named in left], [named.entry for named in right])
    return sorted(found, key=lambda pair: pair[0].number)


def _complete(key: _Key) -> _Key:
    """Return a key that is None where a part behind the function is."""

    def complete(named: _Named) -> tuple[Hashable, ...] | None:
        known = key(named)
        return None if known is None or None in known[1:] else known

    return complete


def _matched(
    old: Iterable[_Item], new: Iterable[_Item], key: Callable[[_Item], Hashable | None]
) -> list[tuple[_Item, _Item]]:
    """Pair what has the same key, in its order."""
    waiting: defaultdict[Hashable, deque[_Item]] = defaultdict(deque)
    for item in new:
        known = key(item)
        if known is not None:
            waiting[known].append(item)
    found = []
    for item in old:
        known = key(item)
        if known is not None and waiting.get(known):
            found.append((item, waiting[known].popleft()))
    return found


def paired_numbers(pairs: Iterable[Pair]) -> tuple[set[int], set[int]]:
    """Return the numbers of the records that are paired, of the old side and of the new."""
    gone, come = set(), set()
    for old, new in pairs:
        gone.add(old.number)
        come.add(new.number)
    return gone, come


def moved(pairs: Sequence[Pair]) -> tuple[Move, ...]:
    """Return the pairs that some longest run in common order does without.

    Args:
        pairs: what both sides hold, in the order of the old side.
    """
    numbers = [pair[1].number for pair in pairs]
    before = _run_lengths(numbers)
    behind = _run_lengths([-number for number in reversed(numbers)])[::-1]
    longest = max(before, default=0)
    in_a_run = [start + end - 1 == longest for start, end in zip(before, behind, strict=True)]
    rivals = Counter(start for start, runs in zip(before, in_a_run, strict=True) if runs)
    return tuple(
        Move(*pair)
        for pair, start, runs in zip(pairs, before, in_a_run, strict=True)
        if not (runs and rivals[start] == 1)
    )


def _run_lengths(numbers: Iterable[int]) -> list[int]:
    """Return the length of the longest ascending run that ends with each number."""
    lowest: list[int] = []
    lengths = []
    for number in numbers:
        at = bisect_left(lowest, number)
        lowest[at : at + 1] = [number]
        lengths.append(at + 1)
    return lengths


def _by_number(old: Sequence[Entry], new: Sequence[Entry]) -> list[Pair]:
    """Pair what a text cut short with the record of its number, unless that says otherwise."""
    there = {entry.number: entry for entry in new}
    return [
        (entry, other)
        for entry in old
        if (other := there.get(entry.number))
        and not (entry.whole and other.whole)
        and not any(
            value.differs(other.fields[name])
            for name, value in entry.fields.items()
            if name in other.fields
        )
    ]
