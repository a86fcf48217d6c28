"""Options that several commands share, and how their values are understood."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar

import click

from ctlkit._cli._app import App
from ctlkit.errors import ConfigurationError, UsageError
from ctlkit.trustlist import Digest

if TYPE_CHECKING:
    from pathlib import Path

    from ctlkit.workflows.keyring import Keyring

__all__ = [
    "DIGESTS",
    "digest_option",
    "force_option",
    "keyring",
    "lockout_option",
    "module_option",
    "phone_options",
    "resolve_time",
    "signer_option",
    "stale_option",
    "timestamp_option",
    "token_options",
    "trust_option",
]

_MOST_DIGITS = 20
_Function = TypeVar("_Function", bound=Callable[..., Any])

DIGESTS = {"sha1": Digest.SHA1, "sha512": Digest.SHA512}

trust_option = click.option(
    "--trust",
    multiple=True,
    metavar="LIST|CERT",
    help="A list or certificate that is trusted already; repeatable.",
)
force_option = click.option("--force", is_flag=True, help="Replace files that are there.")
signer_option = click.option(
    "--signer",
    required=True,
    metavar="S",
    help="pkcs11: URI, token's serial or label, or a PEM file with key and certificate.",
)
lockout_option = click.option(
    "--confirm-lockout",
    metavar="N|WORD",
    help="The number of phones, or the word, that a warning about phones names.",
)
stale_option = click.option(
    "--confirm-stale",
    multiple=True,
    metavar="SERIAL",
    help="This entry may stay though its server uses another certificate; repeatable.",
)
timestamp_option = click.option(
    "--timestamp", metavar="T", help="Seconds since 1970 or ISO 8601, instead of now."
)
module_option = click.option(
    "--module",
    "modules",
    multiple=True,
    metavar="P",
    help="A PKCS#11 library, instead of searching; repeatable.",
)


def digest_option(default: str | None) -> Callable[[_Function], _Function]:
    """Return the option for the hash to sign."""
    return click.option(
        "--digest",
        type=click.Choice(sorted(DIGESTS)),
        default=default,
        show_default=default is not None,
        help="The hash to sign.",
    )


def token_options(function: _Function) -> _Function:
    """Add the options of every command that touches a token."""
    from pathlib import Path

    for option in reversed(
        (
            module_option,
            click.option(
                "--pin-file",
                type=click.Path(path_type=Path),
                metavar="F",
                help="Read the PIN from this file (one line).",
            ),
            click.option(
                "--pin-fd", type=int, metavar="N", help="Read the PIN from this file descriptor."
            ),
            click.option(
                "--pin-env", metavar="VAR", help="Take the PIN from this environment variable."
            ),
        )
    ):
        function = option(function)
    return function


def phone_options(function: _Function) -> _Function:
    """Add the options that tell which phones there are, and what their trust service has."""
    from pathlib import Path

    store = click.option(
        "--store",
        "stores",
        multiple=True,
        type=click.Path(path_type=Path),
        metavar="CERT",
        help="A certificate that is in the trust service's stores; repeatable.",
    )
    phones = click.option(
        "--phones",
        "phone_list",
        type=click.Path(path_type=Path),
        metavar="F",
        help="A CSV of the phones' models and numbers: which of them will accept the list.",
    )
    return phones(store(function))


def keyring(
    app: App,
    modules: tuple[str, ...],
    pin_file: Path | None,
    pin_fd: int | None,
    pin_env: str | None,
) -> Keyring:
    """Return the tokens that a command works with; nothing is looked at yet."""
    from ctlkit._cli._prompt import TerminalPrompt
    from ctlkit.pins import PinOptions
    from ctlkit.workflows.keyring import Keyring, TokenAccess

    return Keyring(
        TokenAccess(
            modules=modules,
            configured=() if modules else app.configuration.modules,
            pins=PinOptions(pin_file, pin_fd, pin_env),
            prompt=TerminalPrompt(app) if app.interactive else None,
            notice=app.notice,
        )
    )


def resolve_time(given: str | None) -> int:
    """Return the time to write, seconds since 1970 UTC: given, SOURCE_DATE_EPOCH, or now.

    Raises:
        UsageError, ConfigurationError: it is no time, or one that a list cannot hold.
    """
    if given is not None:
        seconds = _seconds(given)
        if seconds is None:
            raise UsageError("timestamp-unreadable", text=given)
        return seconds
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    if epoch is None:
        return int(time.time())
    seconds = _seconds(epoch)
    if seconds is None:
        raise ConfigurationError("epoch-unreadable", text=epoch)
    return seconds


def _seconds(text: str) -> int | None:
    try:
        if text.isascii() and text.isdecimal():
            seconds = int(text) if len(text) <= _MOST_DIGITS else -1
        else:
            moment = datetime.fromisoformat(text)
            if moment.tzinfo is None:
                moment = moment.replace(tzinfo=UTC)
            seconds = int(moment.timestamp())
    except (ValueError, OverflowError):
        return None
    return seconds if 0 <= seconds <= 0xFFFFFFFF else None
