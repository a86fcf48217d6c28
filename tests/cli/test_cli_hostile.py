"""Lists that were made to do harm: to the terminal, to scripts, to patience."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import MakeList, Material
    from tests.conftest import RunCtlkit


@pytest.fixture
def tiny_records(make_list: MakeList) -> Path:
    """Make a file of the greatest size out of the smallest records."""
    path = make_list()
    header = path.read_bytes()[:304]
    path.write_bytes(header + bytes.fromhex("0100020005") * ((4 * 65536 - 304) // 5))
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "ascii", "cp1252"])
def test_json_is_ascii_whatever_the_list_and_the_output(
    run_ctlkit: RunCtlkit, make_list: MakeList, encoding: str
) -> None:
    """Control characters of eight bits and letters beyond ASCII are escaped as JSON escapes."""
    path = make_list()
    data = path.read_bytes()
    harm = "CN=\u009b2J\u00e9\U0001f600".encode()
    at = data.index(b"CN=cucm-1051-a-pub")
    path.write_bytes(data[:at] + harm + data[at + len(harm) :])
    result = run_ctlkit("show", path, "--json", env={"PYTHONIOENCODING": encoding})
    assert 3 == result.status
    assert result.stdout.isascii()
    assert "\u009b2J\u00e9\U0001f600" in json.loads(result.stdout)["records"][1]["subject"]


def test_a_table_of_fifty_thousand_records_ends(run_ctlkit: RunCtlkit, tiny_records: Path) -> None:
    """A table has as many rows as a person reads, and says how many more there are."""
    result = run_ctlkit("show", tiny_records, "--format", "table", timeout=20)
    assert 3 == result.status
    assert "51868 more rows are not shown" in result.stdout
    assert 520 > result.stdout.count("\n")


@pytest.mark.parametrize("option", ["--signer", "--add-token"])
def test_a_bare_certificate_is_no_token(
    run_ctlkit: RunCtlkit, material: Material, tftp: Path, option: str
) -> None:
    """A certificate without its key proves no token: rule 1 is not met by it."""
    other = {"--signer": "--add-token", "--add-token": "--signer"}[option]
    result = run_ctlkit(
        "update",
        "folder:tftp",
        option,
        material.publisher,
        other,
        material.first,
        *material.servers,
    )
    assert 4 == result.status
    assert "holds no private key" in result.stderr
    assert [] == list(tftp.iterdir())
