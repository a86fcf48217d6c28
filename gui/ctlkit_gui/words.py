"""Messages and errors in the language of the window.

Rules:

* The code chooses the text, as it does in :mod:`ctlkit.messages`: the translated table has the
  same codes and the same places for values. docs/translating.md says how it is made.
* Where a code has a text of the window's own (``-in-window``), each half that this has stands in
  place of the other: what a person reads here names no option and no prompt.
* A code without a translation comes out in English, and never as a hole or an exception.
* A value that is itself an error, a message or several of them is translated by its own code, and
  the advice of an error among the values likewise. All others are made safe as English texts do it.
* Texts that the old client published, E1 and W1, are shown with the English below them.

The tables are read when the first text of their language is asked for.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from ctlkit.errors import CtlkitError
from ctlkit.messages import IN_WINDOW, Message, Several, codes, printable, template, wording

__all__ = [
    "LANGUAGES",
    "halves",
    "is_published",
    "original",
    "part_translations",
    "translations",
    "value_translations",
    "worded",
]

LANGUAGES = ("en", "zh_CN")
"""The languages that there are texts in, as Qt writes their names; English needs no table."""

_PUBLISHED = frozenset({"token-not-in-list", "mixed-without-list"})
_LONGEST_VALUE = 300
_OF_RULE = re.compile(r"(?: \(rule \{rule\}\)|\uff08\u89c4\u5219 \{rule\}\uff09)$")
_ANY = "any"
_BESIDE_A_MARK = re.compile("(?<=\uff09) | (?=\uff08)")
_WIDE = frozenset({"zh_CN"})
"""The languages whose marks are full-width, with no space behind."""


def worded(text: Message | CtlkitError, language: str) -> tuple[str, str]:
    """Return (what happened, what to do) in a language; English where it has no such text.

    Args:
        text: the message or the error.
        language: one of :data:`LANGUAGES`; any other is English.
    """
    shown = _shown(text.values, language)
    happened, advice = halves(text.code, language)
    happened, advice = happened.format_map(shown), advice.format_map(shown)
    if language in _WIDE:  # a value can end in a mark where a name is parted from what follows
        return _BESIDE_A_MARK.sub("", happened), _BESIDE_A_MARK.sub("", advice)
    return happened, advice


def halves(code: str, language: str) -> tuple[str, str]:
    """Return both halves of a code's text as the window says them, places for values still open.

    Raises:
        KeyError: the code is not in the table, which is a mistake in the program.
    """
    happened, advice = _text(code, language)
    own = f"{code}{IN_WINDOW}"
    own_happened, own_advice = _text(own, language) if own in codes() else ("", "")
    return own_happened or _OF_RULE.sub("", happened), own_advice or advice


def _text(code: str, language: str) -> tuple[str, str]:
    return translations(language).get(code) or template(code)


def is_published(text: Message | CtlkitError) -> bool:
    """Whether the old client published a text, so that it is shown word for word."""
    return text.code in _PUBLISHED


def original(text: Message | CtlkitError, language: str) -> tuple[str, str] | None:
    """Return the published English that belongs below a translation, None where there is none.

    Args:
        text: the message or the error.
        language: the language in which :func:`worded` gives it.
    """
    if is_published(text) and text.code in translations(language):
        return wording(text.code, text.values)
    return None


@cache
def translations(language: str) -> Mapping[str, tuple[str, str]]:
    """Return the table of a language: code -> both halves, their places for values still open.

    A half that is empty in English is empty there.

    It is empty for English, which is ctlkit's own, and for a language that nobody translated.
    """
    if language not in LANGUAGES[1:]:
        return {}
    folder = files("ctlkit_gui") / "locale" / "messages" / language
    table: dict[str, tuple[str, str]] = {}
    for part in folder.iterdir():
        for code, text in tomllib.loads(part.read_text(encoding="utf-8")).items():
            table[code] = (text.get("happened", ""), text.get("advice", ""))
    return table


@cache
def value_translations(language: str) -> Mapping[str, Mapping[str, str]]:
    """Return the words that ctlkit itself gives as values: name of the value -> English -> word."""
    if language not in LANGUAGES[1:]:
        return {}
    part = files("ctlkit_gui") / "locale" / "values" / f"{language}.toml"
    return tomllib.loads(part.read_text(encoding="utf-8"))


@cache
def part_translations(language: str) -> Mapping[str, tuple[tuple[re.Pattern[str], str], ...]]:
    """Return what ctlkit itself sets between names: what is found, and what is set for it.

    The key is the name of the value that it stands in; :data:`_ANY` is for all values.
    """
    if language not in LANGUAGES[1:]:
        return {}
    part = files("ctlkit_gui") / "locale" / "parts" / f"{language}.toml"
    return {
        name: tuple(
            (re.compile(re.escape(own).replace(r"\{0\}", "([^()]*)")), form.replace("{0}", r"\1"))
            for own, form in forms.items()
        )
        for name, forms in tomllib.loads(part.read_text(encoding="utf-8")).items()
    }


def _with_parts(text: str, name: str, language: str) -> str:
    parts = part_translations(language)
    for own, form in (*parts.get(_ANY, ()), *parts.get(name, ())):
        text = own.sub(form, text)
    return text


def _shown(values: Mapping[str, object], language: str) -> dict[str, object]:
    """Return the values as they stand in a text."""
    advices = {
        value.advice: worded(value, language)[1]
        for value in values.values()
        if isinstance(value, CtlkitError) and value.advice
    }
    words = value_translations(language)
    shown: dict[str, object] = {}
    for name, value in values.items():
        if isinstance(value, int) and not isinstance(value, bool):
            shown[name] = value
        elif isinstance(value, Message | CtlkitError):
            shown[name] = _shortened(printable(worded(value, language)[0]))
        elif isinstance(value, Several):
            said = dict.fromkeys(worded(message, language)[0] for message in value.messages)
            between = "\uff1b" if language in _WIDE else "; "
            shown[name] = _shortened(printable(between.join(said)))
        else:
            text = str(value)
            translated = advices.get(text) or words.get(name, {}).get(text)
            translated = translated or _with_parts(text, name, language)
            shown[name] = _shortened(printable(translated))
    return shown


def _shortened(text: str) -> str:
    """Cut a very long value in its middle, as English texts have it."""
    if len(text) <= _LONGEST_VALUE:
        return text
    half = _LONGEST_VALUE // 2
    return f"{text[:half]}...{text[-half:]}"
