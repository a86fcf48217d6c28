"""Moves made by the commands of ctlkit alone, on a practice cluster that runs beside them.

Source: docs/cluster.md, the moves an administrator makes, and getting and putting the file.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from softhsm_fixtures import DEFAULT_PIN, FIRST_NAME, SECOND_NAME

if TYPE_CHECKING:
    from softhsm_fixtures.plugin import SoftHsmStore
    from tests.conftest import RunCtlkit
    from tests.lab.conftest import Administrator, MakeAdministrator


@pytest.fixture
def admin(administrator: MakeAdministrator, etokens: SoftHsmStore) -> Administrator:
    """Give the administrator of a tokenless cluster whose phones all have its list."""
    assert 2 == len(etokens.tokens)
    made = administrator()
    made.types("utils ctl set-cluster mixed-mode")
    made.restarts()
    made.require_same_checksums()
    return made


@pytest.fixture
def words(admin: Administrator, etokens: SoftHsmStore) -> tuple[str, ...]:
    """Give the words that update the cluster's list by both tokens."""
    signing = ("--signer", SECOND_NAME, "--add-token", FIRST_NAME, "--module", str(etokens.module))
    return ("update", admin.cluster.place_url, *signing)


def asked(admin: Administrator, run_ctlkit: RunCtlkit) -> list[bool]:
    """Ask the trust service of every node about the signer of the publisher's list."""
    publisher = admin.cluster.practice.publisher
    nodes = [f"{node.host}:{node.ports.tvs}" for node in admin.cluster.nodes]
    files = ("--signer-of", publisher.list_path, "--itl", publisher.itl_path)
    result = run_ctlkit("tvs", "query", *nodes, *files, "--json")
    answers = [bool(answer["found"]) for answer in result.json()["answers"]]
    assert (0 if all(answers) else 3) == result.status
    return answers


def test_move_3_by_commands(
    admin: Administrator, words: tuple[str, ...], run_ctlkit: RunCtlkit, tmp_path: Path
) -> None:
    """E1; export, upload, delete; the list by tokens; every node vouches before phones restart."""
    pin = {"CTLKIT_PIN": DEFAULT_PIN}
    refused = run_ctlkit(*words, env=pin)
    assert 3 == refused.status, refused.stderr
    (tmp_path / "tokens").mkdir()
    exported = run_ctlkit("export", FIRST_NAME, SECOND_NAME, *words[-2:], "--output", "tokens")
    assert 0 == exported.status, exported.stderr
    files = sorted((tmp_path / "tokens").glob("*.cer"))
    assert 2 == len(files)
    for file in files:
        admin.cluster.practice.trust_add("Phone-SAST-trust", file.read_bytes())
    deleted = run_ctlkit(
        "place", "delete", admin.cluster.place_url, "--confirm-delete-in-mixed-mode", "--yes"
    )
    assert 0 == deleted.status, deleted.stderr
    updated = run_ctlkit(*words, "--confirm-lockout", "LOCKOUT", env=pin)
    assert 0 == updated.status, updated.stderr
    assert [SECOND_NAME, FIRST_NAME] == admin.signers()
    restarted = run_ctlkit("place", "restart", admin.cluster.place_url, "--yes")
    assert 0 == restarted.status, restarted.stderr
    assert [True, True] == asked(admin, run_ctlkit)
    accepted = [boot.accepted for boot in admin.cluster.restart_phones()]
    assert [True, True, False, True] == accepted
    assert {"7960"} == admin.differing()


def test_nobody_vouches_for_a_token_that_was_not_uploaded(
    admin: Administrator, words: tuple[str, ...], run_ctlkit: RunCtlkit
) -> None:
    """What the query says before phones restart is what happens to them."""
    admin.types("file delete tftp CTLFile.tlv")
    updated = run_ctlkit(*words, "--confirm-lockout", "LOCKOUT", env={"CTLKIT_PIN": DEFAULT_PIN})
    assert 0 == updated.status, updated.stderr
    assert [False, False] == asked(admin, run_ctlkit)
    assert [False] * 4 == [boot.accepted for boot in admin.cluster.restart_phones()]
