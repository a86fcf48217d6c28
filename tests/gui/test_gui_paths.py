"""Whole paths through the program, by keyboard alone: real windows, tokens, and a folder.

Rules:

* Which page is shown is told by the window's title, as a task bar tells it.
* What stands on a page is read as a person takes it along: by copying.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ctlkit.codec import decode
from ctlkit.trustlist import TrustList
from ctlkit.verify import VerifiedList, verify
from softhsm_fixtures.faults import FaultPlan

if TYPE_CHECKING:
    from tests.conftest import RunCtlkit, Spilled
    from tests.gui.conftest import Desk, StartWizard, Wizard

ADDRESS = "10.48.47.153"
ENTRIES, INSERT, TOKEN = "CTL entries", "Insert Token", "Security Token Information"
E1 = """\
The Security Token you have inserted does not exist in the CTL File
Please remove any Security Tokens already inserted and insert another Security Token. \
Click Ok when done.
"""
W1 = """\
No CTL File exists on the server but the Call Manager Cluster Security Mode is in Secure Mode.
For the system to function, you must create the CTL File and set Call Manager Cluster the Secure \
Mode."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody before the program, with a keyboard and a desk of tokens."""

    wizard: Wizard
    desk: Desk

    def press(self, *keys: str) -> None:
        """Press keys, one after the other."""
        self.wizard.display.press(*keys)

    def type(self, text: str) -> None:
        """Type a text where the cursor is."""
        self.wizard.display.type(text)

    def sees(self, step: str) -> None:
        """Wait until a page or a dialog of this name gets the keys and nothing is awaited."""
        self.wizard.sees(step)

    def copied(self, *keys: str) -> str:
        """Copy with these keys, and return what was copied."""
        return self.wizard.display.copied(*keys)

    def states(self) -> list[tuple[str, str]]:
        """Copy the entries, in which the cursor is: what becomes of each, and its function."""
        lines = self.copied("ctrl+a", "ctrl+c").splitlines()
        return [(cells[0], cells[1]) for cells in (line.split("\t") for line in lines)]

    def goes_down(self, rows: int, *keys: str) -> None:
        """Press keys on a row of the table in which the cursor is, counted from its first."""
        self.press("ctrl+Home", *("Down",) * rows, *keys)

    def opens(self, folder: Path) -> None:
        """Choose a folder of this computer as the place, on the first page."""
        self.sees("Server")
        self.press("alt+a", "a", "alt+f")
        self.type(str(folder))
        self.press("Return")

    def adds_token(self, *labels: str) -> None:
        """Plug tokens in when one is asked for, the last of which is new, and press Add."""
        self.sees(INSERT)
        self.desk.plug(*labels)
        self.sees(TOKEN)
        self.press("Return")

    def saves_log(self, path: Path) -> None:
        """Choose Save log in the menu Help on the page Servers, and name the file."""
        self.press("alt+h", "s")
        self.sees("Save the log")
        self.type(str(path))
        self.press("Return")
        self.sees("Servers")

    def closes(self) -> None:
        """Press Done and Close; the program must end well."""
        self.press("Return")
        self.sees("What remains")
        self.press("Return")
        assert 0 == self.wizard.finish()


@pytest.fixture
def person(desk: Desk, start_wizard: StartWizard) -> Person:
    """A person whose program has just been opened, with no token plugged in."""
    return Person(start_wizard("--module", str(desk.module.path)), desk)


@pytest.fixture
def listed(run_ctlkit: RunCtlkit, desk: Desk, folder: Path, publisher: Path) -> Path:
    """A folder with a list of the first and the second token, and a server."""
    desk.plug(desk.first, desk.second)
    done = run_ctlkit(
        *("update", f"folder:{folder}", "--module", desk.module.path),
        *("--add-token", desk.first, "--signer", desk.second, "--pin-env", "PIN", "--yes"),
        *("--server", f"CCM+TFTP,{publisher},ip={ADDRESS}"),
        env={"PIN": desk.right_pin},
    )
    assert 0 == done.status, done.stderr
    desk.plug()
    desk.module.forget_calls()
    return folder


def _verified(folder: Path) -> TrustList:
    """Return the list of a folder, which the library verifies."""
    value = decode((folder / "CTLFile.tlv").read_bytes())
    assert isinstance(value, TrustList)
    verified = verify(value)
    assert isinstance(verified, VerifiedList)
    return verified.list


def test_a_first_list(
    person: Person, folder: Path, publisher: Path, tmp_path: Path, spilled: Spilled
) -> None:
    """An empty folder: W1, a token, Finish refused, another, a wrong PIN, the right one, Done.

    Neither PIN is in the log that is saved, nor in anything else that is left.
    """
    desk, log = person.desk, tmp_path / "saved.log"
    person.opens(folder)
    person.sees("Please note")
    assert W1 == person.copied("ctrl+c")
    person.press("Return")
    person.sees("Action")
    person.press("alt+u", "Return")
    person.adds_token(desk.first)
    person.sees(ENTRIES)
    person.press("alt+f", "alt+s")
    person.sees("Add TFTP Server")
    person.type(str(publisher))
    person.press("alt+a")
    person.type(ADDRESS)
    person.press("Return")
    person.sees(ENTRIES)
    person.press("alt+t")
    person.adds_token(desk.second)
    person.sees(ENTRIES)
    assert [("new", "SAST"), ("new", "CCM+TFTP"), ("new", "SAST")] == person.states()
    person.press("alt+f")
    person.sees("Review")
    person.press("Return")
    person.sees("Password")
    person.type(desk.wrong_pin)
    person.press("Return")
    person.sees("Error: Password")
    assert [] == list(folder.iterdir())
    person.type(desk.right_pin)
    person.press("Return")
    person.sees("Servers")
    person.saves_log(log)
    person.closes()
    assert 3 == len(_verified(folder).records)
    assert "Sign: pin-wrong" in log.read_text(encoding="utf-8")
    assert [] == spilled(desk.wrong_pin, desk.right_pin)
    assert (2, ()) == (desk.module.count("C_Login"), desk.module.writing_calls())


def test_a_change_of_a_list(person: Person, listed: Path) -> None:
    """A folder with a list: a stranger, E1, a known token, a new one, delete refused, Done.

    What is refused is told with its reason; what is not refused can be kept after all.
    """
    desk, before = person.desk, _verified(listed)
    person.opens(listed)
    person.sees("Action")
    person.press("alt+u", "Return")
    person.adds_token(desk.stranger)
    person.sees("Please note")
    assert person.copied("ctrl+c").startswith(E1)
    person.press("Return")
    person.adds_token(desk.first)
    person.sees(ENTRIES)
    person.press("alt+t")
    person.adds_token(desk.first, desk.third)
    person.sees(ENTRIES)
    kept = [("kept", "SAST"), ("kept", "CCM+TFTP"), ("kept", "SAST")]
    for becomes in ("removed", "kept"):
        person.goes_down(1, "Delete")
        person.sees(f"Error: {ENTRIES}")
        person.goes_down(3, "alt+l")
        person.sees(ENTRIES)
        assert [("new", "SAST"), *kept[:2], (becomes, "SAST")] == person.states()
    person.goes_down(1, "Delete")
    person.sees(f"Error: {ENTRIES}")
    said = person.copied("alt+p")
    assert said.startswith(f"{desk.first} (serial ")
    assert ") signs this list and cannot be removed from it.\n" in said
    person.press("alt+f")
    person.sees("Review")
    person.press("Return")
    person.sees("Password")
    person.type(desk.right_pin)
    person.press("Return")
    person.sees("Servers")
    person.closes()
    after = _verified(listed)
    assert 4 == len(after.records)
    assert before.header.signer_serial != after.header.signer_serial
    assert before.raw == (listed / "CTLFile_old.tlv").read_bytes()


def test_a_token_is_pulled_out(person: Person, listed: Path) -> None:
    """On Review and at the signature it is told; all else stays, and nothing is written."""
    desk, before = person.desk, (listed / "CTLFile.tlv").read_bytes()
    person.opens(listed)
    person.sees("Action")
    person.press("Return")
    person.adds_token(desk.first)
    person.sees(ENTRIES)
    person.press("alt+t")
    person.adds_token(desk.first, desk.third)
    person.sees(ENTRIES)
    person.press("alt+f")
    person.sees("Review")

    desk.plug(desk.third)
    person.sees(f"Error: {INSERT}")
    said = person.copied("alt+p")
    assert said.startswith(f"The token {desk.first} (serial ")
    assert "was pulled out.\n" in said
    desk.plug(desk.first)
    person.sees("Review")
    person.press("Return")
    person.sees("Password")
    desk.follow(FaultPlan().fail("C_Sign", "CKR_DEVICE_REMOVED"))
    person.type(desk.right_pin)
    person.press("Return")
    person.sees(f"Error: {INSERT}")
    assert f"The token {desk.first} (serial " in person.copied("alt+p")

    person.press("alt+b")
    person.sees(ENTRIES)
    kept = [("kept", "SAST"), ("kept", "CCM+TFTP"), ("kept", "SAST")]
    assert [("new", "SAST"), *kept] == person.states()
    person.press("Escape")
    person.sees("Leave")
    person.press("alt+l")
    assert 0 == person.wizard.finish()
    assert [("CTLFile.tlv", before)] == [
        (each.name, each.read_bytes()) for each in listed.iterdir()
    ]
