"""Random lists, stores and ITL files: whatever is foreseen, phones do."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import pytest
from hypothesis import Phase, event, given, settings
from hypothesis import strategies as st

from ctlkit.acceptance import Answer
from ctlkit.errors import CannotTellError, TrustError

if TYPE_CHECKING:
    from tests.lab.proof.conftest import Proof

Uploads: TypeAlias = list[tuple[str, str]]

# Some have names, serial or key in common: callmanager, former, renewed and impostor; etoken-1,
# forged and reissued. Keys have 1024 or 2048 bits, that of long has 4096.
SERVERS = ("callmanager", "recovery", "former", "renewed", "impostor")
TOKENS = ("etoken-1", "etoken-2", "forged", "reissued", "maker", "long")
SIGNER_STORES = (*["Phone-SAST-trust"] * 3, "CallManager-trust", "CAPF-trust")
UPLOADED = (*TOKENS, "former", "renewed", "impostor")
PRESENT = "tvs/tvs tvs-2/tvs"
# A trust service was given another certificate since: each of the nodes, both, or twice.
OUTDATED = ("former-tvs/tvs", "tvs/tvs", "tvs-2/tvs former-tvs/tvs")
UNNAMED = "CAPF-trust"
"""A store of which a person cannot say that it is one for signers."""

SIGNER = re.compile(r"(?:\*|by=)([a-z0-9-]+)")
PHASES = set(Phase) - {Phase.explain}  # which restarts phones for minutes
ORDER = (Answer.REFUSES, Answer.CANNOT_TELL, Answer.ACCEPTS)


@dataclass(frozen=True)
class Situation:
    """What phones hold, what is offered, the ITL, the stores, and whether every node gets it."""

    old: str | None
    new: str
    itl: str
    uploaded: Uploads
    everywhere: bool = True


someone = st.sampled_from((*SERVERS, *TOKENS, *(f"{token}:server" for token in TOKENS)))
# Those whom the trust service may vouch for if phones do not know them.
vouched = st.sampled_from(
    (*UPLOADED, *["etoken-1", "etoken-2"] * 3, "etoken-1:server", "etoken-2:server", "long:server")
)
often_whole = st.sampled_from(("",) * 6 + ("~key-only", "~no-key"))
often_sound = st.sampled_from(("",) * 4 + ("~key-only", "~no-key", "~wrong-key", "~empty"))
often_sast = st.sampled_from(("",) * 4 + ("/ccm+tftp", "/capf"))
often_sha1 = st.sampled_from(("",) * 16 + (" digest=sha256", " digest=sha512"))


@st.composite
def entries(draw: st.DrawFn, most: int) -> str:
    """Entries that do not sign."""
    drawn = draw(st.lists(st.tuples(someone, often_sast, often_sound), max_size=most))
    return " ".join(_word(*item) for item in drawn)


def _word(who: str, function: str, shape: str) -> str:
    name, colon, dialect = who.partition(":")
    return f"{name}{function}{colon}{dialect}{shape}"


@st.composite
def held_lists(draw: st.DrawFn, signers: st.SearchStrategy[str] = someone, most: int = 5) -> str:
    """A list whose signer is its first entry, so that it verifies."""
    return f"*{_word(draw(signers), '', draw(often_whole))} {draw(entries(most))}"


@st.composite
def new_lists(draw: st.DrawFn, old: str | None) -> str:
    """A list as phones hold, or one of the old list's signer, without an entry; with any digest."""
    text = draw(held_lists(st.one_of(vouched, vouched, someone)))
    if old is not None and draw(st.integers(0, 9)) == 0:
        signer = old.split(maxsplit=1)[0].removeprefix("*").partition("~")[0]
        text = f"capf/capf {draw(entries(4))} by={signer}"
    return f"{text}{draw(often_sha1)}"


@st.composite
def itls(draw: st.DrawFn) -> str:
    """An ITL of a server, with the present trust services, another or none; or the nodes' own."""
    if draw(st.integers(0, 2)) == 0:
        return ""
    signer = draw(st.sampled_from(SERVERS))
    services = draw(st.sampled_from((*[PRESENT] * 5, *OUTDATED, "")))
    return f"*{signer} {draw(entries(2))} {services}"


others = st.lists(st.tuples(st.sampled_from(UPLOADED), st.sampled_from(SIGNER_STORES)), max_size=2)


@st.composite
def anything(draw: st.DrawFn) -> Situation:
    """Any lists; the signer of the new one was often uploaded."""
    old = draw(st.one_of(st.none(), *[held_lists(most=3)] * 5))
    new, itl = draw(new_lists(old)), draw(itls())
    found = SIGNER.search(new)
    assert found is not None
    uploaded = draw(others)
    if found[1] in UPLOADED and draw(st.booleans()):
        uploaded.append((found[1], draw(st.sampled_from(SIGNER_STORES))))
    return Situation(old, new, itl, uploaded)


@st.composite
def questions(draw: st.DrawFn) -> Situation:
    """A signer that phones do not know, so that those that can ask the trust service."""
    who = draw(st.sampled_from(("etoken-1", "etoken-1", "etoken-2", "maker", "long")))
    spelled = draw(st.sampled_from((who, who, f"{who}:server")))
    twin = "forged" if who == "etoken-1" else "reissued"
    old = f"*recovery {draw(st.sampled_from(('capf/capf', 'callmanager', 'former')))}"
    shape = draw(st.sampled_from(("",) * 5 + ("~no-key",)))
    new = f"*{spelled}{shape} recovery {draw(st.sampled_from(('', 'capf/capf', f'{twin}/capf')))}"
    uploaded = [(who, draw(st.sampled_from(SIGNER_STORES)))]
    if not draw(st.integers(0, 2)):
        uploaded = [(twin, uploaded[0][1]), *draw(st.sampled_from(([], uploaded)))]
    services = draw(st.sampled_from((*[PRESENT] * 9, *OUTDATED, "")))
    return Situation(
        old=old,
        new=f"{new}{draw(st.sampled_from(('', '', '', ' digest=sha512')))}",
        itl=draw(st.sampled_from((f"*callmanager {services}",) * 3 + ("",))),
        uploaded=uploaded,
        everywhere=draw(st.sampled_from((True, True, False))),
    )


@given(given=st.one_of(anything(), questions()))
@settings(max_examples=40, phases=PHASES)
def test_phones_do_whatever_is_foreseen(proof: Proof, given: Situation) -> None:
    """By all that is in the stores, and by what a person has: what was uploaded, and the ITL.

    A person can neither know of what others put into stores that are not for signers, nor that an
    ITL is outdated, nor that what was uploaded has a twin among the server's own certificates.
    Where a node is left out, some phones ask its trust service all the same.
    """
    held = None if given.old is None else proof.ctl(given.old)
    offered = proof.ctl(given.new)
    itl = proof.itl(given.itl) if given.itl else None
    uploaded = list(dict.fromkeys(given.uploaded))
    everywhere = given.everywhere or itl is None  # else each node has an ITL of its own
    proof.prepare(held, itl, uploaded, booting=False)
    named = [who for who, store in uploaded if store != UNNAMED]
    try:
        unasked = proof.foresees_by_files(offered, held, named)
    except (TrustError, CannotTellError) as error:
        event(f"not judged: {error.code}")
        return
    asked = proof.foresees_by_stores(unasked, everywhere=everywhere)
    done = proof.restarts(offered, everywhere=everywhere)
    for code in asked.codes.values():
        event(code)
    asked.require(done)
    outdated = any(services in given.itl for services in OUTDATED) and PRESENT not in given.itl
    hidden = len(named) < len(uploaded) or "impostor" in named
    if everywhere and not hidden and not outdated:
        unasked.require(done)


@pytest.mark.parametrize("stores", [(), ("etoken-1", "etoken-2")])
@given(olds=st.lists(held_lists(), min_size=1, max_size=4), new=held_lists())
@settings(max_examples=15, phases=PHASES)
def test_the_worst_of_several_lists_counts(
    stores: tuple[str, ...], proof: Proof, olds: list[str], new: str
) -> None:
    """What is foreseen against several lists is what is foreseen against each, and the worst."""
    lists, offered = [proof.ctl(old) for old in olds], proof.ctl(new)
    together = proof.judged(offered, *lists, stores=stores).judgement.classes
    alone = [proof.judged(offered, old, stores=stores).judgement.classes for old in lists]
    for number, item in enumerate(together):
        singles = [classes[number] for classes in alone]
        assert [single.worst.reason.code for single in singles] == [
            verdict.reason.code for verdict in item.against
        ]
        assert min((single.answer for single in singles), key=ORDER.index) is item.answer
