"""What differs between two lists, or two signed files; pure rules over values.

Rules:

* The difference is about what is there: nothing has to verify to be compared.
* A side is a file, of which everything is known, or the text of ``show ctl`` or ``show itl``, of
  which what is printed is known. What a side does not know is not compared, and that is said
  once, as a note. A record that a cut text leaves out is neither added nor removed.
* Two records are the same one by, in this order: their bytes; function, certificate and DNS
  name; function and certificate; function, DNS name and subject; function and DNS name; function
  and address; function and subject; function and serial; everything but the function; their
  place, where nothing names them. A signer (SAST) is not known by its host: several signers have
  the same one. Records that are alike are paired in their order.
* A record has moved if not every longest run of records that both sides hold in the same order
  has it. So comparing the other way round gives the mirror image.
* What follows from another difference is not told beside it: RECORDLENGTH and the padding of the
  header. HeaderLength, size and checksums are, because people compare them.
* Names of fields are those of ``show ctl``, in capitals; a tag without a name is ``TAG99``, the
  second of its kind in a record ``TAG99#2``. What is told of the file as a whole is in small
  letters: kind, mode, length, md5, sha1, content, and order, where the fields are the same and
  stand in another one.
* Time grows with the size of the lists, not with its square.

Source: docs/format.md.
"""

from __future__ import annotations

from ctlkit.difference._comparing import compare
from ctlkit.difference._values import (
    Difference,
    Entry,
    FieldChange,
    Move,
    RecordChange,
    Side,
    Source,
    Value,
)

__all__ = [
    "Difference",
    "Entry",
    "FieldChange",
    "Move",
    "RecordChange",
    "Side",
    "Source",
    "Value",
    "compare",
]
