"""How a phone restarts: it fetches, decides, asks the trust service, keeps, and writes its log.

Rules:

1. It asks for ``CTLSEP<MAC>.tlv``, where there is none for ``CTLFile.tlv``; then, with Security by
   Default, for ``ITLFile.tlv``. The first of its servers that answers counts. Where a server has
   no file the phone keeps what it has.
2. A list that it holds already needs no decision. Any other is decided by the rules of
   :mod:`ctlkit_lab.phones.deciding`: a CTL against the CTL that the phone has, else its ITL; an
   ITL against the CTL that the phone has by then, else its ITL.
3. A signer that is not known there is asked about at the trust services of the phone's group, one
   after the other until one answers, if the phone has Security by Default. Their certificates
   must be those of the TVS records of the ITL that *the phone has*: no ITL, no vouching. What was
   vouched for serves 24 hours.
4. A phone that was pointed to other servers asks the trust services of its old ones until it took
   an ITL of the new ones.
5. Servers are hostile: size and time of every answer are bounded, one that fails is not asked
   again in this restart, and what it did stands in the log.

Source: docs/cluster.md, when a phone accepts a new list. Inferences: that the first answer of a
trust service counts, and that no ITL has a phone's own name.
"""

from __future__ import annotations

import dataclasses
import os
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ctlkit.errors import (
    CancelledError,
    CtlkitError,
    FormatError,
    InputError,
    NetworkError,
    PlaceError,
    TrustError,
    UntrustedError,
)
from ctlkit.place import ITL_NAME, LIST_NAME
from ctlkit.place.fetch import fetch_http, fetch_tftp
from ctlkit.trustlist import TrustList
from ctlkit.tvs import LIFETIME, TvsAnswer, ask, query_request
from ctlkit_lab.phones.console import Console
from ctlkit_lab.phones.deciding import (
    FIRST_ITL_ON_TRUST,
    Signer,
    Verdict,
    check_with_certificate,
    check_with_entry,
    entry_of,
    read_offer,
    signer_of,
    trust_service_certificates,
)
from ctlkit_lab.phones.directory import Directory, Server
from ctlkit_lab.phones.memory import CachedAnswer, PhoneState
from ctlkit_lab.phones.models import Fetch
from ctlkit_lab.phones.phone import Phone

__all__ = ["Boot", "Patience", "boot"]

_MOST_ANSWERS = 16


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a phone waits, in seconds: for one file, and for one answer of a trust service.

    All phones of a fleet share this computer with the servers they wait for, hence the length.
    """

    fetch: float = 30.0
    tvs: float = 30.0


_PATIENT = Patience()


@dataclass(frozen=True, slots=True)
class Boot:
    """What a restart of a phone came to.

    Attributes:
        mac: the phone.
        accepted: whether it accepted the CTL it was offered, None where there was none to decide.
        code, text: why, as a key and in English.
        checksum: what its screen shows of the CTL it has now, None where it has none.
        kept: whether its CTL, or having none, is still as it was before.
        itl: the verdict on the ITL, None where it came to none.
    """

    mac: str
    accepted: bool | None
    code: str
    text: str
    checksum: str | None
    kept: bool
    itl: Verdict | None = None


def boot(
    phone: Phone,
    directory: Directory,
    clock: Callable[[], float] = time.time,
    *,
    patience: Patience = _PATIENT,
    stop: threading.Event | None = None,
) -> Boot:
    """Restart a phone; blocks, for a time that ``patience`` and the number of servers bound.

    Args:
        phone: the phone.
        directory: the servers of its fleet, for a phone that was pointed to no others.
        clock: seconds since 1970, UTC.
        patience: how long it waits.
        stop: set by whoever wants to stop; looked at between two steps.

    Raises:
        CancelledError: ``stop`` was set.
    """
    try:
        return _Restart(phone, directory, clock, patience, stop or threading.Event()).run()
    except CancelledError:
        raise
    except CtlkitError as error:  # its folder is damaged, or cannot be written
        return Boot(phone.mac, None, error.code, str(error), None, kept=True)


@dataclass(frozen=True, slots=True)
class _Offer:
    """What a server answered: a file, or that it has none."""

    node: str
    name: str
    data: bytes | None


class _Restart:
    """One restart of one phone."""

    def __init__(
        self,
        phone: Phone,
        directory: Directory,
        clock: Callable[[], float],
        patience: Patience,
        stop: threading.Event,
    ) -> None:
        self._phone = phone
        self._model = phone.model
        self._clock = clock
        self._patience = patience
        self._stop = stop
        self._before = phone.state()
        self._directory = self._before.directory or directory
        self._group = self._before.group or self._directory
        self._console = Console(phone.model, clock, self._before.lines)
        self._answers = self._before.answers
        self._failed: dict[tuple[str, Server], str] = {}
        self._ctl: TrustList | None = None
        self._itl: TrustList | None = None

    def run(self) -> Boot:
        """Restart, and keep what came of it."""
        itl, kept = None, True
        try:
            self._ctl = held = self._phone.ctl()
            self._itl = self._phone.itl() if self._model.sbd else None
            first = held is None and self._itl is None
            ctl = self._take_ctl(first)
            kept = self._ctl is held
            if self._model.sbd:
                itl = self._take_itl(first and FIRST_ITL_ON_TRUST)
        except InputError as error:  # a list of the phone's own cannot be read
            ctl = Verdict.of(None, error)
            self._console.note(ctl.text)
        self._remember(ctl, itl)
        shown = None if self._ctl is None else self._model.checksum.of(self._ctl.raw)
        return Boot(self._phone.mac, ctl.accepted, ctl.code, ctl.text, shown, kept, itl)

    def _take_ctl(self, on_trust: bool) -> Verdict:
        names = (f"CTLSEP{self._phone.mac}.tlv", LIST_NAME)
        verdict, taken = self._take(names, self._ctl, on_trust, self._phone.take_ctl)
        self._ctl = taken or self._ctl
        return verdict

    def _take_itl(self, on_trust: bool) -> Verdict:
        verdict, _ = self._take((ITL_NAME,), self._itl, on_trust, self._phone.take_itl)
        return verdict

    def _take(
        self,
        names: Sequence[str],
        held: TrustList | None,
        on_trust: bool,
        put: Callable[[bytes], None],
    ) -> tuple[Verdict, TrustList | None]:
        """Fetch a list, decide, and put it in force; return the verdict and the list if taken."""
        taken = None
        try:
            offer = self._fetch(names)
            if offer.data is None:
                verdict = Verdict(
                    None, "phone-nothing-offered", {"node": offer.node, "name": offer.name}
                )
            elif held is not None and held.raw == offer.data:
                verdict = Verdict(True, "phone-same")
            else:
                new = read_offer(offer.data, offer.name)
                verdict = self._decide(new, on_trust)
                put(offer.data)
                taken = new
                self._console.accepted()
        except (NetworkError, PlaceError) as error:
            verdict = Verdict.of(None, error)
        except (TrustError, FormatError) as error:
            verdict = Verdict.of(False, error)
            self._console.refused()
        self._console.note(f"{names[-1]}: {verdict.text}")
        return verdict, taken

    def _fetch(self, names: Sequence[str]) -> _Offer:
        """Return the first of some files that the first server that answers has (rule 1)."""
        over_http = self._model.fetch is Fetch.HTTP
        what, fetch = ("files", fetch_http if over_http else fetch_tftp)
        for server in self._untried(what, self._directory):
            port = server.http if over_http else server.tftp
            try:
                for name in names:
                    self._go_on()
                    found = fetch(server.host, port, name, timeout=self._patience.fetch)
                    if found is not None:
                        return _Offer(server.name, name, found.data)
                return _Offer(server.name, names[-1], None)
            except CancelledError:
                raise
            except CtlkitError as error:
                self._fail(what, server, error)
        reason = self._reasons(what)
        raise NetworkError("phone-nothing-fetched", name=names[-1], reason=reason)

    def _decide(self, new: TrustList, on_trust: bool) -> Verdict:
        """Accept a list, and say why, or raise why not."""
        signer = signer_of(new)
        anchor = self._itl if self._ctl is None else self._ctl
        entry = None if anchor is None else entry_of(anchor, signer)
        if entry is not None:
            check_with_entry(new, entry, signer)
            code = "phone-known-by-itl" if self._ctl is None else "phone-known-by-ctl"
            return Verdict(True, code, {"signer": signer.text})
        if on_trust:
            own = entry_of(new, signer)
            if own is None:
                raise UntrustedError("phone-no-anchor", signer=signer.text)
            check_with_entry(new, own, signer)
            return Verdict(True, "phone-trusted-first", {"signer": signer.text})
        if not self._model.sbd:
            model = self._model.number
            raise UntrustedError("phone-signer-unknown", signer=signer.text, model=model)
        return self._decide_vouched(new, signer)

    def _decide_vouched(self, new: TrustList, signer: Signer) -> Verdict:
        """Accept a list by what a trust service says now or said before (rule 3)."""
        now = self._clock()
        for kept in self._answers:
            if kept.serves(signer, now, LIFETIME):
                check_with_certificate(new, kept.certificate, signer)
                return Verdict(True, "phone-vouched-before", {"signer": signer.text})
        server, answer = self._ask(signer)
        values = {"node": server.name, "signer": signer.text}
        if not answer.found:
            raise UntrustedError("phone-tvs-unknown", **values)
        if not answer.is_signer:
            raise UntrustedError("phone-tvs-not-sast", **values)
        if answer.certificate is None:
            raise UntrustedError("phone-tvs-no-certificate", **values)
        self._cache(signer, answer.certificate, answer.lifetime)
        check_with_certificate(new, answer.certificate, signer)
        return Verdict(True, "phone-vouched", values)

    def _ask(self, signer: Signer) -> tuple[Server, TvsAnswer]:
        """Return the answer of the first trust service of the group that gives one."""
        pinned = () if self._itl is None else trust_service_certificates(self._itl)
        if not pinned:
            raise UntrustedError("phone-no-tvs-record", signer=signer.text)
        session = int.from_bytes(os.urandom(4), "big")
        question = query_request(
            self._phone.device, signer.subject, signer.issuer, signer.serial, session
        )
        for server in self._untried("tvs", self._group):
            self._go_on()
            self._console.asking(server.host)
            try:
                answer = ask(
                    server.host,
                    server.tvs,
                    question,
                    pinned=pinned,
                    timeout=self._patience.tvs,
                    tls10=self._model.tls10,
                )
            except NetworkError as error:
                self._fail("tvs", server, error)
                continue
            self._console.answered(vouched=answer.is_signer)
            return server, answer
        reason = self._reasons("tvs")
        raise UntrustedError("phone-tvs-silent", signer=signer.text, reason=reason)

    def _cache(self, signer: Signer, certificate: bytes, lifetime: int | None) -> None:
        seconds = LIFETIME if lifetime is None else min(lifetime, LIFETIME)
        new = CachedAnswer(signer.issuer, signer.serial, certificate, self._clock() + seconds)
        old = (kept for kept in self._answers if kept.serial != signer.serial)
        self._answers = (new, *old)[:_MOST_ANSWERS]

    def _untried(self, what: str, directory: Directory) -> tuple[Server, ...]:
        """Return the servers that did not fail yet in this restart (rule 5)."""
        return tuple(item for item in directory.servers if (what, item) not in self._failed)

    def _fail(self, what: str, server: Server, error: CtlkitError) -> None:
        self._failed[what, server] = str(error)
        self._console.note(f"{server.name}: {error}")

    def _reasons(self, what: str) -> str:
        return "; ".join(text for (of, _), text in self._failed.items() if of == what) or "none"

    def _go_on(self) -> None:
        if self._stop.is_set():
            raise CancelledError("interrupted")

    def _remember(self, ctl: Verdict, itl: Verdict | None) -> None:
        """Write what the phone remembers, and its log (rule 4)."""
        arrived = itl is not None and itl.accepted is True

        def changed(state: PhoneState) -> PhoneState:
            still = state.directory == self._before.directory
            return dataclasses.replace(
                state,
                group=None if arrived and still else state.group,
                answers=self._answers,
                ctl=ctl,
                itl=itl,
                decided=self._clock(),
                lines=self._console.number,
            )

        self._phone.add_log(self._console.lines)
        self._phone.change(changed)
