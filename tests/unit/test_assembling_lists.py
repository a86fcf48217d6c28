"""Putting a list together step by step: what is shown before anything is decided."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from ctlkit.certificate import Certificate
from ctlkit.codec import decode
from ctlkit.drafts import draft, identity_of, make_record
from ctlkit.edit import Mode, RowState, Server, TokenEntry
from ctlkit.errors import NetworkError, RuleError, TrustError, UsageError
from ctlkit.place import FolderPlace, open_place
from ctlkit.profiles import CTL_CLIENT, USECALLMANAGER, Profile
from ctlkit.signing import PemSigner, sign
from ctlkit.trustlist import Digest, Function
from ctlkit.workflows.assembling import Survey, Wish, assemble, survey
from softhsm_fixtures import CertificateSpec, etoken_certificate, make_certificate

_NOW = 1_800_000_000
_NAMES = ("SAST-ADN00000001", "SAST-ADN00000002", "SAST-ADN00000003")
_CREDENTIALS = {name: etoken_certificate(name) for name in _NAMES}
_ONE, _TWO, _THREE = (
    TokenEntry(Certificate.from_der(_CREDENTIALS[name].der), name) for name in _NAMES
)
_PUBLISHER = Certificate.from_der(make_certificate(CertificateSpec(subject="CN=pub,O=Cisco")).der)
_RENEWED = Certificate.from_der(make_certificate(CertificateSpec(subject="CN=new,O=Cisco")).der)


def _list(profile: Profile = CTL_CLIENT) -> bytes:
    records = [
        *(make_record(profile, Function.SAST, token.certificate) for token in (_ONE, _TWO)),
        make_record(
            profile, Function.CCM_TFTP, _PUBLISHER, dns="10.0.0.1", address="10.0.0.1", token=False
        ),
    ]
    unsigned = draft(
        profile,
        records,
        signer=_ONE.certificate,
        identity=identity_of(records[0]),
        digest=Digest.SHA1,
        timestamp=0,
        filename="CTLFile.tlv",
    )
    return sign(unsigned, PemSigner(_CREDENTIALS[_NAMES[0]].pem)).raw


@pytest.fixture
def ground(tmp_path: Path) -> Callable[[bytes | None], Survey]:
    """Look at a folder that holds a file, or none."""

    def look(data: bytes | None) -> Survey:
        if data is not None:
            (tmp_path / "CTLFile.tlv").write_bytes(data)
        with FolderPlace(str(tmp_path)) as place:
            return survey(place, _NOW)

    return look


Ground = Callable[[bytes | None], Survey]


def test_an_empty_folder(ground: Ground) -> None:
    """Without a list the cluster counts as mixed, and it is warned of (W1)."""
    found = ground(None)
    assert (None, None) == (found.says, found.problem)
    assert ["mixed-without-list"] == [item.code for item in found.warnings]
    assert () == replace(found, default_mode=Mode.NON_SECURE).warnings


def test_a_list_that_does_not_verify(ground: Ground) -> None:
    """Nothing is built on a list that does not verify, and nothing is warned of beside that."""
    data = bytearray(_list())
    data[-1] ^= 1
    found = ground(bytes(data))
    assert isinstance(found.problem, TrustError)
    assert () == found.warnings
    assert found.problem is found.refusal(None)
    with pytest.raises(TrustError):
        assemble(found, Wish((_ONE,)))


def test_the_first_token(ground: Ground) -> None:
    """With one token there is a row, and a reason why it is not finished."""
    made = assemble(ground(None), Wish((_ONE,)))
    (row,) = made.rows
    assert (RowState.NEW, 0, None) == (row.row.state, row.token, row.locked)
    assert "two-tokens-needed" == getattr(made.refusal, "code", "")


def test_servers_that_were_given(ground: Ground) -> None:
    """A given server has a row that knows what it is for; with it the list can be finished."""
    server = Server(Function.CCM_TFTP, _PUBLISHER, None, "10.0.0.1")
    made = assemble(ground(None), Wish((_ONE, _TWO), (server,)))
    assert [(0, None), (None, 0), (1, None)] == [(row.token, row.server) for row in made.rows]
    assert made.refusal is None


def test_a_stranger(ground: Ground) -> None:
    """A token that the list does not know is refused until a known one was shown."""
    found = ground(_list())
    with pytest.raises(RuleError) as refused:
        assemble(found, Wish((_THREE,)))
    assert "token-not-in-list" == refused.value.code
    made = assemble(found, Wish((_ONE, _THREE)))
    assert frozenset({0}) == made.known
    assert [RowState.NEW, *[RowState.KEPT] * 3] == [row.row.state for row in made.rows]


def test_what_cannot_be_dropped(ground: Ground) -> None:
    """The last two tokens stay, and so does the one that has to sign."""
    found = ground(_list())
    two = assemble(found, Wish((_ONE,)))
    assert ["remove-signer", "two-sast-stay", ""] == [
        row.locked.code if row.locked else "" for row in two.rows
    ]
    three = assemble(found, Wish((_ONE, _THREE)))
    assert ["", "remove-signer", "", ""] == [
        row.locked.code if row.locked else "" for row in three.rows
    ]


def test_what_is_dropped(ground: Ground) -> None:
    """A dropped entry stays as a row that knows what dropped it."""
    found = ground(_list())
    wish = Wish((_ONE, _THREE))
    other = assemble(found, wish).rows[2]
    made = assemble(found, replace(wish, remove=(other.remove,)))
    last = made.rows[-1]
    assert (RowState.REMOVED, other.remove) == (last.row.state, last.remove)


def test_a_server_that_changed(ground: Ground) -> None:
    """A given certificate replaces the present one; taking it back is enough to undo that."""
    server = Server(Function.CCM_TFTP, _RENEWED, None, "10.0.0.1")
    made = assemble(ground(_list()), Wish((_ONE,), (server,)))
    row = made.rows[-1]
    assert (RowState.CHANGED, 0, "") == (row.row.state, row.server, row.remove)


def test_asterisk_has_no_non_secure_form(ground: Ground) -> None:
    """A list of Asterisk's dialect refuses non-secure mode, and nothing else."""
    found = ground(_list(USECALLMANAGER))
    assert "non-secure-profile" == getattr(found.refusal(Mode.NON_SECURE), "code", "")
    assert found.refusal(None) is None
    assert decode(_list(USECALLMANAGER)).raw


def test_a_place_that_can_only_be_read() -> None:
    """What cannot be written is refused at once."""
    with open_place("http://127.0.0.1") as place, pytest.raises(UsageError) as refused:
        survey(place, _NOW)
    assert "place-read-only" == refused.value.code


def test_a_place_that_does_not_answer() -> None:
    """It is said why not even one node answers: nobody left them out."""
    address = "sftp://nobody@127.0.0.1:1/tftp"
    with open_place(address) as place, pytest.raises(RuleError) as refused:
        survey(place, _NOW)
    assert isinstance(refused.value.values["reason"], NetworkError)
