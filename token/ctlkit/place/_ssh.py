"""SSH connections: host keys, logins, and what can go wrong with either.

Rules:

* A host key is judged before anything is sent. Known: go on. Not known: the connection is closed,
  ``access.host_keys`` or a person decides, and it is opened anew. Changed or revoked: refused.
* Keys and the agent are tried first, as OpenSSH has them. Only a server that then wants a password
  makes one be asked for, between two connections: no server waits for a person.
* A password is asked for once for each user and run. Until one node took it, the nodes are
  logged in to one after the other. What was not taken is never sent again, to nobody.
* What one host refused is never sent to it again for as long as ``access.logins.refusals`` lives,
  whichever place it is reached by. One that says goodbye to a password has refused it.
* A keyboard-interactive login is answered when it asks for one hidden thing, a password.
* The old algorithms (group14-sha1, ssh-rsa) are offered only to a node whose place says so.
* Connections are kept until they are closed, and opened again when the server closed them.

Source: docs/decisions/0013, 0016; docs/cluster.md, the publisher's command line.
"""

from __future__ import annotations

import asyncio
import getpass
import warnings
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.utils import CryptographyDeprecationWarning

from ctlkit.errors import (
    HostKeyError,
    InputError,
    LoginError,
    NetworkError,
    PlaceError,
    UsageError,
)
from ctlkit.messages import Message
from ctlkit.pins import Pin, password_source
from ctlkit.place._logins import PinnedLogin
from ctlkit.place._loop import LoopThread
from ctlkit.place.access import Access, HostKey
from ctlkit.place.known_hosts import KnownHosts, host_name

try:
    import asyncssh
except ImportError as error:
    raise UsageError("ssh-not-installed") from error

__all__ = ["FAILURES", "PinnedLogin", "Ssh", "network_error"]

_HOST_KEYS = (
    "ssh-ed25519",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
    "rsa-sha2-512",
    "rsa-sha2-256",
)
_OLD_HOST_KEY = "ssh-rsa"
_OLD_EXCHANGE = "diffie-hellman-group14-sha1"
_CLOSED = (
    asyncssh.ConnectionLost,
    EOFError,
    BrokenPipeError,
    ConnectionAbortedError,
    ConnectionResetError,
)
FAILURES = (OSError, EOFError, asyncssh.Error, ValueError)
"""What asyncssh lets out when a connection fails or a server sends what is no sense."""


@dataclass(frozen=True, slots=True)
class _Target:
    host: str
    port: int
    user: str
    old: bool

    @property
    def name(self) -> str:
        return host_name(self.host, self.port)


class Ssh:
    """Opens connections, and keeps them until it is closed. Used in one event loop."""

    def __init__(
        self, access: Access, loop: LoopThread, *, pinned: PinnedLogin | None = None
    ) -> None:
        self._access = access
        self._loop = loop
        self._pinned = pinned
        self._known = KnownHosts(access.known_hosts)
        self._met: defaultdict[str, set[asyncssh.SSHKey]] = defaultdict(set)
        self._open: dict[_Target, asyncssh.SSHClientConnection] = {}
        self._opening: defaultdict[_Target, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._first: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._person = asyncio.Lock()

    async def connect(
        self, host: str, port: int, user: str | None, old_key_exchange: bool = False
    ) -> asyncssh.SSHClientConnection:
        """Return an open connection to a node, logged in.

        Args:
            host, port: the node; an IPv6 address without brackets.
            user: the account, None for the one of this computer's user.
            old_key_exchange: whether the node may use group14-sha1 and ssh-rsa.

        Raises:
            HostKeyError: its key is not known and nobody confirmed it, or is another than before.
            LoginError: it refused the user, or there is no password to be had.
            NetworkError: it cannot be reached, is silent, or speaks no SSH that is understood.
            CancelledError: the person gave up.
            InputError, UsageError: the file of known keys, or the password's, makes no sense.
        """
        target = _Target(host, port, user or _own_user(), old_key_exchange)
        async with self._opening[target]:
            connection = self._open.get(target)
            if connection is None or connection.is_closed():
                connection = self._open[target] = await self._opened(target)
            return connection

    async def close(self) -> None:
        """Close every connection; may be called twice."""
        connections = list(self._open.values())
        self._open.clear()
        await asyncio.gather(*(self._close(connection) for connection in connections))

    async def _close(self, connection: asyncssh.SSHClientConnection) -> None:
        connection.close()
        try:
            async with asyncio.timeout(self._access.timeout):
                await connection.wait_closed()
        except TimeoutError:
            connection.abort()

    async def _opened(self, target: _Target) -> asyncssh.SSHClientConnection:
        if self._pinned is not None:
            return await self._log_in(target, self._pinned.password)
        logins = self._access.logins
        try:
            return await self._log_in(target, logins.proven(target.user, target.name))
        except _PasswordWantedError:
            pass
        async with self._first[target.user]:
            password = logins.proven(target.user, target.name)
            if password is None:
                return await self._log_in(target, await self._password(target))
        return await self._log_in(target, password)

    async def _log_in(self, target: _Target, password: Pin | None) -> asyncssh.SSHClientConnection:
        logins, user, host = self._access.logins, target.user, target.name
        if password is not None and logins.refusals.has(user, host, password):
            logins.refused.add(user)
            raise LoginError("password-refused-before", user=user, host=host)
        login = _Login(password)
        try:
            connection = await self._attempt(target, login)
        except asyncssh.PermissionDenied as error:
            if login.wanted:
                raise _PasswordWantedError from error
            if login.sent is None:
                raise LoginError("login-refused", user=user, host=host) from error
            logins.refuse(user, host, login.sent)
            raise LoginError("password-refused", user=user, host=host) from error
        except BaseException as error:
            if login.sent is not None:
                logins.doubt(user)
                if _is_goodbye(error.__cause__):
                    logins.refusals.add(user, host, login.sent)
            raise
        if login.sent is not None:
            logins.accepted.add(user)
        return connection

    async def _password(self, target: _Target) -> Pin:
        access, user = self._access, target.user
        logins, prompt = access.logins, access.prompt
        if user in logins.unanswered:
            raise LoginError("password-unanswered", user=user, host=target.name)
        if user in logins.refused:
            raise LoginError("password-refused-before", user=user, host=target.name)
        if user not in logins.passwords:
            source = password_source(
                access.passwords,
                ask=None if prompt is None else lambda: prompt.ask_password(user, target.name),
                notice=access.notice,
            )
            async with self._person:
                if not source.typed and logins.passwords:
                    raise LoginError("password-for-one-user", user=user, host=target.name)
                logins.passwords[user] = await self._loop.in_caller(source.get)
        return logins.passwords[user]

    async def _attempt(self, target: _Target, login: _Login) -> asyncssh.SSHClientConnection:
        """Open a connection; a key that is not known is asked about, and it is opened again.

        Raises:
            asyncssh.PermissionDenied: the login was refused.
            CtlkitError: anything else.
        """
        while True:
            login.trusted = self._trusted(target)
            try:
                async with asyncio.timeout(self._access.timeout):
                    return await self._reach(target, login)
            except asyncssh.PermissionDenied:
                raise
            except asyncssh.HostKeyNotVerifiable as error:
                if login.refused_key is None:
                    raise network_error(error, target.name, self._access.timeout) from error
                await self._meet(target, login.refused_key)
            except FAILURES as error:
                early = not (target.old or login.met)
                if early and isinstance(error, asyncssh.KeyExchangeFailed):
                    raise NetworkError("ssh-old-server", host=target.name) from error
                if early and isinstance(error, _CLOSED):
                    raise NetworkError("ssh-closed-early", host=target.name) from error
                raise network_error(error, target.name, self._access.timeout) from error

    async def _reach(self, target: _Target, login: _Login) -> asyncssh.SSHClientConnection:
        # It tells programmers, on the user's terminal, what it will drop one day.
        warnings.filterwarnings(
            "ignore", category=CryptographyDeprecationWarning, module=r"asyncssh\."
        )
        own = self._pinned is None
        known = [name.decode() for key in login.trusted.keys for name in key.sig_algorithms]
        kinds = (*_HOST_KEYS, _OLD_HOST_KEY) if target.old else _HOST_KEYS
        return await asyncssh.connect(
            target.host,
            target.port,
            username=target.user,
            client_factory=lambda: login,
            config=None,
            known_hosts=([], [], []),
            server_host_key_algs=sorted(kinds, key=lambda kind: kind not in known),
            kex_algs=f"+{_OLD_EXCHANGE}" if target.old else "-*-sha1",
            signature_algs="-ssh-dss" if target.old else "-ssh-dss,ssh-rsa",
            compression_algs=None,
            client_keys=() if own else None,
            preferred_auth=[*(["publickey"] if own else []), "keyboard-interactive", "password"],
            gss_host=None,
            gss_kex=False,
            gss_auth=False,
            x509_trusted_certs=None,
            agent_forwarding=False,
            utf8_decode_errors="replace",
        )

    def _trusted(self, target: _Target) -> _Trusted:
        """Return what is known of a node's keys.

        Raises:
            InputError: the file of known keys cannot be read.
        """
        if self._pinned is not None:
            named = self._pinned.host_keys.get((target.host, target.port))
            return _Trusted(fingerprint=named or "none")
        try:
            known = asyncssh.import_known_hosts(self._known.text())
            keys, _, revoked, *_ = known.match(target.name, "", None)
        except ValueError as error:
            raise InputError("known-hosts-damaged", file=self._known.path) from error
        return _Trusted(frozenset(keys) | self._met[target.name], frozenset(revoked))

    async def _meet(self, target: _Target, key: asyncssh.SSHKey) -> None:
        """Decide on a key that is not trusted; return when it is from now on.

        Raises:
            HostKeyError: it is not.
        """
        async with self._person:
            trusted = self._trusted(target)  # another connection may have asked meanwhile
            if trusted.takes(key):
                return
            shown = HostKey(target.host, target.port, key.get_algorithm(), key.get_fingerprint())
            values = {"host": target.name, "kind": shown.kind, "fingerprint": shown.fingerprint}
            if key in trusted.revoked:
                raise HostKeyError("host-key-revoked", **values, file=self._known.path)
            if trusted.keys:
                raise HostKeyError("host-key-changed", **values, file=self._known.path)
            if trusted.fingerprint is not None:
                raise HostKeyError("host-key-other", **values)
            if shown.fingerprint not in self._access.host_keys:
                prompt = self._access.prompt
                if prompt is None:
                    raise HostKeyError("host-key-unknown", **values)
                if not await self._loop.in_caller(lambda: prompt.confirm_host_key(shown)):
                    raise HostKeyError("host-key-declined", **values)
            self._remember(target, key)

    def _remember(self, target: _Target, key: asyncssh.SSHKey) -> None:
        self._met[target.name].add(key)
        line = key.convert_to_public().export_public_key().decode()
        try:
            self._known.add(target.host, target.port, line)
        except PlaceError as error:
            reason = error.values["reason"]
            values = {"file": self._known.path, "host": target.name, "reason": reason}
            self._access.notice(Message("known-hosts-unwritable", values))


class _PasswordWantedError(Exception):
    """A node wants a password, and none was at hand."""


@dataclass(frozen=True, slots=True)
class _Trusted:
    """What is known of a node's keys; a fingerprint alone decides where there is one."""

    keys: frozenset[asyncssh.SSHKey] = frozenset()
    revoked: frozenset[asyncssh.SSHKey] = frozenset()
    fingerprint: str | None = None

    def takes(self, key: asyncssh.SSHKey) -> bool:
        if self.fingerprint is not None:
            return key.get_fingerprint() == self.fingerprint
        return key in self.keys - self.revoked


class _Login(asyncssh.SSHClient):
    """Answers what a server asks while it is logged in to.

    Attributes:
        trusted: the keys that it may show.
        met: whether it came as far as showing one.
        refused_key: the one that it showed and that is not trusted.
        wanted: whether it wants a password and there was none.
        sent: the password, once it was sent.
    """

    def __init__(self, password: Pin | None) -> None:
        self._password = password
        self.trusted = _Trusted()
        self.met = False
        self.refused_key: asyncssh.SSHKey | None = None
        self.wanted = False
        self.sent: Pin | None = None

    def validate_host_public_key(
        self, _host: str, _addr: str, _port: int, key: asyncssh.SSHKey
    ) -> bool:
        self.met = True
        taken = self.trusted.takes(key)
        self.refused_key = None if taken else key
        return taken

    def password_auth_requested(self) -> str | None:
        if self._password is None:
            self.wanted = True
        if self._password is None or self.sent is not None:
            return None
        self.sent = self._password
        return self._password.reveal()

    def kbdint_auth_requested(self) -> str | None:
        return None if self.sent else ""

    def kbdint_challenge_received(
        self, _name: str, _instructions: str, _lang: str, prompts: Sequence[tuple[str, bool]]
    ) -> list[str] | None:
        if not prompts:
            return []
        if len(prompts) != 1 or prompts[0][1] or "password" not in prompts[0][0].lower():
            return None
        password = self.password_auth_requested()
        return None if password is None else [password]


def _is_goodbye(error: BaseException | None) -> bool:
    """Whether a server ended the connection in words; a line that was cut says nothing."""
    return isinstance(error, asyncssh.DisconnectError) and not isinstance(error, _CLOSED)


def network_error(error: Exception, host: str, seconds: float) -> NetworkError:
    """Return what a failure of a connection is, in our words.

    Args:
        error: one of :data:`FAILURES`.
        host: the node.
        seconds: how long it was waited for.
    """
    if isinstance(error, TimeoutError):
        return NetworkError("ssh-silent", host=host, seconds=seconds)
    if isinstance(error, _CLOSED):
        return NetworkError("ssh-closed", host=host)
    if isinstance(error, OSError):
        return NetworkError("ssh-unreachable", host=host, reason=error.strerror or error)
    return NetworkError("ssh-failed", host=host, reason=getattr(error, "reason", None) or error)


def _own_user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError) as error:
        raise UsageError("ssh-no-user") from error
