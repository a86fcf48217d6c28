"""Reading one file over TFTP.

Rules:

* Blocks of 512 bytes, binary, no options: every server speaks that.
* What does not come from the server, and from the port that it answered from first, is ignored.
* What was sent last is sent again when nothing comes; time and size are bounded as a whole.
* "No such file" counts when a second request, from another port, is told so too: a refusal names
  neither file nor request, so that a late one, meant for the former owner of a port, looks the
  same to its next owner.

Source: RFC 1350; docs/decisions/0017.
"""

from __future__ import annotations

import socket
from dataclasses import dataclass

from ctlkit.errors import NetworkError
from ctlkit.wire import Deadline, node_name

__all__ = ["read_tftp"]

_READ, _DATA, _ACKNOWLEDGE, _ERROR = 1, 3, 4, 5
_BLOCK = 512
_NOT_FOUND = 1
_PATIENCE = 1.0
"""Seconds until what was sent last is sent again."""

_REFUSALS = 2
"""How often a server has to say that it has no file of a name."""

_LARGEST_PACKET = 4 + _BLOCK
_Address = tuple[object, ...]


def read_tftp(host: str, port: int, name: str, *, deadline: Deadline, limit: int) -> bytes | None:
    """Return a file of a server, None where it has none of that name.

    Raises:
        OSError: the server cannot be reached, or the time is over.
        NetworkError: it refuses, sends something else than TFTP, or more than ``limit`` bytes.
    """
    # Phones know IPv4 only, so a server listens there if anywhere.
    found = socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM)
    family, kind, protocol, _, address = min(found, key=lambda item: item[0] != socket.AF_INET)
    for _ in range(_REFUSALS):
        with socket.socket(family, kind, protocol) as channel:
            exchange = _Exchange(channel, address, deadline, node_name(host, port))
            data = exchange.read(name, limit)
        if data is not None:
            return data
    return None


@dataclass(slots=True)
class _Exchange:
    """One transfer.

    Attributes:
        peer: the address that packets go to, and that they have to come from; the port is the
            server's well-known one until ``met``.
    """

    channel: socket.socket
    peer: _Address
    deadline: Deadline
    node: str
    met: bool = False

    def read(self, name: str, limit: int) -> bytes | None:
        packet = b"".join((_number(_READ), name.encode(), b"\0octet\0"))
        data = b""
        block = 1
        while True:
            more = self._block(packet, block)
            if more is None:
                return None
            data += more
            if len(data) > limit:
                raise NetworkError("fetch-too-large", node=self.node, file=name, limit=limit)
            packet = _number(_ACKNOWLEDGE) + _number(block)
            if len(more) < _BLOCK:
                self._send(packet)
                return data
            block = (block + 1) & 0xFFFF

    def _block(self, packet: bytes, number: int) -> bytes | None:
        """Send a packet until the block of this number comes; None for no such file."""
        while True:
            self._send(packet)
            answer = self._receive_until_silent(number)
            if answer is None:
                continue
            kind, argument, content = answer
            if kind == _DATA:
                return content
            if argument == _NOT_FOUND and not self.met:
                return None
            reason = content.partition(b"\0")[0].decode("utf-8", "backslashreplace")
            raise NetworkError("tftp-refused", node=self.node, number=argument, reason=reason)

    def _receive_until_silent(self, number: int) -> tuple[int, int, bytes] | None:
        """Return the block of this number or an error; None when nothing more comes."""
        patience = Deadline(min(_PATIENCE, self.deadline.left()))
        while True:
            try:
                self.channel.settimeout(patience.left())
                data, sender = self.channel.recvfrom(_LARGEST_PACKET + 1)
            except TimeoutError:
                return None
            if not self._from_peer(sender):
                continue
            kind, argument, content = self._packet(data)
            if kind == _ERROR:
                return kind, argument, content
            self.peer, self.met = sender, True
            if argument == number:
                return kind, argument, content

    def _from_peer(self, sender: _Address) -> bool:
        return sender[: 2 if self.met else 1] == self.peer[: 2 if self.met else 1]

    def _packet(self, data: bytes) -> tuple[int, int, bytes]:
        """Return kind, number and content of a packet that a server may send."""
        kind = int.from_bytes(data[:2], "big")
        if not 4 <= len(data) <= _LARGEST_PACKET or kind not in (_DATA, _ERROR):
            raise NetworkError("tftp-garbled", node=self.node)
        return kind, int.from_bytes(data[2:4], "big"), data[4:]

    def _send(self, packet: bytes) -> None:
        self.deadline.left()
        self.channel.sendto(packet, self.peer)


def _number(value: int) -> bytes:
    return value.to_bytes(2, "big")
