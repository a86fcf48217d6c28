"""What differs between a list and the pasted text of another, or two texts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ctlkit.codec import decode_partly
from ctlkit.showctl import parse_shown, show_text
from ctlkit.trustlist import RecordTag

if TYPE_CHECKING:
    from tests.unit.difference.conftest import Differ

LISTS = ["tokenless-4947", "tokenless-6113", "tokens-5728", "itl", "non-secure", "usecallmanager"]
SAMPLES = Path(__file__).resolve().parents[2] / "data" / "samples"


@pytest.mark.parametrize("tag", [RecordTag.SERIALNUMBER, RecordTag.SUBJECTNAME, RecordTag.FUNCTION])
def test_a_text_names_the_field_too(
    differ: Differ, lists: dict[str, bytes], tag: RecordTag
) -> None:
    """Against pasted text, and between two texts, the changed field is told."""
    value = differ.list_of(lists["tokens-5728"])
    data = {RecordTag.FUNCTION: b"\0\x03"}.get(tag, b"abc\0")
    records = list(value.records)
    records[1] = differ.changed(records[1], tag, data)
    other = differ.remade(value, *records)
    for old, new in (
        (value, differ.shown(other.raw)),
        (differ.shown(value.raw), other),
        (differ.shown(value.raw), differ.shown(other.raw)),
    ):
        found = differ.compare(old, new)
        assert [(2, {tag.name})] == [
            (each.old.number, differ.fields(each.fields)) for each in found.changed
        ]
        assert ((), ()) == (found.added, found.removed)


def test_a_text_knows_lengths(differ: Differ, lists: dict[str, bytes]) -> None:
    """A public key of another length is told, one of the same length is not known."""
    value = differ.list_of(lists["tokens-5728"])
    first, *rest = value.records
    longer = differ.remade(value, differ.changed(first, RecordTag.PUBLICKEY, bytes(270)), *rest)
    other = differ.remade(value, differ.changed(first, RecordTag.PUBLICKEY, bytes(140)), *rest)
    text = differ.shown(value.raw)
    (change,) = differ.compare(text, longer).changed
    assert {"PUBLICKEY"} == differ.fields(change.fields)
    found = differ.compare(text, other)
    assert () == found.changed
    assert {"md5", "sha1"} == differ.fields(found.header)
    assert not found.same


def test_a_field_that_a_whole_text_lacks_is_absent(differ: Differ, lists: dict[str, bytes]) -> None:
    """A record that is printed whole shows which fields it has not."""
    found = differ.compare(differ.shown(lists["tokens-5728"]), differ.list_of(lists["non-secure"]))
    assert "mode" in differ.fields(found.header)
    assert {"SUBJECTNAME", "PUBLICKEY"} <= differ.fields(found.changed[0].fields)


def test_what_a_cut_text_leaves_out_is_not_removed(differ: Differ, lists: dict[str, bytes]) -> None:
    """Records and rows that were cut out of a text are not compared, and that is said."""
    value = differ.list_of(lists["tokens-5728"])
    without = differ.shown(
        value.raw, lambda text: differ.cut(text, "\tCTL Record #:2", "\tCTL Record #:4")
    )
    for found, title in (
        (differ.compare(value, without), "NEW"),
        (differ.compare(without, value), "OLD"),
    ):
        assert found.same
        assert ["difference-text-knows-less", "difference-text-cut"] == differ.codes(found)
        assert (title, 2) == (found.notes[1].values["side"], found.notes[1].values["count"])
    rows = differ.shown(value.raw, lambda text: differ.cut(text, "4\tFUNCTION", "7\tPUBLICKEY"))
    assert differ.compare(value, rows).same
    header = differ.shown(value.raw, lambda text: differ.cut(text, "Parse CTL", "\tCTL Record #:1"))
    assert differ.compare(header, value).same
    alone = differ.shown(value.raw, lambda text: text[: text.index("\tCTL Record #:1")])
    assert differ.compare(alone, value).same


def test_a_cut_text_still_shows_what_it_alone_holds(
    differ: Differ, lists: dict[str, bytes]
) -> None:
    """A record of a cut text that the other side lacks was added, or removed."""
    value = differ.list_of(lists["tokens-5728"])
    text = differ.shown(
        value.raw, lambda text: differ.cut(text, "\tCTL Record #:2", "\tCTL Record #:3")
    )
    without = differ.remade(value, *value.records[:3], value.records[4])
    assert [4] == differ.numbers(differ.compare(without, text).added)
    assert [4] == differ.numbers(differ.compare(text, without).removed)


def test_a_record_that_is_cut_off_is_known_by_its_number(
    differ: Differ, lists: dict[str, bytes]
) -> None:
    """A record of which a cut left only the first rows is that of its number."""
    value = differ.list_of(lists["tokens-5728"])
    text = differ.shown(value.raw, lambda text: text[: text.index("3\tSUBJECT", text.index("#:5"))])
    found = differ.compare(text, value)
    assert (True, 0) == (found.same, found.notes[1].values["count"])


@pytest.mark.parametrize("name", ["tokens-5728", "itl"])
def test_wherever_a_text_is_cut_off(differ: Differ, lists: dict[str, bytes], name: str) -> None:
    """Half a record, half a row, half a value are no difference, and no damage."""
    value = differ.list_of(lists[name])
    text = show_text(decode_partly(value.raw), 0, "")
    for end in range(text.index("Parse "), len(text), 7):
        for cut in (text[:end], f"{text[:end]}\n[...]\n"):
            shown = parse_shown(cut)
            assert shown is not None
            for found in (differ.compare(value, shown), differ.compare(shown, value)):
                told = (found.added, found.removed, found.changed, found.moved, found.header)
                assert ((),) * 5 == told, cut[-80:]


def test_a_half_record_that_could_be_any(differ: Differ, lists: dict[str, bytes]) -> None:
    """Before it says what it is it was neither added nor removed, whatever its number has."""
    value = differ.list_of(lists["tokens-5728"])
    text = differ.shown(value.raw, lambda text: text[: text.index("4\tFUNC", text.index("#:3"))])
    fewer = differ.remade(value, *(value.records[at] for at in (0, 1, 3, 4)))
    found = differ.compare(text, fewer)
    assert ((), (), ()) == (found.added, found.removed, found.changed)


def test_a_record_that_is_cut_off_at_once_is_not_told(
    differ: Differ, lists: dict[str, bytes]
) -> None:
    """A record of which a cut left nothing but its number may be any record."""
    value = differ.list_of(lists["tokens-5728"])
    text = differ.shown(
        value.raw, lambda text: text[: text.index("1\tRECORDLENGTH", text.index("#:5"))]
    )
    found = differ.compare(text, differ.remade(value, *value.records[:4]))
    assert ((), (), ()) == (found.added, found.removed, found.changed)


def test_the_length_of_a_record_whose_rows_were_cut(
    differ: Differ, lists: dict[str, bytes]
) -> None:
    """Where no row that is left differs, the record's length still does."""
    value = differ.list_of(lists["tokens-5728"])
    first, *rest = value.records
    longer = differ.remade(value, differ.changed(first, RecordTag.PUBLICKEY, bytes(270)), *rest)
    text = differ.shown(longer.raw, lambda text: differ.cut(text, "7\tPUBLICKEY", "9\tCERTIFICATE"))
    (change,) = differ.compare(value, text).changed
    assert {"RECORDLENGTH"} == differ.fields(change.fields)


def test_a_folded_text_is_the_same(differ: Differ, lists: dict[str, bytes]) -> None:
    """Runs of blanks that a mail program folded are no difference."""
    value = differ.list_of(lists["tokens-5728"])
    assert differ.compare(
        value, differ.shown(value.raw, lambda text: text.replace("        ", " "))
    ).same


def test_the_published_text(differ: Differ) -> None:
    """The published text of 5728 bytes is the same with a prompt around it and CRLF."""
    text = (SAMPLES / "tokens-5728.txt").read_text()
    pasted = "admin:show ctl\r\n" + text.replace("\n", "\r\n") + "admin:"
    old, new = parse_shown(text), parse_shown(pasted)
    assert old is not None
    assert new is not None
    assert differ.compare(old, new).same


@pytest.mark.parametrize("name", LISTS)
def test_a_list_does_not_differ_from_its_text(
    differ: Differ, lists: dict[str, bytes], name: str
) -> None:
    """Its own text says nothing else, and what a text cannot say is a note, said once."""
    value, text = differ.list_of(lists[name]), differ.shown(lists[name])
    for found in (
        differ.compare(value, text),
        differ.compare(text, value),
        differ.compare(text, text),
    ):
        assert found.same
        assert ["difference-text-knows-less"] == differ.codes(found)
    assert "OLD and NEW" in differ.compare(text, text).notes[0].text
