"""What preflight says of a new list is what phones do: situation by situation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.lab.proof.conftest import Proof, Seat

OWN = "subscriber/ccm+tftp callmanager/ccm+tftp capf/capf"
"""The entries of servers that do not sign."""

TOKENS = f"*etoken-1 etoken-2 {OWN}"
BY_SECOND = f"etoken-1 *etoken-2 {OWN}"
TOKENLESS = f"*callmanager {OWN}"
TOKENLESS_FORMER = "*former former/ccm+tftp capf/capf"
TOKENLESS_RECOVERY = f"*callmanager recovery {OWN}"
MIXED = f"*etoken-1 etoken-2 recovery callmanager {OWN}"
BRIDGE = f"*callmanager etoken-1:server etoken-2:server {OWN}"

ITL_BARE = f"*callmanager recovery {OWN}"
ITL_TVS = "tvs/tvs tvs-2/tvs"
SILENT = ("7960", "6901")
KNOWN = ("accepts-known-by-ctl", "accepts-known-by-itl")
SAST, CALL_MANAGER, CAPF = "Phone-SAST-trust", "CallManager-trust", "CAPF-trust"


@dataclass(frozen=True, slots=True)
class Situation:
    """What phones hold, what the trust service knows, a new list, and what comes of it.

    Attributes:
        old: the CTL that phones hold; empty: none.
        new: the new list; empty: the same bytes.
        asking: why phones with Security by Default do what they do, at the publisher.
        silent: why phones without it do.
        second: as ``asking``, for phones with the second node's ITL, where that differs.
        files: why those do that ask the trust service, where the cluster itself was not asked
            and that differs.
        itl: the ITL that phones hold; empty: that of their node.
        uploads: what is in trust stores besides.
        named: of that what a person names with ``--store``; None: all.
        booting: whether phones take the old list on trust.
    """

    old: str
    new: str
    asking: str
    silent: str
    second: str = ""
    files: str = ""
    itl: str = ""
    uploads: tuple[tuple[str, str], ...] = ()
    named: tuple[str, ...] | None = None
    booting: bool = True

    def by_cluster(self, seat: Seat) -> str:
        """Why a phone does what it does, where the cluster was asked."""
        if seat.model in SILENT:
            return self.silent
        return self.second if self.second and seat.node else self.asking

    def by_files(self, seat: Seat) -> str:
        """Why a phone does what it does, by the files at hand."""
        code = self.by_cluster(seat)
        asks = seat.model not in SILENT and code not in KNOWN
        code = self.files if self.files and asks else code
        # That nobody said to have uploaded a certificate is as far as files go.
        return "refuses-not-uploaded" if code == "refuses-not-vouched" else code


BOTH = ("accepts-known-by-ctl", "accepts-known-by-ctl")
UPLOADED = (("etoken-1", SAST), ("etoken-2", SAST))

SITUATIONS = {
    # no CTL: before the first move
    "no CTL, the first tokenless list": Situation(
        "", TOKENLESS_RECOVERY, "accepts-known-by-itl", "accepts-first", second="accepts-vouched",
        files="unsure-store",
    ),
    "no CTL, a list by ITLRecovery": Situation(
        "", f"callmanager *recovery {OWN}", "accepts-known-by-itl", "accepts-first"
    ),
    "no CTL, tokens never uploaded": Situation(
        "", TOKENS, "refuses-not-vouched", "accepts-first"
    ),
    "no CTL, tokens uploaded": Situation(
        "", TOKENS, "accepts-vouched-by-list", "accepts-first", uploads=UPLOADED
    ),
    "no CTL, tokens uploaded, as the server writes them": Situation(
        "", f"*etoken-1:server {OWN}", "accepts-vouched", "accepts-first", uploads=UPLOADED
    ),
    "no CTL, tokens uploaded, an ITL without trust service": Situation(
        "", TOKENS, "refuses-no-tvs-record", "accepts-first", itl=ITL_BARE, uploads=UPLOADED
    ),
    "no CTL, the ITL has the signer, and no trust service": Situation(
        "", TOKENLESS, "accepts-known-by-itl", "accepts-first", itl=ITL_BARE
    ),
    "no CTL, in the ITL the signer is no SAST": Situation(
        "", TOKENLESS, "accepts-vouched", "accepts-first", files="unsure-store",
        itl=f"*recovery {OWN} {ITL_TVS}",
    ),
    "no CTL, in the ITL the signer has another key": Situation(
        "", TOKENLESS, "refuses-other-key", "accepts-first", itl=f"*impostor {OWN} {ITL_TVS}"
    ),
    "no CTL, the signer's entry contradicts itself in the ITL": Situation(
        "", TOKENLESS, "refuses-entry-unusable", "accepts-first",
        itl=f"*recovery callmanager~wrong-key {OWN} {ITL_TVS}",
    ),
    "no CTL, SHA-512": Situation(
        "", f"{TOKENLESS} digest=sha512", "unsure-digest", "unsure-digest",
        itl=f"{ITL_BARE} {ITL_TVS}",
    ),
    "no CTL, a list over 64 KB": Situation(
        "", f"{TOKENLESS} 90xcapf/capf", "refuses-size", "refuses-size"
    ),
    # the signer is in the list that phones have
    "the very same list": Situation(TOKENS, "", "accepts-same", "accepts-same"),
    "tokens, the other one signs": Situation(TOKENS, BY_SECOND, *BOTH),
    "tokens, the same one signs and leaves": Situation(
        TOKENS, f"etoken-2 {OWN} by=etoken-1", *BOTH
    ),
    "tokens, none of which is in the new list but its signer": Situation(
        TOKENS, f"*etoken-2 maker {OWN}", *BOTH
    ),
    "tokenless, the same signer": Situation(TOKENLESS, f"{TOKENLESS} time=1500000000", *BOTH),
    "tokenless with ITLRecovery, which signs": Situation(
        TOKENLESS_RECOVERY, f"callmanager *recovery {OWN}", *BOTH
    ),
    "tokens with the server's entries, CallManager signs": Situation(
        MIXED, TOKENLESS_RECOVERY, *BOTH
    ),
    "tokens with the server's entries, ITLRecovery signs": Situation(
        MIXED, f"*recovery callmanager {OWN}", *BOTH
    ),
    "tokenless with ITLRecovery, CallManager renewed, ITLRecovery signs": Situation(
        "*former recovery former/ccm+tftp", f"callmanager *recovery {OWN}", *BOTH
    ),
    "the bridge, a token signs as the server wrote it": Situation(
        BRIDGE, f"*etoken-1:server etoken-2:server {OWN}", *BOTH
    ),
    "an ITL without trust service does not matter to a known signer": Situation(
        TOKENS, BY_SECOND, *BOTH, itl=ITL_BARE
    ),
    "another name inside": Situation(TOKENS, f"{BY_SECOND} name=Other.tlv", *BOTH),
    "an older time stamp": Situation(TOKENS, f"{BY_SECOND} time=1000000000", *BOTH),
    "an entry without certificate, its key signs": Situation(
        f"*etoken-1 etoken-2~key-only {OWN}", BY_SECOND, *BOTH
    ),
    "an entry without PUBLICKEY, its certificate signs": Situation(
        f"*etoken-1 etoken-2~no-key {OWN}", BY_SECOND, *BOTH
    ),
    "an entry whose PUBLICKEY contradicts its certificate": Situation(
        f"*etoken-1 etoken-2~wrong-key {OWN}", BY_SECOND,
        "refuses-entry-unusable", "refuses-entry-unusable", uploads=UPLOADED,
    ),
    "an entry with neither certificate nor PUBLICKEY": Situation(
        f"*etoken-1 etoken-2~empty {OWN}", BY_SECOND,
        "refuses-entry-unusable", "refuses-entry-unusable", uploads=UPLOADED,
    ),
    "an entry without certificate, with another PUBLICKEY": Situation(
        f"*etoken-1 etoken-2~wrong-key-only {OWN}", BY_SECOND,
        "refuses-other-key", "refuses-other-key", uploads=UPLOADED,
    ),
    "a server's serial and issuer with another key": Situation(
        f"*impostor {OWN}", TOKENLESS, "refuses-other-key", "refuses-other-key", booting=False
    ),
    "a token's serial and issuer with another key": Situation(
        f"*forged etoken-2 {OWN}", TOKENS, "refuses-other-key", "refuses-other-key",
        uploads=UPLOADED,
    ),
    "SHA-512 by a known signer": Situation(
        TOKENS, f"{BY_SECOND} digest=sha512", "unsure-digest", "unsure-digest"
    ),
    "SHA-256 by a known signer": Situation(
        TOKENS, f"{BY_SECOND} digest=sha256", "unsure-digest", "unsure-digest"
    ),
    "4096 bits by a known signer": Situation(
        f"*etoken-1 long {OWN}", f"etoken-1 *long {OWN}", "unsure-key-length", "unsure-key-length"
    ),
    "over 64 KB by a known signer": Situation(
        TOKENS, f"{BY_SECOND} 90xcapf/capf", "refuses-size", "refuses-size"
    ),
    "SHA-512 by a known signer, as in the list before": Situation(
        f"{TOKENS} digest=sha512", f"{BY_SECOND} digest=sha512",
        "unsure-digest-as-before", "unsure-digest-as-before", booting=False,
    ),
    # the signer is not in the list that phones have: tokens
    "tokenless, tokens never uploaded": Situation(
        TOKENLESS, TOKENS, "refuses-not-vouched", "refuses-never-asks"
    ),
    "tokenless, tokens uploaded": Situation(
        TOKENLESS, TOKENS, "accepts-vouched-by-list", "refuses-never-asks", uploads=UPLOADED
    ),
    "tokenless, tokens uploaded, as the server writes them": Situation(
        TOKENLESS, f"*etoken-1:server etoken-2:server {OWN}", "accepts-vouched",
        "refuses-never-asks", uploads=UPLOADED,
    ),
    "tokenless, tokens uploaded, an ITL without trust service": Situation(
        TOKENLESS, TOKENS, "refuses-no-tvs-record", "refuses-never-asks", itl=ITL_BARE,
        uploads=UPLOADED,
    ),
    "tokenless, only the other token uploaded": Situation(
        TOKENLESS, TOKENS, "refuses-not-vouched", "refuses-never-asks",
        uploads=(("etoken-2", SAST),),
    ),
    "tokenless, tokens uploaded for phones only as CAPF": Situation(
        TOKENLESS, f"*etoken-1:server {OWN}", "refuses-not-signer", "refuses-never-asks",
        files="refuses-not-vouched", uploads=(("etoken-1", CAPF),), named=(),
    ),
    "tokenless, a token of another maker uploaded": Situation(
        TOKENLESS, f"*maker etoken-1 {OWN}", "accepts-vouched", "refuses-never-asks",
        uploads=(("maker", SAST),),
    ),
    "tokenless, another certificate with the token's serial uploaded": Situation(
        TOKENLESS, f"*etoken-1:server {OWN}", "refuses-stored-key", "refuses-never-asks",
        uploads=(("forged", SAST),), files="unsure-twins",
    ),
    "tokenless, another certificate of the token uploaded": Situation(
        TOKENLESS, TOKENS, "unsure-names", "refuses-never-asks", uploads=(("reissued", SAST),)
    ),
    "tokenless, the token uploaded in two versions": Situation(
        TOKENLESS, f"*etoken-1:server {OWN}", "unsure-twins", "refuses-never-asks",
        uploads=(("forged", SAST), ("etoken-1", SAST)),
    ),
    "tokenless, the token without certificate in the new list": Situation(
        TOKENLESS, f"*etoken-1~key-only etoken-2 {OWN}", "refuses-not-vouched",
        "refuses-never-asks", uploads=UPLOADED,
    ),
    "the bridge, the token signs as the CTL Client writes it": Situation(
        BRIDGE, TOKENS, "accepts-vouched-by-list", "refuses-spelling", uploads=UPLOADED
    ),
    "tokens, a third one signs that was uploaded": Situation(
        TOKENS, f"etoken-1 etoken-2 *maker {OWN}", "accepts-vouched", "refuses-never-asks",
        uploads=(("maker", SAST),),
    ),
    "4096 bits by an uploaded signer": Situation(
        TOKENLESS, f"*long etoken-1 {OWN}", "unsure-key-length", "refuses-never-asks",
        uploads=(("long", SAST),),
    ),
    "SHA-512 by an uploaded token": Situation(
        TOKENLESS, f"{TOKENS} digest=sha512", "unsure-digest", "refuses-never-asks",
        uploads=UPLOADED,
    ),
    "SHA-512 by a token that was not uploaded": Situation(
        TOKENLESS, f"{TOKENS} digest=sha512", "refuses-not-vouched", "refuses-never-asks"
    ),
    # the signer is not in the list that phones have: servers
    "tokens, back to tokenless": Situation(
        TOKENS, TOKENLESS, "accepts-vouched", "refuses-never-asks", files="unsure-store"
    ),
    "tokens, back to tokenless, the server's certificate named": Situation(
        TOKENS, TOKENLESS, "accepts-vouched", "refuses-never-asks", named=("callmanager",)
    ),
    "tokens, ITLRecovery signs": Situation(
        TOKENS, f"*recovery callmanager {OWN}", "accepts-vouched", "refuses-never-asks",
        files="unsure-store",
    ),
    "CallManager renewed, it signs": Situation(
        TOKENLESS_FORMER, TOKENLESS, "accepts-vouched", "refuses-never-asks", files="unsure-store"
    ),
    "another server with CallManager's serial": Situation(
        "*namesake capf/capf", TOKENLESS, "accepts-vouched", "refuses-never-asks",
        files="unsure-store",
    ),
    "CallManager renewed, not in any store": Situation(
        TOKENLESS, "*renewed renewed/ccm+tftp", "unsure-names", "refuses-never-asks",
        files="unsure-store",
    ),
    "CallManager of another cluster": Situation(
        TOKENLESS, "*elsewhere elsewhere/ccm+tftp", "refuses-not-vouched", "refuses-never-asks",
        files="unsure-store",
    ),
    "CallManager of another cluster, uploaded": Situation(
        TOKENLESS, "*elsewhere elsewhere/ccm+tftp", "accepts-vouched", "refuses-never-asks",
        uploads=(("elsewhere", CALL_MANAGER), ("elsewhere", SAST)),
    ),
    "CallManager and the trust service renewed together": Situation(
        TOKENLESS_FORMER, TOKENLESS, "unsure-trust-service", "refuses-never-asks",
        files="unsure-store", itl="*former former/ccm+tftp capf/capf former-tvs/tvs",
    ),
    "CallManager renewed, the ITL from before": Situation(
        TOKENLESS_FORMER, TOKENLESS, "accepts-vouched", "refuses-never-asks",
        files="unsure-store", itl=f"*former former/ccm+tftp {ITL_TVS}",
    ),
    "CAPF signs": Situation(
        TOKENS, f"*capf {OWN}", "refuses-not-signer", "refuses-never-asks", files="unsure-store"
    ),
}  # fmt: skip


@pytest.mark.parametrize("situation", SITUATIONS.values(), ids=SITUATIONS)
def test_phones_do_what_was_foreseen(situation: Situation, proof: Proof) -> None:
    """What is foreseen, with the cluster's help or by files at hand, phones do for that reason."""
    old = proof.ctl(situation.old) if situation.old else None
    new = proof.ctl(situation.new) if situation.new else old
    assert new is not None
    itl = proof.itl(situation.itl) if situation.itl else None
    proof.prepare(old, itl, situation.uploads, booting=situation.booting)
    named = situation.named
    if named is None:
        named = tuple(who for who, _store in situation.uploads)

    asked = proof.foresees(new)
    unasked = proof.foresees_by_files(new, old, named)
    done = proof.restarts(new)

    assert {seat: situation.by_cluster(seat) for seat in done} == asked.codes
    assert {seat: situation.by_files(seat) for seat in done} == unasked.codes
    asked.require(done)
    unasked.require(done)
