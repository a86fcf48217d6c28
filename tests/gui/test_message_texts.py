"""The texts of messages and errors in other languages: complete, exact, and as safe as English.

A text that is checked here stands in ``gui/ctlkit_gui/locale``; docs/translating.md says how it is
made.
"""

# ruff: noqa: RUF001  Chinese is written with the marks that look like others.

from __future__ import annotations

import ast
import re
import string
import tomllib
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ctlkit
import ctlkit_gui
from ctlkit.acceptance import shipped_models
from ctlkit.edit import Mode
from ctlkit.errors import CtlkitError, FormatError, InputError, NetworkError
from ctlkit.messages import IN_WINDOW, Message, Several, codes, template, wording
from ctlkit_gui import words
from ctlkit_gui.words import LANGUAGES, original, translations, value_translations, worded

CHINESE = "zh_CN"
TOKEN = Path(ctlkit.__file__).parents[1]
PACKAGES = (TOKEN / "ctlkit", TOKEN / "ctlkit_lab")

HAN = "\u4e00-\u9fff"
WIDE = "，。、；：？！（）“”"
# What a line of Chinese never holds: half-width parentheses, or a half-width mark that ends a
# clause or touches a Chinese character.
NARROW = re.compile(rf"[()]|[,;:?!](?=[ {HAN}{WIDE}]|$)|(?<=[{HAN}{WIDE}])[,;:?!.](?![a-z])")
# Names that end in a colon: kinds of places and of URIs.
SCHEMES = re.compile(r"\b(?:cucm|file|folder|http|lab|pkcs11|sftp|tftp):")
# Small English words give away what was left untranslated; they stand in these names too.
SMALL_WORDS = re.compile(
    r"(?<![\w-])(?:a|an|and|are|be|for|from|in|is|it|not|of|on|or|that|the|this|to|with)(?![\w-])"
)
NAMES = ("Phone Interaction on Certificate Update",)
# Values that are names in a file, and commands: the same in all languages.
NAMES_AS_VALUES = {"command", "path"}
FIELD = re.compile(r"\{(\w+)\}")
LATIN = re.compile(r"[A-Za-z][A-Za-z0-9_+/.-]*[A-Za-z0-9]")


def fields(text: str) -> list[str]:
    """The places for values in a text, by name, repeated ones too."""
    return sorted(name for _, name, _, _ in string.Formatter().parse(text) if name is not None)


def halves() -> list[tuple[str, str, str]]:
    """Each half of each text that is there: code, English, Chinese."""
    table = translations(CHINESE)
    return [
        (code, english, chinese)
        for code in sorted(codes() & table.keys())
        for english, chinese in zip(template(code), table[code], strict=True)
    ]


def test_every_code_has_a_text_and_every_text_a_code() -> None:
    """No message comes out in English for want of a translation, and none is superfluous."""
    assert set() == codes() ^ translations(CHINESE).keys()


def test_no_code_is_translated_twice() -> None:
    """The files of a language share no code, so that none hides another's text."""
    folder = files("ctlkit_gui") / "locale" / "messages" / CHINESE
    found = [
        code
        for part in folder.iterdir()
        for code in tomllib.loads(part.read_text(encoding="utf-8"))
    ]
    assert sorted(set(found)) == sorted(found)


def test_a_text_is_two_halves_and_nothing_else() -> None:
    """A misspelt key is not a text that silently stays away; the window's own may be one half."""
    folder = files("ctlkit_gui") / "locale" / "messages" / CHINESE
    odd = [
        code
        for part in folder.iterdir()
        for code, text in tomllib.loads(part.read_text(encoding="utf-8")).items()
        if not text.keys() <= {"happened", "advice"}
        or not (text.get("happened") or code.endswith(IN_WINDOW))
    ]
    assert [] == odd


def test_each_half_has_the_same_places_for_values() -> None:
    """A translation tells the same facts as the English text, in the same half."""
    odd = [code for code, english, chinese in halves() if fields(english) != fields(chinese)]
    assert [] == odd


def test_each_half_is_a_line_where_the_english_is() -> None:
    """Printable, without white space around it, and empty exactly where English says nothing."""
    odd = [
        code
        for code, english, chinese in halves()
        if not chinese.isprintable()
        or chinese != chinese.strip()
        or bool(chinese) != bool(english)
        or "  " in chinese
    ]
    assert [] == odd


def test_full_stops_stand_where_english_has_them() -> None:
    """A line that goes on in a window or a table does not end in a full stop."""
    odd = [
        code
        for code, english, chinese in halves()
        if chinese.endswith("。") != (english.endswith(".") and not english.endswith("..."))
        or (chinese.endswith(".") and not chinese.endswith("..."))
    ]
    assert [] == odd


def test_punctuation_is_full_width() -> None:
    """Chinese sentences have Chinese marks; half-width ones stand inside commands and names."""
    odd = {
        code: NARROW.findall(SCHEMES.sub("x", chinese))
        for code, _, chinese in halves()
        if NARROW.search(SCHEMES.sub("x", chinese))
    }
    assert {} == odd


def test_what_has_words_in_english_has_chinese_ones() -> None:
    """A text without a Chinese character is one that has nothing but values in English."""
    odd = [
        code
        for code, english, chinese in halves()
        if re.search(r"[A-Za-z]", FIELD.sub("", english)) and not re.search(f"[{HAN}]", chinese)
    ]
    assert [] == odd


def test_no_english_sentence_is_left() -> None:
    """What stays English are commands, options and names, none of which has small words."""
    odd = {}
    for code, _, chinese in halves():
        for name in NAMES:
            chinese = chinese.replace(name, "")
        found = SMALL_WORDS.findall(FIELD.sub("", chinese))
        if found:
            odd[code] = found
    assert {} == odd


def test_commands_and_names_are_those_of_the_english_text() -> None:
    """Whatever is in Latin letters stands in the English text too, letter by letter."""
    odd = {}
    for code, _, chinese in halves():
        english = " ".join(template(code))
        strange = {word for word in LATIN.findall(FIELD.sub(" ", chinese)) if word not in english}
        if strange:
            odd[code] = strange
    assert {} == odd


def phrases() -> set[tuple[str, str]]:
    """Values with several words that the source gives literally: (name of the value, words)."""
    return {
        (keyword.arg, keyword.value.value)
        for package in PACKAGES
        for path in package.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id.endswith("Error")
        for keyword in node.keywords
        if keyword.arg is not None
        and keyword.arg not in NAMES_AS_VALUES
        and isinstance(keyword.value, ast.Constant)
        and isinstance(keyword.value.value, str)
        and " " in keyword.value.value.removesuffix(" #")
    }


def test_words_that_are_values_are_translated() -> None:
    """A phrase that the library itself puts into a text has a Chinese form; so have the modes."""
    table = value_translations(CHINESE)
    assert set() == {(name, text) for name, text in phrases() if text not in table.get(name, {})}
    for name in ("mode", "says", "wanted"):
        assert {mode.value for mode in Mode} <= table[name].keys()


def test_words_that_are_values_stand_in_the_source() -> None:
    """No form is kept for a phrase that the library does not use any more."""
    source = "".join(
        path.read_text(encoding="utf-8") for package in PACKAGES for path in package.rglob("*.py")
    )
    found = {text for forms in value_translations(CHINESE).values() for text in forms}
    assert set() == {text for text in found if f'"{text}"' not in source}


def test_a_message_comes_out_in_the_language_asked_for() -> None:
    """Numbers and words take their places; English is ctlkit's own text."""
    text = Message("few-sast", {"count": 1})
    assert "列表中只有 1 个签名人（SAST），少于两个" == worded(text, CHINESE)[0]
    assert (text.text, text.advice) == worded(text, "en")


@pytest.mark.parametrize("language", ["de", "zh_TW", "", "../zh_CN"])
def test_a_language_without_texts_is_english(language: str) -> None:
    """Whatever the system calls its language, a text comes out."""
    error = InputError("file-missing", file="a")
    assert (str(error), error.advice) == worded(error, language)


def test_a_code_without_a_translation_is_english(monkeypatch: pytest.MonkeyPatch) -> None:
    """A text that nobody translated yet is readable, and no exception."""
    monkeypatch.setattr(words, "translations", lambda language: {})
    error = InputError("file-missing", file="a")
    assert (str(error), error.advice) == worded(error, CHINESE)


def test_an_error_inside_an_error_is_translated() -> None:
    """The reason that a text names, and its advice, come out in the same language."""
    reason = InputError("file-missing", file="CTLFile.tlv")
    outer = InputError(
        "preflight-list-unreadable", file="new.tlv", reason=reason, advice=reason.advice
    )
    assert (
        "无法把 new.tlv 作为列表读取：CTLFile.tlv：没有这个文件",
        "请检查名称。",
    ) == worded(outer, CHINESE)
    deeper = NetworkError("cluster-mode-now", reason=outer, mode="mixed")
    assert worded(deeper, CHINESE)[0].startswith("无法把 new.tlv 作为列表读取：CTLFile.tlv：没有")


def test_a_message_inside_a_message_is_translated() -> None:
    """A message as a value gives its first half."""
    inner = Message("phones-other")
    assert (
        "其他型号，未注册" == worded(Message("phones-of-model-away", {"model": inner}), CHINESE)[0]
    )


def test_several_messages_are_translated() -> None:
    """Reasons and kinds of phones that are one value come out in Chinese, each once."""
    known = {"signer": "A"}
    reasons = [Message(code, known) for code in ("unsure-store", "unsure-role", "unsure-store")]
    some = Message("phones-counted", {"count": 3, "phones": Message("phones-other")})
    told = {"phones": Several((some,)), "reason": Several(tuple(reasons))}
    happened = worded(Message("phones-refuse-first", told), CHINESE)[0]
    assert "没有 CTL 的电话不会接受此列表：其他型号（3 部）；它们不认识 A；信任" in happened
    assert 1 == happened.count("是否有其证书")
    assert "；它们不认识 A；信任验证服务是否认可" in happened


def test_modes_are_named_in_chinese() -> None:
    """The mode of a cluster is a word of the sentence, not a value of a file."""
    text = Message("mode-disagrees", {"mode": "mixed", "says": "non-secure", "rule": 5})
    assert "集群处于混合模式，而此列表表示非安全模式" == worded(text, CHINESE)[0]


@given(value=st.text(max_size=2000) | st.integers() | st.booleans())
def test_values_are_made_safe_as_in_english(value: object) -> None:
    """Whatever a server or a file says stands in a translation as it stands in English."""
    english = wording("place-unknown", {"place": value})[0].removesuffix(" is no place")
    text = CtlkitError("place-unknown", place=value)
    assert f"{english} 不是位置" == worded(text, CHINESE)[0]


def test_texts_of_the_old_client_keep_their_english() -> None:
    """E1 and W1 are a translation with the published English below it."""
    missing = CtlkitError("token-not-in-list")
    assert template("token-not-in-list") == original(missing, CHINESE)
    assert template("token-not-in-list") != worded(missing, CHINESE)
    warning = Message("mixed-without-list")
    assert template("mixed-without-list") == original(warning, CHINESE)


def test_the_english_is_not_shown_twice() -> None:
    """In English, and for all other texts, nothing stands below."""
    assert original(CtlkitError("token-not-in-list"), "en") is None
    assert original(Message("few-sast", {"count": 1}), CHINESE) is None


def test_english_and_chinese_are_the_languages() -> None:
    """English has no table of its own, each other language has one."""
    assert ("en", CHINESE) == LANGUAGES
    assert {} == translations("en")
    assert {} == value_translations("en")


def test_words_behind_names_are_translated() -> None:
    """Whatever text a name stands in; a value of another program's is left as it is."""
    values = {"title": "SAST-1 (serial 01)", "known": "A (serial 1), B (serial 2)", "rule": 2}
    happened, advice = worded(Message("signer-new", values), CHINESE)
    assert "SAST-1（序列号 01）不在" in happened
    assert "A（序列号 1）、B（序列号 2）" in advice
    assert "SAST-1 (serial 01)" in worded(Message("signer-new", values), "en")[0]
    foreign = InputError("file-unreadable", file="a, header", reason="x, record 1")
    assert "无法读取 a, header：x, record 1" == worded(foreign, CHINESE)[0]


def test_where_a_file_is_damaged_is_said_in_chinese() -> None:
    """The path of a field names its record; the field itself has its own name."""
    error = FormatError("record-length-missing", offset=9, path="record 3 / CERTIFICATE")
    assert "字节 9，记录 3 / CERTIFICATE" in worded(error, CHINESE)[0]
    error = FormatError("file-empty", offset=0, path="header")
    assert "文件是空的（字节 0）" == worded(error, CHINESE)[0]
    error = FormatError("header-cut", offset=3, path="header / HEADERLENGTH")
    assert "字节 3，文件头 / HEADERLENGTH" in worded(error, CHINESE)[0]


def test_how_each_model_forgets_its_list_is_said_in_chinese() -> None:
    """The names of menus and buttons stay; no small word between them does."""
    models = list(shipped_models())
    ways = {model.erase for model in models if model.erase}
    said = {
        worded(Message("step-erase", {"models": "7960", "way": way}), CHINESE)[0] for way in ways
    }
    assert any("unlock with" in way for way in ways)
    assert set() == {text for text in said if re.search(r"(?<!\w)[a-z]{2,}(?!\w)", text)}
    named = {
        worded(Message("phones-of-model", {"model": model.name}), CHINESE)[0] for model in models
    }
    assert set() == {text for text in named if re.search(r"\b(?:and|or|newer|older)\b", text)}


def composed() -> set[tuple[str, str]]:
    """What the library itself sets around a name: (file, words in the form `(word {value})`)."""
    return {
        (path.name, piece)
        for package in PACKAGES
        for path in package.rglob("*.py")
        if not {"_cli", "report", "showctl", "_texts"} & set(path.parts)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.JoinedStr)
        for constant in node.values
        if isinstance(constant, ast.Constant)
        for piece in re.findall(r" \([a-z]+ ", str(constant.value))
    }


def test_what_is_set_around_a_name_is_translated() -> None:
    """A value that is put together of a name and English words has a form for these."""
    found = composed()
    assert found
    known = [own for own, _ in words.part_translations(CHINESE)["any"]]
    assert set() == {item for item in found if not any(own.search(f"{item[1]}x)") for own in known)}


def test_words_behind_names_stand_in_the_source() -> None:
    """No form is kept that the library does not use any more."""
    found = [path for package in PACKAGES for path in package.rglob("*")]
    source = "".join(
        path.read_text(encoding="utf-8") for path in found if path.suffix in (".py", ".toml")
    )
    parts = (Path(ctlkit_gui.__file__).parent / "locale" / "parts").glob("*.toml")
    tables = [tomllib.loads(part.read_text(encoding="utf-8")) for part in parts]
    forms = [own for table in tables for forms in table.values() for own in forms]
    assert forms
    assert [] == [own for own in forms if own.partition("{0}")[0] not in source]
