"""Rosters: which entities an indicator can speak of, from the map and the placed neurons."""

from collections.abc import Mapping

import numpy as np

from api.vitals.members import Members, entity_rows, series_of
from api.vitals.sign import ABOVE, TABLES, Roster
from sensors.network import Network
from twin.arrays import Floats, Index
from twin.entities import Entities, Geography

WEIGHTS = {"street": "length_m", "building": "value_weight", "zone": "residents"}


def sensed_rows(network: Network, level: str, roles: Mapping[str, str], least: int) -> Index:
    """Rows of the level's table on which at least so many neurons of these series stand."""
    series = [series_of(network, name) for name in roles.values()]
    sensors = np.unique(network.series.sensor[np.concatenate([np.empty(0, np.int32), *series])])
    return _rows_with(entity_rows(network, level)[sensors], least)


def inhabited_rows(network: Network, level: str) -> Index:
    """Rows of the level's table on which any neuron stands."""
    return _rows_with(entity_rows(network, level), 1)


def all_sensors(network: Network, level: str, rows: Index) -> Members:
    """Every neuron, by entity."""
    sensor = np.arange(len(network.sensor_ids), dtype=np.int32)
    return _members(sensor, sensor, entity_rows(network, level), rows)


def role_members(network: Network, level: str, rows: Index, name: str) -> Members:
    """The series "kind.quantity", by entity."""
    series = series_of(network, name)
    return _members(series, network.series.sensor[series], entity_rows(network, level), rows)


def make_roster(
    indicator: str,
    level: str,
    rows: Index,
    geography: Geography,
    network: Network,
    members: Mapping[str, Members],
) -> Roster:
    """Names of the rows, and the distinct neurons of all roles behind each of them."""
    table = geography[TABLES[level]]
    entity, sensor = _distinct(members)
    entities = tuple(table.ids[row] for row in rows.tolist())
    return Roster(
        indicator,
        level,
        entities,
        _zones(level, rows, table, geography),
        tuple(table.names_zh[row] for row in rows.tolist()),
        tuple(table.names_en[row] for row in rows.tolist()),
        rows,
        sensor,
        np.searchsorted(entity, np.arange(len(rows) + 1)).astype(np.int64),
        network.sensor_ids,
        {name: place for place, name in enumerate(entities)},
    )


def weights(geography: Geography, level: str, rows: Index) -> Floats:
    """What a row counts in the level above: street length, building value, residents."""
    table = geography[TABLES[level]]
    column = table.attrs.get(WEIGHTS[level])
    return np.ones(len(rows)) if column is None else column[rows].astype(np.float64)


def parents(geography: Geography, level: str, rows: Index) -> Index:
    """For each row its row in the table of the level above."""
    if ABOVE[level] == "quarter":
        return np.zeros(len(rows), np.int32)
    return geography[TABLES[level]].zone[rows]


def _rows_with(rows: Index, least: int) -> Index:
    found, count = np.unique(rows[rows >= 0], return_counts=True)
    return found[count >= least].astype(np.int32)


def _members(series: Index, sensor: Index, entity_row: Index, rows: Index) -> Members:
    row = entity_row[sensor]
    place = np.searchsorted(rows, row).astype(np.int32)
    inside = (place < len(rows)) & (row >= 0)
    inside[inside] = rows[place[inside]] == row[inside]
    return Members.of(series[inside], sensor[inside], place[inside], len(rows))


def _distinct(members: Mapping[str, Members]) -> tuple[Index, Index]:
    pairs = [np.stack([one.entity, one.sensor], axis=1) for one in members.values()]
    unique = np.unique(np.concatenate([np.empty((0, 2), np.int32), *pairs]), axis=0)
    return unique[:, 0], unique[:, 1]


def _zones(level: str, rows: Index, table: Entities, geography: Geography) -> tuple[str, ...]:
    if level == "quarter":
        return ("",) * len(rows)
    if level == "zone":
        return tuple(table.ids[row] for row in rows.tolist())
    ids = geography["zone"].ids
    return tuple(ids[zone] if zone >= 0 else "" for zone in table.zone[rows].tolist())
