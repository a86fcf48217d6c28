"""A phone and its folder.

Rules:

* The folder ``SEP<MAC>`` holds ``CTLFile.tlv``, ``ITLFile.tlv``, ``console.log`` and
  ``state.json``. Every file is written whole or not at all.
* A damaged file is one clear error, about that phone alone.
* ``state.json`` is changed under the phone's lock, so that what a restart writes and what a person
  changes meanwhile do not undo each other.
"""

from __future__ import annotations

import dataclasses
import json
import re
import threading
from collections.abc import Callable
from pathlib import Path

from ctlkit.codec import MAX_LIST, decode
from ctlkit.errors import FormatError, InputError, PlaceError
from ctlkit.files import read_file, write_file
from ctlkit.trustlist import TrustList
from ctlkit_lab.phones.console import LOG_LIMIT, joined
from ctlkit_lab.phones.memory import PhoneState, from_json, to_json
from ctlkit_lab.phones.models import PhoneModel

__all__ = ["Phone"]

_CTL, _ITL, _LOG, _STATE = "CTLFile.tlv", "ITLFile.tlv", "console.log", "state.json"
_LARGEST_STATE = 1 << 20
_FOLDER = re.compile(r"SEP([0-9A-F]{12})")


class Phone:
    """A practice phone: its address, its model, and the folder that is its memory."""

    def __init__(self, mac: str, model: PhoneModel, folder: Path) -> None:
        """Describe a phone; nothing is read or written.

        Args:
            mac: 12 upper-case hexadecimal digits.
            model: what it is.
            folder: its own folder.
        """
        self.mac = mac
        self.model = model
        self.folder = folder
        self._lock = threading.Lock()

    @classmethod
    def create(cls, folder: Path, mac: str, model: PhoneModel) -> Phone:
        """Make a phone that holds nothing, in a new folder under ``folder``.

        Raises:
            PlaceError: the folder cannot be made or written.
        """
        phone = cls(mac, model, folder / f"SEP{mac}")
        try:
            phone.folder.mkdir(parents=True)
        except OSError as error:
            reason = error.strerror or str(error)
            raise PlaceError("file-unwritable", file=phone.folder, reason=reason) from error
        phone._write(PhoneState())
        return phone

    @classmethod
    def open(cls, folder: Path) -> Phone:
        """Read which phone a folder holds.

        Raises:
            InputError: it holds none, or a damaged one.
        """
        named = _FOLDER.fullmatch(folder.name)
        if named is None:
            raise InputError("phone-state-damaged", file=folder, reason="no name of a phone")
        model, _state = _read_state(folder / _STATE)
        return cls(named[1], model, folder)

    @property
    def device(self) -> str:
        """The name by which it introduces itself to a trust service."""
        return f"CP-{self.model.number}-SEP{self.mac}"

    def state(self) -> PhoneState:
        """Read what the phone remembers.

        Raises:
            InputError: ``phone-state-damaged``.
        """
        return _read_state(self.folder / _STATE)[1]

    def change(self, how: Callable[[PhoneState], PhoneState]) -> None:
        """Read what the phone remembers, change it, and write it.

        Raises:
            InputError: it is damaged.
            PlaceError: it cannot be written.
        """
        with self._lock:
            self._write(how(self.state()))

    def ctl(self) -> TrustList | None:
        """Return the CTL that the phone holds, None where it holds none.

        Raises:
            InputError: ``phone-list-damaged``, or it cannot be read.
        """
        return _read_list(self.folder / _CTL)

    def itl(self) -> TrustList | None:
        """Return the ITL that the phone holds, None where it holds none.

        Raises:
            InputError: ``phone-list-damaged``, or it cannot be read.
        """
        return _read_list(self.folder / _ITL)

    def take_ctl(self, data: bytes) -> None:
        """Put a CTL in force.

        Raises:
            PlaceError: it cannot be written; the old one stays.
        """
        write_file(self.folder / _CTL, data, replace=True)

    def take_itl(self, data: bytes) -> None:
        """Put an ITL in force.

        Raises:
            PlaceError: it cannot be written; the old one stays.
        """
        write_file(self.folder / _ITL, data, replace=True)

    def erase(self) -> None:
        """Delete both lists and what was vouched for, as by hand on the phone.

        Raises:
            InputError, PlaceError: the phone's folder is damaged or cannot be written.
        """
        for name in (_CTL, _ITL):
            try:
                (self.folder / name).unlink(missing_ok=True)
            except OSError as error:
                reason = error.strerror or str(error)
                raise PlaceError(
                    "file-unwritable", file=self.folder / name, reason=reason
                ) from error
        self.change(lambda state: dataclasses.replace(state, answers=()))

    def log(self) -> str:
        """Return its console log.

        Raises:
            InputError: it cannot be read.
        """
        return (_read(self.folder / _LOG, LOG_LIMIT) or b"").decode(errors="backslashreplace")

    def add_log(self, lines: list[str]) -> None:
        """Add lines to its console log.

        Raises:
            InputError, PlaceError: the log cannot be read or written.
        """
        data = joined(_read(self.folder / _LOG, LOG_LIMIT) or b"", lines)
        write_file(self.folder / _LOG, data, replace=True)

    def _write(self, state: PhoneState) -> None:
        data = json.dumps(to_json(self.model, state), indent=1).encode()
        write_file(self.folder / _STATE, data, replace=True)


def _read(path: Path, limit: int) -> bytes | None:
    try:
        return read_file(path, limit).data
    except InputError as error:
        if error.code == "file-missing":
            return None
        raise


def _read_list(path: Path) -> TrustList | None:
    data = _read(path, MAX_LIST)
    if data is None:
        return None
    try:
        value = decode(data)
    except FormatError as error:
        raise InputError("phone-list-damaged", file=path, reason=error) from error
    if not isinstance(value, TrustList):
        raise InputError("phone-list-damaged", file=path, reason="a signed configuration file")
    return value


def _read_state(path: Path) -> tuple[PhoneModel, PhoneState]:
    data = read_file(path, _LARGEST_STATE).data
    try:
        return from_json(json.loads(data))
    except KeyError as error:
        reason = f"{error} is missing or unknown"
        raise InputError("phone-state-damaged", file=path, reason=reason) from error
    except (TypeError, ValueError, OverflowError, RecursionError) as error:
        raise InputError("phone-state-damaged", file=path, reason=error) from error
