"""The tables that are published: their columns and their rows."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from api.coverage.answers import percent
from api.deps import newest
from api.service import Services
from api.vitals.sign import Colour
from sensors.catalogue import DEVICE
from twin.clock import iso

Row = tuple[Any, ...]
HIDDEN = ("home",)  # neurons on these things are nobody's business
LEVELS = ("quarter", "zone")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table; `datatype` is one of CSV on the Web."""

    name: str
    datatype: str
    title_zh: str
    title_en: str


@dataclass(frozen=True, slots=True)
class Dataset:
    """A published table; `rows` gives one tuple per row, None for what is missing or too small.

    With `places` the column `zone` can be drawn on the map.
    """

    id: str
    title_zh: str
    title_en: str
    text_en: str
    columns: tuple[Column, ...]
    rows: Callable[[Services], Iterator[Row]]
    places: bool = True


TIME = Column("t", "dateTime", "城市时间", "city time")
ZONE = Column("zone", "string", "网格", "zone")
INDICATOR = (
    Column("indicator", "string", "体征编号", "indicator"),
    Column("indicator_zh", "string", "体征", "name in Chinese"),
    Column("indicator_en", "string", "英文名", "name in English"),
)


def vitals(services: Services) -> Iterator[Row]:
    """Current signs of the quarter and its zones; private indicators are left out."""
    frame, names = newest(services), services.names
    private = {one.id for one in services.rulebook.indicators if not one.public}
    for (indicator, level), block in frame.blocks.items():
        if level not in LEVELS or indicator in private:
            continue
        named = names.indicator(indicator)
        columns = zip(
            block.entities, block.value, block.score, block.colour, block.confidence, strict=True
        )
        for entity, value, score, colour, confidence in columns:
            yield (
                iso(frame.t_ms), level, entity, indicator, named.zh, named.en, named.unit,
                _number(value, 4), _number(score, 2),
                None if colour < 0 else Colour(int(colour)).name_en, round(float(confidence), 3),
            )  # fmt: skip


def counts(services: Services) -> Iterator[Row]:
    """People and vehicles by zone and hour; small groups are missing."""
    rules = services.open_rules
    found = services.hour_counts.hours(newest(services).t_ms, rules.hours)
    for hour_ms, sums in found.items():
        for row, zone in enumerate(services.network.zone_ids):
            numbers = [_group(number, rules.least_group) for number in sums[row]]
            for count, number in zip(rules.count, numbers, strict=True):
                yield iso(hour_ms), zone, count.id, count.name_zh, count.name_en, number


def coverage(services: Services) -> Iterator[Row]:
    """Coverage of the residents by zone, where enough of them live."""
    book, zones = services.coverage, services.geography["zone"]
    enough = zones.attrs["residents"] >= services.open_rules.least_group
    for indicator, facts in book.indicators.items():
        found = book.of(indicator)
        straight = found.by_zone(found.near(found.straight_m), len(zones))
        walking = found.by_zone(found.near(found.walk_m), len(zones))
        for row, zone in enumerate(zones.ids):
            shares = (percent(straight[row]), percent(walking[row])) if enough[row] else (None,) * 2
            yield zone, indicator, facts.name_zh, facts.name_en, *shares


def neurons(services: Services) -> Iterator[Row]:
    """How many neurons of each kind a zone has; few of one kind are not shown."""
    network = services.network
    kinds = network.catalogue.kinds
    cell = network.kind.astype(np.int64) * len(network.zone_ids) + network.zone
    numbers = np.bincount(cell, minlength=len(kinds) * len(network.zone_ids))
    for row, kind in enumerate(kinds):
        if kind.on in (*HIDDEN, DEVICE):
            continue
        for column, zone in enumerate(network.zone_ids):
            number = float(numbers[row * len(network.zone_ids) + column])
            shown = _group(number, services.open_rules.least_group)
            yield zone, kind.id, kind.name_zh, kind.name_en, shown


def _number(value: float, digits: int) -> float | None:
    return None if np.isnan(value) else round(float(value), digits)


def _group(number: float, least: int) -> int | None:
    """The size of a group; None for a group that is too small, and for what is not known."""
    return None if np.isnan(number) or number < least else round(float(number))


DATASETS: Mapping[str, Dataset] = {
    one.id: one
    for one in (
        Dataset(
            "vitals", "城市运行数字体征", "Vital signs",
            "Current vital signs of the quarter and its zones, score 0 to 100.",
            (
                TIME, Column("level", "string", "层级", "level"), ZONE, *INDICATOR,
                Column("unit", "string", "单位", "unit of value"),
                Column("value", "number", "数值", "value"),
                Column("score", "number", "得分", "score"),
                Column("colour", "string", "颜色", "colour"),
                Column("confidence", "number", "置信度", "confidence 0..1"),
            ),
            vitals,
        ),
        Dataset(
            "counts", "分时流量", "Counts by hour",
            "People and vehicles counted by zone and full hour.",
            (
                Column("hour", "dateTime", "小时", "start of the hour, city time"), ZONE,
                Column("count", "string", "类别", "what is counted"),
                Column("count_zh", "string", "名称", "name in Chinese"),
                Column("count_en", "string", "英文名", "name in English"),
                Column("number", "integer", "数量", "number; empty below the least group"),
            ),
            counts,
        ),
        Dataset(
            "coverage", "服务覆盖", "Coverage of services",
            "Share of residents that reach parks, the 15-minute circle and culture.",
            (
                ZONE, *INDICATOR,
                Column("straight", "number", "直线覆盖率", "% as the crow flies"),
                Column("walking", "number", "步行覆盖率", "% on foot"),
            ),
            coverage,
        ),
        Dataset(
            "neurons", "神经元分布", "Neurons by zone",
            "How many neurons of each kind stand in each zone.",
            (
                ZONE, Column("kind", "string", "种类编号", "kind"),
                Column("kind_zh", "string", "种类", "name in Chinese"),
                Column("kind_en", "string", "英文名", "name in English"),
                Column("number", "integer", "数量", "number; empty below the least group"),
            ),
            neurons,
        ),
    )
}  # fmt: skip
