"""What differs between two lists: their records."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ctlkit.difference import FieldChange
from ctlkit.tlv import Field
from ctlkit.trustlist import (
    RECORD_NAMES,
    Function,
    Record,
    RecordTag,
    TrustList,
)

if TYPE_CHECKING:
    from tests.unit.conftest import ListMaker
    from tests.unit.difference.conftest import Differ

LISTS = ["tokenless-4947", "tokenless-6113", "tokens-5728", "itl", "non-secure", "usecallmanager"]
WHOLE_FILE = {"length", "md5", "sha1", "mode"}


@pytest.mark.parametrize("name", LISTS)
def test_a_list_does_not_differ_from_itself(
    differ: Differ, lists: dict[str, bytes], name: str
) -> None:
    """Of the same bytes, nothing is told."""
    found = differ.compare(differ.list_of(lists[name]), differ.list_of(lists[name]))
    assert found.same
    assert found == replace(found, header=(), added=(), removed=(), changed=(), moved=(), notes=())


def test_the_field_of_the_one_record_is_named(differ: Differ, lists: dict[str, bytes]) -> None:
    """Of two lists that differ in one record, the record, the field and both values are told."""
    value = differ.list_of(lists["tokens-5728"])
    first, second, *rest = value.records
    serial = bytes.fromhex("0102030405")
    other = differ.remade(
        value, first, differ.changed(second, RecordTag.SERIALNUMBER, serial), *rest
    )
    found = differ.compare(value, other)
    assert ((), (), ()) == (found.added, found.removed, found.moved)
    (change,) = found.changed
    (field,) = change.fields
    assert (2, 2, "SERIALNUMBER") == (change.old.number, change.new.number, field.field)
    assert field.old is not None
    assert field.new is not None
    assert (second.serial, serial) == (field.old.data, field.new.data)
    assert differ.fields(found.header) <= WHOLE_FILE


def one_field_changed(
    differ: Differ, data: st.DataObject, value: TrustList
) -> tuple[TrustList, int, str]:
    """A list with another value in one field, the number of its record and the field's name."""
    number = data.draw(st.integers(1, len(value.records)))
    record = value.records[number - 1]
    field = data.draw(st.sampled_from(record.fields[1:]))
    new = data.draw(st.binary(min_size=1, max_size=40).filter(lambda drawn: drawn != field.value))
    records = list(value.records)
    records[number - 1] = differ.changed(record, field.tag, new)
    return differ.remade(value, *records), number, RECORD_NAMES[field.tag]


@given(data=st.data(), name=st.sampled_from(LISTS))
def test_one_changed_field_is_that_field(
    differ: Differ, lists: dict[str, bytes], data: st.DataObject, name: str
) -> None:
    """Whatever field of whatever record changes, it alone is told; and the other way round."""
    value = differ.list_of(lists[name])
    other, number, field = one_field_changed(differ, data, value)
    for found in (differ.compare(value, other), differ.compare(other, value)):
        told = [(each.old.number, differ.fields(each.fields)) for each in found.changed]
        assert [(number, {field})] == told
        assert ((), (), ()) == (found.added, found.removed, found.moved)
        assert differ.fields(found.header) <= WHOLE_FILE


@given(data=st.data())
def test_the_other_way_round_is_the_mirror_image(
    differ: Differ, lists: dict[str, bytes], data: st.DataObject
) -> None:
    """Whatever two lists hold, in whatever order and number, OLD and NEW only change places."""
    pool = list(chain(*(differ.list_of(lists[name]).records for name in LISTS)))
    drawn = st.lists(st.sampled_from(pool), max_size=9)
    names = st.sampled_from(LISTS)
    old, new = (
        differ.remade(differ.list_of(lists[data.draw(names)]), *data.draw(drawn)) for _ in range(2)
    )
    there, back = differ.compare(old, new), differ.compare(new, old)
    assert (there.added, there.removed) == (back.removed, back.added)
    assert sorted((each.old.number, each.new.number) for each in there.moved) == sorted(
        (each.new.number, each.old.number) for each in back.moved
    )
    assert mirrored(there.header) == as_set(back.header)
    assert {
        (each.old.number, each.new.number, mirrored(each.fields)) for each in there.changed
    } == {(each.new.number, each.old.number, as_set(each.fields)) for each in back.changed}
    assert there.same == back.same == (old.raw == new.raw)
    assert there.first_byte == back.first_byte


def as_set(changes: tuple[FieldChange, ...]) -> frozenset[FieldChange]:
    """The changes in no order."""
    return frozenset(changes)


def mirrored(changes: tuple[FieldChange, ...]) -> frozenset[FieldChange]:
    """The changes the other way round."""
    return frozenset(FieldChange(each.field, each.new, each.old) for each in changes)


@given(data=st.data())
def test_every_record_is_accounted_for(
    differ: Differ, lists: dict[str, bytes], data: st.DataObject
) -> None:
    """What is not removed of OLD and not added to NEW is as many records in both."""
    pool = list(chain(*(differ.list_of(lists[name]).records for name in LISTS)))
    drawn = st.lists(st.sampled_from(pool), max_size=9)
    base = differ.list_of(lists["tokens-5728"])
    old, new = (differ.remade(base, *data.draw(drawn)) for _ in range(2))
    found = differ.compare(old, new)
    assert len(old.records) - len(found.removed) == len(new.records) - len(found.added)


def test_added_and_removed(differ: Differ, lists: dict[str, bytes]) -> None:
    """A record of one side alone is told with its number there, and the others did not move."""
    value = differ.list_of(lists["tokens-5728"])
    first, _, *rest = value.records
    found = differ.compare(value, differ.remade(value, first, *rest))
    assert ([2], [], (), ()) == (
        differ.numbers(found.removed),
        differ.numbers(found.added),
        found.changed,
        found.moved,
    )
    found = differ.compare(differ.remade(value, first, *rest), value)
    assert [2] == differ.numbers(found.added)


def test_a_record_that_stands_twice(differ: Differ, lists: dict[str, bytes]) -> None:
    """Of two equal records one can go, and the other is still there."""
    value = differ.list_of(lists["tokens-5728"])
    first = value.records[0]
    found = differ.compare(
        differ.remade(value, first, first, first), differ.remade(value, first, first)
    )
    assert ([3], (), ()) == (differ.numbers(found.removed), found.added, found.changed)


def test_only_what_moved_has_moved(differ: Differ, lists: dict[str, bytes]) -> None:
    """One record that is put to the end has moved; the others kept their order."""
    value = differ.list_of(lists["tokens-5728"])
    first, *rest = value.records
    found = differ.compare(value, differ.remade(value, *rest, first))
    assert [(1, 5)] == [(each.old.number, each.new.number) for each in found.moved]
    assert ((), (), ()) == (found.added, found.removed, found.changed)


def test_two_that_change_places_have_both_moved(differ: Differ, lists: dict[str, bytes]) -> None:
    """Nobody can say which of two neighbours moved, so both are told."""
    value = differ.list_of(lists["tokens-5728"])
    first, second, *rest = value.records
    found = differ.compare(value, differ.remade(value, second, first, *rest))
    assert [(1, 2), (2, 1)] == [(each.old.number, each.new.number) for each in found.moved]


def test_a_renewed_certificate_is_a_change(differ: Differ, maker: ListMaker) -> None:
    """A server whose certificate was renewed is the same record, by function and DNS name."""
    token = maker.record("etoken-1")
    old = maker.signed(token, maker.record("publisher-1024", Function.CCM_TFTP))
    new = maker.signed(token, maker.record("publisher-2048", Function.CCM_TFTP))
    (change,) = differ.compare(old, new).changed
    assert {"SERIALNUMBER", "PUBLICKEY", "SIGNATURE", "CERTIFICATE"} == differ.fields(change.fields)


def test_another_signer_of_the_same_host_is_another_record(
    differ: Differ, maker: ListMaker
) -> None:
    """A signer is known by its certificate and names, not by the host that it shares."""
    old = maker.signed(maker.record("etoken-1"))
    new = maker.signed(maker.record("etoken-2"), by="etoken-2")
    found = differ.compare(old, new)
    assert ([1], [1], ()) == (
        differ.numbers(found.removed),
        differ.numbers(found.added),
        found.changed,
    )
    assert {"SIGNERNAME", "SERIALNUMBER", "SIGNATURE"} <= differ.fields(found.header)


@pytest.mark.parametrize(
    "shared",
    [
        {"CERTIFICATE": b"c"},
        {"DNSNAME": b"h\0"},
        {"IPADDRESS": b"\1\2\3\4"},
        {"SUBJECTNAME": b"s\0"},
        {"SERIALNUMBER": b"\x09"},
        {},
    ],
    ids=" ".join,
)
def test_what_a_record_is_known_by(
    differ: Differ, lists: dict[str, bytes], shared: dict[str, bytes]
) -> None:
    """Function and certificate, name, address, subject or serial suffice; without any, place."""
    value = differ.list_of(lists["tokens-5728"])
    known = ("CERTIFICATE", "DNSNAME", "IPADDRESS", "SUBJECTNAME", "SERIALNUMBER")
    others = known if shared else ("PUBLICKEY",)
    old, new = (
        differ.record_of(**dict.fromkeys(others, data) | shared)
        for data in (b"a\0\0\1", b"b\0\0\2")
    )
    found = differ.compare(differ.remade(value, old), differ.remade(value, new))
    assert [set(others) - set(shared)] == [differ.fields(each.fields) for each in found.changed]


def test_two_records_of_one_host(differ: Differ, lists: dict[str, bytes]) -> None:
    """Of two with the same function and DNS name, the subject says which is which."""
    value = differ.list_of(lists["tokens-5728"])
    old, new = (
        [
            differ.record_of(DNSNAME=b"h\0", SUBJECTNAME=name, SERIALNUMBER=serial)
            for name in (b"a\0", b"b\0")
        ]
        for serial in (b"\1", b"\2")
    )
    found = differ.compare(differ.remade(value, *old), differ.remade(value, *new[::-1]))
    assert [{"SERIALNUMBER"}] * 2 == [differ.fields(each.fields) for each in found.changed]


def test_servers_that_share_a_certificate_are_told_apart(
    differ: Differ, lists: dict[str, bytes]
) -> None:
    """Of nodes with one certificate, that with the other name is the one that went."""
    value = differ.list_of(lists["tokens-5728"])
    server = value.records[1]
    nodes = [differ.changed(server, RecordTag.DNSNAME, name) for name in (b"a\0", b"b\0", b"c\0")]
    moved_away = differ.changed(nodes[2], RecordTag.IPADDRESS, b"\x0a\0\0\x01")
    found = differ.compare(differ.remade(value, *nodes), differ.remade(value, moved_away, nodes[0]))
    assert [2] == differ.numbers(found.removed)
    assert [(3, {"IPADDRESS"})] == [
        (each.old.number, differ.fields(each.fields)) for each in found.changed
    ]


def test_order_inside_a_record(differ: Differ, lists: dict[str, bytes]) -> None:
    """The same fields in another order make a record that changed in its order alone."""
    value = differ.list_of(lists["tokens-5728"])
    length, *rest = value.records[0].fields
    other = differ.remade(value, Record((length, *rest[::-1])), *value.records[1:])
    (change,) = differ.compare(value, other).changed
    assert {"order"} == differ.fields(change.fields)


def test_unknown_tags_have_their_number(differ: Differ, lists: dict[str, bytes]) -> None:
    """A tag without a name is told by its number, and the second of its kind is counted."""
    value = differ.list_of(lists["tokens-5728"])
    length, *rest = value.records[0].fields
    tagged = [
        differ.changed(Record((length, *rest, Field(99, b"a"), Field(99, end))), 0, b"")
        for end in (b"b", b"c")
    ]
    old, new = (differ.remade(value, each, *value.records[1:]) for each in tagged)
    assert [{"TAG99#2"}] == [
        differ.fields(each.fields) for each in differ.compare(old, new).changed
    ]
    assert [{"TAG99", "TAG99#2"}] == [
        differ.fields(each.fields) for each in differ.compare(value, new).changed
    ]


def test_fifty_thousand_records_take_no_square(differ: Differ, lists: dict[str, bytes]) -> None:
    """The greatest file of the smallest records is compared with another in bounded work."""
    head = lists["tokens-5728"][:304]
    room = 4 * 65536 - 304
    small = differ.list_of(head + bytes.fromhex("0100020005") * (room // 5))
    tagged = (b"\1\0\2\0\x11\4\0\2\0\2\6\0\4" + n.to_bytes(4, "big") for n in range(room // 17))
    others = differ.list_of(head + b"".join(tagged))
    found = differ.compare(small, others)
    assert (len(small.records), len(others.records)) == (len(found.removed), len(found.added))
    turned = differ.remade(others, *others.records[::-1])
    assert len(others.records) == len(differ.compare(others, turned).moved)
