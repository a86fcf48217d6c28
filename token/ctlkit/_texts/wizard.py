"""Texts of the wizard's own: why a button cannot be pressed, and what remains to be done."""

from __future__ import annotations

__all__ = ["WIZARD_TEXTS"]

WIZARD_TEXTS: dict[str, tuple[str, str]] = {
    "wizard-busy": ("something is still being done", "Wait for it, or stop it with Cancel."),
    "wizard-stopping": ("it is being stopped", "What was begun on a node is ended first."),
    "wizard-place-missing": (
        "no place is chosen",
        "Choose one of the configuration file's places.",
    ),
    "wizard-folder-missing": ("no folder is named", "Name the folder that the lists lie in."),
    "wizard-host-missing": (
        "no server is named",
        "Type the host name or the IP address of the publisher.",
    ),
    "wizard-host-wrong": (
        "{host} is no host name and no IP address",
        "Type it without a scheme, a user or a path.",
    ),
    "wizard-port-wrong": (
        "{port} is no port",
        "Type a number from 1 to 65535, or leave the field empty for 22.",
    ),
    "wizard-action-missing": ("no action is chosen", "Choose what is to be done."),
    "wizard-token-missing": ("no token is chosen", "Plug one in, or choose one of the list."),
    "wizard-token-added": (
        "{label} (serial {serial}) is added already",
        "Plug in another one, or go on with what is there.",
    ),
    "wizard-signer-wanted": (
        "none of the tokens that may sign this list is plugged in",
        "Plug in one of these: {titles}.",
    ),
    "wizard-unconfirmed": (
        "not everything that is red is confirmed",
        "Read each red line; follow its advice, or confirm it.",
    ),
    "wizard-pin-locked": (
        "the PIN of {label} (serial {serial}) is locked",
        "Sign with another token; unlock this one with its vendor's program.",
    ),
    "wizard-pin-to-be-changed": (
        "the PIN of {label} (serial {serial}) has to be changed first",
        "Change it with the vendor's program, then plug the token in again.",
    ),
    "wizard-pin-not-set": (
        "{label} (serial {serial}) has no PIN yet",
        "Set one with the vendor's program, then plug the token in again.",
    ),
    "wizard-last-try": (
        "one try is left for the PIN of {label} (serial {serial}); a wrong one locks it for good",
        "Tick the box only if you are sure of the PIN.",
    ),
    "wizard-nodes-differ": (
        "not every node holds the same list",
        "Retry the nodes that failed before anything is restarted.",
    ),
    "server-address-wrong": (
        "{address} is no IP address",
        "Type an IPv4 or IPv6 address; it is never looked up.",
    ),
    "wizard-not-prepared": (
        "what was reviewed does not hold any more",
        "Go back to the entries and finish again.",
    ),
    "wizard-internal": (
        "something went wrong inside the program: {kind}",
        "Save the log and report it; nothing that was entered is lost.",
    ),
    "remains-nodes": (
        "the list is not yet on {nodes}",
        "Put it there before anything is restarted.",
    ),
    "remains-services": (
        "restart TFTP and CallManager on every node that runs them",
        "One node after the other: wait until one serves again before the next.",
    ),
    "remains-vouching": (
        "ask the trust service of every node whether it vouches for the signer",
        "Reset no phone before each of them does: phones that do not know the signer ask it.",
    ),
    "remains-phones": (
        "then reset the phones in batches",
        "Begin with a few of each model, and look whether they register.",
    ),
    "remains-checksums": (
        "compare the checksum that phones show: MD5 {md5}, or SHA-1 {sha1}",
        "Phones show one of the two under Security Settings, by model.",
    ),
    "remains-readers": (
        "give the new list to whatever else reads it",
        "Port groups of Unity Connection, Emergency Responder, a TFTP proxy.",
    ),
    "remains-backup": ("make a backup of the cluster", "The one before holds the old list."),
    "remains-other-token": (
        "keep the tokens in different safe places",
        "Should one be lost, the other still signs.",
    ),
    "practice-no-folder": (
        "there is no room to practise in: {reason}",
        "Check the folder for temporary files and the space on the disk.",
    ),
    "practice-no-softhsm": (
        "practising takes SoftHSM in place of tokens: {reason}",
        "{help}.",
    ),
    "practice-no-tokens": (
        "SoftHSM cannot stand in for tokens: {reason}",
        "Check that it is installed whole, and the space on the disk.",
    ),
}
