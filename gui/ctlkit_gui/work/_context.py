"""What the effects of one wizard share: the open place, what was prepared, what runs.

Rules:

* One place is open at a time, and is used by one effect at a time; it stays open until another one
  is opened, or the wizard ends.
* What runs is told to stop by its request, which may come before it began.
* What a server refused is remembered for as long as the wizard lives, so that no place that is
  opened later sends it there again.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol

from ctlkit.edit import Mode
from ctlkit.errors import CancelledError
from ctlkit.trustlist import Digest
from ctlkit_gui.flow.brought import NodeStepped
from ctlkit_gui.flow.events import Event
from ctlkit_gui.work._box import SecretBox

if TYPE_CHECKING:
    from ctlkit.config import PlaceSettings
    from ctlkit.pins import Pin
    from ctlkit.place import Access, LoginMemory, Place, Progress, Refusals, Watch
    from ctlkit.workflows.assembling import Survey
    from ctlkit.workflows.keyring import TokenAccess
    from ctlkit.workflows.places import Done
    from ctlkit.workflows.restoring import Restoration
    from ctlkit.workflows.updating import Prepared, Updated

__all__ = ["Context", "Emit", "Opened", "Practice", "PracticeReady", "Running"]

Emit = Callable[[Event], None]


@dataclass(frozen=True, slots=True)
class PracticeReady:
    """A practice that runs.

    Attributes:
        address: its place.
        modules: the libraries that show its tokens; no other is loaded while it is practised.
    """

    address: str
    modules: tuple[str, ...]


class Practice(Protocol):
    """What provides a practice: tokens and a cluster of its own."""

    def start(self) -> PracticeReady:
        """Start it, or return the one that runs.

        Raises:
            CtlkitError: it cannot be had here.
        """

    def close(self) -> None:
        """Take it away; may be called twice."""


@dataclass(slots=True)
class Opened:
    """The open place.

    Attributes:
        access: how it is reached, with the passwords that it took.
        survey: what it held when it was looked at last; None: it was changed since.
        modules: the libraries that its tokens are looked for with, None for the usual ones.
    """

    place: Place
    address: str
    access: Access
    default_mode: Mode
    survey: Survey | None
    modules: tuple[str, ...] | None = None


class Running:
    """One effect that runs.

    Attributes:
        request: its number.
        cancel: set by whoever wants it to stop.
        pin: the PIN that lay in the box when it began, until it is taken.
        password: likewise the password of a server's user.
        last_try: whether the last try of a PIN was allowed.
    """

    def __init__(self, request: int) -> None:
        self.request = request
        self.cancel = threading.Event()
        self.emit: Emit = lambda _event: None
        self.pin: Pin | None = None
        self.password: Pin | None = None
        self.last_try = False
        self._answers: queue.SimpleQueue[bool] = queue.SimpleQueue()

    def ask(self, question: Event) -> bool:
        """Ask the window, and wait for its answer; False once it is to stop."""
        if self.cancel.is_set():
            return False
        self.emit(question)
        return self._answers.get() and not self.cancel.is_set()

    def answer(self, accepted: bool) -> None:
        """Answer its question."""
        self._answers.put(accepted)

    def stop(self) -> None:
        """Ask it to stop."""
        self.cancel.set()
        self._answers.put(False)

    def forget(self) -> None:
        """Drop its secrets."""
        for secret in (self.pin, self.password):
            if secret is not None:
                secret.forget()
        self.pin = self.password = None

    def watch(self) -> Watch:
        """Return who is told of each step of a node."""
        from ctlkit.place import Watch

        def tell(progress: Progress) -> None:
            self.emit(NodeStepped(self.request, progress))

        return Watch(tell, self.cancel)


@dataclass(slots=True)
class Context:
    """Everything that outlives one effect.

    Attributes:
        box: where the window puts what was typed.
        modules: PKCS#11 libraries that were named; they replace the search.
        configured: those of the configuration file.
        settings: the configured places by name.
        known_hosts: the file of known host keys, None for the usual one.
        practice: provides a practice, None where there is none.
        models: the person's own table of phone models.
        configured_digest: the hash to sign, None for the rules' own choice.
        clock: seconds since 1970, UTC.
    """

    box: SecretBox
    modules: Sequence[str] = ()
    configured: Sequence[str] = ()
    settings: Mapping[str, PlaceSettings] = field(default_factory=lambda: MappingProxyType({}))
    known_hosts: Path | None = None
    practice: Practice | None = None
    models: Path | None = None
    configured_digest: Digest | None = None
    clock: Callable[[], float] = time.time
    opened: Opened | None = None
    prepared: tuple[int, Prepared] | None = field(default=None, repr=False)
    updated: Updated | None = field(default=None, repr=False)
    judged: Restoration | None = field(default=None, repr=False)
    restored: tuple[Restoration, Done] | None = field(default=None, repr=False)
    current: Running | None = field(default=None, repr=False)
    _running: dict[int, Running] = field(default_factory=dict, repr=False)
    _refusals: Refusals | None = field(default=None, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)
    _place_lock: threading.RLock = field(default_factory=threading.RLock, repr=False)
    _closed: bool = False

    @property
    def now(self) -> int:
        """The time, seconds since 1970, UTC."""
        return int(self.clock())

    def running(self, request: int) -> Running:
        """Return what runs for a request; what is asked of it before it begins is kept."""
        with self._lock:
            found = self._running.setdefault(request, Running(request))
        if self._closed:
            found.stop()
        return found

    def ended(self, running: Running) -> None:
        """Forget what has ended, and its secrets."""
        running.forget()
        with self._lock:
            self._running.pop(running.request, None)

    @contextmanager
    def using_place(self, running: Running) -> Iterator[None]:
        """Have the place to oneself; questions that it asks are asked for this effect.

        Raises:
            CancelledError: it was stopped before its turn came.
        """
        with self._place_lock:
            if running.cancel.is_set():
                raise CancelledError("interrupted")
            self.current = running
            try:
                yield
            finally:
                self.current = None
                if self._closed:
                    self.close_place()

    def close_place(self) -> None:
        """Close the open place, and forget what was prepared for it."""
        with self._place_lock:
            opened, self.opened = self.opened, None
            self.prepared = self.updated = self.judged = self.restored = None
            if opened is not None:
                opened.place.close()

    def close(self) -> None:
        """Stop everything, close the place, empty the box; waits for an effect that uses it."""
        self._closed = True
        self.box.clear()
        with self._lock:
            everything = list(self._running.values())
        for running in everything:
            running.stop()
        self.close_place()
        if self.practice is not None:
            self.practice.close()

    def token_access(self, running: Running) -> TokenAccess:
        """Return how tokens are reached for an effect; its PIN is what a person typed alone."""
        from ctlkit.workflows.keyring import TokenAccess
        from ctlkit_gui.work._prompts import TokenPrompt

        modules = self.opened.modules if self.opened else None
        return TokenAccess(
            modules=self.modules if modules is None else modules,
            configured=self.configured if modules is None else (),
            prompt=TokenPrompt(running),
            cancel=running.cancel,
            environ={},
        )

    def logins(self) -> LoginMemory:
        """Return the passwords of a place that is to be opened: none yet, but what was refused."""
        from ctlkit.place import LoginMemory, Refusals

        with self._lock:
            self._refusals = self._refusals or Refusals()
            return LoginMemory(refusals=self._refusals)
