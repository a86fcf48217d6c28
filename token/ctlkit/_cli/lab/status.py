"""``ctlkit lab status``: what the practice cluster is like now."""

from __future__ import annotations

from pathlib import Path

import click

from ctlkit._cli._app import App
from ctlkit._cli._commands import Command
from ctlkit._cli.lab._running import ask_lab, dir_option, phone_words
from ctlkit.messages import printable

__all__ = ["command"]


@click.command("status", cls=Command)
@dir_option
@click.pass_obj
def command(app: App, folder: Path | None) -> int:
    """Show mode, nodes, ports, the list on each node, and each phone with its verdict."""
    found = ask_lab(folder, "status")
    app.out(f"release {found['release']}, {found['mode']} mode; not a call server")
    for node in found["nodes"]:
        ports = ", ".join(f"{name} {port}" for name, port in node["ports"].items())
        app.out(f"{node['name']} ({node['address']}): {node['host']}, {ports}")
        app.out(f"  host key {node['host_key']}")
        held = node["list"]
        if held is None:
            error = node["error"]
            app.out(f"  {printable(error['message'])}" if error else "  no list")
            continue
        app.out(f"  {held['length']} bytes, signed by {printable(held['signer_name'])}")
        app.out(f"  {held['md5']} (MD5)")
        app.out(f"  {held['sha1']} (SHA1)")
    for phone in found["phones"]:
        app.out(printable(phone_words(phone)))
    app.answer(**found)
    return 0
