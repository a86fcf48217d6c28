"""Page 7, Review: warnings, confirmations, phones, and what changes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import (
    QCheckBox,
    QFileDialog,
)

from ctlkit.acceptance import Answer, ClassVerdict, PhoneClass, Remedy, Verdict, shipped_models
from ctlkit.edit import Mode, RowState
from ctlkit.errors import NetworkError
from ctlkit.messages import Message, Severity
from ctlkit_gui.flow.events import Confirmed, PhonesNamed, SignerChosen, WordTyped
from ctlkit_gui.flow.state import Busy, Work
from ctlkit_gui.flow.token_values import TokenShown
from ctlkit_gui.flow.values import EntryShown, Screen
from ctlkit_gui.flow.views import (
    Button,
    Confirmation,
    Frame,
    ReviewLine,
    ReviewView,
)
from ctlkit_gui.qt.pages.review import ReviewPage

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from tests.gui.qt.conftest import ShownPage, ShowPage

FIRST = TokenShown("pkcs11:serial=1", "SAST-ADN0054f509", "0001")
SECOND = TokenShown("pkcs11:serial=2", "SAST-ADN008580ef", "0002")
REFUSED = NetworkError("ssh-unreachable", host="10.0.0.3", reason="Connection refused")


def entry(key: str, state: RowState, **more: Any) -> EntryShown:
    """Return a row that says as little as it can."""
    values = {"function": "SAST", "address": "", "subject": "CN=a", "issuer": "CN=b", "serial": key}
    return EntryShown(key, state, **{**values, **more})


ENTRIES = (
    entry("01", RowState.NEW, token=FIRST.uri),
    entry("02", RowState.KEPT, subject="CN=" + "X" * 400),
    entry("03", RowState.CHANGED, old_serial="99", function="CCM+TFTP", address="10.0.0.1"),
    entry("04", RowState.REMOVED, remove="04"),
)


def frame(screen: Screen, busy: Work | None = None) -> Frame:
    """Return what is around a page."""
    return Frame(screen, Button(), Button(), Button(), busy=Busy(1, busy) if busy else None)


def note(code: str, **values: object) -> Message:
    """Return a note."""
    return Message(code, values, Severity.NOTE)


def verdict(answer: Answer, count: int | None) -> ClassVerdict:
    """Return what a class of phones does."""
    phones = PhoneClass(shipped_models().models[0], count)
    why = Verdict(answer, note("unsure-names", signer="x", old="a", held="h"))
    return ClassVerdict(phones, why, (why,))


REFUSING = {"word": "412", "phones": "412 phones", "reason": "why", "rule": 9}
STALE = {"node": "pub", "old": "70CA", "new": "1234", "rule": 4}
REVIEW = ReviewView(
    frame(Screen.REVIEW),
    entries=ENTRIES,
    lines=(
        ReviewLine(Message("phones-refuse", REFUSING, Severity.RED), "word:412"),
        ReviewLine(Message("stale-entry", STALE, Severity.RED), "stale:70CA"),
        ReviewLine(Message("stale-until-restart", STALE)),
        ReviewLine(note("remains-backup")),
    ),
    confirmations=(
        Confirmation("word:412", "412"),
        Confirmation("stale:70CA"),
        Confirmation("node:cucm-sub2"),
    ),
    absent={"cucm-sub2": REFUSED},
    signer=FIRST,
    signers=(FIRST, SECOND),
    mode=Mode.MIXED,
    digest="SHA-1",
)


@pytest.fixture
def review(show_page: ShowPage) -> ShownPage:
    """Return the Review page."""
    return show_page(ReviewPage, REVIEW)


def test_review_says_what_is_grave(review: ShownPage) -> None:
    """Red lines, nodes that do not answer, amber ones and notes stand each in their part."""
    page = review.page
    assert "pub: the list carries certificate 70CA" in page.dangers.text
    assert "cucm-sub2" in page.dangers.text
    assert "CallManager still shows 1234" in page.ambers.text
    assert "Make a backup of the cluster." in page.notes.text


def test_review_takes_confirmations(review: ShownPage, qtbot: QtBot) -> None:
    """The word is told as it is typed, a tick with the key that it stands for."""
    page, events = review.page, review.events
    review.type(page.dangers.fields["word:412"].field, "41")
    page.dangers.fields["stale:70CA"].box.click()
    page.dangers.fields["node:cucm-sub2"].box.click()
    assert [
        WordTyped("word:412", "4"),
        WordTyped("word:412", "41"),
        Confirmed("stale:70CA", True),
        Confirmed("node:cucm-sub2", True),
    ] == events


def test_a_view_does_not_disturb_typing(review: ShownPage, qtbot: QtBot) -> None:
    """A view that comes while a word is typed changes neither text nor focus, and sends nothing."""
    page, events = review.page, review.events
    field = page.dangers.fields["word:412"].field
    field.setFocus()
    review.type(field, "41")
    events.clear()
    given = (replace(REVIEW.confirmations[0], given="4"), *REVIEW.confirmations[1:])
    page.show_view(replace(REVIEW, confirmations=given))
    assert ("41", True, []) == (field.text(), field.hasFocus(), events)


def test_what_is_confirmed_is_shown(review: ShownPage) -> None:
    """A view ticks boxes and says in words that a typed word suffices; nothing is sent."""
    page, events = review.page, review.events
    done = tuple(replace(item, done=True) for item in REVIEW.confirmations)
    assert page.dangers.fields["word:412"].field is page.first_focus()
    page.show_view(replace(REVIEW, confirmations=done))
    assert page.dangers.fields["stale:70CA"].box.isChecked()
    assert "confirmed" == page.dangers.fields["word:412"].field.accessibleDescription()
    assert page.first_focus() is None
    assert [] == events


def test_tab_goes_down_the_page(review: ShownPage) -> None:
    """From the token that signs over each confirmation to the table of what changes."""
    page = review.page
    fields = page.dangers.fields
    page.signer.setFocus()
    passed = []
    for _ in range(5):
        review.press(page.focusWidget(), Qt.Key.Key_Tab)
        passed.append(page.focusWidget())
    boxes = [fields["stale:70CA"].box, fields["node:cucm-sub2"].box]
    assert [fields["word:412"].field, *boxes, page.phone_file.choose, page.table] == passed


def test_a_shared_confirmation_stands_once(review: ShownPage) -> None:
    """Lines that need the same word have one field, below the last of them."""
    page = review.page
    twice = (REVIEW.lines[0], *REVIEW.lines)
    page.show_view(replace(REVIEW, lines=twice))
    assert {"word:412", "stale:70CA", "node:cucm-sub2"} == set(page.dangers.fields)


def test_review_tells_what_phones_do(review: ShownPage) -> None:
    """Each class has its answer in a word, its number and its reason; the ways have steps."""
    page = review.page
    assert not page.phones.isVisible()
    verdicts = (verdict(Answer.ACCEPTS, None), verdict(Answer.REFUSES, 412))
    way = Remedy(note("remedy-find-out"), (note("step-find-itl"), note("step-find-model")))
    page.show_view(replace(REVIEW, verdicts=verdicts, remedies=(way,)))
    first, _, second, _ = page.phones.text.split("\n")
    assert first.startswith("Accepts: ")
    assert second.startswith("Refuses: ")
    assert "(phones: 412)" in second
    assert 3 == len(page.remedies.text.split("\n"))
    assert page.remedies.isVisible()


def test_a_list_of_phones_is_named(review: ShownPage, qtbot: QtBot, tmp_path: Path) -> None:
    """The button asks for a file and tells it; the view says by which they were judged."""
    page, events = review.page, review.events
    file = tmp_path / "our phones.csv"
    file.touch()
    page.phone_file.choose.click()
    (dialog,) = page.findChildren(QFileDialog)
    dialog.selectFile(str(file))
    dialog.accept()
    assert [PhonesNamed(file)] == events
    assert not page.phone_file.drop.isVisible()
    page.show_view(replace(REVIEW, phones=file))
    assert "our phones.csv" in page.phone_file.text
    page.phone_file.drop.click()
    assert [PhonesNamed(file), PhonesNamed(None)] == events


def test_review_shows_what_changes(review: ShownPage) -> None:
    """Kept entries are shown when they are asked for."""
    page = review.page
    assert ["new", "changed", "removed"] == review.cells(0)
    (box,) = (item for item in page.findChildren(QCheckBox) if "kept" in item.text().lower())
    box.click()
    assert ["new", "kept", "changed", "removed"] == review.cells(0)


def test_another_token_can_sign(review: ShownPage, qtbot: QtBot) -> None:
    """Choosing another token is told with its URI; a view chooses without telling."""
    page, events = review.page, review.events
    review.press(page.signer, Qt.Key.Key_Down)
    assert [SignerChosen(SECOND.uri)] == events
    page.show_view(replace(REVIEW, signer=SECOND))
    assert (SECOND.uri, 1) == (page.signer.currentData(), len(events))


def test_the_page_is_named_whole_and_steady(show_page: ShowPage) -> None:
    """What takes the focus has a name, no text is cut, and the same view changes nothing."""
    shown = show_page(ReviewPage, REVIEW)
    shown.assert_named()
    shown.assert_idempotent(REVIEW)
    for width in (460, 800):
        shown.assert_nothing_cut(width)
