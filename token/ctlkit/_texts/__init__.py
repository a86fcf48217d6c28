"""The parts of the one table: code -> (what happened, what to do next), by subject.

Values stand in braces as in :meth:`str.format`. A text is one line, without a full stop that a
terminal line would not have; the second half is a whole sentence or empty.
"""

from __future__ import annotations

from ctlkit._texts.lists import LIST_TEXTS
from ctlkit._texts.program import PROGRAM_TEXTS
from ctlkit._texts.rules import RULE_TEXTS
from ctlkit._texts.tokens import TOKEN_TEXTS

__all__ = ["TEXTS"]

TEXTS: dict[str, tuple[str, str]] = {
    **LIST_TEXTS,
    **RULE_TEXTS,
    **TOKEN_TEXTS,
    **PROGRAM_TEXTS,
}
