"""What stands in the quarter by rule: street furniture, drains, transformers, homes, lifts."""

import numpy as np
import shapely

from twin.areaconfig import AreaConfig, DrainRule, FeederRule, StreetAsset
from twin.arrays import Array, Floats, Ints
from twin.buildings import spread
from twin.dice import dice
from twin.entities import Entities, table
from twin.land import Land
from twin.streets import beside, spots_along


def street_assets(land: Land, links: Entities, config: AreaConfig) -> dict[str, Entities]:
    """One table per kind of street furniture, at even steps along the links."""
    tables = {
        kind: _along_streets(kind, rule, land, links) for kind, rule in config.street_assets.items()
    }
    if "drain" in tables:
        tables["drain"] = _with_catchments(tables["drain"], land, config.drains)
    return tables


def _along_streets(kind: str, rule: StreetAsset, land: Land, links: Entities) -> Entities:
    street = links.attrs["street"]
    used = np.flatnonzero(np.isin(street, rule.streets) if rule.streets else street != "")
    chain = street[used] if rule.along == "street" else np.array(links.ids)[used]
    spots = spots_along(land.links.shapes[used], chain, rule.every_m)
    link = used[spots.link]
    kerb_m = np.where(rule.side == "centre", 0.0, links.attrs["street_width_m"][link] / 2)
    at = beside(spots, kerb_m + rule.inset_m, rule.side)
    labels = [f"{chain[row]}-{n:02d}" for row, n in zip(spots.link, spots.number, strict=True)]
    names = (
        [
            f"{land.links.facts[row].name_zh}{rule.name_zh} {_tail(label)}"
            for row, label in zip(link, labels, strict=True)
        ],
        [
            f"{land.links.facts[row].name_en} {rule.name_en} {_tail(label)}"
            for row, label in zip(link, labels, strict=True)
        ],
    )
    made = {"synthetic": np.ones(len(labels), bool)}
    return table(kind, [f"{kind}-{label}" for label in labels], names, at, made, link)


def _tail(label: str) -> str:
    """The numbers at the end of a label: `03-12` of `wukang-road-03-12`."""
    return "-".join(part for part in label.split("-") if part.isdigit())


def _with_catchments(drains: Entities, land: Land, rule: DrainRule) -> Entities:
    """Ground in a fine grid runs to the nearest drain; deeper inverts by the name's dice."""
    west, south, east, north = land.union.bounds
    step = rule.catchment_grid_m
    x, y = np.meshgrid(np.arange(west, east, step), np.arange(south, north, step))
    ground = shapely.points(x.ravel(), y.ravel())
    ground = ground[shapely.contains_xy(land.union, x.ravel(), y.ravel())]
    nearest = shapely.STRtree(shapely.points(drains.x_m, drains.y_m)).nearest(ground)
    area = np.bincount(nearest, minlength=len(drains)) * step**2
    catchment = np.clip(area, *rule.catchment_m2)
    shallow, deep = rule.depth_m
    depth = shallow + (deep - shallow) * dice(drains.ids, "depth")
    attrs = {
        **drains.attrs,
        "catchment_m2": catchment,
        "dish_m2": catchment * rule.dish_share,
        "depth_m": depth,
    }
    names = drains.names_zh, drains.names_en
    at = drains.x_m, drains.y_m
    return table("drain", drains.ids, names, at, attrs, drains.link)


def feeder_table(land: Land, buildings: Entities, rule: FeederRule) -> Entities:
    """Transformers on a grid; each serves the buildings that are nearest to it."""
    west, south, east, north = land.union.bounds
    column = np.arange(int(west // rule.cell_m), int(east // rule.cell_m) + 1)
    row = np.arange(int(south // rule.cell_m), int(north // rule.cell_m) + 1)
    column, row = (axis.ravel() for axis in np.meshgrid(column, row, indexing="ij"))
    x, y = (column + 0.5) * rule.cell_m, (row + 0.5) * rule.cell_m
    inside = shapely.contains_xy(land.union, x, y)
    column, row, x, y = column[inside], row[inside], x[inside], y[inside]
    near = _nearest(buildings.x_m, buildings.y_m, x, y)
    people = buildings.attrs["residents"].astype(np.float64)
    served: Floats = np.bincount(near, weights=people, minlength=len(x)).astype(np.float64)
    # Counted from the south-west corner of the zone grid, so that no number is negative.
    labels = [f"{c + 10:02d}-{r + 10:02d}" for c, r in zip(column, row, strict=True)]
    names = [f"配变 {label}" for label in labels], [f"transformer {label}" for label in labels]
    attrs = {
        "rated_kw": _rating(served, rule),
        "residents": served,
        "synthetic": np.ones(len(x), bool),
    }
    return table("feeder", [f"feeder-{label}" for label in labels], names, (x, y), attrs)


def _rating(residents: Floats, rule: FeederRule) -> Floats:
    """The smallest standard size that is full_at_peak loaded or less; else the largest."""
    sizes = np.sort(np.array(rule.sizes_kw))
    needed = residents * rule.peak_kw_per_resident / rule.full_at_peak
    rated: Floats = sizes[np.minimum(np.searchsorted(sizes, needed), len(sizes) - 1)]
    return rated


def nearest_row(entities: Entities, others: Entities) -> Ints:
    """For each entity the row of the nearest of the others; -1 when there are none."""
    if not len(others):
        return np.full(len(entities), -1, np.int64)
    return _nearest(entities.x_m, entities.y_m, others.x_m, others.y_m)


def _nearest(x: Floats, y: Floats, to_x: Floats, to_y: Floats) -> Ints:
    rows: Ints = shapely.STRtree(shapely.points(to_x, to_y)).nearest(shapely.points(x, y))
    return rows


def home_table(buildings: Entities, per_resident: float) -> Entities:
    """Homes of elders who live alone: made up, so never in a house with a real name."""
    residents = buildings.attrs["residents"]
    hosts = np.where(buildings.attrs["synthetic"], residents, 0).astype(np.float64)
    count = spread(float(residents.sum()) * per_resident, hosts)
    return _inside("home", ("独居老人家", "elder home"), buildings, count)


def lift_table(buildings: Entities) -> Entities:
    """Lifts of tall and apartment houses."""
    return _inside("lift", ("电梯", "lift"), buildings, buildings.attrs["lifts"])


def _inside(kind: str, label: tuple[str, str], buildings: Entities, count: Ints) -> Entities:
    house = np.repeat(np.arange(len(buildings)), count)
    number = np.arange(len(house)) - np.repeat(np.cumsum(count) - count, count) + 1
    pairs = list(zip(house, number, strict=True))
    ids = [f"{kind}-{buildings.ids[h]}-{n}" for h, n in pairs]
    names = (
        [f"{buildings.names_zh[h]} {label[0]} {n}" for h, n in pairs],
        [f"{buildings.names_en[h]} {label[1]} {n}" for h, n in pairs],
    )
    at = buildings.x_m[house], buildings.y_m[house]
    columns: dict[str, Array] = {
        "building": house.astype(np.int32),
        "synthetic": np.ones(len(house), bool),
    }
    return table(kind, ids, names, at, columns, buildings.link[house], house)
