"""The documents: every link leads somewhere, every command that they show exists."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from itertools import islice, takewhile
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
COMMAND = Path(sys.executable).with_name("ctlkit")
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#{1,6} (.+?)\s*$", re.MULTILINE)
# How many words name a command, where a command has others below it.
LEVELS = {"place": 2, "tvs": 2, "lab": 3}
FENCE = re.compile(r"^```[^\n]*\n(.*?)^```", re.MULTILINE | re.DOTALL)


def _documents() -> list[Path]:
    folders = [REPOSITORY / name for name in ("docs", "gui", "softhsm-fixtures", "tests", "token")]
    inner = [path for folder in folders for path in folder.rglob("*.md")]
    return sorted([*REPOSITORY.glob("*.md"), *inner])


def _name(path: Path) -> str:
    return str(path.relative_to(REPOSITORY))


def _anchor(heading: str) -> str:
    """The name under which a heading can be linked to."""
    kept = re.sub(r"[^\w\- ]", "", heading.lower())
    return kept.replace(" ", "-")


def _text_without_code(path: Path) -> str:
    return FENCE.sub("", path.read_text(encoding="utf-8"))


def _commands(path: Path) -> Iterator[list[str]]:
    """The words of each ctlkit command in the document's fenced blocks."""
    for block in FENCE.findall(path.read_text(encoding="utf-8")):
        for line in block.replace("\\\n", " ").splitlines():
            words = line.strip().removeprefix("$ ").removeprefix(".venv/bin/")
            if words.startswith("ctlkit "):
                yield shlex.split(words, comments=True)


@cache
def _help(*words: str) -> str:
    done = subprocess.run(
        [COMMAND, *words, "--help"], capture_output=True, text=True, timeout=60, check=False
    )
    assert 0 == done.returncode, f"ctlkit {' '.join(words)} --help: {done.stderr}"
    return done.stdout


@pytest.mark.parametrize("path", _documents(), ids=_name)
def test_links_resolve(path: Path) -> None:
    """A link within the repository names a file, and a heading in it."""
    for target in LINK.findall(_text_without_code(path)):
        assert not target.startswith("/")
        if re.match(r"[a-z]+:", target):
            continue
        file, _, heading = target.partition("#")
        document = (path.parent / file).resolve() if file else path
        assert document.is_relative_to(REPOSITORY)
        assert document.exists(), target
        if heading:
            headings = HEADING.findall(_text_without_code(document))
            assert heading in {_anchor(text) for text in headings}, target


@pytest.mark.parametrize("path", _documents(), ids=_name)
def test_commands_exist(path: Path) -> None:
    """Each ctlkit command in a fenced block is one, with options that it has."""
    for words in _commands(path):
        plain = takewhile(re.compile(r"[a-z]+").fullmatch, words[1:])
        names = list(islice(plain, LEVELS.get(words[1], 1)))
        options = {word.partition("=")[0] for word in words if word.startswith("--")}
        shown = _help() + _help(*names)
        unknown = {option for option in options if not re.search(rf"{option}\b", shown)}
        assert set() == unknown, shlex.join(words)


def test_index_names_every_document() -> None:
    """docs/README.md links to each page below docs/."""
    index = REPOSITORY / "docs" / "README.md"
    linked = {(index.parent / target).resolve() for target in LINK.findall(index.read_text())}
    pages = {path for path in index.parent.rglob("*.md") if path != index}
    assert [] == sorted(_name(path) for path in pages - linked)


def test_decisions_are_numbered_without_gaps() -> None:
    """The decisions run from 0001 on, each with the four parts that one has."""
    pages = sorted((REPOSITORY / "docs" / "decisions").glob("*.md"))
    assert [f"{number:04}" for number in range(1, len(pages) + 1)] == [
        page.name[:4] for page in pages
    ]
    parts = ["Context", "Decision", "Rejected", "Consequences"]
    for page in pages:
        assert parts == HEADING.findall(page.read_text())[1:], page.name
