"""The server's side of TLS as old nodes and phones need it."""

from __future__ import annotations

import ssl
import tempfile
from pathlib import Path

from softhsm_fixtures.certificates import Credential

__all__ = ["server_context"]


def server_context(credential: Credential) -> ssl.SSLContext:
    """Return a context that shows a certificate, of 1024 bits and to TLS 1.0 clients too.

    Only this context is that lenient: phones of the 79xx family speak nothing newer.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    # The module loads keys from files only.
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "credential.pem"
        file.touch(mode=0o600)
        file.write_bytes(credential.pem)
        context.load_cert_chain(file)
    return context
