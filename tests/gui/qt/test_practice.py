"""Practice: tokens and a cluster of its own in a temporary folder."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ctlkit.edit import Mode
from ctlkit.errors import PlaceError, TokenNotFoundError, UsageError
from ctlkit.place import open_place
from ctlkit.workflows.keyring import Keyring, TokenAccess
from ctlkit_gui.qt.practice import STRANGER, Practice
from softhsm_fixtures import FIRST_NAME, SECOND_NAME

MISSING = Path("/nonexistent/libsofthsm2.so")


@pytest.fixture
def practice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Practice]:
    """Return a practice whose folder lies in the test's own, and end it."""
    room = tmp_path / "room"
    room.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(room))
    made = Practice()
    yield made
    made.close()


@pytest.mark.usefixtures("softhsm_module")
def test_practice_has_tokens_and_a_cluster(practice: Practice, tmp_path: Path) -> None:
    """There are three tokens and a cluster that is not secure yet; all of it goes away."""
    ready = practice.start()
    assert ready == practice.start()
    with open_place(ready.address) as place:
        assert Mode.NON_SECURE is place.facts().mode  # type: ignore[attr-defined]
        assert [None, None] == [state.present for state in place.state()]
    tokens = Keyring(TokenAccess(modules=ready.modules)).inventory.tokens
    assert {FIRST_NAME, SECOND_NAME, STRANGER} == {token.label for token in tokens}
    practice.close()
    practice.close()
    assert [] == list((tmp_path / "room").iterdir())


@pytest.mark.usefixtures("softhsm_module")
def test_the_cluster_knows_two_of_the_tokens(practice: Practice) -> None:
    """Its trust service has the two eTokens, not the stranger's."""
    ready = practice.start()
    with open_place(ready.address) as place:
        facts = place.facts()  # type: ignore[attr-defined]
    names = {item.moniker for item in facts.certificates if item.store == "Phone-SAST-trust"}
    assert 2 == len([item for item in facts.certificates if item.store == "Phone-SAST-trust"])
    assert STRANGER not in " ".join(names)


@pytest.mark.usefixtures("softhsm_module")
def test_practice_leaves_the_environment_as_it_was(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SOFTHSM2_CONF names the practice's store while it runs, and what it named afterwards."""
    monkeypatch.setenv("SOFTHSM2_CONF", "mine")
    practice.start()
    assert "mine" != os.environ["SOFTHSM2_CONF"]
    practice.close()
    assert "mine" == os.environ["SOFTHSM2_CONF"]


@pytest.mark.usefixtures("softhsm_module")
def test_practice_can_begin_again(practice: Practice) -> None:
    """After its end it can be started anew, with another folder."""
    first = practice.start()
    practice.close()
    assert first.address != practice.start().address


def test_without_softhsm_it_says_what_to_install(
    practice: Practice, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A missing library is one error with its remedy, and nothing is left."""
    monkeypatch.setenv("CTLKIT_SOFTHSM_MODULE", str(MISSING))
    with pytest.raises(TokenNotFoundError, match=str(MISSING)) as caught:
        practice.start()
    assert "Install it" in caught.value.advice
    assert [] == list((tmp_path / "room").iterdir())


def test_without_the_lab_extra_it_says_what_to_install(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without asyncssh the practice cluster cannot run, which is one error with its remedy."""
    monkeypatch.setitem(sys.modules, "asyncssh", None)
    with pytest.raises(UsageError, match="asyncssh") as caught:
        practice.start()
    assert "ctlkit[lab]" in caught.value.advice


@pytest.mark.usefixtures("softhsm_module")
def test_without_room_it_says_so(practice: Practice, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder for temporary files that is not there is one error."""
    monkeypatch.setattr("tempfile.tempdir", "/nonexistent")
    with pytest.raises(PlaceError, match="no room"):
        practice.start()
