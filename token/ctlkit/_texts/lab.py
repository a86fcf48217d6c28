"""Texts about the practice cluster."""

from __future__ import annotations

__all__ = ["LAB_TEXTS"]

LAB_TEXTS: dict[str, tuple[str, str]] = {
    "lab-missing": (
        "there is no practice cluster in {folder}",
        "Make one there with ctlkit lab up.",
    ),
    "lab-exists": (
        "there is a practice cluster in {folder} already",
        "Start it as it is, or choose another folder with --dir.",
    ),
    "lab-folder-unusable": (
        "the folder {folder} cannot be used: {reason}",
        "Choose a folder that can be written, with --dir.",
    ),
    "lab-file-damaged": (
        "{file} of the practice cluster is damaged: {reason}",
        "Remove the practice cluster's folder and make another one with ctlkit lab up.",
    ),
    "lab-certificate-missing": (
        "the practice cluster's node {node} has lost its {store} certificate",
        "Remove the practice cluster's folder and make another one with ctlkit lab up.",
    ),
    "lab-number-out-of-range": (
        "a practice cluster cannot have {count} {what}",
        "Take 0 to {most}.",
    ),
    "lab-node-unknown": ("the practice cluster has no node {node}", "Its nodes are {known}."),
    "lab-own-store-unknown": (
        "{node} has no certificate of its own called {store}",
        "It has {known}.",
    ),
    "lab-trust-store-unknown": (
        "there is no store {store} that certificates are uploaded to",
        "The stores are {known}.",
    ),
    "lab-certificate-unknown": (
        "the certificate is not in {store}",
        "Name a certificate that was uploaded to this store.",
    ),
    "lab-file-stays": ("{file} on {node} cannot be deleted: {reason}", ""),
}
