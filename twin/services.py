"""Services of the 15-minute circle: made up by rule, as no public map that we use has them."""

from collections.abc import Mapping

import numpy as np
import shapely

from twin.areaconfig import ServiceRule
from twin.arrays import Array, Ints
from twin.dice import dice
from twin.entities import Entities, table
from twin.entrances import doors_to


def service_table(
    buildings: Entities, shapes: Array, streets: Array, rules: Mapping[str, ServiceRule]
) -> Entities:
    """One synthetic house per grid cell and kind; it stands at the door of that house."""
    homes = np.flatnonzero(buildings.attrs["synthetic"] & ~buildings.attrs["heritage"])
    chosen = {kind: _one_per_cell(buildings, homes, kind, rule) for kind, rule in rules.items()}
    rows = np.concatenate([*chosen.values(), np.empty(0, np.int64)]).astype(np.int64)
    kinds = np.repeat(list(chosen), [len(part) for part in chosen.values()])
    numbers = [f"{n:02d}" for part in chosen.values() for n in range(1, len(part) + 1)]
    pairs = list(zip(kinds.tolist(), numbers, strict=True))
    door = doors_to(shapes[rows], streets[buildings.link[rows]])
    names = (
        [f"合成{rules[kind].name_zh} {n}" for kind, n in pairs],
        [f"synthetic {rules[kind].name_en} {n}" for kind, n in pairs],
    )
    attrs = {"service_kind": kinds, "synthetic": np.ones(len(rows), bool)}
    at = shapely.get_x(door), shapely.get_y(door)
    return table("service", [f"service-{kind}-{n}" for kind, n in pairs], names, at, attrs)


def _one_per_cell(buildings: Entities, homes: Ints, kind: str, rule: ServiceRule) -> Ints:
    """Of the houses in each cell the one with the lowest throw for this kind, by id."""
    names = [buildings.ids[row] for row in homes]
    throw = dice(names, f"service {kind}")
    cell = [np.floor_divide(axis[homes], rule.every_m) for axis in (buildings.x_m, buildings.y_m)]
    order = np.lexsort((throw, cell[1], cell[0]))
    key = np.column_stack(cell)[order]
    first = np.r_[np.ones(min(1, len(key)), bool), (key[1:] != key[:-1]).any(axis=1)]
    return np.asarray(homes[np.sort(order[first])], np.int64)
