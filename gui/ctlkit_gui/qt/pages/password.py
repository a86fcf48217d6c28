"""Page 8: the PIN of the token that signs; the old client calls it its password."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtWidgets import QCheckBox, QFormLayout, QHBoxLayout, QVBoxLayout, QWidget

from ctlkit_gui.flow.events import LastTryConfirmed
from ctlkit_gui.flow.views import PasswordView
from ctlkit_gui.qt.fields import SecretField
from ctlkit_gui.qt.page import Page
from ctlkit_gui.qt.pins import pin_sign, pin_words
from ctlkit_gui.qt.theme import QuietLabel, Sign, SignLabel, em
from ctlkit_gui.qt.widgets import Text

if TYPE_CHECKING:
    from ctlkit_gui.work import SecretBox

__all__ = ["PasswordPage"]


class PasswordPage(Page[PasswordView]):
    """The Password page: which token signs, the state of its PIN, and the field."""

    def __init__(self, box: SecretBox, parent: QWidget | None = None) -> None:
        super().__init__(box, parent)
        self._wanted = False
        self._refused = False
        self._given = False
        self._label, self._serial = Text(), Text()
        self._sign, self._state = SignLabel(Sign.DONE), Text()
        self._pin = SecretField()
        self._pin.setMaximumWidth(em(self, 24))
        self._pin.setAccessibleDescription(self.tr("The PIN of the token; it is never kept"))
        self._usual = QuietLabel(self.tr("Cisco tokens come with Cisco123."))
        self._reader = Text(
            self.tr("The PIN is typed at the reader, when it asks for it after Sign.")
        )
        self._none = Text(self.tr("This token asks for no PIN."))
        self._last_try = QCheckBox(
            self.tr("I am sure of the PIN: &use the last try. A wrong one locks the token for good")
        )
        self._last_try.clicked.connect(lambda ticked: self.send(LastTryConfirmed(ticked)))
        self._form = QFormLayout()
        self._lay_out()

    def _lay_out(self) -> None:
        state = QHBoxLayout()
        state.setSpacing(em(self, 0.7))
        state.addWidget(self._sign)
        state.addWidget(self._state, 1)
        self._form.setHorizontalSpacing(em(self, 1.2))
        self._form.setVerticalSpacing(em(self, 0.7))
        self._form.addRow(self.tr("Token:"), self._label)
        self._form.addRow(self.tr("Serial number:"), self._serial)
        self._form.addRow(self.tr("PIN state:"), state)
        self._form.addRow(self.tr("Pass&word (PIN):"), self._pin)
        self._form.addRow("", self._usual)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(em(self, 1))
        whole.addLayout(self._form)
        for widget in (self._reader, self._none, self._last_try):
            whole.addWidget(widget)
        whole.addStretch()

    def title(self) -> str:
        """Return the title."""
        return self.tr("Password")

    def explanation(self) -> str:
        """Return what is going to happen."""
        return self.tr("With it the token signs the list, and the list is written to the nodes.")

    def next_text(self) -> str:
        """Return what happens next."""
        return self.tr("&Sign")

    def first_focus(self) -> QWidget | None:
        """Return the field, where there is one."""
        return self._pin if self._wanted else None

    def show_view(self, view: PasswordView) -> None:
        """Show a view."""
        self._wanted = view.field
        if view.token is not None:
            self._label.set_text(view.token.label)
            self._serial.set_text(view.token.serial)
        self._sign.show_sign(pin_sign(view.pin_state))
        self._state.set_text(pin_words(view.pin_state))
        self._form.setRowVisible(self._pin, view.field)
        self._form.setRowVisible(self._usual, view.field)
        self._reader.setVisible(view.pin_pad)
        self._none.setVisible(not view.field and not view.pin_pad)
        self._last_try.setVisible(view.last_try)
        self._last_try.setChecked(view.last_try_ticked)
        if view.refused and not self._refused:
            self._pin.forget()
            self._pin.setFocus()
        self._refused = view.refused

    def go_on(self) -> None:
        """Put the PIN into the box; an empty one is not tried."""
        if self._wanted:
            if not self._pin.text():
                self._pin.setFocus()
                return
            self.box.put(self._pin.take())
            self._given = True
        super().go_on()

    def left(self) -> None:
        """Forget the PIN, unless it was given to be used."""
        self._pin.forget()
        if not self._given:
            self.box.clear()
        self._given = False
