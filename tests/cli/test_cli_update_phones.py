"""``ctlkit update`` and ``place publish``: what phones will do, and the consent to lose some."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from softhsm_fixtures import SECOND_NAME

if TYPE_CHECKING:
    from tests.cli.conftest import MakeList, Material, Update
    from tests.conftest import RunCtlkit

NEWER = 1_425_675_999
NEW_SIGNER = "--confirm-new-signer"


@pytest.fixture
def present(make_list: MakeList, tftp: Path) -> Path:
    """Put the published list, signed by the second token, into the folder."""
    return make_list("tftp/CTLFile.tlv")


@pytest.fixture
def words(material: Material, present: Path) -> tuple[str | Path, ...]:
    """Give the words by which a token signs that phones do not know."""
    assert present.exists()
    return ("--signer", material.stranger, "--add-token", material.second)


def _phones(folder: Path, *lines: str) -> Path:
    path = folder / "phones.csv"
    path.write_text("\n".join(("model,count,registered", *lines)))
    return path


def test_phones_that_know_the_signer(update: Update, material: Material, present: Path) -> None:
    """A list that a known token signs is accepted by all, and needs no word about phones."""
    done = update("--signer", material.first)
    assert (0, True) == (done.status, present.exists())
    assert "All phones accept" in done.stdout


def test_the_number_of_phones_is_the_word(
    update: Update, words: tuple[str, ...], present: Path, tmp_path: Path
) -> None:
    """Where a file tells which phones there are, their number confirms; no other word does."""
    before = present.read_bytes()
    listed = ("--phones", _phones(tmp_path, "7960,12,yes", "8861,3,yes"), NEW_SIGNER)
    for more in ((), ("--confirm-lockout", "LOCKOUT"), ("--confirm-lockout", "12")):
        refused = update(*words, *listed, *more)
        assert (3, before) == (refused.status, present.read_bytes())
        assert "--confirm-lockout 15" in refused.stderr
        assert "12 x 7960" in refused.stderr
    assert 0 == update(*words, *listed, "--confirm-lockout", "15").status


def test_vouched_phones_need_no_word(
    update: Update, material: Material, words: tuple[str, ...], tmp_path: Path
) -> None:
    """With the certificate in a store phones that ask accept: only the new signer is confirmed."""
    vouched = ("--phones", _phones(tmp_path, "8861,3,yes"), "--store", material.stranger)
    refused = update(*words, *vouched)
    assert (3, True) == (refused.status, NEW_SIGNER in refused.stderr)
    done = update(*words, *vouched, NEW_SIGNER)
    assert 0 == done.status
    assert "ctlkit tvs query says so for each node" in done.stderr


def test_absent_phones_are_told(
    update: Update, material: Material, present: Path, tmp_path: Path
) -> None:
    """Phones that are not registered may hold an older list: that is said, and asks for nothing."""
    assert present.exists()
    phones = _phones(tmp_path, "7960,2,yes", "7960,5,no")
    done = update("--signer", material.first, "--phones", phones)
    assert 0 == done.status
    assert "5 phones are not registered now and may hold an older list" in done.stderr


def test_one_word_for_all(
    update: Update, words: tuple[str, ...], present: Path, tmp_path: Path
) -> None:
    """SHA-512 and phones that refuse are confirmed by the same number."""
    listed = ("--phones", _phones(tmp_path, "7960,12,yes"), "--digest", "sha512", NEW_SIGNER)
    refused = update(*words, *listed)
    assert (3, True) == (refused.status, present.exists())
    assert "LOCKOUT" not in refused.stderr
    assert 0 == update(*words, *listed, "--confirm-lockout", "12").status


def test_a_first_list_is_told_without_a_word(
    update: Update, material: Material, tftp: Path
) -> None:
    """Phones without a CTL have no list to lose: what they do is told, and asks for nothing."""
    servers = ("--server", f"CCM+TFTP,{material.publisher},ip=10.48.47.153")
    done = update("--signer", material.first, "--add-token", material.second, *servers)
    assert (0, True) == (done.status, (tftp / "CTLFile.tlv").exists())
    assert "whether phones without a CTL take this list cannot be told" in done.stderr


def test_publishing_asks_for_the_number_too(
    run_ctlkit: RunCtlkit, make_list: MakeList, present: Path, tmp_path: Path
) -> None:
    """A list made elsewhere needs the same consent where it is put on nodes."""
    before = present.read_bytes()
    strange = make_list("strange.tlv", tokens=(SECOND_NAME, "SAST-ADN00a00009"), timestamp=NEWER)
    words = ("place", "publish", "folder:tftp", strange, NEW_SIGNER)
    phones = ("--phones", _phones(tmp_path, "7960,4,yes"))
    refused = run_ctlkit(*words, *phones, "--confirm-lockout", "LOCKOUT")
    assert (3, before) == (refused.status, present.read_bytes())
    assert "--confirm-lockout 4" in refused.stderr
    assert 0 == run_ctlkit(*words, *phones, "--confirm-lockout", "4").status


def test_files_that_are_no_phones(
    update: Update, material: Material, present: Path, tmp_path: Path
) -> None:
    """A CSV or a certificate that cannot be read is one error, and nothing is signed."""
    before = present.read_bytes()
    (tmp_path / "wrong.csv").write_bytes(b"\0\1\2")
    for option, name in (("--phones", "wrong.csv"), ("--phones", "none"), ("--store", "none")):
        result = update("--signer", material.first, option, tmp_path / name)
        assert (4, before) == (result.status, present.read_bytes())
