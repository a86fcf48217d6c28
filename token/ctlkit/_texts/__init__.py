"""The parts of the one table: code -> (what happened, what to do next), by subject.

Values stand in braces as in :meth:`str.format`. A text is one line, without a full stop that a
terminal line would not have; the second half is a whole sentence or empty.
"""

from __future__ import annotations

from ctlkit._texts.acceptance import ACCEPTANCE_TEXTS
from ctlkit._texts.cluster import CLUSTER_TEXTS
from ctlkit._texts.difference import DIFFERENCE_TEXTS
from ctlkit._texts.doctor import DOCTOR_TEXTS
from ctlkit._texts.lab import LAB_TEXTS
from ctlkit._texts.lab_runtime import LAB_RUNTIME_TEXTS
from ctlkit._texts.lists import LIST_TEXTS
from ctlkit._texts.models import MODELS_TEXTS
from ctlkit._texts.phones import PHONE_TEXTS
from ctlkit._texts.places import PLACE_TEXTS
from ctlkit._texts.program import PROGRAM_TEXTS
from ctlkit._texts.rules import RULE_TEXTS
from ctlkit._texts.ssh import SSH_TEXTS
from ctlkit._texts.tokens import TOKEN_TEXTS
from ctlkit._texts.tvs import TVS_TEXTS
from ctlkit._texts.window import WINDOW_TEXTS
from ctlkit._texts.wizard import WIZARD_TEXTS

__all__ = ["TEXTS"]

TEXTS: dict[str, tuple[str, str]] = {
    **LIST_TEXTS,
    **RULE_TEXTS,
    **TOKEN_TEXTS,
    **PROGRAM_TEXTS,
    **PLACE_TEXTS,
    **SSH_TEXTS,
    **CLUSTER_TEXTS,
    **TVS_TEXTS,
    **LAB_TEXTS,
    **LAB_RUNTIME_TEXTS,
    **PHONE_TEXTS,
    **ACCEPTANCE_TEXTS,
    **MODELS_TEXTS,
    **DIFFERENCE_TEXTS,
    **DOCTOR_TEXTS,
    **WIZARD_TEXTS,
    **WINDOW_TEXTS,
}
