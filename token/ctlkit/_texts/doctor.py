"""Texts about what the doctor finds."""

from __future__ import annotations

__all__ = ["DOCTOR_TEXTS"]

DOCTOR_TEXTS: dict[str, tuple[str, str]] = {
    # modules
    "doctor-no-binding": (
        "python-pkcs11, through which tokens are reached, cannot be loaded: {reason}",
        "Install it again for this Python: pip install --force-reinstall python-pkcs11.",
    ),
    "doctor-no-module-linux": (
        "no PKCS#11 module on this computer works, so no token can be seen",
        "For eTokens install SafeNet Authentication Client (libeToken.so), for a YubiKey the package ykcs11, for other cards opensc-pkcs11; a library elsewhere is named with --module.",
    ),
    "doctor-no-module-windows": (
        "no PKCS#11 module on this computer works, so no token can be seen",
        "For eTokens install SafeNet Authentication Client (eTPKCS11.dll), for a YubiKey the Yubico PIV Tool, for other cards OpenSC; a library elsewhere is named with --module.",
    ),
    "doctor-no-module-macos": (
        "no PKCS#11 module on this computer works, so no token can be seen",
        "For eTokens install SafeNet Authentication Client (libeToken.dylib), for a YubiKey yubico-piv-tool, for other cards OpenSC; a library elsewhere is named with --module.",
    ),
    "doctor-module-crashed": (
        "the PKCS#11 module {path} brings down the program that loads it ({ending})",
        "Install the vendor's software again, or a newer version. Until then every command that looks for tokens needs --module with another library.",
    ),
    "doctor-no-process": (
        "the PKCS#11 module {path} was not tried: no process could be started ({reason})",
        "Close other programs, and run ctlkit doctor again.",
    ),
    # tokens
    "doctor-no-token": (
        "no token is seen in the {slots} slot(s) of the modules that work",
        "Plug the token in. If it is, the usual causes stand with this.",
    ),
    "doctor-no-candidate": (
        "the token {label} (serial {serial}) holds nothing that can be a signer in a list",
        "Use a token with an X.509 certificate of its own.",
    ),
    "doctor-key-missing": (
        "the private key of the certificate {subject} is not on the token {label} (serial {serial})",
        "Use the token that the key was made on.",
    ),
    "doctor-key-hidden": (
        "whether the private key of {subject} is on the token {label} (serial {serial}) cannot be seen without a login",
        "'ctlkit tokens --test {serial}' logs in once, signs a random value and tells.",
    ),
    "doctor-expired": (
        "the certificate {subject} on the token {label} (serial {serial}) ran out on {date}",
        "Check the computer's clock; if it is right, have a token with a newer certificate at hand.",
    ),
    "doctor-pin-last-try": (
        "the PIN of the token {label} (serial {serial}) has one try left",
        "A wrong PIN locks it for good. Find out the right one, then run 'ctlkit tokens --test {serial}' on a terminal: a right one sets the count back.",
    ),
    # the rest
    "doctor-qt-libraries": (
        "the window cannot open: libraries that Qt needs are missing: {libraries}",
        "On Debian and Ubuntu: sudo apt install {packages}.",
    ),
    "doctor-no-display": (
        "neither DISPLAY nor WAYLAND_DISPLAY is set, so no window can open here",
        "Start the window in a graphical session. Everything can be done by command too.",
    ),
    "window-display-refused": (
        "the display {display} cannot be used, so no window can open there",
        "Check DISPLAY, and with another user's or computer's display that xauth lets you in.",
    ),
    "window-not-loadable": (
        "the window cannot open: Qt cannot be loaded: {reason}",
        "Install it again for this Python: pip install --force-reinstall 'ctlkit[gui]'.",
    ),
    "doctor-place-unusable": (
        "the place {name} of config.toml has no address that can be used",
        "Below [places.{name}] write url as folder:DIR, sftp://HOST/DIR, cucm://HOST, lab:, http://HOST or tftp://HOST; only sftp: and cucm: take further nodes.",
    ),
    "doctor-extra": (
        "the extra {extra}, {use}, is not installed: {missing} is missing",
        "If it is wanted: pip install 'ctlkit[{extra}]'.",
    ),
    "doctor-not-examined": (
        "{part} could not be examined: {reason}",
        "The rest of the report is complete. Report this with it.",
    ),
}
