"""Vital signs: what is published about one entity, and the frame that holds all of them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum, IntEnum

import numpy as np

from api.quality.trust import Verdict
from sensors.store.base import VitalRows
from twin.arrays import Array, Floats, Index, Ints

TABLES = {"building": "building", "street": "link", "zone": "zone", "quarter": "quarter"}
LEVELS = tuple(TABLES)
ABOVE = {"building": "zone", "street": "zone", "zone": "quarter"}
Key = tuple[str, str]  # indicator, level


class Colour(IntEnum):
    """Severity; a greater number is worse."""

    NORMAL = 0
    BLUE = 1
    YELLOW = 2
    ORANGE = 3
    RED = 4

    @property
    def name_zh(self) -> str:
        return ("正常", "蓝色", "黄色", "橙色", "红色")[self]

    @property
    def name_en(self) -> str:
        return self.name.lower()


class Status(Enum):
    OK = "ok"
    MISSING = "missing"
    NOT_APPLICABLE = "not_applicable"
    INSUFFICIENT = "insufficient"

    @property
    def code(self) -> int:
        """Its number in the status column of a block."""
        return _CODES[self]


STATUSES = tuple(Status)
_CODES = {status: code for code, status in enumerate(STATUSES)}


@dataclass(frozen=True, slots=True)
class VitalSign:
    """One indicator of one entity; `value` is in the indicator's unit, `score` 0..100.

    At levels above the indicator's own, `value` is that of the worst entity below. `sensors`
    are the neurons behind it (of the worst entity below, for scores made of scores).
    """

    indicator: str
    level: str
    entity: str
    t_ms: int
    value: float | None
    score: float | None
    colour: Colour | None
    confidence: float
    status: Status
    reason: str
    sensors: tuple[str, ...]
    rule_version: str


@dataclass(frozen=True, slots=True)
class Roster:
    """Which entities an indicator speaks of at one level, and by which neurons.

    `rows` are rows of the level's geography table. `sensors` holds indexes into `sensor_ids`;
    those of entity i are `sensors[starts[i]:starts[i + 1]]` (empty where there are none).
    """

    indicator: str
    level: str
    entities: tuple[str, ...]
    zones: tuple[str, ...]
    names_zh: tuple[str, ...]
    names_en: tuple[str, ...]
    rows: Index
    sensors: Index
    starts: Ints
    sensor_ids: tuple[str, ...]
    index: Mapping[str, int]

    def __len__(self) -> int:
        return len(self.entities)

    def behind(self, row: int) -> tuple[str, ...]:
        """Ids of the neurons of this entity."""
        span = self.sensors[self.starts[row] : self.starts[row + 1]]
        return tuple(self.sensor_ids[sensor] for sensor in span.tolist())


@dataclass(frozen=True, slots=True)
class Cause:
    """Per row of a block made of scores: the block and row that weighs on it most (-1: none)."""

    keys: tuple[Key, ...]
    key: Index
    row: Index


@dataclass(frozen=True, slots=True)
class Block:
    """One indicator at one level: columns over the entities of its roster.

    `value` and `score` are NaN where there is none; `status` holds `Status.code`; `colour` is
    the published colour or -1. A block made of scores names its causes.
    """

    roster: Roster
    value: Floats
    score: Floats
    confidence: Floats
    status: Index
    colour: Index
    cause: Cause | None = None

    @property
    def entities(self) -> tuple[str, ...]:
        return self.roster.entities


@dataclass(frozen=True, slots=True)
class Trusted:
    """How far each neuron was trusted: 0..1 with its grade and silence, and the verdict on its
    quality."""

    trust: Floats
    verdict: Verdict

    def reasons(self, sensor: int) -> list[str]:
        """What speaks against a neuron, in short words."""
        silent = self.trust[sensor] <= 0 < self.verdict.quality[sensor]
        return [*(["silent"] if silent else []), *self.verdict.reasons(sensor)]

    def counts(self) -> dict[str, int]:
        """How many neurons each reason speaks against."""
        silent = (self.trust <= 0) & (self.verdict.quality > 0)
        return {"silent": int(silent.sum()), **self.verdict.counts()}


@dataclass(frozen=True, slots=True)
class VitalFrame:
    """All vital signs at one moment of event time, by (indicator, level)."""

    t_ms: int
    blocks: Mapping[Key, Block]
    rule_version: str
    windows_s: Mapping[str, int] = field(default_factory=dict)
    trusted: Trusted | None = None

    def sign(self, indicator: str, level: str, entity: str) -> VitalSign:
        """KeyError when the indicator has no such entity at this level."""
        block = self.blocks[indicator, level]
        return self._sign(block, block.roster.index[entity])

    def at(self, level: str, entity: str) -> list[VitalSign]:
        """Every indicator of one entity, in the order of the configuration."""
        return [
            self._sign(block, block.roster.index[entity])
            for (_, at), block in self.blocks.items()
            if at == level and entity in block.roster.index
        ]

    def signs(self) -> Iterator[VitalSign]:
        """All of them; thousands of objects, not for every step."""
        for block in self.blocks.values():
            for row in range(len(block.roster)):
                yield self._sign(block, row)

    def sensors(self, key: Key, row: int) -> tuple[str, ...]:
        """The neurons behind one row, followed through its causes."""
        block = self.blocks[key]
        while (cause := block.cause) is not None:
            which = int(cause.key[row])
            if which < 0:
                return ()
            block, row = self.blocks[cause.keys[which]], int(cause.row[row])
        return block.roster.behind(row)

    def rows(self) -> VitalRows:
        """Columns for the store, one row per entity of every block."""
        blocks = list(self.blocks.values())
        size = sum(len(block.roster) for block in blocks)
        return VitalRows(
            np.full(size, self.t_ms, np.int64),
            _repeat(blocks, [block.roster.indicator for block in blocks]),
            _repeat(blocks, [block.roster.level for block in blocks]),
            np.array([entity for block in blocks for entity in block.entities], object),
            np.concatenate([np.empty(0), *(block.value for block in blocks)]),
            np.concatenate([np.empty(0), *(block.score for block in blocks)]),
            np.concatenate([np.empty(0), *(block.confidence for block in blocks)]),
        )

    def _sign(self, block: Block, row: int) -> VitalSign:
        roster, status = block.roster, STATUSES[int(block.status[row])]
        colour = int(block.colour[row])
        return VitalSign(
            roster.indicator,
            roster.level,
            roster.entities[row],
            self.t_ms,
            _number(block.value[row]),
            _number(block.score[row]),
            None if colour < 0 else Colour(colour),
            float(block.confidence[row]),
            status,
            self._reason(block, row, status),
            self.sensors((roster.indicator, roster.level), row),
            self.rule_version,
        )

    def _reason(self, block: Block, row: int, status: Status) -> str:
        if status is Status.MISSING:
            window_s = self.windows_s.get(block.roster.indicator)
            return f"no usable reading in {window_s} s" if window_s else "no usable reading"
        if status is Status.NOT_APPLICABLE:
            return "nothing to measure here or now"
        if status is Status.INSUFFICIENT:
            return "too much of the weight has no data"
        cause = block.cause
        if cause is None or cause.key[row] < 0:
            return ""
        below = self.blocks[cause.keys[int(cause.key[row])]].roster
        return f"weakest: {below.indicator} {below.entities[int(cause.row[row])]}"


def _repeat(blocks: list[Block], texts: list[str]) -> Array:
    return np.repeat(np.array(texts, object), [len(block.roster) for block in blocks])


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
