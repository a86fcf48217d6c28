"""The documents: every link leads somewhere, every command that they show exists."""

from __future__ import annotations

import ast
import re
import shlex
import subprocess
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import islice, takewhile
from pathlib import Path

import pytest

from ctlkit.messages import IN_WINDOW, codes

REPOSITORY = Path(__file__).resolve().parents[2]
COMMAND = Path(sys.executable).with_name("ctlkit")
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#{1,6} (.+?)\s*$", re.MULTILINE)
# How many words name a command, where a command has others below it.
LEVELS = {"place": 2, "tvs": 2, "lab": 3}
# What warns before a list is put in force; the codes of the second kind are partly computed.
WARNERS = (
    "acceptance/_remarks.py",
    "edit/_remarks.py",
    "edit/_review.py",
    "verify.py",
    "weakness.py",
    "workflows/clusters.py",
    "workflows/places.py",
    "workflows/preflight.py",
    "workflows/publishing.py",
    "workflows/restoring.py",
    "workflows/servers.py",
    "workflows/updating.py",
)
COMPUTED = ("_remarks.py", "weakness.py")
REASONS = ("accepts-", "refuses-", "unsure-")
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


def _constants(nodes: Iterable[ast.AST]) -> set[str]:
    found = (node.value for node in nodes if isinstance(node, ast.Constant))
    return {text for text in found if isinstance(text, str)}


def _warnings(path: Path) -> set[str]:
    """The codes of the messages that a module makes; those of errors and of reasons are none."""
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    calls = [node for node in nodes if isinstance(node, ast.Call) and node.args]
    names = [(call.args[0], getattr(call.func, "id", "")) for call in calls]
    made = _constants(first for first, name in names if name in ("Message", "_red"))
    if path.name not in COMPUTED:
        return made & codes()
    errors = _constants(first for first, name in names if name.endswith("Error"))
    others = _constants(nodes) - errors
    return made | {code for code in others & codes() if not code.startswith(REASONS)}


@pytest.mark.parametrize("name", WARNERS)
def test_every_warning_has_its_section(name: str) -> None:
    """docs/warnings.md says of each what it means and costs, under its code."""
    sections = HEADING.findall((REPOSITORY / "docs" / "warnings.md").read_text(encoding="utf-8"))
    warnings = _warnings(REPOSITORY / "token" / "ctlkit" / name)
    assert warnings
    assert set() == warnings - set(sections)


def test_every_section_is_of_a_warning() -> None:
    """docs/warnings.md has no section of a code that nobody says, and none twice."""
    sections = HEADING.findall((REPOSITORY / "docs" / "warnings.md").read_text(encoding="utf-8"))
    said = set().union(*(_warnings(REPOSITORY / "token" / "ctlkit" / name) for name in WARNERS))
    assert {"The warnings", "Red", "Amber", "Notes"} == set(sections) - said
    assert len(set(sections)) == len(sections)


def test_every_reason_is_explained() -> None:
    """docs/phones.md has each reason why phones accept, refuse, or why it cannot be told."""
    text = (REPOSITORY / "docs" / "phones.md").read_text(encoding="utf-8")
    texts = {code for code in codes() if not code.endswith(IN_WINDOW)}
    reasons = {code for code in texts if code.startswith(REASONS)}
    assert reasons
    assert set() == {code for code in reasons if f"| `{code}` |" not in text}


def test_decisions_are_numbered_without_gaps() -> None:
    """The decisions run from 0001 on, each with the four parts that one has."""
    pages = sorted((REPOSITORY / "docs" / "decisions").glob("*.md"))
    assert [f"{number:04}" for number in range(1, len(pages) + 1)] == [
        page.name[:4] for page in pages
    ]
    parts = ["Context", "Decision", "Rejected", "Consequences"]
    for page in pages:
        assert parts == HEADING.findall(page.read_text())[1:], page.name
