"""Page 5, CTL entries: rows, buttons, and why a row stays."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QFileDialog, QPushButton

from ctlkit.edit import RowState
from ctlkit.errors import RuleError, UsageError
from ctlkit.messages import Message
from ctlkit.trustlist import Function
from ctlkit_gui.flow.events import AddServer, AddTokens, Deleted, Undeleted
from ctlkit_gui.flow.state import Busy, Work
from ctlkit_gui.flow.token_values import CertificateShown, TokenShown
from ctlkit_gui.flow.values import EntryShown, Screen
from ctlkit_gui.flow.views import (
    Button,
    EntriesView,
    Frame,
)
from ctlkit_gui.qt.pages.entries import AddServerDialog, EntriesPage
from ctlkit_gui.qt.viewer import CertificateViewer

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from tests.gui.qt.conftest import ShownPage, ShowPage

LONG = "CN=" + "X" * 400


CERTIFICATE = CertificateShown(
    title="SAST-ADN0054f509",
    subject='cn="SAST-ADN0054f509        ";ou=IPCBU;o="Cisco Systems, Inc.',
    issuer="cn=Cisco Manufacturing CA;o=Cisco Systems",
    serial="3C:F9:27:00:00:00:AF:A2:DA:45",
    serial_hex="45DAA2AF00000027F93C",
    serial_decimal="329846589435634564564564",
    valid_from=1_000_000_000,
    valid_to=2_000_000_000,
    key="RSA 1024",
    sha1=":".join(["AB"] * 20),
    sha256=":".join(["CD"] * 32),
    der=b"0\x82",
    file_name="SAST-ADN0054f509.cer",
)


LOCKED = RuleError("sast-stays", rule=3, subject="CN=CUCM-PUB")


FIRST = TokenShown("pkcs11:serial=1", "SAST-ADN0054f509", "0001")


def entry(key: str, state: RowState, **more: Any) -> EntryShown:
    """Return a row that says as little as it can."""
    values = {"function": "SAST", "address": "", "subject": "CN=a", "issuer": "CN=b", "serial": key}
    return EntryShown(key, state, **{**values, **more})


ENTRIES = (
    entry("01", RowState.NEW, certificate=CERTIFICATE, token=FIRST.uri),
    entry("02", RowState.KEPT, locked=LOCKED, subject=LONG),
    entry("03", RowState.CHANGED, old_serial="99", function="CCM+TFTP", address="10.0.0.1"),
    entry("04", RowState.REMOVED, remove="04"),
)


def frame(screen: Screen, busy: Work | None = None) -> Frame:
    """Return what is around a page."""
    return Frame(screen, Button(), Button(), Button(), busy=Busy(1, busy) if busy else None)


ENTRIES_VIEW = EntriesView(
    frame(Screen.ENTRIES), ENTRIES, creating=False, add_tokens=Button(), add_server=Button()
)


@pytest.fixture
def entries(show_page: ShowPage) -> ShownPage:
    """Return the CTL entries page."""
    return show_page(EntriesPage, ENTRIES_VIEW)


def test_entries_say_what_becomes_of_each(entries: ShownPage) -> None:
    """Each state is a word and a picture of its own."""
    page = entries.page
    assert ["new", "kept", "changed", "removed"] == entries.cells(0)
    model = page.table.rows_model
    signs = {model.cell(row, 0).sign for row in range(4)}
    assert 4 == len(signs)
    assert None not in signs
    assert "03 (was 99)" == entries.cells(5)[2]


def test_entries_tell_what_was_pressed(entries: ShownPage, qtbot: QtBot) -> None:
    """Add Tokens, and Delete Selected by button and by key, are told with the rows' keys."""
    page, events = entries.page, entries.events
    page.add_tokens.click()
    page.table.selectRow(0)
    page.delete.click()
    page.table.setFocus()
    entries.press(page.table, Qt.Key.Key_Delete)
    assert [AddTokens(), Deleted(("01",)), Deleted(("01",))] == events


def test_a_locked_row_says_why_it_stays(entries: ShownPage) -> None:
    """Delete Selected rests on a row that has to stay, and the reason stands on the page.

    The key cannot rest; who presses it is told the reason as any other refusal.
    """
    page, events = entries.page, entries.events
    page.table.selectRow(1)
    assert not page.delete.isEnabled()
    assert "CN=CUCM-PUB" in page.delete.accessibleDescription()
    assert [page.delete.accessibleDescription()] == entries.texts()
    page.delete.click()
    assert [] == events
    entries.press(page.table, Qt.Key.Key_Delete)
    assert [Deleted(("02",))] == events


def test_a_removed_row_can_be_kept(entries: ShownPage) -> None:
    """For rows that a person dropped the button says Keep, and tells so."""
    page, events = entries.page, entries.events
    page.table.selectRow(3)
    assert "Keep Selected" == page.delete.text().replace("&", "")
    page.delete.click()
    assert [Undeleted(("04",))] == events


def test_a_view_keeps_selection_and_focus(entries: ShownPage) -> None:
    """Another view moves neither selection nor focus, and sends nothing."""
    page, events = entries.page, entries.events
    page.table.setFocus()
    page.table.selectRow(2)
    added = (entry("00", RowState.NEW), *ENTRIES)
    page.show_view(replace(ENTRIES_VIEW, entries=added))
    assert ["03"] == [row.key for row in page.table.selected()]
    assert page.table.hasFocus()
    assert [] == events


def test_a_button_says_why_it_rests(entries: ShownPage) -> None:
    """A button that a view disables has the reason in its tip and its description."""
    page = entries.page
    page.show_view(replace(ENTRIES_VIEW, add_server=Button(why=Message("wizard-busy"))))
    assert not page.add_tftp.isEnabled()
    assert "Something is still being done" in page.add_firewall.toolTip()
    assert page.add_firewall.toolTip() == page.add_firewall.accessibleDescription()


def test_a_certificate_opens_in_the_viewer(entries: ShownPage, qtbot: QtBot) -> None:
    """Certificate... shows that of the selected row, as a double click does, or rests."""
    page = entries.page
    page.table.selectRow(1)
    assert not page.certificate.isEnabled()
    page.table.selectRow(0)
    opened = page.table.rows_model.index(0, 0)
    for asks in (page.certificate.click, lambda: page.table.doubleClicked.emit(opened)):
        asks()
        (viewer,) = page.findChildren(CertificateViewer)
        assert CERTIFICATE == viewer.certificate
        with qtbot.waitSignal(viewer.destroyed):
            viewer.close()


def test_a_server_is_asked_for(entries: ShownPage, qtbot: QtBot) -> None:
    """Add Firewall asks for file, name and address; a file has to be named."""
    page, events = entries.page, entries.events
    page.add_firewall.click()
    (dialog,) = page.findChildren(AddServerDialog)
    assert Function.FIREWALL == dialog.function.currentData()
    ok = dialog.buttons.button(dialog.buttons.StandardButton.Ok)
    assert ok is not None
    assert not ok.isEnabled()
    entries.type(dialog.file, " /certs/fw.cer ")
    entries.type(dialog.name, "fw.example.com")
    with qtbot.waitSignal(dialog.destroyed):
        ok.click()
    assert [AddServer(Function.FIREWALL, Path("/certs/fw.cer"), "fw.example.com", "")] == events


def test_a_servers_certificate_can_be_chosen(entries: ShownPage, qtbot: QtBot) -> None:
    """Browse asks for a file, and puts what is chosen into the field."""
    page = entries.page
    page.add_tftp.click()
    (dialog,) = page.findChildren(AddServerDialog)
    (browse,) = (each for each in dialog.findChildren(QPushButton) if "..." in each.text())
    browse.click()
    (asks,) = dialog.findChildren(QFileDialog)
    asks.fileSelected.emit("/certs/tftp.pem")
    asks.close()
    assert "/certs/tftp.pem" == dialog.file.text()
    with qtbot.waitSignal(dialog.destroyed):
        dialog.reject()


def test_what_was_typed_of_a_server_can_be_put_right(entries: ShownPage, qtbot: QtBot) -> None:
    """After a server that was refused the fields are as they were typed; after one added, empty."""
    page = entries.page
    typed = AddServer(Function.CAPF, Path("/certs/capf.cer"), "cm1", "10.0.0.999")
    page.add_tftp.click()
    _fill_in(page, qtbot, typed)
    problem = UsageError("server-address-wrong", address="10.0.0.999")
    page.show_view(replace(ENTRIES_VIEW, frame=replace(ENTRIES_VIEW.frame, problem=problem)))
    page.add_firewall.click()
    _fill_in(page, qtbot, None, sees=AddServer(Function.FIREWALL, Path(), "", ""))
    page.add_tftp.click()
    _fill_in(page, qtbot, None, sees=typed)
    page.show_view(ENTRIES_VIEW)
    page.add_tftp.click()
    _fill_in(page, qtbot, None, sees=AddServer(Function.CCM_TFTP, Path(), "", ""))


def _fill_in(
    page: EntriesPage, qtbot: QtBot, typed: AddServer | None, sees: AddServer | None = None
) -> None:
    """Look at the dialog that is open, and fill it in, or close it."""
    (dialog,) = page.findChildren(AddServerDialog)
    fields = (dialog.file.text(), dialog.name.text(), dialog.address.text())
    if sees is not None:
        wanted = ("" if sees.file == Path() else str(sees.file), sees.name, sees.address)
        assert (sees.function, *wanted) == (dialog.function.currentData(), *fields)
    with qtbot.waitSignal(dialog.destroyed):
        if typed is None:
            cancel = dialog.buttons.button(dialog.buttons.StandardButton.Cancel)
            assert cancel is not None
            cancel.click()
        else:
            dialog.fill_in(typed)
            dialog.accept()


def test_a_table_is_copied_as_text(entries: ShownPage, qtbot: QtBot) -> None:
    """Ctrl+C copies the selected rows, a tab between the cells."""
    page = entries.page
    page.table.selectRow(2)
    entries.press(page.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert "changed\tCCM+TFTP\t10.0.0.1\tCN=a\tCN=b\t03 (was 99)" == entries.clipboard


def test_the_page_is_named_whole_and_steady(show_page: ShowPage) -> None:
    """What takes the focus has a name, no text is cut, and the same view changes nothing."""
    shown = show_page(EntriesPage, ENTRIES_VIEW)
    shown.assert_named()
    shown.assert_idempotent(ENTRIES_VIEW)
    for width in (460, 800):
        shown.assert_nothing_cut(width)
