"""The server's side of TFTP, to read only, on the event loop.

Rules:

* Each transfer has a port of its own, hears its own client only, and ends by itself: what is not
  acknowledged is sent again a few times, then given up. A bounded number runs at once; who asks
  beyond that is not answered and comes again.
* A second acknowledgement of a block sends nothing: else every block after a late one would be
  sent twice.
* Options are ignored, which the protocol allows. Writing is refused; other packets are ignored.

Source: RFC 1350, RFC 1123 section 4.2.3.1; docs/decisions/0017.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

__all__ = ["TftpService"]

_READ, _WRITE, _DATA, _ACKNOWLEDGE, _ERROR = range(1, 6)
_NOT_FOUND, _ACCESS_VIOLATION, _ILLEGAL = 1, 2, 4
_BLOCK = 512
_PATIENCE = 1.0
"""Seconds until a block is sent again."""

_TRIES = 5
_LONGEST_TRANSFER = 120.0
_MOST_TRANSFERS = 256
_MOST_WAITING = 64
_GONE = -1
_Address = tuple[str, int]


@dataclass(frozen=True, slots=True)
class _Refusal:
    """Why a request is refused."""

    number: int
    text: str

    @property
    def packet(self) -> bytes:
        return _number(_ERROR) + _number(self.number) + self.text.encode() + b"\0"


class TftpService:
    """Answers read requests on a UDP port."""

    def __init__(self, file: Callable[[str], bytes | None], *, patience: float = _PATIENCE) -> None:
        """Make it; nothing listens yet.

        Args:
            file: gives the bytes of a name, None for no such file; 32 MiB at most.
            patience: seconds until a block is sent again.
        """
        self._file = file
        self._patience = patience
        self._host = ""
        self._transport: asyncio.DatagramTransport | None = None
        self._transfers: set[asyncio.Task[None]] = set()

    async def start(self, host: str, port: int = 0) -> int:
        """Listen and return the port.

        Raises:
            OSError: the port is taken.
        """
        loop = asyncio.get_running_loop()
        self._host = host
        self._transport, _ = await loop.create_datagram_endpoint(
            lambda: _Listener(self._asked), local_addr=(host, port)
        )
        return int(self._transport.get_extra_info("sockname")[1])

    async def close(self) -> None:
        """Break off all transfers and stop listening; may be called twice."""
        if self._transport is None:
            return
        self._transport.close()
        self._transport = None
        for transfer in self._transfers:
            transfer.cancel()
        await asyncio.gather(*self._transfers, return_exceptions=True)

    def _asked(self, packet: bytes, client: _Address) -> None:
        kind = int.from_bytes(packet[:2], "big")
        if kind not in (_READ, _WRITE) or len(self._transfers) >= _MOST_TRANSFERS:
            return
        answer = _Refusal(_ACCESS_VIOLATION, "Read only") if kind == _WRITE else self._read(packet)
        transfer = asyncio.get_running_loop().create_task(self._transfer(answer, client))
        self._transfers.add(transfer)
        transfer.add_done_callback(self._transfers.discard)

    def _read(self, packet: bytes) -> bytes | _Refusal:
        """Return the bytes that a read request asks for, in the form that it asks for."""
        name, *rest = packet[2:].split(b"\0")
        mode = rest[0].lower() if rest else b""
        if mode not in (b"octet", b"netascii"):
            return _Refusal(_ILLEGAL, "Unknown mode")
        data = self._file(name.decode("utf-8", "backslashreplace"))
        if data is None:
            return _Refusal(_NOT_FOUND, "File not found")
        if mode == b"netascii":
            return data.replace(b"\r", b"\r\0").replace(b"\n", b"\r\n")
        return data

    async def _transfer(self, answer: bytes | _Refusal, client: _Address) -> None:
        loop = asyncio.get_running_loop()
        with contextlib.suppress(OSError):  # the client is gone, or its time is over
            transport, channel = await loop.create_datagram_endpoint(
                _Channel, local_addr=(self._host, 0), remote_addr=client
            )
            try:
                async with asyncio.timeout(_LONGEST_TRANSFER):
                    if isinstance(answer, _Refusal):
                        transport.sendto(answer.packet)
                    else:
                        await channel.send(transport, answer, self._patience)
            finally:
                transport.close()


class _Listener(asyncio.DatagramProtocol):
    """Hands on what comes to the well-known port."""

    def __init__(self, asked: Callable[[bytes, _Address], None]) -> None:
        self._asked = asked

    def datagram_received(self, data: bytes, addr: tuple[str | object, int]) -> None:
        self._asked(data, cast(_Address, addr[:2]))


class _Channel(asyncio.DatagramProtocol):
    """The port of one transfer, which hears its client only."""

    def __init__(self) -> None:
        self._heard: asyncio.Queue[int] = asyncio.Queue(_MOST_WAITING)

    def datagram_received(self, data: bytes, _addr: object) -> None:
        """Keep the number of the block that is acknowledged; anything else ends the transfer."""
        number = int.from_bytes(data[2:4], "big")
        self._keep(number if data[:2] == _number(_ACKNOWLEDGE) else _GONE)

    def error_received(self, _error: Exception) -> None:
        """End the transfer: nobody listens there any more."""
        self._keep(_GONE)

    def _keep(self, number: int) -> None:
        with contextlib.suppress(asyncio.QueueFull):  # a flood: what is lost is sent again
            self._heard.put_nowait(number)

    async def send(
        self, transport: asyncio.DatagramTransport, data: bytes, patience: float
    ) -> None:
        """Send all blocks; the last is shorter than the others, and may be empty."""
        for start in range(0, len(data) + 1, _BLOCK):
            number = start // _BLOCK + 1
            packet = _number(_DATA) + _number(number) + data[start : start + _BLOCK]
            if not await self._acknowledged(transport, packet, number, patience):
                return

    async def _acknowledged(
        self, transport: asyncio.DatagramTransport, packet: bytes, number: int, patience: float
    ) -> bool:
        for _ in range(_TRIES):
            transport.sendto(packet)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(patience):
                    while (heard := await self._heard.get()) != number:
                        if heard == _GONE:
                            return False
                    return True
        return False


def _number(value: int) -> bytes:
    return value.to_bytes(2, "big")
