"""Texts about clusters and their command line."""

from __future__ import annotations

__all__ = ["CLUSTER_TEXTS"]

_WHOLE = "Take the whole output of show ctl or show itl, and nothing else."

_COMMAND_LINE = "Look at it by hand (ssh, then the same command); if it goes on, restart the node's SSH service."

CLUSTER_TEXTS: dict[str, tuple[str, str]] = {
    # the text of show ctl
    "shown-not-a-listing": ("this is no output of show ctl: its {part} is missing", _WHOLE),
    "shown-several": ("this is more than one output of show ctl: its {part} stands twice", _WHOLE),
    "shown-garbled": ("this output of show ctl is damaged at {part}", _WHOLE),
    "shown-too-long": (
        "this is no output of show ctl: it is longer than {limit} characters",
        _WHOLE,
    ),
    # the dialogue
    "console-hangs": (
        "{node}: the command line was silent or not done for {seconds} seconds; its last words: {seen}",
        _COMMAND_LINE,
    ),
    "console-closed": (
        "{node}: the command line closed; its last words: {seen}",
        _COMMAND_LINE,
    ),
    "console-flood": (
        "{node}: the command line wrote more than {limit} characters",
        "That is no answer of a real node: check what was reached.",
    ),
    "console-echo": (
        "{node}: the command line did not echo the command {command} but wrote: {seen}",
        "Nothing more was sent. Check that the address is that of a node's command line.",
    ),
    "console-question": (
        "{node}: the command {command} asks what was not expected: {seen}",
        "It got no answer. Run the command by hand, and read the question.",
    ),
    # its answers
    "cluster-answer": (
        "{what} cannot be found in the answer of the command line: {seen}",
        "Run the command by hand. If it answers so there too, this release is not known.",
    ),
    "cluster-refused": (
        "{node} did not do {command}; it wrote: {seen}",
        "Run the command by hand on that node, and see to what it asks for.",
    ),
    "cluster-publisher-unknown": (
        "which of the nodes is the publisher ({address}) is not to be told from its database",
        "Name the further nodes: the key nodes of the place in config.toml.",
    ),
    "cluster-mode-unchanged": (
        "{node} says that the mode was set to {wanted}, and is still in {mode} mode",
        "Look at Enterprise Parameters, Cluster Security Mode, and at the replication of the database.",
    ),
    "cluster-mode-now": (
        "{reason}. The cluster is in {mode} mode now",
        "Look at that node's list (show ctl) before this is repeated.",
    ),
    "cluster-shown-differs": (
        "{node} shows a list with the SHA-1 {shown} (show ctl), and serves one with {read}",
        "Restart Cisco Tftp on that node and look again; until they agree nothing is put there.",
    ),
    "cluster-restart-stopped": (
        "not restarted, because {node} failed before: {reason}",
        "See to that node first, then restart the rest, one at a time.",
    ),
    "cluster-still-there": (
        "{node} still serves the list after it was deleted",
        "Restart Cisco Tftp on that node and look again. The file was kept.",
    ),
    # addresses
    "cluster-address": (
        "{place} is no address of a cluster",
        "Write cucm://USER@HOST, with :PORT and ?http=6970&tvs=2445 where they differ; a password has no place in it.",
    ),
    "cluster-node-twice": ("{place}: a node is named twice", "Name each node once."),
    # putting files there by hand
    "cluster-by-hand": (
        "a real cluster takes the list from a person only: {file} is to be put on {nodes}",
        "On each node: Cisco Unified OS Administration, Software Upgrades, TFTP File Management, Upload File. Then repeat this: a node that holds the list is not touched.",
    ),
    "cluster-not-taken": (
        "{node} does not hold the list that was to be put there",
        "Look at TFTP File Management of that node, then repeat this: a node that holds the list is not touched.",
    ),
    "hand-over-node": ("{node}: https://{host}/cmplatform (trust service: {host}:{tvs})", ""),
    "hand-over-sign-in": (
        "on each of these, Cisco Unified OS Administration, sign in with the platform account",
        "",
    ),
    "hand-over-upload": ("choose Software Upgrades, TFTP File Management, then Upload File", ""),
    "hand-over-file": (
        "choose {file}, leave the directory empty, press Upload File, and let it replace {name}",
        "",
    ),
    "hand-over-served": (
        "if the node goes on serving the file before, restart Cisco Tftp on it (utils service restart Cisco Tftp)",
        "",
    ),
    "hand-over-proof": (
        "afterwards each node is asked (show ctl) and its file fetched: that a list put there is taken up everywhere is not published",
        "",
    ),
    "hand-over-trust": (
        "restart no phone before the trust service of every node vouches for the signer (ctlkit tvs query HOST:PORT... --signer-of {file} --itl ITLFile.tlv); if one does not, put the saved files back",
        "",
    ),
}
