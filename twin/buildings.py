"""The building table: houses that sources name, then synthetic blocks; who lives in them."""

import numpy as np
import shapely

from twin.areaconfig import AreaConfig, HousingRule
from twin.arrays import Array, Bools, Floats, Ints
from twin.dice import dice
from twin.entities import Entities, table
from twin.geofiles import BuildingFacts
from twin.housing import Blocks
from twin.land import Land

# What else a source may say; text is empty and a number NaN where it says nothing.
_TEXTS = ("address_zh", "protection_note", "name_former", "architect")
_NUMBERS = ("year", "plot_m2", "floor_area_m2", "flats", "service_rooms", "facade_bearing_deg")


def building_table(land: Land, blocks: Blocks, config: AreaConfig) -> tuple[Entities, Array]:
    """Every building of the quarter and its shape.

    A real house carries what the sources say; where they are silent the model assumes
    storeys, height and structure, and `storeys_known` is false. Synthetic houses stand for
    the rest of the stock; enough of them are taken as heritage to reach the published count.
    """
    real = len(land.heritage.ids)
    ids = land.heritage.ids + blocks.ids
    shapes = np.concatenate([land.heritage.shapes, blocks.shapes])
    heritage = _heritage(blocks, config.housing.heritage_total - real)
    attrs = {
        name: np.concatenate([known, made])
        for (name, known), made in zip(
            _real(land, config).items(), _synthetic(blocks, heritage, config).values(), strict=True
        )
    }
    attrs["residents"] = _residents(land, shapes, attrs, config)
    point = shapely.point_on_surface(shapes)
    at = shapely.get_x(point), shapely.get_y(point)
    near = shapely.STRtree(land.links.shapes).nearest(point)
    own = np.arange(len(ids), dtype=np.int32)
    buildings = table("building", ids, _names(land, blocks, heritage), at, attrs, near, own)
    return buildings, shapes


def _heritage(blocks: Blocks, wanted: int) -> Bools:
    """The street-front houses of at most four storeys with the lowest throws."""
    throw = dice(blocks.ids, "heritage")
    throw[(blocks.row > 0) | (blocks.storeys > 4)] = 2.0
    chosen = np.zeros(len(throw), bool)
    chosen[np.argsort(throw, kind="stable")[: max(0, wanted)]] = True
    return chosen & (throw < 2.0)


def _real(land: Land, config: AreaConfig) -> dict[str, Array]:
    facts, rule = land.heritage.facts, config.housing
    storeys = np.array([fact.storeys or rule.unknown_storeys for fact in facts])
    built = np.array([_built_share(fact, rule) for fact in facts])
    protection = [fact.protection or fact.protection_note or "" for fact in facts]
    return {
        "heritage": np.ones(len(facts), bool),
        "synthetic": np.zeros(len(facts), bool),
        "storeys": storeys,
        "storeys_known": np.array([fact.storeys is not None for fact in facts]),
        "height_m": np.array(
            [
                fact.height_m or n * rule.storey_height_m
                for fact, n in zip(facts, storeys, strict=True)
            ]
        ),
        "structure": np.array(
            [fact.structure or _structure(n) for fact, n in zip(facts, storeys, strict=True)]
        ),
        "footprint_m2": shapely.area(land.heritage.shapes) * built,
        "protection": np.array(protection),
        "housing": np.array([fact.use == "housing" for fact in facts]),
        "lifts": np.array([_lifts(fact, rule) for fact in facts]),
        "value_weight": np.array([_value(name, config) for name in land.heritage.ids]),
        "shape": np.array([fact.shape for fact in facts]),
        **{key: np.array([getattr(fact, key) or "" for fact in facts]) for key in _TEXTS},
        **{key: _numbers(facts, key) for key in _NUMBERS},
    }


def _numbers(facts: tuple[BuildingFacts, ...], key: str) -> Floats:
    found = [getattr(fact, key) for fact in facts]
    return np.array([np.nan if value is None else value for value in found], np.float64)


def _synthetic(blocks: Blocks, heritage: Bools, config: AreaConfig) -> dict[str, Array]:
    count, rule, weights = len(blocks.ids), config.housing, config.value_weights
    lifts = (blocks.storeys >= rule.lift_from_storeys).astype(np.int64)
    return {
        "heritage": heritage,
        "synthetic": np.ones(count, bool),
        "storeys": blocks.storeys,
        "storeys_known": np.ones(count, bool),
        "height_m": blocks.storeys * rule.storey_height_m,
        "structure": np.array([_structure(n) for n in blocks.storeys]),
        "footprint_m2": shapely.area(blocks.shapes),
        "protection": np.full(count, ""),
        "housing": np.ones(count, bool),
        "lifts": lifts,
        "value_weight": np.where(heritage, weights.synthetic_heritage, weights.other),
        "shape": np.full(count, "synthetic"),
        **{key: np.full(count, "") for key in _TEXTS},
        **{key: np.full(count, np.nan) for key in _NUMBERS},
    }


def _built_share(fact: BuildingFacts, rule: HousingRule) -> float:
    shares = {"compound": rule.compound_built_share, "site": rule.site_built_share}
    return shares.get(fact.form, 1.0)


def _structure(storeys: int) -> str:
    """Design choice: garden houses of timber, walk-ups of brick, tall blocks of concrete."""
    if storeys <= 2:
        return "timber"
    return "brick" if storeys <= 5 else "rc"


def _lifts(fact: BuildingFacts, rule: HousingRule) -> int:
    if fact.lifts is not None:
        return fact.lifts
    return int((fact.storeys or 0) >= rule.lift_from_storeys)


def _value(building: str, config: AreaConfig) -> float:
    weights = config.value_weights
    return weights.wukang_mansion if building == "wukang-mansion" else weights.protected


def _residents(land: Land, shapes: Array, attrs: dict[str, Array], config: AreaConfig) -> Ints:
    """Each sub-district's people spread over its housing by floor area, whole persons."""
    floor_m2 = attrs["footprint_m2"] * attrs["storeys"] * attrs["housing"]
    district = shapely.STRtree(land.subdistricts.shapes).nearest(shapely.centroid(shapes))
    residents = np.zeros(len(shapes), np.int64)
    for row, name in enumerate(land.subdistricts.ids):
        here = np.flatnonzero(district == row)
        residents[here] = spread(config.people.residents[name], floor_m2[here])
    return residents


def spread(total: float, weights: Floats) -> Ints:
    """Whole numbers in proportion to the weights whose running sum never strays by more than 1."""
    running = np.cumsum(weights)
    if not len(running) or running[-1] <= 0:
        return np.zeros(len(running), np.int64)
    steps: Ints = np.rint(running / running[-1] * total).astype(np.int64)
    steps[1:] -= steps[:-1].copy()
    return steps


def _names(land: Land, blocks: Blocks, heritage: Bools) -> tuple[list[str], list[str]]:
    zh = [fact.name_zh for fact in land.heritage.facts]
    en = [fact.name_en for fact in land.heritage.facts]
    for name, old in zip(blocks.ids, heritage, strict=True):
        zh.append(f"合成{'历史建筑' if old else '住宅'} {name[2:]}")
        en.append(f"synthetic {'historic house' if old else 'housing block'} {name[2:]}")
    return zh, en
