"""What a phone remembers beside its lists, and its form as JSON.

Rules:

* What is read back is checked in full: anything that :func:`to_json` does not write is refused.
* Bytes stand in it as hexadecimal text, times as seconds since 1970, UTC.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from ctlkit.messages import wording
from ctlkit_lab.phones.deciding import Signer, Verdict
from ctlkit_lab.phones.directory import Directory, typed
from ctlkit_lab.phones.models import MODELS, PhoneModel

__all__ = ["CachedAnswer", "PhoneState", "from_json", "to_json"]

_SCHEMA = 1
_NEVER = Verdict(None, "phone-never-booted")


@dataclass(frozen=True, slots=True)
class CachedAnswer:
    """A certificate by which a trust service vouched for a signer.

    Attributes:
        issuer, serial: of the signer, the bytes that were asked for.
        certificate: the certificate of the answer, DER.
        expires: until when it serves, seconds since 1970, UTC.
    """

    issuer: bytes
    serial: bytes
    certificate: bytes = field(repr=False)
    expires: float

    def serves(self, signer: Signer, now: float, longest: float) -> bool:
        """Whether it is about a signer and still fresh; a clock set back ends it too."""
        same = (self.issuer, self.serial) == (signer.issuer, signer.serial)
        return same and now < self.expires <= now + longest


@dataclass(frozen=True, slots=True)
class PhoneState:
    """What a phone remembers beside its lists.

    Attributes:
        directory: the servers it was pointed to, None for those of its fleet.
        group: the trust services it asks, None for those of its directory.
        answers: what trust services vouched for.
        ctl: the last verdict on a CTL.
        itl: the last verdict on an ITL, None where there was none yet.
        decided: when it was restarted last, seconds since 1970, UTC.
        lines: the number of the last line of its log.
    """

    directory: Directory | None = None
    group: Directory | None = None
    answers: tuple[CachedAnswer, ...] = ()
    ctl: Verdict = _NEVER
    itl: Verdict | None = None
    decided: float | None = None
    lines: int = 0


def to_json(model: PhoneModel, state: PhoneState) -> dict[str, object]:
    """Return what ``state.json`` holds of a phone."""
    return {
        "schema": _SCHEMA,
        "model": model.number,
        "directory": state.directory.to_json() if state.directory else None,
        "group": state.group.to_json() if state.group else None,
        "answers": [
            {
                "issuer": answer.issuer.hex(),
                "serial": answer.serial.hex(),
                "certificate": answer.certificate.hex(),
                "expires": answer.expires,
            }
            for answer in state.answers
        ],
        "ctl": _verdict_to_json(state.ctl),
        "itl": _verdict_to_json(state.itl) if state.itl else None,
        "decided": state.decided,
        "lines": state.lines,
    }


def _verdict_to_json(verdict: Verdict) -> dict[str, object]:
    return {"accepted": verdict.accepted, "code": verdict.code, "values": dict(verdict.values)}


def from_json(value: object) -> tuple[PhoneModel, PhoneState]:
    """Read what :func:`to_json` returned.

    Raises:
        KeyError, TypeError, ValueError: it is anything else.
    """
    found = typed(value, dict)
    if found["schema"] != _SCHEMA:
        raise ValueError("another schema")
    return MODELS[found["model"]], _state(found)


def _state(found: Mapping[str, object]) -> PhoneState:
    directory, group, itl, decided = (
        found[name] for name in ("directory", "group", "itl", "decided")
    )
    return PhoneState(
        directory=None if directory is None else Directory.from_json(directory),
        group=None if group is None else Directory.from_json(group),
        answers=tuple(_answer(typed(item, dict)) for item in typed(found["answers"], list)),
        ctl=_verdict(found["ctl"]),
        itl=None if itl is None else _verdict(itl),
        decided=None if decided is None else _time(decided),
        lines=typed(found["lines"], int),
    )


def _answer(found: Mapping[str, object]) -> CachedAnswer:
    issuer, serial, certificate = (
        bytes.fromhex(typed(found[name], str)) for name in ("issuer", "serial", "certificate")
    )
    return CachedAnswer(issuer, serial, certificate, _time(found["expires"]))


def _verdict(value: object) -> Verdict:
    found = typed(value, dict)
    accepted = None if found["accepted"] is None else typed(found["accepted"], bool)
    values = {
        name: of if isinstance(of, int) else typed(of, str)
        for name, of in typed(found["values"], dict).items()
    }
    wording(found["code"], values)  # a KeyError where there is no such text
    return Verdict(accepted, typed(found["code"], str), values)


def _time(value: object) -> float:
    seconds = float(value) if isinstance(value, int) else typed(value, float)
    if not math.isfinite(seconds):
        raise ValueError("no time")
    return seconds
