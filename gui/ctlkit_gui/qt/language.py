"""The window's language: the system's where there is a translation, else English.

Rules:

* The words of pages come through ``tr``, those of messages and errors from
  :mod:`ctlkit_gui.words`; both follow the one language that ``install`` chose.
* Qt's own words (buttons of its dialogs, menus of its fields) are in that language too; what Qt
  left out is translated here.
"""

from __future__ import annotations

from collections.abc import Iterable
from importlib.resources import as_file, files

from PyQt6.QtCore import (
    QT_TRANSLATE_NOOP,
    QCoreApplication,
    QLibraryInfo,
    QLocale,
    QTranslator,
)

from ctlkit.errors import CtlkitError
from ctlkit.messages import Message
from ctlkit_gui import words

__all__ = [
    "install",
    "joined",
    "language",
    "listed",
    "locale",
    "original",
    "sentence",
    "worded",
]

_ENGLISH = "en"
_ENDS = (".", "!", "?", ":", "\u3002", "\uff01", "\uff1f", "\uff1a")

_OF_QT = (
    QT_TRANSLATE_NOOP("QFileDialog", "&Look in:"),
    QT_TRANSLATE_NOOP("QFileDialog", "Files of &type:"),
    QT_TRANSLATE_NOOP("QAbstractFileIconProvider", "Drive"),
    QT_TRANSLATE_NOOP("QAbstractFileIconProvider", "Folder"),
    QT_TRANSLATE_NOOP("QAbstractFileIconProvider", "Unknown"),
)
"""Texts of Qt's own that its Chinese lacks (Qt 6.11); they are translated with the window's."""


class _Current:
    """The language that was chosen, and what translates into it."""

    name: str = _ENGLISH
    translators: tuple[QTranslator, ...] = ()


def install(application: QCoreApplication, name: str | None = None) -> None:
    """Choose the language of the windows that are made from now on.

    Args:
        application: the one that shows them.
        name: one of :data:`ctlkit_gui.words.LANGUAGES`; None: what the system asks for.
    """
    for translator in _Current.translators:
        application.removeTranslator(translator)
    _Current.name = name or _of_system()
    _Current.translators = ()
    if _Current.name == _ENGLISH:
        return
    own, qt = QTranslator(application), QTranslator(application)
    with as_file(files("ctlkit_gui") / "locale" / f"ctlkit_{_Current.name}.qm") as path:
        own.load(str(path))
    translations = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    qt.load(f"qtbase_{_Current.name}", translations)
    for translator in (qt, own):
        application.installTranslator(translator)
    _Current.translators = (qt, own)


def _of_system() -> str:
    """Return the first language that the system asks for and that there are texts in."""
    refused = set()
    for wanted in QLocale.system().uiLanguages():
        asked = QLocale(wanted)
        # Qt adds "zh" to "zh-Hant-TW"; alone it would be taken for simplified Chinese.
        if "-" not in wanted and asked.language() in refused:
            continue
        for name in words.LANGUAGES:
            if QLocale(name).language() == asked.language() and _same_script(name, asked):
                return name
        refused.add(asked.language())
    return _ENGLISH


def _same_script(name: str, asked: QLocale) -> bool:
    """Whether the language is written alike: traditional Chinese is not simplified Chinese."""
    return QLocale(name).script() == asked.script()


def language() -> str:
    """Return the chosen language, one of :data:`ctlkit_gui.words.LANGUAGES`."""
    return _Current.name


def locale() -> QLocale:
    """Return how dates and numbers are written in the chosen language."""
    system = QLocale.system()
    chosen = QLocale(_Current.name)
    return system if system.language() == chosen.language() else chosen


def worded(text: Message | CtlkitError) -> tuple[str, str]:
    """Return (what happened, what to do) in the chosen language."""
    return words.worded(text, _Current.name)


def original(text: Message | CtlkitError) -> tuple[str, str] | None:
    """Return the published English that is shown below a translation, None where there is none."""
    return words.original(text, _Current.name)


def sentence(text: Message | CtlkitError) -> str:
    """Return what happened as a sentence of its own, in the chosen language."""
    happened, in_english = worded(text)[0], _Current.name == _ENGLISH
    # A text that begins with a value begins with a name, which is written as it is; so is a Latin
    # name at the beginning of a Chinese text.
    if in_english and not words.halves(text.code, _ENGLISH)[0].startswith("{"):
        happened = happened[:1].upper() + happened[1:]
    if happened.endswith(_ENDS):
        return happened
    return happened + ("." if in_english else "\u3002")


def joined(sentences: Iterable[str]) -> str:
    """Return sentences one after the other; no space stands behind a full-width mark."""
    return (" " if _Current.name == _ENGLISH else "").join(filter(None, sentences))


def listed(names: Iterable[str]) -> str:
    """Return the members of a list, with what stands between them in the chosen language."""
    return (", " if _Current.name == _ENGLISH else "\u3001").join(names)
