"""PINs: what hides them, where they come from, and what is refused."""

from __future__ import annotations

import copy
import os
import pickle
import threading
import traceback
from pathlib import Path

import pytest

from ctlkit.errors import (
    CancelledError,
    CtlkitError,
    InputError,
    PinBlockedError,
    PinState,
    UsageError,
)
from ctlkit.messages import Message
from ctlkit.pins import Pin, PinOptions, PinRequest, PinSource, pin_source

SECRET = "hidden-Cisco123"
REQUEST = PinRequest("SAST-ADN0054f509", "0054f509", PinState.OK)
OTHER = PinRequest("SAST-ADN008580ef", "008580ef", PinState.OK)


class _Typist:
    """A prompt that types one PIN."""

    def __init__(self, pin: Pin | None) -> None:
        self.pin = pin
        self.requests: list[PinRequest] = []

    def ask_pin(self, request: PinRequest) -> Pin | None:
        self.requests.append(request)
        return self.pin

    def confirm_last_try(self, request: PinRequest) -> bool:
        return False

    def use_pin_pad(self, request: PinRequest) -> None:
        pass


def _file(folder: Path, data: bytes) -> Path:
    path = folder / "pin"
    path.write_bytes(data)
    path.chmod(0o600)
    return path


def _from_file(folder: Path, data: bytes) -> str:
    return pin_source(PinOptions(file=_file(folder, data)), environ={}).get(REQUEST).reveal()


@pytest.mark.parametrize("show", [repr, str, "{}".format, "{!r}".format])
def test_a_pin_shows_itself_to_nobody(show: object) -> None:
    """Neither repr nor str nor a format shows the text."""
    assert callable(show)
    assert SECRET not in show(Pin(SECRET))


def test_a_pin_is_not_written_anywhere() -> None:
    """Pickling and copying are refused."""
    for write in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError, match="not written"):
            write(Pin(SECRET))


def test_equal_pins_are_not_equal() -> None:
    """Comparing two PINs tells nothing about their texts."""
    assert Pin(SECRET) != Pin(SECRET)
    assert len({Pin(SECRET), Pin(SECRET)}) == 2


def test_a_forgotten_pin_is_gone() -> None:
    """After forget() there is no text."""
    pin = Pin(SECRET)
    pin.forget()
    with pytest.raises(ValueError, match="forgotten"):
        pin.reveal()


@pytest.mark.parametrize("text", ["", "a\ud800b"])
def test_what_cannot_be_sent_is_no_pin(text: str) -> None:
    """An empty PIN and one with a lone surrogate are refused, without an exception inside."""
    with pytest.raises(InputError) as caught:
        Pin(text)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


@pytest.mark.parametrize("text", ["Cisco123", " blanks ", "ünï", "密码", "0000", "a" * 255, '"\\;'])
def test_a_pin_has_any_characters(text: str, tmp_path: Path) -> None:
    """Case, blanks and characters of any script are kept; digits are not asked for."""
    assert text == _from_file(tmp_path, text.encode())


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"Cisco123", "Cisco123"),
        (b"Cisco123\n", "Cisco123"),
        (b"Cisco123\r\n", "Cisco123"),
        (b"Cisco123 \n", "Cisco123 "),
        (b"\xef\xbb\xbfCisco123\r\n", "Cisco123"),
    ],
)
def test_exactly_one_line_end_is_taken_off(data: bytes, expected: str, tmp_path: Path) -> None:
    """LF or CRLF at the end is no part of the PIN, and neither is a byte-order mark."""
    assert expected == _from_file(tmp_path, data)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "pin-source-empty"),
        (b"\n", "pin-source-empty"),
        (b"\r\n", "pin-source-empty"),
        (b"one\n\n", "pin-source-lines"),
        (b"one\ntwo", "pin-source-lines"),
        (b"one\r\r\n", "pin-source-lines"),
        (b"one\rtwo", "pin-source-lines"),
        (b"\xff\xfeC\0i\0", "pin-source-not-text"),
        (b"ab\0", "pin-source-not-text"),
        (b"caf\xe9", "pin-source-not-text"),
        (b"x" * 5000, "pin-source-long"),
    ],
)
def test_a_file_that_holds_no_one_line_is_refused(data: bytes, code: str, tmp_path: Path) -> None:
    """Empty, a second line, no text, too long: one clear error that holds none of it."""
    with pytest.raises(InputError) as caught:
        _from_file(tmp_path, data)
    assert code == caught.value.code
    assert caught.value.__context__ is None


def test_no_frame_of_an_error_holds_what_was_read(tmp_path: Path) -> None:
    """A traceback with the locals of every frame does not show it."""
    path = _file(tmp_path, b"hidden-one\nhidden-two")
    source = pin_source(PinOptions(file=path), environ={})
    with pytest.raises(InputError) as caught:
        source.get(REQUEST)
    told = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
    assert "hidden-" not in "".join(told.format())


def test_a_file_that_others_may_read_is_reported(tmp_path: Path) -> None:
    """A mode with read for others gives a notice with the mode; 0600 gives none."""
    path = _file(tmp_path, b"Cisco123\n")
    notices: list[Message] = []
    source = pin_source(PinOptions(file=path), environ={}, notice=notices.append)
    source.get(REQUEST)
    assert [] == notices
    path.chmod(0o644)
    pin_source(PinOptions(file=path), environ={}, notice=notices.append).get(REQUEST)
    assert ["pin-file-open"] == [notice.code for notice in notices]
    assert "0644" in notices[0].text


def test_a_fifo_a_folder_and_nothing_are_no_pin_files(tmp_path: Path) -> None:
    """None of them blocks, each is one error that names the path."""
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    for path in (fifo, tmp_path, tmp_path / "missing", loop, Path("/dev/zero")):
        with pytest.raises(InputError) as caught:
            pin_source(PinOptions(file=path), environ={}).get(REQUEST)
        assert caught.value.code in {"pin-file-kind", "pin-file-unreadable"}
        assert str(path) in str(caught.value)


def test_a_descriptor_is_read_to_its_end() -> None:
    """A PIN that comes through a pipe in pieces is read whole."""
    reading, writing = os.pipe()

    def write() -> None:
        for part in (b"Cis", b"co1", b"23\n"):
            os.write(writing, part)
        os.close(writing)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        pin = pin_source(PinOptions(descriptor=reading), environ={}).get(REQUEST)
    finally:
        writer.join()
        os.close(reading)
    assert "Cisco123" == pin.reveal()


@pytest.mark.parametrize("number", [-1, 987654, 2**40])
def test_a_descriptor_that_is_not_open_is_an_error(number: int) -> None:
    """A number that names no open file is answered in words."""
    with pytest.raises(InputError, match="cannot be read"):
        pin_source(PinOptions(descriptor=number), environ={}).get(REQUEST)


def test_a_variable_is_read_when_it_is_named() -> None:
    """--pin-env reads the variable; unset, empty and not text are errors of their own."""
    environ = {"MY_PIN": "Cisco123", "EMPTY": "", "BAD": "a\udcff"}
    options = PinOptions(variable="MY_PIN")
    assert "Cisco123" == pin_source(options, environ=environ).get(REQUEST).reveal()
    for name, code in (
        ("NONE", "pin-variable-unset"),
        ("EMPTY", "pin-source-empty"),
        ("BAD", "pin-source-not-text"),
    ):
        with pytest.raises(CtlkitError) as caught:
            pin_source(PinOptions(variable=name), environ=environ).get(REQUEST)
        assert code == caught.value.code


def test_the_order_of_the_sources(tmp_path: Path) -> None:
    """Option, the URI's pin-source, CTLKIT_PIN, prompt: each is taken before the next."""
    in_uri = tmp_path / "uri"
    in_uri.write_text("from the URI")
    in_uri.chmod(0o600)
    environ = {"CTLKIT_PIN": "from CTLKIT_PIN", "MINE": "from --pin-env"}
    prompt = _Typist(Pin("typed"))

    def chosen(options: PinOptions | None, uri: str | None, variables: dict[str, str]) -> str:
        source = pin_source(options, uri_source=uri, environ=variables, prompt=prompt)
        return source.get(REQUEST).reveal()

    assert "from --pin-env" == chosen(PinOptions(variable="MINE"), str(in_uri), environ)
    assert "from the URI" == chosen(None, str(in_uri), environ)
    assert "from CTLKIT_PIN" == chosen(None, None, environ)
    assert "typed" == chosen(None, None, {})
    assert "typed" == chosen(None, None, {"CTLKIT_PIN": ""})


def test_several_options_are_a_mistake(tmp_path: Path) -> None:
    """Two of --pin-file, --pin-fd and --pin-env are refused, not chosen between."""
    with pytest.raises(UsageError, match="several places"):
        pin_source(PinOptions(file=tmp_path, descriptor=0), environ={})


def test_nothing_is_read_before_a_token_asks(tmp_path: Path) -> None:
    """Making a source touches neither the file nor the person."""
    prompt = _Typist(Pin("typed"))
    pin_source(PinOptions(file=tmp_path / "missing"), environ={}, prompt=prompt)
    pin_source(environ={}, prompt=prompt)
    assert [] == prompt.requests


def test_only_a_prompt_is_typed() -> None:
    """A person at a prompt counts as typed, everything else does not."""
    assert pin_source(environ={}, prompt=_Typist(None)).typed
    assert not pin_source(environ={"CTLKIT_PIN": "x"}, prompt=_Typist(None)).typed
    assert not pin_source(environ={}).typed


def test_without_a_source_the_ways_are_named() -> None:
    """No terminal and nothing named: refused before the token, and the advice names the ways."""
    with pytest.raises(PinBlockedError) as caught:
        pin_source(environ={}).get(REQUEST)
    for way in ("--pin-file", "--pin-fd", "--pin-env", "pin-source", "CTLKIT_PIN"):
        assert way in caught.value.advice


def test_a_person_may_give_up() -> None:
    """No answer at the prompt is a cancellation."""
    with pytest.raises(CancelledError):
        pin_source(environ={}, prompt=_Typist(None)).get(REQUEST)


def test_the_password_of_a_file_has_words_of_its_own() -> None:
    """No password and one that a person does not give are told by the file, not as a token's."""
    request = PinRequest("enc.pem", "", PinState.OK, is_password=True)
    told = []
    for prompt, status in ((None, 7), (_Typist(None), 130)):
        with pytest.raises(CtlkitError) as caught:
            pin_source(environ={}, prompt=prompt).get(request)
        assert status == caught.value.status
        told.append(str(caught.value))
    assert all("private key in enc.pem" in text and "password" in text for text in told)
    assert not any("PIN" in text or "token" in text for text in told)


def test_an_untyped_pin_goes_to_one_token(tmp_path: Path) -> None:
    """A second token gets no PIN that nobody typed; a person may type for both."""
    sources: list[PinSource] = [
        pin_source(environ={"CTLKIT_PIN": "Cisco123"}),
        pin_source(PinOptions(file=_file(tmp_path, b"Cisco123")), environ={}),
    ]
    for source in sources:
        source.get(REQUEST)
        source.get(REQUEST)
        with pytest.raises(PinBlockedError, match="another token"):
            source.get(OTHER)
    typed = pin_source(environ={}, prompt=_Typist(Pin("Cisco123")))
    typed.get(REQUEST)
    typed.get(OTHER)


def test_a_pin_source_of_a_uri_is_a_file(tmp_path: Path) -> None:
    """A path and the forms of a file: URI name the same file."""
    folder = tmp_path / "with blank"
    folder.mkdir()
    path = _file(folder, b"Cisco123\n")
    encoded = str(path).replace(" ", "%20")
    for text in (str(path), f"file:{encoded}", f"file://{encoded}", f"file://localhost{encoded}"):
        assert "Cisco123" == pin_source(uri_source=text, environ={}).get(REQUEST).reveal()


@pytest.mark.parametrize("text", ["|/bin/cat pin", "https://host/pin", "file://host/pin", "file:"])
def test_a_pin_source_of_another_kind_is_refused(text: str) -> None:
    """Programs, other hosts and other schemes are not asked."""
    with pytest.raises(UsageError, match="pin-source"):
        pin_source(uri_source=text, environ={})
