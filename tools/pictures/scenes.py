"""What is pictured: the wizard's pages and dialogs, as a person comes to them.

Rules:

* An act is one walk through the program, in a process of its own. It takes a picture wherever
  something new is to be seen.
* All is real: tokens, cluster, signatures and refusals are those of a practice.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tools.pictures.stage import Stage

from ctlkit.place.lab_file import LabFile, load_lab
from ctlkit_gui.flow.values import PlaceKind, Screen
from softhsm_fixtures import (
    DEFAULT_PIN,
    FIRST_NAME,
    SECOND_NAME,
    CertificateSpec,
    find_softhsm,
    make_certificate,
)

__all__ = ["ACTS"]

_STRANGER = "SAST-ADN00a00001"
_PUBLISHER = "publisher"


def _without_tokens(stage: Stage) -> None:
    """An empty folder on a computer without tokens."""
    stage.on(Screen.SERVER)
    stage.type("cucm-pub.example.com")
    stage.press("Tab", "Tab")
    stage.type("ccmadmin")
    stage.press("Tab")
    stage.type("not-a-secret")
    stage.picture("server")
    _place(stage, PlaceKind.SFTP)
    stage.look("server-sftp")
    _place(stage, PlaceKind.FOLDER)
    stage.press("Alt+F")
    stage.type("tftpboot")
    stage.look("server-folder")
    stage.press("Return")
    stage.wait("a problem", stage.window.page.isEnabled)
    stage.press("Alt+E")
    stage.picture("problem")
    (stage.home / "tftpboot").mkdir()
    stage.press("Alt+F", "Return")
    stage.asked("NoticeQuestion")
    stage.picture("notice-w1")
    stage.press("Return")
    stage.on(Screen.ACTION)
    stage.look("action-folder")
    stage.press("Alt+U", "Return")
    stage.on(Screen.INSERT_TOKEN)
    page: Any = stage.window.page
    stage.wait("the reason", lambda: bool(page._causes.text))
    stage.picture("insert-token-none")


def _practice(stage: Stage) -> None:
    """Practice from Server to Done, and the same cluster once more as a real one."""
    stage.on(Screen.SERVER)
    _place(stage, PlaceKind.PRACTICE)
    stage.picture("server-practice")
    stage.press("Return")
    stage.look("server-opening")
    stage.on(Screen.ACTION)
    stage.press("Alt+M")
    stage.picture("action")
    stage.press("Return")
    _choose_token(stage, FIRST_NAME)
    stage.picture("insert-token")
    stage.press("Return")
    stage.on(Screen.TOKEN)
    stage.picture("token")
    stage.press("Return")
    stage.on(Screen.ENTRIES)
    stage.look("entries-first")
    stage.press("Alt+T")
    _choose_token(stage, SECOND_NAME)
    stage.look("insert-token-second")
    _take_token(stage)
    _add_server(stage)
    _look_at_entries(stage)
    stage.press("Alt+F")
    stage.on(Screen.REVIEW)
    stage.picture("review")
    _to_password(stage)
    _sign(stage)
    _end(stage)
    _examine(stage)
    _configure(stage)
    with stage.another_window():
        _real_cluster(stage)
    with stage.another_window():
        _restore(stage)


def _restore(stage: Stage) -> None:
    """Another list on the practice cluster, and going back to the one before."""
    stage.on(Screen.SERVER)
    _place(stage, PlaceKind.LAB)
    stage.press("Alt+F")
    stage.type(str(_practice_folder() / "lab"))
    stage.press("Return")
    stage.on(Screen.ACTION)
    stage.press("Alt+U", "Return")
    _choose_token(stage, FIRST_NAME)
    _take_token(stage)
    stage.press("Alt+F")
    stage.on(Screen.REVIEW)
    _to_password(stage)
    stage.type(DEFAULT_PIN)
    stage.press("Return")
    stage.on(Screen.SERVERS)
    stage.press("Alt+O")
    stage.asked("RestoreQuestion")
    stage.picture("restore")
    stage.press("Escape")
    stage.on(Screen.SERVERS)


def _add_server(stage: Stage) -> None:
    """Add a TFTP server, a file of whose certificate is there."""
    file = stage.home / "tftp2.pem"
    file.write_bytes(make_certificate(CertificateSpec("CN=tftp2.example.com")).certificate_pem)
    stage.press("Alt+S")
    stage.asked("AddServerDialog")
    stage.look("add-tftp-server-empty")
    stage.type(file.name)
    stage.press("Alt+N")
    stage.type("tftp2.example.com")
    stage.press("Alt+A")
    stage.type("10.0.0.20")
    stage.picture("add-tftp-server")
    stage.press("Return")
    stage.on(Screen.ENTRIES)


def _look_at_entries(stage: Stage) -> None:
    """A row that cannot be deleted, and the certificate of one."""
    page: Any = stage.window.page
    stage.choose(page.table, lambda row: row.function == "CAPF")
    stage.picture("entries")
    stage.choose(page.table, lambda row: FIRST_NAME in row.subject)
    stage.press("Alt+C")
    stage.asked("CertificateViewer")
    stage.picture("certificate")
    stage.press("Escape")
    stage.on(Screen.ENTRIES)
    stage.press("Escape")
    stage.asked("LeaveQuestion")
    stage.picture("leave")
    stage.press("Return")
    stage.on(Screen.ENTRIES)


def _to_password(stage: Stage) -> None:
    """Tick every box of Review, and go on to the password."""
    page: Any = stage.window.page
    for field in page.dangers.fields.values():
        field.entry.setFocus()
        stage.press("Space")
    stage.press("Alt+N")
    stage.on(Screen.PASSWORD)


def _sign(stage: Stage) -> None:
    """A wrong PIN, the right one, and all that is written."""
    stage.type(DEFAULT_PIN[::-1])
    stage.picture("password")
    stage.press("Return")
    stage.wait("the window to rest", lambda: _rests(stage))
    stage.on(Screen.PASSWORD)
    stage.picture("password-refused")
    stage.type(DEFAULT_PIN)
    stage.press("Return")
    _wait_for_nodes(stage, Screen.PROGRESS)
    stage.picture("progress")
    stage.on(Screen.SERVERS)
    stage.picture("servers")


def _end(stage: Stage) -> None:
    """What remains, and a restart."""
    stage.press("Alt+D")
    stage.on(Screen.REMAINS)
    stage.picture("remains")
    stage.press("Alt+S")
    stage.asked("RestartQuestion")
    stage.picture("restart")
    stage.press("Alt+R")
    _wait_for_nodes(stage, Screen.REMAINS)
    stage.look("remains-restarting")
    stage.wait("the window to rest", lambda: _rests(stage))
    stage.press("Alt+T")
    stage.wait("the window to rest", lambda: _rests(stage))
    stage.picture("remains-done")


def _examine(stage: Stage) -> None:
    """About, and the new list in a window of its own."""
    stage.window._about()
    stage.asked("AboutDialog")
    stage.look("about")
    stage.press("Escape")
    stage.on(Screen.REMAINS)
    stage.window.examine(next(_practice_folder().rglob("CTLFile.tlv")))
    stage.asked("ExamineDialog")
    dialog: Any = stage.application.activeWindow()
    stage.wait("the list", lambda: bool(dialog.text.toPlainText()))
    stage.picture("examine")
    stage.press("Alt+P")
    stage.look("examine-text")
    stage.press("Escape")


def _configure(stage: Stage) -> None:
    """Name the practice cluster as if it were a real one, and the library of its tokens."""
    publisher, *subscribers = (
        f"cucm://{_lab().user}@{node.host}:{node.ports.ssh}?http={node.ports.http}"
        for node in _lab().nodes
    )
    folder = stage.home / ".config" / "ctlkit"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.toml").write_text(
        f'[pkcs11]\nmodules = ["{find_softhsm()}"]\n'
        f'[places.{_PUBLISHER}]\nurl = "{publisher}"\nnodes = {json.dumps(subscribers)}\n',
        encoding="utf-8",
    )


def _real_cluster(stage: Stage) -> None:
    """A cluster over SSH that takes the list by hand; a token that phones do not know."""
    stage.on(Screen.SERVER)
    _place(stage, PlaceKind.NAMED)
    stage.look("server-named")
    stage.press("Return")
    stage.asked("HostKeyQuestion")
    stage.picture("host-key")
    while type(stage.application.activeWindow()).__name__ == "HostKeyQuestion":
        stage.press("Alt+T")
        stage.wait("an answer", lambda: bool(_question(stage)) or _rests(stage))
    stage.asked("PasswordQuestion")
    stage.picture("password-question")
    while _question(stage) == "PasswordQuestion":
        stage.type(_lab().secret)
        stage.press("Return")
        stage.wait("an answer", lambda: bool(_question(stage)) or _rests(stage))
    stage.on(Screen.ACTION)
    stage.picture("action-update")
    stage.press("Alt+U", "Return")
    _choose_token(stage, _STRANGER)
    stage.press("Return")
    stage.on(Screen.TOKEN)
    stage.press("Return")
    stage.asked("NoticeQuestion")
    stage.picture("notice-e1")
    stage.press("Return")
    _choose_token(stage, FIRST_NAME)
    _take_token(stage)
    stage.press("Alt+T")
    _choose_token(stage, _STRANGER)
    _take_token(stage)
    page: Any = stage.window.page
    stage.choose(page.table, lambda row: row.address == "10.0.0.20")
    stage.press("Alt+L")
    stage.on(Screen.ENTRIES)
    stage.choose(page.table, lambda row: SECOND_NAME in row.subject)
    stage.press("Alt+L")
    stage.on(Screen.ENTRIES)
    stage.picture("entries-update")
    stage.press("Alt+F")
    stage.on(Screen.REVIEW)
    stage.look("review-update")
    _choose_signer(stage, _STRANGER)
    stage.picture("review-lockout")
    _choose_signer(stage, FIRST_NAME)
    _to_password(stage)
    stage.type(DEFAULT_PIN)
    stage.press("Return")
    stage.asked("HandOverQuestion")
    stage.picture("hand-over")
    stage.press("Alt+N")
    stage.wait("the window to rest", lambda: _rests(stage))
    stage.picture("progress-failed")


def _choose_signer(stage: Stage, label: str) -> None:
    """Have another token sign, and wait for what that means."""
    page: Any = stage.window.page
    number = next(at for at in range(page.signer.count()) if label in page.signer.itemText(at))
    stage.press("Alt+G", "Home", *(["Down"] * number))
    stage.wait("another review", lambda: page.signer.currentIndex() == number)
    stage.wait("the window to rest", lambda: _rests(stage))


def _question(stage: Stage) -> str:
    name = type(stage.application.activeWindow()).__name__
    return name if name.endswith("Question") else ""


def _rests(stage: Stage) -> bool:
    return not stage.window._footer._moving.isVisible()


def _wait_for_nodes(stage: Stage, screen: Screen) -> None:
    """Wait until nodes are worked on."""
    from ctlkit_gui.qt.pages import page_of

    kind = page_of(screen)
    stage.wait(
        "a node that is worked on",
        lambda: (
            isinstance(stage.window.page, kind) and len(stage.window.page.table.rows_model.rows) > 1  # type: ignore[attr-defined]
        ),
    )


def _place(stage: Stage, kind: PlaceKind) -> None:
    """Choose a kind of place on the Server page."""
    page: Any = stage.window.page
    stage.press("Alt+A", "Home", *(["Down"] * page._kinds.index(kind)))


def _choose_token(stage: Stage, label: str) -> None:
    """Choose a token on Insert Token, once it is seen."""
    stage.on(Screen.INSERT_TOKEN)
    page: Any = stage.window.page
    rows = page._tokens.rows_model
    stage.wait(f"token {label}", lambda: any(token.label == label for token in rows.rows))
    stage.choose(page._tokens, lambda token: token.label == label)


def _take_token(stage: Stage) -> None:
    """From a chosen token to CTL entries."""
    stage.press("Return")
    stage.on(Screen.TOKEN)
    stage.press("Return")
    stage.on(Screen.ENTRIES)


def _practice_folder() -> Path:
    return next(Path(tempfile.gettempdir()).glob("ctlkit-practice-*"))


def _lab() -> LabFile:
    return load_lab(_practice_folder() / "lab")


ACTS: dict[str, Callable[[Stage], None]] = {
    "without-tokens": _without_tokens,
    "practice": _practice,
}
"""Name -> walk."""
