"""The token pages and the password's: what is shown, and what a person's doing emits."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QGuiApplication
from PyQt6.QtWidgets import (
    QCheckBox,
    QLineEdit,
    QPushButton,
)

from ctlkit.errors import CtlkitError, PinState
from ctlkit.messages import Message
from ctlkit_gui.flow.events import LastTryConfirmed, Next, Rescan, TokenSelected
from ctlkit_gui.flow.state import Purpose
from ctlkit_gui.flow.token_values import CertificateShown, ModuleShown, TokenShown
from ctlkit_gui.flow.values import Screen
from ctlkit_gui.flow.views import (
    Button,
    Frame,
    InsertTokenView,
    PasswordView,
    TokenView,
)
from ctlkit_gui.qt.pages.insert_token import InsertTokenPage
from ctlkit_gui.qt.pages.password import PasswordPage
from ctlkit_gui.qt.pages.token_information import TokenPage
from ctlkit_gui.qt.tables import Table
from ctlkit_gui.qt.viewer import CertificateViewer, halved

if TYPE_CHECKING:
    from tests.gui.qt.first.conftest import Play


CERTIFICATE = CertificateShown(
    title="SAST-ADN0054f509",
    subject="cn=SAST-ADN0054f509;ou=IPCBU;o=Cisco Systems",
    issuer="cn=Cisco Manufacturing CA;o=Cisco Systems",
    serial="13:FD:02",
    serial_hex="0x13fd02",
    serial_decimal="1309954",
    valid_from=1425675387,
    valid_to=1899000000,
    key="RSA 1024",
    sha1="A1:" * 19 + "FF",
    sha256="B2:" * 31 + "00",
    der=b"der",
)
FIRST = TokenShown("uri-1", "first", "0054f509", "SafeNet", "eToken", certificate=CERTIFICATE)
SECOND = TokenShown("uri-2", "second", "00555b11", pin_state=PinState.FINAL_TRY)


def _frame(screen: Screen) -> Frame:
    return Frame(screen, next=Button(), back=Button(), cancel=Button())


def _insert(**changes: Any) -> InsertTokenView:
    view = InsertTokenView(
        frame=_frame(Screen.INSERT_TOKEN),
        purpose=Purpose.ADD,
        wanted=(),
        looking=False,
        tokens=(FIRST, SECOND),
        selected="uri-1",
        added=frozenset(),
        modules=(),
        causes=(),
    )
    return replace(view, **changes)


def test_the_token_page_asks_as_the_old_client_did(play: Play) -> None:
    """Its text and its button are exact."""
    played = play(InsertTokenPage)
    played.show(_insert())
    assert "Insert a Security Token. Click Ok when done." in played.said()
    assert "Ok" == played.page.next_text().replace("&", "")


def test_tokens_are_listed_and_selected(play: Play) -> None:
    """Each with label, serial and the state of its PIN; another row is an event."""
    played = play(InsertTokenPage)
    played.show(_insert(added=frozenset({"uri-1"})))
    (table,) = played.visible(Table)
    first, second = table.as_text().split("\n")[0], _row(table, 1)
    assert "first (added)" in first
    assert "0054f509" in first
    assert "one try is left" in second
    assert [FIRST] == table.selected()
    assert [] == played.events
    played.press(table, Qt.Key.Key_Down)
    assert [TokenSelected("uri-2")] == played.events


def test_a_double_click_takes_the_token(play: Play) -> None:
    """It selects the row, and goes on as Ok does."""
    played = play(InsertTokenPage)
    played.show(_insert())
    (table,) = played.visible(Table)
    table.doubleClicked.emit(table.rows_model.index(0, 0))
    assert [Next()] == played.events


def _row(table: Table[Any], row: int) -> str:
    model = table.rows_model
    return "\t".join(model.cell(row, column).text for column in range(model.columnCount()))


def test_the_selection_survives_a_look_at_the_tokens(play: Play) -> None:
    """A token that comes or goes changes no selection, and emits nothing."""
    played = play(InsertTokenPage)
    played.show(_insert(selected="uri-2"))
    played.show(_insert(selected="uri-2", tokens=(SECOND,)))
    played.show(_insert(selected="uri-2", tokens=(FIRST, SECOND)))
    (table,) = played.visible(Table)
    assert [SECOND] == table.selected()
    assert [] == played.events


def test_another_selection_comes_with_other_tokens(play: Play) -> None:
    """Where rows and selection change at once, nothing is emitted on the way."""
    played = play(InsertTokenPage)
    played.show(_insert(selected="uri-1"))
    played.show(_insert(selected="uri-2", tokens=(SECOND, FIRST)))
    (table,) = played.visible(Table)
    assert [SECOND] == table.selected()
    assert [] == played.events


def test_f5_and_the_button_look_again(play: Play) -> None:
    """Both emit Rescan."""
    played = play(InsertTokenPage)
    played.show(_insert())
    played.press(played.page, Qt.Key.Key_F5)
    played.named(QPushButton, "Rescan (F5)").click()
    assert [Rescan(), Rescan()] == played.events


def test_no_token_is_explained_and_copied(play: Play) -> None:
    """Causes, libraries, their own words; one button copies all of it."""
    played = play(InsertTokenPage)
    module = ModuleShown("/usr/lib/libeTPkcs11.so", "vendor", loaded=False)
    cause = Message("wizard-token-missing")
    played.show(_insert(tokens=(), selected=None, modules=(module,), causes=(cause,)))
    assert cause.advice in played.said()
    played.named(QPushButton, "Copy").click()
    clipboard = QGuiApplication.clipboard()
    assert clipboard is not None
    for text in ("No token is seen", "/usr/lib/libeTPkcs11.so", cause.advice):
        assert text in clipboard.text()


def test_looking_is_not_yet_nothing(play: Play) -> None:
    """Before the first look nobody says that there is no token."""
    played = play(InsertTokenPage)
    played.show(_insert(tokens=(), selected=None, looking=True))
    assert "Looking for tokens..." in played.said()
    assert "No token is seen" not in played.said()


def test_the_token_that_signs_is_named(play: Play) -> None:
    """Where only some tokens would do, the page says which."""
    played = play(InsertTokenPage)
    played.show(_insert(purpose=Purpose.SIGN, wanted=("first (0054f509)",)))
    assert "One of these will do: first (0054f509)." in played.said()


def test_every_field_of_a_token_is_shown_whole(play: Play) -> None:
    """Certificate in all its forms, and the token's own label and serial; Add goes on."""
    played = play(TokenPage)
    played.show(TokenView(_frame(Screen.TOKEN), FIRST, CERTIFICATE))
    said = played.said()
    for text in (
        *(CERTIFICATE.subject, CERTIFICATE.issuer, CERTIFICATE.serial, CERTIFICATE.serial_hex),
        *(CERTIFICATE.serial_decimal, CERTIFICATE.key, CERTIFICATE.sha1),
        halved(CERTIFICATE.sha256),
        *("first", "0054f509", "SafeNet eToken", "2015", "2030", "in order"),
    ):
        assert text in said
    assert "Add" == played.page.next_text().replace("&", "")


def test_a_fingerprint_in_two_lines_is_copied_in_one(play: Play) -> None:
    """What is broken for the eye is whole on the clipboard."""
    played = play(TokenPage)
    played.show(TokenView(_frame(Screen.TOKEN), FIRST, CERTIFICATE))
    buttons = played.visible(QPushButton)
    assert CERTIFICATE.sha256 in [button.accessibleDescription() for button in buttons]


def test_a_tokens_certificate_can_be_saved_before_it_is_added(play: Play) -> None:
    """Certificate... opens the viewer; it is not there where the token has none."""
    played = play(TokenPage)
    played.show(TokenView(_frame(Screen.TOKEN), FIRST, CERTIFICATE))
    page: Any = played.page
    page.certificate.click()
    (viewer,) = page.findChildren(CertificateViewer)
    assert CERTIFICATE is viewer.certificate
    viewer.reject()
    played.show(TokenView(_frame(Screen.TOKEN), FIRST, None))
    assert not page.certificate.isVisible()


def test_a_token_without_a_certificate_says_why(play: Play) -> None:
    """Its problem stands above what it says of itself."""
    played = play(TokenPage)
    problem = CtlkitError("wizard-internal", kind="x")
    played.show(TokenView(_frame(Screen.TOKEN), replace(SECOND, problem=problem), None))
    assert problem.advice in played.said()
    assert "00555b11" in played.said()
    assert "SHA-1" not in played.said()


def _password(**changes: Any) -> PasswordView:
    view = PasswordView(
        frame=_frame(Screen.PASSWORD),
        token=FIRST,
        pin_state=PinState.OK,
        field=True,
        pin_pad=False,
        last_try=False,
        last_try_ticked=False,
        refused=False,
    )
    return replace(view, **changes)


def test_the_password_is_asked_for_a_named_token(play: Play) -> None:
    """Label, serial, the state of the PIN, and what Cisco tokens come with."""
    played = play(PasswordPage)
    played.show(_password(pin_state=PinState.COUNT_LOW))
    for text in ("first", "0054f509", "a wrong one was typed before", "Cisco123"):
        assert text in played.said()


def test_a_pin_lies_in_the_box_before_next(play: Play) -> None:
    """Turning the page afterwards does not take it out again: the worker does."""
    played = play(PasswordPage)
    played.show(_password())
    field = played.named(QLineEdit, "Password (PIN)")
    played.type(field, "Cisco123")
    played.page.go_on()
    assert [Next()] == played.events
    assert "" == field.text()
    played.page.left()
    taken = played.box.take()
    assert taken is not None
    assert "Cisco123" == taken.reveal()


def test_an_empty_pin_is_not_tried(play: Play) -> None:
    """The field gets the focus instead."""
    played = play(PasswordPage)
    played.show(_password())
    played.page.go_on()
    assert [] == played.events
    assert played.named(QLineEdit, "Password (PIN)").hasFocus()


def test_a_pin_that_was_not_given_is_forgotten(play: Play) -> None:
    """Back, Cancel, or a token that was pulled out leave nothing behind."""
    played = play(PasswordPage)
    played.show(_password())
    field = played.named(QLineEdit, "Password (PIN)")
    played.type(field, "Cisco123")
    played.page.left()
    assert "" == field.text()
    assert played.box.take() is None


def test_a_pin_pad_has_no_field(play: Play) -> None:
    """The PIN is typed at the reader; Next goes on without one."""
    played = play(PasswordPage)
    played.show(_password(field=False, pin_pad=True))
    assert [] == played.visible(QLineEdit)
    assert "at the reader" in played.said()
    played.page.go_on()
    assert [Next()] == played.events


def test_the_last_try_is_confirmed_expressly(play: Play) -> None:
    """A box is there for it, and only then."""
    played = play(PasswordPage)
    played.show(_password())
    assert [] == played.visible(QCheckBox)
    played.show(_password(last_try=True, pin_state=PinState.FINAL_TRY))
    (box,) = played.visible(QCheckBox)
    box.click()
    assert [LastTryConfirmed(ticked=True)] == played.events
