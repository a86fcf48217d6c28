"""The console log of a phone.

Rules:

* Every line is ``<number>: NOT hh:mm:ss.ffffff <part>: <text>``, the time in UTC. Lines of the part
  ``SECD`` are published ones, word for word, by the family of the model; those of the part ``LAB``
  are the practice phones' own and say what the published ones leave open.
* A log keeps its last 64 KiB. Texts from outside cannot write control characters into it.

Source: docs/cluster.md, lines worth having in the logs. That all families number and date their
lines alike, and that all write the same lines about the list itself, are inferences.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from ctlkit.messages import printable
from ctlkit_lab.phones.models import PhoneModel

__all__ = ["LOG_LIMIT", "Console", "joined"]

LOG_LIMIT = 64 * 1024
"""Bytes that a log keeps."""

_LONGEST = 500
_VERIFIED = (
    "Hashes match... authentication successful.",
    "AUTH: hdr ver 1.2 (knows only upto 1.1)",
    "updateFromFile: TL parse to table: CTL_SUCCESS",
    "TL file verified successfully.",
)
_ASKED = (
    "SSL session setup Cert Verification - Role is = 21",
    "TVS process request - processing TVS Query Certificate request.",
)
_PROXY_ASKED = (
    "setupSocketToTvsProxy: Connected to TVS proxy server",
    "tvsReqFlushTvsCertCache: Sent Request to TVS proxy, len: 3708",
)
_PROXY_ANSWERED = (
    "clpTvsInit: Client message received on TVS proxy socket",
    "processTvsClntReq: Success reading the client TVS request, len : 3708",
    "processTvsClntReq: TVS Certificate cache flush request received",
    "tvsFlushCertCache: Completed TVS Certificate cache flush request",
)


class Console:
    """The lines that a phone writes during one restart."""

    def __init__(self, model: PhoneModel, clock: Callable[[], float], number: int) -> None:
        """Begin after the line of a number; ``clock`` tells seconds since 1970."""
        self._model = model
        self._clock = clock
        self.number = number
        self.lines: list[str] = []

    def note(self, text: str) -> None:
        """Write a line of the practice phone's own."""
        self._write("LAB", printable(text)[:_LONGEST])

    def asking(self, host: str) -> None:
        """Write that a trust service is about to be asked."""
        if not self._model.tvs_proxy:
            self._published(f"Attempting connect to TVS server addr [{printable(host)}]")

    def answered(self, *, vouched: bool) -> None:
        """Write that the right trust service was asked and answered, and whether it vouched."""
        if self._model.tvs_proxy:
            self._published(*_PROXY_ASKED, *_PROXY_ANSWERED)
            return
        self._published(*_ASKED)
        if vouched:
            self._published("TVS added cert to TVS cache - expires in 24 hours")

    def accepted(self) -> None:
        """Write that a list was verified and is in force."""
        self._published(*_VERIFIED, "TL file updated.")

    def refused(self) -> None:
        """Write that a list was refused."""
        self._published("Trust List update failed")

    def _published(self, *texts: str) -> None:
        for text in texts:
            self._write("SECD", text)

    def _write(self, part: str, text: str) -> None:
        self.number += 1
        time = dt.datetime.fromtimestamp(self._clock(), dt.UTC)
        self.lines.append(f"{self.number}: NOT {time:%H:%M:%S.%f} {part}: {text}\n")


def joined(before: bytes, lines: list[str]) -> bytes:
    """Return a log with lines added, cut at its beginning to whole lines within the limit."""
    data = before + "".join(lines).encode()
    if len(data) <= LOG_LIMIT:
        return data
    return data[data.index(b"\n", len(data) - LOG_LIMIT) + 1 :]
