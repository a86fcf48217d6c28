"""``ctlkit show``: the server's own text, a table or JSON, of every kind of file."""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ctlkit.trustlist import Digest, Function

if TYPE_CHECKING:
    from tests.cli.conftest import MakeList, Material
    from tests.conftest import RunCtlkit

MODIFIED = 1_425_675_213  # Fri Mar 06 20:53:33 UTC 2015


@pytest.fixture
def published(make_list: MakeList) -> Path:
    """Give a list with the figures of the published one of 5728 bytes, and its date."""
    path = make_list()
    os.utime(path, (MODIFIED, MODIFIED))
    return path


def test_prints_the_servers_head(run_ctlkit: RunCtlkit, published: Path) -> None:
    """Checksums, length, date and the start of the table stand as the server prints them."""
    data = published.read_bytes()
    result = run_ctlkit("show", published)
    expected = [
        "The checksum value of the CTL file:",
        f"{hashlib.md5(data).hexdigest()}(MD5)",
        f"{hashlib.sha1(data).hexdigest()}(SHA1)",
        "",
        "Length of CTL file: 5728",
        "The CTL File was last modified on Fri Mar 06 20:53:33 UTC 2015",
        "",
        "Parse CTL File",
        "----------------",
        "",
        "Version:\t1.2",
        "HeaderLength:\t304 (BYTES)",
        "",
        "BYTEPOS\tTAG\t\tLENGTH\tVALUE",
        "-------\t---\t\t------\t-----",
        "3\tSIGNERID\t2\t117",
        '4\tSIGNERNAME\t56\tcn="SAST-ADN008580ef        ";ou=IPCBU;o="Cisco Systems',
        "5\tSERIALNUMBER\t10\t83:E9:08:00:00:00:55:45:AF:31",
        "6\tCANAME\t42\tcn=Cisco Manufacturing CA;o=Cisco Systems",
    ]
    assert expected == result.stdout.splitlines()[: len(expected)]
    assert (0, "") == (result.status, result.stderr)


def test_prints_each_record(run_ctlkit: RunCtlkit, published: Path) -> None:
    """The first and the last record are those of the published text, line by line."""
    shown = run_ctlkit("show", published).stdout
    first = shown[shown.index("\tCTL Record #:1") : shown.index("\tCTL Record #:2")]
    assert [
        "\tCTL Record #:1",
        "\t\t  ----",
        "BYTEPOS\tTAG\t\tLENGTH\tVALUE",
        "-------\t---\t\t------\t-----",
        "1\tRECORDLENGTH\t2\t1186",
        "2\tDNSNAME\t1\t",
        '3\tSUBJECTNAME\t56\tcn="SAST-ADN0054f509        ";ou=IPCBU;o="Cisco Systems',
        "4\tFUNCTION\t2\tSystem Administrator Security Token",
        "5\tISSUERNAME\t42\tcn=Cisco Manufacturing CA;o=Cisco Systems",
        "6\tSERIALNUMBER\t10\t3C:F9:27:00:00:00:AF:A2:DA:45",
        "7\tPUBLICKEY\t140\t",
    ] == first.splitlines()[:11]
    assert re.search(
        r"\n9\tCERTIFICATE\t902\t([0-9A-F]{2} ){20}\(SHA1 Hash HEX\)\n10\tIPADDRESS\t4\t\n\n"
        r"This etoken was not used to sign the CTL file\.\n",
        first,
    )
    assert shown.endswith(
        "\n\nThis etoken was used to sign the CTL file.\n\n"
        "The CTL file was verified successfully.\n"
    )


def test_dates_are_local_and_english(run_ctlkit: RunCtlkit, published: Path) -> None:
    """The date is that of the reader's zone; the names of day and month stay English."""
    shown = run_ctlkit(
        "show", published, env={"TZ": "CET-1CEST,M3.5.0,M10.5.0/3", "LC_ALL": "de_DE.UTF-8"}
    ).stdout
    assert "last modified on Fri Mar 06 21:53:33 CET 2015\n" in shown


def test_an_itl_file_says_itl(run_ctlkit: RunCtlkit, make_list: MakeList) -> None:
    """The file's own FILENAME decides whether it is called CTL or ITL."""
    path = make_list("renamed.tlv", filename="ITLFile.tlv")
    shown = run_ctlkit("show", path).stdout
    assert "Length of ITL file: " in shown
    assert "CTL" not in shown.replace("signed by", "")
    assert shown.endswith("The ITL file was verified successfully.\n")


@pytest.mark.parametrize("dialect", ["ctl-client", "cucm", "usecallmanager"])
def test_shows_any_dialect(run_ctlkit: RunCtlkit, make_list: MakeList, dialect: str) -> None:
    """Lists of all three dialects are read, verified, and given field by field."""
    answer = run_ctlkit("--json", "show", make_list(dialect=dialect)).json()
    assert (True, None) == (answer["verified"], answer["error"])
    assert [0, 2, 4, 2, 0] == [record["function"] for record in answer["records"]]


def test_json_gives_every_field(run_ctlkit: RunCtlkit, published: Path) -> None:
    """With --json the fields in order, encoded again, are the bytes of the file."""
    answer = run_ctlkit("show", published, "--json").json()
    header = answer["header"]
    raw = b"".join(map(_encoded, header["fields"]))
    raw = raw.ljust(-(-len(raw) // 4) * 4, b"\x0d")
    for record in answer["records"]:
        raw += b"".join(map(_encoded, record["fields"]))
    assert published.read_bytes() == raw
    assert ("ctl", 5728, 304) == (answer["kind"], answer["length"], header["length"])
    assert ("SHA1", "CTLFile.tlv", "2015-03-06T20:53:33Z") == (
        header["digest"],
        header["filename"],
        header["timestamp"],
    )


def _encoded(field: dict[str, object]) -> bytes:
    tag = field["tag"]
    assert isinstance(tag, int)
    if tag == 13:
        return b""
    if "children" in field:
        children = field["children"]
        assert isinstance(children, list)
        value = b"".join(map(_encoded, children))
    else:
        value = bytes.fromhex(str(field["value"]))
    return bytes([tag]) + len(value).to_bytes(2, "big") + value


def test_table_has_one_line_an_entry(run_ctlkit: RunCtlkit, published: Path) -> None:
    """--format table prints each entry on a line, marks the signer and ends with the verdict."""
    lines = run_ctlkit("show", published, "--format", "table").stdout.splitlines()
    entries = [line.split() for line in lines if re.match(r" *\d ", line)]
    assert [["1", "SAST"], ["2", "CCM+TFTP"], ["3", "CAPF"], ["4", "CCM+TFTP"], ["5", "yes"]] == [
        entry[:2] for entry in entries
    ]
    assert "The CTL file was verified successfully." == lines[-1]


def test_a_changed_file_is_printed_and_fails(run_ctlkit: RunCtlkit, published: Path) -> None:
    """A wrong signature is told after everything was printed, with status 3."""
    data = bytearray(published.read_bytes())
    data[-1] ^= 1
    published.write_bytes(data)
    result = run_ctlkit("show", published)
    assert 3 == result.status
    assert "\tCTL Record #:5" in result.stdout
    assert "Verification of the CTL file failed: " in result.stdout.splitlines()[-1]
    assert 2 == len(result.stderr.splitlines())


def test_trust_decides_about_the_signer(
    run_ctlkit: RunCtlkit, published: Path, material: Material
) -> None:
    """--trust takes a certificate; one that did not sign gives status 3, the signer's gives 0."""
    assert 0 == run_ctlkit("show", published, "--trust", material.second).status
    refused = run_ctlkit("show", published, "--trust", material.stranger, "--json")
    assert 3 == refused.status
    assert "signer-not-trusted" == refused.json()["error"]["code"]


def test_trust_is_checked_itself(
    run_ctlkit: RunCtlkit, published: Path, make_list: MakeList
) -> None:
    """A list named with --trust has to verify first: a forged one vouches for nothing."""
    forged = make_list("forged.tlv")
    data = bytearray(forged.read_bytes())
    data[-1] ^= 1
    forged.write_bytes(data)
    result = run_ctlkit("show", published, "--trust", forged)
    assert (3, "") == (result.status, result.stdout)


def test_hostile_texts_do_not_reach_the_terminal(
    run_ctlkit: RunCtlkit, make_list: MakeList
) -> None:
    """Escape sequences in a list's names are printed as escapes, in every form."""
    path = make_list(servers=[(Function.CCM_TFTP, "cucm-1051-a-pub", "10.0.0.1")])
    data = path.read_bytes()
    assert data.count(b"Malopolska") == 4
    path.write_bytes(data.replace(b"Malopolska", b"\x1b]0;evil\x07\n"))
    for words in ((), ("--format", "table"), ("--json",)):
        result = run_ctlkit("show", path, *words)
        assert 3 == result.status
        assert not {"\x1b", "\x07"} & set(result.stdout + result.stderr)


def test_a_file_called_like_an_option(run_ctlkit: RunCtlkit, published: Path) -> None:
    """After -- a name that begins with a dash is a name, --json too."""
    (published.parent / "--json").write_bytes(published.read_bytes())
    result = run_ctlkit("show", "--", "--json")
    assert 0 == result.status
    assert result.stdout.startswith("The checksum value")


def test_sha512_lists_are_shown(run_ctlkit: RunCtlkit, make_list: MakeList) -> None:
    """A list signed with SHA-512 verifies, and its digest is named."""
    answer = run_ctlkit("show", make_list(digest=Digest.SHA512), "--json").json()
    assert (True, "SHA512") == (answer["verified"], answer["header"]["digest"])


def test_a_signer_that_is_no_entry_cannot_be_checked(
    run_ctlkit: RunCtlkit, published: Path
) -> None:
    """Where no record is the signer's the answer is that it could not be told: status 3."""
    data = published.read_bytes()
    at = data.index(bytes.fromhex("83e908000000"))
    published.write_bytes(data[:at] + bytes(10) + data[at + 10 :])
    result = run_ctlkit("show", published)
    assert 3 == result.status
    assert "The CTL file could not be verified: " in result.stdout.splitlines()[-1]
