"""The JSON Schemas of docs/json: complete, valid, and of one mind."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

SCHEMAS = Path(__file__).resolve().parents[2] / "docs" / "json"
NAMES = {
    *("build", "demo", "diff", "doctor", "error", "export", "show", "sign"),
    *("place-delete", "place-fetch", "place-publish"),
    *("place-restart", "place-restore", "place-status"),
    *("lab-admin", "lab-cert-regen", "lab-down", "lab-phone", "lab-phone-log"),
    *("lab-phone-restart", "lab-status", "lab-trust-add", "lab-up"),
    *("tokens", "tokens-test", "tokens-watch", "tvs-query", "tvs-verify"),
    *("preflight", "update", "verify", "version"),
}


def _schemas() -> dict[str, dict[str, Any]]:
    return {
        path.name.removesuffix(".schema.json"): json.loads(path.read_text(encoding="utf-8"))
        for path in SCHEMAS.glob("*.schema.json")
    }


def test_each_answer_has_a_schema() -> None:
    """There is one schema for each command's answer, for a line of one, and for an error."""
    assert NAMES == set(_schemas())


def test_schemas_are_valid_and_alike() -> None:
    """Each is a JSON Schema of 2020-12 that requires ``schema`` to be 1 and forbids no key."""
    for name, schema in _schemas().items():
        Draft202012Validator.check_schema(schema)
        assert "https://json-schema.org/draft/2020-12/schema" == schema["$schema"], name
        assert {"const": 1} == schema["properties"]["schema"], name
        assert "schema" in schema["required"], name
        assert "additionalProperties" not in json.dumps(schema), name


def test_shared_definitions_are_equal() -> None:
    """What stands in several schemas under one name is the same in each."""
    seen: dict[str, Any] = {}
    for name, schema in _schemas().items():
        for key, definition in schema.get("$defs", {}).items():
            assert definition == seen.setdefault(key, definition), f"{name}: {key}"


def test_a_schema_refuses_what_is_not_an_answer() -> None:
    """The schemas are strict in keys and types: an empty object and a wrong type fit none."""
    for name, schema in _schemas().items():
        validator = Draft202012Validator(schema)
        assert not validator.is_valid({"schema": 1}), name
        assert not validator.is_valid({key: [] for key in schema["required"]}), name
