"""The ``admin:`` command line of the practice cluster: its commands, questions and answers."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from ctlkit.edit import Mode
from ctlkit.errors import PlaceError
from ctlkit_lab.admin import PROMPT, AdminSession
from ctlkit_lab.answers import SERVICES, RegisteredPhone
from ctlkit_lab.model import Practice
from ctlkit_lab.releases import Release

SAMPLES = Path(__file__).resolve().parents[2] / "data" / "samples"
Maker = Callable[..., Practice]
RESTART = (
    "Please Restart the TFTP and Cisco CallManager services on all nodes in the cluster "
    "that run these services"
)
MIXED = "This operation sets the cluster to Mixed mode. Do you want to continue? (y/n):"
NON_SECURE = (
    "This operation will set the cluster to non secure mode. Do you want to continue? (y/n):"
)
UPDATE = "This operation updates the CTLFile. Do you want to continue? (y/n):"
DELETE = 'Enter "y" followed by return to continue:'
MODE = (
    "run sql select paramname,paramvalue from processconfig where paramname='ClusterSecurityMode'"
)


class Servers:
    """What the command line asked of the servers around it."""

    def __init__(self) -> None:
        self.copied: list[bytes] = []
        self.restarted: list[tuple[str, str]] = []
        self.error: PlaceError | None = None

    async def copy_list(self, make: Callable[[], bytes]) -> None:
        """Take a list, or fail as it was told to."""
        data = make()
        if self.error is not None:
            raise self.error
        self.copied.append(data)

    async def restart_service(self, node_name: str, service: str) -> None:
        """Note it, or fail as it was told to."""
        if self.error is not None:
            raise self.error
        self.restarted.append((node_name, service))

    def phones(self) -> Sequence[RegisteredPhone]:
        """Two phones, one of them away."""
        return (
            RegisteredPhone("SEP001122334455", "10.0.1.1", "7975"),
            RegisteredPhone("SEP001122334466", "10.0.1.2", "8861", "SIP", registered=False),
        )


class Terminal:
    """A person at a node's command line."""

    def __init__(self, practice: Practice, node: int = 0) -> None:
        self.servers = Servers()
        self.session = AdminSession(practice, practice.nodes[node], self.servers)

    def type(self, *lines: str) -> str:
        """Type lines and return all that is shown, each prompt on a line of its own."""

        async def dialogue() -> str:
            shown = ""
            for line in lines:
                reply = await self.session.feed(line)
                assert not reply.text or reply.text.endswith("\n")
                assert reply.prompt == self.session.prompt
                shown += f"{reply.text}{reply.prompt}\n"
            return shown

        return asyncio.run(dialogue())


@pytest.fixture
def practice(practice_of: Maker) -> Practice:
    """Give a cluster of the default release."""
    return practice_of()


@pytest.fixture
def terminal(practice: Practice) -> Terminal:
    """Give the publisher's command line."""
    return Terminal(practice)


def lines(text: str) -> list[str]:
    """The lines that say something, white space folded."""
    return [folded for line in text.splitlines() if (folded := " ".join(line.split()))]


def test_a_session_greets_and_prompts(terminal: Terminal) -> None:
    """It says that it starts up, that it is no call server, and waits with its prompt."""
    greeting = terminal.session.greeting
    assert greeting.startswith("Command Line Interface is starting up, please wait ...\n")
    assert "not a call server" in greeting
    assert "admin:" == PROMPT == terminal.session.prompt
    assert "admin:\n" == terminal.type("  ")


def test_show_ctl_before_any_list_is_the_sample(terminal: Terminal) -> None:
    """In a new cluster there is no list, in the published words."""
    sample = (SAMPLES / "no-ctl.txt").read_text()
    assert [*lines(sample), "admin:"] == lines(terminal.type("show ctl"))


@pytest.mark.parametrize(
    ("command", "question", "answers", "mode"),
    [
        (
            "utils ctl set-cluster mixed-mode",
            MIXED,
            ["Moving Cluster to Mixed Mode", "Cluster set to Mixed Mode"],
            Mode.MIXED,
        ),
        (
            "utils ctl set-cluster non-secure-mode",
            NON_SECURE,
            ["Moving Cluster to Non Secure Mode", "Cluster set to Non Secure Mode"],
            Mode.NON_SECURE,
        ),
        (
            "utils ctl update CTLFile",
            UPDATE,
            ["Updating CTL file", "CTL file Updated"],
            Mode.NON_SECURE,
        ),
        (
            "utils ctl reset localkey",
            UPDATE,
            ["Updating CTL file", "CTL file Updated"],
            Mode.NON_SECURE,
        ),
    ],
)
def test_utils_ctl_says_what_is_published(
    terminal: Terminal,
    practice: Practice,
    command: str,
    question: str,
    answers: list[str],
    mode: Mode,
) -> None:
    """Question, answers and the request to restart are word for word; the list is on all nodes."""
    assert [question, *answers, RESTART, "admin:"] == lines(terminal.type(command, "y"))
    assert mode is practice.mode
    assert [practice.publisher.list_path.read_bytes()] == terminal.servers.copied
    assert "The CTL file was verified successfully." in terminal.type("show ctl")


@pytest.mark.parametrize("answer", ["n", "", "yes", "y y", "show ctl"])
def test_only_y_is_yes(terminal: Terminal, practice: Practice, answer: str) -> None:
    """Any other answer leaves mode and list as they are and leads back to the prompt."""
    shown = terminal.type("utils ctl set-cluster mixed-mode", answer)
    assert [MIXED, "Operation cancelled", "admin:"] == lines(shown)
    assert Mode.NON_SECURE is practice.mode
    assert not practice.publisher.list_path.exists()
    assert [] == terminal.servers.copied


def test_a_list_that_could_not_be_copied_is_told(terminal: Terminal) -> None:
    """A subscriber that did not take the list is named; nothing claims that all is well."""
    terminal.servers.error = PlaceError("lab-file-stays", file="F", node="sub1", reason="full\x1b")
    shown = terminal.type("utils ctl update CTLFile", "y")
    assert [UPDATE, "F on sub1 cannot be deleted: full\\x1b", "admin:"] == lines(shown)


def test_utils_ctl_belongs_to_the_publisher(practice: Practice) -> None:
    """On a subscriber nothing is asked and nothing is changed."""
    terminal = Terminal(practice, node=1)
    shown = terminal.type("utils ctl update CTLFile")
    assert ["This command can be executed on the publisher only", "admin:"] == lines(shown)
    assert not practice.nodes[1].list_path.exists()


def test_reset_localkey_signs_with_call_manager(practice_of: Maker) -> None:
    """From 12.0 on this is how a list is signed by CallManager once more."""
    practice = practice_of(Release.R12_0)
    terminal = Terminal(practice)
    signers = []
    for command in ("update CTLFile", "reset localkey"):
        terminal.type(f"utils ctl {command}", "y")
        found = re.search(r"4\tSIGNERNAME\t\d+\t(.*?);", terminal.type("show ctl"))
        assert found is not None
        signers.append(found[1])
    assert ["CN=ITLRECOVERY_cucm-1051-a-pub", "CN=cucm-1051-a-pub"] == signers


def test_show_itl_is_of_the_node_itself(practice: Practice) -> None:
    """Each node shows the file that it serves, which says ITL throughout."""
    shown = [Terminal(practice, node).type("show itl") for node in (0, 1)]
    assert ["CN=cucm-1051-a-pub", "CN=cucm-1051-a-sub1"] == [
        text.partition("4\tSIGNERNAME\t")[2].partition("\t")[2].partition(";")[0] for text in shown
    ]
    assert all("The ITL file was verified successfully." in text for text in shown)
    practice.publisher.itl_path.unlink()
    assert "Length of ITL file: 0" in Terminal(practice).type("show itl")


def test_show_ctl_tells_of_a_damaged_list(terminal: Terminal, practice: Practice) -> None:
    """Whatever somebody put there is shown as far as it can be read."""
    practice.publisher.list_path.write_bytes(b"no list")
    assert "Error parsing the CTL File." in terminal.type("show ctl")
    practice.publisher.list_path.unlink()
    practice.publisher.list_path.mkdir()
    assert "a directory" in terminal.type("show ctl")


@pytest.mark.parametrize("path", ["tftp CTLFile.tlv", "activelog cm/tftpdata/CTLFile.tlv"])
def test_a_list_is_deleted_after_its_question(
    terminal: Terminal, practice: Practice, path: str
) -> None:
    """Both ways ask for the file by its name and say how many were deleted."""
    practice.set_mode(Mode.MIXED)
    asked = [f"Delete the File {path.split()[1]}?", DELETE]
    shown = terminal.type(f"file delete {path}", "n")
    assert [*asked, "Operation cancelled", "admin:"] == lines(shown)
    assert practice.publisher.list_path.exists()
    shown = terminal.type(f"file delete {path}", "y")
    assert [*asked, "files: found = 1, deleted = 1", "admin:"] == lines(shown)
    assert not practice.publisher.list_path.exists()


@pytest.mark.parametrize(
    "path",
    [
        "tftp CTLFile.tlv",
        "tftp ../../../practice.json",
        "tftp .",
        "tftp ..",
        "tftp a\0b",
        f"tftp {'a' * 3000}",
        "activelog ITLFile.tlv",
        "activelog cm/tftpdata/../tftp/ITLFile.tlv",
        "activelog cm/tftpdata/",
        "tftp link",
    ],
)
def test_what_is_not_there_is_not_deleted(
    terminal: Terminal, practice: Practice, path: str
) -> None:
    """Only regular files right in the TFTP folder can be deleted; the rest is not found."""
    (practice.publisher.tftp_root / "link").symlink_to("ITLFile.tlv")
    shown = terminal.type(f"file delete {path}")
    assert ["files: found = 0, deleted = 0", "admin:"] == lines(shown)
    assert (practice.folder / "practice.json").is_file()


def test_file_get_asks_for_a_server_and_says_why_not(
    terminal: Terminal, practice: Practice
) -> None:
    """The questions are a real server's; then it says where the file can be fetched."""
    practice.set_mode(Mode.MIXED)
    shown = lines(terminal.type("file get tftp CTLFile.tlv", "y", "192.0.2.1"))
    assert "Total size in Bytes: 4947" in shown
    assert ["Would you like to proceed [y/n]?", "SFTP server IP:"] == shown[-4:-2]
    assert shown[-2].startswith("The practice cluster sends no files.")
    assert "admin:" == shown[-1]
    assert "Operation cancelled" in terminal.type("file get tftp CTLFile.tlv", "n")
    assert "No files matched" in terminal.type("file get tftp nothing")


@pytest.mark.parametrize("service", ["Cisco Tftp", "Cisco CallManager", SERVICES[-1]])
def test_services_are_restarted_on_their_node(practice: Practice, service: str) -> None:
    """The servers restart it, and the answer ends with the service started."""
    terminal = Terminal(practice, node=1)
    shown = lines(terminal.type(f"utils service restart {service}"))
    assert [f"{service}[STARTED]", "admin:"] == shown[-2:]
    assert [("cucm-1051-a-sub1", service)] == terminal.servers.restarted


def test_a_service_that_does_not_start_is_told(terminal: Terminal) -> None:
    """A restart that fails does not end with the service started."""
    terminal.servers.error = PlaceError("lab-file-stays", file="F", node="N", reason="why")
    assert "STARTED" not in terminal.type("utils service restart Cisco Tftp")
    assert "Invalid service name" in terminal.type("utils service restart Nothing")


@pytest.mark.parametrize(
    "command",
    [
        "help",
        "show",
        "show ctl now",
        "utils ctl",
        "Show ctl",
        "file delete tftp",
        "\x1b[A",
        "a" * 9999,
    ],
)
def test_what_is_not_known_is_not_done(terminal: Terminal, command: str) -> None:
    """Any other line gets one answer and the prompt."""
    shown = terminal.type(command)
    assert ["Executed command unsuccessfully", "No valid command entered", "admin:"] == lines(shown)


@pytest.mark.parametrize(
    ("command", "answer"),
    [
        ("show version active", "Active Master Version:"),
        ("show risdb query phone", "SEP001122334455"),
        ("utils service list", "Cisco Tftp[STARTED]"),
        ("utils dbreplication runtimestate", "No Errors or Mismatches found."),
        (MODE, "ClusterSecurityMode 0"),
        ("run sql select * from device", "does not know this statement"),
    ],
)
def test_what_the_cluster_says_of_itself(terminal: Terminal, command: str, answer: str) -> None:
    """Each of the other commands is answered, and leads back to the prompt."""
    shown = terminal.type(command)
    assert answer in shown
    assert shown.endswith("\nadmin:\n")


def test_two_changes_do_not_mix(practice: Practice) -> None:
    """A second session waits until the first one's list is on every node."""
    order: list[str] = []

    class Slow(Servers):
        def __init__(self, name: str, gate: asyncio.Event, begun: asyncio.Event) -> None:
            super().__init__()
            self.name, self.gate, self.begun = name, gate, begun

        async def copy_list(self, make: Callable[[], bytes]) -> None:
            make()
            order.append(f"{self.name} begins")
            self.begun.set()
            await self.gate.wait()
            order.append(f"{self.name} ends")

    async def both() -> None:
        gate, begun = asyncio.Event(), asyncio.Event()
        sessions = [
            AdminSession(practice, practice.publisher, Slow(name, gate, begun))
            for name in ("one", "two")
        ]
        for session in sessions:
            await session.feed("utils ctl update CTLFile")
        work = [asyncio.create_task(session.feed("y")) for session in sessions]
        await begun.wait()
        gate.set()
        await asyncio.gather(*work)

    asyncio.run(both())
    assert ["one begins", "one ends", "two begins", "two ends"] == order
