"""The configuration file, ``config.toml`` in the user's configuration folder.

Rules:

* Unknown keys are errors: a key that is misspelt must not be a key that is ignored.
* No PIN and no password has a key.
* Options on the command line win over what stands here.
* The file of models is relative to the folder of the configuration file.

Source: docs/command-line.md, configuration.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from ctlkit.errors import InputError
from ctlkit.files import read_file
from ctlkit.toml import TomlFile

__all__ = ["Configuration", "PlaceSettings", "configuration_folder", "load_configuration"]

_MAX_CONFIGURATION = 256 * 1024
_MODES = {word: word for word in ("mixed", "non-secure")}
_DIGESTS = {word: word for word in ("sha1", "sha512")}


@dataclass(frozen=True, slots=True)
class PlaceSettings:
    """One ``[places.NAME]``.

    Attributes:
        url: the place's address.
        mode: the mode of its cluster, where nobody can read it.
        nodes: the addresses of its further nodes, of the same kind as ``url``.
        old_key_exchange: whether its SSH servers know only group14-sha1 and ssh-rsa.
    """

    url: str
    mode: str | None = None
    nodes: tuple[str, ...] = ()
    old_key_exchange: bool = False


@dataclass(frozen=True, slots=True)
class Configuration:
    """What the file says.

    Attributes:
        modules: ``[pkcs11] modules``, paths of PKCS#11 libraries.
        places: ``[places.NAME]``.
        digest: ``[update] digest``, ``sha1`` or ``sha512``.
        models: ``[preflight] models``, the person's own table of phone models.
    """

    modules: tuple[str, ...] = ()
    places: Mapping[str, PlaceSettings] = field(default_factory=lambda: MappingProxyType({}))
    digest: str | None = None
    models: Path | None = None


def configuration_folder() -> Path:
    """Return the folder of the user's configuration on this system."""
    import platformdirs

    return platformdirs.user_config_path("ctlkit", appauthor=False)


def load_configuration(path: Path | None = None) -> Configuration:
    """Read a configuration file; without a path the user's own, if there is one.

    Raises:
        ConfigurationError: it is no TOML, or has a key or a value that is not known.
        InputError: the named file cannot be read.
    """
    named = path is not None
    path = path or configuration_folder() / "config.toml"
    try:
        data = read_file(path, _MAX_CONFIGURATION).data
    except InputError as error:
        if error.code == "file-missing" and not named:
            return Configuration()
        raise
    toml = TomlFile(data, str(path))
    toml.only(toml.document, "", ("pkcs11", "places", "update", "preflight"))
    pkcs11 = toml.table(toml.document, "pkcs11")
    toml.only(pkcs11, "pkcs11.", ("modules",))
    update = toml.table(toml.document, "update")
    toml.only(update, "update.", ("digest",))
    places = toml.table(toml.document, "places")
    return Configuration(
        modules=toml.texts(pkcs11, "modules", "pkcs11."),
        places=MappingProxyType({name: _place(toml, places, name) for name in places}),
        digest=toml.choice(update, "digest", _DIGESTS, "update."),
        models=_models(toml, path.parent),
    )


def _models(toml: TomlFile, folder: Path) -> Path | None:
    table = toml.table(toml.document, "preflight")
    toml.only(table, "preflight.", ("models",))
    name = toml.text(table, "models", "preflight.")
    if name == "":
        raise toml.wrong("preflight.models", "the name of a file")
    return folder / name if name else None


def _place(toml: TomlFile, places: Mapping[str, object], name: str) -> PlaceSettings:
    where = f"places.{name}."
    table = toml.table(places, name, "places.")
    toml.only(table, where, ("url", "mode", "nodes", "old_key_exchange"))
    url = toml.text(table, "url", where)
    if not url:
        raise toml.wrong(f"{where}url", "a text")
    return PlaceSettings(
        url,
        toml.choice(table, "mode", _MODES, where),
        toml.texts(table, "nodes", where),
        toml.flag(table, "old_key_exchange", where),
    )
