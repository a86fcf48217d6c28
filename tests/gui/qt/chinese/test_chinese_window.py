"""The window in Chinese: nothing is left in English, Qt's own texts neither, and all can be read.

What is looked for is whatever a person sees or hears: texts, titles, descriptions, cells.
"""

# ruff: noqa: RUF001  Chinese is written with the marks that look like others.

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PyQt6.QtCore import (
    QAbstractItemModel,
    QObject,
    Qt,
    QTranslator,
)
from PyQt6.QtGui import QFont, QTextLayout
from PyQt6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QFileDialog,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QTableView,
    QTabWidget,
    QTextEdit,
    QTreeView,
    QWidget,
)

import ctlkit_gui
from ctlkit.errors import CtlkitError
from ctlkit.messages import template
from ctlkit.place import Step
from ctlkit.trustlist import Function
from ctlkit_gui.flow.token_values import CertificateShown
from ctlkit_gui.flow.views import View
from ctlkit_gui.qt import language
from ctlkit_gui.qt.about import AboutDialog, versions
from ctlkit_gui.qt.banner import Banner
from ctlkit_gui.qt.dialogs import question_of
from ctlkit_gui.qt.examine import ExamineDialog
from ctlkit_gui.qt.fields import SecretField
from ctlkit_gui.qt.footer import Footer
from ctlkit_gui.qt.log_saving import save_log
from ctlkit_gui.qt.pages.entries import AddServerDialog
from ctlkit_gui.qt.viewer import CertificateViewer
from ctlkit_gui.qt.widgets import FieldGrid, Text, moment, there
from ctlkit_gui.qt.window import Window
from ctlkit_gui.work import SecretBox

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from ctlkit_gui.flow.state import Dialog
    from ctlkit_gui.flow.views import Asked as Confirmed

PATIENCE = 60_000
LIST = Path(__file__).parents[3] / "data" / "lists" / "tokens-5728.tlv"
QM = Path(ctlkit_gui.__file__).parent / "locale" / "ctlkit_zh_CN.qm"

HAN = re.compile("[\u4e00-\u9fff]")
# Two letters of a word: one alone is a unit, a key or a value.
LETTERS = re.compile("[A-Za-z]{2}")
# Small English words give away what was left untranslated.
SMALL_WORDS = re.compile(
    r"(?<![\w-])(?:a|an|and|are|be|for|from|in|is|it|not|of|on|or|that|the|this|to|with"
    r"|byte|header|newer|none|older|record|serial|unlock)(?![\w-])"
)
GAPS = re.compile("[，。、；：？！（）] (?! )| [（）]|[\u4e00-\u9fff][,;:]")
PUBLISHED = [
    half for code in ("token-not-in-list", "mixed-without-list") for half in template(code)
]
# What stays as it is: names, and the values that the views of these tests hold.
NAMES = {
    *("ctlkit", "PyQt", "Python", "Qt", "MD5", "SHA-1", "SHA-256", "PIN", "CAPF"),
    *("cm-sub1, cm-sub2", "tftp2.example.com", "DER (*.cer)", "PEM (*.pem)"),
    *("SAST", "CCM+TFTP", "RSA 1024", "SAFENET", "SAFENET ETOKEN", "FIRST", "OFFICE"),
    *("CN=A", "CN=B", "CN=SAST-0054F509", "CN=ISSUER", "SAST-0054F509", "SAST-0054F509.cer"),
    *("SAST-A", "PUB", "SUB1", "SUB2", "NONE", "ssh-ed25519", "SHA256:ABC", LIST.name),
    *("PUB、SUB1", "PUB: /srv/old\nSUB1: /srv/old1"),
    *(f"N{step.name}" for step in Step),
}
# Paths and addresses, checksums and serials, versions.
VALUES = re.compile(r"(?:folder:)?/[\w./-]+|[\dA-Fa-f:]{4,}|[\d.]+(?: \(\w+\))?|CTLFile\.tlv")


class Asked(QTranslator):
    """Notes which texts Qt and the window ask for; it translates none."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._texts: set[tuple[str, str, str]] = set()

    def translate(  # type: ignore[override]  # None: another translator is asked
        self,
        context: str | None,
        sourceText: str | None,  # noqa: N803  as Qt names it
        disambiguation: str | None = None,
        n: int = -1,
    ) -> str | None:
        """Note a text."""
        self._texts.add((context or "", sourceText or "", disambiguation or ""))
        return None

    def isEmpty(self) -> bool:  # noqa: N802
        """Be asked: an empty translator is not."""
        return False

    def unknown(self) -> set[tuple[str, str, str]]:
        """Return the window's texts that are not translated; contexts of Qt begin with a Q."""
        own = QTranslator()
        assert own.load(str(QM))
        asked = (text for text in self._texts if text[1] and not text[0].startswith("Q"))
        return {text for text in asked if not own.translate(*text)}


@pytest.fixture
def chinese(qapp: QApplication) -> Iterator[Asked]:
    """Let the window speak Chinese until the end of the test, and note what it asks for."""
    language.install(qapp, "zh_CN")
    asked = Asked(qapp)
    qapp.installTranslator(asked)
    yield asked
    qapp.removeTranslator(asked)
    language.install(qapp, "en")


def texts_of(widget: QWidget) -> Iterator[str]:
    """Every text of a widget and of what is in it, shown or hidden, with what is only spoken.

    What a server prints, and the details of an error for somebody else, stay as they are: they
    are the texts of ``QPlainTextEdit``.
    """
    for each in (widget, *widget.findChildren(QWidget)):
        yield from (each.windowTitle(), each.toolTip(), each.accessibleName())
        yield each.accessibleDescription()
        match each:
            case QLabel() | QAbstractButton():
                yield each.text()
            case QLineEdit():
                yield from (each.placeholderText(), each.text())
            case QTextEdit():
                yield each.toPlainText()
            case QComboBox():
                yield from (each.itemText(row) for row in range(each.count()))
            case QTabWidget():
                yield from (each.tabText(at) for at in range(each.count()))
            case QMenu():
                yield from (action.text() for action in each.actions())
            case QTableView():
                yield from _cells(there(each.model()))


def _cells(model: QAbstractItemModel) -> Iterator[str]:
    yield from _headings(model)
    for column in range(model.columnCount()):
        yield from (str(model.index(row, column).data()) for row in range(model.rowCount()))


def _headings(model: QAbstractItemModel) -> Iterator[str]:
    for column in range(model.columnCount()):
        yield str(model.headerData(column, Qt.Orientation.Horizontal))


def untranslated(texts: Iterable[str]) -> set[str]:
    """Return texts that have words and no Chinese ones, and Chinese ones with English in them."""
    return {text for text in texts if text not in NAMES and _is_english(text)}


def _is_english(text: str) -> bool:
    for published in PUBLISHED:
        text = text.replace(published, "")
    if HAN.search(text):
        return bool(SMALL_WORDS.search(text) or GAPS.search(text))
    return bool(LETTERS.search(VALUES.sub("", text)))


@pytest.fixture
def window(chinese: Asked, qtbot: QtBot) -> Window:
    """Return the wizard's window."""
    made = Window(SecretBox())
    qtbot.addWidget(made, before_close_func=lambda _: made.finish())
    return made


@pytest.fixture
def parent(chinese: Asked, qtbot: QtBot) -> QWidget:
    """Return what dialogs lie over."""
    made = QWidget()
    qtbot.addWidget(made)
    return made


def test_every_page_is_chinese(window: Window, views: tuple[View, ...], chinese: Asked) -> None:
    """No text of a page, or of what is around it, is English, whatever the page shows."""
    found = set(texts_of(window))
    (footer,), (banner,) = window.findChildren(Footer), window.findChildren(Banner)
    for view in views:
        window.show_view(view)
        for part in (window.page, footer, banner):
            found |= set(texts_of(part))
    found |= set(texts_of(window))
    assert set() == untranslated(found)
    assert set() == chinese.unknown()


def test_every_row_of_a_page_has_a_name_of_its_own(window: Window, views: tuple[View, ...]) -> None:
    """Names that differ in English differ in Chinese: a row is known by its name."""
    for view in views:
        window.show_view(view)
    for grid in window.findChildren(FieldGrid):
        names = [each.text() for each in grid.findChildren(QLabel)]
        assert sorted(set(names)) == sorted(names)


def test_every_question_is_chinese(
    questions: tuple[Dialog, ...], confirmed: Confirmed, parent: QWidget, chinese: Asked
) -> None:
    """The old client's texts have their English below, as published; all else is Chinese."""
    found: set[str] = set()
    for dialog in questions:
        question = question_of(dialog, SecretBox(), parent)
        question.show_asked(confirmed)
        found |= set(texts_of(question))
    assert set() == untranslated(found)
    assert any(published in text for text in found for published in PUBLISHED)
    assert set() == chinese.unknown()


def test_every_dialog_is_chinese(parent: QWidget, chinese: Asked, shown: CertificateShown) -> None:
    """So are About, the certificate viewer and what asks for a server, with Qt's buttons."""
    found: set[str] = set()
    for dialog in (
        AboutDialog(parent),
        CertificateViewer(shown, parent),
        AddServerDialog(Function.CCM_TFTP, parent),
        AddServerDialog(Function.FIREWALL, parent),
    ):
        found |= set(texts_of(dialog))
    assert set() == untranslated(found - set(versions().values()))
    assert set() == chinese.unknown()


def test_a_list_is_examined_in_chinese(parent: QWidget, chinese: Asked, qtbot: QtBot) -> None:
    """Verdict, fields and buttons are Chinese; what the server prints stays as it is."""
    dialog = ExamineDialog(LIST, parent)
    with qtbot.waitSignal(dialog.shown, timeout=PATIENCE):
        pass
    found = set(texts_of(dialog)) - set(_cells(there(dialog.table.model())))
    with qtbot.waitSignal(dialog.destroyed, timeout=PATIENCE):
        dialog.show()
        dialog.close()
    assert set() == untranslated(found)
    assert set() == chinese.unknown()


def test_qt_asks_for_files_in_chinese(
    parent: QWidget, chinese: Asked, shown: CertificateShown
) -> None:
    """Every dialog for a file is Chinese, with its own labels, buttons and columns."""
    save_log(parent)
    for over in (CertificateViewer(shown, parent), AddServerDialog(Function.CAPF, parent)):
        (ask,) = (each for each in over.findChildren(QPushButton) if each.text().endswith("..."))
        ask.click()
    asked = parent.findChildren(QFileDialog)
    assert 3 == len(asked)
    found = set()
    for dialog in asked:
        labels, buttons = dialog.findChildren(QLabel), dialog.findChildren(QAbstractButton)
        found |= {each.text() for each in labels} | {each.text() for each in buttons}
        found |= {each.toolTip() for each in buttons}
    found |= {dialog.windowTitle() for dialog in asked}
    found |= {text for dialog in asked for text in dialog.nameFilters()}
    for view in (each for dialog in asked for each in dialog.findChildren(QTreeView)):
        found |= set(_headings(there(view.model())))
    for dialog in asked:
        dialog.close()
    assert "文件类型(&T)：" in found
    assert set() == untranslated(found)


def test_fields_have_chinese_menus(parent: QWidget, chinese: Asked) -> None:
    """Copy, Paste and the like of a field and of a text come in Chinese."""
    menus = [
        QLineEdit(parent).createStandardContextMenu(),
        SecretField(parent).createStandardContextMenu(),
        Text("a", parent).createStandardContextMenu(),
    ]
    found = {text.partition("\t")[0] for menu in menus for text in texts_of(there(menu))}
    for menu in menus:
        there(menu).deleteLater()
    assert any("复制" in text for text in found)
    assert set() == untranslated(found)
    assert set() == chinese.unknown()


def test_every_character_has_a_picture(
    window: Window,
    views: tuple[View, ...],
    questions: tuple[Dialog, ...],
    confirmed: Confirmed,
) -> None:
    """The fonts of this system draw each character that is shown; a missing one is a box."""
    for view in views:
        window.show_view(view)
    found = set(texts_of(window))
    for dialog in questions:
        question = question_of(dialog, SecretBox(), window)
        question.show_asked(confirmed)
        found |= set(texts_of(question))
    characters = sorted({char for text in found for char in text if not char.isspace()})
    assert "信" in characters
    assert [] == [char for char in characters if 0 in _glyphs(char, window.font())]


def _glyphs(text: str, font: QFont) -> list[int]:
    """Return the numbers of the pictures that draw a text; 0 is that of what is missing."""
    layout = QTextLayout(text, font)
    layout.beginLayout()
    layout.createLine()
    layout.endLayout()
    return [number for run in layout.glyphRuns() for number in run.glyphIndexes()]


def test_dates_are_written_as_chinese_ones(chinese: Asked) -> None:
    """Year, month and day, the day of the week, and the hours from 0 to 23."""
    assert re.match(r"2015年3月\d日 ?星期.*\d\d:56:27 ", moment(1425675387))


def test_sentences_follow_without_a_space(chinese: Asked) -> None:
    """In English a space stands between sentences and a comma between names."""
    assert "一。二。" == language.joined(("一。", "", "二。"))
    assert "a、b" == language.listed(("a", "b"))
    language.install(there(QApplication.instance()), "en")
    assert "One. Two." == language.joined(("One.", "", "Two."))
    assert "a, b" == language.listed(("a", "b"))


def test_a_latin_name_stays_as_it_is(chinese: Asked) -> None:
    """A Chinese sentence that begins with a name does not change its letters."""
    assert "ctlkit 自身出错（X）。" == language.sentence(CtlkitError("internal", kind="X"))
