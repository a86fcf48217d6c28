"""The first pages and the password's: what a view shows, and what a person's doing emits."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QLabel,
    QLineEdit,
    QPushButton,
    QRadioButton,
)

from ctlkit.edit import Mode
from ctlkit.errors import NetworkError, RuleError
from ctlkit_gui.flow.events import ActionChosen, FormChanged, Next, Rescan
from ctlkit_gui.flow.values import (
    Action,
    NodeShown,
    PlaceKind,
    Screen,
    ServerForm,
)
from ctlkit_gui.flow.views import (
    ActionView,
    Button,
    Frame,
    ServerView,
)
from ctlkit_gui.qt.pages.action import ActionPage
from ctlkit_gui.qt.pages.server import ServerPage
from ctlkit_gui.qt.tables import Table

if TYPE_CHECKING:
    from tests.gui.qt.first.conftest import Play


def _frame(screen: Screen) -> Frame:
    return Frame(screen, next=Button(), back=Button(), cancel=Button())


def _server(form: ServerForm, *, refused: bool = False) -> ServerView:
    kinds = tuple(PlaceKind)
    return ServerView(_frame(Screen.SERVER), kinds, ("office", "branch"), form, refused)


CLUSTER = ServerForm(PlaceKind.CLUSTER, host="cm1", port="2222", user="admin")

FIELDS = {
    PlaceKind.PRACTICE: set(),
    PlaceKind.FOLDER: {"Folder"},
    PlaceKind.LAB: {"Folder"},
    PlaceKind.NAMED: set(),
    PlaceKind.CLUSTER: {"Server", "Port", "User name", "Password"},
    PlaceKind.SFTP: {
        *("Server", "Port", "User name", "Password", "Remote folder", "Further servers"),
    },
}


@pytest.mark.parametrize("kind", list(PlaceKind))
def test_a_place_has_its_fields_and_no_others(play: Play, kind: PlaceKind) -> None:
    """Each kind of place shows what it needs; every field has a label with a key."""
    played = play(ServerPage)
    played.show(_server(ServerForm(kind)))
    labels = [label for label in played.visible(QLabel) if label.buddy() is not None]
    fields = {
        label.text().replace("&", "").rstrip(":")
        for label in labels
        if isinstance(label.buddy(), QLineEdit)
    }
    assert FIELDS[kind] == fields
    assert all("&" in label.text() for label in labels)


def test_showing_a_form_emits_nothing(play: Play) -> None:
    """What is shown is not what was typed."""
    played = play(ServerPage)
    played.show(_server(CLUSTER))
    played.show(_server(ServerForm(PlaceKind.SFTP, folder="lists", remote="/tftp", nodes="a, b")))
    assert [] == played.events
    assert "/tftp" == played.named(QLineEdit, "Remote folder").text()


def test_what_is_typed_is_an_event_with_the_whole_form(play: Play) -> None:
    """Each change emits the form as it stands; fields that are hidden keep theirs."""
    played = play(ServerPage)
    played.show(_server(replace(CLUSTER, folder="/kept")))
    played.named(QLineEdit, "Server").setText("")
    played.type(played.named(QLineEdit, "Server"), "x")
    assert [FormChanged(replace(CLUSTER, host="x", folder="/kept"))] == played.events


def test_the_first_configured_place_is_chosen(play: Play) -> None:
    """Who asks for a place of the configuration file has one at once."""
    played = play(ServerPage)
    played.show(_server(CLUSTER))
    kinds = played.named(QComboBox, "Place")
    kinds.setCurrentIndex(list(PlaceKind).index(PlaceKind.NAMED))
    kinds.activated.emit(kinds.currentIndex())
    assert [FormChanged(replace(CLUSTER, kind=PlaceKind.NAMED, name="office"))] == played.events


def test_another_kind_of_place_is_an_event(play: Play) -> None:
    """The kind is chosen by keyboard."""
    played = play(ServerPage)
    played.show(_server(CLUSTER))
    kinds = played.named(QComboBox, "Place")
    played.press(kinds, Qt.Key.Key_Down)
    following = list(PlaceKind)[list(PlaceKind).index(PlaceKind.CLUSTER) + 1]
    assert [FormChanged(replace(CLUSTER, kind=following, name="office"))] == [
        replace(event, form=replace(event.form, name="office"))
        for event in played.events
        if isinstance(event, FormChanged)
    ]


def test_a_place_of_the_configuration_file_is_chosen_by_name(play: Play) -> None:
    """The names of the file are offered."""
    played = play(ServerPage)
    played.show(_server(ServerForm(PlaceKind.NAMED, name="office")))
    names = played.named(QComboBox, "Name")
    assert ["office", "branch"] == [names.itemText(row) for row in range(names.count())]
    played.press(names, Qt.Key.Key_Down)
    assert [FormChanged(ServerForm(PlaceKind.NAMED, name="branch"))] == played.events


def test_a_folder_can_be_chosen(play: Play, tmp_path: Path) -> None:
    """Browse asks for one, and what is chosen is an event as if it were typed."""
    played = play(ServerPage)
    played.show(_server(ServerForm(PlaceKind.FOLDER)))
    played.named(QPushButton, "Browse...").click()
    (asks,) = played.page.findChildren(QFileDialog)
    assert QFileDialog.FileMode.Directory is asks.fileMode()
    asks.fileSelected.emit(str(tmp_path))
    asks.close()
    assert [FormChanged(ServerForm(PlaceKind.FOLDER, folder=str(tmp_path)))] == played.events


def test_typing_keeps_its_place(play: Play) -> None:
    """A view that comes back while one types moves no cursor and selects nothing."""
    played = play(ServerPage)
    played.show(_server(CLUSTER))
    field = played.named(QLineEdit, "Server")
    field.setFocus()
    field.setCursorPosition(1)
    played.show(_server(CLUSTER))
    assert 1 == field.cursorPosition()
    assert field.hasFocus()


def test_the_page_says_which_account_it_means(play: Play) -> None:
    """It is the platform's administrator, not the CallManager's."""
    played = play(ServerPage)
    played.show(_server(CLUSTER))
    assert "OS administrator (platform) account, not the CallManager" in played.said()


def test_a_servers_password_lies_in_the_box_before_next(play: Play) -> None:
    """The field is empty then, with nothing to undo."""
    played = play(ServerPage)
    played.show(_server(CLUSTER))
    field = played.named(QLineEdit, "Password")
    assert QLineEdit.EchoMode.Password is field.echoMode()
    hints = field.inputMethodHints()
    for hint in ("ImhHiddenText", "ImhSensitiveData", "ImhNoPredictiveText"):
        assert hints & Qt.InputMethodHint[hint]
    played.type(field, "s3cret")
    assert [] == played.events
    left = []
    played.page.emitted.connect(lambda _: left.append(field.text()))
    played.page.go_on()
    taken = played.box.take()
    assert taken is not None
    assert "s3cret" == taken.reveal()
    assert [""] == left
    field.setEchoMode(QLineEdit.EchoMode.Normal)
    field.undo()
    assert "" == field.text()


def test_without_a_password_the_box_stays_empty(play: Play) -> None:
    """An empty field is no password."""
    played = play(ServerPage)
    played.show(_server(CLUSTER))
    played.page.go_on()
    assert [Next()] == played.events
    assert played.box.take() is None


def test_a_password_is_not_given_to_another_kind_of_place(play: Play) -> None:
    """What was typed for a cluster is dropped where a folder was chosen."""
    played = play(ServerPage)
    played.show(_server(CLUSTER))
    played.type(played.named(QLineEdit, "Password"), "s3cret")
    played.show(_server(ServerForm(PlaceKind.FOLDER, folder="lists")))
    played.page.go_on()
    assert played.box.take() is None


def test_a_refused_password_is_to_be_typed_anew(play: Play) -> None:
    """The field is cleared and has the focus, once; what is typed then stays."""
    played = play(ServerPage)
    played.show(_server(CLUSTER))
    field = played.named(QLineEdit, "Password")
    played.type(field, "wrong")
    played.show(_server(CLUSTER, refused=True))
    assert "" == field.text()
    assert field.hasFocus()
    played.type(field, "right")
    played.show(_server(CLUSTER, refused=True))
    assert "right" == field.text()


def test_a_page_that_is_left_forgets_its_password(play: Play) -> None:
    """Neither the field nor the box keeps it."""
    played = play(ServerPage)
    played.show(_server(CLUSTER))
    field = played.named(QLineEdit, "Password")
    played.type(field, "s3cret")
    played.box.put("another")
    played.page.left()
    assert "" == field.text()
    assert played.box.take() is None


def _action(**changes: Any) -> ActionView:
    refused = RuleError("token-not-in-list", rule=1)
    view = ActionView(
        frame=_frame(Screen.ACTION),
        place="cucm://admin@cm1",
        mode=Mode.MIXED,
        says=Mode.NON_SECURE,
        release="10.5.2",
        nodes=(
            NodeShown("cm1", "CTLFile.tlv", "SAST-1", "13:FD", 1425675387, "ab" * 16, "cd" * 20),
            NodeShown("cm2", error=NetworkError("wizard-internal", kind="x"), answers=False),
        ),
        action=Action.UPDATE,
        actions={
            Action.MIXED: Button(),
            Action.NON_SECURE: Button(refused),
            Action.UPDATE: Button(),
        },
    )
    return replace(view, **changes)


def test_the_actions_are_the_old_clients(play: Play) -> None:
    """Three radio buttons with its texts; one that is refused says why, and rests."""
    played = play(ActionPage)
    played.show(_action())
    radios = played.visible(QRadioButton)
    assert [
        ("Set Cluster to Mixed Mode", True, False),
        ("Set Cluster to Non-Secure Mode", False, False),
        ("Update CTL File", True, True),
    ] == [(each.text().replace("&", ""), each.isEnabled(), each.isChecked()) for each in radios]
    assert "does not exist in the CTL File" in radios[1].accessibleDescription()
    assert "does not exist in the CTL File" in played.said()
    assert played.page.first_focus() is radios[2]


def test_an_action_that_can_be_chosen_says_what_it_does(play: Play) -> None:
    """Who never saw the old client learns what each leads to."""
    played = play(ActionPage)
    played.show(_action())
    update = played.named(QRadioButton, "Update CTL File")
    assert "the mode stays" in update.accessibleDescription()
    assert "the mode stays" in played.said()


def test_a_practice_has_no_address(play: Play) -> None:
    """A temporary folder says nothing to a person."""
    played = play(ActionPage)
    played.show(_action(place="lab:/srv/somewhere", practice=True))
    assert "Practice" in played.said()
    assert "/srv" not in played.said()


def test_an_action_is_chosen(play: Play) -> None:
    """A click emits it; showing it emits nothing."""
    played = play(ActionPage)
    played.show(_action())
    played.named(QRadioButton, "Set Cluster to Mixed Mode").click()
    assert [ActionChosen(Action.MIXED)] == played.events
    played.show(_action(action=Action.MIXED))
    played.show(_action(action=None))
    assert not any(each.isChecked() for each in played.visible(QRadioButton))
    assert [ActionChosen(Action.MIXED)] == played.events


def test_the_present_state_is_shown_node_by_node(play: Play) -> None:
    """Modes, and each node's list with signer, time and checksums, or why it has none."""
    played = play(ActionPage)
    played.show(_action())
    said = played.said()
    for text in ("cucm://admin@cm1", "mixed", "non-secure", "10.5.2"):
        assert text in said
    (table,) = played.visible(Table)
    first, second = table.as_text().split("\n")
    for text in ("cm1", "CTLFile.tlv", "SAST-1", "ab" * 16, "cd" * 20):
        assert text in first
    assert re.search(r"2015-03-0[567] \d\d:\d\d\t", first)
    assert "cm2\tSomething went wrong" in second


def test_the_place_is_looked_at_again(play: Play) -> None:
    """By the button, and by F5."""
    played = play(ActionPage)
    played.show(_action())
    page: Any = played.page
    page.again.click()
    played.press(page, Qt.Key.Key_F5)
    assert [Rescan(), Rescan()] == played.events


def test_who_has_nothing_yet_is_shown_the_way_to_practice(play: Play) -> None:
    """Until something was typed or chosen; and only where Practice can be had."""
    played = play(ServerPage)
    hint = "choose Practice"
    for kinds, form, expected in (
        (tuple(PlaceKind), ServerForm(), True),
        (tuple(PlaceKind), ServerForm(host="cm1"), False),
        ((PlaceKind.CLUSTER,), ServerForm(), False),
    ):
        played.show(ServerView(_frame(Screen.SERVER), kinds, (), form))
        assert expected is (hint in played.said())


def test_what_keeps_all_actions_from_being_chosen_is_said_once(play: Play) -> None:
    """A reason that several share stands below the last of them, and describes each."""
    refused = Button(RuleError("token-not-in-list", rule=1))
    played = play(ActionPage)
    played.show(_action(actions=dict.fromkeys(Action, refused)))
    said = [label for label in played.visible(QLabel) if "does not exist" in label.text()]
    assert 1 == len(said)
    radios = played.visible(QRadioButton)
    assert 3 == sum("does not exist" in radio.accessibleDescription() for radio in radios)
