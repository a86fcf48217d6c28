"""Reading TOML that a person wrote: what is not known is an error that names file and key.

Rules:

* Unknown keys are errors: a key that is misspelt must not be a key that is ignored.
* Each complaint names the file, the key and what would be right.

Used for the configuration file and for manifests.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from typing import TypeVar

from ctlkit.errors import ConfigurationError

__all__ = ["TomlFile"]

_T = TypeVar("_T")


class TomlFile:
    """A document and the name of its file."""

    def __init__(self, data: bytes, file: str) -> None:
        """Parse a document.

        Args:
            data: TOML, UTF-8.
            file: its name, for errors.

        Raises:
            ConfigurationError: it is no TOML.
        """
        self.file = file
        try:
            self.document: Mapping[str, object] = tomllib.loads(data.decode("utf-8"))
        except (ValueError, RecursionError) as error:  # ValueError: a number of endless digits too
            raise ConfigurationError("toml-unreadable", file=file, reason=error) from error

    def only(self, table: Mapping[str, object], where: str, known: Sequence[str]) -> None:
        """Refuse keys that are not known.

        Args:
            table: the table to look at.
            where: what stands before its keys in an error, ``pkcs11.`` for instance.
            known: its keys.
        """
        for key in table:
            if key not in known:
                raise ConfigurationError(
                    "toml-unknown-key",
                    file=self.file,
                    key=f"{where}{key}",
                    known=", ".join(known),
                )

    def table(
        self, holder: Mapping[str, object], key: str, where: str = ""
    ) -> Mapping[str, object]:
        """Return a table, an empty one where there is none."""
        value = holder.get(key, {})
        if not isinstance(value, dict):
            raise self.wrong(f"{where}{key}", "a table")
        return value

    def text(self, table: Mapping[str, object], key: str, where: str = "") -> str | None:
        """Return a text, None where there is none."""
        value = table.get(key)
        if value is not None and not isinstance(value, str):
            raise self.wrong(f"{where}{key}", "a text")
        return value

    def texts(self, table: Mapping[str, object], key: str, where: str = "") -> tuple[str, ...]:
        """Return a list of texts, an empty one where there is none."""
        value = table.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self.wrong(f"{where}{key}", "a list of texts")
        return tuple(value)

    def flag(self, table: Mapping[str, object], key: str, where: str = "") -> bool:
        """Return a truth value, False where there is none."""
        value = table.get(key, False)
        if not isinstance(value, bool):
            raise self.wrong(f"{where}{key}", "true or false")
        return value

    def choice(
        self, table: Mapping[str, object], key: str, known: Mapping[str, _T], where: str = ""
    ) -> _T | None:
        """Return what one of several words stands for, None where there is none."""
        value = table.get(key)
        if value is None:
            return None
        if not isinstance(value, str) or value not in known:
            raise self.wrong(f"{where}{key}", " or ".join(known))
        return known[value]

    def wrong(self, key: str, wanted: str) -> ConfigurationError:
        """Return the error for a value that cannot be."""
        return ConfigurationError("toml-wrong-value", file=self.file, key=key, wanted=wanted)
