"""Passwords of nodes: where they come from, in which order, and what is refused."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ctlkit.errors import CtlkitError, UsageError
from ctlkit.messages import Message
from ctlkit.pins import PasswordSource, Pin, PinOptions, password_source


def _file(folder: Path, data: bytes) -> Path:
    path = folder / "password"
    path.write_bytes(data)
    path.chmod(0o600)
    return path


def _refusal(source: PasswordSource) -> CtlkitError:
    with pytest.raises(CtlkitError) as caught:
        source.get()
    return caught.value


def test_the_order_of_password_sources() -> None:
    """Option, CTLKIT_PASSWORD, prompt: each is taken before the next, and only one is typed."""
    environ = {"CTLKIT_PASSWORD": "from CTLKIT_PASSWORD", "MINE": "from --password-env"}

    def chosen(options: PinOptions | None, variables: dict[str, str]) -> tuple[str, bool]:
        source = password_source(options, environ=variables, ask=lambda: Pin("typed"))
        return source.get().reveal(), source.typed

    assert ("from --password-env", False) == chosen(PinOptions(variable="MINE"), environ)
    assert ("from CTLKIT_PASSWORD", False) == chosen(None, environ)
    assert ("typed", True) == chosen(None, {"CTLKIT_PASSWORD": ""})


def test_a_pin_variable_is_no_password() -> None:
    """The PIN of a token never goes to a node."""
    assert "password-none" == _refusal(password_source(environ={"CTLKIT_PIN": "1234"})).code


def test_a_password_from_a_descriptor_and_a_file(tmp_path: Path) -> None:
    """One line end is taken off; others who may read the file are told of."""
    path = _file(tmp_path, b"secret \r\n")
    notices: list[Message] = []
    source = password_source(PinOptions(file=path), environ={}, notice=notices.append)
    assert ("secret ", []) == (source.get().reveal(), notices)
    path.chmod(0o604)
    source.get()
    assert ["password-file-open"] == [notice.code for notice in notices]
    reading, writing = os.pipe()
    os.write(writing, b"secret\n")
    os.close(writing)
    try:
        source = password_source(PinOptions(descriptor=reading), environ={})
        assert "secret" == source.get().reveal()
    finally:
        os.close(reading)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "password-source-empty"),
        (b"one\ntwo", "password-source-lines"),
        (b"caf\xe9", "password-source-not-text"),
        (b"x" * 5000, "password-source-long"),
    ],
)
def test_what_holds_no_password(tmp_path: Path, data: bytes, code: str) -> None:
    """The same strictness as for PINs, in words of its own, and none of what was read."""
    error = _refusal(password_source(PinOptions(file=_file(tmp_path, data)), environ={}))
    assert (code, 4) == (error.code, error.status)
    assert "PIN" not in str(error) + error.advice
    assert error.__context__ is None


def test_what_was_named_and_is_not_there(tmp_path: Path) -> None:
    """A file, a FIFO, a descriptor and a variable that give nothing are one error each."""
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    named = {
        "password-file-unreadable": PinOptions(file=tmp_path / "missing"),
        "password-file-kind": PinOptions(file=fifo),
        "password-variable-unset": PinOptions(variable="NONE"),
    }
    for code, options in named.items():
        assert code == _refusal(password_source(options, environ={})).code
    closed = password_source(PinOptions(descriptor=987654), environ={})
    assert "password-file-unreadable" == _refusal(closed).code


def test_several_password_options_are_a_mistake(tmp_path: Path) -> None:
    """Two of --password-file, --password-fd and --password-env are refused at once."""
    with pytest.raises(UsageError, match="several places"):
        password_source(PinOptions(file=tmp_path, descriptor=0), environ={})


def test_a_person_may_give_no_password() -> None:
    """No answer at the prompt is a cancellation; without a prompt the ways are named."""
    assert 130 == _refusal(password_source(environ={}, ask=lambda: None)).status
    error = _refusal(password_source(environ={}))
    assert ("password-none", 8) == (error.code, error.status)
