"""``ctlkit diff``: files, places and pasted text, in lines and as JSON."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ctlkit.codec import decode
from ctlkit.trustlist import Digest, Function, TrustList
from softhsm_fixtures import FIRST_NAME, SECOND_NAME, CertificateSpec, make_certificate

if TYPE_CHECKING:
    from tests.cli.conftest import MakeList
    from tests.conftest import RunCtlkit, RunTerminal

PUBLISHER = "10.48.47.153"
SAMPLES = Path(__file__).resolve().parents[1] / "data" / "samples"
SERIAL = bytes.fromhex("3cf927000000afa2da45")


@pytest.fixture
def old(make_list: MakeList) -> Path:
    """Give a list of five records."""
    return make_list("old.tlv")


@pytest.fixture
def new(old: Path) -> Path:
    """Give the same list with another serial in the record of the first token."""
    data = old.read_bytes()
    assert 1 == data.count(SERIAL)
    path = old.with_name("new.tlv")
    path.write_bytes(data.replace(SERIAL, bytes(10)))
    return path


def text_of(run_ctlkit: RunCtlkit, path: Path, name: str = "pasted.txt") -> Path:
    """Write what ``show`` prints of a list, as a person pastes it."""
    text = run_ctlkit("show", path).stdout
    pasted = path.with_name(name)
    pasted.write_bytes(f"admin:show ctl\n{text}admin:".replace("\n", "\r\n").encode())
    return pasted


def test_the_same(run_ctlkit: RunCtlkit, old: Path) -> None:
    """Of the same bytes it says so in words, status 0."""
    result = run_ctlkit("diff", old, old)
    sha1 = hashlib.sha1(old.read_bytes()).hexdigest()
    expected = f"the same, byte for byte: 5728 bytes, SHA-1 {sha1}\n"
    assert (0, expected, "") == (result.status, result.stdout, result.stderr)


def test_the_field_of_the_one_record(run_ctlkit: RunCtlkit, old: Path, new: Path) -> None:
    """Two lists that differ in one record: its number, the field, and both values, status 1."""
    result = run_ctlkit("diff", "old.tlv", "new.tlv")
    md5, sha1 = (
        [hashlib.new(name, path.read_bytes()).hexdigest() for path in (old, new)]
        for name in ("md5", "sha1")
    )
    zeros = ":".join(["00"] * 10)
    name = 'cn="SAST-ADN0054f509        ";ou=IPCBU;o="Cisco Systems'
    assert [
        "--- old.tlv",
        "+++ new.tlv",
        "~ file",
        f"    md5   {md5[0]} -> {md5[1]}",
        f"    sha1  {sha1[0]} -> {sha1[1]}",
        f"~ record 1  SAST  {name}  serial {zeros}",
        f"    SERIALNUMBER  3C:F9:27:00:00:00:AF:A2:DA:45 -> {zeros}",
    ] == result.stdout.splitlines()
    assert 1 == result.status
    assert "note: new.tlv does not verify: the signature does not fit the file\n" in result.stderr


def test_json(run_ctlkit: RunCtlkit, old: Path, new: Path) -> None:
    """With --json there is one object with both sides, the field, and the values in hexadecimal."""
    result = run_ctlkit("diff", old, new, "--json")
    answer = result.json()
    assert (1, False) == (result.status, answer["same"])
    (change,) = answer["changed"]
    (field,) = change["fields"]
    assert (1, 1, "SAST") == (change["old_number"], change["number"], change["function"])
    assert ("SERIALNUMBER", SERIAL.hex(), "00" * 10) == (field["field"], field["old"], field["new"])
    assert {"length": 10, "bytes": SERIAL.hex()} == field["old_detail"]
    assert ["md5", "sha1"] == [each["field"] for each in answer["header"]]
    assert [] == answer["added"] + answer["removed"] + answer["moved"]
    assert old.read_bytes().index(SERIAL) == answer["first_byte"]
    assert [(True, None), (False, "signature-wrong")] == [
        (side["verified"], side["error"] and side["error"]["code"])
        for side in (answer["old"], answer["new"])
    ]
    assert ["difference-not-verified"] == [note["code"] for note in answer["notes"]]


def test_signer_digest_dates_and_records(run_ctlkit: RunCtlkit, make_list: MakeList) -> None:
    """Another signer, digest, date and name, a renewed certificate, a record more and one less."""
    fresh = make_certificate(CertificateSpec(subject="CN=cucm-1051-a-pub,O=Cisco", size=700))
    make_list("a.tlv")
    make_list(
        "b.tlv",
        tokens=(SECOND_NAME, FIRST_NAME),
        servers=(
            (Function.CCM_TFTP, fresh, PUBLISHER),
            (Function.CAPF, "CAPF-e41e7d87", PUBLISHER),
            (Function.TFTP, "cucm-1051-a-sub2", "10.48.47.155"),
        ),
        digest=Digest.SHA512,
        filename="ITLFile.tlv",
        timestamp=1_500_000_000,
    )
    answer = run_ctlkit("diff", "a.tlv", "b.tlv", "--json").json()
    header = {each["field"]: (each["old"], each["new"]) for each in answer["header"]}
    assert ("SHA1", "SHA512") == header["DIGESTALGORTITHM"]
    assert ("CTLFile.tlv", "ITLFile.tlv") == header["FILENAME"]
    assert ("2015-03-06T20:53:33Z", "2017-07-14T02:40:00Z") == header["TIMESTAMP"]
    assert ("83e9080000005545af31", SERIAL.hex()) == header["SERIALNUMBER"]
    assert ("CTL", "ITL") == header["kind"]
    assert {"SIGNERNAME", "SIGNATURE", "md5", "sha1", "length"} <= set(header)
    assert [(4, "CCM+TFTP")] == [(each["number"], each["function"]) for each in answer["removed"]]
    assert [(4, "TFTP")] == [(each["number"], each["function"]) for each in answer["added"]]
    (change,) = answer["changed"]
    certificate = next(each for each in change["fields"] if each["field"] == "CERTIFICATE")
    assert hashlib.sha1(fresh.der).hexdigest() == certificate["new"]
    assert fresh.der.hex() == certificate["new_detail"]["bytes"]
    assert certificate["new_detail"]["not_after"].endswith("Z")
    assert [(1, 5), (5, 1)] == [(each["old_number"], each["number"]) for each in answer["moved"]]
    lines = run_ctlkit("diff", "a.tlv", "b.tlv").stdout.splitlines()
    assert ["-", "+", "~", ">", ">"] == [line[0] for line in lines if " record " in line]
    assert any(line.startswith("    CERTIFICATE   SHA-1 ") and " to " in line for line in lines)


def test_pasted_text_of_the_same_list(run_ctlkit: RunCtlkit, old: Path) -> None:
    """What ``show`` printed, with prompt and CRLF, is the same; what it cannot tell is said."""
    pasted = text_of(run_ctlkit, old)
    for words in (("old.tlv", "pasted.txt"), ("pasted.txt", "old.tlv")):
        result = run_ctlkit("diff", *words)
        assert 0 == result.status
        assert result.stdout.startswith("the same in all that both tell: 5728 bytes, SHA-1 ")
        assert 1 == result.stderr.count("pasted.txt only the text of show ctl is known")
    answer = run_ctlkit("diff", pasted, "old.tlv", "--json").json()
    assert (True, None, True) == (
        answer["old"]["text"],
        answer["old"]["verified"],
        answer["new"]["verified"],
    )


def test_pasted_text_names_the_field(run_ctlkit: RunCtlkit, old: Path, new: Path) -> None:
    """Against pasted text the changed field is named too."""
    pasted = text_of(run_ctlkit, new)
    result = run_ctlkit("diff", old, pasted)
    assert 1 == result.status
    assert "    SERIALNUMBER  3C:F9:27:" in result.stdout
    assert "new.tlv" not in result.stdout
    assert f"+++ {pasted} (text of show ctl)" in result.stdout


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_text_from_any_editor(run_ctlkit: RunCtlkit, old: Path, encoding: str) -> None:
    """Text that an editor of Windows saved is read as well."""
    text = run_ctlkit("show", old).stdout
    pasted = old.with_name("pasted.txt")
    pasted.write_bytes(text.encode(encoding))
    assert 0 == run_ctlkit("diff", old, pasted).status


def test_a_cut_text(run_ctlkit: RunCtlkit, old: Path) -> None:
    """Records that a text leaves out are not removed, and that is said."""
    result = run_ctlkit("diff", old, SAMPLES / "tokens-5728.txt")
    assert 1 == result.status
    assert not any(line.startswith(("- ", "+ ")) for line in result.stdout.splitlines())
    assert "is cut: what it leaves out was not compared" in result.stderr
    assert f"(records of {old} that it does not show: 3)" in result.stderr


def test_standard_input(run_ctlkit: RunCtlkit, old: Path) -> None:
    """A minus is standard input, for one of the two."""
    text = run_ctlkit("show", old).stdout
    result = run_ctlkit("diff", "-", old, stdin=text)
    assert (0, True) == (result.status, "of standard input only the text" in result.stderr)
    twice = run_ctlkit("diff", "-", "-", stdin=text)
    assert (2, "") == (twice.status, twice.stdout)
    assert "standard input (-) can be read once only" in twice.stderr


def test_places_and_names(run_ctlkit: RunCtlkit, old: Path, new: Path, tftp: Path) -> None:
    """A side may be a place or a configured name; a file of that name comes first."""
    (tftp / "CTLFile.tlv").write_bytes(new.read_bytes())
    config = old.with_name("config.toml")
    config.write_text("[places.site]\nurl = 'folder:tftp'\n[places.tftp]\nurl = 'folder:tftp'\n")
    for side in ("folder:tftp", "site", "tftp"):
        answer = run_ctlkit("diff", "new.tlv", side, "--config", config, "--json").json()
        assert (True, side, "place") == (
            answer["same"],
            answer["new"]["side"],
            answer["new"]["source"],
        )
    old.rename(old.with_name("site"))
    answer = run_ctlkit("diff", "new.tlv", "site", "--config", config, "--json").json()
    assert (False, "file") == (answer["same"], answer["new"]["source"])


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("nowhere", None, "nowhere: there is neither a file nor a place of that name"),
        ("odd:thing", None, "odd:thing: there is neither a file nor a place of that name"),
        ("folder:tftp", None, "folder:tftp holds no such file"),
        ("tftp", None, "tftp is a directory, not a file"),
        ("bad.tlv", b"\1\0\2\1\2\2", "bad.tlv cannot be read as a list: a field is cut"),
        ("empty.tlv", b"", "empty.tlv cannot be read as a list: the file is empty"),
        ("zeros", bytes(40), "zeros cannot be read as a list: this is no trust list"),
        ("note.txt", b"hello\x1b[31m", "note.txt is no list, and as output of show ctl"),
        ("none.txt", (SAMPLES / "no-ctl.txt").read_bytes(), "a server that has no such file"),
        ("fifo", None, "fifo is a FIFO, not a file"),
    ],
)
def test_a_side_that_cannot_be_read(
    run_ctlkit: RunCtlkit, old: Path, tftp: Path, name: str, data: bytes | None, words: str
) -> None:
    """A side that is missing or is no list is status 4, and the error names it."""
    if data is not None:
        old.with_name(name).write_bytes(data)
    if name == "fifo":
        os.mkfifo(old.with_name(name))
    for sides in ((old, name), (name, old)):
        result = run_ctlkit("diff", *sides)
        assert (4, "") == (result.status, result.stdout)
        assert words in result.stderr
        assert 2 == result.stderr.count("\n")
        assert "\x1b" not in result.stderr
    assert words in run_ctlkit("diff", old, name, "--json").json()["error"]["message"]


def test_a_list_against_a_signed_file(run_ctlkit: RunCtlkit, old: Path) -> None:
    """A list and a signed configuration file are not compared; two of the latter are."""
    signed = SAMPLES.parent / "lists" / "signed-file.cnf.xml.sgn"
    result = run_ctlkit("diff", old, signed)
    assert (2, "") == (result.status, result.stdout)
    assert "is a signed configuration file and" in result.stderr
    same = run_ctlkit("diff", signed, signed)
    assert (0, True) == (same.status, "could not be told" in same.stderr)


def test_hostile_names_stay_off_the_terminal(run_ctlkit: RunCtlkit, old: Path) -> None:
    """Control characters of a list are escaped."""
    data = old.read_bytes()
    harm = b"\x1b]0;x\x07\r\n" + b"y" * 9
    at = data.index(b"CN=cucm-1051-a-pub")
    path = old.with_name("harm.tlv")
    path.write_bytes(data[:at] + harm + data[at + len(harm) :])
    for words in ((old, path), (path, old)):
        result = run_ctlkit("diff", *words)
        assert 1 == result.status
        assert "\\x1b]0;x\\x07\\r\\n" in result.stdout
        assert not {"\x1b", "\x07", "\r"} & set(result.stdout + result.stderr)


def test_values_that_look_alike(run_ctlkit: RunCtlkit, old: Path) -> None:
    """Two long values that begin alike are told by their first bytes that differ."""
    value = decode(old.read_bytes())
    assert isinstance(value, TrustList)
    key = value.records[0].public_key
    assert key is not None
    other = key[:100] + bytes(8) + key[108:]
    old.with_name("other.tlv").write_bytes(
        value.raw.replace(b"\7\0\x8c" + key, b"\7\0\x8c" + other)
    )
    result = run_ctlkit("diff", "old.tlv", "other.tlv")
    line = next(line for line in result.stdout.splitlines() if "PUBLICKEY" in line)
    words = f"140 bytes, at offset 100 {key[100:108].hex()} -> 140 bytes, at offset 100 {'00' * 8}"
    assert f"    PUBLICKEY  {words}" == line


def test_a_difference_of_fifty_thousand_lines_ends(run_ctlkit: RunCtlkit, old: Path) -> None:
    """There are as many lines as a person reads, and how many more is said; JSON has them all."""
    path = old.with_name("tiny.tlv")
    records = bytes.fromhex("0100020005") * ((4 * 65536 - 304) // 5)
    path.write_bytes(old.read_bytes()[:304] + records)
    result = run_ctlkit("diff", old, path)
    assert 1 == result.status
    assert "more lines are not shown; --json has them all" in result.stdout
    assert 510 > result.stdout.count("\n")
    answer = run_ctlkit("diff", old, path, "--json").json()
    assert 50_000 < len(answer["added"])


def test_colours_on_a_terminal(run_pty: RunTerminal, old: Path, new: Path) -> None:
    """A terminal gets colours unless NO_COLOR says no, and never a line broken in two."""
    coloured = run_pty("diff", "old.tlv", "new.tlv")
    assert 1 == coloured.status
    assert "\x1b[31m--- old.tlv\x1b[0m\n" in coloured.output
    plain = run_pty("diff", "old.tlv", "new.tlv", env={"NO_COLOR": "1"})
    assert "--- old.tlv\n+++ new.tlv\n" in plain.output
    assert "\x1b" not in plain.output


def test_pasting_at_the_terminal(run_pty: RunTerminal, old: Path) -> None:
    """Who types a minus at a terminal is told what to do."""
    result = run_pty("diff", "-", "old.tlv", answers=[("Ctrl-D", "nothing\n\x04")])
    assert 4 == result.status
    assert "standard input is no list, and as output of show ctl it cannot be read" in result.output
