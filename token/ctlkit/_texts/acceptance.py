"""Texts about what phones will do with a new list: reasons, ways to help, warnings."""

from __future__ import annotations

__all__ = ["ACCEPTANCE_TEXTS"]

ACCEPTANCE_TEXTS: dict[str, tuple[str, str]] = {
    # classes of phones
    "phones-of-model": ("{model}", ""),
    "phones-of-model-away": ("{model}, not registered", ""),
    "phones-asking": ("with Security by Default ({model})", ""),
    "phones-silent": ("without Security by Default ({model})", ""),
    "phones-other": ("other models", ""),
    "phones-counted": ("{count} x {phones}", ""),
    "phones-away": ("not registered now", ""),
    # accepts, because
    "accepts-same": ("they have this very list", ""),
    "accepts-known-by-ctl": ("{signer} is a signer (SAST) in {held}, which they have", ""),
    "accepts-known-by-itl": (
        "they have no CTL, and {signer} is a signer (SAST) in {held}, the ITL that they have",
        "",
    ),
    "accepts-first": ("they have no list, and take their first one on trust", ""),
    "accepts-vouched": (
        "they ask the trust service, which has the certificate of {signer} in its stores",
        "",
    ),
    "accepts-vouched-by-list": (
        "they ask the trust service, which finds {signer} in this list, and its certificate in a store",
        "",
    ),
    # refuses, because
    "refuses-size": ("the list has {size} bytes; phones refuse lists over {limit}", ""),
    "refuses-never-asks": (
        "{signer} is no signer in {held}, which they have, and they never ask the trust service",
        "",
    ),
    "refuses-spelling": (
        "{held}, which they have, writes {signer} with the serial {serial}: phones compare the bytes, and they never ask the trust service",
        "",
    ),
    "refuses-not-vouched": (
        "they do not know {signer}, and the trust service has no certificate of it",
        "",
    ),
    "refuses-not-uploaded": (
        "they do not know {signer}, and nobody said that its certificate is in the trust service's stores (--store)",
        "",
    ),
    "refuses-not-signer": (
        "they do not know {signer}, and the trust service does not know it as a signer (SAST)",
        "",
    ),
    "refuses-no-tvs-record": (
        "they do not know {signer}, and by {held}, the ITL that they have, they can believe no trust service",
        "",
    ),
    "refuses-other-key": (
        "in {held} {signer} has another key than the one that signs; phones check with the key that they have",
        "",
    ),
    "refuses-stored-key": (
        "they do not know {signer}, and the trust service has it with another key than the one that signs",
        "",
    ),
    "refuses-entry-unusable": (
        "the entry of {signer} in {held} cannot be used to check a signature: {reason}",
        "",
    ),
    "refuses-no-entry": (
        "they have no list, and this one does not hold its own signer {signer}",
        "",
    ),
    # cannot tell, because
    "unsure-security-by-default": (
        "whether they ask the trust service is not published",
        "",
    ),
    "unsure-itl": (
        "they have no CTL, and the ITL that they may have was not shown",
        "",
    ),
    "unsure-store": (
        "they do not know {signer}; whether the trust service has its certificate was not said",
        "",
    ),
    "unsure-trust-service": (
        "they do not know {signer}, and {held}, the ITL that they have, holds none of the trust services' present certificates; which one these show was not asked",
        "",
    ),
    "unsure-names": (
        "the trust service has another certificate with the names of {signer}",
        "",
    ),
    "unsure-twins": (
        "the trust service has {signer} with several keys; which one it answers with is not published",
        "",
    ),
    "unsure-held": (
        "the list that they have is not at hand, or cannot be verified ({held}): whether it knows {signer} cannot be told",
        "",
    ),
    "unsure-entries": (
        "{held} has several entries of {signer} with different keys; which one phones use is not published",
        "",
    ),
    "unsure-role": (
        "they do not know {signer}; whether the trust service vouches for what is in no store for signers is not published",
        "",
    ),
    "unsure-nodes": (
        "they do not know {signer}, which the trust service has to find in this list, and not every node gets it",
        "",
    ),
    "unsure-digest-as-before": (
        "whether they can check {digest} is not published; the list that they have needs it too",
        "",
    ),
    "unsure-key-length-as-before": (
        "whether they can check a key of {bits} bits is not published (known: up to {known}); the list that they have needs one as long",
        "",
    ),
    "unsure-signature": (
        "the signature has a length that lists do not have, or says another one (key of {bits} bits); whether they can check it is not published",
        "",
    ),
    "unsure-digest": ("whether they can check {digest} is not published", ""),
    "unsure-key-length": (
        "whether they can check a key of {bits} bits is not published (known: up to {known})",
        "",
    ),
    # ways to have it accepted
    "remedy-find-out": ("find out what cannot be told", ""),
    "remedy-bridge": ("let the server list the tokens first: all phones can follow", ""),
    "remedy-spelling": ("name the signer as the list that they have does: all phones follow", ""),
    "remedy-known-signer": ("sign with a token that the phones know first: all phones follow", ""),
    "remedy-upload": ("let the trust service vouch: only phones that ask it follow", ""),
    "remedy-shorter": ("make the list shorter", ""),
    "remedy-wait": ("wait for the list that leads here: all phones follow", ""),
    "remedy-keep-signer": ("keep one old signer for a round", ""),
    "remedy-by-hand": ("delete the old list by hand on each phone that refuses", ""),
    "step-find-itl": (
        "fetch the ITL that the phones have, and name it with --itl",
        "ctlkit place fetch PLACE --itl writes it.",
    ),
    "step-find-store": (
        "look which certificates the trust service has",
        "Name the cluster itself as OLD (cucm://...), or each certificate in its stores with --store.",
    ),
    "step-find-trust-service": (
        "ask each node's trust service with the ITL that the phones have",
        "ctlkit tvs query NODE --signer-of LIST --itl ITL asks as a phone does.",
    ),
    "step-find-list": (
        "find the list that the phones have, and name it as OLD (for update: --present)",
        "It may be kept as CTLFile_old.tlv, on another node, in a backup, or on this computer.",
    ),
    "step-find-nodes": (
        "put the list in force when every node answers",
        "Or ask each node before phones restart: ctlkit tvs query NODE --signer-of LIST --itl ITL.",
    ),
    "step-find-model": (
        "look the models up in the cluster's own phone feature list (Security by Default)",
        "Write them into a file of models, which [preflight] models in the configuration names.",
    ),
    "step-find-digest": (
        "sign with SHA-1, which all phones check",
        "Or try the list on one phone of each model (ctlkit place publish --phone), and write what they check into a file of models.",
    ),
    "step-find-key": (
        "sign with a key of 2048 bits or less, which all phones check",
        "Or try the list on one phone of each model (ctlkit place publish --phone), and write what they check into a file of models.",
    ),
    "step-shorten": (
        "remove entries of servers that are gone, never ITLRecovery or CallManager",
        "ctlkit update --remove takes their serials.",
    ),
    "step-upload": (
        "upload the certificates of {names} to Phone-SAST-trust",
        "OS Administration > Security > Certificate Management > Upload Certificate; ctlkit export writes the files.",
    ),
    "step-uploaded": (
        "the tokens' certificates are in the trust service's stores already",
        "",
    ),
    "step-bridge-update": ("on the publisher: utils ctl update CTLFile", ""),
    "step-bridge-look": (
        "on the publisher: show ctl",
        "Go on if the tokens are SAST entries now. If they are not, this way is closed: take the next one.",
    ),
    "step-wait-for-phones": (
        "restart TFTP and CallManager on every node, one at a time, then the phones, and wait until every phone has that list",
        "Each phone shows its checksum; those that are switched off now have to get it too.",
    ),
    "step-wait-for-list": (
        "wait until every phone has {held}, checksum {sha1}",
        "Each phone shows its checksum; those that are switched off now have to get it too.",
    ),
    "step-keep-signer": (
        "make the list with a signer that the phones know besides: one or more of {names}",
        "Should they refuse a later list, one that this signer signs brings them back.",
    ),
    "step-then-drop-signer": ("then drop it, with the next list", ""),
    "step-update-that-list": (
        "then make the new list by updating the server's: ctlkit update, signed by the token",
        "It keeps the names and serials that the server wrote, which phones compare; a list made elsewhere may write them otherwise.",
    ),
    "step-then-this-list": (
        "then put this list in force: ctlkit place publish",
        "Ask preflight again before, against the list that the phones have by then.",
    ),
    "step-keep-spelling": (
        "make the new list by updating {held}",
        "ctlkit update keeps the names and serials of its entries, and signs with them.",
    ),
    "step-sign-with-known": (
        "make the list with {signer} as a further signer, and sign it with one that the phones know: {names}",
        "",
    ),
    "step-then-new-signer": (
        "then sign with {signer}",
        "Drop old signers only after that.",
    ),
    "step-delete-last": (
        "on the publisher, as the last step before the new list: file delete tftp CTLFile.tlv",
        "ctlkit place delete does it and keeps a copy.",
    ),
    "step-ask-before-restart": (
        "before any phone restarts, every node has to vouch: ctlkit tvs query NODE --signer-of LIST --itl ITL",
        "If one does not, put the old files back (ctlkit place restore). Then restart TFTP and CallManager, one node at a time, and the phones; those that never ask have to be visited.",
    ),
    "step-erase": ("{models}: {way}", ""),
    "step-erase-unknown": (
        "any other phone: as its administration guide says",
        "Look for how to delete the trust list (CTL and ITL files).",
    ),
    # what preflight was given
    "preflight-old-is-itl": (
        "{file} is an ITL, and no CTL that phones may hold",
        "Name it with --itl; phones without a CTL are judged where no OLD is given.",
    ),
    "preflight-itl-is-ctl": (
        "{file} is no ITL",
        "Name a CTL that phones may hold as OLD, in front of the new list.",
    ),
    "preflight-new-is-itl": (
        "{file} is an ITL; preflight judges a CTL",
        "Name the list that is to be put in force last: ctlkit preflight OLD... NEW.",
    ),
    "preflight-list-unreadable": ("{file} cannot be read as a list: {reason}", "{advice}"),
    "preflight-list-not-valid": ("{file} is no valid list: {reason}", "{advice}"),
    "preflight-list-untold": (
        "whether {file} is a valid list cannot be told: {reason}",
        "Name a list that holds its signer as OLD, or fetch the file again.",
    ),
    "preflight-new-is-place": (
        "{place} is a place; the last name has to be the file of the new list",
        "ctlkit preflight OLD... NEW; ctlkit place fetch gets a list out of a place.",
    ),
    # warnings about phones
    "phones-refuse": (
        "phones refuse this list and keep the old one until somebody deletes it on each: {phones}; {reason} (rule {rule})",
        "See ctlkit preflight for the ways to avoid that; or confirm with --confirm-lockout {word}.",
    ),
    "phones-unsure": (
        "whether phones accept this list cannot be told: {phones}; {reason} (rule {rule})",
        "See ctlkit preflight for how to find out; or confirm with --confirm-lockout {word}.",
    ),
    "phones-refuse-first": (
        "phones without a CTL will not take this list: {phones}; {reason}",
        "Upload the tokens' certificates to Phone-SAST-trust first, and ask with ctlkit tvs query.",
    ),
    "phones-unsure-first": (
        "whether phones without a CTL take this list cannot be told: {phones}; {reason}",
        "Name the ITL that they have with --itl and what is in the stores with --store; or ask with ctlkit tvs query before phones restart.",
    ),
    "phones-are-away": (
        "{count} phones are not registered now and may hold an older list",
        "Name every list that they may hold.",
    ),
    "phones-may-be-away": (
        "phones that are not registered now may hold an older list",
        "Name every list that they may hold.",
    ),
    "trust-service-unasked": (
        "that the trust service on every node vouches for this signer was not asked yet",
        "Do not restart phones before ctlkit tvs query says so for each node.",
    ),
    # warnings about the list
    "server-left-out": (
        "the list that phones have names {function} {node}, and this one does not: secure phones will not register there",
        "Make the list with that server too, if it is still in use.",
    ),
    "signer-spelling": (
        "the list that phones have writes {title} with another serial: phones do not know it by this one (rule {rule})",
        "Make the new list by updating that one; update and place publish go on over it with --confirm-new-signer.",
    ),
    "size-near-limit": (
        "the list has {size} bytes, close to the {limit} that phones take",
        "Remove entries of servers that are gone; never ITLRecovery or CallManager.",
    ),
    "filename-inside": (
        "the name inside the list is {name}; phones ask for {usual}",
        "",
    ),
    "sast-over-four": (
        "the list holds {count} SAST records; two work everywhere, four are the most in Cisco's own files",
        "",
    ),
    "fips-short-key": (
        "a cluster in FIPS mode refuses keys under 2048 bits; the signer's has {bits}",
        "",
    ),
}
