"""Files that are no lists: one error, the offset where there is one, at once and never more."""

from __future__ import annotations

import os
import random
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import MakeList
    from tests.conftest import Result, RunCtlkit

COMMAND = Path(sys.executable).with_name("ctlkit")
GIGABYTE = 1 << 30


def _two_lines(result: Result) -> bool:
    """Whether standard error is one error: what happened, and what to do."""
    return bool(re.fullmatch(r"ctlkit: [^\n]+\n  [^\n]+\n", result.stderr))


def _directory(path: Path) -> None:
    path.mkdir()


def _fifo(path: Path) -> None:
    os.mkfifo(path)


def _loop(path: Path) -> None:
    path.symlink_to(path)


def _huge(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(GIGABYTE)


@pytest.mark.parametrize("command", ["show", "verify"])
@pytest.mark.parametrize(
    ("make", "reason"),
    [
        pytest.param(_directory, "is a directory", id="directory"),
        pytest.param(_fifo, "is a FIFO", id="fifo"),
        pytest.param(_loop, "Too many levels of symbolic links", id="loop"),
        pytest.param(_huge, "is larger than", id="huge"),
    ],
)
def test_what_is_no_ordinary_file(
    run_ctlkit: RunCtlkit, tmp_path: Path, command: str, make: Callable[[Path], None], reason: str
) -> None:
    """A directory, a FIFO, a loop and a huge file are refused at once, by name."""
    path = tmp_path / "CTLFile.tlv"
    make(path)
    result = run_ctlkit(command, path, timeout=10)
    assert 4 == result.status
    assert reason in result.stderr
    assert _two_lines(result)


def test_huge_files_take_no_memory(tmp_path: Path) -> None:
    """A gigabyte is refused by a process that may not hold a quarter of it."""
    _huge(tmp_path / "huge.tlv")
    done = subprocess.run(
        ["sh", "-c", 'ulimit -v 262144; exec "$0" verify huge.tlv', COMMAND],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (4, "huge.tlv: not readable\n") == (done.returncode, done.stdout)


@pytest.mark.parametrize("command", ["show", "verify"])
def test_a_file_without_permission(make_list: MakeList, command: str) -> None:
    """What may not be read is status 4 with the system's reason."""
    path = make_list()
    path.chmod(0)
    done = subprocess.run(
        [*_without_privilege(), COMMAND, command, path], capture_output=True, text=True, check=False
    )
    assert 4 == done.returncode
    assert "Permission denied" in done.stderr
    assert "Traceback" not in done.stderr


def _without_privilege() -> list[str]:
    """Words before a command that keep it from reading what permissions forbid, root or not."""
    if os.geteuid():
        return []
    return ["setpriv", "--bounding-set=-dac_override,-dac_read_search"]


@pytest.mark.parametrize("name", ["CTLFile.tlv", "ITLFile.tlv"])
@pytest.mark.parametrize("empty", [False, True], ids=["missing", "empty"])
def test_show_says_not_found_as_the_server_does(
    run_ctlkit: RunCtlkit, tmp_path: Path, name: str, empty: bool
) -> None:
    """A missing or an empty file gives the server's text and status 1."""
    if empty:
        (tmp_path / name).touch()
    result = run_ctlkit("show", name)
    kind = name[:3]
    assert 1 == result.status
    assert (
        f"Length of {kind} file: 0\n\n{kind} File not found. Please run CTLClient plugin or run"
        f" the CLI - utils ctl.. to generate the {kind} file.\nError parsing the {kind} File.\n"
    ) == result.stdout
    assert _two_lines(result)


def test_show_says_not_found_as_json(run_ctlkit: RunCtlkit) -> None:
    """With --json a missing file is length 0 and an error with a code of its own."""
    result = run_ctlkit("--json", "show", "CTLFile.tlv")
    answer = result.json()
    assert (1, 0, "no-list-there") == (result.status, answer["length"], answer["error"]["code"])


@pytest.mark.parametrize("empty", [False, True], ids=["missing", "empty"])
def test_verify_of_nothing_is_unreadable(
    run_ctlkit: RunCtlkit, tmp_path: Path, empty: bool
) -> None:
    """To verify a missing or an empty file is status 4, and the file is named."""
    if empty:
        (tmp_path / "nothing.tlv").touch()
    result = run_ctlkit("verify", "nothing.tlv")
    assert (4, "nothing.tlv: not readable\n") == (result.status, result.stdout)
    assert result.stderr.startswith("ctlkit: nothing.tlv: ")
    assert _two_lines(result)


CUTS = (1, 2, 3, 4, 9, 15, 40, 100, 180, 303, 305, 311, 700, 1489, 1491, 3000, 5727)


def test_a_cut_file_is_told_with_its_offset(
    run_ctlkit: RunCtlkit, make_list: MakeList, tmp_path: Path
) -> None:
    """Cut anywhere, a list is unreadable, and the offset lies within what is left of it."""
    data = make_list().read_bytes()
    names = []
    for cut in CUTS:
        names.append(f"{cut}.tlv")
        (tmp_path / names[-1]).write_bytes(data[:cut])
    result = run_ctlkit("verify", *names, "--json")
    assert 4 == result.status
    assert [*names] == [line["file"] for line in result.json_lines()]
    for cut, line in zip(CUTS, result.json_lines(), strict=True):
        assert "unreadable" == line["verdict"], cut
        assert 0 <= line["error"]["offset"] <= cut, cut
        assert f"byte {line['error']['offset']}" in line["error"]["message"]


def test_show_prints_what_it_could_read(run_ctlkit: RunCtlkit, make_list: MakeList) -> None:
    """A list that ends in its fifth record is printed up to there, then the reason: status 4."""
    path = make_list()
    path.write_bytes(path.read_bytes()[:5000])
    result = run_ctlkit("show", path)
    assert 4 == result.status
    assert "\tCTL Record #:4" in result.stdout
    *_, parsing, reason = result.stdout.splitlines()
    assert "Error parsing the CTL File." == parsing
    assert re.search(r"\(byte \d+, record 5\b", reason)
    assert f"ctlkit: {reason}" == result.stderr.splitlines()[0]
    assert _two_lines(result)


@pytest.mark.parametrize("padding", [b"\x0d", b"\x0d" * 4, bytes(1), bytes(512), b"\n"])
def test_padding_after_the_last_record_is_an_error(
    run_ctlkit: RunCtlkit, make_list: MakeList, padding: bytes
) -> None:
    """Nothing may follow the last record, not even padding; the error says where it begins."""
    path = make_list()
    length = path.stat().st_size
    path.write_bytes(path.read_bytes() + padding)
    result = run_ctlkit("show", path, "--json")
    assert 4 == result.status
    assert length <= result.json()["error"]["offset"] <= length + len(padding)
    assert 5 <= len(result.json()["records"])


def test_random_bytes_are_no_list(run_ctlkit: RunCtlkit, tmp_path: Path) -> None:
    """Random files of many lengths are unreadable, each with its own error, without a crash."""
    source = random.Random(4947)
    names = [f"{number}.tlv" for number in range(80)]
    for number, name in enumerate(names):
        head = b"\x01\x00\x02\x01\x02" if number % 2 else b""
        (tmp_path / name).write_bytes(head + source.randbytes(1 + number * number))
    result = run_ctlkit("verify", *names, "--json")
    lines = result.json_lines()
    assert (4, names) == (result.status, [line["file"] for line in lines])
    assert {"unreadable"} == {line["verdict"] for line in lines}


def test_a_hostile_file_name_is_escaped(run_ctlkit: RunCtlkit, tmp_path: Path) -> None:
    """Control characters in a name reach no terminal, bytes that are no text crash nothing."""
    for name in (b"evil\x1b[2J.tlv", b"latin-\xe9.tlv"):
        (tmp_path / os.fsdecode(name)).write_bytes(b"no list")
        result = run_ctlkit("verify", os.fsdecode(name))
        assert 4 == result.status
        assert "\x1b" not in result.stdout + result.stderr
        assert _two_lines(result)
