"""The wizard and a cluster with a voice: the practice one."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ctlkit.edit import Mode, RowState
from ctlkit.errors import CancelledError, WrongPinError
from ctlkit.place import Cluster, open_place
from ctlkit.workflows.trust_service import query_place
from ctlkit_gui.flow import (
    Abandon,
    Action,
    ActionChosen,
    AddTokens,
    AskVouching,
    Deleted,
    Dismissed,
    Event,
    Failed,
    FormChanged,
    Next,
    OpenPlace,
    PlaceKind,
    PlaceOpened,
    RemainsView,
    RestartWanted,
    ReviewView,
    Screen,
    ServerForm,
    VouchingWanted,
    WordTyped,
)
from ctlkit_gui.work import Context, SecretBox, run
from ctlkit_lab.cluster import PracticeCluster, RunningCluster
from ctlkit_lab.model import LabOptions

if TYPE_CHECKING:
    from tests.gui.conftest import Desk
    from tests.gui.work.conftest import AddToken, Wizard


_PATIENCE = 60.0


def test_setting_a_cluster_to_mixed_mode(
    wizard: Wizard, desk: Desk, cluster: RunningCluster, add_token: AddToken
) -> None:
    """A wrong PIN leaves the mode as it is; the right one sets it, and services are restarted."""
    folder = cluster.place_url.removeprefix("lab:")
    wizard.do(FormChanged(ServerForm(PlaceKind.LAB, folder=folder)), Next())
    state = wizard.on(Screen.ACTION)
    assert state.place is not None
    assert (Mode.NON_SECURE, None) == (state.place.mode, state.place.says)
    wizard.do(ActionChosen(Action.MIXED), Next())
    state = add_token(wizard, desk, desk.first)
    assert state.assembly is not None
    server = next(row for row in state.assembly.entries if row.function == "CAPF")
    assert (RowState.NEW, "server-in-cluster") == (server.state, getattr(server.locked, "code", ""))
    wizard.do(Deleted((server.key,)))
    assert wizard.state.problem is server.locked
    wizard.do(AddTokens())
    add_token(wizard, desk, desk.second)
    wizard.do(Next())
    wizard.on(Screen.REVIEW)
    shown = wizard.view
    assert isinstance(shown, ReviewView)
    assert Mode.MIXED is shown.switch
    assert shown.verdicts
    wizard.do(*(WordTyped(item.key, item.word) for item in shown.confirmations), Next())

    wizard.enter(desk.wrong_pin)
    state = wizard.on(Screen.PASSWORD)
    assert isinstance(state.problem, WrongPinError)
    assert state.switched is None
    wizard.enter(desk.right_pin)
    state = wizard.on(Screen.SERVERS)
    assert state.switched is not None
    assert state.published is not None
    held = {item.present.sha1 for item in state.published.published if item.present}
    assert (2, 1) == (len(state.published.published), len(held))

    wizard.do(Next(), VouchingWanted())
    state = wizard.rests()
    codes = [item.error.code if item.error else "" for item in state.vouched]
    assert (2, {"tvs-unknown"}) == (len(codes), set(codes))
    for token in state.choice.tokens:
        assert token.certificate is not None
        cluster.practice.trust_add("Phone-SAST-trust", token.certificate.der)
    wizard.do(VouchingWanted())
    assert [None, None] == [item.error for item in wizard.rests().vouched]
    wizard.do(RestartWanted(), Dismissed())
    wizard.rests()
    remains = wizard.view
    assert isinstance(remains, RemainsView)
    assert [None, None] == [item.error for item in remains.restarted]


@dataclass(frozen=True, slots=True)
class Silent:
    """A cluster in mixed mode whose trust services take every connection and never answer."""

    folder: Path
    listener: socket.socket

    def wait_until_asked(self) -> socket.socket:
        """Wait until a node was asked; return the connection, which the caller closes."""
        connection, _ = self.listener.accept()
        return connection


@pytest.fixture
def silent(tmp_path: Path) -> Iterator[Silent]:
    """Run such a cluster."""
    folder = tmp_path / "lab"
    options = LabOptions(mode="mixed", subscribers=0, phones=0)
    with (
        PracticeCluster.running(folder, options),
        socket.create_server(("127.0.0.1", 0)) as listener,
    ):
        listener.settimeout(_PATIENCE)
        path = folder / "lab.json"
        known = json.loads(path.read_bytes())
        for node in known["nodes"]:
            node["ports"]["tvs"] = listener.getsockname()[1]
        path.write_text(json.dumps(known))
        yield Silent(folder, listener)


def test_asking_for_vouching_ends_when_it_is_cancelled(silent: Silent) -> None:
    """A node that does not answer is not waited for any more, however long it would be given."""
    cancel, ended = threading.Event(), threading.Event()
    errors: list[CancelledError] = []

    def ask(place: Cluster) -> None:
        try:
            query_place(place, now=int(time.time()), timeout=1e6, cancel=cancel)
        except CancelledError as error:
            errors.append(error)
        ended.set()

    with open_place(f"lab:{silent.folder}") as place:
        assert isinstance(place, Cluster)
        asking = threading.Thread(target=ask, args=(place,), daemon=True)
        asking.start()
        with silent.wait_until_asked():
            assert not ended.is_set()
            cancel.set()
            assert ended.wait(_PATIENCE)
        asking.join()
    assert ["interrupted"] == [error.code for error in errors]


def test_cancelling_the_question_frees_the_place(silent: Silent, tmp_path: Path) -> None:
    """What the wizard was told to stop has no answer of the nodes; the place is free again."""
    context = Context(SecretBox(), known_hosts=tmp_path / "known_hosts")
    form = ServerForm(PlaceKind.LAB, folder=str(silent.folder))
    opening = OpenPlace(1, form, Mode.MIXED)
    assert isinstance(run(opening, context, _unheard), PlaceOpened)
    answers: list[Event | None] = []
    asking = threading.Thread(target=lambda: answers.append(run(AskVouching(2), context, _unheard)))
    asking.start()
    with silent.wait_until_asked():
        run(Abandon(2), context, _unheard)
        asking.join(_PATIENCE)
    (answer,) = answers
    assert isinstance(answer, Failed)
    assert "interrupted" == answer.error.code
    assert isinstance(run(opening, context, _unheard), PlaceOpened)
    context.close()


def _unheard(_event: Event) -> None:
    """Hear nothing."""
