"""``ctlkit demo``: the main job on two SoftHSM eTokens, each step a command that is really run.

It works in a folder of its own with a token store of its own; no other token is looked at.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import click

from ctlkit._cli._app import App
from ctlkit._cli._commands import Command
from ctlkit.errors import CtlkitError, TokenNotFoundError

__all__ = ["command"]

_FIRST, _SECOND = "SAST-ADN0054f509", "SAST-ADN008580ef"
_SUBJECT = "L=Krakow,ST=Malopolska,CN={name},OU=TAC,O=Cisco,C=PL"
_SERVERS = (("cucm-1051-a-pub", 694), ("CAPF-e41e7d87", 680), ("cucm-1051-a-sub1", 696))


@click.command("demo", cls=Command)
@click.option(
    "--keep",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Work in this new folder and leave it there.",
)
@click.pass_obj
def command(app: App, keep: Path | None) -> int:
    """Two eTokens, a list signed by one of them, checked and shown; on SoftHSM, nothing to buy."""
    steps: list[dict[str, object]] = []
    with _folder(keep) as folder:
        demo = _Demo(app, folder, steps)
        demo.prepare()
        demo.run()
    app.answer(steps=steps)
    return 0


@contextmanager
def _folder(keep: Path | None) -> Iterator[Path]:
    if keep is not None:
        try:
            keep.mkdir(parents=True)
        except OSError as error:
            raise CtlkitError("system", reason=f"{keep}: {error.strerror}") from error
        yield keep.resolve()
        return
    with tempfile.TemporaryDirectory(prefix="ctlkit-demo-") as name:
        yield Path(name)


def _is_setting(name: str) -> bool:
    """Whether a variable is one by which a person tells ctlkit what to do elsewhere."""
    return name.startswith("CTLKIT_") or name == "SOURCE_DATE_EPOCH"


class _Demo:
    """One run: a folder, its token store, and the commands."""

    def __init__(self, app: App, folder: Path, steps: list[dict[str, object]]) -> None:
        self._app = app
        self._folder = folder
        self._steps = steps
        self._environment: Mapping[str, str] = {}
        self._pin = ""
        self._module = ""

    def prepare(self) -> None:
        """Make two eTokens and the certificates of a publisher, its CAPF and a subscriber."""
        import softhsm_fixtures as fixtures

        self._say("Two SoftHSM tokens stand in for the hardware: eTokens as Cisco sold them.")
        try:
            store = fixtures.create_store(
                self._folder / "store", fixtures.etoken(_FIRST), fixtures.etoken(_SECOND)
            )
        except fixtures.SoftHsmMissing as error:
            raise TokenNotFoundError(
                "demo-no-softhsm", reason=error.message, help=error.advice
            ) from error
        self._environment = {
            **{name: text for name, text in os.environ.items() if not _is_setting(name)},
            "HOME": str(self._folder),
            "XDG_CONFIG_HOME": str(self._folder / "no-configuration"),
            **store.environment(),
        }
        self._pin = fixtures.DEFAULT_PIN
        self._module = str(store.module)
        for number, (name, size) in enumerate(_SERVERS, 0x70CAF64E):
            made = fixtures.make_certificate(
                fixtures.CertificateSpec(
                    subject=_SUBJECT.format(name=name), serial=number << 96, size=size
                )
            )
            (self._folder / f"{name}.pem").write_bytes(made.certificate_pem)
        for name in ("certificates", "tftp"):
            (self._folder / name).mkdir()

    def run(self) -> None:
        """Run the commands of the main job."""
        module = ("--module", self._module)
        self._say("Which tokens are there?")
        self._command("tokens", *module)
        self._say("Their certificates, to be uploaded to Phone-SAST-trust:")
        self._command("export", "-o", "certificates", *module)
        self._say("A new list: first token, servers, second token; the second one signs.")
        self._command(
            "update",
            "folder:tftp",
            *("--add-token", _FIRST, "--signer", _SECOND),
            *("--server", "CCM+TFTP,cucm-1051-a-pub.pem,ip=10.48.47.153"),
            *("--server", "CAPF,CAPF-e41e7d87.pem,ip=10.48.47.153"),
            *("--server", "CCM+TFTP,cucm-1051-a-sub1.pem,ip=10.48.47.154"),
            *module,
            pin=True,
        )
        self._say("Does it verify?")
        self._command("verify", "tftp/CTLFile.tlv")
        self._say("What the server would print:")
        self._command("show", "tftp/CTLFile.tlv")

    def _say(self, text: str) -> None:
        self._app.out(f"\n# {text}")
        self._app.flush()

    def _command(self, *words: str, pin: bool = False) -> None:
        shown = shlex.join(["ctlkit", *words, *(["--pin-fd", "0"] if pin else [])])
        self._app.out(f"$ {shown}")
        self._app.flush()
        done = subprocess.run(
            [sys.executable, "-m", "ctlkit", *shlex.split(shown)[1:]],
            cwd=self._folder,
            env=dict(self._environment),
            input=f"{self._pin}\n" if pin else "",
            text=True,
            encoding="utf-8",
            errors="backslashreplace",
            stdout=subprocess.PIPE if self._app.options.json else None,
            check=False,
        )
        step: dict[str, object] = {"command": shown, "status": done.returncode}
        if done.stdout is not None:
            step["output"] = done.stdout
        self._steps.append(step)
        if done.returncode:
            raise CtlkitError("demo-step", command=shown, result=done.returncode)
