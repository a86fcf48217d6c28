"""The doctor's report, as a JSON object and as text that is safe to paste.

Rules:

* Both hold the same. Neither holds a PIN, a password, an address of a place or the name of the
  computer; the user's home folder is written ``~``.
* The verdict comes first, then what is wrong, then the facts.

Source: docs/command-line.md, doctor.
"""

from __future__ import annotations

import ntpath
import os
import posixpath
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from ctlkit.certificate import Certificate, EcKey, RsaKey
from ctlkit.messages import printable
from ctlkit.report.values import message_objects, rfc3339
from ctlkit.workflows.doctor import Diagnosis, Facts, Kind
from ctlkit.workflows.doctor.facts import FileFacts

if TYPE_CHECKING:
    from ctlkit.pkcs11 import Inventory, ModuleReport, TokenInfo

__all__ = ["doctor_object", "doctor_text", "verdict_line"]

_SOURCES = {
    "option": "named with --module",
    "configuration": "named in config.toml",
    "p11-kit": "registered with p11-kit in {}",
    "known": "found in a usual place of {}",
}


def verdict_line(diagnosis: Diagnosis) -> str:
    """Return in one line whether all is well; else how much is not, and the first of it."""
    problems, warnings = diagnosis.count(Kind.PROBLEM), diagnosis.count(Kind.WARNING)
    if problems:
        count = "1 thing is wrong:" if problems == 1 else f"{problems} things are wrong, first:"
        return _without_home(f"{count} {diagnosis.findings[0].message.text}")
    if warnings:
        count = "1 warning" if warnings == 1 else f"{warnings} warnings"
        return f"All is well, with {count}."
    return "All is well."


def doctor_object(diagnosis: Diagnosis) -> dict[str, object]:
    """Return the report as the values of a JSON object."""
    facts = diagnosis.facts
    inventory = facts.tokens.inventory
    values: dict[str, object] = {
        "verdict": {
            "healthy": diagnosis.healthy,
            "problems": diagnosis.count(Kind.PROBLEM),
            "warnings": diagnosis.count(Kind.WARNING),
        },
        "findings": [
            {
                "kind": finding.kind.value,
                "code": finding.message.code,
                "message": finding.message.text,
                "advice": finding.message.advice,
            }
            for finding in diagnosis.findings
        ],
        "time": rfc3339(facts.now),
        "program": _program_object(facts),
        "services": {"pcscd": facts.tokens.pcscd_runs},
        "modules": _module_objects(inventory) if inventory else [],
        "searched": _searched_object(facts),
        "tokens": [_token_object(token) for token in inventory.tokens] if inventory else [],
        "qt": {
            "version": facts.qt.version,
            "missing": [{"library": name, "package": each} for name, each in facts.qt.missing],
            "display": facts.qt.display,
        },
        "configuration": _configuration_object(facts),
    }
    return {key: _deep_without_home(value) for key, value in values.items()}


def _program_object(facts: Facts) -> dict[str, object]:
    program = facts.program
    return {
        "version": program.version,
        "python": program.python,
        "implementation": program.implementation,
        "bits": program.bits,
        "system": program.system,
        "platform": program.platform,
        "machine": program.machine,
        "dependencies": [
            {"name": each.name, "version": each.version} for each in program.dependencies
        ],
        "extras": [
            {"name": each.name, "usable": not each.missing, "missing": list(each.missing)}
            for each in program.extras
        ],
    }


def _searched_object(facts: Facts) -> dict[str, object]:
    """Return the paths at which modules were looked for, and p11-kit's folders."""
    where = facts.tokens.searched
    join = ntpath.join if facts.program.system == "win32" else posixpath.join
    known = where.known if where else ()
    return {
        "libraries": [
            join(folder, name) for names, folders in known for name in names for folder in folders
        ],
        "p11_kit": list(where.registered) if where else [],
    }


def _module_objects(inventory: Inventory) -> list[dict[str, object]]:
    from ctlkit.report.tokens import module_object

    return [
        {
            **module_object(module),
            "origin": module.origin,
            "slots_with_token": _with_token(module, inventory),
        }
        for module in inventory.modules
    ]


def _with_token(module: ModuleReport, inventory: Inventory) -> int:
    """Return in how many slots of a module a token is seen."""
    real = Path(os.path.realpath(module.path))
    return sum(real in {token.module, *token.also_in} for token in inventory.tokens)


def _token_object(token: TokenInfo) -> dict[str, object]:
    from ctlkit.report.tokens import token_certificate_object, token_object

    return {
        **token_object(token),
        "firmware": token.firmware,
        "slot_description": token.slot_description,
        "removable": token.removable,
        "certificates": [
            {
                **token_certificate_object(item),
                "key_type": _key_type(item.certificate),
                "is_candidate": item in token.candidates,
            }
            for item in token.certificates
        ],
    }


def _key_type(certificate: Certificate | None) -> str | None:
    if certificate is None:
        return None
    return {RsaKey: "rsa", EcKey: "ec"}.get(type(certificate.public_key), "other")


def _configuration_object(facts: Facts) -> dict[str, object]:
    configuration = facts.configuration
    return {
        "file": _file_object(configuration.file),
        "modules": list(configuration.modules),
        "models": _file_object(configuration.models),
        "places": list(configuration.places),
        "known_hosts": {
            **_file_object(configuration.known_hosts),
            "keys": configuration.host_keys,
        },
        "lab": _file_object(configuration.lab),
        "variables": [{"name": each.name, "value": each.value} for each in configuration.variables],
    }


def _file_object(file: FileFacts) -> dict[str, object]:
    return {
        "path": None if file.path is None else str(file.path),
        "present": file.present,
        "problem": message_objects([file.problem])[0] if file.problem else None,
    }


def doctor_text(diagnosis: Diagnosis) -> str:
    """Return the report for a person; each line ends with a line feed."""
    lines = [verdict_line(diagnosis), *_finding_lines(diagnosis), *_fact_lines(diagnosis.facts)]
    return "".join(f"{_without_home(line)}\n" for line in lines)


def _finding_lines(diagnosis: Diagnosis) -> Iterator[str]:
    if diagnosis.findings:
        yield ""
    for finding in diagnosis.findings:
        yield f"{finding.kind.value}: {finding.message.text}"
        if finding.message.advice:
            yield f"  {finding.message.advice}"


def _fact_lines(facts: Facts) -> Iterator[str]:
    yield from ("", f"Examined {rfc3339(facts.now)}")
    yield from _program_lines(facts)
    yield from _token_lines(facts)
    yield from _qt_lines(facts)
    yield from _configuration_lines(facts)


def _program_lines(facts: Facts) -> Iterator[str]:
    program = facts.program
    yield from ("", "Program")
    yield f"  ctlkit {program.version}"
    yield f"  {program.implementation} {program.python}, {program.bits} bits, {program.machine}"
    yield f"  {printable(program.platform)}"
    for each in program.dependencies:
        yield f"  {each.name} {printable(each.version or 'not installed')}"
    usable = [each.name for each in program.extras if not each.missing]
    yield f"  extras that can be used: {', '.join(usable) or 'none'}"


def _token_lines(facts: Facts) -> Iterator[str]:
    yield from ("", "Modules and tokens")
    if facts.tokens.pcscd_runs is not None:
        yield f"  the service pcscd {'runs' if facts.tokens.pcscd_runs else 'does not run'}"
    inventory = facts.tokens.inventory
    if inventory is None:
        yield "  not examined"
        return
    for module in inventory.modules:
        yield from (f"  {line}" for line in _module_lines(module, inventory))
    if not inventory.modules:
        yield "  no module was found"
    if not inventory.tokens:
        yield "  no token is seen"
    for token in inventory.tokens:
        yield from (f"  {line}" for line in _lines_of_token(token))


def _module_lines(module: ModuleReport, inventory: Inventory) -> Iterator[str]:
    yield f"Module {printable(module.path)}"
    yield f"  {_SOURCES[module.source.value].format(printable(module.origin))}"
    if module.loaded:
        about = filter(None, (module.manufacturer, module.description, module.version))
        seen = _with_token(module, inventory)
        yield f"  loaded: {printable(' '.join(about))}"
        yield f"  {module.slots} slot(s), {seen} with a token"
    if module.problem is not None:
        yield f"  not usable: {module.problem.text}"
    for note in module.notes:
        yield f"  {note.text}"


def _lines_of_token(token: TokenInfo) -> Iterator[str]:
    from ctlkit.report.tokens import token_lines

    yield from token_lines(token)
    yield f"  firmware {printable(token.firmware or 'not known')}"
    for item in token.certificates:
        if item.certificate is not None:
            role = "can be" if item in token.candidates else "cannot be"
            name = printable(item.certificate.common_name.strip())
            kind = (_key_type(item.certificate) or "").upper()
            since = (rfc3339(item.certificate.not_before) or "")[:10]
            yield f"  {name}: {kind} key, valid from {since}, {role} a signer (SAST entry)"


def _qt_lines(facts: Facts) -> Iterator[str]:
    qt = facts.qt
    yield from ("", "Window")
    if qt.version is None:
        yield "  PyQt6 is not installed"
        return
    yield f"  PyQt6 {printable(qt.version)}"
    for name, package in qt.missing:
        yield f"  missing: {name} (Debian's package {package})"
    if qt.needs_display:
        yield f"  display: {'none' if qt.display is None else f'{qt.display} is set'}"


def _configuration_lines(facts: Facts) -> Iterator[str]:
    configuration = facts.configuration
    yield from ("", "Configuration")
    yield f"  {_file_line(configuration.file)}"
    for module in configuration.modules:
        yield f"  module {printable(module)}"
    if configuration.models.path is not None:
        yield f"  {_file_line(configuration.models)}"
    if configuration.places:
        yield f"  places: {', '.join(map(printable, configuration.places))}"
    yield f"  {_file_line(configuration.known_hosts)}, {configuration.host_keys} key(s)"
    yield f"  {_file_line(configuration.lab)}"
    for each in configuration.variables:
        value = "is set" if each.value is None else f"= {printable(each.value)}"
        yield f"  {printable(each.name)} {value}"


def _file_line(file: FileFacts) -> str:
    state = "is there" if file.present else "is not there"
    broken = ", cannot be used" if file.problem is not None else ""
    return f"{printable(file.path)} {state}{broken}"


def _without_home(text: str) -> str:
    """Write the user's home folder as ``~``, wherever a path in a text begins with it."""
    homes: set[str] = set()
    with suppress(RuntimeError):
        home = str(Path.home())
        homes = {home, os.path.realpath(home), printable(home), home.replace("\\", "\\\\")}
    for each in sorted(homes, key=len, reverse=True):
        # A home that is the root of the disk tells nothing, and would be in every path.
        if len(Path(each).parts) > 1:
            pattern = rf"(?<![\w.~-]){re.escape(each)}(?![\w-]|\.\w)"
            text = re.sub(pattern, "~", text, flags=re.IGNORECASE if os.name == "nt" else 0)
    return text


def _deep_without_home(value: object) -> object:
    if isinstance(value, str):
        return _without_home(value)
    if isinstance(value, list):
        return [_deep_without_home(item) for item in value]
    if isinstance(value, dict):
        return {key: _deep_without_home(item) for key, item in value.items()}
    return value
