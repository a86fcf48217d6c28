"""What the trust service says of a signer that phones ask about; pure rules.

Rules:

1. Phones believe its answers by the TVS records of their own ITL: no such record, no vouching. An
   ITL that nobody showed is taken to have one, as every server writes them, and one that was
   shown to be of the present services; where the publisher's database has others than it names,
   it depends on which node a phone asks, and what that shows.
2. It looks into its stores first, by serial and issuer as the server writes them. That certificates
   of CallManager, ITLRecovery and Phone-SAST-trust may sign lists is published or their purpose;
   of CallManager-trust it is not, of any other store they may not.
3. It looks into the server's own list then: the new one, where that is put in force on every node;
   for a list of chosen phones the one in force; where nodes are left out it cannot be told. The
   list answers for a signer whose subject and issuer also stand in a store
   (:data:`LIST_ALONE_IS_ENOUGH`).
4. A token is in a store if somebody says so: it was uploaded by a person. Whether a server's
   certificate is in its own stores nobody needs to say; without the publisher's database it
   cannot be told.

Source: docs/cluster.md, what the trust service vouches for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ctlkit.acceptance._reasons import Decided, Reasons
from ctlkit.acceptance._signers import named_like, records_of, signer_records
from ctlkit.acceptance._values import Answer, HeldList, NewList, Stored, TrustService
from ctlkit.certificate import Certificate, PublicKey
from ctlkit.edit import is_server_sast
from ctlkit.errors import InputError
from ctlkit.profiles import CTL_CLIENT, CUCM, Identity
from ctlkit.trustlist import Function, Record, text_of

__all__ = ["LIST_ALONE_IS_ENOUGH", "Vouching", "stored_with_names"]

LIST_ALONE_IS_ENOUGH = False
"""Whether the trust service answers out of its own list for a signer that is in no store. Not
published: in the one published case the token stood in both. False is the safe reading."""


def stored_with_names(new: NewList, service: TrustService) -> tuple[Stored, ...]:
    """Return the stored certificates with the signer's subject and issuer, in either dialect."""
    wanted = (text_of(new.signer.subject), text_of(new.signer.issuer))
    return tuple(
        item
        for item in service.stored
        if any((text_of(who.subject), text_of(who.issuer)) == wanted for who in _identities(item))
    )


def _identities(item: Stored) -> tuple[Identity, Identity]:
    """Return who a stored certificate is as the server writes it, and as the CTL Client does."""
    return (
        CUCM.identity(item.certificate, token=False),
        CTL_CLIENT.identity(item.certificate, token=True),
    )


@dataclass(frozen=True, slots=True)
class Vouching:
    """Decides for phones that ask."""

    reasons: Reasons
    service: TrustService

    def decided(self, itl: HeldList | None) -> Decided:
        """Decide by what the trust service says, as phones with an ITL believe it (rule 1)."""
        found = self._by_service()
        if itl is None:
            return found
        refused = found[0] is Answer.REFUSES
        if itl.verified is None:
            return found if refused else self.reasons.unsure("unsure-held", held=itl.title)
        listed = _trust_services(itl)
        if not listed:
            return self.reasons.refuses("refuses-no-tvs-record", held=itl.title)
        if not refused and not self.service.own_certificates <= listed:
            return self.reasons.unsure("unsure-trust-service", held=itl.title)
        return found

    def _by_service(self) -> Decided:
        """Decide by the stores and the server's own list (rules 2 to 4)."""
        new, service = self.reasons.new, self.service
        wanted = (new.signer.serial, text_of(new.signer.issuer))
        stored = [
            item
            for item in service.stored
            if wanted == (_identities(item)[0].serial, text_of(_identities(item)[0].issuer))
        ]
        if stored:
            return self._by_store(stored)
        listed = new.records if service.listed is None else service.listed
        named = stored_with_names(new, service)
        answering = [item for item in named_like(listed, new) if item.certificate]
        if answering and (named or LIST_ALONE_IS_ENOUGH):
            return self._by_list(answering, named)
        if service.complete:
            return self.reasons.refuses("refuses-not-vouched")
        own = signer_records(new)
        if not own or any(is_server_sast(item, list(new.records)) for item in own):
            return self.reasons.unsure("unsure-store")
        return self.reasons.refuses("refuses-not-uploaded")

    def _by_store(self, stored: Sequence[Stored]) -> Decided:
        roles = {item.is_signer for item in stored}
        if roles == {False}:
            return self.reasons.refuses("refuses-not-signer")
        fitting = {item.certificate.public_key == self.reasons.new.key for item in stored}
        if len(fitting) > 1:
            return self.reasons.unsure("unsure-twins")
        if fitting == {False}:
            if not self.service.complete:  # the right one may be there as well
                return self.reasons.unsure("unsure-twins")
            return self.reasons.refuses("refuses-stored-key")
        if True not in roles:
            return self.reasons.unsure("unsure-role")
        return self.reasons.unable() or self.reasons.accepts("accepts-vouched")

    def _by_list(self, records: Sequence[Record], named: Sequence[Stored]) -> Decided:
        if not any(record.is_sast for record in records):
            return self.reasons.refuses("refuses-not-signer")
        fitting = {_key_of(record.certificate) == self.reasons.new.key for record in records}
        if len(fitting) > 1:
            return self.reasons.unsure("unsure-twins")
        if fitting == {False}:
            return self.reasons.refuses("refuses-stored-key")
        listed = {record.certificate for record in records}
        if named and all(item.certificate.der not in listed for item in named):
            return self.reasons.unsure("unsure-names")
        if named and all(item.is_signer is not True for item in named):
            return self.reasons.unsure("unsure-role")
        if not self.service.everywhere:
            return self.reasons.unsure("unsure-nodes")
        return self.reasons.unable() or self.reasons.accepts("accepts-vouched-by-list")


def _trust_services(itl: HeldList) -> set[bytes]:
    return {
        record.certificate
        for record in records_of(itl)
        if record.function == Function.TVS and record.certificate
    }


def _key_of(der: bytes | None) -> PublicKey | None:
    try:
        return Certificate.from_der(der or b"").public_key
    except InputError:
        return None
