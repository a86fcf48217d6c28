"""``ctlkit preflight``: which phones accept a list, told beforehand."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ctlkit.trustlist import Digest, Function
from softhsm_fixtures import (
    FIRST_NAME,
    SECOND_NAME,
    CertificateSpec,
    make_certificate,
)

if TYPE_CHECKING:
    from tests.cli.conftest import MakeList
    from tests.conftest import Result, RunCtlkit, RunTerminal

PUBLISHER = "cucm-1051-a-pub"
ASKING, SILENT, OTHER, AWAY = range(4)
ACCEPTS, REFUSES, CANNOT_TELL = "accepts", "refuses", "cannot tell"
COLOURS = re.compile(r"\x1b\[[0-9;]*m")
REMOVING = re.compile(
    r"\b(?:remov|delet|drop|tak\w+ out)[^.\n]*\b(?:ITLRecovery|CallManager)", re.IGNORECASE
)


def answers(result: Result) -> list[str]:
    """What each class of phones does."""
    return [item["answer"] for item in result.json()["phones"]]


def remedies(result: Result) -> list[str]:
    """The codes of what can be done."""
    return [item["code"] for item in result.json()["remedies"]]


def codes(result: Result) -> set[str]:
    """The codes of the warnings."""
    return {item["code"] for item in result.json()["warnings"]}


def judged(run_ctlkit: RunCtlkit, *words: str | Path, status: int) -> Result:
    """Run it both ways; neither may ever advise to remove the server's own signers."""
    shown = run_ctlkit("preflight", *words)
    assert status == shown.status, shown.stderr
    result = run_ctlkit("preflight", *words, "--json")
    assert (status, shown.stderr) == (result.status, result.stderr)
    for said in REMOVING.finditer(shown.stdout + shown.stderr):
        assert "never" in said[0], said[0]
    for item in result.json()["phones"]:
        assert item["title"] in shown.stdout
        assert item["reason"] in shown.stdout
    for remedy in result.json()["remedies"]:
        assert remedy["title"] in shown.stdout
        assert all(step["text"] in shown.stdout for step in remedy["steps"])
    for warning in result.json()["warnings"]:
        assert warning["message"] in shown.stderr
    return result


def test_a_token_that_was_never_uploaded(run_ctlkit: RunCtlkit, tokenless: Path, new: Path) -> None:
    """After a tokenless list all phones refuse; the safer bridge is the first way out."""
    result = judged(run_ctlkit, tokenless, new, status=3)
    assert [REFUSES] * 4 == answers(result)
    assert ["remedy-bridge", "remedy-upload", "remedy-by-hand"] == remedies(result)
    bridge, upload, _ = result.json()["remedies"]
    assert [
        *("step-upload", "step-bridge-update", "step-bridge-look", "step-wait-for-phones"),
        "step-update-that-list",
    ] == [step["code"] for step in bridge["steps"]]
    assert {FIRST_NAME, SECOND_NAME} <= set(re.findall(r"SAST-\w+", upload["steps"][0]["text"]))
    assert result.json()["all_accept"] is False
    assert {"accept": 0, "refuse": None, "cannot_tell": 0} == result.json()["counts"]
    assert "signer-new" in codes(result)
    shown = run_ctlkit("preflight", tokenless, new).stdout
    assert "\nAll phones refuse.\n" in shown
    assert shown.index("\nA. let the server list the tokens first") < shown.index("\nB. ")


def test_a_token_in_the_store(
    run_ctlkit: RunCtlkit, tokenless: Path, new: Path, uploaded: Path
) -> None:
    """With the token's certificate in a store phones that ask accept, and a 7960 refuses."""
    result = judged(run_ctlkit, tokenless, new, "--store", uploaded, status=3)
    assert [ACCEPTS, REFUSES, CANNOT_TELL, CANNOT_TELL] == answers(result)
    asking, silent, *_ = result.json()["phones"]
    assert (True, False) == (asking["security_by_default"], silent["security_by_default"])
    assert "7960" in silent["title"]
    assert ["remedy-find-out", "remedy-bridge", "remedy-upload", "remedy-by-hand"] == remedies(
        result
    )
    assert {"known": 1, "complete": False} == result.json()["stores"]
    assert "trust-service-unasked" in codes(result)


def test_a_token_that_phones_know(run_ctlkit: RunCtlkit, tokens: Path, new: Path) -> None:
    """Where the token is a signer in the old list all phones accept."""
    result = judged(run_ctlkit, tokens, new, status=0)
    assert [ACCEPTS] * 4 == answers(result)
    assert result.json()["all_accept"] is True
    assert [] == remedies(result)
    shown = run_ctlkit("preflight", tokens, new)
    assert "\nAll phones accept.\n" in shown.stdout
    assert "What can be done" not in shown.stdout
    assert "\x1b" not in shown.stdout


def test_what_is_judged(run_ctlkit: RunCtlkit, tokens: Path, new: Path, itl: Path) -> None:
    """The lists are told with signer, serial, digest, bytes and dates, as text and as JSON."""
    words = ("preflight", tokens.name, new.name, "--itl", itl.name)
    shown = run_ctlkit(*words).stdout.splitlines()
    size = new.stat().st_size
    assert [
        "new.tlv",
        f"  signed by {SECOND_NAME} (83:E9:08:00:00:00:55:45:AF:31)",
        "  SHA1, key of 1024 bits",
        f"  {size} bytes, dated 2015-03-07T03:46:40Z",
        "against",
        f"  CTL tokens.tlv, signed by {FIRST_NAME} (3C:F9:27:00:00:00:AF:A2:DA:45)",
    ] == shown[:6]
    assert shown[6].startswith(f"  ITL ITLFile.tlv, signed by {PUBLISHER} (")
    answer = run_ctlkit(*words, "--json").json()
    listed = answer["new"]
    assert ("new.tlv", SECOND_NAME, "83e9080000005545af31", "SHA1", size) == (
        *(listed["file"], listed["signer"], listed["serial"], listed["digest"], listed["size"]),
    )
    assert "2015-03-07T03:46:40Z" == listed["timestamp"]
    assert ["tokens.tlv"] == [item["title"] for item in answer["olds"]]
    assert ["ITLFile.tlv"] == [item["title"] for item in answer["itls"]]


def test_a_file_of_phones(
    run_ctlkit: RunCtlkit, tokenless: Path, new: Path, uploaded: Path, tmp_path: Path
) -> None:
    """With --phones models and numbers are told; phones that are away are a class of their own."""
    phones = tmp_path / "phones.csv"
    phones.write_text(
        "model,count,registered\nCisco 7960,120,yes\nCisco 8861,300,yes\n8861,12,no\n8845,1,yes\n"
    )
    words = (tokenless, new, "--store", uploaded, "--phones", phones)
    result = judged(run_ctlkit, *words, status=3)
    assert [
        ("7960", "7960", 120, True, REFUSES),
        ("8861", "8861", 300, True, ACCEPTS),
        ("8861, not registered", "8861", 12, False, ACCEPTS),
        ("8845", "8845", 1, True, CANNOT_TELL),
    ] == [
        (item["title"], item["model"], item["count"], item["registered"], item["answer"])
        for item in result.json()["phones"]
    ]
    assert {"accept": 312, "refuse": 120, "cannot_tell": 1} == result.json()["counts"]
    assert "phones-are-away" in codes(result)
    shown = run_ctlkit("preflight", *words).stdout
    assert "\n312 phones accept, 120 refuse, for 1 it cannot be told.\n" in shown
    assert re.search(r"^ 7960 +120 +refuses +\S", shown, re.MULTILINE)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("7960,1\n8861,1\n", "1 phone accepts, 1 refuses."),
        ("7960,2\n", "All phones refuse."),
        ("8845,1\n", "For 1 phone it cannot be told."),
        ("7960,2\n8845,3\n", "2 phones refuse, for 3 it cannot be told."),
        ("8861,2\n", "All phones accept."),
    ],
)
def test_the_verdict_in_one_line(
    run_ctlkit: RunCtlkit,
    tokenless: Path,
    new: Path,
    uploaded: Path,
    tmp_path: Path,
    rows: str,
    said: str,
) -> None:
    """The verdict tells how many phones do what, and leaves out what none does."""
    phones = tmp_path / "phones.csv"
    phones.write_text(rows)
    words = (tokenless, new, "--store", uploaded, "--phones", phones)
    assert f"\n{said}\n" in run_ctlkit("preflight", *words).stdout


def test_models_of_the_configuration(
    run_ctlkit: RunCtlkit, tokenless: Path, new: Path, uploaded: Path, tmp_path: Path
) -> None:
    """A table of models that the configuration names decides about a model that it knows."""
    folder = tmp_path / "own"
    folder.mkdir()
    (folder / "models.toml").write_text(
        'schema = 1\n[[model]]\nname = "8845"\nsecurity-by-default = true\nsource = "tried"\n'
    )
    (folder / "config.toml").write_text('[preflight]\nmodels = "models.toml"\n')
    (tmp_path / "phones.csv").write_text("8845\n")
    words = ("preflight", tokenless, new, "--store", uploaded, "--phones", "phones.csv", "--json")
    assert [CANNOT_TELL] == answers(run_ctlkit(*words))
    result = run_ctlkit(*words, "--config", folder / "config.toml")
    assert (0, [ACCEPTS]) == (result.status, answers(result))
    (folder / "models.toml").write_text("schema = 2\n")
    assert 2 == run_ctlkit(*words, "--config", folder / "config.toml").status


def test_several_old_lists(
    run_ctlkit: RunCtlkit, tokenless: Path, tokens: Path, new: Path, uploaded: Path
) -> None:
    """Phones accept only where each list that they may hold leads to it; the lists are told."""
    words = (tokens, tokenless, new, "--store", uploaded)
    result = judged(run_ctlkit, *words, status=3)
    assert [ACCEPTS, REFUSES, CANNOT_TELL, CANNOT_TELL] == answers(result)
    silent = result.json()["phones"][SILENT]
    assert [(str(tokens), ACCEPTS), (str(tokenless), REFUSES)] == [
        (item["old"], item["answer"]) for item in silent["against"]
    ]
    shown = run_ctlkit("preflight", *words).stdout
    depends = shown[shown.index("The answer depends on the list that they hold:") :]
    assert f"  accepts with {tokens}\n" in depends
    assert f"  refuses with {tokenless}\n" in depends
    assert "with Security by Default" not in depends.partition("What can be done")[0]


def test_no_old_list(run_ctlkit: RunCtlkit, new: Path, itl: Path, uploaded: Path) -> None:
    """Phones without a CTL are judged by the ITL, which has to be shown to be sure."""
    result = judged(run_ctlkit, new, status=3)
    assert (CANNOT_TELL, ACCEPTS) == (answers(result)[ASKING], answers(result)[SILENT])
    assert [None] == [item["old"] for item in result.json()["phones"][ASKING]["against"]]
    assert "  CTL: none, phones that never had one\n" in run_ctlkit("preflight", new).stdout
    with_itl = judged(run_ctlkit, new, "--itl", itl, status=3)
    assert REFUSES == answers(with_itl)[ASKING]
    vouched = judged(run_ctlkit, new, "--itl", itl, "--store", uploaded, status=0)
    assert [ACCEPTS] * 4 == answers(vouched)


def test_an_itl_with_the_signer(run_ctlkit: RunCtlkit, tokenless: Path, itl: Path) -> None:
    """The first list of a cluster is accepted where its signer is one of the ITL."""
    result = judged(run_ctlkit, tokenless, "--itl", itl, status=0)
    assert "accepts-known-by-itl" == result.json()["phones"][ASKING]["code"]


def test_several_itls(
    run_ctlkit: RunCtlkit, make_list: MakeList, tokenless: Path, itl: Path
) -> None:
    """An ITL without a trust service leaves its phones with nobody to ask."""
    bare = make_list(
        "bare.tlv", tokens=[SECOND_NAME], servers=(), dialect="cucm", filename="ITLFile.tlv"
    )
    result = judged(run_ctlkit, tokenless, "--itl", itl, "--itl", bare, status=3)
    asking = result.json()["phones"][ASKING]
    assert [(str(itl), ACCEPTS), (str(bare), REFUSES)] == [
        (item["itl"], item["answer"]) for item in asking["against"]
    ]
    shown = run_ctlkit("preflight", tokenless, "--itl", itl, "--itl", bare).stdout
    assert f"  refuses with {bare}\n" in shown


def test_warnings_about_the_list(run_ctlkit: RunCtlkit, make_list: MakeList, tokens: Path) -> None:
    """Red warnings come first: lost signers of the server, SHA-512; then an older time stamp."""
    odd = make_list("odd.tlv", digest=Digest.SHA512, filename="CTLSEP001122334455.tlv", timestamp=5)
    result = judged(run_ctlkit, tokens, odd, status=3)
    assert {"server-sast-lost", "digest-sha512", "timestamp-older", "filename-inside"} <= codes(
        result
    )
    severities = [item["severity"] for item in result.json()["warnings"]]
    assert sorted(severities, key=["red", "amber", "note"].index) == severities
    assert "unsure-digest" == result.json()["phones"][ASKING]["code"]


def test_advice_of_red_warnings(
    run_ctlkit: RunCtlkit, make_list: MakeList, tokens: Path, uploaded: Path
) -> None:
    """Where no way that is told covers it, what to do follows; who has the options is said."""
    only = make_list("only.tlv", tokens=[SECOND_NAME])
    shown = run_ctlkit("preflight", tokens, only, "--store", uploaded).stderr
    lines = shown.splitlines()
    lost = [at for at, line in enumerate(lines) if "would lose its signer entry" in line]
    assert lost
    for at in lost:
        assert lines[at + 1].startswith("  Phones need it to recover. Make the list with it;")
    for line in lines:
        assert ("--confirm-" in line) <= ("place publish go on over it with" in line)


def test_all_known_signers_vanish(
    run_ctlkit: RunCtlkit, make_list: MakeList, tmp_path: Path, uploaded: Path
) -> None:
    """Phones that ask accept such a list; to keep a signer for a round is told as a way."""
    (tmp_path / "phones.csv").write_text("8861,3\n")
    old = make_list("old.tlv", tokens=[FIRST_NAME])
    only = make_list("only.tlv", tokens=[SECOND_NAME])
    words = (old, only, "--store", uploaded, "--phones", "phones.csv")
    result = judged(run_ctlkit, *words, status=0)
    assert ["remedy-keep-signer"] == remedies(result)
    assert "signers-vanish" in codes(result)
    assert "\n  Keep at least one until every phone has it;" in result.stderr


def test_a_list_that_is_too_long(run_ctlkit: RunCtlkit, make_list: MakeList, tokens: Path) -> None:
    """Phones refuse a list over 64 KB; what to remove is said, and what never."""
    server = make_certificate(CertificateSpec(subject="CN=server,O=Example", serial=5, size=900))
    long = make_list("long.tlv", servers=[(Function.TFTP, server, "10.0.0.1")] * 60)
    result = judged(run_ctlkit, tokens, long, status=3)
    assert ["refuses-size"] * 4 == [item["code"] for item in result.json()["phones"]]
    shorter = result.json()["remedies"][0]
    assert "remedy-shorter" == shorter["code"]
    assert "never ITLRecovery or CallManager" in shorter["steps"][0]["text"]


@pytest.mark.parametrize("place", ["folder:tftp", "site"])
def test_a_place_as_old(
    run_ctlkit: RunCtlkit, tokenless: Path, new: Path, tftp: Path, tmp_path: Path, place: str
) -> None:
    """The list of a folder, by its address or its configured name, is what phones hold."""
    (tmp_path / "config.toml").write_text('[places.site]\nurl = "folder:tftp"\n')
    shutil.copy(tokenless, tftp / "CTLFile.tlv")
    result = judged(run_ctlkit, place, new, "--config", "config.toml", status=3)
    assert [REFUSES] * 4 == answers(result)
    assert ["tftp/CTLFile.tlv"] == [item["title"] for item in result.json()["olds"]]


def test_a_place_that_holds_the_new_list_already(
    run_ctlkit: RunCtlkit, tokenless: Path, new: Path, tftp: Path
) -> None:
    """Phones may not have fetched it yet: the kept list counts too."""
    shutil.copy(new, tftp / "CTLFile.tlv")
    shutil.copy(tokenless, tftp / "CTLFile_old.tlv")
    result = judged(run_ctlkit, "folder:tftp", new, status=3)
    assert ["tftp/CTLFile.tlv", "tftp/CTLFile_old.tlv"] == [
        item["title"] for item in result.json()["olds"]
    ]


def lines_of(output: str) -> list[str]:
    """What a person sees of a terminal's output."""
    return COLOURS.sub("", output).splitlines()


def test_on_a_terminal(
    run_pty: RunTerminal, tokenless: Path, new: Path, uploaded: Path, tmp_path: Path
) -> None:
    """Answers have colours, and words; NO_COLOR takes the colours only. Nothing is torn."""
    (tmp_path / "phones.csv").write_text("7960,120\n8861,300\n")
    words = ("preflight", tokenless.name, new.name, "--store", uploaded, "--phones", "phones.csv")
    shown = run_pty(*words)
    assert 3 == shown.status
    assert "\x1b[31m" in shown.output
    plain = run_pty(*words, env={"NO_COLOR": "1"})
    assert "\x1b[31m" not in plain.output
    for columns in (80, 120):
        narrow = lines_of(run_pty(*words, env={"COLUMNS": str(columns)}).output)
        own = narrow[: next(at for at, line in enumerate(narrow) if "ctlkit: " in line)]
        assert columns >= max(map(len, own))
        assert any(re.match(r" 7960 +120 +refuses ", line) for line in own)
        assert any("(83:E9:08:00:00:00:55:45:AF:31)" in line for line in own[8:])


def test_help_tells_the_statuses(run_ctlkit: RunCtlkit) -> None:
    """The help says what OLD and NEW are, and what the exit statuses mean."""
    text = run_ctlkit("preflight", "--help").stdout
    assert "[OLD]... NEW" in text
    assert "Exit status" in text
