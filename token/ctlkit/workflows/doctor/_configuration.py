"""What the user configured, as far as it holds no secret."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ctlkit.config import Configuration, configuration_folder, load_configuration
from ctlkit.errors import CtlkitError, InputError
from ctlkit.messages import Message
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
        PhoneFacts(models=settings.models).classes()
    except CtlkitError as error:
        problem = Message(error.code, error.values)
    known_hosts, count = _known_hosts()
    lab = lab_folder() / LAB_FILE
    return ConfigurationFacts(
        file=FileFacts(path, _is_there(path), problem),
        modules=settings.modules,
        places=tuple(settings.places),
        known_hosts=known_hosts,
        host_keys=count,
        lab=FileFacts(lab, _is_there(lab)),
        variables=_variables(environ),
    )


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
