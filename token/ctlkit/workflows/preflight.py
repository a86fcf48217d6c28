"""Telling beforehand which phones will accept a list.

Rules:

* Nothing is written anywhere, and no phone is asked.
* An old list is a file or a place. The new list and every old one that is a file have to verify:
  phones take no other. Of a place at least one has to.
* A node that does not answer is named, and the others count; a place of which none answers is an
  error.
* An ITL is not a CTL: named as an old list it is refused, so that nobody judges by the wrong one.

Source: docs/phones.md.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from ctlkit.acceptance import HeldList, Judgement, NewList, in_order
from ctlkit.codec import MAX_LIST, decode
from ctlkit.errors import CannotTellError, InputError, TrustError, UsageError
from ctlkit.files import read_file
from ctlkit.messages import Message
from ctlkit.place import Access, Place, open_place
from ctlkit.trustlist import Function, TrustList
from ctlkit.verify import VerifiedList, verify
from ctlkit.workflows.grounds import Ground, PhoneFacts, ground_of
from ctlkit.workflows.nodes import Look, look_at_any
from ctlkit.workflows.reading import verified_list

__all__ = ["Preflight", "PreflightRequest", "names_place", "preflight"]


@dataclass(frozen=True, slots=True)
class PreflightRequest:
    """What ``ctlkit preflight`` was asked.

    Attributes:
        olds: files and places; none: phones without a CTL.
        new: the file of the new list.
        itls: ITL files that phones may hold.
        told: what a person said of the phones.
        now: seconds since 1970, UTC.
    """

    olds: tuple[str, ...]
    new: Path
    now: int
    itls: tuple[Path, ...] = ()
    told: PhoneFacts = field(default_factory=PhoneFacts)


@dataclass(frozen=True, slots=True)
class Preflight:
    """What was judged, and the judgement."""

    new: VerifiedList
    ground: Ground
    judgement: Judgement


def preflight(request: PreflightRequest, access: Access) -> Preflight:
    """Judge a list.

    Raises:
        InputError: a file cannot be read, or is not what it has to be.
        TrustError, CannotTellError: a list does not verify.
        NetworkError, PlaceError: a place cannot be read.
        ConfigurationError: the table of models is wrong.
    """
    phones = request.told.classes()
    data = read_file(request.new, MAX_LIST).data
    ground = request.told.ground()
    files: list[HeldList] = []
    said: list[Message] = []
    for old in request.olds:
        if names_place(old, access):
            with open_place(old, access) as place:
                found = look_at_any(place)
                ground = ground.joined(_place_ground(place, found, request.now, data))
            said += _about_absent(found)
        else:
            files.append(_old_list(old, request.now))
            ground = ground.joined(Ground(olds=(files[-1],)))
    itls = tuple(_held_itl(path, request.now) for path in request.itls)
    ground = _lifted(ground.joined(Ground(itls=itls)), files, data)
    new = _new_list(data, request.new, ground.olds, request.now)
    judgement = ground.judged(NewList.of(new), phones, request.now)
    warnings = in_order((*ground.about_clusters(new), *said, *judgement.warnings))
    return Preflight(new, ground, replace(judgement, warnings=warnings))


def _about_absent(found: Look) -> Iterator[Message]:
    """Yield that some nodes of a place did not answer."""
    if found.absent:
        nodes = ", ".join(item.node for item in found.absent)
        yield Message("nodes-unreachable", {"nodes": nodes, "reason": found.absent[0].error})


def _lifted(ground: Ground, files: Sequence[HeldList], new: bytes) -> Ground:
    """Leave out lists that are not at hand where a person named what phones hold besides."""
    named = [old for old in files if old.verified and old.verified.list.raw != new]
    olds = tuple(old for old in ground.olds if old.verified or not named)
    return replace(ground, olds=olds)


def _place_ground(place: Place, found: Look, now: int, new: bytes) -> Ground:
    """Return what is known of a place that was named as an old list.

    Raises:
        TrustError, CannotTellError, InputError: it holds a list, but none that verifies.
    """
    ground = ground_of(place, found, now, new=new)
    verified = any(old.verified for old in ground.olds)
    for file in (item.present for item in found.states):
        if not verified and file and file.data:
            _verified(file.data, file.name, now)
    return ground


def names_place(text: str, access: Access) -> bool:
    """Whether a text names a place; what is a file's name is that file, a folder hides no place."""
    if os.path.lexists(text) and not Path(text).is_dir():
        return False
    return text in access.settings or text.startswith(("folder:", "lab:")) or "://" in text


def _old_list(name: str, now: int) -> HeldList:
    verified = _verified(read_file(name, MAX_LIST).data, name, now)
    if _is_itl(verified):
        raise UsageError("preflight-old-is-itl", file=name)
    return HeldList(name, verified)


def _held_itl(path: Path, now: int) -> HeldList:
    verified = _verified(read_file(path, MAX_LIST).data, str(path), now)
    if not _is_itl(verified):
        raise UsageError("preflight-itl-is-ctl", file=path)
    return HeldList(str(path), verified)


def _verified(data: bytes, name: str, now: int) -> VerifiedList:
    with _naming(name):
        return verified_list(data, name, now)


def _is_itl(verified: VerifiedList) -> bool:
    """Whether a list is an ITL: by its name, or because it names trust services."""
    value = verified.list
    return value.header.filename.upper().startswith("ITL") or any(
        record.function == Function.TVS for record in value.records
    )


def _new_list(data: bytes, path: Path, olds: Sequence[HeldList], now: int) -> VerifiedList:
    """Verify the new list; one that does not hold its own signer by what the old ones hold."""
    with _naming(path):
        try:
            verified = verified_list(data, str(path), now)
        except CannotTellError as error:
            value = decode(data)
            if error.code != "signer-not-in-list" or not olds or not isinstance(value, TrustList):
                raise
            verified = verify(value, tuple(old.verified for old in olds if old.verified), now=now)
    if _is_itl(verified):
        raise UsageError("preflight-new-is-itl", file=path)
    return verified


@contextmanager
def _naming(file: Path | str) -> Iterator[None]:
    """Let an error about a list name its file: there are several."""
    try:
        yield
    except (InputError, TrustError) as error:
        if "file" in error.values:
            raise
        values = {"file": file, "reason": error, "advice": error.advice}
        if isinstance(error, InputError):
            raise InputError("preflight-list-unreadable", **values) from error
        raise TrustError("preflight-list-not-valid", **values) from error
    except CannotTellError as error:
        raise CannotTellError("preflight-list-untold", file=file, reason=error) from error
