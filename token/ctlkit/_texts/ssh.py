"""Texts about SSH, host keys and passwords."""

from __future__ import annotations

__all__ = ["SSH_TEXTS"]

_HOST_KEY_TEXTS: dict[str, tuple[str, str]] = {
    "host-key-unknown": (
        "{host} shows a key that is not known: {kind} {fingerprint}",
        "Compare it with the one on the server itself; then run this on a terminal and confirm it, or name it with --host-key.",
    ),
    "host-key-declined": (
        "{host}: its key {kind} {fingerprint} was not confirmed",
        "Nothing was sent to it.",
    ),
    "host-key-changed": (
        "{host} shows another key than before: {kind} {fingerprint}",
        "Somebody may stand in between: nothing was sent. If the server was set up anew, compare the key with the one on it, and delete its old line in {file}.",
    ),
    "host-key-other": (
        "{host} does not show the key that it is to have, but {kind} {fingerprint}",
        "Another program answers there: nothing was sent. Look at what listens on that port.",
    ),
    "host-key-revoked": (
        "{host} shows a key that was revoked: {kind} {fingerprint}",
        "Nothing was sent. The line that revokes it stands in {file}.",
    ),
    "known-hosts-damaged": (
        "{file}: not a file of known hosts in OpenSSH's format",
        "Repair the line that is wrong, or move the file away and confirm the keys anew.",
    ),
    "known-hosts-unwritable": (
        "the key of {host} could not be added to {file}: {reason}",
        "It will be asked for again. Check the folder and its permissions.",
    ),
}

_PASSWORD_TEXTS: dict[str, tuple[str, str]] = {
    "password-several-options": (
        "the password is to come from several places",
        "Give one of --password-file, --password-fd and --password-env.",
    ),
    "password-none": (
        "a password is wanted, and there is none to be had",
        "Give --password-file, --password-fd or --password-env, or CTLKIT_PASSWORD; or run it on a terminal without --no-input; or let a key of yours in.",
    ),
    "password-not-given": ("no password was given", ""),
    "password-file-unreadable": (
        "the password cannot be read from {path}: {reason}",
        "Check what was named.",
    ),
    "password-file-kind": (
        "the password file {path} is not a regular file",
        "For a pipe use --password-fd with the number of its descriptor.",
    ),
    "password-file-open": (
        "others may read the password file {path} (mode {mode})",
        "Set its mode to 0600.",
    ),
    "password-variable-unset": (
        "the variable {name} for the password is not set",
        "Set it, or name another.",
    ),
    "password-source-empty": (
        "{source} holds no password",
        "It must hold one line with the password.",
    ),
    "password-source-lines": (
        "{source} holds more than one line, and is to be a password",
        "It must hold one line with the password and nothing else.",
    ),
    "password-source-long": (
        "{source} holds more than {limit} bytes, and is to be a password",
        "It must hold one line with the password and nothing else.",
    ),
    "password-source-not-text": (
        "{source} is not UTF-8 text, and is to be a password",
        "Write the password as plain text.",
    ),
    "password-refused": (
        "{host} refused the password of {user}",
        "It is not sent again. Find out the right one first: servers lock accounts after some wrong ones.",
    ),
    "password-refused-before": (
        "the password of {user} was sent once and not taken, so {host} does not get it",
        "Find out the right one first: servers lock accounts after some wrong ones.",
    ),
    "password-unanswered": (
        "the password of {user} was sent once, and whether it was taken is not known, so {host} does not get it",
        "See to the server that did not answer, then repeat this: servers lock accounts after some wrong passwords.",
    ),
    "password-for-one-user": (
        "the password that nobody typed was for another user than {user} at {host}",
        "Type the passwords at a prompt, or reach the places of each user by themselves.",
    ),
    "login-refused": (
        "{host} does not let {user} in, and asks for no password that could be given",
        "Check the user name, and that the server knows a key of yours or takes passwords.",
    ),
}

_CONNECTION_TEXTS: dict[str, tuple[str, str]] = {
    "ssh-not-installed": (
        "places on a network need packages that are not installed",
        "Install them: pip install 'ctlkit[cluster]'.",
    ),
    "ssh-no-user": (
        "this computer does not say who its user is",
        "Name the user in the address: sftp://USER@HOST/DIR.",
    ),
    "ssh-unreachable": (
        "{host} cannot be reached by SSH: {reason}",
        "Check the name and the port, and that the server runs.",
    ),
    "ssh-silent": (
        "{host} did not answer within {seconds} seconds",
        "Check that an SSH server listens there and that nothing in between holds it up.",
    ),
    "ssh-closed": (
        "{host} closed the connection",
        "Look into the server's own log; then repeat this, what is done is not done again.",
    ),
    "ssh-closed-early": (
        "{host} closed the connection before it showed its key",
        "Look into the server's own log. If it is an old server, set old_key_exchange = true for its place in config.toml.",
    ),
    "ssh-failed": (
        "{host} does not speak SSH as expected: {reason}",
        "Check the port, and look into the server's own log.",
    ),
    "ssh-old-server": (
        "{host} offers no key exchange or no host key that is still safe",
        "If it is an old server that has to be reached all the same, set old_key_exchange = true for its place in config.toml.",
    ),
}

_SFTP_TEXTS: dict[str, tuple[str, str]] = {
    "sftp-address": (
        "this is no address of a folder on a node: {reason}",
        "Write sftp://USER@HOST/DIR, or /~/DIR for a folder in the user's home.",
    ),
    "sftp-address-password": (
        "an address with a password in it is refused",
        "A command line can be read by others: use --password-file, a prompt or a key. Change this password.",
    ),
    "sftp-node-twice": ("{node} is named twice", "Name each node once."),
    "sftp-no-service": (
        "{node}: its server offers no SFTP",
        "Turn the SFTP subsystem on in the server's configuration.",
    ),
    "sftp-not-atomic": (
        "{node}: its server cannot replace a file in one step (posix-rename@openssh.com)",
        "Nothing was changed. With --non-atomic it is replaced in two, and for a moment there is no list.",
    ),
    "sftp-half-replaced": (
        "{file} was removed, and the new file could not take its name: {reason}",
        "The new file lies there as {left}: rename it by hand.",
    ),
}

SSH_TEXTS: dict[str, tuple[str, str]] = {
    **_SFTP_TEXTS,
    **_HOST_KEY_TEXTS,
    **_PASSWORD_TEXTS,
    **_CONNECTION_TEXTS,
}
