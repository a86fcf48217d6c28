"""Pages 9 to 11: Progress, Servers, What remains."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from ctlkit.errors import NetworkError, UntrustedError
from ctlkit.messages import Message, Severity
from ctlkit.place import NodeFile, Progress, Published, Step
from ctlkit_gui.flow.events import RestartWanted, RestoreWanted, RetryNodes, VouchingWanted
from ctlkit_gui.flow.state import Busy, Work
from ctlkit_gui.flow.values import Screen, SigningStep, VouchedShown
from ctlkit_gui.flow.views import (
    Button,
    Frame,
    ProgressView,
    RemainsView,
    ServersView,
)
from ctlkit_gui.qt.pages.progress import ProgressPage
from ctlkit_gui.qt.pages.remains import RemainsPage
from ctlkit_gui.qt.pages.servers import ServersPage

if TYPE_CHECKING:
    from tests.gui.qt.conftest import ShownPage, ShowPage

REFUSED = NetworkError("ssh-unreachable", host="10.0.0.3", reason="Connection refused")


def frame(screen: Screen, busy: Work | None = None) -> Frame:
    """Return what is around a page."""
    return Frame(screen, Button(), Button(), Button(), busy=Busy(1, busy) if busy else None)


def note(code: str, **values: object) -> Message:
    """Return a note."""
    return Message(code, values, Severity.NOTE)


FILE = NodeFile("/tftp/CTLFile.tlv", b"list", 0.0)
PUBLISHED = (
    Published("pub", FILE, changed=True, kept="/tftp/CTLFile_old.tlv"),
    Published("sub1", FILE, changed=False, kept=None),
    Published("sub2", None, changed=False, kept=None, error=REFUSED),
)
NODES = (
    ("pub", Progress("pub", Step.DONE)),
    ("sub1", Progress("sub1", Step.WRITING)),
    ("sub2", None),
)
PROGRESS = ProgressView(
    frame(Screen.PROGRESS, Work.SIGNING),
    step=SigningStep.KEEP,
    nodes=NODES,
    reader=False,
    published=(),
    retry=Button(shown=False),
    switched=None,
)


def test_progress_shows_each_step_and_node(show_page: ShowPage) -> None:
    """Steps and nodes have their state in words while it runs."""
    shown = show_page(ProgressPage, PROGRESS)
    page = shown.page
    assert ("done", "done", "running", "to come") == page.steps.words
    assert ["done", "writing", "waiting"] == shown.cells(1)
    assert not page.retry.isVisible()
    assert not page.reader.isVisible()
    page.show_view(replace(PROGRESS, reader=True, step=SigningStep.SIGN))
    assert page.reader.isVisible()


def test_progress_says_what_failed(show_page: ShowPage) -> None:
    """Nodes that failed are named with the reason, and Retry is told."""
    over = replace(
        PROGRESS, frame=frame(Screen.PROGRESS), published=PUBLISHED, retry=Button(), nodes=NODES[:1]
    )
    shown = show_page(ProgressPage, over)
    page, events = shown.page, shown.events
    assert ("done", "done", "done", "stopped here") == page.steps.words
    assert ["done", "was so already", "failed"] == shown.cells(1)
    assert page.errors.text.startswith("sub2: ")
    assert page.retry is page.focusWidget()
    page.retry.click()
    assert [RetryNodes()] == events
    page.show_view(replace(PROGRESS, published=PUBLISHED))
    assert "" == page.errors.text


def test_progress_of_a_list_that_is_nowhere(show_page: ShowPage) -> None:
    """A list that could be written nowhere is not said to be written, and nothing to be kept."""
    nowhere = replace(PROGRESS, frame=frame(Screen.PROGRESS), published=PUBLISHED[2:])
    shown = show_page(ProgressPage, nowhere)
    assert ("done", "done", "to come", "stopped here") == shown.page.steps.words


def test_progress_that_stopped_shows_where(show_page: ShowPage) -> None:
    """A step at which it stopped is neither done nor running."""
    shown = show_page(ProgressPage, replace(PROGRESS, frame=frame(Screen.PROGRESS)))
    page = shown.page
    assert ("done", "done", "stopped here", "to come") == page.steps.words


SERVERS = ServersView(
    frame(Screen.SERVERS),
    published=PUBLISHED,
    signer="SAST-ADN0054f509",
    signer_serial="3C:F9:27:00:00:00:AF:A2:DA:45",
    restored=False,
    restore=Button(),
    retry=Button(shown=False),
)


@pytest.fixture
def servers(show_page: ShowPage) -> ShownPage:
    """Return the Servers page."""
    return show_page(ServersPage, SERVERS)


def test_servers_show_what_was_read_back(servers: ShownPage) -> None:
    """Location, status, MD5 and SHA-1 stand in the table, the selected node's in full."""
    page = servers.page
    assert [FILE.name, FILE.name, ""] == servers.cells(1)
    assert ["done", "was so already", "failed"] == servers.cells(2)
    assert [FILE.md5, FILE.md5, ""] == servers.cells(3)
    assert [FILE.sha1, FILE.sha1, ""] == servers.cells(4)
    assert FILE.sha1 == page.fields.value("SHA-1")
    page.table.selectRow(2)
    assert "" == page.fields.value("SHA-1")


def test_the_signers_serial_is_large(servers: ShownPage) -> None:
    """The serial is larger than the text around it, and can be copied."""
    page = servers.page
    assert page.serial.font().pointSizeF() > 1.5 * page.font().pointSizeF()
    page.copy_serial.click()
    assert SERVERS.signer_serial == servers.clipboard


def test_all_of_the_servers_can_be_copied(servers: ShownPage) -> None:
    """Copy All gives serial, nodes and checksums as text."""
    page = servers.page
    page.copy_all.click()
    for text in (SERVERS.signer_serial, "pub", FILE.name, f"MD5 {FILE.md5}", "sub2"):
        assert text in servers.clipboard


def test_restore_and_retry_are_told(servers: ShownPage) -> None:
    """Both buttons tell; the one that a view does not show is hidden."""
    page, events = servers.page, servers.events
    assert not page.retry.isVisible()
    page.show_view(replace(SERVERS, retry=Button()))
    page.retry.click()
    page.restore.click()
    assert [RetryNodes(), RestoreWanted()] == events


REMAINS = RemainsView(
    frame(Screen.REMAINS),
    items=(note("remains-services"), note("remains-checksums", md5="ef01", sha1="abcd")),
    restart=Button(),
    restarted=(),
    nodes=(),
    restore=Button(shown=False),
)


def test_what_remains_is_copied_as_a_checklist(show_page: ShowPage) -> None:
    """Each item is a line with a box before it."""
    shown = show_page(RemainsPage, REMAINS)
    page = shown.page
    page.copy_list.click()
    first, second = shown.clipboard.split("\n")
    assert first.startswith("[ ] Restart TFTP and CallManager")
    assert "phones show: MD5 ef01, or SHA-1 abcd." in second


def test_the_trust_service_is_asked_where_that_can_be(show_page: ShowPage) -> None:
    """The button is there for a cluster; what each node says stands below, with what to do."""
    shown = show_page(RemainsPage, REMAINS)
    page, events = shown.page, shown.events
    assert not page.ask.isVisible()
    page.show_view(replace(REMAINS, ask=Button()))
    page.ask.click()
    assert [VouchingWanted()] == events
    unknown = UntrustedError("tvs-unknown", node="cucm-sub1")
    said = (VouchedShown("cucm-pub"), VouchedShown("cucm-sub1", unknown))
    page.show_view(replace(REMAINS, ask=Button(), vouched=said))
    first, second, advice = page.vouching.text.split("\n")
    assert "cucm-pub: vouches for the list's signer." == first
    assert "cucm-sub1: the trust service does not know that certificate." == second
    assert "Phone-SAST-trust" in advice


def test_the_list_before_can_be_put_back_at_the_end(show_page: ShowPage) -> None:
    """Restore is there as on the page before."""
    shown = show_page(RemainsPage, replace(REMAINS, restore=Button()))
    shown.page.restore.click()
    assert [RestoreWanted()] == shown.events


def test_services_are_restarted_where_that_can_be(show_page: ShowPage) -> None:
    """Restart tells; where it cannot be pressed the page says why; nodes are shown as they go."""
    shown = show_page(RemainsPage, REMAINS)
    page, events = shown.page, shown.events
    assert not page.table.isVisible()
    page.restart.click()
    assert [RestartWanted()] == events
    page.show_view(
        replace(REMAINS, nodes=NODES, restart=Button(why=Message("wizard-nodes-differ")))
    )
    assert ["done", "writing", "waiting"] == shown.cells(1)
    assert not page.restart.isEnabled()
    assert any("Not every node holds the same list" in text for text in shown.texts())


def test_progress_is_named_whole_and_steady(show_page: ShowPage) -> None:
    """What takes the focus has a name, no text is cut, and the same view changes nothing."""
    shown = show_page(ProgressPage, PROGRESS)
    shown.assert_named()
    shown.assert_idempotent(PROGRESS)
    for width in (460, 800):
        shown.assert_nothing_cut(width)


def test_servers_is_named_whole_and_steady(show_page: ShowPage) -> None:
    """What takes the focus has a name, no text is cut, and the same view changes nothing."""
    shown = show_page(ServersPage, SERVERS)
    shown.assert_named()
    shown.assert_idempotent(SERVERS)
    for width in (460, 800):
        shown.assert_nothing_cut(width)


def test_what_remains_is_named_whole_and_steady(show_page: ShowPage) -> None:
    """What takes the focus has a name, no text is cut, and the same view changes nothing."""
    shown = show_page(RemainsPage, REMAINS)
    shown.assert_named()
    shown.assert_idempotent(REMAINS)
    for width in (460, 800):
        shown.assert_nothing_cut(width)
