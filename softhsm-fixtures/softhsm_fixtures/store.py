"""A SoftHSM store in a folder of its own: its configuration and the tokens in it.

Rules:

- A store is a folder with `softhsm2.conf` and `tokens`, readable by its owner only. An existing
  folder is taken only when it is empty, or is such a store and was asked for as one.
- Tokens are written by another process (`_provision`), so that a SoftHSM loaded in this one is not
  disturbed. It sees a new token only after C_Finalize and C_Initialize.
- Tokens are added, never changed or removed: remove the folder instead.
"""

from __future__ import annotations

import dataclasses
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from softhsm_fixtures._codes import return_name
from softhsm_fixtures.library import find_softhsm
from softhsm_fixtures.tokens import TokenSpec

__all__ = ["FolderError", "Store", "StoreError", "StoredToken", "create_store", "open_store"]

_MARK = "# A throw-away store of softhsm_fixtures."
_PROVISION = "softhsm_fixtures._provision"
_PROVISION_SECONDS = 120
_LABEL_BYTES = 32
# SoftHSM splits its configuration at these, and cuts a line at a hash.
_UNFIT = "=#\n\r"


class StoreError(Exception):
    """A store cannot be made, opened or written to; the text says why."""


class FolderError(StoreError):
    """A folder is not a store, or cannot become one."""


@dataclasses.dataclass(frozen=True, slots=True)
class StoredToken:
    """A token that was written: what was asked for, and the serial that SoftHSM gave it."""

    spec: TokenSpec
    serial: str

    @property
    def label(self) -> str:
        """The token's label as text, with replacement characters where it is not UTF-8."""
        return self.spec.label.decode("utf-8", "replace")

    @property
    def certificate_der(self) -> bytes:
        """The DER of the first credential's certificate; raises ValueError when there is none."""
        if not self.spec.credentials:
            raise ValueError(f"the token {self.label!r} was described without a certificate")
        return self.spec.credentials[0].der


@dataclasses.dataclass(frozen=True, slots=True)
class Store:
    """A store's folder and the SoftHSM library that works on it; both absolute paths."""

    folder: Path
    module: Path

    @property
    def configuration(self) -> Path:
        """The file that SOFTHSM2_CONF must name before the library is initialised."""
        return self.folder / "softhsm2.conf"

    def environment(self) -> dict[str, str]:
        """Give this process's environment with SOFTHSM2_CONF for this store."""
        return {**os.environ, "SOFTHSM2_CONF": str(self.configuration)}

    def count(self) -> int:
        """Return how many tokens the store holds: SoftHSM keeps each in a folder of its own."""
        return sum(path.is_dir() for path in (self.folder / "tokens").iterdir())

    def add(self, *tokens: TokenSpec) -> tuple[StoredToken, ...]:
        """Write tokens into free slots, in one process, and give them with their serials.

        Raises StoreError when SoftHSM refuses, naming the function and its return value.
        """
        for token in tokens:
            if len(token.label) > _LABEL_BYTES:
                raise StoreError(f"a token's label has at most {_LABEL_BYTES} bytes")
        request = {
            "module": str(self.module),
            "tokens": [
                {
                    "label": token.label.hex(),
                    "pin": token.pin,
                    "so_pin": token.so_pin,
                    "objects": [
                        [(kind, value.hex()) for kind, value in entry] for entry in token.objects
                    ],
                }
                for token in tokens
            ],
        }
        serials = self._provision(request)["serials"]
        return tuple(StoredToken(*pair) for pair in zip(tokens, serials, strict=True))

    def _provision(self, request: dict[str, Any]) -> dict[str, Any]:
        try:
            done = subprocess.run(
                [sys.executable, "-P", "-m", _PROVISION, str(self.folder)],
                input=json.dumps(request),
                env=self.environment(),
                capture_output=True,
                text=True,
                encoding="utf-8",
                timeout=_PROVISION_SECONDS,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            # The command's own error would repeat the request, which holds keys.
            raise StoreError(f"the store could not be written: {type(error).__name__}") from None
        if done.returncode:
            raise StoreError(f"the store could not be written: {done.stderr.strip()}")
        answer: dict[str, Any] = json.loads(done.stdout)
        if "code" in answer:
            code = return_name(answer["code"])
            raise StoreError(f"SoftHSM answered {code} to {answer['function']}")
        return answer


def create_store(
    folder: Path,
    *tokens: TokenSpec,
    mechanisms: str | None = None,
    removable: bool = True,
    module: Path | None = None,
) -> Store:
    """Make a store in `folder`, which must be empty or not there, and write tokens into it.

    `mechanisms` is SoftHSM's `slots.mechanisms`, such as HASHLESS; None allows all. Raises
    SoftHsmMissing without the library, FolderError when the folder does not serve, and StoreError
    when SoftHSM refuses a token; nothing is kept then.
    """
    library = find_softhsm() if module is None else module.resolve()
    folder = folder.absolute()
    if any(character in str(folder) for character in _UNFIT):
        raise FolderError(f"SoftHSM cannot read a path with '=' or '#': {folder}")
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise FolderError(f"{folder} is not empty")
        store = Store(folder, library)
        (folder / "tokens").mkdir(mode=0o700)
        store.configuration.write_text(
            _configuration(folder, mechanisms, removable), encoding="utf-8"
        )
    except OSError as error:
        raise FolderError(f"{folder} cannot hold a store: {error.strerror}") from error
    if tokens:
        try:
            store.add(*tokens)
        except BaseException:
            # Half a store would pass for a whole one the next time.
            shutil.rmtree(folder / "tokens", ignore_errors=True)
            store.configuration.unlink(missing_ok=True)
            raise
    return store


def open_store(folder: Path, *, module: Path | None = None) -> Store:
    """Open a store that `create_store` made; raises FolderError when `folder` is none."""
    library = find_softhsm() if module is None else module.resolve()
    store = Store(folder.absolute(), library)
    try:
        with store.configuration.open(encoding="utf-8") as lines:
            mark = lines.readline(200).rstrip("\n")
    except (OSError, UnicodeDecodeError):
        mark = ""
    if mark != _MARK:
        raise FolderError(f"{store.folder} is no store of softhsm_fixtures")
    return store


def _configuration(folder: Path, mechanisms: str | None, removable: bool) -> str:
    lines = [
        _MARK,
        f"directories.tokendir = {folder / 'tokens'}",
        "objectstore.backend = file",
        "log.level = ERROR",
        f"slots.removable = {'true' if removable else 'false'}",
        "library.reset_on_fork = false",
    ]
    if mechanisms is not None:
        lines.append(f"slots.mechanisms = {mechanisms}")
    return "\n".join(lines) + "\n"
