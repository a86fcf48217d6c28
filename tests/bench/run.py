"""What ctlkit costs, as ratios against the least that the same work can cost.

Each ratio is of two measures taken in turn in one run, so that a machine whose speed drifts does
not decide it. Nothing here passes or fails: a person reads it. Run by ``make bench``.

* show: the whole process against a bare interpreter that imports what any reader built on those
  libraries pays, click and cryptography.x509.
* verify: the whole process over many lists, on one core, against a bare loop that reads the same
  files and does the same hash and RSA checks and nothing else.
* memory of verify: the largest process over all the lists against a tenth of them.
* sign: signatures through the signer against a bare loop through the PKCS#11 binding.
* publish: a list over SFTP to eight nodes that are far away, against one such node.
* trust: questions to a trust service against bare TLS handshakes with the same server.
* phones: practice phones that boot, many at once, against one by itself.
* window: the wizard until its window is painted, against a bare dialog of PyQt6.
* stall: the window's longest stall while a token works, against one while nothing is delayed.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from tests.bench.lists import CORPORA, make_corpus
from tests.bench.nodes import running_nodes
from tests.bench.phones import boot_phones
from tests.bench.publishing import DELAY, publishers
from tests.bench.signatures import measure_signatures
from tests.bench.stalls import BITS, SLEEP, measure_stalls
from tests.bench.trust import askers
from tests.bench.windows import measure_windows

_HERE = Path(__file__).parent
_BARE_IMPORTS = "import click, cryptography.x509"
_ENVIRONMENT = {
    # Installed packages come compiled; both sides are measured so.
    name: text
    for name, text in os.environ.items()
    if name != "PYTHONDONTWRITEBYTECODE"
}


def main() -> None:
    """Measure everything and print it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=_formatter())
    parser.add_argument("--lists", type=int, default=10_000, help="lists to verify")
    parser.add_argument("--signatures", type=int, default=200, help="signatures to make")
    parser.add_argument("--rounds", type=int, default=15, help="pairs of whole processes")
    parser.add_argument("--nodes", type=int, default=8, help="nodes to publish to")
    parser.add_argument("--questions", type=int, default=1000, help="questions to a trust service")
    parser.add_argument("--phones", type=int, default=1000, help="phones to boot")
    parser.add_argument("--keys", type=int, default=3, help="keys for a token to generate")
    parser.add_argument("--only", choices=_PARTS, action="append", help="measure this part alone")
    options = parser.parse_args()
    print(f"{sys.implementation.name} {sys.version.split()[0]}, {os.cpu_count()} cores")
    for part in options.only or _PARTS:
        _PARTS[part](options)


def _measure_lists(options: argparse.Namespace) -> None:
    with tempfile.TemporaryDirectory(prefix="ctlkit-bench-") as name:
        folder = Path(name)
        for bits in CORPORA:
            make_corpus(folder / str(bits), bits, options.lists)
        _show(folder, options.rounds)
        for bits in CORPORA:
            _verify(folder / str(bits), bits)
        _memory(folder / str(CORPORA[0]))


def _measure_signatures(options: argparse.Namespace) -> None:
    for bits in CORPORA:
        ours, bare = measure_signatures(options.signatures, bits)
        what = f"sign: {options.signatures} signatures on SoftHSM, {bits} bits"
        # What disturbs elapsed time only ever adds to it: the best rounds are compared.
        _ratio(f"{what}, best of {len(ours)}", [min(ours)], [min(bare)], aim=1.1)


def _measure_publishing(options: argparse.Namespace) -> None:
    count = options.nodes
    with (
        tempfile.TemporaryDirectory(prefix="ctlkit-bench-") as name,
        publishers(Path(name) / "lists", count) as (to_all, to_one),
    ):
        measured = _in_turn(5, to_all, to_one)
    what = f"publish: {count} SFTP nodes, {DELAY * 1000:.0f} ms there and as much back"
    _ratio(what, *measured, aim=2.0, names=(f"{count} nodes", "1 node"))


def _measure_trust(options: argparse.Namespace) -> None:
    with askers(options.questions) as (questions, handshakes):
        measured = _in_turn(5, questions, handshakes)
    rates = [options.questions / statistics.median(seconds) for seconds in measured]
    what = f"trust: {rates[0]:.0f} answers a second, {rates[1]:.0f} bare TLS handshakes"
    _ratio(what, *measured, names=("answers", "handshakes"))


def _measure_phones(options: argparse.Namespace) -> None:
    with running_nodes(2) as nodes:
        many, few = boot_phones(nodes, options.phones)
    one = few.seconds / few.phones
    print(
        f"phones: {many.phones} boot in {many.seconds:.1f} s,"
        f" {many.phones / many.seconds:.0f} phones a second;"
        f" for each, ratio {many.seconds / many.phones / one:.2f}"
        f" (one by itself {one * 1000:.0f} ms)",
        flush=True,
    )
    print(
        f"memory of phones: ratio {many.size / few.size:.2f}"
        f" ({many.phones} phones {many.size / 2**20:.0f} MB,"
        f" {few.phones} phones {few.size / 2**20:.0f} MB)",
        flush=True,
    )


def _measure_window(options: argparse.Namespace) -> None:
    measured = measure_windows(options.rounds)
    _ratio("window: until it is painted, whole process under Xvfb", *measured, aim=1.5)


def _measure_stalls(options: argparse.Namespace) -> None:
    found = measure_stalls(options.keys)
    worst = max(found.calls, key=lambda function: found.calls[function])
    each = found.generating / options.keys
    for what, stall in (
        (f"a token generates {options.keys} keys of {BITS} bits, {each:.1f} s each", found.key),
        (f"{len(found.calls)} calls sleep {SLEEP:.0f} s each, at {worst}", found.calls[worst]),
    ):
        print(
            f"stall: the window's longest while {what}: {stall * 1000:.0f} ms"
            f" (aim: under 50 ms), ratio {stall / found.idle:.1f}"
            f" (nothing delayed {found.idle * 1000:.0f} ms)",
            flush=True,
        )


_PARTS: Mapping[str, Callable[[argparse.Namespace], None]] = {
    "lists": _measure_lists,
    "sign": _measure_signatures,
    "publish": _measure_publishing,
    "trust": _measure_trust,
    "phones": _measure_phones,
    "window": _measure_window,
    "stall": _measure_stalls,
}


def _formatter() -> type[argparse.HelpFormatter]:
    return argparse.RawDescriptionHelpFormatter


def _ratio(
    what: str,
    ours: Sequence[float],
    bare: Sequence[float],
    *,
    aim: float | None = None,
    names: tuple[str, str] = ("ctlkit", "bare"),
) -> None:
    """Print the median of the ratios, pair by pair, and what was measured."""
    ratios = sorted(own / other for own, other in zip(ours, bare, strict=True))
    middle = statistics.median(ratios)
    aimed = "" if aim is None else f"aim: at most {aim}; "
    print(
        f"{what}: ratio {middle:.2f} ({aimed}{ratios[0]:.2f} to {ratios[-1]:.2f};"
        f" {names[0]} {statistics.median(ours) * 1000:.0f} ms,"
        f" {names[1]} {statistics.median(bare) * 1000:.0f} ms)",
        flush=True,
    )


def _in_turn(
    rounds: int, ours: Callable[[], float], bare: Callable[[], float]
) -> tuple[list[float], list[float]]:
    """Measure two things in turn, after one round that does not count."""
    ours(), bare()
    pairs = [(ours(), bare()) for _ in range(rounds)]
    return [pair[0] for pair in pairs], [pair[1] for pair in pairs]


def _run(words: Sequence[str]) -> resource.struct_rusage:
    """Run a program and return what the system counted of it."""
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL, env=_ENVIRONMENT)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, words[:3])
    return usage


def _process(words: Sequence[str]) -> float:
    """Run a program and return the processor's seconds, which a busy machine does not stretch."""
    usage = _run(words)
    return usage.ru_utime + usage.ru_stime


def _program() -> str:
    return str(Path(sys.executable).with_name("ctlkit"))


def _files(folder: Path) -> list[str]:
    return sorted(map(str, folder.glob("*.tlv")))


def _show(folder: Path, rounds: int) -> None:
    file = _files(folder / str(CORPORA[0]))[0]
    measured = _in_turn(
        rounds,
        lambda: _process([_program(), "show", file]),
        lambda: _process([sys.executable, "-c", _BARE_IMPORTS]),
    )
    _ratio("show: one list, whole process", *measured, aim=0.9)


def _verify(folder: Path, bits: int) -> None:
    files = _files(folder)
    bare = [sys.executable, str(_HERE / "bare_verify.py"), str(folder / "key.txt"), *files]
    measured = _in_turn(
        3,
        lambda: _process([_program(), "verify", "--jobs", "1", *files]),
        lambda: _process(bare),
    )
    _ratio(f"verify: {len(files)} lists, {bits} bits, one core", *measured, aim=2.0)


def _memory(folder: Path) -> None:
    files = _files(folder)
    few = files[: max(len(files) // 10, 1)]
    sizes = [_run([_program(), "verify", *names]).ru_maxrss for names in (files, few)]
    print(
        f"memory of verify: ratio {sizes[0] / sizes[1]:.2f}"
        f" ({len(files)} files {sizes[0] / 1024:.0f} MB,"
        f" {len(few)} files {sizes[1] / 1024:.0f} MB)",
        flush=True,
    )


if __name__ == "__main__":
    main()
