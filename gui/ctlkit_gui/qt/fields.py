"""The field that a PIN or a password is typed into."""

from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QLineEdit, QWidget

__all__ = ["SecretField"]


class SecretField(QLineEdit):
    """Shows dots, and gives its text away once.

    No history for undoing is left behind, nothing can be copied or dragged out, and input methods
    are asked neither to learn nor to predict.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setEchoMode(QLineEdit.EchoMode.Password)
        self.setInputMethodHints(
            Qt.InputMethodHint.ImhHiddenText
            | Qt.InputMethodHint.ImhSensitiveData
            | Qt.InputMethodHint.ImhNoPredictiveText
            | Qt.InputMethodHint.ImhNoAutoUppercase
        )

    def take(self) -> str:
        """Return what was typed, and forget it."""
        typed = self.text()
        self.forget()
        return typed

    def forget(self) -> None:
        """Forget what was typed; ``clear`` alone would keep it to be undone."""
        self.setText("")
