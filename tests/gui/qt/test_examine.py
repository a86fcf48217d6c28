"""Lists and certificates that are only looked at: shown and verified, never written."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import pytest
from PyQt6.QtGui import QGuiApplication
from PyQt6.QtWidgets import QWidget

from ctlkit_gui.qt.examine import ExamineDialog, examine
from ctlkit_gui.qt.viewer import CertificateViewer
from softhsm_fixtures import etoken_certificate

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

LISTS = Path(__file__).parents[2] / "data" / "lists"
TOKENS = LISTS / "tokens-5728.tlv"


class Look(Protocol):
    """Opens a file, and returns the dialog once it was read."""

    def __call__(self, file: Path) -> ExamineDialog:
        """Return the dialog."""
        ...


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    """Return what stands for the wizard's window."""
    parent = QWidget()
    qtbot.addWidget(parent)
    return parent


@pytest.fixture
def look(window: QWidget, qtbot: QtBot) -> Iterator[Look]:
    """Open files, and close the dialogs with the test."""
    opened: list[ExamineDialog] = []

    def open_it(file: Path) -> ExamineDialog:
        dialog = examine(window, file)
        with qtbot.waitSignal(dialog.shown):
            pass
        opened.append(dialog)
        return dialog

    yield open_it
    for dialog in opened:
        with qtbot.waitSignal(dialog.destroyed):
            dialog.close()


def test_a_list_is_shown_and_verified(look: Look) -> None:
    """Verdict, signer, checksums, entries, and the text that the server prints are there."""
    dialog = look(TOKENS)
    sha1 = hashlib.sha1(TOKENS.read_bytes()).hexdigest()
    assert dialog.verdict.text.startswith("The signature is right.")
    assert "1024 bits" in dialog.warnings.text
    assert sha1 == dialog.fields.value("SHA-1")
    assert "83:E9:08:00:00:00:55:45:AF:31" == dialog.fields.value("Its serial number")
    assert 5 == dialog.table.rows_model.rowCount()
    assert "The CTL file was verified successfully." in dialog.text.toPlainText()


def test_a_list_is_verified_against_another(look: Look, qtbot: QtBot) -> None:
    """What a person trusts counts from then on: the same signer vouches, a stranger does not."""
    dialog = look(TOKENS)
    with qtbot.waitSignal(dialog.shown):
        dialog.verify_against((TOKENS,))
    assert dialog.verdict.text.startswith("The signature is right.")
    with qtbot.waitSignal(dialog.shown):
        dialog.verify_against((LISTS / "tokenless-6113.tlv",))
    assert "signature is right" not in dialog.verdict.text
    assert dialog.tabs.isVisible()


def test_what_is_trusted_has_to_be_readable(look: Look, qtbot: QtBot, tmp_path: Path) -> None:
    """A file that can vouch for nothing is told, and another may be named."""
    (tmp_path / "text").write_text("hello")
    dialog = look(TOKENS)
    with qtbot.waitSignal(dialog.shown):
        dialog.verify_against((tmp_path / "text",))
    assert "neither a certificate" in dialog.verdict.text
    assert not dialog.tabs.isVisible()
    assert dialog.against.isEnabled()


def test_a_changed_list_is_not_valid(look: Look, tmp_path: Path) -> None:
    """A list with one changed byte is shown in full, and called wrong."""
    changed = bytearray(TOKENS.read_bytes())
    changed[3000] ^= 1
    (tmp_path / "a.tlv").write_bytes(changed)
    dialog = look(tmp_path / "a.tlv")
    assert "signature is right" not in dialog.verdict.text
    assert dialog.table.isVisible()


def test_a_cut_list_is_shown_as_far_as_it_goes(look: Look, tmp_path: Path) -> None:
    """What could be read stands there, the cut record too, with the place where it ended."""
    (tmp_path / "a.tlv").write_bytes(TOKENS.read_bytes()[:-3000])
    dialog = look(tmp_path / "a.tlv")
    assert "record 3" in dialog.verdict.text
    assert 3 == dialog.table.rows_model.rowCount()


@pytest.mark.parametrize("content", [None, b""])
def test_a_file_that_is_not_there(look: Look, tmp_path: Path, content: bytes | None) -> None:
    """A missing and an empty file are told in a sentence."""
    file = tmp_path / "a.tlv"
    if content is not None:
        file.write_bytes(content)
    dialog = look(file)
    assert "there is no such file, or it is empty" in dialog.verdict.text
    assert not dialog.tabs.isVisible()


def test_a_folder_is_no_file(look: Look, tmp_path: Path) -> None:
    """A folder that was dropped is told in a sentence."""
    assert "is a directory, not a file" in look(tmp_path).verdict.text


def test_a_signed_file_has_no_entries(look: Look) -> None:
    """A signed configuration file is shown as the server prints it."""
    dialog = look(LISTS / "signed-file.cnf.xml.sgn")
    assert not dialog.tabs.isTabVisible(0)
    assert dialog.tabs.isTabVisible(1)


def test_a_certificate_opens_in_the_viewer(window: QWidget, qtbot: QtBot, tmp_path: Path) -> None:
    """A certificate that was dropped needs no list around it."""
    file = tmp_path / "a.cer"
    file.write_bytes(etoken_certificate().der)
    dialog = examine(window, file)
    with qtbot.waitSignal(dialog.destroyed):
        pass
    (viewer,) = window.findChildren(CertificateViewer)
    assert etoken_certificate().der == viewer.certificate.der
    with qtbot.waitSignal(viewer.destroyed):
        viewer.close()


def test_an_entrys_certificate_opens(look: Look, qtbot: QtBot) -> None:
    """Certificate... shows that of the selected entry."""
    dialog = look(TOKENS)
    assert not dialog.certificate.isEnabled()
    dialog.table.selectRow(0)
    dialog.certificate.click()
    (viewer,) = dialog.findChildren(CertificateViewer)
    assert "SAST-ADN0054f509" == viewer.certificate.title
    with qtbot.waitSignal(viewer.destroyed):
        viewer.close()


def test_the_text_is_copied(look: Look) -> None:
    """Copy Text gives what the server prints."""
    dialog = look(TOKENS)
    dialog.copy_text.click()
    clipboard = QGuiApplication.clipboard()
    assert clipboard is not None
    assert dialog.text.toPlainText() == clipboard.text()


def test_it_can_be_closed_while_it_reads(window: QWidget, qtbot: QtBot) -> None:
    """Closing at once leaves nothing behind."""
    dialog = examine(window, TOKENS)
    with qtbot.waitSignal(dialog.destroyed):
        dialog.close()
    assert [] == window.findChildren(ExamineDialog)
