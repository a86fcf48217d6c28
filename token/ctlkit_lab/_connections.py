"""TCP services on the event loop that no client can hold up.

Rules:

* A client has so many seconds for all it does; then it is dropped. So is one above the number
  that is served at once.
* A client that breaks off, or fails its TLS handshake, is nobody else's concern.
* Closing drops whoever is still connected.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable

__all__ = ["ConnectionService", "Serve"]

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

_PATIENCE = 30.0
"""Seconds for one client."""

_MOST_CLIENTS = 512
_LONGEST_LINE = 16 * 1024


class ConnectionService:
    """Listens on a TCP port, with or without TLS, and serves each client in its own task."""

    def __init__(
        self, serve: Serve, *, tls: ssl.SSLContext | None = None, patience: float = _PATIENCE
    ) -> None:
        """Make it; nothing listens yet.

        Args:
            serve: does all that is done for a client; the connection is closed afterwards.
            tls: the context of a TLS service.
            patience: seconds for one client.
        """
        self._serve = serve
        self._tls = tls
        self._patience = patience
        self._server: asyncio.Server | None = None
        self._clients: set[asyncio.Task[None]] = set()

    async def start(self, host: str, port: int = 0) -> int:
        """Listen and return the port.

        Raises:
            OSError: the port is taken.
        """
        self._server = await asyncio.start_server(
            self._accepted, host, port, limit=_LONGEST_LINE, start_serving=False
        )
        try:
            await self._server.start_serving()
        except OSError:
            await self.close()
            raise
        return int(self._server.sockets[0].getsockname()[1])

    async def close(self) -> None:
        """Drop all clients and stop listening; may be called twice."""
        if self._server is None:
            return
        self._server.close()
        for client in self._clients:
            client.cancel()
        await asyncio.gather(*self._clients, return_exceptions=True)
        await self._server.wait_closed()
        self._server = None

    async def _accepted(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        serving = self._server is not None and self._server.is_serving()
        if task is None or not serving or len(self._clients) >= _MOST_CLIENTS:
            writer.transport.abort()
            return
        self._clients.add(task)
        try:
            async with asyncio.timeout(self._patience):
                if self._tls is not None:
                    await writer.start_tls(self._tls)
                await self._serve(reader, writer)
                writer.close()
                await writer.wait_closed()
        except (OSError, EOFError, asyncio.LimitOverrunError):
            pass  # EOFError: the client left in the middle
        finally:
            self._clients.discard(task)
            writer.transport.abort()
