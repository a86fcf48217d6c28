"""Texts about comparing two lists."""

from __future__ import annotations

__all__ = ["DIFFERENCE_TEXTS"]

DIFFERENCE_TEXTS: dict[str, tuple[str, str]] = {
    "difference-kinds": (
        "{signed} is a signed configuration file and {list} is a list: they have no fields in common to compare",
        "Name two lists, or two .sgn files.",
    ),
    "difference-stdin-twice": (
        "standard input (-) can be read once only",
        "Put one of the two into a file.",
    ),
    "difference-no-side": (
        "{side}: there is neither a file nor a place of that name",
        "Name a file (a list, or the pasted output of show ctl), a place (folder:DIR, sftp://HOST/DIR, cucm://HOST, lab:, http://HOST, tftp://HOST, a NAME of [places.NAME] in config.toml), or - for standard input.",
    ),
    "difference-not-a-list": ("{side} cannot be read as a list: {reason}", "{advice}"),
    "difference-not-a-text": (
        "{side} is no list, and as output of show ctl it cannot be read: {reason}",
        "Name a CTLFile.tlv, an ITLFile.tlv or a .sgn file, or paste the whole output of show ctl or show itl.",
    ),
    "difference-nothing-shown": (
        "{side} is the output of show ctl on a server that has no such file",
        "A cluster that is not secure has none: there is nothing to compare with.",
    ),
    "difference-input-unreadable": (
        "standard input cannot be read: {reason}",
        "Name a file instead, or send the list or the text through a pipe.",
    ),
    "difference-text-knows-less": (
        "of {sides} only the text of show ctl is known: public keys, addresses, digest, file name and time stamp were not compared",
        "",
    ),
    "difference-text-cut": (
        "{side} is cut: what it leaves out was not compared (records of {other} that it does not show: {count})",
        "",
    ),
    "difference-not-verified": ("{side} does not verify: {reason}", ""),
    "difference-not-told": ("whether {side} verifies could not be told: {reason}", ""),
}
