"""Labels, buttons and titles in Chinese: complete, exact, and in step with the source.

The texts stand in ``gui/ctlkit_gui/locale/ctlkit_zh_CN.ts``; docs/translating.md says how they are
made. Whether a window shows them is tested where windows are.
"""

# ruff: noqa: RUF001  Chinese is written with the marks that look like others.

from __future__ import annotations

import ast
import importlib.util
import re
import shutil
import tomllib
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest
from PyQt6.QtCore import QTranslator

import ctlkit_gui

REPOSITORY = Path(__file__).resolve().parents[2]
LOCALE = Path(ctlkit_gui.__file__).parent / "locale"
TS, QM = LOCALE / "ctlkit_zh_CN.ts", LOCALE / "ctlkit_zh_CN.qm"
WINDOWS = Path(ctlkit_gui.__file__).parent / "qt"

HAN = "\u4e00-\u9fff"
WIDE = "，。、；：？！（）“”"
# A half-width mark that ends a clause or touches a Chinese character.
NARROW = re.compile(rf"[,;:?!](?=[ {HAN}{WIDE}]|$)|(?<=[{HAN}{WIDE}])[,;:?!.](?![a-z.])")
# A space between two Chinese characters, or beside a full-width mark; none beside Latin letters.
SPACING = re.compile(
    rf"(?<=[{HAN}{WIDE}]) +(?=[{HAN}{WIDE}])|(?<=[{WIDE}]) | (?=[{WIDE}])"
    rf"|(?<=[{HAN}])(?=[A-Za-z0-9{{])|(?<=[A-Za-z0-9}}])(?=[{HAN}])"
)
KEY = re.compile(r"&(\w)")
CHINESE_KEY = re.compile(r"\(&(\w)\)(?=(?:\.\.\.|：)?$)")
FILTER = re.compile(r" \(\*[^()]*\)$")
LATIN = re.compile(r"[A-Za-z][A-Za-z0-9_+/.-]*[A-Za-z0-9]")
# What is the same in both languages: names, examples, kinds of files.
NAMES = {
    *("MD5", "SHA-1", "SHA-256", "PIN", "CAPF"),
    *("tftp2.example.com", "10.0.0.20", "cm-sub1, cm-sub2", "DER (*.cer)", "PEM (*.pem)"),
}
# What a Chinese text names beside its English one.
OWN_NAMES = {"GPL"}


@dataclass(frozen=True, slots=True)
class Label:
    """A text and its translation, None where there is no finished one."""

    context: str
    source: str
    comment: str
    chinese: str | None


@cache
def labels() -> tuple[Label, ...]:
    """Every text of the .ts file."""
    return tuple(
        Label(
            context.findtext("name", ""),
            message.findtext("source", ""),
            message.findtext("comment", ""),
            message.findtext("translation")
            if (found := message.find("translation")) is not None and found.get("type") is None
            else None,
        )
        for context in ET.parse(TS).getroot().iter("context")
        for message in context.iter("message")
    )


def translated() -> list[tuple[str, str]]:
    """Source and translation of each finished text."""
    return [(label.source, label.chinese) for label in labels() if label.chinese]


@pytest.fixture
def tool() -> ModuleType:
    """Return tools/translations.py as a module."""
    path = REPOSITORY / "tools" / "translations.py"
    spec = importlib.util.spec_from_file_location("translations", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_file_is_in_step_with_the_source(tool: ModuleType, tmp_path: Path) -> None:
    """``make translations`` finds no text that is new, changed or gone."""
    again = tmp_path / TS.name
    shutil.copy(TS, again)
    tool.update(again)
    assert TS.read_text(encoding="utf-8") == again.read_text(encoding="utf-8")


def test_a_new_text_is_told(tool: ModuleType, tmp_path: Path) -> None:
    """What the file lacks is taken in as unfinished, and what the source lacks goes."""
    again = tmp_path / TS.name
    text = TS.read_text(encoding="utf-8")
    again.write_text(text.replace("<source>Steps</source>", "<source>Gone</source>"), "utf-8")
    tool.update(again)
    assert ["Steps"] == tool.unfinished(again)
    assert "<source>Gone</source>" not in again.read_text(encoding="utf-8")


def test_without_qt_tools_the_package_is_named(
    tool: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who has no lrelease is told what to install, and the .qm stays as it is."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(tool, "_DEBIAN", tmp_path / "lrelease")
    with pytest.raises(SystemExit, match="apt-get install qt6-l10n-tools"):
        tool.release(tmp_path / TS.name)


def test_every_text_is_translated() -> None:
    """None is unfinished or empty."""
    assert [] == [label for label in labels() if not label.chinese]


def test_the_compiled_file_says_the_same() -> None:
    """Qt finds each text of the .ts in the .qm, and the same translation."""
    translator = QTranslator()
    assert translator.load(str(QM))
    odd = {
        (label.context, label.source): found
        for label in labels()
        if (found := translator.translate(label.context, label.source, label.comment))
        != label.chinese
    }
    assert {} == odd


def test_both_files_are_of_the_distribution() -> None:
    """The wheel takes in what lies in the package and is not ignored by git."""
    rules = (REPOSITORY / ".gitignore").read_text(encoding="utf-8").split()
    ignored = [rule for rule in rules if fnmatch(TS.name, rule) or fnmatch(QM.name, rule)]
    assert [] == ignored
    wheel = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["tool"]["hatch"]["build"]
    assert {"packages", "shared-data"} == wheel["targets"]["wheel"].keys()
    assert "gui/ctlkit_gui" in wheel["targets"]["wheel"]["packages"]
    assert QM.is_file()


def calls() -> Iterator[tuple[str, ast.Call, str]]:
    """Each call that translates: where, the call, and the class around it."""
    for path in sorted(WINDOWS.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        around = {
            id(inner): node.name
            for node in ast.walk(tree)
            if isinstance(node, ast.ClassDef)
            for inner in ast.walk(node)
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and (name := _called(node)) in ("tr", "translate"):
                where = f"{path.relative_to(WINDOWS)}:{node.lineno}"
                yield where, node, around.get(id(node), "") if name == "tr" else ""


def _called(node: ast.Call) -> str:
    return getattr(node.func, "attr", getattr(node.func, "id", ""))


def test_every_text_can_be_found() -> None:
    """A text that is translated stands in the call literally, where the tool sees it."""
    drawing = {"painter.translate"}
    odd = [
        where
        for where, call, _ in calls()
        if ast.unparse(call.func) not in drawing
        and not all(
            isinstance(each, ast.Constant) and isinstance(each.value, str) for each in call.args
        )
    ]
    assert [] == odd


def test_a_class_with_texts_of_its_own_is_not_inherited_from() -> None:
    """``tr`` asks by the class that an object is of: a text of a base class has to say its own."""
    bases = {
        base.id if isinstance(base, ast.Name) else ast.unparse(base).partition("[")[0]
        for path in WINDOWS.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef)
        for base in node.bases
    }
    assert [] == [where for where, _, owner in calls() if owner in bases]


def test_each_place_for_a_value_is_there() -> None:
    """A translation shows the same values as the English text."""
    place = re.compile(r"\{\w*\}|%\w+")
    odd = [
        pair
        for pair in translated()
        if sorted(place.findall(pair[0])) != sorted(place.findall(pair[1]))
    ]
    assert [] == odd


def test_keys_are_those_of_english() -> None:
    """A label keeps its key, in parentheses at its end, so that a page's keys stay different."""
    odd = [
        (source, chinese)
        for source, chinese in translated()
        if [key.upper() for key in KEY.findall(source)] != CHINESE_KEY.findall(chinese)
        or len(KEY.findall(chinese)) > len(KEY.findall(source))
    ]
    assert [] == odd


def test_texts_end_alike() -> None:
    """Full stops, colons and dots stand where English has them."""
    ends = {".": "。", ":": "：", "?": "？"}
    odd = []
    for source, chinese in translated():
        dots = source.endswith("...")
        wanted = "..." if dots else ends.get(source[-1], "")
        found = chinese[-3:] if dots else chinese[-1] if chinese[-1] in WIDE[:7] else ""
        if wanted != found:
            odd.append((source, chinese))
    assert [] == odd


def test_punctuation_is_full_width() -> None:
    """Half-width marks stand around keys, in filters of files and in names only."""
    odd = [
        chinese
        for source, chinese in translated()
        if source not in NAMES
        and (
            NARROW.search(plain := FILTER.sub("", CHINESE_KEY.sub("", chinese)))
            or SPACING.search(plain)
            or set("()") & set(plain)
            or plain != plain.strip()
        )
    ]
    assert [] == odd


def test_every_text_is_chinese() -> None:
    """What is not has no words in English either, or is a name."""
    odd = [
        pair
        for pair in translated()
        if not re.search(f"[{HAN}]", pair[1])
        and pair[0] not in NAMES
        and re.search("[A-Za-z]", re.sub(r"\{\w*\}", "", pair[0]))
    ]
    assert [] == odd
    assert NAMES <= {source for source, _ in translated()}


def test_names_are_those_of_the_english_text() -> None:
    """Whatever is in Latin letters stands in the English text too, letter by letter."""
    odd = [
        (chinese, strange)
        for source, chinese in translated()
        if (strange := {word for word in LATIN.findall(chinese) if word not in source} - OWN_NAMES)
    ]
    assert [] == odd


def test_one_word_is_translated_alike() -> None:
    """The same English text says the same everywhere, but for a page that is named by its place."""
    found: dict[str, set[str]] = {}
    for source, chinese in translated():
        found.setdefault(source, set()).add(chinese)
    assert ["Servers"] == [source for source, texts in found.items() if len(texts) > 1]
