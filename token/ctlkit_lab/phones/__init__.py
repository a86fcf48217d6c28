"""Practice phones: they restart over the wire and decide by their own code.

They fetch over HTTP and TFTP, ask the trust service over TLS, accept or refuse for the reasons that
real phones do, keep their lists and write a console log.

Source: docs/cluster.md, when a phone accepts a new list.
"""

from __future__ import annotations

from ctlkit_lab.phones.booting import Boot, Patience, boot
from ctlkit_lab.phones.deciding import Verdict
from ctlkit_lab.phones.directory import Directory, Server
from ctlkit_lab.phones.fleet import Fleet, PhoneReport
from ctlkit_lab.phones.models import DEFAULT_MIX, MODELS, Checksum, Fetch, PhoneModel, model_named
from ctlkit_lab.phones.phone import Phone

__all__ = [
    "DEFAULT_MIX",
    "MODELS",
    "Boot",
    "Checksum",
    "Directory",
    "Fetch",
    "Fleet",
    "Patience",
    "Phone",
    "PhoneModel",
    "PhoneReport",
    "Server",
    "Verdict",
    "boot",
    "model_named",
]
