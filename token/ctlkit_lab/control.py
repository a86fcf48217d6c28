"""The port by which commands reach a running practice cluster: one question, one answer.

Rules:

* A question and its answer are one JSON object on one line each, over loopback.
* A question carries the cluster's secret. Without it nothing is answered, not even an error.
* Both sides bound what they read and how long they wait.
* A refusal travels as the error it is: its kind, code and values.
"""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import json
import socket
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

from ctlkit import errors
from ctlkit.errors import CtlkitError, NetworkError, PlaceError
from ctlkit.log import log
from ctlkit.place.lab_file import LabFile

__all__ = ["Command", "ControlServer", "ask", "error_from", "error_object"]

Command = Callable[[Mapping[str, Any]], Awaitable[object]]
"""Answers a question's arguments with what JSON can hold, or raises a CtlkitError."""

_LONGEST_QUESTION = 1 << 18
_LONGEST_ANSWER = 1 << 24
_SECONDS_TO_ASK = 10
_CHUNK = 1 << 16


class ControlServer:
    """The cluster's side."""

    def __init__(self, secret: str, commands: Mapping[str, Command]) -> None:
        """Make it; nothing listens yet."""
        self._secret = secret
        self._commands = commands
        self._server: asyncio.Server | None = None
        self._answering: set[asyncio.Task[Any]] = set()

    async def start(self, host: str, port: int = 0) -> int:
        """Listen, and return the port.

        Raises:
            OSError: the port is taken.
        """
        self._server = await asyncio.start_server(self._serve, host, port, limit=_LONGEST_QUESTION)
        return int(self._server.sockets[0].getsockname()[1])

    async def close(self) -> None:
        """Stop listening and end what is being answered; may be called twice."""
        if self._server is None:
            return
        self._server.close()
        own = asyncio.current_task()
        others = [task for task in self._answering if task is not own]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await self._server.wait_closed()
        self._server = None

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._answering.add(task)
            task.add_done_callback(self._answering.discard)
        try:
            answer = await self._answer(await self._question(reader))
            if answer is not None:
                writer.write(json.dumps(answer).encode() + b"\n")
                with contextlib.suppress(OSError):  # it is gone; what it asked for is done
                    await writer.drain()
        finally:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    async def _question(self, reader: asyncio.StreamReader) -> bytes:
        """Return the line that a client sends, empty where it sends none."""
        try:
            async with asyncio.timeout(_SECONDS_TO_ASK):
                return await reader.readline()
        except (OSError, ValueError):  # OSError: in time too; ValueError: a line without an end
            log().debug("control: a client that does not ask")
            return b""

    async def _answer(self, line: bytes) -> Mapping[str, object] | None:
        """Return the answer to a question; None to one without the secret."""
        try:
            question = json.loads(line)
            secret, name = str(question["secret"]), str(question["command"])
            arguments = dict(question["arguments"])
        except (ValueError, TypeError, KeyError, RecursionError):
            return None
        if not hmac.compare_digest(secret.encode("utf-8", "replace"), self._secret.encode()):
            return None
        command = self._commands.get(name)
        try:
            if command is None:
                raise PlaceError("lab-control-refused", reason=f"{name} is not known")
            return {"answer": await command(arguments)}
        except CtlkitError as error:
            return {"error": error_object(error)}
        except (OSError, KeyError, TypeError, ValueError) as error:
            log().exception("control: %s", name)
            reason = getattr(error, "strerror", None) or type(error).__name__
            refused = PlaceError("lab-control-refused", reason=f"{name}: {reason}")
            return {"error": error_object(refused)}


def ask(folder: Path, lab: LabFile, command: str, *, seconds: float, **arguments: object) -> Any:
    """Ask a running cluster, and return its answer.

    Args:
        folder: the cluster's folder, for errors.
        lab: how it is reached.
        command: the name of the question.
        seconds: how long it may take in all its parts, each.
        arguments: what the question is about.

    Raises:
        CtlkitError: the cluster refused; the error is its own.
        NetworkError: it does not answer, or not as it should.
    """
    question = {"secret": lab.secret, "command": command, "arguments": arguments}
    try:
        with socket.create_connection(lab.control, timeout=seconds) as connection:
            connection.sendall(json.dumps(question).encode() + b"\n")
            line = _read_line(connection)
    except OSError as error:
        reason = error.strerror or str(error) or type(error).__name__
        raise NetworkError("lab-control-silent", folder=folder, reason=reason) from error
    try:
        found = json.loads(line)
        if "error" not in found:
            return found["answer"]
        refused = error_from(found["error"])
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise NetworkError("lab-control-garbled", folder=folder) from error
    raise refused


def _read_line(connection: socket.socket) -> bytes:
    line = bytearray()
    while len(line) <= _LONGEST_ANSWER and (piece := connection.recv(_CHUNK)):
        line += piece
    return bytes(line) if len(line) <= _LONGEST_ANSWER else b""


def error_object(error: CtlkitError) -> Mapping[str, object]:
    """Return an error as it travels: kind, code and values."""
    values = {
        name: value if value is None or isinstance(value, str | int) else str(value)
        for name, value in error.values.items()
    }
    return {"kind": type(error).__name__, "code": error.code, "values": values}


def error_from(found: Mapping[str, Any]) -> CtlkitError:
    """Return the error that travelled.

    Raises:
        KeyError, TypeError, ValueError: it is none.
    """
    kind = getattr(errors, str(found["kind"]), None)
    if not (isinstance(kind, type) and issubclass(kind, CtlkitError)):
        raise TypeError("no kind of error")
    return kind(str(found["code"]), **found["values"])
