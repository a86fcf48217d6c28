"""The comparison itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ctlkit.difference._matching import Pair, moved, paired_numbers, pairs_of
from ctlkit.difference._values import Difference, Entry, FieldChange, RecordChange, Side, Value
from ctlkit.difference._views import PADDING, RECORDLENGTH, View, view_of
from ctlkit.errors import UsageError
from ctlkit.messages import Message, Severity
from ctlkit.trustlist import HeaderTag, RecordTag

_SIGNED = "signed"
_ORDER = "order"
_FUNCTION = RecordTag.FUNCTION.name


def compare(old: Side, new: Side) -> Difference:
    """Return what differs between two sides.

    Raises:
        UsageError: one is a list, the other a signed configuration file.
    """
    before, after = view_of(old.value), view_of(new.value)
    if (before.kind == _SIGNED) != (after.kind == _SIGNED):
        signed, other = (old, new) if before.kind == _SIGNED else (new, old)
        raise UsageError("difference-kinds", signed=signed.title, list=other.title)
    pairs = _pairs(before, after)
    gone, come = paired_numbers(pairs)
    left = [entry for entry in before.entries if entry.number not in gone]
    right = [entry for entry in after.entries if entry.number not in come]
    return Difference(
        header=tuple(_header_changes(before, after)),
        added=_told(right, before),
        removed=_told(left, after),
        changed=tuple(_record_changes(pairs)),
        moved=moved(pairs),
        first_byte=_first_byte(before.raw, after.raw),
        notes=(
            *_text_notes(old, new),
            *_cut_notes(old, before, new, right),
            *_cut_notes(new, after, old, left),
        ),
        old_about=before.about,
        new_about=after.about,
    )


def _pairs(before: View, after: View) -> list[Pair]:
    if before.raw is not None and before.raw == after.raw:
        return list(zip(before.entries, after.entries, strict=True))
    texts = before.raw is None or after.raw is None
    return pairs_of(before.entries, after.entries, texts=texts)


def _told(entries: Sequence[Entry], other: View) -> tuple[Entry, ...]:
    """Return the records that are known not to be on the other side."""
    return tuple(entry for entry in entries if other.complete and _says_something(entry))


def _says_something(entry: Entry) -> bool:
    """Whether a record tells which one it is; one that a text cuts off before that may be any."""
    told = {name for name, value in entry.fields.items() if value.text}
    return entry.whole or (_FUNCTION in told and len(told) > 1)


def _header_changes(before: View, after: View) -> Iterator[FieldChange]:
    changes = list(_changes(before.header, after.header, whole=None not in (before.raw, after.raw)))
    follows = {PADDING, HeaderTag.HEADERLENGTH.name}
    if any(change.field not in follows for change in changes):
        changes = [change for change in changes if change.field != PADDING]
    yield from changes
    if before.header.keys() == after.header.keys():
        yield from _order_change(before.structure, after.structure)
    yield from _changes(before.about, after.about, whole=False)


def _changes(
    old: Mapping[str, Value], new: Mapping[str, Value], *, whole: bool
) -> Iterator[FieldChange]:
    return _changes_of(old, new, old_whole=whole, new_whole=whole)


def _changes_of(
    old: Mapping[str, Value], new: Mapping[str, Value], *, old_whole: bool, new_whole: bool
) -> Iterator[FieldChange]:
    """Yield the fields that differ.

    Args:
        old, new: the values by the names of the fields.
        old_whole, new_whole: whether a side has no other fields than those.
    """
    for name in (*old, *(name for name in new if name not in old)):
        before, after = old.get(name), new.get(name)
        if before is None or after is None:
            if new_whole if after is None else old_whole:
                yield FieldChange(name, before, after)
        elif before.differs(after):
            yield FieldChange(name, before, after)


def _order_change(old: str | None, new: str | None) -> Iterator[FieldChange]:
    if None not in (old, new) and old != new:
        yield FieldChange(_ORDER, Value(old), Value(new))


def _record_changes(pairs: Sequence[Pair]) -> Iterator[RecordChange]:
    for old, new in pairs:
        if old.record is None or old.record != new.record:
            changes = tuple(_entry_changes(old, new))
            if changes:
                yield RecordChange(old, new, changes)


def _entry_changes(old: Entry, new: Entry) -> Iterator[FieldChange]:
    changes = list(_changes_of(old.fields, new.fields, old_whole=old.whole, new_whole=new.whole))
    yield from changes
    if old.order and new.order and old.fields.keys() == new.fields.keys():
        yield from _order_change(" ".join(old.order), " ".join(new.order))
    if not changes and None not in (old.length, new.length) and old.length != new.length:
        yield FieldChange(RECORDLENGTH, Value(str(old.length), 2), Value(str(new.length), 2))


def _first_byte(old: bytes | None, new: bytes | None) -> int | None:
    """Return the offset of the first byte that differs."""
    if old is None or new is None or old == new:
        return None
    low, high = 0, min(len(old), len(new))
    while low < high:
        middle = (low + high + 1) // 2
        if old[low:middle] == new[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _text_notes(old: Side, new: Side) -> Iterator[Message]:
    texts = [side.title for side in (old, new) if side.is_text]
    if texts:
        titles = {"sides": " and ".join(texts)}
        yield Message("difference-text-knows-less", titles, Severity.NOTE)


def _cut_notes(side: Side, view: View, other: Side, left: Sequence[Entry]) -> Iterator[Message]:
    """Yield what to say where a text is cut.

    Args:
        side, view: the text.
        other: the side that it is compared with.
        left: the records that are there alone.
    """
    if not view.complete or not all(entry.whole for entry in view.entries):
        count = 0 if view.complete else len(left)
        values = {"side": side.title, "other": other.title, "count": count}
        yield Message("difference-text-cut", values, Severity.NOTE)
