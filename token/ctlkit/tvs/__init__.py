"""The trust service (TVS), which phones ask about a signer that they do not know.

Source: docs/cluster.md, the trust service on the wire.
"""

from __future__ import annotations

from ctlkit.tvs.client import ask, read_message, tls_context_client
from ctlkit.tvs.messages import (
    HEAD_LENGTH,
    LIFETIME,
    SAST_ROLE,
    TVS_PORT,
    MessageKind,
    TvsAnswer,
    TvsMessage,
    TvsTag,
    body_length,
    decode_message,
    encode_message,
    make_answer,
    query_request,
    read_answer,
    verify_request,
)

__all__ = [
    "HEAD_LENGTH",
    "LIFETIME",
    "SAST_ROLE",
    "TVS_PORT",
    "MessageKind",
    "TvsAnswer",
    "TvsMessage",
    "TvsTag",
    "ask",
    "body_length",
    "decode_message",
    "encode_message",
    "make_answer",
    "query_request",
    "read_answer",
    "read_message",
    "tls_context_client",
    "verify_request",
]
