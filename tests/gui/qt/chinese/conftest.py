"""Views that bring every text of every page and question to be seen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from ctlkit.acceptance import Answer, ClassVerdict, PhoneClass, Remedy, Verdict, shipped_models
from ctlkit.edit import Mode, RowState
from ctlkit.errors import CtlkitError, FormatError, InputError, NetworkError, PinState, RuleError
from ctlkit.messages import Message, Severity
from ctlkit.place import HandOver, HostKey, NodeFile, Progress, Published, Step
from ctlkit_gui.flow.state import (
    Busy,
    Dialog,
    HandOverDialog,
    HostKeyDialog,
    LeaveDialog,
    NoticeDialog,
    NoticeKind,
    PasswordDialog,
    Purpose,
    RestoreDialog,
    Work,
)
from ctlkit_gui.flow.token_values import CertificateShown, ModuleShown, TokenShown
from ctlkit_gui.flow.values import (
    Action,
    EntryShown,
    NodeShown,
    PlaceKind,
    Screen,
    ServerForm,
    SigningStep,
)
from ctlkit_gui.flow.views import (
    RESTORE_KEY,
    ActionView,
    Asked,
    Button,
    Confirmation,
    EntriesView,
    Frame,
    InsertTokenView,
    PasswordView,
    ProgressView,
    RemainsView,
    ReviewLine,
    ReviewView,
    ServersView,
    ServerView,
    TokenView,
    View,
)

REFUSED = NetworkError("ssh-unreachable", host="10.0.0.3", reason="111")
CERTIFICATE = CertificateShown(
    title="SAST-0054F509",
    subject="CN=SAST-0054F509",
    issuer="CN=ISSUER",
    serial="13:FD:02",
    serial_hex="13FD02",
    serial_decimal="1309954",
    valid_from=1425675387,
    valid_to=1899000000,
    key="RSA 1024",
    sha1="A1:" * 19 + "FF",
    sha256="B2:" * 31 + "00",
    der=b"der",
    file_name="SAST-0054F509.cer",
)
FIRST = TokenShown("uri-1", "FIRST", "0054F509", "SAFENET", "ETOKEN", certificate=CERTIFICATE)
TOKENS = (
    replace(FIRST, notes=(Message("few-sast", {"count": 1}),)),
    *(
        replace(FIRST, uri=f"uri-{state.value}", pin_state=state, certificate=None)
        for state in PinState
    ),
)
MODULE = ModuleShown(
    "/usr/lib/libeTPkcs11.so", "SAFENET", loaded=False, problem=Message("few-sast", {"count": 1})
)


def frame(screen: Screen) -> Frame:
    """Return what is around a page, with every button that there is."""
    return Frame(screen, Button(), Button(), Button())


def entry(key: str, state: RowState, **more: object) -> EntryShown:
    """Return a row."""
    row = EntryShown(key, state, "SAST", "10.0.0.1", "CN=A", "CN=B", key, certificate=CERTIFICATE)
    return replace(row, **more)  # type: ignore[arg-type]


ENTRIES = (
    entry("01", RowState.NEW),
    entry("02", RowState.KEPT, locked=RuleError("sast-stays", rule=3, subject="CN=A")),
    entry("03", RowState.CHANGED, old_serial="99"),
    entry("04", RowState.REMOVED, remove="04"),
)
FILE = NodeFile("/tftp/CTLFile.tlv", b"list", 0.0)
PUBLISHED = (
    Published("PUB", FILE, changed=True, kept="/tftp/CTLFile_old.tlv"),
    Published("SUB1", FILE, changed=False, kept=None),
    Published("SUB2", None, changed=False, kept=None, error=REFUSED),
)
NODES = (*((f"N{step.name}", Progress("N", step)) for step in Step), ("NONE", None))
STALE = {"node": "PUB", "old": "70CA", "new": "1234", "rule": 4}


TITLED = {
    "title": "FIRST (serial 0054F509)",
    "known": "FIRST (serial 0054F509), SECOND (serial 00555B11)",
    "rule": 2,
}
COMPOSED = (
    Message("signer-new", TITLED, Severity.RED),
    Message("wizard-signer-wanted", {"titles": TITLED["known"]}),
    *(Message("phones-asking", {"model": model.name}) for model in shipped_models()),
)
BY_HAND = Remedy(
    Message("remedy-by-hand"),
    tuple(
        Message("step-erase", {"models": model.name, "way": model.erase})
        for model in shipped_models()
        if model.erase and "unlock" in model.erase  # the names of menus alone stay as they are
    ),
)
"""Messages whose values are put together by the library itself."""


def _verdict(answer: Answer, count: int | None) -> ClassVerdict:
    why = Verdict(answer, Message("few-sast", {"count": 1}))
    return ClassVerdict(PhoneClass(shipped_models().models[0], count), why, (why,))


DAMAGED = (
    FormatError("file-empty", offset=0, path="header"),
    FormatError("record-length-missing", offset=9, path="record 3 / CERTIFICATE"),
    RuleError("nodes-differ", rule=11, held="PUB none, SUB1 00AB12CD"),
)


def _servers() -> Iterator[View]:
    server = ServerView(frame(Screen.SERVER), tuple(PlaceKind), ("OFFICE",), ServerForm())
    for kind in PlaceKind:
        yield replace(server, form=ServerForm(kind, name="OFFICE"))
    for work in Work:
        yield replace(server, frame=replace(server.frame, busy=Busy(1, work)))
    stopping = Busy(1, Work.OPENING, stopping=True)
    why = Button(Message("wizard-host-missing"))
    yield replace(server, frame=replace(server.frame, busy=stopping))
    yield replace(server, frame=replace(server.frame, problem=REFUSED, next=why))
    for problem in DAMAGED:
        yield replace(server, frame=replace(server.frame, problem=problem))


def _actions() -> Iterator[View]:
    nodes = (
        NodeShown("PUB", "/tftp/CTLFile.tlv", "SAST-A", "01", 1425675387, "00", "00"),
        NodeShown("SUB1"),
        NodeShown("SUB2", error=REFUSED, answers=False),
    )
    for mode in Mode:
        yield ActionView(
            frame=frame(Screen.ACTION),
            place="folder:/srv",
            mode=mode,
            says=mode,
            release="12.5.1",
            nodes=nodes,
            action=None,
            actions={action: Button(Message("wizard-busy")) for action in Action},
        )


def _tokens() -> Iterator[View]:
    insert = InsertTokenView(
        frame=frame(Screen.INSERT_TOKEN),
        purpose=Purpose.SIGN,
        wanted=("FIRST (0054F509)", "SECOND (00555B11)"),
        looking=False,
        tokens=TOKENS,
        selected="uri-1",
        added=frozenset({"uri-1"}),
        modules=(MODULE, replace(MODULE, path="/b", loaded=True, problem=None)),
        causes=(Message("wizard-token-missing"),),
    )
    yield from (insert, replace(insert, tokens=()), replace(insert, tokens=(), looking=True))
    for token in TOKENS:
        yield TokenView(frame(Screen.TOKEN), token, token.certificate)
    problem = CtlkitError("wizard-internal", kind="X")
    yield TokenView(frame(Screen.TOKEN), replace(TOKENS[0], problem=problem), None)


def _passwords() -> Iterator[View]:
    password = PasswordView(
        frame=frame(Screen.PASSWORD),
        token=FIRST,
        pin_state=PinState.OK,
        field=True,
        pin_pad=False,
        last_try=True,
        last_try_ticked=False,
        refused=False,
    )
    for state in PinState:
        yield replace(password, pin_state=state)
    yield replace(password, field=False, pin_pad=True)
    yield replace(password, field=False)


LINES = (
    ReviewLine(Message("stale-entry", STALE, Severity.RED), "stale:70CA"),
    ReviewLine(
        Message(
            "phones-refuse",
            {"word": "412", "phones": Message("phones-other"), "reason": REFUSED, "rule": 9},
            Severity.RED,
        ),
        "word:412",
    ),
    ReviewLine(Message("stale-until-restart", STALE, Severity.AMBER)),
    ReviewLine(Message("remains-backup")),
)
CONFIRMATIONS = (
    Confirmation("word:412", "412"),
    Confirmation("stale:70CA", done=True),
    Confirmation("node:SUB2"),
)
VERDICTS = tuple(_verdict(answer, count) for answer in Answer for count in (None, 3))


def _lists() -> Iterator[View]:
    for creating in (True, False):
        yield EntriesView(
            frame(Screen.ENTRIES), ENTRIES, creating, Button(), Button(Message("wizard-busy"))
        )
    review = ReviewView(
        frame(Screen.REVIEW),
        entries=ENTRIES,
        lines=LINES,
        confirmations=CONFIRMATIONS,
        absent={"SUB2": REFUSED},
        signer=FIRST,
        signers=(FIRST, TOKENS[1]),
        mode=Mode.MIXED,
        switch=Mode.MIXED,
        digest="SHA-1",
        verdicts=VERDICTS,
        remedies=(Remedy(Message("remedy-upload"), (Message("remains-backup"),)),),
    )
    yield review
    yield replace(review, lines=tuple(map(ReviewLine, COMPOSED)), remedies=(BY_HAND,))
    yield replace(review, phones=Path("/srv/phones.csv"))
    yield replace(review, mode=Mode.NON_SECURE, switch=Mode.NON_SECURE, verdicts=())


def _last() -> Iterator[View]:
    progress = ProgressView(
        frame(Screen.PROGRESS),
        step=SigningStep.KEEP,
        nodes=NODES,
        reader=True,
        published=(),
        retry=Button(),
        switched=Message("mode-disagrees", {"mode": "mixed", "says": "mixed", "rule": 5}),
    )
    yield progress
    yield replace(progress, frame=replace(progress.frame, busy=Busy(1, Work.SIGNING)))
    yield replace(progress, published=PUBLISHED)
    servers = ServersView(
        frame(Screen.SERVERS), PUBLISHED, "SAST-A", "3C:F9", False, Button(), Button()
    )
    yield from (servers, replace(servers, restored=True))
    yield RemainsView(
        frame(Screen.REMAINS),
        items=(Message("remains-phones"), *(Message("remains-backup"),) * 60),
        restart=Button(Message("wizard-nodes-differ")),
        restarted=PUBLISHED,
        nodes=NODES,
        restore=Button(),
    )


@pytest.fixture
def views() -> tuple[View, ...]:
    """Return views that bring every text of every page to be seen."""
    parts = (_servers(), _actions(), _tokens(), _lists(), _passwords(), _last())
    return tuple(view for part in parts for view in part)


@pytest.fixture
def questions() -> tuple[Dialog, ...]:
    """Return every question that can lie over a page."""
    steps = (Message("hand-over-sign-in"), Message("hand-over-upload"))
    kept = {"PUB": Path("/srv/old"), "SUB1": Path("/srv/old1")}
    hand_over = HandOver(Path("/srv/a"), "CTLFile.tlv", ("PUB", "SUB1"), "AB" * 20, kept, steps)
    return (
        NoticeDialog(NoticeKind.UNKNOWN_TOKEN, RuleError("token-not-in-list", rule=1)),
        NoticeDialog(NoticeKind.MODE, Message("mixed-without-list")),
        NoticeDialog(NoticeKind.MODE, InputError("file-missing", file="A")),
        HostKeyDialog(1, HostKey("10.0.0.1", 22, "ssh-ed25519", "SHA256:ABC")),
        PasswordDialog(1, "ADMIN", "10.0.0.1"),
        HandOverDialog(1, hand_over),
        LeaveDialog(),
        RestoreDialog((Message("remains-backup"),), VERDICTS, {"SUB2": REFUSED}),
    )


@pytest.fixture
def confirmed() -> Asked:
    """Return what a question wants confirmed."""
    return Asked(
        LINES, (*CONFIRMATIONS, Confirmation(RESTORE_KEY)), Button(Message("wizard-unconfirmed"))
    )


@pytest.fixture
def shown() -> CertificateShown:
    """Return a certificate."""
    return CERTIFICATE
