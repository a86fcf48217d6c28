"""What the window says where the other text is written for the command line.

Whoever sits before the window has fields and buttons, and no prompt: a text that names an option
or a command has the window's own beside it, unless it can never be shown there.
"""

# ruff: noqa: RUF001  Chinese is written with the marks that look like others.

from __future__ import annotations

import re
import string
import xml.etree.ElementTree as ET
from importlib.resources import as_file, files

import pytest

from ctlkit._cli._commands import COMMANDS
from ctlkit.errors import InputError, RuleError
from ctlkit.messages import IN_WINDOW, Message, Several, Severity, codes, template
from ctlkit_gui.words import halves, translations, worded

CHINESE = "zh_CN"
OWN = {code.removesuffix(IN_WINDOW) for code in codes() if code.endswith(IN_WINDOW)}
# What means nothing to a person who never opened a terminal.
FOREIGN = re.compile(
    rf"(?<![\w-])--[a-z]|\bctlkit (?:{'|'.join(COMMANDS)})\b|\bterminal\b|\bprompt\b"
    r"|\b(?:OLD|NEW)\b|\b(?:ip|name|dns)=|\bCTLKIT_|\bpip install\b|\bsudo\b|\brun (?:it|this)\b"
    r"|\brun ctlkit\b|\bwas named\b|\bName (?:a|an|every|the library)\b"
)

OF_OTHER_COMMANDS = {
    "delete-in-mixed-mode",
    "demo-step",
    "difference-input-unreadable",
    "difference-no-side",
    "difference-not-a-text",
    "export-nothing",
    "file-exists",  # the window asks before it replaces a file
    "itl-node-needed",
    "itl-not-a-list",
    "itl-unreadable",
    "place-nothing-there",
    "preflight-itl-is-ctl",
    "preflight-list-untold",
    "preflight-new-is-itl",
    "preflight-new-is-place",
    "preflight-old-is-itl",
}
OF_REPORTS_AND_START = {
    "doctor-extra",
    "doctor-key-hidden",
    "doctor-module-crashed",
    "doctor-no-binding",
    "doctor-no-module-linux",
    "doctor-no-module-macos",
    "doctor-no-module-windows",
    "doctor-no-process",
    "doctor-pin-last-try",
    "doctor-qt-libraries",
    "internal",  # the window has wizard-internal
    "window-not-loadable",
}
OF_OPTIONS = {
    "pem-key-encrypted",
    "pin-file-kind",
    "pin-file-unreadable",
    "pin-several-options",
    "password-file-kind",
    "password-file-unreadable",
    "password-several-options",
    "remove-several",  # an entry without a serial is named with its function
    "server-ip",
    "server-syntax",
    "signer-password-missing",
    "token-uri-module",
    "uri-pin-value",
}
OF_NOBODY_TO_ASK = {
    "host-key-unknown",
    "password-for-one-user",
    "password-none",
    "pin-count-low-untyped",
    "pin-for-one-token",
    "pin-for-several-tokens",
    "pin-last-try",
    "pin-none",
    "pin-tried-before",
    "restore-unconfirmed",  # the window asks in a dialog of its own
    "switch-needs-a-person",
}
OF_THE_LAB = {
    "lab-certificate-missing",
    "lab-certificate-unknown",
    "lab-control-refused",
    "lab-control-silent",
    "lab-exists",
    "lab-folder-taken",
    "lab-missing",
    "lab-options-fixed",
    "lab-question-unanswered",
    "lab-running",
    "lab-terminal-failed",
    "phone-list-damaged",
    "phone-never-booted",
    "phone-nothing-fetched",
    "phone-unknown",
}
NEVER_SHOWN = OF_OTHER_COMMANDS | OF_REPORTS_AND_START | OF_OPTIONS | OF_NOBODY_TO_ASK | OF_THE_LAB

# What the window itself cannot do, and what is said of it.
ON_THE_COMMAND_LINE = {
    "kept-differ",
    "lab-not-running",
    "nodes-differ",
    "one-token-seen",
    "phones-are-away",
    "phones-may-be-away",
    "place-restore-cut",
    "present-list-unreadable",
    "sftp-not-atomic",
    "step-find-digest",
    "step-find-itl",
    "step-find-key",
    "step-find-list",
    "token-no-certificate",
    "token-several-certificates",
}

# Buttons, pages and headings that are named to the reader.
NAMED = (
    "Add TFTP Server",
    "Add Tokens",
    "Ask Trust Service",
    "CTL entries",
    "Certificate...",
    "Delete Selected",
    "Examine a list or certificate",
    "Help",
    "How to have it accepted",
    "Insert Token",
    "Keep Selected",
    "Practice",
    "Restore...",
    "Retry",
    "Review",
    "Set Cluster to Mixed Mode",
    "Set Cluster to Non-Secure Mode",
    "Unified CM cluster",
    "Update CTL File",
    "Verify against...",
)


def speaks_foreign(text: tuple[str, str]) -> bool:
    """Whether one of the halves is for the command line."""
    return bool(FOREIGN.search(" ".join(text)))


def test_what_is_for_the_command_line_has_the_windows_own_text() -> None:
    """A text that names an option, a command or a prompt has another one, or is never shown."""
    others = codes() - {f"{code}{IN_WINDOW}" for code in OWN}
    assert {code for code in others if speaks_foreign(template(code))} - OWN == NEVER_SHOWN


def test_the_window_names_commands_only_where_it_cannot_help() -> None:
    """Its own texts are free of options and commands but for some, which say where they belong."""
    foreign = {code for code in OWN if speaks_foreign(halves(code, "en"))}
    assert foreign == ON_THE_COMMAND_LINE
    silent = {code for code in foreign if "command line" not in " ".join(halves(code, "en"))}
    assert set() == silent
    assert set() == {code for code in foreign if "命令行" not in "".join(halves(code, CHINESE))}


def test_no_prompt_and_no_terminal_is_spoken_of() -> None:
    """Not even there: a person is never sent to a prompt."""
    words = re.compile(r"\b(?:prompt|terminal|OLD|NEW)\b|--confirm|--no-input")
    assert set() == {code for code in OWN if words.search(" ".join(halves(code, "en")))}


@pytest.mark.parametrize("code", sorted(OWN))
def test_the_windows_own_text_stands_beside_another(code: str) -> None:
    """It belongs to a code, says something else, and has no values but that code's."""
    own, other = template(f"{code}{IN_WINDOW}"), template(code)
    assert set() == fields(own) - fields(other)
    assert own != other
    assert halves(code, "en") != other


def fields(text: tuple[str, str]) -> set[str]:
    """The names of the values of both halves."""
    return {name for half in text for _, name, _, _ in string.Formatter().parse(half) if name}


def test_no_text_of_the_window_has_a_rules_number() -> None:
    """Nobody before the window has the rules by their numbers; the values keep them."""
    numbered = {code for code in codes() if re.search(r"\{rule\}|\brule \d", template(code)[0])}
    assert len(numbered) > 20
    for language in ("en", CHINESE):
        said = {code: "".join(halves(code, language)) for code in codes()}
        found = re.compile(r"\{rule\}|\brules? \d|规则 ?\d")
        assert {} == {code: text for code, text in said.items() if found.search(text)}
    refusal = RuleError("sast-stays", rule=3, subject="A")
    assert "A signs for the server itself and cannot be removed" == worded(refusal, "en")[0]
    assert "A 由服务器自身用来签署，不能删除" == worded(refusal, CHINESE)[0]
    assert "A signs for the server itself and cannot be removed (rule 3)" == str(refusal)


def test_each_half_takes_the_place_of_the_other_text() -> None:
    """What the window does not say otherwise stays as it is, in each language."""
    stale = Message("stale-entry", {"node": "cm1", "old": "01", "new": "02", "rule": 4})
    happened, advice = worded(stale, "en")
    assert stale.text == f"{happened} (rule 4)"
    assert "Add the certificate in use with Add TFTP Server;" in advice
    happened, advice = worded(stale, CHINESE)
    assert happened.startswith("cm1：列表中的证书是 01")
    assert advice == "请用“添加 TFTP 服务器”添加正在使用的证书；或在下面确认保留旧证书。"


def test_a_first_half_can_be_the_windows_own() -> None:
    """A reason that names an option does not name it in the window."""
    reason = Message("refuses-not-uploaded", {"signer": "A"})
    assert reason.text.endswith("is in the trust service's stores (--store)")
    assert worded(reason, "en")[0].endswith("is in the trust service's stores")


def test_values_speak_as_the_window_does() -> None:
    """An error among the values, its advice, and several reasons in one come out its own way."""
    inner = InputError("certificate-unreadable", reason="x")
    values = {"file": "a", "reason": inner, "advice": inner.advice}
    _, advice = worded(InputError("preflight-list-unreadable", **values), "en")
    assert advice == worded(inner, "en")[1] != inner.advice
    reason = Message("refuses-not-uploaded", {"signer": "A"})
    many = Several((reason, Message("unsure-store", {"signer": "A"}), reason))
    phones = Several((Message("phones-counted", {"count": 3, "phones": Message("phones-other")}),))
    told = {"phones": phones, "reason": many, "word": "3", "rule": 9}
    refusal = Message("phones-refuse", told, Severity.RED)
    assert "3 x other models; they do not know A" in worded(refusal, "en")[0]
    assert "--store" in refusal.text
    assert "--store" not in worded(refusal, "en")[0]
    assert "其他型号（3 部）；它们不认识 A，" in worded(refusal, CHINESE)[0]
    assert "存储区中；它们不认识 A；" in worded(refusal, CHINESE)[0]


def test_the_command_line_keeps_its_words() -> None:
    """An error itself says what helps at the prompt."""
    error = RuleError("signer-new", rule=2, title="A", known="B")
    assert error.advice.endswith("go on over it with --confirm-new-signer.")
    assert worded(error, "en")[1].endswith("or confirm it below.")


def labels() -> dict[str, str]:
    """Each label of the window without its key, and its Chinese."""
    with as_file(files("ctlkit_gui") / "locale" / f"ctlkit_{CHINESE}.ts") as path:
        messages = ET.parse(path).iter("message")
        pairs = {
            item.findtext("source", "").replace("&", ""): item.findtext("translation", "")
            for item in messages
        }
    return {english: re.sub(r"\(&\w\)", "", chinese) for english, chinese in pairs.items()}


def test_what_is_named_to_the_reader_is_there() -> None:
    """Each button, page and heading that a text names is a label, and is named in Chinese too."""
    known, used = labels(), set()
    assert set() == set(NAMED) - known.keys()
    for code in OWN:
        english, chinese = (" ".join(template_of(code, language)) for language in ("en", CHINESE))
        for label in NAMED:
            if re.search(rf"(?<!\w){re.escape(label)}(?!\w|\.\.\.)", english):
                used.add(label)
                assert f"“{known[label].removesuffix('...')}”" in chinese, (code, label)
    assert set(NAMED) == used


def template_of(code: str, language: str) -> tuple[str, str]:
    """The window's own halves alone."""
    own = f"{code}{IN_WINDOW}"
    return translations(language)[own] if language == CHINESE else template(own)
