"""The log: where it goes, who may read it, and that its lines cannot be forged."""

from __future__ import annotations

import logging
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from ctlkit import log
from ctlkit.errors import PlaceError

SECRET = "what was in the variables"


@pytest.fixture(autouse=True)
def logger_as_before() -> Iterator[None]:
    """Put the program's logger back as other tests expect it."""
    logger = log.log()
    before = (logger.level, logger.propagate, list(logger.handlers))
    yield
    logger.setLevel(before[0])
    logger.propagate = before[1]
    logger.handlers[:] = before[2]


def test_a_log_is_its_owners_alone_and_added_to(tmp_path: Path) -> None:
    """A log file has mode 0600 and grows, a line an event whatever the event's text holds."""
    path = tmp_path / "log"
    text = "line\n2026-01-01 INFO forged"
    mask = os.umask(0)
    try:
        for number in (1, 2):
            log.start(verbose=False, file=str(path))
            log.log().info("%d %s", number, text)
            log.stop()
    finally:
        os.umask(mask)
    assert 0o600 == stat.S_IMODE(path.stat().st_mode)
    lines = path.read_text().splitlines()
    assert 2 == len(lines)
    assert lines[1].endswith(r"2 line\n2026-01-01 INFO forged")


def test_a_log_that_cannot_be_written_is_one_error(tmp_path: Path) -> None:
    """A folder, a NUL: refused before the work begins."""
    for path in (tmp_path, tmp_path / "gone" / "log", tmp_path / "a\0b"):
        with pytest.raises(PlaceError) as caught:
            log.start(verbose=False, file=str(path))
        log.stop()
        assert "file-unwritable" == caught.value.code


def test_verbose_talks_on_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    """-v shows the log where talk belongs."""
    log.start(verbose=True, file=None)
    logging.getLogger("ctlkit").debug("a detail")
    logging.getLogger("ctlkit").info("a step")
    log.stop()
    printed = capsys.readouterr()
    assert ("", 1) == (printed.out, len(printed.err.splitlines()))
    assert printed.err.endswith(" a step\n")


def test_a_mistake_is_logged_without_its_text(caplog: pytest.LogCaptureFixture) -> None:
    """Its kind and frames are, and those of what led to it; whatever a text held is not."""

    def inner() -> None:
        raise KeyError(SECRET)

    try:
        try:
            inner()
        except KeyError as error:
            raise ZeroDivisionError(SECRET) from error
    except ZeroDivisionError as error:
        log.log_mistake("looking", error)
    (record,) = caplog.records
    told = record.getMessage()
    assert ("ctlkit", "ERROR") == (record.name, record.levelname)
    assert [True] * 4 == [
        part in told for part in ("looking: ZeroDivisionError", "KeyError", "inner", __file__)
    ]
    assert SECRET not in caplog.text
