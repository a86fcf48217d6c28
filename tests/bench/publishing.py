"""Publishing a list over SFTP to several nodes that are far away, and to one of them.

Each measure is all that a run does: connecting to every node and logging in, looking what is there,
publishing, closing.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from itertools import cycle
from pathlib import Path

from ctlkit.pins import Pin
from ctlkit.place import Access
from ctlkit.place._logins import PinnedLogin
from ctlkit.place.sftp import SftpPlace
from tests.bench.lists import make_corpus
from tests.bench.nodes import Nodes, running_nodes

__all__ = ["DELAY", "publishers"]

DELAY = 0.05
"""Seconds that what is sent takes to a node, and as much back."""


@contextlib.contextmanager
def publishers(
    folder: Path, count: int
) -> Iterator[tuple[Callable[[], float], Callable[[], float]]]:
    """Give what publishes to so many nodes, and what publishes to one, and returns the seconds."""
    # With two, nodes that every second measure leaves out would have the list already.
    make_corpus(folder, 2048, 3)
    lists = cycle([path.read_bytes() for path in sorted(folder.glob("*.tlv"))])
    with running_nodes(count, DELAY) as nodes:
        yield (
            lambda: _publish(nodes, count, next(lists)),
            lambda: _publish(nodes, 1, next(lists)),
        )


def _publish(nodes: Nodes, count: int, data: bytes) -> float:
    lab = nodes.lab
    far = list(zip(lab.nodes, nodes.far_ports, strict=True))[:count]
    login = PinnedLogin(Pin(lab.secret), {(node.host, port): node.host_key for node, port in far})
    first, *others = (f"sftp://{lab.user}@{node.host}:{port}{node.folder}" for node, port in far)
    begin = time.perf_counter()
    with SftpPlace(first, Access(), nodes=others, pinned=login) as place:
        present = {
            state.node: state.present.data if state.present else None for state in place.state()
        }
        done = place.publish(data, present)
    seconds = time.perf_counter() - begin
    for each in done:
        if each.error is not None:
            raise each.error
    if sum(each.changed for each in done) != count:
        raise SystemExit("a node had the list already")
    return seconds
