"""The controller: events in, views and effects out, threads that come back to the window's."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

from ctlkit.messages import Message
from ctlkit.place import HostKey
from ctlkit_gui.flow.brought import HostKeyMet, PlaceOpened
from ctlkit_gui.flow.effects import Abandon, Answer, Effect, OpenPlace
from ctlkit_gui.flow.events import Cancel, Close, Event, FormChanged, HostKeyAnswered, Next
from ctlkit_gui.flow.state import HostKeyDialog, NoticeDialog
from ctlkit_gui.flow.values import PlaceKind, PlaceShown, Remembered, Screen, ServerForm
from ctlkit_gui.flow.views import View
from ctlkit_gui.qt.controller import Controller

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

FORM = ServerForm(PlaceKind.FOLDER, folder="lists")
PLACE = PlaceShown("folder:lists", ())
SECRET = "what was in the variables"
KEY = HostKey("cm1", 22, "ssh-ed25519", "SHA256:abc")

Emit = Callable[[Event], None]


class Work:
    """Work that a test plays: what each effect does, and where it was begun.

    Attributes:
        begun: the effects in their order, with the thread that carried each out.
        may_end: an effect waits for it before it answers.
    """

    def __init__(self, answer: Callable[[Effect, Emit], Event | None]) -> None:
        self.begun: list[tuple[Effect, threading.Thread]] = []
        self.may_end = threading.Event()
        self._answer = answer

    def __call__(self, effect: Effect, emit: Emit) -> Event | None:
        """Carry out an effect."""
        self.begun.append((effect, threading.current_thread()))
        return self._answer(effect, emit)

    def kinds(self) -> list[type[Effect]]:
        """Return what was begun."""
        return [type(effect) for effect, _ in self.begun]


class Played:
    """A controller and what it showed."""

    def __init__(self, work: Work) -> None:
        self.work = work
        self.controller = Controller(Remembered(form=FORM), work)
        self.views: list[View] = []
        self.controller.showed.connect(self.views.append)

    @property
    def view(self) -> View:
        """What is shown."""
        return self.views[-1]


Play = Callable[[Work], Played]


@pytest.fixture
def play(qtbot: QtBot) -> Iterator[Play]:
    """Return what starts a controller; its threads are over when the test is."""
    played: list[Played] = []

    def start(work: Work) -> Played:
        one = Played(work)
        played.append(one)
        one.controller.start()
        return one

    yield start
    for one in played:
        assert one.controller.close(one.work.may_end.set)


def _opens(effect: Effect, _emit: Emit) -> Event | None:
    return PlaceOpened(effect.request, PLACE) if isinstance(effect, OpenPlace) else None


def test_the_first_page_is_shown_at_the_start(play: Play) -> None:
    """The wizard begins on the Server page, with what was typed last time."""
    played = play(Work(_opens))
    assert Screen.SERVER is played.view.frame.screen
    assert [] == played.work.begun


def test_work_runs_elsewhere_and_comes_back(play: Play, qtbot: QtBot) -> None:
    """An effect runs in a thread of its own; its answer is shown in the window's thread."""
    threads = []
    played = play(Work(_opens))
    played.controller.showed.connect(lambda _: threads.append(threading.current_thread()))
    played.controller.feed(Next())
    assert played.view.frame.busy is not None
    qtbot.waitUntil(lambda: played.view.frame.screen is Screen.ACTION)
    (effect, thread), *_ = played.work.begun
    assert OpenPlace is type(effect)
    assert thread is not threading.current_thread()
    assert {threading.current_thread()} == set(threads)


def test_a_question_is_answered_while_the_work_waits(play: Play, qtbot: QtBot) -> None:
    """What is emitted on the way is shown; the answer is given at once, in the window's thread."""
    answered = threading.Event()

    def asks(effect: Effect, emit: Emit) -> Event | None:
        if isinstance(effect, OpenPlace):
            emit(HostKeyMet(effect.request, KEY))
            assert answered.wait(30)
            return PlaceOpened(effect.request, PLACE)
        if isinstance(effect, Answer):
            answered.set()
        return None

    played = play(Work(asks))
    played.controller.feed(Next())
    qtbot.waitUntil(lambda: isinstance(played.view.frame.dialog, HostKeyDialog))
    played.controller.feed(HostKeyAnswered(trusted=True))
    effect, thread = played.work.begun[-1]
    assert isinstance(effect, Answer)
    assert effect.accepted
    assert threading.current_thread() is thread
    qtbot.waitUntil(lambda: played.view.frame.screen is Screen.ACTION)


def test_what_one_thread_emits_keeps_its_order(play: Play, qtbot: QtBot) -> None:
    """Events of an effect arrive in the order in which it emitted them, its answer last."""
    places = [PlaceShown(f"folder:{number}", (), warnings=()) for number in range(50)]

    def emits(effect: Effect, emit: Emit) -> Event | None:
        for place in places:
            emit(PlaceOpened(1000 + effect.request, place))
        return PlaceOpened(effect.request, PLACE)

    played = play(Work(emits))
    played.controller.feed(Next())
    qtbot.waitUntil(lambda: played.view.frame.screen is Screen.ACTION)
    # The first view, the busy one, one for each that is dropped, and the answer's.
    assert 2 + len(places) + 1 == len(played.views)


def test_cancel_stops_the_work_and_drops_what_comes_later(play: Play, qtbot: QtBot) -> None:
    """The page is free at once; the answer of what was abandoned changes nothing any more."""
    work: Work

    def waits(effect: Effect, _emit: Emit) -> Event | None:
        if isinstance(effect, OpenPlace):
            assert work.may_end.wait(30)
            return PlaceOpened(effect.request, PLACE)
        return None

    work = Work(waits)
    played = play(work)
    played.controller.feed(Next())
    played.controller.feed(Cancel())
    assert played.view.frame.busy is None
    qtbot.waitUntil(lambda: {OpenPlace, Abandon} <= set(work.kinds()))
    shown = len(played.views)
    work.may_end.set()
    qtbot.waitUntil(lambda: len(played.views) > shown)
    assert Screen.SERVER is played.view.frame.screen


def test_a_mistake_in_the_work_does_not_leave_the_page_waiting(
    play: Play, qtbot: QtBot, caplog: pytest.LogCaptureFixture
) -> None:
    """An exception that nobody expected ends the waiting, is told in words, and is logged.

    Its text, which might hold anything, is not.
    """

    def breaks(_effect: Effect, _emit: Emit) -> Event | None:
        raise ZeroDivisionError(SECRET)

    played = play(Work(breaks))
    played.controller.feed(Next())
    qtbot.waitUntil(lambda: played.view.frame.problem is not None)
    problem = played.view.frame.problem
    assert problem is not None
    assert ("wizard-internal", "ZeroDivisionError") == (problem.code, problem.values["kind"])
    assert played.view.frame.busy is None
    assert ("ctlkit", logging.ERROR) == caplog.record_tuples[-1][:2]
    assert "ZeroDivisionError" in caplog.text
    assert SECRET not in caplog.text


def test_the_form_is_given_out_to_be_remembered(play: Play, qtbot: QtBot) -> None:
    """What was typed is to be kept once it is used; it is no work."""
    played = play(Work(_opens))
    kept: list[ServerForm] = []
    played.controller.remembered.connect(kept.append)
    typed = ServerForm(PlaceKind.FOLDER, folder="others")
    played.controller.feed(FormChanged(typed))
    assert [] == kept
    played.controller.feed(Next())
    assert [typed] == kept
    qtbot.waitUntil(lambda: played.view.frame.screen is Screen.ACTION)


def test_an_event_during_an_event_waits_for_its_turn(play: Play) -> None:
    """A page that emits while it is shown does not overtake what is being dealt with."""
    played = play(Work(_opens))
    folders = ["one", "two"]

    def types_on(_view: View) -> None:
        if folders:
            form = ServerForm(PlaceKind.FOLDER, folder=folders.pop(0))
            played.controller.feed(FormChanged(form))

    shown_later: list[View] = []
    played.controller.showed.connect(types_on)
    played.controller.showed.connect(shown_later.append)
    played.controller.feed(FormChanged(ServerForm(PlaceKind.FOLDER, folder="zero")))
    forms = [getattr(view, "form", FORM).folder for view in shown_later]
    assert ["zero", "one", "two"] == forms


def test_closing_ends_the_wizard_once(play: Play, qtbot: QtBot) -> None:
    """Close leads to ``over``; afterwards nothing is shown and nothing is begun."""
    played = play(Work(_opens))
    with qtbot.waitSignal(played.controller.over):
        played.controller.feed(Close())
    shown = len(played.views)
    played.controller.feed(Next())
    assert shown == len(played.views)
    assert OpenPlace not in played.work.kinds()


def test_close_waits_for_what_still_runs(qtbot: QtBot) -> None:
    """Threads that were told to stop have ended when ``close`` returns."""
    work: Work

    def waits(_effect: Effect, _emit: Emit) -> Event | None:
        assert work.may_end.wait(30)
        return None

    work = Work(waits)
    played = Played(work)
    played.controller.feed(Next())
    qtbot.waitUntil(lambda: bool(work.begun))
    assert played.controller.close(work.may_end.set)
    assert not any(thread.is_alive() for _, thread in work.begun)


def test_warnings_of_a_place_come_as_notices(play: Play, qtbot: QtBot) -> None:
    """W1 lies over the Action page until it is read."""
    warned = PlaceShown("folder:lists", (), warnings=(Message("mixed-without-list"),))

    def opens(effect: Effect, _emit: Emit) -> Event | None:
        return PlaceOpened(effect.request, warned) if isinstance(effect, OpenPlace) else None

    played = play(Work(opens))
    played.controller.feed(Next())
    qtbot.waitUntil(lambda: isinstance(played.view.frame.dialog, NoticeDialog))
    assert Screen.ACTION is played.view.frame.screen
