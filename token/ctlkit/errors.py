"""The whole tree of errors.

Rules:

* One root. Whatever ctlkit raises for something a user, a file, a server or a token can cause is
  a :class:`CtlkitError` with a stable ``code``; ``str`` says what happened, ``advice`` what to do.
* Facts are attributes (``values``, ``offset``, ``ckr``...), never only in the text.
* A foreign exception is translated once, at the edge, with ``raise ... from``.
* "Not valid" (:class:`SignatureError`) and "could not tell" (:class:`CannotTellError`) differ.

The tree::

    CtlkitError
    |- UsageError               the call itself makes no sense
    |- ConfigurationError       config.toml, a manifest or an environment variable
    |- InputError               a file that is missing, unreadable, too large or of another kind
    |  `- FormatError           bytes that are no trust list: offset, path of the field
    |- TrustError               refused by the rules of trust
    |  |- SignatureError        the signature is wrong
    |  |- UntrustedError        the signature is right, its signer is not known
    |  `- RuleError             a rule of making or changing lists: its number
    |- CannotTellError          impossible to verify with what is at hand
    |- TokenError               a PKCS#11 module or token: ckr, function, pin_state
    |  |- TokenNotFoundError    none, several, or no module at all
    |  |- TokenRemovedError     it was there and is gone
    |  |- WrongPinError         refused by the token
    |  `- PinBlockedError       locked, last try, count low, no PIN to be had: nothing was sent
    |- PlaceError               a folder or a node: what could not be read, written or kept
    |  `- PartialError          only some of the nodes were done
    |- NetworkError             a node that cannot be reached, or does not answer as it should
    |  |- HostKeyError          its key is not the known one, or not known and not confirmed
    |  `- LoginError            it refused the user, the password or the key
    `- CancelledError           a person or a signal said stop
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType
from typing import ClassVar

from ctlkit.messages import wording

__all__ = [
    "CancelledError",
    "CannotTellError",
    "ConfigurationError",
    "CtlkitError",
    "FormatError",
    "HostKeyError",
    "InputError",
    "LoginError",
    "NetworkError",
    "PartialError",
    "PinBlockedError",
    "PinState",
    "PlaceError",
    "RuleError",
    "SignatureError",
    "TokenError",
    "TokenNotFoundError",
    "TokenRemovedError",
    "TrustError",
    "UntrustedError",
    "UsageError",
    "WrongPinError",
]


class PinState(Enum):
    """What a token's flags say of its user PIN, worst first (PKCS#11, CK_TOKEN_INFO)."""

    LOCKED = "locked"
    FINAL_TRY = "final-try"
    COUNT_LOW = "count-low"
    TO_BE_CHANGED = "to-be-changed"
    NOT_SET = "not-set"
    OK = "ok"


class CtlkitError(Exception):
    """The root. ``code`` is stable, ``values`` are the facts, ``str`` what happened."""

    status: ClassVar[int] = 1
    """The exit status that the command line gives it (docs/command-line.md, exit status)."""

    def __init__(self, code: str, **values: object) -> None:
        self.code = code
        self.values: Mapping[str, object] = MappingProxyType(dict(values))
        happened, advice = wording(code, values)
        super().__init__(happened)
        self.advice = advice

    def __reduce__(self) -> tuple[object, ...]:
        """Let an error cross from a worker process to its parent."""
        return (_rebuild, (type(self), self.code, dict(self.values)))


def _rebuild(kind: type[CtlkitError], code: str, values: dict[str, object]) -> CtlkitError:
    return kind(code, **values)


class UsageError(CtlkitError):
    """The call itself makes no sense."""

    status = 2


class ConfigurationError(CtlkitError):
    """A configuration file, a manifest or an environment variable says something impossible."""

    status = 2


class InputError(CtlkitError):
    """A file is missing, unreadable, too large or of another kind."""

    status = 4


class FormatError(InputError):
    """Bytes that are no trust list.

    Attributes:
        offset: where reading stopped, in bytes from the start of the file.
        path: the field, for instance ``record 3 / CERTIFICATE``.
    """

    def __init__(self, code: str, *, offset: int, path: str, **values: object) -> None:
        super().__init__(code, offset=offset, path=path, **values)
        self.offset = offset
        self.path = path


class TrustError(CtlkitError):
    """Refused by the rules of trust."""

    status = 3


class SignatureError(TrustError):
    """The signature is wrong: the file is not what its signer signed."""


class UntrustedError(TrustError):
    """The signature is right, but its signer is not known to what is trusted."""


class RuleError(TrustError):
    """A rule of making or changing lists forbids it.

    Attributes:
        rule: the number of the rule (docs/rules.md), 0 where it is the format's own limit.
    """

    def __init__(self, code: str, *, rule: int, **values: object) -> None:
        super().__init__(code, rule=rule, **values)
        self.rule = rule


class CannotTellError(CtlkitError):
    """What is at hand does not suffice to say whether a signature is right."""

    status = 3


class TokenError(CtlkitError):
    """A PKCS#11 module or a token said no.

    Attributes:
        ckr: the code it returned, ``CKR_DEVICE_ERROR``, or None where no call failed.
        function: the function that returned it, ``C_Sign``, or None.
        pin_state: what the token's flags said afterwards, or None where they were not read.
    """

    def __init__(
        self,
        code: str,
        *,
        ckr: str | None = None,
        function: str | None = None,
        pin_state: PinState | None = None,
        **values: object,
    ) -> None:
        super().__init__(code, ckr=ckr, function=function, pin_state=pin_state, **values)
        self.ckr = ckr
        self.function = function
        self.pin_state = pin_state


class TokenNotFoundError(TokenError):
    """No such token, several of them, or no module to look for them with."""

    status = 5


class TokenRemovedError(TokenError):
    """The token was there and is gone."""

    status = 5


class WrongPinError(TokenError):
    """The token refused the PIN."""

    status = 6


class PinBlockedError(TokenError):
    """The PIN is locked, or sending one was refused before the token saw it."""

    status = 7


class PlaceError(CtlkitError):
    """A folder or a node could not be read, written or kept as it should be."""


class PartialError(PlaceError):
    """Only some of the nodes were done."""

    status = 9


class NetworkError(CtlkitError):
    """A node cannot be reached, closes, hangs, or does not answer as it should."""

    status = 8


class HostKeyError(NetworkError):
    """A server's key is not the one that is known, or is not known and nobody confirmed it."""


class LoginError(NetworkError):
    """A server refused the user, the password or the key."""


class CancelledError(CtlkitError):
    """A person or a signal said stop."""

    status = 130
