"""docker-compose.yml as the tests see it: parsed, and its variables filled in."""

import re
from typing import Any

import pytest
from compose.checkout import checkout_text

VARIABLE = re.compile(r"\$\$|\$\{(?P<name>\w+)(?::(?P<kind>[-?])(?P<rest>[^}]*))?\}")
Service = dict[str, Any]


def parsed() -> dict[str, Any]:
    """The whole file, variables not filled in."""
    yaml = pytest.importorskip("yaml", reason="PyYAML is not installed")
    found: dict[str, Any] = yaml.safe_load(checkout_text("docker-compose.yml"))
    return found


def filled(value: Any, variables: dict[str, str]) -> Any:
    """Any part of it with the variables filled in as Compose does."""
    if isinstance(value, dict):
        return {key: filled(part, variables) for key, part in value.items()}
    if isinstance(value, list):
        return [filled(part, variables) for part in value]
    return VARIABLE.sub(lambda m: _fill(m, variables), value) if isinstance(value, str) else value


def strings(value: Any) -> list[str]:
    """Every string in it."""
    if isinstance(value, dict):
        return [text for part in value.values() for text in strings(part)]
    if isinstance(value, list):
        return [text for part in value for text in strings(part)]
    return [value] if isinstance(value, str) else []


def _fill(match: re.Match[str], variables: dict[str, str]) -> str:
    if match[0] == "$$":
        return "$"
    value = variables.get(match["name"], "")
    if not value and match["kind"] == "?":
        raise KeyError(match["name"])
    return value or (match["rest"] or "" if match["kind"] == "-" else "")
