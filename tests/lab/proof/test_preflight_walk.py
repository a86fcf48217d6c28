"""Random lists, stores and ITL files: whatever is foreseen, phones do."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import pytest
from hypothesis import Phase, event, given, settings
from hypothesis import strategies as st

from ctlkit.acceptance import Answer
from ctlkit.errors import CannotTellError, TrustError

if TYPE_CHECKING:
    from tests.lab.proof.conftest import Proof

Uploads: TypeAlias = list[tuple[str, str]]

# Some have names, serial or key in common: callmanager, former and impostor; etoken-1, forged and
# reissued.
SERVERS = ("callmanager", "recovery", "former", "impostor")
TOKENS = ("etoken-1", "etoken-2", "forged", "reissued", "maker")
SIGNER_STORES = ("Phone-SAST-trust", "CallManager-trust")
PRESENT, OUTDATED = "tvs/tvs tvs-2/tvs", "former-tvs/tvs"
PHASES = set(Phase) - {Phase.explain}  # which restarts phones for minutes
ORDER = (Answer.REFUSES, Answer.CANNOT_TELL, Answer.ACCEPTS)

someone = st.sampled_from((*SERVERS, *TOKENS, *(f"{token}:server" for token in TOKENS)))
often_whole = st.sampled_from(("",) * 6 + ("~key-only", "~no-key"))
often_sound = st.sampled_from(("",) * 4 + ("~key-only", "~no-key", "~wrong-key", "~empty"))
often_sast = st.sampled_from(("",) * 4 + ("/ccm+tftp", "/capf"))
often_sha1 = st.sampled_from(("",) * 8 + (" digest=sha256", " digest=sha512"))


@st.composite
def entries(draw: st.DrawFn, most: int) -> str:
    """Entries that do not sign."""
    drawn = draw(st.lists(st.tuples(someone, often_sast, often_sound), max_size=most))
    return " ".join(_word(*item) for item in drawn)


def _word(who: str, function: str, shape: str) -> str:
    name, colon, dialect = who.partition(":")
    return f"{name}{function}{colon}{dialect}{shape}"


@st.composite
def held_lists(draw: st.DrawFn) -> str:
    """A list whose signer is its first entry, so that it verifies."""
    return f"*{_word(draw(someone), '', draw(often_whole))} {draw(entries(5))}"


@st.composite
def new_lists(draw: st.DrawFn) -> str:
    """A list as phones hold, or one without an entry for its signer, with any digest."""
    text = draw(held_lists())
    if draw(st.integers(0, 7)) == 0:
        text = f"capf/capf {draw(entries(4))} by={draw(someone)}"
    return f"{text}{draw(often_sha1)}"


@st.composite
def itls(draw: st.DrawFn) -> str:
    """An ITL of a server, with the present trust services, another or none; or the nodes' own."""
    if draw(st.booleans()):
        return ""
    signer = draw(st.sampled_from(SERVERS))
    services = draw(st.sampled_from((*[PRESENT] * 4, OUTDATED, "")))
    return f"*{signer} {draw(entries(3))} {services}"


uploads = st.lists(
    st.tuples(st.sampled_from((*TOKENS, "former", "impostor")), st.sampled_from(SIGNER_STORES)),
    unique=True,
    max_size=3,
)
unnamed = st.lists(
    st.tuples(st.sampled_from(TOKENS), st.just("CAPF-trust")), unique=True, max_size=1
)


@given(
    old=st.one_of(held_lists(), held_lists(), held_lists(), st.none()),
    new=new_lists(),
    itl=itls(),
    uploaded=uploads,
    hidden=unnamed,
)
@settings(max_examples=80, phases=PHASES)
def test_phones_do_whatever_is_foreseen(
    proof: Proof, old: str | None, new: str, itl: str, uploaded: Uploads, hidden: Uploads
) -> None:
    """By all that is in the stores, and by what a person has: what was uploaded, and the ITL.

    A person can neither know of what others put into other stores, nor that an ITL is outdated.
    """
    held = None if old is None else proof.ctl(old)
    offered = proof.ctl(new)
    proof.prepare(held, proof.itl(itl) if itl else None, [*uploaded, *hidden], booting=False)
    named = [who for who, _store in uploaded]
    try:
        unasked = proof.foresees_by_files(offered, held, named)
    except (TrustError, CannotTellError) as error:
        event(f"not judged: {error.code}")
        return
    asked = proof.foresees_by_stores(unasked)
    done = proof.restarts(offered)
    for code in asked.codes.values():
        event(code)
    asked.require(done)
    if not hidden and OUTDATED not in itl:
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
