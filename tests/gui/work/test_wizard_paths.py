"""Whole paths through the wizard with real tokens and a folder, without a window."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ctlkit.codec import decode
from ctlkit.edit import RowState
from ctlkit.errors import TokenRemovedError, WrongPinError
from ctlkit.trustlist import Digest, Function, TrustList
from ctlkit.verify import VerifiedList, verify
from ctlkit_gui.flow import (
    Action,
    AddServer,
    AddTokens,
    Back,
    Deleted,
    Dismissed,
    Next,
    NoticeDialog,
    NoticeKind,
    PhonesNamed,
    Purpose,
    ReviewView,
    Screen,
    ServersView,
    Sign,
)
from softhsm_fixtures.faults import FaultPlan

if TYPE_CHECKING:
    from ctlkit_gui.flow import EntryShown, State
    from tests.gui.conftest import Desk
    from tests.gui.work.conftest import AddToken, OpenFolder, Wizard


def _verified(folder: Path) -> VerifiedList:
    value = decode((folder / "CTLFile.tlv").read_bytes())
    assert isinstance(value, TrustList)
    verified = verify(value)
    assert isinstance(verified, VerifiedList)
    return verified


def _rows(state: State) -> list[tuple[RowState, str, str]]:
    assert state.assembly is not None
    return [_row(item) for item in state.assembly.entries]


def _row(item: EntryShown) -> tuple[RowState, str, str]:
    title = item.certificate.title if item.certificate else ""
    return item.state, item.function, title


@pytest.fixture
def made(
    wizard: Wizard,
    desk: Desk,
    folder: Path,
    publisher: Path,
    open_folder: OpenFolder,
    add_token: AddToken,
) -> Wizard:
    """A wizard on Review, with a first list of two tokens and a server."""
    open_folder(wizard, folder)
    wizard.do(Dismissed(), Next())
    add_token(wizard, desk, desk.first)
    wizard.do(AddServer(Function.CCM_TFTP, publisher, "", "10.48.47.153"))
    wizard.rests()
    wizard.do(AddTokens())
    add_token(wizard, desk, desk.second)
    wizard.do(Next())
    wizard.on(Screen.REVIEW)
    return wizard


@pytest.fixture
def published(made: Wizard, desk: Desk) -> Iterator[Wizard]:
    """Another wizard, where the first list of two tokens and a server is in force."""
    made.do(Next())
    made.enter(desk.right_pin)
    made.on(Screen.SERVERS)
    wizard = made.another()
    yield wizard
    wizard.close()


def test_the_configured_hash_is_signed(made: Wizard) -> None:
    """Without a word in the configuration it is SHA-1; Review names it, and warns of another."""
    shown = made.view
    assert isinstance(shown, ReviewView)
    assert "SHA-1" == shown.digest
    made.context.configured_digest = Digest.SHA512
    made.do(Back(), Next())
    made.on(Screen.REVIEW)
    shown = made.view
    assert isinstance(shown, ReviewView)
    assert "SHA-512" == shown.digest
    assert "digest-sha512" in [line.message.code for line in shown.lines]


def test_the_first_list_of_an_empty_folder(
    wizard: Wizard,
    desk: Desk,
    folder: Path,
    publisher: Path,
    open_folder: OpenFolder,
    add_token: AddToken,
) -> None:
    """From W1 over one token, a refused Finish, a second token and a wrong PIN to a list."""
    state = open_folder(wizard, folder)
    (notice,) = state.dialogs
    assert isinstance(notice, NoticeDialog)
    assert "mixed-without-list" == getattr(notice.text, "code", None)
    assert Action.UPDATE is wizard.do(Dismissed()).action
    assert Screen.INSERT_TOKEN is wizard.do(Next()).screen

    state = add_token(wizard, desk, desk.first)
    assert Screen.ENTRIES is state.screen
    wizard.do(Next())
    assert "two-tokens-needed" == getattr(wizard.state.problem, "code", None)
    wizard.do(AddServer(Function.CCM_TFTP, publisher, "", "10.48.47.153"))
    wizard.rests()
    assert Screen.INSERT_TOKEN is wizard.do(AddTokens()).screen
    state = add_token(wizard, desk, desk.second)
    assert [
        (RowState.NEW, "SAST", desk.first),
        (RowState.NEW, "CCM+TFTP", "cucm-1051-a-pub"),
        (RowState.NEW, "SAST", desk.second),
    ] == _rows(state)

    wizard.do(Next())
    assert Screen.REVIEW is wizard.rests().screen
    assert Screen.PASSWORD is wizard.do(Next()).screen
    wizard.enter(desk.wrong_pin)
    state = wizard.on(Screen.PASSWORD)
    assert isinstance(state.problem, WrongPinError)
    assert not (folder / "CTLFile.tlv").exists()
    wizard.enter(desk.right_pin)
    wizard.on(Screen.SERVERS)

    shown = wizard.view
    assert isinstance(shown, ServersView)
    verified = _verified(folder)
    assert [item.present and item.present.data for item in shown.published] == [verified.list.raw]
    assert (verified.list.header.signer_serial or b"").hex(":").upper() == shown.signer_serial
    assert 2 == len(wizard.of(Sign))


def test_changing_the_list_of_a_folder(
    published: Wizard, desk: Desk, folder: Path, open_folder: OpenFolder, add_token: AddToken
) -> None:
    """A stranger gives E1; a known token and a new one go on, the known one signs."""
    before, wizard = _verified(folder), published
    open_folder(wizard, folder)
    assert () == wizard.state.dialogs
    wizard.do(Next())

    state = add_token(wizard, desk, desk.stranger)
    (notice,) = state.dialogs
    assert isinstance(notice, NoticeDialog)
    assert NoticeKind.UNKNOWN_TOKEN is notice.kind
    assert (Screen.INSERT_TOKEN, ()) == (state.screen, state.choice.tokens)
    wizard.do(Dismissed())
    add_token(wizard, desk, desk.first)
    wizard.do(AddTokens())
    state = add_token(wizard, desk, desk.third)
    assert [
        (RowState.NEW, "SAST", desk.third),
        (RowState.KEPT, "SAST", desk.first),
        (RowState.KEPT, "CCM+TFTP", "cucm-1051-a-pub"),
        (RowState.KEPT, "SAST", desk.second),
    ] == _rows(state)

    assert state.assembly is not None
    rows = state.assembly.entries
    assert ["", "remove-signer", "", ""] == [
        item.locked.code if item.locked else "" for item in rows
    ]
    state = wizard.do(Deleted((rows[1].key,)))
    assert state.problem is rows[1].locked
    state = wizard.do(Next())
    assert (Screen.INSERT_TOKEN, Purpose.SIGN) == (state.screen, state.purpose)
    wizard.do(Dismissed())
    desk.plug(desk.first)
    wizard.on(Screen.REVIEW)
    wizard.do(Next())
    wizard.enter(desk.right_pin)
    wizard.on(Screen.SERVERS)

    after = _verified(folder)
    assert 4 == len(after.list.records)
    assert before.list.header.signer_serial != after.list.header.signer_serial
    assert before.list.raw == (folder / "CTLFile_old.tlv").read_bytes()


def test_a_token_that_is_pulled_at_the_signature(made: Wizard, desk: Desk, folder: Path) -> None:
    """It leads back to Insert token with everything kept; plugged in again it goes on."""
    entered = made.state.choice
    made.do(Next())
    desk.follow(FaultPlan().fail("C_Sign", "CKR_DEVICE_REMOVED"))
    made.enter(desk.right_pin)
    state = made.on(Screen.INSERT_TOKEN)
    assert isinstance(state.problem, TokenRemovedError)
    assert (Purpose.SIGN, entered) == (state.purpose, state.choice)
    assert not (folder / "CTLFile.tlv").exists()
    desk.plug(desk.second)
    made.do(Next())
    made.on(Screen.REVIEW)
    made.do(Next())
    made.enter(desk.right_pin)
    made.on(Screen.SERVERS)
    assert 3 == len(_verified(folder).list.records)


def test_a_token_that_is_pulled_before_the_signature(made: Wizard, desk: Desk) -> None:
    """A token that is gone when it is to sign is reported as such, by its label."""
    made.do(Next())
    desk.plug()
    made.enter(desk.right_pin)
    state = made.on(Screen.INSERT_TOKEN)
    assert isinstance(state.problem, TokenRemovedError)
    assert desk.second == state.problem.values["label"]
    made.until(lambda state: state.tokens is not None and not state.tokens.tokens)
    desk.plug(desk.second)
    made.on(Screen.REVIEW)


def test_a_token_that_is_pulled_on_review(made: Wizard, desk: Desk) -> None:
    """Review cannot go on without the token that signs, and comes back with it."""
    desk.plug()
    state = made.on(Screen.INSERT_TOKEN)
    assert isinstance(state.problem, TokenRemovedError)
    desk.plug(desk.second)
    assert Purpose.SIGN is made.on(Screen.REVIEW).purpose


def test_phones_are_judged_by_a_list_of_them(made: Wizard, tmp_path: Path) -> None:
    """Review counts the phones of a list that is named; one that is none is told."""
    phones = tmp_path / "phones.csv"
    phones.write_text("model,count\n7960,12\n8841,400\n")
    made.do(PhonesNamed(phones))
    made.on(Screen.REVIEW)
    shown = made.view
    assert isinstance(shown, ReviewView)
    assert [12, 400] == sorted(verdict.phones.count or 0 for verdict in shown.verdicts)
    nothing = tmp_path / "nothing.csv"
    nothing.write_bytes(b"\0\xff\0")
    state = made.do(PhonesNamed(nothing))
    state = made.on(Screen.REVIEW)
    assert (phones, True) == (state.choice.phones, state.problem is not None)
