"""A practice cluster in a process of its own, as nodes are, with SSH as far away as is wished.

Rules:

* In front of each node's SSH stands a relay: what is sent arrives so many seconds later, in each
  direction, however much is under way. An exchange, there and back, takes twice that.
* The process ends when the pipe to it is closed, also because its parent died.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ctlkit.place._loop import LoopThread
from ctlkit.place.lab_file import LabFile, load_lab
from ctlkit_lab.cluster import PracticeCluster
from ctlkit_lab.model import LabOptions

__all__ = ["Nodes", "running_nodes"]

_HOST = "127.0.0.1"
_BLOCK = 64 * 1024


@dataclass(frozen=True, slots=True)
class Nodes:
    """A cluster that runs.

    Attributes:
        folder: its folder.
        lab: how it is reached without a delay.
        far_ports: of the relays to its nodes' SSH, in the order of the nodes.
    """

    folder: Path
    lab: LabFile
    far_ports: tuple[int, ...]


@contextlib.contextmanager
def running_nodes(count: int, delay: float = 0.0) -> Iterator[Nodes]:
    """Run a cluster of so many nodes without phones, in mixed mode: each node has a CTL and an ITL.

    Args:
        count: nodes, with the publisher.
        delay: seconds that what is sent through a relay takes, in one direction.
    """
    with tempfile.TemporaryDirectory(prefix="ctlkit-bench-") as name:
        words = [sys.executable, "-m", __spec__.name, name, str(count), str(delay)]
        with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            line = process.stdout.readline()
            if not line:
                raise SystemExit("the nodes did not start")
            folder = Path(name)
            # Leaving closes the pipe, which ends the process, and waits for it.
            yield Nodes(folder, load_lab(folder), tuple(json.loads(line)))


class _Relay:
    """Stands in front of a port."""

    def __init__(self, port: int, delay: float) -> None:
        self._port = port
        self._delay = delay

    async def start(self) -> int:
        """Listen and return the port."""
        server = await asyncio.start_server(self._accepted, _HOST, 0)
        return int(server.sockets[0].getsockname()[1])

    async def _accepted(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection(_HOST, self._port)
        with contextlib.closing(writer), contextlib.closing(far_writer):
            await asyncio.gather(self._carry(reader, far_writer), self._carry(far_reader, writer))

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry one direction; its end travels as the data does."""
        now = asyncio.get_running_loop().time
        under_way: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()

        async def deliver() -> None:
            data = b"first"
            while data:
                due, data = await under_way.get()
                await asyncio.sleep(due - now())
                writer.write(data)
            writer.close()

        delivering = asyncio.create_task(deliver())
        data = b"first"
        while data:
            try:
                data = await reader.read(_BLOCK)
            except ConnectionError:
                data = b""
            under_way.put_nowait((now() + self._delay, data))
        await delivering


def main() -> None:
    """Run a cluster until standard input ends, once the ports of its relays are printed."""
    folder, count, delay = sys.argv[1:]
    options = LabOptions(subscribers=int(count) - 1, phones=0, mode="mixed")
    with (
        PracticeCluster.running(Path(folder), options) as cluster,
        contextlib.closing(LoopThread()) as thread,
    ):
        relays = [_Relay(node.ports.ssh, float(delay)) for node in cluster.nodes]
        print(json.dumps([thread.run(relay.start()) for relay in relays]), flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
