"""Texts about places and publishing."""

from __future__ import annotations

__all__ = ["PLACE_TEXTS"]

PLACE_TEXTS: dict[str, tuple[str, str]] = {
    "place-unknown": (
        "{place} is no place",
        "A place is folder:DIR, sftp://HOST/DIR, cucm://HOST, lab:, http://HOST, tftp://HOST, or a NAME of [places.NAME] in config.toml.",
    ),
    "place-one-node": (
        "{place}: only sftp: and cucm: places have further nodes",
        "Take the key nodes out of config.toml, or name several places.",
    ),
    "place-read-only": (
        "{place} is only to be read",
        "Name the place by which its files can be written: folder:, sftp:, cucm: or lab:.",
    ),
    "place-nothing-there": ("{place} holds no such file", "Look with ctlkit place status."),
    "place-no-services": (
        "{place} has no services to restart and no mode to set",
        "Name the cluster: cucm://HOST or lab:.",
    ),
    "place-no-nodes": ("{place} has no node", "Look with ctlkit place status."),
    "node-unknown": ("{node} is no node of that place", "Its nodes are: {known}."),
    "nodes-missing": (
        "not every node answers: {nodes} ({reason}) (rule {rule})",
        "Nothing was written. Repair that first; or leave each out by name with --without-node, and publish there later.",
    ),
    "nodes-unreachable": (
        "{nodes} cannot be reached ({reason}); the other nodes were asked",
        "Repair that, and ask again before the list is put in force: each node has to get it.",
    ),
    "nodes-none": (
        "{place}: no node is left to write to: {reason} (rule {rule})",
        "Name fewer nodes with --without-node.",
    ),
    "nodes-differ": (
        "the nodes hold different lists: {held} (rule {rule})",
        "Fetch the right one (ctlkit place fetch PLACE --node NODE -o FILE) and publish it everywhere first.",
    ),
    "nodes-partly": (
        "only {done} of {count} are done; not done: {nodes} ({reason})",
        "What is done stays. Repair the rest and repeat: ctlkit place publish touches no node that holds the list already.",
    ),
    "place-some-restored": (
        "only {done} of {count} were restored; not restored: {nodes} ({reason})",
        "Repair the rest and put the restored list there with ctlkit place publish: restoring again would swap what is restored.",
    ),
    "kept-differ": (
        "the nodes keep different lists: {held} (rule {rule})",
        "Nothing was restored. Publish the right one on every node instead: ctlkit place publish.",
    ),
    "place-some-deleted": (
        "the list was taken from only {done} of {count}; it is still on: {nodes} ({reason})",
        "Repair the rest and repeat: what is gone already stays gone, and kept.",
    ),
    "place-some-restarted": (
        "only {done} of {count} were restarted; not restarted: {nodes} ({reason})",
        "Look at that node first; then repeat, or restart the rest by hand, one at a time.",
    ),
    "stale-in-list": (
        "{node}: the list carries certificate {old}, the server uses {new}; secure phones will not register there (rule {rule})",
        "Make the list anew with the certificate in use (ctlkit update); place publish goes on over it with --confirm-stale {old}.",
    ),
    "stale-until-restart": (
        "{node}: the database has certificate {old}, CallManager still shows {new}; secure phones will not register there (rule {rule})",
        "Restart it (ctlkit place restart) and repeat; update and place publish go on over it with --confirm-stale {old}.",
    ),
    "publish-not-ctl": (
        "{file} calls itself {name}: it is no list for phones' CTLFile.tlv",
        "Name the signed CTLFile.tlv; ITL files are made by the server alone.",
    ),
    "phone-mac": (
        "{text} is no MAC address of a phone",
        "Give twelve hexadecimal digits, as on the phone's label.",
    ),
    "mode-disagrees": (
        "the cluster is in {mode} mode, this list says {says} (rule {rule})",
        "Change the cluster first.",
    ),
    "mode-present-disagrees": (
        "the cluster is in {mode} mode, its present list says {says} (rule {rule})",
        "State the mode that both are to have with --mode mixed or --mode non-secure.",
    ),
    "delete-in-mixed-mode": (
        "{place} is in mixed mode: without a list the cluster does not work (rule {rule})",
        "Delete it only to make a new one at once, and confirm with --confirm-delete-in-mixed-mode. The file is kept.",
    ),
    "present-unverified": (
        "the list in force cannot be compared with, so which phones accept the new one is not known: {reason} (rule {rule})",
        "Look at it with ctlkit place fetch and ctlkit show; or confirm with --confirm-lockout {word}.",
    ),
    "signers-vanish": (
        "all signers the phones know disappear in this list (rule {rule})",
        "Keep at least one until every phone has it; update and place publish go on over it with --confirm-lockout {word}.",
    ),
    "server-sast-lost": (
        "{subject} would lose its signer entry (rule {rule})",
        "Phones need it to recover. Make the list with it; update and place publish go on over it with --confirm-lockout {word}.",
    ),
    "server-in-cluster": (
        "{subject} is in use in the cluster and cannot be removed (rule {rule})",
        "Take the node out of the cluster first.",
    ),
    "server-vanished": (
        "{function} {node}: the cluster itself no longer has it",
        "If it is gone, drop it with --remove {serial}.",
    ),
    "cluster-will-switch": (
        "the cluster will be set to {mode} mode first, by its own command; that writes a list signed by the server",
        "Restart nothing until the list of the tokens lies on every node.",
    ),
    "cluster-switched": (
        "the cluster is in {mode} mode now and holds the server's own list",
        "If what follows fails, take that list away (ctlkit place delete), and repeat the command without --mode.",
    ),
    "cluster-switched-saved": (
        "the cluster is in {mode} mode now and holds the server's own list; the one that phones hold is saved as {file}",
        "If what follows fails, repeat the command without --mode and with --present {file}.",
    ),
    "switch-needs-a-person": (
        "{place}: the mode is not set while nobody is there to put the list on the nodes",
        "Run it on a terminal, without --no-input.",
    ),
    "restore-phones": (
        "phones that took the list in force meanwhile may refuse the kept one: {phones}; {reason}",
        "Restore only while no phone has taken it; after that ask ctlkit preflight first.",
    ),
    "phone-copies": (
        "a phone that finds a list under its own name never asks for CTLFile.tlv again",
        "Delete CTLSEP<MAC>.tlv on each node when the list is in force for all.",
    ),
    "node-not-asked": (
        "{node} was not asked: {reason}",
        "Whether it holds the same list is not known.",
    ),
    "mixed-without-list": (
        "No CTL File exists on the server but the Call Manager Cluster Security Mode is in Secure Mode.",
        "For the system to function, you must create the CTL File and set Call Manager Cluster the Secure Mode.",
    ),
    "list-without-mixed": (
        "there is a list, and the cluster is not in mixed mode: it once was",
        "Set the cluster to mixed mode with --mode mixed, or take the list away with ctlkit place delete.",
    ),
    "list-is-tokenless": (
        "the list was signed by the server itself and holds no token: {known}",
        "Upload the certificate of each token to Phone-SAST-trust (ctlkit export writes them). If utils ctl update CTLFile then lists them, restart, wait until every phone has that list, and repeat this; else delete the list (ctlkit place delete) and make a new one with both tokens.",
    ),
    "itl-node-needed": (
        "ITL files differ from node to node",
        "Say whose with --node: {nodes}.",
    ),
    "release-replaces": (
        "release {release}: the next utils ctl update CTLFile replaces this list, probably without your tokens; from 14SU3 on only tokenless is supported",
        "Tell whoever administers the cluster. Below 10.0 there is no utils ctl to come back with.",
    ),
    "release-restarts-phones": (
        "release {release}: phones may restart by themselves after certificate changes",
        "Set Phone Interaction on Certificate Update to manual first.",
    ),
}
