"""``ctlkit place``: the list on its nodes."""

from __future__ import annotations

from ctlkit._cli._commands import LazyGroup

__all__ = ["command"]

command = LazyGroup(
    "ctlkit._cli.place",
    {
        "delete": "Take the list away from the nodes; it is kept.",
        "fetch": "Copy the list of a place into a file.",
        "publish": "Put a signed list on the nodes.",
        "restart": "Restart TFTP and CallManager, node by node.",
        "restore": "Put the kept list in force again.",
        "status": "Show what each node holds.",
    },
    name="place",
    help="""The list on its nodes.

    A PLACE is folder:DIR, sftp://[user@]host/DIR, cucm://[user@]host, lab:[DIR], http://NODE,
    tftp://NODE (the last two only to read), or a configured name.""",
    no_args_is_help=True,
)
