"""Writing a signed list to the nodes that failed, again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import pytest

from ctlkit.certificate import Certificate
from ctlkit.drafts import draft, identity_of, make_record
from ctlkit.errors import NetworkError, PartialError, PlaceError
from ctlkit.place import LIST_NAME, NodeFile, NodeState, Place, Published, Watch
from ctlkit.profiles import CTL_CLIENT
from ctlkit.signing import PemSigner, sign
from ctlkit.trustlist import Digest, Function, TrustList
from ctlkit.verify import VerifiedList, verify
from ctlkit.workflows.nodes import Look
from ctlkit.workflows.updating import Prepared, Updated, finish_rest
from softhsm_fixtures import etoken_certificate

_OLD = b"old"


class Nodes:
    """A place of nodes in memory; those that are away do not answer."""

    url, writable = "test:", True

    def __init__(self, held: dict[str, bytes | None]) -> None:
        self.held = held
        self.away: set[str] = set()

    @property
    def nodes(self) -> tuple[str, ...]:
        """Their names."""
        return tuple(self.held)

    def state(self, name: str = LIST_NAME, watch: Watch | None = None) -> tuple[NodeState, ...]:
        """What they hold."""
        return tuple(self._state(node) for node in self.held)

    def _state(self, node: str) -> NodeState:
        if node in self.away:
            return NodeState(node, None, error=_absent(node))
        return NodeState(node, self._file(node))

    def _file(self, node: str) -> NodeFile | None:
        data = self.held[node]
        return None if data is None else NodeFile(node, data, None)

    def publish(
        self, data: bytes, expected: Mapping[str, bytes | None], *, watch: Watch
    ) -> tuple[Published, ...]:
        """Write where they hold what is expected."""
        done = []
        for node, seen in expected.items():
            fits = self.held[node] in (seen, data)
            if fits:
                self.held[node] = data
            error = None if fits else PlaceError("place-changed", file=node)
            done.append(Published(node, self._file(node), changed=fits, kept=None, error=error))
        return tuple(done)


def _absent(node: str) -> NetworkError:
    return NetworkError("node-not-asked", node=node, reason="away")


@pytest.fixture(scope="module")
def verified() -> VerifiedList:
    """A signed list."""
    credential = etoken_certificate()
    certificate = Certificate.from_der(credential.der)
    record = make_record(CTL_CLIENT, Function.SAST, certificate)
    unsigned = draft(
        CTL_CLIENT,
        [record],
        signer=certificate,
        identity=identity_of(record),
        digest=Digest.SHA1,
        timestamp=0,
        filename=LIST_NAME,
    )
    value = sign(unsigned, PemSigner(credential.pem))
    assert isinstance(value, TrustList)
    return verify(value)


def _again(place: Nodes, verified: VerifiedList, *, absent: tuple[str, ...] = ()) -> Updated:
    """Try again after the publisher was done, and everything else failed or was away."""
    states = tuple(NodeState(node, NodeFile(node, _OLD, None)) for node in place.nodes)
    seen = tuple(item for item in states if item.node not in absent)
    away = tuple(NodeState(node, None, error=_absent(node)) for node in absent)
    first = Published("pub", None, changed=True, kept=None)
    failed = (
        Published(node, None, changed=False, kept=None, error=_absent(node))
        for node in place.nodes[1:]
    )
    look = Look(seen, away)
    updated = Updated(verified, (first, *failed), None, look)
    nothing = cast("Any", None)
    prepared = Prepared(cast("Place", place), look, "", nothing, nothing, (), nothing)
    return finish_rest(prepared, updated)


def test_only_what_failed_is_written(verified: VerifiedList) -> None:
    """A node that is done is left alone; the others hold the list then."""
    raw = verified.list.raw
    place = Nodes({"pub": b"done", "sub": _OLD})
    updated = _again(place, verified)
    assert (None, b"done", raw) == (updated.error, place.held["pub"], place.held["sub"])
    assert ["pub", "sub"] == [item.node for item in updated.published]


def test_a_node_that_was_away(verified: VerifiedList) -> None:
    """One that answers now is written over what the others held, or over nothing."""
    place = Nodes({"pub": b"done", "one": _OLD, "two": None})
    assert _again(place, verified, absent=("one", "two")).error is None
    assert {verified.list.raw} == {place.held["one"], place.held["two"]}


def test_a_node_that_changed(verified: VerifiedList) -> None:
    """What somebody else put there meanwhile stays."""
    place = Nodes({"pub": b"done", "one": b"other", "two": b"other"})
    updated = _again(place, verified, absent=("two",))
    assert isinstance(updated.error, PartialError)
    assert {b"other"} == {place.held["one"], place.held["two"]}
    codes = [item.error.code for item in updated.published if item.error]
    assert ["place-changed", "place-changed"] == codes


def test_a_node_that_is_still_away(verified: VerifiedList) -> None:
    """It stays as not done, with the reason of now."""
    place = Nodes({"pub": b"done", "sub": _OLD})
    place.away.add("sub")
    updated = _again(place, verified)
    assert "node-not-asked" == getattr(updated.published[-1].error, "code", "")
