"""The whole quarter, before any area is cut from it: so ids and shares never depend on the cut."""

from dataclasses import dataclass
from typing import Any

from twin.areaconfig import AreaConfig
from twin.arrays import Array
from twin.assets import feeder_table, home_table, lift_table, street_assets
from twin.buildings import building_table
from twin.entities import Entities
from twin.housing import place_blocks, split_greens
from twin.land import Land
from twin.places import (
    arm_table,
    culture_table,
    park_table,
    plaza_table,
    station_table,
    subdistrict_table,
)
from twin.services import service_table
from twin.streets import link_table, node_table


@dataclass(frozen=True, slots=True)
class Whole:
    """Tables without zones, shapes in metres, and the union of the sub-districts."""

    tables: dict[str, Entities]
    shapes: dict[str, Array]
    union: Any


def fill(land: Land, config: AreaConfig) -> Whole:
    """Every table of the quarter, built from the map and the rules."""
    links = link_table(land, config)
    houses, greens = split_greens(place_blocks(land, links, config), config.housing.greens_cell_m)
    buildings, building_shapes = building_table(land, houses, config)
    parks, park_shapes = park_table(land, greens)
    tables = {
        "subdistrict": subdistrict_table(land),
        "link": links,
        "node": node_table(land),
        "plaza": plaza_table(land, config),
        "arm": arm_table(land, links, config),
        "building": buildings,
        "home": home_table(buildings, config.people.homes_per_resident),
        "lift": lift_table(buildings),
        "feeder": feeder_table(land, buildings, config.feeders),
        **street_assets(land, links, config),
        "park": parks,
        "station": station_table(land),
        "culture": culture_table(land),
        "service": service_table(buildings, building_shapes, land.links.shapes, config.services),
    }
    shapes = {
        "link": land.links.shapes,
        "building": building_shapes,
        "park": park_shapes,
        "subdistrict": land.subdistricts.shapes,
    }
    return Whole(tables, shapes, land.union)
