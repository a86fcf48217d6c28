"""``ctlkit lab``: the practice cluster. Only what lies here and the demo know it."""

from __future__ import annotations

from ctlkit._cli._commands import LazyGroup

__all__ = ["command"]

command = LazyGroup(
    "ctlkit._cli.lab",
    {
        "admin": "Type a command at a node's command line.",
        "cert": "Certificates of the nodes.",
        "down": "Stop it.",
        "phone": "Its phones.",
        "status": "Show nodes, ports, lists and phones.",
        "trust": "Trust stores of the cluster.",
        "up": "Start it, or make one.",
    },
    name="lab",
    help="""The practice cluster: a publisher, subscribers and phones on this computer.

    It speaks SSH, SFTP, HTTP, TFTP and TLS on loopback as real ones do, for rehearsing a migration,
    for teaching and for tests. It is not a call server.""",
    no_args_is_help=True,
)
