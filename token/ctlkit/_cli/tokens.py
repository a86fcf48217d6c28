"""``ctlkit tokens``: what is there, what changes, and whether a token works."""

from __future__ import annotations

import threading
from pathlib import Path

import click

from ctlkit._cli._app import App
from ctlkit._cli._commands import Command
from ctlkit._cli._options import keyring, token_options
from ctlkit.messages import printable
from ctlkit.workflows.keyring import Keyring

__all__ = ["command"]


@click.command("tokens", cls=Command)
@click.option("--watch", is_flag=True, help="Go on and print changes as they happen.")
@click.option(
    "--test",
    "tested",
    metavar="TOKEN",
    help="Log in once, sign a random value, verify it; write nothing.",
)
@token_options
@click.pass_obj
def command(
    app: App,
    watch: bool,
    tested: str | None,
    modules: tuple[str, ...],
    pin_file: Path | None,
    pin_fd: int | None,
    pin_env: str | None,
) -> int:
    r"""Show modules, slots, tokens and their certificates, without logging in.

    \b
    Example:
      ctlkit tokens
      ctlkit tokens --test SAST-ADN0054f509
    """
    if watch and tested:
        raise click.UsageError("--watch and --test do not go together")
    ring = keyring(app, modules, pin_file, pin_fd, pin_env)
    if tested is not None:
        return _test(app, ring, tested)
    if watch:
        return _watch(app, ring)
    return _list(app, ring)


def _list(app: App, ring: Keyring) -> int:
    from ctlkit.report.tokens import inventory_lines, inventory_object

    inventory = ring.inventory
    for line in inventory_lines(inventory):
        app.out(line)
    notes = [*inventory.notes, *ring.causes()]
    if not inventory.tokens:
        app.out("No token was found.")
    app.answer(**inventory_object(inventory, notes))
    for note in notes:
        app.notice(note)
    return 0


def _watch(app: App, ring: Keyring) -> int:
    from ctlkit.pkcs11 import ModuleProblem
    from ctlkit.report.tokens import token_object
    from ctlkit.report.values import message_objects

    app.tell("ctlkit: watching; stop with Ctrl-C")
    for change in ring.changes(threading.Event()):
        if isinstance(change, ModuleProblem):
            module = None if change.module is None else str(change.module)
            (problem,) = message_objects([change.problem])
            app.notice(change.problem)
            app.answer(change="problem", module=module, problem=problem)
        else:
            kind, token = change.kind.value, change.token
            app.out(f"{kind}: {printable(token.label)}, serial {printable(token.serial)}")
            app.answer(change=kind, token=token_object(token))
        app.flush()
    return 0


def _test(app: App, ring: Keyring, name: str) -> int:
    from ctlkit.report.values import certificate_object

    tested = ring.test(name)
    token = tested.token
    app.out(
        f"{printable(token.label)}, serial {printable(token.serial)}: signed and verified with"
        f" {tested.digest.name}, {tested.key_bits} bits, in {tested.seconds:.1f} s."
        " Nothing was written."
    )
    app.answer(
        label=token.label,
        serial=token.serial,
        uri=token.uri,
        digest=tested.digest.name,
        key_bits=tested.key_bits,
        seconds=round(tested.seconds, 3),
        certificate=certificate_object(tested.certificate),
    )
    return 0
