"""The table of texts: every code is in it and used, every text finds its values, all is safe.

The codes are found in the source: the first argument of an error or Message, and any other text
in the source that is a code. A call whose code is computed is covered by the second.
"""

from __future__ import annotations

import ast
import inspect
import pickle
import string
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ctlkit
from ctlkit import errors
from ctlkit.errors import CtlkitError, FormatError, PinState, RuleError, TokenError, WrongPinError
from ctlkit.messages import (
    IN_WINDOW,
    Message,
    Several,
    Severity,
    codes,
    printable,
    template,
    wording,
)

TOKEN = Path(ctlkit.__file__).parents[1]
REPOSITORY = TOKEN.parent
PACKAGES = (TOKEN / "ctlkit", TOKEN / "ctlkit_lab", REPOSITORY / "gui" / "ctlkit_gui")
ERRORS = {name: getattr(errors, name) for name in errors.__all__ if name.endswith("Error")}
MAKERS = {*ERRORS, "Message", "_red"}
# What a class adds to the values by itself.
OWN_VALUES = {"_red": {"rule"}}
# Texts that others published, kept word by word: W1 of the CTL Client ends in a full stop.
PUBLISHED = {"mixed-without-list"}


@dataclass(frozen=True)
class Use:
    """One place in the source that makes an error or a message."""

    where: str
    maker: str
    code: str | None
    given: frozenset[str] | None


def uses() -> Iterator[Use]:
    """Every call of an error class or of Message by its own name."""
    for path, tree in sources():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                maker = node.func.id
                if maker in MAKERS and node.args:
                    first = node.args[0]
                    code = str(first.value) if isinstance(first, ast.Constant) else None
                    yield Use(f"{path}:{node.lineno}", maker, code, values_of(node, maker))


def values_of(call: ast.Call, maker: str) -> frozenset[str] | None:
    """The names of the values that a call gives, None where it cannot be seen."""
    if maker == "Message":
        values = call.args[1] if len(call.args) > 1 else None
        for keyword in call.keywords:
            values = keyword.value if keyword.arg == "values" else values
        if values is None:
            return frozenset()
        if not isinstance(values, ast.Dict):
            return None
        keys = [key.value if isinstance(key, ast.Constant) else None for key in values.keys]
        return None if None in keys else frozenset(str(key) for key in keys)
    names = [keyword.arg for keyword in call.keywords]
    if None in names:
        return None
    return frozenset(str(name) for name in names) | OWN_VALUES.get(maker, set())


def sources() -> Iterator[tuple[str, ast.Module]]:
    """Every module of the library, its lab and its window but the texts themselves."""
    for path in sorted(path for package in PACKAGES for path in package.rglob("*.py")):
        if "_texts" not in path.parts:
            yield str(path.relative_to(REPOSITORY)), ast.parse(path.read_text())


def fields(text: str) -> set[str]:
    """The names of the values that a text asks for."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def wanted(code: str) -> set[str]:
    """The names of the values that a code's text asks for, and that of the window's own."""
    texts = codes() & {code, f"{code}{IN_WINDOW}"}
    return {name for text in texts for half in template(text) for name in fields(half)}


def test_every_code_that_is_used_has_a_text() -> None:
    """No error and no message is made with a code that is not in the table."""
    missing = [f"{use.where} {use.code}" for use in uses() if use.code and use.code not in codes()]
    assert [] == missing


def test_every_text_is_used() -> None:
    """Each code stands somewhere outside the table; the window's own by the other text's."""
    found = {
        node.value
        for _, tree in sources()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert set() == {code.removesuffix(IN_WINDOW) for code in codes()} - found
    assert set() == {code for code in found if code.endswith(IN_WINDOW)} - {IN_WINDOW}


def test_every_text_gets_its_values() -> None:
    """Where the values can be seen in the source, they are those that the text names."""
    lacking = [
        f"{use.where} {use.code} lacks {sorted(wanted(use.code) - use.given)}"
        for use in uses()
        if use.code in codes() and use.given is not None and not wanted(use.code or "") <= use.given
    ]
    assert [] == lacking
    assert 100 < sum(use.given is not None for use in uses())


@pytest.mark.parametrize("code", sorted(codes()))
def test_texts_are_sentences_for_a_terminal(code: str) -> None:
    """One printable line each; what to do is a sentence or nothing; values have plain names."""
    happened, advice = template(code)
    assert happened.isprintable()
    assert advice.isprintable()
    assert happened or (advice and code.endswith(IN_WINDOW))
    assert happened == happened.strip()
    assert not happened.endswith(".") or code in PUBLISHED
    assert not advice or advice[-1] in ".}:" or advice.endswith("TOKEN.")
    assert all(name.isidentifier() for name in wanted(code))


def test_the_texts_of_the_old_client_are_exact() -> None:
    """E1 is what the CTL Client says, word by word."""
    assert (
        "The Security Token you have inserted does not exist in the CTL File",
        (
            "Please remove any Security Tokens already inserted and insert another Security Token."
            " Click Ok when done."
        ),
    ) == template("token-not-in-list")


HOSTILE = ["\x1b[31mred", "a\rb", "a\nb", "\x00", "\u202eabc", "\x9b1m", "\ud83d", "\u2028"]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_never_reaches_a_terminal(text: str) -> None:
    """Control characters, direction marks and lone surrogates come out as escapes."""
    for shown in (
        printable(text),
        printable(ValueError(text)),
        str(CtlkitError("file-missing", file=text)),
        Message("few-sast", {"count": text}).text,
        str(FormatError("version-unknown", offset=0, path=text, version=text)),
    ):
        assert shown.isprintable()
        assert shown.isascii()
        assert "\\" in shown


@given(st.text(max_size=2000))
def test_what_is_printed_is_one_short_line(text: str) -> None:
    """Whatever a value is: printable, UTF-8, bounded; and unchanged where it was that already."""
    shown = printable(text)
    assert shown.isprintable()
    assert shown == shown.encode("utf-8").decode("utf-8")
    assert len(shown) <= 303
    if text.isprintable() and len(text) <= 300:
        assert text == shown


def test_braces_in_a_value_are_no_fields() -> None:
    """A value that looks like a place for values is shown as it is."""
    assert "{0.__class__} is no place" == str(CtlkitError("place-unknown", place="{0.__class__}"))


def test_a_missing_value_is_a_mistake_of_the_program() -> None:
    """A text never comes out with a hole in it."""
    with pytest.raises(KeyError):
        wording("file-missing", {})
    with pytest.raises(KeyError):
        CtlkitError("no-such-code")


def make(kind: type[CtlkitError]) -> CtlkitError:
    """An error of a class with all that the class asks for."""
    code, values = "signature-absent", {}
    parameters = inspect.signature(kind.__init__).parameters.values()
    for parameter in parameters:
        if parameter.kind is parameter.KEYWORD_ONLY and parameter.default is parameter.empty:
            values[parameter.name] = 7 if parameter.name != "path" else "record 1"
    return kind(code, **values)


@pytest.mark.parametrize("name", sorted(ERRORS))
def test_errors_cross_processes(name: str) -> None:
    """Pickled and read again an error has the same type, text, advice and facts."""
    error = make(ERRORS[name])
    again = pickle.loads(pickle.dumps(error))
    assert type(error) is type(again)
    assert (str(error), error.advice, error.code) == (str(again), again.advice, again.code)
    assert dict(error.values) == dict(again.values)
    assert {**vars(error), "values": None} == {**vars(again), "values": None}


def test_facts_are_attributes() -> None:
    """Offset and path, rule, and what a token said can be asked for, not only read."""
    found = FormatError("header-cut", offset=5, path="header")
    assert (5, "header", 4) == (found.offset, found.path, found.status)
    assert 3 == RuleError("two-tokens-needed", rule=1, title="x").status
    wrong = WrongPinError(
        "signature-absent",
        ckr="CKR_PIN_INCORRECT",
        function="C_Login",
        pin_state=PinState.COUNT_LOW,
    )
    assert isinstance(wrong, TokenError)
    assert ("CKR_PIN_INCORRECT", "C_Login", PinState.COUNT_LOW, 6) == (
        wrong.ckr,
        wrong.function,
        wrong.pin_state,
        wrong.status,
    )
    with pytest.raises(TypeError):
        found.values["offset"] = 6  # type: ignore[index]


def test_the_tree_in_the_docstring_is_the_tree() -> None:
    """Each class stands in the drawn tree, under the class that it is derived from."""
    parents: list[str] = []
    drawn = {}
    for line in (errors.__doc__ or "").splitlines():
        word = next((part for part in line.split() if part.endswith("Error")), None)
        if word in ERRORS and ("|-" in line or "`-" in line or word == "CtlkitError"):
            level = 0 if word == "CtlkitError" else 1 + line.index("-") // 3 - 1
            parents[level:] = [str(word)]
            drawn[word] = parents[level - 1] if level else "Exception"
    assert {name: kind.__base__.__name__ for name, kind in ERRORS.items()} == drawn


def test_several_messages_are_one_value() -> None:
    """As a value they say each thing once, one after the other, and a message says its own."""
    other, same = Message("phones-other"), Message("phones-away")
    assert "other models; not registered now" == str(Several((other, same, other)))
    assert "3 x other models" == Message("phones-counted", {"count": 3, "phones": other}).text


def test_a_message_has_both_halves() -> None:
    """A message is amber unless it says otherwise, and its halves are the table's."""
    found = Message("few-sast", {"count": 1})
    assert Severity.AMBER is found.severity
    assert "the list holds 1 signer(s) (SAST), fewer than two" == found.text
    assert found.advice.startswith("Should that signer be lost")
