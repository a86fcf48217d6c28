"""A list or certificate that is only looked at: shown and verified as the commands do it.

Rules:

* Nothing is written, and nothing of what is shown goes into the wizard.
* It is read in a thread: the window does not wait for a slow disk or a long list.
* A list is verified with the signer that it names itself, until a person names what to trust.
"""

from __future__ import annotations

import hashlib
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from PyQt6.QtCore import QObject, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QTextOption
from PyQt6.QtWidgets import (
    QDialogButtonBox,
    QFileDialog,
    QFrame,
    QPlainTextEdit,
    QPushButton,
    QScrollArea,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from ctlkit.certificate import Certificate
from ctlkit.edit import Row, RowState
from ctlkit.errors import CannotTellError, CtlkitError, InputError
from ctlkit.messages import printable
from ctlkit.trustlist import Digest, text_of
from ctlkit.workflows.reading import Shown, listing, load_trust, show
from ctlkit_gui.flow.token_values import CertificateShown
from ctlkit_gui.flow.values import EntryShown
from ctlkit_gui.qt.activation import Returning
from ctlkit_gui.qt.entry_table import EntryTable
from ctlkit_gui.qt.language import listed, sentence, worded
from ctlkit_gui.qt.theme import QuietLabel, Sign, em
from ctlkit_gui.qt.viewer import CertificateViewer
from ctlkit_gui.qt.widgets import (
    FieldGrid,
    Heading,
    MessageList,
    MessageRow,
    copy,
    fixed_font,
    moment,
    there,
)
from ctlkit_gui.work import certificate_shown, entries_of

__all__ = ["ExamineDialog", "Examined", "examine", "read"]

_COPIED = frozenset({"serial", "md5", "sha1"})
_ROOM = (92, 66)
"""The dialog's size in widths of an M, as far as the screen has room."""


@dataclass(frozen=True, slots=True)
class Examined:
    """What a file is.

    Attributes:
        shown: a list or signed file, as far as it could be read.
        entries: its records as rows.
        text: the same as the server prints it.
        certificate: what it is else.
        error: why it is neither, or cannot be read.
    """

    shown: Shown | None = None
    entries: tuple[EntryShown, ...] = ()
    text: str = ""
    certificate: CertificateShown | None = None
    error: CtlkitError | None = None


def read(file: Path, trust: tuple[Path, ...] = ()) -> Examined:
    """Read and verify a file; whatever is wrong with it is in the answer."""
    try:
        shown = show(str(file), [str(item) for item in trust])
        if shown is None:
            return Examined(error=InputError("no-list-there", file=file))
        if shown.partial.error is not None:
            certificate = _certificate(file)
            if certificate is not None:
                return Examined(certificate=certificate)
        rows = [Row(RowState.KEPT, record) for record in shown.partial.records]
        return Examined(shown, entries_of(rows), listing(shown))
    except CtlkitError as error:
        return Examined(error=error)


def _certificate(file: Path) -> CertificateShown | None:
    try:
        (anchor,) = load_trust([str(file)], int(time.time()))
    except CtlkitError:  # neither: what is wrong with it as a list is told
        return None
    return certificate_shown(anchor) if isinstance(anchor, Certificate) else None


def examine(parent: QWidget, file: Path) -> ExamineDialog:
    """Show what a file is, in a window of its own beside the wizard."""
    dialog = ExamineDialog(file, parent)
    dialog.finished.connect(parent.activateWindow)
    dialog.show()
    dialog.activateWindow()
    return dialog


class _Reading(QObject):
    """Reads in a thread; ``done`` brings what was read."""

    done = pyqtSignal(object)

    def __init__(self, file: Path, trust: tuple[Path, ...]) -> None:
        super().__init__()
        self._thread = threading.Thread(
            target=lambda: self.done.emit(read(file, trust)), name="examine", daemon=True
        )

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def wait(self) -> None:
        """Return once it has ended; files are small and read at once."""
        self._thread.join()


class ExamineDialog(Returning):
    """Shows one file.

    Attributes:
        shown: it was read, and is shown now.
    """

    shown = pyqtSignal()

    def __init__(self, file: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(printable(file.name))
        self._file = file
        self._readings: list[_Reading] = []
        self.verdict = MessageRow(self)
        self._trusted = QuietLabel(parent=self)
        self.fields, self.warnings = FieldGrid(self), MessageList(self)
        self.table = EntryTable(self.tr("Entries"), self, states=False)
        self.table.show_at_least(3, 4)
        self.text = QPlainTextEdit(self)
        self.tabs = QTabWidget(self)
        self.certificate = QPushButton(self.tr("&Certificate..."), self)
        self.against = QPushButton(self.tr("Verify &against..."), self)
        self.copy_text = QPushButton(self.tr("Cop&y Text"), self)
        self._prepare()
        self._name_fields()
        self._lay_out()
        self.resize(self.sizeHint())
        self._begin(())

    def _prepare(self) -> None:
        self.text.setReadOnly(True)
        self.text.setTabChangesFocus(True)
        self.text.setFont(fixed_font(self.font()))
        self.text.setWordWrapMode(QTextOption.WrapMode.NoWrap)
        self.text.setAccessibleName(self.tr("As the server prints it"))
        self.tabs.addTab(self.table, self.tr("&Entries"))
        self.tabs.addTab(self.text, self.tr("As the server &prints it"))
        self.tabs.setMinimumHeight(em(self, 13))
        self.against.setToolTip(self.tr("Name a list or a certificate that is trusted"))
        self.certificate.setEnabled(False)
        self.certificate.clicked.connect(self._open)
        self.table.chosen.connect(self._chosen)
        self.table.doubleClicked.connect(self._open)
        self.against.clicked.connect(self._ask_trust)
        self.copy_text.clicked.connect(lambda: copy(self.text.toPlainText()))
        self.finished.connect(self._end)

    def _name_fields(self) -> None:
        self._names = {
            "signer": self.tr("Signer"),
            "issuer": self.tr("Its issuer"),
            "serial": self.tr("Its serial number"),
            "digest": self.tr("Hash"),
            "signed": self.tr("Signed"),
            "file": self.tr("File name inside"),
            "md5": self.tr("MD5"),
            "sha1": self.tr("SHA-1"),
        }
        for key, name in self._names.items():
            copied = "" if key in _COPIED else None
            self.fields.add(name, copied=copied, fixed=key in _COPIED)

    def _lay_out(self) -> None:
        inner = QWidget(self)
        lines = QVBoxLayout(inner)
        lines.setSpacing(em(self, 0.8))
        lines.addWidget(Heading(printable(self._file.name), inner))
        for widget in (self.verdict, self._trusted, self.warnings, self.fields):
            lines.addWidget(widget)
        lines.addWidget(self.tabs, 1)
        lines.addStretch()
        area = QScrollArea(self)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(inner)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        for button in (self.certificate, self.against, self.copy_text):
            button.setAutoDefault(False)
            buttons.addButton(button, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(area, 1)
        layout.addWidget(buttons)
        there(buttons.button(QDialogButtonBox.StandardButton.Close)).setFocus()

    def sizeHint(self) -> QSize:
        """Return a size in which a list is read with ease, as far as the screen has room."""
        room = there(self.screen()).availableSize() - QSize(em(self, 3), em(self, 4))
        return QSize(em(self, _ROOM[0]), em(self, _ROOM[1])).boundedTo(room)

    def _begin(self, trust: tuple[Path, ...]) -> None:
        self.verdict.show_text(Sign.CURRENT, self.tr("Busy"), self.tr("It is being read..."))
        for widget in (self._trusted, self.fields, self.tabs, self.certificate, self.copy_text):
            widget.hide()
        self.against.setEnabled(False)
        names = listed(printable(item.name) for item in trust)
        vouched = self.tr("Checked with what is trusted: {0}").format(names)
        own = self.tr("Checked with the signer that it names itself.")
        self._trusted.setText(vouched if trust else own)
        reading = _Reading(self._file, trust)
        reading.done.connect(self._show)
        self._readings.append(reading)
        reading.start()

    def _end(self) -> None:
        for reading in self._readings:
            reading.wait()

    def _show(self, examined: Examined) -> None:
        self.against.setEnabled(True)
        if examined.certificate is not None:
            self._show_certificate(examined.certificate)
        elif examined.error is not None:
            self.verdict.show_message(examined.error)
        elif examined.shown is not None:
            self._show_list(examined.shown, examined)
        self.shown.emit()

    def _show_certificate(self, certificate: CertificateShown) -> None:
        parent = self.parentWidget()
        CertificateViewer(certificate, parent).show()
        self.accept()

    def _show_list(self, shown: Shown, examined: Examined) -> None:
        self._show_verdict(shown)
        self.warnings.set_messages(shown.verified.warnings if shown.verified else ())
        self._fill_fields(shown)
        self.table.set_rows(examined.entries)
        self.text.setPlainText(examined.text)
        self._trusted.setVisible(shown.verified is not None)
        self.tabs.setTabVisible(0, bool(examined.entries))
        for widget in (self.fields, self.tabs, self.copy_text, self.certificate):
            widget.show()

    def _show_verdict(self, shown: Shown) -> None:
        if shown.error is None:
            word = self.tr("valid")
            self.verdict.show_text(Sign.DONE, word, self.tr("The signature is right."))
            return
        unsure = isinstance(shown.error, CannotTellError)
        sign, word = (
            (Sign.UNKNOWN, self.tr("cannot tell")) if unsure else (Sign.ERROR, self.tr("not valid"))
        )
        self.verdict.show_text(sign, word, sentence(shown.error), worded(shown.error)[1])

    def _fill_fields(self, shown: Shown) -> None:
        header, raw = shown.partial.header, shown.partial.raw
        known = header.digest in tuple(Digest)
        digest = Digest(header.digest or 0).title if known else str(header.digest or "")
        values = {
            "signer": text_of(header.signer_name),
            "issuer": text_of(header.signer_issuer),
            "serial": (header.signer_serial or b"").hex(":").upper(),
            "digest": digest,
            "signed": "" if header.timestamp is None else moment(header.timestamp),
            "file": header.filename,
            "md5": hashlib.md5(raw, usedforsecurity=False).hexdigest(),
            "sha1": hashlib.sha1(raw, usedforsecurity=False).hexdigest(),
        }
        for key, value in values.items():
            self.fields.set_value(self._names[key], value)

    def _chosen(self) -> None:
        self.certificate.setEnabled(self._selected() is not None)

    def _selected(self) -> CertificateShown | None:
        rows = self.table.selected()
        return rows[0].certificate if len(rows) == 1 else None

    def _open(self) -> None:
        certificate = self._selected()
        if certificate is not None:
            CertificateViewer(certificate, self).open()

    def _ask_trust(self) -> None:
        dialog = QFileDialog(self, self.tr("What is trusted: a list or a certificate"))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.filesSelected.connect(lambda names: self.verify_against(tuple(map(Path, names))))
        dialog.open()

    def verify_against(self, trust: tuple[Path, ...]) -> None:
        """Verify again, with what a person trusts."""
        self._begin(trust)
