"""PINs and passwords: the value that hides itself, and where one is taken from.

Rules:

* A PIN is in a :class:`Pin`, which shows itself to nobody; it leaves it only by ``reveal()``, for
  the call that needs it, and the reference is dropped when that work is done.
* The order: a file, a file descriptor or an environment variable that was named; the URI's
  ``pin-source``; ``CTLKIT_PIN``; a prompt. More than one named at once is a mistake, not a choice.
* Nothing is read before a token asks: sources are made early and read at the last moment.
* A PIN that no person typed goes to one token. The source refuses a second one.
* The password of a key in a file comes the same ways, and has words of its own.
* The password of a node's user is treated as a PIN is, in the same order without a URI, with
  ``CTLKIT_PASSWORD`` and words of its own.
* From a file exactly one line end is taken off (LF or CRLF). An empty one, a second line, and
  bytes that are no text are refused, because each try counts.
* No text of this package, nor an exception's cause or context, holds what was read.

Source: docs/tokens.md, PINs; docs/command-line.md, places.
"""

from __future__ import annotations

from ctlkit.pins._passwords import PasswordSource, password_source
from ctlkit.pins._pin import Pin
from ctlkit.pins._reading import PinOptions
from ctlkit.pins._sources import PinPrompt, PinRequest, PinSource, pin_source

__all__ = [
    "PasswordSource",
    "Pin",
    "PinOptions",
    "PinPrompt",
    "PinRequest",
    "PinSource",
    "password_source",
    "pin_source",
]
