"""``ctlkit demo``: the migrations of a cluster, each step a command that is really run.

It works in a folder of its own, with SoftHSM tokens and a practice cluster of its own; no other
token and no other server is looked at. A step that ends otherwise than the story says stops it.
"""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from ctlkit._cli._app import App
from ctlkit._cli._commands import Command
from ctlkit.errors import CtlkitError, TokenNotFoundError, UsageError

__all__ = ["command"]

_FIRST, _SECOND = "SAST-ADN0054f509", "SAST-ADN008580ef"
_STRANGERS = ("SAST-ADN00a00001", "SAST-ADN00a00002")
_SET_MIXED = ("--yes", "utils", "ctl", "set-cluster", "mixed-mode")
_UPDATE_CTL = ("--yes", "utils", "ctl", "update", "CTLFile")
_REFUSED = 3


@click.command("demo", cls=Command)
@click.option(
    "--keep",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Work in this new folder and leave it there.",
)
@click.pass_obj
def command(app: App, keep: Path | None) -> int:
    """Two eTokens, a practice cluster and its phones: four migrations, and how phones get lost.

    Everything is real but the hardware: SoftHSM holds the keys, the cluster answers on loopback.
    """
    steps: list[dict[str, object]] = []
    with _folder(keep) as folder:
        demo = _Demo(app, folder, steps)
        demo.prepare()
        try:
            demo.run()
        finally:
            demo.end()
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
        self._module: tuple[str, ...] = ()

    def prepare(self) -> None:
        """Make eTokens, and what the commands need to look at nothing else."""
        from importlib.util import find_spec

        import softhsm_fixtures as fixtures

        if find_spec("asyncssh") is None:
            raise UsageError("lab-extra-missing", module="asyncssh")
        names = (_FIRST, _SECOND, *_STRANGERS)
        try:
            store = fixtures.create_store(self._folder / "store", *map(fixtures.etoken, names))
        except fixtures.SoftHsmMissing as error:
            raise TokenNotFoundError(
                "demo-no-softhsm", reason=error.message, help=error.advice
            ) from error
        around = store.environment()
        self._environment = {
            **{name: text for name, text in around.items() if not _is_setting(name)},
            "HOME": str(self._folder),
            "XDG_CONFIG_HOME": str(self._folder / "no-configuration"),
            "CTLKIT_LAB": str(self._folder / "lab"),
        }
        self._pin = fixtures.DEFAULT_PIN
        self._module = ("--module", str(store.module))
        (self._folder / "certificates").mkdir()

    def run(self) -> None:
        """Tell the story."""
        self._say("SoftHSM tokens stand in for the hardware: eTokens as Cisco sold them.")
        self._command("tokens", *self._module)
        self._say("Their certificates; those of the first two will be uploaded to the cluster.")
        self._command("export", _FIRST, _SECOND, "-o", "certificates", *self._module)
        self._say("A practice cluster: two nodes and four phones, non-secure, without a list.")
        self._command("lab", "up")
        self._command("lab", "admin", "show", "ctl")
        self._to_mixed_mode()
        self._to_tokens()
        self._to_tokenless()
        self._regenerate()
        self._lock_out()

    def end(self) -> None:
        """Stop the practice cluster, whatever became of the story."""
        self._run(("lab", "down"), "")

    def _to_mixed_mode(self) -> None:
        self._say("Move 1: from non-secure to mixed mode, tokenless. The server's own key signs.")
        self._command("lab", "admin", *_SET_MIXED)
        self._restarts("All know the signer by their ITL, or have nothing yet and take the list.")

    def _to_tokens(self) -> None:
        tokens = ("--add-token", _FIRST, "--signer", _SECOND, *self._module)
        self._say("Move 3: from tokenless to tokens. The CTL Client alone would refuse (E1):")
        self._command("update", "lab:", *tokens, pin=True, status=_REFUSED)
        self._say("The published remedy: upload both tokens, delete the list, make a new one.")
        for name in (_FIRST, _SECOND):
            self._command("lab", "trust", "add", "Phone-SAST-trust", f"certificates/{name}.cer")
        self._command("place", "delete", "lab:", "--confirm-delete-in-mixed-mode")
        self._command("update", "lab:", *tokens, "--confirm-lockout", "LOCKOUT", pin=True)
        self._restarts(
            "Phones with Security by Default ask the trust service, and accept; the 7960 cannot "
            "ask, and keeps the old list."
        )

    def _to_tokenless(self) -> None:
        self._say("Move 2: from tokens back to tokenless. The tokens leave the list.")
        self._command("lab", "admin", *_UPDATE_CTL)
        self._restarts("The trust service vouches for the server; the 7960 knew it all along.")

    def _regenerate(self) -> None:
        self._say("Move 4: the publisher's CallManager certificate is made anew; it signs lists.")
        self._command("lab", "cert", "regen", "CallManager")
        self._command("lab", "admin", *_UPDATE_CTL)
        self._restarts("A new signer: whoever can ask the trust service accepts.")

    def _lock_out(self) -> None:
        first, second = _STRANGERS
        self._say(
            "What locks phones out: a list that is signed by tokens which nobody uploaded. It is "
            "built away from the cluster, for the servers of the list in force."
        )
        self._command("export", first, second, "-o", "certificates", *self._module)
        self._command("place", "fetch", "lab:", "-o", "present.tlv")
        count = self._write_inputs("present.tlv", "strangers.toml", "phones.csv")
        signed = ("-o", "strangers.tlv", "--signer", second)
        self._command("build", "strangers.toml", *signed, *self._module, pin=True)
        self._say("The signature is right. preflight tells beforehand what phones will do:")
        judged = ("lab:", "strangers.tlv", "--phones", "phones.csv")
        self._command("preflight", *judged, status=_REFUSED)
        self._say("Nothing is put in force by accident; it takes the number of phones to be lost.")
        self._command("place", "publish", *judged, status=_REFUSED)
        confirmed = ("--confirm-new-signer", "--confirm-lockout", str(count))
        self._command("place", "publish", *judged, *confirmed)
        self._restarts(
            "Every phone refuses, as preflight said, and keeps what it has: none takes a list of "
            "these tokens before somebody deletes the old one by hand, phone by phone."
        )
        self._say("No phone has taken the new list, so the old one can still be put back.")
        self._command("place", "restore", "lab:", "--confirm-restore")
        self._command("lab", "phone", "restart")

    def _write_inputs(self, present: str, manifest: str, phones: str) -> int:
        """Write what a person would: a manifest and a list of phones; return how many there are."""
        shown: Any = json.loads(self._run(("show", present, "--json"), "").stdout)
        servers = [item for item in shown["records"] if item["function_name"] != "SAST"]
        lines = ["schema = 1", 'profile = "ctl-client"']
        for name in _STRANGERS:
            lines += ["[[entry]]", 'function = "SAST"', f'certificate = "certificates/{name}.cer"']
        for number, item in enumerate(servers, 1):
            path = f"certificates/server-{number}.cer"
            (self._folder / path).write_bytes(bytes.fromhex(item["certificate"]))
            lines += ["[[entry]]", f'function = "{item["function_name"]}"']
            lines += [f'certificate = "{path}"', f'ip = "{item["ip_address"]}"']
        (self._folder / manifest).write_text("\n".join(lines), encoding="utf-8")
        state: Any = json.loads(self._run(("lab", "status", "--json"), "").stdout)
        models = [phone["model"] for phone in state["phones"]]
        (self._folder / phones).write_text("\n".join(["model", *models]), encoding="utf-8")
        self._app.out(f"({manifest} names the servers of {present}, {phones} the phones' models)")
        return len(models)

    def _restarts(self, expected: str) -> None:
        """Restart services and phones, and compare what the phones show with the server."""
        self._command("place", "restart", "lab:")
        self._say(expected)
        self._command("lab", "phone", "restart")
        self._command("lab", "admin", "show", "ctl")
        self._say(self._compared())

    def _compared(self) -> str:
        """Return how many phones show the checksum of the list on the nodes."""
        found: Any = json.loads(self._run(("lab", "status", "--json"), "").stdout)
        held = [node["list"] for node in found["nodes"]]
        if None in held or len({item["sha1"] for item in held}) > 1:
            raise CtlkitError("demo-step", command="ctlkit lab status", result="different lists")
        sums = {held[0]["md5"], held[0]["sha1"]}
        count = sum(phone["checksum"] in sums for phone in found["phones"])
        return (
            f"{len(held)} nodes hold the same list, and {count} of {len(found['phones'])} phones "
            "show its checksum."
        )

    def _say(self, text: str) -> None:
        self._app.out(f"\n# {text}")
        self._app.flush()

    def _command(self, *words: str, pin: bool = False, status: int = 0) -> None:
        words = (*words, *(("--pin-fd", "0") if pin else ()))
        shown = shlex.join(["ctlkit", *words])
        self._app.out(f"$ {shown}")
        self._app.flush()
        done = self._run(words, f"{self._pin}\n" if pin else "", to_screen=True)
        step: dict[str, object] = {"command": shown, "status": done.returncode}
        if done.stdout is not None:
            step["output"] = done.stdout
        self._steps.append(step)
        if done.returncode != status:
            raise CtlkitError("demo-step", command=shown, result=done.returncode)

    def _run(
        self, words: tuple[str, ...], typed: str, *, to_screen: bool = False
    ) -> subprocess.CompletedProcess[str]:
        """Run a command of ours; what it says goes to the screen unless the answer is JSON."""
        shown = to_screen and not self._app.options.json
        return subprocess.run(
            [sys.executable, "-m", "ctlkit", *words],
            cwd=self._folder,
            env=dict(self._environment),
            input=typed,
            text=True,
            encoding="utf-8",
            errors="backslashreplace",
            stdout=None if shown else subprocess.PIPE,
            stderr=None if to_screen else subprocess.DEVNULL,
            check=False,
        )
