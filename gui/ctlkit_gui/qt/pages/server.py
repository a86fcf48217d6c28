"""Page 1: where the list lives, and how it is reached."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QIntValidator
from PyQt6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from ctlkit_gui.flow.events import FormChanged
from ctlkit_gui.flow.values import PlaceKind, ServerForm
from ctlkit_gui.flow.views import ServerView
from ctlkit_gui.qt.fields import SecretField
from ctlkit_gui.qt.page import Page
from ctlkit_gui.qt.theme import QuietLabel, em

if TYPE_CHECKING:
    from ctlkit_gui.work import SecretBox

__all__ = ["ServerPage"]

_LAST_PORT = 65535
_REMOTE = frozenset({PlaceKind.CLUSTER, PlaceKind.SFTP})
_FOLDERS = frozenset({PlaceKind.FOLDER, PlaceKind.LAB})


class ServerPage(Page[ServerView]):
    """The Server page; fields that a kind of place does not use are hidden, and kept."""

    def __init__(self, box: SecretBox, parent: QWidget | None = None) -> None:
        super().__init__(box, parent)
        self._form = ServerForm()
        self._refused = False
        self._kinds: tuple[PlaceKind, ...] = ()
        self._names: tuple[str, ...] = ()
        self._kind, self._name = QComboBox(), QComboBox()
        self._about = QuietLabel()
        self._host, self._port, self._user = QLineEdit(), QLineEdit(), QLineEdit()
        self._password = SecretField()
        self._remote_folder, self._nodes = QLineEdit(), QLineEdit()
        self._local_folder = QLineEdit()
        self._lines = (
            *(self._host, self._port, self._user),
            *(self._local_folder, self._remote_folder, self._nodes),
        )
        self._browse = QPushButton(self.tr("B&rowse..."))
        self._account = QuietLabel()
        self._folder_row = QWidget()
        self._rows = QFormLayout()
        self._describe()
        self._lay_out()
        self._connect()

    def title(self) -> str:
        """Return the title."""
        return self.tr("Server")

    def explanation(self) -> str:
        """Return what the page is for."""
        return self.tr("Where the trust list of your phones lives.")

    def first_focus(self) -> QWidget:
        """Return the first field that is still empty, else the password."""
        fields = {
            PlaceKind.FOLDER: (self._local_folder,),
            PlaceKind.LAB: (self._local_folder,),
            PlaceKind.CLUSTER: (self._host, self._user, self._password),
            PlaceKind.SFTP: (self._host, self._user, self._remote_folder, self._password),
        }.get(self._form.kind, ())
        return next((field for field in fields if not field.text()), self._kind)

    def _describe(self) -> None:
        """Say what each field is, also to who cannot see its label."""
        self._port.setValidator(QIntValidator(1, _LAST_PORT, self))
        self._port.setPlaceholderText("22")
        self._port.setMaximumWidth(em(self, 7))
        self._nodes.setPlaceholderText(self.tr("cm-sub1, cm-sub2"))
        self._host.setPlaceholderText(self.tr("Host name or IP address"))
        self._kind.setAccessibleDescription(self.tr("Which kind of place holds the list"))
        self._host.setAccessibleDescription(self.tr("Host name or IP address of the publisher"))
        self._port.setAccessibleDescription(self.tr("Empty: 22"))
        self._user.setAccessibleDescription(self.tr("The OS administrator (platform) account"))
        self._password.setAccessibleDescription(self.tr("It is never kept"))
        self._nodes.setAccessibleDescription(
            self.tr("Further servers with the same folder, separated by commas")
        )
        self._browse.setAccessibleDescription(self.tr("Chooses a folder of this computer"))

    def _lay_out(self) -> None:
        inner = QHBoxLayout(self._folder_row)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.addWidget(self._local_folder, 1)
        inner.addWidget(self._browse)
        rows = self._rows
        rows.setHorizontalSpacing(em(self, 1.2))
        rows.setVerticalSpacing(em(self, 0.8))
        rows.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        rows.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        for label, field in (
            (self.tr("Pl&ace:"), self._kind),
            ("", self._about),
            (self.tr("Na&me:"), self._name),
            (self.tr("&Server:"), self._host),
            (self.tr("Por&t:"), self._port),
            (self.tr("&User name:"), self._user),
            (self.tr("Pass&word:"), self._password),
            ("", self._account),
            (self.tr("Remote &folder:"), self._remote_folder),
            (self.tr("Further ser&vers:"), self._nodes),
            (self.tr("&Folder:"), self._folder_row),
        ):
            rows.addRow(label, field)
        folder_label = rows.labelForField(self._folder_row)
        if isinstance(folder_label, QLabel):
            folder_label.setBuddy(self._local_folder)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addLayout(rows)
        whole.addStretch()
        self._rows_width()

    def _rows_width(self) -> None:
        """Keep fields no wider than what is typed into them needs."""
        short: list[QWidget] = [self._kind, self._name, self._host, self._user, self._password]
        long: list[QWidget] = [self._remote_folder, self._nodes, self._folder_row]
        for field in short:
            field.setMaximumWidth(em(self, 34))
        for field in long:
            field.setMaximumWidth(em(self, 44))

    def _connect(self) -> None:
        self._kind.activated.connect(self._changed)
        self._name.activated.connect(self._changed)
        for field in self._lines:
            field.textEdited.connect(self._changed)
        self._browse.clicked.connect(self._choose_folder)

    def show_view(self, view: ServerView) -> None:
        """Show a view."""
        form = self._form = view.form
        self._show_choices(view)
        texts = (form.host, form.port, form.user, form.folder, form.remote, form.nodes)
        for field, text in zip(self._lines, texts, strict=True):
            if field.text() != text:
                field.setText(text)
        self._show_rows(form.kind)
        if view.refused and not self._refused:
            self._password.forget()
            self._password.setFocus()
        self._refused = view.refused

    def _show_choices(self, view: ServerView) -> None:
        if view.kinds != self._kinds:
            self._kinds = view.kinds
            self._kind.clear()
            self._kind.addItems([self._kind_name(kind) for kind in view.kinds])
        if view.names != self._names:
            self._names = view.names
            self._name.clear()
            self._name.addItems(view.names)
        form = view.form
        self._kind.setCurrentIndex(_place(view.kinds, form.kind))
        self._name.setCurrentIndex(_place(view.names, form.name))

    def _show_rows(self, kind: PlaceKind) -> None:
        remote = kind in _REMOTE
        hint = self.tr("To try it without hardware, choose Practice as the place.")
        fresh = PlaceKind.PRACTICE in self._kinds and self._form == ServerForm()
        about = self._kind_explained(kind)
        self._about.setText(f"{about}\n{hint}" if fresh else about)
        self._account.setText(self._account_explained(kind))
        for field, shown in (
            (self._name, kind is PlaceKind.NAMED),
            (self._host, remote),
            (self._port, remote),
            (self._user, remote),
            (self._password, remote),
            (self._account, remote),
            (self._remote_folder, kind is PlaceKind.SFTP),
            (self._nodes, kind is PlaceKind.SFTP),
            (self._folder_row, kind in _FOLDERS),
        ):
            self._rows.setRowVisible(field, shown)

    def _kind_name(self, kind: PlaceKind) -> str:
        names = {
            PlaceKind.PRACTICE: self.tr("Practice"),
            PlaceKind.FOLDER: self.tr("A folder on this computer"),
            PlaceKind.CLUSTER: self.tr("Unified CM cluster"),
            PlaceKind.SFTP: self.tr("SFTP servers"),
            PlaceKind.LAB: self.tr("Practice cluster in a folder"),
            PlaceKind.NAMED: self.tr("A place of the configuration file"),
        }
        return names[kind]

    def _kind_explained(self, kind: PlaceKind) -> str:
        texts = {
            PlaceKind.PRACTICE: self.tr(
                "Tokens and a cluster to practise with are made on this computer, and nothing is "
                "left behind.\nThe PIN of the tokens is Cisco123."
            ),
            PlaceKind.FOLDER: self.tr("The list is read from this folder, and written there."),
            PlaceKind.CLUSTER: self.tr("Every node of the cluster is reached over SSH."),
            PlaceKind.SFTP: self.tr("The list lies in the same folder of one or more servers."),
            PlaceKind.LAB: self.tr("A cluster that was made with ctlkit lab."),
            PlaceKind.NAMED: self.tr("Its address stands in config.toml."),
        }
        return texts[kind]

    def _account_explained(self, kind: PlaceKind) -> str:
        if kind is not PlaceKind.CLUSTER:
            return self.tr("The password is never kept. With a key of your own leave it empty.")
        return self.tr(
            "The account is the OS administrator (platform) account, not the CallManager "
            "administrator. The password is never kept."
        )

    def _changed(self) -> None:
        typed = ServerForm(
            kind=self._chosen_kind(),
            host=self._host.text(),
            port=self._port.text(),
            user=self._user.text(),
            folder=self._local_folder.text(),
            remote=self._remote_folder.text(),
            nodes=self._nodes.text(),
            name=self._chosen_name(),
        )
        if typed != self._form:
            self.send(FormChanged(typed))

    def _chosen_kind(self) -> PlaceKind:
        return self._kinds[max(0, self._kind.currentIndex())]

    def _chosen_name(self) -> str:
        """Return the chosen place of the configuration file, the first where none is yet."""
        name = self._name.currentText()
        is_asked = self._chosen_kind() is PlaceKind.NAMED
        return name or (next(iter(self._names), "") if is_asked else "")

    def _choose_folder(self) -> None:
        dialog = QFileDialog(self, self.tr("Choose a folder"), self._local_folder.text())
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(self._take_folder)
        dialog.open()

    def _take_folder(self, chosen: str) -> None:
        self._local_folder.setText(chosen)
        self._changed()

    def go_on(self) -> None:
        """Put the password into the box, where one was typed."""
        password = self._password.take()
        if password and self._form.kind in _REMOTE:
            self.box.put(password)
        super().go_on()

    def left(self) -> None:
        """Forget the password, also one that the server did not ask for."""
        self._password.forget()
        self.box.clear()


def _place(items: Sequence[object], item: object) -> int:
    return items.index(item) if item in items else -1
