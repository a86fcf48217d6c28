"""Texts about modules, tokens and PINs (docs/tokens.md)."""

from __future__ import annotations

__all__ = ["TOKEN_TEXTS"]

_MODULE_TEXTS: dict[str, tuple[str, str]] = {
    "module-missing": (
        "there is no PKCS#11 module {path}",
        "Check the path, or install the token vendor's software.",
    ),
    "module-no-file": (
        "the PKCS#11 module {path} is not a file",
        "Name the library itself: a .so, .dylib or .dll file.",
    ),
    "module-unreadable": (
        "the PKCS#11 module {path} cannot be read: {reason}",
        "Check the permissions of the file and of its folders.",
    ),
    "module-path": (
        "the path of the PKCS#11 module is not text: {path}",
        "Put the library where the path has ordinary characters.",
    ),
    "module-bits": (
        "the PKCS#11 module {path} has {bits} bits, this Python has {python}",
        "Install the vendor's {python}-bit library, or run ctlkit with a {bits}-bit Python.",
    ),
    "module-machine": (
        "the PKCS#11 module {path} is for {machine} processors, this Python is for {python}",
        "Install the vendor's library for {python}, or a Python for {machine}.",
    ),
    "module-other-system": (
        "the PKCS#11 module {path} is a library for {system}",
        "Install the vendor's library for this system.",
    ),
    "module-not-loaded": (
        "the PKCS#11 module {path} cannot be loaded: {reason}",
        "Install what the text names, or the vendor's software again.",
    ),
    "module-not-initialised": (
        "the PKCS#11 module {path} cannot be started: {function} answered {ckr}",
        "Check that its service runs and that its configuration can be read.",
    ),
    "module-failed": (
        "the PKCS#11 module {path} does not work: {function} answered {ckr}",
        "Pull the token out and put it in again; if that does not help, restart its service.",
    ),
    "module-no-answer": (
        "the PKCS#11 module {path} did not answer within {seconds} seconds",
        "Pull the token out, close other programs that use it, and try again.",
    ),
    "slot-failed": (
        "the slot {slot} cannot be read: {function} answered {reason}",
        "Pull the token out and put it in again.",
    ),
    "slot-not-recognised": (
        "the card in {slot} is not one that this module knows",
        "Install the software of the card's vendor.",
    ),
    "slot-not-initialised": (
        "the token in {slot} is not initialised",
        "Initialise it with the vendor's software; ctlkit never writes to a token.",
    ),
}

_TOKEN_TEXTS: dict[str, tuple[str, str]] = {
    "token-wait-cancelled": ("cancelled while waiting for the token", ""),
    "token-no-module": (
        "no PKCS#11 module was found that works",
        "Install the token vendor's software, or name its library with --module.",
    ),
    "token-none": (
        "no token is plugged in, so none is {wanted}",
        "Plug the token in. 'ctlkit tokens' shows the modules that were tried and the usual causes.",
    ),
    "token-no-match": (
        "no token is {wanted}; there is: {found}",
        "Name a token by its label, its serial or its pkcs11: URI, as 'ctlkit tokens' shows them.",
    ),
    "token-none-broken": (
        "no token is plugged in, so none is {wanted}, and these modules do not work: {modules}",
        "'ctlkit tokens' with the same modules says why, and shows the usual causes.",
    ),
    "token-no-match-broken": (
        "no token is {wanted}; there is: {found}; but these modules do not work: {modules}",
        "'ctlkit tokens' with the same modules says why, and shows the tokens that are there.",
    ),
    "token-several": (
        "several tokens are {wanted}: {found}",
        "Name one by its serial or its pkcs11: URI, as 'ctlkit tokens' shows them.",
    ),
    "token-uri-module": (
        "the URI names the module {module}, which is not in use",
        "Name it with --module: a module is code, and a URI alone does not load it.",
    ),
    "token-no-certificate": (
        "the token {label} (serial {serial}) shows no certificate",
        (
            "Its certificates may be private: 'ctlkit export --login' reads those. "
            "A token without one cannot sign lists."
        ),
    ),
    "token-only-ca": (
        "the token {label} (serial {serial}) holds only certificates of CAs",
        "Use a token with a certificate of its own.",
    ),
    "token-no-such-certificate": (
        "the token {label} (serial {serial}) has no such certificate",
        "'ctlkit tokens' shows the certificates that it has.",
    ),
    "token-several-certificates": (
        "the token {label} (serial {serial}) has several certificates that can sign: {found}",
        "Name one with a pkcs11: URI that has its id or object.",
    ),
    "token-no-key": (
        "the token {label} (serial {serial}) does not have the private key of the certificate",
        "Use the token that the key was made on.",
    ),
    "token-key-of-other": (
        "the key on the token {label} (serial {serial}) does not belong to its certificate",
        "Do not sign with this token: no phone could check it. Use another.",
    ),
    "token-key-kind": (
        "the key of the token {label} (serial {serial}) is not an RSA key",
        "Lists are signed with RSA keys of 1024, 2048 or 4096 bits. Use another token.",
    ),
    "token-key-size": (
        "the key of the token {label} (serial {serial}) has {bits} bits",
        "Lists are signed with RSA keys of 1024, 2048 or 4096 bits. Use another token.",
    ),
    "token-no-mechanism": (
        "the token {label} (serial {serial}) does not offer CKM_RSA_PKCS",
        "Use another token, or another module for this one.",
    ),
    "token-digest-long": (
        "the key of the token {label} (serial {serial}) is too short for {size} bytes",
        "Choose a shorter digest.",
    ),
    "token-context-pin-pad": (
        (
            "the key on the token {label} (serial {serial}) wants the PIN at each signature, "
            "which cannot be done at a PIN pad"
        ),
        "Use a reader without a PIN pad, or turn the pad off in the vendor's software.",
    ),
    "token-removed": (
        "the token {label} (serial {serial}) was pulled out",
        "Put it in again and repeat the step. Nothing was written.",
    ),
    "token-call-failed": (
        "the token or its module answered {ckr} to {function}",
        "Pull the token out, put it in again and repeat the step.",
    ),
    "token-nonsense": (
        "the module's answer to {function} makes no sense: {reason}",
        "Install a newer version of the vendor's software, or use another module.",
    ),
    "token-unread": (
        "the certificates of the token {label} cannot be read: {function} answered {reason}",
        "Pull the token out and put it in again.",
    ),
    "token-label-encoding": (
        "the label of the token {label} is not UTF-8",
        "Choose it by its serial, {serial}.",
    ),
    "uri-long": (
        "a pkcs11: URI is longer than {limit} characters",
        "Leave out what is not needed.",
    ),
    "uri-scheme": ("a token's URI begins with pkcs11:", "Write pkcs11:token=...;serial=..."),
    "uri-attribute": (
        "the URI's attribute {name} does not exist there, or has an impossible value",
        (
            "See RFC 7512: token, serial, manufacturer, model, id and object, then after a question "
            "mark pin-source and module-path."
        ),
    ),
    "uri-repeated": ("the URI's attribute {name} stands there twice", "Write it once."),
    "uri-escape": (
        "the URI's attribute {name} is not percent-encoded UTF-8",
        "Write each unusual byte as a percent sign and two hexadecimal digits.",
    ),
    "uri-pin-value": (
        "the URI has a pin-value, which is refused",
        (
            "A PIN on a command line can be read by others: use pin-source, --pin-file or a prompt. "
            "Change this PIN."
        ),
    ),
    "uri-cannot-choose": (
        "the URI's attribute {name} cannot choose a token",
        "Slots change with the order of plugging in: use token and serial.",
    ),
}

_PIN_TEXTS: dict[str, tuple[str, str]] = {
    "pin-empty": ("the PIN is empty", "Nothing was sent to the token."),
    "pin-not-text": ("the PIN holds what is no character", "Nothing was sent to the token."),
    "pin-several-options": (
        "the PIN is to come from several places",
        "Give one of --pin-file, --pin-fd and --pin-env.",
    ),
    "pin-none": (
        "the token {label} (serial {serial}) wants a PIN, and there is none to be had",
        (
            "Give --pin-file, --pin-fd or --pin-env, a pin-source in the URI, or CTLKIT_PIN; "
            "or run it on a terminal without --no-input."
        ),
    ),
    "pin-not-given": ("no PIN was given for the token {label} (serial {serial})", ""),
    "pin-for-one-token": (
        "the PIN that nobody typed was for another token than {label} (serial {serial})",
        "Name one token, or type the PINs at a prompt: each wrong one counts.",
    ),
    "pin-for-several-tokens": (
        (
            "{count} tokens are named, and a PIN that nobody typed goes to one token only: "
            "nothing was sent"
        ),
        "Name one token at a time, or type the PINs at a prompt: each wrong one counts.",
    ),
    "pin-file-unreadable": (
        "the PIN cannot be read from {path}: {reason}",
        "Check what was named.",
    ),
    "pin-file-kind": (
        "the PIN file {path} is not a regular file",
        "For a pipe use --pin-fd with the number of its descriptor.",
    ),
    "pin-file-open": (
        "others may read the PIN file {path} (mode {mode})",
        "Set its mode to 0600.",
    ),
    "pin-source-empty": ("{source} holds no PIN", "It must hold one line with the PIN."),
    "pin-source-lines": (
        "{source} holds more than one line",
        "It must hold one line with the PIN and nothing else.",
    ),
    "pin-source-long": (
        "{source} holds more than {limit} bytes",
        "It must hold one line with the PIN and nothing else.",
    ),
    "pin-source-not-text": ("{source} is not UTF-8 text", "Write the PIN as plain text."),
    "pin-source-kind": (
        "the URI's pin-source is not a file on this computer",
        "Give a path or a file: URI. Programs and other hosts are not asked.",
    ),
    "pin-variable-unset": (
        "the variable {name} for the PIN is not set",
        "Set it, or name another.",
    ),
    "pin-count-low": (
        "a wrong PIN was entered before on the token {label} (serial {serial})",
        "A right one sets the count back. Too many wrong ones lock the token for good.",
    ),
    "pin-count-low-untyped": (
        (
            "a wrong PIN was entered before on the token {label} (serial {serial}), "
            "so a PIN that nobody typed is not sent"
        ),
        "Type the right PIN once at a prompt: 'ctlkit tokens --test {serial}'.",
    ),
    "pin-last-try": (
        "the token {label} (serial {serial}) has one try left, and nothing was sent",
        (
            "A wrong PIN locks it for good. Run it on a terminal, where a person can confirm the "
            "last try and type the PIN."
        ),
    ),
    "pin-last-try-declined": (
        "the last try on the token {label} (serial {serial}) was not confirmed, nothing was sent",
        "Find out the right PIN first.",
    ),
    "pin-locked": (
        "the PIN of the token {label} (serial {serial}) is locked",
        (
            "Unlock it with the vendor's software and its administrator's PIN. Cisco's own tokens "
            "cannot be unlocked: use another."
        ),
    ),
    "pin-to-be-changed": (
        "the PIN of the token {label} (serial {serial}) must be changed before it can be used",
        "Change it with the vendor's software; ctlkit never writes to a token.",
    ),
    "pin-not-set": (
        "the token {label} (serial {serial}) has no user PIN yet",
        "Set it with the vendor's software; ctlkit never writes to a token.",
    ),
    "pin-expired": (
        "the PIN of the token {label} (serial {serial}) has expired",
        "Change it with the vendor's software; ctlkit never writes to a token.",
    ),
    "pin-state-worse": (
        (
            "somebody entered a wrong PIN on the token {label} (serial {serial}) meanwhile, "
            "and nothing was sent"
        ),
        "Look at it with 'ctlkit tokens' and begin again.",
    ),
    "pin-refused-before": (
        "the token {label} (serial {serial}) refused this PIN before, it is not sent again",
        "Find out the right PIN first: each wrong one counts.",
    ),
    "pin-tried-before": (
        (
            "a login to the token {label} (serial {serial}) failed before, "
            "a PIN that nobody typed is not sent again"
        ),
        "Type the PIN at a prompt.",
    ),
    "pin-at-reader": (
        "the PIN of the token {label} (serial {serial}) is to be entered at its reader",
        "Enter it there now.",
    ),
    "pin-pad-cancelled": (
        "the PIN was not entered at the reader of the token {label} (serial {serial})",
        "Begin again.",
    ),
    "pin-wrong": (
        "the token {label} (serial {serial}) refused the PIN",
        "Nothing was written. Find out the right PIN before you run it again: tokens lock after some wrong ones.",
    ),
    "pin-wrong-count-low": (
        "the token {label} (serial {serial}) refused the PIN, and says that tries are being used up",
        "Nothing was written. Find out the right PIN before you run it again: tokens lock after some wrong ones.",
    ),
    "pin-wrong-last-try": (
        "the token {label} (serial {serial}) refused the PIN, and has one try left",
        "Find out the right PIN: another wrong one locks the token for good.",
    ),
    "pin-wrong-locked": (
        "the token {label} (serial {serial}) refused the PIN, and is locked now",
        (
            "Unlock it with the vendor's software and its administrator's PIN. Cisco's own tokens "
            "cannot be unlocked: use another."
        ),
    ),
}

_CAUSE_TEXTS: dict[str, tuple[str, str]] = {
    "cause-no-library": (
        "the token vendor's PKCS#11 library is missing",
        "Install SafeNet Authentication Client for eTokens, or name the library with --module.",
    ),
    "cause-pcscd": (
        "the smart card service pcscd does not run here",
        "Start it: 'sudo systemctl start pcscd.socket', after installing the package pcscd.",
    ),
    "cause-smart-card-service": (
        "Windows' Smart Card service may not be started",
        "Start 'Smart Card' in services.msc.",
    ),
    "cause-remote-desktop": (
        "this is a Remote Desktop session, where Windows hides the cards of the computer",
        "Work at the computer itself, or plug the token in where you sit and share smart cards.",
    ),
    "cause-virtual-machine": (
        "a virtual machine sees only the USB devices that are passed to it",
        "Pass the token through to this machine.",
    ),
    "cause-empty-slots": (
        "there are readers without a token",
        "Plug the token in, or push it in fully.",
    ),
    "cause-other-library": (
        "the library may be for another kind of token, or have 32 bits",
        "Compare the modules above with the token's vendor.",
    ),
    "cause-other-program": (
        "another program may hold the card",
        "Close browsers, mail and VPN programs that use smart cards.",
    ),
    "searched-known": (
        "looked for {names} in {folders}",
        "A library that lies elsewhere is named in config.toml ([pkcs11] modules).",
    ),
    "searched-registered": (
        "looked for modules that are registered with p11-kit in {folders}",
        "",
    ),
    "cause-old-etoken": (
        "newer SafeNet clients no longer see old eToken PRO tokens",
        "Use SafeNet Authentication Client 10.8 or older for those.",
    ),
}

TOKEN_TEXTS: dict[str, tuple[str, str]] = {
    **_MODULE_TEXTS,
    **_TOKEN_TEXTS,
    **_PIN_TEXTS,
    **_CAUSE_TEXTS,
}
