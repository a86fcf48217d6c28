"""The wizard's work: carries out effects with ctlkit.workflows and gives back events; no Qt.

Rules:

* ``run`` blocks and is called in a thread of its own for each effect. What is told meanwhile goes
  to ``emit``; only frozen values cross.
* Secrets cross in the one-shot box alone, are taken for one call, and are nowhere else.
* One place stays open for the whole wizard; see :class:`Context`.
"""

from __future__ import annotations

from ctlkit_gui.work._box import SecretBox
from ctlkit_gui.work._context import Context, Emit, Practice, PracticeReady
from ctlkit_gui.work._running import run
from ctlkit_gui.work._shown import certificate_shown, entries_of

__all__ = [
    "Context",
    "Emit",
    "Practice",
    "PracticeReady",
    "SecretBox",
    "certificate_shown",
    "entries_of",
    "run",
]
