"""Copying the publisher's list to the subscribers over SFTP, as nodes do among themselves.

Rules:

* A node logs in to another with the cluster's own key and checks the other's host key.
* A list appears on a node whole or not at all.
* What could not be reached is named; what was reached keeps the new list.
"""

from __future__ import annotations

import asyncio
import contextlib
import posixpath
from collections.abc import Sequence

import asyncssh

from ctlkit.errors import NetworkError
from ctlkit.place.base import LIST_NAME
from ctlkit_lab.services import HOST, NodeServices
from ctlkit_lab.ssh_service import SFTP_FOLDER, Logins

__all__ = ["copy_to"]

_SECONDS = 30
_PATH = posixpath.join(SFTP_FOLDER, LIST_NAME)
_TEMPORARY = posixpath.join(SFTP_FOLDER, f".{LIST_NAME}.copy")


async def copy_to(subscribers: Sequence[NodeServices], key: asyncssh.SSHKey, data: bytes) -> None:
    """Copy a list to the subscribers, all at once.

    Raises:
        NetworkError: one did not take it; the others were tried all the same.
    """
    outcomes = await asyncio.gather(
        *(_copy(services, key, data) for services in subscribers), return_exceptions=True
    )
    for outcome in outcomes:
        if isinstance(outcome, BaseException):
            raise outcome


async def _copy(services: NodeServices, key: asyncssh.SSHKey, data: bytes) -> None:
    try:
        async with asyncio.timeout(_SECONDS):
            await _put(services, key, data)
    except (OSError, asyncssh.Error, TimeoutError) as error:
        reason = str(error) or type(error).__name__
        raise NetworkError("lab-copy-failed", node=services.node.name, reason=reason) from error


async def _put(services: NodeServices, key: asyncssh.SSHKey, data: bytes) -> None:
    async with (
        asyncssh.connect(
            HOST,
            services.ports.ssh,
            config=None,
            username=Logins.NODE_USER,
            client_keys=[key],
            agent_path=None,
            known_hosts=([services.host_key], [], []),
        ) as connection,
        connection.start_sftp_client() as sftp,
    ):
        with contextlib.suppress(asyncssh.SFTPNoSuchFile):
            await sftp.remove(_TEMPORARY)
        async with sftp.open(_TEMPORARY, "wb") as file:
            await file.write(data)
        await sftp.posix_rename(_TEMPORARY, _PATH)
