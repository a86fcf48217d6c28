"""``ctlkit lab admin``: one command at a node's command line."""

from __future__ import annotations

import asyncio
import re
import sys
from pathlib import Path

import click

from ctlkit._cli._app import App
from ctlkit._cli._commands import Command
from ctlkit._cli.lab._running import dir_option, folder_of
from ctlkit.errors import PlaceError, UsageError
from ctlkit.messages import printable

__all__ = ["command"]

_YES_OR_NO = re.compile(r"[(\[]y/n[)\]]|\"y\"")


@click.command("admin", cls=Command)
@dir_option
@click.option("--node", metavar="N", help="Whose command line; the publisher's unless given.")
@click.argument("words", metavar="COMMAND", nargs=-1, required=True)
@click.pass_obj
def command(app: App, folder: Path | None, node: str | None, words: tuple[str, ...]) -> int:
    r"""Type one command at a node's command line over SSH, and print the dialogue.

    A question of the server is put to you; --yes answers one that wants a y, --no-input breaks it
    off.
    Status 1 for a question that was broken off, and for a command that the server does not take.

    \b
    Example:
      ctlkit lab admin --yes utils ctl set-cluster mixed-mode
    """
    home = folder_of(folder)
    from ctlkit_lab.state import read_lab
    from ctlkit_lab.terminal import type_command

    lab = read_lab(home)
    nodes = {item.name: item for item in lab.nodes}
    name = node or lab.nodes[0].name
    if name not in nodes:
        raise UsageError("node-unknown", node=name, known=", ".join(nodes))

    async def answer(question: str) -> str | None:
        if app.options.yes and _YES_OR_NO.search(question):
            return "y"
        if not app.interactive:
            return None
        print(question, end=" ", file=sys.stderr, flush=True)
        return await _typed_line()

    dialogue = type_command(lab, nodes[name], " ".join(words), answer)
    text = dialogue.text
    app.out_text(text if text.endswith("\n") else f"{text}\n")
    app.answer(node=name, command=" ".join(words), dialogue=text)
    if dialogue.broken_off:
        question = printable(dialogue.broken_off)
        raise PlaceError("lab-question-unanswered", node=name, question=question)
    if dialogue.refused:
        raise PlaceError("lab-command-refused", node=name)
    return 0


async def _typed_line() -> str:
    """Return the line that a person types.

    A terminal is read once it has the whole line: a thread that waits in a read cannot be ended,
    so Ctrl-C would take effect only after the next Enter.
    """
    loop = asyncio.get_running_loop()
    ready = asyncio.Event()
    try:
        loop.add_reader(sys.stdin, ready.set)
    except NotImplementedError:  # the event loop of Windows watches no terminal
        line: str = await asyncio.to_thread(sys.stdin.readline)
        return line.strip()
    try:
        await ready.wait()
    finally:
        loop.remove_reader(sys.stdin)
    return sys.stdin.readline().strip()
