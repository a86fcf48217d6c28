"""What the worker does with effects, places, secrets and its own mistakes."""

from __future__ import annotations

import pickle
import threading
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest

from ctlkit.edit import Consent
from ctlkit.errors import InputError, NetworkError
from ctlkit.pins import Pin
from ctlkit.pkcs11 import System
from ctlkit.place import HostKey, NodeState
from ctlkit.trustlist import Function
from ctlkit.workflows.nodes import Look
from ctlkit.workflows.updating import Prepared
from ctlkit_gui.flow import (
    Abandon,
    AddServer,
    AddTokens,
    Answer,
    Assemble,
    Choice,
    Confirmed,
    Dismissed,
    Event,
    Failed,
    FormChanged,
    HostKeyMet,
    InsertTokenView,
    Next,
    OpenPlace,
    PasswordWanted,
    PlaceKind,
    PlaceOpened,
    ReadServer,
    Remembered,
    Restore,
    RestoreAgreed,
    RestoreDialog,
    RestoreWanted,
    Screen,
    ServerForm,
    ServerRead,
    ServersView,
    Sign,
    StopWatch,
    TokensLooked,
    WatchTokens,
    WordTyped,
)
from ctlkit_gui.work import Context, PracticeReady, SecretBox, run
from ctlkit_gui.work._prompts import WindowPrompt

if TYPE_CHECKING:
    from tests.gui.conftest import Desk
    from tests.gui.work.conftest import AddToken, OpenFolder, Wizard


def _folder(path: Path | str) -> OpenPlace:
    form = ServerForm(PlaceKind.FOLDER, folder=str(path))
    return OpenPlace(1, form, Remembered().default_mode)


def _unheard(_event: Event) -> None:
    """Hear nothing."""


def test_the_box_gives_once() -> None:
    """A secret is given once, and is seen by nobody else."""
    box = SecretBox()
    box.put("marker")
    assert "marker" not in repr(box)
    with pytest.raises(TypeError):
        pickle.dumps(box)
    taken = box.take()
    assert taken is not None
    assert ("marker", None) == (taken.reveal(), box.take())
    box.put("marker")
    box.clear()
    assert box.take() is None


def test_a_failure_is_an_event(tmp_path: Path) -> None:
    """What the library refuses comes back as a failure of that request."""
    context = Context(SecretBox())
    answer = run(_folder(tmp_path / "missing"), context, _unheard)
    assert isinstance(answer, Failed)
    assert 1 == answer.request
    context.close()


def test_a_mistake_of_ours_is_an_event(
    monkeypatch: pytest.MonkeyPatch, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """What nobody foresaw comes back with a code, and is logged without its text."""
    marker = f"text-{id(monkeypatch)}"

    def broken(*_arguments: object, **_options: object) -> None:
        raise ZeroDivisionError(marker)

    monkeypatch.setattr("ctlkit_gui.work._places.open_place", broken)
    answer = run(_folder(folder), Context(SecretBox()), _unheard)
    assert isinstance(answer, Failed)
    assert "wizard-internal" == answer.error.code
    assert "ZeroDivisionError" in caplog.text
    assert marker not in caplog.text


def test_an_effect_that_was_stopped_before_it_began(folder: Path) -> None:
    """Stopping may come first: then nothing is opened."""
    context = Context(SecretBox())
    assert run(Abandon(1), context, _unheard) is None
    answer = run(_folder(folder), context, _unheard)
    assert isinstance(answer, Failed)
    assert ("interrupted", None) == (answer.error.code, context.opened)


def test_a_place_stays_until_another_is_open(folder: Path, tmp_path: Path) -> None:
    """A place that cannot be opened leaves the one before open."""
    context = Context(SecretBox())
    assert isinstance(run(_folder(folder), context, _unheard), PlaceOpened)
    before = context.opened
    assert isinstance(run(_folder(tmp_path / "missing"), context, _unheard), Failed)
    assert before is context.opened
    context.close()
    assert context.opened is None


def test_nothing_is_asked_without_a_place() -> None:
    """Effects that need an open place fail where there is none."""
    answer = run(Assemble(1, Choice()), Context(SecretBox()), _unheard)
    assert isinstance(answer, Failed)


def test_a_server_is_read(publisher: Path, tmp_path: Path) -> None:
    """A certificate becomes a server; an address that is none is refused."""
    context = Context(SecretBox())
    effect = ReadServer(1, Function.CCM_TFTP, publisher, "", "10.0.0.1")
    answer = run(effect, context, _unheard)
    assert isinstance(answer, ServerRead)
    assert (None, "10.0.0.1") == (answer.server.name, answer.server.address)
    refused = run(replace(effect, address="pub"), context, _unheard)
    assert isinstance(refused, Failed)
    assert "server-address-wrong" == refused.error.code
    missing = run(replace(effect, file=tmp_path / "none.pem"), context, _unheard)
    assert isinstance(missing, Failed)
    assert isinstance(missing.error, InputError)


@dataclass(slots=True)
class _Asked:
    """Answers what an effect asks, as a window would."""

    context: Context
    password: str = ""
    accepts: bool = True
    questions: list[Event] = field(default_factory=list)

    def __call__(self, event: Event) -> None:
        self.questions.append(event)
        if isinstance(event, PasswordWanted | HostKeyMet):
            self.context.box.put(self.password)
            run(Answer(event.request, accepted=self.accepts), self.context, self)


def test_a_password_is_asked_for() -> None:
    """The typed password goes first; after it the window is asked, which may decline."""
    context = Context(SecretBox())
    running = context.running(1)
    asked = _Asked(context, "second")
    running.emit, running.password = asked, Pin("first")
    prompt = WindowPrompt(context)
    assert prompt.ask_password("admin", "pub") is None
    with context.using_place(running):
        given = [prompt.ask_password("admin", "pub") for _ in range(2)]
        assert ["first", "second"] == [item.reveal() for item in given if item]
        asked.accepts = False
        assert prompt.ask_password("admin", "pub") is None
        assert not prompt.confirm_host_key(HostKey("pub", 22, "ssh-rsa", "SHA256:x"))
    assert 3 == len(asked.questions)


def test_a_question_ends_with_its_effect() -> None:
    """An effect that waits for an answer goes on with no when it is stopped."""
    context = Context(SecretBox())
    running = context.running(1)
    asked = threading.Event()
    running.emit = lambda _event: asked.set()
    answers: list[bool] = []
    question = HostKeyMet(1, HostKey("pub", 22, "ssh-rsa", "SHA256:x"))
    waiting = threading.Thread(target=lambda: answers.append(running.ask(question)))
    waiting.start()
    assert asked.wait(30)
    context.close()
    waiting.join(30)
    assert [False] == answers


def test_no_token_says_why(wizard: Wizard, folder: Path, open_folder: OpenFolder) -> None:
    """Without a token it is told which libraries were tried, and what the usual causes are."""
    open_folder(wizard, folder)
    wizard.do(Dismissed(), Next())
    wizard.until(lambda state: state.tokens)
    shown = wizard.view
    assert isinstance(shown, InsertTokenView)
    assert [True] == [item.loaded for item in shown.modules]
    assert shown.causes


def test_tokens_stand_in_the_order_of_their_labels(
    wizard: Wizard, desk: Desk, folder: Path, open_folder: OpenFolder
) -> None:
    """Whichever slots they are in."""
    desk.plug(desk.stranger, desk.third, desk.second, desk.first)
    open_folder(wizard, folder)
    wizard.do(Dismissed(), Next())
    state = wizard.until(lambda state: state.tokens)
    assert state.tokens is not None
    seen = [token.label for token in state.tokens.tokens]
    assert sorted((desk.first, desk.second, desk.third, desk.stranger)) == seen


def test_a_module_that_does_not_load(tmp_path: Path) -> None:
    """A library that is none is told with the loader's own words."""
    broken = tmp_path / "libbroken.so"
    broken.write_text("no library")
    context = Context(SecretBox(), modules=(str(broken),))
    looks: list[Event] = []

    def heard(event: Event) -> None:
        looks.append(event)
        run(StopWatch(7), context, _unheard)

    assert run(WatchTokens(7), context, heard) is None
    (look,) = looks
    assert isinstance(look, TokensLooked)
    (module,) = look.tokens.modules
    assert (False, str(broken)) == (module.loaded, module.path)
    assert module.problem is not None


def test_where_libraries_were_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is none at all, the page has the paths that were tried."""
    monkeypatch.setattr(System, "current", lambda: System("darwin", p11_kit=("/nowhere",)))
    context = Context(SecretBox())
    looks: list[Event] = []

    def heard(event: Event) -> None:
        looks.append(event)
        run(StopWatch(7), context, _unheard)

    assert run(WatchTokens(7), context, heard) is None
    (look,) = looks
    assert isinstance(look, TokensLooked)
    assert () == look.tokens.modules
    told = [cause.text for cause in look.tokens.causes]
    assert "looked for opensc-pkcs11.so in /Library/OpenSC/lib, /usr/local/lib, " in "\n".join(told)


def test_restoring_the_list_of_a_folder(
    wizard: Wizard,
    desk: Desk,
    folder: Path,
    publisher: Path,
    open_folder: OpenFolder,
    add_token: AddToken,
) -> None:
    """A second list is taken back: it is told what phones would do, confirmed, and then swapped.

    What is kept by then has to be what was confirmed.
    """

    def finish() -> bytes:
        wizard.do(Next())
        wizard.on(Screen.REVIEW)
        wizard.do(Next())
        wizard.enter(desk.right_pin)
        wizard.on(Screen.SERVERS)
        return (folder / "CTLFile.tlv").read_bytes()

    open_folder(wizard, folder)
    wizard.do(Dismissed(), Next())
    add_token(wizard, desk, desk.first)
    wizard.do(AddServer(Function.CCM_TFTP, publisher, "", "10.0.0.1"))
    wizard.rests()
    wizard.do(AddTokens())
    add_token(wizard, desk, desk.second)
    first = finish()
    wizard = wizard.another()
    open_folder(wizard, folder)
    wizard.do(Next())
    add_token(wizard, desk, desk.first)
    second = finish()
    assert first != second
    signed = wizard.view
    assert isinstance(signed, ServersView)
    assert desk.first == signed.signer
    wizard.do(RestoreWanted())
    wizard.rests()
    assert isinstance(wizard.state.dialogs[0], RestoreDialog)
    assert second == (folder / "CTLFile.tlv").read_bytes()
    asked = wizard.view.frame.asked
    assert asked is not None
    assert asked.confirmations
    wizard.do(RestoreAgreed())
    assert [] == wizard.of(Restore)
    said = [
        WordTyped(item.key, item.word) if item.word else Confirmed(item.key)
        for item in asked.confirmations
    ]
    (folder / "CTLFile_old.tlv").write_bytes(second)
    wizard.do(*said, RestoreAgreed())
    assert "place-changed" == getattr(wizard.rests().problem, "code", "")
    (folder / "CTLFile_old.tlv").write_bytes(first)
    wizard.do(RestoreWanted())
    wizard.rests()
    wizard.do(*said, RestoreAgreed())
    wizard.rests()
    shown = wizard.view
    assert isinstance(shown, ServersView)
    assert shown.restored
    assert desk.second == shown.signer
    assert signed.signer_serial != shown.signer_serial
    assert (first, second) == tuple(
        (folder / name).read_bytes() for name in ("CTLFile.tlv", "CTLFile_old.tlv")
    )
    wizard.close()


class _Practice:
    """A practice that is a folder and the tokens of a test."""

    def __init__(self, address: str, module: Path) -> None:
        self.ready = PracticeReady(address, (str(module),))
        self.closed = False

    def start(self) -> PracticeReady:
        """Return it."""
        return self.ready

    def close(self) -> None:
        """Take it away."""
        self.closed = True


def test_practice(wizard: Wizard, desk: Desk, folder: Path) -> None:
    """Practice has its own place and its own tokens, and ends with the wizard."""
    practice = _Practice(f"folder:{folder}", desk.module.path)
    wizard.context.practice = practice
    wizard.context.modules = ("/nowhere/libnone.so",)
    wizard.do(FormChanged(ServerForm(PlaceKind.PRACTICE)), Next())
    wizard.on(Screen.ACTION)
    desk.plug(desk.first)
    wizard.do(Dismissed(), Next())
    token = wizard.until(lambda state: state.token).token
    assert token is not None
    assert desk.first == token.label
    wizard.context.close()
    assert practice.closed


def test_what_was_not_prepared_is_not_signed(folder: Path) -> None:
    """Only the last list that was decided can be signed; its PIN is dropped with the refusal."""
    context = Context(SecretBox())
    run(_folder(folder), context, _unheard)
    context.box.put("marker")
    answer = run(Sign(2, 1, Consent(), frozenset(), last_try=False), context, _unheard)
    assert isinstance(answer, Failed)
    assert "wizard-not-prepared" == answer.error.code
    assert context.box.take() is None
    context.close()


def test_a_missing_node_is_confirmed_by_name(folder: Path) -> None:
    """The worker as well signs nothing while a node that does not answer is not confirmed."""
    absent = NodeState("sub", None, error=NetworkError("node-not-asked", node="sub", reason=""))
    context = Context(SecretBox())
    run(_folder(folder), context, _unheard)
    nothing = cast("Any", None)
    place = context.opened.place if context.opened else nothing
    decided = Prepared(place, Look((), (absent,)), "", nothing, nothing, (), nothing)
    context.prepared = (1, decided)
    answer = run(Sign(2, 1, Consent(), frozenset({"pub"}), last_try=False), context, _unheard)
    assert isinstance(answer, Failed)
    assert "nodes-missing" == answer.error.code
    context.close()
