"""Asking the trust service of nodes as phones do, and judging the answers.

Rules:

* The list whose signer is asked for, and the ITL whose trust service records are believed, have
  to verify first.
* An answer counts when it names the role of a signer (SAST). That to a query carries the
  certificate that phones check the list with: it has to be one that the list verifies with.
* Nodes are asked at the same time, each for a bounded time; what one says, or fails to say, is
  in its own value.
* Whoever cancels waits for none of them: nodes that were asked already are left to answer into
  the void, and keep no process from ending.

Source: docs/cluster.md, when a phone accepts a new list; the trust service on the wire.
"""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, wait
from dataclasses import dataclass
from functools import partial

from ctlkit.certificate import Certificate
from ctlkit.codec import MAX_LIST
from ctlkit.errors import (
    CancelledError,
    CannotTellError,
    CtlkitError,
    InputError,
    UntrustedError,
    UsageError,
)
from ctlkit.files import read_file
from ctlkit.log import log
from ctlkit.place import ITL_NAME, LIST_NAME, Cluster, Watch
from ctlkit.trustlist import Function, function_name, text_of
from ctlkit.tvs import (
    TVS_PORT,
    TvsAnswer,
    TvsMessage,
    ask,
    query_request,
    verify_request,
)
from ctlkit.verify import VerifiedList, verify
from ctlkit.workflows.reading import verified_list

__all__ = [
    "TIMEOUT",
    "Checked",
    "NodeAnswer",
    "TvsNode",
    "Vouched",
    "query",
    "query_place",
    "query_signer",
    "read_node",
    "verify_certificate",
]

TIMEOUT = 10.0
"""Seconds that a node is given."""

_DEVICE = "CP-8861-SEP000000000000"
"""Whom the question comes from: a phone model whose query is published, and no phone's address."""

_AT_ONCE = 16
_LOOK_SECONDS = 0.05
"""How often a waiting caller looks whether it was cancelled."""

_NODE = re.compile(
    r"(?:\[(?P<six>[0-9A-Fa-f:.]+)\]|(?P<host>[A-Za-z0-9_.-]+))(?::(?P<port>[0-9]{1,5}))?",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class TvsNode:
    """A node to ask: its name as it was given, its address and its port."""

    name: str
    host: str
    port: int = TVS_PORT


@dataclass(frozen=True, slots=True)
class NodeAnswer:
    """What a node said.

    Attributes:
        node: its name as it was given.
        answer: what it said, None where it said nothing that can be understood.
        error: why phones would not accept; None where they would.
    """

    node: str
    answer: TvsAnswer | None
    error: CtlkitError | None


@dataclass(frozen=True, slots=True)
class Vouched:
    """The signer that was asked for, and what each node said of it.

    Attributes:
        subject, issuer, serial: as the list's header has them.
        answers: one of each node, in the order given.
    """

    subject: str
    issuer: str
    serial: bytes
    answers: tuple[NodeAnswer, ...]


@dataclass(frozen=True, slots=True)
class Checked:
    """A certificate that was asked for, and what the node said of it."""

    certificate: Certificate
    answer: NodeAnswer


def read_node(text: str) -> TvsNode:
    """Return the node that ``NODE[:PORT]`` names; an IPv6 address stands in brackets.

    Raises:
        UsageError: it names none.
    """
    found = _NODE.fullmatch(text)
    port = int(found["port"] or TVS_PORT) if found else 0
    if found is None or not 0 < port < 1 << 16:
        raise UsageError("tvs-node", node=text)
    return TvsNode(text, found["six"] or found["host"], port)


def query(
    nodes: Sequence[str], list_file: str, itl_file: str, *, now: int, timeout: float = TIMEOUT
) -> Vouched:
    """Ask nodes about the signer of a list.

    Args:
        nodes: ``NODE[:PORT]`` each.
        list_file: the list, which has to verify.
        itl_file: the cluster's ITL file, whose trust service records are believed.
        now: seconds since 1970, UTC.
        timeout: seconds that each node is given.

    Raises:
        UsageError: a node is none.
        InputError: a file cannot be read, or is no list.
        TrustError, CannotTellError: a file does not verify, or the ITL has no record of a
            trust service.
    """
    asked = [read_node(text) for text in nodes]
    signed = verified_list(read_file(list_file, MAX_LIST).data, list_file, now)
    itl = verified_list(read_file(itl_file, MAX_LIST).data, itl_file, now)
    return query_signer(asked, signed, _pinned(itl, itl_file), timeout=timeout)


def query_signer(
    nodes: Sequence[TvsNode],
    signed: VerifiedList,
    pinned: Sequence[bytes],
    *,
    timeout: float,
    cancel: threading.Event | None = None,
) -> Vouched:
    """Ask nodes about the signer of a verified list.

    Args:
        nodes: whom to ask.
        signed: the list.
        pinned: the certificates (DER) of trust services that are believed.
        timeout: seconds that each node is given.
        cancel: set by whoever wants to stop.

    Raises:
        CancelledError: ``cancel`` was set.
    """
    header = signed.list.header
    name, issuer = header.signer_name or b"", header.signer_issuer or b""
    serial = header.signer_serial or b""
    request = query_request(_DEVICE, name, issuer, serial, _session())
    judge = partial(_judge_query, signed)
    answers = _ask_all(nodes, request, pinned, timeout, judge, cancel or threading.Event())
    return Vouched(text_of(name), text_of(issuer), serial, answers)


def query_place(
    place: Cluster, *, now: int, timeout: float = TIMEOUT, cancel: threading.Event | None = None
) -> Vouched:
    """Ask every node of a cluster about the signer of the list that its publisher has in force.

    Args:
        place: still open.
        now: seconds since 1970, UTC.
        timeout: seconds that each node is given.
        cancel: set by whoever wants to stop; a node that is being read is waited for.

    Raises:
        CancelledError: ``cancel`` was set.
        InputError: the publisher has no list.
        NetworkError, PlaceError: it does not answer.
        TrustError, CannotTellError: its list, or no node's ITL file, verifies, or no ITL has a
            record of a trust service.
    """
    cancel = cancel or threading.Event()
    watch = Watch(cancel=cancel)
    held = place.state(LIST_NAME, watch)[0]
    if held.error is not None:
        raise held.error
    if held.present is None or not held.present.data:
        raise InputError("no-list-there", file=held.node)
    signed = verified_list(held.present.data, held.present.name, now)
    _stop_if(cancel)
    nodes = [TvsNode(item.node, item.host, item.port) for item in place.trust_services()]
    _stop_if(cancel)
    pinned = _pinned_by(place, now, watch)
    return query_signer(nodes, signed, pinned, timeout=timeout, cancel=cancel)


def _pinned_by(place: Cluster, now: int, watch: Watch) -> tuple[bytes, ...]:
    """Return the certificates of the trust services that the ITL files of a cluster name."""
    pinned: dict[bytes, None] = {}
    wrong: CtlkitError | None = None
    for state in place.state(ITL_NAME, watch):
        try:
            if state.error is not None:
                raise state.error
            if state.present is None:
                raise InputError("no-list-there", file=f"{state.node}: {ITL_NAME}")
            itl = verified_list(state.present.data, state.present.name, now)
            pinned |= dict.fromkeys(_pinned(itl, state.present.name))
        except CtlkitError as error:
            wrong = wrong or error
    if not pinned and wrong is not None:
        raise wrong
    return tuple(pinned)


def verify_certificate(
    node: str, certificate_file: str, itl_file: str, *, now: int, timeout: float = TIMEOUT
) -> Checked:
    """Ask a node about a certificate at hand (DER or PEM).

    Arguments and errors are those of :func:`query`.

    Raises:
        InputError: the file is no certificate.
    """
    asked = read_node(node)
    certificate = Certificate.load(read_file(certificate_file, MAX_LIST).data)
    itl = verified_list(read_file(itl_file, MAX_LIST).data, itl_file, now)
    request = verify_request(_DEVICE, certificate.der, _session())
    never = threading.Event()
    (answer,) = _ask_all([asked], request, _pinned(itl, itl_file), timeout, _judge_role, never)
    return Checked(certificate, answer)


def _pinned(itl: VerifiedList, name: str) -> tuple[bytes, ...]:
    """Return the certificates of the trust services that an ITL names.

    Raises:
        CannotTellError: it names none.
    """
    found = tuple(
        record.certificate
        for record in itl.list.records
        if record.function == Function.TVS and record.certificate
    )
    if not found:
        raise CannotTellError("itl-without-tvs", file=name)
    return found


def _session() -> int:
    return int.from_bytes(os.urandom(4), "big")


_Judge = Callable[[str, TvsAnswer], None]
"""Raises why phones would not accept what a node says."""


def _ask_all(
    nodes: Sequence[TvsNode],
    request: TvsMessage,
    pinned: Sequence[bytes],
    timeout: float,
    judge: _Judge,
    cancel: threading.Event,
) -> tuple[NodeAnswer, ...]:
    def ask_one(node: TvsNode) -> NodeAnswer:
        answer = None
        try:
            answer = ask(node.host, node.port, request, pinned=pinned, timeout=timeout)
            judge(node.name, answer)
        except CtlkitError as error:
            log().info("%s: %s", node.name, error)
            return NodeAnswer(node.name, answer, error)
        log().info("%s: vouched for, roles %s", node.name, answer.roles)
        return NodeAnswer(node.name, answer, None)

    return _side_by_side(ask_one, nodes, cancel)


def _side_by_side(
    work: Callable[[TvsNode], NodeAnswer], nodes: Sequence[TvsNode], cancel: threading.Event
) -> tuple[NodeAnswer, ...]:
    """Do the same with several nodes at a time.

    The threads are not those of an executor, which would have to end before the process may.

    Raises:
        CancelledError: ``cancel`` was set; nobody waits for what still runs.
    """
    _stop_if(cancel)
    turns = threading.BoundedSemaphore(_AT_ONCE)
    answers: dict[Future[NodeAnswer], TvsNode] = {Future(): node for node in nodes}

    def serve(answer: Future[NodeAnswer], node: TvsNode) -> None:
        with turns:
            if not answer.set_running_or_notify_cancel():
                return
            try:
                answer.set_result(work(node))
            except Exception as error:  # noqa: BLE001  it belongs to whoever waits
                answer.set_exception(error)

    for each in answers.items():
        threading.Thread(target=serve, args=each, name="ctlkit-tvs", daemon=True).start()
    try:
        while wait(answers, timeout=_LOOK_SECONDS).not_done:
            _stop_if(cancel)
    finally:
        for answer in answers:
            answer.cancel()
    return tuple(answer.result() for answer in answers)


def _stop_if(cancel: threading.Event) -> None:
    if cancel.is_set():
        raise CancelledError("interrupted")


def _judge_role(node: str, answer: TvsAnswer) -> None:
    if not answer.found:
        raise UntrustedError("tvs-unknown", node=node)
    if not answer.is_signer:
        roles = ", ".join(map(function_name, answer.roles)) or "none"
        raise UntrustedError("tvs-no-signer", node=node, roles=roles)


def _judge_query(signed: VerifiedList, node: str, answer: TvsAnswer) -> None:
    _judge_role(node, answer)
    try:
        verify(signed.list, (Certificate.from_der(answer.certificate or b""),))
    except CtlkitError as error:
        raise UntrustedError("tvs-other-key", node=node, reason=error) from error
