"""Random walks over changes: laws that hold for every list that comes out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import given, settings
from hypothesis import strategies as st

from ctlkit.codec import PHONE_LIMIT, encode_record
from ctlkit.edit import Consent, Mode, Origin, Plan, RowState, holds, mode_of, require_consent
from ctlkit.errors import RuleError, UsageError
from ctlkit.profiles import profile
from ctlkit.trustlist import Digest, Function
from ctlkit.verify import VerifiedList, verify

if TYPE_CHECKING:
    from tests.unit.conftest import Editor

TOKENS = ("etoken-1", "etoken-2", "etoken-3")
SERVERS = ("publisher-1024", "publisher-2048", "capf", "subscriber", "ec-server")
ADDRESSES = ("10.48.47.153", "10.48.47.154", "192.0.2.1", None)
REFUSALS = {
    "two-tokens-needed",
    "token-not-in-list",
    "two-sast-stay",
    "remove-signer",
    "remove-and-name",
    "remove-not-found",
    "servers-needed",
    "server-certificate-needed",
    "server-address-missing",
    "server-in-cluster",
    "server-several-entries",
    "server-twice",
}

servers = st.fixed_dictionaries(
    {
        "label": st.sampled_from(SERVERS),
        "function": st.sampled_from([Function.CCM_TFTP, Function.CAPF, Function.TFTP]),
        "address": st.sampled_from(ADDRESSES),
        "name": st.sampled_from(["pub", "sub"]),
        "origin": st.sampled_from(Origin),
    }
)
steps = st.fixed_dictionaries(
    {
        "signer": st.sampled_from(TOKENS),
        "tokens": st.lists(st.sampled_from(TOKENS), max_size=2),
        "servers": st.lists(servers, max_size=3),
        "remove": st.lists(st.sampled_from((*TOKENS, *SERVERS)), max_size=2),
        "mode": st.sampled_from([None, Mode.MIXED, Mode.NON_SECURE]),
        "digest": st.sampled_from([None, None, Digest.SHA1, Digest.SHA512]),
        "profile": st.sampled_from(["ctl-client", "cucm"]),
    }
)


def take(editor: Editor, present: VerifiedList | None, step: dict[str, Any]) -> VerifiedList | None:
    """Make one change and hold it against the laws; None where a rule forbids it."""
    planned: Plan | None = None
    refusal = ""
    try:
        planned = editor.plan(
            present=present,
            signer=editor.token(step["signer"]),
            tokens=tuple(map(editor.token, step["tokens"])),
            servers=tuple(editor.server(**server) for server in step["servers"]),
            remove=tuple(editor.certificate(label).serial.hex() for label in step["remove"]),
            mode=step["mode"],
            digest=step["digest"],
            profile=profile(step["profile"]),
        )
    except (RuleError, UsageError) as error:
        refusal = error.code
    if planned is None:
        assert refusal in REFUSALS
        return None
    made = editor.signed(planned, step["signer"])
    records = made.list.records
    own = editor.certificate(step["signer"])
    named = [own, *map(editor.certificate, step["tokens"])]
    named += [editor.certificate(server["label"]) for server in step["servers"]]

    assert records == editor.records(planned)
    assert made.signer is not None
    assert holds(made.signer, own)
    assert len({item.certificate for item in records if item.is_sast}) >= 2
    assert any(item.function == Function.CCM_TFTP for item in records)
    assert len(made.list.raw) <= PHONE_LIMIT
    assert planned.mode is mode_of(records) or planned.mode is Mode.NON_SECURE
    assert step["mode"] in (None, planned.mode)

    old = present.list.records if present else ()
    for row in planned.rows:
        if row.state is RowState.KEPT:
            assert row.old in old
            assert row.old is not None
            assert encode_record(row.record) == encode_record(row.old)
        if row.state is not RowState.REMOVED:
            assert row.record in records
        elif not any(holds(row.record, item) for item in named):
            assert row.record not in records
    kept = [row.old for row in planned.rows if row.old is not None]
    assert sorted(map(encode_record, old)) == sorted(map(encode_record, kept))
    stays = [row.old for row in planned.rows if row.state in (RowState.KEPT, RowState.CHANGED)]
    assert [item for item in old if item in stays] == stays

    if present is not None:
        confirmed = Consent(new_signer=True, lockout="LOCKOUT")
        known = any(item.is_sast and holds(item, own) for item in old)
        assert known is ("signer-new" not in editor.red(planned))
        if known:
            verify(made.list, (present,))
        if not {"stale-entry", "fingerprint-unconfirmed"} & set(editor.red(planned)):
            require_consent(planned.messages, confirmed)
    return made


@settings(max_examples=60)
@given(walk=st.lists(steps, min_size=1, max_size=6))
def test_every_list_keeps_the_laws(editor: Editor, walk: list[dict[str, Any]]) -> None:
    """Two SAST entries, the signer one of them, a server, kept bytes and order, under 64 KB."""
    reached: VerifiedList | None = editor.present
    for step in walk:
        reached = take(editor, reached, step) or reached


@settings(max_examples=40)
@given(first=steps, second=steps)
def test_every_new_list_keeps_the_laws(
    editor: Editor, first: dict[str, Any], second: dict[str, Any]
) -> None:
    """The same for lists made from nothing and then changed once."""
    given_servers = [{"label": "publisher-1024", "address": "10.48.47.153", "name": "pub"}]
    made = take(editor, None, {**first, "servers": given_servers, "remove": []})
    if made is not None:
        take(editor, made, second)
