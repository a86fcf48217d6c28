"""``ctlkit preflight``: calls that make no sense, and lists that are none."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import RunCtlkit


def test_a_place_with_a_list_that_no_phone_took(
    run_ctlkit: RunCtlkit, tokens: Path, new: Path, tftp: Path
) -> None:
    """A damaged list in a place is an error: it must not pass as phones without a list."""
    (tftp / "CTLFile.tlv").write_bytes(forged(tokens))
    result = run_ctlkit("preflight", "folder:tftp", new, "--json")
    assert (3, "preflight-list-not-valid") == (result.status, result.json()["error"]["code"])
    assert "tftp/CTLFile.tlv" in result.stderr


def forged(path: Path) -> bytes:
    """The bytes of a list with one changed near the end of its last record."""
    data = path.read_bytes()
    return data[:-1] + bytes((data[-1] ^ 1,))


def hostile(kind: str, path: Path) -> bytes:
    """What may lie under the name of a list."""
    kinds: dict[str, bytes] = {
        "forged": forged(path),
        "cut": path.read_bytes()[:3000],
        "empty": b"",
        "text": b"no list\x1b[2J",
        "huge": bytes(8 * 1024 * 1024),
        "lengths": b"\x01\x00\x02\x01\x01\x02\x00\x02\xff\xff" * 30,
    }
    return kinds[kind]


@pytest.mark.parametrize("kind", ["forged", "cut", "empty", "text", "huge", "lengths"])
@pytest.mark.parametrize("role", ["new", "old", "itl"])
def test_lists_that_are_none(
    run_ctlkit: RunCtlkit, tokens: Path, new: Path, tmp_path: Path, kind: str, role: str
) -> None:
    """Each list has to verify: 3 for a signature that is wrong, else 4; the file is named."""
    wrong = tmp_path / "wrong.tlv"
    wrong.write_bytes(hostile(kind, tokens))
    words: Sequence[str | Path] = {
        "new": (tokens, wrong),
        "old": (tokens, wrong, new),
        "itl": (tokens, new, "--itl", wrong),
    }[role]
    result = run_ctlkit("preflight", *words, "--json")
    assert (3 if kind == "forged" else 4) == result.status, result.stderr
    assert str(wrong) in result.json()["error"]["message"]
    assert 2 == len(result.stderr.splitlines())
    assert "\x1b" not in result.stderr


@pytest.mark.parametrize(
    ("words", "status", "code"),
    [
        (("none.tlv",), 4, "file-missing"),
        (("none.tlv", "new.tlv"), 4, "file-missing"),
        (("tokens.tlv", "."), 4, "file-not-regular"),
        (("/dev/zero",), 4, "file-not-regular"),
        (("new.tlv", "--store", "new.tlv"), 4, "certificate-file-unreadable"),
        (("new.tlv", "--store", "none.cer"), 4, "file-missing"),
        (("new.tlv", "--phones", "none.csv"), 4, "file-missing"),
        (("new.tlv", "--phones", "new.tlv"), 4, "phones-not-text"),
        (("new.tlv", "--itl", "tokens.tlv"), 2, "preflight-itl-is-ctl"),
        (("ITLFile.tlv", "new.tlv"), 2, "preflight-old-is-itl"),
        (("tokens.tlv", "ITLFile.tlv"), 2, "preflight-new-is-itl"),
        (("tokens.tlv", "folder:tftp"), 2, "preflight-new-is-place"),
        (("cucm://admin@publisher",), 2, "preflight-new-is-place"),
        (("lab:",), 2, "preflight-new-is-place"),
        (("nowhere://x", "new.tlv"), 2, "place-unknown"),
        (("folder:nowhere", "new.tlv"), 4, "place-no-folder"),
        (("lab:nowhere", "new.tlv"), 1, "lab-not-running"),
        (("http://127.0.0.1:1", "new.tlv"), 8, None),
        ((), 2, "usage"),
        (("new.tlv", "--models", "m.toml"), 2, "usage"),
    ],
)
@pytest.mark.usefixtures("tokens", "new", "itl")
def test_calls_that_make_no_sense(
    run_ctlkit: RunCtlkit, words: Sequence[str], status: int, code: str | None
) -> None:
    """Each mistake is one error with its own status."""
    result = run_ctlkit("preflight", *words, "--json")
    error = result.json()["error"]
    assert (status, code or error["code"]) == (result.status, error["code"])
    assert 2 >= len(result.stderr.splitlines())


def test_names_that_are_hostile(run_ctlkit: RunCtlkit, tokens: Path, new: Path) -> None:
    """A file's name cannot write to the terminal, however it is shown."""
    odd = new.with_name("n\x1b[2Jew\n.tlv")
    new.rename(odd)
    held = tokens.with_name("t\x1b[2J.tlv")
    tokens.rename(held)
    result = run_ctlkit("preflight", held, odd)
    assert 0 == result.status
    assert "\x1b" not in result.stdout + result.stderr
    assert "n\\x1b[2Jew\\n.tlv" in result.stdout
