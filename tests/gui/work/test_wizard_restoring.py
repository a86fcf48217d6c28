"""The wizard puts the kept list back on a cluster, of which one node refuses."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ctlkit.messages import Severity
from ctlkit.place import LIST_NAME, OLD_NAME
from ctlkit_gui.flow import (
    Action,
    ActionChosen,
    AddTokens,
    Confirmed,
    FormChanged,
    Next,
    PlaceKind,
    Restore,
    RestoreAgreed,
    RestoreDialog,
    RestoreWanted,
    RetryNodes,
    ReviewView,
    Screen,
    ServerForm,
    ServersView,
    WordTyped,
)

if TYPE_CHECKING:
    from ctlkit_lab.cluster import RunningCluster
    from tests.gui.conftest import Desk
    from tests.gui.work.conftest import AddToken, Wizard

SWAP_NAME = "CTLFile_swap.tlv"


def _publish(wizard: Wizard, desk: Desk, folder: str, add_token: AddToken) -> None:
    """Set the cluster to mixed mode, and put a list of two tokens there."""
    wizard.do(FormChanged(ServerForm(PlaceKind.LAB, folder=folder)), Next())
    wizard.on(Screen.ACTION)
    wizard.do(ActionChosen(Action.MIXED), Next())
    add_token(wizard, desk, desk.first)
    wizard.do(AddTokens())
    add_token(wizard, desk, desk.second)
    wizard.do(Next())
    wizard.on(Screen.REVIEW)
    shown = wizard.view
    assert isinstance(shown, ReviewView)
    wizard.do(*(WordTyped(item.key, item.word) for item in shown.confirmations), Next())
    wizard.enter(desk.right_pin)
    wizard.on(Screen.SERVERS)


def _files(node: Path) -> list[bytes | None]:
    paths = [node / LIST_NAME, node / OLD_NAME]
    return [path.read_bytes() if path.exists() else None for path in paths]


def _servers(wizard: Wizard) -> ServersView:
    shown = wizard.view
    assert isinstance(shown, ServersView)
    return shown


def test_restoring_a_cluster_of_which_a_node_refuses(
    wizard: Wizard, desk: Desk, cluster: RunningCluster, add_token: AddToken
) -> None:
    """The word is typed, one node is done, and Retry brings the other to the same list."""
    folder = cluster.place_url.removeprefix("lab:")
    _publish(wizard, desk, folder, add_token)
    nodes = sorted(path / "tftp" for path in Path(folder, "cluster", "nodes").iterdir())
    new, kept = _files(nodes[0])
    assert [[new, kept]] * 2 == [_files(node) for node in nodes]
    assert _servers(wizard).restore.enabled
    (nodes[1] / SWAP_NAME).write_bytes(b"left by somebody")
    wizard.do(RestoreWanted())
    dialog = wizard.rests().dialogs[0]
    assert isinstance(dialog, RestoreDialog)
    assert Severity.RED in {item.severity for item in dialog.messages}
    assert dialog.verdicts
    wizard.do(Confirmed("restore"), RestoreAgreed())
    assert [] == wizard.of(Restore)

    asked = wizard.view.frame.asked
    assert asked is not None
    wizard.do(*(WordTyped(item.key, item.word) for item in asked.confirmations), RestoreAgreed())
    state = wizard.rests()
    assert "place-some-restored" == (state.problem.code if state.problem else "")
    assert [[kept, new], [new, kept]] == [_files(node) for node in nodes]
    shown = _servers(wizard)
    assert (True, False) == (shown.retry.enabled, shown.restore.shown)
    wizard.do(RetryNodes())
    wizard.rests()
    assert [new, kept] == _files(nodes[1])
    for name in (SWAP_NAME, OLD_NAME):
        (nodes[1] / name).unlink()
    wizard.do(RetryNodes())
    assert wizard.rests().problem is None
    assert [[kept, new]] * 2 == [_files(node) for node in nodes]
    shown = _servers(wizard)
    assert (False, True) == (shown.retry.shown, shown.restored)
