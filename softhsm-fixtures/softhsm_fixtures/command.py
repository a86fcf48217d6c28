"""`ctlkit-etokens DIR`: SoftHSM eTokens for a shell.

Rules:

- Standard output holds what a shell is to evaluate and nothing else; talk goes to standard error.
- DIR must be empty or not there. A store that this command made is left as it is and told again,
  so that the command may be repeated; options for new tokens are then named as ignored, and so is
  a number of tokens that is not the store's.
- The PIN is the one that Cisco prints for new eTokens, or comes from a file or a variable; never
  from the command line, and it is not shown.
- Exit status: 0 done, 1 failed (SoftHSM missing or refusing), 2 usage, 4 DIR or what is to hold
  the PIN cannot be used.
"""

from __future__ import annotations

import argparse
import os
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path

from softhsm_fixtures.library import MODULE_VARIABLE, SoftHsmMissing

__all__ = ["main"]

_MAX_COUNT = 32
_MAX_PIN_FILE = 1024
_MAX_NAME = 24
_BITS = (1024, 2048, 4096)
_PIN_FILE_ADVICE = "Write the PIN alone on the one line of the file."


class _UnusablePin(Exception):  # noqa: N818 - it names what happened
    """What was named holds no PIN; the text says why, `advice` what to do."""

    def __init__(self, message: str, advice: str) -> None:
        super().__init__(message)
        self.advice = advice


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command with these arguments, or the process's own, and give its exit status."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.label and options.count is not None and options.count != len(options.label):
        parser.error("--count and the number of --label differ")
    try:
        return _run(options)
    except SoftHsmMissing as error:
        return _fail(error.message, error.advice, 1)
    except _UnusablePin as error:
        return _fail(str(error), error.advice, 4)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="ctlkit-etokens",
        allow_abbrev=False,
        description="Make SoftHSM tokens that look like Cisco's eTokens, for trying things out: "
        'eval "$(ctlkit-etokens DIR)" lets every PKCS#11 program of this shell see them.',
        epilog="The PIN is Cisco123, as Cisco prints it for new eTokens, unless one of the PIN "
        f"options gives another. {MODULE_VARIABLE} names SoftHSM's library where it is not found.",
    )
    parser.add_argument("folder", metavar="DIR", type=Path, help="the folder of the store")
    parser.add_argument(
        "--count", type=_count, metavar="N", help=f"how many tokens, 1 to {_MAX_COUNT}; default 2"
    )
    parser.add_argument(
        "--bits", type=int, choices=_BITS, help=f"the keys' length; default {_BITS[0]}"
    )
    parser.add_argument(
        "--label",
        action="append",
        type=_label,
        metavar="NAME",
        help="a token's label and common name (repeatable), instead of the usual names",
    )
    pins = parser.add_mutually_exclusive_group()
    pins.add_argument("--pin-file", type=Path, metavar="F", help="read another PIN from a file")
    pins.add_argument("--pin-env", metavar="VAR", help="take another PIN from this variable")
    return parser


def _count(text: str) -> int:
    value = int(text)
    if not 1 <= value <= _MAX_COUNT:
        raise argparse.ArgumentTypeError(f"{value} is not between 1 and {_MAX_COUNT}")
    return value


def _label(text: str) -> str:
    fits = 1 <= len(text) <= _MAX_NAME and text.isascii() and text.isprintable()
    if not fits or text != text.strip():
        raise argparse.ArgumentTypeError(
            f"{text!r} is not a name of 1 to {_MAX_NAME} ASCII characters without outer blanks"
        )
    return text


def _run(options: argparse.Namespace) -> int:
    from softhsm_fixtures.store import FolderError, StoreError, create_store, open_store
    from softhsm_fixtures.tokens import etoken

    folder: Path = options.folder
    pin = _pin(options)
    try:
        store = open_store(folder)
    except FolderError:
        store = None
    try:
        if store is None:
            names = options.label or _names(options.count or 2)
            specs = [etoken(name, bits=options.bits or _BITS[0], pin=pin) for name in names]
            store = create_store(folder, *specs)
            _tell(
                f"made {len(names)} token{'s' * (len(names) > 1)} in {folder}: {', '.join(names)}"
            )
        else:
            _tell(f"{folder} is such a store already: nothing was changed{_ignored(options)}")
            _tell_other_number(options.count, store.count())
    except FolderError as error:
        return _fail(str(error), "Name an empty folder, or one that does not exist yet.", 4)
    except StoreError as error:
        return _fail(str(error), "Nothing was kept of it; try another PIN or folder.", 1)
    _tell(f'to use it in a shell: eval "$(ctlkit-etokens {shlex.quote(str(folder))})"')
    _export("SOFTHSM2_CONF", store.configuration)
    _export(MODULE_VARIABLE, store.module)
    return 0


def _pin(options: argparse.Namespace) -> str:
    from softhsm_fixtures.etokens import DEFAULT_PIN

    if options.pin_env is not None:
        pin = os.environ.get(options.pin_env, "")
        if not pin:
            raise _UnusablePin(
                f"the variable {options.pin_env} is not set or is empty",
                "Set it to the PIN, and export it.",
            )
        return pin
    if options.pin_file is None:
        return DEFAULT_PIN
    try:
        with options.pin_file.open(encoding="utf-8", newline="") as file:
            text: str = file.read(_MAX_PIN_FILE)
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise _UnusablePin(f"the PIN file cannot be read: {reason}", _PIN_FILE_ADVICE) from None
    pin = text.removesuffix("\n").removesuffix("\r")
    if not pin or "\n" in pin or "\r" in pin or len(text) == _MAX_PIN_FILE:
        raise _UnusablePin("the PIN file does not hold one line", _PIN_FILE_ADVICE)
    return pin


def _ignored(options: argparse.Namespace) -> str:
    """Say which options were given that only new tokens would follow."""
    wanted = ("count", "bits", "label", "pin_file", "pin_env")
    given = [f"--{name.replace('_', '-')}" for name in wanted if getattr(options, name) is not None]
    return f", {', '.join(given)} ignored" if given else ""


def _tell_other_number(wanted: int | None, have: int) -> None:
    """Say that a store which is there has another number of tokens than is wanted."""
    if wanted is not None and wanted != have:
        _tell(f"it has {have} token{'s' * (have > 1)}, not {wanted}, and gets no others")
        sys.stderr.write(f"  Name another folder, a new one: {wanted} are made there.\n")


def _names(count: int) -> list[str]:
    """Give the usual names, and further ones of the same pattern."""
    from softhsm_fixtures.etokens import FIRST_NAME, SECOND_NAME

    further = (f"SAST-ADN{0x00A00000 + index:08x}" for index in range(1, _MAX_COUNT))
    return [FIRST_NAME, SECOND_NAME, *further][:count]


def _export(variable: str, value: Path) -> None:
    """Print one line for the shell: PowerShell on Windows, a POSIX shell elsewhere."""
    if sys.platform == "win32":
        quoted = str(value).replace("'", "''")
        sys.stdout.write(f"$env:{variable} = '{quoted}'\n")
    else:
        sys.stdout.write(f"export {variable}={shlex.quote(str(value))}\n")


def _tell(message: str) -> None:
    sys.stderr.write(f"ctlkit-etokens: {message}\n")


def _fail(message: str, advice: str, status: int) -> int:
    _tell(message)
    sys.stderr.write(f"  {advice}\n")
    return status
