"""``ctlkit verify``: one line a file, any number of files, and what is trusted."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ctlkit.trustlist import Digest, Function
from softhsm_fixtures import (
    FIRST_NAME,
    SECOND_NAME,
    CertificateSpec,
    etoken_certificate,
    make_certificate,
)

if TYPE_CHECKING:
    from tests.cli.conftest import MakeList, Material
    from tests.conftest import RunCtlkit, RunTerminal


@pytest.fixture
def invalid(make_list: MakeList) -> Path:
    """Give a list that was changed after it was signed."""
    path = make_list("invalid.tlv")
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    return path


@pytest.fixture
def unreadable(tmp_path: Path) -> Path:
    """Give a file that is no list."""
    path = tmp_path / "unreadable.tlv"
    path.write_bytes(b"no list at all")
    return path


def test_a_valid_list_is_one_line(run_ctlkit: RunCtlkit, make_list: MakeList) -> None:
    """A valid list's line names its signer and its weak points; nothing else is said."""
    result = run_ctlkit("verify", make_list().name)
    assert (0, "") == (result.status, result.stderr)
    (line,) = result.stdout.splitlines()
    assert line.startswith(
        'CTLFile.tlv: valid, signed by cn="SAST-ADN008580ef        ";ou=IPCBU;o="Cisco Systems; '
    )
    assert "SHA-1" in line
    assert "1024 bits" in line


def test_warnings_are_codes_in_json(run_ctlkit: RunCtlkit, make_list: MakeList) -> None:
    """Weak points are warnings with codes: SHA-1, short keys, fewer than two SAST."""
    (line,) = run_ctlkit("verify", make_list(tokens=[FIRST_NAME]), "--json").json_lines()
    codes = {warning["code"] for warning in line["warnings"]}
    assert {"weak-sha1", "weak-signer-key", "weak-record-keys", "few-sast"} == codes
    assert ("valid", "SHA1", 1024) == (line["verdict"], line["digest"], line["key_bits"])


def test_sha512_is_not_weak(run_ctlkit: RunCtlkit, make_list: MakeList) -> None:
    """SHA-512 is named and gives no warning about SHA-1."""
    (line,) = run_ctlkit("verify", make_list(digest=Digest.SHA512), "--json").json_lines()
    assert "SHA512" == line["digest"]
    assert "weak-sha1" not in {warning["code"] for warning in line["warnings"]}


def test_an_expired_certificate_is_a_warning(run_ctlkit: RunCtlkit, make_list: MakeList) -> None:
    """A certificate that ran out is told, and the list stays valid: phones do not look."""
    old = make_certificate(
        CertificateSpec(subject="CN=old", not_after=datetime(2015, 3, 6, tzinfo=UTC))
    )
    result = run_ctlkit("verify", make_list(servers=[(Function.CCM_TFTP, old, "10.0.0.1")]))
    assert 0 == result.status
    assert "ran out on 2015-03-06" in result.stdout


@pytest.mark.parametrize(
    ("names", "status"),
    [
        (("CTLFile.tlv",), 0),
        (("CTLFile.tlv", "invalid.tlv"), 3),
        (("unreadable.tlv", "CTLFile.tlv", "invalid.tlv"), 4),
        (("invalid.tlv", "CTLFile.tlv", "unreadable.tlv"), 4),
    ],
)
def test_the_worst_file_decides(
    run_ctlkit: RunCtlkit,
    make_list: MakeList,
    invalid: Path,
    unreadable: Path,
    names: tuple[str, ...],
    status: int,
) -> None:
    """Of several files 4 comes before 3 before 0; each has its line, in the order named."""
    make_list()
    words = {"CTLFile.tlv": "valid,", "invalid.tlv": "not valid", "unreadable.tlv": "not readable"}
    result = run_ctlkit("verify", *names)
    assert status == result.status
    lines = result.stdout.splitlines()
    assert len(names) == len(lines)
    for name, line in zip(names, lines, strict=True):
        assert line.startswith(f"{name}: {words[name]}")


def test_many_files_keep_their_order(
    run_ctlkit: RunCtlkit, make_list: MakeList, invalid: Path, unreadable: Path, tmp_path: Path
) -> None:
    """Hundreds of files go through several processes and come back in the order named."""
    valid = make_list()
    names = [f"{number:03}.tlv" for number in range(300)]
    sources = {0: valid, 1: invalid, 2: unreadable, 3: valid}
    for number, name in enumerate(names):
        (tmp_path / name).hardlink_to(sources[number % 4])
    for jobs in (("--jobs", "2"), ("--jobs", "1")):
        result = run_ctlkit("verify", *names, "--json", *jobs)
        lines = result.json_lines()
        assert (4, names) == (result.status, [line["file"] for line in lines])
        verdicts = [line["verdict"] for line in lines]
        assert ["valid", "invalid", "unreadable", "valid"] * 75 == verdicts


def test_a_bar_shows_how_far_many_files_are(
    run_pty: RunTerminal, make_list: MakeList, tmp_path: Path
) -> None:
    """On a terminal the results are seen themselves, without a bar between them."""
    valid = make_list()
    names = [f"{number}.tlv" for number in range(80)]
    for name in names:
        shutil.copyfile(valid, tmp_path / name)
    result = run_pty("verify", *names)
    assert (0, 80) == (result.status, result.output.count(": valid, signed by"))
    assert "verifying" not in result.output


def test_a_trusted_list_knows_the_signer(
    run_ctlkit: RunCtlkit, make_list: MakeList, tmp_path: Path
) -> None:
    """A list that the trusted one's token signed is valid; a stranger's is refused, status 3."""
    trusted = make_list("trusted.tlv")
    make_list("next.tlv", tokens=[SECOND_NAME, FIRST_NAME])
    make_list("foreign.tlv", tokens=[FIRST_NAME, "stranger"])
    result = run_ctlkit("verify", "next.tlv", "foreign.tlv", "--trust", trusted, "--json")
    assert 3 == result.status
    known, unknown = result.json_lines()
    assert ("valid", "invalid") == (known["verdict"], unknown["verdict"])
    assert "signer-not-trusted" == unknown["error"]["code"]


@pytest.mark.parametrize("form", ["pem", "der"])
def test_a_trusted_certificate_knows_itself(
    run_ctlkit: RunCtlkit, make_list: MakeList, material: Material, tmp_path: Path, form: str
) -> None:
    """--trust takes a certificate in PEM or DER; several make a choice of trusted ones."""
    own = etoken_certificate(SECOND_NAME)
    path = tmp_path / f"own.{form}"
    path.write_bytes(own.der if form == "der" else own.certificate_pem)
    trust = ("--trust", material.stranger, "--trust", path)
    assert 0 == run_ctlkit("verify", make_list(), *trust).status
    assert 3 == run_ctlkit("verify", make_list(), *trust[:2]).status


@pytest.mark.parametrize(
    ("content", "status"), [(None, 4), (b"nothing", 4), (b"", 4)], ids=["missing", "text", "empty"]
)
def test_what_cannot_be_trusted_stops_it(
    run_ctlkit: RunCtlkit, make_list: MakeList, tmp_path: Path, content: bytes | None, status: int
) -> None:
    """A --trust that is neither list nor certificate is an error before any file is verified."""
    path = make_list()
    if content is not None:
        (tmp_path / "trusted").write_bytes(content)
    result = run_ctlkit("verify", path, "--trust", "trusted")
    assert (status, "") == (result.status, result.stdout)
    assert "trusted" in result.stderr


def test_file_names_in_errors_are_not_guessed(run_ctlkit: RunCtlkit, tmp_path: Path) -> None:
    """A file whose name is a word of the error is named all the same."""
    (tmp_path / "file").write_bytes(b"?")
    assert run_ctlkit("verify", "file").stderr.startswith("ctlkit: file: ")


@pytest.mark.parametrize("jobs", ["0", "-1", "many", "257"])
def test_jobs_is_a_number(run_ctlkit: RunCtlkit, make_list: MakeList, jobs: str) -> None:
    """--jobs takes 1 to 256; anything else is a usage error."""
    assert 2 == run_ctlkit("verify", make_list(), "--jobs", jobs).status
