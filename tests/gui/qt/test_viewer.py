"""The certificate viewer, About, and Save log."""

from __future__ import annotations

import logging
import stat
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PyQt6.QtGui import QGuiApplication
from PyQt6.QtWidgets import QDialogButtonBox, QFileDialog, QMessageBox, QWidget

from ctlkit import __version__
from ctlkit.certificate import Certificate
from ctlkit.log import log
from ctlkit.pins import Pin
from ctlkit_gui.flow.token_values import CertificateShown
from ctlkit_gui.qt.about import AboutDialog
from ctlkit_gui.qt.log_saving import RecentLog, recent_log, save_log
from ctlkit_gui.qt.viewer import CertificateViewer
from ctlkit_gui.qt.widgets import CopyButton, Text
from softhsm_fixtures import etoken_certificate

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot


def clipboard() -> str:
    """Return what was copied."""
    found = QGuiApplication.clipboard()
    return found.text() if found else ""


@pytest.fixture
def certificate() -> CertificateShown:
    """Return an eToken's certificate as the pages show it."""
    der = etoken_certificate().der
    read = Certificate.from_der(der)
    return CertificateShown(
        title="SAST-ADN0054f509",
        subject='cn="SAST-ADN0054f509        ";ou=IPCBU;o="Cisco Systems, Inc.',
        issuer="cn=Cisco Manufacturing CA;o=Cisco Systems",
        serial="3C:F9:27:00:00:00:AF:A2:DA:45",
        serial_hex="45DAA2AF00000027F93C",
        serial_decimal=str(read.serial_number),
        valid_from=read.not_before,
        valid_to=read.not_after,
        key="RSA 1024",
        sha1=read.fingerprint("sha1").hex(":").upper(),
        sha256=read.fingerprint().hex(":").upper(),
        der=der,
        file_name="SAST-ADN0054f509.cer",
    )


@pytest.fixture
def viewer(certificate: CertificateShown, qtbot: QtBot) -> Iterator[CertificateViewer]:
    """Return the viewer, shown."""
    dialog = CertificateViewer(certificate)
    with qtbot.waitExposed(dialog):
        dialog.show()
    yield dialog
    with qtbot.waitSignal(dialog.destroyed):
        dialog.close()


def test_every_field_is_shown(viewer: CertificateViewer, certificate: CertificateShown) -> None:
    """Names, all forms of the serial, dates, key and both fingerprints are there."""
    texts = [text.text.replace("\n", "") for text in viewer.findChildren(Text)]
    for value in (
        certificate.subject,
        certificate.issuer,
        certificate.serial,
        certificate.serial_hex,
        certificate.serial_decimal,
        certificate.key,
        certificate.sha1,
        certificate.sha256,
    ):
        assert value in texts


def test_close_ends_the_viewer(certificate: CertificateShown, qtbot: QtBot) -> None:
    """Its button does what Esc does."""
    dialog = CertificateViewer(certificate)
    with qtbot.waitExposed(dialog):
        dialog.show()
    (buttons,) = dialog.findChildren(QDialogButtonBox)
    close = buttons.button(QDialogButtonBox.StandardButton.Close)
    assert close is not None
    with qtbot.waitSignal(dialog.destroyed):
        close.click()


def test_fields_are_copied(viewer: CertificateViewer, certificate: CertificateShown) -> None:
    """Each Copy gives its own value in one line, and says so to who cannot see it."""
    copied = {}
    for button in viewer.findChildren(CopyButton):
        button.click()
        copied[button.accessibleName()] = clipboard()
        assert clipboard() == button.accessibleDescription()
    assert certificate.sha1 == copied["Copy SHA-1"]
    assert certificate.sha256 == copied["Copy SHA-256"]
    assert certificate.serial == copied["Copy Serial in the list"]


def test_a_certificate_is_saved(
    viewer: CertificateViewer, certificate: CertificateShown, tmp_path: Path
) -> None:
    """DER is the certificate's bytes, PEM the same wrapped; a file that is there is replaced."""
    der, pem = tmp_path / "a.cer", tmp_path / "a.pem"
    for _ in range(2):
        viewer.save_to(der)
        viewer.save_to(pem)
    assert certificate.der == der.read_bytes()
    assert pem.read_text().startswith("-----BEGIN CERTIFICATE-----\n")
    assert certificate.der == Certificate.load(pem.read_bytes()).der


def test_a_certificate_that_cannot_be_saved(viewer: CertificateViewer, tmp_path: Path) -> None:
    """The reason stands in the viewer until a file was written."""
    viewer.save_to(tmp_path / "missing" / "a.cer")
    assert viewer.problem.isVisible()
    assert "cannot be written" in viewer.problem.text
    viewer.save_to(tmp_path / "a.cer")
    assert not viewer.problem.isVisible()


def test_save_asks_for_a_file(
    viewer: CertificateViewer, certificate: CertificateShown, tmp_path: Path
) -> None:
    """Save offers the certificate's own name, and writes to the file that was chosen."""
    viewer.save.click()
    (asks,) = viewer.findChildren(QFileDialog)
    assert [certificate.file_name] == [Path(name).name for name in asks.selectedFiles()]
    asks.fileSelected.emit(str(tmp_path / "chosen.cer"))
    asks.close()
    assert certificate.der == (tmp_path / "chosen.cer").read_bytes()


def test_a_certificate_is_dragged_out(
    viewer: CertificateViewer, certificate: CertificateShown
) -> None:
    """What is dragged is a file of the certificate's name and bytes."""
    data = viewer.handle.mime_data()
    (url,) = data.urls()
    path = Path(url.toLocalFile())
    assert (certificate.file_name, certificate.der) == (path.name, path.read_bytes())


def test_about_tells_versions(qtbot: QtBot) -> None:
    """The versions are shown and can be copied."""
    dialog = AboutDialog()
    with qtbot.waitExposed(dialog):
        dialog.show()
    dialog.copy_all.click()
    assert clipboard().startswith(f"ctlkit {__version__}\nPython ")
    with qtbot.waitSignal(dialog.destroyed):
        dialog.close()


@pytest.fixture
def recent() -> Iterator[RecentLog]:
    """Return a log that listens."""
    handler = RecentLog()
    handler.start()
    yield handler
    handler.stop()
    handler.close()


def test_the_log_holds_what_was_done(recent: RecentLog, tmp_path: Path) -> None:
    """Each event is one line with its thread, after the versions; the file is its owner's alone."""
    log().info("read %s", "a\nb")
    worker = threading.Thread(target=lambda: log().debug("signed"), name="worker")
    worker.start()
    worker.join()
    saved = tmp_path / "ctlkit.log"
    recent.save(saved)
    *_, first, second = saved.read_text().splitlines()
    assert saved.read_text().startswith(f"ctlkit {__version__}\n")
    assert first.endswith("read a\\nb")
    assert second.endswith("DEBUG worker signed")
    assert 0o600 == stat.S_IMODE(saved.stat().st_mode)


def test_the_log_holds_no_pin(recent: RecentLog) -> None:
    """What carries a PIN shows none, not even where it is logged whole."""
    log().warning("%s %r", Pin("Cisco123"), {"pin": Pin("Cisco123")})
    assert "Cisco123" not in recent.text


def test_the_log_ends_with_the_window() -> None:
    """Nothing is heard after the end, and the logger is as it was before."""
    before = log().level, tuple(log().handlers)
    handler = RecentLog()
    handler.start()
    handler.stop()
    logging.getLogger("ctlkit").warning("later")
    assert before == (log().level, tuple(log().handlers))
    assert "later" not in handler.text
    handler.close()


def test_save_log_asks_and_tells_what_went_wrong(qtbot: QtBot, tmp_path: Path) -> None:
    """The log goes to the chosen file; one that cannot be written is told in words."""
    window = QWidget()
    qtbot.addWidget(window)
    recent_log().start()
    log().info("begun")
    asks = save_log(window)
    asks.fileSelected.emit(str(tmp_path / "a.log"))
    asks.fileSelected.emit(str(tmp_path / "missing" / "a.log"))
    asks.close()
    recent_log().stop()
    assert "begun" in (tmp_path / "a.log").read_text()
    (told,) = window.findChildren(QMessageBox)
    assert "cannot be written" in told.text()
    told.close()
