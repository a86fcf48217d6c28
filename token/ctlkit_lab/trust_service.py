"""A node's trust service (TVS): TLS, one answer for each question of a phone.

Rules:

* The stores are asked first, then the node's own list (:mod:`ctlkit_lab.stores`). The list is
  read again when it has changed; one that cannot be read holds nothing.
* The lines of the log are those of a real server.
* A client that sends anything but a question is dropped without an answer.

Source: docs/cluster.md, the trust service on the wire.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path

from ctlkit.codec import MAX_LIST, decode
from ctlkit.errors import InputError
from ctlkit.files import read_file
from ctlkit.messages import printable
from ctlkit.trustlist import Record, TrustList
from ctlkit.tvs import (
    LIFETIME,
    MessageKind,
    TvsAnswer,
    TvsMessage,
    encode_message,
    make_answer,
    read_message,
)
from ctlkit_lab._connections import ConnectionService
from ctlkit_lab._tls import server_context
from ctlkit_lab.stores import (
    LookUp,
    StoredCertificate,
    caching_lines,
    look_up,
    look_up_certificate,
)
from softhsm_fixtures.certificates import Credential

__all__ = ["TrustService"]


class TrustService:
    """The trust service of one node."""

    def __init__(
        self,
        credential: Credential,
        stored: Callable[[], Sequence[StoredCertificate]],
        list_path: Path,
        log: Callable[[str], None],
    ) -> None:
        """Make it; nothing listens yet.

        Args:
            credential: the node's TVS certificate, which it shows, with its key.
            stored: gives what the node's stores hold now.
            list_path: the node's own ``CTLFile.tlv``, which may be missing.
            log: takes each line of the log.
        """
        self._stored = stored
        self._list = _OwnList(list_path, log)
        self._log = log
        self._service = ConnectionService(self._serve, tls=server_context(credential))

    async def start(self, host: str, port: int = 0) -> int:
        """Listen and return the port.

        Raises:
            OSError: the port is taken.
        """
        return await self._service.start(host, port)

    async def close(self) -> None:
        """Drop all clients and stop listening; may be called twice."""
        await self._service.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while not reader.at_eof():
            try:
                request = await read_message(reader)
                if not request.kind.is_request:
                    return
                answer = self._answer(request)
            except InputError as error:
                if not reader.at_eof():
                    self._log(f"ERROR:tvsHandleNewPhConnection - {printable(error)}")
                return
            writer.write(encode_message(answer))
            await writer.drain()

    def _answer(self, request: TvsMessage) -> TvsMessage:
        """Return the answer to a request.

        Raises:
            InputError: it asks for nothing, or its certificate is none.
        """
        found = self._look_up(request)
        for line in found.log:
            self._log(line)
        if found.found is None:
            return make_answer(request, TvsAnswer(False))
        known = found.found
        return make_answer(request, TvsAnswer(True, known.der, known.roles, LIFETIME))

    def _look_up(self, request: TvsMessage) -> LookUp:
        records = self._list.records()
        if request.kind is MessageKind.VERIFY_REQUEST:
            return look_up_certificate(self._stored(), records, request.certificate or b"")
        return look_up(
            self._stored(),
            records,
            request.issuer or b"",
            request.serial or b"",
            request.subject or b"",
        )


class _OwnList:
    """The entries of the node's list, read again when the file has changed."""

    def __init__(self, path: Path, log: Callable[[str], None]) -> None:
        self._path = path
        self._log = log
        self._data: bytes | None = None
        self._records: tuple[Record, ...] = ()

    def records(self) -> tuple[Record, ...]:
        data = self._read()
        if data != self._data:
            self._data = data
            self._records = _records_of(data)
            for line in caching_lines(self._records):
                self._log(line)
        return self._records

    def _read(self) -> bytes | None:
        try:
            return read_file(self._path, MAX_LIST).data
        except InputError:
            return None


def _records_of(data: bytes | None) -> tuple[Record, ...]:
    try:
        value = decode(data or b"")
    except InputError:
        return ()
    return value.records if isinstance(value, TrustList) else ()
