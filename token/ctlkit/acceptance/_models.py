"""Models of phones: what each is known to check, from a table that is data.

Rules:

* What no source publishes is None, never a guess: a model that is in no table is one whose
  Security by Default is not published.
* Each entry says where its facts are from.
* A user's own file has the same format, and its entries win.
* A model is found by any name that people and servers give it: ``7960``, ``CP-7960G``,
  ``Cisco IP Phone 7960``. An unknown one is never an error.

Source: docs/cluster.md, phone models; docs/phones.md, models.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, cached_property
from importlib import resources

from ctlkit.messages import printable
from ctlkit.toml import TomlFile
from ctlkit.trustlist import Digest

__all__ = ["MAX_MODELS_FILE", "Family", "Model", "Models", "read_models", "shipped_models"]

MAX_MODELS_FILE = 256 * 1024
"""The most bytes of a user's file that a caller should read."""

_TABLE = "models.toml"
_KEYS = ("schema", "family", "model")
_FAMILY_KEYS = ("name", "erase", "source")
_MODEL_KEYS = (
    "name",
    "names",
    "security-by-default",
    "digests",
    "largest-key",
    "erase",
    "source",
)
_DIGESTS = {digest.hash_name: digest for digest in Digest}
_KEY_SIZES = range(512, 16385)
_MOST_MODELS = 2000
_MOST_NAMES = 50
_LONGEST_NAME = 64
_LONGEST_TEXT = 300
_FAMILY = re.compile(r"[0-9]{2}xx")
# Words around a model's name that do not tell it from another.
_FILLERS = frozenset({"cisco", "unified", "ip", "phone", "cp", "series", "sip", "sccp", "k9"})
_WORDS = re.compile(r"[\W_]+")
_FOUR_DIGITS = re.compile(r"[0-9]{4}(?![0-9])")
_NUMBER = re.compile(r"(?:cisco|cp)?([0-9]{4}.*)")
# Parts lists write 7960G where servers write 7960; 7941G-GE is another phone than 7941G.
_79XX = re.compile(r"(79[0-9]{2})g?(ge)?")


@dataclass(frozen=True, slots=True)
class Model:
    """What is known of the phones of a model.

    Attributes:
        name: as a person writes it, ``7960``.
        security_by_default: whether they ask the trust service; None: not published.
        digests: the hashes of signatures that they are known to check.
        largest_key: the longest RSA key that they are known to check, in bits.
        erase: how a person deletes the list on the phone, English; None: not published.
        source: where the facts are from; empty for a model that is in no table.
        names: further names.
    """

    name: str
    security_by_default: bool | None
    digests: frozenset[Digest] = frozenset({Digest.SHA1})
    largest_key: int = 2048
    erase: str | None = None
    source: str = ""
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Family:
    """What models with a number in common have in common, where they say nothing else.

    Attributes:
        name: two digits and ``xx``, ``79xx``.
        erase: how a person deletes the list on the phone, English.
        source: where that is from.
    """

    name: str
    erase: str
    source: str

    @property
    def digits(self) -> str:
        """The beginning of its models' numbers, ``79``."""
        return self.name[:2]


@dataclass(frozen=True)
class Models:
    """A table of models, in which each is found by any of its names."""

    models: tuple[Model, ...] = ()
    families: tuple[Family, ...] = ()

    def __iter__(self) -> Iterator[Model]:
        """Give each model of the table, with what it has from its family."""
        return iter(self._complete.values())

    def __len__(self) -> int:
        return len(self.models)

    def named(self, text: str) -> Model:
        """Return the model of a name, an unpublished one where the table has none.

        Args:
            text: a name in any of the ways that people and servers write it, from outside.
        """
        key = _key(text)
        return self._by_key.get(key) or self._completed(Model(_shown(text, key), None), key)

    def over(self, other: Models) -> Models:
        """Return both tables as one; entries of ``other`` replace those with a name of theirs."""
        own = tuple(model for model in self.models if other._by_key.keys().isdisjoint(_keys(model)))
        names = {family.name for family in other.families}
        families = tuple(family for family in self.families if family.name not in names)
        return Models(own + other.models, families + other.families)

    @cached_property
    def _complete(self) -> Mapping[str, Model]:
        return {(key := _key(model.name)): self._completed(model, key) for model in self.models}

    @cached_property
    def _by_key(self) -> Mapping[str, Model]:
        completed = self._complete
        return {key: completed[_key(model.name)] for model in self.models for key in _keys(model)}

    def _completed(self, model: Model, key: str) -> Model:
        number = _FOUR_DIGITS.match(key)
        if model.erase is None and number is not None:
            for family in self.families:
                if number[0].startswith(family.digits):
                    return replace(model, erase=family.erase)
        return model


@cache
def shipped_models() -> Models:
    """Return the table that comes with ctlkit."""
    data = resources.files("ctlkit.acceptance").joinpath(_TABLE).read_bytes()
    return read_models(data, _TABLE)


def read_models(data: bytes, file: str) -> Models:
    """Read a table of models.

    Args:
        data: TOML, UTF-8; the caller bounds its size (``MAX_MODELS_FILE``).
        file: its name, for errors.

    Raises:
        ConfigurationError: it is no TOML, or says something that a table cannot say.
    """
    toml = TomlFile(data, file)
    toml.only(toml.document, "", _KEYS)
    schema = toml.document.get("schema")
    if schema != 1 or isinstance(schema, bool):
        raise toml.wrong("schema", "1")
    families = tuple(
        _family(toml, f"family {number}: ", table)
        for number, table in enumerate(_tables(toml, "family"), 1)
    )
    models = tuple(
        _model(toml, f"model {number}: ", table)
        for number, table in enumerate(_tables(toml, "model"), 1)
    )
    seen: set[str] = set()
    for number, model in enumerate(models, 1):
        if not seen.isdisjoint(_keys(model)):
            raise toml.wrong(f"model {number}: name", "names that no other [[model]] has")
        seen |= _keys(model)
    return Models(models, families)


def _tables(toml: TomlFile, key: str) -> list[Mapping[str, object]]:
    tables = toml.document.get(key, [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise toml.wrong(key, f"tables, each under its own [[{key}]]")
    if len(tables) > _MOST_MODELS:
        raise toml.wrong(key, f"at most {_MOST_MODELS} of them")
    return tables


def _family(toml: TomlFile, where: str, table: Mapping[str, object]) -> Family:
    toml.only(table, where, _FAMILY_KEYS)
    name = _text(toml, table, "name", where)
    if not _FAMILY.fullmatch(name):
        raise toml.wrong(f"{where}name", "two digits and xx, 79xx for instance")
    return Family(name, _text(toml, table, "erase", where), _text(toml, table, "source", where))


def _model(toml: TomlFile, where: str, table: Mapping[str, object]) -> Model:
    toml.only(table, where, _MODEL_KEYS)
    names = toml.texts(table, "names", where)
    if len(names) > _MOST_NAMES or not all(_is_name(name) for name in names):
        raise toml.wrong(f"{where}names", f"at most {_MOST_NAMES} names")
    name = _text(toml, table, "name", where)
    if not _is_name(name):
        raise toml.wrong(
            f"{where}name", f"a name of at most {_LONGEST_NAME} characters, with letters or digits"
        )
    flag = "security-by-default"
    size = table.get("largest-key", 2048)
    if not isinstance(size, int) or size not in _KEY_SIZES:
        raise toml.wrong(f"{where}largest-key", "a number of bits, 2048 for instance")
    return Model(
        name=name,
        security_by_default=toml.flag(table, flag, where) if flag in table else None,
        digests=_digests(toml, table, where),
        largest_key=size,
        erase=_text(toml, table, "erase", where) if "erase" in table else None,
        source=_text(toml, table, "source", where),
        names=names,
    )


def _digests(toml: TomlFile, table: Mapping[str, object], where: str) -> frozenset[Digest]:
    if "digests" not in table:
        return frozenset({Digest.SHA1})
    words = toml.texts(table, "digests", where)
    if not words or not all(word in _DIGESTS for word in words):
        raise toml.wrong(f"{where}digests", f"a list of {', '.join(_DIGESTS)}")
    return frozenset(_DIGESTS[word] for word in words)


def _text(toml: TomlFile, table: Mapping[str, object], key: str, where: str) -> str:
    text = toml.text(table, key, where)
    if not text or not text.strip() or not text.isprintable() or len(text) > _LONGEST_TEXT:
        raise toml.wrong(f"{where}{key}", f"one line of at most {_LONGEST_TEXT} characters")
    return text


def _is_name(text: str) -> bool:
    return text.isprintable() and len(text) <= _LONGEST_NAME and _key(text) != ""


def _keys(model: Model) -> frozenset[str]:
    return frozenset(_key(name) for name in (model.name, *model.names))


def _key(text: str) -> str:
    """Return what all ways to write a model's name have in common, empty where it is no name."""
    line = _line(text)
    if len(line) > _LONGEST_TEXT:
        return ""
    words = [word for word in _WORDS.split(line.casefold()) if word]
    key = "".join(word for word in words if word not in _FILLERS) or "".join(words)
    number = _NUMBER.fullmatch(key)
    if number is None:
        return key
    known = _79XX.fullmatch(number[1])
    return f"{known[1]}{known[2] or ''}" if known else number[1]


def _shown(text: str, key: str) -> str:
    """Return the name of a model that is in no table: one short line, its number if it has one."""
    if _FOUR_DIGITS.fullmatch(key):
        return key
    if _79XX.fullmatch(key):
        return f"{key[:4]}-GE"
    line = printable(_line(text)[:_LONGEST_TEXT])
    return (line if len(line) <= _LONGEST_NAME else f"{line[: _LONGEST_NAME - 3]}...") or "?"


def _line(text: str) -> str:
    return " ".join(text.split())
