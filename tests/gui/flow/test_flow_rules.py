"""What the wizard does from Server to Finish, one rule each."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ctlkit.edit import Mode, RowState
from ctlkit.errors import (
    CancelledError,
    InputError,
    LoginError,
    RuleError,
)
from ctlkit.messages import Message
from ctlkit.place import HostKey
from ctlkit_gui import flow
from ctlkit_gui.flow import (
    Action,
    EntriesView,
    Failed,
    ForgetDialog,
    InsertTokenView,
    NoticeDialog,
    NoticeKind,
    PlaceKind,
    Purpose,
    ReviewView,
    Screen,
    ServerForm,
    ServerView,
    TokenView,
    address_of,
    advance,
    further_nodes,
    view,
)
from ctlkit_gui.flow.selection import Selection, selection_of
from ctlkit_gui.flow.values import EntryShown

if TYPE_CHECKING:
    from tests.gui.flow.conftest import MakeFlow, MakeWorld

_SFTP = ServerForm(PlaceKind.SFTP, "pub", "2222", "tftp admin", "", "/srv/a b", "sub1, [fe80::1]")


@pytest.mark.parametrize(
    ("form", "address"),
    [
        (ServerForm(PlaceKind.FOLDER, folder="/srv/tftp"), "folder:/srv/tftp"),
        (ServerForm(PlaceKind.CLUSTER, host="pub"), "cucm://pub"),
        (ServerForm(PlaceKind.CLUSTER, "fe80::1", "22", "admin"), "cucm://admin@[fe80::1]"),
        (_SFTP, "sftp://tftp%20admin@pub:2222/srv/a%20b"),
        (ServerForm(PlaceKind.LAB, folder="/srv/lab"), "lab:/srv/lab"),
        (ServerForm(PlaceKind.NAMED, name="office"), "office"),
    ],
)
def test_addresses(form: ServerForm, address: str) -> None:
    """What is typed becomes the address that the library understands."""
    assert address == address_of(form)


def test_further_nodes_of_sftp() -> None:
    """Further nodes share user, port and folder; other kinds have none."""
    expected = tuple(f"sftp://tftp%20admin@{host}:2222/srv/a%20b" for host in ("sub1", "[fe80::1]"))
    assert expected == further_nodes(_SFTP)
    assert () == further_nodes(replace(_SFTP, kind=PlaceKind.CLUSTER))


@pytest.mark.parametrize("between", [", ", ",", " ", ";", "\uff0c", "\u3001", "\uff1b"])
def test_further_nodes_are_separated(between: str) -> None:
    """By commas or blanks, and by the marks that a Chinese input method types."""
    form = ServerForm(PlaceKind.SFTP, "pub", remote="/srv", nodes=f"sub1{between}sub2")
    assert ("sftp://sub1/srv", "sftp://sub2/srv") == further_nodes(form)


@pytest.mark.parametrize(
    ("form", "code"),
    [
        (ServerForm(PlaceKind.CLUSTER), "wizard-host-missing"),
        (ServerForm(PlaceKind.CLUSTER, host="https://pub/"), "wizard-host-wrong"),
        (ServerForm(PlaceKind.CLUSTER, host="pub", port="65536"), "wizard-port-wrong"),
        (ServerForm(PlaceKind.FOLDER, folder=" "), "wizard-folder-missing"),
        (ServerForm(PlaceKind.NAMED), "wizard-place-missing"),
    ],
)
def test_what_is_missing_on_server(make_flow: MakeFlow, form: ServerForm, code: str) -> None:
    """Next says what is missing, and does nothing when it is pressed all the same."""
    made = make_flow()
    made.do(flow.FormChanged(form))
    why = view(made.state).frame.next.why
    assert code == (why.code if why else "")
    made.do(flow.Next())
    assert (Screen.SERVER, []) == (made.state.screen, made.effects)


def test_a_refused_password(make_flow: MakeFlow) -> None:
    """A login that was refused stays on Server, and asks for another password."""
    made = make_flow()
    made.do(flow.FormChanged(ServerForm(host="pub")), flow.Next())
    assert made.state.busy is not None
    error = LoginError("password-refused", user="admin", host="pub")
    made.do(Failed(made.state.busy.request, error))
    shown = view(made.state)
    assert isinstance(shown, ServerView)
    assert (True, error, None) == (shown.refused, shown.frame.problem, shown.frame.busy)


def test_abandoning_what_only_reads(make_flow: MakeFlow) -> None:
    """Cancel frees the page at once; the answer that comes late is dropped."""
    made = make_flow()
    made.do(flow.FormChanged(ServerForm(host="pub")), flow.Next())
    pending = made.pending
    assert pending is not None
    made.do(flow.Cancel())
    assert (None, [flow.Abandon(pending.request)]) == (made.state.busy, made.fresh)
    late = made.world.answer(pending)
    assert late is not None
    assert (made.state, ()) == advance(made.state, late)


def test_an_answer_to_the_one_before(make_flow: MakeFlow) -> None:
    """While the same is asked anew, the answer to the abandoned one is dropped."""
    made = make_flow()
    made.do(flow.FormChanged(ServerForm(host="pub")), flow.Next())
    pending = made.pending
    assert pending is not None
    made.do(flow.Cancel(), flow.Next())
    late = made.world.answer(pending)
    assert late is not None
    assert (made.state, ()) == advance(made.state, late)


def test_a_question_that_is_stopped(make_flow: MakeFlow) -> None:
    """A fingerprint that nobody confirms is answered with no, also when the step is abandoned."""
    made = make_flow()
    made.do(flow.FormChanged(ServerForm(host="pub")), flow.Next())
    assert made.state.busy is not None
    request = made.state.busy.request
    key = flow.HostKeyMet(request, HostKey("pub", 22, "ssh-ed25519", "SHA256:x"))
    made.do(key, flow.HostKeyAnswered(trusted=True))
    assert [flow.Answer(request, accepted=True)] == made.fresh
    made.do(key, flow.Cancel())
    assert [flow.Answer(request, accepted=False)] == made.fresh
    made.do(key, flow.Close())
    assert [flow.Answer(request, accepted=False), flow.Abandon(request)] == made.fresh[:2]
    assert made.state.closed


def test_another_place_begins_anew(make_flow: MakeFlow) -> None:
    """The same place keeps what was entered; another one does not have those entries."""
    made = make_flow(screen=Screen.ENTRIES)
    entered = made.state.choice
    made.go(flow.Back(), flow.Back(), flow.Next())
    assert (Screen.ACTION, entered) == (made.state.screen, made.state.choice)
    form = made.state.form
    made.go(flow.Back(), flow.FormChanged(replace(form, user="other")), flow.Next())
    assert (Screen.ACTION, entered) == (made.state.screen, made.state.choice)
    made.go(flow.Back(), flow.FormChanged(ServerForm(PlaceKind.FOLDER, folder="x")), flow.Next())
    assert (ForgetDialog(),) == made.state.dialogs
    made.go(flow.Dismissed(accepted=False))
    assert (Screen.SERVER, entered) == (made.state.screen, made.state.choice)
    made.go(flow.Next(), flow.Dismissed())
    assert (Screen.ACTION, ()) == (made.state.screen, made.state.choice.tokens)


def test_a_place_is_looked_at_again(make_flow: MakeFlow) -> None:
    """What its nodes hold now is shown, and what was entered stays."""
    made = make_flow(screen=Screen.ENTRIES)
    entered = made.state.choice
    made.go(flow.Back())
    made.world.is_cluster = not made.world.is_cluster
    state = made.go(flow.Rescan())
    assert state.place is not None
    assert (Screen.ACTION, entered) == (state.screen, state.choice)
    assert made.world.is_cluster is state.place.is_cluster


def test_practice_begins_with_mixed_mode(make_flow: MakeFlow) -> None:
    """Of a new practice cluster; of any other that is not secure nothing is chosen."""
    for kind, expected in ((PlaceKind.PRACTICE, Action.MIXED), (PlaceKind.LAB, None)):
        made = make_flow()
        made.do(flow.FormChanged(ServerForm(kind)), flow.Next())
        place = flow.PlaceShown("lab:", (), Mode.NON_SECURE, None, is_cluster=True)
        made.do(flow.PlaceOpened(made.state.last_request, place))
        assert expected is made.state.action


def test_warnings_before_the_action(make_flow: MakeFlow, make_world: MakeWorld) -> None:
    """What is odd about the mode is acknowledged before anything is chosen."""
    made = make_flow(make_world(warnings=(Message("mixed-without-list"),)))
    made.go(flow.FormChanged(ServerForm(PlaceKind.LAB)), flow.Next(), flow.Next())
    assert Screen.ACTION is made.state.screen
    assert isinstance(made.state.dialogs[0], NoticeDialog)
    state = made.go(flow.Dismissed(), flow.Next())
    assert Screen.INSERT_TOKEN is state.screen


def test_several_tokens_are_a_list(make_flow: MakeFlow) -> None:
    """Of several tokens a person chooses; a single new one is opened by itself."""
    made = make_flow(screen=Screen.INSERT_TOKEN)
    made.plug(0, 1)
    shown = view(made.state)
    assert isinstance(shown, InsertTokenView)
    assert (2, False) == (len(shown.tokens), shown.looking)
    made.go(flow.TokenSelected(made.world.tokens[1].uri), flow.Next())
    shown = view(made.state)
    assert isinstance(shown, TokenView)
    assert made.world.tokens[1] == shown.token


def test_a_token_that_was_added(make_flow: MakeFlow) -> None:
    """A token that was added is not opened by itself again, and cannot be added twice."""
    made = make_flow(screen=Screen.ENTRIES)
    made.go(flow.AddTokens())
    made.plug()
    made.plug(0)
    assert Screen.INSERT_TOKEN is made.state.screen
    state = made.go(flow.Next(), flow.Next())
    assert Screen.TOKEN is state.screen
    why = view(made.state).frame.next.why
    assert "wizard-token-added" == (why.code if why else "")


def test_the_next_token_is_one_that_was_not_added(make_flow: MakeFlow) -> None:
    """Where all are plugged in, Ok leads from one to the next."""
    made = make_flow(screen=Screen.INSERT_TOKEN)
    made.plug(0, 1)
    made.go(flow.Next(), flow.Next(), flow.AddTokens())
    assert made.world.tokens[1].uri == made.state.selected
    made.go(flow.Next(), flow.Next())
    assert Screen.ENTRIES is made.state.screen
    assert made.world.tokens[:2] == made.state.choice.tokens


def test_e1(make_flow: MakeFlow, make_world: MakeWorld) -> None:
    """A stranger leads back to Insert token; after a known one it is a new token."""
    made = make_flow(make_world(creating=False), Screen.INSERT_TOKEN)
    made.plug(3)
    made.go(flow.Next())
    (notice,) = made.state.dialogs
    assert isinstance(notice, NoticeDialog)
    assert (NoticeKind.UNKNOWN_TOKEN, Screen.INSERT_TOKEN) == (notice.kind, made.state.screen)
    made.go(flow.Dismissed())
    made.plug(0)
    made.go(flow.Next(), flow.AddTokens())
    made.plug(3)
    made.go(flow.Next())
    assert [made.world.tokens[0], made.world.tokens[3]] == list(made.state.choice.tokens)


def test_another_action_keeps_the_tokens(make_flow: MakeFlow) -> None:
    """Who goes back and chooses another one has the list put together for it at once."""
    made = make_flow(screen=Screen.ENTRIES)
    tokens = made.state.choice.tokens
    made.go(flow.Back(), flow.ActionChosen(Action.MIXED), flow.Next())
    assert (Screen.ENTRIES, tokens) == (made.state.screen, made.state.choice.tokens)
    assert Mode.MIXED is made.state.choice.mode


def test_finish_says_why_not(make_flow: MakeFlow) -> None:
    """With one token Finish cannot be pressed; pressed all the same it says why."""
    made = make_flow(screen=Screen.TOKEN)
    made.go(flow.Next())
    shown = view(made.state)
    assert isinstance(shown, EntriesView)
    assert isinstance(shown.frame.next.why, RuleError)
    made.go(flow.Next())
    assert (Screen.ENTRIES, shown.frame.next.why) == (made.state.screen, made.state.problem)


def test_deleting_what_is_new(make_flow: MakeFlow) -> None:
    """A new row is taken back; without any token one is asked for, with the rest kept."""
    made = make_flow(screen=Screen.ENTRIES)
    assert made.state.assembly is not None
    first, second = made.state.assembly.entries
    state = made.go(flow.Deleted((second.key,)))
    assert (made.world.tokens[0],) == state.choice.tokens
    state = made.go(flow.Deleted((first.key,)))
    assert (Screen.INSERT_TOKEN, ()) == (state.screen, state.choice.tokens)


def test_what_the_button_means_for_the_selected_rows() -> None:
    """Dropped rows alone are kept after all; one that has to stay holds the others and says why."""
    locked = RuleError("sast-stays", rule=3, subject="A")
    new, dropped = _row("new", RowState.NEW), _row("dropped", RowState.REMOVED, remove="01")
    gone, stays = _row("gone", RowState.REMOVED), _row("stays", RowState.KEPT, locked=locked)
    assert Selection() == selection_of([])
    assert Selection(flow.Undeleted(("dropped",)), keeps=True) == selection_of([dropped])
    assert Selection(flow.Deleted(("new",))) == selection_of([new, dropped])
    assert Selection() == selection_of([gone])
    assert Selection(flow.Deleted(("new", "stays")), why=locked) == selection_of([new, stays])


def _row(
    key: str, state: RowState, remove: str = "", locked: RuleError | None = None
) -> EntryShown:
    return EntryShown(key, state, "SAST", "", "CN=A", "CN=B", key, remove=remove, locked=locked)


def test_deleting_what_is_kept(make_flow: MakeFlow, make_world: MakeWorld) -> None:
    """A row of the present list is marked removed, and can be taken back; two always stay."""
    made = make_flow(make_world(creating=False), Screen.INSERT_TOKEN)
    made.plug(0)
    made.go(flow.Next())
    assert made.state.assembly is not None
    other = made.state.assembly.entries[1]
    made.go(flow.Deleted((other.key,)))
    assert "two-sast-stay" == getattr(made.state.problem, "code", "")
    assert () == made.state.choice.remove
    made.go(flow.AddTokens())
    made.plug(2)
    state = made.go(flow.Next(), flow.Deleted((other.key,)))
    assert (other.serial,) == state.choice.remove
    assert state.assembly is not None
    state = made.go(flow.Undeleted((state.assembly.entries[-1].key,)))
    assert () == state.choice.remove


def test_the_signer_is_asked_for_by_name(make_flow: MakeFlow, make_world: MakeWorld) -> None:
    """Updating, only a token that phones know signs; if none is there it is asked for by name."""
    made = make_flow(make_world(creating=False), Screen.INSERT_TOKEN)
    made.plug(0)
    made.go(flow.Next(), flow.AddTokens())
    made.plug(2)
    made.go(flow.Next(), flow.Next(), flow.Dismissed())
    shown = view(made.state)
    assert isinstance(shown, InsertTokenView)
    assert (Purpose.SIGN, ("SAST-0 (serial 0000)",)) == (shown.purpose, shown.wanted)
    assert "wizard-signer-wanted" == (shown.frame.next.why.code if shown.frame.next.why else "")
    made.plug(0)
    assert (Screen.REVIEW, made.world.tokens[0].uri) == (made.state.screen, made.state.signer)


def test_another_signer(make_flow: MakeFlow) -> None:
    """On Review another token that is plugged in can be chosen; it is decided anew."""
    made = make_flow(screen=Screen.ENTRIES)
    made.plug(0, 1)
    made.go(flow.Next())
    assert made.world.tokens[1].uri == made.state.signer
    made.go(flow.SignerChosen(made.world.tokens[0].uri))
    shown = view(made.state)
    assert isinstance(shown, ReviewView)
    assert made.world.tokens[0] == shown.signer


def test_a_signer_that_cannot_be_had_changes_nothing(make_flow: MakeFlow) -> None:
    """Where the new decision fails or is abandoned, the token that was reviewed signs."""
    made = make_flow(screen=Screen.ENTRIES)
    made.plug(0, 1)
    made.go(flow.Next())
    signer, other = made.state.signer, made.world.tokens[0].uri
    assert signer != other
    for answer in (Failed(0, CancelledError("interrupted")), None):
        state, (effect,) = advance(made.state, flow.SignerChosen(other))
        assert isinstance(effect, flow.Prepare)
        assert other == effect.signer
        ended = flow.Cancel() if answer is None else replace(answer, request=effect.request)
        state, _ = advance(state, ended)
        assert (signer, made.state.prepared) == (state.signer, state.prepared)


def test_phones_are_judged_by_a_list_that_can_be_read(make_flow: MakeFlow) -> None:
    """A list of phones holds once it was judged by; one that cannot be read changes nothing."""
    made = make_flow(screen=Screen.REVIEW)
    file = Path("phones.csv")
    state, (effect,) = advance(made.state, flow.PhonesNamed(file))
    assert isinstance(effect, flow.Prepare)
    assert file == effect.choice.phones
    failed, _ = advance(state, Failed(effect.request, InputError("file-missing", file=file)))
    assert (None, "file-missing") == (failed.choice.phones, getattr(failed.problem, "code", ""))
    shown = view(made.go(flow.PhonesNamed(file)))
    assert isinstance(shown, ReviewView)
    assert file == shown.phones
    assert ((), file) == (
        advance(made.state, flow.PhonesNamed(file))[1],
        made.state.choice.phones,
    )
