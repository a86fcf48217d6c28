"""Where lists live.

A place is a set of nodes that each hold ``CTLFile.tlv``; a folder is a place of one node. Every
place keeps the file before the present one as ``CTLFile_old.tlv``, writes whole or not at all,
and reads back what it wrote. What a kind of place needs is imported when one is opened.
"""

from __future__ import annotations

from ctlkit.config import PlaceSettings
from ctlkit.errors import UsageError
from ctlkit.place._logins import LoginMemory, Refusals
from ctlkit.place.access import Access, HandOver, HostKey, PlacePrompt
from ctlkit.place.base import (
    ITL_NAME,
    LIST_NAME,
    OLD_NAME,
    Cluster,
    ClusterCertificate,
    ClusterFacts,
    NodeFile,
    NodeState,
    Place,
    Progress,
    Published,
    Step,
    TrustServiceAt,
    Watch,
    old_name,
)
from ctlkit.place.folder import FolderPlace

__all__ = [
    "ITL_NAME",
    "LIST_NAME",
    "OLD_NAME",
    "Access",
    "Cluster",
    "ClusterCertificate",
    "ClusterFacts",
    "FolderPlace",
    "HandOver",
    "HostKey",
    "LoginMemory",
    "NodeFile",
    "NodeState",
    "Place",
    "PlacePrompt",
    "Progress",
    "Published",
    "Refusals",
    "Step",
    "TrustServiceAt",
    "Watch",
    "old_name",
    "open_place",
]

_FOLDER = "folder:"


def open_place(address: str, access: Access | None = None) -> Place:
    """Return the place of an address or a configured name; nothing is asked yet.

    Args:
        address: ``folder:``, ``sftp:``, ``cucm:``, ``lab:``, ``http:``, ``tftp:``, or a name of
            ``access.settings``.
        access: how places are reached.

    Raises:
        UsageError: there is no place of that kind, or its address makes no sense.
    """
    access = access or Access()
    settings = access.settings.get(address, PlaceSettings(address))
    kind, colon, rest = settings.url.partition(":")
    if not colon or (not rest and kind != "lab"):
        raise UsageError("place-unknown", place=address)
    if settings.nodes and kind not in ("sftp", "cucm"):
        raise UsageError("place-one-node", place=address)
    return _open(kind, settings, access)


def _open(kind: str, settings: PlaceSettings, access: Access) -> Place:
    url, old = settings.url, settings.old_key_exchange
    match kind:
        case "folder":
            return FolderPlace(url[len(_FOLDER) :])
        case "sftp":
            from ctlkit.place.sftp import SftpPlace

            return SftpPlace(url, access, nodes=settings.nodes, old_key_exchange=old)
        case "cucm":
            from ctlkit.place.cucm import CucmPlace

            return CucmPlace(url, access, nodes=settings.nodes, old_key_exchange=old)
        case "lab":
            from ctlkit.place.lab import LabPlace

            return LabPlace(url, access)
        case "http":
            from ctlkit.place.fetch import HttpPlace

            return HttpPlace(url, access)
        case "tftp":
            from ctlkit.place.fetch import TftpPlace

            return TftpPlace(url, access)
        case _:
            raise UsageError("place-unknown", place=url)
