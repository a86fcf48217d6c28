"""Texts about the bytes of a list, its certificates and its signature."""

from __future__ import annotations

__all__ = ["LIST_TEXTS"]

_ANOTHER_COPY = "Fetch the file again from the server; if it stays so, it was damaged there."

LIST_TEXTS: dict[str, tuple[str, str]] = {
    # reading
    "file-empty": (
        "the file is empty (byte {offset})",
        "An empty file means that no list exists: fetch or build one.",
    ),
    "not-a-list": (
        (
            "this is no trust list and no signed file: its header cannot be read"
            " (byte {offset}, {path})"
        ),
        "Name a CTLFile.tlv, an ITLFile.tlv or a .sgn file.",
    ),
    "too-large": (
        (
            "the file is larger than any list or signed file can be"
            " ({limit} bytes; byte {offset}, {path})"
        ),
        "Check the name of the file; phones refuse lists over 64 KB.",
    ),
    "header-cut": (
        "the file ends before its header does (byte {offset}, {path})",
        _ANOTHER_COPY,
    ),
    "header-length": (
        "HeaderLength is {length} and disagrees with the fields (byte {offset}, {path})",
        _ANOTHER_COPY,
    ),
    "header-past-end": (
        "HeaderLength is {length}, but the file has only {size} bytes (byte {offset}, {path})",
        _ANOTHER_COPY,
    ),
    "version-missing": (
        "the header has no version (byte {offset}, {path})",
        "Name a CTLFile.tlv, an ITLFile.tlv or a .sgn file.",
    ),
    "version-unknown": (
        "the version is {version}; lists have 1.2, signed files 1.0 (byte {offset}, {path})",
        "Check that the file is a CTLFile.tlv, an ITLFile.tlv or a .sgn file.",
    ),
    "nested-too-deep": (
        "containers are nested too deep (byte {offset}, {path})",
        "No program writes such a file: do not use it.",
    ),
    "field-head-short": (
        (
            "a field is cut: 3 bytes of tag and length are needed, {have} are left"
            " (byte {offset}, {path})"
        ),
        _ANOTHER_COPY,
    ),
    "field-value-short": (
        "a field is cut: its value needs {need} bytes, {have} are left (byte {offset}, {path})",
        _ANOTHER_COPY,
    ),
    "field-too-long": (
        "a value of {length} bytes does not fit into a field (byte {offset}, {path})",
        "A field holds 65535 bytes at most.",
    ),
    "length-field": (
        "a length must have 2 bytes and has {have} (byte {offset}, {path})",
        _ANOTHER_COPY,
    ),
    "record-length-missing": (
        "a record ends without a RECORDLENGTH (byte {offset}, {path})",
        _ANOTHER_COPY,
    ),
    "record-length-short": (
        "RECORDLENGTH is {length}, less than the fields before it (byte {offset}, {path})",
        _ANOTHER_COPY,
    ),
    "record-past-end": (
        "RECORDLENGTH is {length}, but only {have} bytes are left (byte {offset}, {path})",
        _ANOTHER_COPY,
    ),
    "record-length-differs": (
        "a second RECORDLENGTH says {length} and disagrees with the first (byte {offset}, {path})",
        _ANOTHER_COPY,
    ),
    # certificates and keys
    "certificate-unreadable": (
        "this is no X.509 certificate: {reason}",
        "Name a certificate in DER or PEM, as ctlkit export or the server's download gives it.",
    ),
    "key-unreadable": (
        "a PUBLICKEY is no RSA key: {reason}",
        "Fetch the file again from the server.",
    ),
    "pem-no-key": (
        "the PEM file holds no private key, and a certificate alone is no signer",
        "Put the private key and its certificate, both PEM, into one file.",
    ),
    "pem-no-certificate": (
        "the PEM file holds no certificate",
        "Put the private key and its certificate, both PEM, into one file.",
    ),
    "pem-key-encrypted": (
        "the private key is encrypted and could not be opened",
        "Give its password by --pin-file, --pin-fd, --pin-env or at the prompt.",
    ),
    "pem-key-unreadable": (
        "the private key in the signer's file cannot be read",
        "Use an unencrypted or password-protected PEM file in PKCS#8 or PKCS#1.",
    ),
    "pem-key-not-rsa": (
        "the private key is no RSA key",
        "Lists are signed by RSA keys of 1024, 2048 or 4096 bits.",
    ),
    "pem-key-of-other-certificate": (
        "the private key and the first certificate in the signer's file do not belong together",
        "Put the certificate that belongs to the key first in the file.",
    ),
    # signatures
    "signature-absent": (
        "there is no signature",
        "Use only files that a server or ctlkit signed.",
    ),
    "signature-length": (
        "the signature has {have} bytes, the signer's key makes {need}",
        "Do not use this file; fetch it again from the server.",
    ),
    "signature-wrong": (
        "the signature does not fit the file",
        "Do not use this file: it was changed after it was signed, or damaged.",
    ),
    "signature-of-other-key": (
        "the signer returned a signature that its own certificate does not verify",
        (
            "Nothing was written. The token's key and certificate do not belong together:"
            " use another token."
        ),
    ),
    "digest-unknown": (
        "the header names the digest {number}, which is not known",
        "Only 1 (SHA-1), 2 (SHA-256) and 3 (SHA-512) are known.",
    ),
    "signer-not-in-list": (
        "the signer (serial {serial}) is not a SAST record of the list",
        "Name a list or certificate that holds the signer with --trust.",
    ),
    "signer-without-key": (
        "the signer's record has neither certificate nor public key",
        "Name a list or certificate that holds the signer with --trust.",
    ),
    "signer-without-certificate": (
        "the signer's record has no certificate; its PUBLICKEY was used",
        "",
    ),
    "signer-certificate-unreadable": (
        "the signer's certificate cannot be read: {reason}",
        "Name a list or certificate that holds the signer with --trust.",
    ),
    "signer-key-differs-from-certificate": (
        "the signer's PUBLICKEY is not the key of its certificate",
        "Do not use this file: no program writes such a list.",
    ),
    "signer-key-not-rsa": (
        "the signer's key is no RSA key",
        "Lists are signed by RSA keys of 1024, 2048 or 4096 bits.",
    ),
    "signer-known-with-other-key": (
        "the signer (serial {serial}) is known with another key",
        "Do not use this file: phones refuse it, and it may be forged.",
    ),
    "signer-not-trusted": (
        "the signer {name} (serial {serial}) is not known to what is trusted",
        "Phones that hold the trusted list will not accept this file without the trust service.",
    ),
    "signer-not-a-tftp-server": (
        "the trusted list holds the signer (serial {serial}) as SAST, not as a TFTP server",
        "Phones want configuration files signed by a TFTP server's key; a token's is for lists.",
    ),
    "signed-file-needs-trust": (
        "a signed file holds no certificate to check it with",
        "Name the server's certificate, or a list with its TFTP record, with --trust.",
    ),
    # weak points
    "weak-sha1": ("signed with SHA-1, which is weak and normal in the field", ""),
    "digest-unseen": ("signed with {digest}, which no phone was seen to use", ""),
    "weak-signer-key": ("the signer's key has only {bits} bits", ""),
    "signer-key-size": (
        "the signer's key has {bits} bits; lists are signed with 1024, 2048 or 4096",
        "",
    ),
    "weak-record-keys": ("records with keys under 2048 bits: {records}", ""),
    "modulus-index": (
        "SIGNATUREMODULUS is {index} and does not say {length} bytes",
        "",
    ),
    "over-phone-limit": (
        "the list has {size} bytes; phones refuse lists over {limit}",
        "Remove entries of servers that are gone, never ITLRecovery or CallManager.",
    ),
    "few-sast": (
        "the list holds {count} signer(s) (SAST), fewer than two",
        "Should that signer be lost, every phone must be visited: add a second token.",
    ),
    "record-certificate-unreadable": (
        "record {record}: the certificate cannot be read: {reason}",
        "",
    ),
    "record-key-differs": (
        "record {record}: PUBLICKEY is not the key of its certificate ({subject})",
        "",
    ),
    "record-serial-differs": (
        "record {record}: SERIALNUMBER is not that of its certificate ({subject})",
        "",
    ),
    "record-key-unknown": ("record {record}: a key of an unknown kind ({subject})", ""),
    "expired": ("record {record}: the certificate ran out on {date} ({subject})", ""),
}
