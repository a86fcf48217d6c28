"""The text of ``show ctl`` and ``show itl``: printed as the server prints it, and read again.

What is printed is exact; what is read may have gone through a terminal, an e-mail or a web page
on its way: only runs of white space, line ends and the order of words are relied on.

Source: docs/format.md, show ctl.
"""

from __future__ import annotations

from ctlkit.showctl._parsing import parse_shown
from ctlkit.showctl._printing import kind_of, missing_text, modified_text, show_text
from ctlkit.showctl._shown import ShownList, ShownRecord

__all__ = [
    "ShownList",
    "ShownRecord",
    "kind_of",
    "missing_text",
    "modified_text",
    "parse_shown",
    "show_text",
]
