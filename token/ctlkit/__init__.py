"""Cisco trust lists (CTL and ITL files) with hardware tokens.

The names here are the library's face::

    import ctlkit

    found = ctlkit.decode(data)        # TrustList or SignedFile, with .raw
    checked = ctlkit.verify(found)     # VerifiedList, or an error of ctlkit.errors
    data == ctlkit.encode(found)       # byte for byte

Importing ctlkit loads neither a token library nor anything for windows, terminals or networks.
"""

from __future__ import annotations

from ctlkit import errors
from ctlkit.codec import decode, encode
from ctlkit.signing import sign
from ctlkit.verify import verify

__all__ = ["__version__", "decode", "encode", "errors", "sign", "verify"]

__version__ = "0.1.0.dev0"
