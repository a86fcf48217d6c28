"""Practice phones that restart for the first time: each fetches, checks and keeps a CTL and an ITL.

The phones are a process of their own and boot from nodes in another. One phone is the mean of the
models of a fleet, which boot one after the other.
"""

from __future__ import annotations

import asyncio
import json
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from ctlkit.place.lab_file import load_lab
from ctlkit_lab.phones import DEFAULT_MIX, Boot, Directory, Fleet, Server
from tests.bench.nodes import Nodes

__all__ = ["Booted", "boot_phones"]

_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Booted:
    """What it took to boot phones.

    Attributes:
        phones: how many.
        seconds: all together.
        size: the largest that their process was, bytes.
    """

    phones: int
    seconds: float
    size: int


def boot_phones(nodes: Nodes, count: int) -> tuple[Booted, Booted]:
    """Boot so many phones at once, and one of each model one after the other."""
    return _in_process(nodes, count, _AT_ONCE), _in_process(nodes, len(DEFAULT_MIX), 1)


def _in_process(nodes: Nodes, count: int, at_once: int) -> Booted:
    done = subprocess.run(
        [sys.executable, "-m", __spec__.name, str(nodes.folder), str(count), str(at_once)],
        stdout=subprocess.PIPE,
        check=True,
    )
    return Booted(**json.loads(done.stdout))


def main() -> None:
    """Boot phones of a new fleet and print what it took."""
    folder, count, at_once = sys.argv[1:]
    lab = load_lab(Path(folder))
    directory = Directory(
        tuple(
            Server(node.name, node.host, node.ports.http, node.ports.tftp, node.ports.tvs)
            for node in lab.nodes
        )
    )
    with tempfile.TemporaryDirectory(prefix="ctlkit-bench-") as name:
        fleet = Fleet(Path(name) / "phones", directory)
        # What the first ones import does not count.
        _boot(fleet, len(DEFAULT_MIX), 1)
        begin = time.perf_counter()
        boots = _boot(fleet, int(count), int(at_once))
        seconds = time.perf_counter() - begin
    size = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps(asdict(Booted(len(boots), seconds, size))))


def _boot(fleet: Fleet, count: int, at_once: int) -> tuple[Boot, ...]:
    """Add phones that hold nothing and boot them; each has to accept the list."""
    macs = [phone.mac for phone in fleet.create(count)]
    boots = asyncio.run(fleet.restart(macs, limit=at_once))
    for boot in boots:
        if not boot.accepted:
            raise SystemExit(f"{boot.mac}: {boot.text}")
    return boots


if __name__ == "__main__":
    main()
