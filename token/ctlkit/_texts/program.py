"""Texts about files, configuration, manifests, places and the program itself."""

from __future__ import annotations

__all__ = ["PROGRAM_TEXTS"]

PROGRAM_TEXTS: dict[str, tuple[str, str]] = {
    # files
    "file-missing": ("{file}: there is no such file", "Check the name."),
    "no-list-there": (
        "{file}: there is no such file, or it is empty",
        "Check the name; a cluster that is not secure has none.",
    ),
    "file-not-regular": ("{file} is {kind}, not a file", "Name a file."),
    "file-too-large": (
        "{file} is larger than {limit} bytes",
        "Check the name: nothing that belongs here is that large.",
    ),
    "file-unreadable": ("{file} cannot be read: {reason}", "Check the name and its permissions."),
    "file-exists": ("{file} exists already", "Choose another name, or replace it with --force."),
    "file-unwritable": (
        "{file} cannot be written: {reason}",
        "Nothing was changed. Check the folder, its permissions and the space on the disk.",
    ),
    # configuration
    "toml-unreadable": (
        "{file} is no TOML: {reason}",
        "Correct the file.",
    ),
    "toml-unknown-key": ("{file}: the key {key} is not known", "Known there: {known}."),
    "toml-wrong-value": ("{file}: the value of {key} must be {wanted}", "Correct the file."),
    "manifest-needs-ip": (
        "the {profile} profile needs the address of the server with {certificate}",
        'Add ip = "ADDRESS" to the entry.',
    ),
    "manifest-needs-dns": (
        "the {profile} profile needs the host name of the server with {certificate}",
        'Add dns = "HOSTNAME" to the entry.',
    ),
    # places
    "place-no-folder": (
        "{folder} is no folder",
        "Create it first, or name another: the folder, not the list in it.",
    ),
    "place-link": (
        "{file} is a link",
        "Name the folder in which the file itself lies: a link would be replaced, not followed.",
    ),
    "place-changed": (
        "{file} was changed by somebody else meanwhile",
        "Nothing was written. Look at the new file, and start again.",
    ),
    "place-not-kept": (
        "{file}: what was read back is not what was written",
        "The file before it lies beside it as {old}. Check the disk, then restore it.",
    ),
    "present-list-unreadable": (
        "the present list {file} cannot be read: {reason}",
        "Put the one before it in force with ctlkit place restore, or move the file away.",
    ),
    "present-list-invalid": (
        "the present list {file} does not verify: {reason}",
        "Nothing is built on it. Put a list in its place that verifies, or move the file away.",
    ),
    "place-nothing-kept": (
        "{file}: no earlier list is kept there, so nothing to restore",
        "Nothing was changed.",
    ),
    "restore-unconfirmed": (
        "phones that took the present list may refuse the old one (rule {rule})",
        "Only phones that know the old list's signer will take it; confirm with --confirm-restore.",
    ),
    "trust-unreadable": (
        "{file} is neither a certificate ({cert}) nor a list ({list})",
        "Name a certificate in DER or PEM, or a CTLFile.tlv or ITLFile.tlv, with --trust.",
    ),
    "trust-signed-file": (
        "{file} is a signed configuration file and can vouch for nothing",
        "Name a certificate or a list with --trust.",
    ),
    "sign-signed-already": (
        "{file} is a signed file or a list already",
        "Name the plain configuration file.",
    ),
    "itl-unreadable": ("{file}: {reason}", "Name an ITLFile.tlv."),
    "server-syntax": (
        "--server {text}: this is not FUNCTION,CERT[,name=N][,ip=A]",
        "For instance --server CCM+TFTP,publisher.pem,ip=10.0.0.1. Functions are SAST, CCM, CCM+TFTP, TFTP, CAPF, SRST, FIREWALL, APP-SERVER, TVS, or a number.",
    ),
    "server-ip": (
        "--server {text}: ip must be an IPv4 or IPv6 address",
        "Addresses are never looked up: give the number.",
    ),
    "itl-not-a-list": ("{file} is a signed file, not an ITL file", "Name an ITLFile.tlv."),
    "not-a-trust-list": (
        "{file} is a signed configuration file, not a trust list",
        "Put a CTLFile.tlv in its place.",
    ),
    "certificate-file-unreadable": (
        "{file}: {reason}",
        "Name a certificate in DER or PEM, as ctlkit export or the server's download gives it.",
    ),
    "sign-same-name": (
        "two files would be signed under the same name in {folder}",
        "Sign them into different folders.",
    ),
    "itl-unverified": (
        "{file} does not verify against the present list: {reason}",
        "Its certificates are taken only where their fingerprints are confirmed.",
    ),
    "export-nothing": (
        "no certificate was found on {count} token(s)",
        "Look with ctlkit tokens; some tokens show certificates only after a login: name the token and add --login.",
    ),
    # the program itself
    "interrupted": ("interrupted", "Nothing was left half written."),
    "system": ("the system refused: {reason}", "Check the disk, the output and the permissions."),
    "internal": (
        "a mistake in ctlkit itself ({kind})",
        "Run it again with --log-file F and report it with that file, which holds no PIN.",
    ),
    "timestamp-unreadable": (
        "{text} is no time",
        "Give seconds since 1970 or ISO 8601, for instance 2015-03-06T20:56:07Z.",
    ),
    "epoch-unreadable": (
        "SOURCE_DATE_EPOCH is {text}, which is no time",
        "Set it to seconds since 1970, or unset it.",
    ),
    "demo-no-softhsm": (
        "the demonstration cannot run: {reason}",
        "{help}.",
    ),
    "demo-step": (
        "the demonstration stopped: {command} ended with status {result}",
        "Run it again with --keep DIR, and look at what is left there.",
    ),
    "signer-password-missing": (
        "the private key in {file} has a password, and there is none to be had",
        "Give --pin-file, --pin-fd, --pin-env or CTLKIT_PIN; or run it on a terminal without --no-input.",
    ),
    "signer-password-not-given": ("no password was given for the private key in {file}", ""),
    "signer-file-unusable": ("{file}: {reason}", "{help}"),
    "place-busy": (
        "{folder}: another ctlkit is writing there",
        "Wait until it is done, and start again.",
    ),
    "place-restore-cut": (
        "{file} was left by a restore that was cut short",
        "Finish it with ctlkit place restore; nothing was written.",
    ),
}
