"""What the user configured, as far as it holds no secret."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from ctlkit.config import (
    Configuration,
    PlaceSettings,
    configuration_folder,
    load_configuration,
)
from ctlkit.errors import CtlkitError, InputError, UsageError
from ctlkit.messages import Message
from ctlkit.place import Access, open_place
from ctlkit.place.known_hosts import KnownHosts
from ctlkit.place.lab_file import LAB_FILE, lab_folder
from ctlkit.workflows.doctor.facts import ConfigurationFacts, FileFacts, Variable
from ctlkit.workflows.grounds import PhoneFacts

__all__ = ["configuration_facts"]

_SHOWN = (
    "CTLKIT_LAB",
    "CTLKIT_SOFTHSM_MODULE",
    "NO_COLOR",
    "SOFTHSM2_CONF",
    "SOURCE_DATE_EPOCH",
)
"""The variables whose values are paths, times and switches. Of any other only the name is told."""


def configuration_facts(named: Path | None, environ: Mapping[str, str]) -> ConfigurationFacts:
    """Return what is configured; a file that is broken is a fact too.

    Args:
        named: the file of ``--config``.
        environ: the environment.
    """
    path = named or configuration_folder() / "config.toml"
    settings, problem = Configuration(), None
    try:
        settings = load_configuration(named)
    except CtlkitError as error:
        problem = Message(error.code, error.values)
    known_hosts, count = _known_hosts()
    lab = lab_folder() / LAB_FILE
    return ConfigurationFacts(
        file=FileFacts(path, _is_there(path), problem),
        modules=settings.modules,
        models=_models(settings.models),
        places=tuple(settings.places),
        unusable_places=tuple(_unusable(settings.places)),
        known_hosts=known_hosts,
        host_keys=count,
        lab=FileFacts(lab, _is_there(lab)),
        variables=_variables(environ),
    )


def _models(path: Path | None) -> FileFacts:
    """Return what is to be said of the person's own table of phone models."""
    if path is None:
        return FileFacts()
    try:
        PhoneFacts(models=path).classes()
    except CtlkitError as error:
        return FileFacts(path, _is_there(path), Message(error.code, error.values))
    return FileFacts(path, _is_there(path))


def _unusable(places: Mapping[str, PlaceSettings]) -> Iterator[str]:
    """Yield the names of places whose addresses are none; no place is asked."""
    for name in places:
        try:
            open_place(name, Access(settings=places)).close()
        except UsageError:
            yield name
        except CtlkitError:  # a practice cluster that does not run, an extra that is missing
            continue


def _known_hosts() -> tuple[FileFacts, int]:
    known = KnownHosts()
    present = _is_there(known.path)
    try:
        lines = [line.strip() for line in known.text().splitlines()]
    except InputError as error:
        return FileFacts(known.path, present, Message(error.code, error.values)), 0
    count = sum(1 for line in lines if line and not line.startswith("#"))
    return FileFacts(known.path, present), count


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):  # a folder that is closed; a NUL in the name
        return False


def _variables(environ: Mapping[str, str]) -> tuple[Variable, ...]:
    names = sorted(name for name in environ if name in _SHOWN or name.startswith("CTLKIT_"))
    return tuple(Variable(name, environ[name] if name in _SHOWN else None) for name in names)
