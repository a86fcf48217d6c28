"""Page 4: Security Token Information; its main button is Add."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from ctlkit_gui.flow.token_values import CertificateShown, TokenShown
from ctlkit_gui.flow.views import TokenView
from ctlkit_gui.qt.page import Page
from ctlkit_gui.qt.pins import pin_words
from ctlkit_gui.qt.theme import em
from ctlkit_gui.qt.viewer import CertificateViewer, halved
from ctlkit_gui.qt.widgets import FieldGrid, MessageList, moment

if TYPE_CHECKING:
    from ctlkit_gui.work import SecretBox

__all__ = ["TokenPage"]

_Field = tuple[str, bool, bool]
"""Name, whether it is copied, and whether its characters are equally wide."""


class TokenPage(Page[TokenView]):
    """The token and its certificate, every field whole and to be copied."""

    def __init__(self, box: SecretBox, parent: QWidget | None = None) -> None:
        super().__init__(box, parent)
        self._problems = MessageList()
        self._fields = FieldGrid()
        self._shown: CertificateShown | None = None
        self.certificate = QPushButton(self.tr("&Certificate..."), self)
        self.certificate.setAccessibleDescription(
            self.tr("Shows it in a window of its own, from where it can be saved and dragged out")
        )
        self.certificate.setAutoDefault(False)
        self.certificate.clicked.connect(self._view)
        for name, copied, fixed in (*self._certificate_fields(), *self._token_fields()):
            self._fields.add(name, copied="" if copied else None, fixed=fixed)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(em(self, 0.7))
        whole.addWidget(self._problems)
        whole.addWidget(self._fields)
        whole.addWidget(self.certificate, 0, Qt.AlignmentFlag.AlignLeft)
        whole.addStretch()

    def _certificate_fields(self) -> tuple[_Field, ...]:
        return (
            (self.tr("Subject"), True, False),
            (self.tr("Issuer"), True, False),
            (self.tr("Serial, as in the list"), True, True),
            (self.tr("Serial, hexadecimal"), True, True),
            (self.tr("Serial, decimal"), True, True),
            (self.tr("Valid from"), False, False),
            (self.tr("Valid to"), False, False),
            (self.tr("Key"), False, False),
            (self.tr("SHA-1 fingerprint"), True, True),
            (self.tr("SHA-256 fingerprint"), True, True),
        )

    def _token_fields(self) -> tuple[_Field, ...]:
        return (
            (self.tr("Token label"), True, False),
            (self.tr("Token serial"), True, True),
            (self.tr("Token"), False, False),
            (self.tr("PIN"), False, False),
            (self.tr("Library"), False, False),
        )

    def title(self) -> str:
        """Return the old client's title."""
        return self.tr("Security Token Information")

    def explanation(self) -> str:
        """Return what Add does."""
        return self.tr("Is this the right one? Add takes it into the list.")

    def next_text(self) -> str:
        """Return the old client's word."""
        return self.tr("&Add")

    def show_view(self, view: TokenView) -> None:
        """Show a view."""
        token = view.token
        problem = (token.problem,) if token.problem is not None else ()
        self._problems.set_messages((*problem, *token.notes))
        self._shown = view.certificate
        self.certificate.setVisible(view.certificate is not None)
        certificate = _certificate_values(view.certificate)
        for (name, _, _), value in zip(self._certificate_fields(), certificate, strict=True):
            self._fields.set_value(name, value, value.replace("\n", ""))
        for (name, _, _), value in zip(self._token_fields(), _token_values(token), strict=True):
            self._fields.set_value(name, value)

    def _view(self) -> None:
        if self._shown is not None:
            CertificateViewer(self._shown, self).open()


def _certificate_values(certificate: CertificateShown | None) -> tuple[str, ...]:
    """Return the fields in the order of their names; of none they are empty."""
    if certificate is None:
        return ("",) * 10
    return (
        certificate.subject,
        certificate.issuer,
        certificate.serial,
        certificate.serial_hex,
        certificate.serial_decimal,
        moment(certificate.valid_from),
        moment(certificate.valid_to),
        certificate.key,
        certificate.sha1,
        halved(certificate.sha256),
    )


def _token_values(token: TokenShown) -> tuple[str, ...]:
    """Return the fields in the order of their names."""
    kind = " ".join(filter(None, (token.manufacturer, token.model)))
    return (token.label, token.serial, kind, pin_words(token.pin_state), token.module)
