"""What may be asked of a running practice cluster over its control port, and the answers.

Rules:

* An answer is what the command of the same name prints under ``--json``.
* What changes certificates or phones is done when it is answered.

Source: docs/command-line.md, the practice cluster.
"""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, TypeAlias

from ctlkit.codec import MAX_LIST, decode
from ctlkit.errors import InputError
from ctlkit.files import read_file
from ctlkit.place.base import LIST_NAME, NodeFile
from ctlkit.place.lab_file import LabNode
from ctlkit.report.lists import node_file_object
from ctlkit.report.values import certificate_object, error_value, rfc3339
from ctlkit.trustlist import text_of
from ctlkit_lab.control import Command
from ctlkit_lab.nodes import Node
from ctlkit_lab.phones import Boot, Directory, PhoneReport, Verdict

if TYPE_CHECKING:
    from ctlkit_lab.cluster import PracticeCluster

__all__ = ["questions"]

_Arguments: TypeAlias = Mapping[str, Any]


def questions(cluster: PracticeCluster) -> Mapping[str, Command]:
    """Return the table of questions: name -> what answers it."""
    asked = _Questions(cluster)
    return {
        "status": asked.status,
        "phone-list": asked.phones,
        "phone-restart": asked.restart_phones,
        "phone-log": asked.phone_log,
        "phone-point": asked.point_phones,
        "phone-erase": asked.erase_phones,
        "cert-regen": asked.regenerate,
        "trust-add": asked.trust,
        "stop": asked.stop,
    }


class _Questions:
    def __init__(self, cluster: PracticeCluster) -> None:
        self._cluster = cluster

    async def status(self, _arguments: _Arguments) -> object:
        nodes = zip(self._cluster.nodes, self._cluster.practice.nodes, strict=True)
        return {
            "release": self._cluster.practice.release.value,
            "mode": self._cluster.practice.mode.value,
            "nodes": [_node_object(shown, node) for shown, node in nodes],
            **await self._phones(),
        }

    async def phones(self, _arguments: _Arguments) -> object:
        return await self._phones()

    async def restart_phones(self, arguments: _Arguments) -> object:
        boots = await self._cluster.restart_phones(_macs(arguments))
        return {"boots": [_boot_object(boot) for boot in boots]}

    async def phone_log(self, arguments: _Arguments) -> object:
        log = await asyncio.to_thread(self._cluster.fleet.log, str(arguments["mac"]))
        return {"log": log}

    async def point_phones(self, arguments: _Arguments) -> object:
        named, macs = arguments["directory"], _macs(arguments)
        directory = None if named is None else Directory.from_json(named)
        await asyncio.to_thread(self._cluster.fleet.point, macs, directory)
        return await self._phones()

    async def erase_phones(self, arguments: _Arguments) -> object:
        macs = _macs(arguments)
        await asyncio.to_thread(self._cluster.fleet.erase, macs)
        return await self._phones()

    async def regenerate(self, arguments: _Arguments) -> object:
        practice, node = self._cluster.practice, arguments["node"]
        made = await asyncio.to_thread(practice.regenerate, str(arguments["store"]), node)
        whose = practice.publisher.name if node is None else str(node)
        return {"node": whose, "certificate": certificate_object(made.der)}

    async def trust(self, arguments: _Arguments) -> object:
        data = base64.b64decode(str(arguments["certificate"]), validate=True)
        store = str(arguments["store"])
        added = await asyncio.to_thread(self._cluster.practice.trust_add, store, data)
        return {"store": store, "certificate": certificate_object(added.der)}

    async def stop(self, _arguments: _Arguments) -> object:
        self._cluster.stopping.set()
        return {}

    async def _phones(self) -> dict[str, object]:
        reports = await asyncio.to_thread(self._cluster.fleet.reports)
        return {"phones": [_phone_object(report) for report in reports]}


def _macs(arguments: _Arguments) -> tuple[str, ...] | None:
    macs = arguments["macs"]
    return tuple(str(mac) for mac in macs) or None


def _node_object(shown: LabNode, node: Node) -> dict[str, object]:
    """Return a node: where it listens, and the list that it holds."""
    value: dict[str, object] = {
        "name": shown.name,
        "publisher": shown.publisher,
        "address": shown.address,
        "host": shown.host,
        "ports": asdict(shown.ports),
        "host_key": shown.host_key,
        "list": None,
        "error": None,
    }
    try:
        content = read_file(node.list_path, MAX_LIST)
        held = NodeFile(LIST_NAME, content.data, content.modified)
        signer = text_of(decode(content.data).header.signer_name)
    except InputError as error:
        if error.code != "file-missing":
            value["error"] = error_value(error)
    else:
        value["list"] = {**node_file_object(held), "signer_name": signer}
    return value


def _phone_object(report: PhoneReport) -> dict[str, object]:
    directory = report.directory
    return {
        "mac": report.mac,
        "model": report.model,
        "security_by_default": report.sbd,
        "checksum_kind": report.checksum_kind.value,
        "checksum": report.checksum,
        "signer": report.signer,
        "itl": report.itl,
        "ctl_verdict": _verdict_object(report.ctl_verdict),
        "itl_verdict": None if report.itl_verdict is None else _verdict_object(report.itl_verdict),
        "restarted": rfc3339(report.decided),
        "pointed_to": None if directory is None else [item.name for item in directory.servers],
    }


def _boot_object(boot: Boot) -> dict[str, object]:
    return {
        "mac": boot.mac,
        "accepted": boot.accepted,
        "code": boot.code,
        "why": boot.text,
        "checksum": boot.checksum,
        "kept": boot.kept,
        "itl_verdict": None if boot.itl is None else _verdict_object(boot.itl),
    }


def _verdict_object(verdict: Verdict) -> dict[str, object]:
    return {
        "accepted": verdict.accepted,
        "code": verdict.code,
        "why": verdict.text,
        "advice": verdict.advice,
    }
