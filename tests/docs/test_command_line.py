"""docs/command-line.md names every command and option that there is, and none that is not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from ctlkit._cli._commands import CommandGroup
from ctlkit.errors import CtlkitError

PAGE = Path(__file__).resolve().parents[2] / "docs" / "command-line.md"
OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]*")
STATUS = re.compile(r"^\| (\d+) \|", re.MULTILINE)
BUILT_IN = {"--help"}


def _commands(
    group: click.Group, context: click.Context, prefix: str = ""
) -> Iterator[tuple[str, click.Command]]:
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from _commands(command, context, f"{prefix}{name} ")
        else:
            yield f"{prefix}{name}", command


def _all_commands() -> dict[str, click.Command]:
    group = CommandGroup(name="ctlkit")
    return dict(_commands(group, click.Context(group)))


def _options(command: click.Command) -> set[str]:
    return {
        name
        for parameter in command.params
        if isinstance(parameter, click.Option)
        for name in parameter.opts
    }


def _section(name: str) -> str:
    """The part of the page about a command: from its heading to the next one."""
    text = PAGE.read_text(encoding="utf-8")
    found = re.search(rf"^### {name}\n(.*?)(?=^##|\Z)", text, re.MULTILINE | re.DOTALL)
    assert found, name
    return found[1]


@pytest.mark.parametrize("name", sorted(_all_commands()))
def test_a_commands_section_names_its_options(name: str) -> None:
    """Each option of a command stands in its section, or among those that commands share."""
    command = _all_commands()[name]
    section = _section(name.partition(" ")[0])
    assert f"ctlkit {name}" in section
    page = PAGE.read_text(encoding="utf-8")
    shared = page[: page.index("### tokens")] + page[page.index("## Making lists") :][:600]
    shared += page[page.index("## Places") : page.index("### place")]
    for option in _options(command):
        assert re.search(rf"(?<![\w-]){option}(?![\w-])", section + shared), option


def test_no_option_is_named_that_is_not_there() -> None:
    """Each option on the page is one of some command, and each command on it exists."""
    commands = _all_commands()
    known = BUILT_IN.union(*map(_options, commands.values()))
    text = PAGE.read_text(encoding="utf-8")
    assert set() == set(OPTION.findall(text)) - known
    named = set(re.findall(r"`ctlkit ([a-z]+(?: (?:status|restore))?)", text))
    groups = {name.partition(" ")[0] for name in commands}
    assert set() == named - set(commands) - groups
    assert set() == groups - named


def test_exit_statuses_are_those_of_the_errors() -> None:
    """The table of exit statuses holds those of all errors, 0, 9 for a part, and no other."""

    def statuses(kind: type[CtlkitError]) -> set[int]:
        return {kind.status}.union(*map(statuses, kind.__subclasses__()))

    text = PAGE.read_text(encoding="utf-8")
    table = text[text.index("## Exit status") :]
    assert {0, 9} | statuses(CtlkitError) == {int(number) for number in STATUS.findall(table)}


def test_variables_are_those_that_are_read() -> None:
    """Each CTLKIT variable that the programs read is in the table, and no other."""
    root = PAGE.parents[1]
    folders = ("token", "gui", "softhsm-fixtures")
    sources = [path for folder in folders for path in root.glob(f"{folder}/**/*.py")]
    read = {
        name
        for path in sources
        for name in re.findall(r"\"(CTLKIT_[A-Z_]+|NO_COLOR)\"", path.read_text())
    }
    text = PAGE.read_text(encoding="utf-8")
    named = set(re.findall(r"^\| `([A-Z_0-9]+)` \|", text, re.MULTILINE))
    assert read - {"CTLKIT_FAULT_PLAN"} <= named
    assert {"CTLKIT_PIN", "SOURCE_DATE_EPOCH", "NO_COLOR", "SOFTHSM2_CONF"} <= named
