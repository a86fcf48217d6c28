"""Texts about the phones of the practice cluster: their verdicts, and what stops them."""

from __future__ import annotations

__all__ = ["PHONE_TEXTS"]

PHONE_TEXTS: dict[str, tuple[str, str]] = {
    # accepted
    "phone-same": ("the phone has this list already", ""),
    "phone-trusted-first": (
        "the phone held neither a CTL nor an ITL: it took the list of {signer} on trust",
        "",
    ),
    "phone-known-by-ctl": ("the signer {signer} is a SAST entry of the CTL that the phone had", ""),
    "phone-known-by-itl": ("the signer {signer} is a SAST entry of the ITL that the phone had", ""),
    "phone-vouched": ("the trust service of {node} vouched for the signer {signer}", ""),
    "phone-vouched-before": (
        "the trust service vouched for the signer {signer} within the last 24 hours",
        "",
    ),
    # nothing to decide
    "phone-never-booted": (
        "the phone was not restarted yet",
        "Restart it: ctlkit lab phone restart.",
    ),
    "phone-nothing-offered": ("{node} has no {name}; the phone keeps what it has", ""),
    "phone-nothing-fetched": (
        "no server gave the phone its {name}: {reason}",
        "See the phone's log: ctlkit lab phone log MAC.",
    ),
    # refused
    "phone-list-too-long": (
        "a list of {size} bytes; phones refuse more than {limit}",
        "Remove entries that no phone needs.",
    ),
    "phone-list-other-kind": ("{name} is a signed configuration file, no trust list", ""),
    "phone-signer-unnamed": ("the list does not name its signer", ""),
    "phone-signature-absent": ("the list is not signed", ""),
    "phone-digest-unproven": (
        "whether phones can check digest {number} is not published, so this one does not",
        "Sign with SHA-1.",
    ),
    "phone-key-unproven": (
        "whether phones can check a key of {bits} bits is not published, so this one does not",
        "Sign with a key of 1024 or 2048 bits.",
    ),
    "phone-key-unusable": ("the entry of the signer {signer} has no RSA key: {reason}", ""),
    "phone-key-doubtful": (
        "the entry of the signer {signer} has another key than its certificate",
        "",
    ),
    "phone-signature-wrong": (
        "the signature is not made with the key by which the phone knows the signer {signer}",
        "Sign with the token or server that the phone knows.",
    ),
    "phone-no-anchor": (
        "the list does not hold its own signer {signer}, so that nothing can be checked",
        "",
    ),
    "phone-signer-unknown": (
        "the phone does not know the signer {signer}, and a {model} never asks the trust service",
        "Sign with a token of the list that the phone has, or delete the list on the phone.",
    ),
    "phone-no-tvs-record": (
        "the phone does not know the signer {signer}, and its ITL names no trust service",
        "Sign with a token of the list that the phone has, or delete the list on the phone.",
    ),
    "phone-tvs-silent": (
        "the phone does not know the signer {signer}, and no trust service answers: {reason}",
        "See that the Trust Verification Service runs on the nodes, then restart the phone.",
    ),
    "phone-tvs-unknown": (
        "neither the phone nor the trust service of {node} knows the signer {signer}",
        "Upload the signer's certificate to Phone-SAST-trust, then restart the phone.",
    ),
    "phone-tvs-not-sast": (
        "the trust service of {node} knows the signer {signer}, but not as SAST",
        "Upload the signer's certificate to Phone-SAST-trust, then restart the phone.",
    ),
    "phone-tvs-no-certificate": (
        "the trust service of {node} knows the signer {signer}, but sends no certificate",
        "",
    ),
    # the fleet
    "phone-model-unknown": (
        "the practice cluster has no phone of model {model}",
        "It has: {known}.",
    ),
    "phone-unknown": (
        "there is no phone {mac} in this cluster",
        "ctlkit lab phone list shows the phones.",
    ),
    "phone-state-damaged": (
        "{file} is no state of a practice phone: {reason}",
        "Remove the phone's folder, or make the practice cluster anew.",
    ),
    "phone-list-damaged": (
        "{file}, the list that the phone holds, cannot be read: {reason}",
        "Erase the phone: ctlkit lab phone erase MAC.",
    ),
}
