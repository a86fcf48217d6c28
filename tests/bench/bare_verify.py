"""The bare loop: read each list, hash it, check its RSA signature; knows where everything lies."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

_SHA1_INFO = bytes.fromhex("3021300906052b0e03021a05000414")


def main() -> None:
    """Check every file named, with the key in the first one."""
    key, *files = sys.argv[1:]
    modulus_text, exponent_text, size_text = Path(key).read_text().split()
    modulus, exponent, size = int(modulus_text, 16), int(exponent_text, 16), int(size_text)
    field = bytes((12, size >> 8, size & 0xFF))
    for file in files:
        with open(file, "rb") as stream:  # noqa: PTH123  as bare as it gets
            data = stream.read()
        at = data.index(field)
        signature = data[at + 3 : at + 3 + size]
        digest = hashlib.sha1(data[:at] + data[at + 3 + size :]).digest()
        info = _SHA1_INFO + digest
        expected = b"\0\1" + b"\xff" * (size - 3 - len(info)) + b"\0" + info
        found = pow(int.from_bytes(signature, "big"), exponent, modulus).to_bytes(size, "big")
        print(f"{file}: {'valid' if found == expected else 'not valid'}")


if __name__ == "__main__":
    main()
