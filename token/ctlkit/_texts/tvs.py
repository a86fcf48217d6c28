"""Texts about the trust service, fetching from nodes, and connections in general."""

from __future__ import annotations

__all__ = ["TVS_TEXTS"]

_PORT = "Check the port: HTTP is 6970 on a node, TFTP is 69."
_LOOK = "Look whether the service runs there, and whether a firewall lies between."

TVS_TEXTS: dict[str, tuple[str, str]] = {
    # connections
    "node-silent": ("{node} does not answer in time", _LOOK),
    "node-refused": ("{node} cannot be reached: {reason}", _LOOK),
    "node-broke-off": ("{node}: the connection broke: {reason}", _LOOK),
    # messages of the trust service
    "tvs-cut": (
        "a message of the trust service is not as long as it says: {need} bytes are needed, {have} are there (byte {offset}, {path})",
        "Ask again; look whether it is the trust service that answers on that port.",
    ),
    "tvs-not-a-message": (
        "this is no message of the trust service (byte {offset}, {path})",
        "Look whether it is the trust service that answers on that port.",
    ),
    "tvs-kind-unknown": (
        "a message of the trust service of the unknown kind {kind} (byte {offset}, {path})",
        "Look whether it is the trust service that answers on that port.",
    ),
    "tvs-answer-other": (
        "the trust service answers another question (byte {offset}, {path})",
        "Ask again.",
    ),
    "tvs-field-odd": (
        "an answer of the trust service says nothing that is known (byte {offset}, {path})",
        "Take it as not vouched for, and ask another node.",
    ),
    # asking
    "tvs-answer-garbled": ("{node}: {reason}", "Take it as not vouched for, and ask another node."),
    "tvs-certificate-other": (
        "{node} shows another certificate than the trust service records of the ITL file hold",
        "Fetch the ITL file of that cluster again, and compare; a phone would not ask this server.",
    ),
    "tvs-node": (
        "{node} is no node to ask",
        "Write NODE or NODE:PORT, an IPv6 address in brackets.",
    ),
    "itl-without-tvs": (
        "{file} has no record of a trust service (function TVS) with a certificate",
        "Name the cluster's ITL file: without such a record phones ask no trust service.",
    ),
    "tvs-unknown": (
        "{node}: the trust service does not know that certificate",
        "Upload it to Phone-SAST-trust or CallManager-trust, restart the trust service, ask again; restart no phone before.",
    ),
    "tvs-no-signer": (
        "{node}: the trust service knows it, but not as a signer of lists (roles: {roles})",
        "Upload it to Phone-SAST-trust, restart the trust service, ask again; restart no phone before.",
    ),
    "tvs-other-key": (
        "{node}: the list does not verify with the certificate that the trust service has: {reason}",
        "Phones would refuse the list. Look which certificate of that name and serial the node's stores hold.",
    ),
    # fetching
    "fetch-address": (
        "{place} is not the address of a node to fetch from",
        "Write http://NODE[:6970] or tftp://NODE[:69], an IPv6 address in brackets.",
    ),
    "fetch-too-large": (
        "{node}: {file} is larger than {limit} bytes",
        "Look what it is that answers there: no list is that large.",
    ),
    "fetch-cut": (
        "{node}: {file} was cut, {missing} bytes are missing",
        "Fetch it again.",
    ),
    "http-status": (
        "{node} answers {number} when asked for {file}",
        "Look whether it is the TFTP service of a node that answers there; no redirect is followed.",
    ),
    "http-encoded": (
        "{node} serves {file} only compressed ({coding})",
        "Fetch it over TFTP, or from another node.",
    ),
    "http-garbled": ("{node} does not speak HTTP: {reason}", _PORT),
    "tftp-garbled": ("{node} does not speak TFTP", _PORT),
    "tftp-refused": ("{node} refuses: TFTP error {number}, {reason}", "Look into that node's log."),
}
