"""``ctlkit update`` where there is no list yet: what it makes, and what it refuses to make."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from softhsm_fixtures import FIRST_NAME, SECOND_NAME

if TYPE_CHECKING:
    from softhsm_fixtures.plugin import SoftHsmStore
    from tests.cli.conftest import MakeList, Material, Update
    from tests.conftest import RunCtlkit


def _rows(answer: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [(row["state"], row["function"], row["dns_name"]) for row in answer["rows"]]


def _signers(material: Material) -> tuple[str | Path, ...]:
    return ("--signer", material.first, "--add-token", material.second)


def test_two_tokens_make_the_published_list(
    run_ctlkit: RunCtlkit,
    update: Update,
    etokens: SoftHsmStore,
    module: tuple[str, str],
    material: Material,
    pin_file: Path,
    tftp: Path,
) -> None:
    """Token, CCM+TFTP, CAPF, CCM+TFTP, token, 5728 bytes, signed by the second: it verifies."""
    result = update(
        *("--add-token", FIRST_NAME, "--signer", SECOND_NAME),
        *material.servers,
        *(*module, "--pin-file", pin_file, "--json"),
    )
    assert 0 == result.status
    answer = result.json()
    assert [
        ("new", "SAST", ""),
        ("new", "CCM+TFTP", "10.48.47.153"),
        ("new", "CAPF", "10.48.47.153"),
        ("new", "CCM+TFTP", "10.48.47.154"),
        ("new", "SAST", ""),
    ] == _rows(answer)
    assert ["3cf927000000afa2da45", "83e9080000005545af31"] == [
        answer["rows"][at]["serial"] for at in (0, 4)
    ]
    assert (True, False, "mixed", 5728) == (
        answer["creating"],
        answer["dry_run"],
        answer["mode"],
        answer["published"][0]["length"],
    )
    path = tftp / "CTLFile.tlv"
    assert [path] == list(tftp.iterdir())
    assert 0o644 == path.stat().st_mode & 0o777
    assert 0 == run_ctlkit("verify", path).status


def test_the_result_is_told(update: Update, material: Material, tftp: Path) -> None:
    """A person sees each entry, what was written with both checksums, and what remains to do."""
    result = update("--add-token", material.first, "--signer", material.second, *material.servers)
    assert 0 == result.status
    rows = [line.split()[:2] for line in result.stdout.splitlines() if line.startswith(" new")]
    assert [["new", "SAST"], ["new", "CCM+TFTP"], ["new", "CAPF"]] == rows[:3]
    assert "folder:tftp: written, 5728 bytes, read back\n" in result.stdout
    assert " (MD5)\n" in result.stdout
    assert " (SHA1)\n" in result.stdout
    assert "ctlkit: note: afterwards restart one node at a time" in result.stderr


def test_a_dry_run_writes_and_asks_nothing(
    update: Update,
    etokens: SoftHsmStore,
    module: tuple[str, str],
    material: Material,
    tftp: Path,
) -> None:
    """--dry-run shows the same entries, needs no PIN and leaves the folder alone."""
    words: tuple[str | Path, ...] = (
        *("--add-token", FIRST_NAME, "--signer", SECOND_NAME),
        *material.servers,
        *(*module, "--dry-run"),
    )
    shown = update(*words)
    assert 0 == shown.status
    assert "Nothing was signed or written (--dry-run).\n" in shown.stdout
    answer = update(*words, "--json").json()
    assert (True, [], 5) == (answer["dry_run"], answer["published"], len(answer["rows"]))
    assert [] == list(tftp.iterdir())


@pytest.mark.parametrize(
    ("words", "status", "code", "told"),
    [
        (("first",), 3, "two-tokens-needed", "rule 1"),
        (("first", "first"), 3, "two-tokens-needed", "rule 1"),
        (("first", "copy"), 3, "two-tokens-needed", "rule 1"),
        (("first", "second", "none"), 3, "servers-needed", "rule 4"),
        (("first", "second", "capf"), 3, "servers-needed", "rule 4"),
        (("first", "second", "no-ip"), 2, "server-address-missing", "ip=ADDRESS"),
    ],
)
def test_what_a_new_list_needs(
    update: Update,
    material: Material,
    tftp: Path,
    words: tuple[str, ...],
    status: int,
    code: str,
    told: str,
) -> None:
    """One token twice, no server, a server without address: refused, with the rule named."""
    copy = material.first.with_name("copy.pem")
    copy.write_bytes(material.first.read_bytes())
    files = {"first": material.first, "second": material.second, "copy": copy}
    servers = {
        "none": (),
        "capf": ("--server", f"CAPF,{material.capf},ip=10.0.0.1"),
        "no-ip": ("--server", f"CCM+TFTP,{material.publisher}"),
    }
    signer, *more = (files[word] for word in words if word in files)
    tokens = [word for path in more for word in ("--add-token", str(path))]
    given = next((servers[word] for word in words if word in servers), material.servers)
    result = update("--signer", signer, *tokens, *given, "--json")
    assert (status, code) == (result.status, result.json()["error"]["code"])
    assert told in result.stderr
    assert [] == list(tftp.iterdir())


@pytest.mark.parametrize(
    ("server", "status", "told"),
    [
        ("CCM+TFTP", 2, "FUNCTION,CERT[,name=N][,ip=A]"),
        ("BOSS,{pub},ip=10.0.0.1", 2, "FUNCTION,CERT[,name=N][,ip=A]"),
        ("CCM+TFTP,{pub},address=10.0.0.1", 2, "FUNCTION,CERT[,name=N][,ip=A]"),
        ("CCM+TFTP,{pub},ip=10.0.0.300", 2, "ip must be an IPv4 or IPv6 address"),
        ("CCM+TFTP,nowhere.pem,ip=10.0.0.1", 4, "nowhere.pem: there is no such file"),
        ("CCM+TFTP,{list},ip=10.0.0.1", 4, "this is no X.509 certificate"),
        ("CCM+TFTP,.,ip=10.0.0.1", 4, "is a directory"),
    ],
)
def test_a_server_that_is_none(
    update: Update, material: Material, tmp_path: Path, server: str, status: int, told: str
) -> None:
    """A --server that cannot be understood or read is told with what it should be."""
    (tmp_path / "x.tlv").write_text("no certificate")
    named = server.format(pub=material.publisher, list="x.tlv")
    result = update("--signer", material.first, "--add-token", material.second, "--server", named)
    assert (status, "") == (result.status, result.stdout)
    assert told in result.stderr


def test_commas_in_a_certificates_path(update: Update, material: Material) -> None:
    """The path of a server's certificate may hold commas; name and address end it."""
    odd = material.publisher.with_name("pub,lisher.pem")
    material.publisher.rename(odd)
    result = update(
        *("--signer", material.first, "--add-token", material.second, "--dry-run", "--json"),
        *("--server", f"ccm+tftp,{odd},name=pub,ip=2001:db8::1"),
    )
    assert ("CCM+TFTP", "2001:db8::1") == (
        result.json()["rows"][1]["function"],
        result.json()["rows"][1]["ip_address"],
    )


def test_other_dialects(update: Update, material: Material) -> None:
    """--profile cucm names servers, usecallmanager has no names and no non-secure mode."""
    words: tuple[str | Path, ...] = (
        "--signer",
        material.first,
        "--add-token",
        material.second,
        "--dry-run",
        "--json",
    )
    named = ("--server", f"CCM+TFTP,{material.publisher},name=cucm-pub,ip=10.0.0.1")
    cucm = update(*words, *named, "--profile", "cucm").json()
    assert ("cucm-pub", "10.0.0.1") == (
        cucm["rows"][1]["dns_name"],
        cucm["rows"][1]["ip_address"],
    )
    bare = ("--server", f"CCM+TFTP,{material.publisher}", "--profile", "usecallmanager")
    asterisk = update(*words, *bare).json()
    assert (None, None) == (asterisk["rows"][1]["dns_name"], asterisk["rows"][1]["ip_address"])
    refused = update(*words, *bare, "--mode", "non-secure")
    assert (3, "non-secure-profile") == (refused.status, refused.json()["error"]["code"])


def test_the_mode_of_a_new_list(
    update: Update, material: Material, tmp_path: Path, run_ctlkit: RunCtlkit, tftp: Path
) -> None:
    """Without a list the mode is stated, or stands in the configuration, or is mixed."""
    words = (*_signers(material), *material.servers, "--dry-run", "--json")
    assert "mixed" == update(*words).json()["mode"]
    assert "non-secure" == update(*words, "--mode", "non-secure").json()["mode"]
    (tmp_path / "my.toml").write_text(
        f"[places.site]\nurl = 'folder:{tftp}'\nmode = 'non-secure'\n"
    )
    answer = run_ctlkit("update", "site", *words, "--config", "my.toml").json()
    assert "non-secure" == answer["mode"]
    assert [None, None] == [
        row["serial"] for row in answer["rows"] if row["function"] == "CCM+TFTP"
    ]


def test_sha512_needs_its_confirmation(
    update: Update, material: Material, tmp_path: Path, tftp: Path
) -> None:
    """SHA-512, by option or configuration, is red: status 3 until the word is given."""
    words: tuple[str | Path, ...] = (
        "--signer",
        material.first,
        "--add-token",
        material.second,
        *material.servers,
    )
    (tmp_path / "my.toml").write_text("[update]\ndigest = 'sha512'\n")
    for choice in (("--digest", "sha512"), ("--config", "my.toml")):
        refused = update(*words, *choice, "--yes")
        assert 3 == refused.status
        assert "--confirm-lockout LOCKOUT" in refused.stderr
    assert 3 == update(*words, *choice, "--confirm-lockout", "lockout").status
    assert 3 == update(*words, *choice, "--dry-run").status
    assert [] == list(tftp.iterdir())
    assert 0 == update(*words, *choice, "--confirm-lockout", "LOCKOUT").status
    assert 0 == update("--signer", material.first, "--json").status


def test_a_place_that_is_none(run_ctlkit: RunCtlkit, material: Material, tmp_path: Path) -> None:
    """A folder that is missing or a file, and an unknown name, are told before any token."""
    (tmp_path / "file").touch()
    statuses = {"folder:nowhere": 4, "folder:file": 4, "office": 2, "floppy:a": 2}
    for place, status in statuses.items():
        result = run_ctlkit("update", place, "--signer", "no such token")
        assert status == result.status, place


def test_an_itl_file_gives_servers_that_are_confirmed(
    update: Update, make_list: MakeList, material: Material, tftp: Path
) -> None:
    """Certificates of an ITL file that nothing vouches for need their fingerprints confirmed."""
    itl = make_list("ITLFile.tlv", tokens=["stranger"], filename="ITLFile.tlv")
    words: tuple[str | Path, ...] = (
        "--signer",
        material.first,
        "--add-token",
        material.second,
        "--itl",
        itl,
    )
    refused = update(*words, "--yes")
    assert 3 == refused.status
    assert "was not authenticated (rule 4)" in refused.stderr
    asked = re.findall(r"--confirm-fingerprint (SHA256:[0-9A-F:]+)", refused.stderr)
    assert 3 == len(set(asked))
    some = [word for each in asked[:2] for word in ("--confirm-fingerprint", each)]
    assert 3 == update(*words, *some).status
    assert [] == list(tftp.iterdir())
    done = update(*words, *some, "--confirm-fingerprint", asked[2].lower(), "--json")
    assert 0 == done.status
    assert ["SAST", "CCM+TFTP", "CAPF", "CCM+TFTP", "SAST"] == [
        row["function"] for row in done.json()["rows"]
    ]


@pytest.mark.parametrize("content", [b"nothing", b"", None], ids=["text", "empty", "missing"])
def test_an_itl_file_that_is_none(
    update: Update, material: Material, tmp_path: Path, content: bytes | None
) -> None:
    """An ITL file that cannot be read is status 4."""
    if content is not None:
        (tmp_path / "ITLFile.tlv").write_bytes(content)
    words = _signers(material)
    assert 4 == update(*words, "--itl", "ITLFile.tlv").status
