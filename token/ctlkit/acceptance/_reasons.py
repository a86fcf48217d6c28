"""An answer with its reason, and what phones of a model are able to check; pure rules."""

from __future__ import annotations

from dataclasses import dataclass

from ctlkit.acceptance._models import Model
from ctlkit.acceptance._values import Answer, HeldList, NewList
from ctlkit.messages import Message, Severity
from ctlkit.trustlist import Digest

__all__ = ["Decided", "Reasons"]

_ODD = frozenset({"signer-key-size", "modulus-index"})
"""Warnings of a signature whose length is none that the format has a number for, or another."""

Decided = tuple[Answer, Message]
"""What phones do, and why."""


@dataclass(frozen=True, slots=True)
class Reasons:
    """Makes answers about a new list for phones of a model."""

    new: NewList
    model: Model

    def accepts(self, code: str, **values: object) -> Decided:
        """Return that they accept."""
        return Answer.ACCEPTS, self._reason(code, values)

    def refuses(self, code: str, **values: object) -> Decided:
        """Return that they refuse."""
        return Answer.REFUSES, self._reason(code, values)

    def unsure(self, code: str, **values: object) -> Decided:
        """Return that it cannot be told."""
        return Answer.CANNOT_TELL, self._reason(code, values)

    def unable(self, held: HeldList | None = None) -> Decided | None:
        """Return that it cannot be told whether they can check the list; None where they can.

        Args:
            held: the CTL or ITL that they have; what it needed already is another reason than
                what is needed now for the first time.
        """
        new, model = self.new, self.model
        before = held.verified if held else None
        if any(item.code in _ODD for item in new.weak):
            return self.unsure("unsure-signature", bits=new.key.bits)
        if new.digest not in model.digests:
            as_before = before is not None and before.digest == new.digest
            code = "unsure-digest-as-before" if as_before else "unsure-digest"
            return self.unsure(code, digest=_digest_name(new.digest))
        if new.key.bits > model.largest_key:
            as_before = before is not None and before.key.bits >= new.key.bits
            code = "unsure-key-length-as-before" if as_before else "unsure-key-length"
            return self.unsure(code, bits=new.key.bits, known=model.largest_key)
        return None

    def _reason(self, code: str, values: dict[str, object]) -> Message:
        known = {"signer": self.new.signer.title, "model": self.model.name}
        return Message(code, {**known, **values}, Severity.NOTE)


def _digest_name(number: int) -> str:
    try:
        return Digest(number).name
    except ValueError:
        return str(number)
