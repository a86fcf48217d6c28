"""The window's own advice, beside texts whose advice is written for the command line.

A code here is that of the other text with ``-in-window`` behind it. A half that is empty is the
other text's; the values are the other text's in both halves. Whoever reads this has fields,
buttons and Cisco's pages in front of them, and may never have opened a terminal: a command is
named only where the window cannot do the same, and then as one of the command line.
"""

from __future__ import annotations

__all__ = ["WINDOW_TEXTS"]

_CHOOSE_CERTIFICATE = "Choose a certificate in DER or PEM, as the server's download gives it."
_TRUST_MORE = (
    "In Help, Examine a list or certificate, the button Verify against... takes a list or"
    " certificate that holds the signer."
)
_NAME_LIBRARY = "or name its library in config.toml ([pkcs11] modules)."
_TRIED = "Insert Token shows which libraries were tried and what came of each."
_AGAIN_PIN = (
    "Nothing was written. Find out the right PIN before you sign again: tokens lock after some"
    " wrong ones."
)
_ONE_PHONE = (
    "Or try the list on one phone of each model, which takes the command line"
    " (ctlkit place publish --phone), and write what they check into a file of models"
    " ([preflight] models in config.toml)."
)

_CHOOSE_LIST = "Choose a CTLFile.tlv, an ITLFile.tlv or a .sgn file."
_PYTHON = "or ask whoever installed ctlkit"

_LISTS: dict[str, str] = {
    "file-empty-in-window": "An empty file means that no list exists.",
    "file-not-regular-in-window": "Choose a file.",
    "not-a-list-in-window": _CHOOSE_LIST,
    "version-missing-in-window": _CHOOSE_LIST,
    "certificate-unreadable-in-window": _CHOOSE_CERTIFICATE,
    "certificate-file-unreadable-in-window": _CHOOSE_CERTIFICATE,
    "signer-not-in-list-in-window": _TRUST_MORE,
    "signer-without-key-in-window": _TRUST_MORE,
    "signer-certificate-unreadable-in-window": _TRUST_MORE,
    "signed-file-needs-trust-in-window": (
        "The button Verify against... takes the server's certificate, or a list with its TFTP"
        " record."
    ),
    "trust-unreadable-in-window": (
        "Choose a certificate in DER or PEM, or a CTLFile.tlv or ITLFile.tlv."
    ),
    "trust-signed-file-in-window": "Choose a certificate or a list.",
    "present-list-unreadable-in-window": (
        "Move the file away; or put the one before it in force, which takes the command line:"
        " ctlkit place restore."
    ),
    "place-restore-cut-in-window": (
        "Nothing was written. Finish it first, which takes the command line: ctlkit place restore."
    ),
}

_RULES: dict[str, str] = {
    "signer-digest-unusable-in-window": (
        "Sign with another token, or set another digest in config.toml ([update] digest)."
    ),
    "tokens-of-the-list-in-window": (
        "Plug in one of those and add it first; then a new one can be added beside it."
    ),
    "token-of-same-name-in-window": (
        "A token that was initialised anew is another one: plug in one of the list and add it"
        " first; then the new one can be added beside it."
    ),
    "remove-not-found-in-window": (
        "It is gone from the list already: go back to the server, and look at the list again."
    ),
    "remove-and-name-in-window": (
        "Choose one of the two: Keep Selected for the entry, or Delete Selected for what was added."
    ),
    "servers-needed-in-window": "Add it with Add TFTP Server.",
    "server-certificate-needed-in-window": "Add it with Add TFTP Server.",
    "server-twice-in-window": "Add each server once for each function.",
    "server-several-entries-in-window": (
        "Add the server again, with the IP address or the host name of the one that is meant."
    ),
    "server-address-missing-in-window": (
        "Add the server again, with its IP address; addresses are never looked up in silence."
    ),
    "server-name-missing-in-window": "Add the server again, with its host name.",
    "signer-new-in-window": (
        "Sign with one that is ({known}) and add this one; or confirm it below."
    ),
    "signer-spelling-in-window": ("Make the new list by updating that one; or confirm it below."),
    "digest-sha512-in-window": (
        "Keep SHA-1 ([update] digest in config.toml); or confirm it below."
    ),
    "stale-entry-in-window": (
        "Add the certificate in use with Add TFTP Server; or confirm below that the old one stays."
    ),
    "stale-in-list-in-window": (
        "Make a new list with the certificate in use instead; or confirm it below."
    ),
    "stale-until-restart-in-window": (
        "Restart Cisco CallManager there (Cisco Unified Serviceability), go back and finish again;"
        " or confirm below that you go on."
    ),
    "fingerprint-unconfirmed-in-window": (
        "Compare its fingerprint {fingerprint} with the server's, then confirm it below."
    ),
    "present-unverified-in-window": (
        "Look at it with Help, Examine a list or certificate; or confirm it below."
    ),
    "signers-vanish-in-window": (
        "Keep at least one until every phone has it; or confirm it below."
    ),
    "server-sast-lost-in-window": (
        "Phones need it to recover. Keep it in the list, or confirm it below."
    ),
    "server-vanished-in-window": (
        "If it is gone, go back and drop it with Delete Selected (serial {serial})."
    ),
    "server-not-secure-in-window": (
        "To leave non-secure mode go back and choose Set Cluster to Mixed Mode."
    ),
}

_TOKENS: dict[str, str] = {
    "module-no-file-in-window": (
        "In config.toml ([pkcs11] modules) write the library itself: a .so, .dylib or .dll file."
    ),
    "module-bits-in-window": (
        f"Install the vendor's {{python}}-bit library, {_PYTHON} for a {{bits}}-bit Python."
    ),
    "module-machine-in-window": (
        f"Install the vendor's library for {{python}}, {_PYTHON} for a Python for {{machine}}."
    ),
    "token-no-module-in-window": f"Install the token vendor's software, {_NAME_LIBRARY}",
    "token-none-in-window": (
        "Plug the token in. Insert Token shows which libraries were tried, and the usual causes."
    ),
    "token-no-match-in-window": "Plug in the token that is wanted.",
    "token-none-broken-in-window": f"Plug the token in. {_TRIED}",
    "token-no-match-broken-in-window": "Plug in the token that is wanted.",
    "token-several-in-window": "Leave one of them plugged in, and pull out the others.",
    "token-no-certificate-in-window": (
        "A token without one cannot sign lists. Its certificates may be private: reading those"
        " takes the command line, ctlkit export --login."
    ),
    "token-no-such-certificate-in-window": (
        "It is not as it was when it was added: plug in the right one, or add this one again."
    ),
    "token-several-certificates-in-window": (
        "Choosing one of them takes the command line: ctlkit update, with a pkcs11: URI that has"
        " its id or object."
    ),
    "pin-state-worse-in-window": ("Find out the right PIN, look at the PIN state, and sign again."),
    "pin-wrong-in-window": _AGAIN_PIN,
    "pin-wrong-count-low-in-window": _AGAIN_PIN,
    "cause-no-library-in-window": (
        f"Install SafeNet Authentication Client for eTokens, {_NAME_LIBRARY}"
    ),
    "cause-pcscd-in-window": (
        "Ask whoever administers this computer to install the package pcscd, and to start"
        " pcscd.socket."
    ),
}

_PLACES: dict[str, str] = {
    "place-no-nodes-in-window": (
        "Look in Cisco Unified Serviceability which nodes run TFTP and CallManager."
    ),
    "nodes-missing-in-window": (
        "Nothing was written. Repair that first; where a node may be left out, Review asks for it"
        " by its name."
    ),
    "nodes-none-in-window": "Nothing was written. Repair at least one node first.",
    "nodes-differ-in-window": (
        "Put the right one on every node first. That takes the command line: ctlkit place fetch,"
        " then ctlkit place publish."
    ),
    "nodes-partly-in-window": (
        "What is done stays. Repair the rest, and press Retry: a node that holds the list already"
        " is not touched."
    ),
    "place-some-restored-in-window": (
        "What is restored stays. Repair the rest, and press Retry: it puts the restored list there."
    ),
    "kept-differ-in-window": (
        "Nothing was restored. To put the right one on every node takes the command line:"
        " ctlkit place publish."
    ),
    "mode-present-disagrees-in-window": (
        "Choose the mode that both are to have: Set Cluster to Mixed Mode, or Set Cluster to"
        " Non-Secure Mode."
    ),
    "list-without-mixed-in-window": (
        "Choose Set Cluster to Mixed Mode; or delete the list on the publisher"
        " (file delete tftp CTLFile.tlv)."
    ),
    "cluster-switched-in-window": (
        "If what follows fails, delete that list on the publisher (file delete tftp CTLFile.tlv),"
        " and begin again."
    ),
    "cluster-switched-saved-in-window": (
        "If what follows fails, finish again on the page CTL entries: it goes on from the saved"
        " list."
    ),
    "restore-phones-in-window": "Restore only while no phone has taken it.",
    "list-is-tokenless-in-window": (
        "Upload the certificate of each token to Phone-SAST-trust (Certificate... saves it where a"
        " token is shown). If utils ctl update CTLFile then lists"
        " them, restart, wait until every phone has that list, and come back; else keep a copy of"
        " the list, delete it on the publisher (file delete tftp CTLFile.tlv), and make a new one"
        " here with both tokens."
    ),
    "sftp-address-password-in-window": (
        "Take the password out of config.toml: the window asks for it. Change this password."
    ),
    "sftp-not-atomic-in-window": (
        "Nothing was changed. To replace it in two, with no list for a moment, takes the command"
        " line: ctlkit update --non-atomic."
    ),
    "ssh-not-installed-in-window": ("Ask whoever installed ctlkit to add its extra [cluster]."),
    "lab-extra-missing-in-window": "Ask whoever installed ctlkit to add its extra [lab].",
    "lab-folder-unusable-in-window": (
        "Check the folder, its permissions and the space on the disk."
    ),
    "lab-not-running-in-window": (
        "Choose Practice, which starts one of its own. To start this one takes the command line:"
        " ctlkit lab up."
    ),
    "lab-file-damaged-in-window": "Choose Practice, which makes another one.",
}

_PHONES: dict[str, str] = {
    "phones-refuse-in-window": (
        "The ways to avoid that stand under How to have it accepted; or confirm it below."
    ),
    "phones-unsure-in-window": (
        "How to find out stands under How to have it accepted; or confirm it below."
    ),
    "phones-refuse-first-in-window": (
        "Upload the tokens' certificates to Phone-SAST-trust first. Ask Trust Service, on the last"
        " page, says whether that took effect."
    ),
    "phones-unsure-first-in-window": (
        "A Unified CM cluster tells what they have and what is in the stores; a folder and SFTP do"
        " not. Ask Trust Service, on the last page of a cluster, asks before phones restart."
    ),
    "phones-may-be-away-in-window": (
        "Here the list in force decides. To judge by every list that they may hold takes the"
        " command line: ctlkit preflight."
    ),
    "phones-are-away-in-window": (
        "Here the list in force decides. To judge by every list that they may hold takes the"
        " command line: ctlkit preflight."
    ),
    "trust-service-unasked-in-window": (
        "Do not restart phones before each node does: of a cluster, Ask Trust Service on the last"
        " page asks them."
    ),
    "step-find-store-in-window": (
        "OS Administration > Security > Certificate Management shows them. A Unified CM cluster"
        " tells them by itself; a folder and SFTP do not."
    ),
    "step-find-trust-service-in-window": (
        "Ask Trust Service, on the last page, asks as a phone does, once the list lies there."
    ),
    "step-find-nodes-in-window": (
        "Or ask each node before phones restart, with Ask Trust Service on the last page."
    ),
    "step-find-digest-in-window": (
        "Set digest to sha1 in config.toml (below [update]), and open the window again."
        f" {_ONE_PHONE}"
    ),
    "step-find-key-in-window": _ONE_PHONE,
    "step-shorten-in-window": "Go back to CTL entries, and drop them with Delete Selected.",
    "step-upload-in-window": (
        "OS Administration > Security > Certificate Management > Upload Certificate; Certificate..."
        " on the page CTL entries saves the files."
    ),
    "step-keep-spelling-in-window": (
        "Update CTL File keeps the names and serials of its entries, and signs with them."
    ),
    "step-delete-last-in-window": "Keep a copy of it before.",
}

_BOTH: dict[str, tuple[str, str]] = {
    "two-tokens-needed-in-window": (
        "a new list needs two different tokens, and only {title} was added",
        "Add a second one with Add Tokens: should one token be lost, the other still signs.",
    ),
    "one-token-seen-in-window": (
        "only one token of the list was added here; not {others}",
        (
            "Make sure that the other still works: sign the next list with it. To test it now takes"
            " the command line: ctlkit tokens --test."
        ),
    ),
    "hand-over-trust-in-window": (
        (
            "restart no phone before the trust service of every node vouches for the signer (Ask"
            " Trust Service, on the last page, asks it); if one does not, put the saved files back"
        ),
        "",
    ),
    "refuses-not-uploaded-in-window": (
        (
            "they do not know {signer}, and nobody said that its certificate is in the trust"
            " service's stores"
        ),
        "",
    ),
    "step-find-itl-in-window": (
        "find out which ITL the phones have",
        (
            "A Unified CM cluster tells it by itself where its TFTP servers have one; a folder and"
            " SFTP do not. To judge by a file takes the command line: ctlkit preflight --itl."
        ),
    ),
    "step-find-list-in-window": (
        "find the list that the phones have",
        (
            "It may be kept as CTLFile_old.tlv, on another node, in a backup, or on this computer."
            " To judge by it takes the command line: ctlkit preflight."
        ),
    ),
    "step-update-that-list-in-window": (
        (
            "then come back and make the new list by updating the server's: Update CTL File, signed"
            " by the token"
        ),
        "",
    ),
    "step-then-this-list-in-window": (
        "then come back, and finish and sign this list",
        "It is judged again before, by the list that the phones have by then.",
    ),
    "step-ask-before-restart-in-window": (
        "before any phone restarts, every node has to vouch for the signer",
        (
            "Ask Trust Service, on the last page, asks them. If one does not, Restore... puts the old files back. Then restart TFTP and"
            " CallManager, one node at a time, and the phones; those that never ask have to be"
            " visited."
        ),
    ),
}

_ADVICE = {**_LISTS, **_RULES, **_TOKENS, **_PLACES, **_PHONES}

WINDOW_TEXTS: dict[str, tuple[str, str]] = {
    **{code: ("", advice) for code, advice in _ADVICE.items()},
    **_BOTH,
}
