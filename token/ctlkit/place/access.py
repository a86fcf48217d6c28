"""How places are reached: passwords, host keys, and whom to ask. Values and protocols only.

Rules:

* A password is treated as a PIN is: asked for at the last moment, never shown, never kept in a
  file, and one that was refused is never sent again to anybody in the same run, nor to whom
  refused it in a later one that was given the same ``Refusals``.
* A host key that is not known is shown with its fingerprint and asked for; without a person it is
  refused unless it was named. A key that changed is always refused.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Protocol

from ctlkit.config import PlaceSettings
from ctlkit.messages import Message
from ctlkit.pins import Pin, PinOptions
from ctlkit.place._logins import LoginMemory

__all__ = ["Access", "HandOver", "HostKey", "PlacePrompt"]


@dataclass(frozen=True, slots=True)
class HostKey:
    """A key that a server showed and that is not known yet.

    Attributes:
        host, port: whom was asked.
        kind: ``ssh-ed25519``, ``ssh-rsa``...
        fingerprint: ``SHA256:...``, as ``ssh-keygen -l`` prints it.
    """

    host: str
    port: int
    kind: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class HandOver:
    """What a person has to put on the nodes of a real cluster by hand.

    Attributes:
        file: the list on this computer.
        name: its name on the nodes.
        nodes: the nodes that do not hold it yet.
        sha1: what ``show ctl`` will show when it is there.
        kept: node -> where its present file was saved on this computer.
        steps: what to do, line by line.
    """

    file: Path
    name: str
    nodes: tuple[str, ...]
    sha1: str
    kept: Mapping[str, Path]
    steps: tuple[Message, ...]


class PlacePrompt(Protocol):
    """What a terminal or a window passes in to ask a person. Called in the caller's thread."""

    def ask_password(self, user: str, host: str) -> Pin | None:
        """Return the password that a person typed, None when the person gave up."""

    def confirm_host_key(self, key: HostKey) -> bool:
        """Return whether a person compared the fingerprint and trusts it."""

    def hand_over(self, request: HandOver) -> bool:
        """Show what is to be done and wait; False when the person gave up."""


@dataclass(frozen=True, slots=True)
class Access:
    """How places are reached.

    Attributes:
        passwords: ``--password-file``, ``--password-fd``, ``--password-env``.
        prompt: asks a person, None where nobody can be asked.
        host_keys: fingerprints (``SHA256:...``) of keys that are trusted when met.
        known_hosts: the file of known keys in OpenSSH's format; None: beside ``config.toml``.
        settings: the configured places by name.
        non_atomic: whether a server without posix-rename may be written to all the same.
        notice: is told what is odd on the way.
        timeout: seconds that a server may be silent.
        keep: the folder for files of real nodes; None: in the user's state folder.
        logins: the passwords of this run, for every place that is reached with this value.
    """

    passwords: PinOptions = field(default_factory=PinOptions)
    prompt: PlacePrompt | None = None
    host_keys: tuple[str, ...] = ()
    known_hosts: Path | None = None
    settings: Mapping[str, PlaceSettings] = field(default_factory=lambda: MappingProxyType({}))
    non_atomic: bool = False
    notice: Callable[[Message], None] = lambda _message: None
    timeout: float = 30.0
    keep: Path | None = None
    logins: LoginMemory = field(default_factory=LoginMemory, repr=False, compare=False)
