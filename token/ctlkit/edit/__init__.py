"""The rules of making and changing a list, as pure functions over values; no I/O.

Rules (docs/rules.md has them with their reasons):

1. Tokens. Creating takes at least two different tokens. Updating takes at least one whose
   certificate is a SAST entry of the present list, else E1.
2. Who signs. Creating: any of the tokens. Updating: a SAST entry of the *present* list; another
   one only after its own confirmation.
3. What stays. At least two SAST entries. ITLRecovery and CallManager as SAST are not deletable.
4. Servers are made fresh. Given certificates replace the entry of the same function and address.
   So does what the cluster's own command line says is in use; where both speak and differ, and
   where a certificate of lower trust differs from the present entry, the entry is stale, which
   has to be confirmed. What was fetched without authentication is taken only by its fingerprint.
   A list needs a CCM+TFTP certificate when it is made and when it leaves non-secure mode.
5. Mode. A list is mixed or non-secure. Non-secure keeps tokens and CAPF and empties the CCM+TFTP
   records.
6. Order. Creating: first token, servers, further tokens. Updating: the present order, new tokens
   first, new servers behind the last server. The digest is the present list's, else SHA-1.

What is red asks for a consent of its own (:func:`require_consent`); the rest is told.
"""

from __future__ import annotations

from ctlkit.edit._plan import known_tokens, outline, plan
from ctlkit.edit._remarks import expiring, title_of
from ctlkit.edit._review import LOCKOUT_WORD, require_consent, stale_in, unconfirmed
from ctlkit.edit._servers import is_recovery, is_server_sast, same_server
from ctlkit.edit._values import (
    Change,
    Consent,
    Mode,
    Origin,
    Plan,
    Row,
    RowState,
    Server,
    TokenEntry,
    hex_text,
    holds,
    holds_same,
    mode_of,
)

__all__ = [
    "LOCKOUT_WORD",
    "Change",
    "Consent",
    "Mode",
    "Origin",
    "Plan",
    "Row",
    "RowState",
    "Server",
    "TokenEntry",
    "expiring",
    "hex_text",
    "holds",
    "holds_same",
    "is_recovery",
    "is_server_sast",
    "known_tokens",
    "mode_of",
    "outline",
    "plan",
    "require_consent",
    "same_server",
    "stale_in",
    "title_of",
    "unconfirmed",
]
