"""Texts about running the practice cluster."""

from __future__ import annotations

__all__ = ["LAB_RUNTIME_TEXTS"]

LAB_RUNTIME_TEXTS: dict[str, tuple[str, str]] = {
    "lab-folder-taken": (
        "{folder} holds something else than a practice cluster",
        "Name an empty folder, or one that is not there yet, with --dir.",
    ),
    "lab-running": (
        "the practice cluster in {folder} runs already",
        "Look at it with ctlkit lab status, or stop it with ctlkit lab down.",
    ),
    "lab-not-running": (
        "the practice cluster in {folder} does not run",
        "Start it with ctlkit lab up.",
    ),
    "lab-options-fixed": (
        "the practice cluster in {folder} was made with other options: {options}",
        "Start it without them, or make another one with --dir.",
    ),
    "lab-start-failed": (
        "the practice cluster in {folder} did not start: {reason}",
        "Look into {log}, then try again.",
    ),
    "lab-start-slow": (
        "the practice cluster in {folder} did not start within {seconds} seconds",
        "It was stopped. Look into {log}, then try again.",
    ),
    "lab-unreachable": (
        "the practice cluster in {folder} is neither ready nor stopped after {seconds} seconds",
        "Look into {log}, then try again.",
    ),
    "lab-stop-slow": (
        "the practice cluster in {folder} did not stop within {seconds} seconds",
        "Look into {log}. Its process is {pid}.",
    ),
    "lab-control-silent": (
        "the practice cluster in {folder} does not answer: {reason}",
        "Stop it with ctlkit lab down and start it again.",
    ),
    "lab-control-garbled": (
        "the practice cluster in {folder} answered what cannot be understood",
        "Stop it with the ctlkit that started it, and start it with this one.",
    ),
    "lab-control-refused": (
        "the practice cluster refused a request: {reason}",
        "Stop it with ctlkit lab down and start it again.",
    ),
    "lab-terminal-failed": (
        "{node}: its command line does not answer: {reason}",
        "Look with ctlkit lab status; stop it with ctlkit lab down and start it again.",
    ),
    "lab-question-unanswered": (
        "{node}: a question was broken off, since nobody answered it: {question}",
        "Give the command on a terminal, or answer y with --yes.",
    ),
    "lab-command-refused": (
        "{node}: the server did not execute the command",
        "Look for a mistake in it; the dialogue shows what was typed.",
    ),
    "lab-extra-missing": (
        "the practice cluster needs {module}, which is not installed",
        "Install it with: pip install 'ctlkit[lab]'.",
    ),
    "lab-key-unreadable": (
        "{file} holds no SSH key: {reason}",
        "Remove the file: a new key is made at the next start.",
    ),
    "lab-port-refused": (
        "the practice cluster cannot listen: {reason}",
        "Stop what takes the ports, then start it again.",
    ),
    "lab-copy-failed": (
        "{node}: the list could not be copied there: {reason}",
        "Repeat the command on the publisher.",
    ),
}
