"""Texts about the rules of making and changing lists (docs/rules.md)."""

from __future__ import annotations

__all__ = ["RULE_TEXTS"]

RULE_TEXTS: dict[str, tuple[str, str]] = {
    "profile-unknown": ("there is no profile {name}", "Known are: {known}."),
    "signer-key-unusable": (
        "a key of this kind cannot sign lists: {kind}, {bits} bits",
        "Lists are signed by RSA keys of 1024, 2048 or 4096 bits.",
    ),
    "signer-digest-unusable": (
        "the signer cannot do {digest}",
        "Choose another digest with --digest, or another signer.",
    ),
    "signer-not-of-draft": (
        "the signer is not the one that the list was made for",
        "Build the list again for this signer.",
    ),
    "text-unwritable": (
        "the name {text} cannot stand in a list",
        "Use a name of plain UTF-8 text, without NUL.",
    ),
    "record-too-long": (
        "a record of {length} bytes does not fit into a list (65535 at most)",
        "Use a shorter certificate.",
    ),
    "header-too-long": (
        "a header of {length} bytes does not fit into a list (65535 at most)",
        "Use a signer with shorter names.",
    ),
    "timestamp-out-of-range": (
        "the time {timestamp} does not fit into a list",
        "Give a time between 1970 and 2106.",
    ),
    "signer-not-an-entry": (
        "the signer {subject} is not a SAST entry of the list (rule {rule})",
        "Add an entry with function SAST and the signer's certificate.",
    ),
    # making and changing a list
    "two-tokens-needed": (
        "a new list needs two different tokens, and only {title} was named (rule {rule})",
        "Name a second one with --add-token: should one token be lost, the other still signs.",
    ),
    "token-not-in-list": (
        "The Security Token you have inserted does not exist in the CTL File",
        "Please remove any Security Tokens already inserted and insert another Security Token. Click Ok when done.",
    ),
    "tokens-of-the-list": (
        "the list knows {known}; {titles} is none of them",
        "Name one of those as the signer, or with --add-token, beside the new one.",
    ),
    "token-of-same-name": (
        "the list knows {known}; {same} has the name of one of them, and another certificate",
        "A token that was initialised anew is another one: name one of the list as the signer, or with --add-token, beside it.",
    ),
    "two-sast-stay": (
        "the list would hold {count} token(s); two must always stay (rule {rule})",
        "Add another token before this one is removed.",
    ),
    "sast-stays": (
        "{subject} signs for the server itself and cannot be removed (rule {rule})",
        "Leave ITLRecovery and CallManager entries as they are: phones need them to recover.",
    ),
    "remove-signer": (
        "{title} signs this list and cannot be removed from it (rule {rule})",
        "Sign with another token of the list, and remove this one then.",
    ),
    "remove-not-found": (
        "no entry has the serial or name {serial}",
        "ctlkit show prints the serials of the present list.",
    ),
    "remove-and-name": (
        "{subject} is to be removed and is named for the list as well",
        "Leave out either --remove, or its --add-token or --server.",
    ),
    "servers-needed": (
        "a list needs the certificate of a CCM+TFTP server (rule {rule})",
        "Name it with --server CCM+TFTP,CERTIFICATE,ip=ADDRESS.",
    ),
    "server-certificate-needed": (
        "to leave non-secure mode the certificate of {node} is needed (rule {rule})",
        "Name it with --server CCM+TFTP,CERTIFICATE,ip=ADDRESS.",
    ),
    "server-twice": (
        "two different certificates are given for the same {function} server ({subject})",
        "Name each server once for each function.",
    ),
    "server-several-entries": (
        "several {function} entries fit the certificate {subject}",
        "Give the server's address with ip=, or its name with name=.",
    ),
    "server-address-missing": (
        "the {profile} profile needs the address of the {function} server {subject}",
        "Add ip=ADDRESS to its --server; addresses are never looked up in silence.",
    ),
    "server-name-missing": (
        "the {profile} profile needs the host name of the {function} server {subject}",
        "Add name=HOSTNAME to its --server.",
    ),
    "non-secure-profile": (
        "the {profile} profile has no non-secure form (rule {rule})",
        "Use the ctl-client or the cucm profile.",
    ),
    "list-over-phone-limit": (
        "the list would have {size} bytes; phones refuse lists over {limit}",
        "Remove entries of servers that are gone, never ITLRecovery or CallManager.",
    ),
    # red: each has a confirmation of its own
    "signer-new": (
        "{title} is not in the list the phones have (rule {rule})",
        "Sign with one that is ({known}) and add this one; update and place publish go on over it with --confirm-new-signer.",
    ),
    "digest-sha512": (
        "SHA-512: which phones can check it is not published; a phone that cannot check it stops working (rule {rule})",
        "Keep SHA-1; update and place publish go on over it with --confirm-lockout {word}.",
    ),
    "stale-entry": (
        "{node}: the list carries certificate {old}, the server uses {new}; secure phones will not register there (rule {rule})",
        "Give the certificate in use with --server; or keep the old one with --confirm-stale {old}.",
    ),
    "fingerprint-unconfirmed": (
        "the certificate of {subject} for {function} {node} was not authenticated (rule {rule})",
        "Compare its fingerprint with the server's, then confirm with --confirm-fingerprint {fingerprint}.",
    ),
    # amber and notes
    "creating": (
        "there is no present list: phones that still hold one accept this list only if that one knows the signer, or through the trust service",
        "Upload the tokens' certificates to Phone-SAST-trust first, so that such phones can ask about them.",
    ),
    "unchanged": (
        "every entry stays as it is; only the time and the signature are new",
        "The list that is kept now is lost by it: leave it out if nothing is to change.",
    ),
    "timestamp-older": (
        "the time stamp is older than the present list's",
        "Look whether the two lists are swapped; phones themselves do not mind.",
    ),
    "one-token-seen": (
        "only one token of the list was named in this run; not {others}",
        "Make sure that the other still works: ctlkit tokens --test TOKEN.",
    ),
    "server-not-secure": (
        "the list is non-secure, so the certificate of {subject} is not in it",
        "To leave non-secure mode add --mode mixed.",
    ),
    "two-entries": (
        "there are two {function} entries for {node} now",
        "That is right for a server with an RSA and an EC certificate; else remove the other one.",
    ),
    "mode-changes": (
        "the list says {mode} now; writing it does not change the cluster's mode",
        "Set the cluster to the same mode.",
    ),
    "timestamp-ahead": (
        "the time stamp lies ahead",
        "The next list will look older than this one.",
    ),
    "ran-out": (
        "the certificate of {subject} ran out on {date}",
        "Secure phones may refuse that server: renew its certificate, then update the list.",
    ),
    "remove-several": (
        "several entries have the name {name} ({functions})",
        "Give the serial, or the function too: --remove CCM+TFTP,{name}.",
    ),
    "many-sast": (
        "the list holds {count} SAST records; more than {most} are not known to work in this profile",
        "",
    ),
    "expires": ("the certificate of {subject} expires on {date}", ""),
    "afterwards": (
        "afterwards restart one node at a time, then the phones in batches, and compare checksums",
        "Once phones have taken this list the old one cannot simply be put back.",
    ),
}
