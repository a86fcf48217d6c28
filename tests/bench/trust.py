"""Asking the trust service, and bare TLS handshakes with it."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

from ctlkit.codec import decode
from ctlkit.place.fetch import fetch_http
from ctlkit.place.lab_file import LabNode
from ctlkit.trustlist import Function, TrustList
from ctlkit.tvs import ask, query_request, tls_context_client
from ctlkit.wire import Deadline, connect, start_tls
from tests.bench.nodes import running_nodes

__all__ = ["askers"]

_TIMEOUT = 30.0
_AT_ONCE = 4


@contextlib.contextmanager
def askers(count: int) -> Iterator[tuple[Callable[[], float], Callable[[], float]]]:
    """Give what asks so many questions, and what only shakes hands so often.

    Both do so several at once, over a connection each as phones do, and return the seconds.
    """
    with running_nodes(1) as nodes, ThreadPoolExecutor(_AT_ONCE) as pool:
        node = nodes.lab.nodes[0]
        question = _question(node)

        def measure(once: Callable[[], None]) -> float:
            begin = time.perf_counter()
            for done in [pool.submit(once) for _ in range(count)]:
                done.result()
            return time.perf_counter() - begin

        yield lambda: measure(question), lambda: measure(lambda: _shake_hands(node))


def _question(node: LabNode) -> Callable[[], None]:
    """Return what asks about the signer of the node's own ITL, as a phone that does not know it."""
    file = fetch_http(node.host, node.ports.http, "ITLFile.tlv", timeout=_TIMEOUT)
    itl = decode(file.data if file else b"")
    assert isinstance(itl, TrustList)
    pinned = [
        record.certificate
        for record in itl.records
        if record.function == Function.TVS and record.certificate
    ]
    signer = next(record for record in itl.records if record.function == Function.CCM_TFTP)
    request = query_request(
        "CP-8861-SEP020000000001",
        signer.subject or b"",
        signer.issuer or b"",
        signer.serial or b"",
        1,
    )

    def once() -> None:
        answer = ask(node.host, node.ports.tvs, request, pinned=pinned, timeout=_TIMEOUT)
        assert answer.found

    return once


def _shake_hands(node: LabNode) -> None:
    deadline = Deadline(_TIMEOUT)
    connection = connect(node.host, node.ports.tvs, deadline)
    with start_tls(connection, tls_context_client(), deadline):
        pass
