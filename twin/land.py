"""The map as its files tell it: every layer of config/geo, checked against each other."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from twin.areaconfig import AreaConfig
from twin.config import ConfigError
from twin.frame import to_metres
from twin.geofiles import (
    BuildingFacts,
    CultureFacts,
    JunctionFacts,
    Layer,
    LinkFacts,
    Named,
    ParkFacts,
    read_layer,
)

_NODE_REACH_M = 3.0  # a link must end this close to its junction; lines are simplified to 2.5 m


@dataclass(frozen=True, slots=True)
class Land:
    """Every layer of the map, and the union of the sub-districts, in metres."""

    links: Layer[LinkFacts]
    junctions: Layer[JunctionFacts]
    subdistricts: Layer[Named]
    heritage: Layer[BuildingFacts]
    parks: Layer[ParkFacts]
    stations: Layer[Named]
    culture: Layer[CultureFacts]
    union: Any


def read_land(config_dir: Path, config: AreaConfig) -> Land:
    """config/geo; ConfigError when a file is wrong or two of them disagree."""
    geo = config_dir / "geo"
    subdistricts = read_layer(geo / "boundaries.geojson", Named, "Polygon")
    land = Land(
        links=read_layer(geo / "streets.geojson", LinkFacts, "LineString"),
        junctions=read_layer(geo / "junctions.geojson", JunctionFacts, "Point"),
        subdistricts=subdistricts,
        heritage=read_layer(geo / "heritage.geojson", BuildingFacts, "Polygon"),
        parks=read_layer(geo / "parks.geojson", ParkFacts, "Polygon"),
        stations=read_layer(geo / "stations.geojson", Named, "Point"),
        culture=read_layer(geo / "culture.geojson", CultureFacts, "Point"),
        union=shapely.union_all(subdistricts.shapes),
    )
    _check_links(land)
    _check_heritage(land)
    _check_rules(config_dir / "area.toml", config, land)
    _check_places(config_dir / "area.toml", config, land)
    return land


def _check_links(land: Land) -> None:
    nodes = dict(zip(land.junctions.ids, land.junctions.shapes, strict=True))
    links = land.links
    for name, facts, line in zip(links.ids, links.facts, links.shapes, strict=True):
        for key, node, end in (("from", facts.start, 0), ("to", facts.end, -1)):
            if node not in nodes:
                raise ConfigError(links.path, f"{name}.{key}", node, "expected a junction id")
            gap_m = shapely.distance(shapely.get_point(line, end), nodes[node])
            if gap_m > _NODE_REACH_M:
                found = f"{node}, {gap_m:.0f} m away"
                raise ConfigError(
                    links.path, f"{name}.{key}", found, "expected the line to end there"
                )


def _check_heritage(land: Land) -> None:
    outside = ~shapely.intersects(land.heritage.shapes, land.union)
    if outside.any():
        name = land.heritage.ids[int(np.argmax(outside))]
        expected = "expected a place inside the sub-districts"
        raise ConfigError(land.heritage.path, f"{name}.geometry", "outside", expected)


def _check_rules(path: Path, config: AreaConfig, land: Land) -> None:
    streets = {facts.street for facts in land.links.facts}
    _known(path, "people.residents", config.people.residents, set(land.subdistricts.ids))
    _known(path, "street_widths_m", config.street_widths_m, streets)
    for kind, rule in config.street_assets.items():
        _known(path, f"street_assets.{kind}.streets", rule.streets, streets)
    _known(path, "arms.link", [arm.link for arm in config.arms], set(land.links.ids))
    centres = [area.centre for area in config.areas.values() if area.centre is not None]
    _known(path, "areas.centre", centres, set(land.junctions.ids))
    missing = [name for name in land.subdistricts.ids if name not in config.people.residents]
    if missing:
        raise ConfigError(path, "people.residents", missing[0], "expected its residents")
    classes = {facts.road_class for facts in land.links.facts}
    if absent := sorted(classes.difference(config.street_classes)):
        raise ConfigError(path, "street_classes", absent[0], "expected this class of street")


def _check_places(path: Path, config: AreaConfig, land: Land) -> None:
    for row, plaza in enumerate(config.plazas):
        if not shapely.contains_xy(land.union, *to_metres(*plaza.at)):
            expected = "expected a place inside the sub-districts"
            raise ConfigError(path, f"plazas.{row}.at", plaza.at, expected)
    ends = dict(zip(land.links.ids, land.links.facts, strict=True))
    centre: set[str] = set()
    for row, arm in enumerate(config.arms):
        here = {ends[arm.link].start, ends[arm.link].end}
        centre = here if row == 0 else centre & here
        if not centre:
            expected = "expected a link that meets the other arms in one junction"
            raise ConfigError(path, f"arms.{row}.link", arm.link, expected)


def _known(path: Path, key: str, names: Any, known: set[str]) -> None:
    for name in names:
        if name not in known:
            raise ConfigError(path, key, name, "not in config/geo")
