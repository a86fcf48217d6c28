"""What the tests of the wizard's flow share: a made-up world that answers its effects.

Rules:

* Nothing here touches a token, a file or a server: the flow is a function of values.
* The world keeps rule 1 and rule 3 as the library does, so that a walk meets their refusals.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType

import pytest

from ctlkit.edit import Mode, RowState
from ctlkit.errors import CtlkitError, PlaceError, RuleError
from ctlkit.messages import Message, Severity
from ctlkit.place import NodeFile, Published
from ctlkit_gui.flow import (
    AddTokens,
    AskRestore,
    AskVouching,
    Assemble,
    Assembled,
    Assembly,
    CertificateShown,
    Choice,
    Dismissed,
    Effect,
    EntryShown,
    Event,
    Failed,
    FormChanged,
    ListPrepared,
    ListPublished,
    Next,
    NodeShown,
    OpenPlace,
    PlaceKind,
    PlaceOpened,
    PlaceShown,
    Prepare,
    Prepared,
    PublishRest,
    ReadServer,
    Remembered,
    Restart,
    Restarted,
    Restore,
    Restored,
    RestoreJudged,
    RestoreRest,
    Screen,
    ServerForm,
    Sign,
    State,
    TokenShown,
    TokensLooked,
    TokensShown,
    VouchedShown,
    VouchingTold,
    WordTyped,
    advance,
    initial,
)


def _token(number: int) -> TokenShown:
    label = f"SAST-{number}"
    certificate = CertificateShown(
        label, label, "CA", "01", "01", "1", 0, 1, "RSA 1024", "AA", "BB", bytes([number])
    )
    return TokenShown(f"pkcs11:token={label}", label, f"{number:04}", certificate=certificate)


@dataclass(slots=True)
class World:
    """What effects find.

    Attributes:
        creating: whether there is no present list.
        tokens: all there are; the present list knows the first and the second.
        red: what has to be confirmed on Review.
        absent: nodes that do not answer.
        failing: nodes that cannot be written.
        restore_red: what has to be confirmed before the kept list is put back.
        kept: where the list before lies on each node, None where there was none.
        is_cluster: whether the place has services.
    """

    creating: bool = True
    tokens: tuple[TokenShown, ...] = field(default_factory=lambda: tuple(map(_token, range(4))))
    red: tuple[Message, ...] = ()
    absent: tuple[str, ...] = ()
    failing: tuple[str, ...] = ()
    restore_red: tuple[Message, ...] = ()
    kept: str | None = "CTLFile_old.tlv"
    is_cluster: bool = True
    warnings: tuple[Message, ...] = ()

    def look(self, *numbers: int) -> TokensShown:
        """Return a look at which these are plugged in."""
        return TokensShown(tuple(self.tokens[number] for number in numbers))

    def answer(self, effect: Effect) -> Event | None:
        """Return what comes of an effect, None for one that is not awaited."""
        try:
            return self._answer(effect)
        except CtlkitError as error:
            return Failed(effect.request, error)

    def _answer(self, effect: Effect) -> Event | None:
        request = effect.request
        match effect:
            case OpenPlace():
                return PlaceOpened(request, self.place())
            case Assemble(choice=choice):
                return Assembled(request, self._assembly(choice))
            case ReadServer():
                return Failed(request, PlaceError("place-no-nodes", place="none"))
            case Prepare(choice=choice, signer=signer):
                return ListPrepared(request, self._prepared(request, choice, signer))
            case Sign() | PublishRest():
                published = self.published()
                error = next((item.error for item in published if item.error), None)
                return ListPublished(request, "SAST-0", "01", published, error)
            case AskRestore():
                said = (Message("restore-phones"), *self.restore_red)
                return RestoreJudged(request, said, (), self._missing())
            case Restore() | RestoreRest():
                published = self.published()
                error = next((item.error for item in published if item.error), None)
                return Restored(request, published, error, "SAST-1", "02")
            case AskVouching():
                refused = PlaceError("place-changed", file="x")
                return VouchingTold(request, (VouchedShown("pub"), VouchedShown("sub", refused)))
            case Restart():
                return Restarted(request, self.published())
        return None

    def place(self) -> PlaceShown:
        """Return the place as it is when it is opened."""
        nodes = tuple(NodeShown(name) for name in ("pub", "sub"))
        says = None if self.creating else Mode.MIXED
        return PlaceShown(
            "lab:", nodes, Mode.MIXED, says, is_cluster=self.is_cluster, warnings=self.warnings
        )

    def published(self) -> tuple[Published, ...]:
        """Return what each node holds afterwards."""
        refused = PlaceError("place-changed", file="x")
        held = NodeFile("CTLFile.tlv", b"new", 0.0)
        return tuple(
            Published(node, None, changed=False, kept=None, error=refused)
            if node in self.failing
            else Published(node, held, changed=True, kept=self.kept)
            for node in ("pub", "sub")
        )

    def known(self, token: TokenShown) -> bool:
        """Whether the present list knows a token."""
        return not self.creating and token in self.tokens[:2]

    def _entries(self, choice: Choice) -> list[EntryShown]:
        fresh = [token for token in choice.tokens if not self.known(token)]
        rows = [self._row(token, RowState.NEW, choice) for token in fresh]
        for token in () if self.creating else self.tokens[:2]:
            gone = token.serial in choice.remove
            rows.append(self._row(token, RowState.REMOVED if gone else RowState.KEPT, choice))
        return rows

    def _row(self, token: TokenShown, state: RowState, choice: Choice) -> EntryShown:
        return EntryShown(
            key=f"{state.value}:{token.uri}",
            state=state,
            function="SAST",
            address="",
            subject=token.label,
            issuer="",
            serial=token.serial,
            token=token.uri if token in choice.tokens else "",
            remove="" if state is RowState.NEW else token.serial,
        )

    def _assembly(self, choice: Choice) -> Assembly:
        known = frozenset(token.uri for token in choice.tokens if self.known(token))
        if not self.creating and not known:
            raise RuleError(
                "token-not-in-list", rule=1, titles="new", known="old", same="", tokenless=False
            )
        rows = self._entries(choice)
        left = sum(row.state is not RowState.REMOVED for row in rows)
        refusal = None
        if left < 2 and not self.creating:
            raise RuleError("two-sast-stay", rule=3, count=left)
        if left < 2:
            refusal = RuleError("two-tokens-needed", rule=1, title=choice.tokens[0].label)
        return Assembly(tuple(rows), known, self.creating, refusal=refusal)

    def _prepared(self, number: int, choice: Choice, signer: str) -> Prepared:
        assembly = self._assembly(choice)
        if assembly.refusal is not None:
            raise assembly.refusal
        return Prepared(
            number,
            signer,
            assembly.entries,
            self.red,
            absent=self._missing(),
        )

    def _missing(self) -> Mapping[str, CtlkitError]:
        missing = PlaceError("place-no-nodes", place="sub")
        return MappingProxyType(dict.fromkeys(self.absent, missing))


class Flow:
    """A wizard in a world, whose effects are answered when the test says so."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.state: State = initial(Remembered())
        self.effects: list[Effect] = []
        self.fresh: list[Effect] = []

    def do(self, *events: Event) -> State:
        """Let something happen, and answer nothing."""
        for event in events:
            self.state, effects = advance(self.state, event)
            self.fresh = list(effects)
            self.effects += effects
        return self.state

    def go(self, *events: Event) -> State:
        """Let something happen, and answer all that is awaited then."""
        for event in events:
            self.do(event)
            while self.state.busy is not None and self.pending is not None:
                answer = self.world.answer(self.pending)
                assert answer is not None
                self.do(answer)
        return self.state

    @property
    def pending(self) -> Effect | None:
        """The effect that is awaited."""
        busy = self.state.busy
        found = [item for item in self.effects if busy and item.request == busy.request]
        return found[0] if found else None

    def plug(self, *numbers: int) -> State:
        """Let the tokens with these numbers be the plugged-in ones."""
        assert self.state.watch is not None
        return self.go(TokensLooked(self.state.watch, self.world.look(*numbers)))

    def of(self, kind: type[Effect]) -> list[Effect]:
        """Return the effects of a kind that there were."""
        return [item for item in self.effects if isinstance(item, kind)]

    def to(self, screen: Screen, *, words: Sequence[str] = ()) -> State:
        """Go to a page the usual way; ``words`` confirm what is red on Review."""
        for step in _WAY[: _WAY_TO[screen]]:
            step(self)
            for word in words if self.state.screen is Screen.REVIEW else ():
                self.do(WordTyped(f"word:{word}", word))
        assert screen is self.state.screen
        return self.state


FORM = replace(ServerForm(), kind=PlaceKind.LAB)


def _open(flow: Flow) -> None:
    flow.go(FormChanged(FORM), Next())
    while flow.state.dialogs:
        flow.go(Dismissed())


def _second(flow: Flow) -> None:
    flow.go(Next(), AddTokens())
    flow.plug(1)
    flow.go(Next())


_WAY = (
    _open,
    lambda flow: flow.go(Next()),
    lambda flow: flow.plug(0),
    _second,
    lambda flow: flow.go(Next()),
    lambda flow: flow.go(Next()),
    lambda flow: flow.go(Next()),
    lambda flow: flow.go(Next()),
)
_WAY_TO = {
    Screen.SERVER: 0,
    Screen.ACTION: 1,
    Screen.INSERT_TOKEN: 2,
    Screen.TOKEN: 3,
    Screen.ENTRIES: 4,
    Screen.REVIEW: 5,
    Screen.PASSWORD: 6,
    Screen.SERVERS: 7,
    Screen.REMAINS: 8,
}


class MakeFlow:
    """Makes a wizard in a world."""

    def __call__(self, world: World | None = None, screen: Screen = Screen.SERVER) -> Flow:
        """Make it, and go to a page the usual way."""
        flow = Flow(world or World())
        if screen is Screen.PROGRESS:
            flow.world.failing = ("sub",)
            flow.to(Screen.PASSWORD)
            flow.go(Next())
            assert Screen.PROGRESS is flow.state.screen
        else:
            flow.to(screen)
        return flow


@pytest.fixture
def make_flow() -> MakeFlow:
    """Make a wizard in a world."""
    return MakeFlow()


class MakeWorld:
    """Makes a world."""

    def __call__(self, **facts: object) -> World:
        """Make one where these things hold."""
        world = World()
        for name, value in facts.items():
            setattr(world, name, value)
        return world

    def red(self, code: str = "phones-refuse", word: str = "5") -> Message:
        """Return a red message that names a word."""
        values = {"word": word, "phones": "5 x 7975", "reason": "r", "rule": 9}
        return Message(code, values, Severity.RED)


@pytest.fixture
def make_world() -> MakeWorld:
    """Make a world."""
    return MakeWorld()
