"""When a phone accepts a new list; pure rules.

Rules, for phones that hold a CTL (OLD), an ITL, both or none:

1. A list over 64 KB is refused. The list that a phone holds already is no new one.
2. With a CTL the signer must be a SAST entry of the list *the phone has*, by issuer and serial,
   and it must be the key of the entry **there** that signs. The same issuer and serial with
   another key is refused, and nobody else is asked. With an ITL and no CTL the ITL serves. Of a
   list that is not at hand, or cannot be verified, it cannot be told whether it knows the signer.
3. Else a phone with Security by Default asks the trust service, whose answers it believes by the
   TVS records of its own ITL: no such record, no vouching. An ITL that nobody showed is taken to
   have one, as every server writes them, and one that was shown to be of the present services;
   where the publisher's database has none of its certificates, it depends on what these show.
4. What the trust service says stands in :mod:`ctlkit.acceptance._vouching`.
5. A phone that holds neither takes the first list on trust. One with Security by Default has an
   ITL as a rule; where that was not shown, both cases have to lead to the same answer.
6. What phones can check is known of SHA-1 and of keys up to 2,048 bits, and of what a table of
   models says beyond that. Anything else cannot be told.
7. Where it is not known whether a model has Security by Default both cases have to lead to the
   same answer. Where phones may hold any of several lists all of these have to.

Nothing of ``ctlkit_lab`` is used: its phones prove these rules because they have their own.

Source: docs/cluster.md, when a phone accepts a new list; docs/phones.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product

from ctlkit.acceptance._reasons import Decided, Reasons
from ctlkit.acceptance._signers import knowing, signer_records, spelled_otherwise
from ctlkit.acceptance._values import (
    Answer,
    ClassVerdict,
    HeldList,
    NewList,
    PhoneClass,
    TrustService,
    Verdict,
)
from ctlkit.acceptance._vouching import Vouching
from ctlkit.codec import PHONE_LIMIT
from ctlkit.errors import CannotTellError, SignatureError
from ctlkit.trustlist import Record
from ctlkit.verify import entry_key

__all__ = ["judge_class"]

_WORST_FIRST = (Answer.REFUSES, Answer.CANNOT_TELL, Answer.ACCEPTS)


def judge_class(
    new: NewList,
    phones: PhoneClass,
    olds: Sequence[HeldList],
    itls: Sequence[HeldList],
    service: TrustService,
) -> ClassVerdict:
    """Return what phones of a class do, whichever of some lists they hold (rule 7)."""
    reasons = Reasons(new, phones.model)
    judge = _Judge(reasons, Vouching(reasons, service))
    held = product(olds or (None,), itls or (None,))
    against = tuple(judge.verdict(old, itl) for old, itl in held)
    return ClassVerdict(phones, _worst(against), against)


def _worst(verdicts: Iterable[Verdict]) -> Verdict:
    return min(verdicts, key=lambda item: _WORST_FIRST.index(item.answer))


@dataclass(frozen=True, slots=True)
class _Judge:
    """A new list and phones of a model, whatever lists they hold."""

    reasons: Reasons
    vouching: Vouching

    def verdict(self, old: HeldList | None, itl: HeldList | None) -> Verdict:
        titles = (old.title if old else None, itl.title if itl else None)
        asks = self.reasons.model.security_by_default
        if asks is not None:
            return Verdict(*self._decided(old, itl, asks=asks), *titles)
        asking, silent = (self._decided(old, itl, asks=asks) for asks in (True, False))
        if asking[0] is silent[0]:
            # The reason of those that ask holds for both, and warns of what it leans on.
            return Verdict(*(silent if asking[0] is Answer.CANNOT_TELL else asking), *titles)
        for answer, reason in (asking, silent):
            if answer is Answer.CANNOT_TELL:
                return Verdict(answer, reason, *titles)
        return Verdict(*self.reasons.unsure("unsure-security-by-default"), *titles)

    def _decided(self, old: HeldList | None, itl: HeldList | None, *, asks: bool) -> Decided:
        """Decide for phones that do, or do not, ask the trust service."""
        new, reasons = self.reasons.new, self.reasons
        if new.size > PHONE_LIMIT:
            return reasons.refuses("refuses-size", size=new.size, limit=PHONE_LIMIT)
        anchor = old if old is not None else itl if asks else None
        if anchor is None:
            return self._first(asks=asks)
        if anchor.verified is None:
            return self._unknown(anchor, itl, asks=asks)
        if old is not None and anchor.verified.list.raw == new.raw:
            return reasons.accepts("accepts-same")
        entries = knowing(anchor, new)
        if entries:
            code = "accepts-known-by-ctl" if old is not None else "accepts-known-by-itl"
            return self._checked(entries, code, anchor)
        return self.vouching.decided(itl) if asks else self._silent(anchor)

    def _unknown(self, held: HeldList, itl: HeldList | None, *, asks: bool) -> Decided:
        """Decide for phones whose list is not at hand: the trust service may vouch all the same."""
        vouched = self.vouching.decided(itl) if asks else None
        if vouched is not None and vouched[0] is Answer.ACCEPTS:
            return vouched
        return self.reasons.unsure("unsure-held", held=held.title)

    def _silent(self, held: HeldList) -> Decided:
        """Decide for phones that do not know the signer and never ask."""
        other = spelled_otherwise(held, self.reasons.new)
        if other is None:
            return self.reasons.refuses("refuses-never-asks", held=held.title)
        serial = (other.serial or b"").hex(":").upper()
        return self.reasons.refuses("refuses-spelling", held=held.title, serial=serial)

    def _first(self, *, asks: bool) -> Decided:
        """Decide for phones of which no list is known (rule 5)."""
        own = [record for record in signer_records(self.reasons.new) if record.is_sast]
        if own:
            first = self._checked(own, "accepts-first", None)
        else:
            first = self.reasons.refuses("refuses-no-entry")
        if not asks or first[0] is Answer.CANNOT_TELL:
            return first
        vouched = self.vouching.decided(None)
        if first[0] is vouched[0] is Answer.ACCEPTS:
            return vouched
        return self.reasons.unsure("unsure-itl")

    def _checked(self, entries: Sequence[Record], code: str, held: HeldList | None) -> Decided:
        """Check with the key of the entry that phones have (rule 2), ``code`` if it is the one."""
        title = held.title if held else self.reasons.new.filename
        found = [self._refused(entry, title) for entry in entries]
        if len({item is None for item in found}) > 1:
            return self.reasons.unsure("unsure-entries", held=title)
        accepts = self.reasons.accepts(code, held=title)
        return found[0] or self.reasons.unable(held) or accepts

    def _refused(self, entry: Record, title: str) -> Decided | None:
        """Return why an entry does not verify the new list; None where it does."""
        try:
            key = entry_key(entry)
        except (SignatureError, CannotTellError) as error:
            return self.reasons.refuses("refuses-entry-unusable", held=title, reason=error)
        if key == self.reasons.new.key:
            return None
        return self.reasons.refuses("refuses-other-key", held=title)
