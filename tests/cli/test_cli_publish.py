"""``ctlkit place publish``, ``fetch`` and ``delete``: a signed list and its folders."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from softhsm_fixtures import FIRST_NAME, SECOND_NAME

if TYPE_CHECKING:
    from tests.cli.conftest import MakeList
    from tests.conftest import RunCtlkit

FIRST_TIME = 1_425_000_000


@pytest.fixture
def present(make_list: MakeList, tftp: Path) -> Path:
    """Put a list that the second token signed into the folder."""
    return make_list("tftp/CTLFile.tlv", timestamp=FIRST_TIME)


@pytest.fixture
def fresh(make_list: MakeList) -> Path:
    """Write a newer list of the same two tokens, signed by the first."""
    return make_list("new.tlv", tokens=[SECOND_NAME, FIRST_NAME], timestamp=FIRST_TIME + 60)


def test_a_signed_list_is_put_in_its_place(
    run_ctlkit: RunCtlkit, present: Path, fresh: Path
) -> None:
    """It is written, read back, and the list before is kept; repeating it touches nothing."""
    before = present.read_bytes()
    result = run_ctlkit("place", "publish", "folder:tftp", fresh)
    assert 0 == result.status, result.stderr
    assert fresh.read_bytes() == present.read_bytes()
    assert before == present.with_name("CTLFile_old.tlv").read_bytes()
    assert f"folder:tftp: written, {len(before)} bytes, read back\n" in result.stdout
    again = run_ctlkit("place", "publish", "folder:tftp", fresh, "--json").json()
    assert [False] == [item["changed"] for item in again["published"]]
    assert [True] == [item["held"] for item in again["targets"]]
    assert before == present.with_name("CTLFile_old.tlv").read_bytes()


def test_a_dry_run_writes_nothing(
    run_ctlkit: RunCtlkit, present: Path, fresh: Path, tmp_path: Path
) -> None:
    """Each node is told with what would become of it."""
    (tmp_path / "second").mkdir()
    (tmp_path / "second" / "CTLFile.tlv").write_bytes(fresh.read_bytes())
    before = present.read_bytes()
    words = ("place", "publish", "folder:tftp", "folder:second", fresh, "--dry-run")
    result = run_ctlkit(*words)
    assert 0 == result.status
    assert "folder:tftp: CTLFile.tlv: would be written\n" in result.stdout
    assert "folder:second: CTLFile.tlv: holds this list already\n" in result.stdout
    assert before == present.read_bytes()
    targets = run_ctlkit(*words, "--json").json()["targets"]
    assert [False, True] == [item["held"] for item in targets]


def test_every_place_answers_before_the_first_byte(
    run_ctlkit: RunCtlkit, present: Path, fresh: Path
) -> None:
    """One place that cannot be read leaves the other as it was."""
    before = present.read_bytes()
    result = run_ctlkit("place", "publish", "folder:tftp", "folder:nowhere", fresh)
    assert 4 == result.status
    assert before == present.read_bytes()
    assert not present.with_name("CTLFile_old.tlv").exists()


def test_a_forged_list_is_not_published(run_ctlkit: RunCtlkit, present: Path, fresh: Path) -> None:
    """A signature that does not fit is status 3, and nothing is written."""
    before = present.read_bytes()
    data = fresh.read_bytes()
    fresh.write_bytes(data[:-1] + bytes((data[-1] ^ 1,)))
    assert 3 == run_ctlkit("place", "publish", "folder:tftp", fresh).status
    fresh.write_bytes(b"no list")
    assert 4 == run_ctlkit("place", "publish", "folder:tftp", fresh).status
    assert before == present.read_bytes()


def test_a_signer_that_phones_do_not_know(
    run_ctlkit: RunCtlkit, present: Path, make_list: MakeList
) -> None:
    """A list of other tokens needs both its confirmations: new signer, and all known ones gone."""
    other = make_list("other.tlv", tokens=["stranger", "another"], timestamp=FIRST_TIME + 60)
    before = present.read_bytes()
    words: tuple[str | Path, ...] = ("place", "publish", "folder:tftp", other)
    for more, code in (
        ((), "signer-new"),
        (("--confirm-new-signer",), "signers-vanish"),
        (("--confirm-new-signer", "--confirm-lockout", "lockout"), "signers-vanish"),
    ):
        result = run_ctlkit(*words, *more, "--json")
        assert (3, code) == (result.status, result.json()["error"]["code"])
        assert before == present.read_bytes()
    result = run_ctlkit(*words, "--confirm-new-signer", "--confirm-lockout", "LOCKOUT")
    assert 0 == result.status, result.stderr
    assert other.read_bytes() == present.read_bytes()


def test_an_older_list_is_told(run_ctlkit: RunCtlkit, present: Path, make_list: MakeList) -> None:
    """A list dated before the present one is published with a warning."""
    older = make_list("older.tlv", tokens=[SECOND_NAME, FIRST_NAME], timestamp=FIRST_TIME - 60)
    result = run_ctlkit("place", "publish", "folder:tftp", older)
    assert (0, True) == (result.status, "older" in result.stderr)
    assert older.read_bytes() == present.read_bytes()


def test_a_list_for_chosen_phones(run_ctlkit: RunCtlkit, present: Path, fresh: Path) -> None:
    """It lies beside the list of all under the phones' own names, however the MAC is written."""
    before = present.read_bytes()
    result = run_ctlkit(
        *("place", "publish", "folder:tftp", fresh),
        *("--phone", "00:11:aa:bb:cc:dd", "--phone", "SEP0011AABBCCDE"),
    )
    assert 0 == result.status, result.stderr
    assert before == present.read_bytes()
    for mac in ("0011AABBCCDD", "0011AABBCCDE"):
        assert fresh.read_bytes() == present.with_name(f"CTLSEP{mac}.tlv").read_bytes()
    assert 2 == run_ctlkit("place", "publish", "folder:tftp", fresh, "--phone", "7975").status


def test_fetching_is_byte_for_byte(run_ctlkit: RunCtlkit, present: Path, tmp_path: Path) -> None:
    """The list lands in the named file; an existing one is not replaced unasked."""
    result = run_ctlkit("place", "fetch", "folder:tftp", "-o", "copy.tlv")
    assert 0 == result.status, result.stderr
    copy = tmp_path / "copy.tlv"
    assert present.read_bytes() == copy.read_bytes()
    copy.write_bytes(b"mine")
    assert 1 == run_ctlkit("place", "fetch", "folder:tftp", "-o", "copy.tlv").status
    assert b"mine" == copy.read_bytes()
    answer = run_ctlkit("place", "fetch", "folder:tftp", "-o", "copy.tlv", "--force", "--json")
    assert len(present.read_bytes()) == answer.json()["fetched"]["length"]
    assert present.read_bytes() == copy.read_bytes()


def test_fetching_what_is_not_there(run_ctlkit: RunCtlkit, tftp: Path, tmp_path: Path) -> None:
    """No list, no ITL file and no such node are told; nothing is written."""
    for words, status in (((), 4), (("--itl",), 4), (("--node", "another"), 2)):
        assert status == run_ctlkit("place", "fetch", "folder:tftp", *words).status
    assert not (tmp_path / "CTLFile.tlv").exists()


def test_deleting_a_list_of_a_mixed_cluster(run_ctlkit: RunCtlkit, present: Path) -> None:
    """It needs its own confirmation, keeps the list, and restoring brings it back."""
    data = present.read_bytes()
    result = run_ctlkit("place", "delete", "folder:tftp", "--json")
    assert (3, "delete-in-mixed-mode") == (result.status, result.json()["error"]["code"])
    assert data == present.read_bytes()
    result = run_ctlkit("place", "delete", "folder:tftp", "--confirm-delete-in-mixed-mode")
    assert (0, True) == (result.status, "folder:tftp: deleted\n" in result.stdout)
    assert not present.exists()
    assert data == present.with_name("CTLFile_old.tlv").read_bytes()
    answer = run_ctlkit("place", "delete", "folder:tftp", "--json").json()
    assert [] == answer["published"]
    assert 0 == run_ctlkit("place", "restore", "folder:tftp", "--confirm-restore").status
    assert data == present.read_bytes()


def test_a_folder_has_no_services(run_ctlkit: RunCtlkit, present: Path) -> None:
    """Restarting needs a cluster."""
    result = run_ctlkit("place", "restart", "folder:tftp")
    assert (2, True) == (result.status, "no services" in result.stderr)
