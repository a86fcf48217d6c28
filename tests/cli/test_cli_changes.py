"""``ctlkit update`` where there is a list: who may sign, what stays, what must be confirmed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ctlkit.trustlist import Digest, Function
from softhsm_fixtures import FIRST_NAME, SECOND_NAME, CertificateSpec, make_certificate

if TYPE_CHECKING:
    from tests.cli.conftest import MakeList, Material, Update
    from tests.conftest import RunCtlkit

E1 = (
    "ctlkit: The Security Token you have inserted does not exist in the CTL File\n"
    "  Please remove any Security Tokens already inserted and insert another Security Token."
    " Click Ok when done.\n"
)
KEPT = ["kept"] * 5


@pytest.fixture
def present(make_list: MakeList, tftp: Path) -> Path:
    """Put the published list, signed by the second token, into the folder."""
    return make_list("tftp/CTLFile.tlv")


def _states(answer: dict[str, list[dict[str, str]]]) -> list[str]:
    return [row["state"] for row in answer["rows"]]


def test_e1(update: Update, material: Material, present: Path) -> None:
    """With no token of the present list at hand the old client's words are shown: status 3."""
    before = present.read_bytes()
    for confirmed in ((), ("--confirm-new-signer", "--yes")):
        result = update("--signer", material.stranger, *confirmed)
        assert (3, "") == (result.status, result.stdout)
        assert result.stderr.endswith(E1)
        assert "the list knows SAST-ADN0054f509, SAST-ADN008580ef; " in result.stderr
    assert before == present.read_bytes()


def test_e1_for_a_token_of_the_same_name(update: Update, present: Path, tmp_path: Path) -> None:
    """A token with the name of one in the list and another certificate is told as just that."""
    other = make_certificate(CertificateSpec(subject=f"CN={SECOND_NAME},O=Example"))
    (tmp_path / "other.pem").write_bytes(other.pem)
    result = update("--signer", "other.pem")
    assert (3, True) == (result.status, result.stderr.endswith(E1))
    (said,) = [line for line in result.stderr.splitlines() if "the list knows" in line]
    assert SECOND_NAME in said.split("; ")[0]
    assert said.endswith(" has the name of one of them, and another certificate")


def test_a_certificate_alone_is_no_token(
    update: Update, material: Material, present: Path, tmp_path: Path
) -> None:
    """The certificate of a listed token, without its key, does not make up for the token."""
    data = material.second.read_bytes()
    key = data.index(b"-----BEGIN PRIVATE KEY-----")
    (tmp_path / "second-certificate.pem").write_bytes(data[:key])
    words = ("--signer", material.stranger, "--add-token", "second-certificate.pem")
    result = update(*words, "--confirm-new-signer", "--json")
    assert (4, "signer-file-unusable") == (result.status, result.json()["error"]["code"])
    assert "second-certificate.pem: the PEM file holds no private key" in result.stderr


def test_a_new_signer_is_confirmed_expressly(
    update: Update, material: Material, present: Path, run_ctlkit: RunCtlkit
) -> None:
    """A token added in this run signs only with its own confirmation; --yes is none."""
    before = present.read_bytes()
    words = ("--signer", material.stranger, "--add-token", material.second)
    for more in ((), ("--yes",), ("--confirm-lockout", "LOCKOUT")):
        refused = update(*words, *more)
        assert 3 == refused.status
        assert "is not in the list the phones have (rule 2)" in refused.stderr
        assert "--confirm-new-signer" in refused.stderr
    assert before == present.read_bytes()
    lost = update(*words, "--confirm-new-signer")
    assert (3, before) == (lost.status, present.read_bytes())
    assert "keep the old one until somebody deletes it on each" in lost.stderr
    done = update(*words, "--confirm-new-signer", "--confirm-lockout", "LOCKOUT", "--json")
    assert 0 == done.status
    assert ["new", *KEPT] == _states(done.json())
    assert 3 == run_ctlkit("verify", present, "--trust", "tftp/CTLFile_old.tlv").status


def test_updating_keeps_the_order_and_the_old_list(
    update: Update, material: Material, present: Path
) -> None:
    """New tokens come first, the rest stays in its order; the list before is kept beside."""
    before = present.read_bytes()
    present.chmod(0o640)
    done = update("--signer", material.first, "--add-token", material.stranger, "--json")
    assert ["new", *KEPT] == _states(done.json())
    old = present.with_name("CTLFile_old.tlv")
    assert before == old.read_bytes()
    assert {0o640} == {path.stat().st_mode & 0o777 for path in (present, old)}
    (published,) = done.json()["published"]
    assert (True, str(Path("tftp") / old.name)) == (published["changed"], published["kept"])


def test_a_lost_token_is_replaced_in_two_rounds(
    update: Update, material: Material, present: Path
) -> None:
    """Add the new one signed by the old; then sign with the new one and drop the lost one."""
    lost = "3c:f9:27:00:00:00:af:a2:da:45"
    at_once = update(
        *("--signer", material.second, "--remove", lost),
        *("--add-token", material.stranger, "--dry-run", "--json"),
    )
    assert ["new", *KEPT[1:], "removed"] == _states(at_once.json())
    assert 0 == update("--signer", material.second, "--add-token", material.stranger).status
    second = update("--signer", material.stranger, "--remove", lost, "--json")
    assert 0 == second.status
    assert [*KEPT, "removed"] == _states(second.json())
    assert 2 == update("--signer", material.stranger, "--remove", lost).status


@pytest.mark.parametrize(
    ("signer", "removed", "status", "rule"),
    [
        ("second", FIRST_NAME, 3, "(rule 3)"),
        ("second", SECOND_NAME, 3, "(rule 2)"),
        ("second", "12:34", 2, "no entry has the serial or name 12:34"),
    ],
)
def test_what_cannot_be_removed(
    update: Update,
    material: Material,
    present: Path,
    signer: str,
    removed: str,
    status: int,
    rule: str,
) -> None:
    """The last two tokens stay, the signer stays, and what is not there is told."""
    serials = {FIRST_NAME: "45daa2af00000027f93c", SECOND_NAME: "31AF455500000008E983"}
    result = update("--signer", material.second, "--remove", serials.get(removed, removed))
    assert status == result.status
    assert rule in result.stderr


def test_non_secure_and_back(
    update: Update, material: Material, present: Path, run_ctlkit: RunCtlkit
) -> None:
    """Non-secure empties the servers to 33 bytes, update keeps that, mixed needs certificates."""
    secure = json.loads(run_ctlkit("show", present, "--json").stdout)["records"]
    first = update("--signer", material.second, "--mode", "non-secure", "--json")
    assert (0, "non-secure") == (first.status, first.json()["mode"])
    assert ["kept", "changed", "kept", "changed", "kept"] == _states(first.json())
    records = run_ctlkit("show", present, "--json").json()["records"]
    assert [1186, 33, 1004, 33, 1186] == [record["length"] for record in records]
    assert "non-secure" == update("--signer", material.second, "--json").json()["mode"]
    refused = update("--signer", material.second, "--mode", "mixed")
    assert 3 == refused.status
    assert "(rule 4)" in refused.stderr
    assert 0 == update("--signer", material.second, "--mode", "mixed", *material.servers).status
    assert secure == run_ctlkit("show", present, "--json").json()["records"]


def test_a_changed_certificate_is_replaced(
    update: Update, material: Material, present: Path, tmp_path: Path
) -> None:
    """A server's new certificate takes the place of its old one, with both serials shown."""
    new = make_certificate(CertificateSpec(subject="CN=cucm-1051-a-pub", serial=0x77))
    (tmp_path / "new.pem").write_bytes(new.certificate_pem)
    server = ("--server", "CCM+TFTP,new.pem,ip=10.48.47.153")
    result = update("--signer", material.second, *server, "--json")
    assert ["kept", "changed", "kept", "kept", "kept"] == _states(result.json())
    row = result.json()["rows"][1]
    assert ("77", "70" + b"cucm-1051-a-pub".hex()) == (row["serial"], row["old_serial"])
    again = update("--signer", material.second, *server)
    assert " kept " in again.stdout
    assert " changed " not in again.stdout


def test_a_stale_entry_blocks_until_confirmed(
    update: Update, material: Material, present: Path, make_list: MakeList
) -> None:
    """An entry whose server shows another certificate in a verified ITL file must be confirmed."""
    new = make_certificate(CertificateSpec(subject="CN=cucm-1051-a-pub", serial=0x77))
    itl = make_list(
        "ITLFile.tlv",
        tokens=[FIRST_NAME],
        servers=[(Function.CCM_TFTP, new, "10.48.47.153")],
        filename="ITLFile.tlv",
    )
    before = present.read_bytes()
    words = ("--signer", material.second, "--itl", itl)
    refused = update(*words, "--yes")
    assert 3 == refused.status
    assert "secure phones will not register there (rule 4)" in refused.stderr
    old = ("70" + b"cucm-1051-a-pub".hex()).upper()
    assert f"--confirm-stale {old}" in refused.stderr
    assert before == present.read_bytes()
    assert 0 == update(*words, "--confirm-stale", old, "--dry-run").status
    (itl.parent / "new.pem").write_bytes(new.certificate_pem)
    assert 0 == update(*words, "--server", "CCM+TFTP,new.pem,ip=10.48.47.153").status


def test_an_itl_file_that_the_list_vouches_for(
    update: Update, material: Material, present: Path, make_list: MakeList
) -> None:
    """New servers of an ITL file signed by an entry of the list need no confirmation."""
    itl = make_list(
        "ITLFile.tlv",
        tokens=[SECOND_NAME],
        servers=[(Function.CCM_TFTP, "cucm-1051-a-sub2", "10.48.47.155")],
        filename="ITLFile.tlv",
    )
    result = update("--signer", material.first, "--itl", itl, "--json")
    assert 0 == result.status
    assert ["CCM+TFTP", "new", "10.48.47.155"] == [
        result.json()["rows"][4][key] for key in ("function", "state", "dns_name")
    ]


def test_the_digest_stays(
    update: Update, material: Material, make_list: MakeList, tftp: Path, run_ctlkit: RunCtlkit
) -> None:
    """Without --digest the present list's digest is kept, and SHA-512 needs no word again."""
    path = make_list("tftp/CTLFile.tlv", digest=Digest.SHA512)
    assert 0 == update("--signer", material.first).status
    (line,) = run_ctlkit("verify", path, "--json").json_lines()
    assert "SHA512" == line["digest"]


def test_asterisks_lists_stay_theirs(
    update: Update, material: Material, make_list: MakeList, tftp: Path, run_ctlkit: RunCtlkit
) -> None:
    """A list in Asterisk's dialect is updated in that dialect, unasked."""
    path = make_list("tftp/CTLFile.tlv", dialect="usecallmanager")
    assert 0 == update("--signer", material.first, "--add-token", material.stranger).status
    records = run_ctlkit("show", path, "--json").json()["records"]
    assert {None} == {record["dns_name"] for record in records}
    assert [1, 3, 5, 6, 4, 7, 8, 9] == [field["tag"] for field in records[0]["fields"]]


@pytest.mark.parametrize(
    ("damage", "status", "code"),
    [
        ("cut", 4, "present-list-unreadable"),
        ("changed", 3, "present-list-invalid"),
    ],
)
def test_nothing_is_built_on_a_list_that_does_not_verify(
    update: Update, material: Material, present: Path, damage: str, status: int, code: str
) -> None:
    """A present list that is cut or forged stops the update, and the file is named."""
    data = present.read_bytes()
    damaged = {"cut": data[:3000], "changed": data[:-1] + b"\x01"}[damage]
    present.write_bytes(damaged)
    result = update("--signer", material.second, "--json")
    assert (status, code) == (result.status, result.json()["error"]["code"])
    assert "tftp/CTLFile.tlv" in result.stderr
    assert (damaged, [present]) == (present.read_bytes(), list(present.parent.iterdir()))


def test_an_empty_file_is_no_list(update: Update, material: Material, present: Path) -> None:
    """As the server says of it; a list is made, and the empty file does not become the kept one."""
    present.write_bytes(b"")
    both = ("--signer", material.second, "--add-token", material.first)
    assert "rule 4" in update(*both).stderr
    assert 0 == update(*both, *material.servers).status
    assert [present] == list(present.parent.iterdir())
    assert 5728 == len(present.read_bytes())


def test_only_one_token_seen_is_told(update: Update, material: Material, present: Path) -> None:
    """Where just one of the list's tokens was at hand, testing the other is advised."""
    one = update("--signer", material.second, "--dry-run")
    both = update("--signer", material.second, "--add-token", material.first, "--dry-run")
    assert "only one token of the list was named" in one.stderr
    assert "only one token of the list was named" not in both.stderr
