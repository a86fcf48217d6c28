"""Where a phone looks for its files and for the trust service.

Rules:

* The servers stand in the order in which a phone tries them. A server that answers counts, whatever
  it answers; the next one is asked only where one cannot be reached.
* Kept as JSON in a phone's state: what is read back is checked in full.

Source: docs/cluster.md, when a phone accepts a new list.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TypeVar

__all__ = ["Directory", "Server", "typed"]

_PORTS = range(1, 0x10000)
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Server:
    """A node as phones see it.

    Attributes:
        name: its host name, for messages.
        host: the address to connect to.
        http, tftp, tvs: its ports (6970, 69 and 2445 on a real node).
    """

    name: str
    host: str
    http: int
    tftp: int
    tvs: int


@dataclass(frozen=True, slots=True)
class Directory:
    """The TFTP servers of a phone and its CallManager group, in order of preference."""

    servers: tuple[Server, ...]

    def to_json(self) -> list[dict[str, object]]:
        """Return the servers as a phone's state keeps them."""
        return [asdict(server) for server in self.servers]

    @classmethod
    def from_json(cls, value: object) -> Directory:
        """Read what :meth:`to_json` returned.

        Raises:
            KeyError, TypeError, ValueError: it is anything else.
        """
        return cls(tuple(_server(typed(item, dict)) for item in typed(value, list)))


def _server(value: Mapping[str, object]) -> Server:
    ports = [typed(value[name], int) for name in ("http", "tftp", "tvs")]
    if not all(port in _PORTS for port in ports):
        raise ValueError("no port")
    return Server(typed(value["name"], str), typed(value["host"], str), *ports)


def typed(value: object, kind: type[_T]) -> _T:
    """Return a value that was read from JSON.

    Raises:
        TypeError: it is of another kind.
    """
    if not isinstance(value, kind):
        raise TypeError(f"{kind.__name__} needed")
    return value
