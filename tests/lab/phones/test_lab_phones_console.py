"""The console log of a practice phone."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from ctlkit_lab.phones.console import LOG_LIMIT, joined

if TYPE_CHECKING:
    from tests.lab.phones.conftest import Desk, Lists, PracticeNode

VERIFIED = [
    "Hashes match... authentication successful.",
    "AUTH: hdr ver 1.2 (knows only upto 1.1)",
    "updateFromFile: TL parse to table: CTL_SUCCESS",
    "TL file verified successfully.",
    "TL file updated.",
]


def published(log: str) -> list[str]:
    """The texts of the lines that real phones write."""
    return [line.split(" SECD: ")[1] for line in log.splitlines() if " SECD: " in line]


def test_an_88xx_writes_how_it_asked(
    desk: Callable[[str], Desk], node: PracticeNode, lists: Lists
) -> None:
    """The published lines of an 8861 whose unknown signer is vouched for, in their order."""
    phone = desk("8861").has(lists.ctl("callmanager"), lists.itl())
    node.upload("renewed", "CallManager")
    node.offer(lists.ctl("renewed"), lists.itl())
    phone.boot(node.directory)
    assert [
        "Attempting connect to TVS server addr [127.0.0.1]",
        "SSL session setup Cert Verification - Role is = 21",
        "TVS process request - processing TVS Query Certificate request.",
        "TVS added cert to TVS cache - expires in 24 hours",
        *VERIFIED,
    ] == published(phone.phone.log())


def test_a_79xx_writes_of_its_proxy(
    desk: Callable[[str], Desk], node: PracticeNode, lists: Lists
) -> None:
    """The published lines of a 7975 whose unknown signer is vouched for, in their order."""
    phone = desk("7975").has(lists.ctl("callmanager"), lists.itl())
    node.upload("renewed", "CallManager")
    node.offer(lists.ctl("renewed"), lists.itl())
    phone.boot(node.directory)
    assert [
        "setupSocketToTvsProxy: Connected to TVS proxy server",
        "tvsReqFlushTvsCertCache: Sent Request to TVS proxy, len: 3708",
        "clpTvsInit: Client message received on TVS proxy socket",
        "processTvsClntReq: Success reading the client TVS request, len : 3708",
        "processTvsClntReq: TVS Certificate cache flush request received",
        "tvsFlushCertCache: Completed TVS Certificate cache flush request",
        *VERIFIED,
    ] == published(phone.phone.log())


def test_a_refusal_is_written(
    desk: Callable[[str], Desk], node: PracticeNode, lists: Lists
) -> None:
    """The published line, and then why in the practice phone's own words."""
    phone = desk("7960").has(lists.ctl("etoken-1"))
    node.offer(lists.ctl("etoken-2"))
    result = phone.boot(node.directory)
    log = phone.phone.log()
    assert ["Trust List update failed"] == published(log)
    assert log.splitlines()[-1].endswith(f" LAB: CTLFile.tlv: {result.text}")


def test_lines_are_numbered_and_dated(
    desk: Callable[[str], Desk], node: PracticeNode, lists: Lists
) -> None:
    """Numbers go on over restarts, as a 79xx writes its lines."""
    phone = desk("7960")
    node.offer(lists.ctl("etoken-1"))
    for _ in range(2):
        phone.boot(node.directory)
    lines = phone.phone.log().splitlines()
    assert list(range(1, len(lines) + 1)) == [int(line.partition(":")[0]) for line in lines]
    assert all(re.fullmatch(r"\d+: NOT 20:56:07\.250000 (SECD|LAB): .+", line) for line in lines)


def test_a_log_keeps_whole_lines_within_its_limit() -> None:
    """An old log loses lines at its beginning, never half of one."""
    log = b""
    for number in range(40):
        log = joined(log, [f"{number}: {'x' * 3000}\n"])
    assert LOG_LIMIT - 3100 < len(log) <= LOG_LIMIT
    assert {3000} == {line.count(b"x") for line in log.splitlines()}
    assert log.splitlines()[-1].startswith(b"39: ")


def test_a_log_of_exactly_its_limit_stays_whole() -> None:
    """Nothing is cut before something has to be."""
    full = (b"x" * 1023 + b"\n") * 64
    assert full == joined(full, [])
    assert full[1024:] + b"y\n" == joined(full, ["y\n"])
