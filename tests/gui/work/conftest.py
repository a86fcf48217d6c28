"""What the tests of the wizard's work share: a wizard without a window, and its desk.

Rules:

* The wizard is the real one: the pure function, and the worker in threads as the window runs it.
* Whatever is a secret is looked for at the end in everything that was a state, an event, an effect
  or a view, in the log, and in every file that is left.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ctlkit_gui.flow import (
    CloseWindow,
    Effect,
    Event,
    Next,
    PlaceKind,
    Remember,
    Screen,
    ServerForm,
    State,
    View,
    advance,
    initial,
    view,
)
from ctlkit_gui.flow.effects import Abandon, Answer, StopWatch
from ctlkit_gui.flow.events import FormChanged
from ctlkit_gui.work import Context, SecretBox, run
from ctlkit_lab.cluster import PracticeCluster, RunningCluster
from ctlkit_lab.model import LabOptions

if TYPE_CHECKING:
    from tests.conftest import Spilled
    from tests.gui.conftest import Desk

_SECONDS = 60.0


class Wizard:
    """The wizard as the window runs it, but for the window."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.state = initial()
        self.effects: list[Effect] = []
        self.seen: list[object] = []
        self._events: queue.Queue[Event] = queue.Queue()
        self._threads: list[threading.Thread] = []

    def do(self, *events: Event) -> State:
        """Let a person do something."""
        for event in events:
            self._advance(event)
        return self.state

    def enter(self, secret: str, event: Event | None = None) -> State:
        """Type a secret into the page's field, and press its main button."""
        self.context.box.put(secret)
        return self.do(event or Next())

    def until(self, wanted: Callable[[State], object]) -> State:
        """Go on until the wizard is where it is wanted."""
        while not wanted(self.state):
            try:
                self._advance(self._events.get(timeout=_SECONDS))
            except queue.Empty:
                pytest.fail(f"nothing happens any more in {self.state}")
        return self.state

    def rests(self) -> State:
        """Go on until nothing is awaited."""
        return self.until(lambda state: state.busy is None)

    def on(self, screen: Screen) -> State:
        """Go on until nothing is awaited, on this page."""
        return self.until(lambda state: state.busy is None and state.screen is screen)

    @property
    def view(self) -> View:
        """What the page shows."""
        return view(self.state)

    def of(self, kind: type[Effect]) -> list[Effect]:
        """Return the effects of a kind that there were."""
        return [item for item in self.effects if isinstance(item, kind)]

    def another(self) -> Wizard:
        """End this one, and begin another on the same desk."""
        self.close()
        context = Context(
            SecretBox(), modules=self.context.modules, known_hosts=self.context.known_hosts
        )
        made = Wizard(context)
        made.seen = self.seen
        return made

    def close(self) -> None:
        """End everything."""
        self.context.close()
        for thread in self._threads:
            thread.join(_SECONDS)
            assert not thread.is_alive(), thread.name

    def _advance(self, event: Event) -> None:
        self.state, effects = advance(self.state, event)
        self.seen += [event, *effects, self.state, view(self.state)]
        for effect in effects:
            self.effects.append(effect)
            self._begin(effect)

    def _begin(self, effect: Effect) -> None:
        if isinstance(effect, Remember | CloseWindow):
            return
        if isinstance(effect, Abandon | Answer | StopWatch):
            run(effect, self.context, self._events.put)
            return
        thread = threading.Thread(target=self._work, args=(effect,), name=type(effect).__name__)
        self._threads.append(thread)
        thread.start()

    def _work(self, effect: Effect) -> None:
        answer = run(effect, self.context, self._events.put)
        if answer is not None:
            self._events.put(answer)


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[RunningCluster]:
    """A practice cluster that is not in mixed mode and has no list."""
    with PracticeCluster.running(tmp_path / "lab", LabOptions()) as made:
        yield made


@pytest.fixture(autouse=True)
def _closed_modules() -> Iterator[None]:
    """Leave every module finalised, so that no test depends on another's sessions."""
    from ctlkit.pkcs11 import module

    yield
    module.close_all()


@pytest.fixture
def wizard(
    desk: Desk, tmp_path: Path, caplog: pytest.LogCaptureFixture, spilled: Spilled
) -> Iterator[Wizard]:
    """A wizard on its first page."""
    caplog.set_level(logging.DEBUG)
    context = Context(
        SecretBox(), modules=(str(desk.module.path),), known_hosts=tmp_path / "known_hosts"
    )
    made = Wizard(context)
    try:
        yield made
    finally:
        made.close()
    logged = [record.getMessage() for record in caplog.get_records("call")]
    everything = "\n".join((*map(repr, (*made.seen, context)), *logged))
    for secret in (desk.right_pin, desk.wrong_pin):
        assert secret not in everything
    assert [] == spilled(desk.right_pin, desk.wrong_pin)


class AddToken:
    """Adds a token in a wizard that waits for one."""

    def __call__(self, wizard: Wizard, desk: Desk, label: str) -> State:
        """Plug it in alone, open it if it is not opened by itself, and press Add.

        A look may see this token and the one before together: then a person chooses.
        """

        def alone(state: State) -> bool:
            tokens = state.tokens.tokens if state.tokens else ()
            return state.busy is None and [label] == [token.label for token in tokens]

        desk.plug(label)
        wizard.until(alone)
        if wizard.state.screen is Screen.INSERT_TOKEN:
            wizard.do(Next())
        wizard.do(Next())
        return wizard.rests()


@pytest.fixture
def add_token() -> AddToken:
    """Add a token in a wizard."""
    return AddToken()


class OpenFolder:
    """Opens a folder in a wizard."""

    def __call__(self, wizard: Wizard, folder: Path) -> State:
        """Type its path, press Next, and wait for the Action page."""
        form = replace(ServerForm(), kind=PlaceKind.FOLDER, folder=str(folder))
        wizard.do(FormChanged(form), Next())
        return wizard.on(Screen.ACTION)


@pytest.fixture
def open_folder() -> OpenFolder:
    """Open a folder in a wizard."""
    return OpenFolder()
