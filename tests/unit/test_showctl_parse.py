"""Reading the text of `show ctl` again: our own, the published one, and what mail makes of it."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ctlkit.codec import decode_partly
from ctlkit.errors import InputError
from ctlkit.showctl import ShownList, ShownRecord, missing_text, parse_shown, show_text
from ctlkit.trustlist import TrustList, function_name, text_of

LISTS = ["tokenless-4947", "tokenless-6113", "tokens-5728", "itl", "non-secure", "usecallmanager"]
SAMPLES = Path(__file__).resolve().parents[1] / "data" / "samples"


def shown_text(data: bytes, kind: str = "CTL") -> str:
    """Our text for a list that verifies."""
    return show_text(decode_partly(data), 0, f"The {kind} file was verified successfully.")


def sample(name: str) -> str:
    """A published text."""
    return (SAMPLES / f"{name}.txt").read_text()


def parsed(text: str) -> ShownList:
    """What is read of a text that shows a list."""
    found = parse_shown(text)
    assert found is not None
    return found


@pytest.mark.parametrize("name", LISTS)
def test_our_own_text_is_read_back(lists: dict[str, bytes], name: str) -> None:
    """Every column that is printed comes back as the list has it."""
    partial = decode_partly(lists[name])
    kind = "ITL" if name == "itl" else "CTL"
    found = parsed(shown_text(lists[name], kind))
    value = TrustList(partial.header, partial.records, partial.raw)
    assert (kind, len(value.raw), "1.2", True) == (
        found.kind,
        found.length,
        found.version,
        found.verified,
    )
    assert (text_of(value.header.signer_name), value.header.signer_serial) == (
        found.signer_name,
        found.signer_serial,
    )
    assert (value.header.signature, value.header.length) == (
        found.signature,
        found.header_length,
    )
    assert [
        (
            text_of(record.subject),
            function_name(record.function),
            text_of(record.issuer),
            record.serial,
        )
        for record in value.records
    ] == [
        (record.subject or "", record.function, record.issuer or "", record.serial)
        for record in found.records
    ]
    assert [record.length for record in value.records] == [
        record.lengths["RECORDLENGTH"] for record in found.records
    ]


def test_the_published_tokenless_list_is_read() -> None:
    """All figures of the list of 4947 bytes are those that were published."""
    found = parsed(sample("tokenless-4947"))
    subject = "CN=cucm-1051-a-pub;OU=TAC;O=Cisco;L=Krakow;ST=Malopolska;C=PL"
    serial = bytes.fromhex("70CAF64E090751B9DF22F49F754FC5BB")
    assert ("1d97d9089dd558a062cccfcb1dc4c57f", "3b452f9ec9d6543df80e50f8b850cddc92fcf847") == (
        found.md5,
        found.sha1,
    )
    assert ("Fri Mar 06 21:56:07 CET 2015", 336, subject, serial, subject) == (
        found.modified,
        found.header_length,
        found.signer_name,
        found.signer_serial,
        found.signer_issuer,
    )
    assert found.signature is not None
    assert (128, "65ba26b4bade2b13", "d810cb5ec31fef0a") == (
        len(found.signature),
        found.signature[:8].hex(),
        found.signature[-8:].hex(),
    )
    assert ["SAST", "CCM+TFTP", "CAPF", "CCM+TFTP"] == [item.function for item in found.records]
    assert [True, None, None, None] == [record.signed for record in found.records]
    assert "e9d433645bc88ced514d8fe5ea5b6d21a5a38c9c" == found.records[0].certificate_sha1


def test_records_that_were_cut_out_are_absent() -> None:
    """The published list of the tokens shows its first and fifth record, and no header."""
    found = parsed(sample("tokens-5728"))
    assert [1, 5] == [record.number for record in found.records]
    assert [False, True] == [record.signed for record in found.records]
    assert (None, None, None, True) == (
        found.version,
        found.signer_name,
        found.signature,
        found.verified,
    )
    subject = 'cn="SAST-ADN0054f509        ";ou=IPCBU;o="Cisco Systems'
    assert ("", subject) == (found.records[0].dns_name, found.records[0].subject)


@pytest.mark.parametrize("kind", ["CTL", "ITL"])
def test_a_missing_file_is_none(kind: str) -> None:
    """The text that says that there is no file is no error."""
    assert parse_shown(missing_text(kind)) is None
    assert parse_shown(sample("no-ctl")) is None


def test_a_terminal_around_it_does_not_matter(lists: dict[str, bytes]) -> None:
    """CR LF, the command's echo, a banner and the next prompt leave the same list."""
    text = shown_text(lists["tokens-5728"])
    around = f"Welcome to the command line\r\n\r\nadmin:show ctl\r\n{text}admin:"
    assert parsed(text) == parsed(around.replace("\n", "\r\n"))


@pytest.mark.parametrize("columns", [72, 80, 132])
@pytest.mark.parametrize("name", ["tokenless-4947", "tokens-5728"])
def test_lines_that_a_terminal_wrapped_are_put_together(
    lists: dict[str, bytes], name: str, columns: int
) -> None:
    """Values of a wrapped line come out whole, blanks within them too."""
    text = shown_text(lists[name]).expandtabs()
    lines = [
        line[at : at + columns]
        for line in text.splitlines()
        for at in range(0, max(len(line), 1), columns)
    ]
    assert parsed(text) == parsed("\r\n".join(lines))


def test_a_function_that_was_wrapped_within_a_word_is_read(lists: dict[str, bytes]) -> None:
    """A narrow terminal takes a token's function apart; its LENGTH does not tell how."""
    text = shown_text(lists["tokens-5728"])
    wrapped = text.replace("Administrator Security Token", "Administrator Secu\nrity Token")
    assert text != wrapped
    assert parsed(text) == parsed(wrapped)


def test_white_space_that_was_folded_is_no_matter(lists: dict[str, bytes]) -> None:
    """Mail turns tabs into blanks, wraps at blanks and indents."""
    text = shown_text(lists["tokenless-6113"])
    folded = "\n".join(
        textwrap.fill(" ".join(line.split()), 60, initial_indent="  ", break_long_words=False)
        for line in text.splitlines()
    )
    assert parsed(text) == parsed(folded)


def test_a_list_that_does_not_verify_is_told(lists: dict[str, bytes]) -> None:
    """The verdict at the end is read, whatever else is right."""
    partial = decode_partly(lists["tokens-5728"])
    failed = "Verification of the CTL file failed: the signature is wrong"
    assert not parsed(show_text(partial, 0, failed)).verified


def test_values_do_not_pass_for_rows(lists: dict[str, bytes]) -> None:
    """A hash that wraps, or a name that looks like a row, stays the value that it is."""
    text = shown_text(lists["tokens-5728"])
    subject = "4\tFUNCTION\t2\tSystem Administrator Security Token The CTL file was verified"
    evil = text.replace("CN=cucm-1051-a-pub", subject, 1)
    found = parsed(evil)
    assert [record.function for record in parsed(text).records] == [
        record.function for record in found.records
    ]


@pytest.mark.parametrize(
    ("damage", "code"),
    [
        (lambda text: "", "shown-not-a-listing"),
        (lambda text: "No valid command entered", "shown-not-a-listing"),
        (lambda text: text.replace("(MD5)", ""), "shown-not-a-listing"),
        (lambda text: text.replace("(SHA1)\n", "\n"), "shown-not-a-listing"),
        (lambda text: text.replace("Length of", "Size of"), "shown-not-a-listing"),
        (lambda text: text + text, "shown-several"),
        (lambda text: text.replace("Record #:2", "Record #:1"), "shown-garbled"),
        (lambda text: text.replace("RECORDLENGTH\t2\t", "RECORDLENGTH\t2\tx"), "shown-garbled"),
        (lambda text: text.replace("3C:F9", "3C:ZZ"), "shown-garbled"),
        (lambda text: text.replace("(SHA1 Hash HEX)", ""), "shown-garbled"),
        (
            lambda text: text.replace("SIGNATURE\t128\t\n", "SIGNATURE\t128\t\nhello\n"),
            "shown-garbled",
        ),
        (lambda text: text + "\n" * (1 << 20), "shown-too-long"),
        (
            lambda text: text + "".join(f"CTL Record #:{n}\n" for n in range(10, 4200)),
            "shown-garbled",
        ),
    ],
)
def test_what_is_no_listing_is_one_clear_error(
    lists: dict[str, bytes], damage: Callable[[str], str], code: str
) -> None:
    """Other texts, two listings, and damaged or endless ones are refused with what is wrong."""
    text = shown_text(lists["tokens-5728"])
    assert damage(text) != text
    with pytest.raises(InputError) as caught:
        parse_shown(damage(text))
    assert (code, 4) == (caught.value.code, caught.value.status)


@given(st.text(max_size=400), st.integers(0, 5000), st.integers(0, 200))
def test_whatever_stands_there_only_our_error_comes_out(text: str, at: int, gone: int) -> None:
    """Any text, and a listing with any text in it and any part of it gone, is read or refused."""
    whole = sample("tokenless-4947")
    for tried in (text, whole[:at] + text + whole[at + gone :]):
        try:
            found = parse_shown(tried)
        except InputError:
            continue
        assert found is None or isinstance(found, ShownList)


def test_records_are_values(lists: dict[str, bytes]) -> None:
    """Two readings of one text are equal, and nothing in them can be changed."""
    first, second = (parsed(shown_text(lists["tokens-5728"])) for _ in range(2))
    assert first == second
    assert ShownRecord(1) != first.records[0]
    with pytest.raises(TypeError):
        first.records[0].lengths["DNSNAME"] = 3  # type: ignore[index]
