"""The certificate viewer: every field, fingerprints to be copied, save, drag out.

Rules:

* The file is written whole or not at all, and is what the list or the token holds, byte for byte;
  PEM only wraps it.
* Dragging gives a file of the same bytes, which is there as long as the viewer is.
"""

from __future__ import annotations

import ssl
from pathlib import Path

from PyQt6.QtCore import QMimeData, QPoint, QSize, Qt, QTemporaryDir, QUrl
from PyQt6.QtGui import QDrag, QIcon, QMouseEvent
from PyQt6.QtWidgets import (
    QApplication,
    QDialogButtonBox,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QStyle,
    QVBoxLayout,
    QWidget,
)

from ctlkit.errors import CtlkitError
from ctlkit.files import write_file
from ctlkit.log import log
from ctlkit.messages import printable
from ctlkit_gui.flow.token_values import CertificateShown
from ctlkit_gui.qt.activation import Returning
from ctlkit_gui.qt.theme import QuietLabel, em
from ctlkit_gui.qt.widgets import FieldGrid, Heading, MessageList, moment, there

__all__ = ["CertificateFields", "CertificateViewer", "DragHandle", "halved"]

_MIME = "application/pkix-cert"
_WIDTH = 72
"""Widths of an M: a SHA-1 fingerprint fits into a line."""

_PEM_ENDINGS = frozenset({".pem", ".crt"})


class CertificateFields(FieldGrid):
    """Every field of a certificate."""

    def __init__(self, certificate: CertificateShown, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        item = certificate
        self.add(self.tr("Subject"), item.subject, copied=item.subject)
        self.add(self.tr("Issuer"), item.issuer, copied=item.issuer)
        self.add(self.tr("Serial in the list"), item.serial, copied=item.serial, fixed=True)
        self.add(self.tr("Hexadecimal"), item.serial_hex, copied=item.serial_hex, fixed=True)
        decimal = item.serial_decimal
        self.add(self.tr("Decimal"), decimal, copied=decimal, fixed=True)
        self.add(self.tr("Valid from"), moment(item.valid_from))
        self.add(self.tr("Valid to"), moment(item.valid_to))
        self.add(self.tr("Key"), item.key)
        self.add(self.tr("SHA-1"), item.sha1, copied=item.sha1, fixed=True)
        halves = halved(item.sha256)
        self.add(self.tr("SHA-256"), halves, copied=item.sha256, fixed=True)


def halved(fingerprint: str) -> str:
    """Return a long fingerprint in two lines, cut between two bytes."""
    middle = fingerprint.find(":", len(fingerprint) // 2)
    return f"{fingerprint[: middle + 1]}\n{fingerprint[middle + 1 :]}"


class CertificateViewer(Returning):
    """Shows one certificate."""

    def __init__(self, certificate: CertificateShown, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.certificate = certificate
        title = printable(certificate.title)
        self.setWindowTitle(self.tr("Certificate {0}").format(title))
        self.fields = CertificateFields(certificate, self)
        self.handle = DragHandle(certificate, self)
        self.problem = MessageList(self)
        self.save = QPushButton(self.tr("&Save..."), self)
        self.save.clicked.connect(self._ask_where)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        buttons.addButton(self.save, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.rejected.connect(self.reject)
        inner = self._inner = QWidget(self)
        lines = QVBoxLayout(inner)
        lines.setSpacing(em(self))
        lines.addWidget(Heading(title, inner))
        lines.addWidget(self.fields)
        lines.addWidget(self.handle, 0, Qt.AlignmentFlag.AlignLeft)
        lines.addStretch(1)
        scrolled = QScrollArea(self)
        scrolled.setWidgetResizable(True)
        scrolled.setFrameShape(QFrame.Shape.NoFrame)
        scrolled.setWidget(inner)
        layout = QVBoxLayout(self)
        layout.addWidget(scrolled, 1)
        layout.addWidget(self.problem)
        layout.addWidget(buttons)
        there(buttons.button(QDialogButtonBox.StandardButton.Close)).setFocus()
        # What shows itself takes two thirds of a screen at most.
        self.resize(self.sizeHint())

    def sizeHint(self) -> QSize:
        """Return the size in which every field is seen, as far as the screen has room."""
        screen = there(self.screen()).availableSize()
        width = em(self, _WIDTH)
        height = self._inner.heightForWidth(width) + em(self, 8)
        return QSize(width, height).boundedTo(screen - QSize(em(self, 3), em(self, 4)))

    def save_to(self, path: Path) -> None:
        """Write the certificate: PEM where the file's name says so, else DER."""
        der = self.certificate.der
        is_pem = path.suffix.lower() in _PEM_ENDINGS
        data = ssl.DER_cert_to_PEM_cert(der).encode("ascii") if is_pem else der
        try:
            write_file(path, data, replace=True)
        except CtlkitError as error:
            self.problem.set_messages([error])
        else:
            self.problem.set_messages([])

    def _ask_where(self) -> None:
        dialog = QFileDialog(self, self.tr("Save the certificate"))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilters([self.tr("DER (*.cer)"), self.tr("PEM (*.pem)")])
        dialog.setDefaultSuffix("cer")
        dialog.filterSelected.connect(
            lambda chosen: dialog.setDefaultSuffix("pem" if "*.pem" in chosen else "cer")
        )
        dialog.selectFile(self.certificate.file_name)
        dialog.fileSelected.connect(lambda name: self.save_to(Path(name)))
        dialog.open()


class DragHandle(QFrame):
    """A file to be dragged out; Save does the same by keyboard."""

    def __init__(self, certificate: CertificateShown, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._certificate = certificate
        self._folder: QTemporaryDir | None = None
        self._pressed: QPoint | None = None
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        self.setToolTip(self.tr("Drag this onto a folder or a message"))
        picture, name = QLabel(self), QLabel(certificate.file_name, self)
        name.setTextFormat(Qt.TextFormat.PlainText)
        picture.setPixmap(self._icon().pixmap(QSize(em(self, 1.6), em(self, 1.6))))
        hint = QuietLabel(self.tr("drag it out as a file"), self)
        hint.setWordWrap(False)
        row = QHBoxLayout(self)
        row.setSpacing(em(self, 0.7))
        for label in (picture, name, hint):
            row.addWidget(label)

    def _icon(self) -> QIcon:
        return there(self.style()).standardIcon(QStyle.StandardPixmap.SP_FileIcon)

    def mime_data(self) -> QMimeData:
        """Return what is dragged: a file, and the bytes themselves."""
        if self._folder is None:
            self._folder = QTemporaryDir()
        path = Path(self._folder.path(), self._certificate.file_name)
        data = QMimeData()
        data.setData(_MIME, self._certificate.der)
        try:
            write_file(path, self._certificate.der, replace=True)
        except CtlkitError as error:  # the disk is full: there are still the bytes
            log().warning("%s", error)
        else:
            data.setUrls([QUrl.fromLocalFile(str(path))])
        return data

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        """Remember where dragging begins."""
        if event is not None and event.button() is Qt.MouseButton.LeftButton:
            self._pressed = event.position().toPoint()

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        """Begin to drag once the mouse has moved far enough."""
        if event is None or self._pressed is None:
            return
        moved = event.position().toPoint() - self._pressed
        if moved.manhattanLength() < QApplication.startDragDistance():
            return
        self._pressed = None
        drag = QDrag(self)
        drag.setPixmap(self._icon().pixmap(QSize(em(self, 2.4), em(self, 2.4))))
        drag.setMimeData(self.mime_data())
        drag.exec(Qt.DropAction.CopyAction)
