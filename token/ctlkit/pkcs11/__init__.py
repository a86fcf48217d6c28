"""Tokens through PKCS#11: finding, choosing, reading, signing, watching.

Rules:

* This is the face of the package: what is not named here is its own affair. Importing it loads
  the binding; importing ctlkit does not.
* Everything that waits takes a ``cancel`` event and may be called from any thread; modules are
  called in threads of their own. Only frozen values cross.
* Nothing here prints, and no call writes to a token.

Source: docs/tokens.md.
"""

from __future__ import annotations

from ctlkit.pkcs11.causes import Checks, no_token_causes
from ctlkit.pkcs11.choose import Selection, choose, signing_certificate
from ctlkit.pkcs11.discovery import Searched, System, discover, searched
from ctlkit.pkcs11.inventory import take_inventory
from ctlkit.pkcs11.signer import (
    TokenSigner,
    TokenTest,
    open_signer,
    read_certificates,
    test_token,
)
from ctlkit.pkcs11.uri import TokenUri, format_uri, parse_uri
from ctlkit.pkcs11.values import (
    Candidate,
    Inventory,
    KeyPresence,
    ModuleReport,
    Source,
    TokenCertificate,
    TokenInfo,
)
from ctlkit.pkcs11.watch import Change, ChangeKind, ModuleProblem, Round, rounds, watch

__all__ = [
    "Candidate",
    "Change",
    "ChangeKind",
    "Checks",
    "Inventory",
    "KeyPresence",
    "ModuleProblem",
    "ModuleReport",
    "Round",
    "Searched",
    "Selection",
    "Source",
    "System",
    "TokenCertificate",
    "TokenInfo",
    "TokenSigner",
    "TokenTest",
    "TokenUri",
    "choose",
    "discover",
    "format_uri",
    "no_token_causes",
    "open_signer",
    "parse_uri",
    "read_certificates",
    "rounds",
    "searched",
    "signing_certificate",
    "take_inventory",
    "test_token",
    "watch",
]
