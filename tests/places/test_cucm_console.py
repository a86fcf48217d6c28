"""The dialogue with a command line over real SSH: what is waited for, answered and refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from ctlkit.edit import Mode
from ctlkit.errors import CtlkitError, NetworkError, PlaceError
from ctlkit.place import Access, _commands
from ctlkit.place._console import Patience
from ctlkit.place.cucm import CucmPlace

if TYPE_CHECKING:
    from tests.places.conftest import NodeMaker, Person, ScriptedNode

SET_MIXED = "utils ctl set-cluster mixed-mode"
QUESTION = "This operation sets the cluster to Mixed mode. Do you want to continue? (y/n):"
DONE = "Moving Cluster to Mixed Mode\r\nCluster set to Mixed Mode\r\n"
MODE = (
    "run sql select paramname,paramvalue from processconfig where paramname='ClusterSecurityMode'"
)
MIXED = "paramname           paramvalue\r\n=====\r\nClusterSecurityMode 1\r\n"

Open = Callable[..., CucmPlace]


@pytest.fixture
def node(make_node: NodeMaker) -> ScriptedNode:
    """Give a node that changes its mode when it is told to."""
    node = make_node()
    node.script |= {
        SET_MIXED: (QUESTION,),
        "y": (DONE, "admin:"),
        MODE: (MIXED, "admin:"),
    }
    return node


@pytest.fixture
def open_node(
    node: ScriptedNode, make_access: Callable[..., Access], make_person: type[Person]
) -> Iterator[Open]:
    """Give what opens the node as a place, with little patience for its command line."""
    opened = []

    def open_it(person: Person | None = None, **patience: Any) -> CucmPlace:
        few = Patience(**{"silence": 5.0, "banner": 5.0, "question": 0.3, **patience})
        access = make_access(person or make_person())
        opened.append(CucmPlace(node.address, access, patience=few))
        return opened[-1]

    yield open_it
    for place in opened:
        place.close()


def refusal(action: Callable[[], object], kind: type[CtlkitError], code: str) -> CtlkitError:
    """The error that an action ends with, its class and code compared."""
    with pytest.raises(kind) as caught:
        action()
    assert code == caught.value.code
    return caught.value


def test_the_expected_question_is_answered_once(node: ScriptedNode, open_node: Open) -> None:
    """Setting the mode types the command, one y, and asks for the mode then."""
    state = open_node().set_mode(Mode.MIXED)
    assert state.error is None
    assert [SET_MIXED, "y", MODE, "show ctl"] == node.typed


@pytest.mark.parametrize(
    "question",
    [
        "Your licence is about to expire. Do you want to continue? (y/n):",
        f"Replication is broken!\r\n{QUESTION}",
        "Enter the security password:",
        "This operation deletes every phone. Do you want to continue? (y/n): ",
    ],
)
def test_nobody_answers_another_question(
    node: ScriptedNode, open_node: Open, question: str
) -> None:
    """A question that is not the expected one, or more than it, gets Ctrl-C and no answer."""
    node.script[SET_MIXED] = (question,)
    error = refusal(lambda: open_node().set_mode(Mode.MIXED), PlaceError, "console-question")
    assert " ".join(question.split()) in str(error)
    node.wait_for_end()
    assert [SET_MIXED, "\x03"] == node.typed


def test_a_second_question_is_not_answered(node: ScriptedNode, open_node: Open) -> None:
    """One answer is all that a command gets, even where the same question comes again."""
    node.script["y"] = (QUESTION,)
    refusal(lambda: open_node().set_mode(Mode.MIXED), PlaceError, "cluster-mode-now")
    assert [SET_MIXED, "y", MODE] == [line for line in node.typed if line != "\x03"]


def test_a_question_before_the_first_prompt_is_not_answered(
    node: ScriptedNode, open_node: Open
) -> None:
    """A server that wants a new password at the login is not given one."""
    node.greeting = ("Your password has expired.\r\nEnter a new password:",)
    refusal(lambda: open_node().set_mode(Mode.MIXED), PlaceError, "console-question")
    node.wait_for_end()
    assert ["\x03"] == node.typed


def test_a_refused_command_is_told_with_its_words(node: ScriptedNode, open_node: Open) -> None:
    """Where the server says no at once, nothing is answered and its reason is in the error."""
    node.script[SET_MIXED] = ("Command cannot be executed: not registered.\r\n", "admin:")
    error = refusal(lambda: open_node().set_mode(Mode.MIXED), PlaceError, "cluster-refused")
    assert "Command cannot be executed: not registered." in str(error)
    assert [SET_MIXED] == node.typed


def test_a_mode_that_did_not_change_is_an_error(node: ScriptedNode, open_node: Open) -> None:
    """What the server claims is read back; a database that says otherwise wins."""
    node.script[MODE] = (MIXED.replace(" 1", " 0"), "admin:")
    error = refusal(lambda: open_node().set_mode(Mode.MIXED), PlaceError, "cluster-mode-unchanged")
    assert "mixed, and is still in non-secure mode" in str(error)


@pytest.mark.parametrize(
    ("greeting", "kind", "code"),
    [
        (("starting up\r\n",), NetworkError, "console-hangs"),
        (("starting up\r\n", "<close>"), NetworkError, "console-closed"),
        ((), NetworkError, "console-hangs"),
        (("\x00\xff\x1b[2J\x9b" * 50,), NetworkError, "console-hangs"),
        (("flood " * 200_000,), PlaceError, "console-flood"),
        (("\x1b[" + "1;" * 600_000,), PlaceError, "console-flood"),
    ],
    ids=["hangs", "closes", "silent", "garbage", "floods", "floods-in-an-escape"],
)
def test_what_never_prompts_is_one_clear_error(
    node: ScriptedNode,
    open_node: Open,
    greeting: tuple[str, ...],
    kind: type[CtlkitError],
    code: str,
) -> None:
    """Hanging at the banner, closing, garbage and a flood end in an error; nothing was typed."""
    node.greeting = greeting
    error = refusal(lambda: open_node(banner=0.5).set_mode(Mode.MIXED), kind, code)
    assert str(error).isprintable()
    node.wait_for_end()
    assert [] == [line for line in node.typed if line != "\x03"]


@pytest.mark.parametrize(
    "wrong",
    ["utils ctl set-cluster non-secure-mode", "sh: not found", f"{SET_MIXED} --force"],
)
def test_an_echo_that_is_not_the_command_ends_it(
    node: ScriptedNode, open_node: Open, wrong: str
) -> None:
    """Where the server echoes something else, whatever it asks is not answered."""
    node.echo = lambda _line: f"{wrong}\r\n"
    refusal(lambda: open_node().set_mode(Mode.MIXED), PlaceError, "console-echo")
    node.wait_for_end()
    assert [SET_MIXED] == [line for line in node.typed if line != "\x03"]


def test_what_comes_in_pieces_and_wrapped_is_understood(
    node: ScriptedNode, open_node: Open
) -> None:
    """Pauses within words, lines of 20 columns, colours and a prompt drawn twice change nothing."""
    node.echo = lambda line: (
        "\x1b[1m"
        + "\r\n".join(line[at : at + 20] for at in range(0, len(line), 20))
        + " \r\x1b[0m\r\n"
    )
    node.greeting = ("wait ...", "<pause>", "\r\nadm", "<pause>", "in:", "\radmin:")
    node.script[SET_MIXED] = (QUESTION[:30], "<pause>", "\r\n", QUESTION[30:60], QUESTION[60:])
    node.script["y"] = (
        "Moving\x1b",
        "<pause>",
        "[0m Cluster\r\nCluster set to",
        "<pause>",
        "\r\nMixed Mode\r\n",
        "<pause>",
        "admin",
        "<pause>",
        ": ",
    )
    assert open_node(question=2.0).set_mode(Mode.MIXED).error is None
    assert [SET_MIXED, "y", MODE, "show ctl"] == node.typed


def test_a_shell_that_failed_is_not_used_again(node: ScriptedNode, open_node: Open) -> None:
    """After an unexpected question the next command opens a shell of its own."""
    node.script[SET_MIXED] = ("Sure? ",)
    place = open_node()
    refusal(lambda: place.set_mode(Mode.MIXED), PlaceError, "console-question")
    node.wait_for_end()
    node.typed.clear()
    node.script[SET_MIXED] = (QUESTION,)
    assert place.set_mode(Mode.MIXED).error is None
    assert [SET_MIXED, "y", MODE, "show ctl"] == node.typed


def test_a_shell_that_was_closed_while_idle_is_opened_again(
    node: ScriptedNode, open_node: Open
) -> None:
    """Real nodes close a shell that nobody uses; the next command does not notice."""
    node.script["show ctl"] = (node.shown("CTL"), "admin:", "<pause>", "<close>")
    place = open_node()
    assert place.set_mode(Mode.MIXED).error is None
    node.wait_for_end()
    assert place.set_mode(Mode.MIXED).error is None
    assert [SET_MIXED, "y", MODE, "show ctl"] * 2 == node.typed


def test_a_server_that_drips_is_not_waited_for_forever(node: ScriptedNode, open_node: Open) -> None:
    """A server that is never silent and never done is given up after a bounded time."""
    node.script[MODE] = (".", "<pause>") * 1000
    place = open_node(silence=0.5, whole=2)
    refusal(lambda: place.delete({}), NetworkError, "console-hangs")


def test_a_connection_that_breaks_is_a_network_error(node: ScriptedNode, open_node: Open) -> None:
    """A shell that is closed in the middle of an answer says what it wrote last."""
    node.script[SET_MIXED] = ("Moving Clus", "<close>")
    error = refusal(lambda: open_node().set_mode(Mode.MIXED), NetworkError, "console-closed")
    assert "Moving Clus" in str(error)


def test_no_secret_reaches_an_error(
    node: ScriptedNode, open_node: Open, make_person: type[Person]
) -> None:
    """A refused password is in no text of the error, and is sent once."""
    person = make_person(password="hunter2-hunter2")
    place = open_node(person)
    for _ in range(2):
        with pytest.raises(CtlkitError) as caught:
            place.facts()
        assert 8 == caught.value.status
        assert "hunter2" not in repr(caught.value) + caught.value.advice + str(caught.value)


def test_a_list_that_is_served_late_is_waited_for(
    node: ScriptedNode, open_node: Open, some_lists: dict[str, bytes]
) -> None:
    """After the mode was set the file is read again until it is the one that is shown."""
    data = some_lists["tokenless-4947"]
    node.files["CTLFile.tlv"] = data
    node.script["show ctl"] = (node.shown("CTL"), "admin:")
    node.files.clear()
    node.effects["show ctl"] = lambda: node.files.update({"CTLFile.tlv": data})
    state = open_node().set_mode(Mode.MIXED)
    assert (None, data) == (state.error, state.present and state.present.data)


@pytest.mark.parametrize(
    ("answer", "kind", "seen"),
    [
        (("Moving Clus", "<close>"), NetworkError, "Moving Clus"),
        (("Moving Clus",), NetworkError, "Moving Clus"),
        (("It may have worked\r\n", "admin:"), PlaceError, "It may have worked"),
    ],
    ids=["closed", "silent", "odd"],
)
def test_a_change_that_nobody_confirmed_is_told_with_the_mode(
    node: ScriptedNode,
    open_node: Open,
    monkeypatch: pytest.MonkeyPatch,
    answer: tuple[str, ...],
    kind: type[CtlkitError],
    seen: str,
) -> None:
    """Once it was answered the command may have been done: the mode is read and named."""
    changing = _commands._SET_CLUSTER[Mode.MIXED]
    monkeypatch.setitem(_commands._SET_CLUSTER, Mode.MIXED, replace(changing, silence=1.0))
    node.script["y"] = answer
    error = refusal(lambda: open_node().set_mode(Mode.MIXED), kind, "cluster-mode-now")
    assert Mode.MIXED.value == error.values["mode"]
    assert seen in str(error)


def test_a_mode_that_cannot_be_read_either_leaves_the_first_error(
    node: ScriptedNode, open_node: Open
) -> None:
    """What went wrong first is told where the node says nothing of its mode."""
    node.script |= {"y": ("Moving Clus", "<close>"), MODE: ("<close>",)}
    refusal(lambda: open_node().set_mode(Mode.MIXED), NetworkError, "console-closed")
