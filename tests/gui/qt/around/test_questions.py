"""Questions that lie over the page: asked once, answered expressly, with the old words."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QApplication, QLineEdit

from ctlkit.errors import RuleError
from ctlkit.messages import Message
from ctlkit.place import HandOver, HostKey
from ctlkit_gui.flow.events import (
    Dismissed,
    Event,
    HandOverAnswered,
    HostKeyAnswered,
    PasswordDeclined,
    PasswordGiven,
)
from ctlkit_gui.flow.state import (
    Dialog,
    ForgetDialog,
    HandOverDialog,
    HostKeyDialog,
    LeaveDialog,
    NoticeDialog,
    NoticeKind,
    PasswordDialog,
    RestartDialog,
)
from ctlkit_gui.flow.values import PlaceKind, Screen, ServerForm
from ctlkit_gui.flow.views import Button, Frame, ServerView
from ctlkit_gui.qt.widgets import Text

if TYPE_CHECKING:
    from tests.gui.qt.around.conftest import Shown


KEY = HostKey("cm1", 22, "ssh-ed25519", "SHA256:abc")
STEP = Message("hand-over-upload")
HAND_OVER = HandOver(Path("CTLFile.tlv"), "CTLFile.tlv", ("cm1",), "ab" * 20, {}, (STEP,))
E1 = NoticeDialog(NoticeKind.UNKNOWN_TOKEN, RuleError("token-not-in-list", rule=1))
W1 = NoticeDialog(NoticeKind.MODE, Message("mixed-without-list"))


def _frame(**changes: Any) -> Frame:
    usual = Frame(Screen.SERVER, next=Button(), back=Button(shown=False), cancel=Button())
    return replace(usual, **changes)


def _view(kind: PlaceKind = PlaceKind.CLUSTER, **changes: Any) -> ServerView:
    form = ServerForm(kind, host="cm1", user="administrator", folder="lists")
    return ServerView(_frame(**changes), tuple(PlaceKind), ("office",), form)


ANSWERS: list[tuple[Dialog, str, Event, Event]] = [
    (E1, "OK", Dismissed(), Dismissed(accepted=False)),
    (W1, "OK", Dismissed(), Dismissed(accepted=False)),
    (
        HostKeyDialog(1, KEY),
        "Trust this server",
        HostKeyAnswered(trusted=True),
        HostKeyAnswered(trusted=False),
    ),
    (
        HandOverDialog(1, HAND_OVER),
        "Done, look at the nodes again",
        HandOverAnswered(done=True),
        HandOverAnswered(done=False),
    ),
    (LeaveDialog(), "Leave", Dismissed(), Dismissed(accepted=False)),
    (ForgetDialog(), "Begin anew", Dismissed(), Dismissed(accepted=False)),
    (RestartDialog(("cm2",)), "Restart", Dismissed(), Dismissed(accepted=False)),
]


def _said(shown: Shown) -> str:
    return "\n".join(text.text for text in shown.question.findChildren(Text))


def test_leaving_says_what_is_lost_or_left_half_done(shown: Shown) -> None:
    """Each fact has its words, and none stands there without its fact."""
    switched = Message("cluster-switched", {"mode": "mixed"})
    whole = LeaveDialog(entered=True, switched=switched, nodes=("cm2", "cm3"))
    shown.show(_view(dialog=whole))
    for text in ("are forgotten", "mixed mode", "cm2", "cm3"):
        assert text in _said(shown)
    shown.show(_view(dialog=LeaveDialog(nodes=("cm2",))))
    assert "cm2" in _said(shown)
    assert "are forgotten" not in _said(shown)


def test_a_restart_says_where_and_what_is_missing(shown: Shown) -> None:
    """The nodes are named, and where the trust service does not vouch, or was not asked."""
    shown.show(_view(dialog=RestartDialog(("cm1", "cm2"))))
    assert "cm1 and cm2" in _said(shown)
    assert "vouch" not in _said(shown)
    shown.show(_view(dialog=RestartDialog(("cm1", "cm2"), ("cm2",))))
    assert "does not vouch for the new list's signer on cm2." in _said(shown)
    shown.show(_view(dialog=RestartDialog(("cm1",), unasked=True)))
    assert "Ask Trust Service" in _said(shown)


@pytest.mark.parametrize(
    ("dialog", "text", "yes", "no"), ANSWERS, ids=lambda item: type(item).__name__
)
def test_a_question_is_answered_once(
    shown: Shown, dialog: Dialog, text: str, yes: Event, no: Event
) -> None:
    """Its button emits the answer, Esc the one that changes nothing; it closes with the view."""
    shown.show(_view(dialog=dialog))
    first = shown.question
    shown.button(text, first).click()
    shown.button(text, first).click()
    assert [yes] == shown.events
    shown.window.show_view(_view())
    assert first.isHidden()
    shown.show(_view(dialog=dialog))
    shown.press(shown.question, Qt.Key.Key_Escape)
    assert [yes, no] == shown.events


def test_the_same_notice_comes_twice(shown: Shown) -> None:
    """A notice that was read and is shown again at once is a new one."""
    shown.show(_view(dialog=E1))
    first = shown.question
    shown.button("OK", first).click()
    shown.window.show_view(_view(dialog=E1))
    assert first is not shown.question


def test_the_texts_of_the_old_client_are_exact(shown: Shown) -> None:
    """E1 is shown word for word."""
    shown.show(_view(dialog=E1))
    assert (
        "The Security Token you have inserted does not exist in the CTL File"
        == shown.question.accessibleName()
    )
    assert (
        "Please remove any Security Tokens already inserted and insert another Security Token. "
        "Click Ok when done." == shown.question.accessibleDescription()
    )


def test_a_notice_says_what_else_helps(shown: Shown) -> None:
    """Which tokens the list knows stands below E1."""
    values = {"known": "SAST-ADN0054f509", "titles": "SAST-ADN00a00001"}
    shown.show(_view(dialog=replace(E1, note=Message("tokens-of-the-list", values))))
    texts = [label.text for label in shown.question.findChildren(Text)]
    assert "The list knows SAST-ADN0054f509; SAST-ADN00a00001 is none of them." in texts


def test_a_notice_of_our_own_is_a_sentence(shown: Shown) -> None:
    """What the old client did not publish begins with a capital and ends with a full stop."""
    text = Message("wizard-signer-wanted", {"titles": "SAST-ADN0054f509"})
    shown.show(_view(dialog=NoticeDialog(NoticeKind.SIGNER_WANTED, text)))
    assert (
        "None of the tokens that may sign this list is plugged in."
        == shown.question.accessibleName()
    )


def test_a_question_is_copied(shown: Shown) -> None:
    """Ctrl+C copies what it says."""
    shown.show(_view(dialog=E1))
    shown.press(shown.question, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    clipboard = QApplication.clipboard()
    assert clipboard is not None
    assert (
        "The Security Token you have inserted does not exist in the CTL File\n"
        "Please remove any Security Tokens already inserted and insert another Security Token. "
        "Click Ok when done." == clipboard.text()
    )


def test_return_never_trusts_and_never_leaves(shown: Shown) -> None:
    """Return in a question that could lose something answers no."""
    for dialog in (HostKeyDialog(1, KEY), LeaveDialog(), HandOverDialog(2, HAND_OVER)):
        shown.show(_view(dialog=dialog))
        shown.press(shown.question, Qt.Key.Key_Return)
    assert [
        HostKeyAnswered(trusted=False),
        Dismissed(accepted=False),
        HandOverAnswered(done=False),
    ] == shown.events


def test_a_password_goes_into_the_box_and_nowhere_else(shown: Shown) -> None:
    """It lies in the box before the answer is emitted, and the field is empty then."""
    in_time: list[bool] = []
    shown.window.emitted.connect(lambda _: in_time.append(shown.box.put_in == ["s3cret"]))
    shown.show(_view(dialog=PasswordDialog(1, "root", "cm1")))
    (field,) = shown.question.findChildren(QLineEdit)
    assert field.hasFocus()
    shown.type(field, "s3cret")
    shown.press(field, Qt.Key.Key_Return)
    assert [PasswordGiven()] == shown.events
    assert [True] == in_time
    assert "" == field.text()
    assert not field.isUndoAvailable()


def test_a_password_can_be_declined(shown: Shown) -> None:
    """Esc puts nothing into the box."""
    shown.show(_view(dialog=PasswordDialog(1, "root", "cm1")))
    shown.type(shown.question.focusWidget(), "s3cret")
    shown.press(shown.question, Qt.Key.Key_Escape)
    assert [PasswordDeclined()] == shown.events
    assert [] == shown.box.put_in
