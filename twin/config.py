"""Reading configuration: TOML tables to frozen models, or one clear line."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

SHIPPED = Path(__file__).resolve().parent / "_config"
"""The configuration inside an installed package; not there in a checkout."""


class ConfigError(Exception):
    """A file in config/ that cannot be used; nothing may start with it.

    Names the file, the key as a dotted path, the value found and what was expected.
    """

    def __init__(self, file: Path | str, key: str, value: object, expected: str) -> None:
        self.file, self.key, self.value, self.expected = str(file), key, value, expected
        super().__init__(f"{self.file}: {key} = {_short(value)}: {expected}")


class Table(BaseModel):
    """Base of every configuration model: frozen, and an unknown key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


Model = TypeVar("Model", bound=Table)


def read_toml(path: Path, model: type[Model]) -> Model:
    """The file as a frozen model.

    Raises ConfigError when the file is missing, is not TOML or does not fit the model.
    """
    return validate(path, read_data(path), model)


def read_data(path: Path) -> dict[str, Any]:
    """The file as plain values. Raises ConfigError when it is missing or is not TOML."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ConfigError(path, "file", "missing", "expected this file to exist") from error
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(path, "file", str(error), "expected a readable UTF-8 file") from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(path, "file", str(error), "expected valid TOML") from error


def merged(lower: Mapping[str, Any], upper: Mapping[str, Any]) -> dict[str, Any]:
    """Both, table by table; where both have a value the upper one counts."""
    found = dict(lower)
    for key, value in upper.items():
        known = found.get(key)
        if isinstance(known, Mapping) and isinstance(value, Mapping):
            value = merged(known, value)
        found[key] = value
    return found


def validate(path: Path | str, data: dict[str, Any], model: type[Model]) -> Model:
    """The mapping as a frozen model; `path` is only named in the error."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        key = ".".join(str(part) for part in first["loc"]) or "file"
        raise ConfigError(path, key, first["input"], _expected(first["msg"])) from error


def default_config_dir() -> Path:
    """The config folder of the checkout, or the copy that ships in the wheel."""
    return SHIPPED if SHIPPED.is_dir() else SHIPPED.parents[1] / "config"


def _expected(message: str) -> str:
    if message.startswith("Extra inputs"):
        return "unknown key"
    return message.removeprefix("Value error, ")


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 120 else text[:117] + "..."
