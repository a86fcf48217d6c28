"""The question whether the kept list is put back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QCheckBox, QLineEdit

from ctlkit.acceptance import Answer, ClassVerdict, PhoneClass, Verdict, shipped_models
from ctlkit.errors import NetworkError
from ctlkit.messages import Message, Severity
from ctlkit_gui.flow import (
    RESTORE_KEY,
    Asked,
    Button,
    Confirmation,
    Confirmed,
    Dismissed,
    Frame,
    RestoreAgreed,
    RestoreDialog,
    ReviewLine,
    Screen,
    ServersView,
    WordTyped,
)
from ctlkit_gui.qt.theme import Sign, SignLabel
from ctlkit_gui.qt.widgets import Text

if TYPE_CHECKING:
    from tests.gui.qt.around.conftest import Shown

VALUES = {
    "phones": "412 x 7975",
    "reason": Message("refuses-size", {"size": 2, "limit": 1}),
    "word": "412",
}
RED = Message("restore-phones", VALUES, Severity.RED)
AMBER = Message("remains-backup", {}, Severity.AMBER)
UNCONFIRMED = Button(Message("wizard-unconfirmed"))


def _view(dialog: RestoreDialog, asked: Asked) -> ServersView:
    frame = Frame(
        Screen.SERVERS,
        next=Button(),
        back=Button(shown=False),
        cancel=Button(shown=False),
        dialog=dialog,
        asked=asked,
    )
    return ServersView(frame, (), "", "", restored=False, restore=Button(), retry=Button())


def _asked(*confirmations: Confirmation, red: bool = False) -> Asked:
    done = all(item.done for item in confirmations)
    lines = (ReviewLine(AMBER), *((ReviewLine(RED, "word:412"),) if red else ()))
    return Asked(lines, confirmations, Button() if done else UNCONFIRMED)


def _begins_with(shown: Shown, sign: Sign) -> bool:
    head = shown.question.findChildren(SignLabel)[0]
    wanted = SignLabel(sign, shown.question)
    wanted.resize(head.size())
    return bool(head.grab().toImage() == wanted.grab().toImage())


def test_where_nothing_is_red_one_box_is_ticked(shown: Shown) -> None:
    """Restore can be pressed once the flow has taken the tick."""
    dialog = RestoreDialog((AMBER,))
    shown.show(_view(dialog, _asked(Confirmation(RESTORE_KEY))))
    restore = shown.button("Restore", shown.question)
    (box,) = (each for each in shown.question.findChildren(QCheckBox) if each.isVisible())
    box.click()
    assert not restore.isEnabled()
    shown.show(_view(dialog, _asked(Confirmation(RESTORE_KEY, done=True))))
    restore.click()
    assert [Confirmed(RESTORE_KEY), RestoreAgreed()] == shown.events


def test_what_is_red_is_confirmed_by_its_word(shown: Shown) -> None:
    """The number is typed below it; what is typed stays while the view follows."""
    dialog = RestoreDialog((AMBER, RED))
    shown.show(_view(dialog, _asked(Confirmation("word:412", "412"), red=True)))
    question = shown.question
    assert [] == [each for each in question.findChildren(QCheckBox) if each.isVisible()]
    (field,) = (each for each in question.findChildren(QLineEdit) if each.isVisible())
    field.setFocus()
    shown.type(field, "412")
    assert WordTyped("word:412", "412") == shown.events[-1]
    assert not shown.button("Restore", question).isEnabled()
    done = Confirmation("word:412", "412", "412", done=True)
    shown.show(_view(dialog, _asked(done, red=True)))
    assert (question, "412", True) == (shown.question, field.text(), field.hasFocus())
    shown.button("Restore", question).click()
    assert [RestoreAgreed()] == shown.events[3:]


def test_what_phones_would_do_stands_there_class_by_class(shown: Shown) -> None:
    """As on Review; so do nodes that do not answer, each with its own tick."""
    why = Verdict(Answer.REFUSES, Message("refuses-size", {"size": 2, "limit": 1}))
    verdict = ClassVerdict(PhoneClass(shipped_models().models[0], 412), why, (why,))
    gone = NetworkError("ssh-unreachable", host="10.0.0.3", reason="Connection refused")
    dialog = RestoreDialog((RED,), (verdict,), {"cm3": gone})
    asked = _asked(Confirmation("word:412", "412"), Confirmation("node:cm3"), red=True)
    shown.show(_view(dialog, asked))
    said = "\n".join(text.text for text in shown.question.findChildren(Text) if text.isVisible())
    assert "Refuses: " in said
    assert "cm3 does not answer" in said
    (box,) = (each for each in shown.question.findChildren(QCheckBox) if each.isVisible())
    box.click()
    assert [Confirmed("node:cm3")] == shown.events


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Escape])
@pytest.mark.parametrize("messages", [(AMBER,), (RED,)], ids=["amber", "red"])
def test_return_and_esc_keep_the_new_list(shown: Shown, key: Any, messages: Any) -> None:
    """Even where everything is confirmed."""
    done = Confirmation("word:412", "412", "412", done=True)
    shown.show(_view(RestoreDialog(messages), _asked(done, red=RED in messages)))
    shown.press(shown.question, key)
    assert [Dismissed(accepted=False)] == shown.events


def test_the_head_is_as_red_as_what_is_said(shown: Shown) -> None:
    """Amber where a tick is enough."""
    shown.show(_view(RestoreDialog(()), Asked((), (Confirmation(RESTORE_KEY),), UNCONFIRMED)))
    assert _begins_with(shown, Sign.AMBER)
    word = Confirmation("word:412", "412")
    lines = (ReviewLine(RED, "word:412"),)
    shown.show(_view(RestoreDialog((RED,)), Asked(lines, (word,), UNCONFIRMED)))
    assert _begins_with(shown, Sign.RED)
