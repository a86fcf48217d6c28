"""``ctlkit tvs``: asking the trust service of nodes as phones do."""

from __future__ import annotations

import time

import click

from ctlkit._cli._app import App
from ctlkit._cli._commands import Group
from ctlkit.messages import printable
from ctlkit.trustlist import function_name
from ctlkit.workflows.trust_service import NodeAnswer, query, verify_certificate

__all__ = ["command"]

_itl_option = click.option(
    "--itl",
    required=True,
    metavar="ITL",
    help="The cluster's ITL file: its trust service records say whom to believe.",
)


@click.group("tvs", cls=Group)
def command() -> None:
    """Ask the trust service of nodes (TCP 2445), as a phone does about an unknown signer."""


@command.command("query")
@click.argument("nodes", metavar="NODE[:PORT]...", nargs=-1, required=True)
@click.option(
    "--signer-of", "list_file", required=True, metavar="LIST", help="Ask for this list's signer."
)
@_itl_option
@click.pass_obj
def ask_for_signer(app: App, nodes: tuple[str, ...], list_file: str, itl: str) -> int:
    """Ask each node whether it vouches for the signer of a list.

    Exit status 3 unless every node knows it as a signer, with a certificate that fits the list.
    """
    vouched = query(nodes, list_file, itl, now=int(time.time()))
    app.out(f"signer {printable(vouched.subject)}, serial {vouched.serial.hex(':').upper()}")
    for item in vouched.answers:
        _show(app, item)
    if app.options.json:
        from ctlkit.report.trust_service import vouched_object

        app.answer(**vouched_object(vouched))
    return max(_show_problem(app, item) for item in vouched.answers)


@command.command("verify")
@click.argument("node", metavar="NODE[:PORT]")
@click.argument("certificate", metavar="CERT")
@_itl_option
@click.pass_obj
def ask_for_certificate(app: App, node: str, certificate: str, itl: str) -> int:
    """Ask a node whether it vouches for a certificate (DER or PEM) as a signer of lists."""
    checked = verify_certificate(node, certificate, itl, now=int(time.time()))
    _show(app, checked.answer)
    if app.options.json:
        from ctlkit.report.trust_service import checked_object

        app.answer(**checked_object(checked))
    return _show_problem(app, checked.answer)


def _show(app: App, item: NodeAnswer) -> None:
    answer = item.answer
    if answer is None:
        app.out(f"{item.node}: no answer")
    elif not answer.found:
        app.out(f"{item.node}: unknown")
    else:
        roles = ", ".join(f"{role} {function_name(role)}" for role in answer.roles) or "none"
        kept = "" if answer.lifetime is None else f", kept {answer.lifetime} seconds"
        app.out(
            f"{item.node}: {'vouched for' if item.error is None else 'known'}, roles {roles}{kept}"
        )


def _show_problem(app: App, item: NodeAnswer) -> int:
    """Tell why phones would not accept, and return the exit status of that."""
    if item.error is None:
        return 0
    app.show_error(item.error)
    return item.error.status
