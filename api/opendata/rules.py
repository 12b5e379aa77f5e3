"""The rules of publication: config/opendata.toml."""

from pathlib import Path
from typing import Annotated

from pydantic import Field

from sensors.catalogue import Catalogue
from twin.config import ConfigError, Table, read_toml

FILE = "opendata.toml"
Slug = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$")]


class Count(Table):
    """Counts per minute of these series, summed over the hour and the zone."""

    id: Slug
    name_zh: str
    name_en: str
    of: Annotated[tuple[str, ...], Field(min_length=1)]


class OpenRules(Table):
    """Who publishes under which licence, and how small a group may be."""

    least_group: Annotated[int, Field(ge=2, le=1000)]
    hours: Annotated[int, Field(ge=1, le=24 * 31)]
    publisher_zh: str
    publisher_en: str
    licence: Annotated[str, Field(pattern=r"^https://")]
    map_licence: Annotated[str, Field(pattern=r"^https://")]
    count: tuple[Count, ...]


def load_open_rules(config_dir: Path, catalogue: Catalogue) -> OpenRules:
    """Raises ConfigError naming file, key and value."""
    path = config_dir / FILE
    rules = read_toml(path, OpenRules)
    known = {f"{kind.id}.{one.id}" for kind in catalogue for one in kind.quantities}
    for row, count in enumerate(rules.count):
        for name in count.of:
            if name not in known:
                expected = "expected a quantity of neurons.toml as kind.quantity"
                raise ConfigError(path, f"count.{row}.of", name, expected)
    return rules
