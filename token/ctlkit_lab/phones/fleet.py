"""All phones of a practice cluster.

Rules:

* Each phone has a folder of its own under the fleet's. A damaged one is an error that names it.
* A restart works on many phones at once, in threads whose number is bounded. What stops one phone
  is in that phone's :class:`Boot`; the others go on.
* What is asked of phones by their addresses is done for all of them or, where an address is not
  known, for none.
"""

from __future__ import annotations

import asyncio
import dataclasses
import re
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from ctlkit.errors import UsageError
from ctlkit.trustlist import text_of
from ctlkit_lab.phones.booting import Boot, Patience, boot
from ctlkit_lab.phones.deciding import Verdict
from ctlkit_lab.phones.directory import Directory
from ctlkit_lab.phones.memory import PhoneState
from ctlkit_lab.phones.models import DEFAULT_MIX, Checksum, PhoneModel
from ctlkit_lab.phones.phone import Phone

__all__ = ["Fleet", "PhoneReport"]

_FIRST_MAC = 0x020000000001
"""A locally administered address: no real phone has one like it."""

_SEPARATORS = re.compile(r"[:.\-]")


@dataclasses.dataclass(frozen=True, slots=True)
class PhoneReport:
    """A phone as ``lab status`` shows it.

    Attributes:
        mac: its address, 12 upper-case hexadecimal digits.
        model: its number.
        sbd: whether it supports Security by Default.
        checksum_kind: which checksum of its list it shows.
        checksum: that checksum, lower-case hexadecimal, None where it holds no list.
        signer: subject and serial of its list's signer, None where it holds no list.
        itl: whether it holds an ITL.
        ctl_verdict: what it decided on the CTL at its last restart.
        itl_verdict: what it decided on the ITL, None where nothing.
        decided: when, seconds since 1970, UTC; None before its first restart.
        directory: the servers it was pointed to, None for those of its fleet.
    """

    mac: str
    model: str
    sbd: bool
    checksum_kind: Checksum
    checksum: str | None
    signer: str | None
    itl: bool
    ctl_verdict: Verdict
    itl_verdict: Verdict | None
    decided: float | None
    directory: Directory | None

    @property
    def new(self) -> bool:
        """Whether it was never restarted."""
        return self.decided is None

    @property
    def accepted(self) -> bool | None:
        """Whether it accepted the CTL it was offered last; None where there was none to decide."""
        return self.ctl_verdict.accepted

    @property
    def why(self) -> str:
        """Why, in English."""
        return self.ctl_verdict.text


class Fleet:
    """The phones under a folder. Its methods may be called from any thread."""

    def __init__(
        self,
        folder: Path,
        directory: Directory,
        *,
        clock: Callable[[], float] = time.time,
        patience: Patience | None = None,
    ) -> None:
        """Describe a fleet; nothing is read yet.

        Args:
            folder: where the phones' folders are, made when the first phone is.
            directory: their servers; may be set anew at any time.
            clock: seconds since 1970, UTC.
            patience: how long phones wait for servers.
        """
        self.folder = folder
        self.directory = directory
        self._clock = clock
        self._patience = patience or Patience()
        self._phones: dict[str, Phone] | None = None
        self._lock = threading.Lock()
        self._turn = asyncio.Lock()

    def create(self, phones: int | Sequence[PhoneModel]) -> tuple[Phone, ...]:
        """Add phones that hold nothing yet: so many of the default mix, or of these models.

        Raises:
            InputError: a phone that is there already is damaged.
            PlaceError: a folder cannot be written.
        """
        if isinstance(phones, int):
            phones = [DEFAULT_MIX[number % len(DEFAULT_MIX)] for number in range(phones)]
        with self._lock:
            known = self._known()
            start = max((int(mac, 16) + 1 for mac in known), default=_FIRST_MAC)
            made = [
                Phone.create(self.folder, f"{start + number:012X}", model)
                for number, model in enumerate(phones)
            ]
            known.update((phone.mac, phone) for phone in made)
        return tuple(made)

    @property
    def phones(self) -> tuple[Phone, ...]:
        """The phones in the order of their addresses.

        Raises:
            InputError: a phone's folder is damaged.
        """
        with self._lock:
            return tuple(self._known().values())

    async def restart(
        self, macs: Iterable[str] | None = None, limit: int = 200
    ) -> tuple[Boot, ...]:
        """Restart phones, not more than ``limit`` at once, and return what came of each.

        Only one restart runs at a time. When it is cancelled, phones in the middle of theirs end
        it at their next step.

        Args:
            macs: which; None for all.
            limit: threads.

        Raises:
            UsageError: ``phone-unknown``.
        """
        async with self._turn:
            phones = self._named(macs)
            stop = threading.Event()
            pool = ThreadPoolExecutor(max(1, min(limit, len(phones))), "phone")
            try:
                return tuple(
                    await asyncio.gather(
                        *(
                            asyncio.get_running_loop().run_in_executor(
                                pool, self._boot, phone, stop
                            )
                            for phone in phones
                        )
                    )
                )
            finally:
                stop.set()
                pool.shutdown(wait=False, cancel_futures=True)

    def _boot(self, phone: Phone, stop: threading.Event) -> Boot:
        return boot(phone, self.directory, self._clock, patience=self._patience, stop=stop)

    def point(self, macs: Iterable[str] | None, directory: Directory | None) -> None:
        """Point phones to other servers, None to those of the fleet.

        They keep asking the trust services of those they had until they took a new ITL.

        Raises:
            UsageError: ``phone-unknown``.
            InputError, PlaceError: a phone's folder is damaged or cannot be written.
        """

        def moved(state: PhoneState) -> PhoneState:
            group = state.group or state.directory or self.directory
            return dataclasses.replace(state, directory=directory, group=group)

        for phone in self._named(macs):
            phone.change(moved)

    def erase(self, macs: Iterable[str] | None) -> None:
        """Delete the lists of phones, as by hand on each.

        Raises:
            UsageError: ``phone-unknown``.
            InputError, PlaceError: a phone's folder is damaged or cannot be written.
        """
        for phone in self._named(macs):
            phone.erase()

    def log(self, mac: str) -> str:
        """Return the console log of a phone.

        Raises:
            UsageError: ``phone-unknown``.
            InputError: the log cannot be read.
        """
        return self._named([mac])[0].log()

    def reports(self) -> tuple[PhoneReport, ...]:
        """Return what there is to know of each phone.

        Raises:
            InputError: a phone's folder is damaged.
        """
        return tuple(map(_report, self.phones))

    def _named(self, macs: Iterable[str] | None) -> tuple[Phone, ...]:
        phones = {phone.mac: phone for phone in self.phones}
        if macs is None:
            return tuple(phones.values())
        wanted = {_SEPARATORS.sub("", mac).upper().removeprefix("SEP"): mac for mac in macs}
        for plain, mac in wanted.items():
            if plain not in phones:
                raise UsageError("phone-unknown", mac=mac)
        return tuple(phones[plain] for plain in wanted)

    def _known(self) -> dict[str, Phone]:
        """Return the phones, read from their folders at the first call; hold the lock."""
        if self._phones is None:
            found = sorted(self.folder.glob("SEP*"))
            self._phones = {phone.mac: phone for phone in map(Phone.open, found)}
        return self._phones


def _report(phone: Phone) -> PhoneReport:
    state, ctl = phone.state(), phone.ctl()
    model = phone.model
    signer = None
    if ctl is not None:
        serial = (ctl.header.signer_serial or b"").hex(":").upper()
        signer = f"{text_of(ctl.header.signer_name)} ({serial})"
    return PhoneReport(
        mac=phone.mac,
        model=model.number,
        sbd=model.sbd,
        checksum_kind=model.checksum,
        checksum=None if ctl is None else model.checksum.of(ctl.raw),
        signer=signer,
        itl=phone.itl() is not None,
        ctl_verdict=state.ctl,
        itl_verdict=state.itl,
        decided=state.decided,
        directory=state.directory,
    )
