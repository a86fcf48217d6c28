"""The longest stall of the wizard's event loop while a token takes its time.

Rules:

* The window, its controller and its work are the program's own, under an X server, on a page on
  which tokens are watched. A timer in the event loop sees the gaps between its ticks.
* Key generation goes through the binding in a thread of its own, to a copy of SoftHSM that nothing
  else uses: the library itself never generates a key.
* A call that sleeps is made by the library: by the watching, or by a login and a signature. The
  fault module lets one function after the other sleep once, in the thread that owns the module.
* The same window with nothing delayed is what a stall is held against.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from softhsm_fixtures import (
    DEFAULT_PIN,
    FIRST_NAME,
    SECOND_NAME,
    FaultModule,
    FaultPlan,
    build_fault_library,
    create_fault_module,
    create_store,
    etoken,
    find_softhsm,
)
from tests.bench.windows import UNDER_X, fresh_environment

if TYPE_CHECKING:
    from ctlkit_gui.qt.window import Window

__all__ = ["BITS", "SLEEP", "Stalls", "measure_stalls"]

BITS = 4096
SLEEP = 1.0
_FUNCTIONS = (
    *("C_Initialize", "C_Finalize", "C_GetSlotList", "C_GetSlotInfo", "C_GetTokenInfo"),
    *("C_OpenSession", "C_Login", "C_FindObjectsInit", "C_FindObjects", "C_GetAttributeValue"),
    *("C_SignInit", "C_Sign", "C_CloseSession"),
)
_IDLE = 5.0
_TICK = 2
_PATIENCE = 60.0


@dataclass(frozen=True, slots=True)
class Stalls:
    """What was measured, in seconds.

    Attributes:
        idle: the longest stall while tokens are watched and nothing is delayed.
        key: while keys are generated.
        generating: how long that took.
        calls: function -> the longest stall while it slept.
    """

    idle: float
    key: float
    generating: float
    calls: Mapping[str, float]


def measure_stalls(keys: int) -> Stalls:
    """Measure in a process of its own, which generates so many keys."""
    with tempfile.TemporaryDirectory(prefix="ctlkit-bench-") as name:
        folder = Path(name)
        store = create_store(folder / "store", etoken(FIRST_NAME), etoken(SECOND_NAME))
        faults = create_fault_module(folder / "fault", FaultPlan(), build_fault_library(folder))
        settings = folder / "xdg_config_home" / "ctlkit"
        settings.mkdir(parents=True)
        named = json.dumps([str(faults.path)])
        (settings / "config.toml").write_text(f"[pkcs11]\nmodules = {named}\n", encoding="utf-8")
        own = shutil.copyfile(find_softhsm(), folder / "libsofthsm2.so")
        (folder / "lists").mkdir()
        environment = fresh_environment(folder)
        environment["SOFTHSM2_CONF"] = store.environment()["SOFTHSM2_CONF"]
        paths = [str(path) for path in (folder / "lists", faults.path, faults.module, own)]
        done = subprocess.run(
            [*UNDER_X, sys.executable, "-m", __spec__.name, str(keys), *paths],
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
    return Stalls(**json.loads(done.stdout))


class _Loop:
    """The window's event loop, and the longest gap in it."""

    def __init__(self) -> None:
        from PyQt6.QtCore import QEventLoop, Qt, QTimer

        self._loop = QEventLoop()
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(_TICK)
        self._timer.timeout.connect(self._tick)
        self._ends: Callable[[], bool] = lambda: True
        self._last = self._longest = self._begin = 0.0

    def _tick(self) -> None:
        now = time.monotonic()
        self._longest = max(self._longest, now - self._last)
        self._last = now
        if now - self._begin > _PATIENCE:
            raise SystemExit("waited in vain")
        if self._ends():
            self._loop.quit()

    def until(self, ends: Callable[[], bool]) -> float:
        """Let the window go on until something is so, and return the longest gap meanwhile."""
        self._ends, self._longest = ends, 0.0
        self._begin = self._last = time.monotonic()
        self._timer.start()
        self._loop.exec()
        self._timer.stop()
        return self._longest

    def during(self, work: Callable[[], object]) -> float:
        """Return the longest gap while work is done in another thread.

        Raises:
            Exception: what the work raised.
        """
        raised: list[BaseException] = []

        def guarded() -> None:
            try:
                work()
            except BaseException as error:  # noqa: BLE001  raised again by whoever waits
                raised.append(error)

        thread = threading.Thread(target=guarded, daemon=True)
        thread.start()
        longest = self.until(lambda: not thread.is_alive())
        if raised:
            raise raised[0]
        return longest


def _walk(window: Window, loop: _Loop, folder: str) -> None:
    """Go to the page that shows a token, where tokens are watched."""
    from ctlkit_gui.flow.events import Dismissed, FormChanged, Next
    from ctlkit_gui.flow.values import PlaceKind, ServerForm
    from ctlkit_gui.qt.pages.action import ActionPage
    from ctlkit_gui.qt.pages.insert_token import InsertTokenPage
    from ctlkit_gui.qt.pages.server import ServerPage

    loop.until(window.isActiveWindow)
    window.emitted.emit(FormChanged(ServerForm(PlaceKind.FOLDER, folder=folder)))
    window.emitted.emit(Next())
    loop.until(lambda: not isinstance(window.page, ServerPage))
    while isinstance(window.page, ActionPage):
        # A notice lies over the page: there is no list yet.
        window.emitted.emit(Dismissed())
        window.emitted.emit(Next())
    loop.until(lambda: isinstance(window.page, InsertTokenPage) and window.page.isEnabled())


def _generate(module: str) -> float:
    """Generate a key for a session and return the seconds."""
    import pkcs11

    token = next(iter(pkcs11.lib(module).get_tokens(token_label=FIRST_NAME)))
    with token.open(user_pin=DEFAULT_PIN, rw=True) as session:
        begin = time.monotonic()
        session.generate_keypair(pkcs11.KeyType.RSA, BITS)
        return time.monotonic() - begin


def _sign(module: Path) -> None:
    """Log in to a token and sign, as ``ctlkit token test`` does."""
    from ctlkit.workflows.keyring import Keyring, TokenAccess
    from tests.bench.signatures import Prompt

    Keyring(TokenAccess(modules=(str(module),), prompt=Prompt())).test(FIRST_NAME)


def main() -> None:
    """Measure and print the seconds as JSON."""
    keys, folder, path, inner, own = sys.argv[1:]
    faults = FaultModule(Path(path), Path(inner))

    from ctlkit_gui.qt import app

    application = app.make_application()
    window = app.make_window()
    window.show()
    loop = _Loop()
    _walk(window, loop, folder)
    began = time.monotonic()
    idle = loop.until(lambda: time.monotonic() - began > _IDLE)
    generating: list[float] = []
    key = max(loop.during(lambda: generating.append(_generate(own))) for _ in range(int(keys)))
    calls = {name: _while_sleeping(name, faults, loop) for name in _FUNCTIONS}
    window.finish()
    application.quit()
    print(json.dumps(asdict(Stalls(idle, key, sum(generating), calls))))


def _while_sleeping(function: str, faults: FaultModule, loop: _Loop) -> float:
    """Return the longest gap while a function sleeps, once, wherever the library calls it."""
    faults.forget_calls()
    faults.set(FaultPlan().delay(function, round(SLEEP * 1000), times=1))

    def work() -> None:
        begin = time.monotonic()
        _sign(faults.path)
        # Some are called by the watching alone, at its next look.
        while not faults.count(function) or time.monotonic() - begin < SLEEP:
            time.sleep(0.1)

    return loop.during(work)


if __name__ == "__main__":
    main()
