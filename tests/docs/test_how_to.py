"""The how-to pages: what they show is run, in their order, on SoftHSM, and looks as they say.

Rules of the pages:

* In a ``console`` block a line that begins with ``$`` is a command, with its continuation lines;
  the lines up to the next one are what it prints, ``...`` for anything.
* A command ends with status 0, unless the next one is ``echo $?``, whose output is then its
  status.
* A block with ``title=NAME`` behind its language is a file of that name.
* A page that starts a practice cluster does so in a folder right below its own, and stops it.
"""

from __future__ import annotations

import contextlib
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ctlkit.certificate import Certificate
from ctlkit.drafts import draft, identity_of, make_record
from ctlkit.profiles import CTL_CLIENT
from ctlkit.signing import PemSigner, sign
from ctlkit.trustlist import Digest, Function
from ctlkit_lab.daemon import shut_down
from softhsm_fixtures import (
    DEFAULT_PIN,
    FIRST_NAME,
    SECOND_NAME,
    CertificateSpec,
    Credential,
    etoken,
    etoken_certificate,
    make_certificate,
)

if TYPE_CHECKING:
    from softhsm_fixtures.plugin import MakeStore

PAGES = Path(__file__).resolve().parents[2] / "docs" / "how-to"
THIRD_NAME = "SAST-ADN00a00001"
THREE_TOKENS = {"lost-tokens"}
READY_LISTS = {"check-a-list", "compare-two-lists"}
SECONDS = 300
BLOCK = re.compile(r"^```(\w+)(?: title=(\S+))?\n(.*?)^```", re.MULTILINE | re.DOTALL)
# Runs a command in this shell, so that what it sets stays, with its output and status kept apart.
STEP = """
(exit $last)
eval {command} > {output} 2>&1
last=$?
echo $last > {status}
"""


@dataclass(frozen=True, slots=True)
class Step:
    """A command of a page, and the lines that it is said to print."""

    command: str
    shown: tuple[str, ...]


def _steps(text: str) -> Iterator[Step]:
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        lines = part.splitlines()
        command = [lines.pop(0)]
        while command[-1].endswith("\\"):
            command.append(lines.pop(0))
        yield Step("\n".join(command), tuple(line.rstrip() for line in lines))


def _server(common_name: str, size: int, serial: int = 7 << 120) -> Credential:
    subject = f"L=Krakow,ST=Malopolska,CN={common_name},OU=TAC,O=Cisco,C=PL"
    return make_certificate(CertificateSpec(subject=subject, serial=serial, size=size))


def _prepare(folder: Path) -> None:
    """Put what the pages speak of into the folder."""
    publisher = _server("cucm-1051-a-pub", 694)
    stranger = make_certificate(CertificateSpec(subject="CN=stranger,O=Example"))
    servers = {
        "publisher.pem": publisher,
        "capf.pem": _server("CAPF-e41e7d87", 680),
        "subscriber.pem": _server("cucm-1051-a-sub1", 696),
        "renewed.pem": _server("cucm-1051-a-sub1", 700, 8 << 120),
    }
    for name, server in servers.items():
        (folder / name).write_bytes(server.certificate_pem)
    (folder / "stranger.pem").write_bytes(stranger.pem)
    (folder / "pin.txt").touch(0o600)
    (folder / "pin.txt").write_text(DEFAULT_PIN)


def _prepare_lists(folder: Path) -> None:
    """Put lists and a signed file to be checked into the folder."""
    publisher = _server("cucm-1051-a-pub", 694)
    first, second = etoken_certificate(FIRST_NAME), etoken_certificate(SECOND_NAME)
    stranger = make_certificate(CertificateSpec(subject="CN=stranger,O=Example"))
    servers = [
        (Function.CCM_TFTP, publisher, "10.48.47.153"),
        (Function.CAPF, _server("CAPF-e41e7d87", 680), "10.48.47.153"),
        (Function.CCM_TFTP, _server("cucm-1051-a-sub1", 696), "10.48.47.154"),
    ]
    present = _signed_list(first, servers, second)
    (folder / "CTLFile.tlv").write_bytes(present)
    (folder / "next.tlv").write_bytes(_signed_list(second, servers, first))
    (folder / "foreign.tlv").write_bytes(_signed_list(second, servers, stranger))
    (folder / "damaged.tlv").write_bytes(present[:3000])
    (folder / "publisher-key.pem").write_bytes(publisher.pem)
    (folder / "phone.cnf.xml").write_text("<device/>")
    subprocess.run(
        [_command("ctlkit"), "sign", "phone.cnf.xml", "--signer", "publisher-key.pem"],
        cwd=folder,
        check=True,
        capture_output=True,
    )


def _signed_list(
    first: Credential, servers: list[tuple[Function, Credential, str]], signer: Credential
) -> bytes:
    own = Certificate.from_der(signer.der)
    last = make_record(CTL_CLIENT, Function.SAST, own)
    records = [
        make_record(CTL_CLIENT, Function.SAST, Certificate.from_der(first.der)),
        *(
            make_record(
                CTL_CLIENT, function, Certificate.from_der(each.der), dns=address, address=address
            )
            for function, each, address in servers
        ),
        last,
    ]
    unsigned = draft(
        CTL_CLIENT,
        records,
        signer=own,
        identity=identity_of(last),
        digest=Digest.SHA1,
        timestamp=0,
        filename="CTLFile.tlv",
    )
    return sign(unsigned, PemSigner(signer.pem)).raw


def _command(name: str) -> str:
    return str(Path(sys.executable).with_name(name))


def _matches(shown: tuple[str, ...], printed: str) -> bool:
    """Whether what a page shows is what was printed.

    ``...`` stands for anything in its line, and alone on one for any lines.
    """
    pattern = "".join(
        r"(?:.*\n)*" if line == "..." else ".*".join(map(re.escape, line.split("..."))) + r"\n"
        for line in shown
    )
    lines = "".join(f"{line.rstrip()}\n" for line in printed.splitlines())
    return bool(re.fullmatch(pattern, lines))


@pytest.mark.parametrize("page", sorted(PAGES.glob("*.md")), ids=lambda path: path.stem)
def test_a_page_does_what_it_says(
    page: Path, make_softhsm_store: MakeStore, tmp_path: Path
) -> None:
    """Each command of a page, run in its order, ends and prints as the page shows."""
    folder = tmp_path / "work"
    logs = tmp_path / "logs"
    for made in (folder, logs):
        made.mkdir()
    names = [FIRST_NAME, SECOND_NAME]
    _prepare(folder)
    if page.stem == "update-a-list":
        (folder / "tftp").mkdir()
    if page.stem in THREE_TOKENS:
        names.append(THIRD_NAME)
    if page.stem in READY_LISTS:
        _prepare_lists(folder)
    store = make_softhsm_store(*map(etoken, names))
    steps: list[Step] = []
    for language, title, text in BLOCK.findall(page.read_text(encoding="utf-8")):
        if title:
            (folder / title).write_text(text)
        if language == "console":
            steps += _steps(text)
    assert steps
    with _stopping_clusters(folder) as left:
        _run(steps, folder, logs, store.configuration)
    assert [] == left


@contextlib.contextmanager
def _stopping_clusters(folder: Path) -> Iterator[list[str]]:
    """Stop the practice clusters that a page left running, and name them afterwards."""
    left: list[str] = []
    try:
        yield left
    finally:
        folders = filter(Path.is_dir, folder.iterdir())
        left += [each.name for each in folders if shut_down(each)]


def _run(steps: list[Step], folder: Path, logs: Path, configuration: Path) -> None:
    script = "last=0\n" + "".join(
        STEP.format(
            command=shlex.quote(step.command),
            output=shlex.quote(str(logs / f"{number}.out")),
            status=shlex.quote(str(logs / f"{number}.status")),
        )
        for number, step in enumerate(steps)
    )
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    measured = {name: value for name, value in os.environ.items() if name.startswith("COVERAGE_")}
    subprocess.run(
        ["sh", "-c", script],
        cwd=folder,
        env={
            **measured,
            "PATH": path,
            "SOFTHSM2_CONF": str(configuration),
            "HOME": str(folder.parent),
            "LANG": "C.UTF-8",
            "CTLKIT_PIN": DEFAULT_PIN,
        },
        stdin=subprocess.DEVNULL,
        check=False,
        timeout=SECONDS,
    )
    following = [*(step.command for step in steps[1:]), ""]
    for number, (step, after) in enumerate(zip(steps, following, strict=True)):
        printed = (logs / f"{number}.out").read_text(encoding="utf-8")
        status = int((logs / f"{number}.status").read_text())
        assert after == "echo $?" or 0 == status, f"{step.command}: {status}\n{printed}"
        assert _matches(step.shown, printed), f"{step.command} printed\n{printed}"
